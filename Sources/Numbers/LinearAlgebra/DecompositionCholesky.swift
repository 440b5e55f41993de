import CLAPACKE

/// The Cholesky factorisation A = UᵀU of symmetric positive definite matrices, in place.
package enum Cholesky {
  /// Overwrites the upper triangle of `[n, n]` with U; false where A is not positive definite.
  package static func factor(_ a: inout [Double], n: Int) -> Bool {
    precondition(a.count >= n * n && n <= Int(Int32.max), "shape and value count differ")
    guard n > 0 else { return true }
    // Row-major upper is column-major lower: LAPACK needs no transposition.
    let info = unsafe a.withUnsafeMutableBufferPointer {
      unsafe LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), Int32(n), $0.baseAddress!, Int32(n))
    }
    return info == 0
  }

  /// Solves UᵀU X = B in place, B `[n, columns]`.
  package static func solve(_ u: [Double], n: Int, _ b: inout [Double], columns: Int) {
    DoubleProducts.solveUpper(u, n: n, transposed: true, &b, columns: columns)
    DoubleProducts.solveUpper(u, n: n, transposed: false, &b, columns: columns)
  }
}
