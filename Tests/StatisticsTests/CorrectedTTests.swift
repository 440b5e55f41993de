import Statistics
import Testing

@Suite struct CorrectedTTests {
  @Test("five values: t, p and interval by the closed form of Student's t with four degrees of freedom")
  func reference() throws {
    let t = CorrectedT([0.1, 0.2, 0.3, 0.4, 0.5])
    // s² = .025, variance factor 1/5 + 1/4: the error is √.01125.
    #expect(abs(t.error - 0.01125.squareRoot()) < 1e-15)
    #expect(t.count == 5 && abs(t.mean - 0.3) < 1e-15 && abs(t.statistic - 8.0.squareRoot()) < 1e-12)
    let tail = 0.5 - 0.375 * (8.0 / 3).squareRoot() * (1 - 2.0 / 9)
    #expect(abs(t.p() - tail) < 1e-12 && abs(t.p(twoSided: true) - 2 * tail) < 1e-12)
    let range = try #require(t.interval())
    // The .975 quantile of t with 4 degrees of freedom.
    #expect(abs(range.upperBound - 0.3 - 2.7764451051977987 * t.error) < 1e-12)
    #expect(abs(range.lowerBound + range.upperBound - 0.6) < 1e-12)
  }

  @Test("the interval leaves zero out exactly where p is below its level")
  func oneQuantity() throws {
    for run in 0..<200 {
      var stream = RandomStream(seed: UInt64(run), purpose: "corrected t")
      let values = (0..<(4 + run % 9)).map { _ in stream.normal() + 0.8 }
      let t = CorrectedT(values)
      let range = try #require(t.interval(level: 0.9))
      #expect((t.p(twoSided: true) < 0.1) == !range.contains(0))
      #expect(range.contains(t.mean))
      #expect(abs(t.p() + CorrectedT(values.map { -$0 }).p() - 1) < 1e-12)
    }
  }

  @Test("it is wider than the t of independent values by √(1 + n/(n - 1)), or as much as test parts drawn anew overlap")
  func factor() throws {
    let values = [0.3, -0.1, 0.4, 0.2, 0.1, 0.05]
    let plain = GroupTest.t(values, twoSided: true)
    let corrected = CorrectedT(values)
    #expect(abs(plain.statistic / corrected.statistic - (1 + 6.0 / 5).squareRoot()) < 1e-12)
    let half = CorrectedT(values, overlap: 0.25)
    #expect(abs(plain.statistic / half.statistic - (1 + 6 * 0.25).squareRoot()) < 1e-12)
    #expect(abs(CorrectedT(values, overlap: 0).p(twoSided: true) - plain.p) < 1e-12)
  }

  @Test("fewer than four values give neither p nor interval; missing ones do not count, and order does not tell")
  func few() {
    let three = CorrectedT([1, 2, .nan, 3])
    #expect(three.count == 3 && three.mean == 2 && three.p().isNaN && three.interval() == nil)
    #expect(three.p(twoSided: true).isNaN && CorrectedT([]).p(twoSided: true).isNaN)
    #expect(CorrectedT([]).mean.isNaN && CorrectedT([]).interval() == nil)
    #expect(CorrectedT([1, .nan, 2, 3, 5]) == CorrectedT([1, 2, 3, 5]))
    #expect(abs(CorrectedT([1, 2, 3, 5]).p() - CorrectedT([5, 3, 1, 2]).p()) < 1e-14)
  }

  @Test("equal values: certain where they are not zero, no difference where they are")
  func constant() {
    let none = CorrectedT([0, 0, 0, 0])
    #expect(none.p(twoSided: true) == 1 && none.interval() == 0...0)
    let same = CorrectedT([0.5, 0.5, 0.5, 0.5])
    #expect(same.p(twoSided: true) == 0 && same.interval() == 0.5...0.5)
  }
}
