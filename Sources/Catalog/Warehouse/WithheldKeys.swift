/// Rows of another catalog that say, under other names of people, what their keys are hashes of: they are whole here, or do not
/// come.
public struct WithheldKeys {
  /// Columns with those keys.
  static let columns = [UnitRow.table: "unit_key", StudyRow.table: "sha256", RunRow.table: "plan_sha256"]

  /// By table.
  private let keys: [String: Set<String>]
  /// Units that do not come.
  private let units: Set<String>
  /// Runs that do not come, as they, their studies or some of their units do not.
  public let runs: Set<String>

  public init(from theirs: Connection, to ours: Connection) throws {
    keys = try Dictionary(uniqueKeysWithValues: Self.columns.keys.map { ($0, try theirs.withheldRecipes(of: $0)) })
    guard keys.values.contains(where: { !$0.isEmpty }) else {
      (units, runs) = ([], [])
      return
    }
    let missing = keys[UnitRow.table, default: []].subtracting(try ours.storedUnits().map(\.unitKey))
    var absent = Set(try theirs.runUnits(run: nil).filter { missing.contains($0.unitKey) }.map(\.runID))
    for run in try theirs.storedRuns()
    where keys[RunRow.table, default: []].contains(run.planSHA256)
      || keys[StudyRow.table, default: []].contains(run.sha256)
    { absent.insert(run.runID) }
    (units, runs) = (missing, absent.subtracting(try ours.storedRuns().map(\.runID)))
  }

  /// Whether a row is one whose key is a hash of something else.
  func contains(_ key: String, of table: String) -> Bool { keys[table]?.contains(key) == true }

  /// Whether a row, which another refers to by a text, does not come.
  func isAbsent(_ key: String, of table: String) -> Bool {
    switch table {
    case UnitRow.table: units.contains(key)
    case RunRow.table: runs.contains(key)
    default: false
    }
  }
}
