import ArgumentParser
import AudioModels
import ContentIdentity
import Diagnostics
import FileSystem
import Foundation
import Importing
import TensorFiles

/// The registry of what `import weights` takes: every model of features, and models that are used otherwise.
package enum ImportableWeights {
  package static let families: [any WeightsFamily] = ModelFamilies.all + [SeparationFamily()]

  /// For help: every family with its files.
  package static var summary: String { families.map { "\($0.name) (\($0.summary))" }.joined(separator: "; ") }
}

/// The options of `import weights`, as typed.
package struct WeightsOptions: VerbOptions {
  @Option(help: "Name of the model; else the folder's or file's.") package var name: String?

  package init() {}
}

/// Reads a pretrained model's folder or file and returns the rows to be stored.
///
/// The first family of `ImportableWeights.families` that recognises the path reads it. Everything is read and checked
/// (configuration, headers, every tensor's place, name, shape and numbers); all findings come at once in `diagnostics`.
/// The weights stay where they are; the batch records their hashes. `name` is the model's name in the warehouse, by
/// default `standardName`.
package func importWeights(folder: String, options: WeightsOptions, common: CommonOptions) -> ImportBatch {
  let url = URL(fileURLWithPath: folder).standardizedFileURL
  let path = url.path
  let place = ModelFiles(path)
  let isFile = [.file, .other].contains(Files.kind(of: path))
  let name = options.name ?? standardName(url, isFile: isFile)
  var batch = ImportBatch(
    verb: "import weights", options: options, settled: ["name": .string(name)], common: common)
  do {
    guard let family = ImportableWeights.families.first(where: { $0.recognises(place) }) else {
      // Tensors that cannot be read belong to no family, and say why.
      if let container = place.container { _ = try place.tensors(in: nil, as: container) }
      throw ModelFamilies.unrecognised(path, ImportableWeights.families.map(\.summary))
    }
    let found = try family.inspect(place)
    batch.diagnostics = found.notes
    batch.sources = try found.files.map { try SourceFile(reading: $0) }
    batch.records = [record(name, path, found)]
  } catch let error as EvokeError {
    batch.diagnostics += error.diagnostics.isEmpty ? [Diagnostic(error)] : error.diagnostics
  } catch {
    batch.diagnostics.append(
      Diagnostic(.error, .tensorFileUnreadable, path, reason: "\(error)", remedy: "check the path and its permissions"))
  }
  return batch
}

/// A folder's own name, a file's without its extension; of a file that is nothing but an ending (`.index`) its folder's.
private func standardName(_ url: URL, isFile: Bool) -> String {
  guard isFile else { return url.lastPathComponent }
  let file = url.lastPathComponent
  return file.hasPrefix(".")
    ? url.deletingLastPathComponent().lastPathComponent : url.deletingPathExtension().lastPathComponent
}

private func record(_ name: String, _ path: String, _ found: ModelInspection) -> ModelRecord {
  ModelRecord(
    name: name, architecture: found.architecture, configuration: found.configuration,
    weightsSHA256: found.weightsSHA256, folder: path, parameterCount: found.tensors.reduce(0) { $0 + $1.info.count },
    tensors: found.tensors.map {
      ModelRecord.Tensor(name: $0.info.name, dtype: $0.info.dtype, shape: $0.info.shape, sha256: $0.sha256)
    },
    layers: found.layers.map {
      ModelRecord.Layer(
        key: $0.key, depth: $0.depth, relDepth: $0.relDepth, dimension: $0.dimension, rateHz: $0.rateHz,
        contextS: $0.contextSeconds)
    })
}
