import ContentIdentity
import Diagnostics
import Queries
import TypedTables
import Warehouse

/// A query with the rows that it returned when it was frozen under a label.
public struct FrozenResult: Sendable {
  public let label: String
  /// The published view or report; nil for a statement of the user's own.
  public let view: String?
  public let sql: String
  /// JSON: the values of the statement's parameters.
  public let parameters: String
  public let table: TypedTable

  public init(label: String, view: String?, sql: String, parameters: [String: SQLValue], table: TypedTable) {
    (self.label, self.view, self.sql, self.table) = (label, view, sql, table)
    self.parameters = CellText.of(parameters)
  }

  /// The frozen result of a label.
  ///
  /// - Throws: `E-WH-010` where there is none.
  public init(_ label: String, in connection: Connection) throws {
    guard let row = try connection.materializations(label: label).first else {
      let known = try connection.materializations(label: nil).map(\.label)
      throw EvokeError(
        .unknownName, "frozen result \(label)", reason: "nothing was frozen under this label",
        remedy: NearMiss.suggestion(label, in: known, otherwise: "evoke query materialized lists the labels"))
    }
    try self.init(row, in: connection)
  }

  init(_ row: Rows.Materializations, in connection: Connection) throws {
    let columns = try connection.materializedColumns(materialization: row.materializationID).map { column in
      guard let kind = Statement.Kind(rawValue: column.type) else {
        throw EvokeError(
          .catalogFailed, row.label, reason: "\(column.type) is no type of a column", remedy: "run evoke verify")
      }
      return TypedTable.Column(column.name, kind, description: column.description)
    }
    let kinds = columns.map(\.kind)
    let rows = try connection.materializedRows(materialization: row.materializationID).map {
      try CellText.row($0.cells, kinds)
    }
    (label, view, sql, parameters) = (row.label, row.view, row.sql, row.parameters)
    table = TypedTable(columns: columns, rows: rows)
  }

  /// SHA-256 of a line of JSON that names the columns with their types, and a line for each row, sorted by their bytes: an
  /// order that the query does not ask for changes nothing.
  public var sha256: String {
    let columns = JSONValue.array(table.columns.map { .array([.string($0.name), .string($0.kind.rawValue)]) })
    let rows = table.rows.map { Array(CellText.of($0).utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
    var hash = SHA256()
    hash.update(columns.canonical + "\n")
    for row in rows { hash.update(row + [UInt8(ascii: "\n")]) }
    return hash.hex()
  }

  /// The published views that the statement names, and those that they do.
  var views: [Queries.Query] {
    var found: Set<String> = []
    var texts = [sql]
    while let text = texts.popLast() {
      let code = text.split(separator: "\n").filter { !$0.hasPrefix("--") }.joined(separator: "\n")
      let words = Set(code.matches(of: /\w+/).map { String($0.0) })
      for view in Queries.views where words.contains(view.name) && found.insert(view.name).inserted {
        texts.append(view.sql)
      }
    }
    return Queries.views.filter { found.contains($0.name) }
  }

  /// Values of the statement's parameters, by their names.
  ///
  /// - Throws: `E-WH-005` for a text that is none.
  public func arguments() throws -> [String: SQLValue] { try CellText.parameters(parameters) }

  /// Asks the query again; how what it returns now differs from what was frozen, nil where it does not.
  ///
  /// - Parameter limits: a statement of somebody else's may run forever. Of rows it may return as many as were frozen.
  /// - Throws: what reading the catalog throws.
  public func difference(in warehouse: Warehouse, limits: QueryLimits = .usual) throws -> String? {
    let kinds = Dictionary(table.columns.map { ($0.name, $0.kind) }, uniquingKeysWith: { first, _ in first })
    let now: FrozenResult
    do {
      let values = try arguments()
      let own = QueryLimits(seconds: limits.seconds, rows: max(limits.rows, table.rows.count))
      guard let answer = try warehouse.userQuery(sql, values, limits: own).first else {
        return "its statement returns nothing"
      }
      let names = table.columns.map(\.name)
      guard answer.columns == names else { return "its columns are \(answer.columns.joined(separator: ", "))" }
      now = FrozenResult(
        label: label, view: view, sql: sql, parameters: values, table: try TypedTable(answer, of: nil, told: kinds))
    } catch let error as EvokeError where [.questionTimedOut, .tooManyRows].contains(error.code) {
      return "it was not asked to its end: \(error.reason); \(error.remedy)"
    } catch let error as EvokeError where [.invalidSQL, .mixedColumn, .refusedSQL].contains(error.code) {
      return "it cannot be asked again: \(error.object): \(error.reason)"
    }
    guard now.sha256 != sha256 else { return nil }
    guard now.table.rows.count == table.rows.count else {
      return "it returns \(now.table.rows.count) rows, frozen are \(table.rows.count)"
    }
    for (number, (old, new)) in zip(table.rows, now.table.rows).enumerated() {
      let places = table.columns.indices.filter { CellText.of([old[$0]]) != CellText.of([new[$0]]) }
      guard let place = places.first else { continue }
      let values = [old, new].map { CellText.of([$0[place]]).dropFirst().dropLast() }
      return "row \(number + 1): \(table.columns[place].name) was \(values[0]), is \(values[1])"
    }
    return "its rows differ"
  }
}
