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
  ///   - excluded: names of arrays and sources as the warehouse has them, with the reasons.
  ///   - earlier: tombstones of the warehouse itself, where it was made of an archive.
  /// - Throws: `E-WH-010` for an excluded name of nothing in the archive; `E-WH-012` for a source that is missing; `E-WH-016`
  ///   for rows that are not there and nothing says why.
  init(
    of catalog: Warehouse, _ subset: CatalogSubset, excluded: [String: String], content: ArchiveContent,
    earlier: [Tombstone]
  ) throws {
    // What is here has other names than in the warehouse.
    let excluded = Dictionary(
      excluded.map { (subset.pseudonyms.text($0), $1) }, uniquingKeysWith: { first, _ in first })
    tombstones = subset.unfrozen.map { Tombstone(.result, $0.label, reason: $0.reason) }
    try catalog.read { connection in
      tombstones += try connection.withheldRows().map { try Self.tombstone(of: $0, subset, earlier) }
      try takeArrays(connection, subset, excluded, content, earlier: earlier)
      try takeSources(connection, subset, excluded, content, earlier: earlier)
    }
    try refuseUnknown(excluded.keys.sorted(), catalog, subset)
  }

  private static let ofPeople = "names of people whom consent keeps back"

  /// Rows stay behind for consent, or were not in the archive that the warehouse was made of, whatever consent says now.
  private static func tombstone(
    of rows: WithheldRows, _ subset: CatalogSubset, _ earlier: [Tombstone]
  ) throws -> Tombstone {
    if rows.isRecipe { return Tombstone(rows, reason: ofPeople) }
    // Names of persons go with the last of their rows.
    guard let activity = rows.activityKey else { return Tombstone(rows, reason: "no row of theirs is left") }
    if let reason = subset.release.rows[activity] { return Tombstone(rows, reason: reason) }
    let stone = Tombstone(rows, reason: ofPeople)
    if let reason = earlier.reason(stone.kind, stone.name, stone.sha256) { return Tombstone(rows, reason: reason) }
    guard subset.pseudonyms.isEmpty else { return stone }
    throw EvokeError(
      .catalogEdited, stone.name,
      reason: "rows of it are not in this warehouse, and neither consent nor its \(Tombstone.file) says why",
      remedy: "evoke verify --level 2 says what else is wrong; archive from a warehouse that has all rows")
  }

  /// - Throws: `E-WH-010` for an excluded name of nothing that the archive would hold.
  private func refuseUnknown(_ names: [String], _ catalog: Warehouse, _ subset: CatalogSubset) throws {
    let places = subset.places.values.map(subset.pseudonyms.text)
    let known = Set(try catalog.read { try $0.arrayFiles() }.map(\.name)).union(places)
      .union(subset.imported.values.joined().map(subset.pseudonyms.text))
    guard let strange = names.first(where: { !known.contains($0) }) else { return }
    throw EvokeError(
      .unknownName, strange,
      reason: "--exclude names it, and the archive has no array or source of this name to leave out",
      remedy: NearMiss.suggestion(
        strange, in: known.sorted(),
        otherwise: "narrow the query to what the studies rest on: arrays as array_catalog has them (name), sources as "
          + "import_log does (source)"))
  }

  /// A file goes where each of its arrays may.
  private mutating func takeArrays(
    _ connection: Connection, _ subset: CatalogSubset, _ excluded: [String: String], _ content: ArchiveContent,
    earlier: [Tombstone]
  ) throws {
    let rows = try connection.archivedArrays()
    for (file, arrays) in Dictionary(grouping: rows, by: \.file).sorted(by: { $0.key < $1.key }) {
      let isThere = Files.exists(subset.place(of: file))
      let reasons = arrays.map { row in
        excluded[row.name] ?? subset.release.arrays[row.arrayID]
          ?? (content == .none ? "left out: --include none" : nil)
          ?? (isThere ? nil : earlier.reason(.array, row.name, row.logicalSHA256))
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

  /// Reasons of excluded arrays, by the SHA-256 of the sources that hold them.
  private static func holding(_ excluded: [String: String], _ connection: Connection) throws -> [String: String] {
    guard !excluded.isEmpty else { return [:] }
    return Dictionary(
      try connection.sourcesOfArrays().compactMap { row in excluded[row.name].map { (row.sha256, $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  /// A source goes where it may and no array that was read from it was excluded, which it holds.
  private mutating func takeSources(
    _ connection: Connection, _ subset: CatalogSubset, _ excluded: [String: String], _ content: ArchiveContent,
    earlier: [Tombstone]
  ) throws {
    let holding = try Self.holding(excluded, connection)
    for row in try connection.archivedSources() {
      // What is part of the program has no place.
      guard let name = subset.places[row.path] else { continue }
      let path = subset.place(of: name)
      let names = ([name] + subset.imported[row.sha256, default: []].sorted()).map(subset.pseudonyms.text)
      let reason =
        names.compactMap { excluded[$0] }.first ?? subset.release.sources[row.sha256]
        ?? (content == .sources ? nil : "left out: --include \(content.rawValue)")
        ?? holding[row.sha256].map { "an array that was read from it is kept out: \($0)" }
        ?? (Files.exists(path) ? nil : earlier.reason(.source, row.path, row.sha256))
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
}

extension [Tombstone] {
  /// Why something is absent; nil where none of them says so.
  fileprivate func reason(_ kind: Tombstone.Kind, _ name: String, _ sha256: String?) -> String? {
    first { $0.kind == kind && $0.name == name && $0.sha256 == sha256 }?.reason
  }
}
