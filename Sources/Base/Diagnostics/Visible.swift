extension String {
  /// Why a text is no name; nil for one that is.
  public var nameFault: String? {
    if isEmpty { return "it is empty" }
    if utf8.count > 255 { return "it has \(utf8.count) bytes, a name has at most 255" }
    if self == "." || self == ".." { return "it stands for a folder" }
    if utf8.contains(UInt8(ascii: "/")) { return "it holds a /, which parts the names of a path" }
    guard let sign = unicodeScalars.first(where: \.isHidden) else { return nil }
    return "it holds the control character \(sign.escape)"
  }

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
