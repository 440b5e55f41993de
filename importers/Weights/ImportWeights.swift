import AudioModels
import ContentIdentity
import Diagnostics
import Foundation
import Importing
import TensorFiles

/// The registry of what `import weights` takes: every model of features, and models that are used otherwise.
public enum ImportableWeights {
  public static let families: [any WeightsFamily] = ModelFamilies.all + [SeparationFamily()]

  /// For help: every family with its files.
  public static var summary: String { families.map { "\($0.name) (\($0.summary))" }.joined(separator: "; ") }
}

/// Reads a pretrained model's folder or file and returns the rows to be stored.
///
/// The first family of `ImportableWeights.families` that recognises the path reads it. Everything is read and checked
/// (configuration, headers, every tensor's place, name, shape and numbers); all findings come at once in `diagnostics`.
/// The weights stay where they are; the batch records their hashes. `name` is the model's name in the warehouse, by
/// default the folder's own, or the file's without its extension.
public func importWeights(folder: String, name: String? = nil, common: CommonOptions) -> ImportBatch {
  let url = URL(fileURLWithPath: folder).standardizedFileURL
  let path = url.path
  let place = ModelFiles(path)
  var isFolder: ObjCBool = true
  let exists = unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
  let isFile = exists && !isFolder.boolValue
  let name = name ?? (isFile ? url.deletingPathExtension().lastPathComponent : url.lastPathComponent)
  var batch = ImportBatch(verb: "import weights", options: .object(["name": .string(name)]), common: common)
  do {
    guard let family = ImportableWeights.families.first(where: { $0.recognises(place) }) else {
      throw ModelFamilies.unrecognised(path, ImportableWeights.families.map(\.summary))
    }
    let found = try family.inspect(place)
    batch.diagnostics = found.notes
    batch.sources = try found.files.map { try source($0) }
    batch.models = [record(name, path, found)]
  } catch let error as EvokeError {
    batch.diagnostics += error.diagnostics.isEmpty ? [Diagnostic(error)] : error.diagnostics
  } catch {
    batch.diagnostics.append(
      Diagnostic(.error, .tensorFileUnreadable, path, reason: "\(error)", remedy: "check the path and its permissions"))
  }
  return batch
}

private func record(_ name: String, _ path: String, _ found: ModelInspection) -> ModelRecord {
  ModelRecord(
    name: name, architecture: found.architecture, configuration: found.configuration,
    weightsSHA256: found.weightsSHA256, folder: path, parameterCount: found.tensors.reduce(0) { $0 + $1.info.count },
    tensors: found.tensors.map {
      ModelRecord.Tensor(name: $0.info.name, dtype: $0.info.dtype, shape: $0.info.shape, sha256: $0.sha256)
    },
    layers: found.layers.map {
      ModelRecord.Layer(key: $0.key, depth: $0.depth, relDepth: $0.relDepth, dimension: $0.dimension, rateHz: $0.rateHz)
    })
}

/// SHA-256 and length of a file, read in pieces of 8 MB.
private func source(_ path: String) throws -> SourceFile {
  let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
  defer { try? handle.close() }
  var hash = SHA256()
  var count = 0
  while let data = try handle.read(upToCount: 8 << 20), !data.isEmpty {
    hash.update([UInt8](data))
    count += data.count
  }
  return SourceFile(path: path, sha256: hash.hex(), bytes: count)
}
