import ContentIdentity
import Diagnostics
import Warehouse

/// Values as JSON that gives them back exactly: integers of 64 bits, numbers as the shortest text of the same bits.
enum CellText {
  /// A row.
  static func of(_ values: [SQLValue]) -> String { "[" + values.map(of).joined(separator: ",") + "]" }

  /// The parameters of a statement, by name.
  static func of(_ parameters: [String: SQLValue]) -> String {
    let members = parameters.sorted { $0.key < $1.key }.map { JSONValue.string($0).canonical + ":" + of($1) }
    return "{" + members.joined(separator: ",") + "}"
  }

  private static func of(_ value: SQLValue) -> String {
    switch value {
    case .null: "null"
    case .integer(let number): String(number)
    case .real(let number): number.isFinite ? number.description : "\"\(number)\""
    case .text(let text): JSONValue.string(text).canonical
    case .blob(let bytes): "\"" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\""
    }
  }

  /// The values of a row whose columns have these types.
  ///
  /// - Throws: `E-WH-005` for a text that is none.
  static func row(_ text: String, _ kinds: [Statement.Kind]) throws -> [SQLValue] {
    let words = words(text)
    guard words.count == kinds.count else { throw broken(text) }
    return try zip(words, kinds).map { word, kind in
      guard let value = try value(word, kind) else { throw broken(text) }
      return value
    }
  }

  /// Parameters, whose types their texts tell: no parameter is of bytes or not finite.
  ///
  /// - Throws: `E-WH-005` for a text that is none.
  static func parameters(_ text: String) throws -> [String: SQLValue] {
    let words = words(text)
    guard words.count.isMultiple(of: 2) else { throw broken(text) }
    var parameters: [String: SQLValue] = [:]
    for place in stride(from: 0, to: words.count, by: 2) {
      let word = words[place + 1]
      let kind: Statement.Kind =
        word.hasPrefix("\"") ? .text : word.contains { ".e".contains($0) } ? .real : .integer
      guard let name = try JSONValue(parsing: words[place]).stringValue, let value = try value(word, kind) else {
        throw broken(text)
      }
      parameters[name] = value
    }
    return parameters
  }

  private static func value(_ word: String, _ kind: Statement.Kind) throws -> SQLValue? {
    if word == "null" { return .null }
    switch kind {
    case .integer: return Int64(word).map { .integer($0) }
    case .real: return Double(word.filter { $0 != "\"" }).map { .real($0) }
    case .text: return try JSONValue(parsing: word).stringValue.map { .text($0) }
    case .blob:
      let digits = Array(word.utf8.dropFirst().dropLast())
      let bytes = stride(from: 0, to: digits.count, by: 2).compactMap {
        UInt8(String(decoding: digits[$0..<min($0 + 2, digits.count)], as: UTF8.self), radix: 16)
      }
      return bytes.count * 2 == digits.count ? .blob(bytes) : nil
    }
  }

  /// The scalars of a flat array or object, as they stand.
  private static func words(_ text: String) -> [String] {
    var words: [String] = []
    var word: [UInt8] = []
    var (isQuoted, isEscaped) = (false, false)
    for byte in text.utf8.dropFirst().dropLast() {
      if !isQuoted, byte == UInt8(ascii: ",") || byte == UInt8(ascii: ":") {
        words.append(String(decoding: word, as: UTF8.self))
        word = []
        continue
      }
      word.append(byte)
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      }
    }
    return word.isEmpty ? words : words + [String(decoding: word, as: UTF8.self)]
  }

  private static func broken(_ text: String) -> EvokeError {
    EvokeError(
      .catalogFailed, "a frozen result", reason: "\(text.prefix(80)) is no row of its columns",
      remedy: "run evoke verify")
  }
}
