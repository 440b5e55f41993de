import Diagnostics
import Foundation
import IntersubjectCorrelation
import Testing
import Vocabulary

@Suite struct SynchronyIdentityTests {
  let windows = SynchronyWindows(length: 10, step: 1)

  func dynamic(_ values: [[Float]], _ regions: Int, rate: Double = 20) throws -> DynamicSynchrony {
    try dynamicSynchrony(SubjectSeries(values, regionCount: regions, rateHz: rate), windows: windows)
  }

  @Test func identicalSubjectsHaveSynchronyOne() throws {
    let one = equicorrelated(0, subjects: 1, samples: 600, regions: 3, seed: 1)[0]
    let result = try dynamic([one, one, one, one], 3)
    #expect(result.pairwise.allSatisfy { abs($0 - 1) < 2e-7 } && result.leaveOneOut.allSatisfy { abs($0 - 1) < 2e-7 })
  }

  @Test func independentSubjectsHaveNone() throws {
    let result = try staticSynchrony(
      SubjectSeries(equicorrelated(0, subjects: 10, samples: 2000, regions: 40, seed: 2), regionCount: 40, rateHz: 20))
    // 45 independent pairs of 2000 white samples: SE of a region's mean z is 1/sqrt(45 * 1997).
    let se = 1 / (45.0 * 1997).squareRoot()
    let mean = result.pairwise.reduce(0, +) / 40
    let spread = (result.pairwise.map { $0 * $0 }.reduce(0, +) / 40).squareRoot()
    #expect(abs(mean) < 3 * se / 40.0.squareRoot())
    #expect(spread > 0.7 * se && spread < 1.3 * se)
  }

  @Test func leaveOneOutFollowsItsClosedForm() throws {
    let (n, rho) = (15.0, 0.1)
    let values = equicorrelated(0.1, subjects: 15, samples: 4000, regions: 16, seed: 3)
    let result = try staticSynchrony(SubjectSeries(values, regionCount: 16, rateHz: 20))
    let expected = rho * (n - 1).squareRoot() / (1 + (n - 2) * rho).squareRoot()
    #expect(abs(result.leaveOneOut.reduce(0, +) / 16 - expected) < 0.01)
    #expect(abs(result.pairwise.reduce(0, +) / 16 - rho) < 0.01)
  }

  @Test func scalingAndShiftingASubjectChangesNothing() throws {
    let values = equicorrelated(0.3, subjects: 5, samples: 600, regions: 3, seed: 4)
    var scaled = values
    scaled[2] = values[2].map { $0 * 8192 + 3000 }
    let (a, b) = (try dynamic(values, 3), try dynamic(scaled, 3))
    // The offset costs float32 digits of the samples themselves, nothing more.
    #expect(largestDifference(a.pairwise, b.pairwise) < 1e-6 && largestDifference(a.leaveOneOut, b.leaveOneOut) < 1e-6)
  }

  @Test func permutingSubjectsLeavesPairwiseSynchronyUnchanged() throws {
    let values = equicorrelated(0.2, subjects: 7, samples: 600, regions: 9, seed: 5)
    let order = [3, 0, 6, 5, 1, 4, 2]
    let (a, b) = (try dynamic(values, 9), try dynamic(order.map { values[$0] }, 9))
    #expect(largestDifference(a.pairwise, b.pairwise) < 1e-12)
    #expect(largestDifference(a.leaveOneOut, b.leaveOneOut) < 1e-12)
  }

  @Test func shiftingOneRecordingByASampleChangesIt() throws {
    let values = equicorrelated(0.5, subjects: 4, samples: 600, regions: 1, seed: 6)
    var shifted = values
    shifted[1] = [0] + values[1].dropLast()
    let (a, b) = (try dynamic(values, 1), try dynamic(shifted, 1))
    #expect(zip(a.pairwise, b.pairwise).allSatisfy { abs($0 - $1) > 0.05 })
  }

  @Test func oneWindowOverTheWholeStimulusIsStaticSynchrony() throws {
    let values = equicorrelated(0.2, subjects: 6, samples: 700, regions: 10, seed: 7)
    let series = try SubjectSeries(values, regionCount: 10, rateHz: 20)
    let whole = try dynamicSynchrony(series, windows: SynchronyWindows(length: 35, step: 1))
    let fixed = try staticSynchrony(series)
    #expect(whole.pairwise == fixed.pairwise && whole.leaveOneOut == fixed.leaveOneOut)
  }

  @Test func theBitsDoNotDependOnHowInputIsReadOrSharedOut() throws {
    let values = equicorrelated(0.2, subjects: 5, samples: 9000, regions: 19, seed: 8)
    let series = try SubjectSeries(values, regionCount: 19, rateHz: 30)
    let short = SynchronyWindows(length: 3.3, step: 0.7)
    let a = try dynamicSynchrony(series, windows: short)
    let b = try dynamicSynchrony(series, windows: short, resources: SynchronyResources(bytes: 1, threads: 2))
    #expect(a.pairwise == b.pairwise && a.leaveOneOut == b.leaveOneOut && a.windowCount > 400)
  }

  /// More than 256 windows, so that runs of windows are computed apart and joined.
  @Test func seriesStoredRegionByRegionGiveTheSameSynchrony() throws {
    let (subjects, samples, regions) = (5, 9000, 19)
    var values = equicorrelated(0.2, subjects: subjects, samples: samples, regions: regions, seed: 8)
    values[2][4000 * regions + 3] = .nan
    for t in 2000..<2400 { values[1][t * regions + 7] = 3 }
    for t in 5000..<5200 { values[3][t * regions + 12] *= 1e-8 }
    let apart = values.map { x in (0..<regions).map { r in (0..<samples).map { x[$0 * regions + r] } } }
    let series = try SubjectSeries(values, regionCount: regions, rateHz: 30)
    let stored = SubjectSeries(
      subjectCount: subjects, sampleCount: samples, regionCount: regions, rateHz: 30,
      readRegions: { subject, regions, range, block in block = regions.flatMap { Array(apart[subject][$0][range]) } })
    let short = SynchronyWindows(length: 3.3, step: 0.7)
    let splits: [[Bool?]] = [[true, true, false, false, nil]]
    let a = try dynamicSynchrony(series, windows: short, perSubject: true, splits: splits)
    let b = try dynamicSynchrony(stored, windows: short, perSubject: true, splits: splits)
    // Means of a block are summed in another order.
    #expect(
      largestDifference(a.pairwise, b.pairwise) < 1e-12 && largestDifference(a.leaveOneOut, b.leaveOneOut) < 1e-12)
    #expect(largestDifference(a.subjects ?? [], b.subjects ?? []) < 1e-12)
    #expect(largestDifference(a.halves ?? [], b.halves ?? []) < 1e-12)
    #expect(a.missing == b.missing && a.constant == b.constant)
    #expect(a.missing.contains(1) && a.constant.contains(1))
    let c = try dynamicSynchrony(
      stored, windows: short, perSubject: true, splits: splits, resources: SynchronyResources(bytes: 1, threads: 3))
    #expect(largestDifference(b.pairwise, c.pairwise) == 0 && largestDifference(b.leaveOneOut, c.leaveOneOut) == 0)
    #expect(try staticSynchrony(stored).missing[3] == 1)
    let null = try synchronyNull(stored, null: .phase, draws: 3) { testNumbers(1, $0, $1) }
    #expect(null.values == (try synchronyNull(series, null: .phase, draws: 3) { testNumbers(1, $0, $1) }).values)
  }

  @Test func severalThreadsMayReadAndTheFirstErrorIsThrown() throws {
    let values = equicorrelated(0.2, subjects: 6, samples: 3000, regions: 9, seed: 12)
    let windows = SynchronyWindows(length: 5, step: 1)
    let series = SubjectSeries.concurrent(
      subjectCount: 6, sampleCount: 3000, regionCount: 9, rateHz: 20,
      read: { Array(values[$0][$1.lowerBound * 9..<$1.upperBound * 9]) })
    let a = try dynamicSynchrony(series, windows: windows, resources: SynchronyResources(bytes: 100_000, threads: 3))
    #expect(
      a.pairwise == (try dynamicSynchrony(SubjectSeries(values, regionCount: 9, rateHz: 20), windows: windows)).pairwise
    )
    struct Failure: Error, Equatable { let subject: Int }
    let broken = SubjectSeries.concurrent(
      subjectCount: 6, sampleCount: 3000, regionCount: 9, rateHz: 20,
      read: { subject, range in
        if subject >= 2 { throw Failure(subject: subject) }
        return [Float](repeating: 0, count: range.count * 9)
      })
    #expect(throws: Failure(subject: 2)) { try dynamicSynchrony(broken, windows: windows) }
    let short = SubjectSeries(
      subjectCount: 6, sampleCount: 3000, regionCount: 9, rateHz: 20, readRegions: { _, _, _, block in block = [1, 2] })
    #expect(code { _ = try dynamicSynchrony(short, windows: windows) } == "E-ISC-005")
  }

  @Test func slidingSumsEqualEachWindowComputedAloneDespiteDrift() throws {
    var values = equicorrelated(0.2, subjects: 4, samples: 12_000, regions: 2, seed: 9)
    for s in 0..<4 { for i in values[s].indices { values[s][i] += 0.01 * Float(i) * Float(s) } }
    let all = try dynamicSynchrony(
      SubjectSeries(values, regionCount: 2, rateHz: 20), windows: SynchronyWindows(length: 5, step: 1))
    for window in [0, 100, 255, 256, 511, all.windowCount - 1] {
      let range = all.samples[window]
      let alone = try staticSynchrony(
        SubjectSeries(values.map { Array($0[range.lowerBound * 2..<range.upperBound * 2]) }, regionCount: 2, rateHz: 20)
      )
      #expect(largestDifference(Array(all.pairwise[window * 2..<window * 2 + 2]), alone.pairwise) < 1e-10)
    }
  }

  @Test func twoSubjectsGiveThePlainCorrelationInBothEstimators() throws {
    let result = try dynamic(equicorrelated(0.4, subjects: 2, samples: 400, regions: 2, seed: 10), 2)
    #expect(largestDifference(result.pairwise, result.leaveOneOut) < 1e-12 && !result.pairwise.contains { $0.isNaN })
  }

  @Test func aWindowThatIsFlatOnlyBesideTheRestOfTheStimulusIsLeftOut() throws {
    var values = equicorrelated(0.4, subjects: 4, samples: 600, regions: 1, seed: 11)
    for t in 200..<400 { values[0][t] *= 1e-8 }
    let result = try dynamic(values, 1)
    #expect(result.constant[10] == 1 && result.constant[0] == 0 && result.constant[20] == 0)
  }

  @Test func anchorsMoveTheTimeAxisOnly() throws {
    let values = equicorrelated(0.4, subjects: 3, samples: 400, regions: 1, seed: 12)
    let series = try SubjectSeries(values, regionCount: 1, rateHz: 20, startTime: 2)
    let results = try WindowAnchor.allCases.map {
      try dynamicSynchrony(series, windows: SynchronyWindows(length: 10, step: 1, anchor: $0))
    }
    #expect(results.map { $0.times[0] } == [2, 7, 12] && results[0].pairwise == results[2].pairwise)
  }

  @Test func badInputIsRefusedByCode() throws {
    let values = equicorrelated(0, subjects: 3, samples: 60, regions: 2, seed: 13)
    let series = try SubjectSeries(values, regionCount: 2, rateHz: 2)
    #expect(
      code { _ = try dynamicSynchrony(SubjectSeries([values[0]], regionCount: 2, rateHz: 2), windows: windows) }
        == "E-ISC-001")
    #expect(code { _ = try dynamicSynchrony(series, windows: SynchronyWindows(length: 1, step: 1)) } == "E-ISC-002")
    #expect(code { _ = try dynamicSynchrony(series, windows: SynchronyWindows(length: 31, step: 1)) } == "E-ISC-003")
    #expect(code { _ = try SubjectSeries([values[0], [1, 2]], regionCount: 2, rateHz: 2) } == "E-ISC-005")
    let short = SubjectSeries(subjectCount: 3, sampleCount: 60, regionCount: 2, rateHz: 2) { _, _ in [0] }
    #expect(code { _ = try dynamicSynchrony(short, windows: windows) } == "E-ISC-005")
    #expect(
      code {
        _ = try synchronyNull(series, null: .circularShift(window: 10), draws: 9) { testNumbers(1, $0, $1) }
      } == "E-ISC-004")
  }
}

private func code(_ body: () throws -> Void) -> String? {
  do {
    try body()
    return nil
  } catch let error as EvokeError { return error.code.id } catch { return "other" }
}
