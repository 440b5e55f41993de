import Diagnostics

/// Which statements a user's own SQL may hold: those that read this catalog and nothing else.
enum UserSQL {
  /// First words of statements that read.
  private static let readers: Set<String> = ["SELECT", "WITH", "VALUES", "EXPLAIN"]
  /// Pragmas that only report; an argument says of what.
  private static let pragmas: Set<String> = [
    "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list",
    "foreign_key_check", "integrity_check", "quick_check", "database_list", "compile_options", "function_list",
    "collation_list", "page_count", "freelist_count",
  ]
  /// Pragmas that report without an argument and set with one, after `=` or in brackets.
  private static let settings: Set<String> = [
    "user_version", "application_id", "schema_version", "journal_mode", "page_size", "encoding",
  ]

  /// - Throws: `E-WH-014` for a statement that would write, attach or change settings.
  static func check(_ statement: String) throws {
    let words = words(statement)
    guard let first = words.first?.uppercased() else { return }
    if readers.contains(first) { return }
    if first == "PRAGMA", !statement.contains("="), let name = words.dropFirst().first {
      let last = (name.split(separator: ".").last.map(String.init) ?? name).lowercased()
      if pragmas.contains(last) || settings.contains(last) && !statement.contains("(") { return }
    }
    throw EvokeError(
      .refusedSQL, String(statement.prefix(200)), reason: "\(first) is not a reading statement",
      remedy: "use SELECT; writing goes through evoke's verbs")
  }

  /// The first two words outside comments; a word ends at anything but letters, digits, `_` and `.`.
  private static func words(_ statement: String) -> [String] {
    var words: [String] = []
    var word = ""
    var rest = statement[...]
    while let character = rest.first, words.count < 2 {
      if rest.hasPrefix("--") {
        rest = rest.drop { $0 != "\n" }
        continue
      }
      if rest.hasPrefix("/*") {
        // A comment that is not closed reaches to the end.
        rest = rest.firstRange(of: "*/").map { rest[$0.upperBound...] } ?? rest[rest.endIndex...]
        continue
      }
      rest = rest.dropFirst()
      if character.isLetter || character.isNumber || character == "_" || character == "." {
        word.append(character)
      } else if !word.isEmpty {
        words.append(word)
        word = ""
      } else if !character.isWhitespace, character != ";", words.isEmpty {
        return [String(character)]
      }
    }
    if !word.isEmpty, words.count < 2 { words.append(word) }
    return words
  }
}
