import ContentIdentity
import Diagnostics
import MediaSources
import Plans
import Resampling
import SignalProcessing
import Warehouse

/// The mono sound of a stored stem at any rate, read second by second.
///
/// x = resample(mean over channels). The length is the one the stimulus' own sound has at that rate, so that features
/// of all elements have the same bins: what resampling to 44.1 kHz and back added is cut, what is missing is zero.
final class StemSource: SampleSource {
  let sampleCount: Int
  let rateHz: Double
  private let rows: ArrayRows
  private let stored: Int
  private let storedHz: Int
  private var resampler: ResamplerBox
  private var buffer: [Float] = []
  private var bufferStart = 0
  private var nextSecond = 0

  /// A class around the owner, because a stored property that is replaced cannot be one.
  private final class ResamplerBox {
    private var resampler: StreamResampler
    init(fromHz: Int, toHz: Int) throws { resampler = try StreamResampler(fromHz: fromHz, toHz: toHz) }
    func process(_ x: [Float]) throws -> [Float] { try resampler.process(x) }
    func finish() throws -> [Float] { try resampler.finish() }
  }

  /// - Parameters:
  ///   - stored: samples per channel of the stem.
  ///   - sampleCount: samples wanted at `rateHz`.
  init(_ reference: ArrayReference, stored: Int, storedHz: Int, rateHz: Int, sampleCount: Int) throws {
    rows = try ArrayRows(reference)
    self.stored = stored
    self.storedHz = storedHz
    self.sampleCount = sampleCount
    self.rateHz = Double(rateHz)
    resampler = try ResamplerBox(fromHz: storedHz, toHz: rateHz)
  }

  func samples(_ range: Range<Int>) throws -> [Float] {
    precondition(range.lowerBound >= bufferStart && range.upperBound <= sampleCount, "already passed, or beyond")
    while bufferStart + buffer.count < range.upperBound { try pull(range.lowerBound) }
    return Array(buffer[range.lowerBound - bufferStart..<range.upperBound - bufferStart])
  }

  func rewind() throws {
    resampler = try ResamplerBox(fromHz: storedHz, toHz: Int(rateHz))
    buffer = []
    bufferStart = 0
    nextSecond = 0
  }

  private func pull(_ start: Int) throws {
    let done = min(buffer.count, max(0, start - bufferStart))
    if done * 2 >= buffer.count {
      buffer.removeFirst(done)
      bufferStart += done
    }
    let first = nextSecond * storedHz
    guard first < stored else {
      buffer += try resampler.finish()
      buffer += [Float](repeating: 0, count: max(0, sampleCount - bufferStart - buffer.count))
      return
    }
    let block = try rows.rows(nextSecond..<nextSecond + 1)
    let count = min(storedHz, stored - first)
    buffer += try resampler.process((0..<count).map { 0.5 * (block[2 * $0] + block[2 * $0 + 1]) })
    nextSecond += 1
  }
}

extension UnitTask {
  /// Samples the stimulus' sound has at a rate, as far as its import recorded them.
  func sampleCount(rateHz: Int) -> Int? {
    guard let native = parameters["sample_count"]?.intValue, let hertz = parameters["sample_hz"]?.intValue else {
      return nil
    }
    return WaveformSource.sampleCount(native: native, nativeHz: hertz, rateHz: rateHz)
  }

  /// The separated stem this unit reads, nil where it reads a file.
  func stemSound(rateHz: Int) throws -> (any SampleSource)? {
    guard let array = stem(kind: "stem") else { return nil }
    guard let stored = array.description.parameters["sample_count"]?.intValue,
      let storedHz = array.description.parameters["rate_hz"]?.intValue
    else { preconditionFailure("a stem has a length") }
    let own = WaveformSource.sampleCount(native: stored, nativeHz: storedHz, rateHz: rateHz)
    return try StemSource(
      array.reference, stored: stored, storedHz: storedHz, rateHz: rateHz,
      sampleCount: sampleCount(rateHz: rateHz) ?? own)
  }

  /// Which seconds of the element are below -60 dBFS; nil for the original, whose silence is part of it.
  func silentSeconds() throws -> [Bool]? {
    if let level = stem(kind: "stem_level") {
      return try ArrayReader.read(level.reference).values.map { $0 < Float(SoundLevels.silence) }
    }
    guard parameters["separation"]?.stringValue == "imported" else { return nil }
    let media = try media()
    let source = try StereoSource(path: media.path, rateHz: 44_100, sampleCount: sampleCount(rateHz: 44_100))
    var levels = SoundLevels(rateHz: 44_100)
    for start in stride(from: 0, to: source.sampleCount, by: 441_000) {
      let piece = try source.samples(start..<min(source.sampleCount, start + 441_000))
      levels.add(piece.left, piece.right)
    }
    return levels.secondDecibels.map { $0 < SoundLevels.silence }
  }

  private func stem(kind: String) -> TaskArray? {
    arrays.first {
      $0.role == "stem" && $0.description.kind == kind
        && $0.description.element == parameters["element"]?.stringValue
    }
  }
}
