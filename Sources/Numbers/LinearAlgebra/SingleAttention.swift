import CVectorMath

/// Scaled dot-product attention of every head, float32: softmax(Q Kᵀ + bias) V.
public enum SingleAttention {
  /// What is added to the scores of head h, row i and column j: gates[h, i] · bias[h, rows - 1 + j - i].
  public struct RelativeBias {
    /// `[heads, rows]`.
    public let gates: [Float]
    /// `[heads, 2 rows - 1]`.
    public let bias: [Float]

    public init(gates: [Float], bias: [Float]) {
      self.gates = gates
      self.bias = bias
    }
  }

  /// Query rows whose scores are held at a time: 512 KB of scores, which stay in a processor's own cache.
  private static func rowsPerBlock(_ rows: Int) -> Int { min(rows, max(64, 131_072 / max(rows, 1) / 16 * 16)) }

  /// Numbers of scratch space that `mix` needs.
  public static func scratchCount(rows: Int) -> Int { Lanes.count * rowsPerBlock(rows) * rows }

  /// Writes every head's mixture of values, heads side by side, to `mixed` `[rows, heads width]`.
  ///
  /// - Parameters:
  ///   - projected: `[rows, 3 heads width]`: queries (already scaled), keys and values side by side.
  ///   - scratch: `scratchCount(rows:)` numbers at least.
  public static func mix(
    _ projected: [Float], rows: Int, heads: Int, width: Int, bias: RelativeBias?, scratch: inout [Float],
    into mixed: inout [Float]
  ) {
    guard rows > 0 else { return }
    let part = rowsPerBlock(rows) * rows
    let lanes = min(Lanes.count, heads, scratch.count / part)
    precondition(projected.count >= rows * 3 * heads * width && mixed.count >= rows * heads * width, "shapes differ")
    precondition(lanes > 0, "scratch is too small")
    if let bias { precondition(bias.gates.count >= heads * rows && bias.bias.count >= heads * (2 * rows - 1), "bias") }
    unsafe projected.withUnsafeBufferPointer { projected in
      unsafe scratch.withUnsafeMutableBufferPointer { scratch in
        unsafe mixed.withUnsafeMutableBufferPointer { mixed in
          guard let p = projected.baseAddress, let s = scratch.baseAddress, let m = mixed.baseAddress else { return }
          // Lane by lane a run of heads, so that each has its own scores.
          Lanes.perform(lanes, lanes: lanes) { lane in
            for head in heads * lane / lanes..<heads * (lane + 1) / lanes {
              unsafe mix(
                head, projected: p, rows: rows, heads: heads, width: width, bias: bias, scores: s + lane * part, into: m
              )
            }
          }
        }
      }
    }
  }

  private static func mix(
    _ head: Int, projected: UnsafePointer<Float>, rows: Int, heads: Int, width: Int, bias: RelativeBias?,
    scores: UnsafeMutablePointer<Float>, into mixed: UnsafeMutablePointer<Float>
  ) {
    let dimension = heads * width
    let stride = 3 * dimension
    let column = head * width
    let block = rowsPerBlock(rows)
    for first in Swift.stride(from: 0, to: rows, by: block) {
      let count = min(block, rows - first)
      unsafe Product(
        rows: count, columns: rows, inner: width, a: projected + first * stride + column, aStride: stride,
        b: projected + dimension + column, bStride: stride, transposed: true, beta: 0, c: scores, cStride: rows
      ).run()
      if let bias {
        unsafe bias.gates.withUnsafeBufferPointer { gates in
          unsafe bias.bias.withUnsafeBufferPointer { offsets in
            guard let g = gates.baseAddress, let b = offsets.baseAddress else { return }
            unsafe cvectormath_softmax_relative(
              scores, g + head * rows + first, b + head * (2 * rows - 1) + rows - 1 - first, count, rows, rows)
          }
        }
      } else {
        unsafe cvectormath_softmax(scores, count, rows, rows)
      }
      unsafe Product(
        rows: count, columns: width, inner: rows, a: scores, aStride: rows, b: projected + 2 * dimension + column,
        bStride: stride, transposed: false, beta: 0, c: mixed + first * dimension + column, cStride: dimension
      ).run()
    }
  }
}
