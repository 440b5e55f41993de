import Foundation
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

private struct Golden: Decodable {
  struct Adjusted: Decodable {
    let p: [Double]
    let q: [Double]
  }
  struct Tests: Decodable {
    let x: [Double]
    let t, p, greater, wilcoxon, wilcoxonGreater, quantile, fTail: Double
  }
  struct Components: Decodable {
    let x: [[Double]]
    let v: [[Double]]
    let share: [Double]
    let scores: [[Double]]?
  }
  let bh: Adjusted
  let t: Tests
  let components: Components
  let wide: Components

  static func load() throws -> Golden {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/encoding/ridge.json")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }
}

private func matrix(_ rows: [[Double]]) -> Matrix {
  Matrix(rows: rows.count, columns: rows[0].count, values: rows.flatMap { $0 })
}

@Suite struct StatisticsTests {
  @Test("Philox gives Random123's known answers")
  func philox() {
    let zeros = Philox.block(counter: (0, 0, 0, 0), key: (0, 0))
    #expect(zeros == (0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8))
    let f = UInt32.max
    #expect(Philox.block(counter: (f, f, f, f), key: (f, f)) == (0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd))
    let pi = Philox.block(
      counter: (0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), key: (0xa409_3822, 0x299f_31d0))
    #expect(pi == (0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1))
  }

  @Test("streams depend on every part of their name, and their moments are right")
  func streams() {
    func first(_ seed: UInt64, _ purpose: String, _ key: String, _ draw: Int) -> UInt64 {
      var stream = RandomStream(seed: seed, purpose: purpose, key: key, draw: draw)
      return stream.next()
    }
    let values = [
      first(1, "a", "b", 0), first(2, "a", "b", 0), first(1, "ab", "", 0), first(1, "a", "c", 0), first(1, "a", "b", 1),
    ]
    #expect(Set(values).count == values.count)
    var stream = RandomStream(seed: 3, purpose: "moments")
    let x = (0..<20_000).map { _ in stream.normal() }
    // Three standard errors.
    #expect(abs(Moments.mean(x)) < 0.022 && abs(Moments.standardDeviation(x) - 1) < 0.016)
    #expect(stream.permutation(of: 50).sorted() == Array(0..<50))
  }

  @Test("q values, t, Wilcoxon and quantiles equal SciPy's")
  func scipy() throws {
    let golden = try Golden.load()
    for (q, e) in zip(MultipleTesting.benjaminiHochberg(golden.bh.p), golden.bh.q) { #expect(abs(q - e) < 1e-12) }
    let withNaN = MultipleTesting.benjaminiHochberg([0.01, .nan, 0.02])
    #expect(withNaN[0] == 0.02 && withNaN[1].isNaN)
    let t = GroupTest.t(golden.t.x, twoSided: true)
    #expect(abs(t.statistic - golden.t.t) < 1e-10 && abs(t.p - golden.t.p) < 1e-10)
    #expect(abs(GroupTest.t(golden.t.x).p - golden.t.greater) < 1e-10)
    #expect(abs(GroupTest.wilcoxon(golden.t.x, twoSided: true).p - golden.t.wilcoxon) < 1e-12)
    #expect(abs(GroupTest.wilcoxon(golden.t.x).p - golden.t.wilcoxonGreater) < 1e-12)
    #expect(abs(Distributions.studentQuantile(0.975, degreesOfFreedom: 6) - golden.t.quantile) < 1e-9)
    #expect(abs(Distributions.fisherTail(3.2, 2, 17) - golden.t.fTail) < 1e-10)
    #expect(abs(Distributions.normalQuantile(0.975) - 1.959963984540054) < 1e-12)
  }

  @Test("Fisher's z is finite for any correlation and stays missing for a missing one")
  func fisher() {
    #expect(Correlation.fisherZ(.nan).isNaN && Correlation.fisherMean([0.5, .nan]) == Correlation.fisherMean([0.5]))
    #expect(abs(Correlation.fisherZ(0.5) - 0.549306144334055) < 1e-15)
    #expect(Correlation.fisherZ(1) == -Correlation.fisherZ(-1) && abs(Correlation.fisherZ(1) - 8.405621391) < 1e-8)
  }

  @Test("sign flips are exact for few values")
  func signFlip() {
    let test = GroupTest.signFlip([1, 2, 3])
    #expect(test.p == 1 / 8.0 && test.pFloor == 1 / 8.0)
    #expect(GroupTest.signFlip([1, 2, 3], twoSided: true).p == 2 / 8.0)
  }

  @Test("components equal scikit-learn's, tall and wide")
  func components() throws {
    let golden = try Golden.load()
    for (expected, scale, k) in [(golden.components, ReductionScale.zscore, 3), (golden.wide, .center, 4)] {
      let x = matrix(expected.x)
      let fit = try #require(PrincipalComponents(x, count: k, scale: scale))
      for (a, b) in zip(fit.components.values, expected.v.flatMap { $0 }) { #expect(abs(a - b) < 1e-9) }
      for (a, b) in zip(fit.explainedShare, expected.share) { #expect(abs(a - b) < 1e-9) }
      if let scores = expected.scores {
        for (a, b) in zip(fit.scores(x).values, scores.flatMap { $0 }) { #expect(abs(a - b) < 1e-8) }
      }
      let identity = fit.components.outerGram
      for i in 0..<k { for j in 0..<k { #expect(abs(identity[i, j] - (i == j ? 1 : 0)) < 1e-10) } }
    }
  }

  @Test("phase surrogates keep amplitudes and cross-spectra", arguments: [100, 101])
  func phase(_ n: Int) {
    var stream = RandomStream(seed: 5, purpose: "x")
    let x = (0..<(n * 3)).map { _ in stream.normal() + 2 }
    let randomiser = PhaseRandomiser(x, rows: n, columns: 3, mirrored: false)
    var y = [Double](repeating: 0, count: n * 3)
    randomiser.draw(RandomStream(seed: 5, purpose: "phase", key: "s", draw: 4), into: &y)
    // Means, variances and covariances are those of the cross-spectra summed over frequencies.
    let (a, b) = (Matrix(rows: n, columns: 3, values: x), Matrix(rows: n, columns: 3, values: y))
    for (p, q) in zip(a.columnMeans, b.columnMeans) { #expect(abs(p - q) < 1e-12) }
    for (p, q) in zip(a.gram.values, b.gram.values) { #expect(abs(p - q) < 1e-9) }
    #expect(abs(Correlation.pearson(a.column(0), b.column(0))) < 0.5)
  }

  @Test("the studentised maximum weighs cells alike and is largest for the smallest cell")
  func maxStatistic() {
    var stream = RandomStream(seed: 6, purpose: "max")
    let draws = Matrix(
      rows: 999, columns: 3, values: (0..<(999 * 3)).map { i in stream.normal() * (i % 3 == 2 ? 100 : 1) })
    let p = MultipleTesting.maxStatistic(observed: [5, 0, 100], draws: draws)
    #expect(p[0] == 0.001 && p[1] > 0.8 && p[2] > 0.2)
    let step = MultipleTesting.maxStatistic(observed: [5, 0, 100], draws: draws, stepDown: true)
    #expect(zip(step, p).allSatisfy { $0 <= $1 })
    #expect(MultipleTesting.smallestReachableQ(cells: 10, draws: 999) == 0.01)
    #expect(MultipleTesting.cellsNeededAtFloor(cells: 4284, draws: 1000) == 86)
  }

  @Test("Bartlett's effective n falls with the features' autocorrelation")
  func effectiveCount() {
    func mean(_ a: Double) -> Double {
      Moments.mean(
        (0..<20).map { run in
          var stream = RandomStream(seed: UInt64(run), purpose: "bartlett")
          var (x, white) = ([Double](), [Double]())
          for t in 0..<240 {
            x.append((t > 0 ? a * x[t - 1] : 0) + (1 - a * a).squareRoot() * stream.normal())
            white.append(stream.normal())
          }
          let y = (0..<240).map { t in Moments.mean(Array(white[max(0, t - 9)...t])) }
          return Autocorrelation.effectiveCount([x], [y])
        })
    }
    // Known values are 240, 92, 33 and 28; the sums are cut at the first negative term.
    #expect(mean(0) > 180)
    #expect(abs(mean(0.5) - 92) < 20)
    #expect(mean(0.95) < 45 && mean(0.95) > 20)
  }

  @Test("equal values have no effective n, however they are rounded", arguments: [0.1, 0.3, 1 / 3.0, -7e5, 0])
  func noEffectiveCount(_ level: Double) {
    for count in [1, 2, 3, 10, 97] {
      let flat = [Double](repeating: level, count: count)
      let varied = (0..<count).map { Double($0 % 3) }
      #expect(Autocorrelation.effectiveCount([flat], [flat]).isNaN)
      #expect(Autocorrelation.effectiveCount([flat], [varied]).isNaN)
      // Levels of segments are no variation within them.
      let levels = [flat, flat.map { $0 + 1 }]
      #expect(Autocorrelation.effectiveCount(levels, [varied, varied]).isNaN)
      #expect(Autocorrelation.decayLag(levels, maxLag: 5) == 0)
    }
  }

  @Test("the t interval over units covers at its level, and needs five units")
  func coverage() {
    let covered = (0..<400).count { run in
      var stream = RandomStream(seed: UInt64(run), purpose: "coverage")
      return Intervals.student((0..<6).map { _ in stream.normal() })?.contains(0) == true
    }
    // .95 within four standard errors of 400 runs.
    #expect(abs(Double(covered) / 400 - 0.95) < 0.044)
    #expect(Intervals.student([1, 2, 3, 4]) == nil)
  }
}
