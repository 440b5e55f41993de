import Vocabulary

/// `filters`: which rows of the warehouse enter. Empty lists and nil do not restrict.
public struct FilterSpec: Sendable, Hashable {
  public enum Regions: Sendable, Hashable {
    case all
    case names([String])
    case group(String)
  }
  public enum Exclusions: Sendable, Hashable {
    /// Every imported exclusion (the default).
    case all
    case named(String)
    case none
  }
  /// Which rows of a mean over raters or subjects enter.
  public enum Missing: Sendable, Hashable {
    case rows(MissingRows)
    /// Where at most this share is missing.
    case maxShare(Double)

    public var largestShare: Double {
      switch self {
      case .rows(.half): 0.5
      case .rows(.listwise): 0
      case .maxShare(let share): share
      }
    }
  }
  public enum Grid: Sendable, Hashable {
    /// The target's own step, not finer than 1 s.
    case target
    case seconds(Double)
  }

  public let cohorts: [String]
  /// `cohort`, `genre`, `culture`, `language` or a column.
  public let groupBy: String?
  public let stimuli: [String]
  public let subjects: [String]
  public let regions: Regions
  /// `average` by default.
  public let repeats: Repeats
  public let exclude: Exclusions
  /// `refuse` by default.
  public let identical: IdenticalRecordings
  /// `half` by default.
  public let missing: Missing
  /// `target` by default.
  public let grid: Grid
}
