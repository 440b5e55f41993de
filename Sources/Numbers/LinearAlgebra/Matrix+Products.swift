extension Matrix {
  /// The product with another matrix.
  public func multiplied(by other: Matrix) -> Matrix {
    precondition(columns == other.rows, "inner dimensions differ")
    var product = Matrix(rows: rows, columns: other.columns)
    DoubleProducts.multiply(
      m: rows, n: other.columns, k: columns, values, stride: max(1, columns), other.values,
      stride: max(1, other.columns), into: &product.values, stride: max(1, other.columns))
    return product
  }

  /// `selfᵀ · other`.
  public func transposeMultiplied(by other: Matrix) -> Matrix {
    precondition(rows == other.rows, "row counts differ")
    var product = Matrix(rows: columns, columns: other.columns)
    DoubleProducts.multiply(
      m: columns, n: other.columns, k: rows, values, stride: max(1, columns), aTransposed: true, other.values,
      stride: max(1, other.columns), into: &product.values, stride: max(1, other.columns))
    return product
  }

  /// `selfᵀ · self`, both triangles.
  public var gram: Matrix {
    var product = Matrix(rows: columns, columns: columns)
    DoubleProducts.symmetricProduct(
      n: columns, k: rows, values, stride: max(1, columns), transposed: true, into: &product.values,
      stride: max(1, columns))
    DoubleProducts.mirrorUpper(&product.values, n: columns)
    return product
  }

  /// `self · selfᵀ`, both triangles.
  public var outerGram: Matrix {
    var product = Matrix(rows: rows, columns: rows)
    // Of no columns all products are 0.
    guard columns > 0 else { return product }
    DoubleProducts.symmetricProduct(
      n: rows, k: columns, values, stride: columns, transposed: false, into: &product.values,
      stride: max(1, rows))
    DoubleProducts.mirrorUpper(&product.values, n: rows)
    return product
  }

  /// The transpose.
  public var transposed: Matrix {
    var result = Matrix(rows: columns, columns: rows)
    for i in 0..<rows { for j in 0..<columns { result.values[j * rows + i] = values[i * columns + j] } }
    return result
  }

  /// The rows with these indices, in this order.
  public func selecting(rows indices: [Int]) -> Matrix {
    var selected: [Double] = []
    selected.reserveCapacity(indices.count * columns)
    for i in indices { selected.append(contentsOf: values[(i * columns)..<((i + 1) * columns)]) }
    return Matrix(rows: indices.count, columns: columns, values: selected)
  }

  /// The columns with these indices, in this order.
  public func selecting(columns indices: [Int]) -> Matrix {
    var result = Matrix(rows: rows, columns: indices.count)
    for i in 0..<rows {
      for (k, j) in indices.enumerated() { result.values[i * indices.count + k] = values[i * columns + j] }
    }
    return result
  }

  /// One column.
  public func column(_ j: Int) -> [Double] { (0..<rows).map { values[$0 * columns + j] } }

  /// The mean of every column (NaN where any value is NaN or there are no rows).
  public var columnMeans: [Double] {
    var sums = [Double](repeating: 0, count: columns)
    for i in 0..<rows { for j in 0..<columns { sums[j] += values[i * columns + j] } }
    for j in 0..<columns { sums[j] /= Double(rows) }
    return sums
  }
}
