import ContentIdentity
import Lineage

/// Puts other words in the place of names of people where JSON says them of people: under `subject`, `subjects`, `rater` and
/// `raters`, and in texts such as `stimulus=x subject=17 17_x.csv`, as imports know their files. Names that are mere numbers
/// are found so, and no other number is.
package struct PersonRenaming {
  /// Keys under which JSON names people.
  private static let keys: Set = ["subject", "subjects", "rater", "raters"]

  /// What stands for each name.
  private let names: [String: String]
  /// What files called after those people are called.
  package private(set) var files: [String: String] = [:]

  package init(_ names: [String: String]) { self.names = names }

  /// The same JSON with other names, and those that it said.
  package mutating func renamed(_ json: JSONValue, isOfPerson: Bool = false) -> (json: JSONValue, told: Set<String>) {
    switch json {
    case .string(let text):
      guard isOfPerson else { return renamed(pairs: text) }
      let (new, told) = renamed(list: text)
      return (.string(new), told)
    case .array(let values):
      let found = values.map { renamed($0, isOfPerson: isOfPerson) }
      return (.array(found.map(\.json)), found.reduce(into: []) { $0.formUnion($1.told) })
    case .object(let members):
      var (result, told): ([String: JSONValue], Set<String>) = ([:], [])
      for (key, value) in members {
        let found = renamed(value, isOfPerson: isOfPerson || Self.keys.contains(key))
        told.formUnion(found.told)
        let new = isOfPerson ? names[key] : nil
        if new != nil { told.insert(key) }
        result[new ?? key] = found.json
      }
      return (.object(result), told)
    case .null, .bool, .number: return (json, [])
    }
  }

  /// Names with commas between them.
  private func renamed(list text: String) -> (text: String, told: Set<String>) {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    return (parts.map { names[$0] ?? $0 }.joined(separator: ","), Set(parts.filter { names[$0] != nil }))
  }

  /// A file called after those people has another name wherever it stands.
  private mutating func renamed(pairs text: String) -> (json: JSONValue, told: Set<String>) {
    var told: Set<String> = []
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map { word -> String in
      let pair = word.split(separator: "=", maxSplits: 1).map(String.init)
      guard pair.count == 2, Self.keys.contains(pair[0]) else { return String(word) }
      let list = renamed(list: pair[1])
      told.formUnion(list.told)
      return "\(pair[0])=\(list.text)"
    }
    guard !told.isEmpty else { return (.string(text), []) }
    var file = WordReplacement([])
    for name in told { if let new = names[name] { file.add(name, new) } }
    let new = words.map { word -> String in
      guard !word.contains("="), let other = file.replaced(word) else { return word }
      files[word] = other
      return other
    }
    return (.string(new.joined(separator: " ")), told)
  }
}
