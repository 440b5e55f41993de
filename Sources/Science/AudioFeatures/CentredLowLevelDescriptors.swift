import SignalProcessing

/// The rows of `lld12` on librosa's default frames, and behind them the same hidden columns as `LowLevelKernel`.
final class CentredLowLevelKernel: DescriptorKernel {
  private static let grid = FrameGrid(length: 2_048, hop: 512)
  private static let half = grid.length / 2
  private var spectral = SpectralDescriptors(frame: grid, transformLength: 2_048)
  private var pitch = PitchDescriptors()

  let width = 14

  func rowCount(_ sampleCount: Int) -> Int { sampleCount == 0 ? 0 : sampleCount / Self.grid.hop + 1 }
  func doubledCentre(_ row: Int) -> Int { 2 * Self.grid.hop * row }

  func samples(for rows: Range<Int>, sampleCount: Int) -> Range<Int> {
    let reach = (Modulation.reach + 3) * 160
    return max(0, rows.lowerBound * 512 - reach)..<min(sampleCount, rows.upperBound * 512 + reach)
  }

  func compute(_ rows: Range<Int>, _ x: [Float], offset: Int, sampleCount: Int) -> [Float] {
    // One frame earlier, for the flux of the first.
    let first = max(0, rows.lowerBound - 1)
    let from = first * 512 - Self.half
    let count = (rows.upperBound - 1 - first) * 512 + Self.grid.length
    let padded = Self.extended(x, from: from - offset, count: count) { _ in 0 }
    var values = [Float](repeating: 0, count: rows.count * width)
    addSpectral(rows, padded, first: first, &values)
    addCrossings(rows, Self.extended(x, from: from - offset, count: count) { $0 }, first: first, &values)
    addPitch(rows, padded, first: first, &values)
    addModulation(rows, x, offset: offset, sampleCount: sampleCount, to: &values)
    return values
  }

  /// `count` samples from index `from` on, continued beyond the ends by a function of the end sample.
  private static func extended(_ x: [Float], from: Int, count: Int, _ beyond: (Float) -> Float) -> [Float] {
    guard let first = x.first, let last = x.last else { preconditionFailure("frames of a sound without samples") }
    let (before, after) = (beyond(first), beyond(last))
    return (from..<(from + count)).map { $0 < 0 ? before : $0 >= x.count ? after : x[$0] }
  }

  private func addSpectral(_ rows: Range<Int>, _ x: [Float], first: Int, _ values: inout [Float]) {
    var table = [Double](repeating: 0, count: SpectralDescriptors.batch * SpectralDescriptors.count)
    spectral.restart()
    var row = first
    while row < rows.upperBound {
      let count = min(SpectralDescriptors.batch, rows.upperBound - row)
      spectral.compute(x, start: (row - first) * 512, frames: count, into: &table)
      for i in 0..<count where row + i >= rows.lowerBound {
        let to = (row + i - rows.lowerBound) * width
        for (item, column) in [0, 1, 4, 5, 6, 7, 8, 9, 10].enumerated() {
          values[to + column] = Float(table[i * SpectralDescriptors.count + item])
        }
      }
      row += count
    }
  }

  private func addCrossings(_ rows: Range<Int>, _ x: [Float], first: Int, _ values: inout [Float]) {
    for row in rows {
      let start = (row - first) * 512
      var crossings = 0
      for i in (start + 1)..<(start + Self.grid.length) where (x[i] < 0) != (x[i - 1] < 0) { crossings += 1 }
      values[(row - rows.lowerBound) * width + 4] = Float(crossings) / Float(Self.grid.length)
    }
  }

  private func addPitch(_ rows: Range<Int>, _ x: [Float], first: Int, _ values: inout [Float]) {
    var semitones = [Double](repeating: 0, count: rows.count)
    var harmonicity = semitones
    let start = (rows.lowerBound - first) * 512 + (Self.grid.length - PitchDescriptors.frame.length) / 2
    pitch.compute(
      x, start: start, hop: 512, frames: rows.count, semitones: &semitones, harmonicity: &harmonicity)
    for i in 0..<rows.count {
      values[i * width + 2] = Float(semitones[i])
      values[i * width + 3] = Float(harmonicity[i])
    }
  }

  private func addModulation(
    _ rows: Range<Int>, _ x: [Float], offset: Int, sampleCount: Int, to values: inout [Float]
  ) {
    guard sampleCount >= 160 else { return }
    let first = max(0, rows.lowerBound * 512 / 160 - Modulation.reach)
    let end = min(sampleCount / 160, rows.upperBound * 512 / 160 + Modulation.reach)
    let envelope = Modulation.envelope(x, from: first * 160 - offset, count: end - first)
    let band = Modulation.band(envelope)
    for row in rows {
      let at = min(row * 512 / 160, sampleCount / 160 - 1) - first
      let to = (row - rows.lowerBound) * width
      values[to + 11] = Float(Modulation.depth(band: band, envelope: envelope, around: at))
      values[to + 12] = Float(band[at] * band[at])
      values[to + 13] = Float(envelope[at])
    }
  }
}
