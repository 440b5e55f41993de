import Warehouse

/// What of another warehouse comes into this one, and what cannot.
struct MergePlan {
  /// What an activity made or read.
  private struct Thing: Hashable {
    let kind: String
    let name: String
    let sha256: String
  }

  /// Units that are done in both, with other results.
  struct Divergent {
    let unit: String
    let ours: Rows.MergeActivities
    let theirs: Rows.MergeActivities
  }

  /// What comes, each after what it rests on.
  private(set) var coming: [Rows.MergeActivities] = []
  /// What has not all its rows there, and units that rest on it or on bits that this warehouse has otherwise.
  private(set) var leftOut: [Rows.MergeActivities] = []
  private var withheld: [Rows.MergeActivities] = []
  private(set) var divergent: [Divergent] = []
  /// Keys of what was forgotten here and comes again.
  private(set) var forgotten: [String] = []
  /// Arrays that come.
  private(set) var arrays: [Rows.MergeArrays] = []
  /// Names that stand for other things in the two: `array held/clip/arousal: ...`.
  private(set) var collisions: [String] = []
  /// The run that is the current one of each study's name and purpose.
  private(set) var current: [(study: String, purpose: String, run: String)] = []

  /// - Parameter unsupported: activities whose rows rest on some that do not come.
  init(from theirs: Connection, to ours: Connection, names: [String: String], without unsupported: Set<Int>) throws {
    try choose(theirs, ours, names, unsupported)
    try compareArrays(theirs, ours)
    try compareTables(theirs, ours)
    try compareCohorts(theirs, ours)
    try chooseRuns(theirs, ours, names)
  }

  private mutating func choose(
    _ theirs: Connection, _ ours: Connection, _ names: [String: String], _ unsupported: Set<Int>
  ) throws {
    let here = Dictionary(
      try ours.mergeActivities().map { ($0.activityKey, $0) }, uniquingKeysWith: { first, _ in first })
    var open: [Rows.MergeActivities] = []
    // An archive's catalog has not all the rows of some activities.
    let partial = Set(try theirs.withheldRows().compactMap(\.activityKey)).union(
      try theirs.withheldRecipes(of: UnitRow.table)
    ).union(try theirs.withheldRecipes(of: ActivityRow.table))
    for row in try theirs.mergeActivities() where row.state == "done" && row.kind != "merge" {
      if partial.contains(row.activityKey) || unsupported.contains(row.activityID) {
        if here[row.activityKey] == nil { withheld.append(row) }
        continue
      }
      guard let own = here[row.activityKey] else {
        open.append(row)
        continue
      }
      if own.state != "done" {
        forgotten.append(row.activityKey)
        open.append(row)
      } else if row.kind == "unit", own.resultSHA256 != row.resultSHA256 {
        divergent.append(Divergent(unit: row.activityKey, ours: own, theirs: row))
      }
    }
    try dropFrozen(&open, theirs, ours, names)
    try order(open, theirs, ours)
  }

  /// Frozen results that are here already, or whose label stands for another.
  private mutating func dropFrozen(
    _ open: inout [Rows.MergeActivities], _ theirs: Connection, _ ours: Connection, _ names: [String: String]
  ) throws {
    let here = Dictionary(
      try ours.materializations(label: nil).map { ($0.label, $0.sha256) }, uniquingKeysWith: { first, _ in first })
    for frozen in try theirs.materializations(label: nil) {
      let label = names[frozen.label] ?? frozen.label
      guard let own = here[label] else { continue }
      open.removeAll { $0.activityID == frozen.activityID }
      if own != frozen.sha256 {
        collisions.append("frozen result \(label): other rows (--rename gives it another name)")
      }
    }
  }

  /// What rests on nothing that is missing here, in an order in which it can come; the rest is left out.
  private mutating func order(_ open: [Rows.MergeActivities], _ theirs: Connection, _ ours: Connection) throws {
    func things(_ connection: Connection) throws -> (made: [Int: Set<Thing>], read: [Int: Set<Thing>]) {
      var (made, read): ([Int: Set<Thing>], [Int: Set<Thing>]) = ([:], [:])
      for row in try connection.activityThings() {
        let thing = Thing(kind: row.kind, name: row.name, sha256: row.sha256)
        if row.isMade == 1 {
          made[row.activityID, default: []].insert(thing)
        } else {
          read[row.activityID, default: []].insert(thing)
        }
      }
      return (made, read)
    }
    let (made, read) = try things(theirs)
    let makers = made.values.reduce(into: Set<Thing>()) { $0.formUnion($1) }
    var present = try things(ours).made.values.reduce(into: Set<Thing>()) { $0.formUnion($1) }
    var left = open
    while true {
      let ready = left.filter { row in
        read[row.activityID, default: []].allSatisfy { present.contains($0) || !makers.contains($0) }
      }
      guard !ready.isEmpty else { break }
      coming += ready
      for row in ready { present.formUnion(made[row.activityID, default: []]) }
      let done = Set(ready.map(\.activityID))
      left.removeAll { done.contains($0.activityID) }
    }
    leftOut = left + withheld
  }

  private mutating func compareArrays(_ theirs: Connection, _ ours: Connection) throws {
    let here = Dictionary(try ours.mergeArrays().map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let own = Set(coming.map(\.activityID))
    for array in try theirs.mergeArrays() where own.contains(array.activityID) {
      guard let other = here[array.name] else {
        arrays.append(array)
        continue
      }
      let isOfUnits = array.activityKind == "unit" && other.activityKind == "unit"
      if !isOfUnits {
        let isSame = array.logicalSHA256 == other.logicalSHA256
        collisions.append("array \(array.name): \(isSame ? "an import with other options" : "other bytes")")
      } else if array.logicalSHA256 != other.logicalSHA256 {
        arrays.append(array)
      }
    }
  }

  private mutating func compareTables(_ theirs: Connection, _ ours: Connection) throws {
    let here = Dictionary(
      try ours.externalTables().map { ($0.name, $0.activityKey) }, uniquingKeysWith: { first, _ in first })
    for table in try theirs.externalTables() {
      if let own = here[table.name], own != table.activityKey { collisions.append("table of scores \(table.name)") }
    }
  }

  private mutating func compareCohorts(_ theirs: Connection, _ ours: Connection) throws {
    func members(_ connection: Connection, _ name: String) throws -> Set<[String?]> {
      Set(try connection.cohortMembers(name: name).map { [$0.dataset, $0.subject, $0.stimulus] })
    }
    let here = Set(try ours.cohortList().map(\.cohort))
    for cohort in try theirs.cohortList() where here.contains(cohort.cohort) {
      guard try members(theirs, cohort.cohort) != members(ours, cohort.cohort) else { continue }
      collisions.append("cohort \(cohort.cohort): other members")
    }
  }

  /// Of two current runs of a study's name the one that the other warehouse does not know as an older one, of two
  /// expansions of one study file the newer; two files of one name are a collision.
  private mutating func chooseRuns(_ theirs: Connection, _ ours: Connection, _ names: [String: String]) throws {
    let (here, there) = (try ours.mergeRuns(), try theirs.mergeRuns())
    let absent = try WithheldKeys(from: theirs, to: ours).runs
    for run in there where run.isCurrent == 1 && !absent.contains(run.runID) {
      let name = names[run.name] ?? run.name
      let own = here.first { $0.isCurrent == 1 && $0.name == name && $0.purpose == run.purpose }
      guard let own, own.runID != run.runID else {
        current.append((name, run.purpose, run.runID))
        continue
      }
      let (isKnownHere, isKnownThere) = (
        here.contains { $0.runID == run.runID }, there.contains { $0.runID == own.runID }
      )
      if isKnownHere != isKnownThere {
        current.append((name, run.purpose, isKnownHere ? own.runID : run.runID))
      } else if own.sha256 == run.sha256 || isKnownHere {
        let isOurs = (own.plannedAt, own.runID) > (run.plannedAt, run.runID)
        current.append((name, run.purpose, isOurs ? own.runID : run.runID))
      } else {
        collisions.append("study \(name): another study file (--rename gives it another name)")
      }
    }
  }
}
