/// Names like the one that was mistyped.
enum Nearest {
  /// At most three of `names` within a third of the word's length in edits, the closest first.
  static func names(to word: String, among names: [String]) -> [String] {
    let limit = max(2, word.count / 3)
    return names.map { (name: $0, distance: distance(word.lowercased(), $0.lowercased())) }
      .filter { $0.distance <= limit || $0.name.lowercased().contains(word.lowercased()) }
      .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
      .prefix(3).map(\.name)
  }

  /// A remedy that names them, or the fallback.
  static func remedy(_ word: String, among names: [String], else fallback: String) -> String {
    let near = self.names(to: word, among: names)
    return near.isEmpty ? fallback : "did you mean \(near.joined(separator: ", "))? " + fallback
  }

  /// Edits (insert, delete, replace) between two words.
  private static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var row = Array(0...b.count)
    for i in a.indices {
      var previous = row[0]
      row[0] = i + 1
      for j in b.indices {
        let cost = previous + (a[i] == b[j] ? 0 : 1)
        previous = row[j + 1]
        row[j + 1] = min(cost, min(row[j], row[j + 1]) + 1)
      }
    }
    return row[b.count]
  }
}
