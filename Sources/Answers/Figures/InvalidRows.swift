/// Rows of a figure that are not to be reported, and why: what its legend says of grey.
struct InvalidRows: Sendable {
  /// Of curves, bars and dots that are not to be reported.
  static let colour = "#9a9a9a"

  private let reasons: ReasonCounts

  /// - Parameter rows: the reasons of every row; none where it may be reported.
  init(_ rows: [[String]]) { reasons = ReasonCounts(rows.map { (reasons: $0, count: 1) }) }

  /// `near_nonstationary (12 rows), shared_course (1 row)`; nil where every row may be reported.
  var sentence: String? {
    guard !reasons.counts.isEmpty else { return nil }
    return reasons.counts.map { "\($0.reason) (\($0.count == 1 ? "1 row" : "\($0.count) rows"))" }.joined(
      separator: ", ")
  }
}
