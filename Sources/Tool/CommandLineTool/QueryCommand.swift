import ArgumentParser
import ContentIdentity
import Diagnostics
import FrozenResults
import Lineage
import Names
import Queries
import TypedTables
import Warehouse

/// `evoke query [NAME]`
struct QueryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Runs a published view or report.",
    discussion: """
      Conditions: --where target=arousal --where 'r>0.1' --where region= (no value). Without NAME: the list. \
      --materialize freezes the rows in the catalog: `evoke query materialized` says which results are frozen and \
      whether they are stale, `evoke verify --level 4` asks all of them again. Rows that are printed are free; -o and \
      --materialize ask the consent of all datasets and files behind the rows (evoke explain E-CNS-001).
      """)

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

  @OptionGroup var choosing: ColumnOptions

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Order by a column, -COLUMN for descending.", valueName: "column"))
  var order: String?

  @Option(help: ArgumentHelp("At most this many rows.", valueName: "n"))
  var limit: Int?

  @Flag(
    help: "Compare the rows of the units behind what is printed with their hashes; exit status 1 where one differs.")
  var check = false

  @Option(
    help: ArgumentHelp(
      "Freeze the rows in the catalog under a label, with the statement and their hash.", valueName: "label"))
  var materialize: String?

  @Option(help: ArgumentHelp("The rows that were frozen under a label.", valueName: "label"))
  var materialized: String?

  @Flag(help: "With --materialize: say what would be frozen.")
  var dryRun = false

  @OptionGroup var limiting: LimitOptions
  @OptionGroup var results: ResultOptions
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    let asks =
      name != nil || cohort != nil || !conditions.isEmpty || choosing.names != nil || order != nil || limit != nil
    if materialized != nil, asks || check || list || materialize != nil {
      throw ValidationError("--materialized LABEL gives the frozen rows, and takes no question.")
    }
    if materialize != nil, name == nil || list { throw ValidationError("--materialize goes with a NAME.") }
    if materialize != nil, check || results.isAsked {
      throw ValidationError("--materialize prints no rows; --materialized LABEL does, in any format.")
    }
    if let limit, limit < 0 { throw ValidationError("--limit is 0 or more.") }
    if dryRun, materialize == nil { throw ValidationError("--dry-run goes with --materialize.") }
  }

  func run() throws {
    if materialize == nil { try results.check(global) }
    if let materialized { return try readBack(materialized) }
    guard let name, !list else { return try results.write(Self.listing, of: nil, about: [], .printed, global) }
    let parsed =
      try conditions.map { try Condition($0) } + (cohort.map { [Condition(column: "cohort", equals: $0)] } ?? [])
    let ordering = order.map { $0.hasPrefix("-") ? (String($0.dropFirst()), true) : ($0, false) }
    let selection = ViewSelection(
      name: name, conditions: parsed, columns: choosing.names, order: ordering,
      limit: limit, limits: limiting.limits)
    if let materialize { return try freeze(selection, as: try Name(materialize, of: "label").text) }
    let (table, view, permit, differences) = try global.withWarehouse(.reading, part: .catalog) { warehouse in
      let table = try selection.rows(in: warehouse)
      return (
        table, try selection.described(in: warehouse),
        try results.permit(in: warehouse) { try selection.departure(of: table, in: warehouse) },
        check ? try selection.differences(in: warehouse) : []
      )
    }
    try results.write(table, of: view, about: [(key: "evoke.view", value: name)], permit, global)
    guard let first = differences.first else { return }
    throw EvokeError(
      .verificationFailed, first.object,
      reason: first.detail + (differences.count > 1 ? " (and \(differences.count - 1) more)" : ""),
      remedy: "evoke verify names all that differs; do not report these rows")
  }

  /// Freezes the selected rows under a label.
  private func freeze(_ selection: ViewSelection, as label: String) throws {
    let (result, isNew) = try global.withWarehouse(dryRun ? .reading : .writing("query --materialize")) { warehouse in
      let (sql, values) = try selection.statement(in: warehouse)
      let answer = try warehouse.userQuery(sql, values, limits: selection.limits)[0]
      // A frozen result is there to be given away.
      _ = try selection.departure(of: answer, in: warehouse).permit(in: warehouse)
      let result = FrozenResult(
        label: label, view: selection.name, sql: sql, parameters: values,
        table: try TypedTable(answer, of: try selection.described(in: warehouse), told: try results.told()))
      return (result, dryRun ? try result.isNew(in: warehouse) : try result.store(in: warehouse))
    }
    let word = isNew ? dryRun ? "would freeze" : "froze" : "unchanged"
    if global.json {
      let document: JSONValue = [
        "schema": "evoke.materialization/1", "label": .string(label), "state": .string(word),
        "row_count": .int(result.table.rows.count), "sha256": .string(result.sha256),
      ]
      return try Output.line(document.canonical)
    }
    try Output.line("\(word) \(label): \(result.table.rows.count) rows, sha256 \(result.sha256)")
  }

  /// Writes the rows of a label, typed as they were frozen.
  private func readBack(_ label: String) throws {
    let (result, permit) = try global.withWarehouse(.reading, part: .catalog) { warehouse in
      let result = try warehouse.read { try FrozenResult(label, in: $0) }
      let permit = try results.permit(in: warehouse) { try result.departure(in: warehouse) }
      return (result, permit)
    }
    let about = [("evoke.label", label), ("evoke.sql", result.sql), ("evoke.sha256", result.sha256)]
    try results.write(result.table, about: about.map { (key: $0, value: $1) }, permit, global)
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
