import LinearAlgebra
import SignalProcessing
import Vocabulary

/// Takes one layer's rows in order and turns them into rows at the wanted rate.
struct LayerCollector {
  let layer: EncoderLayer
  let bins: (grid: BinGrid, aggregate: Aggregate, count: Int)?
  var nextFrame = 0
  /// Rows delivered so far.
  var delivered = 0
  var openBin = 0
  var frames = 0
  /// Frames of the open bin, each counted with its weight.
  var weight = 0.0
  var sums: [Double]
  var squares: [Double]
  var extreme: [Float]
  private var finished: [Float] = []

  init(_ layer: EncoderLayer, bins: (grid: BinGrid, aggregate: Aggregate, count: Int)?) {
    self.layer = layer
    self.bins = bins
    sums = [Double](repeating: 0, count: layer.dimension)
    squares = bins?.aggregate == .std ? sums : []
    extreme = [Float](repeating: 0, count: layer.dimension)
  }

  /// Takes `rows` rows, which must follow those taken before; returns rows that are ready, with their first index.
  mutating func take(rows: Int, _ values: [Float], offset: Int) -> (first: Int, rows: [Float])? {
    let first = nextFrame
    nextFrame += rows
    guard let bins else { return (first, Array(values[offset..<offset + rows * layer.dimension])) }
    if layer.grid.placement == .overlap {
      for frame in first..<first + rows { share(frame, values, offset + (frame - first) * layer.dimension, bins) }
      return flush()
    }
    var frame = first
    while frame < first + rows {
      let bin = bins.grid.bin(frame, layer.grid)
      guard bin < bins.count else { break }
      while openBin < bin { close(bins.aggregate) }
      let end = min(first + rows, bins.grid.firstFrame(ofBin: bin + 1, layer.grid))
      add(end - frame, values, offset + (frame - first) * layer.dimension, bins.aggregate)
      frame = end
    }
    return flush()
  }

  /// Closes what is still open once all frames were taken.
  mutating func finish() -> (first: Int, rows: [Float])? {
    guard let bins else { return nil }
    while openBin < bins.count { close(bins.aggregate) }
    return flush()
  }

  private mutating func flush() -> (first: Int, rows: [Float])? {
    guard !finished.isEmpty else { return nil }
    defer {
      delivered += finished.count / layer.dimension
      finished = []
    }
    return (delivered, finished)
  }

  private mutating func add(_ rows: Int, _ values: [Float], _ offset: Int, _ aggregate: Aggregate) {
    let width = layer.dimension
    switch aggregate {
    case .mean: VectorMath.accumulate(&sums, values, offset: offset, rows: rows)
    case .std: VectorMath.accumulate(&sums, squares: &squares, values, offset: offset, rows: rows)
    case .last:
      let start = offset + (rows - 1) * width
      extreme.replaceSubrange(0..<width, with: values[start..<start + width])
    case .max:
      for r in 0..<rows {
        for c in 0..<width {
          let value = values[offset + r * width + c]
          if value > extreme[c] || (frames == 0 && r == 0) { extreme[c] = value }
        }
      }
    }
    frames += rows
    weight += Double(rows)
  }

  /// Adds one frame to every bin it overlaps, weighted by the overlap; `max` and `last` take it as it is.
  private mutating func share(
    _ frame: Int, _ values: [Float], _ offset: Int,
    _ bins: (grid: BinGrid, aggregate: Aggregate, count: Int)
  ) {
    for (bin, part) in bins.grid.shares(frame, layer.grid) where bin < bins.count {
      while openBin < bin { close(bins.aggregate) }
      switch bins.aggregate {
      case .max, .last:
        add(1, values, offset, bins.aggregate)
      case .mean, .std:
        for c in 0..<layer.dimension {
          let value = Double(values[offset + c])
          sums[c] += part * value
          if bins.aggregate == .std { squares[c] += part * value * value }
        }
        frames += 1
        weight += part
      }
    }
  }

  /// Appends the open bin's row, NaN where it has no frame, and opens the next.
  private mutating func close(_ aggregate: Aggregate) {
    let n = weight
    switch aggregate {
    case _ where frames == 0: finished += [Float](repeating: .nan, count: layer.dimension)
    case .mean: finished += sums.map { Float($0 / n) }
    case .std:
      finished += sums.indices.map { Float(max(0, squares[$0] / n - sums[$0] / n * (sums[$0] / n)).squareRoot()) }
    case .last, .max: finished += extreme
    }
    for c in sums.indices { sums[c] = 0 }
    for c in squares.indices { squares[c] = 0 }
    frames = 0
    weight = 0
    openBin += 1
  }
}
