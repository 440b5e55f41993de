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
  public enum Missing: Sendable, Hashable {
    /// A time point enters where every series has a value.
    case listwise
    /// Series with at most this share missing enter; their time points are dropped for all.
    case maxShare(Double)
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
  /// `listwise` by default.
  public let missing: Missing
  /// `target` by default.
  public let grid: Grid
}
