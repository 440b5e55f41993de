/// Names of members made of names that people gave.
package enum MemberNames {
  /// The names with letters, digits, `.`, `-` and `_` alone, a number after those that would be another's, also to a file system
  /// that takes `A` for `a`.
  package static func distinct(_ names: [String]) -> [String] {
    var taken: Set<String> = []
    return names.map { name in
      let plain = String(
        name.map { $0.isASCII && ($0.isLetter || $0.isNumber || ".-_".contains($0)) ? $0 : "_" })
      var (unique, number) = (plain, 1)
      while !taken.insert(unique.lowercased()).inserted {
        number += 1
        unique = "\(plain)-\(number)"
      }
      return unique
    }
  }
}
