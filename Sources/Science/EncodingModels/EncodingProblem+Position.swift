import LinearAlgebra
import Statistics

extension EncodingProblem {
  /// What takes position out of a fold's rows; nil without position.
  ///
  /// Training rows: the position columns with the same weights in all segments, so that weights are learnt from faster
  /// variation. Test rows: of every contiguous segment by itself exp(-t / 10 s) and the cosines of its own span down to 40 s
  /// are reduced by √`slowRatio` of the targets, so that slow noise counts no more than other. Which columns follows from
  /// the treatment that the targets share.
  func filters(
    train: [Int], test: [Int], of fold: Fold, _ treatment: PositionTreatment, hash: UInt64, _ cache: BandCache
  ) -> (train: PositionFilter, test: PositionFilter)? {
    guard let columns = positionColumns(treatment.columns),
      let testFilter = testFilter(test, of: fold.test, treatment)
    else { return nil }
    var key = StableHash()
    key.combine(hash)
    key.combine(UInt64(treatment.columns.rawValue))
    let trainFilter = cache.filter(key.finalized) {
      PositionFilter(columns.selecting(rows: train), segments: Self.places(train, segments(fold.train)))
    }
    return (trainFilter, testFilter)
  }

  /// What takes position out of some of the rows of a test part; nil without position.
  private func testFilter(_ test: [Int], of part: [Int], _ treatment: PositionTreatment) -> PositionFilter? {
    guard let position, treatment.columns != .none else { return nil }
    let places = Self.places(test, segments(part))
    let own = places.map { place in
      let rows = Array(test[place])
      // Nothing is taken out but the means.
      guard treatment.slowRatio > 1 else { return Matrix(rows: rows.count, columns: 0) }
      let columns = position.values.selecting(rows: rows)
      return position.kind == .trend ? columns : columns.selecting(columns: [0]).appending(columnsOf: cosines(rows))
    }
    return PositionFilter(separately: own, segments: places, slowRatio: treatment.slowRatio)
  }

  /// Columns of some rows of a test part as the deviations of a target are scored there: without position.
  func scored(_ x: Matrix, in test: [Int], of part: [Int], as target: Int) -> Matrix {
    testFilter(test, of: part, treatments[target])?.scored(x) ?? x
  }

  /// The filter of any rows, a segment for each piece.
  func positionFilter(_ rows: [Int], _ columns: PositionTreatment.Columns = .all) -> PositionFilter? {
    guard let columns = positionColumns(columns) else { return nil }
    var start = 0
    let places = pieces.compactMap { piece -> Range<Int>? in
      let first = start
      while start < rows.count, rows[start] < piece.upperBound { start += 1 }
      return start > first ? first..<start : nil
    }
    return PositionFilter(columns.selecting(rows: rows), segments: places)
  }

  /// The cosines of some rows' own span, down to the shortest shared period.
  func cosines(_ rows: [Int]) -> Matrix {
    guard let first = rows.first, let last = rows.last else { return Matrix(rows: 0, columns: 0) }
    let span = Double(last - first + 1) * dt
    let basis = PositionColumns.Basis([0...span], shortestPeriod: PositionColumns.sharedPeriod)
    var columns = Matrix(rows: rows.count, columns: basis.count)
    for (i, row) in rows.enumerated() {
      for k in 0..<basis.count { columns[i, k] = basis.value(k, (Double(row - first) + 0.5) * dt) }
    }
    return columns
  }

  /// Consecutive rows of one piece, of ascending rows.
  func segments(_ rows: [Int]) -> [ClosedRange<Int>] {
    var result: [ClosedRange<Int>] = []
    var piece = 0
    for row in rows {
      let isNext = result.last.map { $0.upperBound + 1 == row && row < pieces[piece].upperBound } ?? false
      while row >= pieces[piece].upperBound { piece += 1 }
      if isNext, let open = result.popLast() {
        result.append(open.lowerBound...row)
      } else {
        result.append(row...row)
      }
    }
    return result
  }

  /// Where the rows of every segment stand among `rows`, some of which may be missing; segments without any are left out.
  private static func places(_ rows: [Int], _ segments: [ClosedRange<Int>]) -> [Range<Int>] {
    var start = 0
    return segments.compactMap { segment in
      var end = start
      while end < rows.count, rows[end] <= segment.upperBound { end += 1 }
      defer { start = end }
      return end > start ? start..<end : nil
    }
  }

  /// A column for every piece, 1 in its rows.
  var pieceIndicators: Matrix {
    var columns = Matrix(rows: rowCount, columns: pieces.count)
    for (piece, rows) in pieces.enumerated() { for row in rows { columns[row, piece] = 1 } }
    return columns
  }

  /// Targets without what is taken out of them and a mean per piece, of the rows that count; as they are where that is nothing.
  func withoutPosition(_ y: Matrix) -> Matrix {
    guard position != nil else { return y }
    var residual = Matrix(rows: y.rows, columns: y.columns, values: [Double](repeating: .nan, count: y.values.count))
    for group in groups {
      let rows = (0..<rowCount).filter { group.valid[$0] }
      for (columns, members) in Dictionary(grouping: group.targets, by: { treatments[$0].columns }) {
        let left = withoutPosition(y.selecting(columns: members), rows: rows, columns)
        for row in 0..<rowCount { for (k, t) in members.enumerated() { residual[row, t] = left[row, k] } }
      }
    }
    return residual
  }

  /// Per target, lag-1 autocorrelation within pieces of what position leaves of it; NaN for one without rows that count.
  var memory: [Double] {
    let residual = withoutPosition(targets)
    return (0..<targetCount).map { Autocorrelation.lag1(kept.series(of: $0, in: residual)) }
  }

  /// Columns without what position and a mean per piece explain of some rows, NaN in the others; as they are without
  /// position.
  func withoutPosition(_ x: Matrix, rows: [Int], _ columns: PositionTreatment.Columns = .all) -> Matrix {
    guard let filter = positionFilter(rows, columns) else { return x }
    var residual = Matrix(rows: x.rows, columns: x.columns, values: [Double](repeating: .nan, count: x.values.count))
    let left = filter.residual(x.selecting(rows: rows))
    for (i, row) in rows.enumerated() { for j in 0..<x.columns { residual[row, j] = left[i, j] } }
    return residual
  }
}
