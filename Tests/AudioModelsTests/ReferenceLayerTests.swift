import AudioModels
import Foundation
import SignalProcessing
import TensorFiles
import Testing

/// Every layer against transformers 5.23 (Fixtures/encoders/make_encoders.py).
@Suite struct ReferenceLayerTests {
  static let references = [
    "w2v2-tiny-random", "w2v2-large-tiny-random", "hubert-tiny-random", "hubert-large-tiny-random",
    "hubert-batchnorm-tiny-random", "hubert-plain-tiny-random", "hubert-batchnorm-normed-tiny-random",
    "wavlm-tiny-random", "wavlm-large-tiny-random",
  ]
  /// Encoders of other names, in shards or with a processor_config.json (make_variants.py, transformers 5.24).
  static let variants = ["xlsr-tiny-random", "data2vec-tiny-random", "mert-tiny-random"]

  /// Largest difference per layer between a computed layer and a reference file's.
  private func differences(_ rows: [String: [Float]], _ path: String, _ encoder: SpeechEncoder) throws -> [String:
    Float]
  {
    let file = try TensorFile(path: path)
    var result: [String: Float] = [:]
    for info in file.tensors {
      let step = Int(file.metadata["step." + info.name] ?? "1") ?? 1
      let width = try encoder.layer(info.name).dimension
      let all = rows[info.name, default: []]
      let kept = stride(from: 0, to: all.count / width, by: step).flatMap { all[$0 * width..<($0 + 1) * width] }
      #expect(info.shape == [kept.count / width, width])
      result[info.name] = EncoderFixtures.largestDifference(kept, try file.load(info).values)
    }
    return result
  }

  @Test("every layer equals the reference implementation's within 1e-4", arguments: references + variants)
  func everyLayer(name: String) throws {
    let encoder = try SpeechEncoder(folder: EncoderFixtures.encoder(name))
    let keys = encoder.layers.map(\.key)
    let rows = try EncoderFixtures.extract(encoder, try EncoderFixtures.sound(), keys)
    let found = try differences(rows, EncoderFixtures.encoder(name) + "/reference.safetensors", encoder)
    #expect(Set(found.keys) == Set(keys))
    for (key, difference) in found { #expect(difference < 1e-4, "\(name) \(key): \(difference)") }
  }

  @Test("a trained encoder with float16 weights equals the reference implementation within 1e-4")
  func trainedEncoder() throws {
    let encoder = try SpeechEncoder(folder: EncoderFixtures.trained)
    let rows = try EncoderFixtures.extract(encoder, try EncoderFixtures.sound(), encoder.layers.map(\.key))
    let found = try differences(rows, EncoderFixtures.encoder("hubert-tiny-speech.reference.safetensors"), encoder)
    #expect(found.count == 9)
    for (key, difference) in found { #expect(difference < 1e-4, "\(key): \(difference)") }
  }

  @Test("half precision weights give their float32 twin's layers: F16 within 1e-2, BF16 with cosine above .999")
  func halfPrecision() throws {
    let sound = try EncoderFixtures.sound()
    let twin = try SpeechEncoder(folder: EncoderFixtures.encoder("w2v2-tiny-random"))
    let keys = twin.layers.map(\.key)
    let full = try EncoderFixtures.extract(twin, sound, keys)
    let half = try EncoderFixtures.extract(
      try SpeechEncoder(folder: EncoderFixtures.encoder("w2v2-tiny-fp16")), sound, keys)
    let brain = try EncoderFixtures.extract(
      try SpeechEncoder(folder: EncoderFixtures.encoder("w2v2-tiny-bf16")), sound, keys)
    for key in keys {
      let difference = EncoderFixtures.largestDifference(full[key, default: []], half[key, default: []])
      #expect(difference < 1e-2 && difference > 0, "\(key): \(difference)")
      #expect(cosine(full[key, default: []], brain[key, default: []]) > 0.999, "\(key)")
    }
  }

  private func cosine(_ a: [Float], _ b: [Float]) -> Double {
    var (ab, aa, bb) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      ab += Double(x) * Double(y)
      aa += Double(x) * Double(x)
      bb += Double(y) * Double(y)
    }
    return ab / (aa * bb).squareRoot()
  }

  @Test("the older names of the positional convolution, with prefix and heads, give identical layers")
  func legacyKeys() throws {
    let sound = try EncoderFixtures.sound()
    let encoder = try SpeechEncoder(folder: EncoderFixtures.encoder("w2v2-tiny-random"))
    let keys = encoder.layers.map(\.key)
    let legacy = try SpeechEncoder(folder: EncoderFixtures.encoder("w2v2-tiny-legacy-keys"))
    #expect(
      try EncoderFixtures.extract(encoder, sound, keys) == EncoderFixtures.extract(legacy, sound, keys))
    #expect(legacy.weightsSHA256 != encoder.weightsSHA256)
  }

  @Test("pytorch_model.bin gives the layers of its safetensors twin, as ZIP file and as the older stream")
  func pytorch() throws {
    let sound = try EncoderFixtures.sound()
    for (name, twin) in [("pytorch", "legacy-keys"), ("pytorch-stream", "fp16")] {
      let a = try SpeechEncoder(folder: EncoderFixtures.encoder("w2v2-tiny-" + name))
      let b = try SpeechEncoder(folder: EncoderFixtures.encoder("w2v2-tiny-" + twin))
      let keys = a.layers.map(\.key)
      #expect(a.weightsSHA256 == b.weightsSHA256, "the same numbers in another container")
      #expect(try EncoderFixtures.extract(a, sound, keys) == EncoderFixtures.extract(b, sound, keys))
    }
  }

  @Test("for post-norm models last equals hs.N; for stable ones it is the normalised hs.N")
  func lastLayer() throws {
    let sound = try EncoderFixtures.sound()
    let post = try SpeechEncoder(folder: EncoderFixtures.encoder("hubert-tiny-random"))
    let stable = try SpeechEncoder(folder: EncoderFixtures.encoder("hubert-large-tiny-random"))
    let a = try EncoderFixtures.extract(post, sound, ["hs.3", "last"])
    #expect(a["hs.3"] == a["last"])
    let b = try EncoderFixtures.extract(stable, sound, ["hs.4", "last"])
    #expect(b["hs.4"] != b["last"])
  }

  @Test("a layer is the same whether it is asked for alone or with all others", arguments: references)
  func layersAlone(name: String) throws {
    let sound = try EncoderFixtures.sound()
    let encoder = try SpeechEncoder(folder: EncoderFixtures.encoder(name))
    let all = try EncoderFixtures.extract(encoder, sound, encoder.layers.map(\.key))
    for key in ["conv.0", "conv.1", "conv.5", "proj", "hs.0", "hs.1", "last"] {
      #expect(try EncoderFixtures.extract(encoder, sound, [key])[key] == all[key], "\(key)")
    }
  }
}
