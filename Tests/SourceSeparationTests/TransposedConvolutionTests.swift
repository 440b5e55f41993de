import NeuralLayers
import Testing

@Suite struct TransposedConvolutionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var size: (Int, Int)
    var channels: (Int, Int)
    var kernel: Int
    var stride: Int
    /// Channels beside the result, which keep outputs of neighbouring columns apart.
    var beside = 0

    var testDescription: String { "\(size) \(channels) kernel \(kernel) stride \(stride) beside \(beside)" }
  }

  @Test(arguments: [
    Case(size: (4, 8), channels: (3, 5), kernel: 5, stride: 2),
    Case(size: (6, 16), channels: (7, 1), kernel: 5, stride: 2),
    Case(size: (6, 16), channels: (7, 1), kernel: 5, stride: 2, beside: 2),
    Case(size: (3, 6), channels: (4, 1), kernel: 5, stride: 2),
    Case(size: (5, 4), channels: (2, 33), kernel: 4, stride: 2),
    Case(size: (2, 3), channels: (2, 3), kernel: 7, stride: 3),
  ])
  func `a transposed convolution is the sum that defines it`(_ c: Case) {
    let (inputs, outputs) = c.channels
    let weight = Convolution2DTests.numbers(c.kernel * c.kernel * inputs * outputs, seed: 21)
    let bias = Convolution2DTests.numbers(outputs, seed: 22)
    let dense = Convolution2DTests.numbers(c.size.0 * c.size.1 * inputs, seed: 23)
    let layer = TransposedConvolution2D(
      inputs: inputs, outputs: outputs, kernel: c.kernel, stride: c.stride, weight: weight, bias: bias)
    let x = FeatureMap(
      height: c.size.0, width: c.size.1, channels: inputs, border: layer.border, dense: dense)
    let (rows, columns) = (c.stride * c.size.0, c.stride * c.size.1)
    let wide = outputs + c.beside
    var y = FeatureMap(height: rows, width: columns, channels: wide, border: ImageBorder(top: 1, left: 2))
    layer.apply(x, into: &y, firstChannel: c.beside)
    let before = (c.kernel - c.stride) / 2
    var expected = [Double](repeating: 0, count: rows * columns * outputs)
    for i in expected.indices { expected[i] = Double(bias[i % outputs]) }
    for m in 0..<c.size.0 {
      for n in 0..<c.size.1 {
        for i in 0..<c.kernel {
          for j in 0..<c.kernel {
            let (row, column) = (c.stride * m + i - before, c.stride * n + j - before)
            guard row >= 0, row < rows, column >= 0, column < columns else { continue }
            for o in 0..<outputs {
              for k in 0..<inputs {
                let w = Double(weight[((i * c.kernel + j) * outputs + o) * inputs + k])
                expected[(row * columns + column) * outputs + o] += w * Double(dense[(m * c.size.1 + n) * inputs + k])
              }
            }
          }
        }
      }
    }
    let found = y.dense
    for i in expected.indices {
      // At most 63 products of numbers below 1.
      #expect(abs(Double(found[i / outputs * wide + c.beside + i % outputs]) - expected[i]) < 1e-5)
    }
  }
}
