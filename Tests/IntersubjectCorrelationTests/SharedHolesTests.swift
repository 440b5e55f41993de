import IntersubjectCorrelation
import Statistics
import Testing
import Vocabulary

/// Samples that all subjects lack are samples of nobody.
@Suite struct SharedHolesTests {
  private let samples = 300
  private let regions = 10
  private let masked: [Range<Int>] = [0..<4, 90..<130, 299..<300]

  private func values(_ rho: Float = 0.3, seed: UInt64, level: Float = 0) -> [[Float]] {
    equicorrelated(rho, subjects: 5, samples: samples, regions: regions, seed: seed).map { $0.map { $0 + level } }
  }

  /// Without some samples of all regions.
  private func cut(_ values: [[Float]]) -> [[Float]] {
    let kept = (0..<samples).filter { sample in !masked.contains { $0.contains(sample) } }
    return values.map { own in kept.flatMap { Array(own[$0 * regions..<($0 + 1) * regions]) } }
  }

  /// With some samples missing, of some regions.
  private func masking(_ values: [[Float]], in chosen: Range<Int>) -> [[Float]] {
    var values = values
    for subject in values.indices {
      for sample in masked.joined() { for region in chosen { values[subject][sample * regions + region] = .nan } }
    }
    return values
  }

  @Test(
    "a stretch that all lack is left out, of its regions alone, and leaves what the others say", arguments: [0, 500])
  func leftOut(_ level: Float) throws {
    let whole = values(seed: 31, level: level)
    let fixed = try staticSynchrony(
      SubjectSeries(masking(whole, in: 2..<regions), regionCount: regions, rateHz: 1))
    let shorter = try staticSynchrony(SubjectSeries(cut(whole), regionCount: regions, rateHz: 1))
    let unmasked = try staticSynchrony(SubjectSeries(whole, regionCount: regions, rateHz: 1))
    let tolerance = level == 0 ? 1e-6 : 1e-4
    for method in SynchronyMethod.estimators {
      let (own, expected) = (fixed.values(method), shorter.values(method))
      #expect(largestDifference(Array(own[2...]), Array(expected[2...])) < tolerance)
      #expect(largestDifference(Array(own[..<2]), Array(unmasked.values(method)[..<2])) < 1e-12)
    }
    #expect(fixed.missing.allSatisfy { $0 == 0 } && fixed.constant.allSatisfy { $0 == 0 })
    #expect(fixed.lackedByAll == [0, 0] + [Int32](repeating: 45, count: 8))
    #expect(unmasked.lackedByAll.allSatisfy { $0 == 0 })
  }

  @Test("who lacks more than all do is left out, and a region that nobody has has no value")
  func others() throws {
    var own = masking(values(seed: 32), in: 0..<regions)
    own[3][200 * regions + 4] = .nan
    for subject in own.indices { for sample in 0..<samples { own[subject][sample * regions + 7] = .nan } }
    let series = try SubjectSeries(own, regionCount: regions, rateHz: 1)
    let fixed = try staticSynchrony(series)
    #expect(fixed.missing == [0, 0, 0, 0, 1, 0, 0, 5, 0, 0])
    #expect(fixed.lackedByAll == [45, 45, 45, 45, 45, 45, 45, 0, 45, 45])
    #expect(fixed.pairwise.indices.filter { fixed.pairwise[$0].isNaN } == [7])
    let four = try SubjectSeries(
      own.enumerated().filter { $0.offset != 3 }.map(\.element), regionCount: regions, rateHz: 1)
    #expect(abs(try staticSynchrony(four).pairwise[4] - fixed.pairwise[4]) < 1e-12)
    // The same however series are read.
    let concurrent = SubjectSeries.concurrent(subjectCount: 5, sampleCount: samples, regionCount: regions, rateHz: 1) {
      [own, regions] subject, range in Array(own[subject][range.lowerBound * regions..<range.upperBound * regions])
    }
    let read = try staticSynchrony(concurrent, resources: SynchronyResources(bytes: 1, threads: 2))
    #expect(largestDifference(read.pairwise, fixed.pairwise) < 1e-12 && read.lackedByAll == fixed.lackedByAll)
  }

  @Test(
    "the null leaves out what the value leaves out, and a high-pass changes nothing of that",
    arguments: [SynchronyNull.phase, .circularShift(window: 10)], [false, true])
  func null(_ null: SynchronyNull, _ highPassed: Bool) throws {
    func series(_ rho: Float) throws -> SubjectSeries {
      let raw = try SubjectSeries(masking(values(rho, seed: 33), in: 0..<regions), regionCount: regions, rateHz: 1)
      return highPassed ? try raw.highPassed(flatSeconds: 10) : raw
    }
    for method in SynchronyMethod.estimators {
      let alike = try series(0.3)
      let draws = try synchronyNull(alike, null: null, method: method, draws: 39) { testNumbers(2, $0, $1) }
      let p = draws.p(observed: try staticSynchrony(alike).values(method))
      #expect(draws.values.allSatisfy(\.isFinite) && Set(draws.values).count > 300)
      #expect(p == [Double](repeating: 1.0 / 40, count: regions))
      let unlike = try series(0)
      let chance = try synchronyNull(unlike, null: null, method: method, draws: 39) { testNumbers(2, $0, $1) }
        .p(observed: try staticSynchrony(unlike).values(method))
      #expect(Moments.mean(chance) > 0.2)
    }
  }
}
