/// Rows of a figure that are not to be reported, and why: what its legend says of grey.
struct InvalidRows: Sendable {
  /// Of curves, bars and dots that are not to be reported.
  static let colour = "#9a9a9a"

  /// Rows by what makes them unfit, most first.
  private let counts: [(reason: String, count: Int)]

  /// - Parameter rows: the reasons of every row; none where it may be reported.
  init(_ rows: [[String]]) {
    var counts: [String: Int] = [:]
    for reason in rows.joined() { counts[reason, default: 0] += 1 }
    self.counts = counts.map { (reason: $0.key, count: $0.value) }.sorted {
      ($1.count, $0.reason) < ($0.count, $1.reason)
    }
  }

  /// `near_nonstationary (12 rows), shared_course (1 row)`; nil where every row may be reported.
  var sentence: String? {
    guard !counts.isEmpty else { return nil }
    return counts.map { "\($0.reason) (\($0.count == 1 ? "1 row" : "\($0.count) rows"))" }.joined(separator: ", ")
  }
}
