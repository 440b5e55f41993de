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
    return verdict(Self.columns, rows(stored), rows(new))
  }

  private func verdict(_ columns: [String], _ stored: [[SQLValue]], _ new: [[SQLValue]]) -> Recomputation.Verdict {
    ResultComparison.verdict(of: [RowComparison(of: "t", columns: columns, stored: stored, new: new)])
  }

  /// A row with p = .01 and a number of another column.
  private func verdict(of column: String, _ stored: SQLValue, _ new: SQLValue, p: Double = 0.01)
    -> Recomputation.Verdict
  { verdict(["p", column], [[.real(p), stored]], [[.real(p), new]]) }

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
    #expect(isDifferent(verdict(stored, [("a", 0.5, 0.01), ("b", 0.25, 0.049)])))
  }

  @Test("a number beyond the tolerance changes no conclusion while p stays on its side", arguments: [1e-5, 0.01, 0.4])
  func numbers(difference: Double) {
    #expect(verdict([("a", 0.5, 0.01)], [("a", 0.5 - difference, 0.01)]) == .conclusion)
    #expect(verdict([("a", 0.5, 0.01)], [("a", 0.5 - difference, 0.04)]) == .conclusion)
    // A test finds at .05 itself.
    #expect(verdict([("a", 0.5, 0.01)], [("a", 0.5 - difference, 0.05)]) == .conclusion)
    #expect(isDifferent(verdict([("a", 0.5, 0.01)], [("a", 0.5 - difference, 0.0501)])))
    #expect(isDifferent(verdict([("a", 0.5, 0.05)], [("a", 0.5 - difference, 0.0501)])))
  }

  @Test func `where nothing concludes a number beyond the tolerance is another result`() {
    let rows: (Double) -> [[SQLValue]] = { [[.text("a"), .real($0), .null]] }
    let columns = ["name", "mean", "p"]
    #expect(verdict(columns, rows(0.5), rows(0.5 + 1e-7)) == .tolerance)
    #expect(verdict(columns, rows(0.5), rows(0.51)) == .different("t.mean: 0.51, stored is 0.5"))
    // Another table of the same unit may conclude.
    let silent = RowComparison(of: "t", columns: columns, stored: rows(0.5), new: rows(0.51))
    let telling = RowComparison(of: "n", columns: ["p"], stored: [[.real(0.01)]], new: [[.real(0.01)]])
    #expect(ResultComparison.verdict(of: [silent, telling]) == .conclusion)
    // So may an array's numbers, beside rows.
    #expect(ResultComparison.verdict(of: [telling], arrayChange: "a: value 0 is 1, stored is 0") == .conclusion)
    #expect(ResultComparison.verdict(of: [], arrayChange: "a: 1") == .different("a: 1"))
    #expect(ResultComparison.verdict(of: []) == .tolerance)
  }

  @Test func `an effect, an interval and a peak stay where they are, or it is another conclusion`() {
    #expect(verdict(of: "difference", .real(0.2), .real(0.1)) == .conclusion)
    #expect(isDifferent(verdict(of: "difference", .real(0.2), .real(-0.2))))
    // What is not told from 0 may lie on either side of it, as may the mean of draws.
    #expect(verdict(of: "difference", .real(0.01), .real(-0.01), p: 0.6) == .conclusion)
    #expect(verdict(of: "null_mean", .real(0.01), .real(-0.01)) == .conclusion)
    #expect(verdict(of: "low", .real(0.1), .real(0.05)) == .conclusion)
    #expect(isDifferent(verdict(of: "low", .real(0.1), .real(-0.05), p: 0.6)))
    #expect(isDifferent(verdict(of: "high_max", .real(0.1), .real(-0.05), p: 0.6)))
    #expect(isDifferent(verdict(of: "lag_at_max_s", .real(2), .real(3))))
    #expect(isDifferent(verdict(of: "rel_depth", .real(0.5), .real(0.75))))
    #expect(isDifferent(verdict(of: "is_peak", .integer(1), .integer(0))))
    #expect(isDifferent(verdict(of: "flags", .text(""), .text("few_folds"))))
    #expect(isDifferent(verdict(of: "sample_count", .integer(9), .integer(8))))
    #expect(isDifferent(verdict(of: "difference", .real(0.1), .null)))
  }

  @Test
  func `an estimate keeps its sign where the p of its fit and quantity, in another table, is at most a twentieth`() {
    let (columns, tests) = (["fit_key", "quantity", "value", "r2"], ["fit_key", "quantity", "p"])
    func row(_ value: Double, _ r2: Double) -> [[SQLValue]] { [[.text("f"), .text("r"), .real(value), .real(r2)]] }
    func verdict(_ value: Double, _ r2: Double, quantity: String = "r", p: Double) -> Recomputation.Verdict {
      let told: [[SQLValue]] = [[.text("f"), .text(quantity), .real(p)]]
      let significant = RowComparison.significant(tests, told)
      let scores = RowComparison(
        of: "score", columns: columns, stored: row(0.4, 0.1), new: row(value, r2), significant: significant)
      return ResultComparison.verdict(of: [scores, RowComparison(of: "n", columns: tests, stored: told, new: told)])
    }
    #expect(verdict(0.3, 0.05, p: 0.01) == .conclusion)
    #expect(verdict(-0.4, 0.1, p: 0.01) == .different("score.value: -0.4, stored is 0.4"))
    #expect(verdict(-0.4, 0.1, p: 0.05) == .different("score.value: -0.4, stored is 0.4"))
    #expect(verdict(-0.4, 0.1, p: 0.0625) == .conclusion)
    #expect(verdict(-0.4, 0.1, quantity: "unique_r2", p: 0.01) == .conclusion)
    // What is left of a variance may lie on either side of 0.
    #expect(verdict(0.4, -0.1, p: 0.01) == .conclusion)
  }

  @Test func `an infinite number is equal to itself alone`() {
    #expect(isDifferent(verdict(["mean"], [[.real(.infinity)]], [[.real(2)]])))
    #expect(isDifferent(verdict(["mean"], [[.real(2)]], [[.real(.infinity)]])))
    #expect(isDifferent(verdict(["mean"], [[.real(.infinity)]], [[.real(-.infinity)]])))
    #expect(verdict(of: "mean_isc_null_mean", .real(0.01), .real(-0.01)) == .conclusion)
  }

  @Test func whatDiffersStaysSoWhateverIsFoundLater() {
    let stored = [("a", 0.5, 0.01), ("b", 0.25, 0.5), ("c", 1, 0.2)]
    let found = verdict(stored, [("a", 0.7, 0.06), ("b", 0.25, 0.6), ("c", 1, 0.2)])
    #expect(found == .different("t.p: 0.06, stored is 0.01"))
    #expect(isDifferent(verdict(stored, [("a", 0.5, 0.06), ("b", 0.5, 0.5), ("c", 1, 0.3)])))
    #expect(isDifferent(verdict(stored, Array(stored.prefix(2)))))
    #expect(isDifferent(verdict(stored, [("a", 0.5, 0.01), ("x", 0.25, 0.5), ("c", 1, 0.2)])))
  }
}
