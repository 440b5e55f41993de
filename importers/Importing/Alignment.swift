import Warehouse

/// How a series lies on its stimulus' clock, and what is to be said of it: a row of table `alignment`.
package struct Alignment: Sendable {
  package enum Verdict: String, Sendable { case ok, rate, short, assumed, irregular }

  package var stimulus: String
  package var subject: String?
  package var series: String
  package var declaredRateHz: Double?
  /// From samples and the stimulus' length, or from time stamps.
  package var impliedRateHz: Double?
  /// Series time less stimulus time, s.
  package var offsetS: Double?
  /// `cut`, `event`, `option`, `assumed` or `stamps`.
  package var onsetSource: String
  package var verdict: Verdict
  package var array: Int?
  package var repetition: Int?
  /// Whether markers at both ends gave the implied rate: they are set to some hundredths of a second only.
  package var isMarked = false

  package init(stimulus: String, series: String, onsetSource: String, verdict: Verdict = .ok) {
    self.stimulus = stimulus
    self.series = series
    self.onsetSource = onsetSource
    self.verdict = verdict
  }

  /// Implied over declared rate less one, in parts per million.
  private var driftPPM: Double? {
    declaredRateHz.flatMap { declared in impliedRateHz.map { ($0 / declared - 1) * 1e6 } }
  }

  /// A drift beyond a tenth of a percent is another rate.
  private var judged: Verdict {
    guard verdict == .ok, !isMarked, let driftPPM, abs(driftPPM) > 1000 else { return verdict }
    return .rate
  }

  func row(activity: Int, dataset: String) -> AlignmentRow {
    AlignmentRow(
      activityID: activity, dataset: dataset, stimulus: stimulus, subject: subject, series: series,
      declaredRateHz: declaredRateHz, impliedRateHz: impliedRateHz, offsetS: offsetS, onsetSource: onsetSource,
      driftPpm: driftPPM, verdict: judged.rawValue, arrayID: array, repetition: repetition)
  }
}
