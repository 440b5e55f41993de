import Electrophysiology
import HDF5File
import IntersubjectCorrelation
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

/// EEG of ten people who watched the same fractals: what they share is only what is put into it.
@Suite struct InjectedSourceTests {
  static let (subjects, samples, channels) = (10, 1280, 8)

  /// Series in 8 to 12 Hz with the common source at `share` of each channel's own power in the band; nil: without.
  private func series(_ share: Double?) throws -> [[Float]] {
    let file = try HDF5File(reading: Fixture.folder.appending(path: "fractal_10sub.h5").path)
    let all = try file.floats("eeg")
    let common = try file.floats("common")
    let band = try BandSignalFilter(.source, band: (8, 12), rateHz: 64)
    let size = Self.samples * Self.channels
    return try (0..<Self.subjects).map { subject in
      var x = Array(all[(subject * size)..<((subject + 1) * size)])
      let own = try band.applied(to: x, channelCount: Self.channels)
      guard let share else { return own }
      for channel in 0..<Self.channels {
        let power = stride(from: channel, to: size, by: Self.channels).reduce(0.0) { $0 + Double(own[$1] * own[$1]) }
        let gain = Float((power / Double(Self.samples) * share).squareRoot())
        for t in 0..<Self.samples { x[t * Self.channels + channel] += gain * common[t] }
      }
      return try band.applied(to: x, channelCount: Self.channels)
    }
  }

  private func smallest(_ values: [[Float]], _ method: SynchronyMethod) throws -> (p: [Double], isc: [Double]) {
    let series = try SubjectSeries(values, regionCount: Self.channels, rateHz: 64)
    let observed = try staticSynchrony(series).values(method)
    let null = try synchronyNull(series, null: .phase, method: method, draws: 199) { testNumbers(90, $0, $1) }
    let p = MultipleTesting.maxStatistic(
      observed: observed, draws: Matrix(rows: null.drawCount, columns: Self.channels, values: null.values))
    return (p, observed)
  }

  @Test(arguments: SynchronyMethod.estimators)
  func thereIsNoSynchronyByItselfAndACommonSourceIsFound(method: SynchronyMethod) throws {
    let alone = try smallest(series(nil), method)
    #expect(alone.p.allSatisfy { $0 > 0.05 })
    let loud = try smallest(series(1), method)
    #expect(loud.p.allSatisfy { $0 == 1.0 / 200 })
    // 0 dB: half of the variance is shared.
    if method == .pairwise { #expect(loud.isc.allSatisfy { abs($0 - 0.5) < 0.1 }) }
    // -10 dB.
    let soft = try smallest(series(0.1), method)
    #expect(soft.p.count { $0 <= 0.05 } >= 6)
    if method == .pairwise { #expect(soft.isc.allSatisfy { $0 > 0.03 && $0 < 0.2 }) }
  }
}
