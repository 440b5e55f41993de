/// The texts of all queries, one `.sql` file each.
public enum Queries {
  /// One embedded query with its name and text.
  public struct Query: Sendable {
    public let name: String
    public let sql: String

    /// The columns that `evoke query` orders a view's rows by, `-- order: COLUMN, ...` of its header; empty where it has
    /// an ORDER BY of its own. With one SQLite makes every column of every row before it adds rows up.
    public let order: [String]
  }

  private static func folder(_ name: String) -> [Query] {
    Embedded.files.filter { $0.path.hasPrefix(name + "/") }
      .map { file in
        Query(
          name: String(file.path.dropFirst(name.count + 1).dropLast(".sql".count)), sql: file.text,
          order: Embedded.orders[file.path, default: []])
      }
      .sorted { $0.name < $1.name }
  }

  /// Views of the catalog.
  public static let views = folder("views")
  /// Tables that anyone may ask for by name.
  public static let reports = folder("reports")
  /// What the program reads.
  public static let lookups = folder("lookups")
  /// What the program writes, beside new rows.
  public static let changes = folder("changes")
  /// What a sound catalog returns no row for.
  public static let checks = folder("checks")

  private static let texts = Dictionary(uniqueKeysWithValues: Embedded.files.map { ($0.path, $0.text) })

  /// The text of a query by its folder and name, `lookups/unit_states`.
  public static func text(of place: String) -> String {
    guard let text = texts[place + ".sql"] else { preconditionFailure("no query \(place)") }
    return text
  }
}
