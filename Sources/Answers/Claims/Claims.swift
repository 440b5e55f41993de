import DelimitedText
import Diagnostics
import FileSystem
import Warehouse

/// A sentence of a publication with the query that returns rows where it does not hold.
public struct Claim: Sendable, Equatable {
  /// Of the file, in its folder.
  public let file: String
  /// Of the sentence, from 1.
  public let line: Int
  public let sentence: String
  public let sql: String

  /// What became of a claim.
  public struct Verdict: Sendable, Equatable {
    public let claim: Claim
    /// Rows that contradict it; nil where it could not be asked.
    public let rowCount: Int?
    /// Why it could not.
    public let failure: String?

    public var holds: Bool { rowCount == 0 }
  }

  /// The claims of a folder: of its `.sql` files in the order of their names, each query under a line
  /// `-- claim: sentence`.
  ///
  /// - Throws: `E-QRY-018` for a folder without claims, a file without one, a statement above the first, a claim without
  ///   a sentence.
  public static func all(in folder: String) throws -> [Claim] {
    let names = try Files.names(in: folder).filter { $0.lowercased().hasSuffix(".sql") }.sorted()
    let claims = try names.flatMap { name in
      try parse(String(decoding: try Files.read(folder + "/" + name), as: UTF8.self), file: name)
    }
    guard claims.isEmpty else { return claims }
    throw EvokeError(
      .claimsMalformed, folder, reason: "no .sql file is in it",
      remedy: "write claims there, each a line -- claim: SENTENCE with a query under it")
  }

  static func parse(_ text: String, file: String) throws -> [Claim] {
    let mark = "-- claim:"
    var claims: [Claim] = []
    var open: (line: Int, sentence: String, sql: [Substring])?
    func close() {
      guard let open else { return }
      claims.append(
        Claim(file: file, line: open.line, sentence: open.sentence, sql: open.sql.joined(separator: "\n")))
    }
    for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      if line.hasPrefix(mark) {
        close()
        let sentence = line.dropFirst(mark.count).trimmed
        guard !sentence.isEmpty else { throw malformed(file, number + 1, "the claim has no sentence") }
        open = (number + 1, sentence, [])
      } else if open != nil {
        open?.sql.append(line)
      } else if !line.trimmed.isEmpty, !line.hasPrefix("--") {
        throw malformed(file, number + 1, "a statement stands above the first claim")
      }
    }
    close()
    guard !claims.isEmpty else { throw malformed(file, 1, "there is no claim in it") }
    return claims
  }

  private static func malformed(_ file: String, _ line: Int, _ reason: String) -> EvokeError {
    EvokeError(
      .claimsMalformed, "\(file) line \(line)", reason: reason,
      remedy: "write a line -- claim: SENTENCE above each query")
  }

  /// Asks its query; a statement that cannot be run is a claim that does not hold.
  public func verdict(in warehouse: Warehouse, limits: QueryLimits) throws -> Verdict {
    do {
      let tables = try warehouse.userQuery(sql, limits: limits, withArrays: true)
      guard let table = tables.first, tables.count == 1, !table.columns.isEmpty else {
        let reason =
          tables.isEmpty ? "no query stands under it" : "\(tables.count) statements stand under it, not one query"
        return Verdict(claim: self, rowCount: nil, failure: reason)
      }
      return Verdict(claim: self, rowCount: table.rows.count, failure: nil)
    } catch let error as EvokeError
      where [
        .invalidSQL, .refusedSQL, .questionTimedOut, .tooManyRows, .catalogFailed, .arrayCorrupt, .arrayMissing,
        .outsideWarehouse,
      ].contains(error.code)
    {
      return Verdict(claim: self, rowCount: nil, failure: "\(error.code.id) \(error.reason)")
    }
  }
}
