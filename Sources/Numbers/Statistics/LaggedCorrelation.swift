/// Correlation of a series with an earlier one at several lags, `c(l) = corr over t of (x(t - l), y(t))`: at a positive lag
/// the leader x comes first.
///
/// Only rows count from the first to the last that both series have: a rating that goes on when the sound has ended follows
/// nothing. Every lag uses all pairs of them, so that counts fall with the lag and with missing values (NaN, left out pair by
/// pair). The means are those of the pairs of the lag. After Box, Jenkins and Reinsel (Time series analysis, ch. 12), with
/// Pearson's normalisation over the overlap.
public struct LaggedCorrelation: Sendable, Equatable {
  /// Fewer pairs give no r.
  public static let minimumPairs = 3

  /// In rows, as given.
  public let lags: [Int]
  /// Pearson r per lag; NaN where one of the series is constant over the pairs or there are fewer than three.
  public let r: [Double]
  /// Pairs per lag.
  public let counts: [Int]

  /// - Parameters:
  ///   - leader: x, one value per row.
  ///   - follower: y, on the same rows.
  ///   - lags: in rows; negative ones let the follower come first.
  public init(_ leader: [Double], _ follower: [Double], lags: [Int]) {
    precondition(leader.count == follower.count, "series differ in rows")
    self.lags = lags
    let both = leader.indices.filter { !leader[$0].isNaN && !follower[$0].isNaN }
    let span = both.first.map { first in first..<(both[both.count - 1] + 1) } ?? 0..<0
    let curve = lags.map { Self.correlation(leader, follower, over: span, lag: $0) }
    (r, counts) = (curve.map(\.r), curve.map(\.count))
  }

  /// The place of the largest r, the earliest of equal ones; nil where no lag has one.
  public var peak: Int? {
    r.indices.filter { !r[$0].isNaN }.reduce(nil) { best, place in
      guard let best else { return place }
      return r[place] > r[best] ? place : best
    }
  }

  /// The largest r; NaN where no lag has one.
  public var maximum: Double {
    guard let peak else { return .nan }
    return r[peak]
  }

  private static func correlation(
    _ x: [Double], _ y: [Double], over span: Range<Int>, lag: Int
  ) -> (r: Double, count: Int) {
    let first = max(span.lowerBound, span.lowerBound + lag)
    let rows = first..<max(first, min(span.upperBound, span.upperBound + lag))
    var (n, mx, my) = (0, 0.0, 0.0)
    for t in rows where !x[t - lag].isNaN && !y[t].isNaN {
      n += 1
      mx += x[t - lag]
      my += y[t]
    }
    guard n >= minimumPairs else { return (.nan, n) }
    (mx, my) = (mx / Double(n), my / Double(n))
    var (xy, xx, yy, largestX, largestY) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for t in rows where !x[t - lag].isNaN && !y[t].isNaN {
      let (a, b) = (x[t - lag] - mx, y[t] - my)
      xy += a * b
      xx += a * a
      yy += b * b
      (largestX, largestY) = (max(largestX, abs(x[t - lag])), max(largestY, abs(y[t])))
    }
    // What equal values leave after their mean is taken off is rounding.
    let floor = 1e-24 * Double(n)
    guard xx > floor * largestX * largestX, yy > floor * largestY * largestY else { return (.nan, n) }
    return (max(-1, min(1, xy / (xx * yy).squareRoot())), n)
  }
}
