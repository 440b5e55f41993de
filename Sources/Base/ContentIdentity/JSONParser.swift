/// Why a text is not JSON: the byte offset and the reason.
public struct JSONSyntaxError: Error, Sendable, CustomStringConvertible {
  public let offset: Int
  public let reason: String
  public var description: String { "\(reason) at byte \(offset)" }
}

extension JSONValue {
  /// Parses one JSON text as RFC 8259 has it and no other: no `01`, `+1`, `1.`, `.5` or `1e`, no NaN or infinity (nor a
  /// number too large for float64), no byte-order mark, no control character inside a text, no text behind the value.
  ///
  /// Stricter than the RFC, because what is read here is hashed and compared: a member name may not stand twice, and
  /// half a surrogate pair, which no Unicode text can hold, is refused rather than replaced.
  /// - Throws: `JSONSyntaxError`.
  public init(parsing text: String) throws { try self.init(parsing: Array(text.utf8)) }

  /// - Parameter takesEqualMembers: a member that stands twice with one value is taken once, as nothing is lost by it.
  public init(parsing bytes: [UInt8], takesEqualMembers: Bool = false) throws {
    var parser = JSONParser(bytes: bytes, takesEqualMembers: takesEqualMembers)
    self = try parser.document()
  }
}

/// Written here rather than taken from Foundation, which keeps the last of two members of one name, and does not say at
/// which byte a text is wrong.
private struct JSONParser {
  let bytes: [UInt8]
  let takesEqualMembers: Bool
  var at = 0
  var depth = 0

  init(bytes: [UInt8], takesEqualMembers: Bool) {
    self.bytes = bytes
    self.takesEqualMembers = takesEqualMembers
  }

  func fail(_ reason: String, at offset: Int? = nil) -> JSONSyntaxError {
    JSONSyntaxError(offset: offset ?? at, reason: reason)
  }

  mutating func document() throws -> JSONValue {
    let value = try value()
    skipSpace()
    guard at == bytes.count else { throw fail("text after the value") }
    return value
  }

  /// The byte that comes next; nil at the end.
  var next: UInt8? { at < bytes.count ? bytes[at] : nil }

  mutating func skipSpace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d { at += 1 }
  }

  mutating func value() throws -> JSONValue {
    skipSpace()
    guard at < bytes.count else { throw fail("unexpected end") }
    depth += 1
    defer { depth -= 1 }
    guard depth < 512 else { throw fail("nested too deeply") }
    switch bytes[at] {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try array()
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  mutating func word(_ text: String, _ value: JSONValue) throws -> JSONValue {
    guard bytes[at...].starts(with: text.utf8) else { throw fail("unknown word") }
    at += text.utf8.count
    return value
  }

  /// `-? (0 | [1-9] [0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?`
  mutating func number() throws -> JSONValue {
    let start = at
    if next == UInt8(ascii: "-") { at += 1 }
    let isZero = next == UInt8(ascii: "0")
    guard digits() else { throw fail("not a number") }
    let whole = start + (bytes[start] == UInt8(ascii: "-") ? 1 : 0)
    if isZero, at > whole + 1 { throw fail("a number begins with 0", at: start) }
    if next == UInt8(ascii: ".") {
      at += 1
      guard digits() else { throw fail("no digit follows the point") }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      at += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { at += 1 }
      guard digits() else { throw fail("the exponent has no digit") }
    }
    guard let value = Double(String(decoding: bytes[start..<at], as: UTF8.self)), value.isFinite else {
      throw fail("a number beyond float64", at: start)
    }
    return .number(value)
  }

  /// Passes over decimal digits; false where there is none.
  private mutating func digits() -> Bool {
    let start = at
    while let byte = next, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte { at += 1 }
    return at > start
  }

  mutating func array() throws -> JSONValue {
    at += 1
    var values: [JSONValue] = []
    skipSpace()
    if at < bytes.count, bytes[at] == UInt8(ascii: "]") {
      at += 1
      return .array([])
    }
    while true {
      values.append(try value())
      skipSpace()
      guard at < bytes.count else { throw fail("unclosed array") }
      at += 1
      if bytes[at - 1] == UInt8(ascii: "]") { return .array(values) }
      guard bytes[at - 1] == UInt8(ascii: ",") else { throw fail("expected , or ]", at: at - 1) }
    }
  }

  mutating func object() throws -> JSONValue {
    at += 1
    var members: [String: JSONValue] = [:]
    skipSpace()
    if at < bytes.count, bytes[at] == UInt8(ascii: "}") {
      at += 1
      return .object([:])
    }
    while true {
      skipSpace()
      guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { throw fail("expected a member name") }
      let place = at
      let name = try string()
      skipSpace()
      guard at < bytes.count, bytes[at] == UInt8(ascii: ":") else { throw fail("expected :") }
      at += 1
      let member = try value()
      if let earlier = members.updateValue(member, forKey: name), !takesEqualMembers || earlier != member {
        throw fail("member \(name) twice", at: place)
      }
      skipSpace()
      guard at < bytes.count else { throw fail("unclosed object") }
      at += 1
      if bytes[at - 1] == UInt8(ascii: "}") { return .object(members) }
      guard bytes[at - 1] == UInt8(ascii: ",") else { throw fail("expected , or }", at: at - 1) }
    }
  }

  mutating func string() throws -> String {
    at += 1
    var out: [UInt8] = []
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: out, as: UTF8.self) else { throw fail("text is not UTF-8") }
        return text
      case UInt8(ascii: "\\"): try escape(into: &out)
      case 0..<0x20: throw fail("control character in a text", at: at - 1)
      default: out.append(byte)
      }
    }
    throw fail("unclosed text")
  }

  mutating func escape(into out: inout [UInt8]) throws {
    guard at < bytes.count else { throw fail("unclosed text") }
    let byte = bytes[at]
    at += 1
    switch byte {
    case UInt8(ascii: "n"): out.append(0x0a)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "r"): out.append(0x0d)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "f"): out.append(0x0c)
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
    case UInt8(ascii: "u"):
      var unit = try hex4()
      if (0xd800..<0xdc00).contains(unit) {
        guard at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u")
        else { throw fail("half a surrogate pair") }
        at += 2
        let low = try hex4()
        guard (0xdc00..<0xe000).contains(low) else { throw fail("half a surrogate pair") }
        unit = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
      }
      guard let scalar = Unicode.Scalar(unit) else { throw fail("half a surrogate pair") }
      out.append(contentsOf: Array(String(Character(scalar)).utf8))
    default: throw fail("unknown escape")
    }
  }

  mutating func hex4() throws -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      // Not `UInt32(_:radix:)`, which takes a sign.
      guard let byte = next, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fail("expected four hex digits")
      }
      unit = unit << 4 | UInt32(digit)
      at += 1
    }
    return unit
  }
}
