/// What figures mark as found.
public enum Significance {
  /// A test finds where its p is at most this.
  static let level = 0.05

  /// Whether a test with this p finds; nil: there is no test.
  public static func isReached(by p: Double?) -> Bool { p.map { $0 <= level } ?? false }
}
