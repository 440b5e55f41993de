import ArgumentParser
import AudioModels
import Diagnostics
import Foundation
import Importing
import TensorFiles
import Testing
import Weights

@Suite struct ImportWeightsTests {
  private let common = CommonOptions(dataset: "models", licence: "CC0-1.0")

  /// Imports a changed copy of a fixture.
  private func imported(_ name: String, _ change: (String) throws -> Void) throws -> ImportBatch {
    let folder = try EncoderFixtures.copy(name)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try change(folder)
    return importWeights(folder: folder, options: .unset, common: common)
  }

  private func withTensors(_ folder: String, _ change: (inout [RawTensor]) -> Void) throws {
    var tensors = try RawTensor.read(folder + "/model.safetensors")
    change(&tensors)
    try RawTensor.write(tensors, to: folder + "/model.safetensors")
  }

  @Test("a folder becomes one model with its files, tensors and layers", arguments: ReferenceLayerTests.references)
  func model(name: String) throws {
    let options = try WeightsOptions.parse(["--name", "tiny"])
    let batch = importWeights(folder: EncoderFixtures.encoder(name), options: options, common: common)
    #expect(!batch.hasErrors && batch.verb == "import weights" && batch.models.count == 1)
    let model = try #require(batch.models.first)
    let encoder = try SpeechEncoder(folder: EncoderFixtures.encoder(name))
    #expect(model.name == "tiny" && model.weightsSHA256 == encoder.weightsSHA256)
    #expect(model.architecture == (name.hasPrefix("w2v2") ? "wav2vec2" : String(name.prefix { $0 != "-" })))
    #expect(model.layers.map(\.key) == encoder.layers.map(\.key))
    #expect(model.tensors.map(\.sha256) == encoder.tensors.map(\.sha256))
    #expect(model.parameterCount == encoder.tensors.reduce(0) { $0 + $1.info.count })
    #expect(model.configuration["config.json"]?["hidden_size"] == 32)
    #expect(model.configuration["preprocessor_config.json"]?["sampling_rate"] == 16_000)
    #expect(
      batch.sources.map { URL(fileURLWithPath: $0.path).lastPathComponent }
        == ["model.safetensors", "config.json", "preprocessor_config.json"])
    #expect(batch.sources.allSatisfy { $0.sha256.count == 64 && $0.bytes > 0 })
  }

  @Test("importing twice gives the same batch; another byte gives another hash")
  func identity() throws {
    let a = try imported("w2v2-tiny-random") { _ in }
    let b = try imported("w2v2-tiny-random") { _ in }
    #expect(a.models[0].weightsSHA256 == b.models[0].weightsSHA256)
    let c = try imported("w2v2-tiny-random") { folder in try withTensors(folder) { $0[3].bytes[0] ^= 1 } }
    #expect(c.models[0].weightsSHA256 != a.models[0].weightsSHA256 && !c.hasErrors)
  }

  @Test("task heads are left out with a note")
  func heads() throws {
    let batch = importWeights(folder: EncoderFixtures.encoder("w2v2-tiny-legacy-keys"), options: .unset, common: common)
    #expect(!batch.hasErrors && batch.models.count == 1)
    let note = try #require(batch.diagnostics.first)
    #expect(
      note.severity == .note && note.reason.contains("quantizer.codevectors") && note.reason.contains("project_q"))
  }

  @Test("every missing, unexpected and mis-shaped tensor is listed at once, and the encoder does not load")
  func tensors() throws {
    let folder = try EncoderFixtures.copy("w2v2-tiny-random")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try withTensors(folder) { tensors in
      tensors.removeAll { $0.name.hasSuffix("original0") || $0.name == "encoder.layers.1.attention.k_proj.bias" }
      tensors.append(RawTensor(name: "encoder.layers.9.odd", dtype: "F32", shape: [1], bytes: [0, 0, 0, 0]))
      if let i = tensors.firstIndex(where: { $0.name == "feature_projection.projection.weight" }) {
        tensors[i].shape = [24, 32]
      }
    }
    let batch = importWeights(folder: folder, options: .unset, common: common)
    #expect(batch.models.isEmpty && batch.hasErrors)
    let reasons = batch.diagnostics.filter { $0.code == .tensorsDoNotFit }.map(\.reason)
    #expect(reasons.count == 4)
    #expect(reasons.contains { $0.contains("missing") && $0.contains("encoder.layers.1.attention.k_proj.bias") })
    #expect(reasons.contains { $0.contains("missing") && $0.contains("original0") })
    #expect(reasons.contains { $0.contains("unexpected") && $0.contains("encoder.layers.9.odd") })
    #expect(reasons.contains { $0.contains("[24, 32] and should be [32, 24]") })
    let error = try #require(EncoderFixtures.error { _ = try SpeechEncoder(folder: folder) })
    #expect(error.code == .tensorsDoNotFit && error.diagnostics.count == 4)
    for name in ["encoder.layers.1.attention.k_proj.bias", "original0", "encoder.layers.9.odd", "[24, 32]"] {
      #expect(error.reason.contains(name))
    }
  }

  @Test("both namings of one tensor in one file are refused")
  func doubled() throws {
    let batch = try imported("w2v2-tiny-random") { folder in
      try withTensors(folder) { tensors in
        var copy = tensors.first { $0.name.hasSuffix("original0") }
        copy?.name = "wav2vec2.encoder.pos_conv_embed.conv.weight_g"
        tensors += copy.map { [$0] } ?? []
      }
    }
    #expect(batch.diagnostics.contains { $0.code == .tensorsDoNotFit && $0.reason.contains("a second") })
  }

  @Test("findings in the configuration and in the weights come together")
  func allAtOnce() throws {
    let batch = try imported("hubert-tiny-random") { folder in
      try FileManager.default.removeItem(atPath: folder + "/preprocessor_config.json")
      try EncoderFixtures.rewrite(folder + "/config.json") {
        $0.replacingOccurrences(of: "\"hidden_act\": \"gelu\"", with: "\"hidden_act\": \"relu\"")
          .replacingOccurrences(of: "\"num_attention_heads\": 4", with: "\"num_attention_heads\": 5")
      }
      let path = folder + "/model.safetensors"
      try Data(contentsOf: URL(fileURLWithPath: path)).dropLast(10).write(to: URL(fileURLWithPath: path))
    }
    #expect(batch.models.isEmpty)
    let codes = batch.diagnostics.map(\.code.id).sorted()
    #expect(codes == ["E-WGT-003", "E-WGT-006", "E-WGT-007", "E-WGT-007"])
    #expect(batch.diagnostics.allSatisfy { !$0.object.isEmpty && !$0.reason.isEmpty && !$0.remedy.isEmpty })
  }

  @Test(
    "a model of another kind is refused with the supported ones",
    arguments: ["whisper", "wav2vec2-bert", "unispeech-sat"])
  func otherModel(kind: String) throws {
    let batch = try imported("w2v2-tiny-random") { folder in
      try EncoderFixtures.rewrite(folder + "/config.json") {
        $0.replacingOccurrences(of: "\"model_type\": \"wav2vec2\"", with: "\"model_type\": \"\(kind)\"")
      }
    }
    let finding = try #require(batch.diagnostics.first { $0.code == .modelUnsupported })
    #expect(finding.reason.contains(kind) && finding.reason.contains("wav2vec2, hubert, wavlm"))
  }

  @Test("pytorch_model.bin is imported like safetensors; a malicious, misfitting or damaged one is refused")
  func pytorch() throws {
    let batch = try imported("w2v2-tiny-pytorch") { _ in }
    #expect(batch.models.count == 1 && batch.sources.map(\.path).contains { $0.hasSuffix("/pytorch_model.bin") })
    let attack = EncoderFixtures.folder.appendingPathComponent("pytorch/malicious.pth").path
    let refused = try imported("w2v2-tiny-pytorch") { folder in
      try FileManager.default.removeItem(atPath: folder + "/pytorch_model.bin")
      try FileManager.default.copyItem(atPath: attack, toPath: folder + "/pytorch_model.bin")
    }
    #expect(refused.models.isEmpty && refused.diagnostics.contains { $0.code == .pickleRefused })
    let misfit = try imported("w2v2-tiny-pytorch") { folder in
      try EncoderFixtures.rewrite(folder + "/config.json") {
        $0.replacingOccurrences(of: "\"intermediate_size\": 64", with: "\"intermediate_size\": 48")
      }
    }
    #expect(
      misfit.models.isEmpty && misfit.diagnostics.contains { $0.reason.contains("[64, 32] and should be [48, 32]") })
    let damaged = try imported("w2v2-tiny-pytorch") { folder in
      let path = folder + "/pytorch_model.bin"
      let place = try PyTorchFile(path: path).tensors[3].bytes.lowerBound
      var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      bytes[place] ^= 0x10
      try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
    #expect(damaged.models.isEmpty && damaged.diagnostics.contains { $0.code == .recordCorrupt })
  }

  @Test("WavLM's weights with another family's configuration, and impossible buckets, are refused")
  func wavLMMisfits() throws {
    let misfit = try imported("wavlm-tiny-random") { folder in
      try EncoderFixtures.rewrite(folder + "/config.json") {
        $0.replacingOccurrences(of: "\"model_type\": \"wavlm\"", with: "\"model_type\": \"hubert\"")
      }
    }
    #expect(misfit.models.isEmpty && misfit.diagnostics.contains { $0.reason.contains("rel_attn_embed") })
    let buckets = try imported("wavlm-tiny-random") { folder in
      try EncoderFixtures.rewrite(folder + "/config.json") {
        $0.replacingOccurrences(of: "\"max_bucket_distance\": 80", with: "\"max_bucket_distance\": 8")
      }
    }
    #expect(buckets.diagnostics.contains { $0.code == .modelConfigurationBad && $0.reason.contains("num_buckets") })
  }

  @Test("a folder without weights is refused with how to convert")
  func noWeights() throws {
    let batch = try imported("w2v2-tiny-random") { folder in
      try FileManager.default.moveItem(atPath: folder + "/model.safetensors", toPath: folder + "/tf_model.h5")
    }
    let finding = try #require(batch.diagnostics.first)
    #expect(finding.code == .weightsMissing && finding.remedy.contains("save_pretrained"))
    let nowhere = importWeights(folder: "/nonexistent/model", options: .unset, common: common)
    #expect(nowhere.hasErrors && nowhere.models.isEmpty && nowhere.sources.isEmpty)
  }

  @Test("NaN in a weight and a weight of integers are refused by the tensor's name")
  func badNumbers() throws {
    let batch = try imported("w2v2-tiny-random") { folder in
      try withTensors(folder) { tensors in
        if let i = tensors.firstIndex(where: { $0.name == "encoder.layer_norm.bias" }) {
          tensors[i].bytes.replaceSubrange(0..<4, with: [0, 0, 0xc0, 0x7f])
        }
        if let i = tensors.firstIndex(where: { $0.name == "encoder.layer_norm.weight" }) { tensors[i].dtype = "I32" }
      }
    }
    #expect(batch.models.isEmpty)
    #expect(batch.diagnostics.contains { $0.code == .tensorNotFinite && $0.object.contains("encoder.layer_norm.bias") })
    #expect(
      batch.diagnostics.contains {
        $0.code == .tensorTypeUnsupported && $0.object.contains("encoder.layer_norm.weight")
      })
  }
}

extension ImportBatch {
  var models: [ModelRecord] { records(of: ModelRecord.self) }
}
