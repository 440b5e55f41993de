import Diagnostics
import LinearAlgebra
import Statistics

/// Correlated components fitted on all stimuli of a cohort, and their synchrony in each.
///
/// R_w and R_b are pooled over stimuli (weights: samples - 1) about each stimulus' means, R_w is shrunk; the first
/// components (three, or as many as there are channels) are kept. Missing samples, samples beyond `outlierSDs` standard
/// deviations of their channel and those within 40 ms of these are set to the mean.
///
/// Cross-validated values use weights fitted on the other stimuli; with one stimulus, weights fitted on four fifths of
/// its time give the value of the fifth, and the fifths are averaged. Null draws break the alignment between subjects
/// (signs or a shift per subject, common to its channels), fit the components anew and keep their order, so that the
/// fit's own optimism is in the null.
public struct ComponentAnalysis: Sendable {
  /// `[channel, component]`.
  public let weights: Matrix
  /// Forward models, `[channel, component]`.
  public let patterns: Matrix
  /// rho of each component over all stimuli.
  public let eigenvalues: [Double]
  /// In the order of the series.
  public private(set) var stimuli: [ComponentSynchrony]
  private let parts: [CovariancePart]
  private let shrinkage: Double

  public static let componentsKept = 3

  /// Memory: three copies of the longest recording in float64, and the component series of all.
  ///
  /// - Throws: `E-ISC-001` for fewer than two subjects, `E-ISC-005` for stimuli of different channels, `E-ISC-020` where
  ///   R_w is not positive definite.
  public init(
    _ series: [SubjectSeries], shrinkage: Double = 0.1, outlierSDs: Double = 4
  ) throws {
    guard let first = series.first, series.allSatisfy({ $0.regionCount == first.regionCount }) else {
      throw EvokeError(
        .unequalSeries, "stimuli of correlated components", reason: "they do not have the same channels",
        remedy: "name the channels with `filters: {regions: [...]}`")
    }
    for one in series { try one.checkSubjects() }
    parts = try series.map { try CovariancePart($0, outlierSDs, folds: series.count == 1 ? 5 : 0) }
    self.shrinkage = shrinkage
    let fit = try ComponentFit(parts.map { ($0.within, $0.between, $0.weight) }, shrinkage, patterns: true)
    (weights, patterns, eigenvalues) = (fit.weights, fit.patterns, fit.eigenvalues)
    stimuli = []
    for (own, part) in zip(series, parts) {
      let projections = try (0..<own.subjectCount).map {
        try CleanSeries(own, $0, outlierSDs).x.multiplied(by: weights)
      }
      stimuli.append(ComponentSynchrony(projections: projections, zeroed: part.zeroed))
    }
    for s in stimuli.indices { stimuli[s].crossValidated = try crossValidated(s) }
  }

  private func crossValidated(_ stimulus: Int) throws -> [Double] {
    if parts.count > 1 {
      let others = parts.indices.filter { $0 != stimulus }.map { parts[$0] }
      let fit = try ComponentFit(others.map { ($0.within, $0.between, $0.weight) }, shrinkage)
      return withSum(fit.values(parts[stimulus].within, parts[stimulus].between))
    }
    let folds = parts[0].folds
    guard folds.count > 1 else { return [Double](repeating: .nan, count: weights.columns + 1) }
    var sums = [Double](repeating: 0, count: weights.columns + 1)
    for (f, fold) in folds.enumerated() {
      let others = folds.indices.filter { $0 != f }.map { (folds[$0].within, folds[$0].between, 1.0) }
      let values = withSum(try ComponentFit(others, shrinkage).values(fold.within, fold.between))
      for c in sums.indices { sums[c] += values[c] / Double(folds.count) }
    }
    return sums
  }

  /// Adds null draws to every stimulus, of the values over the whole stimulus and of their means over windows.
  /// `generator(stimulus, subject, draw)`; float32 rows of one stimulus are held (4 S n D bytes).
  ///
  /// - Throws: `E-ISC-004` where a stimulus is too short for a shift, `E-ISC-002` and `-003` as `SynchronyWindows.ranges`.
  public mutating func addNull<G: RandomNumberGenerator>(
    _ null: SynchronyNull, draws: Int, series: [SubjectSeries], windows: SynchronyWindows, outlierSDs: Double = 4,
    generator: (_ stimulus: Int, _ subject: Int, _ draw: Int) -> G
  ) throws {
    precondition(series.count == stimuli.count && draws > 0)
    let channels = weights.rows
    let moves = try series.map { try SurrogateMoves(null, $0) }
    let draws = moves.reduce(draws) { min($0, $1.draws(draws)) }
    // Between-subject covariances of every draw and stimulus, upper triangles.
    var between: [[[Double]]] = []
    for (s, own) in series.enumerated() {
      let rows = try ComponentRows(own, null, outlierSDs)
      between.append(
        (0..<draws).map { draw in
          let sum = rows.covarianceOfSum(moves[s].draw(draw) { generator(s, $0, $1) })
          return parts[s].betweenTriangle(sum)
        })
    }
    var fits: [ComponentFit] = []
    for draw in 0..<draws {
      let own = parts.indices.map { Self.full(between[$0][draw], channels) }
      let fit = try ComponentFit(parts.indices.map { (parts[$0].within, own[$0], parts[$0].weight) }, shrinkage)
      for s in parts.indices { stimuli[s].null += withSum(fit.values(parts[s].within, own[s])) }
      fits.append(fit)
    }
    for (s, own) in series.enumerated() {
      let ranges = try windows.ranges(sampleCount: own.sampleCount, rateHz: own.rateHz)
      let rows = try ComponentRows(own, null, outlierSDs)
      var transform = rows.transform(columns: weights.columns)
      for (draw, fit) in fits.enumerated() {
        let projections = rows.projected(fit.weights, moves[s].draw(draw) { generator(s, $0, $1) }, &transform)
        stimuli[s].nullOverWindows += meanOverWindows(projections, ranges)
      }
    }
  }

  private static func full(_ triangle: [Double], _ n: Int) -> Matrix {
    var result = Matrix(rows: n, columns: n)
    var at = 0
    for i in 0..<n {
      for j in i..<n {
        result[i, j] = triangle[at]
        result[j, i] = triangle[at]
        at += 1
      }
    }
    return result
  }
}

/// Weights of the first components of pooled covariances.
struct ComponentFit {
  let weights: Matrix
  let patterns: Matrix
  let eigenvalues: [Double]

  /// Without `patterns` (empty then) the signs are as they come, which no correlation depends on.
  init(
    _ parts: [(within: Matrix, between: Matrix, weight: Double)], _ shrinkage: Double,
    patterns wantsPatterns: Bool = false
  ) throws {
    let n = parts[0].within.rows
    var (within, between) = (Matrix(rows: n, columns: n), Matrix(rows: n, columns: n))
    let total = parts.reduce(0) { $0 + $1.weight }
    for part in parts {
      for i in within.values.indices {
        within.values[i] += part.within.values[i] * part.weight / total
        between.values[i] += part.between.values[i] * part.weight / total
      }
    }
    let kept = min(ComponentAnalysis.componentsKept, n)
    let eigen = try generalisedEigenvectors(between, shrunk(within, shrinkage), largest: wantsPatterns ? nil : kept)
    eigenvalues = Array(eigen.values.prefix(kept))
    guard wantsPatterns else {
      weights = Self.first(kept, of: eigen.vectors)
      patterns = Matrix(rows: n, columns: 0)
      return
    }
    var signs = [Double](repeating: 1, count: n)
    let all = try forwardModels(within, eigen.vectors)
    for component in 0..<kept {
      if let largest = all.column(component).max(by: { abs($0) < abs($1) }), largest < 0 { signs[component] = -1 }
    }
    weights = Self.first(kept, of: signed(eigen.vectors, signs))
    patterns = Self.first(kept, of: signed(all, signs))
  }

  private static func first(_ count: Int, of matrix: Matrix) -> Matrix {
    var result = Matrix(rows: matrix.rows, columns: count)
    for row in 0..<matrix.rows { for column in 0..<count { result[row, column] = matrix[row, column] } }
    return result
  }

  /// diag(W^T R_b W) / diag(W^T R_w W).
  func values(_ within: Matrix, _ between: Matrix) -> [Double] {
    zip(quadratics(between, weights), quadratics(within, weights)).map { $1 > 0 ? $0 / $1 : .nan }
  }
}

/// One subject's series in float64 about its means, without missing samples and outliers.
struct CleanSeries {
  private(set) var x: Matrix
  private(set) var zeroed = 0

  init(_ series: SubjectSeries, _ subject: Int, _ outlierSDs: Double) throws {
    let values = try series.readChecked(subject, 0..<series.sampleCount)
    x = Matrix(rows: series.sampleCount, columns: series.regionCount, values: values.map(Double.init))
    let beside = Int((0.04 * series.rateHz).rounded())
    for column in 0..<x.columns { clean(column, outlierSDs, beside) }
  }

  private mutating func clean(_ column: Int, _ outlierSDs: Double, _ beside: Int) {
    let n = x.rows
    func moments() -> (mean: Double, sd: Double) {
      let values = (0..<n).map { x[$0, column] }.filter(\.isFinite)
      return (
        values.isEmpty ? 0 : Moments.mean(values), values.count > 1 ? Moments.standardDeviation(values) : 0
      )
    }
    let (mean, sd) = moments()
    var isOut = [Bool](repeating: false, count: n)
    for t in 0..<n {
      if !x[t, column].isFinite { isOut[t] = true }
      guard abs(x[t, column] - mean) > outlierSDs * sd, sd > 0 else { continue }
      for k in max(0, t - beside)...min(n - 1, t + beside) { isOut[k] = true }
    }
    for t in 0..<n { x[t, column] = isOut[t] ? 0 : x[t, column] - mean }
    zeroed += isOut.count { $0 }
    guard isOut.contains(true) else { return }
    let rest = moments().mean
    for t in 0..<n { x[t, column] -= rest }
  }
}

/// Covariances within and between the subjects of one stimulus.
struct CovariancePart {
  let within: Matrix
  let between: Matrix
  let weight: Double
  let zeroed: Int
  /// The same of contiguous parts, where asked for.
  let folds: [(within: Matrix, between: Matrix)]
  private let subjectCount: Double

  init(_ series: SubjectSeries, _ outlierSDs: Double, folds count: Int) throws {
    let (n, channels, samples) = (series.subjectCount, series.regionCount, series.sampleCount)
    guard samples >= 3 else {
      throw EvokeError(
        .windowTooShort, "\(samples) samples", reason: "a covariance needs three", remedy: "use longer series")
    }
    var sum = Matrix(rows: samples, columns: channels)
    let isFolded = count > 1 && samples >= 3 * count
    let ranges = isFolded ? (0..<count).map { $0 * samples / count..<($0 + 1) * samples / count } : []
    var own = Matrix(rows: channels, columns: channels)
    var foldOwn = ranges.map { _ in Matrix(rows: channels, columns: channels) }
    var zeroed = 0
    for subject in 0..<n {
      let clean = try CleanSeries(series, subject, outlierSDs)
      zeroed += clean.zeroed
      Self.add(Self.covariance(clean.x, 0..<samples), 1 / Double(n), to: &own)
      for (f, range) in ranges.enumerated() {
        Self.add(Self.covariance(clean.x, range), 1 / Double(n), to: &foldOwn[f])
      }
      for i in sum.values.indices { sum.values[i] += clean.x.values[i] }
    }
    within = own
    between = Self.between(Self.covariance(sum, 0..<samples), own, n)
    folds = zip(ranges, foldOwn).map { range, own in (own, Self.between(Self.covariance(sum, range), own, n)) }
    weight = Double(samples - 1)
    subjectCount = Double(n)
    self.zeroed = zeroed
  }

  /// (cov(sum) - N R_w) / (N (N - 1)) as an upper triangle.
  func betweenTriangle(_ ofSum: Matrix) -> [Double] {
    let n = within.rows
    var triangle: [Double] = []
    triangle.reserveCapacity(n * (n + 1) / 2)
    for i in 0..<n {
      for j in i..<n {
        triangle.append((ofSum[i, j] - subjectCount * within[i, j]) / (subjectCount * (subjectCount - 1)))
      }
    }
    return triangle
  }

  private static func between(_ ofSum: Matrix, _ within: Matrix, _ n: Int) -> Matrix {
    let count = Double(n)
    return Matrix(
      rows: within.rows, columns: within.rows,
      values: zip(ofSum.values, within.values).map { ($0 - count * $1) / (count * (count - 1)) })
  }

  private static func add(_ matrix: Matrix, _ factor: Double, to sum: inout Matrix) {
    for i in sum.values.indices { sum.values[i] += factor * matrix.values[i] }
  }

  private static func covariance(_ x: Matrix, _ range: Range<Int>) -> Matrix {
    let columns = x.columns
    var part = Matrix(
      rows: range.count, columns: columns,
      values: Array(x.values[(range.lowerBound * columns)..<(range.upperBound * columns)]))
    let means = part.columnMeans
    for row in 0..<part.rows { for column in 0..<columns { part[row, column] -= means[column] } }
    var result = part.transposeMultiplied(by: part)
    for i in result.values.indices { result.values[i] /= Double(range.count - 1) }
    return result
  }
}
