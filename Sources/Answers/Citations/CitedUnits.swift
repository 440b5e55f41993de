import ContentIdentity
import Diagnostics
import Warehouse

/// The units behind the value that a query returns.
enum CitedUnits {
  /// Keys, sorted; none where the query reads no rows of units, but scores of other programs, say, which have the key of the
  /// import that brought them.
  ///
  /// They are what the query returns beside the value in columns whose names begin with `unit_key` (several in one text with
  /// commas between them), else those of the rows that the value is made of: the same query with `unit_key` in place of what
  /// it selects.
  ///
  /// - Throws: `E-CIT-002` where neither says it.
  static func keys(of sql: String, row: SQLRow, in warehouse: Warehouse) throws -> [String] {
    let places = row.columns.indices.filter { row.columns[$0].hasPrefix("unit_key") }
    if !places.isEmpty { return try computed(places.map { row.values[$0] }, in: warehouse) }
    let tables = try warehouse.tablesRead(by: sql)
    guard tables.contains(where: { table in ResultTables.all.contains { $0.table == table } }) else { return [] }
    guard let values = try derived(sql, in: warehouse) else {
      throw EvokeError(
        .citedRowUnknown, String(sql.prefix(120)), reason: "it is not a query of one view or table that has unit_key",
        remedy: "return the units beside the value: SELECT a.r - b.r, a.unit_key, b.unit_key AS unit_key_b ...")
    }
    return try computed(values, in: warehouse)
  }

  /// The keys in some values, sorted, without those of imports.
  private static func computed(_ values: [SQLValue], in warehouse: Warehouse) throws -> [String] {
    let keys = Set(values.compactMap(\.string).flatMap { $0.split(separator: ",").map(String.init) }).sorted()
    return try warehouse.read { connection in
      let units = Set(
        try connection.unitStates(keys: JSONValue.array(keys.map { .string($0) }).canonical).map(\.unitKey))
      return try keys.filter { key in try units.contains(key) || connection.importByKey(key: key).isEmpty }
    }
  }

  /// `unit_key` of the rows that a query of one value reads; nil where it has none, or several.
  private static func derived(_ sql: String, in warehouse: Warehouse) throws -> [SQLValue]? {
    guard let parts = QueryParts(sql) else { return nil }
    func last(_ text: String) throws -> [SQLValue]? {
      do {
        return try warehouse.userQuery(text).first?.rows.compactMap(\.values.last)
      } catch let error as EvokeError where error.code == .invalidSQL { return nil }
    }
    if parts.isGrouped { return try last(parts.beside("group_concat(DISTINCT unit_key)")) }
    let all = try last(parts.ofEveryRow("unit_key"))
    guard let all, parts.hasLimit else { return all }
    // A limit counts rows of the answer: of a query that aggregates there is one, whatever number it is made of.
    guard try last(parts.withoutLimit)?.count == all.count else { return all }
    return try last(parts.beside("unit_key"))
  }
}

/// A query cut where another selection can take the place of its own.
package struct QueryParts {
  /// Common table expressions.
  private let head: String
  /// What it selects.
  package let list: String
  /// From FROM to before the order or limit.
  package let body: String
  /// What stands after GROUP BY; empty where it groups nothing.
  package let group: String
  private let order: String
  private let limit: String
  package let isGrouped: Bool
  package var hasLimit: Bool { !limit.isEmpty }
  package var withoutLimit: String { "\(head)SELECT \(list)\(body)" }

  /// Nil for what is no single SELECT with a FROM, or several joined by UNION and its like.
  package init?(_ sql: String) {
    let sql = Self.withoutEnd(sql[...])
    let words = Self.topWords(sql)
    func place(_ word: String) -> Range<String.Index>? { words.first { $0.word == word }?.range }
    guard !words.contains(where: { ["UNION", "INTERSECT", "EXCEPT"].contains($0.word) }),
      let select = place("SELECT"), let from = place("FROM")
    else { return nil }
    let end = place("LIMIT")?.lowerBound ?? sql.endIndex
    let start = place("ORDER")?.lowerBound ?? end
    head = String(sql[..<select.lowerBound])
    list = String(sql[select.upperBound..<from.lowerBound])
    body = String(sql[from.lowerBound..<start])
    order = String(sql[start..<end])
    limit = String(sql[end...])
    let grouped = place("GROUP")
    isGrouped = grouped != nil
    let having = place("HAVING")?.lowerBound ?? start
    group = grouped.map { $0.upperBound < having ? String(sql[$0.upperBound..<having]) : "" } ?? .init()
  }

  /// The answer with an expression as its last column.
  package func beside(_ expression: String) -> String { "\(head)SELECT \(list), \(expression) \(body)\(order)\(limit)" }

  /// Another selection of the same rows, in their order and up to their limit.
  package func selecting(_ expression: String) -> String { "\(head)SELECT \(expression) \(body)\(order)\(limit)" }

  /// The expression of every row that the query reads, before anything is aggregated, ordered or limited.
  package func ofEveryRow(_ expression: String) -> String { "\(head)SELECT \(expression) \(body)" }

  private static func withoutEnd(_ text: Substring) -> String {
    var text = text
    while let last = text.last, last.isWhitespace || last == ";" { text = text.dropLast() }
    return String(text)
  }

  /// Words in capitals outside brackets, quotes and comments.
  private static func topWords(_ sql: String) -> [(word: String, range: Range<String.Index>)] {
    let token = /--[^\n]*|\/\*(?s:.*?)\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]]*\]|\w+|[()]/
    var depth = 0
    var words: [(word: String, range: Range<String.Index>)] = []
    for match in sql.matches(of: token) {
      switch match.output {
      case "(": depth += 1
      case ")": depth -= 1
      case let text where depth == 0 && text.first?.isLetter == true:
        words.append((text.uppercased(), match.range))
      default: continue
      }
    }
    return words
  }
}
