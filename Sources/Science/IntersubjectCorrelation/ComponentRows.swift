import LinearAlgebra

/// All subjects' rows of one stimulus, which a draw of a null changes: clean samples, or coordinates of a `CosineBasis`,
/// in which the covariance of a changed sum is a product.
struct ComponentRows {
  /// `[row, channel]` per subject.
  private let values: [[Float]]
  private let channels: Int
  private let count: Int
  private let basis: CosineBasis?

  init(_ series: SubjectSeries, _ null: SynchronyNull, _ outlierSDs: Double) throws {
    (channels, count) = (series.regionCount, series.sampleCount)
    let basis = null == .phase ? CosineBasis(sampleCount: series.sampleCount, drift: series.drift) : nil
    self.basis = basis
    var transform = basis.map { [channels] in CosineTransform($0, columns: channels) }
    var values: [[Float]] = []
    for subject in 0..<series.subjectCount {
      let x = try CleanSeries(series, subject, outlierSDs).x.values
      values.append((transform?.forward(x) ?? x).map(Float.init))
    }
    self.values = values
  }

  /// Row of a subject's values that stands at `row` in a draw, and its sign.
  private func place(_ row: Int, _ subject: Int, _ draw: SurrogateMoves.Draw) -> (row: Int, sign: Double) {
    switch draw {
    case .signs(let signs): (row, Double(signs[subject * count + row]))
    case .shifts(let shifts): ((row + count - Int(shifts[subject])) % count, 1)
    }
  }

  /// The covariance of the sum over subjects in one draw, `[channel, channel]`.
  func covarianceOfSum(_ draw: SurrogateMoves.Draw) -> Matrix {
    var result = Matrix(rows: channels, columns: channels)
    let together = 2048
    for first in stride(from: 0, to: count, by: together) {
      let range = first..<min(first + together, count)
      var panel = Matrix(rows: range.count, columns: channels)
      for subject in values.indices { add(subject, range, draw, to: &panel.values) }
      let product = panel.transposeMultiplied(by: panel)
      for i in result.values.indices { result.values[i] += product.values[i] }
    }
    for i in result.values.indices { result.values[i] /= Double(count - 1) }
    return result
  }

  private func add(_ subject: Int, _ range: Range<Int>, _ draw: SurrogateMoves.Draw, to panel: inout [Double]) {
    for row in range {
      let (from, sign) = place(row, subject, draw)
      let at = (row - range.lowerBound) * channels
      for c in 0..<channels { panel[at + c] += sign * Double(values[subject][from * channels + c]) }
    }
  }

  /// What takes `columns` components back to series: planned once, for all draws; nil where rows are samples.
  func transform(columns: Int) -> CosineTransform? { basis.map { CosineTransform($0, columns: columns) } }

  /// Every subject's component series in one draw, `[sample, component]`; `transform` is of as many columns as there are
  /// components.
  func projected(
    _ weights: Matrix, _ draw: SurrogateMoves.Draw, _ transform: inout CosineTransform?
  ) -> [Matrix] {
    let width = weights.columns
    var projections: [Matrix] = []
    for subject in values.indices {
      var rows = [Double](repeating: 0, count: count * width)
      for row in 0..<count {
        let (from, sign) = place(row, subject, draw)
        for c in 0..<channels {
          let value = sign * Double(values[subject][from * channels + c])
          for k in 0..<width { rows[row * width + k] += value * weights[c, k] }
        }
      }
      projections.append(Matrix(rows: count, columns: width, values: transform?.inverse(rows) ?? rows))
    }
    return projections
  }
}

/// Means over windows of the components' values, diag(w^T R_b w) / diag(w^T R_w w), and of their sum; windows without
/// variance are left out.
///
/// With S the subjects' sum and v variances in the window, R_b over R_w is (v(S) - Σ v_i) / ((N - 1) Σ v_i), from running
/// sums.
func meanOverWindows(_ projections: [Matrix], _ ranges: [Range<Int>]) -> [Double] {
  let columns = projections[0].columns
  let sums = (0..<columns).map { RunningSums(projections, component: $0) }
  var values: [[Double]] = []
  for range in ranges { values.append(withSum(sums.map { $0.value(range) })) }
  return (0...columns).map { column in meanIgnoringNaN(values.map { $0[column] }) }
}

/// Sums of one component's series up to every sample.
private struct RunningSums {
  private let subjects: Int
  /// Of each subject's samples, `[sample + 1, subject]`.
  private var own: [Double]
  /// Of the squares of all subjects' samples, and of the subjects' sum and its squares, `[sample + 1]`.
  private var ownSquares: [Double]
  private var sum: [Double]
  private var sumSquares: [Double]

  init(_ projections: [Matrix], component: Int) {
    let (count, subjects) = (projections[0].rows, projections.count)
    self.subjects = subjects
    own = [Double](repeating: 0, count: (count + 1) * subjects)
    ownSquares = [Double](repeating: 0, count: count + 1)
    sum = ownSquares
    sumSquares = ownSquares
    for t in 0..<count {
      var (total, squares) = (0.0, 0.0)
      for (s, x) in projections.enumerated() {
        let value = x[t, component]
        own[(t + 1) * subjects + s] = own[t * subjects + s] + value
        total += value
        squares += value * value
      }
      ownSquares[t + 1] = ownSquares[t] + squares
      sum[t + 1] = sum[t] + total
      sumSquares[t + 1] = sumSquares[t] + total * total
    }
  }

  func value(_ range: Range<Int>) -> Double {
    let (a, b, n) = (range.lowerBound, range.upperBound, Double(range.count))
    var within = ownSquares[b] - ownSquares[a]
    for s in 0..<subjects {
      let difference = own[b * subjects + s] - own[a * subjects + s]
      within -= difference * difference / n
    }
    let all = sumSquares[b] - sumSquares[a] - (sum[b] - sum[a]) * (sum[b] - sum[a]) / n
    return within > 1e-12 * ownSquares[ownSquares.count - 1]
      ? (all - within) / (Double(subjects - 1) * within) : .nan
  }
}
