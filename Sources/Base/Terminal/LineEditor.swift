/// A line under a cursor, changed by the bytes that a terminal sends for keys.
///
/// Keys are those of readline: arrows, Home, End, ^A ^B ^E ^F, Backspace, Delete and ^D, ^K ^U ^W, ^P ^N and Tab. It draws
/// nothing itself and reads nothing: `take` says what a key asks for, `drawing` how the line looks.
public struct LineEditor: Sendable {
  /// What a key asks for.
  public enum Event: Sendable, Equatable {
    /// The line has changed, or nothing has.
    case edited
    case ended(String)
    /// ^D on an empty line.
    case endOfInput
    /// ^C: the line is given up.
    case interrupted
    case completion
    /// ^L.
    case clearing
  }

  public private(set) var text: [Character] = []
  public private(set) var cursor = 0
  private let history: [String]
  /// Where of the history the line is from; at its end: a line of its own.
  private var place: Int
  /// The line of its own, while an older one is shown.
  private var kept: [Character] = []
  /// Bytes of a key that is not whole yet.
  private var pending: [UInt8] = []

  /// - Parameter history: earlier lines, the oldest first.
  public init(history: [String]) {
    self.history = history
    place = history.count
  }

  /// The next byte.
  public mutating func take(_ byte: UInt8) -> Event {
    pending.append(byte)
    if pending[0] == 0x1b { return takeEscape() }
    if pending[0] < 0x20 || pending[0] == 0x7f {
      pending = []
      return control(byte)
    }
    let length = pending[0] < 0x80 ? 1 : pending[0] >= 0xf0 ? 4 : pending[0] >= 0xe0 ? 3 : 2
    guard pending.count >= length else { return .edited }
    insert(String(decoding: pending, as: UTF8.self))
    pending = []
    return .edited
  }

  /// Puts text where the cursor stands.
  public mutating func insert(_ new: String) {
    // A sign may join the one before it: é of e and an accent.
    let before = String(text[..<cursor]) + new
    text = Array(before) + text[cursor...]
    cursor = before.count
  }

  /// Puts text in place of what stands before the cursor.
  public mutating func replace(last count: Int, by new: String) {
    let start = max(0, cursor - count)
    text.removeSubrange(start..<cursor)
    cursor = start
    insert(new)
  }

  /// What stands before the cursor and may be completed: a word of letters, digits, `_` and `.`, or everything after an
  /// open quote.
  public var word: (text: String, quote: Character?) {
    let before = text[..<cursor]
    var quote: (sign: Character, start: Int)?
    for (place, sign) in before.enumerated() where sign == "'" || sign == "\"" {
      if quote == nil { quote = (sign, place + 1) } else if quote?.sign == sign { quote = nil }
    }
    if let quote { return (String(before[quote.start...]), quote.sign) }
    let word = before.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
    return (String(word.reversed()), nil)
  }

  /// The line after a prompt in so many columns, with the cursor in its place: what is longer is shown around the cursor.
  public func drawing(after prompt: String, width: Int) -> String {
    let room = max(8, width - prompt.count - 1)
    let start = max(0, cursor - room)
    let shown = text[start..<min(text.count, start + room)]
    let column = prompt.count + cursor - start
    return "\r\(prompt)\(String(shown))\u{1B}[K\r" + (column > 0 ? "\u{1B}[\(column)C" : "")
  }

  private mutating func control(_ byte: UInt8) -> Event {
    switch byte {
    case 0x01: cursor = 0
    case 0x02: cursor = max(0, cursor - 1)
    case 0x03: return .interrupted
    case 0x04:
      if text.isEmpty { return .endOfInput }
      deleteForward()
    case 0x05: cursor = text.count
    case 0x06: cursor = min(text.count, cursor + 1)
    case 0x08, 0x7f: replace(last: 1, by: "")
    case 0x09: return .completion
    case 0x0a, 0x0d: return .ended(String(text))
    case 0x0b: text.removeSubrange(cursor...)
    case 0x0c: return .clearing
    case 0x0e: recall(1)
    case 0x10: recall(-1)
    case 0x15: replace(last: cursor, by: "")
    case 0x17: replace(last: cursor - wordStart, by: "")
    default: break
    }
    return .edited
  }

  /// Where the word before the cursor begins.
  private var wordStart: Int {
    var place = cursor
    while place > 0, text[place - 1] == " " { place -= 1 }
    while place > 0, text[place - 1] != " " { place -= 1 }
    return place
  }

  private mutating func deleteForward() { if cursor < text.count { text.remove(at: cursor) } }

  private mutating func takeEscape() -> Event {
    guard pending.count > 1 else { return .edited }
    guard pending[1] == UInt8(ascii: "[") || pending[1] == UInt8(ascii: "O") else {
      pending = []
      return .edited
    }
    // A sequence ends with the first byte from @ to ~ after its beginning.
    guard pending.count > 2, let last = pending.last, (0x40...0x7e).contains(last) else {
      if pending.count > 16 { pending = [] }
      return .edited
    }
    let number = String(decoding: pending[2..<pending.count - 1], as: UTF8.self)
    pending = []
    switch (last, number) {
    case (UInt8(ascii: "A"), _): recall(-1)
    case (UInt8(ascii: "B"), _): recall(1)
    case (UInt8(ascii: "C"), _): cursor = min(text.count, cursor + 1)
    case (UInt8(ascii: "D"), _): cursor = max(0, cursor - 1)
    case (UInt8(ascii: "H"), _), (UInt8(ascii: "~"), "1"), (UInt8(ascii: "~"), "7"): cursor = 0
    case (UInt8(ascii: "F"), _), (UInt8(ascii: "~"), "4"), (UInt8(ascii: "~"), "8"): cursor = text.count
    case (UInt8(ascii: "~"), "3"): deleteForward()
    default: break
    }
    return .edited
  }

  /// Another line of the history.
  private mutating func recall(_ step: Int) {
    let next = place + step
    guard (0...history.count).contains(next) else { return }
    if place == history.count { kept = text }
    place = next
    text = place == history.count ? kept : Array(history[place])
    cursor = text.count
  }
}
