import Foundation

/// An SQL file and what its comments declare.
///
/// A query starts with `-- what it answers`; then, where SQLite cannot tell,
/// `-- parameter NAME: TYPE [or NULL]` and `-- column NAME: TYPE [never NULL]`, TYPE being integer, real, text or blob.
/// A view describes every column, `-- column NAME: meaning`, where SQLite cannot tell with its type before the colon:
/// `-- column NAME (TYPE): meaning`. `-- order: NAME, ...` of a view without ORDER BY is what its rows are ordered by
/// where they are asked for by its name.
struct SQLFile {
  enum Kind: String {
    case integer, real, text, blob
  }

  struct Declaration {
    let name: String
    let kind: Kind
    /// `or NULL` of a parameter; the absence of `never NULL` of a column.
    let isOptional: Bool
    let line: Int
  }

  /// Where it is on disk.
  let path: String
  /// Folder and name, without ending: `lookups/unit_states`.
  let place: String
  let text: String
  private(set) var description = ""
  private(set) var parameters: [Declaration] = []
  private(set) var columns: [Declaration] = []
  /// Columns of `-- order:`, with the line.
  private(set) var order: (names: [String], line: Int)?

  var folder: String { String(place.prefix { $0 != "/" }) }
  var name: String { String(place.drop { $0 != "/" }.dropFirst()) }

  /// Reads a file below `root`.
  init(_ path: String, below root: String) throws {
    self.path = path
    place = String(path.dropFirst(root.count + 1).dropLast(".sql".count))
    text = try String(contentsOfFile: path, encoding: .utf8)
    guard folder != "migrations" else { return }
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    if folder == "views" {
      columns = try lines.enumerated().compactMap { i, line in try typed(line, at: i + 1) }
      order = lines.enumerated().first { $1.hasPrefix(Self.orderMark) }.map { i, line in
        (line.dropFirst(Self.orderMark.count).split(separator: ",").map { String($0.drop { $0 == " " }) }, i + 1)
      }
      return
    }
    for (i, line) in lines.enumerated() where line.hasPrefix("--") {
      let words = line.dropFirst(2).split(separator: " ")
      switch words.first {
      case "parameter": parameters.append(try declaration(words, ending: ["or", "NULL"], at: i + 1))
      case "column": columns.append(try declaration(words, ending: ["never", "NULL"], at: i + 1))
      default: if description.isEmpty { description = words.joined(separator: " ") }
      }
    }
    guard !description.isEmpty else { throw problem("the first line does not say what it answers: -- ...", at: 1) }
  }

  private static let orderMark = "-- order: "

  /// `-- column NAME (TYPE): meaning` of a view; nil for any other line.
  private func typed(_ line: Substring, at number: Int) throws -> Declaration? {
    guard let found = line.wholeMatch(of: /-- column (\w+) \(([^)]*)\):.*/) else { return nil }
    guard let kind = Kind(rawValue: String(found.2)) else {
      throw problem("write -- column \(found.1) (integer|real|text|blob): meaning", at: number)
    }
    return Declaration(name: String(found.1), kind: kind, isOptional: true, line: number)
  }

  private func declaration(_ words: [Substring], ending: [Substring], at line: Int) throws -> Declaration {
    let hasEnding = Array(words.dropFirst(3)) == ending
    guard words.count >= 3, words[1].hasSuffix(":"), let kind = Kind(rawValue: String(words[2])),
      words.count == 3 || hasEnding
    else {
      throw problem(
        "write -- \(words[0]) NAME: integer|real|text|blob [\(ending.joined(separator: " "))]", at: line)
    }
    return Declaration(
      name: String(words[1].dropLast()), kind: kind, isOptional: hasEnding == (words[0] == "parameter"), line: line)
  }

  func problem(_ message: String, at line: Int) -> Problem { Problem(path: path, line: line, message: message) }

  /// A failure of SQLite as a problem of this file, `skipped` bytes of the statement standing before the file's text.
  ///
  /// Without an offset the line is that of the word the message speaks of.
  func problem(_ failure: CheckDatabase.Failure, skipped: Int = 0) -> Problem {
    if let offset = failure.offset {
      let before = text.utf8.prefix(max(0, offset - skipped))
      return problem(failure.message, at: before.count { $0 == UInt8(ascii: "\n") } + 1)
    }
    let word = failure.message.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.last.map(String.init) ?? ""
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let found = lines.firstIndex { line in
      !line.hasPrefix("--") && line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.contains { $0 == word }
    }
    return problem(failure.message, at: (found ?? lines.firstIndex { !$0.hasPrefix("--") } ?? 0) + 1)
  }
}
