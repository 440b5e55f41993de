import ArgumentParser
import Diagnostics
import Lineage
import Queries
import TableText
import Warehouse

/// `evoke why ROW|ARRAY`
struct WhyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why", abstract: "Shows what an array or a row descends from, down to source bytes.",
    discussion: """
      NAME is an array, a source path, a model, a unit key (or its first digits), or a view: then --where picks its rows, \
      as in: evoke why layer_sweep --where target=arousal --where is_peak=1
      """)

  @Argument(help: "Array, source, model, unit key, or view.")
  var name: String

  @Option(name: .customLong("where"), help: ArgumentHelp("Rows of the view; repeatable.", valueName: "column=value"))
  var conditions: [String] = []

  @Flag(help: "Show every input.")
  var all = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let limit = all ? Int.max : 8
    try global.withWarehouse(.reading) { warehouse in
      guard Queries.views.contains(where: { $0.name == name }) else {
        if global.json {
          try Output.write(TableFormat.json.text(try Self.edges(of: name, in: warehouse)))
        } else {
          try Output.write(try Ancestry.text(of: name, in: warehouse, inputLimit: limit))
        }
        return
      }
      let table = try ViewSelection(name: name, conditions: try conditions.map { try Condition($0) }).rows(
        in: warehouse)
      guard table.columns.contains("unit_key") else {
        throw EvokeError(
          .unknownQuestion, name, reason: "its rows are no results of units",
          remedy: "name a result view, an array or a source")
      }
      var units: [String] = []
      for unit in table.rows.compactMap({ $0["unit_key"].string }) where !units.contains(unit) { units.append(unit) }
      guard !units.isEmpty else {
        throw EvokeError(
          .unknownName, name, reason: "no row meets the conditions", remedy: "evoke query \(name) shows the rows")
      }
      guard units.count <= 5 else {
        throw EvokeError(
          .ambiguousName, name, reason: "its \(table.rows.count) rows come from \(units.count) units",
          remedy: "pick fewer with --where")
      }
      for unit in units {
        let rows = table.rows.filter { $0["unit_key"] == .text(unit) }
        try Output.line("\(rows.count) row\(rows.count == 1 ? "" : "s") of \(name)")
        try Output.write(try Ancestry.text(of: unit, in: warehouse, inputLimit: limit))
      }
    }
  }

  private static func edges(of name: String, in warehouse: Warehouse) throws -> SQLTable {
    let table = try ViewSelection(name: "lineage", conditions: [Condition(column: "descendant", equals: name)])
      .rows(in: warehouse)
    guard table.rows.isEmpty else { return table }
    throw EvokeError(
      .unknownName, name, reason: "nothing of this name descends from anything",
      remedy: "give a whole array name or unit key")
  }
}
