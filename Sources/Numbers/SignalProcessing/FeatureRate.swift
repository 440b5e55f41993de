import Vocabulary

/// The rate features are delivered at.
public enum FeatureRate: Codable, Sendable, Equatable {
  /// One row per frame; each layer of a model at its own frame rate.
  case native
  /// Bins `[i seconds, (i + 1) seconds)` from the start of the sound, frames placed by their centres.
  case bins(seconds: Double, aggregate: Aggregate)

  /// One mean per second.
  public static let perSecond = FeatureRate.bins(seconds: 1, aggregate: .mean)
}
