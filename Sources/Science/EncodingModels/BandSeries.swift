import Diagnostics
import LinearAlgebra
import Statistics
import Vocabulary

/// A band's reduction fitted on some rows, and the whole series it gives.
struct FittedBand: Sendable {
  /// nil: no reduction.
  let components: PrincipalComponents?
  /// `[rows, columns]` reduced; rows with a missing feature are NaN.
  let series: Matrix
  /// Effective n of the first component over the fitted rows; NaN without a reduction.
  let effectiveRows: Double
  let hash: UInt64
}

/// Reductions already fitted, by band and training rows; models of the same features on the same rows share it.
final class BandCache {
  private var entries: [String: FittedBand] = [:]

  /// The band's series with its reduction fitted on `rows`.
  func fitted(_ problem: EncodingProblem, band: Int, rows: [Int], rowsHash: UInt64) throws -> FittedBand {
    let declared = problem.bands[band]
    let scope = declared.reduction?.fit == .trainFold ? rowsHash : 0
    let reduction = declared.reduction.map { "\($0)" } ?? "none"
    let key = "\(declared.name)|\(declared.role.rawValue)|\(reduction)|\(scope)"
    if let entry = entries[key] { return entry }
    let entry = try Self.fit(problem, band, rows)
    entries[key] = entry
    return entry
  }

  private static func fit(_ problem: EncodingProblem, _ band: Int, _ rows: [Int]) throws -> FittedBand {
    let raw = problem.features[band]
    guard let reduction = problem.bands[band].reduction else {
      return FittedBand(
        components: nil, series: problem.settings.standardisation == .perStimulus ? perPiece(raw, problem) : raw,
        effectiveRows: .nan, hash: 0)
    }
    let candidates = reduction.fit == .dataset ? problem.usable.joined().filter { problem.kept.read[$0] } : rows
    let finite = candidates.filter { KeptRows.isFinite(raw, $0) }
    let fitted = raw.selecting(rows: finite)
    guard let components = PrincipalComponents(fitted, count: reduction.components, scale: reduction.scale) else {
      throw EvokeError(
        .noEncodingRows, problem.bands[band].name, reason: "no column varies over the \(finite.count) training rows",
        remedy: "check the feature: it is constant or missing there")
    }
    var series = components.scores(raw, unitVariance: true)
    if problem.settings.standardisation == .perStimulus { series = perPiece(series, problem) }
    var hash = StableHash()
    hash.combine(components.mean)
    hash.combine(components.inverseScale)
    hash.combine(components.components.values)
    let first = segments(finite) { series.values[$0 * series.columns] }
    return FittedBand(
      components: components, series: series, effectiveRows: Autocorrelation.effectiveCount(first, first),
      hash: hash.finalized)
  }

  /// Consecutive rows as separate series.
  static func segments(_ rows: [Int], _ value: (Int) -> Double) -> [[Double]] {
    var result: [[Double]] = []
    var previous = Int.min
    for row in rows {
      if row != previous + 1 { result.append([]) }
      result[result.count - 1].append(value(row))
      previous = row
    }
    return result
  }

  /// Columns z-scored within every piece by the rows that a fit reads.
  private static func perPiece(_ x: Matrix, _ problem: EncodingProblem) -> Matrix {
    var z = x
    for piece in problem.pieces {
      for j in 0..<x.columns {
        let values = piece.filter { problem.kept.read[$0] && x[$0, j].isFinite }.map { x[$0, j] }
        let mean = Moments.mean(values)
        let sd = Moments.standardDeviation(values, degreesOfFreedom: 0)
        let inverse = DesignScale.inverse(sd: sd, mean: mean)
        for row in piece { z[row, j] = (x[row, j] - mean) * inverse }
      }
    }
    return z
  }
}

/// When a column counts as constant.
enum DesignScale {
  static func inverse(sd: Double, mean: Double) -> Double {
    sd <= 1e-12 * abs(mean) || sd < 1e-150 || sd.isNaN ? 0 : 1 / sd
  }
}

/// The delayed columns of some bands: within a band delay by delay, within a delay feature by feature.
struct DelayedDesign {
  let rows: [Int]
  let columns: Int
  private let parts: [(band: Int, delay: Int, width: Int, offset: Int, weight: Double)]
  /// Start and end of the piece of every row.
  private let bounds: [(Int, Int)]

  init(_ problem: EncodingProblem, bands: [Int], widths: [Int], rows: [Int]) {
    var parts: [(Int, Int, Int, Int, Double)] = []
    var offset = 0
    for band in bands {
      var weight = 1.0
      if case .selected(let w) = problem.bands[band].penalty { weight = 1 / w.squareRoot() }
      for delay in problem.bands[band].delays {
        parts.append((band, delay, widths[band], offset, weight))
        offset += widths[band]
      }
    }
    self.parts = parts
    self.rows = rows
    columns = offset
    var piece = 0
    bounds = rows.map { row in
      while row >= problem.pieces[piece].upperBound { piece += 1 }
      return (problem.pieces[piece].lowerBound, problem.pieces[piece].upperBound)
    }
  }

  /// The columns before scaling; `series[band]` is `[all rows, width]`. Samples outside the piece are `edge[band]`.
  func gather(_ series: [[Double]], edge: [[Double]], into z: inout [Double]) {
    precondition(z.count == rows.count * columns, "shape and value count differ")
    for part in parts {
      Self.gather(
        offset: part.offset, width: part.width, columns: columns, delay: part.delay, rows: rows, bounds: bounds,
        from: series[part.band], edge: edge[part.band], into: &z)
    }
  }

  private static func gather(
    offset: Int, width: Int, columns: Int, delay: Int, rows: [Int], bounds: [(Int, Int)],
    from x: [Double], edge: [Double], into z: inout [Double]
  ) {
    for (i, row) in rows.enumerated() {
      let source = row - delay
      let target = i * columns + offset
      if source >= bounds[i].0 && source < bounds[i].1 {
        let from = source * width
        for j in 0..<width { z[target + j] = x[from + j] }
      } else {
        for j in 0..<width { z[target + j] = edge[j] }
      }
    }
  }

  /// √(1/weight) per column: a band's penalty is λ times its weight.
  var columnWeights: [Double] {
    var weights = [Double](repeating: 1, count: columns)
    for part in parts { for j in 0..<part.width { weights[part.offset + j] = part.weight } }
    return weights
  }

  /// Column indices of one band.
  func columns(of band: Int) -> [Int] {
    parts.filter { $0.band == band }.flatMap { Array($0.offset..<($0.offset + $0.width)) }
  }
}

/// Column means and inverse standard deviations of training rows.
struct ColumnScaling: Sendable {
  var mean: [Double]
  var inverse: [Double]

  /// Population moments over `[n, P]`, times the column weights; a constant column gets inverse 0.
  init(_ z: [Double], rows: Int, columns: Int, weights: [Double]) {
    var mean = [Double](repeating: 0, count: columns)
    var squares = mean
    for i in 0..<rows { for j in 0..<columns { mean[j] += z[i * columns + j] } }
    for j in 0..<columns { mean[j] /= Double(rows) }
    for i in 0..<rows {
      for j in 0..<columns {
        let d = z[i * columns + j] - mean[j]
        squares[j] += d * d
      }
    }
    for j in 0..<columns {
      squares[j] = DesignScale.inverse(sd: (squares[j] / Double(rows)).squareRoot(), mean: mean[j]) * weights[j]
    }
    self.mean = mean
    inverse = squares
  }

  func apply(_ z: inout [Double], rows: Int) { Self.apply(&z, rows, mean, inverse) }

  private static func apply(_ z: inout [Double], _ rows: Int, _ mean: [Double], _ inverse: [Double]) {
    let columns = mean.count
    for i in 0..<rows { for j in 0..<columns { z[i * columns + j] = (z[i * columns + j] - mean[j]) * inverse[j] } }
  }
}
