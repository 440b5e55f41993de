import ArgumentParser
import Citations
import ContentIdentity
import Diagnostics
import FileSystem
import Lineage
import TableText
import Warehouse

/// `evoke cite add LABEL --sql Q | remove LABEL | LABEL | --check | --tex FILE`
struct CiteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cite", abstract: "Keeps the numbers of a publication, each with the row it was read from.",
    discussion: """
      `evoke cite add LABEL --sql QUERY --format 'r = %.2f'` keeps the first value of the one row that the query returns, \
      with the row, its hash and the units behind it. `evoke cite LABEL` shows it down to source bytes, `evoke cite` lists \
      all, `evoke cite --check` asks every query again (exit status 1 where one returns something else), `evoke cite --tex \
      numbers.tex` writes what \\evoke{LABEL} prints in LaTeX. Formats: %.2f, %.3g, %.1e, %d, %s, and %.3p for a p value \
      (= .013, < .001). The units are found for a query of one view; others return them in columns whose names begin with \
      unit_key.
      """,
    subcommands: [CiteAdd.self, CiteRemove.self, CiteShow.self], defaultSubcommand: CiteShow.self)

  @OptionGroup var global: GlobalOptions
}

struct CiteAdd: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Keeps the number that a query returns, under a label.")

  @Argument(help: "Label: letters, digits and . _ : + -") var label: String
  @Option(help: ArgumentHelp("Query of one row whose first column is the number.", valueName: "query")) var sql: String
  @Option(help: ArgumentHelp("How it is printed: 'r = %.2f'; with all its digits unless told.", valueName: "format"))
  var format: String?
  @Flag(help: "Take the place of what stands under the label.") var replace = false
  @Flag(help: "Say what would be kept.") var dryRun = false
  @OptionGroup var limiting: LimitOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let (request, outcome) = try global.withWarehouse(dryRun ? .reading : .writing("cite add")) { warehouse in
      let request = try CitationRequest(label: label, sql: sql, format: format, limits: limiting.limits, in: warehouse)
      return (request, try request.store(in: warehouse, replacing: replace, dryRun: dryRun))
    }
    let word = dryRun && outcome != .unchanged ? "would be \(outcome.rawValue)" : outcome.rawValue
    if global.json {
      let document: JSONValue = [
        "schema": "evoke.cite_add/1", "label": .string(label), "text": .string(request.text), "state": .string(word),
      ]
      return try Output.line(document.canonical)
    }
    try Output.line("\(word) \(label): \(request.text)")
  }
}

struct CiteRemove: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "remove", abstract: "Takes a number out.")

  @Argument(help: "Label.") var label: String
  @Flag(help: "Say what would be taken out.") var dryRun = false
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let old = try global.withWarehouse(dryRun ? .reading : .writing("cite remove")) {
      try Citation.remove(label, from: $0, dryRun: dryRun)
    }
    if global.json {
      let document: JSONValue = [
        "schema": "evoke.cite_remove/1", "label": .string(label), "text": .string(old.text), "dry_run": .bool(dryRun),
      ]
      return try Output.line(document.canonical)
    }
    try Output.line("\(dryRun ? "would remove" : "removed") \(label): \(old.text)")
  }
}

struct CiteShow: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows a number with its row and lineage, lists, checks or exports all of them.")

  @Argument(help: "Label; every number unless told.") var label: String?
  @Flag(help: "Ask every query again.") var check = false
  @Option(help: ArgumentHelp("Write macros for LaTeX.", valueName: "file")) var tex: String?
  @Flag(help: "Show every unit and input.") var all = false
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if tex != nil, check || label != nil {
      throw ValidationError("--tex writes all numbers, without LABEL and --check.")
    }
  }

  func run() throws {
    if check { return try verify() }
    if let tex { return try write(tex) }
    guard let label else { return try list() }
    try global.withWarehouse(.reading) { warehouse in
      let number = try warehouse.read { try Citation(label, in: $0) }
      try Output.write(global.json ? try json(number, in: warehouse) : try text(number, in: warehouse))
    }
  }

  private func list() throws {
    let selection = ViewSelection(name: "cited", columns: ["label", "text", "made_at", "is_stale"])
    let table = try global.withWarehouse(.reading) { try selection.rows(in: $0) }
    try Output.write(FormatOptions.plain(table, global))
  }

  private func write(_ path: String) throws {
    try global.requireOutside(path)
    let numbers = try global.withWarehouse(.reading) { warehouse in
      let numbers = try warehouse.read { try Citation.all(in: $0) }
      for number in numbers { _ = try number.departure(in: warehouse).permit(in: warehouse) }
      return numbers
    }
    let text = Citation.tex(numbers, escaped: TableFormat.texEscaped)
    try Files.write(Array(text.utf8), to: path)
    global.note("wrote \(numbers.count) numbers to \(path); evoke cite --check says whether they still hold")
  }

  private func text(_ number: Citation, in warehouse: Warehouse) throws -> String {
    let row = zip(number.frozen.table.columns, number.frozen.table.rows[0]).map { column, value in
      "\(column.name)=\(NumberFormat.plain(value))"
    }
    var lines = [
      "\(number.label): \(number.text)", "row \(row.joined(separator: ", "))  sha256 \(number.sha256)",
      "read \(number.madeAt) by", "  " + number.frozen.sql.replacing("\n", with: "\n  "),
    ]
    if number.units.isEmpty { lines.append("no unit is behind it: it was imported") }
    let limit = all ? Int.max : 8
    for unit in number.units.prefix(limit) {
      guard unit.resultNow != nil else {
        lines.append("result \(unit.key)  sha256 \(unit.result)  is not there now: it was forgotten")
        continue
      }
      lines.append(try Ancestry.text(of: unit.key, in: warehouse, inputLimit: limit).dropLast().description)
    }
    if number.units.count > limit { lines.append("\(number.units.count - limit) more units (--all)") }
    return lines.joined(separator: "\n") + "\n"
  }

  private func json(_ number: Citation, in warehouse: Warehouse) throws -> String {
    let table = TableFormat.json.text(number.frozen.table.table)
    let units = try number.units.map { unit -> JSONValue in
      [
        "unit_key": .string(unit.key), "result_sha256": .string(unit.result),
        "lineage": unit.resultNow == nil ? .null : try LineageDocument.json(of: unit.key, .up, in: warehouse),
      ]
    }
    let document: JSONValue = [
      "schema": "evoke.citation/1", "label": .string(number.label), "text": .string(number.text),
      "format": number.format.map { .string($0) } ?? .null, "sql": .string(number.frozen.sql),
      "row": try JSONValue(parsing: table).arrayValue?.first ?? .null, "sha256": .string(number.sha256),
      "made_at": .string(number.madeAt), "units": .array(units),
    ]
    return document.canonical + "\n"
  }
}

extension CiteShow {
  /// What became of a number.
  private typealias Verdict = (number: Citation, difference: String?, units: String?)

  private func verify() throws {
    let verdicts = try global.withWarehouse(.reading) { warehouse -> [Verdict] in
      let numbers = try warehouse.read { connection in
        try label.map { [try Citation($0, in: connection)] } ?? Citation.all(in: connection)
      }
      return try numbers.map { number in
        let difference = try number.difference(in: warehouse)
        return (number, difference, difference == nil ? try number.otherUnits(in: warehouse) : nil)
      }
    }
    if global.json {
      let rows = verdicts.map { verdict -> JSONValue in
        [
          "label": .string(verdict.number.label), "text": .string(verdict.number.text),
          "holds": .bool(verdict.difference == nil),
          "difference": verdict.difference.map { .string($0) } ?? .null,
          "units": verdict.units.map { .string($0) } ?? .null,
        ]
      }
      try Output.line(JSONValue.object(["schema": "evoke.cite_check/1", "numbers": .array(rows)]).canonical)
    } else {
      for verdict in verdicts { try Output.line(Self.line(verdict)) }
    }
    let changed = verdicts.filter { $0.difference != nil }
    guard let first = changed.first, let difference = first.difference else {
      return global.note("\(verdicts.count) numbers are what their queries return")
    }
    throw EvokeError(
      .citedNumberChanged, first.number.label,
      reason: difference + (changed.count > 1 ? " (and \(changed.count - 1) more of \(verdicts.count) numbers)" : ""),
      remedy: "mend the publication: evoke cite add LABEL --sql QUERY --replace takes the new number")
  }

  private static func line(_ verdict: Verdict) -> String {
    let number = verdict.number
    if let difference = verdict.difference { return "CHANGED  \(number.label): \(number.text): \(difference)" }
    let same = "SAME     \(number.label): \(number.text)"
    guard let units = verdict.units else { return same }
    return same + " (\(units): evoke cite add LABEL --sql QUERY --replace keeps those of now)"
  }
}

extension Citation {
  /// What leaves with it.
  func departure(in warehouse: Warehouse) throws -> Departure {
    let row = frozen.table.table
    var departure = try warehouse.read {
      try Departure("number \(label)", showing: row, telling: row, units: Set(units.map(\.key)), in: $0)
    }
    if try departure.dependsOnOwner(in: warehouse) {
      departure.become(try RowsOfPeople(in: warehouse).owner(of: self))
    }
    return departure
  }
}
