import COpenBLAS

/// A row-major float32 matrix inside a larger array: where it starts and how far its rows are apart.
public struct SingleView: Sendable, Equatable {
  /// Index of element (0, 0).
  public var offset: Int
  /// Elements from one row to the next.
  public var stride: Int

  public init(offset: Int = 0, stride: Int) {
    self.offset = offset
    self.stride = stride
  }

  /// One past the last index of a `rows` x `columns` matrix.
  func end(rows: Int, columns: Int) -> Int { rows == 0 ? offset : offset + (rows - 1) * stride + columns }
}

/// Matrix products in float32 (BLAS `sgemm`) over views of arrays, so that nothing is copied.
public enum SingleMultiply {
  /// C = A B + beta C, or C = A Bᵀ + beta C when `transposed`.
  ///
  /// Shapes: A `[rows, inner]`, B `[inner, columns]` (`[columns, inner]` when transposed), C `[rows, columns]`; a stride
  /// may exceed a row's length, never undercut it. NaN and infinities follow IEEE arithmetic. The order of a sum depends
  /// on the BLAS kernel, not on how many lanes share the work.
  public static func multiply(
    rows: Int, columns: Int, inner: Int, _ a: [Float], as av: SingleView, by b: [Float], as bv: SingleView,
    transposed: Bool = true, beta: Float = 0, into c: inout [Float], as cv: SingleView
  ) {
    precondition(rows >= 0 && columns >= 0 && inner >= 0, "negative shape")
    guard rows > 0, columns > 0 else { return }
    precondition(av.stride >= inner && bv.stride >= (transposed ? inner : columns) && cv.stride >= columns, "stride")
    precondition(av.offset >= 0 && av.end(rows: rows, columns: inner) <= a.count, "A is out of range")
    let bEnd = transposed ? bv.end(rows: columns, columns: inner) : bv.end(rows: inner, columns: columns)
    precondition(bv.offset >= 0 && bEnd <= b.count, "B is out of range")
    precondition(cv.offset >= 0 && cv.end(rows: rows, columns: columns) <= c.count, "C is out of range")
    unsafe a.withUnsafeBufferPointer { a in
      unsafe b.withUnsafeBufferPointer { b in
        unsafe c.withUnsafeMutableBufferPointer { c in
          guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else { return }
          unsafe share(
            Product(
              rows: rows, columns: columns, inner: inner, a: a + av.offset, aStride: av.stride, b: b + bv.offset,
              bStride: bv.stride, transposed: transposed, beta: beta, c: c + cv.offset, cStride: cv.stride))
        }
      }
    }
  }

  /// Splits a product by the longer side of C, so that the smaller operand is the one read twice. Where the kernel rounds
  /// an element by its place in the product, the parts follow from the shapes alone.
  private static func share(_ product: Product) {
    let work = unsafe product.rows * product.columns * product.inner
    let longest = unsafe max(product.rows, product.columns)
    let most = SingleKernel.roundsByPlace ? fixedParts : Lanes.count
    let parts = min(most, longest / 32, max(1, work / 1_000_000))
    guard parts > 1 else { return unsafe product.run() }
    let cut = unsafe product.rows >= product.columns
    Lanes.perform(parts, lanes: min(parts, Lanes.count)) { i in
      // Whole vectors of 16 for every part but the last.
      func edge(_ i: Int) -> Int { i == parts ? longest : longest * i / parts / 16 * 16 }
      unsafe product.part(edge(i)..<edge(i + 1), ofRows: cut).run()
    }
  }

  /// Each part packs the smaller operand anew, which costs some hundredths.
  private static let fixedParts = 4
}

/// One call of sgemm.
@unsafe struct Product {
  var rows: Int
  var columns: Int
  let inner: Int
  var a: UnsafePointer<Float>
  let aStride: Int
  var b: UnsafePointer<Float>
  let bStride: Int
  let transposed: Bool
  let beta: Float
  var c: UnsafeMutablePointer<Float>
  let cStride: Int

  func part(_ range: Range<Int>, ofRows: Bool) -> Product {
    var part = unsafe self
    if ofRows {
      unsafe part.rows = range.count
      unsafe part.a += range.lowerBound * aStride
      unsafe part.c += range.lowerBound * cStride
    } else {
      unsafe part.columns = range.count
      unsafe part.b += range.lowerBound * (transposed ? bStride : 1)
      unsafe part.c += range.lowerBound
    }
    return unsafe part
  }

  func run() {
    unsafe cblas_sgemm(
      CblasRowMajor, CblasNoTrans, transposed ? CblasTrans : CblasNoTrans, Int32(rows), Int32(columns), Int32(inner), 1,
      a, Int32(aStride), b, Int32(bStride), beta, c, Int32(cStride))
  }
}
