import Queries

/// Reads the descriptions that stand as comments in migrations and views.
public enum CatalogText {
  /// A table or view with its own and its columns' one-line descriptions.
  public struct Object: Sendable, Equatable {
    public let name: String
    public let tier: String
    public let description: String
    public let columns: [(String, String)]

    public static func == (a: Object, b: Object) -> Bool {
      a.name == b.name && a.tier == b.tier && a.description == b.description
        && a.columns.map(\.0) == b.columns.map(\.0) && a.columns.map(\.1) == b.columns.map(\.1)
    }
  }

  /// The tables a migration creates: `-- tier: T. Description` above, `-- description` after each column.
  public static func tables(in sql: String) -> [Object] {
    var objects: [Object] = []
    var heading: (tier: String, description: String)?
    var open: (name: String, columns: [(String, String)])?
    for line in sql.split(separator: "\n", omittingEmptySubsequences: false).map(trim) {
      if line.hasPrefix("-- tier:") {
        let rest = line.dropFirst("-- tier:".count)
        let parts = rest.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        heading = (trim(parts[0]), parts.count > 1 ? trim(parts[1]) : "")
      } else if line.hasPrefix("CREATE TABLE"), let name = line.split(separator: " ").dropFirst(2).first {
        open = (name.filter { $0 != "\"" }, [])
      } else if line.hasPrefix(")"), let table = open {
        guard let found = heading else { preconditionFailure("no line `-- tier:` above table \(table.name)") }
        objects.append(
          Object(name: table.name, tier: found.tier, description: found.description, columns: table.columns))
        open = nil
        heading = nil
      } else if open != nil, let comment = line.firstRange(of: "-- "), let name = line.split(separator: " ").first,
        !isConstraint(name)
      {
        open?.columns.append((String(name), String(line[comment.upperBound...])))
      }
    }
    return objects
  }

  /// A view's header: `-- question`, then `-- column: description` lines.
  public static func view(_ query: Queries.Query) -> Object {
    var description = ""
    var columns: [(String, String)] = []
    for line in query.sql.split(separator: "\n").map(trim) where line.hasPrefix("--") {
      let text = trim(line.dropFirst(2))
      if text.hasPrefix("column ") {
        let parts = text.dropFirst("column ".count).split(separator: ":", maxSplits: 1)
        if parts.count == 2 { columns.append((trim(parts[0]), trim(parts[1]))) }
      } else if description.isEmpty {
        description = text
      }
    }
    return Object(name: query.name, tier: "view", description: description, columns: columns)
  }

  private static func isConstraint(_ word: Substring) -> Bool {
    ["PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "--"].contains(word)
  }

  private static func trim(_ text: some StringProtocol) -> String {
    var slice = text[...]
    while let first = slice.first, first.isWhitespace { slice = slice.dropFirst() }
    while let last = slice.last, last.isWhitespace { slice = slice.dropLast() }
    return String(slice)
  }
}
