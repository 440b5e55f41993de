import Execution

extension Verification {
  /// Level 5: every unit whose inputs are there, computed again from them.
  mutating func verifyUnits(_ work: Recomputation) throws {
    let outcomes = try work.outcomes(in: warehouse, progress: progress)
    var (counts, failures) = ([String: Int](), [(object: String, detail: String)]())
    var absent = 0
    for outcome in outcomes {
      switch outcome.verdict {
      case .bitwise: counts["bitwise", default: 0] += 1
      case .tolerance: counts["within tolerance", default: 0] += 1
      case .conclusion: counts["in their conclusions", default: 0] += 1
      case .absent: absent += 1
      case .different(let detail), .failed(let detail): failures.append((outcome.label, detail))
      }
    }
    let check = "units compute what is stored"
    let found = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    if failures.isEmpty { add(5, check, .ok, object: "\(outcomes.count - absent)", detail: found) }
    for failure in failures { add(5, check, .failed, object: failure.object, detail: failure.detail) }
    if absent > 0 { add(5, check, .note, object: "\(absent)", detail: "not computed again: their inputs are absent") }
  }
}
