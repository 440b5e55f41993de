import LinearAlgebra
import Vocabulary

/// A strided convolution over time without padding: y[f, o] = b[o] + Σ_{t,i} w[o, i, t] x[f·stride + t, i].
///
/// Time-major rows need no copy: the taps of one frame that fit into a stride are neighbouring numbers, so the sum is
/// ⌈kernel / stride⌉ matrix products over overlapping-free views of x.
public struct StridedConvolution: Sendable {
  public let inputs: Int
  public let outputs: Int
  public let kernel: Int
  public let stride: Int
  public let bias: [Float]
  /// `[outputs, kernel, inputs]`; empty where products are in bfloat16.
  private let weight: [Float]
  private let brain: BrainMatrix?

  /// `weight` is `[outputs, inputs, kernel]` as in PyTorch's Conv1d; `bias` may be all zero.
  public init(
    inputs: Int, outputs: Int, kernel: Int, stride: Int, weight: [Float], bias: [Float],
    precision: Precision = .float32
  ) {
    precondition(weight.count == inputs * outputs * kernel && bias.count == outputs, "shapes differ")
    self.inputs = inputs
    self.outputs = outputs
    self.kernel = kernel
    self.stride = stride
    self.bias = bias
    var taps = [Float](repeating: 0, count: weight.count)
    for o in 0..<outputs {
      for i in 0..<inputs {
        for t in 0..<kernel { taps[(o * kernel + t) * inputs + i] = weight[(o * inputs + i) * kernel + t] }
      }
    }
    brain = precision == .bfloat16 ? BrainMatrix(taps, outputs: outputs, inner: kernel * inputs) : nil
    self.weight = brain == nil ? taps : []
  }

  /// Frames a row count gives: ⌊(rows - kernel) / stride⌋ + 1, or none.
  public func frames(_ rows: Int) -> Int { rows < kernel ? 0 : (rows - kernel) / stride + 1 }

  /// Writes `frames` frames without bias to y from `yOffset`; frame 0 begins at row `firstRow` of x.
  public func multiply(_ x: [Float], firstRow: Int, frames: Int, into y: inout [Float], yOffset: Int) {
    if let brain {
      brain.multiply(
        x, SingleView(offset: firstRow * inputs, stride: stride * inputs), rows: frames, into: &y,
        SingleView(offset: yOffset, stride: outputs))
      return
    }
    var tap = 0
    while tap < kernel {
      let taps = min(stride, kernel - tap)
      SingleMultiply.multiply(
        rows: frames, columns: outputs, inner: taps * inputs, x,
        as: SingleView(offset: (firstRow + tap) * inputs, stride: stride * inputs), by: weight,
        as: SingleView(offset: tap * inputs, stride: kernel * inputs), beta: tap == 0 ? 0 : 1, into: &y,
        as: SingleView(offset: yOffset, stride: outputs))
      tap += taps
    }
  }
}

/// A strided convolution of one channel: y[f, o] = b[o] + Σ_t w[o, t] x[f·stride + t].
public struct MonoConvolution: Sendable {
  public let outputs: Int
  public let kernel: Int
  public let stride: Int
  /// `[kernel, outputs]`.
  public let weight: [Float]
  public let bias: [Float]

  /// `weight` is `[outputs, 1, kernel]` as in PyTorch's Conv1d.
  public init(outputs: Int, kernel: Int, stride: Int, weight: [Float], bias: [Float]) {
    precondition(weight.count == outputs * kernel && bias.count == outputs, "shapes differ")
    self.outputs = outputs
    self.kernel = kernel
    self.stride = stride
    self.bias = bias
    var taps = [Float](repeating: 0, count: weight.count)
    for o in 0..<outputs {
      for t in 0..<kernel { taps[t * outputs + o] = weight[o * kernel + t] }
    }
    self.weight = taps
  }

  private init(like other: MonoConvolution, weight: [Float], bias: [Float]) {
    outputs = other.outputs
    kernel = other.kernel
    stride = other.stride
    self.weight = weight
    self.bias = bias
  }

  /// Frames a sample count gives.
  public func frames(_ samples: Int) -> Int { samples < kernel ? 0 : (samples - kernel) / stride + 1 }

  /// Writes `frames` frames with bias to the start of y; frame 0 begins at sample `start`.
  public func apply(_ x: [Float], start: Int, frames: Int, into y: inout [Float]) {
    VectorMath.convolveMono(
      x, start: start, weight: weight, bias: bias, taps: kernel, step: stride, frames: frames, into: &y)
  }

  /// The convolution followed by normalising each output channel over all `frames` frames of x, as one convolution.
  ///
  /// A channel is y = w·u + b over the windows u of x, so its mean is w·ū + b and its variance wᵀ Σ w with the windows'
  /// covariance Σ: the normalisation (Wu & He 2018, one channel a group) needs no pass over the outputs.
  public func normalisedOverTime(
    _ x: [Float], frames: Int, gain: [Float], shift: [Float], epsilon: Double
  ) -> MonoConvolution {
    let (mean, covariance) = windowMoments(x, frames: frames)
    var newWeight = weight
    var newBias = bias
    for o in 0..<outputs {
      let w = (0..<kernel).map { Double(weight[$0 * outputs + o]) }
      var variance = 0.0
      var level = 0.0
      for t in 0..<kernel {
        level += w[t] * mean[t]
        for u in 0..<kernel { variance += w[t] * covariance[t * kernel + u] * w[u] }
      }
      let scale = Double(gain[o]) / (max(variance, 0) + epsilon).squareRoot()
      for t in 0..<kernel { newWeight[t * outputs + o] = Float(w[t] * scale) }
      newBias[o] = Float(Double(shift[o]) - level * scale)
    }
    return MonoConvolution(like: self, weight: newWeight, bias: newBias)
  }

  /// Mean `[kernel]` and population covariance `[kernel, kernel]` of the windows of x that the frames see.
  private func windowMoments(_ x: [Float], frames: Int) -> (mean: [Double], covariance: [Double]) {
    precondition(frames > 0 && (frames - 1) * stride + kernel <= x.count, "out of range")
    let n = Double(frames)
    var mean = [Double](repeating: 0, count: kernel)
    for f in 0..<frames {
      for t in 0..<kernel { mean[t] += Double(x[f * stride + t]) }
    }
    for t in 0..<kernel { mean[t] /= n }
    var covariance = [Double](repeating: 0, count: kernel * kernel)
    var window = [Double](repeating: 0, count: kernel)
    for f in 0..<frames {
      for t in 0..<kernel { window[t] = Double(x[f * stride + t]) - mean[t] }
      for t in 0..<kernel {
        let value = window[t]
        for u in 0..<kernel { covariance[t * kernel + u] += value * window[u] }
      }
    }
    for i in covariance.indices { covariance[i] /= n }
    return (mean, covariance)
  }
}
