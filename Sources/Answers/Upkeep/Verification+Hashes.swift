import ContentIdentity
import Diagnostics
import FileSystem
import Importing
import LabelledArrays
import Leadfields
import Warehouse

extension Verification {
  package static let sourceCheck = "sources are unchanged"

  /// Level 2: every array read and hashed, every file name against its arrays, the catalog's description against the file.
  mutating func verifyArrays() throws {
    let rows = try warehouse.read { try $0.arrayFiles() }
    // libhdf5 does not survive every damage: of a file that is not as it was written nothing more is asked.
    let changed = try verifyBytes(rows)
    var failures: [(object: String, detail: String)] = []
    for (done, row) in rows.enumerated() {
      guard Files.exists(try warehouse.path(row.file).absolute) else { continue }
      if changed.contains(row.file) {
        failures.append((row.name, "its file \(row.file) is not as it was written"))
        continue
      }
      progress(Double(done) / Double(rows.count), row.name)
      do {
        let (axes, units) = try ArrayReader.verify(warehouse.reference(row))
        if let difference = try difference(axes, units, row) { failures.append((row.name, difference)) }
      } catch let error as EvokeError {
        failures.append((row.name, error.reason))
      }
    }
    add(2, "arrays hash to what is recorded", checked: rows.count, failures: failures)
    let files = Dictionary(grouping: rows, by: \.file)
    var misnamed: [(object: String, detail: String)] = []
    for (file, arrays) in files.sorted(by: { $0.key < $1.key }) {
      // Two units that made the same array share its file, under two names.
      let parts = Dictionary(
        arrays.map { ($0.path, $0.logicalSHA256) }, uniquingKeysWith: { a, _ in a })
      let hash = ArrayHash.file(parts.map { ($0.key, $0.value) })
      if file.hasPrefix("arrays/"), file != "arrays/" + ArrayFileWriter.place(hash) {
        misnamed.append((file, "its arrays' hashes give the name \(ArrayFileWriter.place(hash))"))
      }
    }
    add(2, "files are named by their arrays", checked: files.count, failures: misnamed)
  }

  /// Every array file that is there, byte for byte; those that have other bytes.
  private mutating func verifyBytes(_ rows: [Rows.ArrayFiles]) throws -> Set<String> {
    var failures: [(object: String, detail: String)] = []
    let files = Dictionary(grouping: rows, by: \.file).sorted { $0.key < $1.key }
    for (file, arrays) in files {
      let path = try warehouse.path(file).absolute
      guard Files.exists(path) else { continue }
      let found: String
      do {
        found = try ArrayBytes.sha256(of: path, always: true)
      } catch let error as EvokeError where error.code != .permissionDenied {
        // A disk that does not give one file gives others.
        failures.append((file, error.reason))
        continue
      }
      for other in Set(arrays.map(\.fileSHA256)).sorted() where other != found {
        failures.append((file, "its bytes hash to \(found.prefix(12))…, recorded \(other.prefix(12))…"))
      }
    }
    add(2, "array files are as they were written", checked: files.count, failures: failures)
    return Set(failures.map(\.object))
  }

  /// How a stored array differs from its row, apart from what its hash covers.
  private func difference(_ found: [Axis], _ units: String, _ row: Rows.ArrayFiles) throws -> String? {
    let shape = JSONValue.array(found.map { .int($0.count) }).canonical
    if shape != row.shape { return "its shape is \(shape), recorded \(row.shape)" }
    if units != row.units { return "its unit is \(units), recorded \(row.units)" }
    let axes = try warehouse.read { try $0.arrayAxes(array: row.arrayID) }
    for (axis, stored) in zip(found, axes) {
      var units = "label"
      if case .numbers(_, let own) = axis.values { units = own }
      if axis.name != stored.name || units != stored.units {
        return
          "axis \(stored.position) is \(axis.name) in \(units), recorded \(stored.name) in \(stored.units)"
      }
      if let labels = axis.labels, JSONValue.array(labels.map { .string($0) }).canonical != stored.labels {
        return "the labels of axis \(axis.name) are not those recorded"
      }
    }
    return nil
  }

  /// Sources that are where they were: hashed. Absent ones are reported as absent.
  mutating func verifySources() throws {
    let rows = try warehouse.read { try $0.storedSources() }
    let absent = Set(tombstones.filter { $0.kind == .source }.map(\.sha256))
    var failures: [(object: String, detail: String)] = []
    var present = 0
    for (done, row) in rows.enumerated() {
      // An archive that was unpacked names its sources from its folder down.
      let path = row.path.hasPrefix("sources/") ? warehouse.directory + "/" + row.path : row.path
      progress(Double(done) / Double(rows.count), path)
      if let name = SourceFile.builtInName(path) {
        present += 1
        if let difference = builtInDifference(name, row.sha256) { failures.append((path, difference)) }
        continue
      }
      guard Files.exists(path) else {
        if absent.contains(row.sha256) { continue }
        add(2, Self.sourceCheck, .note, object: path, detail: "absent; evoke relocate tells where it is now")
        continue
      }
      present += 1
      let found = try Files.sha256(of: path).hex
      if found != row.sha256 {
        failures.append((path, "SHA-256 is \(found.prefix(12))…, imported was \(row.sha256.prefix(12))…"))
      }
    }
    add(2, Self.sourceCheck, checked: present, failures: failures)
  }

  /// How an asset of the program differs from what was imported of it.
  private func builtInDifference(_ name: String, _ sha256: String) -> String? {
    do {
      guard let asset = try BuiltInSphere(sourceName: name) else { return "this program has no such asset" }
      let found = asset.source.sha256
      return found == sha256
        ? nil : "this program's has the SHA-256 \(found.prefix(12))…, imported was \(sha256.prefix(12))…"
    } catch { return "it cannot be made again: \(error)" }
  }
}
