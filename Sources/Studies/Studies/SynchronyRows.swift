import ContentIdentity
import IntersubjectCorrelation
import LinearAlgebra
import Plans
import Statistics
import Warehouse

/// Rows of `synchrony`: one per region or component of a stimulus.
struct SynchronyRows {
  let stimulus: String
  let labels: [String]
  let subjectCount: Int
  let presentationCount: Int
  /// Observed static values and those the null draws are held against (the same but for `clip_shuffle`), `[region]`.
  var observed: [Double] = []
  var compared: [Double]?
  var crossValidated: [Double]?
  /// Interval of the static values, `[region]`.
  var low: [Double] = []
  var high: [Double] = []
  /// Dynamic values, `[window, region]`.
  var dynamic: [Double] = []
  /// Whether the dynamic values are correlations, whose mean is taken in Fisher z.
  var areCorrelations = true
  /// Subject-windows left out, `[region]`.
  var dropped: [Int] = []
  var ceilings: [SynchronyCeiling?] = []
  /// `[draw, region]`.
  var null: [Double] = []
  var nullKind: String?

  private static let columns = [
    "dataset", "cohort", "stimulus", "region", "signal", "band", "method", "window_s", "step_s", "anchor",
    "parameters", "subject_count", "presentation_count", "dropped_count", "mean_isc", "sd_isc", "static_isc", "low",
    "high", "interval_kind", "tail", "null_kind", "null_draws", "null_mean", "null_p95", "p", "p_floor", "q_bh",
    "p_max", "family", "noise_ceiling", "reliability_subjects", "reliability_pairs", "cross_validated_isc",
  ]

  init(stimulus: String, labels: [String], subjectCount: Int, presentationCount: Int) {
    self.stimulus = stimulus
    self.labels = labels
    self.subjectCount = subjectCount
    self.presentationCount = presentationCount
  }

  static func table(_ groups: [SynchronyRows], _ task: UnitTask) -> ResultRows {
    ResultRows(table: "synchrony", columns: columns, rows: groups.flatMap { $0.rows(task) })
  }

  private var drawCount: Int { null.count / max(1, labels.count) }

  private func rows(_ task: UnitTask) -> [[SQLValue]] {
    let tested = compared ?? observed
    let summaries = labels.indices.map { region in
      NullSummary(
        observed: tested[region], draws: (0..<drawCount).map { null[$0 * labels.count + region] }.filter { !$0.isNaN })
    }
    let hasNull = drawCount > 0
    let q = hasNull ? MultipleTesting.benjaminiHochberg(summaries.map(\.p)) : []
    let pMax =
      hasNull
      ? MultipleTesting.maxStatistic(
        observed: tested, draws: Matrix(rows: drawCount, columns: labels.count, values: null)) : []
    return labels.indices.map { region in
      let (mean, spread) = moments(region)
      let summary = summaries[region]
      let ceiling = ceilings.isEmpty ? nil : ceilings[region]
      let choice = SignalChoice(task.parameters)
      let head: [SQLValue] = [
        .text(task.text("dataset", "")), .text(task.text("cohort", "")), .text(stimulus), .text(labels[region]),
        .text(choice.asked.rawValue), .text(choice.bandName), .text(task.text("method", "pairwise")),
        .real(task.number("window_s", 10)), .real(task.number("step_s", 1)), .text(task.text("anchor", "centre")),
        .text((task.parameters["as_in_study"] ?? .object([:])).canonical), .int(subjectCount), .int(presentationCount),
        .int(dropped[region]), .number(mean), .number(spread), .number(observed[region]), .number(low[region]),
        .number(high[region]), .text(low[region].isNaN ? "none" : "subject_bootstrap"), .text("greater"),
      ]
      let tests: [SQLValue] =
        hasNull
        ? [
          .optional(nullKind), .int(drawCount), .number(summary.mean), .number(summary.p95), .number(summary.p),
          .real(1 / Double(drawCount + 1)), .number(q[region]), .number(pMax[region]),
          .text("region; stimulus=\(stimulus)"),
        ] : [SQLValue](repeating: .null, count: 9)
      return head + tests + [
        .optional(ceiling.flatMap { $0.isUsable ? $0.ceiling : nil }), .number(ceiling?.overSubjects ?? .nan),
        .number(ceiling?.overPairs ?? .nan), .number(crossValidated?[region] ?? .nan),
      ]
    }
  }

  /// Mean over windows (in Fisher z where the values are correlations) and standard deviation.
  private func moments(_ region: Int) -> (mean: Double, sd: Double) {
    let series = stride(from: region, to: dynamic.count, by: labels.count).map { dynamic[$0] }.filter { !$0.isNaN }
    guard !series.isEmpty else { return (.nan, .nan) }
    let mean = series.reduce(0, +) / Double(series.count)
    let sd = (series.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(series.count)).squareRoot()
    return (areCorrelations ? Correlation.fisherMean(series) : mean, sd)
  }
}
