import COpenBLAS

/// Products of row-major float64 blocks inside larger arrays (BLAS level 2 and 3).
///
/// Every block is given by its array, the offset of its first element and its row stride; nothing is copied. Blocks must
/// lie inside their arrays (checked), and sums run in the order BLAS chooses.
package enum DoubleProducts {
  /// C = alpha op(A) op(B) + beta C, with op(A) `[m, k]`, op(B) `[k, n]` and C `[m, n]`.
  package static func multiply(
    m: Int, n: Int, k: Int, alpha: Double = 1,
    _ a: [Double], offset aOffset: Int = 0, stride aStride: Int, aTransposed: Bool = false,
    _ b: [Double], offset bOffset: Int = 0, stride bStride: Int, bTransposed: Bool = false,
    beta: Double = 0, into c: inout [Double], offset cOffset: Int = 0, stride cStride: Int
  ) {
    guard m > 0, n > 0 else { return }
    if aTransposed {
      check(a, offset: aOffset, rows: k, columns: m, stride: aStride)
    } else {
      check(a, offset: aOffset, rows: m, columns: k, stride: aStride)
    }
    if bTransposed {
      check(b, offset: bOffset, rows: n, columns: k, stride: bStride)
    } else {
      check(b, offset: bOffset, rows: k, columns: n, stride: bStride)
    }
    check(c, offset: cOffset, rows: m, columns: n, stride: cStride)
    unsafe a.withUnsafeBufferPointer { a in
      unsafe b.withUnsafeBufferPointer { b in
        unsafe c.withUnsafeMutableBufferPointer { c in
          unsafe cblas_dgemm(
            CblasRowMajor, aTransposed ? CblasTrans : CblasNoTrans, bTransposed ? CblasTrans : CblasNoTrans,
            Int32(m), Int32(n), Int32(k), alpha, a.baseAddress! + aOffset, Int32(aStride),
            b.baseAddress! + bOffset, Int32(bStride), beta, c.baseAddress! + cOffset, Int32(cStride))
        }
      }
    }
  }

  /// The upper triangle of C = alpha A Aᵀ + beta C (`transposed` false, A `[n, k]`) or alpha AᵀA + beta C (A `[k, n]`).
  package static func symmetricProduct(
    n: Int, k: Int, alpha: Double = 1, _ a: [Double], offset: Int = 0, stride: Int, transposed: Bool,
    beta: Double = 0, into c: inout [Double], offset cOffset: Int = 0, stride cStride: Int
  ) {
    guard n > 0 else { return }
    if transposed {
      check(a, offset: offset, rows: k, columns: n, stride: stride)
    } else {
      check(a, offset: offset, rows: n, columns: k, stride: stride)
    }
    check(c, offset: cOffset, rows: n, columns: n, stride: cStride)
    unsafe a.withUnsafeBufferPointer { a in
      unsafe c.withUnsafeMutableBufferPointer { c in
        unsafe cblas_dsyrk(
          CblasRowMajor, CblasUpper, transposed ? CblasTrans : CblasNoTrans, Int32(n), Int32(k), alpha,
          a.baseAddress! + offset, Int32(stride), beta, c.baseAddress! + cOffset, Int32(cStride))
      }
    }
  }

  /// Copies the upper triangle of `[n, n]` to the lower.
  package static func mirrorUpper(_ c: inout [Double], n: Int) {
    check(c, offset: 0, rows: n, columns: n, stride: n)
    let tile = 32
    for i0 in Swift.stride(from: 0, to: n, by: tile) {
      for j0 in Swift.stride(from: i0, to: n, by: tile) {
        for i in i0..<min(i0 + tile, n) {
          for j in max(i + 1, j0)..<max(i + 1, min(j0 + tile, n)) { c[j * n + i] = c[i * n + j] }
        }
      }
    }
  }

  /// Solves op(U) X = B in place, U `[n, n]` upper triangular and B `[n, columns]`.
  package static func solveUpper(
    _ u: [Double], offset uOffset: Int = 0, n: Int, stride: Int? = nil, transposed: Bool, _ b: inout [Double],
    offset: Int = 0, columns: Int, stride bStride: Int? = nil
  ) {
    let uStride = stride ?? n
    let columnStride = bStride ?? columns
    guard n > 0, columns > 0 else { return }
    check(u, offset: uOffset, rows: n, columns: n, stride: uStride)
    check(b, offset: offset, rows: n, columns: columns, stride: columnStride)
    unsafe u.withUnsafeBufferPointer { u in
      unsafe b.withUnsafeMutableBufferPointer { b in
        unsafe cblas_dtrsm(
          CblasRowMajor, CblasLeft, CblasUpper, transposed ? CblasTrans : CblasNoTrans, CblasNonUnit, Int32(n),
          Int32(columns), 1, u.baseAddress! + uOffset, Int32(uStride), b.baseAddress! + offset, Int32(columnStride))
      }
    }
  }

  /// Σ a_i b_i over `count` elements.
  package static func dot(
    _ a: [Double], offset aOffset: Int = 0, _ b: [Double], offset bOffset: Int = 0, count: Int
  ) -> Double {
    guard count > 0 else { return 0 }
    check(a, offset: aOffset, rows: 1, columns: count, stride: count)
    check(b, offset: bOffset, rows: 1, columns: count, stride: count)
    return unsafe a.withUnsafeBufferPointer { a in
      unsafe b.withUnsafeBufferPointer { b in
        unsafe cblas_ddot(Int32(count), a.baseAddress! + aOffset, 1, b.baseAddress! + bOffset, 1)
      }
    }
  }

  /// y += alpha x over `count` elements.
  package static func add(
    _ alpha: Double, _ x: [Double], offset xOffset: Int = 0, to y: inout [Double], offset yOffset: Int = 0, count: Int
  ) {
    guard count > 0 else { return }
    check(x, offset: xOffset, rows: 1, columns: count, stride: count)
    check(y, offset: yOffset, rows: 1, columns: count, stride: count)
    unsafe x.withUnsafeBufferPointer { x in
      unsafe y.withUnsafeMutableBufferPointer { y in
        unsafe cblas_daxpy(Int32(count), alpha, x.baseAddress! + xOffset, 1, y.baseAddress! + yOffset, 1)
      }
    }
  }

  static func check(_ x: [Double], offset: Int, rows: Int, columns: Int, stride: Int) {
    precondition(offset >= 0 && stride >= max(1, columns), "a block's stride is below its width")
    precondition(rows == 0 || offset + (rows - 1) * stride + columns <= x.count, "a block leaves its array")
    precondition(stride <= Int(Int32.max) && rows <= Int(Int32.max), "BLAS counts in 32 bits")
  }
}
