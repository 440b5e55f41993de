import Diagnostics
import Warehouse

/// The one unit behind rows of a view.
public enum RowUnit {
  /// - Parameter question: what was asked, `VIEW` or `VIEW:COLUMN=VALUE,...`.
  /// - Throws: `E-QRY-001` for a view whose rows are not of units, `E-WH-010` where there is no row, `E-QRY-007` where the
  ///   rows are of several units, with how many and with the column that tells them apart.
  public static func only(in table: SQLTable, of view: String, question: String) throws -> String {
    guard let place = table.columns.firstIndex(of: "unit_key") else {
      throw EvokeError(
        .unknownQuestion, view, reason: "its rows are no results of units",
        remedy: "name a result view, an array or a source")
    }
    guard !table.rows.isEmpty else {
      throw EvokeError(
        .unknownName, view, reason: "no row meets the conditions", remedy: "evoke query \(view) shows the rows")
    }
    var groups: [String: [[SQLValue]]] = [:]
    for row in table.rows.map(\.values) { if let unit = row[place].string { groups[unit, default: []].append(row) } }
    guard let unit = groups.keys.sorted().first else {
      throw EvokeError(
        .unknownName, view, reason: "no unit made the rows that meet the conditions: they were imported",
        remedy: "evoke why takes the array or source they speak of")
    }
    guard groups.count > 1 else { return unit }
    throw several(groups, table, question: question)
  }

  private static func several(_ groups: [String: [[SQLValue]]], _ table: SQLTable, question: String) -> EvokeError {
    let units = groups.sorted { $0.key < $1.key }.map(\.value)
    let columns = telling(units, table.columns)
    // The values of the first unit are an example that works as printed.
    let example = columns.map { "\(table.columns[$0])=\(word(units[0][0][$0]))" }.joined(separator: ",")
    let names = columns.map { table.columns[$0] }.joined(separator: " and ")
    return EvokeError(
      .ambiguousName, question, reason: "\(table.rows.count) rows of \(units.count) units meet the conditions",
      remedy: "add what tells them apart, \(names), as in evoke why "
        + ShellText.quoted(question + (question.contains(":") ? "," : ":") + example))
  }

  /// Columns, of as few as a greedy search finds, whose values no two units share; the unit's own where nothing else does.
  private static func telling(_ units: [[[SQLValue]]], _ columns: [String]) -> [Int] {
    let usable = columns.indices.filter { column in
      columns[column] != "unit_key" && columns[column] != "flags"
        && units.allSatisfy { isTelling($0.map { $0[column] }) }
    }
    var chosen: [Int] = []
    func count(_ places: [Int]) -> Int { Set(units.map { rows in places.map { rows[0][$0] } }).count }
    while count(chosen) < units.count {
      let ranked = usable.map { (place: $0, count: count(chosen + [$0])) }
      guard let best = ranked.map(\.count).max(), best > count(chosen),
        let next = ranked.first(where: { $0.count == best })
      else { return columns.indices.filter { columns[$0] == "unit_key" } }
      chosen.append(next.place)
    }
    return chosen
  }

  /// One word or whole number; what was measured tells anything apart, and nobody would type it.
  private static func isTelling(_ values: [SQLValue]) -> Bool {
    Set(values).count == 1 && (values[0].isNull || values[0].string != nil || values[0].int != nil)
  }

  private static func word(_ value: SQLValue) -> String {
    switch value {
    case .null, .blob: ""
    case .integer(let number): "\(number)"
    case .real(let number): number == number.rounded() && abs(number) < 1e15 ? "\(Int(number))" : "\(number)"
    case .text(let text): text
    }
  }
}
