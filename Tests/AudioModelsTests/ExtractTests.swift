import AudioModels
import Foundation
import SignalProcessing
import Testing
import Vocabulary

@Suite struct ExtractTests {
  private func encoder(_ name: String = "w2v2-tiny-random") throws -> SpeechEncoder {
    try SpeechEncoder(folder: EncoderFixtures.encoder(name))
  }

  @Test("frame counts follow floor((N - 400) / 320) + 1", arguments: [(1, 49), (10, 499), (60, 2999)])
  func frames(seconds: Int, frames: Int) throws {
    let encoder = try encoder()
    #expect(encoder.frameCount(sampleCount: seconds * 16_000) == frames)
    #expect(try encoder.rowCount(layer: "hs.1", sampleCount: seconds * 16_000, rate: .native) == frames)
    #expect(try encoder.rowCount(layer: "hs.1", sampleCount: seconds * 16_000, rate: .perSecond) == seconds)
  }

  @Test("a base-shaped model has conv.0 to conv.6, proj and hs.* in this order with their ranks and rates")
  func layerAxis() throws {
    let layers = try encoder().layers
    #expect(layers.map(\.key) == (0...6).map { "conv.\($0)" } + ["proj", "hs.0", "hs.1", "hs.2", "hs.3", "last"])
    #expect(layers.map(\.depth) == Array(0...11) + [11])
    #expect(layers.map(\.rateHz) == [3200, 1600, 800, 400, 200, 100] + [Double](repeating: 50, count: 7))
    #expect(layers[7].relDepth == 7.0 / 11 && layers[12].relDepth == 1)
    #expect(layers.map(\.dimension) == [Int](repeating: 24, count: 7) + [Int](repeating: 32, count: 6))
  }

  @Test("native rows are stamped with their frames' centres, bins with their starts")
  func times() throws {
    let encoder = try encoder()
    let native = try encoder.times(layer: "hs.1", sampleCount: 32_000, rate: .native)
    #expect(native.count == 99 && native[0] == 200.0 / 16_000 && native[98] == (200.0 + 320 * 98) / 16_000)
    let fine = try encoder.times(layer: "conv.0", sampleCount: 32_000, rate: .native)
    #expect(fine.count == 6399 && fine[0] == 5.0 / 16_000 && fine[1] == 10.0 / 16_000)
    #expect(
      try encoder.times(layer: "conv.3", sampleCount: 56_000, rate: .bins(seconds: 0.5, aggregate: .max))
        == [0, 0.5, 1, 1.5, 2, 2.5, 3])
  }

  @Test("bins hold 50 frames each and the last of 60 s holds 49, for every aggregate")
  func lastBin() throws {
    let encoder = try encoder()
    let sound = EncoderFixtures.noise(seconds: 60)
    let native = try EncoderFixtures.extract(encoder, sound, ["proj"], chunking: .standard)["proj", default: []]
    let width = 32
    #expect(native.count == 2999 * width)
    func column(_ bin: Int, _ c: Int) -> [Double] {
      (bin * 50..<min(bin * 50 + 50, 2999)).map { Double(native[$0 * width + c]) }
    }
    #expect(column(59, 0).count == 49)
    for aggregate in Aggregate.allCases {
      let rows = try EncoderFixtures.extract(
        encoder, sound, ["proj"], rate: .bins(seconds: 1, aggregate: aggregate), chunking: .standard)[
          "proj", default: []]
      #expect(rows.count == 60 * width)
      for bin in [0, 31, 59] {
        for c in 0..<width {
          let x = column(bin, c)
          let mean = x.reduce(0, +) / Double(x.count)
          let expected =
            switch aggregate {
            case .mean: mean
            case .max: x.max() ?? .nan
            case .last: x[x.count - 1]
            case .std: (x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)).squareRoot()
            }
          // float32 rows
          #expect(abs(Double(rows[bin * width + c]) - expected) < 1e-5, "\(aggregate) \(bin) \(c)")
        }
      }
    }
  }

  @Test(
    "the partial bin at the end is kept if at least half of it is covered",
    arguments: [(3.0, 3), (3.49, 3), (3.5, 4), (3.99, 4)])
  func partialBin(seconds: Double, rows: Int) throws {
    let encoder = try encoder()
    let sound = EncoderFixtures.noise(seconds: seconds)
    #expect(try encoder.rowCount(layer: "conv.0", sampleCount: sound.count, rate: .perSecond) == rows)
    for key in ["conv.0", "hs.2"] {
      let values = try EncoderFixtures.extract(encoder, sound, [key], rate: .perSecond)[key, default: []]
      let width = try encoder.layer(key).dimension
      #expect(values.count == rows * width)
      #expect(values.allSatisfy { $0.isFinite })
    }
  }

  @Test("doubling the gain changes nothing where the model normalises its sound")
  func gain() throws {
    for name in ["w2v2-tiny-random", "hubert-large-tiny-random"] {
      let encoder = try encoder(name)
      let sound = try EncoderFixtures.sound()
      let keys = encoder.layers.map(\.key)
      let plain = try EncoderFixtures.extract(encoder, sound, keys)
      let loud = try EncoderFixtures.extract(encoder, sound.map { 2 * $0 }, keys)
      for key in keys {
        #expect(EncoderFixtures.largestDifference(plain[key, default: []], loud[key, default: []]) < 1e-4, "\(key)")
      }
    }
  }

  @Test("digital silence and a constant give finite values in every layer", arguments: ReferenceLayerTests.references)
  func silence(name: String) throws {
    let encoder = try encoder(name)
    for level in [Float(0), 0.5] {
      let rows = try EncoderFixtures.extract(
        encoder, [Float](repeating: level, count: 32_000), encoder.layers.map(\.key))
      #expect(rows.count == encoder.layers.count)
      for (key, values) in rows { #expect(values.allSatisfy { $0.isFinite }, "\(key)") }
    }
  }

  @Test("without normalisation, sound shifted by one second shifts per-second front-end rows by one")
  func shift() throws {
    let folder = try EncoderFixtures.copy("hubert-large-tiny-random")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try EncoderFixtures.rewrite(folder + "/preprocessor_config.json") {
      $0.replacingOccurrences(of: "\"do_normalize\": true", with: "\"do_normalize\": false")
    }
    let encoder = try SpeechEncoder(folder: folder)
    let sound = EncoderFixtures.noise(seconds: 5)
    let keys = ["conv.0", "conv.4", "conv.6", "proj"]
    let plain = try EncoderFixtures.extract(encoder, sound, keys, rate: .perSecond)
    let later = try EncoderFixtures.extract(
      encoder, EncoderFixtures.noise(seconds: 1, seed: 9) + sound, keys, rate: .perSecond)
    for key in keys {
      // The first second's earliest frames see sound from before it in the later version: one row at the edge is out.
      let width = try encoder.layer(key).dimension
      let a = Array(plain[key, default: []].dropFirst(width))
      let b = Array(later[key, default: []].dropFirst(2 * width))
      #expect(a.count == 4 * width)
      #expect(EncoderFixtures.largestDifference(a, b) < 1e-4, "\(key)")
    }
  }

  @Test("an edit of the sound reaches hs.0 only within half the positional kernel")
  func locality() throws {
    let folder = try EncoderFixtures.copy("w2v2-large-tiny-random")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try EncoderFixtures.rewrite(folder + "/preprocessor_config.json") {
      $0.replacingOccurrences(of: "\"do_normalize\": true", with: "\"do_normalize\": false")
    }
    let encoder = try SpeechEncoder(folder: folder)
    let sound = EncoderFixtures.noise(seconds: 4)
    var edited = sound
    for i in 32_000..<32_160 { edited[i] = -edited[i] }
    let a = try EncoderFixtures.extract(encoder, sound, ["hs.0", "hs.1"])
    let b = try EncoderFixtures.extract(encoder, edited, ["hs.0", "hs.1"])
    func changed(_ key: String) -> [Int] {
      let (x, y) = (a[key, default: []], b[key, default: []])
      return (0..<x.count / 32).filter { row in (row * 32..<row * 32 + 32).contains { abs(x[$0] - y[$0]) > 1e-4 } }
    }
    let touched = changed("hs.0")
    // Frames 99 and 100 see the edited samples; the kernel of 15 reaches 7 frames to each side.
    #expect((touched.first ?? -1) >= 99 - 7 && (touched.last ?? 999) <= 100 + 7 && touched.count >= 3)
    #expect(changed("hs.1").count > touched.count)
  }

  @Test("sound that cannot be used is refused with a reason and a remedy")
  func badSound() throws {
    let encoder = try encoder()
    func code(_ source: ArraySampleSource, _ layers: [String] = ["hs.1"], _ rate: FeatureRate = .native) -> String? {
      let error = EncoderFixtures.error { try encoder.extract(from: source, layers: layers, rate: rate) { _, _, _ in } }
      #expect(error.map { !$0.reason.isEmpty && !$0.remedy.isEmpty } ?? false)
      return error?.code.id
    }
    #expect(code(ArraySampleSource(EncoderFixtures.noise(seconds: 1), rateHz: 44_100)) == "E-WGT-011")
    #expect(code(ArraySampleSource([Float](repeating: 0.1, count: 399), rateHz: 16_000)) == "E-WGT-012")
    #expect(
      code(ArraySampleSource(EncoderFixtures.noise(seconds: 0.4), rateHz: 16_000), ["hs.1"], .perSecond) == "E-WGT-012")
    var broken = EncoderFixtures.noise(seconds: 1)
    broken[8_000] = .nan
    #expect(code(ArraySampleSource(broken, rateHz: 16_000)) == "E-WGT-013")
    let sound = ArraySampleSource(EncoderFixtures.noise(seconds: 1), rateHz: 16_000)
    #expect(code(sound, ["hs.9"]) == "E-WGT-014")
    #expect(code(sound, ["hs.1"], .bins(seconds: 0.01, aggregate: .mean)) == "E-WGT-015")
    #expect(code(sound, ["hs.1"], .bins(seconds: .nan, aggregate: .mean)) == "E-WGT-015")
  }

  @Test("an error of the sink ends the extraction and comes through")
  func sinkError() throws {
    struct Full: Error {}
    let encoder = try encoder()
    #expect(throws: Full.self) {
      try encoder.extract(
        from: ArraySampleSource(EncoderFixtures.noise(seconds: 2), rateHz: 16_000), layers: ["hs.1"]
      ) { _, _, _ in throw Full() }
    }
  }
}
