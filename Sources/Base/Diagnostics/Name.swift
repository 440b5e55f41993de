import ContentIdentity

/// What one thing is called: a stimulus, a subject, a column that becomes a series.
///
/// One part of a path and one line of a terminal, in Unicode NFC: 1 to 255 bytes of UTF-8, no `/`, neither `.` nor `..`,
/// no control character (U+0000...U+001F, U+007F...U+009F), no line or paragraph separator and no sign that turns the
/// direction of what follows. So it can become a file's name, and printing it prints it.
public struct Name: Sendable, Hashable, CustomStringConvertible {
  /// In Unicode NFC.
  public let text: String
  public var description: String { text }

  /// - Throws: `notAName`.
  public init(_ text: String, of noun: String) throws(EvokeError) {
    let composed = text.composed
    if let fault = Self.fault(composed) {
      throw EvokeError(
        .notAName, "\(noun) \(text.visible)", reason: fault, remedy: "call it by another name, without such signs")
    }
    self.text = composed
  }

  /// Why a text is no name; nil for one that is.
  public static func fault(_ text: String) -> String? {
    if text.isEmpty { return "it is empty" }
    if text.utf8.count > 255 { return "it has \(text.utf8.count) bytes, a name has at most 255" }
    if text == "." || text == ".." { return "it stands for a folder" }
    if text.utf8.contains(UInt8(ascii: "/")) { return "it holds a /, which parts the names of a path" }
    guard let sign = text.unicodeScalars.first(where: \.isHidden) else { return nil }
    return "it holds the control character \(sign.escape)"
  }
}

extension Unicode.Scalar {
  /// Whether it does something to a terminal instead of standing there.
  fileprivate var isHidden: Bool {
    switch value {
    case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029, 0x202a...0x202e, 0x2066...0x2069: true
    default: false
    }
  }

  /// As JSON and Swift source write it: `\u001b`.
  fileprivate var escape: String {
    let hex = String(value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
  }
}

extension String {
  /// With every control character but tabulators and line ends (LF, CR LF) written out as `\u001b`, so that printing it
  /// does nothing else; inside the text of a JSON document it is the same character still.
  public var visible: String { escaped(keepsLines: true) }

  /// The same on one line: line ends and tabulators are written out, too.
  public var visibleLine: String { escaped(keepsLines: false) }

  private func escaped(keepsLines: Bool) -> String {
    guard unicodeScalars.contains(where: \.isHidden) else { return self }
    var out = UnicodeScalarView()
    var rest = unicodeScalars[...]
    while let scalar = rest.popFirst() {
      let endsLine = scalar == "\n" || scalar == "\t" || (scalar == "\r" && rest.first == "\n")
      if scalar.isHidden, !(keepsLines && endsLine) {
        out.append(contentsOf: scalar.escape.unicodeScalars)
      } else {
        out.append(scalar)
      }
    }
    return String(out)
  }
}
