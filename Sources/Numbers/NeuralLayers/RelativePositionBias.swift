import Foundation
import LinearAlgebra

/// WavLM's bias of attention by relative position (Chen et al. 2022): B[h, i, j] = table[bucket(j - i), h], with exact
/// buckets for near positions and logarithmic ones behind (Raffel et al. 2020).
///
/// B depends on j - i alone, so that 2 rows - 1 numbers per head stand for rows² of them.
public struct RelativePositionBias: Sendable {
  public let buckets: Int
  public let distance: Int
  public let heads: Int
  private let table: [Float]

  /// `table` is `[buckets, heads]`; from `distance` on, all positions share the last bucket of their direction.
  public init(buckets: Int, distance: Int, heads: Int, table: [Float]) {
    precondition(buckets >= 4 && distance > buckets / 4 && table.count == buckets * heads, "shapes differ")
    self.buckets = buckets
    self.distance = distance
    self.heads = heads
    self.table = table
  }

  /// The bucket of offset j - i: with n = buckets / 2 and e = n / 2, |d| for |d| < e, otherwise
  /// min(n - 1, e + ⌊log(|d| / e) / log(distance / e) (n - e)⌋), and n more where d > 0.
  ///
  /// Computed in float32 like the reference, so that no offset at a bucket's edge falls to the other side.
  public static func bucket(_ offset: Int, buckets: Int, distance: Int) -> Int {
    let n = buckets / 2
    let exact = n / 2
    let d = abs(offset)
    let side = offset > 0 ? n : 0
    if d < exact { return side + d }
    let share = logf(Float(d) / Float(exact)) / Float(log(Double(distance) / Double(exact)))
    return side + min(n - 1, Int(Float(exact) + share * Float(n - exact)))
  }

  /// `[heads, 2 rows - 1]`: the bias of offset d = j - i at index rows - 1 + d.
  public func offsets(rows: Int) -> [Float] {
    let width = 2 * rows - 1
    var bias = [Float](repeating: 0, count: heads * width)
    for d in 0..<width {
      let bucket = Self.bucket(d - (rows - 1), buckets: buckets, distance: distance)
      for head in 0..<heads { bias[head * width + d] = table[bucket * heads + head] }
    }
    return bias
  }
}

/// What scales WavLM's position bias in one layer, per head and row: with (a, b) = σ of the sums over each half of
/// `projection` of the head's part of the layer's input, gate = a (b c - 1) + 2.
public struct RelativePositionGate: Sendable {
  public let width: Int
  public let heads: Int
  private let projection: Linear
  private let constants: [Float]

  /// `projection` maps a head's part of the input to 8 numbers; `constants` has one c per head.
  public init(projection: Linear, constants: [Float]) {
    precondition(projection.outputs % 2 == 0, "the projection's outputs do not halve")
    width = projection.inputs
    heads = constants.count
    self.constants = constants
    // The sum of four maps is the map of the summed weights.
    let half = projection.outputs / 2
    var weight = [Float](repeating: 0, count: 2 * projection.inputs)
    var bias: [Float] = [0, 0]
    for k in 0..<projection.outputs {
      for i in 0..<projection.inputs {
        weight[k / half * projection.inputs + i] += projection.weight[k * projection.inputs + i]
      }
      bias[k / half] += projection.bias[k]
    }
    self.projection = Linear(inputs: projection.inputs, outputs: 2, weight: weight, bias: bias)
  }

  /// Writes `[heads, rows]` for x `[rows, heads width]`.
  func apply(_ x: [Float], rows: Int, into gates: inout [Float]) {
    let count = rows * heads
    if gates.count < count { gates = [Float](repeating: 0, count: count) }
    var parts = [Float](repeating: 0, count: 2 * count)
    projection.apply(x, rows: count, into: &parts)
    for i in parts.indices { parts[i] = -parts[i] }
    let exponentials = VectorMath.exp(parts)
    for row in 0..<rows {
      for head in 0..<heads {
        let at = 2 * (row * heads + head)
        let (a, b) = (1 / (1 + exponentials[at]), 1 / (1 + exponentials[at + 1]))
        gates[head * rows + row] = a * (b * constants[head] - 1) + 2
      }
    }
  }
}
