import AudioModels
import ContentIdentity
import Diagnostics
import Foundation
import Importing
import TensorFiles
import Testing
import Weights

@Suite struct ShardTests {
  private let common = CommonOptions(dataset: "models", licence: "CC0-1.0")

  private func imported(_ name: String, _ change: (String) throws -> Void = { _ in }) throws -> ImportBatch {
    let folder = try EncoderFixtures.copy(name)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try change(folder)
    return importWeights(folder: folder, options: .unset, common: common)
  }

  private func sources(_ batch: ImportBatch) -> [String] {
    batch.sources.map { URL(fileURLWithPath: $0.path).lastPathComponent }
  }

  @Test("shards are one model: the tensors, hash and layers of the same weights in one file")
  func joined() throws {
    let batch = try imported("xlsr-tiny-random")
    let model = try #require(batch.models.first)
    #expect(!batch.hasErrors && model.architecture == "wav2vec2")
    #expect(
      sources(batch) == ["model.safetensors.index.json"] + (1...3).map { "model-0000\($0)-of-00003.safetensors" }
        + ["config.json", "preprocessor_config.json"])
    let whole = try imported("xlsr-tiny-random") { folder in
      let shards = try (1...3).flatMap { try RawTensor.read(folder + "/model-0000\($0)-of-00003.safetensors") }
      try RawTensor.write(shards, to: folder + "/model.safetensors")
    }
    #expect(whole.models.first?.weightsSHA256 == model.weightsSHA256 && whole.models.first?.tensors == model.tensors)
    #expect(sources(whole).first == "model.safetensors")
    let pickled = try imported("mert-tiny-random")
    #expect(sources(pickled)[..<2] == ["pytorch_model.bin.index.json", "pytorch_model-00001-of-00002.bin"])
    #expect(pickled.models.first?.layers.last?.rateHz == 75 && pickled.models.first?.architecture == "mert_model")
  }

  /// What an index may say wrongly, and part of what is said about it.
  private static let faults: [(text: String, by: String, reason: String)] = [
    ("model-00003-of-00003", "model-00004-of-00003", "names model-00004-of-00003.safetensors, which is not in"),
    ("\"wav2vec2.encoder.layer_norm.bias\"", "\"wav2vec2.encoder.layer_norm.bios\"", "and by the index nowhere"),
    ("model-00003-of", "../model-00003-of", "which is no file of the folder"),
    ("model-00003-of-00003.safetensors\"", "model-00002-of-00003.safetensors\"", "no shard has what it names"),
    ("\"weight_map\"", "\"weights\"", "no weight_map"), ("{", "[", "not JSON"),
  ]

  @Test("an index that does not agree with its shards is refused by name", arguments: faults.indices)
  func disagreement(index: Int) throws {
    let fault = Self.faults[index]
    let batch = try imported("xlsr-tiny-random") { folder in
      try EncoderFixtures.rewrite(folder + "/model.safetensors.index.json") {
        $0.replacingOccurrences(of: fault.text, with: fault.by)
      }
    }
    let found = batch.diagnostics.filter { $0.severity == .error }
    #expect(batch.models.isEmpty && found.map(\.code) == [.weightShardsBad], "\(found.map(\.reason))")
    #expect(found.first?.reason.contains(fault.reason) == true, "\(found.map(\.reason))")
  }

  @Test("a shard that is missing or cut off, and a tensor that no shard has, are refused")
  func missingShard() throws {
    let missing = try imported("xlsr-tiny-random") { folder in
      try FileManager.default.removeItem(atPath: folder + "/model-00002-of-00003.safetensors")
    }
    #expect(missing.diagnostics.first?.remedy == "fetch model-00002-of-00003.safetensors too")
    let lost = try imported("xlsr-tiny-random") { folder in
      let path = folder + "/model-00001-of-00003.safetensors"
      try RawTensor.write(Array(try RawTensor.read(path).dropFirst()), to: path)
    }
    #expect(lost.diagnostics.first?.reason.hasPrefix("no shard has what it names") == true)
    let cut = try imported("xlsr-tiny-random") { folder in
      let path = URL(fileURLWithPath: folder + "/model-00001-of-00003.safetensors")
      try Data(contentsOf: path).dropLast(100).write(to: path)
    }
    #expect(cut.diagnostics.first?.code == .tensorFileTruncated)
  }

  @Test("processor_config.json of transformers 5 says how sound is prepared, and is recorded as it is")
  func processor() throws {
    let batch = try imported("data2vec-tiny-random")
    let model = try #require(batch.models.first)
    #expect(sources(batch) == ["model.safetensors", "config.json", "processor_config.json"])
    #expect(model.configuration["processor_config.json"]?["feature_extractor"]?["sampling_rate"] == 16_000)
    #expect(model.configuration["preprocessor_config.json"] == nil)
    let folder = try EncoderFixtures.copy("data2vec-tiny-random")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(try SpeechEncoder(folder: folder).configuration.normalisesSound)
    try EncoderFixtures.rewrite(folder + "/processor_config.json") {
      $0.replacingOccurrences(of: "\"do_normalize\": true", with: "\"do_normalize\": false")
        .replacingOccurrences(of: "16000", with: "24000")
    }
    let other = try SpeechEncoder(folder: folder)
    #expect(!other.configuration.normalisesSound && other.inputRateHz == 24_000)
  }

  @Test("an older processor_config.json beside preprocessor_config.json says nothing about sound")
  func olderProcessor() throws {
    let older = #"{"processor_class": "Wav2Vec2Processor"}"#
    let batch = try imported("hubert-tiny-random") { folder in
      try Data(older.utf8).write(to: URL(fileURLWithPath: folder + "/processor_config.json"))
    }
    #expect(!batch.hasErrors && sources(batch).last == "preprocessor_config.json")
    let alone = try imported("data2vec-tiny-random") { folder in
      try Data(older.utf8).write(to: URL(fileURLWithPath: folder + "/processor_config.json"))
    }
    let problem = try #require(alone.diagnostics.first)
    #expect(alone.hasErrors && problem.code == .modelConfigurationBad)
    #expect(problem.remedy.contains("processor_config.json of transformers 5"))
  }

  @Test("two files that prepare sound differently are refused; two that agree are not")
  func twoProcessors() throws {
    for (rate, isRefused) in [("16000", false), ("8000", true)] {
      let batch = try imported("data2vec-tiny-random") { folder in
        let text = "{\"do_normalize\": true, \"sampling_rate\": \(rate)}"
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/preprocessor_config.json"))
      }
      #expect(batch.hasErrors == isRefused)
      #expect(batch.diagnostics.contains { $0.reason.contains("in sampling_rate") } == isRefused)
    }
  }

  @Test("a MERT whose network is not HuBERT's, or whose rates differ, is refused")
  func otherMERT() throws {
    for (text, by, reason) in [
      ("\"feature_extractor_cqt\": false", "\"feature_extractor_cqt\": true", "feature_extractor_cqt is true"),
      ("\"deepnorm\": false", "\"deepnorm\": true", "deepnorm is true"),
      ("\"sample_rate\": 24000", "\"sample_rate\": 16000", "sample_rate is 16000"),
    ] {
      let batch = try imported("mert-tiny-random") { folder in
        try EncoderFixtures.rewrite(folder + "/config.json") { $0.replacingOccurrences(of: text, with: by) }
      }
      #expect(batch.models.isEmpty && batch.diagnostics.contains { $0.reason.contains(reason) })
    }
  }
}
