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
      #expect(try Departure("rows", showing: told, telling: told, in: connection).datasets == ["elsewhere"])
      let none = table([])
      #expect(try Departure("rows", showing: none, telling: none, in: connection).datasets.isEmpty)
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
