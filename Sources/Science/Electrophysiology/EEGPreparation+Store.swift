import Diagnostics

/// Filtered samples at the new rate, every `stride`-th of them, `[samples, channels]`.
struct FilteredStore {
  let channelCount: Int
  let stride: Int
  var values: [Float] = []

  init(channelCount: Int, stride: Int, rows: Int = 0) {
    self.channelCount = channelCount
    self.stride = stride
    values = [Float](repeating: 0, count: rows * channelCount)
  }

  var rowCount: Int { channelCount == 0 ? 0 : values.count / channelCount }

  func rows(_ range: Range<Int>) -> [Float] {
    Array(values[(range.lowerBound * channelCount)..<(range.upperBound * channelCount)])
  }
}

extension PreparationRun {
  /// All channels, filtered, at the new rate.
  func filtered(
    _ read: (Range<Int>) throws -> [Float], _ survey: RawSurvey, progress: (Double) -> Void
  ) throws -> FilteredStore {
    guard let resampling = filters.resampling else { return try decimated(read, survey, progress: progress) }
    let total = sampleCount * types.count
    guard total <= heldValues + heldValues / 2 else {
      throw EvokeError(
        .resamplingRate, "\(recording.name) at \(rateHz) Hz",
        reason: "\(total) samples at a rate that does not divide \(recording.rateHz) Hz do not fit in memory",
        remedy: "choose a rate that divides \(recording.rateHz) Hz, or a lower one")
    }
    var store = FilteredStore(channelCount: types.count, stride: 1, rows: sampleCount)
    let group = max(1, min(types.count, heldValues / 2 / max(1, recording.sampleCount)))
    for first in Swift.stride(from: 0, to: types.count, by: group) {
      let members = first..<min(types.count, first + group)
      var series = [[Float]](repeating: [], count: members.count)
      for range in filters.blocks(of: Self.stretchValues / types.count) {
        let y = try block(read, survey, range, members)
        for (k, one) in y.enumerated() { series[k] += one.map(Float.init) }
      }
      var resampler = ResamplingPlan(
        samples: recording.sampleCount, ratio: resampling.newRateHz / resampling.rateHz, resultLength: sampleCount)
      for (k, c) in members.enumerated() {
        let y = resampler.resample(series[k].map(Double.init))
        series[k] = []
        for t in 0..<sampleCount { store.values[t * types.count + c] = Float(y[t]) }
      }
      progress(0.1 + 0.6 * Double(members.count + first) / Double(types.count))
    }
    return store
  }

  private func decimated(
    _ read: (Range<Int>) throws -> [Float], _ survey: RawSurvey, progress: (Double) -> Void
  ) throws -> FilteredStore {
    let stride = (sampleCount * types.count + heldValues - 1) / heldValues
    let rows = (sampleCount + stride - 1) / stride
    var store = FilteredStore(channelCount: types.count, stride: stride, rows: rows)
    for range in filters.blocks(of: Self.stretchValues / types.count) {
      try forEachGroup(read, survey, range) { channels, y in
        for t in range where t % stride == 0 {
          let at = t / stride * types.count
          for (k, c) in channels.enumerated() { store.values[at + c] = Float(y[k][t - range.lowerBound]) }
        }
      }
      progress(0.1 + 0.6 * Double(range.upperBound) / Double(sampleCount))
    }
    return store
  }

  /// Rows that the store does not hold.
  func refiltered(_ read: (Range<Int>) throws -> [Float], _ survey: RawSurvey, _ range: Range<Int>) throws -> [Float] {
    var rows = [Float](repeating: 0, count: range.count * types.count)
    try forEachGroup(read, survey, range) { channels, y in
      for t in 0..<range.count {
        for (k, c) in channels.enumerated() { rows[t * types.count + c] = Float(y[k][t]) }
      }
    }
    return rows
  }

  private func block(
    _ read: (Range<Int>) throws -> [Float], _ survey: RawSurvey, _ range: Range<Int>, _ channels: Range<Int>
  ) throws -> [[Double]] {
    let source = filters.source(of: range)
    let rows = try read(source)
    let width = types.count
    return try filters.filtered(channels, range: range) { part in
      Self.series(rows, width: width, survey: survey, start: source.lowerBound, channels: part)
    }
  }

  /// The filtered samples of a range, sixteen channels (a cache line of float32) at a time.
  private func forEachGroup(
    _ read: (Range<Int>) throws -> [Float], _ survey: RawSurvey, _ range: Range<Int>,
    _ body: (_ channels: [Int], _ y: [[Double]]) -> Void
  ) throws {
    let source = filters.source(of: range)
    let rows = try read(source)
    let width = types.count
    for first in Swift.stride(from: 0, to: width, by: ColumnGroups.size) {
      let channels = first..<min(width, first + ColumnGroups.size)
      let y = try filters.filtered(channels, range: range) { part in
        Self.series(rows, width: width, survey: survey, start: source.lowerBound, channels: part)
      }
      body(Array(channels), y)
    }
  }

  /// Channels of row-major samples as series, gaps bridged.
  private static func series(
    _ rows: [Float], width: Int, survey: RawSurvey, start: Int, channels: Range<Int>
  ) -> [[Double]] {
    var result = ColumnGroups.series(rows, width: width, Array(channels))
    for (k, c) in channels.enumerated() { survey.filled(&result[k], channel: c, start: start) }
    return result
  }
}
