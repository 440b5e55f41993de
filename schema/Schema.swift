/// The catalog's migrations, in order.
public enum Schema {
  /// One numbered, append-only migration file.
  public struct Migration: Sendable {
    /// `0001_catalog`.
    public let name: String
    public let sql: String
  }

  public static let migrations: [Migration] = Embedded.files
    .filter { $0.path.hasPrefix("migrations/") }
    .map { Migration(name: String($0.path.dropFirst("migrations/".count).dropLast(".sql".count)), sql: $0.text) }
    .sorted { $0.name < $1.name }
}
