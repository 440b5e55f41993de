import Glibc

/// How rows are divided into folds.
public enum FoldScheme: Sendable, Hashable, Codable {
  /// Leave one stimulus out with three or more stimuli of at least 100 s, else five blocks (outer) or four (inner).
  case automatic
  /// Fold k tests the k-th of `count` contiguous blocks of every piece.
  case blocks(_ count: Int)
  case leaveOne(_ unit: FoldUnit)
  /// Huth's scheme: the rows are cut into chunks of `seconds`; `repeats` times, `count` chunks drawn at random are the
  /// test set.
  case chunks(seconds: Double, count: Int, repeats: Int)
}

/// Seconds purged on both sides of a test block within the same piece.
public enum PurgeGap: Sendable, Hashable, Codable {
  /// Delay span + window - step + the target's own autocorrelation time on training rows.
  case automatic
  case seconds(Double)
}

/// Seconds dropped of every stimulus.
public struct EdgeTrim: Sendable, Hashable, Codable {
  public let start: Double
  public let end: Double

  public init(start: Double, end: Double) { (self.start, self.end) = (start, end) }
}

/// Which of a feature's past (and future) a design has, in seconds; a positive delay lets the feature come first.
public enum FeatureDelays: Sendable, Hashable, Codable {
  /// A column per delay, ascending.
  case single([Double])
  /// One of the delays from the first to the last, chosen by the training rows of every fold.
  case automatic(first: Double, last: Double)

  /// The smallest and the largest delay; nil where there is none.
  public var span: ClosedRange<Double>? {
    switch self {
    case .single(let seconds):
      guard let first = seconds.min(), let last = seconds.max() else { return nil }
      return first...last
    case .automatic(let first, let last): return first...last
    }
  }
}

/// Candidate ridge penalties.
public struct LambdaGrid: Sendable, Hashable, Codable {
  /// Ascending, positive, distinct lambdas (the minimised loss is `‖y - Zw‖² + λ‖w‖²`), before `scale`.
  public let values: [Double]
  public let scale: LambdaScale

  /// 10^(-5 : 0.5 : 5) times the number of training rows.
  public static let standard = LambdaGrid(log10: -5, to: 5, step: 0.5)

  public init(values: [Double], scale: LambdaScale = .trainCount) {
    precondition(!values.isEmpty && values.allSatisfy { $0 > 0 && $0.isFinite }, "lambdas are positive")
    self.values = Array(Set(values)).sorted()
    self.scale = scale
  }

  /// 10^(low : step : high), squared where the grid is of alphas, as in the convention `s/(s² + α²)` of HuthLab's
  /// ridge.py: λ = α².
  public init(
    log10 low: Double, to high: Double, step: Double, scale: LambdaScale = .trainCount,
    convention: LambdaConvention = .lambda
  ) {
    let count = Int(((high - low) / step + 1e-9).rounded(.down)) + 1
    let factor = convention == .alpha ? 2.0 : 1.0
    self.init(values: (0..<count).map { pow(10, factor * (low + Double($0) * step)) }, scale: scale)
  }

  /// The grid of `alphas`.
  public init(alphas: [Double], scale: LambdaScale = .none) {
    self.init(values: alphas.map { $0 * $0 }, scale: scale)
  }
}
