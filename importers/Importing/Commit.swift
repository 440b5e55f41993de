import ContentIdentity
import Diagnostics
import FileSystem
import Names
import Warehouse

/// What became of an import.
package struct ImportOutcome: Sendable {
  package enum State: String, Sendable {
    case imported, unchanged
    /// Unchanged but for array files that were missing or damaged and are in their places again.
    case restored
    case dryRun = "dry run"
  }

  package let state: State
  /// What was (or would be) added.
  package let added: [RecordCount]
  /// Warnings and notes.
  package let diagnostics: [Diagnostic]
}

/// How many records of one noun.
package struct RecordCount: Sendable, Equatable {
  package let noun: String
  package let plural: String
  package var count: Int

  /// `1 stimulus`, `2 stimuli`.
  package var text: String { "\(count) \(count == 1 ? noun : plural)" }
}

/// The arrays of records in the order they are stored, and where each record's are.
struct BatchArrays {
  let all: [RecordArray]
  /// Record -> places of its arrays in `all`.
  let places: [[Int]]

  init(_ records: [any ImportRecord], in dataset: String) {
    var all: [RecordArray] = []
    let arrays = records.map { $0.arrays(in: dataset) }
    var places = arrays.map { [Int](repeating: 0, count: $0.count) }
    for isCompanion in [false, true] {
      for (record, own) in arrays.enumerated() {
        for (position, array) in own.enumerated() where array.isCompanion == isCompanion {
          places[record][position] = all.count
          all.append(array)
        }
      }
    }
    self.all = all
    self.places = places
  }
}

extension ImportBatch {
  /// Rises when importers make other samples of the same bytes: what was imported before is then imported again.
  static let version = 1

  /// SHA-256 of verb, options, dataset, and the sources' names and bytes: the identity of an import.
  package var key: String {
    Self.key(
      verb: verb, options: recordedOptions, dataset: common.dataset,
      sources: .array(sources.map(\.sha256).sorted().map { .string($0) }))
  }

  /// The same of what the catalog says of an import.
  ///
  /// - Parameter sources: the SHA-256 of each, sorted.
  package static func key(verb: String, options: JSONValue, dataset: String, sources: JSONValue) -> String {
    JSONValue.object([
      "verb": .string(verb), "options": options, "dataset": .string(dataset), "sources": sources,
    ]).sha256
  }

  /// The options, and the sources' names in the order of their hashes: names give stimuli, subjects and series theirs, so
  /// that equal bytes under another name are another import, and the same file elsewhere is not.
  var recordedOptions: JSONValue {
    let ordered = sources.map { ($0.sha256, $0.name) }.sorted { $0 < $1 }
    let names = JSONValue.array(ordered.map { .string($0.1) })
    let further: [String: JSONValue] = ["source_names": names, "importer_version": .int(Self.version)]
    return .object(options.merging(further) { _, own in own })
  }

  /// What the batch holds, by noun, in the order of its records.
  package var counts: [RecordCount] { Self.counts(of: records) }

  private static func counts(of records: [any ImportRecord]) -> [RecordCount] {
    var counts: [RecordCount] = []
    for kind in records.map({ type(of: $0) }) {
      if let place = counts.firstIndex(where: { $0.noun == kind.noun }) {
        counts[place].count += 1
      } else {
        counts.append(RecordCount(noun: kind.noun, plural: kind.plural, count: 1))
      }
    }
    return counts
  }

  /// Stores everything that earlier imports of the same sources have not brought, or nothing. Array files that they
  /// brought and that are missing or damaged are made again.
  ///
  /// - Throws: `E-IMP-002` with all findings when one of them is an error; `E-IMP-001` or `E-IMP-003` for a conflict
  ///   with what is there.
  package func commit(
    to warehouse: Warehouse, dryRun: Bool = false, progress: (Double) -> Void = { _ in }
  ) throws -> ImportOutcome {
    try refuseErrors()
    try refuseNames()
    let parts = parts
    let restoration = ImportRestoration(batch: self, warehouse: warehouse, dryRun: dryRun)
    let standing = try warehouse.read { connection in try parts.map { try $0.standing(in: connection) } }
    if !standing.contains(nil) {
      let isRestored = try restoration.restore(standing.compactMap { $0 })
      return ImportOutcome(state: isRestored ? .restored : .unchanged, added: [], diagnostics: diagnostics)
    }
    let replaced = Set(zip(parts, standing).filter { $0.1 == nil }.map(\.0.key))
    let earlier = try warehouse.read { try EarlierImports(of: self, but: replaced, in: $0) }
    let isRestored = try restoration.restore(earlier.activities.sorted())
    let new = try without(earlier, parts, in: warehouse)
    if isRestored, new.allSatisfy(\.records.isEmpty) {
      return ImportOutcome(state: .restored, added: [], diagnostics: diagnostics)
    }
    let added = Self.counts(of: new.flatMap(\.records))
    try warehouse.read { try refuseConflicts(new, in: $0) }
    if dryRun { return ImportOutcome(state: .dryRun, added: added, diagnostics: diagnostics) }
    let stored = try Self.write(new, in: warehouse, progress)
    try refuseChanged()
    try warehouse.write { connection in
      for (part, own) in zip(new, stored) {
        try BatchEntry(batch: part, connection: connection).enter(own.stored, of: own.arrays)
      }
    }
    return ImportOutcome(state: .imported, added: added, diagnostics: diagnostics)
  }

  /// The parts without the records that earlier imports brought, which stand. Names that records speak of go with the
  /// first part that brings something.
  private func without(_ earlier: EarlierImports, _ parts: [ImportBatch], in warehouse: Warehouse) throws
    -> [ImportBatch]
  {
    try warehouse.read { connection in
      let place = ImportPlace(connection: connection, dataset: common.dataset)
      func isNew(_ record: any ImportRecord) throws -> Bool { try !earlier.brought(record, in: place) }
      guard parts.count > 1 else {
        var batch = self
        batch.records = try records.filter(isNew)
        return [batch]
      }
      var names = records.filter { $0.origin == nil }
      return try parts.compactMap { part in
        var part = part
        part.records = try part.records.filter { try $0.origin != nil && isNew($0) }
        guard !part.records.isEmpty else { return nil }
        part.records = names + part.records
        names = []
        return part
      }
    }
  }

  private func refuseConflicts(_ parts: [ImportBatch], in connection: Connection) throws {
    let records = parts.flatMap(\.records)
    try refuseTwice(records.flatMap { $0.arrays(in: common.dataset) }.map(\.description.name), in: connection)
    let place = ImportPlace(connection: connection, dataset: common.dataset)
    var asked: Set<String> = []
    for record in records where record.contested.map({ asked.insert($0).inserted }) ?? true {
      if let conflict = try record.conflict(in: place) { throw conflict }
    }
  }

  /// The arrays of every part, a file each.
  private static func write(
    _ parts: [ImportBatch], in warehouse: Warehouse, _ progress: (Double) -> Void
  ) throws -> [(arrays: BatchArrays, stored: [StoredArray])] {
    try parts.enumerated().map { index, part in
      let arrays = BatchArrays(part.records, in: part.common.dataset)
      let stored = try part.write(arrays.all, in: warehouse) { share in
        progress((Double(index) + share) / Double(parts.count))
      }
      return (arrays, stored)
    }
  }

  /// The activity of the same import, where it was made and nothing has taken the place of what it brought.
  private func standing(in connection: Connection) throws -> Int? {
    guard let earlier = try connection.importByKey(key: key).first, earlier.state == "done" else { return nil }
    let place = ImportPlace(connection: connection, dataset: common.dataset)
    // Arrays are never replaced, and with them their import stays, whatever a later one says of its people; but some may
    // be those of another import, which was taken out.
    let arrays = records.flatMap { $0.arrays(in: common.dataset) }
    let stands =
      try arrays.isEmpty
      ? records.allSatisfy { try $0.stands(in: place, of: earlier.activityID) != false }
      : arrays.allSatisfy { try !connection.arrayNamed(name: $0.description.name).isEmpty }
    return stands ? earlier.activityID : nil
  }

  /// - Throws: `fileChanged` for a source that was written to since reading began.
  func refuseChanged() throws {
    guard let changed = sources.first(where: { $0.hasChanged(since: begunNs) }) else { return }
    throw EvokeError(
      .fileChanged, changed.path, reason: "it was written to after the import began to read it",
      remedy: "import it again when nothing writes to it")
  }

  /// What things are called stands in array names, tables and file names.
  private func refuseNames() throws(EvokeError) {
    var known: Set<String> = []
    for (noun, text) in [("dataset", common.dataset)] + records.flatMap(\.names) where known.insert(text).inserted {
      _ = try Name(text, of: noun)
    }
  }

  /// What says of a machine, and of no file, that it could not be read.
  private static let shortages: [ErrorCode] = [.diskFull, .writeFailed]

  /// - Throws: what the machine could not give, if that kept a file from being read: such a file is not faulty, and is not
  ///   set aside.
  package func refuseShortage() throws {
    let found = (diagnostics + faults.sorted { $0.key < $1.key }.flatMap(\.value)).first {
      $0.severity == .error && Self.shortages.contains($0.code)
    }
    guard let found else { return }
    throw EvokeError(found.code, found.object, reason: found.reason, remedy: found.remedy)
  }

  private func refuseErrors() throws {
    try refuseShortage()
    let errors = diagnostics.filter { $0.severity == .error }
    guard let first = errors.first else { return }
    if diagnostics.count == 1 {
      throw EvokeError(first.code, first.object, reason: first.reason, remedy: first.remedy)
    }
    // Files that this user may not read have no fault of their own.
    let isDenied = errors.allSatisfy { $0.code == .permissionDenied }
    throw EvokeError(
      isDenied ? .permissionDenied : .importRefused, isDenied ? first.object : sources.first?.path ?? verb,
      reason: "\(errors.count) of \(diagnostics.count) findings are errors",
      remedy: "correct them; nothing was stored", diagnostics: diagnostics)
  }

  private func refuseTwice(_ names: [String], in connection: Connection) throws {
    var seen: Set<String> = []
    for name in names {
      let isThere = try !connection.arrayNamed(name: name).isEmpty
      if isThere || !seen.insert(name).inserted {
        throw EvokeError(
          .alreadyImported, name,
          reason: isThere ? "an earlier import brought it" : "the import itself brings it twice",
          remedy: isThere
            ? "give another --name, or take the other import out first: evoke forget \(ShellText.quoted(name))"
            : "import one of the two alone, or give what tells them apart, as another --name does")
      }
    }
  }

  private func write(
    _ arrays: [RecordArray], in warehouse: Warehouse, progress: (Double) -> Void
  ) throws -> [StoredArray] {
    guard !arrays.isEmpty else { return [] }
    let writer = try ArrayFileWriter(in: warehouse.directory + "/arrays")
    do {
      for (i, array) in arrays.enumerated() {
        try writer.add(array.description, group: "\(array.description.kind)-\(i)", try array.source.load())
        progress(Double(i + 1) / Double(arrays.count))
      }
      return try writer.finish()
    } catch {
      writer.abandon()
      throw error
    }
  }
}
