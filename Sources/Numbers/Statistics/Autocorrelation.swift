/// Autocorrelation of series in several segments (pieces, folds); no product crosses a join and NaN pairs are left out.
public enum Autocorrelation {
  /// ρ(0...maxLag) of the pooled segments: Σ over segments of Σ_t (x_t - m)(x_{t+k} - m) / Σ (x_t - m)², with m the mean of
  /// the segment (the biased estimator, which keeps ρ positive semidefinite). All NaN for constant series.
  public static func values(_ segments: [[Double]], maxLag: Int) -> [Double] {
    var sums = [Double](repeating: 0, count: maxLag + 1)
    for deviations in deviations(segments) {
      for lag in 0...min(maxLag, max(0, deviations.count - 1)) {
        var sum = 0.0
        for t in 0..<(deviations.count - lag) { sum += deviations[t] * deviations[t + lag] }
        sums[lag] += sum
      }
    }
    return sums.map { sums[0] > 0 ? $0 / sums[0] : .nan }
  }

  /// The correlation of neighbours, ρ(1), by pairs: Σ x_t x_{t+1} / √(Σ x_t² Σ x_{t+1}²) over the pairs of all segments.
  public static func lag1(_ segments: [[Double]]) -> Double {
    var (cross, first, second) = (0.0, 0.0, 0.0)
    for segment in segments where segment.count > 1 {
      let m = Moments.mean(segment.filter { !$0.isNaN })
      for t in 0..<(segment.count - 1) where !segment[t].isNaN && !segment[t + 1].isNaN {
        let (a, b) = (segment[t] - m, segment[t + 1] - m)
        cross += a * b
        first += a * a
        second += b * b
      }
    }
    return first > 0 && second > 0 ? cross / (first * second).squareRoot() : .nan
  }

  /// The first lag at which ρ falls below 1/e, at most `maxLag`; 0 for constant series.
  public static func decayLag(_ segments: [[Double]], maxLag: Int) -> Int {
    guard maxLag > 0 else { return 0 }
    let rho = values(segments, maxLag: maxLag)
    if rho[0].isNaN { return 0 }
    return rho.firstIndex { $0 < 0.36787944117144233 } ?? maxLag
  }

  /// Bartlett's effective number of pairs, n / (1 + 2 Σ_k ρ_x(k) ρ_y(k)), between 0 and n; NaN where one of the series does
  /// not vary within its segments, of which nothing can be told.
  ///
  /// The sum runs to the first lag whose product is not positive (Geyer's initial positive sequence), beyond which sample
  /// autocorrelations are noise.
  public static func effectiveCount(_ x: [[Double]], _ y: [[Double]]) -> Double {
    precondition(x.count == y.count, "series differ in segments")
    var n = 0
    for (a, b) in zip(x, y) { for i in 0..<a.count where !a[i].isNaN && !b[i].isNaN { n += 1 } }
    let (dx, dy) = (deviations(x), deviations(y))
    let (varianceX, varianceY) = (product(dx, lag: 0), product(dy, lag: 0))
    guard varianceX > 0, varianceY > 0, let longest = x.map(\.count).max() else { return .nan }
    var sum = 0.0
    for lag in 1..<max(2, longest) {
      let (rhoX, rhoY) = (product(dx, lag: lag) / varianceX, product(dy, lag: lag) / varianceY)
      if rhoX <= 0 || rhoX * rhoY <= 0 { break }
      sum += rhoX * rhoY
    }
    return Double(n) / (1 + 2 * sum)
  }

  /// Deviations from the mean of every segment, 0 where missing; those of equal values are 0, not the rounding that their
  /// mean leaves.
  private static func deviations(_ segments: [[Double]]) -> [[Double]] {
    segments.map { segment in
      let own = segment.filter { !$0.isNaN }
      guard own.contains(where: { $0 != own[0] }) else { return segment.map { _ in 0 } }
      let m = Moments.mean(own)
      return segment.map { $0.isNaN ? 0 : $0 - m }
    }
  }

  private static func product(_ segments: [[Double]], lag: Int) -> Double {
    var sum = 0.0
    for segment in segments where segment.count > lag {
      for t in 0..<(segment.count - lag) { sum += segment[t] * segment[t + lag] }
    }
    return sum
  }
}
