import Diagnostics
import Importing

/// A row of labelled stretches of time: a tier of ELAN or Praat.
struct IntervalTier: Equatable {
  struct Interval: Equatable {
    /// Seconds of the stimulus.
    var startS: Double
    /// Equal to the start for a point.
    var endS: Double
    var text: String
  }

  var name: String
  var intervals: [Interval]

  /// Labels that mean nobody speaks and nothing happens.
  private static let silences: Set<String> = ["", "sp", "sil", "silence", "<sil>", "<p:>", "#", "_", "<unk>", "xxx"]

  static func isSilent(_ text: String) -> Bool { silences.contains(text.lowercased()) }

  /// Numbers in every annotation that is not empty.
  var isNumeric: Bool {
    let texts = intervals.map(\.text).filter { !$0.isEmpty }
    return !texts.isEmpty && texts.allSatisfy { OptionText.number($0) != nil }
  }

  /// Texts that occur, without silences.
  var labels: [String] { Set(intervals.map(\.text).filter { !Self.isSilent($0) }).sorted() }
}

/// The tiers of one file.
struct TierFile {
  var tiers: [IntervalTier] = []
  /// Name of the medium it annotates.
  var media: String?
  /// Where the format says how long it is.
  var declaredEndS: Double?
  var notes: [Diagnostic] = []
  /// What the file says about time as a whole.
  var clock = ClockLedger()

  /// The last second it speaks of; nil where it speaks of none.
  var endS: Double? { (tiers.flatMap(\.intervals).map(\.endS) + [declaredEndS].compactMap { $0 }).max() }
}

/// Series made of a tier.
enum TierSeries {
  struct Series {
    var name: String
    var times: [Double]
    var values: [Double]
    var rateHz: Double?
  }

  /// More labels than this are words, of which the rate counts.
  static let mostLabels = 12

  /// Bins `[i / rate, (i + 1) / rate)` from 0 to `endS`.
  ///
  /// Numbers: their mean over the bin by time, NaN where nothing is annotated. Up to 12 labels: for each the share of the
  /// bin it covers, `name.label`. More: `name.rate`, annotations that start in the bin per second, and `name.active`, the
  /// share of the bin that is not silent. Overlapping annotations add up, a share at most to 1.
  static func binned(_ tier: IntervalTier, name: String, rateHz: Double, endS: Double) -> [Series] {
    let count = max(1, Int((endS * rateHz - 1e-9).rounded(.up)))
    let times = (0..<count).map { Double($0) / rateHz }
    func series(_ name: String, _ values: [Double]) -> Series {
      Series(name: name, times: times, values: values, rateHz: rateHz)
    }
    if tier.isNumeric { return [series(name, means(tier, count, rateHz))] }
    let labels = tier.labels
    if labels.isEmpty { return [] }
    if labels.count <= mostLabels {
      return labels.map { label in
        let own = tier.intervals.filter { $0.text == label }
        return series(labels.count == 1 ? name : "\(name).\(label)", shares(own, count, rateHz))
      }
    }
    let spoken = tier.intervals.filter { !IntervalTier.isSilent($0.text) }
    var rate = [Double](repeating: 0, count: count)
    for interval in spoken {
      let bin = Int((interval.startS * rateHz + 1e-9).rounded(.down))
      if bin >= 0, bin < count { rate[bin] += rateHz }
    }
    return [series("\(name).rate", rate), series("\(name).active", shares(spoken, count, rateHz))]
  }

  /// Seconds of every bin that an interval covers; a point covers the bin it lies in.
  private static func covered(
    _ interval: IntervalTier.Interval, _ count: Int, _ rateHz: Double, _ body: (Int, Double) -> Void
  ) {
    let first = max(0, Int((interval.startS * rateHz + 1e-9).rounded(.down)))
    if interval.endS <= interval.startS {
      if first < count { body(first, 1 / rateHz) }
      return
    }
    let last = min(count, Int((interval.endS * rateHz - 1e-9).rounded(.up)))
    for bin in first..<max(first, last) {
      let overlap =
        min(interval.endS, Double(bin + 1) / rateHz) - max(interval.startS, Double(bin) / rateHz)
      if overlap > 0 { body(bin, overlap) }
    }
  }

  private static func shares(_ intervals: [IntervalTier.Interval], _ count: Int, _ rateHz: Double) -> [Double] {
    var share = [Double](repeating: 0, count: count)
    for interval in intervals { covered(interval, count, rateHz) { share[$0] += $1 * rateHz } }
    return share.map { min(1, $0) }
  }

  private static func means(_ tier: IntervalTier, _ count: Int, _ rateHz: Double) -> [Double] {
    var sum = [Double](repeating: 0, count: count)
    var weight = sum
    for interval in tier.intervals {
      guard let value = OptionText.number(interval.text) else { continue }
      covered(interval, count, rateHz) { bin, seconds in
        sum[bin] += value * seconds
        weight[bin] += seconds
      }
    }
    return zip(sum, weight).map { $1 > 0 ? $0 / $1 : .nan }
  }

  /// 1 inside annotations that are not silent, 0 outside, with a stamp at every change: what `bad_segment` means.
  static func segments(_ tier: IntervalTier, name: String) -> Series? {
    let spans = tier.intervals.filter { $0.endS > $0.startS && !IntervalTier.isSilent($0.text) || $0.text.isEmpty }
      .map { ($0.startS, $0.endS) }.sorted { $0.0 < $1.0 }
    var merged: [(Double, Double)] = []
    for span in spans where span.1 > span.0 {
      if let last = merged.last, span.0 <= last.1 {
        merged[merged.count - 1].1 = max(last.1, span.1)
      } else {
        merged.append(span)
      }
    }
    guard !merged.isEmpty else { return nil }
    var times: [Double] = []
    var values: [Double] = []
    for span in merged {
      times += [span.0, span.1]
      values += [1, 0]
    }
    if times[0] > 0 {
      times.insert(0, at: 0)
      values.insert(0, at: 0)
    }
    return Series(name: name, times: times, values: values, rateHz: nil)
  }
}
