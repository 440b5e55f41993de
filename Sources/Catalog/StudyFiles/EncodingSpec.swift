import Glibc
import Vocabulary

/// `encoding`: how features are related to targets.
public struct EncodingSpec: Sendable, Hashable {
  /// The purge gap on both sides of a test block.
  public enum Gap: Sendable, Hashable {
    /// Delay span + window - step + autocorrelation time of the target (SCIENCE 11A.5).
    case auto
    case seconds(Double)
  }

  /// `model`, `ridge` by default.
  public let model: RidgeKind
  /// `delays_s` per target kind; defaults annotation 0..8, synchrony 0..5, response 2..8. Ascending.
  public let delaysS: [TargetKind: [Double]]
  /// `lambdas`.
  public let lambdas: LambdaGrid
  /// `lambda`, `per_target` by default.
  public let lambda: LambdaSharing
  /// `select`, `sse` by default.
  public let select: LambdaSelection
  /// `standardise`, `train_fold` by default.
  public let standardise: Standardisation
  /// `gap_s`, `auto` by default.
  public let gap: Gap
  /// `trim_s`: seconds dropped at the start and the end of every stimulus; 0, 0 by default.
  public let trimStartS: Double
  public let trimEndS: Double
  /// `delay_edges`, `crop` by default.
  public let delayEdges: DelayEdges
  /// `outer`; nil: leave one stimulus out where there are 3 of at least 100 s, else 5 blocks of every stimulus.
  public let outer: FoldScheme?
  /// `inner`; nil: the outer scheme on the training part, 4 blocks where it makes blocks.
  public let inner: FoldScheme?
  /// `store`; `scores`, `predictions`, `null` by default.
  public let store: Set<StoredResult>
}

/// `lambdas: {log10: [lo, hi, step], scale, convention}`.
public struct LambdaGrid: Sendable, Hashable {
  /// -5 by default.
  public let low: Double
  /// 5 by default.
  public let high: Double
  /// 0.5 by default.
  public let step: Double
  public let scale: LambdaScale
  public let convention: LambdaConvention

  /// Lambdas in ascending order, before `scale`: 10^(low + k step), squared where the convention is alpha.
  public var values: [Double] {
    let count = Int(((high - low) / step + 1e-9).rounded(.down)) + 1
    let factor = convention == .alpha ? 2.0 : 1.0
    return (0..<count).map { pow(10, factor * (low + Double($0) * step)) }
  }
}

/// How rows are divided into folds.
public enum FoldScheme: Sendable, Hashable {
  /// That many contiguous blocks of every stimulus.
  case folds(Int)
  case leaveOne(FoldUnit)
  /// `repeats` times `count` random chunks of `lengthS` seconds are the test part.
  case chunks(lengthS: Double, count: Int, repeats: Int)
}
