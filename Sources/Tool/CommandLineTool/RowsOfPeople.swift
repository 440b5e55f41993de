import Citations
import Diagnostics
import Lineage
import Warehouse

/// Whether rows that a statement returns are of one person each, whatever columns of them it shows.
///
/// The same statement with subject and rater in the place of what it selects says whose the rows are; one that adds them up
/// over several persons returns what is of a group. One that cannot be asked so, as it joins or nests tables that have rows of
/// persons, is taken to return them unless its own columns `subject` and `rater` say that it does not.
struct RowsOfPeople {
  private let warehouse: Warehouse
  private let parameters: [String: SQLValue]
  /// Tables and views in which rows of persons may stand.
  private let objects: Set<String>

  /// - Parameters:
  ///   - warehouse: whose people they may be.
  ///   - asked: where the statement is asked, if others are attached there.
  ///   - parameters: values of the statement's parameters.
  init(in warehouse: Warehouse, asked: Warehouse? = nil, parameters: [String: SQLValue] = [:]) throws {
    (self.warehouse, self.parameters) = (asked ?? warehouse, parameters)
    objects = try warehouse.read { connection in
      guard try !connection.knownPeople().isEmpty else { return [] }
      return Set(try connection.objectsOfPeople().map(\.object)).union(HashedRows.personal)
    }
  }

  /// - Parameter columns: those that the statement returns.
  private func areReturned(by sql: String, columns: [String]) throws -> Bool {
    // A name before a dot is that of a table once more.
    let names = sql.matches(of: /(\w+)(\s*\.)?/).filter { $0.2 == nil }.map { $0.1.lowercased() }
    let read = names.filter(objects.contains)
    guard !read.isEmpty else { return false }
    let isNested = read.count > 1 && names.count { $0 == "select" } > 1
    guard !isNested, let parts = QueryParts(sql) else { return !Self.sayWhose(columns) }
    let known = try Departure.peopleColumns.filter { try value(parts.ofEveryRow("count(\($0))")) != nil }
    // Of several tables a column that two have says nothing.
    guard let first = known.first, read.count == 1 || known.count == Departure.peopleColumns.count else {
      return try !Self.sayWhose(columns) && (parts.isGrouped || Self.gathers(sql) || !isOneOfMany(parts))
    }
    let person = known.count == 1 ? first : "coalesce(\(known.joined(separator: ", ")))"
    guard try value(parts.ofEveryRow("count(\(person))")) != 0 else { return false }
    let persons = "count(DISTINCT \(person))"
    if Self.gathers(sql) { return true }
    if parts.isGrouped { return try last(parts.beside(persons))?.contains { $0.int == 1 } ?? true }
    if try isOneOfMany(parts) { return try value(parts.ofEveryRow(persons)) == 1 }
    guard parts.hasLimit else { return true }
    return try last(parts.beside(person))?.contains { !$0.isNull } ?? true
  }

  /// Whether rows of several statements may be of one person each: none of them is asked by itself.
  func mayBeReturned(by sql: String, columns: [[String]]) throws -> Bool {
    if columns.count == 1 { return try areReturned(by: sql, columns: columns[0]) }
    return sql.matches(of: /\w+/).contains { objects.contains($0.output.lowercased()) }
      && !columns.allSatisfy(Self.sayWhose)
  }

  /// Whether rows show outright whose they are.
  private static func sayWhose(_ columns: [String]) -> Bool { Departure.peopleColumns.allSatisfy(columns.contains) }

  /// Whether it returns all values side by side in one.
  private static func gathers(_ sql: String) -> Bool {
    sql.contains(/(?i)\b(?:group_concat|string_agg|jsonb?_group_\w+)\s*\(/)
  }

  /// Whether several rows became one.
  private func isOneOfMany(_ parts: QueryParts) throws -> Bool {
    guard let all = try value(parts.ofEveryRow("count(*)")), all > 1 else { return false }
    return try value("SELECT count(*) FROM (\(parts.withoutLimit))") == 1
  }

  private func value(_ sql: String) throws -> Int? { try last(sql)?.first?.int }

  /// The last column; nil where it cannot be asked so.
  private func last(_ sql: String) throws -> [SQLValue]? {
    do {
      let limits = QueryLimits(seconds: QueryLimits.usualSeconds, rows: .max)
      return try warehouse.userQuery(sql, parameters, limits: limits, withArrays: true).first?.rows
        .compactMap(\.values.last)
    } catch let error as EvokeError where error.code == .invalidSQL { return nil }
  }
}
