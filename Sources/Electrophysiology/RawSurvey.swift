import Diagnostics
import LinearAlgebra

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
    last = Array(repeating: .nan, count: channelCount)
    beforeLast = last
  }

  /// The next rows of the recording, row-major; whole seconds but for the last call.
  mutating func add(_ rows: [Float]) {
    let count = rows.count / channelCount
    for c in 0..<channelCount {
      var second = SecondRange()
      for t in 0..<count {
        let value = rows[t * channelCount + c]
        if t % window == 0, t > 0 { push(&second, c) }
        if value.isFinite {
          second.add(value)
          note(Double(value), c)
        } else {
          second.isMissing = true
          gap(at: sampleCount + t, c)
        }
      }
      if count % window == 0 || count < window { push(&second, c, isWhole: count % window == 0) }
    }
    sampleCount += count
  }

  private struct SecondRange {
    var low = Float.infinity
    var high = -Float.infinity
    var isMissing = false

    mutating func add(_ value: Float) {
      low = min(low, value)
      high = max(high, value)
    }
  }

  private mutating func push(_ second: inout SecondRange, _ c: Int, isWhole: Bool = true) {
    if isWhole {
      low[c].append(second.isMissing ? .nan : second.low)
      high[c].append(second.isMissing ? .nan : second.high)
    }
    second = SecondRange()
  }

  private mutating func note(_ value: Double, _ c: Int) {
    if let open = gaps[c].indices.last, gaps[c][open].after.isNaN { gaps[c][open].after = value }
    let bend = value - 2 * last[c] + beforeLast[c]
    if bend.isFinite { roughness[c] += bend * bend }
    beforeLast[c] = last[c]
    last[c] = value
  }

  private mutating func gap(at t: Int, _ c: Int) {
    if let open = gaps[c].indices.last, gaps[c][open].range.upperBound == t {
      gaps[c][open].range = gaps[c][open].range.lowerBound..<(t + 1)
    } else {
      gaps[c].append(Gap(range: t..<(t + 1), before: last[c], after: .nan))
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
