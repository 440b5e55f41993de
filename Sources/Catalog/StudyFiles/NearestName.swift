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
    let ranked = candidates.enumerated().map { (distance: separation(word, $0.element), at: $0.offset) }
    return ranked.min { ($0.distance, $0.at) < ($1.distance, $1.at) }.map { candidates[$0.at] }
  }

  /// The distance, at most 1 where the word is a part of the candidate between underscores (`edges`, `delay_edges`).
  private static func separation(_ word: String, _ candidate: String) -> Int {
    let whole = distance(word, candidate)
    let isPart = word.count > 2 && "_\(candidate)_".contains("_\(word.lowercased())_")
    return isPart ? min(whole, 1) : whole
  }

  /// The nearest candidate if it is near enough to be meant: a third of the word may differ, at least two letters
  /// (one of up to three).
  static func likely(_ word: String, in candidates: [String]) -> String? {
    let most = word.count <= 3 ? 1 : max(2, word.count / 3)
    return nearest(to: word, in: candidates).flatMap { separation(word, $0) <= most ? $0 : nil }
  }
}
