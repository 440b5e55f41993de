import LinearAlgebra

extension SubjectSeries {
  /// The recordings without slow drift: every region of every subject less its least-squares fit of the columns of
  /// `SlowDrift`.
  ///
  /// A missing sample stays missing and is left out of the fit; a region of a subject with fewer than four samples per
  /// column is missing. What did not vary still does not: a region that is constant becomes 0, and stretches of at least
  /// `flatSeconds` (the shortest window) without change are remembered, because a curve is left of them. Memory: the
  /// coefficients, and a quarter of a million samples at a time.
  public func highPassed(periodS: Double = SlowDrift.standardPeriodS, flatSeconds: Double) throws -> SubjectSeries {
    let drift = SlowDrift(sampleCount: sampleCount, rateHz: rateHz, periodS: periodS)
    let flatSamples = max(3, Int((flatSeconds * rateHz + 1e-9).rounded(.down)))
    let fits = try (0..<subjectCount).map { try DriftFit(self, $0, drift, flatSamples: flatSamples) }
    var flat: [Int: [Range<Int>]] = [:]
    for (subject, fit) in fits.enumerated() {
      for (region, runs) in fit.flat { flat[subject * regionCount + region] = runs }
    }
    return try changed(drift: drift, flat: flat) { fits[$0].remove(drift, from: &$1, $2) }
  }
}

/// The drift of one subject.
private struct DriftFit: Sendable {
  /// `[column, region]`; NaN where a region has too few samples.
  private(set) var coefficients: [Double]
  /// Regions that never change.
  private(set) var isConstant: [Bool]
  /// Stretches without change by region.
  private(set) var flat: [Int: [Range<Int>]] = [:]
  private let regions: Int

  init(_ series: SubjectSeries, _ subject: Int, _ drift: SlowDrift, flatSamples: Int) throws {
    regions = series.regionCount
    var sums = DriftSums(drift, regions: regions)
    var runs = FlatRuns(regions: regions, least: flatSamples)
    let together = max(1, (1 << 18) / regions)
    for first in stride(from: 0, to: series.sampleCount, by: together) {
      let range = first..<min(first + together, series.sampleCount)
      let x = try series.readChecked(subject, range)
      sums.add(x, range, drift)
      runs.add(x, range)
    }
    coefficients = sums.coefficients()
    (flat, isConstant) = runs.finish(series.sampleCount)
  }

  /// Takes the drift out of `[samples, regions]`.
  func remove(_ drift: SlowDrift, from x: inout [Float], _ samples: Range<Int>) {
    let rows = drift.rows(samples)
    var fitted = [Double](repeating: 0, count: regions)
    for t in 0..<samples.count {
      for region in 0..<regions { fitted[region] = 0 }
      for column in 0..<drift.columns {
        let value = rows[t * drift.columns + column]
        for region in 0..<regions { fitted[region] += value * coefficients[column * regions + region] }
      }
      for region in 0..<regions {
        let sample = x[t * regions + region]
        x[t * regions + region] = isConstant[region] && !sample.isNaN ? 0 : Float(Double(sample) - fitted[region])
      }
    }
  }
}

/// Normal equations of a drift, one right-hand side per region.
private struct DriftSums {
  private let columns: Int
  private let regions: Int
  private let sampleCount: Int
  /// Σ c cᵀ over all samples, `[column, column]`.
  private var gram: [Double]
  /// The same over a region's missing samples, and how many they are.
  private var missing: [Int: (gram: [Double], count: Int)] = [:]
  /// Σ c x, `[column, region]`.
  private var products: [Double]

  init(_ drift: SlowDrift, regions: Int) {
    columns = drift.columns
    self.regions = regions
    sampleCount = drift.sampleCount
    gram = [Double](repeating: 0, count: columns * columns)
    products = [Double](repeating: 0, count: columns * regions)
  }

  mutating func add(_ x: [Float], _ samples: Range<Int>, _ drift: SlowDrift) {
    let rows = drift.rows(samples)
    var sample = [Double](repeating: 0, count: regions)
    for t in 0..<samples.count {
      Self.add(rows, t, columns, to: &gram)
      for region in 0..<regions {
        let value = Double(x[t * regions + region])
        sample[region] = value.isFinite ? value : 0
        if !value.isFinite {
          Self.add(
            rows, t, columns, to: &missing[region, default: ([Double](repeating: 0, count: gram.count), 0)].gram)
          missing[region]?.count += 1
        }
      }
      for column in 0..<columns {
        let value = rows[t * columns + column]
        for region in 0..<regions { products[column * regions + region] += value * sample[region] }
      }
    }
  }

  private static func add(_ rows: [Double], _ t: Int, _ columns: Int, to gram: inout [Double]) {
    for i in 0..<columns {
      for j in i..<columns { gram[i * columns + j] += rows[t * columns + i] * rows[t * columns + j] }
    }
  }

  func coefficients() -> [Double] {
    var result = products
    var factor = gram
    precondition(Cholesky.factor(&factor, n: columns), "the columns of a drift are independent")
    Cholesky.solve(factor, n: columns, &result, columns: regions)
    for (region, gap) in missing {
      var own = zip(gram, gap.gram).map { $0 - $1 }
      var column = (0..<columns).map { products[$0 * regions + region] }
      let isEnough = sampleCount - gap.count >= 4 * columns && Cholesky.factor(&own, n: columns)
      if isEnough { Cholesky.solve(own, n: columns, &column, columns: 1) }
      for k in 0..<columns { result[k * regions + region] = isEnough ? column[k] : .nan }
    }
    return result
  }
}

/// Stretches in which a region's value stays what it is.
private struct FlatRuns {
  private let regions: Int
  private let least: Int
  private var value: [Float]
  private var start: [Int]
  private var runs: [Int: [Range<Int>]] = [:]
  private var low: [Float]
  private var high: [Float]

  init(regions: Int, least: Int) {
    self.regions = regions
    self.least = least
    value = [Float](repeating: .nan, count: regions)
    start = [Int](repeating: 0, count: regions)
    low = [Float](repeating: .infinity, count: regions)
    high = [Float](repeating: -.infinity, count: regions)
  }

  mutating func add(_ x: [Float], _ samples: Range<Int>) {
    for t in samples {
      for region in 0..<regions {
        let sample = x[(t - samples.lowerBound) * regions + region]
        low[region] = min(low[region], sample)
        high[region] = max(high[region], sample)
        if sample == value[region] { continue }
        end(region, t)
        value[region] = sample
        start[region] = t
      }
    }
  }

  private mutating func end(_ region: Int, _ t: Int) {
    if t - start[region] >= least { runs[region, default: []].append(start[region]..<t) }
  }

  /// Constant to float32 resolution counts as constant.
  mutating func finish(_ count: Int) -> (runs: [Int: [Range<Int>]], isConstant: [Bool]) {
    for region in 0..<regions { end(region, count) }
    let isConstant = (0..<regions).map { region in
      high[region] - low[region] <= 2 * 0x1p-23 * max(abs(low[region]), abs(high[region]))
    }
    return (runs, isConstant)
  }
}
