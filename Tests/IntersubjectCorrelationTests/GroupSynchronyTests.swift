import Diagnostics
import Foundation
import IntersubjectCorrelation
import Statistics
import Testing
import Vocabulary

@Suite struct GroupSynchronyTests {
  private func pairs(_ values: [[Float]], regions: Int = 1) throws -> SubjectPairs {
    SubjectPairs(try staticSynchrony(SubjectSeries(values, regionCount: regions, rateHz: 1)))
  }

  private func fisher(_ values: [[Float]], _ a: Int, _ b: Int) -> Double {
    atanh(Correlation.pearson(values[a].map(Double.init), values[b].map(Double.init)))
  }

  @Test func withinAndBetweenAreMeansOverPairs() throws {
    let values = equicorrelated(0.3, subjects: 7, samples: 150, regions: 1, seed: 50)
    let isFirst = [true, false, true, false, false, true, false]
    let groups = GroupSynchrony([(try pairs(values), Array(0..<7))], method: .pairwise)
    var numbers = testNumbers(1)
    let found = groups.values(isFirst, using: &numbers)
    func mean(_ wanted: (Bool, Bool) -> Bool) -> Double {
      let all = (0..<7).flatMap { a in (0..<a).filter { wanted(isFirst[a], isFirst[$0]) }.map { fisher(values, a, $0) }
      }
      return all.reduce(0, +) / Double(all.count)
    }
    #expect(abs(found.first[0] - mean { $0 && $1 }) < 1e-6)
    #expect(abs(found.second[0] - mean { !$0 && !$1 }) < 1e-6)
    #expect(abs(found.between[0] - mean { $0 != $1 }) < 1e-6)
    // In windows too: one window over everything is the static value.
    let dynamic = try dynamicSynchrony(
      SubjectSeries(values, regionCount: 1, rateHz: 1), windows: SynchronyWindows(length: 150, step: 150),
      groups: isFirst)
    #expect(abs(try #require(dynamic.crossed)[0] - tanh(found.between[0])) < 1e-9)
  }

  @Test func leaveOneOutOfPartsOfEqualSizeDoesNotDependOnTheLargerGroup() throws {
    // The closed form at N = 6: rho sqrt(N - 1) / sqrt(1 + (N - 2) rho); at N = 30 it would be .53.
    let values = equicorrelated(0.3, subjects: 36, samples: 3000, regions: 1, seed: 51)
    let groups = GroupSynchrony([(try pairs(values), Array(0..<36))], method: .leaveOneOut)
    var numbers = testNumbers(2)
    let found = groups.values((0..<36).map { $0 < 6 }, using: &numbers)
    let expected = atanh(0.3 * 5.0.squareRoot() / (1 + 4 * 0.3).squareRoot())
    // 3,000 samples: SE of a correlation .02, and subjects' parts.
    #expect(abs(found.first[0] - expected) < 0.05 && abs(found.second[0] - expected) < 0.05)
    #expect(abs(found.between[0] - expected) < 0.05)
  }

  @Test func cohortsOfDifferentSynchronyAreToldApart() throws {
    let many = equicorrelated(0.35, subjects: 12, samples: 200, regions: 1, seed: 52)
    let few = equicorrelated(0.05, subjects: 12, samples: 200, regions: 1, seed: 53)
    let groups = GroupSynchrony([(try pairs(many + few), Array(0..<24))], method: .pairwise)
    let isFirst = (0..<24).map { $0 < 12 }
    var numbers = testNumbers(3)
    let observed = groups.values(isFirst, using: &numbers)
    let draws = groups.draws(isFirst, count: 199) { testNumbers(4, 0, $0) }
    #expect(observed.difference[0] > 0.2)
    #expect(
      NullSummary(observed: observed.difference[0], draws: draws.map { $0.difference[0] }, twoSided: true).p < 0.01)
    // Their shared signals differ, so nothing is common between the cohorts.
    #expect(
      NullSummary(
        observed: observed.withinMinusBetween[0], draws: draws.map { $0.withinMinusBetween[0] }, twoSided: true
      ).p < 0.01)
    let interval = groups.interval(isFirst)
    #expect(interval.difference[0].low > 0.15 && interval.difference[0].high < 0.6)
    #expect(interval.difference[0].low < observed.difference[0] && interval.difference[0].high > observed.difference[0])
  }

  @Test func subjectsMayMissAStimulusAndSmallGroupsHaveNoValue() throws {
    let values = equicorrelated(0.3, subjects: 8, samples: 100, regions: 2, seed: 54)
    let whole = try pairs(values, regions: 2)
    let part = try pairs(Array(values[0..<5]), regions: 2)
    let groups = GroupSynchrony([(whole, Array(0..<8)), (part, Array(0..<5))], method: .pairwise)
    var numbers = testNumbers(6)
    // In the second stimulus only two subjects of the second group are left: it does not count.
    let found = groups.values((0..<8).map { $0 < 3 }, using: &numbers)
    #expect(found.stimulusCount == 1 && !found.difference[0].isNaN)
    let none = groups.values((0..<8).map { $0 < 2 }, using: &numbers)
    #expect(none.stimulusCount == 0 && none.difference.allSatisfy(\.isNaN))
    #expect(GroupSynchrony.arrangements([true, true, false, false]) == 6)
    #expect(
      groups.draws([true, true, true, false, false, false, false, false], count: 99) { testNumbers(7, 0, $0) }.count
        == 56)
  }

  @Test("an interval is about the difference itself: of the stimuli and subjects that count")
  func intervalsOfWhatCounts() throws {
    let whole = try pairs(equicorrelated(0.3, subjects: 12, samples: 120, regions: 1, seed: 56))
    let isFirst = (0..<13).map { $0 < 6 }
    let alone = GroupSynchrony([(whole, Array(0..<12))], method: .pairwise)
    // The second stimulus has two of the second group and a subject who saw nothing else: it does not count.
    let other = try pairs(equicorrelated(0.8, subjects: 5, samples: 120, regions: 1, seed: 57))
    let both = GroupSynchrony([(whole, Array(0..<12)), (other, [0, 1, 2, 11, 12])], method: .pairwise)
    var numbers = testNumbers(8)
    let difference = both.values(isFirst, using: &numbers).difference[0]
    let expected = alone.interval(Array(isFirst.prefix(12))).difference[0]
    let found = both.interval(isFirst).difference[0]
    #expect(abs(found.low - expected.low) < 1e-12 && abs(found.high - expected.high) < 1e-12)
    #expect(abs((found.low + found.high) / 2 - difference) < 1e-12)
  }

  @Test func welchsTestIsSciPys() {
    // scipy.stats.ttest_ind([.1, .3, .25, .4, .35], [.05, .2, .1, .0], equal_var=False) and its confidence_interval()
    let test = WelchTest([0.1, 0.3, 0.25, 0.4, 0.35, .nan], [0.05, 0.2, 0.1, 0])
    #expect(test.counts == (5, 4) && abs(test.difference - 0.1925) < 1e-12)
    #expect(abs(test.statistic - 2.8782952) < 1e-6 && abs(test.p - 0.0237557) < 1e-6)
    #expect(abs(test.low - 0.0342964) < 1e-6 && abs(test.high - 0.3507036) < 1e-6)
    #expect(WelchTest([0.1, 0.2], [0.3, 0.1], minimum: 8).p.isNaN)
  }

  @Test func identicalRecordingsAreNamedWhateverTheirScale() throws {
    var values = equicorrelated(0.5, subjects: 4, samples: 60, regions: 3, seed: 55)
    values[3] = values[1].map { 2 * $0 - 7 }
    #expect(try pairs(values, regions: 3).identical().map { [$0.first, $0.second] } == [[1, 3]])
    values[3][40] += 1
    #expect(try pairs(values, regions: 3).identical().isEmpty)
  }
}

@Suite struct ClipShuffleTests {
  private let subjects = 10
  private let stimuli = 6

  private func recordings(_ rho: Float) throws -> (SubjectPairs, [(subject: Int, stimulus: Int)]) {
    let clips = (0..<stimuli).map {
      equicorrelated(rho, subjects: subjects, samples: 300, regions: 1, seed: UInt64(60 + $0))
    }
    let all = (0..<stimuli).flatMap { clips[$0] }
    let owners = (0..<stimuli).flatMap { clip in (0..<subjects).map { (subject: $0, stimulus: clip) } }
    return (SubjectPairs(try staticSynchrony(SubjectSeries(all, regionCount: 1, rateHz: 1))), owners)
  }

  @Test func namesOfSubjectsWithinAStimulusDoNotMatterButStimuliDo() throws {
    let (pairs, owners) = try recordings(0.2)
    for method in SynchronyMethod.estimators {
      let shuffle = try ClipShuffle(pairs, owners: owners, method: method)
      let observed = shuffle.observed(stimulus: 2)
      let renamed = try ClipShuffle(
        pairs, owners: owners.map { (subject: ($0.subject * 3 + 1) % subjects, stimulus: $0.stimulus) }, method: method)
      #expect(largestDifference(observed, renamed.observed(stimulus: 2)) < 1e-12)
      let draws = shuffle.draws(stimulus: 2, 400) { testNumbers(70, $0, $1) }
      #expect(draws.p(observed: observed) == [1.0 / 401])
      // A pair meets in the same stimulus in one of six: the draws' mean is a sixth of rho (pairs: .2 / 6).
      if method == .pairwise { #expect(abs(draws.mean[0] - 0.2 / 6) < 0.02) }
    }
  }

  @Test func mixedOverMoreStimuliThanSubjectsSynchronyIsGone() throws {
    // Every subject another stimulus: no two are aligned.
    let clips = (0..<10).map { equicorrelated(0.4, subjects: 10, samples: 300, regions: 1, seed: UInt64(80 + $0)) }
    let mixed = (0..<10).map { clips[$0][$0] }
    let value = try staticSynchrony(SubjectSeries(mixed, regionCount: 1, rateHz: 1)).pairwise[0]
    // 45 pairs of 300 white samples: SE .0086.
    #expect(abs(value) < 3 * 0.0086)
  }

  @Test func fewArrangementsGiveFewDrawsAndOneStimulusNone() throws {
    let values = (0..<2).flatMap { equicorrelated(0.2, subjects: 3, samples: 50, regions: 1, seed: UInt64(90 + $0)) }
    let pairs = SubjectPairs(try staticSynchrony(SubjectSeries(values, regionCount: 1, rateHz: 1)))
    let owners = (0..<6).map { (subject: $0 % 3, stimulus: $0 / 3) }
    let shuffle = try ClipShuffle(pairs, owners: owners, method: .pairwise)
    #expect(shuffle.draws(stimulus: 0, 1000) { testNumbers(1, $0, $1) }.drawCount == 4)
    #expect(throws: EvokeError.self) {
      try ClipShuffle(pairs, owners: (0..<6).map { (subject: $0, stimulus: 0) }, method: .pairwise)
    }
  }
}
