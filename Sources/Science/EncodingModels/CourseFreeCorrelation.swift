import LinearAlgebra
import Statistics

/// The correlation of two series of one stimulus without the course that any two series through it can share.
///
/// Of the rows in which both are there, what position explains is taken out of both (`PositionColumns`: exp(-t / 10 s) and
/// cosines of periods down to 40 s); r is Pearson's of what is left, so it speaks of what is faster than 40 s. A draw turns
/// the phases of what is left of the first, on the mirrored series, and takes position out again.
///
/// The interval is z ± 1.96 s in Fisher z, s the standard deviation of the draws' z: over series of AR(.9) and AR(.95), 120
/// to 600 s, windows of 1 and 10 s, random walks and a shared sigmoid it covers .94 to .97 (200 runs each; one by
/// Bartlett's effective number of pairs covers .72 to .90). It speaks of other time of this stimulus.
public struct CourseFreeCorrelation: Sendable {
  /// NaN where one of them does not vary, or too few rows are there to take position out.
  public let r: Double
  /// Pearson's of the rows as they are.
  public let plain: Double
  /// Rows in which both are there.
  public let count: Int
  /// r of the draws, NaN where r is.
  public let draws: [Double]
  /// The .975 quantile of the standard normal distribution.
  public static let normalQuantile = 1.959963984540054

  /// ρ(1) on those rows of what is left of the series whose neighbours are more alike; NaN where r is.
  public let lag1: Double

  /// - Parameters:
  ///   - first: `[rows]` from the start of the stimulus on or later, NaN missing.
  ///   - dt: seconds per row.
  ///   - stream: the random numbers of a draw; equal streams are one draw for all series of equal rows.
  public init(
    _ first: [Double], _ second: [Double], dt: Double, draws drawCount: Int, stream: (Int) -> RandomStream
  ) {
    precondition(first.count == second.count, "the series differ in rows")
    let rows = first.indices.filter { !first[$0].isNaN && !second[$0].isNaN }
    let (x, y) = (rows.map { first[$0] }, rows.map { second[$0] })
    count = rows.count
    plain = Correlation.pearson(x, y)
    let blank = [Double](repeating: .nan, count: drawCount)
    guard let from = rows.first, let to = rows.last, plain.isFinite,
      let course = StimulusCourse(rows: rows, dt: dt)
    else {
      (r, draws, lag1) = (.nan, blank, .nan)
      return
    }
    let (left, other) = (course.taken(out: x), course.taken(out: y))
    r = Correlation.pearson(left, other)
    lag1 = max(Autocorrelation.lag1([left]), Autocorrelation.lag1([other]))
    guard r.isFinite else {
      draws = blank
      return
    }
    var whole = [Double](repeating: .nan, count: to - from + 1)
    for (place, row) in rows.enumerated() { whole[row - from] = left[place] }
    let randomiser = PhaseRandomiser(whole, rows: whole.count, columns: 1)
    var drawn = whole
    draws = (0..<drawCount).map { draw in
      randomiser.draw(stream(draw), into: &drawn)
      return Correlation.pearson(course.taken(out: rows.map { drawn[$0 - from] }), other)
    }
  }

  /// Of the draws' Fisher z, two-sided; nil without draws.
  public var null: NullSummary? {
    draws.isEmpty
      ? nil : NullSummary(observed: Correlation.fisherZ(r), draws: draws.map(Correlation.fisherZ), twoSided: true)
  }

  /// Ends of the 95 % interval of r; nil without draws.
  public var interval: ClosedRange<Double>? {
    guard let null, null.sd > 0, r.isFinite else { return nil }
    let (z, half) = (Correlation.fisherZ(r), Self.normalQuantile * null.sd)
    return Correlation.inverseFisherZ(z - half)...Correlation.inverseFisherZ(z + half)
  }

  /// The number of independent pairs whose Fisher z would vary as the draws' does: 3 + 1 / s²; NaN without draws.
  public var effectiveCount: Double {
    guard let null, null.sd > 0 else { return .nan }
    return min(Double(count), 3 + 1 / (null.sd * null.sd))
  }
}

/// What position explains of the rows of one stimulus.
private struct StimulusCourse {
  private let filter: PositionFilter

  /// nil where the rows are no more than twice the columns.
  init?(rows: [Int], dt: Double) {
    guard let from = rows.first, let to = rows.last else { return nil }
    func seconds(_ row: Int) -> Double { (Double(row) + 0.5) * dt }
    let basis = PositionColumns.Basis(
      [(seconds(from) - dt / 2)...(seconds(to) + dt / 2)], shortestPeriod: PositionColumns.sharedPeriod)
    guard rows.count > 2 * (basis.count + 1) else { return nil }
    var columns = Matrix(rows: rows.count, columns: basis.count + 1)
    for (place, row) in rows.enumerated() {
      columns[place, 0] = exponential(-seconds(row) / PositionColumns.onsetSeconds)
      for k in 0..<basis.count { columns[place, k + 1] = basis.value(k, seconds(row)) }
    }
    filter = PositionFilter(columns, segments: [0..<rows.count])
  }

  func taken(out x: [Double]) -> [Double] {
    filter.scored(Matrix(rows: x.count, columns: 1, values: x)).values
  }
}
