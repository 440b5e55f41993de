/// The published views, reports and checks, one `.sql` file each.
public enum Queries {
  /// One embedded query with its name and text.
  public struct Query: Sendable {
    public let name: String
    public let sql: String
  }

  private static func folder(_ name: String) -> [Query] {
    Embedded.files.filter { $0.path.hasPrefix(name + "/") }
      .map { Query(name: String($0.path.dropFirst(name.count + 1).dropLast(".sql".count)), sql: $0.text) }
      .sorted { $0.name < $1.name }
  }

  public static let views = folder("views")
  public static let reports = folder("reports")
  public static let checks = folder("checks")
}
