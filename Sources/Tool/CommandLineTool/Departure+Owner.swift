import Citations
import Diagnostics
import FrozenResults
import Lineage
import Warehouse

extension Departure {
  /// Whether its class has to be asked further: where rows of persons may leave, or where nothing may, it decides nothing.
  func dependsOnOwner(in warehouse: Warehouse) throws -> Bool {
    try dataClass == .group && warehouse.read { try !admits(.perSubject, $0) }
  }

  /// Rows of persons are per-subject, and so are those of which nothing says whose they are.
  mutating func become(_ owner: RowsOfPeople.Owner) {
    guard dataClass == .group, owner != .group else { return }
    (dataClass, isAssumed) = (.perSubject, owner == .unknown)
  }

  /// Rows of views that say nothing of persons and hold values of theirs.
  ///
  /// - Parameters:
  ///   - view: the published view or report.
  ///   - sql: selects the rows, with these values of its parameters.
  mutating func judge(
    _ view: String, _ sql: String, _ values: [String: SQLValue], columns: [String], in warehouse: Warehouse
  ) throws {
    guard try dependsOnOwner(in: warehouse) else { return }
    let people = try RowsOfPeople(in: warehouse, parameters: values)
    guard people.areHidden(in: view) else { return }
    guard view == "cited" else { return become(try people.owner(of: sql, columns: [columns])) }
    guard let parts = QueryParts(sql) else { return become(.unknown) }
    // Of numbers of a publication the queries tell whose they are.
    let labels = Set(
      try warehouse.userQuery(parts.selecting("label"), values).flatMap { $0.rows.compactMap { $0["label"].string } })
    for number in try warehouse.read({ try Citation.all(in: $0) }) where labels.contains(number.label) {
      let own = try number.departure(in: warehouse)
      if own.dataClass != .group { return become(own.isAssumed ? .unknown : .person) }
    }
  }
}

extension FrozenResult {
  /// What leaves with it: of a published view or report the same as with the same rows of now.
  func departure(in warehouse: Warehouse) throws -> Departure {
    let number = try warehouse.read { try Citation.all(in: $0) }.first { $0.frozen.label == label }
    if let number { return try number.departure(in: warehouse) }
    let (shown, values) = (table.table, try arguments())
    let told = view == nil ? nil : try telling(values, in: warehouse)
    var departure = try warehouse.read {
      try Departure("frozen result \(label)", showing: shown, telling: told ?? shown, in: $0)
    }
    guard try departure.dependsOnOwner(in: warehouse) else { return departure }
    if let view {
      try departure.judge(view, sql, values, columns: shown.columns, in: warehouse)
      if told == nil, !RowsOfPeople.sayWhose(shown.columns) { departure.become(.unknown) }
    } else {
      let people = try RowsOfPeople(in: warehouse, parameters: values)
      departure.become(try people.owner(of: sql, columns: [shown.columns]))
    }
    return departure
  }

  /// Columns that tell whose the rows are, of the same selection now; nil where it has fewer rows than were frozen.
  private func telling(_ values: [String: SQLValue], in warehouse: Warehouse) throws -> SQLTable? {
    guard let parts = QueryParts(sql) else { return nil }
    let limits = QueryLimits(seconds: QueryLimits.usualSeconds, rows: .max)
    func asked(_ sql: String) throws -> SQLTable? { try warehouse.userQuery(sql, values, limits: limits).first }
    do {
      guard let count = try asked("SELECT count(*) FROM (\(sql)\n)")?.rows.first?.values.first?.int,
        count >= table.rows.count
      else { return nil }
      let known = try asked("SELECT * FROM (\(parts.ofEveryRow("*"))\n) LIMIT 0")?.columns
      let columns = Departure.tellingColumns.filter { known?.contains($0) == true }
      if columns.isEmpty { return SQLTable(columns: [], rows: []) }
      let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
      return try asked("SELECT DISTINCT \(names) FROM (\(parts.selecting(names))\n)")
    } catch let error as EvokeError where error.code == .invalidSQL { return nil }
  }
}
