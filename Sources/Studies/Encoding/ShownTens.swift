/// Stretches of ten seconds by which pieces are known to show the same of a stimulus: pieces that have one in common are
/// compared second by second.
package enum ShownTens {
  /// Those that a part of a stimulus is known by: the one that it begins in, and all that it goes on beyond. Parts that
  /// share 11 s or more have one in common, and parts of 11 s or more that follow each other have none.
  package static func ofPart(_ seconds: Range<Double>) -> ClosedRange<Int> {
    let first = ten(of: seconds.lowerBound)
    // Clocks of recordings may differ, and the next part begins in the last one.
    return first...max(first, ten(of: seconds.upperBound - 1) - 1)
  }

  /// Those that a series is known by which is no part: all that it has seconds of.
  package static func ofWhole(_ seconds: Range<Double>) -> ClosedRange<Int> {
    ten(of: seconds.lowerBound)...ten(of: seconds.upperBound)
  }

  private static func ten(of second: Double) -> Int { Int(max(-1e15, min(1e15, (second / 10).rounded(.down)))) }
}
