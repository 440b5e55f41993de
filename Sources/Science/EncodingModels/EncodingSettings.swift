import Vocabulary

/// The settings of nested cross-validated ridge regression.
public struct EncodingSettings: Sendable, Equatable, Codable {
  /// What happens to a fold whose test part has an effective n below `minimumEffectiveCount`.
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
  public var gap = PurgeGap.automatic
  /// Seconds dropped at the start and the end of every piece.
  public var trim = EdgeTrim(start: 0, end: 0)
  public var delayEdges = DelayEdges.crop
  /// What of the time since a stimulus began is taken out, and of which targets.
  public var position = PositionSet.none
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
