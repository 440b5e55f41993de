/// How many rows of a target count, and for what reason the others do not: the first that applies, in this order.
public struct RowCounts: Sendable, Equatable {
  public var kept = 0
  /// Before the first or after the last row that features and some target have.
  public var outside = 0
  /// Within the seconds trimmed of both ends.
  public var trimmed = 0
  /// The target is missing, masked or excluded.
  public var missingTarget = 0
  /// A feature is missing in the row or in one that a delay reaches.
  public var missingFeature = 0
  /// A delay reaches beyond the piece.
  public var delayEdge = 0

  public init() {}

  public var dropped: Int { outside + trimmed + missingTarget + missingFeature + delayEdge }

  init(_ states: [KeptRows.State], target: [Double]) {
    for (state, value) in zip(states, target) {
      switch state {
      case .outside: outside += 1
      case .trimmed: trimmed += 1
      case _ where !value.isFinite: missingTarget += 1
      case .missingFeature: missingFeature += 1
      case .delayEdge: delayEdge += 1
      case .complete: kept += 1
      }
    }
  }
}
