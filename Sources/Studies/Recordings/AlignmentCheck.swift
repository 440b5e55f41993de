import ContentIdentity
import Diagnostics
import FileSystem
import LabelledArrays
import MediaSources
import Statistics
import Vocabulary
import Warehouse
import Work

/// What is known of one series' clock after its samples were compared with the sound of its stimulus.
package struct AlignmentFinding: Sendable {
  package let stimulus: String
  package let subject: String?
  package let series: String
  package let declaredRateHz: Double?
  package let impliedRateHz: Double?
  package let offsetS: Double?
  package let onsetSource: String
  /// Measured along the series, else implied against declared rate.
  package let driftPPM: Double?
  /// Of the series behind its stimulus.
  package let bestLagS: Double?
  package let correlation: Double?
  package let p: Double?
  /// ok, assumed, short, irregular, rate, drift, lag or suspicious.
  package let verdict: String
  /// Channel, region, feature or rating that followed the sound best; nil where nothing was compared.
  package let reference: String?

  /// Whether results of the series must not be trusted.
  package var hasFailed: Bool { ["rate", "drift", "lag"].contains(verdict) }
}

/// Compares every series of a dataset with the envelope of its stimulus' sound.
///
/// Both are binned on the stimulus' clock at the series' rate, at most 50 Hz: the root mean square of the sound, and of
/// every good channel its mean and its mean absolute deviation (a recorded sound channel follows with the latter). The
/// best lag, its correlation and its p are `SeriesLag`'s. A series that follows strongly (p <= .05, |r| >= .3) fails with
/// a lag that its kind cannot have (`lag`), or when its lag grows by more than 0.1 s from begin to end (`drift`); one
/// that follows weakly at such a lag is `suspicious`, because brains and ratings follow sound loosely. An assumed onset
/// that is confirmed strongly is `ok`.
package struct AlignmentCheck {
  let warehouse: Warehouse
  let dataset: String
  /// Lags searched either way; nil: by the kind of series.
  let maxLagS: Double?
  private var envelopes: [String: [Double]] = [:]
  private var sounds: [String: Sound] = [:]
  /// Stimuli whose sound could not be read, with the reason.
  package private(set) var notes: [Diagnostic] = []

  package init(_ warehouse: Warehouse, dataset: String, maxLagS: Double? = nil) throws {
    self.warehouse = warehouse
    self.dataset = dataset
    self.maxLagS = maxLagS
    for row in try warehouse.read({ try $0.studyStimuli(dataset: dataset) }) where row.sampleCount != nil {
      guard let path = row.mediaPath, let sha256 = row.mediaSHA256 else { continue }
      sounds[row.name] = Sound(path: path, sha256: sha256, stream: row.audioStream)
    }
  }

  /// Checks every series and records the outcome beside its import.
  ///
  /// - Throws: what reading arrays throws. A stimulus whose media are gone is a note.
  package mutating func run(progress: (Double, String) -> Void = { _, _ in }) throws -> [AlignmentFinding] {
    let rows = try warehouse.read { try $0.alignmentSeries(dataset: dataset) }
    var findings: [AlignmentFinding] = []
    var outcomes: [(alignment: Int, finding: AlignmentFinding, measured: Measured?)] = []
    for (index, row) in rows.enumerated() {
      progress(Double(index) / Double(max(1, rows.count)), row.series)
      let measured = try measure(row)
      let verdict = Self.verdict(row, measured)
      let finding = finding(row, measured, verdict)
      findings.append(finding)
      outcomes.append((row.alignmentID, finding, measured))
    }
    try warehouse.write { connection in
      let activity = try enterActivity(connection)
      for (alignment, finding, measured) in outcomes {
        try connection.insert(
          AlignmentCheckRow(
            alignmentID: alignment, activityID: activity, bestLagS: finding.bestLagS, reference: finding.reference,
            correlation: finding.correlation, p: finding.p, driftPpm: measured?.driftPPM, verdict: finding.verdict))
      }
    }
    return findings
  }

  /// A check takes the place of the dataset's one before.
  private func enterActivity(_ connection: Connection) throws -> Int {
    let verb = "check alignment"
    let key = JSONValue.object(["verb": .string(verb), "dataset": .string(dataset)]).sha256
    for earlier in try connection.importByKey(key: key) {
      try connection.dropActivity(activity: earlier.activityID)
    }
    let options: JSONValue = ["max_lag_s": maxLagS.map { .number($0) } ?? .null]
    return try connection.insert(
      ActivityRow(
        kind: "check", verb: verb, activityKey: key, options: options.canonical, dataset: dataset, state: "done",
        startedAt: Machine.now))
  }

  private func finding(_ row: Rows.AlignmentSeries, _ measured: Measured?, _ verdict: String) -> AlignmentFinding {
    AlignmentFinding(
      stimulus: row.stimulus, subject: row.subject, series: row.series, declaredRateHz: row.declaredRateHz,
      impliedRateHz: row.impliedRateHz, offsetS: row.offsetS, onsetSource: row.onsetSource,
      driftPPM: measured?.driftPPM ?? row.driftPpm, bestLagS: measured?.lag.lagS,
      correlation: measured?.lag.correlation, p: measured?.lag.p, verdict: verdict, reference: measured?.name)
  }

  /// Where the sound of a stimulus is.
  private struct Sound {
    let path: String
    let sha256: String
    let stream: Int?
  }

  /// A comparison with the sound.
  struct Measured {
    var lag: SeriesLag
    /// Seconds per second; nil where the series follows too loosely.
    var drift: Double?
    var name: String
    /// Seconds compared.
    var seconds: Double
    /// Bins per second.
    var rateHz: Double

    var driftPPM: Double? { drift.map { $0 * 1e6 } }
    var isStrong: Bool { Significance.isReached(by: lag.p) && abs(lag.correlation) >= 0.3 }
  }

  /// Lags behind the sound that a series can have.
  static func plausible(_ row: Rows.AlignmentSeries, _ measured: Measured) -> ClosedRange<Double> {
    let step = 1 / measured.rateHz
    switch (row.kind, row.modality) {
    case ("recording", "eeg"): return measured.isStrong ? -0.1...max(0.1, 1.5 * step) : -0.1...1
    case ("recording", _): return -step...(10 + step)
    case ("annotation", _): return -1 - step...(10 + step)
    default: return -max(0.1, 0.75 * step)...max(0.1, 0.75 * step)
    }
  }

  static func verdict(_ row: Rows.AlignmentSeries, _ measured: Measured?) -> String {
    let declared = row.verdict
    guard let measured, Significance.isReached(by: measured.lag.p), ["ok", "assumed", "irregular"].contains(declared)
    else {
      return declared
    }
    if let drift = measured.drift, measured.isStrong, abs(drift) * measured.seconds > 0.1 { return "drift" }
    if !plausible(row, measured).contains(measured.lag.lagS) { return measured.isStrong ? "lag" : "suspicious" }
    return declared == "assumed" && measured.isStrong ? "ok" : declared
  }

  private mutating func measure(_ row: Rows.AlignmentSeries) throws -> Measured? {
    guard let place = row.place, let sound = sounds[row.stimulus] else { return nil }
    let series = ClockSeries(try ArrayReader.read(warehouse.reference(place)), name: row.series)
    guard series.times.count > 20 else { return nil }
    let own = series.step.map { 1 / $0 } ?? row.declaredRateHz ?? 1
    let rate = min(50, own)
    guard let envelope = envelope(of: row.stimulus, sound, rateHz: rate) else { return nil }
    let bad = try JSONValue(parsing: row.bad).arrayValue?.compactMap(\.stringValue) ?? []
    let span = Self.span(row)
    let first = max(0, Int((span.startS * rate).rounded(.up)))
    let end = min(envelope.count, Int((min(span.endS, series.end - span.shift) * rate).rounded(.down)))
    guard end > first else { return nil }
    let reach = maxLagS ?? Self.reach(row)
    let columns = Self.binned(series, without: Set(bad), shift: span.shift, rateHz: rate, first..<end)
    let reference = Array(envelope[first..<end])
    guard
      let lag = SeriesLag.of(columns.map(\.values), against: reference, rateHz: rate, maxLagS: reach)
    else { return nil }
    let best = columns[lag.column]
    let isStrong = Significance.isReached(by: lag.p) && abs(lag.correlation) >= 0.3
    let drift =
      isStrong && rate >= 5
      ? SeriesLag.drift(of: best.values, against: reference, rateHz: rate, around: lag) : nil
    return Measured(lag: lag, drift: drift, name: best.name, seconds: Double(end - first) / rate, rateHz: rate)
  }

  private static func reach(_ row: Rows.AlignmentSeries) -> Double {
    switch (row.kind, row.modality) {
    case ("recording", "eeg"), ("feature", _): 2
    default: 10
    }
  }

  /// The stimulus seconds the series covers, and how far its clock is ahead of the stimulus'.
  private static func span(_ row: Rows.AlignmentSeries) -> (startS: Double, endS: Double, shift: Double) {
    guard row.kind == "recording", let onset = row.onsetS, let start = row.stimulusStartS else {
      return (0, .infinity, 0)
    }
    return (max(start, start - onset), row.durationS.map { start + $0 } ?? .infinity, onset - start)
  }

  /// Every good column as means and as mean absolute deviations over bins of the stimulus' clock.
  static func binned(
    _ series: ClockSeries, without bad: Set<String>, shift: Double, rateHz: Double, _ bins: Range<Int>
  ) -> [(name: String, values: [Double])] {
    let width = series.labels.count
    let places = series.times.map { Int((($0 - shift) * rateHz + 1e-6).rounded(.down)) - bins.lowerBound }
    var result: [(name: String, values: [Double])] = []
    for column in 0..<width where !bad.contains(series.labels[column]) {
      let present = series.times.indices.filter { !series.values.values[$0 * width + column].isNaN }
      guard !present.isEmpty else { continue }
      let mean = present.reduce(0) { $0 + series.values.values[$1 * width + column] } / Double(present.count)
      var sums = [Double](repeating: 0, count: bins.count)
      var sizes = sums
      var counts = sums
      for row in present where bins.indices.contains(places[row] + bins.lowerBound) {
        let value = series.values.values[row * width + column]
        sums[places[row]] += value
        sizes[places[row]] += abs(value - mean)
        counts[places[row]] += 1
      }
      let isFast = series.step.map { 1 / $0 >= 2 * rateHz } ?? false
      result.append((series.labels[column], zip(sums, counts).map { $1 > 0 ? $0 / $1 : .nan }))
      if isFast { result.append((series.labels[column], zip(sizes, counts).map { $1 > 0 ? $0 / $1 : .nan })) }
    }
    return result
  }

  /// Root mean square of the sound per bin; nil with a note where it cannot be read.
  private mutating func envelope(of stimulus: String, _ sound: Sound, rateHz: Double) -> [Double]? {
    let key = "\(stimulus)@\(rateHz)"
    if let known = envelopes[key] { return known.isEmpty ? nil : known }
    do {
      let found = try Self.envelope(sound, rateHz: rateHz)
      envelopes[key] = found
      return found
    } catch {
      envelopes[key] = []
      let known = error as? EvokeError
      let note = Diagnostic(
        .warning, .alignmentReference, stimulus, reason: known.map { "\($0.object): \($0.reason)" } ?? "\(error)",
        remedy: known?.remedy ?? "check its media file")
      if !notes.contains(note) { notes.append(note) }
      return nil
    }
  }

  private static func envelope(_ file: Sound, rateHz: Double) throws -> [Double] {
    try TaskSource(role: "media", name: file.path, sha256: file.sha256, path: file.path).requireUnchanged()
    let rate = 8_000
    let sound = try WaveformSource(path: file.path, audioStream: file.stream, rateHz: rate)
    var squares = [Double](
      repeating: 0, count: max(1, Int((Double(sound.sampleCount) / Double(rate) * rateHz).rounded(.up))))
    var counts = squares
    var start = 0
    while start < sound.sampleCount {
      let end = min(sound.sampleCount, start + 60 * rate)
      for (index, sample) in try sound.samples(start..<end).enumerated() {
        let bin = min(squares.count - 1, Int(Double(start + index) / Double(rate) * rateHz + 1e-6))
        squares[bin] += Double(sample) * Double(sample)
        counts[bin] += 1
      }
      start = end
    }
    return zip(squares, counts).map { $1 > 0 ? ($0 / $1).squareRoot() : 0 }
  }
}

/// Where a compared series is stored.
private struct SeriesPlace: ArrayPlace {
  let name: String
  let file: String
  let path: String
  let logicalSHA256: String
  let axesSHA256: String
  let fileSHA256: String
  let fileStamp: String
}

extension Rows.AlignmentSeries {
  /// nil for a clock that was entered without samples, as that of a stimulus' own sound.
  fileprivate var place: SeriesPlace? {
    guard let name, let file, let path, let logicalSHA256, let axesSHA256, let fileSHA256, let fileStamp
    else { return nil }
    return SeriesPlace(
      name: name, file: file, path: path, logicalSHA256: logicalSHA256, axesSHA256: axesSHA256, fileSHA256: fileSHA256,
      fileStamp: fileStamp)
  }
}
