import FourierTransform
import SignalProcessing

#if canImport(Glibc)
  import Glibc
#endif

extension DescriptorSet {
  /// A log-mel spectrum as wide as a model's layer and with as much context: what the layer is worth beyond the sound's
  /// level and spectrum shows only beside it.
  ///
  /// Frames of 25 ms every 10 ms of 16 kHz sound, periodic Hann window, FFT 2,048, power P. For each span s of
  /// `LogMelSpans` the set has level_s, loudness_s and bands mel1_s, mel2_s ...: level is `10 log10 max(mean x², 1e-10)`
  /// over the frame, loudness that of `lld12`, a band `10 log10 max(Σ w P, 1e-10)` of triangles equally spaced in mel
  /// (HTK) from 0 to 8,000 Hz, their sides at least one bin wide so that none is empty. Span 0 is the frame itself,
  /// longer ones are centred means over s seconds of frames (those that the sound has). Bands are shared out so that
  /// all columns together are `width`. Silence has -100 dB and loudness 0.
  ///
  /// - Parameters:
  ///   - width: columns of the layer, at least 3.
  ///   - contextSeconds: sound that a frame of the layer draws on.
  public static func logMelSpectrum(width: Int, contextSeconds: Double) -> DescriptorSet {
    let spans = LogMelSpans(width: width, contextSeconds: contextSeconds)
    return DescriptorSet(
      name: "logmel\(spans.context > 0 ? "\(Int(spans.context))s" : "")-\(width)", version: 1,
      summary: "a log-mel spectrum with level and loudness, averaged over spans up to \(spans.context) s",
      columns: spans.columns, nativeRateHz: 100, kernel: { LogMelKernel(spans) })
  }
}

/// The spans a log-mel spectrum is averaged over, and how many bands each has.
///
/// Spans are 0 (a frame) and those of 3, 9, 27 ... s that the context holds, at most as many as leave every span a band.
public struct LogMelSpans: Sendable, Equatable {
  /// Seconds; 0 is the frame itself.
  public let seconds: [Double]
  /// Bands of each span; the first ones have the remainder.
  public let bands: [Int]

  public init(width: Int, contextSeconds: Double) {
    precondition(width >= 3 && contextSeconds >= 0, "a level, a loudness and a band")
    let longer = (1...8).map { pow(3, Double($0)) }.filter { $0 <= contextSeconds + 1e-9 }
    seconds = Array(([0] + longer).prefix(width / 3))
    let (each, rest) = (width - 2 * seconds.count).quotientAndRemainder(dividingBy: seconds.count)
    bands = seconds.indices.map { each + ($0 < rest ? 1 : 0) }
  }

  /// The longest span; a set of this context and width is the same.
  public var context: Double { seconds[seconds.count - 1] }

  var columns: [DescriptorColumn] {
    zip(seconds, bands).flatMap { span, count -> [DescriptorColumn] in
      let suffix = span == 0 ? "" : "_\(Int(span))s"
      return [
        DescriptorColumn("level" + suffix, unit: "dB", silence: -100),
        DescriptorColumn("loudness" + suffix, unit: "1", silence: 0),
      ] + (1...count).map { DescriptorColumn("mel\($0)" + suffix, unit: "dB", silence: -100) }
    }
  }
}

final class LogMelKernel: GridKernel {
  static let grid = FrameGrid(length: 400, hop: 160)
  private static let batch = 64
  private static let bins = 1_025
  private static let floor: Float = 1e-10
  private let spans: LogMelSpans
  /// One bank per span, each with the span's number of bands.
  private let banks: [MelBands]
  private let loudness = LoudnessBands(bins: bins, binHz: 16_000.0 / 2_048)
  private var transform = FrameFourierTransform(length: 2_048, frames: batch)
  private let window = hannWindow(length: grid.length).map(Float.init)
  private var power = [Float](repeating: 0, count: batch * bins)
  private var energies: [Float]
  let width: Int

  init(_ spans: LogMelSpans) {
    self.spans = spans
    banks = spans.bands.map {
      MelBands(
        count: $0, lowHz: 0, highHz: 8_000, scale: .htk, bins: Self.bins, binHz: 16_000.0 / 2_048,
        narrowestSideHz: 16_000.0 / 2_048)
    }
    width = spans.columns.count
    energies = [Float](repeating: 0, count: max(loudness.mel.count, spans.bands[0]))
  }

  /// Frames on either side that the longest span adds.
  private var reach: Int { Int((spans.context * 100 / 2).rounded()) }

  func samples(for rows: Range<Int>, sampleCount: Int) -> Range<Int> {
    let frames = frames(around: rows, sampleCount)
    return Self.grid.start(frames.lowerBound)..<(Self.grid.start(frames.upperBound - 1) + Self.grid.length)
  }

  private func frames(around rows: Range<Int>, _ sampleCount: Int) -> Range<Int> {
    max(0, rows.lowerBound - reach)..<min(rowCount(sampleCount), rows.upperBound + reach)
  }

  func compute(_ rows: Range<Int>, _ x: [Float], offset: Int, sampleCount: Int) -> [Float] {
    let frames = frames(around: rows, sampleCount)
    let own = describe(frames, x, offset: offset)
    var values = [Float](repeating: 0, count: rows.count * width)
    var first = 0
    for (span, count) in zip(spans.seconds, spans.bands) {
      let half = Int((span * 100 / 2).rounded())
      for column in first..<first + count + 2 {
        average(own, frames, column, half: half, over: rows, into: &values)
      }
      first += count + 2
    }
    return values
  }

  /// Centred means over 2 half + 1 frames of a column, those outside the sound left out.
  private func average(
    _ own: [Float], _ frames: Range<Int>, _ column: Int, half: Int, over rows: Range<Int>, into values: inout [Float]
  ) {
    func value(_ frame: Int) -> Double { Double(own[(frame - frames.lowerBound) * width + column]) }
    var kept = max(frames.lowerBound, rows.lowerBound - half)..<max(frames.lowerBound, rows.lowerBound - half)
    var sum = 0.0
    for row in rows {
      let wanted = max(frames.lowerBound, row - half)..<min(frames.upperBound, row + half + 1)
      for frame in kept.upperBound..<wanted.upperBound { sum += value(frame) }
      for frame in kept.lowerBound..<wanted.lowerBound { sum -= value(frame) }
      kept = wanted
      values[(row - rows.lowerBound) * width + column] =
        half == 0 ? own[(row - frames.lowerBound) * width + column] : Float(sum / Double(wanted.count))
    }
  }

  /// `[frames, width]`: every span's columns of single frames.
  private func describe(_ frames: Range<Int>, _ x: [Float], offset: Int) -> [Float] {
    var values = [Float](repeating: 0, count: frames.count * width)
    for first in stride(from: frames.lowerBound, to: frames.upperBound, by: Self.batch) {
      let count = min(Self.batch, frames.upperBound - first)
      let start = Self.grid.start(first) - offset
      transform.powerOfFrames(x, start: start, hop: Self.grid.hop, count: count, window: window, into: &power)
      for i in 0..<count {
        let level = Self.level(x, from: start + i * Self.grid.hop)
        describe(power: i * Self.bins, level: level, at: (first + i - frames.lowerBound) * width, into: &values)
      }
    }
    return values
  }

  private func describe(power start: Int, level: Float, at row: Int, into values: inout [Float]) {
    loudness.mel.energies(power, at: start, into: &energies)
    let loud = Float(loudness.loudness(energies))
    var column = row
    for bank in banks {
      values[column] = level
      values[column + 1] = loud
      bank.energies(power, at: start, into: &energies)
      for b in 0..<bank.count { values[column + 2 + b] = 10 * log10f(max(energies[b], Self.floor)) }
      column += bank.count + 2
    }
  }

  private static func level(_ x: [Float], from start: Int) -> Float {
    var sum: Float = 0
    for i in start..<start + grid.length { sum += x[i] * x[i] }
    return 10 * log10f(max(sum / Float(grid.length), floor))
  }
}
