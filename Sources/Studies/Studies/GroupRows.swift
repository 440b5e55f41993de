import ContentIdentity
import Foundation
import LinearAlgebra
import Plans
import Statistics
import Warehouse

/// Tests over subjects of per-subject scores (SCIENCE 11A.1): `group_phase`, and t beside it.
struct GroupRows {
  private let task: UnitTask
  private let members: [ComparisonMember]
  /// Stimuli behind the members' fits.
  private let stimulusCount: Int

  init(_ task: UnitTask, _ members: [ComparisonMember]) {
    self.task = task
    self.members = members.filter { !$0.text("subject").isEmpty }
    stimulusCount =
      Set(
        task.arrays.filter { $0.description.kind == "prediction" }.compactMap(\.description.stimulus)
      ).count
  }

  func tables() -> [ResultRows] {
    var rows: [[SQLValue]] = []
    for quantity in Set(members.flatMap { $0.observed.keys }).sorted() {
      let cells = members.flatMap { ComparisonStep.cells($0, quantity) }
      let groups = Dictionary(grouping: cells) { cell in
        ["dataset", "cohort", "feature_set", "layer_key", "element", "target_kind", "target", "target_parameters"]
          .map(cell.member.text) + [cell.member.cells[cell.column]]
      }
      for (_, group) in groups.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) where group.count >= 2 {
        rows += test(group.filter { !$0.value.isNaN })
      }
    }
    return [ResultRows(table: "group_test", columns: Self.columns, rows: rows)]
  }

  private static let columns = [
    "fit_key", "quantity", "subject_count", "stimulus_count", "mean", "low", "high", "interval_kind", "tail", "test",
    "statistic", "df1", "df2", "null_kind", "null_draws", "null_mean", "null_p95", "p", "p_floor", "q_bh", "p_max",
    "family", "p_cluster", "cluster", "generalises_to",
  ]

  private func test(_ cells: [ComparisonCell]) -> [[SQLValue]] {
    guard let first = cells.first, cells.count >= 2 else { return [] }
    let isR = first.quantity == "r"
    func scale(_ x: Double) -> Double { isR ? Correlation.fisherZ(x) : x }
    func back(_ x: Double) -> Double { isR ? tanh(x) : x }
    let values = cells.map { scale($0.value) }
    let n = Double(values.count)
    let mean = Moments.mean(values)
    let error = Moments.standardDeviation(values) / n.squareRoot()
    let half = values.count >= 5 ? Distributions.studentQuantile(0.975, degreesOfFreedom: n - 1) * error : .nan
    let columns = cells.map { $0.draws().map(scale) }
    let count = columns.map(\.count).min() ?? 0
    let draws = (0..<count).map { draw in Moments.mean(columns.map { $0[draw] }) }
    let null = NullSummary(observed: mean, draws: draws)
    let common: [SQLValue] = [
      .text(first.fitKey), .text(first.quantity), .int(values.count), .int(stimulusCount),
      .number(back(mean)), .number(back(mean - half)), .number(back(mean + half)),
      .text(half.isNaN ? "none" : "subject_t"), .text("greater"),
    ]
    var rows: [[SQLValue]] = []
    if count > 0 {
      rows.append(
        common + [
          .text("group_phase"), .number(mean), .null, .null, .text("group_phase"), .int(count),
          .number(back(null.mean)),
          .number(back(null.p95)), .number(null.p), .number(1 / Double(count + 1)), .null, .null, .null, .null, .null,
          .text("these subjects, stimuli like these"),
        ])
    }
    let student = GroupTest.t(values)
    rows.append(
      common + [
        .text("t"), .number(student.statistic), .real(n - 1), .null, .null, .null, .null, .null,
        .number(student.p), .null, .null, .null, .null, .null, .null,
        .text("subjects, these stimuli"),
      ])
    return rows
  }
}
