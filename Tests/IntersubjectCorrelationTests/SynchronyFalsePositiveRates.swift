import Electrophysiology
import Foundation
import IntersubjectCorrelation
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

/// A test of synchrony where there is none, or a comparison of groups that do not differ.
///
/// `EVOKE_FALSE_POSITIVE_RUNS=2000 swift test -c release --filter SynchronyFalsePositiveTests` makes the table in
/// Tests/Benchmarks/RESULTS.md; without it a seeded subset runs.
enum SynchronyNullScenario: String, CaseIterable, Sendable {
  case phasePairwise = "phase, pairwise"
  case phaseLeaveOneOut = "phase, leave-one-out"
  case shiftPairwise = "circular_shift, pairwise"
  case shiftLeaveOneOut = "circular_shift, leave-one-out"
  case clipPairwise = "clip_shuffle, pairwise"
  case clipLeaveOneOut = "clip_shuffle, leave-one-out"
  case phaseWhite = "phase, pairwise, white series"
  case shiftWhite = "circular_shift, pairwise, white series"
  case envelope = "phase, pairwise, alpha envelope of 20 s"
  case entropy = "phase, leave-one-out, theta entropy of 60 s"
  case family = "max-statistic over 12 regions, any p <= .05"
  case componentsPhase = "corrca, first component, phase"
  case componentsShift = "corrca, sum of three, circular_shift"
  case sharedPairwise = "groups, shared stimuli, 12 against 40, pairwise"
  case sharedLeaveOneOut = "groups, shared stimuli, 12 against 40, leave-one-out"
  case sharedBetween = "groups, shared stimuli, within minus between, pairwise"
  case disjointPairwise = "groups, disjoint stimuli, 12 against 40, pairwise"
  case disjointLeaveOneOut = "groups, disjoint stimuli, 12 against 40, leave-one-out"
}

/// One simulated data set of a scenario.
struct SynchronyNullRun {
  static let draws = 99
  let scenario: SynchronyNullScenario
  let seed: UInt64

  /// AR(a) series, `[subject][samples * regions]`, with a shared part of variance `isc` that starts from `key`.
  func series(
    subjects: Int, samples: Int, regions: Int = 1, a: Double, isc: Double = 0, key: String = ""
  ) -> [[Float]] {
    func process(_ who: String) -> [Double] {
      var numbers = RandomStream(seed: seed, purpose: scenario.rawValue, key: "\(key)/\(who)", draw: 0)
      let width = regions
      var values = [Double](repeating: 0, count: samples * width)
      for r in 0..<width {
        var x = numbers.normal()
        for t in 0..<samples {
          if t > 0 { x = a * x + (1 - a * a).squareRoot() * numbers.normal() }
          values[t * width + r] = x
        }
      }
      return values
    }
    let shared = isc > 0 ? process("shared") : []
    return (0..<subjects).map { s in
      let own = process("\(s)")
      return own.indices.map { i in
        Float((1 - isc).squareRoot() * own[i] + (isc > 0 ? isc.squareRoot() * shared[i] : 0))
      }
    }
  }

  func stream(_ subject: Int, _ draw: Int) -> RandomStream {
    RandomStream(seed: seed, purpose: "draws", key: "\(subject)", draw: draw)
  }

  func p() throws -> Double {
    switch scenario {
    case .phasePairwise: try single(.phase, .pairwise, 0.9)
    case .phaseLeaveOneOut: try single(.phase, .leaveOneOut, 0.9)
    case .shiftPairwise: try single(.circularShift(window: 10), .pairwise, 0.9)
    case .shiftLeaveOneOut: try single(.circularShift(window: 10), .leaveOneOut, 0.9)
    case .phaseWhite: try single(.phase, .pairwise, 0)
    case .shiftWhite: try single(.circularShift(window: 10), .pairwise, 0)
    case .clipPairwise: try clips(.pairwise)
    case .clipLeaveOneOut: try clips(.leaveOneOut)
    case .envelope: try derived(.envelope, (8, 14), seconds: 20, .pairwise)
    case .entropy: try derived(.differentialEntropy, (4, 8), seconds: 60, .leaveOneOut)
    case .family: try family()
    case .componentsPhase: try components(.phase, column: 0)
    case .componentsShift: try components(.circularShift(window: 10), column: 3)
    case .sharedPairwise: try shared(.pairwise) { $0.difference[0] }
    case .sharedLeaveOneOut: try shared(.leaveOneOut) { $0.difference[0] }
    case .sharedBetween: try shared(.pairwise) { $0.withinMinusBetween[0] }
    case .disjointPairwise: try disjoint(.pairwise)
    case .disjointLeaveOneOut: try disjoint(.leaveOneOut)
    }
  }

  private func single(_ null: SynchronyNull, _ method: SynchronyMethod, _ a: Double) throws -> Double {
    let series = try SubjectSeries(series(subjects: 8, samples: 240, a: a), regionCount: 1, rateHz: 1)
    let observed = try staticSynchrony(series)
    return try synchronyNull(series, null: null, method: method, draws: Self.draws, generator: stream)
      .p(observed: observed.values(method))[0]
  }

  /// Signals of the whole recording, which begins and ends with the stimulus.
  private func derived(
    _ kind: SynchronySignal, _ band: (low: Double, high: Double), seconds: Int, _ method: SynchronyMethod
  ) throws -> Double {
    let filter = try BandSignalFilter(kind, band: band, rateHz: 64)
    let values = try series(subjects: 6, samples: 64 * seconds, a: 0.9).map {
      try filter.applied(to: $0, channelCount: 1)
    }
    let series = try SubjectSeries(values, regionCount: 1, rateHz: filter.outputRateHz)
    return try synchronyNull(series, null: .phase, method: method, draws: Self.draws, generator: stream)
      .p(observed: staticSynchrony(series).values(method))[0]
  }

  private func family() throws -> Double {
    let series = try SubjectSeries(series(subjects: 8, samples: 200, regions: 12, a: 0.8), regionCount: 12, rateHz: 1)
    let draws = try synchronyNull(series, null: .phase, draws: Self.draws, generator: stream)
    let p = MultipleTesting.maxStatistic(
      observed: try staticSynchrony(series).pairwise,
      draws: Matrix(rows: draws.drawCount, columns: 12, values: draws.values))
    return p.min() ?? 1
  }

  private func clips(_ method: SynchronyMethod) throws -> Double {
    let (subjects, stimuli) = (8, 4)
    let all = (0..<stimuli).flatMap { series(subjects: subjects, samples: 120, a: 0.9, key: "clip \($0)") }
    let owners = (0..<stimuli).flatMap { stimulus in (0..<subjects).map { (subject: $0, stimulus: stimulus) } }
    let pairs = SubjectPairs(try staticSynchrony(SubjectSeries(all, regionCount: 1, rateHz: 1)))
    let shuffle = try ClipShuffle(pairs, owners: owners, method: method)
    return shuffle.draws(stimulus: 1, Self.draws, generator: stream).p(observed: shuffle.observed(stimulus: 1))[0]
  }

  private func components(_ null: SynchronyNull, column: Int) throws -> Double {
    let stimuli = try (0..<2).map {
      try SubjectSeries(
        series(subjects: 5, samples: 120, regions: 5, a: 0.7, key: "clip \($0)"), regionCount: 5, rateHz: 1)
    }
    var analysis = try ComponentAnalysis(stimuli)
    try analysis.addNull(
      null, draws: Self.draws, series: stimuli, windows: SynchronyWindows(length: 20, step: 20)
    ) { stimulus, subject, draw in
      stream(100 * stimulus + subject, draw)
    }
    let own = analysis.stimuli[0]
    let drawn = (0..<Self.draws).map { own.null[$0 * own.columnCount + column] }
    return NullSummary(observed: own.values[column], draws: drawn).p
  }

  private func pairs(_ subjects: Int, _ samples: Int, isc: Double, key: String) throws -> SubjectPairs {
    SubjectPairs(
      try staticSynchrony(
        SubjectSeries(
          series(subjects: subjects, samples: samples, a: 0.5, isc: isc, key: key), regionCount: 1, rateHz: 1)))
  }

  /// Two stimuli, ISC .2 in everyone.
  private func shared(_ method: SynchronyMethod, _ quantity: (GroupSynchrony.Values) -> Double) throws -> Double {
    let stimuli = try (0..<2).map { (pairs: try pairs(52, 60, isc: 0.2, key: "\($0)"), subjects: Array(0..<52)) }
    let groups = GroupSynchrony(stimuli, method: method)
    let isFirst = (0..<52).map { $0 < 12 }
    var numbers = stream(0, Self.draws)
    let observed = quantity(groups.values(isFirst, using: &numbers))
    let draws = groups.draws(isFirst, count: Self.draws) { stream(0, $0) }.map(quantity)
    return NullSummary(observed: observed, draws: draws, twoSided: true).p
  }

  /// Eight stimuli of one cohort, twelve of the other, ISC between .1 and .3.
  private func disjoint(_ method: SynchronyMethod) throws -> Double {
    var numbers = stream(0, 0)
    func values(_ count: Int, _ subjects: Int, _ name: String) throws -> [Double] {
      try (0..<count).map { k in
        let own = try pairs(subjects, 60, isc: 0.1 + 0.2 * numbers.uniform(), key: "\(name)\(k)")
        return GroupSynchrony.value(own, method, size: 12, using: &numbers)[0]
      }
    }
    return WelchTest(try values(8, 12, "a"), try values(12, 40, "b"), minimum: 8).p
  }
}

@Suite(.serialized) struct SynchronyFalsePositiveTests {
  private static var runs: Int {
    ProcessInfo.processInfo.environment["EVOKE_FALSE_POSITIVE_RUNS"].flatMap(Int.init) ?? 40
  }

  @Test("synchrony: false-positive rates at .05", arguments: SynchronyNullScenario.allCases)
  func rate(_ scenario: SynchronyNullScenario) throws {
    let n = Self.runs
    let started = Date()
    let rejected = try (0..<n).count { try SynchronyNullRun(scenario: scenario, seed: UInt64($0)).p() <= 0.05 }
    let rate = Double(rejected) / Double(n)
    if n > 40 {
      let seconds = Int(Date().timeIntervalSince(started))
      print("| \(scenario.rawValue) | \(n) | \(rejected) | \(String(format: "%.4f", rate)) | \(seconds) s |")
    }
    // Two standard errors in the full table; four in the small seeded subset.
    let error = (0.05 * 0.95 / Double(n)).squareRoot()
    #expect(rate <= 0.05 + (n >= 2000 ? 2 : 4) * error)
    if n >= 2000 { #expect(rate > 0.02) }
  }
}
