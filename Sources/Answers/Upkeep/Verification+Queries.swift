import Citations
import FrozenResults

extension Verification {
  /// Level 4: every frozen result asked again, among them the rows of cited numbers; the numbers beside their rows.
  mutating func verifyFrozenResults() throws {
    let found = try FrozenResult.differences(in: warehouse, progress: progress)
    add(
      4, "frozen results are what their queries return", checked: found.count,
      failures: found.differing.map { ($0.label, $0.detail) })
    let numbers = try warehouse.read { try Citation.contradictions(in: $0) }
    add(
      4, "cited numbers are those of their rows", checked: numbers.count,
      failures: numbers.differing.map { ($0.label, $0.detail) })
  }
}
