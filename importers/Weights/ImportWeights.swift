import AudioModels
import ContentIdentity
import Diagnostics
import Foundation
import Importing
import TensorFiles

/// Reads a speech encoder's folder in the Hugging Face layout and returns the rows to be stored.
///
/// The folder holds `config.json`, `preprocessor_config.json` and `model.safetensors` or `pytorch_model.bin` (F32, F16 or
/// BF16). Everything is read and checked (configuration, header, every tensor's place, name, shape and numbers); all findings come at once in
/// `diagnostics`. The weights stay where they are; the batch records their hashes. `name` is the model's name in the
/// warehouse, by default the folder's own.
public func importWeights(folder: String, name: String? = nil, common: CommonOptions) -> ImportBatch {
  let folder = URL(fileURLWithPath: folder).standardizedFileURL.path
  let name = name ?? URL(fileURLWithPath: folder).lastPathComponent
  var batch = ImportBatch(verb: "import weights", options: .object(["name": .string(name)]), common: common)
  var reader = WeightsReader(folder: folder)
  let model = reader.model(name: name)
  batch.sources = reader.sources
  batch.diagnostics = reader.diagnostics
  if let model, !batch.hasErrors { batch.models = [model] }
  return batch
}

/// One folder being read, and what was found so far.
private struct WeightsReader {
  let folder: String
  var diagnostics: [Diagnostic] = []
  var sources: [SourceFile] = []

  init(folder: String) { self.folder = folder }

  mutating func model(name: String) -> ModelRecord? {
    let folder = folder
    let configuration = attempt { try EncoderConfiguration(folder: folder) }
    let file = attempt { try SpeechEncoder.weightsFile(folder) }
    guard let file else { return nil }
    let matched = configuration.flatMap { configuration in
      attempt { try EncoderTensors(file: file, configuration: configuration) }
    }
    let hashed = file.tensors.compactMap { info -> (info: TensorInfo, sha256: String)? in
      let isRead = matched?.isRead(info) ?? false
      return attempt { (info, try isRead ? file.load(info).sha256 : file.sha256(info)) }
    }
    let weights = URL(fileURLWithPath: file.path).lastPathComponent
    for file in [weights, "config.json", "preprocessor_config.json"] { addSource(file) }
    guard let matched, let configuration, hashed.count == file.tensors.count else { return nil }
    if !matched.ignored.isEmpty {
      let names = matched.ignored.map(\.name).joined(separator: ", ")
      diagnostics.append(
        Diagnostic(
          .note, .tensorsDoNotFit, file.path, reason: "tensors of a task head are not used: \(names)",
          remedy: "nothing: the encoder's layers do not depend on them"))
    }
    return record(name, configuration, hashed)
  }

  private func record(
    _ name: String, _ configuration: EncoderConfiguration, _ hashed: [(info: TensorInfo, sha256: String)]
  ) -> ModelRecord {
    ModelRecord(
      name: name, architecture: configuration.architecture.rawValue, configuration: configuration.files,
      weightsSHA256: EncoderTensors.weightsSHA256(hashed), folder: folder,
      parameterCount: hashed.reduce(0) { $0 + $1.info.count },
      tensors: hashed.map {
        ModelRecord.Tensor(name: $0.info.name, dtype: $0.info.dtype, shape: $0.info.shape, sha256: $0.sha256)
      },
      layers: configuration.encoderLayers.map {
        ModelRecord.Layer(
          key: $0.key, depth: $0.depth, relDepth: $0.relDepth, dimension: $0.dimension, rateHz: $0.rateHz)
      })
  }

  /// The value, or nil with the error's findings added.
  private mutating func attempt<Value>(_ body: () throws -> Value) -> Value? {
    do { return try body() } catch let error as EvokeError {
      diagnostics += error.diagnostics.isEmpty ? [Diagnostic(error)] : error.diagnostics
    } catch {
      diagnostics.append(
        Diagnostic(
          .error, .tensorFileUnreadable, folder, reason: "\(error)", remedy: "check the folder and its permissions"))
    }
    return nil
  }

  private mutating func addSource(_ name: String) {
    let path = folder + "/" + name
    guard FileManager.default.fileExists(atPath: path) else { return }
    if let (sha256, bytes) = attempt({ try hashFile(path) }) {
      sources.append(SourceFile(path: path, sha256: sha256, bytes: bytes))
    }
  }
}

/// SHA-256 and length of a file, read in pieces of 8 MB.
private func hashFile(_ path: String) throws -> (sha256: String, bytes: Int) {
  let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
  defer { try? handle.close() }
  var hash = SHA256()
  var count = 0
  while let data = try handle.read(upToCount: 8 << 20), !data.isEmpty {
    hash.update([UInt8](data))
    count += data.count
  }
  return (hash.hex(), count)
}
