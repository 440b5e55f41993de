/// One layer whose activations can be taken out of a model.
public struct EncoderLayer: Sendable, Equatable {
  /// For a speech encoder `conv.0`, `conv.1`, ..., `proj`, `hs.0`, ..., `hs.N`, `last`.
  public let key: String
  /// Rank along the network from 0; layers that show the same place (`last` and `hs.N`) share it.
  public let depth: Int
  /// depth / largest depth.
  public let relDepth: Double
  /// Numbers per frame.
  public let dimension: Int
  /// Frames per second.
  public let rateHz: Double
  /// The frames' places in the sound.
  public let grid: FrameGrid
  private let reach: Reach

  /// What a frame is computed from.
  public enum Reach: Sendable, Equatable {
    /// Its own field.
    case field
    /// The fields of this many frames around it.
    case frames(Int)
    /// Every frame of its chunk.
    case chunk
  }

  public init(
    key: String, depth: Int, relDepth: Double, dimension: Int, grid: FrameGrid, reach: Reach = .field
  ) {
    self.key = key
    self.depth = depth
    self.relDepth = relDepth
    self.dimension = dimension
    rateHz = Double(grid.rateHz) / Double(grid.hop)
    self.grid = grid
    self.reach = reach
  }

  /// Seconds of sound that a frame draws on; nil: its whole chunk.
  public var contextSeconds: Double? {
    switch reach {
    case .field: Double(grid.field) / Double(grid.rateHz)
    case .frames(let count): Double(grid.field + (count - 1) * grid.hop) / Double(grid.rateHz)
    case .chunk: nil
    }
  }
}

/// Where frames lie: frame i is computed from samples `origin + i hop ..< origin + i hop + field` (without what
/// attention adds); samples outside the sound count as zero.
public struct FrameGrid: Sendable, Equatable {
  /// How the last frames meet the end of the sound.
  public enum Ending: Sendable, Equatable {
    /// Only fields that lie wholly in the sound (and the zeros before it).
    case whole
    /// As if that many zeros followed the sound.
    case padded(Int)
    /// As many zeros as it takes for the last field to reach the last sample.
    case covering
  }

  /// Which frames a bin speaks for.
  public enum Placement: Sendable, Equatable {
    /// Those whose time lies in it.
    case centre
    /// Those whose share of time, half a hop before and after their time, overlaps it, weighted by the overlap; for
    /// frames that are not short against a bin.
    case overlap
  }

  /// Samples from one frame to the next.
  public let hop: Int
  /// Samples one frame sees.
  public let field: Int
  /// Samples per second.
  public let rateHz: Int
  /// First sample of frame 0's field; negative where zeros are put before the sound.
  public let origin: Int
  public let ending: Ending
  /// Twice the sample that frame 0's time is; the middle of its field unless told.
  public let doubledCentre: Int
  public let placement: Placement

  public init(
    hop: Int, field: Int, rateHz: Int, origin: Int = 0, ending: Ending = .whole, doubledCentre: Int? = nil,
    placement: Placement = .centre
  ) {
    precondition(hop > 0 && field > 0 && rateHz > 0 && origin <= 0, "frames need a hop and a field")
    self.hop = hop
    self.field = field
    self.rateHz = rateHz
    self.origin = origin
    self.ending = ending
    self.doubledCentre = doubledCentre ?? 2 * origin + field
    self.placement = placement
    precondition(self.doubledCentre >= 0, "frame 0 lies before the sound")
  }

  /// Frames of N samples: with M = N - origin + zeros behind, ⌊(M - field) / hop⌋ + 1 and 0 when M < field; for
  /// `covering` ⌈(N - origin - field) / hop⌉ + 1 and at least 1. None for no sample.
  public func frameCount(_ sampleCount: Int) -> Int {
    guard sampleCount > 0 else { return 0 }
    let rest: Int
    switch ending {
    case .whole: rest = sampleCount - origin - field
    case .padded(let zeros): rest = sampleCount - origin + zeros - field
    case .covering: return max(0, sampleCount - origin - field + hop - 1) / hop + 1
    }
    return rest < 0 ? 0 : rest / hop + 1
  }

  /// The samples of frames in a row, zeros before and behind the sound included.
  func samples(_ frames: Range<Int>) -> Range<Int> {
    origin + frames.lowerBound * hop..<origin + (frames.upperBound - 1) * hop + field
  }

  /// Seconds from the start of the sound to a frame's time.
  public func centre(_ frame: Int) -> Double { Double(doubledCentre + 2 * hop * frame) / Double(2 * rateHz) }
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
    let frames = grids[convolutions - 1]
    func hidden(_ key: String, _ depth: Int, _ reach: EncoderLayer.Reach) -> EncoderLayer {
      EncoderLayer(
        key: key, depth: depth, relDepth: Double(depth) / Double(deepest), dimension: hiddenSize, grid: frames,
        reach: reach)
    }
    let fronts = (0..<convolutions).map {
      EncoderLayer(
        key: "conv.\($0)", depth: $0, relDepth: Double($0) / Double(deepest), dimension: convolutionChannels[$0],
        grid: grids[$0])
    }
    // The transformer's input has positions from a convolution, its layers attend to all of the chunk.
    return fronts + [
      hidden("proj", convolutions, .field),
      hidden("hs.0", convolutions + 1, .frames(positionDepth * (positionKernel - 1) + 1)),
    ]
      + (0..<layerCount).map { hidden("hs.\($0 + 1)", convolutions + 2 + $0, .chunk) }
      + [hidden("last", deepest, .chunk)]
  }
}
