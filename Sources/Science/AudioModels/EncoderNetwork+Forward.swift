import LinearAlgebra
import NeuralLayers

/// The buffers of a forward pass, kept from chunk to chunk.
struct EncoderWorkspace {
  var tile: [Float] = []
  var features: [Float] = []
  var next: [Float] = []
  var hidden: [Float] = []
  var shifted: [Float] = []
  var position: [Float] = []
  var windows = PositionalConvolution.Workspace()
  var layer = TransformerLayer.Workspace()
}

extension EncoderNetwork {
  /// Output rows computed at a time in the front end, so that bias, norm and GELU find them in cache.
  private static let tileRows = 1024

  /// Runs one chunk of (normalised) sound and hands out the wanted layers' rows, each row once and in order.
  ///
  /// Stops after the deepest wanted layer; `wanted` has one entry per layer of the encoder.
  func run(
    _ x: [Float], wanted: [Bool], _ workspace: inout EncoderWorkspace, emit: LayerRows
  ) throws {
    let convolutionCount = convolutions.count + 1
    guard let deepest = wanted.lastIndex(of: true) else { return }
    let rows = try runFront(x, wanted: wanted, deepest: deepest, &workspace, emit: emit)
    guard deepest >= convolutionCount else { return }
    project(rows, &workspace)
    if wanted[convolutionCount] { try emit(convolutionCount, 0, rows, workspace.hidden, 0) }
    guard deepest > convolutionCount else { return }
    addPositions(rows, &workspace)
    if !isStable { encoderNorm.apply(&workspace.hidden, rows: rows) }
    let firstHidden = convolutionCount + 1
    workspace.layer.prepare(relativePositions, rows: rows)
    if wanted[firstHidden] { try emit(firstHidden, 0, rows, workspace.hidden, 0) }
    for (i, layer) in layers.enumerated() where deepest > firstHidden + i {
      layer.apply(&workspace.hidden, rows: rows, &workspace.layer)
      if wanted[firstHidden + i + 1] { try emit(firstHidden + i + 1, 0, rows, workspace.hidden, 0) }
    }
    let last = firstHidden + layers.count + 1
    guard deepest == last else { return }
    if isStable { encoderNorm.apply(&workspace.hidden, rows: rows) }
    try emit(last, 0, rows, workspace.hidden, 0)
  }

  /// The convolutions; leaves the last one's output in `features` and returns its row count.
  private func runFront(
    _ x: [Float], wanted: [Bool], deepest: Int, _ workspace: inout EncoderWorkspace, emit: LayerRows
  ) throws -> Int {
    var rows = try runFirstPair(x, wanted: wanted, deepest: deepest, &workspace, emit: emit)
    for k in convolutions.indices.dropFirst() where deepest > k {
      let convolution = convolutions[k]
      let frames = convolution.frames(rows)
      Self.reserve(&workspace.next, frames * convolution.outputs)
      for first in stride(from: 0, to: frames, by: Self.tileRows) {
        let count = min(Self.tileRows, frames - first)
        let offset = first * convolution.outputs
        convolution.multiply(
          workspace.features, firstRow: first * convolution.stride, frames: count, into: &workspace.next,
          yOffset: offset)
        activate(&workspace.next, offset: offset, rows: count, convolution, norms[k])
      }
      swap(&workspace.features, &workspace.next)
      rows = frames
      if wanted[k + 1] { try emit(k + 1, 0, rows, workspace.features, 0) }
    }
    return rows
  }

  /// The first convolution and the second, tile by tile: the first one's output, by far the largest array of the
  /// network, never exists as a whole.
  private func runFirstPair(
    _ x: [Float], wanted: [Bool], deepest: Int, _ workspace: inout EncoderWorkspace, emit: LayerRows
  ) throws -> Int {
    let inputRows = first.frames(x.count)
    var convolution = first
    if case .overTime(let gain, let shift) = firstNorm {
      convolution = first.normalisedOverTime(x, frames: inputRows, gain: gain, shift: shift, epsilon: 1e-5)
    }
    guard let second = convolutions.first, deepest > 0 else {
      return try runFirst(convolution, x, frames: inputRows, wanted: wanted, &workspace, emit: emit)
    }
    let frames = second.frames(inputRows)
    Self.reserve(&workspace.features, frames * second.outputs)
    Self.reserve(&workspace.tile, (Self.tileRows * second.stride + second.kernel) * first.outputs)
    var emitted = 0
    for begin in stride(from: 0, to: frames, by: Self.tileRows) {
      let count = min(Self.tileRows, frames - begin)
      let isLast = begin + count == frames
      let start = begin * second.stride
      let tileEnd = start + (count - 1) * second.stride + second.kernel
      // Rows behind the last window are needed by nobody but the layer's own output.
      let end = isLast && wanted[0] ? min(inputRows, start + workspace.tile.count / first.outputs) : tileEnd
      convolution.apply(x, start: start * first.stride, frames: end - start, into: &workspace.tile)
      activateFirst(&workspace.tile, rows: end - start)
      if wanted[0], end > emitted {
        try emit(0, emitted, end - emitted, workspace.tile, (emitted - start) * first.outputs)
        emitted = end
      }
      let offset = begin * second.outputs
      second.multiply(workspace.tile, firstRow: 0, frames: count, into: &workspace.features, yOffset: offset)
      activate(&workspace.features, offset: offset, rows: count, second, norms[0])
    }
    if wanted[1] { try emit(1, 0, frames, workspace.features, 0) }
    return frames
  }

  /// The first convolution alone, for a network that has only one or a caller that wants only `conv.0`.
  private func runFirst(
    _ convolution: MonoConvolution, _ x: [Float], frames: Int, wanted: [Bool], _ workspace: inout EncoderWorkspace,
    emit: LayerRows
  ) throws -> Int {
    let isOnly = convolutions.isEmpty
    let block = isOnly ? max(frames, 1) : Self.tileRows
    Self.reserve(&workspace.tile, block * first.outputs)
    for begin in stride(from: 0, to: frames, by: block) {
      let count = min(block, frames - begin)
      convolution.apply(x, start: begin * first.stride, frames: count, into: &workspace.tile)
      activateFirst(&workspace.tile, rows: count)
      if wanted[0] { try emit(0, begin, count, workspace.tile, 0) }
    }
    if isOnly { swap(&workspace.tile, &workspace.features) }
    return frames
  }

  private func activateFirst(_ y: inout [Float], rows: Int) {
    if case .overChannels(let norm) = firstNorm { norm.apply(&y, rows: rows) }
    VectorMath.gelu(&y, 0..<rows * first.outputs)
  }

  private func activate(
    _ y: inout [Float], offset: Int, rows: Int, _ convolution: StridedConvolution, _ norm: FrontNorm
  ) {
    guard case .overChannels(let norm) = norm else {
      VectorMath.addBiasThenGELU(&y, offset: offset, bias: convolution.bias, rows: rows)
      return
    }
    VectorMath.addBias(&y, offset: offset, bias: convolution.bias, rows: rows)
    norm.apply(&y, offset: offset, rows: rows)
    VectorMath.gelu(&y, offset..<offset + rows * convolution.outputs)
  }

  private func project(_ rows: Int, _ workspace: inout EncoderWorkspace) {
    projectionNorm?.apply(&workspace.features, rows: rows)
    Self.reserve(&workspace.hidden, rows * projection.outputs)
    projection.apply(workspace.features, rows: rows, into: &workspace.hidden)
  }

  /// hidden += gelu(positional convolution of hidden); of several, each sees the one before.
  private func addPositions(_ rows: Int, _ workspace: inout EncoderWorkspace) {
    let count = rows * projection.outputs
    Self.reserve(&workspace.position, count)
    Self.reserve(&workspace.shifted, positionScale == nil && positions.count == 1 ? 0 : count)
    if let positionScale {
      workspace.shifted.replaceSubrange(0..<count, with: workspace.hidden[0..<count])
      VectorMath.scaleAndShift(
        &workspace.shifted, scale: positionScale.scale, shift: positionScale.shift, rows: rows)
    }
    for (index, position) in positions.enumerated() {
      if index > 0 { workspace.shifted.replaceSubrange(0..<count, with: workspace.position[0..<count]) }
      if index == 0 && positionScale == nil {
        position.multiply(workspace.hidden, rows: rows, into: &workspace.position, &workspace.windows)
      } else {
        position.multiply(workspace.shifted, rows: rows, into: &workspace.position, &workspace.windows)
      }
      activatePositions(position, rows, &workspace.position)
    }
    VectorMath.add(&workspace.hidden, workspace.position, count: count)
  }

  private func activatePositions(_ position: PositionalConvolution, _ rows: Int, _ y: inout [Float]) {
    guard let positionNorm else {
      VectorMath.addBiasThenGELU(&y, bias: position.bias, rows: rows)
      return
    }
    VectorMath.addBias(&y, bias: position.bias, rows: rows)
    positionNorm.apply(&y, rows: rows)
    VectorMath.gelu(&y, 0..<rows * projection.outputs)
  }

  private static func reserve(_ buffer: inout [Float], _ count: Int) {
    if buffer.count < count { buffer = [Float](repeating: 0, count: count) }
  }
}
