import ContentIdentity
import IntersubjectCorrelation
import Recordings
import Showings
import Statistics
import Vocabulary
import Work

/// How the synchrony of one target is measured: what all its units share.
struct SynchronySettings: Codable, Sendable {
  let choice: SignalChoice
  let method: SynchronyMethod
  /// Length and step of windows in seconds.
  let windowS: Double
  let stepS: Double
  let anchor: WindowAnchor
  /// Longest period kept of every recording; nil: they are taken as they are.
  let highPassS: Double?
  /// Whether slower drifts are in what is compared: neither `highPassS` nor a preparation takes them out.
  let keepsDrift: Bool
  /// Regions that are kept, in the recordings' order; nil: all.
  let regions: [String]?
  let identical: IdenticalRecordings
  let seed: Int
  /// The target with its defaults.
  let asInStudy: JSONValue

  var windows: SynchronyWindows { SynchronyWindows(length: windowS, step: stepS, anchor: anchor) }

  /// What a unit is called that compares what was shown of stimuli to a cohort.
  func label(of cohort: String, _ shown: String) -> String {
    "synchrony of \(cohort)/\(shown) (\(method.rawValue), \(JSONValue.number(windowS).canonical) s)"
  }

  /// The windows of what was shown of a stimulus, a value for each.
  func series(of stimulus: String, _ placements: [String: [Showing]]) -> PlannedSeries {
    let shown = placements.values.joined().filter { $0.stimulus == stimulus }
    let ends = shown.map { showing in showing.durationS.map { showing.stimulusStartS + $0 } }
    return PlannedSeries(
      stimulus: stimulus, fromS: shown.map(\.stimulusStartS).reduce(.infinity, min),
      toS: ends.contains(nil) ? nil : ends.compactMap { $0 }.max(), headS: anchor.share * windowS,
      tailS: (1 - anchor.share) * windowS, stepS: stepS, columns: nil)
  }

  /// The random numbers of one draw, the same whatever unit, worker or order of work.
  func generator(_ purpose: String, key: String, draw: Int) -> RandomStream {
    RandomStream(seed: UInt64(seed), purpose: purpose, key: key, draw: draw)
  }
}

/// A cohort by its names.
struct CohortName: Codable, Hashable, Sendable {
  let dataset: String
  let cohort: String

  init(dataset: String, cohort: String) { (self.dataset, self.cohort) = (dataset, cohort) }

  init(_ resolved: ResolvedCohort) { self.init(dataset: resolved.dataset, cohort: resolved.cohort) }
}

/// Null draws of static synchrony.
package enum SynchronyNullRequest: Codable, Hashable, Sendable {
  case none
  case phase(draws: Int)
  case circularShift(draws: Int)
  case clipShuffle(draws: Int)

  /// What a study asks for; nil for what is no null of synchrony.
  package init?(_ kind: NullKind, draws: Int) {
    switch kind {
    case .none: self = .none
    case .phase: self = .phase(draws: draws)
    case .circularShift: self = .circularShift(draws: draws)
    case .clipShuffle: self = .clipShuffle(draws: draws)
    case .phaseResidual, .phaseTarget, .block, .signFlip, .groupPhase, .mismatch, .spin, .permutation: return nil
    }
  }

  /// Whether other stimuli's recordings stand in for a stimulus' own.
  var exchangesStimuli: Bool { if case .clipShuffle = self { true } else { false } }

  /// The null and its draws; nil: none.
  func null(windowS: Double) -> (kind: SynchronyNull, draws: Int)? {
    switch self {
    case .none: nil
    case .phase(let draws): (.phase, draws)
    case .circularShift(let draws): (.circularShift(window: windowS), draws)
    case .clipShuffle(let draws): (.clipShuffle, draws)
    }
  }
}

extension [String: [Showing]] {
  /// The stimuli shown, in order.
  var stimuli: [String] { Set(values.flatMap { $0 }.map(\.stimulus)).sorted() }
}
