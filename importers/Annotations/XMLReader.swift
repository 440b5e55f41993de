import Diagnostics

/// What is met in an XML text.
enum XMLToken: Equatable {
  case start(name: String, attributes: [String: String])
  case end(name: String)
  /// With entities replaced, blanks kept.
  case text(String)
}

/// A pull parser for well-formed XML 1.0 in UTF-8: elements, attributes, text, character data, the five entities and
/// character references. Comments, processing instructions and a document type without entities of its own are passed
/// over; nothing outside the text is ever read.
struct XMLReader {
  private let bytes: [UInt8]
  private var at = 0
  private var open: [String] = []
  private var pendingEnd: String?
  private let path: String

  init(_ path: String, _ bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
    if bytes.starts(with: [0xef, 0xbb, 0xbf]) { at = 3 }
  }

  /// The next token, nil at the end.
  ///
  /// - Throws: `xmlMalformed`.
  mutating func next() throws -> XMLToken? {
    if let name = pendingEnd {
      pendingEnd = nil
      return .end(name: name)
    }
    while at < bytes.count {
      if bytes[at] != UInt8(ascii: "<") { return .text(try text(until: UInt8(ascii: "<"))) }
      if has("<!--") {
        try skip(past: "-->")
      } else if has("<![CDATA[") {
        at += 9
        let start = at
        try skip(past: "]]>")
        return .text(String(decoding: bytes[start..<at - 3], as: UTF8.self))
      } else if has("<?") {
        try skip(past: "?>")
      } else if has("<!") {
        try skip(past: ">")
      } else {
        return try tag()
      }
    }
    if let name = open.last { throw fault("<\(name)> is not closed") }
    return nil
  }

  private func has(_ word: String) -> Bool { bytes[at...].starts(with: word.utf8) }

  private mutating func skip(past word: String) throws {
    let end = Array(word.utf8)
    while at + end.count <= bytes.count {
      if bytes[at...].starts(with: end) {
        at += end.count
        return
      }
      at += 1
    }
    throw fault("\(word) is missing")
  }

  private func fault(_ reason: String) -> EvokeError {
    let line = bytes[..<min(at, bytes.count)].count { $0 == 10 } + 1
    return EvokeError(.xmlMalformed, "\(path) line \(line)", reason: reason, remedy: "export the file again")
  }

  private mutating func tag() throws -> XMLToken {
    at += 1
    if at < bytes.count, bytes[at] == UInt8(ascii: "/") {
      at += 1
      let name = try self.name()
      skipBlanks()
      guard at < bytes.count, bytes[at] == UInt8(ascii: ">"), open.popLast() == name else {
        throw fault("</\(name)> closes no open element")
      }
      at += 1
      return .end(name: name)
    }
    let name = try self.name()
    var attributes: [String: String] = [:]
    while true {
      skipBlanks()
      guard at < bytes.count else { throw fault("<\(name) does not end") }
      if bytes[at] == UInt8(ascii: ">") {
        at += 1
        open.append(name)
        return .start(name: name, attributes: attributes)
      }
      if has("/>") {
        at += 2
        pendingEnd = name
        return .start(name: name, attributes: attributes)
      }
      let (key, value) = try attribute()
      guard attributes.updateValue(value, forKey: key) == nil else { throw fault("\(key) is given twice") }
    }
  }

  private mutating func attribute() throws -> (String, String) {
    let key = try name()
    skipBlanks()
    guard at < bytes.count, bytes[at] == UInt8(ascii: "=") else { throw fault("\(key) has no value") }
    at += 1
    skipBlanks()
    guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") || bytes[at] == UInt8(ascii: "'") else {
      throw fault("the value of \(key) is not quoted")
    }
    let quote = bytes[at]
    at += 1
    let value = try text(until: quote)
    guard at < bytes.count else { throw fault("the value of \(key) does not end") }
    at += 1
    return (key, value)
  }

  private mutating func name() throws -> String {
    let start = at
    while at < bytes.count, !" \t\r\n=/><\"'".utf8.contains(bytes[at]) { at += 1 }
    guard at > start else { throw fault("a name is missing") }
    return String(decoding: bytes[start..<at], as: UTF8.self)
  }

  private mutating func skipBlanks() {
    while at < bytes.count, [32, 9, 10, 13].contains(bytes[at]) { at += 1 }
  }

  private mutating func text(until end: UInt8) throws -> String {
    var out: [UInt8] = []
    while at < bytes.count, bytes[at] != end {
      if bytes[at] == UInt8(ascii: "&") {
        out += try entity().utf8
      } else {
        out.append(bytes[at])
        at += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  private mutating func entity() throws -> String {
    let end = bytes[at...].prefix(12).firstIndex(of: UInt8(ascii: ";"))
    guard let end else { throw fault("& starts no entity") }
    let name = String(decoding: bytes[at + 1..<end], as: UTF8.self)
    let known = ["lt": "<", "gt": ">", "amp": "&", "quot": "\"", "apos": "'"]
    var value = known[name]
    if name.hasPrefix("#") {
      let isHexadecimal = name.hasPrefix("#x")
      let code = UInt32(name.dropFirst(isHexadecimal ? 2 : 1), radix: isHexadecimal ? 16 : 10)
      value = code.flatMap { Unicode.Scalar($0) }.map { String($0) }
    }
    guard let value else { throw fault("&\(name); is no known entity") }
    at = end + 1
    return value
  }
}
