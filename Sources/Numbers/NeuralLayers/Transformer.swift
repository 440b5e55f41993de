import LinearAlgebra
import Vocabulary

/// Scaled dot-product self-attention with several heads (Vaswani et al. 2017), every row seeing every row:
/// softmax(Q Kᵀ / √d) V per head, heads side by side, then the output projection.
public struct SelfAttention: Sendable {
  public let dimension: Int
  public let heads: Int
  /// Query (scaled by d^-1/2), key and value projections one below the other, `[3 dimension, dimension]`.
  private let projections: Linear
  /// The output projection; its bias is added by the caller.
  public let output: Linear
  /// What scales the bias by relative position (WavLM), if there is one.
  private let gate: RelativePositionGate?

  /// Query, key and value are `[dimension, dimension]` maps in float32; their product is computed in `precision`, those
  /// of the scores and of the mixture in float32.
  public init(
    heads: Int, query: Linear, key: Linear, value: Linear, output: Linear, gate: RelativePositionGate? = nil,
    precision: Precision = .float32
  ) {
    let dimension = query.inputs
    precondition(heads > 0 && dimension % heads == 0, "dimension is not divisible by heads")
    precondition([query, key, value, output].allSatisfy { $0.inputs == dimension && $0.outputs == dimension })
    self.dimension = dimension
    self.heads = heads
    let scale = 1 / Float(dimension / heads).squareRoot()
    projections = Linear(
      inputs: dimension, outputs: 3 * dimension, weight: query.weight.map { $0 * scale } + key.weight + value.weight,
      bias: query.bias.map { $0 * scale } + key.bias + value.bias,
      precision: precision)
    self.output = output
    self.gate = gate
    precondition(gate.map { $0.heads == heads && $0.width == dimension / heads } ?? true, "the gate has another shape")
  }

  /// Buffers of one application, kept between chunks.
  public struct Workspace: Sendable {
    var projected: [Float] = []
    var scores: [Float] = []
    var mixed: [Float] = []
    /// `[heads, rows]`.
    var gates: [Float] = []
    /// The bias of every relative position, `[heads, 2 rows - 1]`; see `RelativePositionBias`.
    var bias: [Float] = []
    var biasRows = 0

    public init() {}

    /// Lays out the bias by relative position for inputs of `rows` rows; needed before an attention that has a gate.
    public mutating func prepare(_ positions: RelativePositionBias?, rows: Int) {
      guard let positions, biasRows != rows else { return }
      bias = positions.offsets(rows: rows)
      biasRows = rows
    }

    mutating func reserve(rows: Int, dimension: Int) {
      if projected.count < rows * 3 * dimension {
        projected = [Float](repeating: 0, count: rows * 3 * dimension)
        mixed = [Float](repeating: 0, count: rows * dimension)
      }
      let needed = SingleAttention.scratchCount(rows: rows)
      if scores.count < needed { scores = [Float](repeating: 0, count: needed) }
    }
  }

  /// y = attention of the first `rows` rows of x, without the output bias.
  public func multiply(_ x: [Float], rows: Int, into y: inout [Float], _ workspace: inout Workspace) {
    workspace.reserve(rows: rows, dimension: dimension)
    projections.apply(x, rows: rows, into: &workspace.projected)
    if let gate {
      precondition(workspace.biasRows == rows, "the bias was prepared for another number of rows")
      gate.apply(x, rows: rows, into: &workspace.gates)
    }
    SingleAttention.mix(
      workspace.projected, rows: rows, heads: heads, width: dimension / heads,
      bias: gate == nil ? nil : .init(gates: workspace.gates, bias: workspace.bias), scratch: &workspace.scores,
      into: &workspace.mixed)
    output.multiply(workspace.mixed, rows: rows, into: &y)
  }
}

/// One transformer layer with its normalisations before (stable) or after (post) its two parts.
public struct TransformerLayer: Sendable {
  public let attention: SelfAttention
  public let attentionNorm: LayerNorm
  public let intermediate: Linear
  public let output: Linear
  public let finalNorm: LayerNorm
  /// Pre-norm: h += attention(norm(h)); h += feedForward(norm(h)). Otherwise h = norm(h + ...).
  public let isPreNorm: Bool

  public init(
    attention: SelfAttention, attentionNorm: LayerNorm, intermediate: Linear, output: Linear, finalNorm: LayerNorm,
    isPreNorm: Bool
  ) {
    self.attention = attention
    self.attentionNorm = attentionNorm
    self.intermediate = intermediate
    self.output = output
    self.finalNorm = finalNorm
    self.isPreNorm = isPreNorm
  }

  /// Buffers of one application, kept between layers and chunks.
  public struct Workspace: Sendable {
    var attention = SelfAttention.Workspace()
    var normed: [Float] = []
    var part: [Float] = []
    var wide: [Float] = []

    public init() {}

    /// Lays out the bias by relative position for chunks of `rows` rows; needed before layers that have a gate.
    public mutating func prepare(_ bias: RelativePositionBias?, rows: Int) { attention.prepare(bias, rows: rows) }

    mutating func reserve(rows: Int, dimension: Int, wide width: Int) {
      if part.count < rows * dimension {
        part = [Float](repeating: 0, count: rows * dimension)
        normed = [Float](repeating: 0, count: rows * dimension)
      }
      if wide.count < rows * width { wide = [Float](repeating: 0, count: rows * width) }
    }
  }

  /// Replaces the first `rows` rows of h `[rows, dimension]` by the layer's output.
  public func apply(_ h: inout [Float], rows: Int, _ workspace: inout Workspace) {
    let dimension = attention.dimension
    workspace.reserve(rows: rows, dimension: dimension, wide: intermediate.outputs)
    if isPreNorm {
      attentionNorm.apply(h, rows: rows, into: &workspace.normed)
      attention.multiply(workspace.normed, rows: rows, into: &workspace.part, &workspace.attention)
      VectorMath.addBias(&workspace.part, bias: attention.output.bias, residual: h, rows: rows)
      swap(&h, &workspace.part)
      finalNorm.apply(h, rows: rows, into: &workspace.normed)
      feedForward(workspace.normed, rows: rows, &workspace.wide, &workspace.part)
      VectorMath.addBias(&workspace.part, bias: output.bias, residual: h, rows: rows)
      swap(&h, &workspace.part)
    } else {
      attention.multiply(h, rows: rows, into: &workspace.part, &workspace.attention)
      VectorMath.addBias(&workspace.part, bias: attention.output.bias, residual: h, rows: rows)
      attentionNorm.apply(&workspace.part, rows: rows)
      swap(&h, &workspace.part)
      feedForward(h, rows: rows, &workspace.wide, &workspace.part)
      VectorMath.addBias(&workspace.part, bias: output.bias, residual: h, rows: rows)
      finalNorm.apply(&workspace.part, rows: rows)
      swap(&h, &workspace.part)
    }
  }

  private func feedForward(_ x: [Float], rows: Int, _ wide: inout [Float], _ y: inout [Float]) {
    intermediate.multiply(x, rows: rows, into: &wide)
    VectorMath.addBiasThenGELU(&wide, bias: intermediate.bias, rows: rows)
    output.multiply(wide, rows: rows, into: &y)
  }
}
