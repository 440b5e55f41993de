import CLAPACKE
import CVectorMath

/// The reduction A = Q T Qᵀ of a symmetric matrix to tridiagonal form: one O(n³) reduction serves every shift A + λI,
/// at a fraction of an eigendecomposition's cost (Golub & Van Loan 8.3.1).
package struct Tridiagonal: Sendable {
  package let n: Int
  /// The diagonal and the off-diagonal of T.
  package let diagonal: [Double]
  package let offDiagonal: [Double]
  private let reflectors: [Double]
  private let tau: [Double]

  /// Reduces; only the upper triangle of `[n, n]` is read.
  package init(_ matrix: consuming [Double], n: Int) {
    precondition(matrix.count == n * n && n > 0 && n <= 46_340, "shape and value count differ")
    var a = matrix
    var d = [Double](repeating: 0, count: n)
    var e = [Double](repeating: 0, count: max(1, n - 1))
    var t = [Double](repeating: 0, count: max(1, n - 1))
    let work = 64 * n
    var scratch = [Double](repeating: 0, count: work)
    let info = unsafe a.withUnsafeMutableBufferPointer { a in
      unsafe d.withUnsafeMutableBufferPointer { d in
        unsafe e.withUnsafeMutableBufferPointer { e in
          unsafe t.withUnsafeMutableBufferPointer { t in
            unsafe scratch.withUnsafeMutableBufferPointer { scratch in
              unsafe LAPACKE_dsytrd_work(
                LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), Int32(n), a.baseAddress!, Int32(n), d.baseAddress!,
                e.baseAddress!, t.baseAddress!, scratch.baseAddress!, Int32(work))
            }
          }
        }
      }
    }
    precondition(info == 0, "dsytrd refused its arguments")
    self.n = n
    diagonal = d
    offDiagonal = e
    reflectors = a
    tau = t
  }

  /// Overwrites the rows of B `[rows, n]` with B Q.
  package func rotate(rows b: inout [Double], count: Int) { apply(&b, count, transposed: true) }

  /// Overwrites the rows of B `[rows, n]` with B Qᵀ.
  package func unrotate(rows b: inout [Double], count: Int) { apply(&b, count, transposed: false) }

  private func apply(_ b: inout [Double], _ count: Int, transposed: Bool) {
    precondition(b.count == count * n, "shape and value count differ")
    guard count > 0 else { return }
    let work = 64 * max(count, n)
    var scratch = [Double](repeating: 0, count: work)
    // A row-major [rows, n] block is the column-major Bᵀ: (B Q)ᵀ = Qᵀ Bᵀ.
    let info = unsafe reflectors.withUnsafeBufferPointer { a in
      unsafe tau.withUnsafeBufferPointer { t in
        unsafe b.withUnsafeMutableBufferPointer { b in
          unsafe scratch.withUnsafeMutableBufferPointer { scratch in
            unsafe LAPACKE_dormtr_work(
              LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), CChar(UInt8(ascii: "L")),
              CChar(UInt8(ascii: transposed ? "T" : "N")), Int32(n), Int32(count), a.baseAddress!, Int32(n),
              t.baseAddress!, b.baseAddress!, Int32(n),
              scratch.baseAddress!, Int32(work))
          }
        }
      }
    }
    precondition(info == 0, "dormtr refused its arguments")
  }

  /// Solves (T + λI) X = B into columns `offset..<offset + columns` of X `[n, stride]`; B is `[n, columns]`.
  ///
  /// T + λI must be positive definite (LDLᵀ without pivoting is then stable).
  package func solve(
    shift: Double, _ b: [Double], columns: Int, into x: inout [Double], offset: Int, stride: Int
  ) {
    precondition(b.count == n * columns && x.count == n * stride && offset + columns <= stride, "shapes differ")
    var d = diagonal
    var l = [Double](repeating: 0, count: n)
    d[0] += shift
    for i in 1..<max(n, 1) {
      l[i] = offDiagonal[i - 1] / d[i - 1]
      d[i] += shift - l[i] * offDiagonal[i - 1]
    }
    let inverse = d.map { 1 / $0 }
    guard columns > 0 else { return }
    unsafe x.withUnsafeMutableBufferPointer {
      guard let x = $0.baseAddress else { return }
      unsafe column_tridiagonal(l, inverse, n, b, columns, x + offset, stride)
    }
  }
}
