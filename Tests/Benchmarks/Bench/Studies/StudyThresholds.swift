import ContentIdentity
import Foundation

/// What is wanted of studies of planted data: a file that was frozen before the first of them was run.
package struct StudyThresholds: Sendable {
  /// Of the file that holds. A run is refused where the file is another one.
  package static let sha256 = "8626426b6db85b169086791dfa4d7b66d9017adb9cae7e8efc110f2b9dafb80b"

  package static let path =
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("thresholds.tsv").path

  /// Those of the frozen file, or why they are none.
  package static let frozen = Result<StudyThresholds, any Error> {
    try StudyThresholds(String(contentsOfFile: path, encoding: .utf8), declared: sha256)
  }

  private let bounds: [String: [GateBound]]

  /// - Parameter declared: the SHA-256 of the text, as committed.
  /// - Throws: `StudyFailure` where the text is another one, or holds a line that is no threshold.
  package init(_ text: String, declared: String) throws {
    let found = SHA256.hex(of: text)
    guard found == declared else {
      throw StudyFailure(description: "the thresholds have the SHA-256 \(found); frozen is \(declared)")
    }
    var bounds: [String: [GateBound]] = [:]
    for line in text.split(separator: "\n").dropFirst() {
      let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      guard cells.count == 4, let bound = Self.bound(cells[2], cells[3]) else {
        throw StudyFailure(description: "no threshold: \(line)")
      }
      bounds[Self.key(cells[0], cells[1]), default: []] += bound
    }
    self.bounds = bounds
  }

  private static func key(_ gate: String, _ question: String) -> String { "\(gate): \(question)" }

  /// nil where the words are no bound; none where an answer is only shown.
  private static func bound(_ name: String, _ value: String) -> [GateBound]? {
    switch (name, Double(value)) {
    case ("shown", nil) where value.isEmpty: []
    case ("level", nil) where value.isEmpty: [.level]
    case ("rejected_at_least", let share?): [.rejectedAtLeast(share)]
    default: nil
    }
  }

  /// Gates and questions that the file has a line for.
  package var places: Set<String> { Set(bounds.keys) }

  /// What is wanted of a question.
  func bounds(of gate: String, _ question: String) -> [GateBound] { bounds[Self.key(gate, question), default: []] }
}
