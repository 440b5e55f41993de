#if canImport(Glibc)
  import Glibc
#endif

/// A sound made louder or softer, and faster or slower at the same pitch.
///
/// Gain multiplies every sample by 10^(dB/20); nothing clips, since samples are floating point numbers. Tempo t overlaps
/// frames of 40 ms by half (waveform similarity overlap-add, WSOLA; Verhelst and Roelands 1993): frame k comes from within
/// 12.5 ms of t times its own time, where it continues the frame before it best (normalised cross-correlation). A tempo of 1.25
/// makes 1 s of 1.25 s. Transients may be doubled or lost; pitch, timbre and level stay.
public final class VariedSound: SampleSource {
  public let sampleCount: Int
  public var rateHz: Double { source.rateHz }

  private let source: any SampleSource
  private let gain: Float
  private let tempo: Double
  /// Half of it from frame to frame.
  private let window: [Float]
  private let reach: Int
  private var hop: Int { window.count / 2 }

  private var made: [Float] = []
  private var madeStart = 0
  private var frame = 0
  /// Where the frame before began in the source.
  private var last = 0

  /// - Parameter tempo: 1: the sound's own; above it faster.
  public init(_ source: any SampleSource, gainDB: Double, tempo: Double) {
    precondition(tempo > 0, "a tempo is above 0")
    self.source = source
    self.tempo = tempo
    gain = Float(pow(10, gainDB / 20))
    window = hannWindow(length: 2 * max(1, Int((0.02 * source.rateHz).rounded()))).map(Float.init)
    reach = Int((0.0125 * source.rateHz).rounded())
    sampleCount = tempo == 1 ? source.sampleCount : Int((Double(source.sampleCount) / tempo).rounded(.up))
  }

  public func rewind() throws {
    try source.rewind()
    (made, madeStart, frame, last) = ([], 0, 0, 0)
  }

  public func samples(_ range: Range<Int>) throws -> [Float] {
    if tempo == 1 { return try source.samples(range).map { $0 * gain } }
    precondition(range.lowerBound >= madeStart && range.upperBound <= sampleCount, "a range before one already read")
    // What is whole so far ends where the next frame begins.
    while frame * hop < range.upperBound { try addFrame() }
    let done = range.lowerBound - madeStart
    if 2 * done > made.count {
      made.removeFirst(done)
      madeStart = range.lowerBound
    }
    return made[(range.lowerBound - madeStart)..<(range.upperBound - madeStart)].map { $0 * gain }
  }

  /// Overlaps the next frame with what is there.
  private func addFrame() throws {
    let (start, samples) = frame == 0 ? (0, try padded(0..<window.count)[...]) : try best()
    let place = frame * hop - madeStart
    made += [Float](repeating: 0, count: place + window.count - made.count)
    for i in window.indices {
      // Nothing comes before the first frame.
      let weight = frame == 0 && i < hop ? 1 : window[i]
      made[place + i] += weight * samples[samples.startIndex + i]
    }
    last = start
    frame += 1
  }

  /// Near the frame's own time the samples that are likest to what the frame before would have gone on to, and where they
  /// start.
  private func best() throws -> (start: Int, samples: ArraySlice<Float>) {
    let target = Int((Double(frame * hop) * tempo).rounded())
    let natural = last + hop
    let first = max(0, target - reach)
    let low = min(first, natural)
    let near = try padded(low..<(max(target + reach, natural) + window.count))
    let wanted = near[(natural - low)..<(natural - low + window.count)]
    var best = (start: target, value: -Float.infinity)
    for start in first...(target + reach) {
      let found = near[(start - low)..<(start - low + window.count)]
      var (product, energy) = (Float(0), Float(1e-20))
      for (a, b) in zip(found, wanted) {
        product += a * b
        energy += a * a
      }
      let value = product / energy.squareRoot()
      if value > best.value { best = (start, value) }
    }
    return (best.start, near[(best.start - low)..<(best.start - low + window.count)])
  }

  /// Samples of the source with zeros after its end.
  private func padded(_ range: Range<Int>) throws -> [Float] {
    let there = range.clamped(to: 0..<source.sampleCount)
    let samples = there.isEmpty ? [] : try source.samples(there)
    return samples + [Float](repeating: 0, count: range.count - samples.count)
  }
}
