#if canImport(Glibc)
  import Glibc
#endif

/// Jitter and shimmer of one frame, from its periods found by matching waveforms.
///
/// The first pulse is the largest sample of the frame's first period. The stretch of one period T around a pulse is
/// shifted by 0.85 T to 1.15 T; the shift of the largest normalised correlation, refined by a parabola, is the period T_i
/// to the next pulse. With A_i the difference of the largest and smallest value in the period around pulse i:
/// `jitter = mean |T_i - T_(i-1)| / mean T_i`, `shimmer = mean |20 log10(A_i / A_(i-1))|` dB.
struct PeriodMeasures {
  var jitter = Float.nan
  var shimmer = Float.nan

  /// - Parameters:
  ///   - x: samples, and `squares` the running sum of their squares (`squares[i]` before sample i).
  ///   - centre: the frame's middle sample. The frame has 960 samples, or 4.4 periods where that is more.
  ///   - period: T in samples.
  init(_ x: [Float], squares: [Double], centre: Int, period: Double) {
    let length = Int(period.rounded())
    let half = max(480, Int(2.2 * period))
    let (start, end) = (max(0, centre - half), min(x.count, centre + half))
    guard start + 2 * length < end else { return }
    var pulse = Self.firstPulse(x, from: start + length / 2, count: length)
    var position = Double(pulse)
    var periods: [Double] = []
    var amplitudes = [Self.span(x, around: pulse, length)]
    let (shortest, longest) = (Int(0.85 * period), Int(1.15 * period) + 1)
    while pulse - length / 2 + longest + 1 + length < end {
      guard
        let next = Self.match(
          x, squares: squares, start: pulse - length / 2, length: length, shifts: shortest...longest)
      else { break }
      periods.append(next)
      position += next
      pulse = Int(position.rounded())
      amplitudes.append(Self.span(x, around: pulse, length))
    }
    guard periods.count > 1 else { return }
    let mean = periods.reduce(0, +) / Double(periods.count)
    jitter = Float(Self.meanChange(periods) / mean)
    guard amplitudes.allSatisfy({ $0 > 0 }) else { return }
    shimmer = Float(Self.meanChange(amplitudes.map { 20 * log10($0) }))
  }

  private static func meanChange(_ x: [Double]) -> Double {
    var sum = 0.0
    for i in 1..<x.count { sum += abs(x[i] - x[i - 1]) }
    return sum / Double(x.count - 1)
  }

  private static func firstPulse(_ x: [Float], from start: Int, count: Int) -> Int {
    var best = start
    for i in start..<(start + count) where abs(x[i]) > abs(x[best]) { best = i }
    return best
  }

  /// Largest minus smallest value of a period around a pulse, each refined by a parabola.
  private static func span(_ x: [Float], around pulse: Int, _ length: Int) -> Double {
    let range = max(1, pulse - length / 2)..<min(x.count - 1, pulse - length / 2 + length)
    var (top, bottom) = (range.lowerBound, range.lowerBound)
    for i in range {
      if x[i] > x[top] { top = i }
      if x[i] < x[bottom] { bottom = i }
    }
    return extremum(x, top) - extremum(x, bottom)
  }

  private static func extremum(_ x: [Float], _ i: Int) -> Double {
    let (a, b, c) = (Double(x[i - 1]), Double(x[i]), Double(x[i + 1]))
    let curvature = a + c - 2 * b
    let shift = curvature == 0 ? 0 : (a - c) / (2 * curvature)
    return abs(shift) <= 1 ? b - (a - c) * shift / 4 : b
  }

  /// The shift at which `length` samples from `start` on correlate most; nil below a correlation of 0.5.
  private static func match(
    _ x: [Float], squares: [Double], start: Int, length: Int, shifts: ClosedRange<Int>
  ) -> Double? {
    var values = [Double](repeating: 0, count: shifts.count + 2)
    for i in values.indices {
      let shift = shifts.lowerBound - 1 + i
      let energy = squares[start + shift + length] - squares[start + shift]
      values[i] = energy > 0 ? product(x, start, start + shift, length) / energy.squareRoot() : 0
    }
    var best = 1
    for i in 1..<(values.count - 1) where values[i] > values[best] { best = i }
    let energy = squares[start + length] - squares[start]
    guard energy > 0, values[best] > 0.5 * energy.squareRoot() else { return nil }
    let (a, b, c) = (values[best - 1], values[best], values[best + 1])
    let curvature = a + c - 2 * b
    let shift = curvature < 0 ? min(1, max(-1, (a - c) / (2 * curvature))) : 0
    return Double(shifts.lowerBound - 1 + best) + shift
  }

  /// `sum_i x[a + i] x[b + i]`, in four partial sums.
  private static func product(_ x: [Float], _ a: Int, _ b: Int, _ count: Int) -> Double {
    var sums = SIMD4<Float>.zero
    var i = 0
    while i + 4 <= count {
      let (p, q) = (a + i, b + i)
      sums += SIMD4(x[p], x[p + 1], x[p + 2], x[p + 3]) * SIMD4(x[q], x[q + 1], x[q + 2], x[q + 3])
      i += 4
    }
    var total = sums.sum()
    while i < count {
      total += x[a + i] * x[b + i]
      i += 1
    }
    return Double(total)
  }
}
