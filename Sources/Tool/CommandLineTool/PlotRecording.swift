import Diagnostics
import Electrophysiology
import Figures
import Lineage
import TableText
import Warehouse

#if canImport(Glibc)
  import Glibc
#endif

/// What `evoke plot recording` draws.
struct PlotRecording {
  var name: String?
  var dataset: String?
  var subject: String?
  var session: String?
  var run: String?
  /// Seconds of the recording; nil: all.
  var seconds: ClosedRange<Double>?

  /// Rows read at a time.
  private static let batch = 1 << 15
  /// Seconds of one stretch of a spectrum, and how many of them at most.
  private static let spectrumSeconds = 2.0
  private static let spectrumCount = 120

  /// - Throws: `E-QRY-009` where nothing fits or several do, and what reading arrays throws.
  func plot(in warehouse: Warehouse) throws -> (RecordingPlot, DeparturePermit) {
    let row = try chosen(in: warehouse)
    // Envelopes and spectra of one person, not the samples.
    let permit = try Departure(row.name, .perSubject, arrays: [row.name]).permit(in: warehouse)
    let rows = try ArrayRows(warehouse.reference(row))
    guard rows.axes.count == 2, let times = rows.axes[0].numbers, let labels = rows.axes[1].labels, times.count > 1
    else {
      throw EvokeError(
        .nothingToPlot, row.name, reason: "it is no series of channels over time",
        remedy: "evoke query array_catalog lists recordings")
    }
    let rate = row.rateHz
    let (from, to) = (seconds?.lowerBound ?? times[0], seconds?.upperBound ?? times[times.count - 1] + 1 / rate)
    let range = place(times, from)..<max(place(times, from), place(times, to))
    let (bad, marks) = try warehouse.read { connection in
      (
        try connection.recordingBadChannels(array: row.name),
        try connection.recordingMarks(array: row.recording)
      )
    }
    let courses = try Courses(rows, range, channelCount: labels.count)
    let (frequencies, power) = try spectra(rows, range, rate: rate, isVolts: row.units == "V", labels.count)
    let channels = labels.enumerated().map { c, label in
      let found = bad.first { $0.channel == label }
      return RecordingPlot.Channel(
        label: label, badReason: found?.reasons, isInterpolated: found?.isInterpolated == 1,
        low: courses.low[c], high: courses.high[c], power: power[c])
    }
    let badCount = bad.count { $0.isInterpolated != 1 }
    let plot = try RecordingPlot(
      title: row.name,
      subtitle: "dataset \(row.dataset), \(labels.count) channels at \(NumberText.of(rate, digits: 6)) Hz, "
        + "\(NumberText.of(Double(times.count) / rate, digits: 6)) s, \(badCount) bad, "
        + "\(bad.count - badCount) interpolated",
      units: row.units, from: from, to: to, channels: channels, frequencies: frequencies,
      marks: marks.map {
        let isShowing = $0.kind == "presentation"
        return RecordingPlot.Mark(
          name: $0.name, onset: $0.onsetS, duration: isShowing ? $0.durationS ?? max(0, to - $0.onsetS) : nil)
      })
    return (plot, permit)
  }

  /// The first sample not before a time.
  private func place(_ times: [Double], _ time: Double) -> Int {
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] < time - 1e-9 { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func chosen(in warehouse: Warehouse) throws -> Rows.RecordingsToPlot {
    let rows = try warehouse.read {
      try $0.recordingsToPlot(name: name, dataset: dataset, subject: subject, session: session, run: run)
    }
    // One recording and its preparations: the recording as imported is meant.
    let imported = rows.filter { $0.isPrepared == 0 }
    if rows.count == 1 { return rows[0] }
    if imported.count == 1, name == nil { return imported[0] }
    let there = try rows.isEmpty ? PlotRecording().all(in: warehouse) : rows.map(\.name)
    throw EvokeError(
      .nothingToPlot, name.map { "recording \($0)" } ?? "one recording",
      reason: there.isEmpty
        ? "no recordings are stored"
        : (rows.isEmpty ? "nothing fits; there are " : "several fit: ") + there.prefix(12).joined(separator: ", ")
          + (there.count > 12 ? " and \(there.count - 12) more" : ""),
      remedy: there.isEmpty ? "evoke import eeg FILE" : "name one of them, or choose with --subject, --session, --run")
  }

  private func all(in warehouse: Warehouse) throws -> [String] {
    let rows = try warehouse.read {
      try $0.recordingsToPlot(name: nil, dataset: nil, subject: nil, session: nil, run: nil)
    }
    return rows.map(\.name)
  }

  /// Welch's spectra over stretches spread evenly, in decibels.
  private func spectra(
    _ rows: ArrayRows, _ range: Range<Int>, rate: Double, isVolts: Bool, _ channels: Int
  ) throws -> (frequencies: [Double], power: [[Double]]) {
    let length = Int((Self.spectrumSeconds * rate).rounded())
    let count = min(Self.spectrumCount, range.count / max(1, length))
    guard length >= 8, count > 0 else { return ([], Array(repeating: [], count: channels)) }
    var spectra = WelchSpectra(length: length, channelCount: channels, rateHz: rate)
    for stretch in 0..<count {
      let start = range.lowerBound + (count == 1 ? 0 : stretch * (range.count - length) / (count - 1))
      spectra.add(try rows.rows(start..<(start + length)))
    }
    let unit = isVolts ? 1e12 : 1.0
    return (spectra.frequencies, spectra.densities().map { $0.map { 10 * log10($0 * unit) } })
  }

  /// Lowest and highest values per stretch of time.
  private struct Courses {
    var low: [[Float]]
    var high: [[Float]]

    init(_ rows: ArrayRows, _ range: Range<Int>, channelCount: Int) throws {
      let stretches = min(RecordingPlot.stretches, range.count)
      low = Array(repeating: Array(repeating: .nan, count: stretches), count: channelCount)
      high = low
      for start in stride(from: range.lowerBound, to: range.upperBound, by: PlotRecording.batch) {
        let part = start..<min(range.upperBound, start + PlotRecording.batch)
        let values = try rows.rows(part)
        for c in 0..<channelCount {
          var (lows, highs) = (low[c], high[c])
          for t in 0..<part.count {
            let value = values[t * channelCount + c]
            guard !value.isNaN else { continue }
            let place = (part.lowerBound + t - range.lowerBound) * stretches / range.count
            if !(lows[place] <= value) { lows[place] = value }
            if !(highs[place] >= value) { highs[place] = value }
          }
          low[c] = lows
          high[c] = highs
        }
      }
    }
  }
}
