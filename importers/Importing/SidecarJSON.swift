import ContentIdentity

/// JSON beside recordings, as programs and people write it.
///
/// A byte-order mark is passed over, Python's `NaN`, `Infinity` and `-Infinity` are null, and numbers may be written
/// `+1`, `01`, `1.` and `.5`; a member may stand twice with the same value. All else is as strict as `JSONValue`, which
/// takes none of these.
package enum SidecarJSON {
  /// - Throws: `JSONSyntaxError`.
  package static func parse(_ bytes: [UInt8]) throws -> JSONValue {
    try JSONValue(parsing: strict(bytes), takesEqualMembers: true)
  }

  /// The members of a text that is one object.
  ///
  /// - Throws: `JSONSyntaxError`, `NotAnObject`.
  package static func members(of bytes: [UInt8]) throws -> [String: JSONValue] {
    guard let members = try parse(bytes).objectValue else { throw NotAnObject() }
    return members
  }

  /// Another JSON value where an object is needed.
  package struct NotAnObject: Error, CustomStringConvertible {
    package let description = "it is no JSON object"
  }

  /// The same text with every word and number outside of quotes as RFC 8259 has it.
  private static func strict(_ bytes: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count)
    var rest = bytes[...]
    if rest.starts(with: [0xef, 0xbb, 0xbf]) { rest = rest.dropFirst(3) }
    while let byte = rest.first {
      if byte == UInt8(ascii: "\"") {
        let text = quoted(rest)
        out += text
        rest = rest.dropFirst(text.count)
      } else if isWord(byte) {
        let word = rest.prefix(while: isWord)
        out += Self.word(word)
        rest = rest.dropFirst(word.count)
      } else {
        out.append(byte)
        rest = rest.dropFirst()
      }
    }
    return out
  }

  /// A text with its quotes, or all that is left.
  private static func quoted(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var isEscaped = false
    for place in bytes.indices.dropFirst() {
      if isEscaped {
        isEscaped = false
      } else if bytes[place] == UInt8(ascii: "\\") {
        isEscaped = true
      } else if bytes[place] == UInt8(ascii: "\"") {
        return bytes[bytes.startIndex...place]
      }
    }
    return bytes
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  private static func word(_ word: ArraySlice<UInt8>) -> [UInt8] {
    let text = String(decoding: word, as: UTF8.self)
    if ["NaN", "Infinity", "-Infinity"].contains(text) { return Array("null".utf8) }
    guard text.allSatisfy({ "+-.0123456789eE".contains($0) }), let value = Double(text), value.isFinite else {
      return Array(word)
    }
    return Array(JSONValue.number(value).canonical.utf8)
  }
}
