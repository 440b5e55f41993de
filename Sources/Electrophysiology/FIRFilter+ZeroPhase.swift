import Diagnostics
import FourierTransform
import LinearAlgebra

extension FIRFilter {
  /// The filtered columns of a recording, optionally every `decimation`-th sample of them only.
  ///
  /// `y[t] = sum_k h[k] x[t + (L - 1) / 2 - k]`, by FFT in overlapping blocks. Beyond the ends the series is mirrored
  /// through its end points (`2 x[0] - x[k]`) over min(L, n) - 1 samples, and zero beyond that (MNE's
  /// `reflect_limited`). With `decimation` D the output is y[0], y[D], ... — exact samples of the filtered series, for a
  /// D-th of the inverse transform; nothing but this filter guards against aliasing, hence the refusal.
  ///
  /// - Parameter x: `[sampleCount, channelCount]`, any unit; kept.
  /// - Returns: `[ceil(sampleCount / D), channelCount]`.
  /// - Throws: `E-ELE-002` where a channel has a NaN or infinity, `E-ELE-003` for fewer than two samples, `E-ELE-004`
  ///   where more than 0.4 of the decimated rate passes.
  public func applied(to x: Matrix, decimation: Int = 1) throws(EvokeError) -> Matrix {
    let length = try outputLength(samples: x.rows, decimation: decimation)
    var result = Matrix(rows: length, columns: x.columns)
    var blocks = ConvolutionBlocks(self, samples: x.rows, decimation: decimation)
    try ColumnGroups.forEach(of: x) { (column, series) throws(EvokeError) in
      let y = try blocks.filter(series, name: "channel \(column)")
      for t in 0..<length { result.values[t * x.columns + column] = y[t] }
    }
    return result
  }

  /// The filtered channels of a recording held as float32, computed in float64.
  ///
  /// - Parameter x: `[sampleCount, channelCount]`, row-major.
  /// - Returns: `[ceil(sampleCount / D), channelCount]`, row-major.
  /// - Throws: as `applied(to:decimation:)` of a matrix.
  public func applied(to x: [Float], channelCount: Int, decimation: Int = 1) throws(EvokeError) -> [Float] {
    precondition(channelCount > 0 && x.count % channelCount == 0, "samples do not fill whole rows")
    let samples = x.count / channelCount
    let length = try outputLength(samples: samples, decimation: decimation)
    var result = [Float](repeating: 0, count: length * channelCount)
    var blocks = ConvolutionBlocks(self, samples: samples, decimation: decimation)
    try ColumnGroups.forEach(of: x, columns: channelCount) { (column, series) throws(EvokeError) in
      let y = try blocks.filter(series, name: "channel \(column)")
      for t in 0..<length { result[t * channelCount + column] = Float(y[t]) }
    }
    return result
  }

  func outputLength(samples: Int, decimation: Int) throws(EvokeError) -> Int {
    precondition(decimation > 0, "every how-manieth sample")
    guard samples > 1 else {
      throw EvokeError(
        .seriesTooShort, "\(samples) samples", reason: "a filter needs at least two samples",
        remedy: "leave the recording out")
    }
    let newRate = rateHz / Double(decimation)
    if decimation > 1, highestPassedHz > 0.4 * newRate {
      throw EvokeError(
        .resamplingRate, "\(newRate) Hz",
        reason: "frequencies up to \(highestPassedHz) Hz pass the filter, more than 0.4 of the new rate",
        remedy: "low-pass at \(0.3 * newRate) Hz or below, or keep a higher rate")
    }
    return (samples + decimation - 1) / decimation
  }
}

/// Reads the columns of a row-major recording eight at a time, so that a cache line is used whole.
enum ColumnGroups {
  static func forEach(
    of x: Matrix, _ body: (_ column: Int, _ series: [Double]) throws(EvokeError) -> Void
  ) throws(EvokeError) {
    for first in stride(from: 0, to: x.columns, by: 8) {
      let count = min(8, x.columns - first)
      var group = [[Double]](repeating: [], count: count)
      for c in 0..<count {
        var series = [Double](repeating: 0, count: x.rows)
        for t in 0..<x.rows { series[t] = x.values[t * x.columns + first + c] }
        group[c] = series
      }
      for c in 0..<count { try body(first + c, group[c]) }
    }
  }

  static func forEach(
    of x: [Float], columns: Int, _ body: (_ column: Int, _ series: [Double]) throws(EvokeError) -> Void
  ) throws(EvokeError) {
    let rows = x.count / columns
    for column in 0..<columns {
      var series = [Double](repeating: 0, count: rows)
      for t in 0..<rows { series[t] = Double(x[t * columns + column]) }
      try body(column, series)
    }
  }
}

/// The plan of one filter over series of one length: overlapping blocks, each one forward and one inverse transform.
struct ConvolutionBlocks: ~Copyable {
  private let samples: Int
  private let decimation: Int
  private let halfLength: Int
  private let edge: Int
  private let blockLength: Int
  /// Output samples of one block, before decimation; a multiple of `decimation`.
  private let advance: Int
  private var forward: RealFourierTransform
  private var inverse: RealFourierTransform
  private let response: Spectrum
  private var spectrum: Spectrum
  private var folded: Spectrum
  private var input: [Double]
  private var output: [Double]

  init(_ filter: FIRFilter, samples: Int, decimation: Int) {
    let taps = filter.taps.count
    let length = Self.blockLength(taps: taps, samples: samples, decimation: decimation)
    self.samples = samples
    self.decimation = decimation
    halfLength = taps / 2
    edge = min(taps, samples) - 1
    blockLength = length
    advance = (length - taps + 1) / decimation * decimation
    forward = RealFourierTransform(length: length)
    inverse = RealFourierTransform(length: length / decimation)
    // Reversed in time about 0, so that block output i is the filter centred on input i + halfLength.
    var reversed = [Double](repeating: 0, count: length)
    for (k, tap) in filter.taps.enumerated() { reversed[(length - k) % length] = tap }
    response = forward.forward(reversed)
    spectrum = Spectrum(binCount: forward.binCount)
    folded = Spectrum(binCount: inverse.binCount)
    input = [Double](repeating: 0, count: length)
    output = [Double](repeating: 0, count: length / decimation)
  }

  /// The least work per output sample among decimation x 2^k, within the series and a cache's reach.
  private static func blockLength(taps: Int, samples: Int, decimation: Int) -> Int {
    var best = (length: 0, cost: Double.infinity)
    var length = decimation
    while length < 2 * taps + 2 * decimation { length *= 2 }
    let whole = samples + 2 * taps
    for _ in 0..<8 {
      let advance = (length - taps + 1) / decimation * decimation
      let count = (samples + advance - 1) / advance
      let bits = Double(Int.bitWidth - length.leadingZeroBitCount)
      let cost = Double(count * length) * (bits + 1) + (length > 1 << 17 ? 0.2 * Double(count * length) * bits : 0)
      if cost < best.cost { best = (length, cost) }
      if length > whole { break }
      length *= 2
    }
    return best.length
  }

  mutating func filter(_ x: [Double], name: String) throws(EvokeError) -> [Double] {
    guard x.allSatisfy(\.isFinite) else {
      throw EvokeError(
        .seriesNotFinite, name, reason: "\(x.count { !$0.isFinite }) of \(x.count) samples are not numbers",
        remedy: "mark the channel bad or exclude the segment")
    }
    let padded = mirrored(x)
    var result = [Double](repeating: 0, count: (samples + decimation - 1) / decimation)
    var start = 0
    while start < samples {
      let available = min(blockLength, padded.count - start)
      input.replaceSubrange(0..<available, with: padded[start..<(start + available)])
      for i in available..<blockLength { input[i] = 0 }
      forward.forward(input, into: &spectrum)
      spectrum.multiply(by: response)
      if decimation == 1 {
        inverse.inverse(spectrum, into: &output)
      } else {
        fold()
        inverse.inverse(folded, into: &output)
      }
      let first = start / decimation
      let count = min(advance / decimation, result.count - first)
      result.replaceSubrange(first..<(first + count), with: output[0..<count])
      start += advance
    }
    return result
  }

  /// halfLength samples more on each side: mirrored through the end point as far as the edge reaches, then zero.
  private func mirrored(_ x: [Double]) -> [Double] {
    let n = x.count
    var padded = [Double](repeating: 0, count: n + 2 * halfLength)
    padded.replaceSubrange(halfLength..<(halfLength + n), with: x)
    for k in 0..<min(edge, halfLength) {
      padded[halfLength - 1 - k] = 2 * x[0] - x[k + 1]
      padded[halfLength + n + k] = 2 * x[n - 1] - x[n - 2 - k]
    }
    return padded
  }

  /// The spectrum of every D-th sample: the D aliases of every bin, averaged.
  private mutating func fold() {
    let length = blockLength
    let short = length / decimation
    let half = length / 2
    let scale = 1 / Double(decimation)
    for k in 0..<folded.binCount {
      var (re, im) = (0.0, 0.0)
      for alias in 0..<decimation {
        let bin = k + alias * short
        if bin <= half {
          re += spectrum.interleaved[2 * bin]
          im += spectrum.interleaved[2 * bin + 1]
        } else {
          re += spectrum.interleaved[2 * (length - bin)]
          im -= spectrum.interleaved[2 * (length - bin) + 1]
        }
      }
      folded.interleaved[2 * k] = re * scale
      folded.interleaved[2 * k + 1] = im * scale
    }
  }
}
