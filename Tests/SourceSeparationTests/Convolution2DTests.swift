import LinearAlgebra
import NeuralLayers
import Testing

/// Convolutions against the sum that defines them, in float64.
struct Convolution2DTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var size: (Int, Int)
    var channels: (Int, Int)
    var kernel: (Int, Int)
    var stride = (1, 1)
    var dilation = (1, 1)

    var testDescription: String { "\(size) \(channels) kernel \(kernel) stride \(stride) dilation \(dilation)" }
  }

  static let cases = [
    Case(size: (6, 10), channels: (2, 16), kernel: (5, 5), stride: (2, 2)),
    Case(size: (7, 19), channels: (3, 33), kernel: (3, 3)),
    Case(size: (40, 9), channels: (1, 64), kernel: (3, 3)),
    Case(size: (9, 31), channels: (4, 47), kernel: (1, 4), stride: (1, 3)),
    Case(size: (16, 16), channels: (1, 2), kernel: (4, 4), dilation: (2, 2)),
    Case(size: (11, 8), channels: (5, 7), kernel: (3, 2), stride: (3, 1), dilation: (1, 3)),
  ]

  static func numbers(_ count: Int, seed: UInt64) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(Int64(bitPattern: state) >> 40) / Float(1 << 23)
    }
  }

  static func convolve(_ x: [Float], _ w: [Float], bias: [Float], case c: Case, border pad: ImageBorder) -> [Double] {
    let (height, width) = c.size
    let (inputs, outputs) = c.channels
    let rows = (height + pad.top + pad.bottom - (c.kernel.0 - 1) * c.dilation.0 - 1) / c.stride.0 + 1
    let columns = (width + pad.left + pad.right - (c.kernel.1 - 1) * c.dilation.1 - 1) / c.stride.1 + 1
    var y: [Double] = []
    for r in 0..<rows {
      for column in 0..<columns {
        var sums = bias.map { Double($0) }
        for i in 0..<c.kernel.0 {
          for j in 0..<c.kernel.1 {
            let a = r * c.stride.0 + i * c.dilation.0 - pad.top
            let b = column * c.stride.1 + j * c.dilation.1 - pad.left
            guard a >= 0, a < height, b >= 0, b < width else { continue }
            for k in 0..<inputs {
              let value = Double(x[(a * width + b) * inputs + k])
              for o in 0..<outputs {
                sums[o] += value * Double(w[((i * c.kernel.1 + j) * inputs + k) * outputs + o])
              }
            }
          }
        }
        y += sums
      }
    }
    return y
  }

  @Test(arguments: cases)
  func `a convolution is the sum that defines it, with padding on every side`(_ c: Case) {
    let length = c.kernel.0 * c.kernel.1 * c.channels.0
    let weight = Self.numbers(length * c.channels.1, seed: 1)
    let bias = Self.numbers(c.channels.1, seed: 2)
    let dense = Self.numbers(c.size.0 * c.size.1 * c.channels.0, seed: 3)
    let layer = Convolution2D(
      inputs: c.channels.0, outputs: c.channels.1, kernel: c.kernel, stride: c.stride, dilation: c.dilation,
      weight: weight, bias: bias)
    let same = layer.samePadding(height: c.size.0, width: c.size.1)
    for padding in [same, ImageBorder(top: 2, bottom: 1, left: 0, right: 3)] {
      let border = ImageBorder(
        top: padding.top + 1, bottom: padding.bottom, left: padding.left + 2, right: padding.right + 1)
      let x = FeatureMap(height: c.size.0, width: c.size.1, channels: c.channels.0, border: border, dense: dense)
      let size = layer.outputSize(height: c.size.0, width: c.size.1, padding: padding)
      // The results stand behind three other channels and inside a border, both of which stay zero.
      var y = FeatureMap(
        height: size.height, width: size.width, channels: c.channels.1 + 4, border: ImageBorder(top: 1, right: 2))
      layer.apply(x, padding: padding, into: &y, firstChannel: 3)
      let expected = Self.convolve(dense, weight, bias: bias, case: c, border: padding)
      let wide = c.channels.1 + 4
      let got = y.dense
      for i in expected.indices {
        // Sums of at most 100 products of numbers below 1 in float32.
        #expect(abs(Double(got[i / c.channels.1 * wide + 3 + i % c.channels.1]) - expected[i]) < 2e-5)
      }
      let outside = y.values.indices.reduce(Float(0)) { sum, i in
        (3..<3 + c.channels.1).contains(i % wide) ? sum : sum + abs(y.values[i])
      }
      #expect(outside == 0)
      #expect(y.values[0..<y.rowStep].allSatisfy { $0 == 0 }, "the border is left alone")
    }
    let same2 = layer.outputSize(height: c.size.0, width: c.size.1, padding: same)
    #expect(same2.height == (c.size.0 + c.stride.0 - 1) / c.stride.0)
    #expect(same2.width == (c.size.1 + c.stride.1 - 1) / c.stride.1)
  }

  @Test func `the finishes are the rectifier, the scaling after it and the leaky branch`() {
    let layer = Convolution2D(
      inputs: 2, outputs: 20, kernel: (3, 3), weight: Self.numbers(360, seed: 4), bias: Self.numbers(20, seed: 5))
    let pad = layer.samePadding(height: 5, width: 7)
    let x = FeatureMap(height: 5, width: 7, channels: 2, border: pad, dense: Self.numbers(70, seed: 6))
    let (scale, shift) = (Self.numbers(20, seed: 7), Self.numbers(20, seed: 8))
    var raw = FeatureMap(height: 5, width: 7, channels: 20)
    var other = raw
    layer.apply(x, padding: pad, into: &raw)
    layer.apply(x, padding: pad, .rectified, into: &other)
    #expect(other.dense == raw.dense.map { max($0, 0) })
    layer.apply(x, padding: pad, .rectifiedThenScaled(scale: scale, shift: shift), into: &other)
    for (i, value) in raw.dense.enumerated() {
      #expect(abs(other.dense[i] - (max(value, 0) * scale[i % 20] + shift[i % 20])) < 1e-6)
    }
    var again = FeatureMap(height: 5, width: 7, channels: 20)
    layer.apply(x, padding: pad, into: &again, LeakyBranch(scale: scale, shift: shift, slope: 0.2), into: &other)
    #expect(again.dense == raw.dense)
    for (i, value) in raw.dense.enumerated() {
      let z = value * scale[i % 20] + shift[i % 20]
      #expect(abs(other.dense[i] - (z < 0 ? 0.2 * z : z)) < 1e-6)
    }
  }

  @Test func `a convolution gives the same bits on one and on several threads`() {
    let layer = Convolution2D(
      inputs: 16, outputs: 64, kernel: (3, 3), weight: Self.numbers(9216, seed: 9), bias: Self.numbers(64, seed: 10))
    let pad = layer.samePadding(height: 33, width: 21)
    let x = FeatureMap(height: 33, width: 21, channels: 16, border: pad, dense: Self.numbers(33 * 21 * 16, seed: 11))
    let before = BLASThreads.current
    defer { BLASThreads.set(before) }
    var results: [[Float]] = []
    for threads in [1, 2, 3] {
      BLASThreads.set(threads)
      var y = FeatureMap(height: 33, width: 21, channels: 64)
      layer.apply(x, padding: pad, into: &y)
      results.append(y.values)
    }
    #expect(results[0] == results[1] && results[1] == results[2])
  }

  @Test func `pooling takes the largest of every two by two block and leaves an odd edge out`() {
    let dense = Self.numbers(5 * 7 * 3, seed: 12)
    let x = FeatureMap(height: 5, width: 7, channels: 3, border: ImageBorder(top: 1, left: 2), dense: dense)
    var y = FeatureMap(height: 2, width: 3, channels: 3)
    MaximumPooling2D.apply(x, into: &y)
    for r in 0..<2 {
      for c in 0..<3 {
        for k in 0..<3 {
          let block = [(0, 0), (0, 1), (1, 0), (1, 1)].map { dense[((2 * r + $0.0) * 7 + 2 * c + $0.1) * 3 + k] }
          #expect(y.dense[(r * 3 + c) * 3 + k] == block.max())
        }
      }
    }
  }

  @Test func `weights of PyTorch are turned into rows, columns, inputs, outputs`() {
    let turned = Convolution2D.weight(
      fromPyTorch: (0..<24).map { Float($0) }, outputs: 2, inputs: 3, height: 2, width: 2)
    // w[o, i, y, x] = 12 o + 4 i + 2 y + x.
    let tapTwoInputTwoOutputOne = (2 * 3 + 2) * 2 + 1
    #expect(turned[tapTwoInputTwoOutputOne] == 22)
    #expect(turned[0...1] == [0, 12])
  }
}
