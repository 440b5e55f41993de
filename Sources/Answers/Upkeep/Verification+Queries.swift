import FrozenResults

extension Verification {
  /// Level 4: every frozen result asked again.
  mutating func verifyFrozenResults() throws {
    let found = try FrozenResult.differences(in: warehouse, progress: progress)
    add(
      4, "frozen results are what their queries return", checked: found.count,
      failures: found.differing.map { ($0.label, $0.detail) })
  }
}
