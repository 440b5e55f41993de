import ContentIdentity
import Diagnostics
import Importing
import LabelledArrays

/// Where one recording lies in its files, and how it is read: `[time, space]` in stored units.
struct RecordingSource: Sendable {
  /// A dataset; several when each holds one channel.
  struct Part: Sendable {
    var file: String
    var dataset: String
  }

  var parts: [Part]
  var axes: [String]
  var shape: [Int]
  /// Axis -> the one index of it that belongs to this recording.
  var fixed: [String: Int] = [:]
  /// Samples of the time axis.
  var samples: Range<Int>
  var spaceAxis: String?
  var labels: [String]
  var factor: Double
  /// Reads `[samples, labels]` in stored units from a file that is no generic array.
  var reader: (@Sendable (Range<Int>) throws -> [Float])?
  /// Stored labels, a subset of `labels` after `--bad drop`.
  var kept: [Int]

  /// Samples of the whole file, before any crop.
  var fileSampleCount: Int { shape[timeAxis] }

  private var timeAxis: Int {
    guard let axis = axes.firstIndex(of: "time") else { preconditionFailure("axes without time: \(axes)") }
    return axis
  }

  /// Reads `[samples, labels]`, row-major, all labels; memory is two copies of one recording.
  func values() throws -> [Float] {
    if let reader { return try reader(samples) }
    let count = samples.count
    let width = labels.count
    if parts.count == 1 { return scaled(try block(parts[0])) }
    var all = [Float](repeating: 0, count: count * width)
    for (channel, part) in parts.enumerated() {
      for (sample, value) in try block(part).enumerated() { all[sample * width + channel] = value }
    }
    return scaled(all)
  }

  /// One dataset's part with time first.
  private func block(_ part: Part) throws -> [Float] {
    let file = try ArrayFile.open(part.file)
    let offset = axes.map { fixed[$0] ?? ($0 == "time" ? samples.lowerBound : 0) }
    let count = zip(axes, shape).map { fixed[$0] != nil ? 1 : $0 == "time" ? samples.count : $1 }
    let values = try file.exactFloats(
      part.dataset, offset: offset, count: count, seriesAxis: spaceAxis.flatMap(axes.firstIndex(of:)))
    guard let space = spaceAxis.flatMap(axes.firstIndex(of:)), space < timeAxis else { return values }
    return Self.transposed(values, rows: count[space], columns: count[timeAxis])
  }

  /// In blocks that stay in the cache.
  static func transposed(_ values: [Float], rows: Int, columns: Int) -> [Float] {
    var out = [Float](repeating: 0, count: values.count)
    let block = 32
    for row in stride(from: 0, to: rows, by: block) {
      for column in stride(from: 0, to: columns, by: block) {
        for r in row..<min(row + block, rows) {
          for c in column..<min(column + block, columns) { out[c * rows + r] = values[r * columns + c] }
        }
      }
    }
    return out
  }

  private func scaled(_ values: [Float]) -> [Float] {
    factor == 1 ? values : values.map { Float(Double($0) * factor) }
  }

  /// The array as stored: time in seconds from the first kept sample.
  func array(rateHz: Double, spaceName: String, units: String) throws -> LabelledArray {
    var values = try values()
    if kept.count < labels.count {
      let width = labels.count
      values = (0..<samples.count).flatMap { sample in kept.map { values[sample * width + $0] } }
    }
    return LabelledArray(
      axes: [.time((0..<samples.count).map { Double($0) / rateHz }), .labels(spaceName, kept.map { labels[$0] })],
      values: values, units: units)
  }
}

/// What a look at every sample of a recording says.
struct SampleSurvey {
  var missing = 0
  var infinite: [Int: Int] = [:]
  /// Channels with no two different values.
  var constant: [Int] = []
  /// Channels without any value.
  var empty: [Int] = []
  /// Median over channels of the standard deviation.
  var typicalDeviation = 0.0
  var sha256 = ""

  init(_ values: [Float], width: Int) {
    var hash = SHA256()
    hash.updateCanonical(values)
    sha256 = hash.hex()
    var low = [Float](repeating: .infinity, count: width)
    var high = [Float](repeating: -.infinity, count: width)
    var sum = [Double](repeating: 0, count: width)
    var square = sum
    var count = [Int](repeating: 0, count: width)
    // Sums are taken about the first value, because offsets of EEG amplifiers exceed the signal a thousandfold.
    var origin = [Double](repeating: .nan, count: width)
    for start in stride(from: 0, to: values.count, by: width) {
      for channel in 0..<width {
        let value = values[start + channel]
        if value.isNaN {
          missing += 1
          continue
        }
        if value.isInfinite {
          infinite[channel, default: 0] += 1
          continue
        }
        if count[channel] == 0 { origin[channel] = Double(value) }
        count[channel] += 1
        low[channel] = min(low[channel], value)
        high[channel] = max(high[channel], value)
        let centred = Double(value) - origin[channel]
        sum[channel] += centred
        square[channel] += centred * centred
      }
    }
    var deviations: [Double] = []
    for channel in 0..<width {
      if count[channel] == 0 {
        if infinite[channel] == nil { empty.append(channel) }
      } else if low[channel] == high[channel] {
        constant.append(channel)
      } else {
        let mean = sum[channel] / Double(count[channel])
        deviations.append(max(0, square[channel] / Double(count[channel]) - mean * mean).squareRoot())
      }
    }
    typicalDeviation = deviations.isEmpty ? 0 : deviations.sorted()[deviations.count / 2]
  }
}
