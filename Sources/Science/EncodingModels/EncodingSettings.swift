import Vocabulary

/// How rows are divided into folds.
public enum FoldScheme: Sendable, Equatable, Codable {
  /// Leave one stimulus out with three or more stimuli of at least 100 s, else five blocks (outer) or four (inner).
  case automatic
  /// Fold k tests the k-th of `count` contiguous blocks of every piece.
  case blocks(_ count: Int)
  case leaveOne(_ unit: FoldUnit)
  /// Huth's scheme: the rows are cut into chunks of `seconds`; `repeats` times, `count` chunks drawn at random are the
  /// test set.
  case chunks(seconds: Double, count: Int, repeats: Int)
}

/// Candidate ridge penalties.
public struct LambdaGrid: Sendable, Equatable, Codable {
  /// Ascending, positive, distinct lambdas (the minimised loss is `‖y - Zw‖² + λ‖w‖²`).
  public let values: [Double]
  public let scale: LambdaScale

  /// 10^(-5 : 0.5 : 5) times the number of training rows (SCIENCE 11.1).
  public static let standard = LambdaGrid(values: (0...20).map { pow10(-5 + 0.5 * Double($0)) }, scale: .trainCount)

  public init(values: [Double], scale: LambdaScale = .trainCount) {
    precondition(!values.isEmpty && values.allSatisfy { $0 > 0 && $0.isFinite }, "lambdas are positive")
    self.values = Array(Set(values)).sorted()
    self.scale = scale
  }

  /// The grid of `alphas` in the convention `s/(s² + α²)` of HuthLab's ridge.py: λ = α².
  public init(alphas: [Double], scale: LambdaScale = .none) {
    self.init(values: alphas.map { $0 * $0 }, scale: scale)
  }
}

/// The settings of nested cross-validated ridge regression; the defaults are those of SCIENCE 11 and 11A.
public struct EncodingSettings: Sendable, Equatable, Codable {
  /// Seconds purged on both sides of a test block within the same piece.
  public enum Gap: Sendable, Equatable, Codable {
    /// Delay span + window - step + the target's own autocorrelation time on training rows (SCIENCE 11A.5).
    case automatic
    case seconds(Double)
  }
  /// Seconds dropped of every piece.
  public struct Trim: Sendable, Equatable, Codable {
    public let start: Double
    public let end: Double

    public init(start: Double, end: Double) { (self.start, self.end) = (start, end) }
  }
  /// What happens to a fold whose test part has an effective n below `minimumEffectiveCount` (SCIENCE 11A.13).
  public enum SmallFold: String, Sendable, CaseIterable, Codable {
    /// It is left out of means over folds; where fewer than two folds remain, all are kept and the score is flagged
    /// `folds_too_small`, which makes it invalid.
    case leaveOut = "leave_out"
    /// The fit is refused.
    case refuse
    /// It counts like any other.
    case keep
  }

  public var lambdas = LambdaGrid.standard
  public var lambdaScope = LambdaSharing.perTarget
  public var selection = LambdaSelection.sse
  public var standardisation = Standardisation.trainFold
  public var gap = Gap.automatic
  /// Seconds dropped at the start and the end of every piece.
  public var trim = Trim(start: 0, end: 0)
  public var delayEdges = DelayEdges.crop
  public var outer = FoldScheme.automatic
  public var inner = FoldScheme.automatic
  public var minimumEffectiveCount = 10.0
  public var smallFold = SmallFold.leaveOut
  /// Whether each target finds, by the inner folds, how bands share the penalty; without it all bands have the same lambda.
  public var bandSearch = false
  /// Seeds the chunk scheme and the search over bands.
  public var seed: UInt64 = 0
  /// Delays (rows) that widen the automatic gap, so that models of different bands purge the same rows.
  public var extraDelays: [Int] = []

  public init() {}
}
