import Diagnostics

extension Findings {
  /// Warns of subjects that differ from known ones only in letter case, separators or leading zeros (`sub-1`, `Sub01`).
  package mutating func compareSpelling(ofSubjects names: [String], known: KnownNames) {
    func bare(_ name: String) -> String {
      let words = name.lowercased().split { !$0.isLetter && !$0.isNumber }.joined()
      var out = ""
      for character in words where character != "0" || out.last?.isNumber == true { out.append(character) }
      return out
    }
    let spellings = Dictionary(grouping: known.subjects, by: bare)
    for name in Set(names).sorted() where !known.subjects.contains(name) {
      guard let others = spellings[bare(name)] else {
        known.compare([name], "subject", in: known.subjects, &self)
        continue
      }
      add(
        .warning, .subjectSpelling, name, reason: "\(others.sorted().joined(separator: ", ")) is known already",
        remedy: "give both the same name (--rename subject=FILE) if they are one person")
    }
  }
}
