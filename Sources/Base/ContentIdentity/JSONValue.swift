/// A JSON value whose canonical form (RFC 8785) is what Evoke hashes.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  public static func int(_ value: Int) -> JSONValue { .number(Double(value)) }

  public subscript(key: String) -> JSONValue? {
    if case .object(let members) = self { return members[key] }
    return nil
  }

  public var stringValue: String? { if case .string(let s) = self { s } else { nil } }
  public var doubleValue: Double? { if case .number(let n) = self { n } else { nil } }
  public var intValue: Int? { doubleValue.flatMap { Int(exactly: $0) } }
  public var boolValue: Bool? { if case .bool(let b) = self { b } else { nil } }
  public var arrayValue: [JSONValue]? { if case .array(let a) = self { a } else { nil } }
  public var objectValue: [String: JSONValue]? { if case .object(let o) = self { o } else { nil } }
  public var isNull: Bool { self == .null }

  /// The RFC 8785 text: members sorted by UTF-16 code units, ECMAScript numbers, minimal escapes.
  public var canonical: String {
    var out = ""
    write(into: &out)
    return out
  }

  /// The SHA-256 of the canonical text.
  public var sha256: String { SHA256.hex(of: canonical) }

  private func write(into out: inout String) {
    switch self {
    case .null: out += "null"
    case .bool(let value): out += value ? "true" : "false"
    case .number(let value): out += Self.ecmaScript(value)
    case .string(let value): Self.quote(value, into: &out)
    case .array(let values):
      out += "["
      for (i, value) in values.enumerated() {
        if i > 0 { out += "," }
        value.write(into: &out)
      }
      out += "]"
    case .object(let members):
      out += "{"
      let keys = members.keys.sorted { Array($0.utf16).lexicographicallyPrecedes(Array($1.utf16)) }
      for (i, key) in keys.enumerated() {
        if i > 0 { out += "," }
        Self.quote(key, into: &out)
        out += ":"
        members[key]?.write(into: &out)
      }
      out += "}"
    }
  }

  private static func quote(_ text: String, into out: inout String) {
    out += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\u{08}": out += "\\b"
      case "\u{09}": out += "\\t"
      case "\u{0a}": out += "\\n"
      case "\u{0c}": out += "\\f"
      case "\u{0d}": out += "\\r"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: out.unicodeScalars.append(scalar)
      }
    }
    out += "\""
  }

  /// ECMAScript's Number-to-string (shortest digits that read back); NaN and infinities are not JSON and trap.
  static func ecmaScript(_ value: Double) -> String {
    precondition(value.isFinite, "JSON has no NaN or infinity")
    if value == 0 { return "0" }
    if value < 0 { return "-" + ecmaScript(-value) }
    let (digits, exponent) = shortestDigits(value)
    let k = digits.count
    let n = exponent
    if k <= n && n <= 21 { return digits + String(repeating: "0", count: n - k) }
    if 0 < n && n <= 21 {
      let split = digits.index(digits.startIndex, offsetBy: n)
      return digits[..<split] + "." + digits[split...]
    }
    if -6 < n && n <= 0 { return "0." + String(repeating: "0", count: -n) + digits }
    let e = n - 1
    let sign = e < 0 ? "-" : "+"
    let head = String(digits.prefix(1))
    let tail = digits.dropFirst()
    return head + (tail.isEmpty ? "" : "." + tail) + "e" + sign + String(abs(e))
  }

  /// Shortest decimal digits `d1d2…` and `n` with value = 0.d1d2… × 10^n.
  private static func shortestDigits(_ value: Double) -> (String, Int) {
    let text = value.description.lowercased()
    let parts = text.split(separator: "e")
    var exponent = 0
    if parts.count == 2 {
      guard let stated = Int(parts[1]) else { preconditionFailure("a number's exponent is whole: \(text)") }
      exponent = stated
    }
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let whole = String(mantissa[0])
    let fraction = mantissa.count == 2 ? String(mantissa[1]) : ""
    var digits = Substring(whole + fraction)
    var point = whole.count + exponent
    while digits.first == "0" {
      digits = digits.dropFirst()
      point -= 1
    }
    while digits.last == "0" { digits = digits.dropLast() }
    return (String(digits), point)
  }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral value: String) { self = .string(value) }
  public init(integerLiteral value: Int) { self = .number(Double(value)) }
  public init(floatLiteral value: Double) { self = .number(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
  }
}
