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
  private let stored: SoundLength
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
  ///   - stored: of the stem.
  ///   - sampleCount: samples wanted at `rateHz`.
  init(_ reference: ArrayReference, stored: SoundLength, rateHz: Int, sampleCount: Int) throws {
    rows = try ArrayRows(reference)
    self.stored = stored
    self.sampleCount = sampleCount
    self.rateHz = Double(rateHz)
    resampler = try ResamplerBox(fromHz: stored.rateHz, toHz: rateHz)
  }

  func samples(_ range: Range<Int>) throws -> [Float] {
    precondition(range.lowerBound >= bufferStart && range.upperBound <= sampleCount, "already passed, or beyond")
    while bufferStart + buffer.count < range.upperBound { try pull(range.lowerBound) }
    return Array(buffer[range.lowerBound - bufferStart..<range.upperBound - bufferStart])
  }

  func rewind() throws {
    resampler = try ResamplerBox(fromHz: stored.rateHz, toHz: Int(rateHz))
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
    let first = nextSecond * stored.rateHz
    guard first < stored.sampleCount else {
      buffer += try resampler.finish()
      buffer += [Float](repeating: 0, count: max(0, sampleCount - bufferStart - buffer.count))
      return
    }
    let block = try rows.rows(nextSecond..<nextSecond + 1)
    let count = min(stored.rateHz, stored.sampleCount - first)
    buffer += try resampler.process((0..<count).map { 0.5 * (block[2 * $0] + block[2 * $0 + 1]) })
    nextSecond += 1
  }
}
