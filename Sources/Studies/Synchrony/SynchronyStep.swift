import ContentIdentity
import Diagnostics
import IntersubjectCorrelation
import LabelledArrays
import LinearAlgebra
import Showings
import Statistics
import Vocabulary
import Warehouse
import Work

/// Intersubject correlation of one stimulus in one cohort.
struct SynchronyStep: WorkStep {
  struct Parameters: Codable, Sendable, DatasetParameters {
    let settings: SynchronySettings
    let cohort: CohortName
    let stimulus: String
    let null: SynchronyNullRequest
    /// Recording arrays by name with their showings, other stimuli's too where the null exchanges them.
    let placements: [String: [Showing]]

    var dataset: String { cohort.dataset }
  }

  /// A cohort none of whose stimuli has two subjects.
  struct Absent: Codable, Sendable {
    let cohort: CohortName
    let target: JSONValue
  }

  let name = "synchrony"
  let version = 10
  let summary = "dynamic and static intersubject correlation per region, with intervals and nulls"
  let tables: [any ResultRow.Type] = [
    SynchronyRow.self, SynchronyMemoryRow.self, StaticSynchronyRow.self, CheckRow.self,
  ]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let (settings, stimulus) = (parameters.settings, parameters.stimulus)
    let input = try parameters.input(task, stimulus)
    let resources = SynchronyResources(bytes: 256 << 20, threads: BLASThreads.current)
    let fixed = try staticSynchrony(input.series, resources: resources)
    try input.refuseIdentical(SubjectPairs(fixed), task.label)
    progress(0.2)
    let splits = randomHalves(subjectCount: input.subjects.count, count: input.subjects.count >= 4 ? 100 : 0) {
      settings.generator("synchrony_halves", key: stimulus, draw: $0)
    }
    let dynamic = try dynamicSynchrony(
      input.series, windows: settings.windows, perSubject: settings.method == .leaveOneOut, splits: splits,
      resources: resources)
    let output = SynchronyOutput(
      settings: settings, cohort: parameters.cohort, unit: task.key, stimulus: stimulus, subjects: input.subjects,
      labels: input.labels)
    try output.write(dynamic.values(settings.method), subjects: dynamic.subjects, times: dynamic.times, writer)
    try output.write(
      fixed: fixed.subjects, lackedByAll: Int(fixed.lackedByAll.reduce(0, max)), input.spread, writer)
    // A target of encoding models: their ceilings need halves inside their own test folds.
    if parameters.null == .none, let halves = dynamic.halves {
      try output.write(halves: halves, splits: dynamic.splitCount, times: dynamic.times, writer)
    }
    progress(0.5)
    let null =
      parameters.null.exchangesStimuli
      ? try clipShuffle(parameters, task, resources) : try nullDraws(parameters, input, resources)
    if let null { try output.write(null: null.draws.values, overWindows: null.means.values, writer) }
    let made = Self.rows(parameters, input, fixed: fixed, dynamic: dynamic, null: null)
    let rows = made.rows(settings, parameters.cohort)
    return [
      ResultRows(rows), ResultRows(made.memory), ResultRows(made.staticSubjects),
      ResultRows([Self.check(rows)].compactMap(\.self)),
    ].filter { !$0.rows.isEmpty }
  }

  /// In which regions of the stimulus subjects are alike beyond chance; nil without draws, or where no region may be reported.
  private static func check(_ rows: [SynchronyRow]) -> CheckRow? {
    let tested = rows.filter { $0.valid == 1 && $0.pMax != nil }
    guard let first = tested.first else { return nil }
    let found = tested.filter { row in
      row.staticIsc.map { $0 > 0 } ?? false && Significance.isReached(by: row.pMax)
    }
    let observed: JSONValue = [
      "dataset": .string(first.dataset), "cohort": .string(first.cohort), "stimulus": .string(first.stimulus),
      "regions": .int(tested.count), "found_in": .array(found.map { .string($0.region) }),
    ]
    return CheckRow(
      fitKey: nil, name: "subjects are alike beyond chance",
      expected: "static_isc above 0 with a p of at most 0.05 for the maximum over regions, in one region or more",
      observed: observed.canonical, pass: found.isEmpty ? 0 : 1)
  }

  func series(_ parameters: Parameters) -> [PlannedSeries] {
    [parameters.settings.series(of: parameters.stimulus, parameters.placements)]
  }

  static func rows(
    _ parameters: Parameters, _ input: SynchronyInput, fixed: StaticSynchrony, dynamic: DynamicSynchrony,
    null: HeldDraws?
  ) -> SynchronyRows {
    let method = parameters.settings.method
    let interval = fixed.interval(method)
    var rows = SynchronyRows(
      stimulus: parameters.stimulus, labels: input.labels, subjectCount: input.subjects.count,
      presentationCount: input.presentationCount)
    rows.commonShare = input.commonShare
    rows.liesApart = input.spread.matters
    rows.lackedByAll = fixed.lackedByAll.map { Double($0) / Double(input.series.sampleCount) }
    (rows.observed, rows.compared) = (fixed.values(method), null?.observed)
    (rows.low, rows.high, rows.dynamic) = (interval.low, interval.high, dynamic.values(method))
    if let null {
      (rows.null, rows.nullKind) = (null.draws.values, null.draws.null.name)
      (rows.nullOverWindows, rows.comparedOverWindows) = (null.means.values, null.observedMeans)
    }
    let windows = Array(0..<dynamic.windowCount)
    rows.dropped = input.labels.indices.map { region in
      windows.reduce(0) {
        let at = $1 * input.labels.count + region
        return $0 + Int(dynamic.missing[at] + dynamic.constant[at])
      }
    }
    rows.leftOut = zip(fixed.missing, fixed.constant).map { Int($0 + $1) }
    rows.ceilings = input.labels.indices.map { dynamic.ceiling(region: $0, windows: windows) }
    return rows
  }

  /// Draws, and what they are held against where it is not the static value itself.
  struct HeldDraws {
    let draws: SynchronyNullDraws
    let observed: [Double]?
    /// The same of means over windows.
    let means: SynchronyNullDraws
    let observedMeans: [Double]?
  }

  /// Draws of a null that leaves every stimulus by itself; nil: there is none.
  func nullDraws(
    _ parameters: Parameters, _ input: SynchronyInput, _ resources: SynchronyResources,
    purpose: String = "synchrony_null"
  ) throws -> HeldDraws? {
    let settings = parameters.settings
    guard let (kind, draws) = parameters.null.null(windowS: settings.windowS) else { return nil }
    let (subjects, stimulus) = (input.subjects, parameters.stimulus)
    let generator: @Sendable (Int, Int) -> RandomStream = { subject, draw in
      settings.generator(purpose, key: subjects[subject] + "/" + stimulus, draw: draw)
    }
    let null = try synchronyNull(
      input.series, null: kind, method: settings.method, draws: draws, resources: resources, generator: generator)
    let means = try dynamicSynchronyNull(
      input.series, windows: settings.windows, null: kind, method: settings.method, draws: draws, resources: resources,
      generator: generator)
    return HeldDraws(draws: null, observed: nil, means: means, observedMeans: nil)
  }

  /// All recordings of the cohort on as many samples as the shortest has, each a subject of its own.
  private func clipShuffle(
    _ parameters: Parameters, _ task: UnitTask, _ resources: SynchronyResources
  ) throws -> HeldDraws? {
    guard let (_, draws) = parameters.null.null(windowS: parameters.settings.windowS) else { return nil }
    let stimuli = parameters.placements.stimuli
    let inputs = try stimuli.map { try parameters.input(task, $0) }
    let names = Set(inputs.flatMap(\.subjects)).sorted()
    guard let first = inputs.first, let length = inputs.map(\.series.sampleCount).min(),
      inputs.allSatisfy({ $0.labels == first.labels }),
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
      input.subjects.map { (subject: Self.place(of: $0, in: names), stimulus: stimulus) }
    }
    let pairs = SubjectPairs(try staticSynchrony(series, resources: resources))
    let shuffle = try ClipShuffle(pairs, owners: owners, method: parameters.settings.method)
    let place = Self.place(of: parameters.stimulus, in: stimuli)
    let settings = parameters.settings
    func generator(_ subject: Int, _ draw: Int) -> RandomStream {
      settings.generator("synchrony_clip_shuffle", key: names[subject], draw: draw)
    }
    let null = shuffle.draws(stimulus: place, draws, generator: generator)
    let means = try shuffle.meansOverWindows(
      stimulus: place, series, windows: settings.windows, draws: null.drawCount, generator: generator)
    return HeldDraws(
      draws: null, observed: shuffle.observed(stimulus: place), means: means.draws, observedMeans: means.observed)
  }

  private static func place(of name: String, in names: [String]) -> Int {
    guard let place = names.firstIndex(of: name) else { preconditionFailure("\(name) was placed") }
    return place
  }
}

extension SynchronyStep.Parameters {
  func input(_ task: UnitTask, _ stimulus: String) throws -> SynchronyInput {
    try SynchronyInput(
      task, stimulus: stimulus, sides: [.init(role: "recording", placements: placements)], settings)
  }
}
