import Diagnostics
import Importing

/// Praat's TextGrid, long or short text, in UTF-8 or UTF-16.
///
/// Both forms are the same sequence of numbers, flags and quoted texts once the words between them are left out. Source:
/// Praat manual, *TextGrid file formats*.
enum TextGridFile {
  static func isTextGrid(_ bytes: [UInt8]) -> Bool {
    guard let head = text(Array(bytes.prefix(400))) else { return false }
    return head.contains("ooTextFile") && head.contains("TextGrid")
  }

  private static func text(_ bytes: [UInt8]) -> String? {
    if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
      let isLittle = bytes[0] == 0xff
      let units = stride(from: 2, to: bytes.count - 1, by: 2).map {
        isLittle ? UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 : UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
      }
      return String(decoding: units, as: UTF16.self)
    }
    return String(validating: bytes, as: UTF8.self) ?? String(decoding: bytes, as: UTF8.self)
  }

  /// Seconds by which programs that round differently may differ.
  private static let tolerance = 0.01

  private enum Item: Equatable {
    case number(Double)
    case text(String)
    case flag(String)
  }

  private struct Token {
    let item: Item
    let line: Int
  }

  /// - Throws: `tierFile`, `tierTimes`.
  static func read(_ path: String, _ bytes: [UInt8]) throws -> TierFile {
    guard let text = text(bytes) else { throw fault(path, "it is no text") }
    var tokens = try tokens(text, path)[...]
    func number() throws -> Double {
      guard case .number(let value)? = tokens.first?.item else { throw missing("a number") }
      tokens.removeFirst()
      return value
    }
    func string() throws -> String {
      guard case .text(let value)? = tokens.first?.item else { throw missing("a quoted text") }
      tokens.removeFirst()
      return value
    }
    func missing(_ what: String) -> EvokeError {
      fault(tokens.first.map { "\(path) line \($0.line)" } ?? path, "\(what) is missing")
    }
    func count() throws -> Int {
      let value = try number()
      guard let whole = Int(exactly: value), whole >= 0, whole < 10_000_000 else {
        throw fault(path, "\(value) is no number of tiers or intervals")
      }
      return whole
    }
    _ = (try string(), try string())
    var file = TierFile()
    let startS = try number()
    let endS = try number()
    guard endS >= startS else {
      throw EvokeError(.tierTimes, path, reason: "it runs from \(startS) to \(endS) s", remedy: "correct it in Praat")
    }
    file.declaredEndS = endS
    file.clock.state("start of the tiers", startS, "s", by: .header, of: path)
    guard case .flag("exists")? = tokens.popFirst()?.item else { throw fault(path, "it has no tiers") }
    for _ in 0..<(try count()) {
      let type = try string()
      let name = try string()
      _ = (try number(), try number())
      var tier = IntervalTier(name: name, intervals: [])
      var lastS = startS
      for _ in 0..<(try count()) {
        let start = try number()
        let end = type == "IntervalTier" ? try number() : start
        let label = OptionText.trim(try string())
        guard end >= start else {
          throw EvokeError(
            .tierTimes, "\(path) tier \(name)", reason: "an interval from \(start) to \(end) s",
            remedy: "correct it in Praat")
        }
        // Intervals follow each other inside the file's time; points may lie anywhere in it.
        guard start >= lastS - Self.tolerance, end <= endS + Self.tolerance else {
          throw EvokeError(
            .tierTimes, "\(path) tier \(name)",
            reason: start < lastS - Self.tolerance
              ? "an interval from \(start) s on begins before \(lastS) s, where the one before it ends"
              : "an interval to \(end) s ends behind the file's \(endS) s",
            remedy: "correct it in Praat")
        }
        if type == "IntervalTier" { lastS = end }
        tier.intervals.append(.init(startS: start, endS: end, text: label))
      }
      file.tiers.append(tier)
    }
    if let rest = tokens.first {
      throw fault("\(path) line \(rest.line)", "it goes on behind the tiers and intervals that it counts")
    }
    return file
  }

  private static func fault(_ path: String, _ reason: String) -> EvokeError {
    EvokeError(.tierFile, path, reason: reason, remedy: "save it from Praat as a (short) text file")
  }

  /// Numbers that stand alone, `<flags>` and quoted texts; everything else only names them (`xmin =`, `item [1]:`).
  ///
  /// - Throws: `tierFile` for what begins as a number and is none, and for a text that does not end.
  private static func tokens(_ text: String, _ path: String) throws -> [Token] {
    var tokens: [Token] = []
    var word = ""
    var line = 1
    func endWord() throws {
      defer { word = "" }
      guard let first = word.first else { return }
      if let value = OptionText.number(word) { return tokens.append(Token(item: .number(value), line: line)) }
      if first == "<", word.hasSuffix(">") {
        tokens.append(Token(item: .flag(String(word.dropFirst().dropLast())), line: line))
      } else if first.isNumber || first == "-" {
        throw fault("\(path) line \(line)", "\(word.debugDescription) is no number")
      }
    }
    var rest = text.unicodeScalars.makeIterator()
    var scalar = rest.next()
    while let current = scalar {
      scalar = rest.next()
      if current == "\"" {
        try endWord()
        let first = line
        var quoted = String.UnicodeScalarView()
        var isClosed = false
        while !isClosed {
          guard let inside = scalar else { throw fault("\(path) line \(first)", "a quoted text does not end") }
          scalar = rest.next()
          if inside == "\n" { line += 1 }
          if inside == "\"" {
            guard scalar == "\"" else {
              isClosed = true
              continue
            }
            scalar = rest.next()
          }
          quoted.append(inside)
        }
        tokens.append(Token(item: .text(String(quoted)), line: first))
        continue
      }
      if current.properties.isWhitespace { try endWord() } else { word.unicodeScalars.append(current) }
      if current == "\n" { line += 1 }
    }
    try endWord()
    return tokens
  }
}
