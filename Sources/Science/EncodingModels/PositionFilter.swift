import LinearAlgebra

/// Takes out of rows what position explains of them: every contiguous segment is centred, then the least-squares fit of
/// the position columns, centred alike, is subtracted, or a share of it.
///
/// For ridge of y on columns Z beside position columns of no penalty this leaves ordinary ridge of filtered y on filtered
/// Z (Frisch, Waugh and Lovell). Directions of the position columns below 1e-4 of their largest singular value on these
/// rows stay in: they say nothing here.
struct PositionFilter: Sendable {
  /// Positions among the filtered rows.
  let segments: [Range<Int>]
  /// Share of what lies in the basis that is taken out.
  private let factor: Double
  /// For some of the rows an orthonormal basis `[rows, r]` of what is taken out beside the means.
  private let parts: [(rows: Range<Int>, basis: Matrix)]

  /// One basis for all rows: weights of the columns are the same in all segments (training rows).
  init(_ columns: Matrix, segments: [Range<Int>]) {
    self.segments = segments
    factor = 1
    parts = [(0..<columns.rows, Self.basis(Self.centred(columns, segments)))]
  }

  /// A basis for every segment: each has weights of its own (test rows). What lies in it is divided by √`slowRatio`, which
  /// makes noise that is so much denser there as dense as elsewhere.
  init(separately columns: [Matrix], segments: [Range<Int>], slowRatio: Double) {
    self.segments = segments
    factor = 1 - 1 / slowRatio.squareRoot()
    parts = zip(segments, columns).map { segment, own in
      (segment, Self.basis(Self.centred(own, [0..<own.rows])))
    }
  }

  /// Values of all bases.
  var valueCount: Int { parts.reduce(0) { $0 + $1.basis.values.count } }

  /// What is left of `[rows, columns]`.
  func residual(_ x: Matrix) -> Matrix {
    var y = Self.centred(x, segments)
    let p = x.columns
    for part in parts where part.basis.columns > 0 && p > 0 {
      let from = part.rows.lowerBound * p
      let mine = Matrix(
        rows: part.rows.count, columns: p, values: Array(y.values[from..<(part.rows.upperBound * p)]))
      let explained = part.basis.multiplied(by: part.basis.transposeMultiplied(by: mine))
      Self.subtract(explained.values, times: factor, from: &y.values, at: from)
    }
    return y
  }

  /// What is left of series that are scored: a column of which rounding alone is left is 0.
  func scored(_ x: Matrix) -> Matrix {
    var left = residual(x)
    for column in 0..<x.columns where !(Self.squares(left, column) > 1e-24 * Self.squares(x, column)) {
      for row in 0..<left.rows where !left[row, column].isNaN { left[row, column] = 0 }
    }
    return left
  }

  /// The one basis of all rows where all of what lies in it is taken out, as of training rows; nil otherwise.
  var wholeBasis: Matrix? { factor == 1 && parts.count == 1 ? parts[0].basis : nil }

  /// `(FX)ᵀ FX` and `(FX)ᵀ y`, F being the filter of training rows, for y that the filter has gone through: nothing of the
  /// size of FX is made. nil where not all of what lies in one basis is taken out.
  func products(_ x: Matrix, _ y: Matrix) -> (gram: Matrix, right: Matrix)? {
    guard let basis = wholeBasis, basis.rows == x.rows else { return nil }
    let centred = Self.centred(x, segments)
    var gram = centred.gram
    let explained = basis.transposeMultiplied(by: centred).gram
    for i in gram.values.indices { gram.values[i] -= explained.values[i] }
    return (gram, centred.transposeMultiplied(by: y))
  }

  /// Per column, its mean square within the basis over that outside it, at least 1: how much denser its slow part is;
  /// infinite where nothing is outside.
  func slowRatio(_ x: Matrix) -> [Double] {
    let (y, left) = (Self.centred(x, segments), residual(x))
    let inside = Double(parts.reduce(0) { $0 + $1.basis.columns })
    let outside = Double(x.rows - segments.count) - inside
    return (0..<x.columns).map { j in
      let (total, fast) = (Self.squares(y, j), Self.squares(left, j))
      guard inside > 0 else { return 1 }
      return outside > 0 && fast > 0 ? max(1, (total - fast) / inside / (fast / outside)) : .infinity
    }
  }

  private static func squares(_ x: Matrix, _ column: Int) -> Double {
    (0..<x.rows).reduce(0) { $0 + x[$1, column] * x[$1, column] }
  }

  private static func subtract(_ x: [Double], times factor: Double, from y: inout [Double], at offset: Int) {
    for i in x.indices { y[offset + i] -= factor * x[i] }
  }

  private static func centred(_ x: Matrix, _ segments: [Range<Int>]) -> Matrix {
    var y = x
    let p = x.columns
    var means = [Double](repeating: 0, count: p)
    for segment in segments {
      for j in 0..<p { means[j] = 0 }
      for i in segment { for j in 0..<p { means[j] += y.values[i * p + j] } }
      for j in 0..<p { means[j] /= Double(segment.count) }
      for i in segment { for j in 0..<p { y.values[i * p + j] -= means[j] } }
    }
    return y
  }

  /// Left singular vectors of columns of unit length.
  private static func basis(_ x: Matrix) -> Matrix {
    guard x.columns > 0, x.rows > 0 else { return Matrix(rows: x.rows, columns: 0) }
    var scaled = x
    let p = x.columns
    for j in 0..<p {
      let length = (0..<x.rows).reduce(0.0) { $0 + x[$1, j] * x[$1, j] }.squareRoot()
      let factor = length > 1e-9 * Double(x.rows).squareRoot() ? 1 / length : 0
      for i in 0..<x.rows { scaled.values[i * p + j] *= factor }
    }
    guard let eigen = SymmetricEigen(scaled.gram), let top = eigen.values.last, top > 0 else {
      return Matrix(rows: x.rows, columns: 0)
    }
    let kept = eigen.values.indices.filter { eigen.values[$0] > 1e-8 * top }
    var basis = scaled.multiplied(by: eigen.vectors.selecting(rows: kept).transposed)
    for (k, index) in kept.enumerated() {
      let factor = 1 / eigen.values[index].squareRoot()
      for i in 0..<basis.rows { basis[i, k] *= factor }
    }
    return basis
  }
}
