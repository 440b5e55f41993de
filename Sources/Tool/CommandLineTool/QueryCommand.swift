import ArgumentParser
import Diagnostics
import Queries
import Warehouse

/// `evoke query [NAME]`
struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Runs a published view or report.",
    discussion: "Conditions: --where target=arousal --where 'r>0.1' --where region= (no value). Without NAME: the list."
  )

  @Argument(help: "View or report.")
  var name: String?

  @Flag(help: "List the views and reports with the question each answers.")
  var list = false

  @Option(help: "Rows of this cohort only.")
  var cohort: String?

  @Option(
    name: .customLong("where"), help: ArgumentHelp("Rows that meet a condition; repeatable.", valueName: "column=value")
  )
  var conditions: [String] = []

  @Option(help: ArgumentHelp("Columns, comma-separated; all unless told.", valueName: "names"))
  var columns: String?

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Order by a column, -COLUMN for descending.", valueName: "column"))
  var order: String?

  @Option(help: ArgumentHelp("At most this many rows.", valueName: "n"))
  var limit: Int?

  @Flag(
    help: "Compare the rows of the units behind what is printed with their hashes; exit status 1 where one differs.")
  var check = false

  @OptionGroup var limiting: LimitOptions
  @OptionGroup var formatting: FormatOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    guard let name, !list else {
      try Output.write(formatting.text(Self.listing, global))
      return
    }
    let parsed =
      try conditions.map { try Condition($0) } + (cohort.map { [Condition(column: "cohort", equals: $0)] } ?? [])
    let ordering = order.map { $0.hasPrefix("-") ? (String($0.dropFirst()), true) : ($0, false) }
    let selection = ViewSelection(
      name: name, conditions: parsed, columns: columns?.split(separator: ",").map(String.init), order: ordering,
      limit: limit, limits: limiting.limits)
    let (table, differences) = try global.withWarehouse(.reading) { warehouse in
      (try selection.rows(in: warehouse), check ? try selection.differences(in: warehouse) : [])
    }
    try Output.write(formatting.text(table, global))
    guard let first = differences.first else { return }
    throw EvokeError(
      .verificationFailed, first.object,
      reason: first.detail + (differences.count > 1 ? " (and \(differences.count - 1) more)" : ""),
      remedy: "evoke verify names all that differs; do not report these rows")
  }

  private static var listing: SQLTable {
    let columns = ["name", "kind", "question"]
    func row(_ query: Queries.Query, _ kind: String) -> SQLRow {
      let question = CatalogText.view(query).description
      return SQLRow(columns: columns, values: [.text(query.name), .text(kind), .text(question)])
    }
    let rows = Queries.views.map { row($0, "view") } + Queries.reports.map { row($0, "report") }
    return SQLTable(columns: columns, rows: rows)
  }
}
