import ArgumentParser
import Diagnostics
import FileSystem
import Foundation
import Warehouse

/// `evoke sql TEXT|-f FILE`
struct SQLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sql", abstract: "Runs read-only SQL on the catalog and the arrays.",
    discussion: """
      Beside tables and views there are array('NAME') (time_s, frequency_hz, lag_s, subject, region, channel, component, feature,
      layer, fold, draw, value), array_axes('NAME') and h5_tree('FILE'), whose names stand in array_catalog; corr(x, y), median(x),
      quantile(x, q) and stddev(x), also as windows; fisher_z(r), inverse_fisher_z(z) and zscore(x, mean, sd). What is printed
      is free; -o asks consent by what the rows name and which arrays the statement reads (evoke explain E-CNS-001).
      Without SQL, on a terminal, it asks: history, Tab for tables, views, columns and names, .help for the rest.
      """)

  @Argument(help: "SQL, one or more statements.")
  var text: String?

  @Option(name: [.short, .long], help: "A file with SQL.")
  var file: String?

  @Option(
    name: .customLong("param"), help: ArgumentHelp("Value of a :NAME in the SQL; repeatable.", valueName: "name=value"))
  var parameters: [String] = []

  @Option(
    help: ArgumentHelp(
      "Another warehouse, read only, whose tables and views are NAME.encoding_score and so on; repeatable.",
      valueName: "name=dir"))
  var attach: [String] = []

  @OptionGroup var limiting: LimitOptions
  @OptionGroup var results: ResultOptions
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if text != nil && file != nil { throw ValidationError("Give the SQL as text or with -f FILE.") }
    if isAsking, isatty(0) != 1 {
      throw ValidationError("Give the SQL as text or with -f FILE; a terminal is asked for it.")
    }
    if isAsking, results.isAsked || global.json {
      throw ValidationError("The prompt prints tables; formats go with SQL.")
    }
    if attach.count > Warehouse.attachedLimit {
      throw ValidationError("SQLite attaches \(Warehouse.attachedLimit) warehouses at most; evoke merge unites more.")
    }
  }

  /// Whether a person is asked for statements.
  private var isAsking: Bool { text == nil && file == nil }

  private func sql() throws -> String {
    if let text { return text }
    guard let file else { preconditionFailure("validate asks for one of them") }
    return String(decoding: try Files.read(file), as: UTF8.self)
  }

  func run() throws {
    var values: [String: SQLValue] = [:]
    for parameter in parameters {
      let condition = try Condition(parameter)
      values[condition.column] = condition.value.isEmpty ? .null : condition.bound(isText: false)
    }
    if isAsking {
      return try global.withWarehouse(.reading) { warehouse in
        try attachOthers(to: warehouse)
        var prompt = try SQLPrompt(warehouse, limits: limiting.limits, values: values)
        try prompt.run()
      }
    }
    try results.check(global)
    let sql = try self.sql()
    let (answers, permit) = try global.withWarehouse(.reading, part: .named(by: sql)) { warehouse in
      try attachOthers(to: warehouse)
      let tables = try warehouse.userQuery(sql, values, limits: limiting.limits, withArrays: true)
        .filter { !$0.columns.isEmpty }
      let statement = UserStatement(sql: sql, parameters: values)
      for text in attach {
        let other = try Warehouse.open(try Condition(text).value, .reading)
        _ = try results.permit(in: other) { try statement.departure(of: tables, in: other) }
        try other.close()
      }
      return (tables, try results.permit(in: warehouse) { try statement.departure(of: tables, in: warehouse) })
    }
    if answers.count == 1, let table = answers.first {
      try results.write(table, of: nil, about: [(key: "evoke.sql", value: sql)], permit, global)
    } else {
      try results.write(answers, permit, global)
    }
  }

  private func attachOthers(to warehouse: Warehouse) throws {
    for text in attach {
      let condition = try Condition(text)
      guard condition.comparison == "=", !condition.value.isEmpty else {
        throw EvokeError(.badCondition, text, reason: "it names no folder", remedy: "write --attach NAME=DIR")
      }
      try warehouse.attach(condition.value, as: condition.column)
    }
  }
}
