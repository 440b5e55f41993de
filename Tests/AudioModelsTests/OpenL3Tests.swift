import AudioModels
import Diagnostics
import Foundation
import HDF5File
import SignalProcessing
import TensorFiles
import Testing

@Suite struct OpenL3Tests {
  private static let keys = [
    "conv1_1", "conv1_2", "conv2_1", "conv2_2", "conv3_1", "conv3_2", "conv4_1", "conv4_2", "embedding",
    "embedding_512",
  ]
  private static let tiny = ExampleFixtures.path("openl3/tiny.h5")

  private func reference() throws -> HDF5File { try HDF5File(reading: ExampleFixtures.path("openl3/reference.h5")) }

  private func model(_ path: String = tiny) throws -> ExampleModel {
    try #require(try ModelFamilies.open(path) as? ExampleModel)
  }

  /// The tiny network with kapre 0.1's spectrogram layer before it, under automatic names of another run.
  private func original(in folder: String) throws -> String {
    var file = try RawKeras(reading: Self.tiny)
    file.layers = file.layers.map { layer in
      let name = layer.name.replacing("conv2d", with: "conv2d_1").replacing("batch_normalization", with: "bn")
      return (name, layer.weights.map { RawKeras.Weight(name: $0.name + "_x", shape: $0.shape, values: $0.values) })
    }
    let bins = 1025
    let filters = HTKFilters.weights
    let turned = (0..<bins * 256).map { filters[$0 % 256 * bins + $0 / 256] }
    let kernel = [Float](repeating: 0, count: 4 * bins)
    file.layers.insert(
      (
        "melspectrogram_1",
        [
          .init(name: "melspectrogram_1/real:0", shape: [4, 1, 1, bins], values: kernel),
          .init(name: "melspectrogram_1/imag:0", shape: [4, 1, 1, bins], values: kernel),
          .init(name: "melspectrogram_1/mel:0", shape: [bins, 256], values: turned),
        ]
      ), at: 1)
    let path = folder + "/openl3_audio_mel256_env.h5"
    try file.write(to: path)
    return path
  }

  @Test(
    "pictures of a chirp have 199 frames of 256 bands and the decibels of the definition",
    arguments: [
      OpenL3FrontEnd.Version.current, .original,
    ])
  func pictures(version: OpenL3FrontEnd.Version) throws {
    var frontEnd = OpenL3FrontEnd(version: version, bands: 256)
    let picture = frontEnd.apply(ExampleFixtures.sound(48_000, 1))
    let reference = try reference().floats("picture/\(version.rawValue)")
    #expect(picture.count == 256 * 199 && OpenL3FrontEnd.frames == 199)
    let difference = zip(picture, reference).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
    // Both are float64 rounded at the end; 60 dB below the loudest band rounding of the samples shows first.
    #expect(difference < 1e-3, "\(difference) dB")
    #expect(picture.max() == 0 && (picture.min() ?? 0) >= -80)
  }

  @Test("every stage's means and both embeddings equal those of Keras")
  func tinyNetwork() throws {
    let reference = try reference()
    let rows = try ExampleFixtures.extract(
      try model().stepping(everySeconds: 0.5), ExampleFixtures.sound(48_000, 1.7))
    for key in Self.keys {
      // float32 sums in another order, and pictures that differ in the last digit of float32.
      #expect(ExampleFixtures.difference(rows[key], try reference.floats("tiny/kapre-0.3/\(key)")) < 2e-5, "\(key)")
    }
  }

  @Test("a file of kapre 0.1 brings its filters and gets the padding and the mel scale of the training")
  func originalFrontEnd() throws {
    let folder = try ExampleFixtures.temporary()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let reference = try reference()
    let path = try original(in: folder)
    let rows = try ExampleFixtures.extract(
      try model(path).stepping(everySeconds: 0.5), ExampleFixtures.sound(48_000, 1.7))
    for key in Self.keys {
      #expect(ExampleFixtures.difference(rows[key], try reference.floats("tiny/kapre-0.1/\(key)")) < 2e-5, "\(key)")
    }
    let found = try #require(ModelFamilies.recognising(path)).inspect(path)
    #expect(found.configuration["front_end"]?.stringValue == "kapre-0.1")
    #expect(found.configuration["content"]?.stringValue == "env" && found.notes.isEmpty)
    let silent = try #require(ModelFamilies.recognising(Self.tiny)).inspect(Self.tiny)
    #expect(silent.notes.map(\.code) == [.networkNameSilent] && silent.configuration["content"] == nil)
  }

  @Test("the network of the published size equals Keras, with embeddings of 6144 and 512 numbers")
  func fullNetwork() throws {
    let folder = try ExampleFixtures.temporary()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/openl3_audio_mel256_music.h5"
    try OpenL3File.full().write(to: path)
    let model = try model(path)
    #expect(try model.layer("embedding").dimension == 6144 && model.layer("embedding_512").dimension == 512)
    let reference = try reference()
    // One example that is all sound: the example centred on 0.5 s.
    let rows = try ExampleFixtures.extract(
      try model.stepping(everySeconds: 0.5), ExampleFixtures.sound(48_000, 1), Self.keys)
    for key in Self.keys {
      let width = try model.layer(key).dimension
      let row = rows[key].map { Array($0[width..<2 * width]) }
      #expect(ExampleFixtures.difference(row, try reference.floats("full/\(key)")) < 1e-4, "\(key)")
    }
    #expect(model.tensors.reduce(0) { $0 + $1.info.count } == 4_689_860)
  }

  @Test("the compressed file gives the same weights and numbers, and a damaged one none")
  func compressed() throws {
    let plain = try model()
    let packed = try model(Self.tiny + ".gz")
    #expect(plain.weightsSHA256 == packed.weightsSHA256)
    let sound = ExampleFixtures.sound(48_000, 0.3)
    let rows = try [plain, packed].map { try ExampleFixtures.extract($0, sound, ["embedding"]) }
    #expect(rows[0] == rows[1])
    let folder = try ExampleFixtures.temporary()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: Self.tiny + ".gz")))
    for (name, change) in [("cut", Array(bytes.dropLast(2000))), ("flipped", bytes.flipped(at: bytes.count / 2))] {
      let path = folder + "/openl3_audio_mel256_\(name == "cut" ? "music" : "env").h5.gz"
      try Data(change).write(to: URL(fileURLWithPath: path))
      #expect(ExampleFixtures.error { _ = try model(path) }?.code == .tensorCompressionBad, "\(name)")
    }
  }

  @Test("examples are centred every hop from 0, 1 s unless told, cover the sound, and number 1 + ⌈(N - 24000) / hop⌉")
  func grid() throws {
    let standard = try model()
    #expect(try standard.times(layer: "embedding", sampleCount: 96_001, rate: .native) == [0, 1, 2])
    let model = try standard.stepping(everySeconds: 0.1)
    #expect(model.inputRateHz == 48_000 && model.layers.map(\.key) == Self.keys)
    #expect(model.layers.map(\.depth) == [0, 1, 2, 3, 4, 5, 6, 7, 8, 8])
    #expect(model.frameCount(sampleCount: 48_000) == 6 && model.frameCount(sampleCount: 1) == 1)
    #expect(model.frameCount(sampleCount: 24_001) == 2 && model.frameCount(sampleCount: 24_000) == 1)
    #expect(try model.times(layer: "embedding", sampleCount: 48_000, rate: .native)[..<3] == [0, 0.1, 0.2])
    #expect(try model.stepping(everySeconds: 1).frameCount(sampleCount: 480_000) == 11)
    #expect(ExampleFixtures.error { _ = try model.stepping(everySeconds: 0.00001) }?.code == .networkParameterBad)
    #expect(ExampleFixtures.error { _ = try model.stepping(everySeconds: .nan) }?.code == .networkParameterBad)
  }

  @Test("a clip of 0.3 s is one example with zeros around it, silence is finite, and chunks change nothing")
  func shortSilentAndChunked() throws {
    let model = try model().stepping(everySeconds: 0.5)
    let clip = ExampleFixtures.sound(48_000, 0.3)
    let alone = try ExampleFixtures.extract(model, clip, ["embedding"])
    let padded = try ExampleFixtures.extract(
      model, clip + [Float](repeating: 0, count: 9_600), ["embedding"])
    #expect(alone["embedding"]?.count == 384 && alone == padded)
    let silence = try ExampleFixtures.extract(model, [Float](repeating: 0, count: 96_000))
    #expect(silence.values.allSatisfy { $0.allSatisfy(\.isFinite) })
    let embedding = try #require(silence["embedding_512"])
    #expect((32..<embedding.count).allSatisfy { embedding[$0] == embedding[$0 - 32] })
    let sound = ExampleFixtures.sound(48_000, 4)
    let whole = try ExampleFixtures.extract(model, sound, ["conv2_2", "embedding_512"], chunking: .whole)
    let pieces = try ExampleFixtures.extract(
      model, sound, ["conv2_2", "embedding_512"], chunking: Chunking(coreFrames: 3, contextFrames: 0))
    #expect(whole == pieces)
  }

  @Test("bins of 1 s are means of the examples weighted by the overlap of their steps")
  func bins() throws {
    let model = try model().stepping(everySeconds: 0.8)
    let sound = ExampleFixtures.sound(48_000, 3)
    let native = try #require(try ExampleFixtures.extract(model, sound, ["embedding_512"])["embedding_512"])
    let binned = try #require(
      try ExampleFixtures.extract(model, sound, ["embedding_512"], rate: .perSecond)["embedding_512"])
    // Example i speaks for 0.8 i - 0.4 to 0.8 i + 0.4 s: bin 0 holds 0.4, 0.6 of examples 0 and 1 (0.4 + 0.6 = 1 s).
    let weights: [[(Int, Float)]] = [[(0, 0.4), (1, 0.6)], [(1, 0.2), (2, 0.8)]]
    for (bin, parts) in weights.enumerated() {
      let wanted = (0..<32).map { c in parts.reduce(0) { $0 + $1.1 * native[$1.0 * 32 + c] } }
      #expect(ExampleFixtures.difference(Array(binned[bin * 32..<bin * 32 + 32]), wanted) < 1e-5, "bin \(bin)")
    }
  }

  @Test("samples that are not finite are named, and sound at another rate is refused")
  func badSound() throws {
    let model = try model()
    var sound = ExampleFixtures.sound(48_000, 1)
    sound[30_000] = .nan
    let error = ExampleFixtures.error { _ = try ExampleFixtures.extract(model, sound) }
    #expect(error?.code == .soundNotFinite && error?.object == "sample 30000")
    let slow = ArraySampleSource(sound, rateHz: 16_000)
    #expect(
      ExampleFixtures.error { try model.extract(from: slow, layers: ["embedding"]) { _, _, _ in } }?.code
        == .soundRateWrong)
  }

  @Test("missing layers, wrong shapes, foreign files and unknown names are errors that say what is wrong")
  func badFiles() throws {
    let folder = try ExampleFixtures.temporary()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func failure(_ name: String, _ change: (inout RawKeras) -> Void) throws -> EvokeError? {
      var file = try RawKeras(reading: Self.tiny)
      change(&file)
      try file.write(to: folder + "/" + name)
      return ExampleFixtures.error { _ = try ModelFamilies.open(folder + "/" + name) }
    }
    let missing = try failure("openl3_audio_a.h5") { $0.layers.removeAll { $0.name == "conv2d_6" } }
    #expect(missing?.code == .tensorsDoNotFit && missing?.reason.contains("layer 16 of 16") == true)
    let misshaped = try failure("openl3_audio_b.h5") { file in
      let index = file.layers.firstIndex { $0.name == "conv2d_3" } ?? 0
      file.layers[index].weights[0].shape = [3, 3, 4, 16]
    }
    #expect(misshaped?.reason.contains("conv2d_3/conv2d_3/kernel:0 is [3, 3, 4, 16]") == true)
    let infinite = try failure("openl3_audio_c.h5") { $0.layers[2].weights[0].values[5] = .infinity }
    #expect(infinite?.code == .tensorNotFinite)
    #expect(try failure("openl3_audio_linear_music.h5") { _ in }?.code == .networkUnrecognised)
    #expect(try failure("openl3_audio_mel256_speech.h5") { _ in }?.code == .networkUnrecognised)
    let foreign = try failure("other.h5") { $0.layers.removeAll { $0.name == "audio_embedding_layer" } }
    #expect(foreign?.code == .modelUnsupported)
    let plain = try HDF5Writer(creating: folder + "/openl3_audio_mel256_music.h5")
    try plain.dataset("x", [Float(1)], shape: [1])
    try plain.close()
    let noLayers = ExampleFixtures.error { _ = try model(folder + "/openl3_audio_mel256_music.h5") }
    #expect(noLayers?.code == .kerasLayoutBad)
  }
}

/// The HTK filters of kapre 0.1.4, written out from their definition.
private enum HTKFilters {
  static var weights: [Float] {
    func mel(_ f: Double) -> Double { 2595 * log10(1 + f / 700) }
    func hertz(_ m: Double) -> Double { 700 * (pow(10, m / 2595) - 1) }
    let edges = (0..<258).map { hertz(mel(24_000) * Double($0) / 257) }
    return (0..<256).flatMap { band in
      (0..<1025).map { bin in
        let f = Double(bin) * 48_000 / 2048
        let (a, b, c) = (edges[band], edges[band + 1], edges[band + 2])
        return Float(max(0, min((f - a) / (b - a), (c - f) / (c - b))) * 2 / (c - a))
      }
    }
  }
}

extension [UInt8] {
  /// With one bit of one byte changed.
  func flipped(at index: Int) -> [UInt8] {
    var copy = self
    copy[index] ^= 4
    return copy
  }
}

/// The network of the published size with weights by formula, as Fixtures/openl3/make_openl3.py fills them.
private enum OpenL3File {
  static func full() -> RawKeras {
    var layers: [(name: String, weights: [RawKeras.Weight])] = []
    func norm(_ channels: Int) {
      let n = layers.count
      let h = (0..<4).map { ExampleFixtures.hashed(10 * n + $0, channels) }
      let values =
        n == 0
        ? [h[0].map { 1 + 0.1 * $0 }, h[1].map { 0.1 * $0 }, h[2].map { -30 + 5 * $0 }, h[3].map { 300 + 50 * $0 }]
        : [h[0].map { 1 + 0.3 * $0 }, h[1].map { 0.2 * $0 }, h[2].map { 0.3 * $0 }, h[3].map { 1 + 0.5 * $0 }]
      let names = ["gamma:0", "beta:0", "moving_mean:0", "moving_variance:0"]
      layers.append(
        ("norm_\(n)", zip(names, values).map { RawKeras.Weight(name: $0, shape: [channels], values: $1) }))
    }
    norm(1)
    var inputs = 1
    for (index, outputs) in [64, 64, 128, 128, 256, 256, 512, 512].enumerated() {
      let n = layers.count
      let kernel = ExampleFixtures.kernel(10 * n, 9 * inputs * outputs, fanIn: 9 * inputs)
      let bias = ExampleFixtures.hashed(10 * n + 1, outputs).map { 0.1 * $0 }
      layers.append(
        (
          index == 7 ? "audio_embedding_layer" : "conv_\(n)",
          [
            .init(name: "kernel:0", shape: [3, 3, inputs, outputs], values: kernel),
            .init(name: "bias:0", shape: [outputs], values: bias),
          ]
        ))
      if index < 7 { norm(outputs) }
      inputs = outputs
    }
    return RawKeras(layers: layers)
  }
}
