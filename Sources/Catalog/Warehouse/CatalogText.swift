import Queries

/// Reads the descriptions that stand as comments in migrations and views.
public enum CatalogText {
  /// A table or view with its own and its columns' one-line descriptions.
  public struct Object: Sendable, Equatable {
    public let name: String
    public let tier: String
    public let description: String
    public let columns: [Column]

    /// Whether it is a view whose rows are what studies found.
    public var holdsResults: Bool { tier == "result view" }
  }

  /// A column with its one-line description, and why it is left out of the hashes of rows where it is.
  public struct Column: Sendable, Equatable {
    public let name: String
    /// What the header of a view or report says where SQLite knows no type.
    public let kind: Statement.Kind?
    public let description: String
    public let exemption: Exemption?

    /// - Parameter comment: the description, after `place: ` or `state: ` where the column is left out.
    init(_ name: String, _ comment: String, kind: Statement.Kind? = nil) {
      let mark = Exemption.allCases.first { comment.hasPrefix("\($0.rawValue): ") }
      (self.name, self.kind) = (name, kind)
      description = mark.map { String(comment.dropFirst($0.rawValue.count + 2)) } ?? comment
      exemption = mark
    }

    /// The same with the type that SQLite knows.
    func known(as type: String?) -> Column {
      Column(name, description, kind: kind ?? type.flatMap { Statement.Kind(rawValue: $0.lowercased()) })
    }
  }

  /// The tables a migration creates: `-- tier: T. Description` above, `-- description` after each column.
  public static func tables(in sql: String) -> [Object] {
    var objects: [Object] = []
    var heading: (tier: String, description: String)?
    var open: (name: String, columns: [Column])?
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
        open?.columns.append(Column(String(name), String(line[comment.upperBound...])))
      }
    }
    return objects
  }

  /// A view's header: `-- question`, `-- tier: result` where its rows are what studies found, and lines
  /// `-- column NAME: description`, with the type before the colon where SQLite knows none: `NAME (real): description`.
  public static func view(_ query: Queries.Query) -> Object {
    var description = ""
    var tier = "view"
    var columns: [Column] = []
    for line in query.sql.split(separator: "\n").map(trim) where line.hasPrefix("--") {
      let text = trim(line.dropFirst(2))
      if text.hasPrefix("column ") {
        let parts = text.dropFirst("column ".count).split(separator: ":", maxSplits: 1)
        if parts.count == 2 { columns.append(column(trim(parts[0]), trim(parts[1]))) }
      } else if text.hasPrefix("tier: ") {
        tier = "\(text.dropFirst("tier: ".count)) view"
      } else if description.isEmpty {
        description = text
      }
    }
    return Object(name: query.name, tier: tier, description: description, columns: columns)
  }

  /// A column by what stands before and after the colon: `NAME (real)` and its description of a view, of a report `NAME`
  /// and `real never NULL`, which describes nothing.
  private static func column(_ head: String, _ text: String) -> Column {
    // No patterns, which are read anew at every use: that took most of the time of making a catalog.
    let words = head.split(separator: " ")
    if words.count == 2, words[1].hasPrefix("("), words[1].hasSuffix(")") {
      return Column(String(words[0]), text, kind: Statement.Kind(rawValue: String(words[1].dropFirst().dropLast())))
    }
    let never = " never NULL"
    let kind = Statement.Kind(rawValue: text.hasSuffix(never) ? String(text.dropLast(never.count)) : text)
    return Column(head, kind == nil ? text : "", kind: kind)
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

extension Connection {
  /// A published view or report with its columns, a view's with all their types: those of its header and SQLite's, whose
  /// answer for a statement may lack some that it has for the view.
  public func described(_ query: Queries.Query) throws -> CatalogText.Object {
    let header = CatalogText.view(query)
    let types = Dictionary(
      try documentedColumns(object: query.name).map { ($0.column, $0.type) }, uniquingKeysWith: { first, _ in first })
    return CatalogText.Object(
      name: header.name, tier: header.tier, description: header.description,
      columns: header.columns.map { $0.known(as: types[$0.name]) })
  }
}
