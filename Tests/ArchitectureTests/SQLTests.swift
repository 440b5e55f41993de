import Foundation
import Testing

/// SQL stands in `schema` and `queries`, and rows have types.
@Suite struct SQLTests {
  private let house: House

  init() throws { house = try House() }

  /// Files that make statements, with the reason. The list may only shrink.
  private static let makers = [
    "Connection.swift": "inserts by the names of columns",
    "CatalogText.swift": "finds the tables of a migration",
    "HashedTable.swift": "reads of any table the rows of an activity, as the schema has them",
    "Connection+Statements.swift": "inserts and identities of typed rows",
    "Warehouse+Migrations.swift": "CREATE VIEW and DROP VIEW",
    "Verification+Structure.swift": "selects each view once",
    "ViewSelection.swift": "conditions of the user on a view",
    "ViewSelection+Departure.swift": "the people that conditions of the user choose",
    "ReaderScript+Python.swift": "the text of a Python file that asks a warehouse",
    "ReaderScript+R.swift": "the text of an R file that asks a warehouse",
    "IndexPage.swift": "a line that a page shows its readers",
    "DeclaredFamily.swift": "conditions of the user on a view, and the rows of fits among them",
    "Departure+Owner.swift": "a frozen statement, asked whose its rows are",
    "RowsOfPeople.swift": "a user's statement, asked whose its rows are",
    "UserSQL.swift": "knows the statements a user may run",
    "Warehouse.swift": "settings of the connection",
    "Warehouse+Seal.swift": "copies the log into the catalog, in the access that wrote it",
    "Warehouse+Identity.swift": "asks SQLite about the catalog's file",
  ]

  @Test func swiftHoldsNoSQL() throws {
    let statement =
      /"[^"\n]*\b(SELECT [^"\n]+ FROM|INSERT [^"\n]*INTO|UPDATE \w+ SET|DELETE FROM|CREATE (TABLE|VIEW)|DROP (TABLE|VIEW)|PRAGMA)\b/
    // Lines of a text of several lines.
    let lines = /(?m)^ +(SELECT|WITH \w+ AS|INSERT (OR \w+ )?INTO|UPDATE \w+ SET|DELETE FROM|CREATE|DROP)\b/
    var made: Set<String> = []
    for target in house.targets.values where target.room != "build" {
      for file in house.files(of: target) {
        let text = try String(contentsOf: file, encoding: .utf8)
        guard text.contains(statement) || text.contains(lines) else { continue }
        made.insert(file.lastPathComponent)
        #expect(Self.makers[file.lastPathComponent] != nil, "\(target.name)/\(file.lastPathComponent) holds SQL")
      }
    }
    #expect(Set(Self.makers.keys).subtracting(made) == [], "the list names files that make no statement")
  }

  /// Rows whose columns are texts are for tables that a user sees.
  @Test func rowsByTheNamesOfColumnsAreForTables() throws {
    let importers = house.targets.values.filter { $0.path.hasPrefix("importers/") }.map(\.name)
    for name in ["Upkeep", "Lineage", "Figures"] + importers {
      let target = try #require(house.targets[name])
      for file in house.files(of: target) {
        #expect(try !String(contentsOf: file, encoding: .utf8).contains("SQLRow"), "\(name)/\(file.lastPathComponent)")
      }
    }
  }
}
