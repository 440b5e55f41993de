import Diagnostics
import LinearAlgebra
import Statistics

#if canImport(Glibc)
  import Glibc
#endif

/// The samples on which decisions rest: the EEG channels, without what is slower than 1 Hz, blanks told.
struct DecisionSamples {
  /// `[samples, channels]` of `store`, of which `columns` are the EEG channels.
  private let store: FilteredStore
  private let columns: [Int]
  let rateHz: Double
  /// Whether a row counts.
  let isUsable: [Bool]
  let sampleCount: Int

  /// - Throws: `E-ELE-001` where the rate does not hold the filter.
  init(_ run: PreparationRun, _ filtered: FilteredStore) throws(EvokeError) {
    var rate = run.rateHz / Double(filtered.stride)
    var step = Double(filtered.stride)
    if let low = run.plan.lowHz, low >= 1 {
      store = filtered
      columns = run.columns
    } else {
      let thinning = max(1, filtered.rowCount * run.columns.count / (run.heldValues / 8 + 1))
      step *= Double(thinning)
      rate /= Double(thinning)
      store = try Self.highPassed(filtered, run.columns, thinning: thinning, rateHz: rate)
      columns = Array(run.columns.indices)
    }
    rateHz = rate
    sampleCount = store.rowCount
    var usable = [Bool](repeating: true, count: store.rowCount)
    let perRaw = run.rateHz / run.recording.rateHz / step
    for blank in run.recording.blank {
      let first = max(0, Int((Double(blank.lowerBound) * perRaw).rounded(.down)))
      let last = min(usable.count, Int((Double(blank.upperBound) * perRaw).rounded(.up)))
      for t in first..<max(first, last) { usable[t] = false }
    }
    isUsable = usable
  }

  private static func highPassed(
    _ filtered: FilteredStore, _ columns: [Int], thinning: Int, rateHz: Double
  ) throws(EvokeError) -> FilteredStore {
    let rows = (filtered.rowCount + thinning - 1) / thinning
    var result = FilteredStore(channelCount: columns.count, stride: filtered.stride * thinning, rows: rows)
    let filter = try FIRFilter.bandPass(low: min(1, rateHz / 8), high: nil, rateHz: rateHz)
    guard rows > 1 else { return result }
    var blocks = ConvolutionBlocks(filter, samples: rows, decimation: 1)
    for (k, c) in columns.enumerated() {
      let series = (0..<rows).map { Double(filtered.values[$0 * thinning * filtered.channelCount + c]) }
      let y = try blocks.filter(series, name: "a channel")
      for t in 0..<rows { result.values[t * columns.count + k] = Float(y[t]) }
    }
    return result
  }

  func value(_ t: Int, _ k: Int) -> Double { Double(store.values[t * store.channelCount + columns[k]]) }

  /// Mean and standard deviation over the rows that count.
  func moments(_ k: Int) -> (mean: Double, sd: Double) {
    var (n, sum) = (0.0, 0.0)
    for t in 0..<sampleCount where isUsable[t] {
      sum += value(t, k)
      n += 1
    }
    let mean = sum / n
    var squares = 0.0
    for t in 0..<sampleCount where isUsable[t] {
      let d = value(t, k) - mean
      squares += d * d
    }
    return (mean, (squares / n).squareRoot())
  }

  var window: Int { max(2, Int(rateHz.rounded())) }

  /// One whole second of some channels; nil where less than half of it counts.
  func second(_ w: Int, _ channels: [Int]) -> Matrix? {
    let rows = (w * window..<(w + 1) * window).filter { isUsable[$0] }
    guard 2 * rows.count >= window else { return nil }
    return samples(rows, channels)
  }

  func samples(_ rows: [Int], _ channels: [Int]) -> Matrix {
    var result = Matrix(rows: rows.count, columns: channels.count)
    for (i, t) in rows.enumerated() {
      for (j, k) in channels.enumerated() { result.values[i * channels.count + j] = value(t, k) }
    }
    return result
  }

  /// At most about `count` rows that count, evenly spread.
  func spread(_ count: Int) -> [Int] {
    let usable = isUsable.indices.filter { isUsable[$0] }
    let step = max(1, usable.count / max(1, count))
    return stride(from: 0, to: usable.count, by: step).map { usable[$0] }
  }
}

/// Which channels are bad, why, and which of them can be interpolated.
struct ChannelJudgement {
  let channels: [PreparedChannel]
  /// Positions in the prepared recording.
  let good: [Int]
  let interpolated: [Int]
  let decision: DecisionSamples

  init(_ run: PreparationRun, _ survey: RawSurvey, _ store: FilteredStore) throws(EvokeError) {
    decision = try DecisionSamples(run, store)
    let decision = decision
    let moments = run.columns.indices.map { decision.moments($0).sd }
    try Self.requirePlausible(run, moments)
    let quality = try Self.quality(run, survey, decision, moments)
    let noise = Self.noise(run, survey, moments)
    var channels: [PreparedChannel] = []
    for (c, label) in run.recording.labels.enumerated() {
      let k = run.columns.firstIndex(of: c)
      channels.append(
        PreparedChannel(
          label: label, type: run.types[c], hasPosition: StandardMontage.standardName(label) != nil,
          quality: k.flatMap { quality[$0] }, reasons: k.map { Self.reasons(run, label, quality[$0]) } ?? [],
          sd: k.map { moments[$0] } ?? .nan, noiseZ: k.map { noise[$0] } ?? .nan))
    }
    self.channels = channels
    good = run.columns.indices.filter { !channels[run.columns[$0]].isBad }
    try Self.requireEnough(run, channels, good)
    interpolated = try Self.interpolable(run, channels, good)
  }

  private static func requirePlausible(_ run: PreparationRun, _ sds: [Double]) throws(EvokeError) {
    let varying = sds.filter { $0 > 0 }
    guard run.recording.isVolts, !varying.isEmpty else { return }
    let typical = Moments.median(varying)
    guard typical > 1e-3 || typical < 1e-8 else { return }
    throw EvokeError(
      .implausibleAmplitude, run.recording.name,
      reason: "the median standard deviation of its channels is \(Float(typical)) V",
      remedy: typical > 1e-3
        ? "the values are probably microvolts: import again with --units uV" : "import again with the right --units")
  }

  private static func measures(_ run: PreparationRun, _ survey: RawSurvey, _ k: Int, _ sd: Double) -> ChannelMeasures {
    let c = run.columns[k]
    let share = survey.missingShare(c)
    // Without a known unit, only a constant channel is flat.
    let range = run.recording.isVolts ? Float(run.plan.criteria.flatRange) : Float.leastNonzeroMagnitude
    let isMissing = share > run.plan.criteria.missingShare
    return ChannelMeasures(
      isMissing: isMissing, missingShare: share, variance: sd > 1e-9 * scale(survey, c) ? sd * sd : 0,
      flatSeconds: isMissing ? 0 : survey.flatSeconds(c, range: range))
  }

  /// The largest raw value of a channel: its filtered samples are rounding where they are a billionth of it.
  private static func scale(_ survey: RawSurvey, _ c: Int) -> Double {
    zip(survey.low[c], survey.high[c]).reduce(0) {
      $1.0.isNaN ? $0 : max($0, Double(abs($1.0)), Double(abs($1.1)))
    }
  }

  private static func quality(
    _ run: PreparationRun, _ survey: RawSurvey, _ decision: DecisionSamples, _ sds: [Double]
  ) throws(EvokeError) -> [ChannelQuality?] {
    let members = run.columns.indices.filter { !run.recording.bad.contains(run.labels[$0]) }
    let measured = members.map { measures(run, survey, $0, sds[$0]) }
    var result = [ChannelQuality?](repeating: nil, count: run.columns.count)
    do throws(EvokeError) {
      let quality = try channelQuality(
        measured, windows: decision.sampleCount / decision.window, criteria: run.plan.criteria
      ) { w, usable in decision.second(w, usable.map { members[$0] }) }
      for (k, one) in zip(members, quality) { result[k] = one }
    } catch {
      guard run.plan.badChannels != .rule(.robust) else {
        throw EvokeError(
          error.code, run.recording.name, reason: error.reason,
          remedy: "leave the recording out, or say bad_channels: none")
      }
      for (k, one) in zip(members, measured) {
        let reasons: [ChannelQuality.Reason] = one.isMissing ? [.missing] : one.variance > 0 ? [] : [.flat]
        result[k] = ChannelQuality(
          varianceZ: .nan, correlation: .nan, disagreeingShare: .nan, flatSeconds: one.flatSeconds,
          missingShare: one.missingShare, reasons: reasons)
      }
    }
    return result
  }

  private static func noise(_ run: PreparationRun, _ survey: RawSurvey, _ sds: [Double]) -> [Double] {
    let ratios = run.columns.indices.map { k -> Double in
      let bend = survey.meanSquaredBend(run.columns[k])
      return bend > 0 && sds[k] > 0 ? log(bend / (sds[k] * sds[k])) : .nan
    }
    let known = ratios.indices.filter { ratios[$0].isFinite }
    var result = [Double](repeating: .nan, count: ratios.count)
    guard known.count > 3 else { return result }
    for (k, z) in zip(known, robustZ(known.map { ratios[$0] })) { result[k] = z }
    return result
  }

  private static func reasons(_ run: PreparationRun, _ label: String, _ quality: ChannelQuality?) -> [String] {
    var result: [String] = []
    if run.recording.bad.contains(label) { result.append("imported") }
    if case .named(let names) = run.plan.badChannels, names.contains(label) { result.append("named") }
    guard let quality else { return result }
    if run.plan.badChannels == .rule(.robust) { return result + quality.reasons.map(\.rawValue) }
    // Where nothing is asked for, only what has no samples to give is bad.
    if quality.reasons.contains(.missing) { result.append("missing") }
    if quality.reasons.contains(.flat), quality.varianceZ.isNaN { result.append("flat") }
    return result
  }

  private static func requireEnough(
    _ run: PreparationRun, _ channels: [PreparedChannel], _ good: [Int]
  ) throws(EvokeError) {
    let least = run.plan.badChannels == .rule(.robust) ? max(2, (run.columns.count + 1) / 2) : 2
    guard good.count < least else { return }
    let bad = channels.filter { $0.type == .eeg && $0.isBad }
    throw EvokeError(
      .noGoodChannels, run.recording.name,
      reason: "\(bad.count) of \(run.columns.count) EEG channels are bad: "
        + bad.prefix(12).map { "\($0.label) (\($0.reasons.joined(separator: ", ")))" }.joined(separator: ", ")
        + (bad.count > 12 ? ", ..." : ""),
      remedy: "exclude the recording, or say bad_channels: none or name them")
  }

  private static func interpolable(
    _ run: PreparationRun, _ channels: [PreparedChannel], _ good: [Int]
  ) throws(EvokeError) -> [Int] {
    let bad = run.columns.indices.filter { channels[run.columns[$0]].isBad }
    guard run.plan.interpolation != .never, !bad.isEmpty else { return [] }
    let unknown = bad.filter { !channels[run.columns[$0]].hasPosition }
    let sources = good.count { channels[run.columns[$0]].hasPosition }
    if run.plan.interpolation == .always, !unknown.isEmpty || sources < 4 {
      let names = (unknown.isEmpty ? good : unknown).map { run.labels[$0] }
      throw EvokeError(
        .channelPosition, run.recording.name,
        reason: "no 10-05 position for \(names.joined(separator: ", "))",
        remedy: "rename the channels to 10-05 names, exclude them, or say interpolate: auto")
    }
    return sources < 4 ? [] : bad.filter { !unknown.contains($0) }
  }
}
