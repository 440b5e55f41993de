import Diagnostics
import Dispatch
import FourierTransform
import LinearAlgebra
import Synchronization

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
    for first in stride(from: 0, to: channelCount, by: ColumnGroups.size) {
      let channels = first..<min(channelCount, first + ColumnGroups.size)
      let y = try concurrentlyFiltered([self], channels, samples: samples, decimation: decimation) { part in
        ColumnGroups.series(x, width: channelCount, Array(part))
      }
      for (k, c) in channels.enumerated() {
        for t in 0..<length { result[t * channelCount + c] = Float(y[k][t]) }
      }
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

  /// Channels that are filtered together: a cache line of float32.
  static let size = 16

  /// Channels of row-major samples as series, turned in tiles.
  static func series(_ x: [Float], width: Int, _ channels: [Int]) -> [[Double]] {
    let count = x.count / width
    var turned = [Double](repeating: 0, count: channels.count * count)
    for first in stride(from: 0, to: count, by: 256) {
      let last = min(count, first + 256)
      for (k, c) in channels.enumerated() {
        for t in first..<last { turned[k * count + t] = Double(x[t * width + c]) }
      }
    }
    return channels.indices.map { Array(turned[($0 * count)..<(($0 + 1) * count)]) }
  }
}

/// Series through filters one after the other, the last with decimation, on as many threads as BLAS has.
///
/// - Parameter series: the samples of some of the channels, `samples` each.
/// - Throws: `E-ELE-002` where a channel has a NaN or infinity.
func concurrentlyFiltered(
  _ filters: [FIRFilter], _ channels: Range<Int>, samples: Int, decimation: Int,
  series: @Sendable (Range<Int>) -> [[Double]]
) throws(EvokeError) -> [[Double]] {
  let threads = max(1, min(BLASThreads.current, channels.count))
  let state = Mutex((parts: [[[Double]]](repeating: [], count: threads), error: EvokeError?.none))
  DispatchQueue.concurrentPerform(iterations: threads) { thread in
    let first = channels.lowerBound + thread * channels.count / threads
    let part = first..<(channels.lowerBound + (thread + 1) * channels.count / threads)
    do throws(EvokeError) {
      let y = try filtered(filters, series(part), from: first, samples: samples, decimation: decimation)
      state.withLock { $0.parts[thread] = y }
    } catch {
      state.withLock { $0.error = $0.error ?? error }
    }
  }
  let (parts, error) = state.withLock { ($0.parts, $0.error) }
  if let error { throw error }
  return parts.flatMap { $0 }
}

/// At most two filters, one plan each.
private func filtered(
  _ filters: [FIRFilter], _ series: [[Double]], from first: Int, samples: Int, decimation: Int
) throws(EvokeError) -> [[Double]] {
  precondition(filters.count <= 2, "a notch and a band-pass at most")
  var result: [[Double]] = []
  if filters.count == 2 {
    var notch = ConvolutionBlocks(filters[0], samples: samples, decimation: 1)
    var band = ConvolutionBlocks(filters[1], samples: samples, decimation: decimation)
    for (k, one) in series.enumerated() {
      let name = "channel \(first + k)"
      result.append(try band.filter(try notch.filter(one, name: name), name: name))
    }
  } else if let filter = filters.first {
    var only = ConvolutionBlocks(filter, samples: samples, decimation: decimation)
    for (k, one) in series.enumerated() { result.append(try only.filter(one, name: "channel \(first + k)")) }
  } else {
    result = series.map { one in stride(from: 0, to: samples, by: decimation).map { one[$0] } }
  }
  return result
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
