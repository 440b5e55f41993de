import IntersubjectCorrelation
import Testing

/// Products and sums are float64: what is left is rounding (sums slide over up to 256 windows).
@Suite struct SynchronyReferenceTests {
  @Test func staticSynchronyEqualsBrainIAK() throws {
    let result = try staticSynchrony(Fixture.series("series.f32", rateHz: 10))
    #expect(largestDifference(result.pairwise, try Fixture.reference("static_pairwise")) < 1e-10)
    #expect(largestDifference(result.leaveOneOut, try Fixture.reference("static_leave_one_out")) < 1e-10)
  }

  @Test func dynamicSynchronyEqualsBrainIAKInEveryWindow() throws {
    let windows = SynchronyWindows(length: 2, step: 0.5)
    let result = try dynamicSynchrony(Fixture.series("series.f32", rateHz: 10), windows: windows, perSubject: true)
    #expect(largestDifference(result.pairwise, try Fixture.reference("dynamic_pairwise")) < 1e-10)
    #expect(largestDifference(result.leaveOneOut, try Fixture.reference("dynamic_leave_one_out")) < 1e-10)
    #expect(largestDifference(try #require(result.subjects), try Fixture.reference("dynamic_subjects")) < 1e-10)
    #expect(result.times.first == 1 && result.times.last == 11 && result.times.count == 21)
  }

  @Test func windowsThatDoNotDivideTheRepetitionTimeEqualNumPy() throws {
    let windows = SynchronyWindows(length: 10, step: 1)
    let result = try dynamicSynchrony(Fixture.series("series.f32", rateHz: 1 / 1.5), windows: windows)
    #expect(largestDifference(result.pairwise, try Fixture.reference("tr_pairwise")) < 1e-10)
    #expect(largestDifference(result.leaveOneOut, try Fixture.reference("tr_leave_one_out")) < 1e-10)
    #expect(Set(result.samples.map(\.count)) == [6, 7])
  }

  @Test func missingAndConstantSubjectsAreLeftOutPerWindowAndCounted() throws {
    let windows = SynchronyWindows(length: 2, step: 0.5)
    let result = try dynamicSynchrony(Fixture.series("gaps.f32", rateHz: 10), windows: windows)
    #expect(largestDifference(result.pairwise, try Fixture.reference("gaps_pairwise")) < 1e-10)
    #expect(largestDifference(result.leaveOneOut, try Fixture.reference("gaps_leave_one_out")) < 1e-10)
    #expect(result.missing.map(Double.init) == (try Fixture.reference("gaps_missing")))
    #expect(result.constant.map(Double.init) == (try Fixture.reference("gaps_constant")))
    #expect(result.pairwise.contains { $0.isNaN })
  }
}
