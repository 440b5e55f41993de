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

#if canImport(Glibc)
  import Glibc
#endif

/// Two cohorts' static synchrony compared: on stimuli both saw by permuting the subjects' cohorts, else
/// with the stimulus as the unit.
struct SynchronyContrastStep: WorkStep {
  struct Parameters: Codable, Sendable {
    let settings: SynchronySettings
    let a: CohortName
    let b: CohortName
    let design: Design
    /// Recording arrays of either cohort by name, with their showings.
    let placementsA: [String: [Showing]]
    let placementsB: [String: [Showing]]
  }

  /// Two cohorts that cannot be compared.
  struct Absent: Codable, Sendable {
    let settings: SynchronySettings
    let a: CohortName
    let b: CohortName
  }

  enum Design: Codable, Hashable, Sendable {
    /// Both cohorts saw these stimuli; p is over draws of permuted cohorts.
    case shared(stimuli: [String], draws: Int)
    /// They saw different ones.
    case disjoint
  }

  let name = "synchrony_contrast"
  let version = 6
  let summary = "synchrony within two cohorts and between them, their differences with intervals and tests"
  let tables: [any ResultRow.Type] = [SynchronyContrastRow.self]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let differences =
      switch parameters.design {
      case .shared(let stimuli, let draws):
        try SharedContrast(parameters, task, stimuli: stimuli, draws: draws).differences(writer, progress)
      case .disjoint: try DisjointContrast(parameters: parameters, task: task).differences()
      }
    return [ResultRows(differences.map { $0.row(parameters) })]
  }
}

extension SynchronyContrastStep.Parameters {
  /// The recordings of the cohorts, first and second.
  fileprivate func sides(prefixes: (String, String) = ("", "")) -> [SynchronyInput.Side] {
    [
      .init(role: "recording_a", placements: placementsA, prefix: prefixes.0),
      .init(role: "recording_b", placements: placementsB, prefix: prefixes.1),
    ]
  }
}

/// One difference of a region; values are Fisher z, `first` and `second` shown as r.
private struct Difference {
  let region: String
  let quantity: String
  var first = Double.nan
  var second = Double.nan
  var low = Double.nan
  var high = Double.nan
  var intervalKind = "none"
  var unit = InferenceUnit.subject
  var isPaired = false
  var test: String?
  var draws: Int?
  var p = Double.nan
  var floor = Double.nan
  var q = Double.nan
  var pMax = Double.nan
  var counts = (first: 0, second: 0)
  var stimulusCount = 0
  var people = PeopleInCommon.none
  /// Of the seconds that were recorded of a stimulus, those that everybody has, the least of all stimuli.
  var share = 1.0
  var reason: String?

  func row(_ parameters: SynchronyContrastStep.Parameters) -> SynchronyContrastRow {
    let settings = parameters.settings
    var flags: Set<SynchronyFlag> = settings.keepsDrift ? [.driftKept] : []
    switch people {
    case .none: break
    case .shared: flags.insert(.peopleShared)
    case .namesakes: flags.insert(.namesShared)
    }
    if let flag = SynchronyFlag.ofSeconds(share) { flags.insert(flag) }
    let isMissing = first.isNaN || second.isNaN
    return SynchronyContrastRow(
      datasetA: parameters.a.dataset, datasetB: parameters.b.dataset, cohortA: parameters.a.cohort,
      cohortB: parameters.b.cohort, signal: settings.choice.signal.rawValue, band: settings.choice.bandName,
      method: settings.method.rawValue, parameters: settings.asInStudy.canonical, region: region, quantity: quantity,
      rA: tanh(first), rB: tanh(second), difference: first - second, low: low, high: high,
      intervalKind: low.isNaN ? "none" : intervalKind, tail: "two-sided", unit: unit.rawValue, paired: isPaired ? 1 : 0,
      test: test, nullDraws: draws, p: p, pFloor: floor, qBh: q, pMax: pMax,
      family: p.isNaN ? nil : "region; quantity=\(quantity)", nA: counts.first, nB: counts.second,
      stimulusCount: stimulusCount, comparable: isMissing ? 0 : 1, reason: reason,
      flags: SynchronyFlag.spelled(flags), valid: isMissing || p.isNaN || flags.contains(where: \.invalidates) ? 0 : 1)
  }
}

extension [Difference] {
  fileprivate mutating func correct() {
    let q = MultipleTesting.benjaminiHochberg(map(\.p))
    for i in indices { self[i].q = q[i] }
  }
}

/// Stimuli that both cohorts saw.
private struct SharedContrast {
  let parameters: SynchronyContrastStep.Parameters
  let task: UnitTask
  let draws: Int
  let inputs: [(stimulus: String, input: SynchronyInput)]

  init(_ parameters: SynchronyContrastStep.Parameters, _ task: UnitTask, stimuli: [String], draws: Int) throws {
    (self.parameters, self.task, self.draws) = (parameters, task, draws)
    let sides = parameters.sides(prefixes: ("a/", "b/"))
    inputs = try stimuli.sorted().map { stimulus in
      (stimulus, try SynchronyInput(task, stimulus: stimulus, sides: sides, parameters.settings))
    }
  }

  func differences(_ writer: ArrayFileWriter, _ progress: @Sendable (Double) -> Void) throws -> [Difference] {
    let settings = parameters.settings
    let subjects = Set(inputs.flatMap(\.input.subjects)).sorted()
    let isFirst = subjects.map { $0.hasPrefix("a/") }
    let labels = try self.labels()
    let pairs = try self.pairs(subjects, writer, progress)
    let groups = GroupSynchrony(pairs.map { ($0.pairs, $0.subjects) }, method: settings.method)
    let shares = Dictionary(
      labels.enumerated().map { region, label in (label, pairs.map { $0.shares[region] }.reduce(1, min)) },
      uniquingKeysWith: min)
    var numbers = settings.generator("synchrony_groups_observed", key: "", draw: 0)
    let observed = groups.values(isFirst, using: &numbers)
    let draws = groups.draws(isFirst, count: draws) {
      settings.generator("synchrony_groups", key: "", draw: $0)
    }
    progress(0.9)
    let interval = groups.interval(isFirst)
    let within = observed.between.indices.map { (observed.first[$0] + observed.second[$0]) / 2 }
    let difference = table(
      "static_isc", labels: labels, first: observed.first, second: observed.second, draws: draws.map(\.difference),
      intervals: interval.difference)
    let between = table(
      "between_isc", labels: labels, first: within, second: observed.between, draws: draws.map(\.withinMinusBetween),
      intervals: interval.withinMinusBetween)
    let counts = (first: isFirst.count { $0 }, second: isFirst.count { !$0 })
    let people = PeopleInCommon(
      subjects.filter { $0.hasPrefix("a/") }.map { $0.dropFirst(2) }, of: parameters.a.dataset,
      subjects.filter { $0.hasPrefix("b/") }.map { $0.dropFirst(2) }, of: parameters.b.dataset)
    return (difference + between).map { row in
      var row = row
      row.people = people
      row.share = shares[row.region, default: 1]
      row.counts = counts
      row.stimulusCount = observed.stimulusCount
      if row.first.isNaN || row.second.isNaN {
        row.reason = "fewer than \(GroupSynchrony.fewest) subjects with data of each cohort in every shared stimulus"
      } else if row.p.isNaN, row.draws != nil {
        row.reason =
          "in some permutation of the cohorts one has fewer than \(GroupSynchrony.fewest) subjects with data, or the draws "
          + "do not vary"
      }
      return row
    }
  }

  private func labels() throws -> [String] {
    guard let labels = inputs.first?.input.labels, inputs.allSatisfy({ $0.input.labels == labels }) else {
      throw EvokeError(
        .noCommonData, task.label, reason: "the stimuli's recordings differ in regions",
        remedy: "name the common ones with `filters: {regions: [...]}`")
    }
    return labels
  }

  /// Correlations of all pairs in every stimulus, which of the subjects its rows are, and by region the share of its seconds
  /// that everybody has; writes synchrony between the cohorts on the way.
  private func pairs(
    _ subjects: [String], _ writer: ArrayFileWriter, _ progress: @Sendable (Double) -> Void
  ) throws -> [(pairs: SubjectPairs, subjects: [Int], shares: [Double])] {
    let resources = SynchronyResources(bytes: 256 << 20, threads: BLASThreads.current)
    let places = Dictionary(uniqueKeysWithValues: subjects.enumerated().map { ($1, $0) })
    return try inputs.enumerated().map { i, shown in
      let fixed = try staticSynchrony(shown.input.series, resources: resources)
      let pairs = SubjectPairs(fixed)
      try shown.input.refuseIdentical(pairs, task.label)
      try writeBetween(shown.stimulus, shown.input, index: i, writer: writer, resources: resources)
      progress(0.6 * Double(i + 1) / Double(inputs.count))
      return (pairs, shown.input.subjects.compactMap { places[$0] }, shown.input.shares(fixed))
    }
  }

  private func table(
    _ quantity: String, labels: [String], first: [Double], second: [Double], draws: [[Double]],
    intervals: [(low: Double, high: Double)]
  ) -> [Difference] {
    let values = Matrix(rows: draws.count, columns: labels.count, values: draws.flatMap { $0 })
    let pMax =
      draws.isEmpty
      ? [Double](repeating: .nan, count: labels.count)
      : MultipleTesting.maxStatistic(observed: zip(first, second).map { $0 - $1 }, draws: values, twoSided: true)
    var rows = labels.indices.map { region -> Difference in
      var row = Difference(region: labels[region], quantity: quantity)
      (row.first, row.second) = (first[region], second[region])
      (row.low, row.high) = intervals[region]
      row.intervalKind = "subject_jackknife"
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
    _ stimulus: String, _ input: SynchronyInput, index: Int, writer: ArrayFileWriter,
    resources: SynchronyResources
  ) throws {
    let settings = parameters.settings
    let dynamic = try dynamicSynchrony(
      input.series, windows: settings.windows, groups: input.subjects.map { $0.hasPrefix("a/") },
      resources: resources)
    guard let crossed = dynamic.crossed else { preconditionFailure("groups were given") }
    let between = CohortName(
      dataset: parameters.a.dataset, cohort: "\(parameters.a.cohort)~\(parameters.b.cohort)")
    let output = SynchronyOutput(
      settings: settings, cohort: between, unit: task.key, stimulus: stimulus, subjects: input.subjects,
      labels: input.labels)
    try writer.add(
      output.dynamicDescription("synchrony_between"), group: "between-\(index)",
      LabelledArray(
        axes: [.time(dynamic.times), .labels("region", input.labels)], values: crossed.map(Float.init)))
  }
}

/// Cohorts that saw different stimuli.
private struct DisjointContrast {
  /// Stimuli of each cohort from which on there is a p.
  static let fewestStimuli = 8
  let parameters: SynchronyContrastStep.Parameters
  let task: UnitTask

  func differences() throws -> [Difference] {
    let resources = SynchronyResources(bytes: 256 << 20, threads: BLASThreads.current)
    let settings = parameters.settings
    var sides: [[(stimulus: String, pairs: SubjectPairs)]] = []
    var shares: [[Double]] = []
    var labels: [String]?
    var subjects: [Set<String>] = []
    for side in parameters.sides() {
      var pairs: [(String, SubjectPairs)] = []
      var names: Set<String> = []
      for stimulus in side.placements.stimuli {
        let input = try SynchronyInput(task, stimulus: stimulus, sides: [side], settings)
        guard input.subjects.count >= GroupSynchrony.fewest else { continue }
        guard labels ?? input.labels == input.labels else {
          throw EvokeError(
            .noCommonData, task.label, reason: "the cohorts' recordings differ in regions",
            remedy: "name the common ones with `filters: {regions: [...]}`")
        }
        labels = input.labels
        let fixed = try staticSynchrony(input.series, resources: resources)
        shares.append(input.shares(fixed))
        let ofStimulus = SubjectPairs(fixed)
        try input.refuseIdentical(ofStimulus, task.label)
        names.formUnion(input.subjects)
        pairs.append((stimulus, ofStimulus))
      }
      sides.append(pairs)
      subjects.append(names)
    }
    let size = sides.flatMap { $0 }.map(\.pairs.subjectCount).min() ?? 0
    let values = sides.map { side in
      side.map { shown -> [Double] in
        var numbers = settings.generator("synchrony_groups_parts", key: shown.stimulus, draw: 0)
        return GroupSynchrony.value(shown.pairs, settings.method, size: size, using: &numbers)
      }
    }
    guard let labels else {
      throw EvokeError(
        .noCommonData, task.label,
        reason: "no stimulus of either cohort has recordings of \(GroupSynchrony.fewest) subjects",
        remedy: "import more recordings of the same stimulus")
    }
    let people = PeopleInCommon(subjects[0], of: parameters.a.dataset, subjects[1], of: parameters.b.dataset)
    return zip(labels.indices, table(values, labels, (subjects[0].count, subjects[1].count))).map { region, row in
      var row = row
      row.people = people
      row.share = shares.map { $0[region] }.reduce(1, min)
      return row
    }
  }

  private func table(_ values: [[[Double]]], _ labels: [String], _ counts: (Int, Int)) -> [Difference] {
    var rows = labels.indices.map { region -> Difference in
      let (first, second) = (values[0].map { $0[region] }, values[1].map { $0[region] })
      let test = WelchTest(first, second, minimum: Self.fewestStimuli)
      var row = Difference(region: labels[region], quantity: "static_isc")
      row.first = Moments.mean(first.filter { !$0.isNaN })
      row.second = Moments.mean(second.filter { !$0.isNaN })
      (row.low, row.high, row.intervalKind) = (test.low, test.high, "t_stimuli")
      let (a, b) = test.counts
      (row.unit, row.counts, row.stimulusCount) = (.stimulus, counts, a + b)
      if min(a, b) < Self.fewestStimuli {
        row.reason = "\(a) and \(b) stimuli: a p needs \(Self.fewestStimuli) of each cohort, which saw different ones"
      }
      if !test.p.isNaN {
        row.test = "welch"
        row.p = test.p
        row.floor = 0
      }
      return row
    }
    rows.correct()
    return rows
  }
}
