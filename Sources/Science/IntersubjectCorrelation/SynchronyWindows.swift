import Diagnostics
import Vocabulary

extension WindowAnchor {
  /// The share of the window before the anchor.
  public var share: Double {
    switch self {
    case .start: 0
    case .centre: 0.5
    case .end: 1
    }
  }
}

/// Sliding windows in seconds over a sampled series.
///
/// Window j covers `[j step, j step + length)` seconds from the first sample; its boundaries in samples are those
/// seconds times the rate, each rounded to the nearest sample (halves up). Where the rate does not divide the window
/// (10 s at TR 1.5 s) lengths differ by one sample from window to window. Only whole windows exist: nothing is padded,
/// so the first and last half window of a stimulus have no value.
public struct SynchronyWindows: Sendable, Equatable {
  public let length: Double
  public let step: Double
  public let anchor: WindowAnchor

  /// Lengths in seconds.
  public init(length: Double, step: Double, anchor: WindowAnchor = .centre) {
    precondition(length > 0 && step > 0)
    self.length = length
    self.step = step
    self.anchor = anchor
  }

  /// Sample ranges of all windows of a series.
  ///
  /// Throws `E-ISC-003` if the series is shorter than one window, `E-ISC-002` if a window has fewer than three samples.
  public func ranges(sampleCount: Int, rateHz: Double) throws -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    while true {
      let start = Double(ranges.count) * step * rateHz
      guard start + length * rateHz <= Double(sampleCount) + 1e-6 else { break }
      let end = Swift.min(rounded(start + length * rateHz), sampleCount)
      ranges.append(rounded(start)..<Swift.max(rounded(start), end))
    }
    if ranges.isEmpty {
      throw EvokeError(
        .windowTooLong, "window of \(length) s", reason: "the series lasts \(Double(sampleCount) / rateHz) s",
        remedy: "use a window no longer than the shortest stimulus")
    }
    if let short = ranges.first(where: { $0.count < 3 }) {
      throw EvokeError(
        .windowTooShort, "window of \(length) s",
        reason: "at \(rateHz) samples a second it holds \(short.count) sample(s) from sample \(short.lowerBound)",
        remedy: "use a window of at least \(4 / rateHz) s")
    }
    return ranges
  }

  /// The stimulus time each window's value is assigned to.
  public func times(count: Int, startTime: Double = 0) -> [Double] {
    (0..<count).map { startTime + Double($0) * step + anchor.share * length }
  }

  private func rounded(_ samples: Double) -> Int { Int((samples + 0.5 + 1e-9).rounded(.down)) }
}

/// Windows cut into the segments between all their boundaries, and segments into pieces of bounded length.
struct WindowSchedule: Sendable {
  struct Segment: Sendable {
    let samples: Range<Int>
    /// At most `pieceLength` samples each, cut from the segment's own start, so that no result depends on how input is
    /// read.
    var pieces: [Range<Int>] {
      stride(from: samples.lowerBound, to: samples.upperBound, by: WindowSchedule.pieceLength).map {
        $0..<min($0 + WindowSchedule.pieceLength, samples.upperBound)
      }
    }
  }

  static let pieceLength = 256
  let segments: [Segment]
  /// Segment range of each window.
  let windows: [Range<Int>]
  /// Sample range of each window.
  let samples: [Range<Int>]
  let sampleCounts: [Int]
  /// Segments that must be kept to move from any window to the next.
  let segmentsHeld: Int

  init(_ ranges: [Range<Int>]) {
    let bounds = Set(ranges.flatMap { [$0.lowerBound, $0.upperBound] }).sorted()
    let place = Dictionary(uniqueKeysWithValues: bounds.enumerated().map { ($1, $0) })
    segments = zip(bounds, bounds.dropFirst()).map { Segment(samples: $0..<$1) }
    windows = ranges.map { range in
      guard let from = place[range.lowerBound], let to = place[range.upperBound] else {
        preconditionFailure("every window's bounds cut segments")
      }
      return from..<to
    }
    samples = ranges
    sampleCounts = ranges.map(\.count)
    var held = 1
    for (j, window) in windows.enumerated() {
      held = max(held, window.upperBound - windows[max(0, j - 1)].lowerBound)
    }
    segmentsHeld = held
  }

  /// The segments that a run of windows needs, from its first window's to its last's end.
  func segments(of run: Range<Int>) -> Range<Int> {
    run.isEmpty ? 0..<0 : windows[run.lowerBound].lowerBound..<windows[run.upperBound - 1].upperBound
  }
}
