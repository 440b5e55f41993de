import ContentIdentity
import Diagnostics
import FileSystem
import Upkeep
import Warehouse

/// What of the data of a catalog goes into an archive, and the tombstones of what does not.
struct Withholding {
  /// A file of arrays, by its name in the warehouse.
  struct ArrayFile {
    let name: String
    let sha256: String
  }

  /// A source, by its name in the archive.
  struct Source {
    let name: String
    let path: String
    let sha256: String
  }

  private(set) var files: [ArrayFile] = []
  private(set) var sources: [Source] = []
  private(set) var tombstones: [Tombstone]

  /// - Parameters:
  ///   - excluded: names of arrays and sources of the warehouse, with the reasons.
  ///   - original: where the sources are.
  /// - Throws: `E-ARC-003`; `E-WH-010` for an excluded name that nothing has; `E-WH-012` for a source that is missing.
  init(
    of catalog: Warehouse, _ subset: CatalogSubset, excluded: [String: String], content: ArchiveContent,
    original: Warehouse
  ) throws {
    tombstones =
      subset.withheld
      + subset.unfrozen.map { Tombstone(.result, $0, reason: "its query reads what the archive does not hold") }
    try catalog.read { connection in
      let release = try Release(connection)
      try takeArrays(connection, release, excluded, content)
      try takeSources(connection, release, excluded, content, places: subset.places)
    }
    try Self.refuseUnknown(excluded.keys.sorted(), original)
  }

  private static func refuseUnknown(_ names: [String], _ original: Warehouse) throws {
    let (arrays, sources) = try original.read { (try $0.arrayFiles().map(\.name), try $0.storedSources().map(\.path)) }
    let known = Set(arrays + sources)
    guard let strange = names.first(where: { !known.contains($0) }) else { return }
    throw EvokeError(
      .unknownName, strange, reason: "--exclude names it, and no array or source has this name",
      remedy: "name arrays as array_catalog does (name), or sources as import_log does (source)")
  }

  /// A file goes where each of its arrays may.
  private mutating func takeArrays(
    _ connection: Connection, _ release: Release, _ excluded: [String: String], _ content: ArchiveContent
  ) throws {
    let rows = try connection.archivedArrays()
    for (file, arrays) in Dictionary(grouping: rows, by: \.file).sorted(by: { $0.key < $1.key }) {
      var reasons: [String?] = []
      for row in arrays {
        let matter: Release.Matter =
          row.maker == "import" ? .importedArray : row.subject == nil ? .groupArray : .subjectArray
        let refusal = try release.refusal(of: matter, row.artifactID, named: row.name)
        reasons.append(excluded[row.name] ?? refusal ?? (content == .none ? "left out: --include none" : nil))
      }
      guard reasons.contains(where: { $0 != nil }) else {
        files.append(ArrayFile(name: file, sha256: arrays[0].fileSHA256))
        continue
      }
      for (row, reason) in zip(arrays, reasons) {
        var stone = Tombstone(
          .array, row.name, sha256: row.logicalSHA256, bytes: row.bytes,
          reason: reason ?? "in one file with an array that is kept out")
        stone.shape = row.shape
        stone.axes = try connection.arrayAxes(array: row.arrayID).map(\.name)
        tombstones.append(stone)
      }
    }
  }

  private mutating func takeSources(
    _ connection: Connection, _ release: Release, _ excluded: [String: String], _ content: ArchiveContent,
    places: [String: String]
  ) throws {
    for row in try connection.archivedSources() {
      // What is part of the program has no place.
      guard let path = places[row.path] else { continue }
      let refusal = try release.refusal(of: .source, row.artifactID, named: row.path)
      let reason =
        excluded[path] ?? refusal ?? (content == .sources ? nil : "left out: --include \(content.rawValue)")
      guard let reason else {
        guard Files.exists(path) else {
          throw EvokeError(
            .sourceMissing, path, reason: "there is no such file",
            remedy: "evoke relocate tells where it is now; or --include arrays, or --exclude it")
        }
        sources.append(Source(name: row.path, path: path, sha256: row.sha256))
        continue
      }
      tombstones.append(Tombstone(.source, row.path, sha256: row.sha256, bytes: row.bytes, reason: reason))
    }
  }

  /// Takes the attributes of participants whose consent keeps them back out of a catalog.
  static func attributes(_ connection: Connection) throws -> [Tombstone] {
    try connection.archivedDatasets().compactMap { dataset in
      guard let consent = try connection.consent(of: dataset.name)?.effective(),
        let count = try connection.withheldAttributes(dataset: dataset.name).first?.rowCount, count > 0,
        let reason = try Release.refusal(of: .attributes, consent, named: "dataset \(dataset.name)")
      else { return nil }
      try connection.withholdAttributes(dataset: dataset.name)
      return Tombstone(.rows, "\(count) attributes of the participants of \(dataset.name)", reason: reason)
    }
  }
}
