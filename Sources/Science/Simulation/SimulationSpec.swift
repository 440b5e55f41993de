import LinearAlgebra

/// What drives a simulated target: per-second scores of a layer or of visual covariates.
public struct SimulationDriver: Sendable {
  /// What the truth calls it, for example `hs.3` or `vis12`.
  public let name: String
  /// `[seconds, components]`: row i is second `[i, i + 1)` of the stimulus, without NaN; scores of comparable scale
  /// (principal components after z-scoring), because the weights are drawn alike for all columns.
  public let scores: Matrix

  public init(name: String, scores: Matrix) {
    self.name = name
    self.scores = scores
  }
}

/// One simulated region or annotation: its name and its driver, nil for a target driven by nothing.
public struct SimulatedTarget: Sendable {
  public let name: String
  public let driver: SimulationDriver?

  public init(_ name: String, driver: SimulationDriver?) {
    self.name = name
    self.driver = driver
  }
}

/// A simulation of viewers of one stimulus.
///
/// Every target has its own driven signal `s(t) = sum_c w_c x_c(t - lag)`, unit variance over the stimulus, w standard
/// normal; the value before the first driven second is the mean, 0. Noise is AR(1). `signalShare` is a² of `a s +
/// sqrt(1 - a²) noise`: of the series that drives synchrony, of the mean response of the group, and of the mean
/// annotation over raters.
public struct SimulationSpec: Sendable {
  public var subjects: Int
  public var seconds: Int
  public var targets: [SimulatedTarget]
  /// a² in 0...1.
  public var signalShare: Double
  /// Seconds by which the features lead.
  public var lag: Double
  /// A slow course beside the signal; nil: raters have their own of a tenth of the noise, responses none.
  public var drift: SimulatedDrift?
  /// AR(1) coefficient of the noise from one second to the next.
  public var noiseAutocorrelation = 0.6
  /// Largest synchrony: rho(t) = largest / (1 + exp(-gain y(t))), y the unit-variance driven series.
  public var largestSynchrony = 0.2
  /// Steepness of that sigmoid; at 2 rho has a mean of half the largest and an SD of .3 of it.
  public var synchronyGain = 2.0

  public init(subjects: Int, seconds: Int, targets: [SimulatedTarget], signalShare: Double, lag: Double) {
    self.subjects = subjects
    self.seconds = seconds
    self.targets = targets
    self.signalShare = signalShare
    self.lag = lag
  }
}

/// A slow AR(1) course in what people do beside the signal.
public struct SimulatedDrift: Sendable {
  /// Of the noise's variance: of each person's own where drifts are own, of that in the mean over people where one is shared.
  public var share: Double
  /// Time constant in seconds.
  public var seconds: Double
  public var isShared: Bool

  public init(share: Double, seconds: Double, isShared: Bool) {
    (self.share, self.seconds, self.isShared) = (share, seconds, isShared)
  }
}

/// What random numbers are for; with subject and item it keys one stream, so no number depends on the order of work.
public enum SimulationPurpose: String, Sendable, CaseIterable {
  case weights, synchronyNoise, sharedCourse, ownCourse, responseNoise, raterDelay, raterNoise
  case voice, soundtrack, voiceGain, soundtrackGain, sharedDrift, ownDrift

  /// Whether each person has numbers of its own.
  public var isPersonal: Bool {
    switch self {
    case .ownCourse, .responseNoise, .raterDelay, .raterNoise, .ownDrift: true
    case .weights, .synchronyNoise, .sharedCourse, .sharedDrift, .voice, .soundtrack, .voiceGain, .soundtrackGain: false
    }
  }
}

/// Makes the random numbers of (purpose, subject or rater, target); the caller's generator is keyed by its seed as
/// well.
public typealias SimulationNumbers<G: RandomNumberGenerator> = (
  _ purpose: SimulationPurpose, _ subject: Int, _ item: Int
) -> G

/// What was planted in one target.
public struct PlantedTruth: Sendable, Equatable {
  public let target: String
  /// The driver's name; nil for a target driven by nothing.
  public let driver: String?
  /// Seconds by which the driver leads.
  public let lag: Double
  /// a² as asked; 0 without a driver.
  public let signalShare: Double
  /// Squared correlation of the driven signal with what was made from it: with rho(t) per second, with the group's mean
  /// response, with the mean annotation. 0 without a driver.
  public let achievedShare: Double
  /// Weights of the driver's components.
  public let weights: [Double]
  /// The driven signal per second; empty without a driver.
  public let signal: [Double]
  /// True pairwise synchrony per second; empty but for simulated time courses.
  public let rho: [Double]
}
