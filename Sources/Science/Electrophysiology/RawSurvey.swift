import Diagnostics

/// What the raw samples say before any filter: what is missing, what is flat, and how much lies above the band.
struct RawSurvey: Sendable {
  /// A run of missing samples of one channel and the values beside it.
  struct Gap: Sendable {
    var range: Range<Int>
    /// NaN at the ends of the recording.
    var before: Double
    var after: Double
  }

  let channelCount: Int
  /// Samples of one whole second.
  let window: Int
  private(set) var gaps: [[Gap]]
  /// Lowest and highest value per channel and whole second; NaN where the second has a missing sample.
  private(set) var low: [[Float]]
  private(set) var high: [[Float]]
  /// Mean square of second differences per channel.
  private var roughness: [Double]
  /// Whether the last sample was missing.
  private var isInGap: [Bool]
  private var last: [Double]
  private var beforeLast: [Double]
  private(set) var sampleCount = 0

  init(channelCount: Int, rateHz: Double) {
    self.channelCount = channelCount
    window = max(2, Int(rateHz.rounded()))
    gaps = Array(repeating: [], count: channelCount)
    low = Array(repeating: [], count: channelCount)
    high = Array(repeating: [], count: channelCount)
    roughness = Array(repeating: 0, count: channelCount)
    isInGap = Array(repeating: false, count: channelCount)
    last = Array(repeating: .nan, count: channelCount)
    beforeLast = last
  }

  /// The next rows of the recording, row-major; whole seconds but for the last call.
  mutating func add(_ rows: [Float]) {
    let count = rows.count / channelCount
    // Second by second: the samples of one are in cache for all channels.
    for start in stride(from: 0, to: count, by: window) {
      let end = min(count, start + window)
      for c in 0..<channelCount { add(rows, start..<end, c) }
    }
    sampleCount += count
  }

  /// One second of one channel.
  private mutating func add(_ rows: [Float], _ range: Range<Int>, _ c: Int) {
    var (least, most) = (Float.infinity, -Float.infinity)
    var (previous, before, bends) = (last[c], beforeLast[c], 0.0)
    var missing = 0
    for t in range {
      let value = rows[t * channelCount + c]
      guard value.isFinite else {
        gap(at: sampleCount + t, c, after: previous)
        missing += 1
        continue
      }
      least = min(least, value)
      most = max(most, value)
      let number = Double(value)
      if isInGap[c] {
        gaps[c][gaps[c].count - 1].after = number
        isInGap[c] = false
      }
      let bend = number - 2 * previous + before
      // The first two samples have no bend.
      bends += bend.isNaN ? 0 : bend * bend
      (before, previous) = (previous, number)
    }
    roughness[c] += bends
    last[c] = previous
    beforeLast[c] = before
    guard range.count == window else { return }
    low[c].append(missing > 0 ? .nan : least)
    high[c].append(missing > 0 ? .nan : most)
  }

  private mutating func gap(at t: Int, _ c: Int, after previous: Double) {
    if isInGap[c], let open = gaps[c].indices.last {
      gaps[c][open].range = gaps[c][open].range.lowerBound..<(t + 1)
    } else {
      gaps[c].append(Gap(range: t..<(t + 1), before: previous, after: .nan))
      isInGap[c] = true
    }
  }

  func missingShare(_ c: Int) -> Double {
    Double(gaps[c].reduce(0) { $0 + $1.range.count }) / Double(max(1, sampleCount))
  }

  func meanSquaredBend(_ c: Int) -> Double { roughness[c] / Double(max(1, sampleCount - 2)) }

  /// The longest stretch of whole seconds in which a channel stays within the range.
  func flatSeconds(_ c: Int, range: Float) -> Int {
    var longest = 0
    var first = 0
    var lows: [Int] = []
    var highs: [Int] = []
    // Two queues hold the candidates for the lowest and highest second of the stretch, best first.
    for s in low[c].indices {
      if low[c][s].isNaN {
        (first, lows, highs) = (s + 1, [], [])
        continue
      }
      while let end = lows.last, low[c][end] >= low[c][s] { lows.removeLast() }
      while let end = highs.last, high[c][end] <= high[c][s] { highs.removeLast() }
      lows.append(s)
      highs.append(s)
      while first <= s, !(high[c][highs[0]] - low[c][lows[0]] < range) {
        first += 1
        if let start = lows.first, start < first { lows.removeFirst() }
        if let start = highs.first, start < first { highs.removeFirst() }
        if lows.isEmpty || highs.isEmpty { break }
      }
      longest = max(longest, s - first + 1)
    }
    return longest
  }

  /// The samples of one channel with straight lines over what is missing; 0 where all is.
  ///
  /// - Parameter series: samples from `start` on.
  func filled(_ series: inout [Double], channel: Int, start: Int) {
    let end = start + series.count
    for gap in gaps[channel] where gap.range.upperBound > start && gap.range.lowerBound < end {
      let before = gap.before.isNaN ? gap.after : gap.before
      let after = gap.after.isNaN ? gap.before : gap.after
      let step = (after - before) / Double(gap.range.count + 1)
      for t in max(start, gap.range.lowerBound)..<min(end, gap.range.upperBound) {
        let value = before + step * Double(t - gap.range.lowerBound + 1)
        series[t - start] = value.isFinite ? value : 0
      }
    }
  }
}
