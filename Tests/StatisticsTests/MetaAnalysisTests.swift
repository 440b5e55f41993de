import Foundation
import Statistics
import Testing

@Suite struct MetaAnalysisTests {
  @Test("estimate, intervals, p, tau2 and I2 equal metafor's", arguments: ["spread", "alike", "bcg", "three"])
  func metafor(_ name: String) throws {
    let golden = try #require(try StatisticsReference.load().meta[name])
    let found = MetaAnalysis(effects: golden.y, variances: golden.v)
    let (interval, prediction) = (try #require(found.interval()), try #require(found.predictionInterval()))
    let (tau2, i2) = (try #require(found.tau2Interval), try #require(found.i2Interval))
    for (value, expected) in [
      (found.estimate, golden.estimate), (found.error, golden.error), (interval.lowerBound, golden.low),
      (interval.upperBound, golden.high), (found.p, golden.p), (found.tau2, golden.tau2), (found.i2, golden.i2),
      (prediction.lowerBound, golden.predictionLow), (prediction.upperBound, golden.predictionHigh),
      (tau2.lowerBound, golden.tau2Low), (tau2.upperBound, golden.tau2High), (i2.lowerBound, golden.i2Low),
      (i2.upperBound, golden.i2High),
    ] { #expect(abs(value - expected) < 1e-8, "\(value) \(expected)") }
  }

  @Test("effects moved move the estimate alone; effects and errors scaled scale it; order and missing ones do not tell")
  func invariances() throws {
    let golden = try #require(try StatisticsReference.load().meta["spread"])
    let found = MetaAnalysis(effects: golden.y, variances: golden.v)
    let moved = MetaAnalysis(effects: golden.y.map { $0 + 5 }, variances: golden.v)
    #expect(agree(moved.estimate - 5, found.estimate) && agree(moved.tau2, found.tau2) && agree(moved.i2, found.i2))
    let scaled = MetaAnalysis(effects: golden.y.map { $0 * 3 }, variances: golden.v.map { $0 * 9 })
    #expect(agree(scaled.estimate, 3 * found.estimate) && agree(scaled.tau2, 9 * found.tau2))
    #expect(agree(scaled.p, found.p) && agree(scaled.i2, found.i2))
    let other = MetaAnalysis(effects: golden.y.reversed() + [.nan, 9], variances: golden.v.reversed() + [1, .nan])
    #expect(other.count == 8 && agree(other.estimate, found.estimate) && agree(other.tau2, found.tau2))
  }

  @Test("the likelihood is nowhere near tau2 higher than at tau2")
  func maximum() {
    var stream = RandomStream(seed: 5, purpose: "toy", key: "meta", draw: 0)
    func uniform() -> Double { Double(stream.next() >> 11) * 0x1p-53 }
    for round in 0..<60 {
      let v = (0..<(2 + round % 7)).map { _ in exp(6 * uniform() - 6) }
      let y = v.map { _ in 2 * uniform() }
      func likelihood(_ tau2: Double) -> Double {
        let w = v.map { 1 / ($0 + tau2) }
        let sum = w.reduce(0, +)
        let mean = zip(w, y).reduce(0) { $0 + $1.0 * $1.1 } / sum
        return w.reduce(0) { $0 + log($1) } - log(sum)
          - zip(w, y).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
      }
      let tau2 = MetaAnalysis(effects: y, variances: v).tau2
      let beside = [0.5 * tau2, 0.99 * tau2, 1.01 * tau2, 2 * tau2, tau2 + 1e-4]
      #expect(beside.allSatisfy { likelihood($0) <= likelihood(tau2) + 1e-9 }, "\(y) \(v): \(tau2)")
    }
  }

  @Test("of equal variances it is the t of one sample; of one cohort nothing is said but its effect")
  func ends() throws {
    let y = [0.1, 0.4, 0.2, 0.5, -0.1]
    let found = MetaAnalysis(effects: y, variances: [Double](repeating: 0.01, count: 5))
    let t = GroupTest.t(y, twoSided: true)
    #expect(agree(found.p, t.p) && agree(found.estimate, 0.22) && agree(found.tau2, 0.057 - 0.01, 1e-9))
    let one = MetaAnalysis(effects: [0.3, .nan], variances: [0.1, 0.1])
    #expect(one.count == 1 && one.estimate == 0.3 && one.p.isNaN && one.interval() == nil && one.i2.isNaN)
    #expect(one.tau2Interval == nil && one.i2Interval == nil && MetaAnalysis(effects: [], variances: []).estimate.isNaN)
    #expect(MetaAnalysis(effects: [0.3, 0.4], variances: [0.1, 0.1]).predictionInterval() == nil)
  }

  @Test("chi-square equals SciPy's, and its quantile undoes it")
  func chiSquare() throws {
    for row in try StatisticsReference.load().chiSquare {
      #expect(agree(Distributions.chiSquareCDF(row[0], degreesOfFreedom: row[1]), row[2], 1e-12))
      #expect(agree(Distributions.chiSquareQuantile(row[2], degreesOfFreedom: row[1]), row[0], 1e-8))
    }
    #expect(
      Distributions.chiSquareCDF(0, degreesOfFreedom: 3) == 0
        && Distributions.chiSquareCDF(-1, degreesOfFreedom: 3) == 0)
    #expect(Distributions.chiSquareCDF(.infinity, degreesOfFreedom: 3) == 1)
    #expect(Distributions.chiSquareQuantile(1, degreesOfFreedom: 3).isNaN)
  }
}
