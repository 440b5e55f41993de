import Foundation
import LinearAlgebra
import NeuralLayers
import Testing

/// WavLM's gated relative position bias against its definition.
@Suite struct RelativePositionTests {
  private func values(_ count: Int, seed: UInt64) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 23) - 1
    }
  }

  @Test(
    "offsets fall into the buckets of the paper's settings",
    arguments: [(-1000, 159), (-80, 80), (-1, 1), (0, 0), (1, 161), (79, 239), (80, 240), (800, 319)])
  func vector(offset: Int, bucket: Int) {
    #expect(RelativePositionBias.bucket(offset, buckets: 320, distance: 800) == bucket)
  }

  /// FNV-1a over the buckets of the offsets -3000...3000 as transformers 5.23 computes them.
  @Test(
    "every offset up to a minute of frames falls into the reference implementation's bucket",
    arguments: [
      (320, 800, 11_343_986_542_056_761_185 as UInt64), (32, 80, 14_168_385_890_301_285_169),
      (32, 128, 14_837_483_087_367_901_009), (64, 1000, 12_215_789_971_369_009_321),
    ])
  func everyOffset(buckets: Int, distance: Int, hash: UInt64) {
    var found: UInt64 = 1_469_598_103_934_665_603
    for offset in -3000...3000 {
      let bucket = RelativePositionBias.bucket(offset, buckets: buckets, distance: distance)
      found = (found ^ UInt64(bucket)) &* 1_099_511_628_211
    }
    #expect(found == hash)
  }

  @Test("gated attention equals its definition in float64, over more rows than one block", arguments: [1, 7, 300])
  func attention(rows: Int) {
    let (heads, width) = (3, 8)
    let dimension = heads * width
    func linear(_ inputs: Int, _ outputs: Int, _ seed: UInt64) -> Linear {
      Linear(
        inputs: inputs, outputs: outputs, weight: values(inputs * outputs, seed: seed),
        bias: values(outputs, seed: seed + 1))
    }
    let (query, key, value) = (linear(dimension, dimension, 1), linear(dimension, dimension, 3), linear(24, 24, 5))
    let output = linear(dimension, dimension, 7)
    let (gate, constants) = (linear(width, 8, 9), values(heads, seed: 11))
    let table = values(32 * heads, seed: 12)
    let x = values(rows * dimension, seed: 13)

    let positions = RelativePositionBias(buckets: 32, distance: 80, heads: heads, table: table)
    let attention = SelfAttention(
      heads: heads, query: query, key: key, value: value, output: output,
      gate: RelativePositionGate(projection: gate, constants: constants))
    var workspace = SelfAttention.Workspace()
    workspace.prepare(positions, rows: rows)
    var y = [Float](repeating: .nan, count: rows * dimension)
    attention.multiply(x, rows: rows, into: &y, &workspace)

    func apply(_ map: Linear, _ row: [Double]) -> [Double] {
      (0..<map.outputs).map { o in
        (0..<map.inputs).reduce(Double(map.bias[o])) { $0 + Double(map.weight[o * map.inputs + $1]) * row[$1] }
      }
    }
    let inputs = (0..<rows).map { r in (0..<dimension).map { Double(x[r * dimension + $0]) } }
    let (q, k, v) = (inputs.map { apply(query, $0) }, inputs.map { apply(key, $0) }, inputs.map { apply(value, $0) })
    for i in [0, rows / 2, rows - 1] {
      var mixed = [Double](repeating: 0, count: dimension)
      for h in 0..<heads {
        let part = h * width..<(h + 1) * width
        let z = apply(gate, Array(inputs[i][part])).map { $0 }
        let a = 1 / (1 + exp(-z[0..<4].reduce(0, +)))
        let b = 1 / (1 + exp(-z[4..<8].reduce(0, +)))
        let scale = a * (b * Double(constants[h]) - 1) + 2
        let logits = (0..<rows).map { j in
          let product = part.reduce(0.0) { $0 + q[i][$1] * k[j][$1] } / Double(width).squareRoot()
          let bucket = RelativePositionBias.bucket(j - i, buckets: 32, distance: 80)
          return product + scale * Double(table[bucket * heads + h])
        }
        let top = logits.max() ?? 0
        let weights = logits.map { exp($0 - top) }
        let sum = weights.reduce(0, +)
        for c in part { mixed[c] = (0..<rows).reduce(0.0) { $0 + weights[$1] / sum * v[$1][c] } }
      }
      for o in 0..<dimension {
        let expected = (0..<dimension).reduce(0.0) { $0 + Double(output.weight[o * dimension + $1]) * mixed[$1] }
        // float32 sums of at most 300 terms of order one
        #expect(abs(Double(y[i * dimension + o]) - expected) < 1e-4, "row \(i) of \(rows)")
      }
    }
  }
}
