import LinearAlgebra
import Vocabulary

/// How the weights of a band are penalised.
public enum Penalty: Sendable, Equatable {
  /// The selected lambda of the target times `weight` (ordinary ridge: 1).
  case selected(weight: Double = 1)
  /// A fixed lambda, not multiplied by the number of rows.
  case fixed(_ lambda: Double)
  /// The smallest value of the lambda grid that keeps the condition number of the band's own `ZᵀZ + λI` below 1e8
  /// on the training rows (SCIENCE 11.5).
  case smallestStable
}

/// What is said of one set of columns: a feature set, or a set of covariates.
public struct Band: Sendable, Equatable {
  /// What a band is there for.
  public enum Role: String, Sendable { case tested, covariate }

  public var name: String
  public var role: Role
  /// How the columns are reduced before they are delayed (SCIENCE 8); nil: they stay as they are.
  public var reduction: Reduction?
  /// Delays in rows of the grid; a positive delay lets the feature precede the target.
  public var delays: [Int]
  public var penalty: Penalty

  public init(
    _ name: String, role: Role = .tested, reduction: Reduction? = nil, delays: [Int] = [0],
    penalty: Penalty = .selected()
  ) {
    precondition(!delays.isEmpty, "a band needs at least one delay; [0] is none")
    self.name = name
    self.role = role
    self.reduction = reduction
    self.delays = delays
    self.penalty = penalty
  }
}

/// One stimulus in one acquisition run, on a regular grid.
public struct Piece: Sendable {
  public var stimulus: String
  /// The acquisition run, where one stimulus was presented several times or a run is a fold.
  public var run: String?
  /// Every run that rows come from: the run, or those of the showings that the targets are means over.
  public var runs: Set<String>
  /// What was shown: pieces that have some of it in common are showings of the same seconds; the stimulus unless told.
  /// Parts of a film in one run each have material of their own.
  public var material: Set<String>
  /// Seconds from stimulus onset to row 0 (row i stands for the bin `[start + i·dt, start + (i+1)·dt)`).
  public var start: Double
  /// Per band, in the order of `EncodingData.bands`: `[rows, columns]`, NaN where missing.
  public var features: [Matrix]
  /// `[rows, targets]`, NaN where missing.
  public var targets: Matrix

  public var rowCount: Int { targets.rows }

  public init(
    stimulus: String, run: String? = nil, runs: Set<String> = [], material: Set<String>? = nil, start: Double = 0,
    features: [Matrix], targets: Matrix
  ) {
    for feature in features { precondition(feature.rows == targets.rows, "features and targets differ in rows") }
    self.stimulus = stimulus
    self.run = run
    self.runs = runs.union([run].compactMap { $0 })
    self.material = material ?? [stimulus]
    self.start = start
    self.features = features
    self.targets = targets
  }
}

/// The window a target value summarises (synchrony in `[t - w/2, t + w/2)`, say).
public struct TargetWindow: Sendable, Equatable, Codable {
  /// Window and step in seconds.
  public var seconds: Double
  public var step: Double
  public var anchor: WindowAnchor
  /// Whether features are averaged over the same window before reduction and delays (the default, SCIENCE 11A.6).
  public var averagesFeatures: Bool

  public init(seconds: Double, step: Double, anchor: WindowAnchor = .centre, averagesFeatures: Bool = true) {
    self.seconds = seconds
    self.step = step
    self.anchor = anchor
    self.averagesFeatures = averagesFeatures
  }
}

/// Everything one encoding model is fitted to: pieces of the same bands and the same targets.
public struct EncodingData: Sendable {
  public var bands: [Band]
  public var pieces: [Piece]
  /// Seconds per row.
  public var dt: Double
  public var targetNames: [String]
  /// Set for targets that summarise a window.
  public var window: TargetWindow?

  public var targetCount: Int { targetNames.count }

  public init(bands: [Band], pieces: [Piece], dt: Double, targetNames: [String], window: TargetWindow? = nil) {
    self.bands = bands
    self.pieces = pieces
    self.dt = dt
    self.targetNames = targetNames
    self.window = window
  }
}
