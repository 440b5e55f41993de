import Diagnostics
import FileSystem
import Foundation
import Warehouse

/// Takes an import out of the warehouse: its rows, its arrays and, when asked, everything computed from it.
public enum Forgetting {
  /// What was, or would be, taken out.
  public struct Outcome: Sendable {
    public let verb: String
    public let dataset: String?
    /// Files the import read.
    public let sources: [String]
    /// Units whose results go with it.
    public let units: [String]
    /// Array files that go with it.
    public let files: [String]
  }

  /// Forgets the one import that `name` speaks of: a source path or its last part, the first digits of the import's key,
  /// or an array, stimulus, model or atlas it brought. The import stays in `import_log` as forgotten.
  ///
  /// - Throws: `E-WH-010` when no import fits, `E-QRY-007` when several do, `E-QRY-006` when results depend on it and
  ///   `cascade` is not given. One transaction: everything or nothing.
  public static func forget(_ name: String, in warehouse: Warehouse, cascade: Bool, dryRun: Bool) throws -> Outcome {
    if !dryRun { try finish(in: warehouse) }
    let found = try theImport(name, in: warehouse)
    // Recordings reduced by an atlas go with the atlas.
    let further = try warehouse.read { try $0.importsThatNeed(import: found.activityID) }
    let imports = further.map(\.activityID) + [found.activityID]
    let units = try units(of: imports, warehouse)
    let labels =
      further.map { "\($0.verb) \($0.activityKey.prefix(12))" } + units.map(\.label)
    if !labels.isEmpty, !cascade {
      throw EvokeError(
        .stillNeeded, name,
        reason: "\(units.count) units were computed from it, \(further.count) imports made with it: "
          + labels.prefix(3).joined(separator: "; "),
        remedy: "add --cascade to forget them too")
    }
    let sources = try warehouse.read { try $0.importSourceNames(import: found.activityID) }.map(\.name)
    let gone = try Self.takeOut(of: warehouse, dryRun: dryRun) { connection in
      for unit in units { try dropResults(of: unit, connection) }
      for activity in imports { try dropImport(activity, connection) }
      try sweep(connection)
      try connection.recordRoots()
    }
    return Outcome(verb: found.verb, dataset: found.dataset, sources: sources, units: labels, files: gone)
  }

  /// Changes the catalog in one transaction and removes the array files that nothing names any more; a dry run does the
  /// same and rolls it back. The files, relative to the warehouse, sorted.
  ///
  /// - Throws: `outsideWarehouse` before anything is changed, where the catalog names a file elsewhere.
  static func takeOut(
    of warehouse: Warehouse, dryRun: Bool, _ change: (Connection) throws -> Void
  ) throws -> [String] {
    var gone: [WarehousePath] = []
    struct RolledBack: Error {}
    do {
      try warehouse.write { connection in
        let before = try files(connection)
        for file in before { _ = try arrayPath(file, in: warehouse) }
        try change(connection)
        gone = try before.subtracting(files(connection)).sorted().map { try arrayPath($0, in: warehouse) }
        if dryRun { throw RolledBack() }
      }
    } catch is RolledBack {}
    if !dryRun { for path in gone { try Files.remove(path.absolute) } }
    return gone.map(\.relative)
  }

  /// Removes array files that no row names: forgetting that was cut off behind its transaction leaves them, and its name
  /// is in no row any more. Whether there were any.
  @discardableResult
  static func finish(in warehouse: Warehouse) throws -> Bool {
    let left = try Leftovers.find(in: warehouse).filter { $0.isFile && $0.path.hasPrefix("arrays/") }
    for leftover in left { try Files.remove(warehouse.directory + "/" + leftover.path) }
    return !left.isEmpty
  }

  /// A file of arrays that the catalog names: only those are ever removed.
  private static func arrayPath(_ file: String, in warehouse: Warehouse) throws(EvokeError) -> WarehousePath {
    let path = try warehouse.path(file)
    guard path.relative.hasPrefix("arrays/") else {
      throw EvokeError(
        .outsideWarehouse, path.relative, reason: "the catalog names it as an array, and it is not in arrays/",
        remedy: "run evoke verify; nothing was removed")
    }
    return path
  }

  /// Units that need any of the imports, each once.
  static func units(of imports: [Int], _ warehouse: Warehouse) throws -> [Rows.UnitsThatNeed] {
    var seen: Set<Int> = []
    return try imports.flatMap { activity in
      try warehouse.read { try $0.unitsThatNeed(import: activity) }
    }.filter { seen.insert($0.activityID).inserted }
  }

  /// In this order: each empties what the next one looks at.
  package static func sweep(_ connection: Connection) throws {
    try connection.dropUnusedSpaces()
    try connection.dropUnusedStimuli()
    try connection.dropUnusedSessions()
    try connection.dropUnusedSubjects()
    try connection.dropUnusedRaters()
    try connection.dropUnusedRuns()
    try connection.dropUnusedDatasets()
    try connection.dropUnusedSourceFiles()
    try connection.dropUnusedArtifacts()
  }

  private static func theImport(_ name: String, in warehouse: Warehouse) throws -> Rows.ImportsMatching {
    let path = URL(fileURLWithPath: name).standardizedFileURL.path
    let rows = try warehouse.read { try $0.importsMatching(name: name, place: path) }
    if rows.count > 1 {
      let list = rows.map { row in
        [row.verb, row.source, "(\(row.activityKey.prefix(12)))"].compactMap { $0 }.joined(separator: " ")
      }
      throw EvokeError(
        .ambiguousName, name, reason: "it fits \(list.joined(separator: "; "))",
        remedy: "name one by the digits in brackets")
    }
    guard let row = rows.first else {
      throw EvokeError(
        .unknownName, name, reason: "no import that stands brought it",
        remedy: "evoke query import_log lists the imports")
    }
    return row
  }

  /// The unit stays, to be computed again where its study still asks for it; its results go with its activity.
  static func dropResults(of unit: Rows.UnitsThatNeed, _ connection: Connection) throws {
    try connection.dropActivity(activity: unit.activityID)
    try connection.reopenUnit(unit: unit.unitKey)
  }

  /// The import's rows; a row that says it was there and is forgotten stays, with its sources.
  static func dropImport(_ activity: Int, _ connection: Connection) throws {
    let sources = try connection.importSources(import: activity)
    let rows = try connection.activityRow(activity: activity)
    try connection.dropStreams(activity: activity)
    try connection.dropElements(activity: activity)
    try connection.releaseMedia(activity: activity)
    try connection.dropActivity(activity: activity)
    for row in rows {
      let key = try connection.insert(
        ActivityRow(
          kind: row.kind, verb: row.verb, activityKey: row.activityKey, options: row.options, dataset: row.dataset,
          state: "forgotten", environmentID: row.environmentID, startedAt: row.startedAt))
      for source in sources { try connection.recordUse(key, of: source.artifactID, as: source.role) }
    }
  }

  private static func files(_ connection: Connection) throws -> Set<String> {
    Set(try connection.arrayFiles().map(\.file))
  }
}
