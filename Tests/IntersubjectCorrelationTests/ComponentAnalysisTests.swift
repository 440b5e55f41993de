import Diagnostics
import Foundation
import IntersubjectCorrelation
import LinearAlgebra
import Statistics
import Testing

private let (channels, rateHz) = (5, 50.0)

private func stimuli(_ reference: SignalReference) throws -> [SubjectSeries] {
  try zip(reference.clips, [(4, 300), (5, 220)]).map { values, shape in
    let size = shape.1 * channels
    return try SubjectSeries(
      (0..<shape.0).map { s in values[(s * size)..<((s + 1) * size)].map { $0 ?? .nan } }, regionCount: channels,
      rateHz: rateHz)
  }
}

@Suite struct ComponentAnalysisTests {
  /// Products of float64 on other kernels: 1e-9 of values of order 1.
  @Test func componentsOverTwoStimuliAreThoseOfNumPy() throws {
    let reference = try SignalReference.load()
    let analysis = try ComponentAnalysis(stimuli(reference))
    #expect(largestDifference(analysis.eigenvalues, try reference.numbers("eigenvalues")) < 1e-9)
    #expect(largestDifference(analysis.weights.values, try reference.numbers("weights")) < 1e-8)
    #expect(largestDifference(analysis.patterns.values, try reference.numbers("patterns")) < 1e-8)
    for i in 0..<2 {
      #expect(largestDifference(analysis.stimuli[i].values, reference.values[i]) < 1e-9)
      #expect(largestDifference(analysis.stimuli[i].crossValidated, reference.crossValidated[i]) < 1e-9)
    }
    #expect(largestDifference(analysis.stimuli[1].subjects, try reference.numbers("subjects")) < 1e-9)
    // One outlier with two samples on each side, one missing sample.
    #expect(analysis.stimuli.map(\.zeroedCount)[1] == 1 && analysis.stimuli[0].zeroedCount >= 5)
  }

  @Test func windowsKeepTheWeightsAndOneStimulusIsValidatedOnItsFifths() throws {
    let reference = try SignalReference.load()
    let series = try stimuli(reference)
    let analysis = try ComponentAnalysis(series)
    let windows = try analysis.stimuli[0].windows(
      SynchronyWindows(length: 2, step: 0.5), rateHz: rateHz, startTime: 0)
    #expect(largestDifference(windows.values, try reference.numbers("windows")) < 1e-9)
    #expect(windows.times.first == 1 && windows.subjects.count == windows.times.count * 4 * 4)
    let whole = try analysis.stimuli[0].windows(SynchronyWindows(length: 6, step: 6), rateHz: rateHz, startTime: 0)
    #expect(largestDifference(whole.values, analysis.stimuli[0].values) < 1e-12)
    let one = try ComponentAnalysis([series[0]])
    #expect(largestDifference(one.stimuli[0].crossValidated, try reference.numbers("one-clip")) < 1e-9)
  }

  @Test func drawsAreTheAnalysisOfShiftedSeries() throws {
    // Whole data without outliers, so that cleaning does not depend on the shift.
    let values = equicorrelated(0.2, subjects: 4, samples: 200, regions: 4, seed: 41)
    let series = try SubjectSeries(values, regionCount: 4, rateHz: 1)
    var analysis = try ComponentAnalysis([series], outlierSDs: 100)
    let null = SynchronyNull.circularShift(minimum: 20)
    let windows = SynchronyWindows(length: 40, step: 20)
    try analysis.addNull(null, draws: 3, series: [series], windows: windows, outlierSDs: 100) {
      testNumbers(9, $1, $2)
    }
    for draw in 0..<3 {
      let shifted = values.enumerated().map { subject, x -> [Float] in
        var numbers = testNumbers(9, subject, draw)
        let shift = Int.random(in: 20...180, using: &numbers) * 4
        return Array(x.suffix(shift) + x.dropLast(shift))
      }
      let other = try ComponentAnalysis([SubjectSeries(shifted, regionCount: 4, rateHz: 1)], outlierSDs: 100)
      // Rows are held in float32.
      let own = Array(analysis.stimuli[0].null[(draw * 4)..<(draw * 4 + 4)])
      #expect(largestDifference(own, other.stimuli[0].values) < 1e-5)
      let parts = try other.stimuli[0].windows(windows, rateHz: 1, startTime: 0)
      let means = (0..<4).map { c in
        Moments.mean(stride(from: c, to: parts.values.count, by: 4).map { parts.values[$0] })
      }
      let drawn = Array(analysis.stimuli[0].nullOverWindows[(draw * 4)..<(draw * 4 + 4)])
      #expect(largestDifference(drawn, means) < 1e-5)
    }
  }

  @Test func drawsOfSignsKeepEverySubjectsOwnCovariances() throws {
    let values = equicorrelated(0, subjects: 3, samples: 90, regions: 3, seed: 44)
    let series = try SubjectSeries(values, regionCount: 3, rateHz: 1).highPassed(periodS: 60, flatSeconds: 10)
    var analysis = try ComponentAnalysis([series], outlierSDs: 100)
    // One window over the whole stimulus: the mean over windows is the value, made of series in time.
    let whole = SynchronyWindows(length: 90, step: 90)
    try analysis.addNull(.phase, draws: 5, series: [series], windows: whole, outlierSDs: 100) {
      testNumbers(12, $1, $2)
    }
    let own = analysis.stimuli[0]
    #expect(own.null.count == 20 && Set(own.null).count == 20)
    #expect(largestDifference(own.null, own.nullOverWindows) < 1e-5)
  }

  @Test func aSharedSourceIsFoundAndTheFitsOptimismIsInTheNull() throws {
    let shared = equicorrelated(0.25, subjects: 6, samples: 240, regions: 6, seed: 42)
    let alone = equicorrelated(0, subjects: 6, samples: 240, regions: 6, seed: 43)
    for (values, isThere) in [(shared, true), (alone, false)] {
      let series = try SubjectSeries(values, regionCount: 6, rateHz: 1)
      var analysis = try ComponentAnalysis([series])
      try analysis.addNull(.phase, draws: 99, series: [series], windows: SynchronyWindows(length: 40, step: 40)) {
        testNumbers(10, $1, $2)
      }
      let own = analysis.stimuli[0]
      let drawn = (0..<99).map { own.null[$0 * own.columnCount] }
      // Fitted to noise the first component is positive; so are its draws.
      #expect(own.values[0] > 0 && drawn.allSatisfy { $0 > 0 })
      #expect((own.values[0] > (drawn.max() ?? 1)) == isThere)
      #expect(isThere ? own.crossValidated[0] > 0.15 : own.crossValidated[0] < 0.05)
    }
  }

  /// Two subjects have as many shifts against each other as there are, and no p is smaller than these allow.
  @Test func shiftsOfTwoSubjectsAreDrawnOnce() throws {
    let values = equicorrelated(0.2, subjects: 2, samples: 60, regions: 3, seed: 44)
    let series = try SubjectSeries(values, regionCount: 3, rateHz: 1)
    var analysis = try ComponentAnalysis([series])
    try analysis.addNull(
      .circularShift(minimum: 20), draws: 99, series: [series], windows: SynchronyWindows(length: 20, step: 20)
    ) { testNumbers(13, $1, $2) }
    let own = analysis.stimuli[0]
    let first = stride(from: 0, to: own.null.count, by: own.columnCount).map { own.null[$0] }
    #expect(first.count == 21 && Set(first).count == 21)
    #expect(own.nullOverWindows.count == own.null.count)
  }

  @Test func stimuliOfDifferentChannelsAreRefused() throws {
    let a = try SubjectSeries(
      equicorrelated(0, subjects: 3, samples: 50, regions: 4, seed: 1), regionCount: 4, rateHz: 1)
    let b = try SubjectSeries(
      equicorrelated(0, subjects: 3, samples: 50, regions: 5, seed: 1), regionCount: 5, rateHz: 1)
    #expect(throws: EvokeError.self) { try ComponentAnalysis([a, b]) }
  }
}
