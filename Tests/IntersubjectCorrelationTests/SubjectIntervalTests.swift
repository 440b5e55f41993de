import Foundation
import IntersubjectCorrelation
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

@Suite struct SubjectIntervalTests {
  private func fixed(_ rho: Float, subjects: Int, seed: UInt64, regions: Int = 1) throws -> StaticSynchrony {
    try staticSynchrony(
      SubjectSeries(
        equicorrelated(rho, subjects: subjects, samples: 200, regions: regions, seed: seed), regionCount: regions,
        rateHz: 1))
  }

  /// θ of some subjects in Fisher z, from correlations alone.
  private func value(_ synchrony: StaticSynchrony, _ method: SynchronyMethod, without left: Int?) -> Double {
    let n = synchrony.subjectCount
    let kept = (0..<n).filter { $0 != left }
    func r(_ a: Int, _ b: Int) -> Double { synchrony.pairs[(a * n + b) * synchrony.regionCount] }
    if method == .pairwise {
      return Moments.mean(kept.flatMap { a in kept.filter { $0 < a }.map { Correlation.fisherZ(r(a, $0)) } })
    }
    let all = kept.reduce(0.0) { sum, a in kept.reduce(sum) { $0 + r(a, $1) } }
    return Moments.mean(
      kept.map { a in
        let q = kept.reduce(-1.0) { $0 + r(a, $1) }
        return Correlation.fisherZ(q / (all - 2 * q - 1).squareRoot())
      })
  }

  @Test("the interval is that of the pseudo-values, about the value itself", arguments: SynchronyMethod.estimators)
  func pseudoValues(method: SynchronyMethod) throws {
    for n in [4, 5, 12] {
      let synchrony = try fixed(0.2, subjects: n, seed: 70)
      let interval = synchrony.interval(method)
      let theta = value(synchrony, method, without: nil)
      let pseudo = (0..<n).map { Double(n) * theta - Double(n - 1) * value(synchrony, method, without: $0) }
      let half =
        Distributions.studentQuantile(0.975, degreesOfFreedom: Double(n - 1)) * Moments.standardDeviation(pseudo)
        / Double(n).squareRoot()
      #expect(abs(interval.low[0] - tanh(theta - half)) < 1e-12 && abs(interval.high[0] - tanh(theta + half)) < 1e-12)
      #expect(abs(synchrony.values(method)[0] - tanh(theta)) < 1e-12)
    }
  }

  @Test("a mean over subjects has the interval of Student's t")
  func meansOverSubjects() throws {
    // Pairs' z that are sums of the subjects' own: the mean over pairs is twice the mean over subjects.
    let own = [0.05, 0.1, -0.02, 0.2, 0.15, 0.07]
    let r = own.indices.flatMap { a in own.indices.map { a == $0 ? 1 : tanh(own[a] + own[$0]) } }
    let pairs = SubjectPairs(r, subjectCount: 6, regionCount: 1)
    let expected = try #require(Intervals.student(own.map { 2 * $0 }))
    let interval = pairs.interval(.pairwise)
    #expect(abs(interval.low[0] - tanh(expected.lowerBound)) < 1e-12)
    #expect(abs(interval.high[0] - tanh(expected.upperBound)) < 1e-12)
  }

  @Test("three subjects have no interval; one who is left out of a region does not count there")
  func few() throws {
    #expect(try fixed(0.3, subjects: 3, seed: 71).interval(.pairwise).low[0].isNaN)
    var values = equicorrelated(0.3, subjects: 6, samples: 200, regions: 2, seed: 72)
    values[4][11] = .nan
    let gap = try staticSynchrony(SubjectSeries(values, regionCount: 2, rateHz: 1))
    let rest = try staticSynchrony(
      SubjectSeries(values.enumerated().filter { $0.offset != 4 }.map(\.element), regionCount: 2, rateHz: 1))
    for method in SynchronyMethod.estimators {
      let (a, b) = (gap.interval(method), rest.interval(method))
      #expect(abs(a.low[1] - b.low[1]) < 1e-12 && abs(a.high[1] - b.high[1]) < 1e-12)
      #expect(a.low[0] != b.low[0] && a.low[0] < gap.values(method)[0])
    }
  }

  @Test("the order of subjects and the scale of one change nothing")
  func order() throws {
    let values = equicorrelated(0.2, subjects: 7, samples: 200, regions: 3, seed: 73)
    var other = [3, 0, 6, 5, 1, 4, 2].map { values[$0] }
    other[2] = other[2].map { 4 * $0 - 2 }
    let (a, b) = (
      try staticSynchrony(SubjectSeries(values, regionCount: 3, rateHz: 1)),
      try staticSynchrony(SubjectSeries(other, regionCount: 3, rateHz: 1))
    )
    for method in SynchronyMethod.estimators {
      #expect(largestDifference(a.interval(method).low, b.interval(method).low) < 1e-6)
      #expect(largestDifference(a.interval(method).high, b.interval(method).high) < 1e-6)
    }
  }
}
