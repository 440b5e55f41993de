import Diagnostics
import Foundation
import Lineage
import Testing
import Vocabulary
import Warehouse

/// What rows descend from that leave a warehouse.
@Suite struct DepartureRowTests {
  private static let columns = ["unit_key", "dataset"]

  private func table(_ rows: [[SQLValue]]) -> SQLTable {
    SQLTable(columns: Self.columns, rows: rows.map { SQLRow(columns: Self.columns, values: $0) })
  }

  @Test("a row that says neither unit nor dataset descends from every dataset, whatever the others say")
  func silentRows() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let writer = try Warehouse.open(small.directory, .writing("test"))
    try writer.write { try $0.execute("UPDATE dataset SET consent = 'none'") }
    try writer.close()
    let warehouse = try Warehouse.open(small.directory, .reading)
    defer { try? warehouse.close() }
    try warehouse.read { connection in
      for rows: [[SQLValue]] in [[[.null, .null]], [["u", .null], [.null, .null]]] {
        let departure = try Departure("rows", showing: table(rows), telling: table(rows), in: connection)
        #expect(departure.datasets == ["held"])
        let error = #expect(throws: EvokeError.self) { try departure.permit(connection) }
        #expect(error?.code == .consentForbids)
      }
      let told = table([["u", .null], [.null, "elsewhere"]])
      let known = try Departure("rows", showing: told, telling: told, in: connection)
      // What a unit computed is asked of the unit, whatever else its dataset holds.
      #expect(known.datasets == ["elsewhere"] && known.wholeDatasets == ["elsewhere"])
      let unit = table([["u", "held"]])
      #expect(try Departure("rows", showing: unit, telling: unit, in: connection).wholeDatasets.isEmpty)
      let none = table([])
      #expect(try Departure("rows", showing: none, telling: none, in: connection).datasets.isEmpty)
    }
  }

  /// Columns by which a row says whose it is.
  private static let naming: Set = ["dataset", "dataset_a", "dataset_b", "dataset_id"]

  /// Each table that says of a row whose it is and which activity it goes with: the row is said to be of a dataset of its own, of
  /// which nothing else speaks. What it goes with read a file that a unit before it had been given.
  private func places(_ connection: Connection) throws -> [(dataset: String, column: String)] {
    let unit = try connection.rows("SELECT activity_id, activity_key FROM activity WHERE kind = 'unit'")[0]
    let filling = try Filling(
      connection, given: ["unit_key": unit["activity_key"], "activity_id": unit["activity_id"]])
    let tables = try filling.fill().union(["stimulus", "activity"]).intersection(filling.tables(having: Self.naming))
    #expect(tables.isSuperset(of: ["fit", "external_score", "recording", "synchrony_contrast", "stored_array"]))
    return try tables.sorted().flatMap { table in
      let columns = try #require(filling.shapes[table]).columns.map(\.name).filter(Self.naming.contains)
      return try columns.map { column in
        let dataset = "\(table) \(column)"
        let number = try connection.insert("dataset", [("name", .text(dataset))])
        let value = column == "dataset_id" ? SQLValue.int(number) : .text(dataset)
        let condition = table == "activity" ? "WHERE activity_id = \(unit.int("activity_id"))" : ""
        try connection.execute("UPDATE \"\(table)\" SET \"\(column)\" = :value \(condition)", ["value": value])
        return (dataset, column == "dataset_id" ? "dataset" : column)
      }
    }
  }

  @Test("of every table, rows that name a dataset and no unit leave as the strictest of its word and its files' allows")
  func everyTable() throws {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let warehouse = try Warehouse.open(small.directory, .writing("test"))
    defer { try? warehouse.close() }
    try warehouse.rehearse { connection in
      for (dataset, column) in try places(connection) {
        let row = SQLTable(columns: [column], rows: [SQLRow(columns: [column], values: [.text(dataset)])])
        for file in Consent.allCases {
          for own in Consent.allCases {
            try connection.execute("UPDATE source_file SET consent = :word", ["word": .text(file.rawValue)])
            try connection.execute(
              "UPDATE dataset SET consent = CASE WHEN name = :name THEN :word ELSE 'open' END",
              ["name": .text(dataset), "word": .text(own.rawValue)])
            let strictest = Consent.strictest([file, own])
            var departure = try Departure("rows", showing: row, telling: row, in: connection)
            #expect(try departure.consent(connection) == strictest, "\(dataset): \(file), \(own)")
            for kind in DataClass.allCases {
              departure.dataClass = kind
              let isLet = (try? departure.permit(connection)) != nil
              #expect(isLet == strictest.admits(kind), "\(dataset): \(file), \(own), \(kind)")
            }
          }
        }
      }
    }
  }

  @Test("words of consent that cannot be read allow nothing")
  func words() throws {
    #expect(try Consent.stored(list: #"["open", null]"#, of: "f") == [.open, .unstated])
    for text in [#"{"a": "open"}"#, "null", "[1]", #"["perhaps"]"#, "[", ""] {
      #expect(throws: (any Error).self, "\(text)") { try Consent.stored(list: text, of: "f") }
    }
  }
}
