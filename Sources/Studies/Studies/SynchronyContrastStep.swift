import ContentIdentity
import Diagnostics
import IntersubjectCorrelation
import LabelledArrays
import LinearAlgebra
import Plans
import Statistics
import Vocabulary
import Warehouse

#if canImport(Glibc)
  import Glibc
#endif

/// Two cohorts' static synchrony compared (SCIENCE 11A.10): on stimuli both saw by permuting the subjects' cohorts, else
/// with the stimulus as the unit.
struct SynchronyContrastStep: Step {
  let name = "synchrony_contrast"
  let version = 1
  let summary = "synchrony within two cohorts and between them, their differences with intervals and tests"
  let tables = ["synchrony_contrast"]

  func compute(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let shared = (task.parameters["shared"]?.arrayValue ?? []).compactMap(\.stringValue)
    let rows =
      shared.isEmpty
      ? try DisjointContrast(task).rows() : try SharedContrast(task, shared).rows(writer, progress)
    return [ResultRows(table: "synchrony_contrast", columns: ContrastRow.columns, rows: rows)]
  }
}

/// One row of `synchrony_contrast`; values are Fisher z, `first` and `second` shown as r.
private struct ContrastRow {
  static let columns = [
    "dataset_a", "dataset_b", "cohort_a", "cohort_b", "signal", "band", "method", "parameters", "region", "quantity",
    "r_a", "r_b", "difference", "low", "high", "interval_kind", "tail", "unit", "paired", "test", "null_draws", "p",
    "p_floor", "q_bh", "p_max", "family", "n_a", "n_b", "stimulus_count", "comparable", "reason",
  ]

  let region: String
  let quantity: String
  var first = Double.nan
  var second = Double.nan
  var low = Double.nan
  var high = Double.nan
  var intervalKind = "none"
  var unit = "subject"
  var isPaired = false
  var test: String?
  var draws: Int?
  var p = Double.nan
  var floor = Double.nan
  var q = Double.nan
  var pMax = Double.nan
  var counts = (first: 0, second: 0)
  var stimulusCount = 0
  var reason: String?

  func values(_ task: UnitTask) -> [SQLValue] {
    let choice = SignalChoice(task.parameters)
    return [
      .text(task.text("dataset_a", "")), .text(task.text("dataset_b", "")), .text(task.text("cohort_a", "")),
      .text(task.text("cohort_b", "")), .text(choice.asked.rawValue), .text(choice.bandName),
      .text(task.text("method", "pairwise")), .text((task.parameters["as_in_study"] ?? .object([:])).canonical),
      .text(region), .text(quantity), .number(tanh(first)), .number(tanh(second)), .number(first - second),
      .number(low), .number(high), .text(low.isNaN ? "none" : intervalKind), .text("two-sided"), .text(unit),
      .int(isPaired ? 1 : 0), .optional(test), .optional(draws), .number(p), .number(floor), .number(q), .number(pMax),
      p.isNaN ? .null : .text("region; quantity=\(quantity)"), .int(counts.first), .int(counts.second),
      .int(stimulusCount), .int(first.isNaN || second.isNaN ? 0 : 1), .optional(reason),
    ]
  }
}

extension [ContrastRow] {
  fileprivate mutating func correct() {
    let q = MultipleTesting.benjaminiHochberg(map(\.p))
    for i in indices { self[i].q = q[i] }
  }
}

/// Stimuli that both cohorts saw.
private struct SharedContrast {
  let task: UnitTask
  let inputs: [(stimulus: String, input: SynchronyInput)]
  let method: SynchronyMethod

  init(_ task: UnitTask, _ shared: [String]) throws {
    self.task = task
    method = SynchronyMethod(rawValue: task.text("method", "pairwise")) ?? .pairwise
    inputs = try shared.sorted().map { stimulus in
      (
        stimulus,
        try SynchronyInput(
          task, stimulus: stimulus,
          sides: [.init(suffix: "_a", prefix: "a/"), .init(suffix: "_b", prefix: "b/")])
      )
    }
  }

  func rows(_ writer: ArrayFileWriter, _ progress: @Sendable (Double) -> Void) throws -> [[SQLValue]] {
    let subjects = Set(inputs.flatMap(\.input.subjects)).sorted()
    let isFirst = subjects.map { $0.hasPrefix("a/") }
    guard let labels = inputs.first?.input.labels, inputs.allSatisfy({ $0.input.labels == labels }) else {
      throw EvokeError(
        .noCommonData, task.label, reason: "the stimuli's recordings differ in regions",
        remedy: "name the common ones with `filters: {regions: [...]}`")
    }
    let resources = SynchronyResources(bytes: 256 << 20, threads: BLASThreads.current)
    var stimuli: [(pairs: SubjectPairs, subjects: [Int])] = []
    for (i, one) in inputs.enumerated() {
      let pairs = SubjectPairs(try staticSynchrony(one.input.series, resources: resources))
      try one.input.refuseIdentical(pairs, task)
      stimuli.append((pairs, one.input.subjects.map { subjects.firstIndex(of: $0) ?? 0 }))
      try writeBetween(one.stimulus, one.input, i, writer, resources)
      progress(0.6 * Double(i + 1) / Double(inputs.count))
    }
    let groups = GroupSynchrony(stimuli, method: method)
    var numbers = task.generator("synchrony_groups_observed", key: "", draw: 0)
    let observed = groups.values(isFirst, using: &numbers)
    let draws = groups.draws(isFirst, count: Int(task.number("draws", 0))) {
      task.generator("synchrony_groups", key: "", draw: $0)
    }
    progress(0.9)
    let interval = groups.bootstrap(isFirst, draws: 1000) {
      task.generator("synchrony_groups_bootstrap", key: "", draw: $0)
    }
    let within = observed.between.indices.map { (observed.first[$0] + observed.second[$0]) / 2 }
    let difference = table(
      "static_isc", labels, observed.first, observed.second, draws.map(\.difference), interval.difference)
    let between = table(
      "between_isc", labels, within, observed.between, draws.map(\.withinMinusBetween), interval.withinMinusBetween)
    let counts = (first: isFirst.count { $0 }, second: isFirst.count { !$0 })
    return (difference + between).map { row in
      var row = row
      row.counts = counts
      row.stimulusCount = observed.stimulusCount
      if row.first.isNaN || row.second.isNaN {
        row.reason = "fewer than \(GroupSynchrony.fewest) subjects with data of each cohort in every shared stimulus"
      }
      return row.values(task)
    }
  }

  private func table(
    _ quantity: String, _ labels: [String], _ first: [Double], _ second: [Double], _ draws: [[Double]],
    _ intervals: [(low: Double, high: Double)]
  ) -> [ContrastRow] {
    let values = Matrix(rows: draws.count, columns: labels.count, values: draws.flatMap { $0 })
    let pMax =
      draws.isEmpty
      ? [Double](repeating: .nan, count: labels.count)
      : MultipleTesting.maxStatistic(observed: zip(first, second).map { $0 - $1 }, draws: values, twoSided: true)
    var rows = labels.indices.map { region -> ContrastRow in
      var row = ContrastRow(region: labels[region], quantity: quantity)
      (row.first, row.second) = (first[region], second[region])
      (row.low, row.high) = intervals[region]
      row.intervalKind = "subject_bootstrap"
      row.isPaired = true
      if !draws.isEmpty {
        row.test = "permuted_cohorts"
        row.draws = draws.count
        row.p = NullSummary(observed: first[region] - second[region], draws: values.column(region), twoSided: true).p
        row.floor = 1 / Double(draws.count + 1)
        row.pMax = pMax[region]
      }
      return row
    }
    rows.correct()
    return rows
  }

  /// Dynamic synchrony between the cohorts: the mean over pairs of one subject of each, `[time, region]`.
  private func writeBetween(
    _ stimulus: String, _ input: SynchronyInput, _ index: Int, _ writer: ArrayFileWriter,
    _ resources: SynchronyResources
  ) throws {
    let dynamic = try dynamicSynchrony(
      input.series, windows: SynchronyWindows(task), groups: input.subjects.map { $0.hasPrefix("a/") },
      resources: resources)
    let output = SynchronyOutput(task: task, stimulus: stimulus, subjects: input.subjects, labels: input.labels)
    var description = output.description("synchrony_between")
    let pair = "\(task.text("cohort_a", ""))~\(task.text("cohort_b", ""))"
    description.name = pair + description.name
    description.dataset = task.text("dataset_a", "")
    description.cohort = pair
    description.rateHz = 1 / task.number("step_s", 1)
    try writer.add(
      description, group: "between-\(index)",
      LabelledArray(
        axes: [.time(dynamic.times), .labels("region", input.labels)],
        values: (dynamic.crossed ?? []).map(Float.init)))
  }
}

/// Cohorts that saw different stimuli.
private struct DisjointContrast {
  /// Stimuli of each cohort from which on there is a p.
  static let fewestStimuli = 8
  let task: UnitTask

  init(_ task: UnitTask) { self.task = task }

  func rows() throws -> [[SQLValue]] {
    let method = SynchronyMethod(rawValue: task.text("method", "pairwise")) ?? .pairwise
    let resources = SynchronyResources(bytes: 256 << 20, threads: BLASThreads.current)
    var sides: [[(stimulus: String, pairs: SubjectPairs)]] = []
    var labels: [String]?
    var subjects: [Set<String>] = []
    for suffix in ["_a", "_b"] {
      var side: [(String, SubjectPairs)] = []
      var names: Set<String> = []
      for stimulus in task.stimuli("placements" + suffix) {
        let input = try SynchronyInput(task, stimulus: stimulus, sides: [.init(suffix: suffix)])
        guard input.subjects.count >= GroupSynchrony.fewest else { continue }
        guard labels ?? input.labels == input.labels else {
          throw EvokeError(
            .noCommonData, task.label, reason: "the cohorts' recordings differ in regions",
            remedy: "name the common ones with `filters: {regions: [...]}`")
        }
        labels = input.labels
        let pairs = SubjectPairs(try staticSynchrony(input.series, resources: resources))
        try input.refuseIdentical(pairs, task)
        names.formUnion(input.subjects)
        side.append((stimulus, pairs))
      }
      sides.append(side)
      subjects.append(names)
    }
    let size = sides.flatMap { $0 }.map(\.pairs.subjectCount).min() ?? 0
    let values = sides.map { side in
      side.map { one -> [Double] in
        var numbers = task.generator("synchrony_groups_parts", key: one.stimulus, draw: 0)
        return GroupSynchrony.value(one.pairs, method, size: size, using: &numbers)
      }
    }
    return table(values, labels ?? [], (subjects[0].count, subjects[1].count))
  }

  private func table(_ values: [[[Double]]], _ labels: [String], _ counts: (Int, Int)) -> [[SQLValue]] {
    let (a, b) = (values[0].count, values[1].count)
    let few =
      min(a, b) < Self.fewestStimuli
      ? "\(a) and \(b) stimuli: a p needs \(Self.fewestStimuli) of each cohort, which saw different ones" : nil
    var rows = labels.indices.map { region -> ContrastRow in
      let (first, second) = (values[0].map { $0[region] }, values[1].map { $0[region] })
      let test = WelchTest(first, second, minimum: Self.fewestStimuli)
      var row = ContrastRow(region: labels[region], quantity: "static_isc")
      row.first = Moments.mean(first.filter { !$0.isNaN })
      row.second = Moments.mean(second.filter { !$0.isNaN })
      (row.low, row.high, row.intervalKind) = (test.low, test.high, "t_stimuli")
      (row.unit, row.counts, row.stimulusCount) = ("stimulus", counts, a + b)
      row.reason = few
      if !test.p.isNaN {
        row.test = "welch"
        row.p = test.p
        row.floor = 0
      }
      return row
    }
    rows.correct()
    return rows.map { $0.values(task) }
  }
}
