import Foundation
import IntersubjectCorrelation
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

@Suite struct SynchronyNullTests {
  /// AR(.8) series with a shared part.
  func slow(_ rho: Float, subjects: Int, samples: Int, regions: Int, seed: UInt64) throws -> SubjectSeries {
    var values = equicorrelated(rho, subjects: subjects, samples: samples, regions: regions, seed: seed)
    for s in values.indices { for i in regions..<samples * regions { values[s][i] += 0.8 * values[s][i - regions] } }
    return try SubjectSeries(values, regionCount: regions, rateHz: 1)
  }

  @Test(arguments: [SynchronyNull.phase, .circularShift(window: 10)], [99, 100])
  func rowsAndTimeGiveTheSameDraws(null: SynchronyNull, samples: Int) throws {
    let series = try slow(0.3, subjects: 5, samples: samples, regions: 10, seed: 20)
    let whole = SynchronyWindows(length: Double(samples), step: 1)
    for method in SynchronyMethod.estimators {
      let rows = try synchronyNull(series, null: null, method: method, draws: 5) { testNumbers(1, $0, $1) }
      let time = try dynamicSynchronyNull(series, windows: whole, null: null, method: method, draws: 5) {
        testNumbers(1, $0, $1)
      }
      // float32 rows against float32 series
      #expect(largestDifference(rows.values, time.values) < 2e-6)
      #expect(rows.values.count == 50 && Set(rows.values).count == 50)
    }
  }

  @Test(arguments: [SynchronyNull.phase, .circularShift(window: 10)])
  func sharedSignalIsFoundAndPIsAtTheFloor(null: SynchronyNull) throws {
    let series = try slow(0.3, subjects: 8, samples: 200, regions: 3, seed: 21)
    let observed = try staticSynchrony(series)
    let draws = try synchronyNull(series, null: null, draws: 199) { testNumbers(2, $0, $1) }
    #expect(draws.p(observed: observed.pairwise) == [0.005, 0.005, 0.005] && draws.floor == 0.005)
    #expect(draws.mean.allSatisfy { abs($0) < 0.02 })
  }

  @Test(arguments: [SynchronyNull.phase, .circularShift(window: 10)])
  func nullsRejectAtTheirLevelForSlowIndependentSeries(null: SynchronyNull) throws {
    // 60 stimuli of 20 independent regions: 1200 tests; SE of the rate .0063, and shifts are mildly anti-conservative.
    var below = 0
    for stimulus in 0..<60 {
      let series = try slow(0, subjects: 5, samples: 150, regions: 20, seed: UInt64(100 + stimulus))
      let observed = try staticSynchrony(series)
      let draws = try synchronyNull(series, null: null, draws: 99) { testNumbers(UInt64(stimulus), $0, $1) }
      below += draws.p(observed: observed.pairwise).count { $0 <= 0.05 }
    }
    let rate = Double(below) / 1200
    #expect(rate > 0.03 && rate < 0.075)
  }

  @Test func missingSubjectsStayOutOfTheNull() throws {
    var values = equicorrelated(0.2, subjects: 4, samples: 100, regions: 2, seed: 22)
    values[0][7] = .nan
    for t in 0..<100 { values[1][t * 2 + 1] = 4 }
    let series = try SubjectSeries(values, regionCount: 2, rateHz: 1)
    let three = try SubjectSeries(Array(values[1...]), regionCount: 2, rateHz: 1)
    let all = try synchronyNull(series, null: .phase, draws: 4) { testNumbers(3, $0, $1) }
    let rest = try synchronyNull(three, null: .phase, draws: 4) { testNumbers(3, $0 + 1, $1) }
    // The missing sample stands in region 1 of subject 0, where subject 1 is constant.
    #expect(all.values.indices.allSatisfy { $0 % 2 == 0 || all.values[$0].isNaN })
    #expect(!all.values[0].isNaN && rest.values[1].isNaN)
  }

  @Test func twoSubjectsTakeEveryShiftOnce() throws {
    let series = try slow(0, subjects: 2, samples: 60, regions: 1, seed: 23)
    let draws = try synchronyNull(series, null: .circularShift(window: 5), draws: 1000) { testNumbers(4, $0, $1) }
    #expect(draws.drawCount == 21 && Set(draws.values.map { Float($0) }).count == 21)
  }

  @Test func theCeilingOfPairwiseSynchronyGrowsWithPairs() throws {
    // Shared signal in every other 10 s: synchrony rises and falls, so halves agree.
    var values = equicorrelated(0, subjects: 16, samples: 4800, regions: 1, seed: 25)
    let shared = equicorrelated(0, subjects: 1, samples: 4800, regions: 1, seed: 26)[0]
    for s in 0..<16 { for t in 0..<4800 where (t / 200) % 2 == 0 { values[s][t] += 0.5 * shared[t] } }
    let splits = randomHalves(subjectCount: 16, count: 10) { testNumbers(6, 0, $0) }
    let result = try dynamicSynchrony(
      SubjectSeries(values, regionCount: 1, rateHz: 20), windows: SynchronyWindows(length: 10, step: 5), splits: splits)
    let ceiling = try #require(result.ceiling(region: 0, windows: Array(0..<result.windowCount)))
    #expect(ceiling.halfReliability > 0.5 && ceiling.overPairs > ceiling.overSubjects && ceiling.isUsable)
    #expect(ceiling.overSubjects > ceiling.halfReliability && ceiling.ceiling <= 1)
  }

  @Test func oneDrawServesAllRegionsSoThatTheMaximumControlsTheFamily() throws {
    var values = equicorrelated(0, subjects: 6, samples: 200, regions: 20, seed: 27)
    let shared = equicorrelated(0, subjects: 1, samples: 200, regions: 1, seed: 28)[0]
    for s in 0..<6 { for t in 0..<200 { values[s][t * 20] += shared[t] } }
    let series = try SubjectSeries(values, regionCount: 20, rateHz: 1)
    func stream(_ subject: Int, _ draw: Int) -> RandomStream {
      RandomStream(seed: 1, purpose: "synchrony_phase", key: "film\nsub-\(subject)", draw: draw)
    }
    let draws = try synchronyNull(series, null: .phase, draws: 199, generator: stream)
    let p = MultipleTesting.maxStatistic(
      observed: try staticSynchrony(series).pairwise, draws: Matrix(rows: 199, columns: 20, values: draws.values))
    #expect(p[0] == 0.005 && p.dropFirst().allSatisfy { $0 > 0.05 })
    // The same draws for a part of the regions: a draw does not depend on which regions are asked for.
    let first = try SubjectSeries(values.map { x in (0..<200).map { x[$0 * 20] } }, regionCount: 1, rateHz: 1)
    let alone = try synchronyNull(first, null: .phase, draws: 199, generator: stream)
    #expect(alone.values == (0..<199).map { draws.values[$0 * 20] })
  }
}
