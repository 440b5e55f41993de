import ContentIdentity
import Diagnostics
import FileSystem
import Foundation
import Importing
import LabelledArrays
import Lineage
import Names
import Warehouse

/// Takes a person who withdrew out of the warehouse: recordings, ratings, attributes, everything computed from them, the
/// array files, and what quarantine and interrupted runs keep. Source files are never touched.
///
/// Deleted rows are overwritten and the catalog is written anew, so that nothing of them is left in free
/// pages. Results of groups the person belonged to go too, with their runs: they rest on data that are no longer there.
public enum Withdrawal {
  /// What was, or would be, taken out.
  public struct Outcome: Sendable {
    public var datasets: [String] = []
    public var arrays: [String] = []
    /// Units whose results go.
    public var units: [String] = []
    /// `STUDY run RUN`: their roots, and archives made of them, hold what was withdrawn.
    public var runs: [String] = []
    /// Labels of frozen results, all of which go: nothing says whose numbers went into their rows.
    public var frozen: [String] = []
    /// Array files that go, or are written anew without the person.
    public var files: [String] = []
    /// In `quarantine/`, `spool/` and `partial/`.
    public var kept: [String] = []
  }

  /// Frozen results outlive the imports they were made of: where one still names the person, all go. Nil: none does.
  private static func withdrawFrozen(naming name: String, from warehouse: Warehouse, dryRun: Bool) throws -> Outcome? {
    let quoted = JSONValue.string(name).canonical
    guard try warehouse.read({ try !$0.frozenNaming(quoted: quoted, name: name).isEmpty }) else { return nil }
    var outcome = Outcome()
    outcome.frozen = try warehouse.read { try $0.materializations(label: nil) }.map(\.label)
    guard !dryRun else { return outcome }
    try warehouse.write { connection in
      try connection.dropMaterializations()
      try connection.dropUncitedNumbers()
      try record(outcome, of: [], connection)
    }
    try warehouse.compact()
    return outcome
  }

  /// - Parameter dataset: of this dataset only; nil: of every one in which the name stands.
  /// - Throws: `unknownName` where nobody has the name. One transaction: everything or nothing of rows and arrays; what an
  ///   interruption left of their files goes with the next call.
  public static func withdraw(
    _ person: String, dataset: String?, from warehouse: Warehouse, dryRun: Bool
  ) throws -> Outcome {
    let name = person.composed
    let isLeft = try !dryRun && Forgetting.finish(in: warehouse)
    let people = try warehouse.read { try $0.withdrawnPeople(name: name, dataset: dataset) }
    guard !people.isEmpty else {
      if let outcome = try withdrawFrozen(naming: name, from: warehouse, dryRun: dryRun) { return outcome }
      // The same command may have been cut off before the catalog was written anew.
      if isLeft { try warehouse.compact() }
      throw EvokeError(
        .unknownName, "subject \(person)", reason: "nobody has this name in \(dataset ?? "any dataset")",
        remedy: "evoke sql \"select name from subject\" lists them")
    }
    var outcome = Outcome()
    outcome.datasets = people.map(\.dataset)
    outcome.kept = try keptFiles(warehouse)
    // Before the rows, by which the command is taken up again where it is cut off.
    if !dryRun { for path in outcome.kept { try Files.removeAll(warehouse.directory + "/" + path) } }
    let gone = try Forgetting.takeOut(of: warehouse, dryRun: dryRun) { connection in
      let arrays = try people.flatMap { try connection.withdrawnArrays(name: name, dataset: $0.dataset) }
      let computed = try people.flatMap { try connection.computedOfPerson(name: name, dataset: $0.dataset) }
      outcome.arrays = arrays.map(\.name)
      // The same name in another dataset is another person, whose units stay.
      let isElsewhere = try connection.withdrawnPeople(name: name, dataset: nil).count > people.count
      try dropResults(of: arrays, computed, naming: isElsewhere ? nil : name, connection, &outcome)
      for row in people { try drop(row, name, connection) }
      for array in arrays {
        try connection.withdrawArray(array: array.arrayID)
        try connection.withdrawGeneration(artifact: array.artifactID)
      }
      let imports = Set(arrays.map(\.activityID))
      // An import that brought nobody else goes whole, with the names of its files.
      for activity in imports where try connection.arraysOfImport(import: activity).first?.count == 0 {
        try connection.dropActivity(activity: activity)
      }
      let files = try rename(name, ofImportsIn: outcome.datasets, connection)
      for activity in imports { try dropFindings(of: name, files, import: activity, connection) }
      for row in people { try connection.withdrawSubject(subject: row.subjectID) }
      try Forgetting.sweep(connection)
      if !dryRun { try rewrite(Set(arrays.map(\.file)), in: warehouse, connection) }
      // What is left of the imports of these datasets is hashed again.
      for row in try connection.storedImports() where row.dataset.map(outcome.datasets.contains) == true {
        try connection.unsealActivity(activity: row.activityID)
      }
      outcome.frozen = try connection.materializations(label: nil).map(\.label)
      try connection.dropMaterializations()
      try connection.dropUncitedNumbers()
      try record(outcome, of: people.map { WithdrawnPeople.Person(dataset: $0.dataset, name: name) }, connection)
    }
    outcome.files = gone
    if !dryRun { try warehouse.compact() }
    return outcome
  }

  /// A mere number stands for much else: it is the person's name where it is said of a person.
  private static func isNumber(_ name: String) -> Bool { name.allSatisfy(\.isNumber) }

  /// Imports that brought others too may say the name in their options: another word takes its place, and the key follows what
  /// they say now. The commands that were given go. Files that options say to be of that person, under their earlier names.
  private static func rename(
    _ name: String, ofImportsIn datasets: [String], _ connection: Connection
  ) throws -> Set<String> {
    let new = "withdrawn"
    var words = WordReplacement([])
    words.add(name, new)
    var people = PersonRenaming([name: new])
    for row in try connection.storedImports() {
      guard let dataset = row.dataset, datasets.contains(dataset) else { continue }
      let old = try JSONValue(parsing: row.options)
      let options = isNumber(name) ? people.renamed(old).json : old.replacing(words)
      let command = try connection.commandOfImport(activity: row.activityID).flatMap { [$0.folder, $0.words] }
      if isNumber(name) ? options != old : command.contains(where: { words.replaced($0) != nil }) {
        try connection.withdrawCommand(activity: row.activityID)
      }
      guard options != old else { continue }
      let key = ImportBatch.key(
        verb: row.verb, options: options, dataset: dataset, sources: try JSONValue(parsing: row.sources))
      try connection.withdrawImportName(activity: row.activityID, options: options.canonical, key: key)
    }
    return Set(people.files.keys)
  }

  /// Findings that speak of the person or, of a name that is a mere number, say it of one or name that person's files.
  private static func dropFindings(
    of name: String, _ files: Set<String>, import activity: Int, _ connection: Connection
  ) throws {
    guard isNumber(name) else { return try connection.withdrawFindings(subject: name, import: activity) }
    try connection.withdrawNumberedFindings(number: name, import: activity)
    for file in files.sorted() { try connection.withdrawFindings(subject: file, import: activity) }
  }

  private static func drop(_ row: Rows.WithdrawnPeople, _ name: String, _ connection: Connection) throws {
    try connection.withdrawRecordings(subject: row.subjectID)
    try connection.withdrawAnnotations(subject: row.subjectID, rater: row.raterID)
    try connection.withdrawExclusions(subject: name, dataset: row.dataset)
    try connection.withdrawClocks(subject: name, dataset: row.dataset)
    try connection.withdrawAlignments(subject: name, dataset: row.dataset)
    // A table of scores may be of several datasets: its import is hashed again wherever it belongs.
    for table in try connection.externalScoreImports(name: name, dataset: row.dataset) {
      try connection.unsealActivity(activity: table.activityID)
    }
    try connection.withdrawScores(name: name, dataset: row.dataset)
  }

  /// Results that descend from the arrays, those computed of the person whatever they descend from, the units that made them,
  /// and the runs those belong to.
  private static func dropResults(
    of arrays: [Rows.WithdrawnArrays], _ computed: [Rows.ComputedOfPerson], naming name: String?,
    _ connection: Connection, _ outcome: inout Outcome
  ) throws {
    var units = Dictionary(computed.map { ($0.unitKey, $0.label) }, uniquingKeysWith: { first, _ in first })
    for artifact in arrays.map(\.artifactID) + computed.map(\.artifactID) {
      for unit in try connection.unitsFromArtifact(artifact: artifact) { units[unit.unitKey] = unit.label }
    }
    outcome.units = units.values.sorted()
    // Units that are planned, or failed, name their people too.
    let naming = try name.map { try unitsNaming($0, connection) }
    let keys = Set(units.keys).union(naming ?? [])
    var runs: [String: String] = [:]
    for key in keys { for run in try connection.runsOfUnit(unit: key) { runs[run.runID] = run.study } }
    if let name {
      // A study may name whom it left out, and a cohort whom it does not hold.
      for run in try connection.runsNaming(name: name) { runs[run.runID] = run.study }
      try connection.withdrawQuestions(name: name, escaped: "'" + name.replacing("'", with: "''") + "'")
    }
    outcome.runs = runs.map { "\($1) run \($0)" }.sorted()
    for run in runs.keys { try connection.withdrawRun(run: run) }
    if !runs.isEmpty { try connection.dropUnusedStudies() }
    for key in keys {
      for made in try connection.unitActivity(key: key) { try connection.dropActivity(activity: made.activityID) }
      try connection.withdrawDivergences(unit: key)
      try connection.withdrawUnit(unit: key)
    }
  }

  private static func unitsNaming(_ name: String, _ connection: Connection) throws -> [String] {
    let found = try connection.unitsNaming(quoted: JSONValue.string(name).canonical, name: name)
    guard isNumber(name) else { return found.map(\.unitKey) }
    var people = PersonRenaming([name: ""])
    return try found.filter { try !people.renamed(JSONValue(parsing: $0.parameters)).told.isEmpty }.map(\.unitKey)
  }

  /// Array files that held the person's arrays beside others', written anew with those; one that is not there holds nobody's.
  private static func rewrite(_ files: Set<String>, in warehouse: Warehouse, _ connection: Connection) throws {
    for file in files.sorted() where Files.exists(try warehouse.path(file).absolute) {
      let left = try connection.arraysInFile(file: file)
      guard !left.isEmpty else { continue }
      let writer = try ArrayFileWriter(in: warehouse.directory + "/arrays")
      do {
        for row in left {
          let array = try ArrayReader.read(warehouse.reference(row))
          try writer.add(
            ArrayDescription(name: row.name, kind: row.kind), group: ArrayFileWriter.group(ofPath: row.path), array)
        }
        let stored = try writer.finish()
        for (row, array) in zip(left, stored) { try connection.moveArray(file: array.file, array: row.arrayID) }
        if let first = stored.first { try connection.put(first.fileBytes, at: first.file) }
      } catch {
        writer.abandon()
        throw error
      }
    }
  }

  /// What was moved aside and what interrupted runs left: nothing says whose it is, and all of it can be computed again.
  private static func keptFiles(_ warehouse: Warehouse) throws -> [String] {
    try ["quarantine", "spool", "partial"].flatMap { folder -> [String] in
      let path = warehouse.directory + "/" + folder
      guard Files.kind(of: path) == .folder, !Files.isLink(path) else { return [] }
      return try Files.names(in: path).sorted().map { folder + "/" + $0 }
    }
  }

  /// That it was done, without saying of whom: whoever has the name can ask whether it was of them.
  private static func record(
    _ outcome: Outcome, of people: [WithdrawnPeople.Person], _ connection: Connection
  ) throws {
    let now = Machine.now
    let options: JSONValue = [
      "arrays": .int(outcome.arrays.count), "units": .int(outcome.units.count), "runs": .int(outcome.runs.count),
      "at": .string(now), "people": .array(people.map { $0.digest(at: now) }.sorted().map { .string($0) }),
    ]
    try connection.enterEvent(kind: "withdrawal", verb: "forget --subject --everywhere", options: options)
  }
}

extension JSONValue {
  /// With other words in its texts; names of members stay.
  fileprivate func replacing(_ words: WordReplacement) -> JSONValue {
    switch self {
    case .string(let text): .string(words.replaced(text) ?? text)
    case .array(let values): .array(values.map { $0.replacing(words) })
    case .object(let members): .object(members.mapValues { $0.replacing(words) })
    default: self
    }
  }
}
