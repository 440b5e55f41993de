/// Why a text is not JSON: the byte offset and the reason.
public struct JSONSyntaxError: Error, Sendable, CustomStringConvertible {
  public let offset: Int
  public let reason: String
  public var description: String { "\(reason) at byte \(offset)" }
}

extension JSONValue {
  /// Parses one JSON text (RFC 8259); duplicate member names and trailing text are errors.
  public init(parsing text: String) throws { try self.init(parsing: Array(text.utf8)) }

  public init(parsing bytes: [UInt8]) throws {
    var parser = JSONParser(bytes: bytes)
    self = try parser.document()
  }
}

private struct JSONParser {
  let bytes: [UInt8]
  var at = 0
  var depth = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  func fail(_ reason: String) -> JSONSyntaxError { JSONSyntaxError(offset: at, reason: reason) }

  mutating func document() throws -> JSONValue {
    let value = try value()
    skipSpace()
    guard at == bytes.count else { throw fail("text after the value") }
    return value
  }

  mutating func skipSpace() {
    while at < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[at]) { at += 1 }
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

  mutating func number() throws -> JSONValue {
    let start = at
    let allowed = Set("+-0123456789.eE".utf8)
    while at < bytes.count, allowed.contains(bytes[at]) { at += 1 }
    guard at > start, let value = Double(String(decoding: bytes[start..<at], as: UTF8.self)), value.isFinite
    else { throw fail("not a number") }
    return .number(value)
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
      guard bytes[at - 1] == UInt8(ascii: ",") else { throw fail("expected , or ]") }
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
      let name = try string()
      skipSpace()
      guard at < bytes.count, bytes[at] == UInt8(ascii: ":") else { throw fail("expected :") }
      at += 1
      guard members.updateValue(try value(), forKey: name) == nil else { throw fail("member \(name) twice") }
      skipSpace()
      guard at < bytes.count else { throw fail("unclosed object") }
      at += 1
      if bytes[at - 1] == UInt8(ascii: "}") { return .object(members) }
      guard bytes[at - 1] == UInt8(ascii: ",") else { throw fail("expected , or }") }
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
      case 0..<0x20: throw fail("control character in a text")
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
      guard let scalar = Unicode.Scalar(unit) else { throw fail("not a Unicode scalar") }
      out.append(contentsOf: Array(String(Character(scalar)).utf8))
    default: throw fail("unknown escape")
    }
  }

  mutating func hex4() throws -> UInt32 {
    guard at + 4 <= bytes.count,
      let unit = UInt32(String(decoding: bytes[at..<at + 4], as: UTF8.self), radix: 16)
    else { throw fail("expected four hex digits") }
    at += 4
    return unit
  }
}
