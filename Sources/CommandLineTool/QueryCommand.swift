import ArgumentParser
import Diagnostics
import Queries
import Warehouse

/// `evoke query [NAME]`
struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Runs a published view or report.",
    discussion: "Conditions: --where target=arousal --where 'r>0.1' --where region= (no value). Without NAME: the list.")

  @Argument(help: "View or report.")
  var name: String?

  @Flag(help: "List the views and reports with the question each answers.")
  var list = false

  @Option(help: "Rows of this cohort only.")
  var cohort: String?

  @Option(name: .customLong("where"), help: ArgumentHelp("Rows that meet a condition; repeatable.", valueName: "column=value"))
  var conditions: [String] = []

  @Option(help: ArgumentHelp("Columns, comma-separated; all unless told.", valueName: "names"))
  var columns: String?

  @Option(help: ArgumentHelp("Order by a column, -COLUMN for descending.", valueName: "column"))
  var order: String?

  @Option(help: ArgumentHelp("At most this many rows.", valueName: "n"))
  var limit: Int?

  @OptionGroup var formatting: FormatOptions
  @OptionGroup var global: GlobalOptions

  /// Reports that read only and take no parameters: those a user may ask for by name.
  static let reports = ["contents", "family_sizes", "failed_units", "storage", "stored_models", "stored_sources", "unit_counts"]

  func run() throws {
    guard let name, !list else {
      try Output.write(formatting.text(Self.listing, global))
      return
    }
    let parsed = try conditions.map { try Condition($0) } + (cohort.map { [Condition(column: "cohort", equals: $0)] } ?? [])
    let table = try global.withWarehouse(.reading) { warehouse in try rows(of: name, where: parsed, in: warehouse) }
    try Output.write(formatting.text(table, global))
  }

  private func rows(of name: String, where conditions: [Condition], in warehouse: Warehouse) throws -> SQLTable {
    let source: String
    if Queries.views.contains(where: { $0.name == name }) {
      source = "\"\(name)\""
    } else if Self.reports.contains(name), let report = Queries.reports.first(where: { $0.name == name }) {
      source = "(\n\(report.sql)\n)"
    } else {
      let names = Queries.views.map(\.name) + Self.reports
      throw EvokeError(
        .unknownQuestion, name, reason: "no published view or report has this name",
        remedy: Nearest.remedy(name, among: names, else: "evoke query --list names them all"))
    }
    let known = try warehouse.userQuery("SELECT * FROM \(source) LIMIT 0")[0].columns
    let wanted = columns.map { $0.split(separator: ",").map { String($0) } } ?? known
    let ordering = order.map { $0.hasPrefix("-") ? (String($0.dropFirst()), " DESC") : ($0, "") }
    for column in wanted + conditions.map(\.column) + (ordering.map { [$0.0] } ?? []) where !known.contains(column) {
      throw EvokeError(
        .unknownQuestion, "\(name).\(column)", reason: "\(name) has the columns \(known.joined(separator: ", "))",
        remedy: Nearest.remedy(column, among: known, else: "evoke schema \(name) describes them"))
    }
    var sql = "SELECT \(wanted.map { "\"\($0)\"" }.joined(separator: ", ")) FROM \(source)"
    var values: [String: SQLValue] = [:]
    let texts = try textColumns(conditions.map(\.column), of: source, in: warehouse)
    for (i, condition) in conditions.enumerated() {
      sql += (i == 0 ? " WHERE " : " AND ") + condition.clause("value_\(i)_")
      if !condition.value.isEmpty { values["value_\(i)_"] = condition.bound(isText: texts.contains(condition.column)) }
    }
    if let ordering { sql += " ORDER BY \"\(ordering.0)\"\(ordering.1)" }
    if let limit { sql += " LIMIT \(max(0, limit))" }
    return try warehouse.userQuery(sql, values)[0]
  }

  /// Those of the columns that hold text, so that `subject=01` is not taken for a number.
  private func textColumns(_ columns: [String], of source: String, in warehouse: Warehouse) throws -> Set<String> {
    var texts: Set<String> = []
    for column in Set(columns) {
      let sql = "SELECT typeof(\"\(column)\") FROM \(source) WHERE \"\(column)\" IS NOT NULL LIMIT 1"
      if try warehouse.userQuery(sql)[0].rows.first?.values[0].string == "text" { texts.insert(column) }
    }
    return texts
  }

  private static var listing: SQLTable {
    let columns = ["name", "kind", "question"]
    func row(_ query: Queries.Query, _ kind: String) -> SQLRow {
      let question = CatalogText.view(query).description
      return SQLRow(columns: columns, values: [.text(query.name), .text(kind), .text(question)])
    }
    let shown = Queries.reports.filter { reports.contains($0.name) }
    return SQLTable(columns: columns, rows: Queries.views.map { row($0, "view") } + shown.map { row($0, "report") })
  }
}
