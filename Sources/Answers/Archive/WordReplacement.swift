import ContentIdentity
import Foundation

/// Puts words in the place of others in a text, wherever they stand between signs that are no letters or digits. Of several
/// that begin at one place the longest counts.
package struct WordReplacement {
  /// By their UTF-8, as they stand in texts and in the strings of JSON.
  private var words: [[UInt8]: [UInt8]] = [:]
  /// Lengths of the words by their first bytes, the longest first.
  private var lengths: [UInt8: [Int]] = [:]

  /// - Parameter kept: words that stay, also where a shorter one stands at their beginning.
  package init(kept: Set<String>) { for word in kept { add(word, word) } }

  /// Words of which is asked whether they stand in a text.
  init(_ words: [String]) { for word in words { add(word, "") } }

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
    var result: [UInt8] = []
    var isChanged = false
    var place = 0
    while place < bytes.count {
      guard place == 0 || !Self.isOfWord(bytes[place - 1]), let (count, new) = word(at: place, bytes) else {
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
      guard end == bytes.count || !Self.isOfWord(bytes[end]) || !Self.isOfWord(bytes[end - 1]) else { continue }
      if let new = words[Array(bytes[place..<end])] { return (count, new) }
    }
    return nil
  }

  /// Letters and digits, those of other alphabets among them.
  private static func isOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), 0x80...:
      true
    default: false
    }
  }
}
