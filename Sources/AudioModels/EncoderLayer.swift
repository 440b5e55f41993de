/// One layer whose activations can be taken out of a speech encoder.
public struct EncoderLayer: Sendable, Equatable {
  /// `conv.0`, `conv.1`, ..., `proj`, `hs.0`, ..., `hs.N`, `last`.
  public let key: String
  /// Rank along the network from 0; `last` has the depth of `hs.N`.
  public let depth: Int
  /// depth / largest depth.
  public let relDepth: Double
  /// Numbers per frame.
  public let dimension: Int
  /// Frames per second.
  public let rateHz: Double
  /// The frames' places in the sound.
  public let grid: FrameGrid
}

/// Where frames lie: frame i is computed from samples `i hop ..< i hop + field` (without what attention adds).
public struct FrameGrid: Sendable, Equatable {
  /// Samples from one frame to the next.
  public let hop: Int
  /// Samples one frame sees.
  public let field: Int
  /// Samples per second.
  public let rateHz: Int

  /// ⌊(N - field) / hop⌋ + 1 for N samples, 0 when N < field.
  public func frameCount(_ sampleCount: Int) -> Int {
    sampleCount < field ? 0 : (sampleCount - field) / hop + 1
  }

  /// Seconds from the start of the sound to the centre of a frame's field.
  public func centre(_ frame: Int) -> Double { Double(field + 2 * hop * frame) / Double(2 * rateHz) }
}

extension EncoderConfiguration {
  /// The frames of each convolution, from the first to the last.
  var grids: [FrameGrid] {
    var hop = 1
    var field = 1
    return zip(convolutionKernels, convolutionStrides).map { kernel, stride in
      field += (kernel - 1) * hop
      hop *= stride
      return FrameGrid(hop: hop, field: field, rateHz: rateHz)
    }
  }

  /// Every layer in the order of the network.
  public var encoderLayers: [EncoderLayer] {
    let grids = grids
    let convolutions = grids.count
    let deepest = convolutions + 1 + layerCount
    func layer(_ key: String, _ depth: Int, _ dimension: Int, _ grid: FrameGrid) -> EncoderLayer {
      EncoderLayer(
        key: key, depth: depth, relDepth: Double(depth) / Double(deepest), dimension: dimension,
        rateHz: Double(rateHz) / Double(grid.hop), grid: grid)
    }
    let frames = grids[convolutions - 1]
    return (0..<convolutions).map { layer("conv.\($0)", $0, convolutionChannels[$0], grids[$0]) }
      + [layer("proj", convolutions, hiddenSize, frames)]
      + (0...layerCount).map { layer("hs.\($0)", convolutions + 1 + $0, hiddenSize, frames) }
      + [layer("last", deepest, hiddenSize, frames)]
  }
}
