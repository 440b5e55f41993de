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
  /// Whose rows are.
  enum Owner { case group, person, unknown }

  private let warehouse: Warehouse
  private let parameters: [String: SQLValue]
  private let isAttached: Bool
  /// Tables and views in which rows or values of persons may stand, with what says of whom: columns of their own or, where
  /// rows speak of fits, those of the fit.
  private let objects: [String: Set<String>]
  /// Those of them with columns that say so.
  private let telling: Set<String>
  /// Those of them whose rows say their unit.
  private let ofUnits: Set<String>

  /// Those with values of persons and nothing that says so.
  private static let unsaid = ["cited", PaperNumberRow.table, MaterializedRowRow.table] + summaries
  private static let summaries = ["score_over_subjects", OverSubjectsRow.table]
  /// Whose the fit of a row is, without a column that could hide the row's own.
  private static let personOfFit =
    "(SELECT p.person FROM (SELECT fit_key AS k, coalesce(subject, rater) AS person FROM \(FitRow.table)) p "
    + "WHERE p.k = fit_key)"

  /// - Parameters:
  ///   - warehouse: whose people they may be.
  ///   - asked: where the statement is asked, if others are attached there.
  ///   - parameters: values of the statement's parameters.
  init(in warehouse: Warehouse, asked: Warehouse? = nil, parameters: [String: SQLValue] = [:]) throws {
    (self.warehouse, self.parameters, isAttached) = (asked ?? warehouse, parameters, asked != nil)
    (objects, telling, ofUnits) = try warehouse.read { connection in
      guard try !connection.knownPeople().isEmpty else { return ([:], [], []) }
      var objects = Dictionary((HashedRows.personal + Self.unsaid).map { ($0, Set<String>()) }) { first, _ in first }
      let said = try connection.objectsOfPeople()
      for row in said { objects[row.object, default: []].insert(row.personColumn) }
      // Of fits of another warehouse nothing is known here.
      for row in try connection.objectsOfFits() { objects[row.object] = asked == nil ? [Self.personOfFit] : [] }
      return (objects, Set(said.map(\.object)), Set(said.filter { $0.hasUnit == 1 }.map(\.object)))
    }
  }

  /// Whether rows of persons may stand in a view that has no column to say so.
  func areHidden(in view: String) -> Bool { objects[view] != nil && !telling.contains(view) }

  /// Tables and views of persons that a statement reads, as often as it does.
  private func read(by sql: String) -> [String] { SelectedValues.tables(in: sql).filter { objects[$0] != nil } }

  /// - Parameter columns: those that each statement returns. None of several is asked by itself.
  func owner(of sql: String, columns: [[String]]) throws -> Owner {
    let read = read(by: sql)
    if read.isEmpty { return .group }
    let unsaid: Owner = columns.allSatisfy(Self.sayWhose) ? .group : .unknown
    guard columns.count == 1, read.count == 1, !Self.isNested(sql), let parts = QueryParts(sql),
      let own = objects[read[0]]
    else {
      return unsaid
    }
    if Self.summaries.contains(read[0]) { return try ownerOfCells(parts) ?? unsaid }
    if !telling.contains(read[0]) {
      let values = SelectedValues(parts)
      if try values.areOfWholeTable && values.areOverAll && isOneOfMany(parts) { return .group }
      if own.isEmpty { return unsaid }
    }
    for column in own where try last(Self.counting(column, parts)) == nil { return unsaid }
    let person = own.count == 1 ? own.joined(separator: "") : "coalesce(\(own.sorted().joined(separator: ", ")))"
    return try owner(of: parts, person)
  }

  /// Beside what it selects where it groups, as its groups may be numbers of what it selects.
  private static func counting(_ person: String, _ parts: QueryParts) -> String {
    parts.isGrouped ? parts.beside("count(\(person))") : parts.ofEveryRow("count(\(person))")
  }

  /// Of rows that say whose they are.
  private func owner(of parts: QueryParts, _ person: String) throws -> Owner {
    guard try last(Self.counting(person, parts))?.contains(where: { $0.int != 0 }) ?? true else {
      return .group
    }
    let persons = "count(DISTINCT \(person))"
    let isOne = try isOneOfMany(parts)
    if parts.isGrouped || isOne {
      guard SelectedValues(parts).areOverAll else { return .person }
      if !parts.isGrouped { return try value(parts.ofEveryRow(persons)) == 1 ? .person : .group }
      return try last(parts.beside(persons))?.contains { $0.int == 1 } ?? true ? .person : .group
    }
    guard parts.hasLimit else { return .person }
    return try last(parts.beside(person))?.contains { !$0.isNull } ?? true ? .person : .group
  }

  /// Of sums over subjects: one of a single person is theirs, and so is the largest value of several. Nil where it cannot be
  /// asked.
  private func ownerOfCells(_ parts: QueryParts) throws -> Owner? {
    guard !isAttached else { return nil }
    let cell = "run_id || ' ' || fit_key"
    guard let found = try last(parts.ofEveryRow(parts.isGrouped ? "group_concat(DISTINCT \(cell))" : cell)) else {
      return nil
    }
    let cells = Set(found.compactMap(\.string).flatMap { $0.split(separator: ",").map(String.init) })
    let showsLargest =
      parts.beside("1").contains(/(?i)r_max\b/) || parts.list.contains(/(?:^|,|\.)\s*\*/)
    let ofPeople = try warehouse.read { try $0.cellsOfPeople() }
    let isOfPerson = ofPeople.contains { row in
      (showsLargest || row.isAlone == 1) && cells.contains("\(row.runID) \(row.fitKey)")
    }
    return isOfPerson ? .person : .group
  }

  /// Of a number that was cited: where its statement says nothing, its units do.
  ///
  /// They are known where the row shows one for every table or view of persons that the statement reads.
  func owner(of number: Citation) throws -> Owner {
    let (sql, row) = (number.frozen.sql, number.frozen.table.table)
    let owner = try owner(of: sql, columns: [row.columns])
    let read = read(by: sql)
    guard owner != .person, !read.isEmpty, !Self.sayWhose(row.columns) else { return owner }
    // Of what is gone no statement says any more whose it was.
    if number.units.contains(where: { $0.resultNow == nil }) { return .unknown }
    guard owner == .unknown else { return owner }
    let told = row.columns.indices.filter { row.columns[$0].hasPrefix("unit_key") }
    let isPlain = read.count == 1 && !Self.isNested(sql)
    guard told.count >= read.count || isPlain && !number.units.isEmpty else { return .unknown }
    let shown = told.compactMap { row.rows[0].values[$0].string }.flatMap { $0.split(separator: ",").map(String.init) }
    return try self.owner(ofUnits: Set(number.units.map(\.key)), keys: Set(shown))
  }

  /// Of whatever some units computed, and imports with these keys brought.
  private func owner(ofUnits units: Set<String>, keys: Set<String>) throws -> Owner {
    let values: [String: SQLValue] = [
      "units": .text(Departure.list(units)), "keys": .text(Departure.list(units.union(keys))),
    ]
    func rows(_ sql: String) throws -> [SQLRow] { try warehouse.userQuery(sql, values).first?.rows ?? [] }
    for object in ofUnits.sorted() {
      let persons = objects[object, default: []].sorted().map { "\"\($0)\" IS NOT NULL" }.joined(separator: " OR ")
      let found = try rows(
        "SELECT 1 FROM \"\(object)\" WHERE unit_key IN (SELECT value FROM json_each(:keys)) AND (\(persons)) LIMIT 1")
      if !found.isEmpty { return .person }
    }
    // Views show the newest expansion of each study only.
    let current = try rows(
      "SELECT DISTINCT unit_key FROM current_unit WHERE unit_key IN (SELECT value FROM json_each(:units))")
    return current.count == units.count ? .group : .unknown
  }

  private static func isNested(_ sql: String) -> Bool { sql.matches(of: /(?i)\bselect\b/).count > 1 }

  /// Whether rows show outright whose they are.
  static func sayWhose(_ columns: [String]) -> Bool { Departure.peopleColumns.allSatisfy(columns.contains) }

  /// Whether several rows became one.
  private func isOneOfMany(_ parts: QueryParts) throws -> Bool {
    guard let all = try value(parts.ofEveryRow("count(*)")), all > 1 else { return false }
    return try value("SELECT count(*) FROM (\(parts.withoutLimit)\n)") == 1
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
