import Execution
import Testing
import Warehouse

/// What is said of rows that are computed anew, beside the stored ones.
@Suite struct ResultComparisonTests {
  private static let columns = ["name", "value", "p", "p_floor"]

  private func verdict(_ stored: [(String, Double, Double)], _ new: [(String, Double, Double)]) -> Recomputation.Verdict
  {
    func rows(_ given: [(String, Double, Double)]) -> [[SQLValue]] {
      given.map { [.text($0.0), .real($0.1), .real($0.2), .real(0.001)] }
    }
    return ResultComparison.verdict(of: "t", columns: Self.columns, stored: rows(stored), new: rows(new))
  }

  private func isDifferent(_ verdict: Recomputation.Verdict) -> Bool {
    if case .different = verdict { true } else { false }
  }

  @Test func numbersAreEqualWithinTheToleranceAndPOnItsSideOfFiveInAHundred() {
    let stored = [("a", 0.5, 0.01), ("b", 0.25, 0.5)]
    #expect(verdict(stored, stored) == .tolerance)
    #expect(verdict(stored, [("b", 0.25 + 1e-7, 0.5), ("a", 0.5, 0.01)]) == .tolerance)
    #expect(verdict([("a", .infinity, 0.5)], [("a", .infinity, 0.5)]) == .tolerance)
    #expect(verdict(stored, [("a", 0.5, 0.02), ("b", 0.25, 0.7)]) == .conclusion)
    #expect(isDifferent(verdict(stored, [("a", 0.5, 0.06), ("b", 0.25, 0.5)])))
  }

  @Test("a number that is no p is no conclusion, however small the difference", arguments: [1e-5, 0.01, 10])
  func numbers(difference: Double) {
    #expect(isDifferent(verdict([("a", 0.5, 0.01)], [("a", 0.5 + difference, 0.01)])))
  }

  @Test func whatDiffersStaysSoWhateverIsFoundLater() {
    let stored = [("a", 0.5, 0.01), ("b", 0.25, 0.5), ("c", 1, 0.2)]
    let found = verdict(stored, [("a", 0.7, 0.01), ("b", 0.25, 0.6), ("c", 1, 0.2)])
    #expect(found == .different("t.value: 0.7, stored is 0.5"))
    #expect(isDifferent(verdict(stored, [("a", 0.5, 0.02), ("b", 0.5, 0.5), ("c", 1, 0.3)])))
    #expect(isDifferent(verdict(stored, Array(stored.prefix(2)))))
    #expect(isDifferent(verdict(stored, [("a", 0.5, 0.01), ("x", 0.25, 0.5), ("c", 1, 0.2)])))
  }
}
