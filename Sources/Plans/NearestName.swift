/// Finding what a mistyped word was meant to be.
enum NearestName {
  /// Optimal-string-alignment distance: insertions, deletions, replacements and swaps of neighbours, case ignored.
  /// Source: Boytsov 2011, "Indexing methods for approximate dictionary searching".
  static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a.lowercased())
    let b = Array(b.lowercased())
    var before: [Int] = []
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var best = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
        row.append(best)
      }
      before = last
      last = row
    }
    return last[b.count]
  }

  /// The candidate with the smallest distance, the first of equals; nil where there is none.
  static func nearest(to word: String, in candidates: [String]) -> String? {
    candidates.enumerated().min { ($0.element.distance(to: word), $0.offset) < ($1.element.distance(to: word), $1.offset) }?
      .element
  }

  /// The nearest candidate if it is near enough to be meant: a third of the word may differ, at least one letter.
  static func likely(_ word: String, in candidates: [String]) -> String? {
    nearest(to: word, in: candidates).flatMap { distance(word, $0) <= max(1, word.count / 3) ? $0 : nil }
  }
}

extension String {
  fileprivate func distance(to word: String) -> Int { NearestName.distance(self, word) }
}
