import Statistics
import Testing

@Suite struct RejectionRateTests {
  @Test func oneTestARunHasBinomialErrors() {
    let rate = RejectionRate((0..<200).map { [$0 < 10] })
    #expect(rate.runs == 200 && rate.rejected == 10 && rate.rate == 0.05)
    #expect(abs(rate.se - (0.05 * 0.95 / 200).squareRoot()) < 1e-15)
    // Wilson's interval of 10 of 200.
    #expect(abs(rate.low - 0.02739) < 1e-4 && abs(rate.high - 0.08963) < 1e-4)
  }

  @Test func testsThatRejectTogetherCountAsOneRun() {
    let apart = RejectionRate((0..<100).map { run in (0..<10).map { ($0 + run) % 10 == 0 } })
    let together = RejectionRate((0..<100).map { run in (0..<10).map { _ in run % 10 == 0 } })
    #expect(abs(apart.rate - 0.1) < 1e-12 && abs(together.rate - 0.1) < 1e-12)
    #expect(apart.se < 1e-9 && abs(together.se - 0.03) < 1e-12)
    #expect(together.rejected == 100)
  }

  @Test func aRateOfZeroStillHasAnUpperBound() {
    let rate = RejectionRate((0..<100).map { _ in [false] })
    #expect(rate.rate == 0 && rate.se == 0 && rate.low == 0 && abs(rate.high - 0.0370) < 1e-4)
    #expect(RejectionRate([]).rate.isNaN)
  }
}
