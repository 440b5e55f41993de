import ContentIdentity
import Diagnostics
import FileSystem
import Foundation
import FrozenResults
import Upkeep
import Warehouse

/// The part of a catalog that the lineage of some studies needs, as a catalog of its own that names no place of this machine.
///
/// Rows of other studies and imports are deleted from a copy, as forgetting them would; everything that is left is hashed anew,
/// since the names of sources are others, and those of people whom consent keeps back. Keys of imports and units, hashes of
/// results and roots of runs stay what they are; of those that are hashes of such names it is recorded.
struct CatalogSubset {
  /// The folder of the new catalog.
  let directory: String
  /// Where each source is, by its name in the archive; in an archive's own catalog below its folder.
  let places: [String: String]
  private let home: String
  /// Under which paths each source was imported, by its SHA-256.
  let imported: [String: [String]]
  let names: SourceNames
  /// Labels of frozen results that stay behind, with the reasons.
  private(set) var unfrozen: [(label: String, reason: String)] = []

  /// - Throws: `E-WH-010` for a study that never ran, `E-ARC-002` for one that is not complete.
  init(of warehouse: Warehouse, studies: [String], in directory: String) throws {
    (self.directory, home) = (directory, warehouse.directory)
    let runs = try Self.runs(of: studies, warehouse)
    _ = try warehouse.copyCatalog(to: directory + "/catalog.sqlite")
    try Warehouse.seal(copy: directory, of: warehouse.directory)
    let copy = try Warehouse.open(directory, .writing("archive create"))
    let names = try copy.read { try Self.names($0, of: warehouse) }
    let list = JSONValue.array(studies.map { .string($0) }).canonical
    (release, pseudonyms, places, imported) = try copy.write { connection in
      let needed = try connection.archivedActivities(studies: list).map(\.activityID)
      // Before anything is taken out: what else a source was imported for counts too.
      var release = try Release(connection, activities: Set(needed))
      let all = try Pseudonyms.Names(connection)
      try Self.narrow(connection, to: needed, runs: runs.map(\.runID))
      try connection.withholdPersons(of: release.withheld)
      var pseudonyms = try Pseudonyms(all, in: connection)
      let paths = try connection.storedSources().compactMap { row in names.name(of: row.path).map { ($0, row.path) } }
      let sources = try connection.provenanceArtifacts().filter { $0.kind == "source" }
      try Self.anonymise(connection, names)
      try Self.enter(&pseudonyms, connection, &release)
      try connection.unsealAll()
      try connection.recordRoots()
      let places = paths.map { (pseudonyms.text($0.0), $0.1) }
      return (
        release, pseudonyms, Dictionary(places, uniquingKeysWith: { first, _ in first }),
        Dictionary(grouping: sources, by: \.sha256).mapValues { $0.map(\.name) }
      )
    }
    self.names = names
    try dropOtherResults(copy, of: warehouse)
    try copy.compact()
    try copy.close()
    try Self.settleHeader(directory + "/catalog.sqlite")
  }

  /// The file of a place, which is absolute or below the warehouse.
  func place(of name: String) -> String { name.hasPrefix("/") ? name : home + "/" + name }

  /// What of it may leave.
  let release: Release
  /// What stands for names of people.
  let pseudonyms: Pseudonyms

  /// Puts pseudonyms in the place of names, keeps in arrays whose files hold such names, and records which keys are hashes of
  /// them.
  private static func enter(
    _ pseudonyms: inout Pseudonyms, _ connection: Connection, _ release: inout Release
  ) throws {
    guard !pseudonyms.isEmpty else { return }
    let before = try Recipe.all(connection).filter { $0.fault == nil }.map { [$0.table, $0.key] }
    let labels = try connection.arrayLabels()
    try pseudonyms.enter(connection, of: release.withheld)
    release.withhold(arrays: Set(labels.filter { pseudonyms.replaced($0.text) != nil }.map(\.arrayID)))
    let after = Set(try Recipe.all(connection).filter { $0.fault == nil }.map { [$0.table, $0.key] })
    let gone = Dictionary(grouping: before.filter { !after.contains($0) }, by: { $0[0] })
    for (table, recipes) in gone.sorted(by: { $0.key < $1.key }) {
      try connection.recordRecipes(Set(recipes.map { $0[1] }), of: table)
    }
  }

  private static func runs(of studies: [String], _ warehouse: Warehouse) throws -> [Rows.ArchivedRuns] {
    let list = JSONValue.array(studies.map { .string($0) }).canonical
    let (runs, known) = try warehouse.read { (try $0.archivedRuns(studies: list), try $0.studyNames().map(\.name)) }
    for study in studies where !known.contains(study) {
      throw EvokeError(
        .unknownName, "study \(study)", reason: "it has not run in this warehouse",
        remedy: NearMiss.suggestion(study, in: known, otherwise: "run it: evoke run STUDY"))
    }
    let units = Dictionary(grouping: try warehouse.read { try $0.runUnits(run: nil) }, by: \.runID)
    if let open = runs.first(where: { RunRoot.of(units[$0.runID, default: []]) == nil }) {
      throw EvokeError(
        .studyIncomplete, "study \(open.name)", reason: "units of its run \(open.runID) are not done",
        remedy: "run it again: evoke run STUDY; evoke query unit_status says what is missing")
    }
    return runs
  }

  private static func names(_ connection: Connection, of warehouse: Warehouse) throws -> SourceNames {
    let sources = try connection.storedSources().map(\.path)
    let artifacts = try connection.provenanceArtifacts().filter { $0.kind == "source" }.map(\.name)
    let folders = try connection.textFolders().map(\.folder)
    let own = [Files.absolute(warehouse.directory), NSHomeDirectory(), Files.absolute(".")]
    return SourceNames(
      paths: sources + artifacts, models: try connection.storedModels().map(\.folder), others: folders + own)
  }

  /// Deletes what the studies do not rest on.
  private static func narrow(_ connection: Connection, to activities: [Int], runs: [String]) throws {
    let needed = JSONValue.array(activities.map { .int($0) }).canonical
    for row in try connection.otherImports(activities: needed) {
      try connection.dropStreams(activity: row.activityID)
      try connection.dropElements(activity: row.activityID)
      try connection.releaseMedia(activity: row.activityID)
    }
    try connection.keepRuns(runs: JSONValue.array(runs.map { .string($0) }).canonical)
    try connection.keepActivities(activities: needed)
    try connection.dropUnusedDivergences()
    try connection.dropUnusedUnits()
    try connection.dropUnusedStudies()
    try connection.dropOtherCohortMembers()
    try connection.dropEmptyCohorts()
    try Forgetting.sweep(connection)
    try connection.dropUnusedEnvironments()
  }

  /// Takes out of all texts where files were, and what machines are called.
  private static func anonymise(_ connection: Connection, _ names: SourceNames) throws {
    for row in try connection.storedSources() {
      if let name = names.name(of: row.path) { try connection.moveSource(old: row.path, new: name) }
    }
    for row in try connection.provenanceArtifacts() where row.kind == "source" {
      if let name = names.name(of: row.name) { try connection.renameSource(old: row.name, new: name) }
    }
    for row in try connection.storedModels() {
      if let name = names.name(of: row.folder) { try connection.moveModel(old: row.folder, new: name) }
    }
    try connection.settleCommands()
    for folder in names.folders {
      for text in [folder + "/"] + (SourceNames.isTelling(folder) ? [folder] : []) { try connection.strip(text) }
    }
    var hosts: [String: String] = [:]
    for row in try connection.archivedEnvironments() {
      let host = hosts[row.hostnameHash] ?? "machine-\(hosts.count + 1)"
      hosts[row.hostnameHash] = host
      try connection.renameHost(environment: row.environmentID, host: host)
    }
  }

  /// Takes out frozen results whose queries return something else here, as rows of other studies or paths, or also where they
  /// were frozen; and numbers of a publication whose units are not here, which nothing would lead on to sources.
  private mutating func dropOtherResults(_ copy: Warehouse, of warehouse: Warehouse) throws {
    let here = Set(try warehouse.read { try $0.materializations(label: nil) }.map(\.label))
    for (label, _) in try FrozenResult.differences(in: copy, limits: .own, progress: { _, _ in }).differing {
      let isOld =
        here.contains(label)
        ? try warehouse.read { try FrozenResult(label, in: $0) }.difference(in: warehouse, limits: .own) != nil : false
      unfrozen.append(
        (
          label,
          isOld ? "its query returns something else now" : "its query reads what the archive does not hold"
        ))
    }
    let baseless = try copy.read { connection in
      try connection.citations(label: nil).filter { row in
        try connection.citedUnits(citation: row.citationID).contains { $0.state != "done" }
      }.map(\.frozen)
    }
    unfrozen += baseless.filter { label in !unfrozen.contains { $0.label == label } }.map {
      ($0, "a unit that it is made of is not there, or not in the archive")
    }
    for (label, _) in unfrozen { _ = try FrozenResult.forget(label, in: copy, dryRun: false) }
    try copy.write { connection in
      connection.writesFrozenOnly()
      for row in try connection.materializations(label: nil) {
        try connection.markUnwrittenTables(materialization: row.materializationID)
      }
    }
  }

  /// The numbers by which SQLite counts its writings, in bytes 24 to 27 and 92 to 95 of the file: the same for equal catalogs.
  private static func settleHeader(_ path: String) throws {
    var bytes = try Files.read(path)
    guard bytes.count >= 100 else { return }
    for start in [24, 92] { bytes.replaceSubrange(start..<start + 4, with: [0, 0, 0, 1]) }
    try Files.write(bytes, to: path)
  }
}
