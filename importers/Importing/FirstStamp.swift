import Diagnostics
import Showings

extension ClockLedger {
  /// Enters the first stamp of a recording, whose samples count from 0: one within the first step stands for the sample
  /// that it lies in, any other is overruled.
  ///
  /// - Parameter isPlaced: whether an option or events say when the stimulus begins.
  /// - Returns: what is to be said of another; nil where the stamps begin with the recording.
  package mutating func stateFirstStamp(
    _ firstS: Double, stepS: Double, of place: String, isPlaced: Bool
  ) -> Diagnostic? {
    let isOther = SampleClock.binStart(of: firstS, step: stepS) != 0
    state("first stamp", firstS, "s", by: .stamps, of: place, overruledBy: isOther ? .assumed : nil)
    guard isOther else { return nil }
    let text = SeriesTable.short(firstS)
    let take = "take \(text) s off onsets that count as the stamps do"
    return Diagnostic(
      isPlaced ? .note : .warning, .clockOffset, place,
      reason: "its first stamp is \(text) s; seconds of a recording count from its first sample",
      remedy: isPlaced || firstS < 0
        ? take : "give --onset-s 0 --stimulus-start-s \(text) if the stamps are seconds of the stimulus; else \(take)")
  }
}
