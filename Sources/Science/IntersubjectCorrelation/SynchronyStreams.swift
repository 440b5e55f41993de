import Statistics

/// Random numbers of synchrony: keyed by (seed, purpose, stimulus and subject, draw), so that one draw is the same for
/// every region, estimator and worker.
public struct SynchronyStreams: Sendable {
  public let seed: UInt64
  /// The stimulus' name; draws of different stimuli are independent.
  public let stimulus: String
  /// Subjects' names in the order of the series.
  public let subjects: [String]

  public init(seed: UInt64, stimulus: String, subjects: [String]) {
    self.seed = seed
    self.stimulus = stimulus
    self.subjects = subjects
  }

  /// For `synchronyNull` and `dynamicSynchronyNull`.
  public func null(_ null: SynchronyNull) -> (_ subject: Int, _ draw: Int) -> RandomStream {
    { RandomStream(seed: seed, purpose: "synchrony_\(null.name)", key: "\(stimulus)\n\(subjects[$0])", draw: $1) }
  }

  /// For `randomHalves`; the same halves for every stimulus.
  public var halves: (_ split: Int) -> RandomStream {
    { RandomStream(seed: seed, purpose: "synchrony_halves", draw: $0) }
  }
}
