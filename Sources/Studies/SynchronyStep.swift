import ContentIdentity
import Diagnostics
import IntersubjectCorrelation
import LabelledArrays
import LinearAlgebra
import Plans
import Statistics
import Warehouse

/// Intersubject correlation of one stimulus in one cohort.
struct SynchronyStep: Step {
  let name = "synchrony"
  let version = 3
  let summary = "dynamic and static intersubject correlation per region, with intervals and nulls of the static one"
  let tables = ["synchrony"]

  func compute(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping @Sendable (Double) -> Void) throws
    -> [ResultRows]
  {
    let input = try SynchronyInput(task)
    let windows = SynchronyWindows(
      length: task.number("window_s", 10), step: task.number("step_s", 1),
      anchor: .init(rawValue: task.text("anchor", "centre")) ?? .centre)
    let method = SynchronyMethod(rawValue: task.text("method", "pairwise")) ?? .pairwise
    let resources = SynchronyResources(bytes: 256 << 20, threads: BLASThreads.current)
    let splits = randomHalves(subjectCount: input.subjects.count, count: input.subjects.count >= 4 ? 100 : 0) {
      task.generator("synchrony_halves", key: task.text("stimulus", ""), draw: $0)
    }
    let dynamic = try dynamicSynchrony(
      input.series, windows: windows, perSubject: method == .leaveOneOut, splits: splits, resources: resources)
    progress(0.3)
    let fixed = try staticSynchrony(input.series, resources: resources)
    try write(dynamic, fixed, method, input, task, writer)
    // A target of encoding models: their ceilings need halves inside their own test folds.
    if task.number("draws", 0) == 0 { try writeHalves(dynamic, input, task, writer) }
    progress(0.5)
    let interval = fixed.bootstrap(method, draws: 1000) {
      task.generator("synchrony_bootstrap", key: task.text("stimulus", ""), draw: $0)
    }
    let null = try nullDraws(task, input, method, resources)
    if let null { try write(null, input, task, writer) }
    return [rows(task, input, dynamic, fixed, method, interval, null)]
  }

  private func nullDraws(
    _ task: UnitTask, _ input: SynchronyInput, _ method: SynchronyMethod, _ resources: SynchronyResources
  ) throws -> SynchronyNullDraws? {
    let draws = Int(task.number("draws", 0))
    guard draws > 0 else { return nil }
    let kind: SynchronyNull =
      task.text("null", "phase") == "circular_shift" ? .circularShift(window: task.number("window_s", 10)) : .phase
    return try synchronyNull(input.series, null: kind, method: method, draws: draws, resources: resources) {
      subject, draw in
      task.generator("synchrony_null", key: input.subjects[subject] + "/" + task.text("stimulus", ""), draw: draw)
    }
  }

  private func write(
    _ dynamic: DynamicSynchrony, _ fixed: StaticSynchrony, _ method: SynchronyMethod, _ input: SynchronyInput,
    _ task: UnitTask, _ writer: ArrayFileWriter
  ) throws {
    var description = task.synchronyDescription("synchrony")
    description.rateHz = 1 / task.number("step_s", 1)
    let regions = Axis.labels("region", input.labels)
    try writer.add(
      description, group: "dynamic",
      LabelledArray(axes: [.time(dynamic.times), regions], values: dynamic.values(method).map(Float.init)))
    if let subjects = dynamic.subjects {
      var own = task.synchronyDescription("synchrony_subject")
      own.rateHz = description.rateHz
      try writer.add(
        own, group: "subject",
        LabelledArray(
          axes: [.time(dynamic.times), .labels("subject", input.subjects), regions], values: subjects.map(Float.init)))
    }
    try writer.add(
      task.synchronyDescription("synchrony_static"), group: "static",
      LabelledArray(axes: [.labels("subject", input.subjects), regions], values: fixed.subjects.map(Float.init)))
  }

  /// The synchrony of the first 16 splits' halves, `[time, draw, region]`: draw 2s and 2s + 1 are the halves of split s.
  private func writeHalves(
    _ dynamic: DynamicSynchrony, _ input: SynchronyInput, _ task: UnitTask, _ writer: ArrayFileWriter
  ) throws {
    guard let halves = dynamic.halves, dynamic.splitCount > 0 else { return }
    let (count, windows, regions) = (2 * min(16, dynamic.splitCount), dynamic.windowCount, dynamic.regionCount)
    var values: [Float] = []
    values.reserveCapacity(count * windows * regions)
    for window in 0..<windows {
      for half in 0..<count {
        let from = (half * windows + window) * regions
        for region in 0..<regions { values.append(Float(halves[from + region])) }
      }
    }
    var description = task.synchronyDescription("synchrony_halves")
    description.rateHz = 1 / task.number("step_s", 1)
    if case .object(var parameters) = description.parameters {
      parameters["subject_count"] = .int(input.subjects.count)
      description.parameters = .object(parameters)
    }
    try writer.add(
      description, group: "halves",
      LabelledArray(
        axes: [.time(dynamic.times), .index("draw", count), .labels("region", input.labels)], values: values))
  }

  private func write(_ null: SynchronyNullDraws, _ input: SynchronyInput, _ task: UnitTask, _ writer: ArrayFileWriter)
    throws
  {
    var description = task.synchronyDescription("null")
    description.name += "/null"
    try writer.add(
      description, group: "null",
      LabelledArray(
        axes: [.index("draw", null.drawCount), .labels("region", input.labels)], values: null.values.map(Float.init)))
  }

  private func rows(
    _ task: UnitTask, _ input: SynchronyInput, _ dynamic: DynamicSynchrony, _ fixed: StaticSynchrony,
    _ method: SynchronyMethod, _ interval: BootstrapInterval, _ null: SynchronyNullDraws?
  ) -> ResultRows {
    let columns = [
      "dataset", "cohort", "stimulus", "region", "signal", "band", "method", "window_s", "step_s", "anchor",
      "parameters", "subject_count", "presentation_count", "dropped_count", "mean_isc", "sd_isc", "static_isc", "low",
      "high", "interval_kind", "tail", "null_kind", "null_draws", "null_mean", "null_p95", "p", "p_floor", "q_bh",
      "p_max", "family", "noise_ceiling",
    ]
    let observed = fixed.values(method)
    let p = null?.p(observed: observed)
    let corrected = null.map { Self.correct(observed, $0) }
    let values = dynamic.values(method)
    let regionCount = input.labels.count
    let windows = Array(0..<dynamic.windowCount)
    let table = input.labels.indices.map { region -> [SQLValue] in
      let series = windows.map { values[$0 * regionCount + region] }.filter { !$0.isNaN }
      let mean = series.isEmpty ? .nan : series.reduce(0, +) / Double(series.count)
      let spread =
        series.isEmpty
        ? .nan : (series.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(series.count)).squareRoot()
      let dropped = windows.reduce(0) {
        $0 + Int(dynamic.missing[$1 * regionCount + region] + dynamic.constant[$1 * regionCount + region])
      }
      let draws = null.map { n in
        (0..<n.drawCount).map { n.values[$0 * regionCount + region] }.filter { !$0.isNaN }.sorted()
      }
      let ceiling = dynamic.ceiling(region: region, windows: windows)
      return [
        .text(task.text("dataset", "")), .text(task.text("cohort", "")), .text(task.text("stimulus", "")),
        .text(input.labels[region]), .text(task.text("signal", "source")), .text(task.text("band", "broad")),
        .text(method.rawValue), .real(task.number("window_s", 10)), .real(task.number("step_s", 1)),
        .text(task.text("anchor", "centre")), .text((task.parameters["as_in_study"] ?? .object([:])).canonical),
        .int(input.subjects.count), .int(input.presentationCount), .int(dropped), .number(mean), .number(spread),
        .number(observed[region]), .number(interval.low[region]), .number(interval.high[region]),
        .text(interval.low[region].isNaN ? "none" : "subject_bootstrap"), .text("greater"),
        .optional(null.map { $0.null.name }), .optional(null?.drawCount), .optional(null.map { $0.mean[region] }),
        .optional(draws.flatMap { $0.isEmpty ? nil : $0[min($0.count - 1, Int(0.95 * Double($0.count)))] }),
        .optional(p.map { $0[region] }), .optional(null?.floor), .optional(corrected.map { $0.q[region] }),
        .optional(corrected.map { $0.pMax[region] }),
        .optional(null.map { _ in "region; stimulus=\(task.text("stimulus", ""))" }),
        .optional(ceiling.flatMap { $0.isUsable ? $0.ceiling : nil }),
      ]
    }
    return ResultRows(table: "synchrony", columns: columns, rows: table)
  }

  private static func correct(_ observed: [Double], _ null: SynchronyNullDraws) -> (q: [Double], pMax: [Double]) {
    let draws = Matrix(rows: null.drawCount, columns: null.regionCount, values: null.values)
    return (
      MultipleTesting.benjaminiHochberg(null.p(observed: observed)),
      MultipleTesting.maxStatistic(observed: observed, draws: draws)
    )
  }
}

/// The recordings of one stimulus on common samples.
struct SynchronyInput {
  let series: SubjectSeries
  let subjects: [String]
  let labels: [String]
  let presentationCount: Int

  init(_ task: UnitTask) throws {
    let placements = task.parameters["placements"] ?? .null
    var members: [String: [Shown]] = [:]
    for array in task.arrays("recording") {
      for placement in RecordingPlacement.all(of: array, in: placements) {
        let shown = try Shown(array, placement)
        members[placement.subject, default: []].append(shown)
      }
    }
    let ordered = members.sorted { $0.key < $1.key }
    guard let first = ordered.first?.value.first else {
      throw EvokeError(
        .noCommonData, task.label, reason: "no recording of the stimulus", remedy: "import recordings of this stimulus")
    }
    let all = ordered.flatMap(\.value)
    if let odd = all.first(where: { abs($0.step - first.step) > 1e-9 * first.step }) {
      throw EvokeError(
        .noCommonData, odd.rows.reference.name,
        reason: "its rate is \(1 / odd.step) Hz, that of \(first.rows.reference.name) \(1 / first.step) Hz",
        remedy: "resample one of them (preparation: eeg: resample_hz)")
    }
    let wanted = task.parameters["regions"]?.arrayValue.map { $0.compactMap(\.stringValue) }
    let labels = wanted.map { w in first.labels.filter { Set(w).contains($0) } } ?? first.labels
    let start = all.map(\.start).max() ?? 0
    let end = all.map(\.end).min() ?? 0
    let count = Int(((end - start) / first.step + 1e-6).rounded(.down))
    guard count >= 3, !labels.isEmpty else {
      throw EvokeError(
        .noCommonData, task.label, reason: "the recordings share \(max(0, count)) samples and \(labels.count) regions",
        remedy: "check onsets and region names")
    }
    self.labels = labels
    subjects = ordered.map(\.key)
    presentationCount = all.count
    let groups = ordered.map(\.value)
    series = .concurrent(
      subjectCount: groups.count, sampleCount: count, regionCount: labels.count, rateHz: 1 / first.step,
      startTime: start
    ) { subject, range in try Shown.mean(groups[subject], labels: labels, from: start, range) }
  }

  /// One presentation in one recording.
  struct Shown: Sendable {
    let rows: ArrayRows
    let placement: RecordingPlacement
    let labels: [String]
    let step: Double
    /// Stimulus time of the first and past the last sample.
    let start: Double
    let end: Double
    private let first: Int
    /// Recording time of the first row.
    private let origin: Double

    init(_ array: TaskArray, _ placement: RecordingPlacement) throws {
      rows = try ArrayRows(array.reference)
      self.placement = placement
      labels = rows.axes.last?.labels ?? []
      let times = rows.axes.first?.numbers ?? []
      let step = ClockSeries.spacing(times) ?? 1
      self.step = step
      // Preparation may have dropped samples at the start.
      origin = times.first ?? 0
      let onset = placement.onsetS - origin
      first = max(0, Int((onset / step - 1e-6).rounded(.up)))
      let limit =
        placement.durationS.map { min(times.count, Int(((onset + $0) / step + 1e-6).rounded(.down))) } ?? times.count
      start = Double(first) * step - onset + placement.stimulusStartS
      end = start + Double(max(0, limit - first)) * step
    }

    /// Rows of a range counted from stimulus time `from`, the wanted columns, bad ones missing.
    func values(_ wanted: [String], from: Double, _ range: Range<Int>) throws -> [Float] {
      let shift = first + Int(((from - start) / step).rounded())
      let all = try rows.rows(range.lowerBound + shift..<range.upperBound + shift)
      if wanted == labels && placement.bad.isEmpty && placement.blank.isEmpty { return all }
      let places = Dictionary(labels.enumerated().map { ($1, $0) }, uniquingKeysWith: { a, _ in a })
      let columns = wanted.map { placement.bad.contains($0) ? nil : places[$0] }
      var result: [Float] = []
      result.reserveCapacity(range.count * wanted.count)
      for row in 0..<range.count {
        let time = origin + Double(range.lowerBound + shift + row) * step
        for column in columns {
          guard let column, !placement.isBlank(time, labels[column]) else {
            result.append(.nan)
            continue
          }
          result.append(all[row * labels.count + column])
        }
      }
      return result
    }

    /// The mean over repeated presentations to one subject.
    static func mean(_ shown: [Shown], labels: [String], from: Double, _ range: Range<Int>) throws -> [Float] {
      var sum = try shown[0].values(labels, from: from, range)
      for other in shown.dropFirst() {
        let values = try other.values(labels, from: from, range)
        for i in sum.indices { sum[i] += values[i] }
      }
      if shown.count > 1 { for i in sum.indices { sum[i] /= Float(shown.count) } }
      return sum
    }
  }
}

extension UnitTask {
  func number(_ key: String, _ standard: Double) -> Double { parameters[key]?.doubleValue ?? standard }
  func text(_ key: String, _ standard: String) -> String { parameters[key]?.stringValue ?? standard }

  /// The random numbers of one draw, the same whatever unit, worker or order of work.
  func generator(_ purpose: String, key: String, draw: Int) -> RandomStream {
    RandomStream(seed: seed, purpose: purpose, key: key, draw: draw)
  }

  func synchronyDescription(_ kind: String) -> ArrayDescription {
    let parts = [
      text("cohort", ""), text("stimulus", ""), kind, text("signal", "source"), text("method", "pairwise"),
      "w\(JSONValue.number(number("window_s", 10)).canonical)s\(JSONValue.number(number("step_s", 1)).canonical)-\(text("anchor", "centre"))",
      String(key.prefix(8)),
    ]
    var description = ArrayDescription(
      name: parts.joined(separator: "/"), kind: kind, parameters: parameters["as_in_study"] ?? .object([:]))
    description.dataset = text("dataset", "")
    description.cohort = text("cohort", "")
    description.stimulus = text("stimulus", "")
    return description
  }
}
