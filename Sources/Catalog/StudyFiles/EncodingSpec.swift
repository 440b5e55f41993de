import Vocabulary

/// `encoding`: how features are related to targets.
public struct EncodingSpec: Sendable, Hashable {
  /// `model`, `ridge` by default.
  public let model: RidgeKind
  /// `delays_s` per target kind; automatic by default, over annotation 0..8, synchrony 0..5, response 2..8.
  public let delays: [TargetKind: FeatureDelays]
  /// `lambdas`.
  public let lambdas: LambdaGrid
  /// `lambda`, `per_target` by default.
  public let lambda: LambdaSharing
  /// `select`, `sse` by default.
  public let select: LambdaSelection
  /// `standardise`, `train_fold` by default.
  public let standardise: Standardisation
  /// `gap_s`, `auto` by default.
  public let gap: PurgeGap
  /// `trim_s`: seconds dropped at the start and the end of every stimulus; 0, 0 by default.
  public let trim: EdgeTrim
  /// `position`, `covariate` by default.
  public let position: PositionSet
  /// `delay_edges`, `crop` by default.
  public let delayEdges: DelayEdges
  /// `outer`, as the data allow by default: leave one stimulus out where there are 3 of at least 100 s, else 5 blocks of
  /// every stimulus.
  public let outer: FoldScheme
  /// `inner`, by default the outer scheme on the training part, 4 blocks where it makes blocks.
  public let inner: FoldScheme
  /// `store`; `scores`, `predictions`, `null` by default.
  public let store: Set<StoredResult>
}
