#if canImport(Glibc)
  import Glibc
#endif

/// A Hann window `0.5 - 0.5 cos(2 pi i / n)`: periodic (for spectra of frames) or symmetric (n - 1 in place of n).
public func hannWindow(length: Int, isPeriodic: Bool = true) -> [Double] {
  precondition(length > 0, "an empty window")
  let period = Double(isPeriodic ? length : max(1, length - 1))
  return (0..<length).map { 0.5 - 0.5 * cos(2 * Double.pi * Double($0) / period) }
}

/// Equally spaced frames of a signal: frame m covers samples `[hop m, hop m + length)`; nothing is padded.
public struct FrameGrid: Sendable, Equatable {
  public let length: Int
  public let hop: Int

  public init(length: Int, hop: Int) {
    precondition(length > 0 && hop > 0, "frames need a length and a hop")
    self.length = length
    self.hop = hop
  }

  /// Whole frames in a signal: `floor((n - length) / hop) + 1`, 0 for a signal shorter than one frame.
  public func count(samples: Int) -> Int { samples < length ? 0 : (samples - length) / hop + 1 }

  /// The first sample of a frame.
  public func start(_ frame: Int) -> Int { frame * hop }

  /// Twice the centre sample of a frame, exact for odd lengths too.
  public func doubledCentre(_ frame: Int) -> Int { 2 * frame * hop + length }

  /// The bin a frame's centre lies in.
  public func bin(_ frame: Int, rateHz: Double, binSeconds: Double = 1) -> Int {
    binIndex(of: Double(doubledCentre(frame)) / (2 * rateHz), binSeconds: binSeconds)
  }
}
