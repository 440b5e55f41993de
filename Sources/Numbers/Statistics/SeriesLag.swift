import FourierTransform

/// How far a series lies behind a reference on the same grid, and whether the lag grows.
///
/// `r(l) = sum_t x(t + l) y(t) / sqrt(sum x^2 sum y^2)` of the standardised series, zero-padded, at every lag; a positive
/// lag means that the series follows the reference. The null are the correlations at lags beyond `maxLagS`: stretches of
/// as many lags as are searched, each with its largest value, so that p accounts for the search and for autocorrelation.
public struct SeriesLag: Sendable, Equatable {
  /// Of the largest |r| within the lags searched, refined by a parabola.
  public var lagS: Double
  /// r there.
  public var correlation: Double
  /// (1 + stretches that reach |r|) / (1 + stretches).
  public var p: Double
  /// Which of the series it is.
  public var column: Int

  /// Finds the lag of the series that follows the reference best.
  ///
  /// - Parameters:
  ///   - columns: series on the grid of the reference; NaN counts as the series' mean. Every one may be given in several
  ///     forms; the null takes the largest over all.
  ///   - reference: as long as the series.
  ///   - rateHz: of the grid.
  ///   - maxLagS: lags searched, either way.
  /// - Returns: nil where a series or the reference is constant, or fewer than four stretches of lags are left.
  public static func of(
    _ columns: [[Double]], against reference: [Double], rateHz: Double, maxLagS: Double
  ) -> SeriesLag? {
    let count = reference.count
    let reach = max(1, Int((maxLagS * rateHz).rounded()))
    guard count > 10 * reach, let y = standardised(reference) else { return nil }
    let length = RealFourierTransform.fastLength(atLeast: 2 * count)
    var transform = RealFourierTransform(length: length)
    let padding = [Double](repeating: 0, count: length - count)
    let reversed = conjugate(transform.forward(y + padding))
    let stretch = 2 * reach + 1
    // Lags at which less than half of the series overlap say little.
    let farthest = count / 2
    let stretches = 2 * ((farthest - reach) / stretch)
    guard stretches >= 4 else { return nil }
    var nulls = [Double](repeating: 0, count: stretches)
    var best: (r: Double, lag: Double, column: Int)?
    var largest = 0.0
    for (index, column) in columns.enumerated() {
      precondition(column.count == count, "a series on another grid")
      guard let x = standardised(column) else { continue }
      var product = transform.forward(x + padding)
      product.multiply(by: reversed)
      let sums = transform.inverse(product)
      func r(_ lag: Int) -> Double { sums[lag >= 0 ? lag : length + lag] / Double(count) }
      for lag in -reach...reach where abs(r(lag)) > largest {
        largest = abs(r(lag))
        best = (r(lag), Double(lag) + vertex(r(lag - 1), r(lag), r(lag + 1)), index)
      }
      for half in 0..<stretches / 2 {
        for (place, sign) in [(2 * half, 1), (2 * half + 1, -1)] {
          for step in 0..<stretch {
            let lag = reach + 1 + half * stretch + step
            // Fewer samples overlap at far lags; their sums vary less.
            let scale = (Double(count) / Double(count - lag)).squareRoot()
            nulls[place] = max(nulls[place], abs(r(sign * lag)) * scale)
          }
        }
      }
    }
    guard let best else { return nil }
    let reached = nulls.count { $0 >= abs(best.r) }
    return SeriesLag(
      lagS: best.lag / rateHz, correlation: best.r, p: Double(1 + reached) / Double(1 + stretches), column: best.column)
  }

  /// Growth of the lag along the series, in seconds per second: the median slope between the lags of pieces (H. Theil,
  /// 1950; P. K. Sen, 1968).
  ///
  /// Every piece has at least 20 s; its lag is searched around `lagS`. nil with fewer than four pieces that follow the
  /// reference at least half as well as the whole.
  public static func drift(
    of series: [Double], against reference: [Double], rateHz: Double, around whole: SeriesLag
  ) -> Double? {
    let seconds = Double(reference.count) / rateHz
    let pieces = min(16, Int(seconds / 20))
    guard pieces >= 4 else { return nil }
    let reach = max(2, Int((max(1, 0.005 * seconds) * rateHz).rounded()))
    let centre = Int((whole.lagS * rateHz).rounded())
    var points: [(time: Double, lag: Double)] = []
    for piece in 0..<pieces {
      let range = piece * reference.count / pieces..<(piece + 1) * reference.count / pieces
      guard let y = standardised(Array(reference[range])) else { continue }
      var scores: [Double] = []
      for lag in centre - reach - 1...centre + reach + 1 {
        let moved = range.map { time -> Double in
          series.indices.contains(time + lag) ? series[time + lag] : .nan
        }
        // A stretch without change follows nothing.
        guard let x = standardised(moved) else {
          scores.append(0)
          continue
        }
        scores.append(zip(x, y).reduce(0) { $0 + $1.0 * $1.1 } / Double(y.count))
      }
      let sign = whole.correlation < 0 ? -1.0 : 1.0
      let inside = 1..<scores.count - 1
      guard let top = inside.max(by: { sign * scores[$0] < sign * scores[$1] }),
        sign * scores[top] >= 0.5 * abs(whole.correlation)
      else { continue }
      let lag = Double(centre - reach - 1 + top) + vertex(scores[top - 1], scores[top], scores[top + 1])
      points.append((Double(range.lowerBound + range.upperBound) / 2 / rateHz, lag / rateHz))
    }
    guard points.count >= 4 else { return nil }
    var slopes: [Double] = []
    for (i, a) in points.enumerated() {
      for b in points[(i + 1)...] { slopes.append((b.lag - a.lag) / (b.time - a.time)) }
    }
    slopes.sort()
    let middle = slopes.count / 2
    return slopes.count % 2 == 1 ? slopes[middle] : (slopes[middle - 1] + slopes[middle]) / 2
  }

  /// Mean 0, mean square 1; NaN becomes 0. nil where the series is constant.
  private static func standardised(_ values: [Double]) -> [Double]? {
    let present = values.filter { !$0.isNaN }
    guard present.count > 1 else { return nil }
    let mean = present.reduce(0, +) / Double(present.count)
    let square = present.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
    guard square > 1e-24 * max(1e-24, mean * mean) else { return nil }
    let scale = 1 / square.squareRoot()
    return values.map { $0.isNaN ? 0 : ($0 - mean) * scale }
  }

  private static func conjugate(_ spectrum: Spectrum) -> Spectrum {
    var result = spectrum
    for i in stride(from: 1, to: result.interleaved.count, by: 2) { result.interleaved[i].negate() }
    return result
  }

  /// Of the parabola through three points, from the middle one, at most half a step.
  private static func vertex(_ a: Double, _ b: Double, _ c: Double) -> Double {
    let curvature = a - 2 * b + c
    guard abs(curvature) > 1e-15 else { return 0 }
    return min(0.5, max(-0.5, 0.5 * (a - c) / curvature))
  }
}
