import Citations
import Comparison
import FrozenResults

extension Verification {
  package static let citedCheck = "cited numbers are those of their rows"
  package static let familyCheck = "declared families hold what their conditions choose"

  /// Level 4: every frozen result asked again, among them the rows of cited numbers; the numbers beside their rows; the conditions of declared families.
  mutating func verifyFrozenResults() throws {
    let found = try FrozenResult.differences(in: warehouse, limits: limits, progress: progress)
    add(
      4, "frozen results are what their queries return", checked: found.count,
      failures: found.differing.map { ($0.label, $0.detail) })
    let numbers = try warehouse.read { try Citation.contradictions(in: $0) }
    add(
      4, Self.citedCheck, checked: numbers.count,
      failures: numbers.differing.map { ($0.label, $0.detail) })
    let check = Self.familyCheck
    // Its lookup reads a view, which has no limit.
    guard hasOwnViews else {
      return add(4, check, .note, object: "", detail: "not asked: views are not this program's")
    }
    let families = try DeclaredFamily.differences(in: warehouse, limits: limits)
    add(4, check, checked: families.count, failures: families.differing.map { ($0.name, $0.detail) })
    for family in families.superseded { add(4, check, .note, object: family.name, detail: family.detail) }
  }
}
