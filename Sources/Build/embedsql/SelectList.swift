/// Which columns of a query show a table's column as it stands, so that a NOT NULL of the schema holds for them.
///
/// Decided by the text, and where in doubt not: expressions, outer joins, views, common tables and unions bring NULLs.
struct SelectList {
  /// The statement is made of several SELECTs.
  let isCompound: Bool
  /// `*` stands for columns that are not named.
  let hasStar: Bool
  /// Result column to its table's alias; empty where none is written.
  private var plain: [String: String] = [:]
  /// Tables joined so that each row has one of theirs, by alias.
  private var sure: [String: String] = [:]

  init(_ sql: String) {
    let tokens = Self.outermost(Self.tokens(sql))
    let words = tokens.map { $0.uppercased() }
    isCompound = !Set(words).isDisjoint(with: ["UNION", "INTERSECT", "EXCEPT"])
    guard words.first == "SELECT", let from = words.firstIndex(of: "FROM") else {
      hasStar = Self.items(tokens.dropFirst()).contains { $0.last == "*" }
      return
    }
    var list = tokens[1..<from]
    if ["DISTINCT", "ALL"].contains(list.first?.uppercased()) { list = list.dropFirst() }
    let items = Self.items(list)
    hasStar = items.contains { $0.last == "*" }
    for item in items {
      var core = item
      if core.count > 2, core[core.count - 2].uppercased() == "AS" { core.removeLast(2) }
      guard let name = item.last else { continue }
      if core.count == 1 { plain[name] = "" } else if core.count == 3, core[1] == "." { plain[name] = core[0] }
    }
    let end = words.firstIndex { ["WHERE", "GROUP", "ORDER", "LIMIT", "HAVING"].contains($0) } ?? tokens.count
    if from < end, Set(words).isDisjoint(with: ["RIGHT", "FULL"]) { sure = Self.inner(Array(tokens[from..<end])) }
  }

  /// Whether a result column is a column of a table of which every row has one.
  func isPlain(_ column: CheckDatabase.Column) -> Bool {
    guard !isCompound, let table = column.table, let alias = plain[column.name] else { return false }
    return alias.isEmpty ? sure.values.contains(table) : sure[alias] == table
  }

  /// Tables after FROM and after joins that are not outer ones, by alias.
  private static func inner(_ tokens: [String]) -> [String: String] {
    var tables: [String: String] = [:]
    var outer: Set<String> = []
    for (i, token) in tokens.enumerated() where ["FROM", "JOIN", ","].contains(token.uppercased()) {
      guard i + 1 < tokens.count, tokens[i + 1] != "(" else { continue }
      let table = tokens[i + 1]
      var next = i + 2
      if next < tokens.count, tokens[next].uppercased() == "AS" { next += 1 }
      let clauses: Set = ["ON", "USING", "LEFT", "INNER", "CROSS", "JOIN", "NATURAL", ",", "("]
      let hasAlias = next < tokens.count && !clauses.contains(tokens[next].uppercased())
      let isOuter = i > 0 && ["LEFT", "OUTER"].contains(tokens[i - 1].uppercased())
      if isOuter { outer.insert(table) } else { tables[hasAlias ? tokens[next] : table] = table }
    }
    return tables.filter { !outer.contains($0.value) }
  }

  /// The comma-separated parts of a list.
  private static func items(_ tokens: ArraySlice<String>) -> [[String]] {
    tokens.split(separator: ",").map(Array.init)
  }

  /// Tokens outside brackets; a bracket with its content is one `(`.
  private static func outermost(_ tokens: [String]) -> [String] {
    var depth = 0
    return tokens.filter { token in
      if token == ")" { depth -= 1 }
      defer { if token == "(" { depth += 1 } }
      return depth == 0 && token != ")"
    }
  }

  /// Words, numbers, quoted texts and signs; comments left out.
  private static func tokens(_ sql: String) -> [String] {
    var tokens: [String] = []
    for line in sql.split(separator: "\n") {
      var rest = line[...]
      while let first = rest.first, !rest.hasPrefix("--") {
        if first.isWhitespace {
          rest = rest.dropFirst()
        } else if first == "'" || first == "\"" {
          let inside = rest.dropFirst().prefix { $0 != first }
          tokens.append(first == "'" ? "'" : String(inside))
          rest = rest.dropFirst(inside.count + 2)
        } else if isWord(first) {
          let word = rest.prefix(while: isWord)
          tokens.append(String(word))
          rest = rest.dropFirst(word.count)
        } else {
          tokens.append(String(first))
          rest = rest.dropFirst()
        }
      }
    }
    return tokens
  }

  private static func isWord(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_" || character == ":"
  }
}
