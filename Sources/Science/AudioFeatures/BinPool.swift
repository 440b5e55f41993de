import SignalProcessing
import Vocabulary

/// Frames arriving in order, pooled into bins (see `DescriptorSet` for missing values).
struct BinPool {
  private let columns: [DescriptorColumn]
  private let width: Int
  private let binCount: Int
  private let aggregate: Aggregate
  /// The bin being collected and its frames' values, column by column, missing ones left out.
  private var bin = 0
  private var frames: [[Float]]
  private var table: [Float]
  private var hasFrames: [Bool]

  init(_ columns: [DescriptorColumn], width: Int, binCount: Int, aggregate: Aggregate) {
    self.columns = columns
    self.width = width
    self.binCount = binCount
    self.aggregate = aggregate
    frames = [[Float]](repeating: [], count: width)
    table = [Float](repeating: .nan, count: binCount * columns.count)
    hasFrames = [Bool](repeating: false, count: binCount)
  }

  /// Adds row `row` of `[rows, width]` values; bins must not decrease. Frames behind the last bin are left out.
  mutating func add(_ values: [Float], row: Int, to bin: Int) {
    if bin != self.bin {
      close()
      self.bin = bin
    }
    guard bin < binCount else { return }
    hasFrames[bin] = true
    for c in 0..<width where !values[row * width + c].isNaN { frames[c].append(values[row * width + c]) }
  }

  private mutating func close() {
    guard bin < binCount, hasFrames[bin] else { return }
    for c in columns.indices { table[bin * columns.count + c] = value(c) }
    for c in 0..<width { frames[c].removeAll(keepingCapacity: true) }
  }

  private func value(_ c: Int) -> Float {
    guard let last = frames[c].last else { return .nan }
    switch aggregate {
    case .max: return frames[c].reduce(last, max)
    case .last: return last
    case .std:
      let mean = Self.mean(frames[c])
      let squares = frames[c].reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
      return Float((squares / Double(frames[c].count)).squareRoot())
    case .mean:
      switch columns[c].pooling {
      case .mean: return Float(Self.mean(frames[c]))
      case .median: return Self.median(frames[c])
      case .rootOverMean(let a, let b, let floor):
        let level = Self.mean(frames[b])
        return level > floor ? Float(Self.mean(frames[a]).squareRoot() / level) : 0
      }
    }
  }

  private static func mean(_ values: [Float]) -> Double {
    values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
  }

  /// The median; NaN of nothing.
  static func median(_ values: [Float]) -> Float {
    guard !values.isEmpty else { return .nan }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// All bins, with gaps filled and flagged.
  mutating func finish() -> DescriptorRows {
    close()
    var filled = hasFrames.map { !$0 }
    repeatNeighbours()
    for c in columns.indices {
      let present = (0..<binCount).map { table[$0 * columns.count + c] }.filter { !$0.isNaN }
      let fill = present.isEmpty ? columns[c].silence ?? 0 : Self.median(present)
      for b in 0..<binCount where table[b * columns.count + c].isNaN {
        table[b * columns.count + c] = fill
        filled[b] = true
      }
    }
    return DescriptorRows(firstRow: 0, values: table, isFilled: filled)
  }

  /// Bins in which no frame has its centre take the row of the nearest bin that has some.
  private mutating func repeatNeighbours() {
    let known = hasFrames.indices.filter { hasFrames[$0] }
    guard !known.isEmpty else { return }
    var position = 0
    for b in 0..<binCount where !hasFrames[b] {
      while position + 1 < known.count, abs(known[position + 1] - b) < abs(known[position] - b) { position += 1 }
      for c in columns.indices { table[b * columns.count + c] = table[known[position] * columns.count + c] }
    }
  }
}
