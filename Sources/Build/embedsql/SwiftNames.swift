/// Names of tables, columns and queries as Swift spells them.
enum SwiftNames {
  private static let capitals: Set = ["id", "sha256", "sql", "r2", "json", "blas", "cpu"]
  private static let reserved: Set = [
    "import", "default", "in", "is", "as", "where", "case", "class", "func", "let", "var", "repeat", "operator", "self",
    "init", "extension", "protocol", "static", "internal", "public", "true", "false", "nil", "switch", "for", "while",
  ]

  /// `logical_sha256` -> `logicalSHA256`, quoted where Swift keeps the word for itself.
  static func value(_ name: String) -> String {
    let words = name.split(separator: "_").map(String.init)
    let first = (words.first ?? "").lowercased()
    let joined = first + words.dropFirst().map(capitalised).joined()
    return reserved.contains(joined) ? "`\(joined)`" : joined
  }

  /// `unit_states` -> `UnitStates`.
  static func type(_ name: String) -> String { name.split(separator: "_").map { capitalised(String($0)) }.joined() }

  private static func capitalised(_ word: String) -> String {
    capitals.contains(word) ? word.uppercased() : word.prefix(1).uppercased() + word.dropFirst()
  }
}
