import ContentIdentity
import Diagnostics
import LinearAlgebra
import Plans
import Statistics
import Warehouse

/// What needs all fits of a study: corrected p values of declared families, peaks, contrasts, tests over subjects.
struct ComparisonStep: Step {
  let name = "comparison"
  let version = 2
  let summary = "max-statistic and BH over families, peaks of layer sweeps, contrasts, group tests"
  let tables = ["family", "family_member", "sweep_layer", "contrast", "group_test", "check"]

  func compute(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let byUnit = Dictionary(grouping: task.arrays, by: { $0.unitKey ?? "" })
    let members = try (task.parameters["members"]?.arrayValue ?? []).map { json in
      let unit = json["unit"]?.stringValue ?? ""
      return try ComparisonMember(unit: unit, keys: json["keys"] ?? .null, arrays: byUnit[unit] ?? [])
    }
    progress(0.3)
    var families = FamilyRows(task)
    for quantity in Set(members.flatMap { $0.draws.keys }).sorted() {
      families.add(members.flatMap { Self.cells($0, quantity) })
    }
    progress(0.6)
    let sweeps = SweepRows(task, members)
    let groups = GroupRows(task, members)
    return (families.tables + sweeps.tables() + groups.tables()).filter { !$0.rows.isEmpty }
  }

  static func cells(_ member: ComparisonMember, _ name: String) -> [ComparisonCell] {
    guard member.observed[name] != nil, member.draws[name] != nil else { return [] }
    let parts = name.split(separator: "/").map(String.init)
    return member.cells.indices.map {
      ComparisonCell(member: member, column: $0, mode: parts[0], quantity: parts[1])
    }
  }
}

/// Families: the pooled dimensions share one correction, every other dimension separates.
struct FamilyRows {
  static let dimensions = [
    "target", "region", "layer", "model", "feature_set", "element", "subject", "stimulus", "covariate_mode", "lag",
  ]
  private let unit: String
  private let pooled: Set<String>
  private let correction: [String]
  private var families: [[SQLValue]] = []
  private var members: [[SQLValue]] = []

  init(_ task: UnitTask) {
    unit = String(task.key.prefix(24))
    pooled = Set((task.parameters["family"]?.arrayValue ?? []).compactMap(\.stringValue))
    correction = (task.parameters["correction"]?.arrayValue ?? []).compactMap(\.stringValue)
  }

  var tables: [ResultRows] {
    [
      ResultRows(
        table: "family",
        columns: ["family_key", "name", "quantity", "member_count", "null_draws", "smallest_q", "correction"],
        rows: families),
      ResultRows(
        table: "family_member", columns: ["family_key", "fit_key", "quantity", "q_bh", "p_max", "reason"], rows: members
      ),
    ]
  }

  /// Divides cells of one quantity into families. Target kinds, datasets and cohorts always separate.
  mutating func add(_ cells: [ComparisonCell]) {
    let separating = Self.dimensions.filter { !pooled.contains($0) && $0 != "stimulus" && $0 != "lag" }
    let groups = Dictionary(grouping: cells) { cell in
      [cell.member.text("dataset"), cell.member.text("cohort"), cell.member.text("target_kind"), cell.mode]
        + separating.map { cell.dimension($0) }
    }
    for (key, group) in groups.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      let constants = zip(["dataset", "cohort", "target_kind", "mode"] + separating, key)
        .filter { !$0.1.isEmpty }.map { "\($0.0)=\($0.1)" }
      let name =
        Self.dimensions.filter { pooled.contains($0) }.joined(separator: ",") + " | "
        + constants.joined(separator: "; ")
      add(group, name: name)
    }
  }

  private mutating func add(_ cells: [ComparisonCell], name: String) {
    let columns = cells.map { $0.draws() }
    let count = columns.map(\.count).min() ?? 0
    var draws = Matrix(rows: count, columns: cells.count)
    for (c, column) in columns.enumerated() { for row in 0..<count { draws[row, c] = column[row] } }
    let observed = cells.map(\.value)
    let p = zip(observed, columns).map { NullSummary(observed: $0, draws: $1).p }
    let q = correction.contains("bh") ? MultipleTesting.benjaminiHochberg(p) : p.map { _ in .nan }
    let pMax =
      correction.contains("max") ? MultipleTesting.maxStatistic(observed: observed, draws: draws) : p.map { _ in .nan }
    let key = "\(unit)/\(families.count)"
    families.append([
      .text(key), .text(name), .text(cells.first?.quantity ?? "r"), .int(cells.count), .int(count),
      .number(MultipleTesting.smallestReachableQ(cells: cells.count, draws: count)),
      .text(JSONValue.array(correction.map { .string($0) }).canonical),
    ])
    for (i, cell) in cells.enumerated() {
      let reason = observed[i].isNaN ? "the cell has no score" : nil
      members.append([
        .text(key), .text(cell.fitKey), .text(cell.quantity), .number(q[i]), .number(pMax[i]), .optional(reason),
      ])
    }
  }
}
