import Diagnostics
import FrozenResults
import TypedTables
import Warehouse

/// A number of a publication: the first value of the one row that a query returns, with that row and the units behind it.
public struct Citation: Sendable {
  /// A unit behind the number, then and now.
  public struct Unit: Sendable {
    public let key: String
    /// Hash of its result when the number was read.
    public let result: String
    /// Hash of its result now; nil where it is not done.
    public let resultNow: String?
  }

  public let label: String
  /// As printed.
  public let text: String
  /// printf format; nil: as it stands.
  public let format: String?
  /// The row, frozen, with the query.
  public let frozen: FrozenResult
  /// Hash of the row.
  public let sha256: String
  /// UTC, ISO 8601.
  public let madeAt: String
  public let units: [Unit]

  public var value: SQLValue { frozen.table.rows[0][0] }

  /// The cited number of a label.
  ///
  /// - Throws: `E-WH-010` where there is none.
  public init(_ label: String, in connection: Connection) throws {
    guard let row = try connection.citations(label: label).first else {
      let known = try connection.citations(label: nil).map(\.label)
      throw EvokeError(
        .unknownName, "cited number \(label)", reason: "no number was cited under this label",
        remedy: NearMiss.suggestion(label, in: known, otherwise: "evoke query cited lists them"))
    }
    try self.init(row, in: connection)
  }

  private init(_ row: Rows.Citations, in connection: Connection) throws {
    (label, text, format, sha256, madeAt) = (row.label, row.text, row.format, row.sha256, row.madeAt)
    frozen = try FrozenResult(row.frozen, in: connection)
    guard frozen.table.rows.count == 1, !frozen.table.columns.isEmpty else {
      throw EvokeError(
        .catalogFailed, row.label, reason: "\(frozen.table.rows.count) rows are stored of a cited number",
        remedy: "run evoke verify")
    }
    units = try connection.citedUnits(citation: row.citationID).map {
      Unit(key: $0.unitKey, result: $0.resultSHA256, resultNow: $0.state == "done" ? $0.nowSHA256 : nil)
    }
  }

  /// Every cited number, by label.
  public static func all(in connection: Connection) throws -> [Citation] {
    try connection.citations(label: nil).map { try Citation($0, in: connection) }
  }

  /// Takes a number out; what it was.
  ///
  /// - Throws: `E-WH-010` where there is none.
  public static func remove(_ label: String, from warehouse: Warehouse, dryRun: Bool) throws -> Citation {
    let old = try warehouse.read { try Citation(label, in: $0) }
    guard !dryRun else { return old }
    try warehouse.write { connection in
      connection.writesFrozenOnly()
      for row in try connection.citations(label: label) { try connection.dropActivity(activity: row.activityID) }
      try connection.dropUncitedNumbers()
    }
    return old
  }

  /// Asks the query again; how its answer differs, nil where the value is the same.
  ///
  /// - Throws: what reading the catalog throws.
  public func difference(in warehouse: Warehouse, limits: QueryLimits = .usual) throws -> String? {
    // A view has another statement, a table other rows: only what comes out counts.
    try frozen.difference(in: warehouse, limits: limits)
  }

  /// How what a number that its query still returns is made of differs from what it was made of; nil where it does not.
  ///
  /// - Throws: what asking the query throws.
  public func otherUnits(in warehouse: Warehouse, limits: QueryLimits = .usual) throws -> String? {
    let gone = units.count { $0.resultNow == nil }
    if gone > 0 { return "\(gone) of its units are not there now" }
    let anew = units.count { $0.result != $0.resultNow }
    if anew > 0 { return "\(anew) of its units have other results now" }
    guard let row = try warehouse.userQuery(frozen.sql, limits: limits).first?.rows.first else { return nil }
    let now = try CitedUnits.keys(of: frozen.sql, row: row, in: warehouse)
    return Set(now) == Set(units.map(\.key)) ? nil : "it is made of other units now"
  }

  /// Numbers that are not those of their rows: another text than the format gives, another value, query or hash.
  ///
  /// - Returns: how many numbers there are, and of those the label and what differs.
  public static func contradictions(
    in connection: Connection
  ) throws -> (count: Int, differing: [(label: String, detail: String)]) {
    let rows = try connection.citations(label: nil)
    let differing = try rows.compactMap { row -> (label: String, detail: String)? in
      let number = try Citation(row, in: connection)
      let text = try number.format.map { try NumberFormat($0).text(number.value) } ?? NumberFormat.plain(number.value)
      guard text == row.text, row.value == number.value.double, row.query == row.sql, row.numberSHA256 == row.sha256
      else { return (row.label, "it says \(row.text), its row \(text)") }
      return nil
    }
    return (rows.count, differing)
  }

  /// What `evoke cite --tex` writes: `\evoke{LABEL}` prints the number of a label and stops LaTeX at one that is not there.
  public static func tex(_ numbers: [Citation], escaped: (String) -> String) -> String {
    let macros = numbers.map { number in
      let text = escaped(number.text).replacing(/(^|[^\w}])-(?=\.?\d)/) { "\($0.1)\\ensuremath{-}" }
      return "\\expandafter\\newcommand\\csname evoke@\(number.label)\\endcsname{\(text)}\n"
    }
    return """
      % Numbers of a publication, each with the row it was read from: evoke cite LABEL
      \\newcommand{\\evoke}[1]{\\ifcsname evoke@#1\\endcsname\\csname evoke@#1\\endcsname\\else\\errmessage{no number #1}\\fi}

      """ + macros.joined()
  }
}
