import Diagnostics
import LinearAlgebra

/// Synchrony of correlated components in one stimulus: what `ComponentAnalysis` gives for each.
///
/// A component's value in a window is diag(w^T R_b w) / diag(w^T R_w w) with covariances of the window; the last column
/// is the sum of the components. NaN where a window has no variance.
public struct ComponentSynchrony: Sendable {
  public let subjectCount: Int
  /// Components and, last, their sum.
  public let columnCount: Int
  public let sampleCount: Int
  /// Subject-samples set to zero: missing, or an outlier or beside one.
  public let zeroedCount: Int
  /// Over the whole stimulus, `[column]`.
  public let values: [Double]
  /// The same with components fitted without the stimulus (without the part, where there is one stimulus), `[column]`.
  public var crossValidated: [Double] = []
  /// Each subject against the others over the whole stimulus, `[subject, column]`.
  public let subjects: [Double]
  /// Values of null draws with components fitted anew, `[draw, column]`.
  public internal(set) var null: [Double] = []
  /// Means over windows of the same draws, `[draw, column]`.
  public internal(set) var nullOverWindows: [Double] = []
  /// Covariances between subjects over the whole stimulus, one `[subject, subject]` per component.
  let covariances: [Matrix]
  /// Each subject's component series, `[sample, component]`.
  let projections: [Matrix]

  init(projections: [Matrix], zeroed: Int) {
    self.projections = projections
    subjectCount = projections.count
    columnCount = projections[0].columns + 1
    sampleCount = projections[0].rows
    zeroedCount = zeroed
    let covariances = ComponentWindow(projections, 0..<projections[0].rows).covariances
    self.covariances = covariances
    let everyone = [Double](repeating: 1, count: projections.count)
    values = withSum(covariances.map { componentCorrelation($0, times: everyone) })
    subjects = (0..<projections.count).flatMap { k in withSum(covariances.map { subjectCorrelation($0, k) }) }
  }
}

/// Component synchrony in windows.
public struct ComponentWindows: Sendable {
  public let times: [Double]
  /// `[window, column]`.
  public let values: [Double]
  /// `[window, subject, column]`.
  public let subjects: [Double]
  /// Within random halves of the subjects, `[split, half, window, column]`.
  public let halves: [Double]
}

extension ComponentSynchrony {
  /// Dynamic values: weights fixed, covariances of each window.
  ///
  /// - Throws: `E-ISC-002`, `E-ISC-003` as `SynchronyWindows.ranges`.
  public func windows(
    _ windows: SynchronyWindows, rateHz: Double, startTime: Double, splits: [[Bool?]] = []
  ) throws -> ComponentWindows {
    let ranges = try windows.ranges(sampleCount: sampleCount, rateHz: rateHz)
    let everyone = [Double](repeating: 1, count: subjectCount)
    let members = splits.flatMap { split in [true, false].map { half in split.map { $0 == half ? 1.0 : 0 } } }
    var (values, subjects): ([Double], [Double]) = ([], [])
    var halves = [Double](repeating: .nan, count: members.count * ranges.count * columnCount)
    for (w, range) in ranges.enumerated() {
      let covariances = ComponentWindow(projections, range).covariances
      values += withSum(covariances.map { componentCorrelation($0, times: everyone) })
      for k in 0..<subjectCount { subjects += withSum(covariances.map { subjectCorrelation($0, k) }) }
      for (half, times) in members.enumerated() {
        let own = withSum(covariances.map { componentCorrelation($0, times: times) })
        for c in 0..<columnCount { halves[(half * ranges.count + w) * columnCount + c] = own[c] }
      }
    }
    return ComponentWindows(
      times: windows.times(count: ranges.count, startTime: startTime), values: values, subjects: subjects,
      halves: halves)
  }
}

/// Covariances between all subjects' series of every component in one window.
struct ComponentWindow {
  let covariances: [Matrix]

  init(_ projections: [Matrix], _ range: Range<Int>) {
    let (n, scale) = (projections.count, 1 / Double(max(1, range.count - 1)))
    covariances = (0..<projections[0].columns).map { component in
      var y = Matrix(rows: range.count, columns: n)
      for (s, own) in projections.enumerated() {
        var mean = 0.0
        for t in range { mean += own[t, component] }
        mean /= Double(range.count)
        for t in range { y[t - range.lowerBound, s] = own[t, component] - mean }
      }
      var product = y.transposeMultiplied(by: y)
      for i in product.values.indices { product.values[i] *= scale }
      return product
    }
  }
}

/// The components' values and, last, their sum.
func withSum(_ values: [Double]) -> [Double] { values + [values.reduce(0, +)] }

/// Between over within from covariances of one component; subjects count `times`, a subject's pairs with itself do not.
func componentCorrelation(_ c: Matrix, times: [Double]) -> Double {
  var (own, ownWeight, between, pairs) = (0.0, 0.0, 0.0, 0.0)
  for i in 0..<c.rows where times[i] > 0 {
    own += times[i] * c[i, i]
    ownWeight += times[i]
    for j in 0..<i where times[j] > 0 {
      between += times[i] * times[j] * c[i, j]
      pairs += times[i] * times[j]
    }
  }
  return own > 0 && pairs > 0 ? (between / pairs) / (own / ownWeight) : .nan
}

/// ISC_k = 2 sum_{j != k} C_kj / sum_{j != k} (C_kk + C_jj).
func subjectCorrelation(_ c: Matrix, _ k: Int) -> Double {
  var (between, within) = (0.0, 0.0)
  for j in 0..<c.rows where j != k {
    between += 2 * c[k, j]
    within += c[k, k] + c[j, j]
  }
  return within > 0 ? between / within : .nan
}
