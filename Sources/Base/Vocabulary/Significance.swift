/// What is said of a test: the one level of a single claim.
public enum Significance {
  /// A test finds where its p, or q, is at most this.
  public static let level = 0.05

  /// Whether a test with this p or q finds; nil: there is no test.
  public static func isReached(by p: Double?) -> Bool { p.map { $0 <= level } ?? false }

  /// Whether there is a test with this p or q that does not find; one that is no number is no test.
  public static func isMissed(by p: Double?) -> Bool { p.map { $0 > level } ?? false }
}
