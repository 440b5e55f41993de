import Diagnostics
import Foundation
import Queries
import TableText
import Terminal
import Warehouse

/// `evoke sql` on a terminal: question after question, until ^D.
struct SQLPrompt {
  private static let help = """
    ;                  ends a statement, which may take several lines; ^C gives it up, Tab completes
    .views             the views and what each answers
    .tables            tables and views
    .schema NAME       columns of a table or view
    .attach NAME DIR   another warehouse, read only, as NAME.encoding_score and so on
    .empty on|off      show columns without any value, which are hidden and counted
    .help, .quit

    """

  private let warehouse: Warehouse
  private let limits: QueryLimits
  private let values: [String: SQLValue]
  private let line: PromptLine
  private var history = PromptHistory()
  private var showsEmpty = false
  private var isHistoryKept = true

  init(_ warehouse: Warehouse, limits: QueryLimits, values: [String: SQLValue]) throws {
    (self.warehouse, self.limits, self.values) = (warehouse, limits, values)
    line = try PromptLine(warehouse)
  }

  mutating func run() throws {
    Output.terminal("\(warehouse.directory.visibleLine), read only. .help tells what can be asked, ^D ends.\n")
    var statement = ""
    while true {
      switch try line.read(statement.isEmpty ? "evoke> " : "   ...> ", history.lines) {
      case .endOfInput: return
      case .interrupted: statement = ""
      case .line(let text):
        keep(text)
        if statement.isEmpty, text.hasPrefix(".") {
          guard try command(text) else { return }
          continue
        }
        statement += text + "\n"
        guard Warehouse.isComplete(statement) else {
          if statement.allSatisfy(\.isWhitespace) { statement = "" }
          continue
        }
        let sql = statement
        statement = ""
        try answering { try ask(sql) }
      }
    }
  }

  /// A history that cannot be kept is said once, and the prompt goes on.
  private mutating func keep(_ text: String) {
    do { try history.add(text) } catch {
      if isHistoryKept { Output.error("warning: the history is not kept: \(error)\n") }
      isHistoryKept = false
    }
  }

  /// What is wrong with a question does not end the prompt.
  private func answering(_ body: () throws -> Void) throws {
    do { try body() } catch let error as EvokeError {
      Output.terminal(ErrorText.lines(error, colour: Output.hasColour))
    }
  }

  /// False where it ends the prompt.
  private mutating func command(_ text: String) throws -> Bool {
    let words = text.split(separator: " ").map(String.init)
    switch (words[0], words.count) {
    case (".quit", 1), (".exit", 1): return false
    case (".help", 1): try Output.write(Self.help)
    case (".views", 1): try show(Self.views)
    case (".tables", 1): try answering { try show(warehouse.read { try $0.table(.documentedObjects) }) }
    case (".schema", 2): try answering { try describe(words[1]) }
    case (".attach", 3): try answering { try warehouse.attach(words[2], as: words[1]) }
    case (".empty", 2) where ["on", "off"].contains(words[1]): showsEmpty = words[1] == "on"
    default: Output.terminal("there is no such command\n" + Self.help)
    }
    return true
  }

  private static var views: SQLTable {
    let columns = ["view", "question"]
    return SQLTable(
      columns: columns,
      rows: Queries.views.map { view in
        SQLRow(columns: columns, values: [.text(view.name), .text(CatalogText.view(view).description)])
      })
  }

  private func describe(_ name: String) throws {
    let table = try warehouse.read { try $0.table(.documentedColumns, ["object": .text(name)]) }
    guard table.rows.isEmpty else { return try show(table) }
    throw EvokeError(
      .unknownQuestion, name, reason: "the catalog has no table or view of this name",
      remedy: NearMiss.suggestion(name, in: line.words, otherwise: ".tables lists them all"))
  }

  private func ask(_ sql: String) throws {
    let tables = try warehouse.userQuery(sql, values, limits: limits, withArrays: true)
    for table in tables where !table.columns.isEmpty {
      let filled = Self.filled(table)
      if showsEmpty { try show(table) } else { try show(filled.table, without: filled.hidden) }
    }
  }

  /// A result without the columns in which no row has a value.
  static func filled(_ table: SQLTable) -> (table: SQLTable, hidden: [String]) {
    let kept = table.columns.indices.filter { place in
      table.rows.isEmpty || table.rows.contains { !$0.values[place].isNull }
    }
    let columns = kept.map { table.columns[$0] }
    let rows = table.rows.map { row in SQLRow(columns: columns, values: kept.map { row.values[$0] }) }
    let hidden = table.columns.indices.filter { !kept.contains($0) }.map { table.columns[$0] }
    return (SQLTable(columns: columns, rows: rows), hidden)
  }

  private func show(_ table: SQLTable, without hidden: [String] = []) throws {
    try Pager.write(TableFormat.table.text(table))
    let rows = table.rows.count
    var ending = "\(rows) row\(rows == 1 ? "" : "s")"
    if !hidden.isEmpty {
      ending += "; \(hidden.count) empty column\(hidden.count == 1 ? "" : "s") hidden: "
      ending += NearMiss.list(hidden, limit: 6)
    }
    Output.error(ending + "\n")
  }
}

/// Shows what is longer than the screen by the user's pager.
enum Pager {
  static func write(_ text: String) throws {
    let lines = text.count { $0 == "\n" }
    let variables = ProcessInfo.processInfo.environment
    let pager = variables["PAGER"] ?? "less"
    guard Output.dataGoToTerminal, Output.isTerminal, lines > TerminalSize().lines - 3, !pager.isEmpty, pager != "cat"
    else { return try Output.write(text) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", pager]
    process.environment = variables.merging(["LESS": "FRSX"]) { own, _ in own }
    let pipe = Pipe()
    process.standardInput = pipe
    do { try process.run() } catch { return try Output.write(text) }
    // It stands in a group of its own, which the terminal would stop as soon as it asks for a key.
    let child = process.processIdentifier
    ForegroundGroup.give(to: child)
    Thread.detachNewThread { ForegroundGroup.keepGoing(child) }
    defer { ForegroundGroup.give(to: getpgrp()) }
    // A reader who has seen enough closes the pipe, and that is no error.
    do { try pipe.fileHandleForWriting.write(contentsOf: Data(text.visible.utf8)) } catch {}
    do { try pipe.fileHandleForWriting.close() } catch {}
    process.waitUntilExit()
    // The shell says 127 where there is no such program.
    if process.terminationStatus == 127 { try Output.write(text) }
  }
}
