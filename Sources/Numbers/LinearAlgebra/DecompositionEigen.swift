import CLAPACKE

/// Eigenvalues and eigenvectors of a symmetric matrix, A = Σ values_k v_k v_kᵀ.
public struct SymmetricEigen: Sendable {
  /// Ascending.
  public let values: [Double]
  /// `[count, n]`: row k is the unit eigenvector of `values[k]`; signs are LAPACK's.
  public let vectors: Matrix

  /// All eigenpairs, or the `largest` ones; nil where LAPACK does not converge (a NaN in the matrix).
  ///
  /// Only the upper triangle is read.
  public init?(_ matrix: Matrix, largest: Int? = nil) {
    precondition(matrix.rows == matrix.columns && matrix.rows > 0, "a symmetric matrix is square")
    guard matrix.values.allSatisfy(\.isFinite) else { return nil }
    let n = matrix.rows
    let count = min(n, largest ?? n)
    var a = matrix.values
    var w = [Double](repeating: 0, count: n)
    var z = [Double](repeating: 0, count: n * count)
    var support = [Int32](repeating: 0, count: 2 * n)
    var found: Int32 = 0
    let info = unsafe a.withUnsafeMutableBufferPointer { a in
      unsafe w.withUnsafeMutableBufferPointer { w in
        unsafe z.withUnsafeMutableBufferPointer { z in
          unsafe support.withUnsafeMutableBufferPointer { support in
            unsafe LAPACKE_dsyevr(
              LAPACK_COL_MAJOR, CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: count == n ? "A" : "I")),
              CChar(UInt8(ascii: "L")), Int32(n), a.baseAddress!, Int32(n), 0, 0, Int32(n - count + 1), Int32(n), 0,
              &found, w.baseAddress!, z.baseAddress!, Int32(n), support.baseAddress!)
          }
        }
      }
    }
    guard info == 0, Int(found) == count else { return nil }
    values = Array(w[0..<count])
    vectors = Matrix(rows: count, columns: n, values: z)
  }
}

/// The singular value decomposition A = U S Vᵀ.
public struct SingularValueDecomposition: Sendable {
  /// `[rows, k]`, k = min(rows, columns).
  public let u: Matrix
  /// Descending.
  public let values: [Double]
  /// `[k, columns]`.
  public let vTransposed: Matrix

  /// nil where LAPACK does not converge (a NaN in the matrix).
  public init?(_ matrix: Matrix) {
    guard matrix.values.allSatisfy(\.isFinite), matrix.rows > 0, matrix.columns > 0 else { return nil }
    let (m, n) = (matrix.rows, matrix.columns)
    let k = min(m, n)
    var a = matrix.values
    var s = [Double](repeating: 0, count: k)
    var left = [Double](repeating: 0, count: n * k)
    var right = [Double](repeating: 0, count: k * m)
    // Column-major LAPACK sees Aᵀ = V S Uᵀ, so its left vectors are our right ones.
    let info = unsafe a.withUnsafeMutableBufferPointer { a in
      unsafe s.withUnsafeMutableBufferPointer { s in
        unsafe left.withUnsafeMutableBufferPointer { left in
          unsafe right.withUnsafeMutableBufferPointer { right in
            unsafe LAPACKE_dgesdd(
              LAPACK_COL_MAJOR, CChar(UInt8(ascii: "S")), Int32(n), Int32(m), a.baseAddress!, Int32(n),
              s.baseAddress!, left.baseAddress!, Int32(n), right.baseAddress!, Int32(k))
          }
        }
      }
    }
    guard info == 0 else { return nil }
    values = s
    u = Matrix(rows: m, columns: k, values: right)
    vTransposed = Matrix(rows: k, columns: n, values: left)
  }
}
