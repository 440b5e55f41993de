/// How long sound is cut for a model: cores that tile the frames, each computed with context on both sides.
///
/// Attention is global inside a chunk, and group normalisation runs over its time, so both numbers are parameters of
/// every value and belong into the key of what is computed with them.
public struct Chunking: Sendable, Equatable {
  /// Frames of the slowest layers that one chunk contributes.
  public let coreFrames: Int
  /// Frames on each side that a chunk computes and gives away.
  public let contextFrames: Int

  /// 16 s cores with 2 s of context at 50 frames per second.
  public static let standard = Chunking(coreFrames: 800, contextFrames: 100)
  /// One chunk, whatever the length; memory grows with the sound.
  public static let whole = Chunking(coreFrames: 1 << 40, contextFrames: 0)

  public init(coreFrames: Int, contextFrames: Int) {
    precondition(coreFrames > 0 && contextFrames >= 0, "a chunk needs a core")
    self.coreFrames = coreFrames
    self.contextFrames = contextFrames
  }

  /// The chunks of a sound of `sampleCount` samples whose slowest frames lie on `grid`.
  ///
  /// Chunk starts are multiples of the hop, so that the frames of all chunks lie on one grid. A chunk that reaches the
  /// last frame also takes the samples behind that frame's field, as the undivided sound would.
  func chunks(_ sampleCount: Int, _ grid: FrameGrid) -> [Chunk] {
    let frames = grid.frameCount(sampleCount)
    return stride(from: 0, to: frames, by: coreFrames).map { core in
      let coreEnd = min(core + coreFrames, frames)
      let first = max(0, core - contextFrames)
      let end = min(frames, coreEnd + contextFrames)
      let fields = grid.samples(first..<end)
      let lastSample = end == frames ? max(sampleCount, fields.upperBound) : fields.upperBound
      return Chunk(
        core: core..<coreEnd, firstFrame: first, samples: fields.lowerBound..<lastSample, isLast: coreEnd == frames)
    }
  }
}

/// One chunk: which frames it owns, where it begins and which samples it reads (some of them may lie outside the sound).
struct Chunk: Sendable, Equatable {
  let core: Range<Int>
  let firstFrame: Int
  let samples: Range<Int>
  let isLast: Bool

  /// The frames it owns on a finer grid: those that begin in its core, and to the end of the sound for the last chunk.
  func owned(_ grid: FrameGrid, slowest: FrameGrid, sampleCount: Int) -> Range<Int> {
    let ratio = slowest.hop / grid.hop
    return core.lowerBound * ratio..<(isLast ? grid.frameCount(sampleCount) : core.upperBound * ratio)
  }

  /// The index, in the whole sound, of the chunk's first frame on a finer grid.
  func first(_ grid: FrameGrid, slowest: FrameGrid) -> Int { firstFrame * (slowest.hop / grid.hop) }
}
