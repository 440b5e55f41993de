import ArgumentParser
import Diagnostics
import FileSystem
import Warehouse

/// `evoke sql TEXT|-f FILE`
struct SQLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sql", abstract: "Runs read-only SQL on the catalog and the arrays.",
    discussion: """
      Beside tables and views there are array('NAME') (time_s, frequency_hz, lag_s, subject, region, channel, component, feature,
      layer, fold, draw, value), array_axes('NAME') and h5_tree('FILE'), whose names stand in array_catalog; corr(x, y), median(x),
      quantile(x, q) and stddev(x), also as windows; fisher_z(r), inverse_fisher_z(z) and zscore(x, mean, sd).
      """)

  @Argument(help: "SQL, one or more statements.")
  var text: String?

  @Option(name: [.short, .long], help: "A file with SQL.")
  var file: String?

  @Option(
    name: .customLong("param"), help: ArgumentHelp("Value of a :NAME in the SQL; repeatable.", valueName: "name=value"))
  var parameters: [String] = []

  @OptionGroup var limiting: LimitOptions
  @OptionGroup var results: ResultOptions
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if (text == nil) == (file == nil) { throw ValidationError("Give the SQL as text or with -f FILE.") }
  }

  private func sql() throws -> String {
    if let text { return text }
    guard let file else { preconditionFailure("validate asks for one of them") }
    return String(decoding: try Files.read(file), as: UTF8.self)
  }

  func run() throws {
    try results.check(global)
    let sql = try self.sql()
    var values: [String: SQLValue] = [:]
    for parameter in parameters {
      let condition = try Condition(parameter)
      values[condition.column] = condition.value.isEmpty ? .null : condition.bound(isText: false)
    }
    let tables = try global.withWarehouse(.reading, part: .named(by: sql)) {
      try $0.userQuery(sql, values, limits: limiting.limits, withArrays: true)
    }
    let answers = tables.filter { !$0.columns.isEmpty }
    if answers.count == 1, let table = answers.first {
      try results.write(table, of: nil, about: [(key: "evoke.sql", value: sql)], global)
    } else {
      try results.write(answers, global)
    }
  }
}
