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
  /// - Throws: `E-WH-010` for an excluded name of nothing in the archive; `E-WH-012` for a source that is missing.
  init(
    of catalog: Warehouse, _ subset: CatalogSubset, excluded: [String: String], content: ArchiveContent
  ) throws {
    // What is here has other names than in the warehouse.
    let excluded = Dictionary(
      excluded.map { (subset.pseudonyms.text($0), $1) }, uniquingKeysWith: { first, _ in first })
    tombstones = subset.unfrozen.map {
      Tombstone(.result, $0, reason: "its query reads what the archive does not hold")
    }
    try catalog.read { connection in
      for rows in try connection.withheldRows() {
        tombstones.append(Tombstone(rows, reason: Self.reason(rows, subset.release)))
      }
      try takeArrays(connection, subset.release, excluded, content)
      try takeSources(connection, subset, excluded, content)
    }
    try refuseUnknown(excluded.keys.sorted(), catalog, subset)
  }

  private static func reason(_ rows: WithheldRows, _ release: Release) -> String {
    if rows.isRecipe { return "names of people whom consent keeps back" }
    // Names of persons go with the last of their rows.
    guard let activity = rows.activityKey else { return "no row of theirs is left" }
    return release.rows[activity] ?? "names of people whom consent keeps back"
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
    _ connection: Connection, _ release: Release, _ excluded: [String: String], _ content: ArchiveContent
  ) throws {
    let rows = try connection.archivedArrays()
    for (file, arrays) in Dictionary(grouping: rows, by: \.file).sorted(by: { $0.key < $1.key }) {
      var reasons: [String?] = []
      for row in arrays {
        reasons.append(
          excluded[row.name] ?? release.arrays[row.arrayID] ?? (content == .none ? "left out: --include none" : nil))
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
    _ connection: Connection, _ subset: CatalogSubset, _ excluded: [String: String], _ content: ArchiveContent
  ) throws {
    for row in try connection.archivedSources() {
      // What is part of the program has no place.
      guard let path = subset.places[row.path] else { continue }
      let names = ([path] + subset.imported[row.sha256, default: []].sorted()).map(subset.pseudonyms.text)
      let reason =
        names.compactMap { excluded[$0] }.first ?? subset.release.sources[row.sha256]
        ?? (content == .sources ? nil : "left out: --include \(content.rawValue)")
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
