import AudioModels
import Foundation
import SignalProcessing
import Testing

/// Chunked extraction against the undivided sound, on 40 s of noise.
///
/// What chunking can leave unchanged follows from what a layer sees. With layer normalisation in the front end, conv.*
/// and proj see only their receptive field: equal under any chunking, without context. hs.0 sees half the positional
/// kernel more: equal with that much context. Attention sees the whole chunk: hs.1 and deeper are equal when every
/// chunk's context reaches over the whole clip, and a different, chunk-dependent quantity otherwise; so chunking is a
/// parameter of the features.
@Suite struct ChunkingTests {
  static let layerNormModels = ["w2v2-large-tiny-random", "hubert-large-tiny-random", "wavlm-large-tiny-random"]

  @Test("conv.* and proj of layer-norm models are the same under any chunking", arguments: layerNormModels)
  func frontEnd(name: String) throws {
    let encoder = try SpeechEncoder(folder: EncoderFixtures.encoder(name))
    let sound = EncoderFixtures.noise(seconds: 40.013)
    let keys = encoder.layers.map(\.key).filter { $0.hasPrefix("conv") || $0 == "proj" }
    let whole = try EncoderFixtures.extract(encoder, sound, keys)
    for chunking in [Chunking(coreFrames: 173, contextFrames: 0), Chunking(coreFrames: 800, contextFrames: 100)] {
      let parts = try EncoderFixtures.extract(encoder, sound, keys, chunking: chunking)
      for key in keys {
        let difference = EncoderFixtures.largestDifference(parts[key, default: []], whole[key, default: []])
        #expect(difference < 1e-4, "\(key) \(chunking): \(difference)")
      }
    }
  }

  @Test("hs.0 is the same once the context covers half the positional kernel", arguments: layerNormModels)
  func positions(name: String) throws {
    let encoder = try SpeechEncoder(folder: EncoderFixtures.encoder(name))
    let sound = EncoderFixtures.noise(seconds: 40)
    let whole = try EncoderFixtures.extract(encoder, sound, ["hs.0"])["hs.0", default: []]
    func difference(_ context: Int) throws -> Float {
      let chunking = Chunking(coreFrames: 300, contextFrames: context)
      return EncoderFixtures.largestDifference(
        try EncoderFixtures.extract(encoder, sound, ["hs.0"], chunking: chunking)["hs.0", default: []], whole)
    }
    #expect(try difference(8) < 1e-4)
    #expect(try difference(0) > 1e-4)
  }

  @Test("every layer is the same when each chunk's context covers the clip", arguments: layerNormModels)
  func fullContext(name: String) throws {
    let encoder = try SpeechEncoder(folder: EncoderFixtures.encoder(name))
    let sound = EncoderFixtures.noise(seconds: 40)
    let keys = encoder.layers.map(\.key)
    let whole = try EncoderFixtures.extract(encoder, sound, keys)
    let parts = try EncoderFixtures.extract(
      encoder, sound, keys, chunking: Chunking(coreFrames: 700, contextFrames: 2000))
    for key in keys {
      let difference = EncoderFixtures.largestDifference(parts[key, default: []], whole[key, default: []])
      #expect(difference < 1e-4, "\(key): \(difference)")
    }
  }

  @Test("attention and group normalisation make chunking a parameter of the features")
  func chunkingMatters() throws {
    let sound = EncoderFixtures.noise(seconds: 40)
    let chunking = Chunking(coreFrames: 800, contextFrames: 100)
    for (name, key) in [("w2v2-large-tiny-random", "hs.1"), ("w2v2-tiny-random", "conv.0")] {
      let encoder = try SpeechEncoder(folder: EncoderFixtures.encoder(name))
      let whole = try EncoderFixtures.extract(encoder, sound, [key])[key, default: []]
      let parts = try EncoderFixtures.extract(encoder, sound, [key], chunking: chunking)[key, default: []]
      #expect(parts.count == whole.count)
      #expect(EncoderFixtures.largestDifference(parts, whole) > 1e-4)
    }
  }

  @Test("every native frame of every layer comes exactly once, whatever the chunks", arguments: [1, 7, 49, 800])
  func frameCounts(core: Int) throws {
    let encoder = try SpeechEncoder(folder: EncoderFixtures.encoder("w2v2-tiny-random"))
    for extra in [0, 1, 319, 320] {
      let sound = EncoderFixtures.noise(seconds: 1.025).dropLast(0) + [Float](repeating: 0.1, count: extra)
      let rows = try EncoderFixtures.extract(
        encoder, Array(sound), encoder.layers.map(\.key), chunking: Chunking(coreFrames: core, contextFrames: 3))
      for layer in encoder.layers {
        let expected = try encoder.rowCount(layer: layer.key, sampleCount: sound.count, rate: .native)
        #expect(rows[layer.key, default: []].count == expected * layer.dimension, "\(layer.key)")
      }
    }
  }

  @Test("a chunk reads at most its core, two contexts and one field of sound, in ascending order")
  func boundedReads() throws {
    final class Recorder: SampleSource {
      let inner = ArraySampleSource(EncoderFixtures.noise(seconds: 90), rateHz: 16_000)
      var longest = 0
      var last = 0
      var rewinds = 0
      var isAscending = true
      var sampleCount: Int { inner.sampleCount }
      var rateHz: Double { inner.rateHz }
      func samples(_ range: Range<Int>) throws -> [Float] {
        longest = max(longest, range.count)
        isAscending = isAscending && range.lowerBound >= last
        last = range.lowerBound
        return try inner.samples(range)
      }
      func rewind() throws {
        rewinds += 1
        last = 0
      }
    }
    let encoder = try SpeechEncoder(folder: EncoderFixtures.encoder("w2v2-tiny-random"))
    let source = Recorder()
    var reports: [Double] = []
    let report = { (done: Double) in reports.append(done) }
    try encoder.extract(
      from: source, layers: ["hs.1"], chunking: Chunking(coreFrames: 200, contextFrames: 50),
      progress: report
    ) { _, _, _ in }
    #expect(source.longest <= 300 * 320 + 400 + 319)
    #expect(source.isAscending && source.rewinds == 2)
    #expect(reports.count == 23 && reports == reports.sorted() && reports.last == 1)
  }

  @Test("a chunk length and context in seconds become core and context frames")
  func chunkingInSeconds() throws {
    let encoder = try SpeechEncoder(folder: EncoderFixtures.encoder("w2v2-tiny-random"))
    #expect(try encoder.chunking(chunkSeconds: 20, contextSeconds: 2) == .standard)
    let error = EncoderFixtures.error { _ = try encoder.chunking(chunkSeconds: 4, contextSeconds: 2) }
    #expect(error?.code == .binsImpossible)
  }
}
