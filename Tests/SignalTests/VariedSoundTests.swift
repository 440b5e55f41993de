import Foundation
import SignalProcessing
import Testing

@Suite struct VariedSoundTests {
  private static let rate = 16_000.0
  /// Two seconds of 440 Hz with a second partial, softer in the second half.
  private static let tone = (0..<32_000).map { i -> Float in
    let angle = 2 * Double.pi * 440 * Double(i) / rate
    return Float((i < 16_000 ? 0.2 : 0.05) * (sin(angle) + 0.5 * sin(2 * angle + 1)))
  }

  private func varied(_ samples: [Float] = tone, gainDB: Double = 0, tempo: Double = 1) -> VariedSound {
    VariedSound(ArraySampleSource(samples, rateHz: Self.rate), gainDB: gainDB, tempo: tempo)
  }

  private func level(_ samples: some Collection<Float>) -> Double {
    (samples.reduce(0) { $0 + Double($1) * Double($1) } / Double(samples.count)).squareRoot()
  }

  @Test("gain multiplies samples, and nothing clips") func gain() throws {
    #expect(try varied().samples(0..<32_000) == Self.tone)
    let louder = try varied(gainDB: 40).samples(0..<32_000)
    #expect(zip(louder, Self.tone).allSatisfy { abs($0 - 100 * $1) <= 1e-5 * abs($0) } && louder.contains { $0 > 10 })
  }

  @Test("tempo changes length and nothing of pitch and level", arguments: [0.5, 0.8, 1.25, 2])
  func tempo(_ tempo: Double) throws {
    let sound = varied(tempo: tempo)
    #expect(sound.sampleCount == Int((32_000 / tempo).rounded(.up)) && sound.rateHz == Self.rate)
    let samples = try sound.samples(0..<sound.sampleCount)
    let half = samples.count / 2
    let edge = 800
    // Both halves keep their level, and the change stands where it should.
    #expect(abs(level(samples[edge..<(half - edge)]) / level(Self.tone[..<16_000]) - 1) < 0.02)
    #expect(abs(level(samples[(half + edge)..<(samples.count - edge)]) / level(Self.tone[16_000...]) - 1) < 0.02)
    let middle = samples[edge..<(half - edge)]
    let crossings = zip(middle, middle.dropFirst()).count { $0 < 0 && $1 >= 0 }
    #expect(abs(Double(crossings) / (Double(middle.count) / Self.rate) - 440) < 4)
  }

  @Test("pieces that overlap, and a second reading, give the samples of the whole") func pieces() throws {
    let sound = varied(gainDB: -6, tempo: 1.3)
    let whole = try sound.samples(0..<sound.sampleCount)
    try sound.rewind()
    var start = 0
    while start < sound.sampleCount {
      let range = start..<min(sound.sampleCount, start + 1_234)
      #expect(try sound.samples(range) == Array(whole[range]))
      start += 700
    }
  }

  @Test("silence stays silence, and a sound shorter than a frame is one") func edges() throws {
    let silent = varied([Float](repeating: 0, count: 5_000), tempo: 0.7)
    #expect(try silent.samples(0..<silent.sampleCount).allSatisfy { $0 == 0 })
    let short = varied(Array(Self.tone[..<100]), tempo: 2)
    #expect(try short.samples(0..<short.sampleCount).count == 50)
  }
}
