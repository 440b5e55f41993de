import AudioModels
import Foundation
import LinearAlgebra
import Testing

/// Work shared out to threads gives what one thread gives.
@Suite struct LanesTests {
  private func values(_ count: Int, seed: UInt64) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 23) - 1
    }
  }

  /// Products (tall, wide, with a stride and an accumulated C), elementwise kernels and attention, large enough to split.
  private func results() -> [[Float]] {
    let (rows, width) = (301, 200)
    var x = values(rows * width, seed: 1)
    let (gain, bias) = (values(width, seed: 2), values(width, seed: 3))
    var wide = values(rows * 333, seed: 4)
    SingleMultiply.multiply(
      rows: rows, columns: 333, inner: width, x, as: SingleView(stride: width), by: values(333 * width, seed: 5),
      as: SingleView(stride: width), beta: 0.5, into: &wide, as: SingleView(stride: 333))
    var tall = values(rows * 90, seed: 6)
    SingleMultiply.multiply(
      rows: rows - 1, columns: 70, inner: width, x, as: SingleView(offset: width, stride: width),
      by: values(width * 70, seed: 7), as: SingleView(stride: 70), transposed: false, into: &tall,
      as: SingleView(offset: 5, stride: 90))
    var normed = x
    VectorMath.layerNorm(x, into: &normed, gain: gain, bias: bias, epsilon: 1e-5, rows: rows)
    VectorMath.addBiasThenGELU(&normed, bias: bias, rows: rows)
    VectorMath.addBias(&normed, bias: gain, residual: x, rows: rows)
    VectorMath.scaleAndShift(&x, scale: gain, shift: bias, rows: rows)
    VectorMath.layerNorm(&x, gain: gain, bias: bias, epsilon: 1e-5, rows: rows)
    VectorMath.addBias(&x, bias: bias, rows: rows)
    VectorMath.gelu(&x, 7..<x.count - 3)
    VectorMath.add(&x, normed, count: x.count - 1)
    VectorMath.softmax(&x, SingleView(offset: 3, stride: width), rows: rows - 1, columns: width - 10)
    var sound = [Float](repeating: 0, count: 4000 * 24)
    VectorMath.convolveMono(
      values(5 * 4000 + 10, seed: 8), start: 2, weight: values(240, seed: 9), bias: values(24, seed: 10), taps: 10,
      step: 5, frames: 4000, into: &sound)
    var windows = [Float](repeating: 0, count: 310 * 16 * 10)
    VectorMath.gatherWindows(
      normed, rows: rows, columns: width, firstColumn: 20, width: 10, firstRow: -8, span: 16, count: 310,
      into: &windows)
    var mixed = [Float](repeating: 0, count: rows * 60)
    var scratch = [Float](repeating: 0, count: SingleAttention.scratchCount(rows: rows))
    SingleAttention.mix(
      values(rows * 180, seed: 11), rows: rows, heads: 5, width: 12,
      bias: .init(gates: values(5 * rows, seed: 12), bias: values(5 * (2 * rows - 1), seed: 13)), scratch: &scratch,
      into: &mixed)
    return [wide, tall, normed, x, sound, windows, mixed]
  }

  @Test("products, elementwise kernels and attention do not depend on the number of lanes", arguments: [2, 3, 8])
  func lanes(count: Int) {
    let one = results()
    for _ in 0..<20 {
      let several = Lanes.sharing(among: count) { results() }
      for (a, b) in zip(one, several) {
        // The order of a product's sum may change at the edge of a part; float32 sums of 200 terms.
        #expect(EncoderFixtures.largestDifference(a, b) < 2e-5)
      }
    }
  }

  @Test("threads that share at once, and work that is shared while the pool is busy, finish with the same numbers")
  func concurrently() async {
    let one = results()
    await withTaskGroup(of: Float.self) { group in
      for _ in 0..<6 {
        group.addTask {
          let several = Lanes.sharing(among: 4) { results() }
          return zip(one, several).map { EncoderFixtures.largestDifference($0, $1) }.max() ?? .infinity
        }
      }
      for await difference in group { #expect(difference < 2e-5) }
    }
  }

  @Test(
    "an encoder's layers do not depend on the number of lanes",
    arguments: ["hubert-large-tiny-random", "wavlm-tiny-random"])
  func encoder(name: String) throws {
    let encoder = try SpeechEncoder(folder: EncoderFixtures.encoder(name))
    let sound = EncoderFixtures.noise(seconds: 10)
    let keys = encoder.layers.map(\.key)
    let one = try Lanes.sharing(among: 1) { try EncoderFixtures.extract(encoder, sound, keys) }
    let four = try Lanes.sharing(among: 4) { try EncoderFixtures.extract(encoder, sound, keys) }
    for key in keys {
      #expect(EncoderFixtures.largestDifference(one[key, default: []], four[key, default: []]) < 1e-4, "\(key)")
    }
  }
}
