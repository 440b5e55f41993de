/// What the catalog already knows, as far as an import's checks need it.
package struct KnownNames: Sendable, Equatable {
  /// Stimuli with media and without.
  package var stimuli: Set<String>
  /// Seconds that stimuli with media last.
  package var durations: [String: Double]
  /// Subjects of the dataset.
  package var subjects: Set<String>

  package init(durations: [String: Double] = [:], withoutMedia: Set<String> = [], subjects: Set<String> = []) {
    stimuli = withoutMedia.union(durations.keys)
    self.durations = durations
    self.subjects = subjects
  }
}

/// Told how far an import is: items done, items in all, and what is being read.
package typealias ImportProgress = @Sendable (_ done: Int, _ total: Int, _ item: String) -> Void

/// Names close to a misspelt one.
package enum NearMiss {
  /// The candidates within a third of the name's length (edit distance with transpositions, letter case free);
  /// of these the nearest, at most three.
  package static func of(_ name: String, in candidates: some Sequence<String>) -> [String] {
    let limit = max(1, min(4, name.count / 3))
    let wanted = Array(name.lowercased())
    let near = candidates.compactMap { candidate -> (String, Int)? in
      if candidate == name { return nil }
      let found = distance(wanted, Array(candidate.lowercased()))
      return found <= limit ? (candidate, found) : nil
    }
    let best = near.map(\.1).min()
    return near.filter { $0.1 == best }.map(\.0).sorted().prefix(3).map { $0 }
  }

  /// `did you mean A or B?`, or the candidates' list, for a remedy.
  package static func suggestion(_ name: String, in candidates: some Sequence<String>) -> String {
    let near = of(name, in: candidates)
    if !near.isEmpty { return "did you mean " + near.joined(separator: " or ") + "?" }
    let all = Array(candidates)
    if all.isEmpty { return "there are none" }
    return "there are: " + list(all)
  }

  /// The first twelve names and how many there are.
  package static func list(_ names: [String], limit: Int = 12) -> String {
    names.prefix(limit).joined(separator: ", ") + (names.count > limit ? ", … (\(names.count) in all)" : "")
  }

  /// Optimal string alignment distance (Damerau-Levenshtein without overlapping edits).
  static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var two = [Int](repeating: 0, count: b.count + 1)
    var one = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var best = min(one[j + 1] + 1, row[j] + 1, one[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, two[j - 1] + 1) }
        row.append(best)
      }
      (two, one) = (one, row)
    }
    return one[b.count]
  }
}
