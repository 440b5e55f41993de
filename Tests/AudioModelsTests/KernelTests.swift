import Foundation
import LinearAlgebra
import NeuralLayers
import Testing

/// The float32 kernels against plain float64 loops.
@Suite struct KernelTests {
  private func values(_ count: Int, scale: Float = 1, seed: UInt64 = 3) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return (Float(state >> 40) / Float(1 << 23) - 1) * scale
    }
  }

  @Test("erf, exp and GELU equal libm in float64 over their whole range")
  func functions() {
    let x = stride(from: Float(-12), through: 12, by: 0.0007).map { $0 }
    let erfs = VectorMath.erf(x)
    var gelus = x
    VectorMath.gelu(&gelus, 0..<x.count)
    for i in x.indices {
      let v = Double(x[i])
      #expect(abs(Double(erfs[i]) - Foundation.erf(v)) < 5e-7)
      // 0.5 x carries erf's error.
      #expect(abs(Double(gelus[i]) - 0.5 * v * (1 + Foundation.erf(v / 2.0.squareRoot()))) < 3e-7 * max(1, abs(v)))
    }
    let wide = stride(from: Float(-86), through: 87, by: 0.013).map { $0 }
    for (a, b) in zip(VectorMath.exp(wide), wide) { #expect(abs(Double(a) / Foundation.exp(Double(b)) - 1) < 2e-7) }
    #expect(VectorMath.exp([-1000, 0, 1]) == [VectorMath.exp([-87])[0], 1, VectorMath.exp([1])[0]])
    #expect(VectorMath.erf([.nan])[0].isNaN && VectorMath.erf([.infinity])[0] == VectorMath.erf([4])[0])
  }

  @Test("row kernels equal float64 at widths around the 16 lanes", arguments: [1, 5, 15, 16, 17, 33, 768])
  func rows(width: Int) {
    let rows = 3
    let x = values(rows * width, scale: 4)
    let gain = values(width, seed: 5)
    let bias = values(width, seed: 6)
    var normed = x
    VectorMath.layerNorm(&normed, gain: gain, bias: bias, epsilon: 1e-5, rows: rows)
    var softened = x
    VectorMath.softmax(&softened, SingleView(stride: width), rows: rows, columns: width)
    var biased = x
    VectorMath.addBiasThenGELU(&biased, bias: bias, rows: rows)
    for r in 0..<rows {
      let row = (0..<width).map { Double(x[r * width + $0]) }
      let mean = row.reduce(0, +) / Double(width)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
      let total = row.reduce(0) { $0 + Foundation.exp($1) }
      for c in 0..<width {
        let norm = (row[c] - mean) / (variance + 1e-5).squareRoot() * Double(gain[c]) + Double(bias[c])
        #expect(abs(Double(normed[r * width + c]) - norm) < 1e-5)
        #expect(abs(Double(softened[r * width + c]) - Foundation.exp(row[c]) / total) < 1e-6)
        let v = row[c] + Double(bias[c])
        let gelu = 0.5 * v * (1 + Foundation.erf(v / 2.0.squareRoot()))
        #expect(abs(Double(biased[r * width + c]) - gelu) < 2e-6)
      }
    }
  }

  @Test("softmax of huge scores stays finite and sums to one; NaN stays in its row")
  func softmaxRange() {
    var x: [Float] = [1e4, -1e4, 1e4, 0, .nan, 1, 2, 3]
    VectorMath.softmax(&x, SingleView(stride: 4), rows: 2, columns: 4)
    #expect(abs(x[0] - 0.5) < 1e-6 && x[1] < 1e-30 && abs(x[2] - 0.5) < 1e-6 && x[4...7].contains { $0.isNaN })
  }

  @Test("a strided convolution equals the sum over its taps", arguments: [(10, 5), (3, 2), (2, 2), (5, 1), (4, 4)])
  func convolution(kernel: Int, stride: Int) {
    let (inputs, outputs, rows) = (6, 5, 57)
    let x = values(rows * inputs)
    let weight = values(outputs * inputs * kernel, seed: 8)
    let layer = StridedConvolution(
      inputs: inputs, outputs: outputs, kernel: kernel, stride: stride, weight: weight,
      bias: [Float](repeating: 0, count: outputs))
    let frames = layer.frames(rows)
    #expect(frames == (rows - kernel) / stride + 1 && layer.frames(kernel - 1) == 0)
    var y = [Float](repeating: .nan, count: frames * outputs)
    layer.multiply(x, firstRow: 0, frames: frames, into: &y, yOffset: 0)
    for f in 0..<frames {
      for o in 0..<outputs {
        var sum = 0.0
        for t in 0..<kernel {
          for i in 0..<inputs {
            sum += Double(weight[(o * inputs + i) * kernel + t]) * Double(x[(f * stride + t) * inputs + i])
          }
        }
        #expect(abs(Double(y[f * outputs + o]) - sum) < 1e-5)
      }
    }
  }

  @Test("a convolution normalised over time has mean shift and deviation gain in every channel")
  func normalisedConvolution() {
    let (outputs, kernel, stride) = (70, 10, 5)
    let x = values(4000).enumerated().map { $1 + Float(sin(Double($0) / 9)) }
    let layer = MonoConvolution(
      outputs: outputs, kernel: kernel, stride: stride, weight: values(outputs * kernel, seed: 11),
      bias: values(outputs, seed: 12))
    let frames = layer.frames(x.count)
    let gain = values(outputs, seed: 13).map { abs($0) + 0.1 }
    let shift = values(outputs, seed: 14)
    let normalised = layer.normalisedOverTime(x, frames: frames, gain: gain, shift: shift, epsilon: 1e-5)
    var y = [Float](repeating: .nan, count: frames * outputs)
    normalised.apply(x, start: 0, frames: frames, into: &y)
    for o in 0..<outputs {
      let column = (0..<frames).map { Double(y[$0 * outputs + o]) }
      let mean = column.reduce(0, +) / Double(frames)
      let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(frames)
      #expect(abs(mean - Double(shift[o])) < 1e-5)
      #expect(abs(variance.squareRoot() - Double(gain[o])) < 1e-4)
    }
  }

  @Test(
    "the positional convolution equals the sum over taps and group, for even and odd kernels",
    arguments: [15, 16, 37, 128])
  func positional(kernel: Int) {
    let (channels, groups, rows) = (12, 3, 40)
    let width = channels / groups
    let x = values(rows * channels)
    let weight = values(channels * width * kernel, seed: 21)
    let layer = PositionalConvolution(
      channels: channels, groups: groups, kernel: kernel, weight: weight,
      bias: [Float](repeating: 0, count: channels))
    var y = [Float](repeating: .nan, count: rows * channels)
    var workspace = PositionalConvolution.Workspace()
    layer.multiply(x, rows: rows, into: &y, &workspace)
    for t in 0..<rows {
      for o in 0..<channels {
        var sum = 0.0
        for j in 0..<kernel where (0..<rows).contains(t + j - kernel / 2) {
          for i in 0..<width {
            let input = x[(t + j - kernel / 2) * channels + o / width * width + i]
            sum += Double(weight[(o * width + i) * kernel + j]) * Double(input)
          }
        }
        #expect(abs(Double(y[t * channels + o]) - sum) < 1e-4)
      }
    }
  }

  @Test("weight norm gives each tap the length of its gain")
  func weightNorm() {
    let gain = values(16, seed: 31)
    let weight = PositionalConvolution.weightNorm(gain: gain, direction: values(8 * 4 * 16, seed: 32))
    for t in 0..<16 {
      let square = stride(from: t, to: weight.count, by: 16).reduce(0.0) {
        $0 + Double(weight[$1]) * Double(weight[$1])
      }
      #expect(abs(square.squareRoot() - Double(abs(gain[t]))) < 1e-6)
    }
  }

  @Test("sums over rows are exact in float64")
  func sums() {
    let x = values(7 * 19)
    var sum = [Double](repeating: 1, count: 19)
    var (other, squares) = (sum, sum)
    VectorMath.accumulate(&sum, x, offset: 19, rows: 6)
    VectorMath.accumulate(&other, squares: &squares, x, offset: 19, rows: 6)
    for c in 0..<19 {
      let column = (1..<7).map { Double(x[$0 * 19 + c]) }
      #expect(abs(sum[c] - column.reduce(1, +)) < 1e-12 && other[c] == sum[c])
      #expect(abs(squares[c] - column.reduce(1) { $0 + $1 * $1 }) < 1e-12)
    }
  }

  @Test("products over strided views equal float64, accumulated or not, transposed or not")
  func multiply() {
    let (m, n, k) = (5, 7, 9)
    let a = values(200, seed: 41)
    let b = values(200, seed: 42)
    for transposed in [true, false] {
      var c = [Float](repeating: 2, count: 100)
      let av = SingleView(offset: 3, stride: 11)
      let bv = SingleView(offset: 2, stride: 13)
      let cv = SingleView(offset: 4, stride: 10)
      SingleMultiply.multiply(
        rows: m, columns: n, inner: k, a, as: av, by: b, as: bv, transposed: transposed, beta: 0.5, into: &c, as: cv)
      for i in 0..<m {
        for j in 0..<n {
          let sum = (0..<k).reduce(1.0) { sum, l in
            let other = transposed ? b[2 + j * 13 + l] : b[2 + l * 13 + j]
            return sum + Double(a[3 + i * 11 + l]) * Double(other)
          }
          #expect(abs(Double(c[4 + i * 10 + j]) - sum) < 1e-5)
        }
      }
      #expect(c[0..<4].allSatisfy { $0 == 2 } && c[11..<14].allSatisfy { $0 == 2 })
    }
  }
}
