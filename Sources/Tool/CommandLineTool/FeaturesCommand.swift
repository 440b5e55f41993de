import ArgumentParser
import FeatureSpaces
import TableText
import Warehouse

/// `evoke features`
struct FeaturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features", abstract: "Which features are stored for which stimulus and element.",
    discussion: "--sets lists the built-in descriptor sets instead; evoke explain SET names the columns of one.")

  @Argument(help: "A stimulus; all unless told.") var stimulus: String?
  @Option(help: "Dataset; all unless told.") var dataset: String?
  @Option(help: "Element; all unless told.") var element: String?
  @Option(help: "Set, model or space; all unless told.") var space: String?
  @Flag(help: "The built-in descriptor sets.") var sets = false
  @OptionGroup var formatting: FormatOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    if sets { return try Output.write(formatting.text(Self.setTable, global)) }
    let table = try global.withWarehouse(.reading) { warehouse in
      try warehouse.read { try $0.table(.featureList) }
    }
    let wanted = [("stimulus", stimulus), ("dataset", dataset), ("element", element), ("feature_set", space)]
    let rows = table.rows.filter { row in
      wanted.allSatisfy { column, value in value == nil || row.optionalText(column) == value }
    }
    try Output.write(formatting.text(SQLTable(columns: table.columns, rows: rows), global))
  }

  private static var setTable: SQLTable {
    let columns = ["set", "columns", "made_of", "native_rate_hz", "summary"]
    return SQLTable(
      columns: columns,
      rows: FeatureSets.all.map { set in
        SQLRow(
          columns: columns,
          values: [
            .text(set.name), .int(set.columns.count), .text(set.mediumText),
            set.nativeRateHz.map { .real($0) } ?? .null, .text(set.summary),
          ])
      })
  }
}

extension FeatureSet {
  var mediumText: String {
    switch medium {
    case .picture: "picture"
    case .sound(let rateHz): "sound at \(rateHz) Hz"
    }
  }

  /// What `evoke explain SET` prints.
  var explanation: String {
    let names = ["column", "unit"]
    let rate = nativeRateHz.map { "\($0) rows per second or any bins" } ?? "one row per second"
    return "Set \(name): \(summary)\nMade of \(mediumText); \(rate); version \(version).\n\n"
      + TableFormat.table.text(
        SQLTable(
          columns: names,
          rows: zip(columns, units).map { SQLRow(columns: names, values: [.text($0), .text($1)]) }))
  }
}
