import ArgumentParser
import Diagnostics
import Warehouse

/// `evoke schema [TABLE]`
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema", abstract: "Describes the catalog's tables, views and columns.")

  @Argument(help: "Table or view.")
  var table: String?

  @Flag(help: "Columns that are left out of the hashes of rows, with the reason.")
  var exempt = false

  @OptionGroup var formatting: FormatOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let result = try global.withWarehouse(.reading, part: .catalog) { warehouse in
      try warehouse.read { connection -> SQLTable in
        if exempt { return try connection.table(.exemptColumns) }
        guard let table else { return try connection.table(.documentedObjects) }
        let names = try connection.documentedObjects().map(\.object)
        guard names.contains(table) else {
          throw EvokeError(
            .unknownQuestion, table, reason: "the catalog has no table or view of this name",
            remedy: NearMiss.suggestion(table, in: names, otherwise: "evoke schema lists them all"))
        }
        return try connection.table(.documentedColumns, ["object": .text(table)])
      }
    }
    try Output.write(formatting.text(result, global))
  }
}
