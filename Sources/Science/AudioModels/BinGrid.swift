import Diagnostics

/// Bins of a whole number of microseconds, counted exactly in integers.
///
/// Frame i of a grid belongs to bin ⌊centre / length⌋, or shares itself out by overlap (`FrameGrid.Placement`). The partial bin at the end is kept if the sound covers at least
/// half of it; frames behind the last bin are left out.
struct BinGrid: Sendable, Equatable {
  let microseconds: Int
  let rateHz: Int

  /// Throws E-WGT-015 for a length that is no positive whole number of microseconds.
  init(seconds: Double, rateHz: Int) throws {
    let scaled = seconds * 1e6
    guard scaled.isFinite, scaled >= 1, scaled < 1e12, abs(scaled - scaled.rounded()) < 1e-3 else {
      throw EvokeError(
        .binsImpossible, "bins of \(seconds) s", reason: "the length is not a positive whole number of microseconds",
        remedy: "use for example 1 or 0.5 seconds")
    }
    microseconds = Int(scaled.rounded())
    self.rateHz = rateHz
  }

  var seconds: Double { Double(microseconds) / 1e6 }

  /// Bins of a sound, the partial last one included if at least half covered.
  func count(_ sampleCount: Int) -> Int {
    let length = rateHz * microseconds
    let (full, rest) = (sampleCount * 1_000_000).quotientAndRemainder(dividingBy: length)
    return full + (2 * rest >= length ? 1 : 0)
  }

  /// The bin of a frame's centre.
  func bin(_ frame: Int, _ grid: FrameGrid) -> Int {
    (grid.doubledCentre + 2 * grid.hop * frame) * 1_000_000 / (2 * rateHz * microseconds)
  }

  /// The first frame whose centre lies in a bin or behind it.
  func firstFrame(ofBin bin: Int, _ grid: FrameGrid) -> Int {
    let edge = 2 * rateHz * microseconds * bin
    let numerator = edge - grid.doubledCentre * 1_000_000
    let step = 2 * grid.hop * 1_000_000
    return numerator <= 0 ? 0 : (numerator + step - 1) / step
  }

  /// The bins that a frame's share of time, half a hop before and after its time, overlaps, each with the part of the
  /// share that lies in it; what lies before the sound is left out.
  func shares(_ frame: Int, _ grid: FrameGrid) -> [(bin: Int, weight: Double)] {
    let length = 2 * rateHz * microseconds
    let begin = max(0, (grid.doubledCentre + (2 * frame - 1) * grid.hop) * 1_000_000)
    let end = (grid.doubledCentre + (2 * frame + 1) * grid.hop) * 1_000_000
    return (begin / length...(end - 1) / length).map { bin in
      let overlap = min(end, (bin + 1) * length) - max(begin, bin * length)
      return (bin, Double(overlap) / Double(2 * grid.hop * 1_000_000))
    }
  }
}
