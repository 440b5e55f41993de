import Statistics

/// Series of the subjects of one stimulus in which nothing, or a signal of known synchrony, is common.
///
/// Of subject i and region r: `x*_i = √ρ c + √(1 - ρ) s_i`. s_i is a surrogate of the subject's own series: the phases of
/// the mirrored series turned by angles that are the subject's own and common to its regions. c is a surrogate of the
/// mean over subjects of their z-scored series, with angles common to all. Both have mean 0 and variance 1 in every
/// region, so that the expected correlation of two subjects is ρ; missing samples stay missing. A region without
/// variance stays without. Memory: three times the series. Not thread-safe.
public final class PlantedSynchrony {
  private let series: SubjectSeries
  /// Per subject `[samples, regions]`, NaN where missing.
  private let recorded: [[Double]]
  /// Per subject and region.
  private let varies: [[Bool]]
  private let own: [PhaseRandomiser]
  private let common: PhaseRandomiser

  /// - Throws: what the reader throws.
  public init(_ series: SubjectSeries) throws {
    self.series = series
    let (rows, columns) = (series.sampleCount, series.regionCount)
    recorded = try (0..<series.subjectCount).map { subject in
      Self.standardised(try series.read(subject, 0..<rows).map(Double.init), columns: columns)
    }
    varies = recorded.map { values in
      (0..<columns).map { column in
        stride(from: column, to: values.count, by: columns).contains { values[$0] != 0 && !values[$0].isNaN }
      }
    }
    own = recorded.map { PhaseRandomiser($0, rows: rows, columns: columns) }
    var sums = [Double](repeating: 0, count: rows * columns)
    var counts = sums
    for values in recorded {
      for (i, value) in values.enumerated() where !value.isNaN {
        sums[i] += value
        counts[i] += 1
      }
    }
    common = PhaseRandomiser(
      zip(sums, counts).map { $1 > 0 ? $0 / $1 : .nan }, rows: rows, columns: columns)
  }

  /// The series of one draw.
  ///
  /// - Parameters:
  ///   - synchrony: ρ, 0: nothing is common.
  ///   - generator: the random numbers of a subject, and of what is common (nil).
  /// - Throws: never for series that were read.
  public func drawn(synchrony: Double, generator: (_ subject: Int?) -> RandomStream) throws -> SubjectSeries {
    let columns = series.regionCount
    let shared = surrogate(common, generator(nil))
    let values = recorded.indices.map { subject in
      let single = surrogate(own[subject], generator(subject))
      return recorded[subject].indices.map { i -> Float in
        guard varies[subject][i % columns] else { return recorded[subject][i].isNaN ? .nan : 0 }
        let value = synchrony.squareRoot() * shared[i] + (1 - synchrony).squareRoot() * single[i]
        return recorded[subject][i].isNaN ? .nan : Float(value)
      }
    }
    return try SubjectSeries(
      values, regionCount: columns, rateHz: series.rateHz, startTime: series.startTime)
  }

  private func surrogate(_ randomiser: PhaseRandomiser, _ stream: RandomStream) -> [Double] {
    var values = [Double](repeating: 0, count: randomiser.rows * randomiser.columns)
    randomiser.draw(stream, into: &values)
    return Self.standardised(values, columns: randomiser.columns)
  }

  /// Columns with mean 0 and variance 1 over what is there; 0 where a column does not vary.
  private static func standardised(_ x: [Double], columns: Int) -> [Double] {
    var z = x
    for column in 0..<columns {
      let places = stride(from: column, to: x.count, by: columns)
      let values = places.map { x[$0] }.filter { !$0.isNaN }
      let (mean, sd) = (Moments.mean(values), Moments.standardDeviation(values, degreesOfFreedom: 0))
      for i in places { z[i] = sd > 1e-12 * abs(mean) ? (x[i] - mean) / sd : x[i].isNaN ? .nan : 0 }
    }
    return z
  }
}
