/// Why rows are not to be reported: how many there are of each reason, most first.
public struct ReasonCounts: Sendable {
  public let counts: [(reason: String, count: Int)]

  /// - Parameter rows: the reasons of every row, or of so many that are alike; none where they may be reported.
  public init(_ rows: some Sequence<(reasons: [String], count: Int)>) {
    var counts: [String: Int] = [:]
    for row in rows { for reason in row.reasons { counts[reason, default: 0] += row.count } }
    self.counts = counts.map { (reason: $0.key, count: $0.value) }.sorted {
      ($1.count, $0.reason) < ($0.count, $1.reason)
    }
  }
}
