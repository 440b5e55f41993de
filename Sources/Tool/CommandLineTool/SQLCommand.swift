import Archive
import ArgumentParser
import Diagnostics
import FileSystem
import Foundation
import Lineage
import Warehouse

/// `evoke sql TEXT|-f FILE`
struct SQLCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sql", abstract: "Runs read-only SQL on the catalog and the arrays.",
    discussion: """
      Beside tables and views there are array('NAME') (time_s, frequency_hz, lag_s, subject, region, channel, component, feature,
      layer, fold, draw, value), array_axes('NAME') and h5_tree('FILE'), whose names stand in array_catalog; corr(x, y), slope(y, x),
      median(x), quantile(x, q) and stddev(x), also as windows; fisher_z(r), inverse_fisher_z(z), zscore(x, mean, sd). What is printed
      is free; -o asks consent by what the rows name and which arrays the statement reads (evoke explain E-CNS-001).
      Without SQL, on a terminal, it asks: history, Tab for tables, views, columns and names, .help for the rest.
      """)

  @Argument(help: "SQL, one or more statements.")
  var text: String?

  @Option(name: [.short, .long], help: "A file with SQL.")
  var file: String?

  @Option(
    name: .customLong("param"),
    help: ArgumentHelp(
      "Value of a :NAME in the SQL; numbers are numbers, 01 and what stands in single quotes are text; repeatable.",
      valueName: "name=value"))
  var parameters: [String] = []

  @Option(
    help: ArgumentHelp(
      "Another warehouse or archive, read only, whose tables and views are NAME.encoding_score and so on; repeatable.",
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

  /// Values of the parameters by their names.
  private func given() throws -> [String: SQLValue] {
    try parameters.reduce(into: [:]) { values, text in
      let given = try Assignment(text, as: "--param NAME=VALUE", mayBeEmpty: true)
      values[given.name] = given.bound
    }
  }

  /// - Throws: `E-QRY-003` for a parameter that stands nowhere in the statements: it would have no effect.
  private static func require(_ names: some Collection<String>, in sql: String) throws {
    let known = Set(sql.matches(of: /:(\w+)/).map { String($0.1) })
    guard let name = names.sorted().first(where: { !known.contains($0) }) else { return }
    throw EvokeError(
      .badCondition, "--param \(name)", reason: "the SQL has no :\(name)",
      remedy: NearMiss.suggestion(name, in: known.sorted(), otherwise: "write :\(name) where its value belongs"))
  }

  func run() throws {
    let values = try given()
    guard !isAsking else {
      return try withAttached { others in
        try global.withWarehouse(.reading) { warehouse in
          for other in others { try warehouse.attach(other.value, as: other.name) }
          var prompt = try SQLPrompt(warehouse, limits: limiting.limits, values: values)
          try prompt.run()
        }
      }
    }
    try results.check(global)
    let sql = try self.sql()
    try Self.require(values.keys, in: sql)
    let (answers, permit) = try withAttached { try answer(sql, values, $0) }
    if answers.count == 1, let table = answers.first {
      try results.write(table, of: nil, about: [(key: "evoke.sql", value: sql)], permit, global)
    } else {
      try results.write(answers, permit, global)
    }
  }

  private func answer(
    _ sql: String, _ values: [String: SQLValue], _ others: [Assignment]
  ) throws -> (tables: [SQLTable], permit: DeparturePermit) {
    try global.withWarehouse(.reading, part: .named(by: sql)) { warehouse in
      for other in others { try warehouse.attach(other.value, as: other.name) }
      let tables = try warehouse.userQuery(sql, values, limits: limiting.limits, withArrays: true)
        .filter { !$0.columns.isEmpty }
      let statement = UserStatement(sql: sql, parameters: values)
      for attached in others {
        let other = try Warehouse.open(attached.value, .reading)
        _ = try results.permit(in: other) { try statement.departure(of: tables, in: other) }
        try other.close()
      }
      return (tables, try results.permit(in: warehouse) { try statement.departure(of: tables, in: warehouse) })
    }
  }

  /// Hands over the other warehouses by their names; of an archive the folder into which its catalog is unpacked, which
  /// goes away.
  private func withAttached<T>(_ body: ([Assignment]) throws -> T) throws -> T {
    let given = try attach.map { try Assignment($0, as: "--attach NAME=DIR") }
    guard given.contains(where: { ArchiveFile.stands(at: $0.value) }) else { return try body(given) }
    let scratch = try PrivateFolder("archive")
    defer { scratch.remove() }
    return try body(
      given.enumerated().map { place, other in
        guard ArchiveFile.stands(at: other.value) else { return other }
        let folder = "\(scratch.path)/\(place)"
        try Files.makeDirectory(folder)
        try ArchiveFile(other.value).unpack(.catalog, into: folder)
        return Assignment(name: other.name, value: folder)
      })
  }
}
