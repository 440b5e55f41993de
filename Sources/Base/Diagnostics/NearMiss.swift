/// What a misspelt name was meant to be.
public enum NearMiss {
  /// The candidate with the smallest distance, the first of equals, however far; nil where there is none.
  public static func nearest(to name: String, in candidates: some Sequence<String>) -> String? {
    let ranked = candidates.map { (candidate: $0, distance: separation(name, $0)) }
    guard let least = ranked.map(\.distance).min() else { return nil }
    return ranked.first { $0.distance == least }?.candidate
  }

  /// The nearest candidate where it is near enough to be meant: a third of the letters may differ, at least two (one of up
  /// to three) and at most four.
  public static func likely(_ name: String, in candidates: some Sequence<String>) -> String? {
    nearest(to: name, in: candidates).flatMap { separation(name, $0) <= allowance(name) ? $0 : nil }
  }

  /// All of the nearest that are near enough, by name, at most three; the name itself is none.
  public static func of(_ name: String, in candidates: some Sequence<String>) -> [String] {
    let near = candidates.filter { $0 != name }.map { (candidate: $0, distance: separation(name, $0)) }
      .filter { $0.distance <= allowance(name) }
    let least = near.map(\.distance).min()
    return Array(near.filter { $0.distance == least }.map(\.candidate).sorted().prefix(3))
  }

  /// `did you mean A or B?`, or the candidates' list, for a remedy.
  public static func suggestion(_ name: String, in candidates: some Sequence<String>) -> String {
    let all = Array(candidates)
    return question(name, in: all)
      ?? (all.isEmpty ? "there are none: import or make one first" : "there are: " + list(all))
  }

  /// `did you mean A or B?` where there is something near, and what helps otherwise.
  public static func suggestion(
    _ name: String, in candidates: some Sequence<String>, otherwise remedy: String
  ) -> String {
    [question(name, in: candidates), remedy].compactMap { $0 }.joined(separator: " ")
  }

  /// The first names and how many there are.
  public static func list(_ names: [String], limit: Int = 12) -> String {
    names.prefix(limit).joined(separator: ", ") + (names.count > limit ? ", … (\(names.count) in all)" : "")
  }

  private static func question(_ name: String, in candidates: some Sequence<String>) -> String? {
    let near = of(name, in: candidates)
    return near.isEmpty ? nil : "did you mean " + near.joined(separator: " or ") + "?"
  }

  private static func allowance(_ name: String) -> Int { name.count <= 3 ? 1 : min(4, max(2, name.count / 3)) }

  /// The distance, at most 1 where the name is a part of the candidate between underscores (`edges`, `delay_edges`).
  private static func separation(_ name: String, _ candidate: String) -> Int {
    // Work grows with the product of the lengths, and no name is as long.
    let (wanted, whole) = (name.prefix(200).lowercased(), candidate.prefix(200).lowercased())
    let isPart = wanted.count > 2 && "_\(whole)_".contains("_\(wanted)_")
    let edits = distance(Array(wanted), Array(whole))
    return isPart ? min(edits, 1) : edits
  }

  /// Optimal string alignment distance: insertions, deletions, replacements and swaps of neighbours.
  /// Source: Boytsov 2011, "Indexing methods for approximate dictionary searching".
  private static func distance(_ a: [Character], _ b: [Character]) -> Int {
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
