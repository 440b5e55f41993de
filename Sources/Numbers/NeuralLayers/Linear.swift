import LinearAlgebra
import Vocabulary

/// y = x Wᵀ + b over rows, with W `[outputs, inputs]` and b `[outputs]`.
public struct Linear: Sendable {
  public let inputs: Int
  public let outputs: Int
  /// Row-major `[outputs, inputs]`; empty where products are in bfloat16.
  public let weight: [Float]
  public let bias: [Float]
  private let brain: BrainMatrix?

  /// With `precision` bfloat16 the weights are rounded once here, the rows at every product.
  public init(inputs: Int, outputs: Int, weight: [Float], bias: [Float], precision: Precision = .float32) {
    precondition(weight.count == inputs * outputs && bias.count == outputs, "shapes differ")
    self.inputs = inputs
    self.outputs = outputs
    self.bias = bias
    brain = precision == .bfloat16 ? BrainMatrix(weight, outputs: outputs, inner: inputs) : nil
    self.weight = brain == nil ? weight : []
  }

  /// y = x Wᵀ for the first `rows` rows of x, without the bias, which the caller fuses with what follows.
  public func multiply(_ x: [Float], rows: Int, into y: inout [Float]) {
    if let brain {
      brain.multiply(x, SingleView(stride: inputs), rows: rows, into: &y, SingleView(stride: outputs))
      return
    }
    SingleMultiply.multiply(
      rows: rows, columns: outputs, inner: inputs, x, as: SingleView(stride: inputs), by: weight,
      as: SingleView(stride: inputs),
      into: &y, as: SingleView(stride: outputs))
  }

  /// y = x Wᵀ + b.
  public func apply(_ x: [Float], rows: Int, into y: inout [Float]) {
    multiply(x, rows: rows, into: &y)
    VectorMath.addBias(&y, bias: bias, rows: rows)
  }
}

/// Layer normalisation over a row's channels: (x - mean) / √(variance + ε) · gain + bias (Ba et al. 2016).
public struct LayerNorm: Sendable {
  public let gain: [Float]
  public let bias: [Float]
  public let epsilon: Float

  public init(gain: [Float], bias: [Float], epsilon: Float) {
    precondition(gain.count == bias.count, "gain and bias differ in length")
    self.gain = gain
    self.bias = bias
    self.epsilon = epsilon
  }

  /// In place, on `rows` rows from `offset`.
  public func apply(_ x: inout [Float], offset: Int = 0, rows: Int) {
    VectorMath.layerNorm(&x, offset: offset, gain: gain, bias: bias, epsilon: epsilon, rows: rows)
  }

  /// Into another array; both begin at index 0.
  public func apply(_ x: [Float], rows: Int, into y: inout [Float]) {
    VectorMath.layerNorm(x, into: &y, gain: gain, bias: bias, epsilon: epsilon, rows: rows)
  }
}
