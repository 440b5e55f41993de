#if canImport(Glibc)
  import Glibc
#endif

/// What a high-pass takes out of a recording: the mean, cosines of long periods and trends.
///
/// Over n samples and T = n / rate seconds the columns are 1, `cos(π k (t + ½) / n)` for k = 1 ... ⌊2 T / period⌋, and
/// u, u² with u = (2 t + 1) / n - 1, at most a quarter as many as samples. Cosines alone leave the ends of a strong
/// trend, which have the same form in every subject; u and u² take them away at any strength. They also take part of what
/// is little faster than the period: of 300 s at 120 s, waves of 80 s keep .67 to .90 of their power by phase, of 60 s .88
/// to .92, of 40 s .94 to .97.
public struct SlowDrift: Sendable, Equatable {
  public let sampleCount: Int
  /// Longest period kept, in seconds.
  public let periodS: Double
  let cosines: Int
  let trends: Int

  /// The period unless told.
  public static let standardPeriodS = 120.0

  public init(sampleCount: Int, rateHz: Double, periodS: Double) {
    precondition(sampleCount > 0 && rateHz > 0 && periodS > 0, "drifts need time")
    self.sampleCount = sampleCount
    self.periodS = periodS
    let atMost = max(1, sampleCount / 4) - 1
    cosines = min(atMost, Int((2 * Double(sampleCount) / rateHz / periodS + 1e-9).rounded(.down)))
    trends = min(2, atMost - cosines)
  }

  /// Columns taken out.
  var columns: Int { 1 + cosines + trends }

  /// The columns of some samples, `[samples, columns]`.
  func rows(_ samples: Range<Int>) -> [Double] {
    let n = Double(sampleCount)
    var rows: [Double] = []
    rows.reserveCapacity(samples.count * columns)
    for t in samples {
      let centre = Double(t) + 0.5
      rows.append(1)
      for k in stride(from: 1, through: cosines, by: 1) { rows.append(cos(Double.pi * Double(k) * centre / n)) }
      var power = 1.0
      for _ in 0..<trends {
        power *= 2 * centre / n - 1
        rows.append(power)
      }
    }
    return rows
  }

  /// The trends as series, `[trend][sample]`.
  var trendSeries: [[Double]] {
    (0..<trends).map { (trend: Int) -> [Double] in
      (0..<sampleCount).map { (sample: Int) -> Double in
        let place: Double = 2 * (Double(sample) + 0.5) / Double(sampleCount) - 1
        return pow(place, Double(trend + 1))
      }
    }
  }
}
