import Lineage
import Warehouse

/// A statement of the user's own, for what its rows are.
struct UserStatement {
  let sql: String
  let parameters: [String: SQLValue]

  /// Rows of catalog and arrays: raw where it reads an array of a person, per-subject where they name one or are of one
  /// (`RowsOfPeople`). Where it names an array by an expression, every array of a person may be meant.
  ///
  /// - Parameter asked: where it was asked, if `warehouse` was attached there.
  func departure(of tables: [SQLTable], in warehouse: Warehouse, asked: Warehouse? = nil) throws -> Departure {
    let object = String(sql.prefix(80))
    guard sql.contains(/(?i)\bfrom\b/) else { return Departure(object, .group) }
    var departure = try warehouse.read { connection in
      var departure = Departure(object, .group)
      for table in tables {
        let part = try Departure(object, showing: table, telling: table, in: connection)
        departure.units.formUnion(part.units)
        departure.datasets.formUnion(part.datasets)
        departure.wholeDatasets.formUnion(part.wholeDatasets)
        if part.dataClass != .group { departure.dataClass = part.dataClass }
      }
      let named = names
      let list = named.contains(nil) ? nil : Departure.list(Set(named.compactMap(\.self)))
      let ofPeople = try connection.arraysOfPeople(names: list).map(\.name)
      departure.arrays = Set(named.compactMap(\.self) + ofPeople)
      if !ofPeople.isEmpty { departure.dataClass = .raw }
      return departure
    }
    if try departure.dependsOnOwner(in: warehouse) {
      let people = try RowsOfPeople(in: warehouse, asked: asked, parameters: parameters)
      departure.become(try people.owner(of: sql, columns: tables.map(\.columns)))
    }
    return departure
  }

  /// Of each `array(...)` the name; nil for an expression.
  private var names: [String?] {
    sql.matches(of: /(?i)\barray\s*\(\s*(?:'((?:[^']|'')*)'\s*\)|[:@$](\w+)\s*\))?/).map { match in
      if let quoted = match.1 { return String(quoted).replacing("''", with: "'") }
      return match.2.flatMap { parameters[String($0)]?.string }
    }
  }
}
