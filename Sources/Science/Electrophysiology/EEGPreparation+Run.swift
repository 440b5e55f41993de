import Diagnostics
import LinearAlgebra

/// Prepares one recording, which is read in stretches: once to survey it, then to filter it.
///
/// Memory is bounded: raw samples are held for one stretch, filtered ones at the new rate, at most `heldValues` of them;
/// of a longer recording every k-th sample is held for the decisions, and the samples are filtered a second time when
/// they are written.
public struct PreparationRun {
  /// Filtered float32 values held in memory: 800 MB.
  static let heldValues = 200_000_000
  /// Raw values of one stretch.
  static let stretchValues = 1 << 24

  let plan: EEGPreparation
  let recording: RawRecording
  let filters: PreparationFilters
  let types: [ChannelType]
  /// Columns of the recording that the prepared one has.
  public let columns: [Int]
  let heldValues: Int

  /// - Throws: what `PreparationFilters` throws, `E-ELE-006` for a recording without EEG channels, `E-ELE-016` for names
  ///   that are not there.
  public init(_ plan: EEGPreparation, _ recording: RawRecording) throws(EvokeError) {
    try self.init(plan, recording, heldValues: Self.heldValues)
  }

  package init(_ plan: EEGPreparation, _ recording: RawRecording, heldValues: Int) throws(EvokeError) {
    self.plan = plan
    self.recording = recording
    self.heldValues = heldValues
    types = recording.labels.map { ChannelType(label: $0) }
    let types = types
    columns = recording.labels.indices.filter { types[$0] == .eeg }
    filters = try PreparationFilters(plan, recording)
    guard columns.count > 1 else {
      throw EvokeError(
        .tooFewChannels, recording.name, reason: "\(columns.count) of its \(types.count) channels are EEG",
        remedy: "check the labels of the channels, or leave the recording out")
    }
    var named = plan.components?.eog ?? []
    if case .channels(let names) = plan.reference { named += names }
    if case .named(let names) = plan.badChannels { named += names }
    let unknown = named.filter { !recording.labels.contains($0) }
    guard unknown.isEmpty else {
      throw EvokeError(
        .channelNotThere, recording.name, reason: "it has no channel \(unknown.joined(separator: ", "))",
        remedy: "its channels are \(recording.labels.joined(separator: ", "))")
    }
  }

  /// Labels of the prepared recording.
  public var labels: [String] { columns.map { recording.labels[$0] } }
  public var rateHz: Double { filters.newRateHz }
  public var sampleCount: Int { filters.newSampleCount }

  /// Prepares the recording.
  ///
  /// Missing samples are bridged by straight lines for the filters and the sums over channels, and missing again in
  /// their own channel afterwards, a hundredth of a second around them included; in a bad channel that is not
  /// interpolated everything is.
  ///
  /// - Parameters:
  ///   - read: raw rows of a range of samples, row-major, all channels.
  ///   - decide: called once with everything that was decided, before the first rows are written.
  ///   - write: called with the prepared rows, in order, `[samples, labels]`.
  ///   - seed: of the search for independent components.
  /// - Throws: `E-ELE-014` for implausible amplitudes, `E-ELE-015` where too few channels are good, what `read`, `decide`
  ///   and `write` throw, and the errors of the single steps.
  public func prepare(
    reading read: (Range<Int>) throws -> [Float], deciding decide: (PreparationReport) throws -> Void,
    writing write: ([Float]) throws -> Void, seed: UInt64, progress: (Double) -> Void = { _ in }
  ) throws {
    let survey = try survey(read)
    progress(0.1)
    let store = try filtered(read, survey, progress: progress)
    let judged = try ChannelJudgement(self, survey, store)
    let chain = try ChannelChain(self, judged, store, seed: seed)
    progress(0.8)
    let missing = missingRanges(survey, judged)
    try decide(report(judged, chain, store, missing))
    let size = max(1, Self.stretchValues / columns.count)
    for start in stride(from: 0, to: sampleCount, by: size) {
      let range = start..<min(sampleCount, start + size)
      let rows = store.stride == 1 ? store.rows(range) : try refiltered(read, survey, range)
      var prepared = chain.applied(to: rows)
      for (k, ranges) in missing.enumerated() {
        for gap in ranges {
          for t in gap.clamped(to: range) { prepared[(t - start) * columns.count + k] = .nan }
        }
      }
      try write(prepared)
      progress(0.8 + 0.2 * Double(range.upperBound) / Double(sampleCount))
    }
  }

  private func survey(_ read: (Range<Int>) throws -> [Float]) throws -> RawSurvey {
    var survey = RawSurvey(channelCount: recording.labels.count, rateHz: recording.rateHz)
    let seconds = max(1, Self.stretchValues / recording.labels.count / survey.window)
    for start in stride(from: 0, to: recording.sampleCount, by: seconds * survey.window) {
      survey.add(try read(start..<min(recording.sampleCount, start + seconds * survey.window)))
    }
    return survey
  }

  /// Per prepared channel the ranges of prepared samples that are missing.
  private func missingRanges(_ survey: RawSurvey, _ judged: ChannelJudgement) -> [[Range<Int>]] {
    let ratio = rateHz / recording.rateHz
    let margin = 0.01 * recording.rateHz
    return columns.indices.map { k in
      if judged.channels[columns[k]].isBad {
        return judged.interpolated.contains(k) ? [] : [0..<sampleCount]
      }
      return survey.gaps[columns[k]].map { gap in
        let first = (Double(gap.range.lowerBound) - margin) * ratio
        let last = (Double(gap.range.upperBound - 1) + margin) * ratio
        return max(0, Int(first.rounded(.up)))..<max(0, min(sampleCount, Int(last.rounded(.down)) + 1))
      }
    }
  }

  private func report(
    _ judged: ChannelJudgement, _ chain: ChannelChain, _ store: FilteredStore, _ missing: [[Range<Int>]]
  ) throws(EvokeError) -> PreparationReport {
    var channels = judged.channels
    for k in judged.interpolated { channels[columns[k]].isInterpolated = true }
    let kept = columns.indices.filter { channels[columns[$0]].isUsable }
    let rank = DataRank(
      channelCount: kept.count, interpolatedCount: judged.interpolated.count,
      removedComponentCount: chain.components.count(where: \.isRemoved), isAverageReferenced: plan.reference != .none)
    let absent = kept.reduce(0) { $0 + missing[$1].reduce(0) { $0 + $1.count } }
    return PreparationReport(
      channels: channels, components: chain.components, labels: labels, rank: rank,
      numericalRank: try numericalRank(of: kept, chain, store), rateHz: rateHz, sampleCount: sampleCount,
      notchTaps: filters.notchTaps, bandTaps: filters.bandTaps,
      resampling: filters.resampling != nil ? "fourier" : filters.decimation > 1 ? "decimated" : "none",
      componentsConverged: chain.isConverged,
      missingShare: Double(absent) / Double(max(1, kept.count * sampleCount)))
  }

  /// Directions of the prepared channels with more than the rounding of float32, over at most 65536 samples.
  private func numericalRank(
    of kept: [Int], _ chain: ChannelChain, _ store: FilteredStore
  ) throws(EvokeError) -> Int {
    guard !kept.isEmpty else { return 0 }
    let step = max(1, store.rowCount / 65_536)
    var rows: [Float] = []
    for t in stride(from: 0, to: store.rowCount, by: step) { rows += store.rows(t..<(t + 1)) }
    let prepared = chain.applied(to: rows).map(Double.init)
    let part = Matrix(rows: prepared.count / columns.count, columns: columns.count, values: prepared)
    return try Electrophysiology.numericalRank(part.selecting(columns: kept).gram)
  }
}
