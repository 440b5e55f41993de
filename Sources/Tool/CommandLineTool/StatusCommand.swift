import ArgumentParser
import ContentIdentity
import Diagnostics
import FileSystem
import TableText
import Warehouse

/// `evoke status`
struct StatusCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status", abstract: "Shows what is there, what is done and what failed.")

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let directory = try global.directory()
    let (tables, catalog) = try global.withWarehouse(.reading, part: .catalog) { warehouse in
      guard let catalog = Files.size(of: warehouse.catalogPath) else {
        throw EvokeError(
          .notAWarehouse, directory, reason: "its catalog.sqlite is gone", remedy: "run evoke status again")
      }
      let tables = try warehouse.read { connection in
        try [
          ("contents", .contents), ("unit_counts", .unitCounts), ("failed_units", .failedUnits), ("storage", .storage),
          ("run_hashes", .runHashes),
        ]
        .map { (name: String, statement: Statement) in (name, try connection.table(statement)) }
      }
      return (tables, catalog)
    }
    if global.json {
      let sections = tables.map { name, table in
        "  \(JSONValue.string(name).canonical): " + TableFormat.json.text(table).trimmedEnd
      }
      try Output.write(
        "{\n  \"schema\": \"evoke.status/1\",\n  \"warehouse\": \(JSONValue.string(directory).canonical),\n"
          + "  \"catalog_bytes\": \(catalog),\n" + sections.joined(separator: ",\n") + "\n}\n")
      return
    }
    try Output.line("\(directory)  catalog \(catalog) bytes")
    for (name, table) in tables where !table.rows.isEmpty {
      try Output.write("\n\(Self.titles[name] ?? name)\n" + TableFormat.table.text(table, digits: 4))
    }
  }

  private static let titles = [
    "contents": "Contents", "unit_counts": "Units", "failed_units": "Failed units", "storage": "Arrays",
    "run_hashes": "Hashes of the newest runs: of the plan, and of all results",
  ]
}

extension String {
  /// Without the newlines at its end.
  var trimmedEnd: String {
    var text = self[...]
    while text.last?.isNewline == true { text = text.dropLast() }
    return String(text)
  }
}
