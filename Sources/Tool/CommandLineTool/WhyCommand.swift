import ArgumentParser
import ContentIdentity
import Diagnostics
import Lineage
import Queries
import TableText
import Warehouse

/// `evoke why NAME|KEY|VIEW:COLUMN=VALUE,...`
struct WhyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "why", abstract: "Shows what an array or a row descends from, down to source bytes.",
    discussion: """
      NAME is an array, a source (path, name or SHA-256), a stimulus, a model, a unit key (or its first digits), or a row \
      of a view: evoke why layer_sweep:target=arousal,is_peak=1 (or --where for each condition). The rows must be of one \
      unit; where they are not, it says which column tells them apart. A comma in a value is taken as it stands. --down \
      goes the other way: what came of a film, its units, arrays and rows. --diff A B compares two lineages, also of two \
      runs: source (bytes, name), parameter, version of a step, input, environment, result with the largest difference of \
      arrays; exit status 1 where something differs.
      """)

  @Argument(
    help: ArgumentHelp("Array, source, stimulus, model, unit key, view, or VIEW:COLUMN=VALUE,...", valueName: "name"))
  var names: [String]

  @Flag(help: "What differs between two.")
  var diff = false

  @Option(name: .customLong("where"), help: ArgumentHelp("Rows of the view; repeatable.", valueName: "column=value"))
  var conditions: [String] = []

  @Flag(help: "What came of it, instead of what it came from.")
  var down = false

  @Flag(help: "Show every input, or every unit.")
  var all = false

  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard names.count == (diff ? 2 : 1) else {
      throw ValidationError(diff ? "--diff takes two names." : "why takes one name, --diff two.")
    }
    if diff, down || all || !conditions.isEmpty {
      throw ValidationError("--diff goes with neither --down, --all nor --where.")
    }
  }

  func run() throws {
    if diff { return try compare() }
    let name = names[0]
    try global.withWarehouse(.reading, part: .catalog) { warehouse in
      guard let row = try RowName(name, further: conditions) else {
        guard conditions.isEmpty else { throw ValidationError("--where goes with a view.") }
        return try show(name, rows: nil, in: warehouse)
      }
      let table = try row.selection.rows(in: warehouse)
      let unit = try RowUnit.only(in: table, of: row.selection.name, question: row.text)
      try show(unit, rows: (table, row.selection.name), in: warehouse)
    }
  }

  private func show(_ name: String, rows: (table: SQLTable, view: String)?, in warehouse: Warehouse) throws {
    if global.json {
      guard case .object(var document) = try LineageDocument.json(of: name, down ? .down : .up, in: warehouse) else {
        return
      }
      if let rows {
        document["view"] = .string(rows.view)
        document["rows"] = try JSONValue(parsing: TableFormat.json.text(rows.table))
      }
      return try Output.line(JSONValue.object(document).canonical)
    }
    if let rows {
      let count = rows.table.rows.count
      try Output.line("\(count) row\(count == 1 ? "" : "s") of \(rows.view)")
    }
    let limit = all ? Int.max : 8
    try Output.write(
      down
        ? try Descent.text(of: name, in: warehouse, limit: limit)
        : try Ancestry.text(of: name, in: warehouse, inputLimit: limit))
  }
}

extension WhyCommand {
  private func compare() throws {
    let differences = try global.withWarehouse(.reading) { warehouse in
      let rows = try names.map { name in
        try RowName(name).map { (view: $0.selection.name, table: try $0.selection.rows(in: warehouse), text: $0.text) }
      }
      let units = try zip(names, rows).map { name, row in
        try row.map { try RowUnit.only(in: $0.table, of: $0.view, question: $0.text) } ?? name
      }
      let found = try LineageComparison.differences(units[0], units[1], in: warehouse)
      guard let a = rows[0], let b = rows[1], a.view == b.view else { return found }
      return found + LineageDifference.rows(a.table, b.table, of: a.view)
    }
    if global.json {
      let document: JSONValue = [
        "schema": "evoke.why_difference/1", "a": .string(names[0]), "b": .string(names[1]),
        "differences": .array(differences.map(Self.json)),
      ]
      try Output.line(document.canonical)
    } else if !differences.isEmpty {
      let columns = ["class", "object", "key", "a", "b"]
      let rows = differences.map {
        SQLRow(
          columns: columns,
          values: [.text($0.matter.rawValue), .text($0.object), .text($0.key), .optional($0.a), .optional($0.b)])
      }
      try Output.write(TableFormat.table.text(SQLTable(columns: columns, rows: rows)))
    }
    if !differences.isEmpty { throw ExitCode(ExitStatus.failed.rawValue) }
  }

  private static func json(_ difference: LineageDifference) -> JSONValue {
    [
      "class": .string(difference.matter.rawValue), "object": .string(difference.object),
      "key": .string(difference.key), "a": difference.a.map { .string($0) } ?? .null,
      "b": difference.b.map { .string($0) } ?? .null,
    ]
  }
}

/// `VIEW` or `VIEW:COLUMN=VALUE,...`: rows of a published view.
struct RowName {
  let selection: ViewSelection
  /// With all its conditions.
  let text: String

  /// Nil for a text that begins with no view's name.
  ///
  /// - Throws: `E-QRY-003` for what is no condition.
  init?(_ text: String, further: [String] = []) throws {
    let view = text.prefix { $0 != ":" }
    guard Queries.views.contains(where: { $0.name == view }) else { return nil }
    let conditions = Self.conditions(text.dropFirst(view.count + 1)) + further
    self.text = view + (conditions.isEmpty ? "" : ":" + conditions.joined(separator: ","))
    selection = ViewSelection(name: String(view), conditions: try conditions.map { try Condition($0) })
  }

  /// The conditions of a list: a comma begins the next one where a word and a comparison follow it.
  private static func conditions(_ list: Substring) -> [String] {
    var conditions: [String] = []
    for part in list.split(separator: ",", omittingEmptySubsequences: false) {
      if conditions.isEmpty || part.prefixMatch(of: /\w+[!<>=]/) != nil {
        conditions.append(String(part))
      } else {
        conditions[conditions.count - 1] += "," + part
      }
    }
    return list.isEmpty ? [] : conditions
  }
}
