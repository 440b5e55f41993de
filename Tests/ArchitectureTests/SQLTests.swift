import Foundation
import Testing

/// SQL stands in `schema` and `queries`, and rows have types.
@Suite struct SQLTests {
  private let house: House

  init() throws { house = try House() }

  /// Files that make statements, with the reason. The list may only shrink.
  private static let makers = [
    "Connection.swift": "inserts and identities by the names of columns",
    "CatalogText.swift": "finds the tables of a migration",
    "Connection+Statements.swift": "inserts and identities of typed rows",
    "Warehouse+Migrations.swift": "CREATE VIEW and DROP VIEW",
    "Collector+Commit.swift": "rows that workers return by table and column",
    "Verification+Structure.swift": "selects each view once",
    "ViewSelection.swift": "conditions of the user on a view",
    "BatchEntry.swift": "updates of datasets",
    "RecordEntry.swift": "the longest series of a stimulus",
    "RecordingRecord+Rows.swift": "lengths of stimuli",
    "StimulusRecord.swift": "media of a stimulus",
  ]

  @Test func swiftHoldsNoSQL() throws {
    let statement =
      /"[^"\n]*\b(SELECT [^"\n]+ FROM|INSERT [^"\n]*INTO|UPDATE \w+ SET|DELETE FROM|CREATE (TABLE|VIEW)|DROP (TABLE|VIEW))\b/
    var made: Set<String> = []
    for target in house.targets.values where target.room != "build" {
      for file in house.files(of: target) {
        let text = try String(contentsOf: file, encoding: .utf8)
        guard text.contains(statement) || text.contains(/(?m)^ +UPDATE \w+ SET\b/) else { continue }
        made.insert(file.lastPathComponent)
        #expect(Self.makers[file.lastPathComponent] != nil, "\(target.name)/\(file.lastPathComponent) holds SQL")
      }
    }
    #expect(Set(Self.makers.keys).subtracting(made) == [], "the list names files that make no statement")
  }

  /// Targets that read every row by the function of its query.
  private static let typed: Set = ["Warehouse", "Execution", "Archive", "Figures", "TableText", "CommandLineTool"]

  @Test func rowsOfQueriesAreTyped() throws {
    for name in Self.typed {
      let target = try #require(house.targets[name])
      for file in house.files(of: target) {
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(!text.contains(/\breport\(\s*"/), "\(name)/\(file.lastPathComponent) names a query by a text")
      }
    }
  }

  /// The archive and the coordinator see no row whose columns are texts.
  @Test func rowsByTheNamesOfColumnsAreForTables() throws {
    for name in ["Archive", "Figures", "TableText"] {
      let target = try #require(house.targets[name])
      for file in house.files(of: target) where !file.lastPathComponent.hasPrefix("TableFormat") {
        #expect(try !String(contentsOf: file, encoding: .utf8).contains("SQLRow"), "\(name)/\(file.lastPathComponent)")
      }
    }
  }
}
