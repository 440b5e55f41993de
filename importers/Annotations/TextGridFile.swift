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

  private enum Item: Equatable {
    case number(Double)
    case text(String)
    case flag(String)
  }

  /// - Throws: `tierFile`, `tierTimes`.
  static func read(_ path: String, _ bytes: [UInt8]) throws -> TierFile {
    guard let text = text(bytes) else { throw fault(path, "it is no text") }
    var items = items(text)[...]
    func number() throws -> Double {
      guard case .number(let value)? = items.popFirst() else { throw fault(path, "a number is missing") }
      return value
    }
    func string() throws -> String {
      guard case .text(let value)? = items.popFirst() else { throw fault(path, "a quoted text is missing") }
      return value
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
    _ = try number()
    file.declaredEndS = try number()
    guard case .flag("exists")? = items.popFirst() else { throw fault(path, "it has no tiers") }
    for _ in 0..<(try count()) {
      let type = try string()
      let name = try string()
      _ = (try number(), try number())
      var tier = IntervalTier(name: name, intervals: [])
      for _ in 0..<(try count()) {
        let start = try number()
        let end = type == "IntervalTier" ? try number() : start
        let label = OptionText.trim(try string())
        guard end >= start else {
          throw EvokeError(
            .tierTimes, "\(path) tier \(name)", reason: "an interval from \(start) to \(end) s",
            remedy: "correct it in Praat")
        }
        tier.intervals.append(.init(startS: start, endS: end, text: label))
      }
      file.tiers.append(tier)
    }
    return file
  }

  private static func fault(_ path: String, _ reason: String) -> EvokeError {
    EvokeError(.tierFile, path, reason: reason, remedy: "save it from Praat as a (short) text file")
  }

  /// Numbers that stand alone, `<flags>` and quoted texts; everything else only names them (`xmin =`, `item [1]:`).
  private static func items(_ text: String) -> [Item] {
    var items: [Item] = []
    var word = ""
    func endWord() {
      if let value = OptionText.number(word) { items.append(.number(value)) }
      if word.hasPrefix("<"), word.hasSuffix(">") { items.append(.flag(String(word.dropFirst().dropLast()))) }
      word = ""
    }
    var rest = text.unicodeScalars.makeIterator()
    var scalar = rest.next()
    while let current = scalar {
      if current == "\"" {
        endWord()
        var quoted = String.UnicodeScalarView()
        scalar = rest.next()
        while let inside = scalar {
          scalar = rest.next()
          if inside == "\"" {
            guard scalar == "\"" else { break }
            scalar = rest.next()
          }
          quoted.append(inside)
        }
        items.append(.text(String(quoted)))
        continue
      }
      if current.properties.isWhitespace { endWord() } else { word.unicodeScalars.append(current) }
      scalar = rest.next()
    }
    endWord()
    return items
  }
}
