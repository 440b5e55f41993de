import ContentIdentity
import Queries
import Warehouse

/// What Datasette shows beside the tables of a catalog: a description of each table, view and column, and the published
/// reports as queries. It holds no data.
///
/// Source: Datasette 0.65, `docs/metadata.rst`.
public enum DatasetteMetadata {
  /// - Parameter database: as Datasette calls the file: its name without the ending.
  public static func document(of warehouse: Warehouse, database: String = "catalog") throws -> JSONValue {
    let tables = try warehouse.read { connection in
      try connection.documentedObjects().map { object -> (String, JSONValue) in
        let columns = try connection.documentedColumns(object: object.object).map {
          ($0.column, JSONValue.string($0.description))
        }
        return (
          object.object,
          [
            "description": .string("\(object.tier): \(object.description)"),
            "columns": .object(Dictionary(uniqueKeysWithValues: columns)),
          ]
        )
      }
    }
    let queries = Queries.reports.map { report -> (String, JSONValue) in
      (report.name, ["description": .string(CatalogText.view(report).description), "sql": .string(report.sql)])
    }
    return [
      "title": "Evoke warehouse",
      "description": "Published views answer the questions of encoding studies; each row stands alone.",
      "databases": [
        database: [
          "tables": .object(Dictionary(uniqueKeysWithValues: tables)),
          "queries": .object(Dictionary(uniqueKeysWithValues: queries)),
        ]
      ],
    ]
  }
}
