import Diagnostics
import Showings

/// Whether a series reaches the end of its stimulus.
package enum SeriesEnd {
  /// Seconds by which clocks of series and media may differ, beside one step of the series.
  private static let tolerance = 1.0

  /// Says of a series that ends early so: an error, or a warning where that is allowed.
  ///
  /// - Parameters:
  ///   - times: its stamps; the last one lasts a step, of uneven ones the longest step.
  ///   - durationS: the length of its media; nil: not known, and nothing is said.
  /// - Returns: whether it ends early.
  package static func isEarly(
    _ times: [Double], durationS: Double?, allowShort: Bool, place: String, stimulus: String,
    _ findings: inout Findings
  ) -> Bool {
    guard let durationS, let last = times.last, times.count > 1 else { return false }
    let step = SeriesTable.rate(times).map { 1 / $0 } ?? zip(times.dropFirst(), times).map { $0 - $1 }.reduce(0, max)
    let endS = SampleClock.binStart(of: last, step: step) + step
    guard endS + step + tolerance < durationS else { return false }
    findings.add(
      allowShort ? .warning : .error, .seriesEndsEarly, place,
      reason: "it ends at \(SeriesTable.short(endS)) s, \(stimulus) lasts \(SeriesTable.short(durationS)) s",
      remedy: allowShort
        ? "it is imported; alignment_audit says short"
        : "check its rate, unit and stimulus; --allow-short imports what there is")
    return true
  }
}
