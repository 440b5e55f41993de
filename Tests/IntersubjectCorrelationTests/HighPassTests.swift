import Foundation
import IntersubjectCorrelation
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

@Suite struct HighPassTests {
  /// Columns of the high-pass for n samples: 1, cosines, u, u².
  private func columns(_ n: Int, cosines: Int) -> [[Double]] {
    let u = (0..<n).map { 2 * (Double($0) + 0.5) / Double(n) - 1 }
    return (0...cosines).map { k in (0..<n).map { cos(Double.pi * Double(k) * (Double($0) + 0.5) / Double(n)) } }
      + [u, u.map { $0 * $0 }]
  }

  private func whole(_ series: SubjectSeries, _ subject: Int) throws -> [Float] {
    try series.read(subject, 0..<series.sampleCount)
  }

  @Test("what is left has no product with any column, and its columns' own combinations vanish")
  func residuals() throws {
    let n = 300
    let noise = equicorrelated(0, subjects: 3, samples: n, regions: 2, seed: 60)
    let basis = columns(n, cosines: 5)
    let drifting = noise.enumerated().map { subject, x in
      x.enumerated().map { i, value -> Float in
        let t = i / 2
        var slow = 400.0
        for (k, column) in basis.enumerated() { slow += Double(30 * (subject + k)) * column[t] }
        return value + Float(slow)
      }
    }
    // 2 x 300 s / 120 s: five cosines.
    let (a, b) = (
      try SubjectSeries(noise, regionCount: 2, rateHz: 1).highPassed(flatSeconds: 10),
      try SubjectSeries(drifting, regionCount: 2, rateHz: 1).highPassed(flatSeconds: 10)
    )
    for subject in 0..<3 {
      let (x, y) = (try whole(a, subject), try whole(b, subject))
      // float32 samples near 1,000.
      #expect(zip(x, y).allSatisfy { abs($0 - $1) < 5e-4 })
      for column in basis {
        for region in 0..<2 {
          let product = (0..<n).reduce(0.0) { $0 + Double(x[$1 * 2 + region]) * column[$1] }
          #expect(abs(product) < 1e-4)
        }
      }
    }
    // Shares of power that five cosines and both trends leave of waves in 300 s, least and most over 16 phases (NumPy).
    for (period, share) in [(80.0, 0.667...0.903), (60, 0.884...0.919), (40, 0.936...0.973), (30, 0.956...0.995)] {
      for phase in 0..<16 {
        let wave = (0..<n).map { Float(sin(2 * Double.pi * (Double($0) / period + Double(phase) / 16))) }
        let kept = try whole(SubjectSeries([wave, wave], regionCount: 1, rateHz: 1).highPassed(flatSeconds: 10), 0)
        let left = Double(kept.reduce(0) { $0 + $1 * $1 } / wave.reduce(0) { $0 + $1 * $1 })
        #expect(left > share.lowerBound - 1e-3 && left < share.upperBound + 1e-3)
      }
    }
  }

  @Test("a stated period takes its own cosines; what is read in pieces or by several threads is the same bits")
  func reading() throws {
    let values = equicorrelated(0.3, subjects: 3, samples: 500, regions: 3, seed: 61)
    let memory = try SubjectSeries(values, regionCount: 3, rateHz: 2).highPassed(periodS: 50, flatSeconds: 10)
    let tenth = (0..<500).map { cos(Double.pi * 10 * (Double($0) + 0.5) / 500) }
    let twelfth = (0..<500).map { cos(Double.pi * 12 * (Double($0) + 0.5) / 500) }
    let x = try whole(memory, 0)
    func product(_ column: [Double]) -> Double { (0..<500).reduce(0.0) { $0 + Double(x[$1 * 3]) * column[$1] } }
    // 2 x 250 s / 50 s: ten cosines.
    #expect(abs(product(tenth)) < 1e-4 && abs(product(twelfth)) > 1e-2)
    for series in [
      SubjectSeries(subjectCount: 3, sampleCount: 500, regionCount: 3, rateHz: 2) {
        Array(values[$0][$1.lowerBound * 3..<$1.upperBound * 3])
      },
      .concurrent(subjectCount: 3, sampleCount: 500, regionCount: 3, rateHz: 2) {
        Array(values[$0][$1.lowerBound * 3..<$1.upperBound * 3])
      },
    ] {
      let other = try series.highPassed(periodS: 50, flatSeconds: 10)
      for subject in 0..<3 {
        let pieces = try stride(from: 0, to: 500, by: 90).flatMap { try other.read(subject, $0..<min($0 + 90, 500)) }
        let expected = try whole(memory, subject)
        #expect(pieces == expected)
      }
    }
  }

  @Test("missing samples stay missing, change nothing in other regions, and leave the fit to the rest")
  func missing() throws {
    let n = 400
    var values = equicorrelated(0.3, subjects: 4, samples: n, regions: 2, seed: 62)
    let full = try SubjectSeries(values, regionCount: 2, rateHz: 1).highPassed(flatSeconds: 10)
    for t in 30..<60 { values[1][t * 2] = .nan }
    for t in 20..<n { values[2][t * 2 + 1] = .nan }
    let gaps = try SubjectSeries(values, regionCount: 2, rateHz: 1).highPassed(flatSeconds: 10)
    let (a, b, c) = (try whole(full, 1), try whole(gaps, 1), try whole(gaps, 2))
    for t in 0..<n {
      let isMissing = b[t * 2].isNaN
      #expect(isMissing == (30..<60).contains(t) && b[t * 2 + 1] == a[t * 2 + 1])
    }
    let basis = columns(n, cosines: 6)
    for column in basis {
      var product = 0.0
      for t in 0..<n where !b[t * 2].isNaN { product += Double(b[t * 2]) * column[t] }
      #expect(abs(product) < 1e-4)
    }
    // Twenty samples tell nothing of nine columns.
    for t in 0..<n { #expect(c[t * 2 + 1].isNaN && !c[t * 2].isNaN) }
  }

  @Test("a region that is constant, or was for a window, is still left out there")
  func constant() throws {
    var values = equicorrelated(0.4, subjects: 5, samples: 300, regions: 2, seed: 63)
    for t in 0..<300 { values[0][t * 2] = 0.1 }
    for t in 100..<130 { values[1][t * 2 + 1] = 7 }
    let series = try SubjectSeries(values, regionCount: 2, rateHz: 1).highPassed(flatSeconds: 10)
    let fixed = try staticSynchrony(series)
    #expect(fixed.constant == [1, 0])
    let dynamic = try dynamicSynchrony(series, windows: SynchronyWindows(length: 10, step: 5))
    for window in 0..<dynamic.windowCount {
      let isInside = dynamic.samples[window].lowerBound >= 100 && dynamic.samples[window].upperBound <= 130
      #expect(dynamic.constant[window * 2] == 1 && dynamic.constant[window * 2 + 1] == (isInside ? 1 : 0))
    }
    let draws = try synchronyNull(series, null: .phase, draws: 3) { testNumbers(1, $0, $1) }
    let others = try SubjectSeries(Array(values[1...]), regionCount: 2, rateHz: 1).highPassed(flatSeconds: 10)
    let same = try synchronyNull(others, null: .phase, draws: 3) { testNumbers(1, $0 + 1, $1) }
    #expect((0..<3).allSatisfy { draws.values[$0 * 2] == same.values[$0 * 2] })
  }

  @Test("short series lose no more than a quarter of their samples", arguments: [4, 7, 9, 12, 20])
  func short(n: Int) throws {
    let values = equicorrelated(0, subjects: 3, samples: n, regions: 1, seed: 64)
    let series = try SubjectSeries(values, regionCount: 1, rateHz: 0.1).highPassed(flatSeconds: 30)
    let left = try whole(series, 0)
    #expect(left.contains { abs($0) > 1e-3 })
    let draws = try synchronyNull(series, null: .phase, draws: 5) { testNumbers(2, $0, $1) }
    #expect(!draws.values.contains { $0.isNaN })
  }

  @Test("surrogates of a recording without drift have none: any strength of drift gives the same draws and p")
  func drawsDoNotSeeDrift() throws {
    let n = 240
    let noise = equicorrelated(0.1, subjects: 5, samples: n, regions: 2, seed: 65)
    let u = (0..<n).map { 2 * (Double($0) + 0.5) / Double(n) - 1 }
    let drifting = noise.enumerated().map { subject, x in
      x.enumerated().map { i, value -> Float in
        let slow = 8 * u[i / 2] - 5 * u[i / 2] * u[i / 2]
        return value + Float((Double(subject) - 2) * slow)
      }
    }
    let windows = SynchronyWindows(length: 20, step: 10)
    let results = try [noise, drifting].map { values -> ([Double], [Double], [Double]) in
      let series = try SubjectSeries(values, regionCount: 2, rateHz: 1).highPassed(flatSeconds: 20)
      let draws = try synchronyNull(series, null: .phase, draws: 19) { testNumbers(3, $0, $1) }
      let means = try dynamicSynchronyNull(series, windows: windows, null: .phase, draws: 19) { testNumbers(3, $0, $1) }
      return (draws.values, means.values, draws.p(observed: try staticSynchrony(series).pairwise))
    }
    #expect(largestDifference(results[0].0, results[1].0) < 1e-5)
    #expect(largestDifference(results[0].1, results[1].1) < 1e-5)
    #expect(results[0].2 == results[1].2)
  }

  @Test("draws of means over windows keep missing samples where they were and do not depend on threads or memory")
  func means() throws {
    var values = equicorrelated(0.2, subjects: 5, samples: 200, regions: 11, seed: 66)
    for t in 40..<50 { values[2][t * 11 + 3] = .nan }
    let series = try SubjectSeries(values, regionCount: 11, rateHz: 1).highPassed(flatSeconds: 20)
    let windows = SynchronyWindows(length: 20, step: 20)
    func draws(_ resources: SynchronyResources) throws -> [Double] {
      try dynamicSynchronyNull(
        series, windows: windows, null: .phase, method: .leaveOneOut, draws: 7, resources: resources
      ) { testNumbers(4, $0, $1) }.values
    }
    let all = try draws(SynchronyResources())
    #expect(!all.contains { $0.isNaN } && Set(all).count == 77)
    let others = try draws(SynchronyResources(bytes: 1, threads: 3))
    #expect(all == others)
  }
}
