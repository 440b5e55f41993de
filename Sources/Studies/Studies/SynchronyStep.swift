import ContentIdentity
import Diagnostics
import IntersubjectCorrelation
import LabelledArrays
import LinearAlgebra
import Plans
import Statistics
import Vocabulary
import Warehouse

/// Intersubject correlation of one stimulus in one cohort.
struct SynchronyStep: Step {
  let name = "synchrony"
  let version = 4
  let summary = "dynamic and static intersubject correlation per region, with intervals and nulls of the static one"
  let tables = ["synchrony"]

  func compute(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let stimulus = task.text("stimulus", "")
    let input = try SynchronyInput(task, stimulus: stimulus)
    let windows = SynchronyWindows(task)
    let method = SynchronyMethod(rawValue: task.text("method", "pairwise")) ?? .pairwise
    let resources = SynchronyResources(bytes: 256 << 20, threads: BLASThreads.current)
    let fixed = try staticSynchrony(input.series, resources: resources)
    try input.refuseIdentical(SubjectPairs(fixed), task)
    progress(0.2)
    let splits = randomHalves(subjectCount: input.subjects.count, count: input.subjects.count >= 4 ? 100 : 0) {
      task.generator("synchrony_halves", key: stimulus, draw: $0)
    }
    let dynamic = try dynamicSynchrony(
      input.series, windows: windows, perSubject: method == .leaveOneOut, splits: splits, resources: resources)
    let output = SynchronyOutput(task: task, stimulus: stimulus, subjects: input.subjects, labels: input.labels)
    try output.write(dynamic.values(method), subjects: dynamic.subjects, times: dynamic.times, writer)
    try output.write(fixed: fixed.subjects, writer)
    // A target of encoding models: their ceilings need halves inside their own test folds.
    if task.number("draws", 0) == 0, let halves = dynamic.halves {
      try output.write(halves: halves, splits: dynamic.splitCount, times: dynamic.times, writer)
    }
    progress(0.5)
    let interval = fixed.bootstrap(method, draws: 1000) {
      task.generator("synchrony_bootstrap", key: stimulus, draw: $0)
    }
    let null = try nullDraws(task, input, method, resources)
    if let null { try output.write(null: null.draws.values, writer) }
    var rows = SynchronyRows(
      stimulus: stimulus, labels: input.labels, subjectCount: input.subjects.count,
      presentationCount: input.presentationCount)
    (rows.observed, rows.compared) = (fixed.values(method), null?.observed)
    (rows.low, rows.high, rows.dynamic) = (interval.low, interval.high, dynamic.values(method))
    (rows.null, rows.nullKind) = (null?.draws.values ?? [], null?.draws.null.name)
    let every = Array(0..<dynamic.windowCount)
    rows.dropped = input.labels.indices.map { region in
      every.reduce(0) {
        let at = $1 * input.labels.count + region
        return $0 + Int(dynamic.missing[at] + dynamic.constant[at])
      }
    }
    rows.ceilings = input.labels.indices.map { dynamic.ceiling(region: $0, windows: every) }
    return [SynchronyRows.table([rows], task)]
  }

  /// Draws, and what they are held against where it is not the static value itself.
  private func nullDraws(
    _ task: UnitTask, _ input: SynchronyInput, _ method: SynchronyMethod, _ resources: SynchronyResources
  ) throws -> (draws: SynchronyNullDraws, observed: [Double]?)? {
    let draws = Int(task.number("draws", 0))
    guard draws > 0, let kind = SynchronyNull(task) else { return nil }
    if kind == .clipShuffle { return try clipShuffle(task, method, draws, resources) }
    let null = try synchronyNull(input.series, null: kind, method: method, draws: draws, resources: resources) {
      subject, draw in
      task.generator("synchrony_null", key: input.subjects[subject] + "/" + task.text("stimulus", ""), draw: draw)
    }
    return (null, nil)
  }

  /// All recordings of the cohort on as many samples as the shortest has, each a subject of its own.
  private func clipShuffle(
    _ task: UnitTask, _ method: SynchronyMethod, _ draws: Int, _ resources: SynchronyResources
  ) throws -> (draws: SynchronyNullDraws, observed: [Double]?) {
    let stimuli = task.stimuli
    let inputs = try stimuli.map { try SynchronyInput(task, stimulus: $0) }
    let names = Set(inputs.flatMap(\.subjects)).sorted()
    let length = inputs.map(\.series.sampleCount).min() ?? 0
    guard let first = inputs.first, inputs.allSatisfy({ $0.labels == first.labels }),
      inputs.allSatisfy({ abs($0.series.rateHz - first.series.rateHz) < 1e-9 * first.series.rateHz })
    else {
      throw EvokeError(
        .noCommonData, task.label, reason: "the stimuli's recordings differ in regions or rate",
        remedy: "use `null: phase`, or `filters: {regions: [...]}`")
    }
    let all = inputs.flatMap { input in input.subjects.indices.map { (input, $0) } }
    let series = SubjectSeries(
      subjectCount: all.count, sampleCount: length, regionCount: first.labels.count, rateHz: first.series.rateHz
    ) { recording, range in try all[recording].0.series.read(all[recording].1, range) }
    let owners = inputs.enumerated().flatMap { stimulus, input in
      input.subjects.map { (subject: names.firstIndex(of: $0) ?? 0, stimulus: stimulus) }
    }
    let pairs = SubjectPairs(try staticSynchrony(series, resources: resources))
    let shuffle = try ClipShuffle(pairs, owners: owners, method: method)
    let own = stimuli.firstIndex(of: task.text("stimulus", "")) ?? 0
    let null = shuffle.draws(stimulus: own, draws) { subject, draw in
      task.generator("synchrony_clip_shuffle", key: names[subject], draw: draw)
    }
    return (null, shuffle.observed(stimulus: own))
  }
}

extension SynchronyWindows {
  init(_ task: UnitTask) {
    self.init(
      length: task.number("window_s", 10), step: task.number("step_s", 1),
      anchor: .init(rawValue: task.text("anchor", "centre")) ?? .centre)
  }
}

extension SynchronyNull {
  /// What the study asks for; nil: none.
  init?(_ task: UnitTask) {
    switch task.text("null", "phase") {
    case "phase": self = .phase
    case "circular_shift": self = .circularShift(window: task.number("window_s", 10))
    case "clip_shuffle": self = .clipShuffle
    default: return nil
    }
  }
}

extension UnitTask {
  func number(_ key: String, _ standard: Double) -> Double { parameters[key]?.doubleValue ?? standard }
  func text(_ key: String, _ standard: String) -> String { parameters[key]?.stringValue ?? standard }

  /// Stimuli among the placements of a task, in order.
  var stimuli: [String] { stimuli("placements") }

  func stimuli(_ key: String) -> [String] {
    let placements = parameters[key]?.objectValue ?? [:]
    return Set(placements.values.flatMap { $0.arrayValue ?? [] }.compactMap { $0["stimulus"]?.stringValue }).sorted()
  }

  /// The random numbers of one draw, the same whatever unit, worker or order of work.
  func generator(_ purpose: String, key: String, draw: Int) -> RandomStream {
    RandomStream(seed: UInt64(number("seed", 1)), purpose: purpose, key: key, draw: draw)
  }
}
