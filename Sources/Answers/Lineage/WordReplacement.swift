import ContentIdentity
import Foundation

/// Puts words in the place of others in a text, wherever they stand between signs that are no letters or digits. Of several
/// that begin at one place the longest counts.
package struct WordReplacement {
  /// By their UTF-8, as they stand in texts and in the strings of JSON.
  private var words: [[UInt8]: [UInt8]] = [:]
  /// Lengths of the words by their first bytes, the longest first.
  private var lengths: [UInt8: [Int]] = [:]

  /// - Parameter kept: words that stay, in either form of Unicode, also where a shorter one stands at their beginning.
  package init(kept: Set<String>) { for word in kept { add(word, nil) } }

  /// Words of which is asked whether they stand in a text.
  package init(_ words: [String]) { for word in words { add(word, "") } }

  /// - Parameter new: nil: the word stays.
  package mutating func add(_ word: String, _ new: String?) {
    for form in [word, word.decomposedStringWithCanonicalMapping] {
      for (old, text) in [(form, new ?? form), (Self.escaped(form), Self.escaped(new ?? form))] where !old.isEmpty {
        let bytes = Array(old.utf8)
        words[bytes] = Array(text.utf8)
        let known = Set(lengths[bytes[0], default: []]).union([bytes.count])
        lengths[bytes[0]] = known.sorted(by: >)
      }
    }
  }

  /// As between the quotes of JSON.
  private static func escaped(_ text: String) -> String {
    String(JSONValue.string(text).canonical.dropFirst().dropLast())
  }

  /// The text with other words; nil where none of them stands in it.
  package func replaced(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    let isJSON = bytes.first.map("{[\"".utf8.contains) == true
    var result: [UInt8] = []
    var isChanged = false
    var place = 0
    while place < bytes.count {
      guard Self.isBoundary(place, bytes) || Self.isEscape(endingAt: place, bytes),
        let (count, new) = word(at: place, bytes), !isJSON || !Self.isEscape(endingAt: place + 1, bytes)
      else {
        result.append(bytes[place])
        place += 1
        continue
      }
      isChanged = isChanged || !new.elementsEqual(bytes[place..<place + count])
      result += new
      place += count
    }
    return isChanged ? String(decoding: result, as: UTF8.self) : nil
  }

  private func word(at place: Int, _ bytes: [UInt8]) -> (count: Int, new: [UInt8])? {
    for count in lengths[bytes[place], default: []] where place + count <= bytes.count {
      let end = place + count
      guard Self.isBoundary(end, bytes) else { continue }
      if let new = words[Array(bytes[place..<end])] { return (count, new) }
    }
    return nil
  }

  /// Whether no word goes on from before a place to behind it: one of the two signs there is no letter or digit.
  private static func isBoundary(_ place: Int, _ bytes: [UInt8]) -> Bool {
    guard place > 0, place < bytes.count else { return true }
    return !isOfWord(before: place, bytes) || !isOfWord(at: place, bytes)
  }

  /// Letters and digits, those of other alphabets and the marks upon them among them.
  private static func isOfWord(at place: Int, _ bytes: [UInt8]) -> Bool {
    switch bytes[place] {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"):
      return true
    case ..<0x80: return false
    default:
      let sign = String(decoding: bytes[place..<min(place + 4, bytes.count)], as: UTF8.self).unicodeScalars.first
      guard let properties = sign?.properties else { return false }
      let marks: Set<Unicode.GeneralCategory> = [.nonspacingMark, .spacingMark, .enclosingMark]
      return properties.isAlphabetic || properties.numericType != nil || marks.contains(properties.generalCategory)
    }
  }

  private static func isOfWord(before place: Int, _ bytes: [UInt8]) -> Bool {
    var start = place - 1
    while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
    return isOfWord(at: start, bytes)
  }

  /// Whether the letter before a place is that of an escape, as a line's end has in JSON.
  private static func isEscape(endingAt place: Int, _ bytes: [UInt8]) -> Bool {
    guard "bfnrt".utf8.contains(bytes[place - 1]) else { return false }
    var start = place - 1
    while start > 0, bytes[start - 1] == UInt8(ascii: "\\") { start -= 1 }
    return (place - 1 - start) % 2 == 1
  }
}
