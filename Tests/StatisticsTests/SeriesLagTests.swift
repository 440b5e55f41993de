import Foundation
import Statistics
import Testing

/// Noise that varies slowly, as envelopes of sound do; repeatable.
private func envelope(_ count: Int, seed: UInt64) -> [Double] {
  var state = seed
  var value = 0.0
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    value = 0.8 * value + Double(state >> 11) / Double(1 << 53) - 0.5
    return value
  }
}

/// The series at another clock: `time -> (1 + drift) time + lag`, by linear interpolation.
private func shifted(_ x: [Double], lag: Double, drift: Double, rateHz: Double) -> [Double] {
  x.indices.map { index in
    let time = (Double(index) / rateHz - lag) / (1 + drift) * rateHz
    let low = Int(time.rounded(.down))
    guard low >= 0, low + 1 < x.count else { return .nan }
    return x[low] + (time - Double(low)) * (x[low + 1] - x[low])
  }
}

@Suite struct SeriesLagTests {
  @Test(arguments: [(-0.73, 0.0), (0.0, 0.0), (0.31, 0.0), (1.5, 0.0), (0.2, 1.2e-3), (-0.1, -8e-4)])
  func aPlantedLagAndDriftAreFound(_ lag: Double, _ drift: Double) throws {
    let rate = 25.0
    let sound = envelope(15_000, seed: 3)
    let series = shifted(sound, lag: lag, drift: drift, rateHz: rate)
    let noisy = zip(series, envelope(15_000, seed: 9)).map { $0 + 0.5 * $1 }
    let found = try #require(
      SeriesLag.of([envelope(15_000, seed: 5), noisy], against: sound, rateHz: rate, maxLagS: 3))
    #expect(found.column == 1 && found.p < 0.02)
    if drift == 0 {
      // A tenth of a sample of the grid and half of it for the interpolation.
      #expect(abs(found.lagS - lag) < 0.02 && found.correlation > 0.7, "\(found)")
    }
    let growth = try #require(SeriesLag.drift(of: noisy, against: sound, rateHz: rate, around: found))
    // Pieces of 37 s with lags good to a few ms over 600 s.
    #expect(abs(growth - drift) < 4e-5, "\(growth)")
  }

  @Test func aSeriesOfNothingIsFoundAtTheRateOfChance() {
    var low = 0
    let count = 200
    for draw in 0..<count {
      let found = SeriesLag.of(
        [envelope(2_000, seed: UInt64(1_000 + draw))], against: envelope(2_000, seed: UInt64(7_000 + draw)), rateHz: 10,
        maxLagS: 2)
      if let found, found.p <= 0.1 { low += 1 }
    }
    // At most .1 n + 2 SE.
    #expect(Double(low) <= 0.1 * 200 + 2 * (200 * 0.1 * 0.9).squareRoot(), "\(low)")
    #expect(low > 0)
  }

  @Test func whatCannotBeComparedIsNot() {
    let x = envelope(1_000, seed: 1)
    #expect(SeriesLag.of([[Double](repeating: 4, count: 1_000)], against: x, rateHz: 10, maxLagS: 2) == nil)
    #expect(SeriesLag.of([x], against: [Double](repeating: 0, count: 1_000), rateHz: 10, maxLagS: 2) == nil)
    #expect(SeriesLag.of([Array(x.prefix(100))], against: Array(x.prefix(100)), rateHz: 1, maxLagS: 20) == nil)
    // Missing samples count as the mean; the gap tilts the peak by less than a fifth of a sample.
    var gaps = x
    for index in 100..<300 { gaps[index] = .nan }
    let found = SeriesLag.of([gaps], against: x, rateHz: 10, maxLagS: 2)
    #expect(found.map { abs($0.lagS) < 0.02 && $0.correlation > 0.8 } == true)
  }
}
