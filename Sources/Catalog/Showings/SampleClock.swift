import Diagnostics

/// The clock of a series sampled evenly: row i stands at `start + i * step` seconds.
public struct SampleClock: Sendable, Hashable {
  public let start: Double
  public let step: Double
  public let count: Int

  public init(start: Double, step: Double, count: Int) {
    precondition(step > 0 && count >= 0, "a clock goes forward")
    (self.start, self.step, self.count) = (start, step, count)
  }

  /// The clock of these stamps.
  ///
  /// - Throws: `E-REC-024` with the name of the series where the stamps are uneven, or fewer than two.
  public init(stamps: [Double], of name: String) throws(EvokeError) {
    guard let step = Self.spacing(stamps) else {
      throw EvokeError(
        .unevenStamps, name,
        reason: Self.unevenness(stamps),
        remedy: "import it with --rate-hz, or sample it evenly first")
    }
    self.init(start: stamps[0], step: step, count: stamps.count)
  }

  public func time(_ row: Int) -> Double { start + Double(row) * step }

  /// The common spacing of stamps, where it is constant to a millionth.
  public static func spacing(_ stamps: [Double]) -> Double? {
    guard stamps.count > 1, let first = stamps.first, let last = stamps.last else { return nil }
    let step = (last - first) / Double(stamps.count - 1)
    guard step > 0 else { return nil }
    for (i, stamp) in stamps.enumerated() where abs(stamp - first - Double(i) * step) > 1e-6 * max(step, 1) {
      return nil
    }
    return step
  }

  /// Where the sample of a stamp begins, if the stamp may stand anywhere in it: the multiple of the step at or below it.
  /// A stamp within a millionth of a multiple is on it and comes back as it is.
  public static func binStart(of stamp: Double, step: Double) -> Double {
    let place = stamp / step
    return abs(place - place.rounded()) < 1e-6 ? stamp : place.rounded(.down) * step
  }

  private static func unevenness(_ stamps: [Double]) -> String {
    let steps = zip(stamps, stamps.dropFirst()).map { $1 - $0 }
    guard let least = steps.min(), let most = steps.max() else { return "it has \(stamps.count) samples" }
    return "its stamps are \(least) to \(most) s apart"
  }
}

/// How far apart samples lie that are compared as the same: series of one step begin at seconds of a stimulus, and each is
/// taken at its samples nearest to those of a reference.
public struct SampleSpread: Sendable, Hashable {
  /// The longest time between two samples that are taken as one, in seconds.
  public let seconds: Double
  private let step: Double

  /// - Parameter starts: seconds of the stimulus at which the series begin.
  public init(starts: [Double], reference: Double, step: Double) {
    let places = starts.map { ($0 - reference) / step }
    let rests = places.map { $0 - $0.rounded() }
    seconds = max(0, rests.reduce(-.infinity, max) - rests.reduce(.infinity, min)) * step
    self.step = step
  }

  /// Whether it is to be known: a quarter of a sample or more, and a tenth of a second.
  public var matters: Bool { seconds >= max(0.1, step / 4) - 1e-6 }
}
