import CVectorMath

/// This machine's instructions for products of bfloat16 matrices (AVX512_BF16, AMX), through oneDNN.
///
/// oneDNN is loaded when it is first asked for; a machine without it runs everything but bfloat16.
public enum MatrixUnits {
  /// Why this machine cannot use them, or nil if it can.
  public static var refusal: String? { unsafe matrix_units_refusal().map { unsafe String(cString: $0) } }

  /// oneDNN's version and the instructions it uses, for the environment row; nil where it cannot be used.
  public static var name: String? { unsafe matrix_units_name().map { unsafe String(cString: $0) } }
}

/// Row-major weights W `[outputs, inner]` rounded to bfloat16, for products with float32 rows that are rounded alike.
// The numbers never change after init, and the C object guards the products it keeps per shape by a lock.
@safe public final class BrainMatrix: @unchecked Sendable {
  public let outputs: Int
  public let inner: Int
  private let weights: OpaquePointer

  /// Rounds and packs; `MatrixUnits.refusal` must be nil.
  public init(_ values: [Float], outputs: Int, inner: Int) {
    precondition(values.count == outputs * inner && outputs > 0 && inner > 0, "shapes differ")
    precondition(MatrixUnits.refusal == nil, "this machine has no products of bfloat16")
    self.outputs = outputs
    self.inner = inner
    guard let weights = unsafe matrix_units_pack(values, outputs, inner) else {
      preconditionFailure("oneDNN refused weights of \(outputs) x \(inner)")
    }
    unsafe self.weights = weights
  }

  deinit { unsafe matrix_units_free(weights) }

  /// y = x Wᵀ for `rows` rows of x, which may overlap (a stride below `inner`), shared out by rows.
  public func multiply(_ x: [Float], _ xv: SingleView, rows: Int, into y: inout [Float], _ yv: SingleView) {
    guard rows > 0 else { return }
    precondition(xv.offset >= 0 && xv.end(rows: rows, columns: inner) <= x.count, "x is out of range")
    precondition(yv.offset >= 0 && yv.end(rows: rows, columns: outputs) <= y.count, "y is out of range")
    precondition(yv.stride >= outputs, "stride")
    unsafe x.withUnsafeBufferPointer { x in
      unsafe y.withUnsafeMutableBufferPointer { y in
        guard let x = x.baseAddress, let y = y.baseAddress else { return }
        let lanes = min(Lanes.count, max(1, rows / 16), max(1, rows * outputs * inner / 1_000_000))
        Lanes.perform(lanes, lanes: lanes) { lane in
          func edge(_ i: Int) -> Int { i == lanes ? rows : rows * i / lanes / 16 * 16 }
          let first = edge(lane)
          let isDone = unsafe matrix_units_multiply(
            weights, edge(lane + 1) - first, x + xv.offset + first * xv.stride, xv.stride,
            y + yv.offset + first * yv.stride, yv.stride)
          precondition(isDone == 1, "oneDNN refused a product")
        }
      }
    }
  }
}
