import Diagnostics
import FileSystem
import HDF5File
import NumPyFile

/// An HDF5 or NumPy file that holds arrays.
package enum ArrayFile: Sendable {
  case hdf5(HDF5File)
  case numpy(NumPyFile)

  private static let suffixes = [".h5", ".hdf5", ".hdf", ".he5", ".nwb", ".nc", ".mat", ".set", ".npy"]

  /// By name, or else by content.
  package static func isArrayFile(_ path: String) -> Bool {
    if suffixes.contains(where: path.lowercased().hasSuffix) { return true }
    let start = Files.head(of: path, count: 8)
    return start == [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a] || start.starts(with: [0x93, 0x4e, 0x55, 0x4d])
  }

  package static func open(_ path: String) throws -> ArrayFile {
    path.lowercased().hasSuffix(".npy") ? .numpy(try NumPyFile(reading: path)) : .hdf5(try HDF5File(reading: path))
  }

  package var path: String {
    switch self {
    case .hdf5(let file): file.path
    case .numpy(let file): file.path
    }
  }

  /// How messages name a dataset of this file.
  package func object(_ dataset: String) -> String { dataset.isEmpty ? path : "\(path):\(dataset)" }

  package func shape(_ dataset: String) throws -> [Int] {
    switch self {
    case .hdf5(let file):
      let info = try file.info(dataset)
      guard info.type.isNumeric else {
        throw EvokeError(
          .datasetType, object(dataset), reason: "it holds \(info.type)", remedy: "name a dataset of numbers")
      }
      return info.shape
    case .numpy(let file): return file.shape
    }
  }

  package func floats(_ dataset: String, offset: [Int], count: [Int]) throws -> [Float] {
    switch self {
    case .hdf5(let file): try file.floats(dataset, offset: offset, count: count)
    case .numpy(let file): try file.floats(offset: offset, count: count)
    }
  }

  /// A dataset and what its path says.
  package struct Found: Sendable {
    package let dataset: String
    package let fields: [String: String]
  }

  /// The datasets `--data` names; without it the only numeric one of two or more elements.
  ///
  /// - Throws: `templateNoMatch`, `dataAmbiguous`, `datasetMissing`, `optionMalformed`.
  package func datasets(_ data: String?) throws -> [Found] {
    guard case .hdf5(let file) = self else { return [Found(dataset: "", fields: [:])] }
    if let data {
      let template = try PathTemplate(Self.relative(data))
      if template.isPlain {
        _ = try file.info(data)
        return [Found(dataset: Self.relative(data), fields: [:])]
      }
      let all = try file.datasets().filter(\.type.isNumeric).map { Self.relative($0.path) }
      let found = all.compactMap { path in template.match(path).map { Found(dataset: path, fields: $0) } }
      guard !found.isEmpty else {
        throw EvokeError(
          .templateNoMatch, object(data), reason: "the file's datasets are: \(NearMiss.list(all))",
          remedy: "compare the template with them")
      }
      return found
    }
    let candidates = try file.datasets().filter { $0.type.isNumeric && $0.count > 1 }
    guard candidates.count == 1 else {
      let names = candidates.map { Self.relative($0.path) + " \($0.shape)" }
      throw EvokeError(
        .dataAmbiguous, path,
        reason:
          "it holds \(candidates.count) arrays: \(NearMiss.list(names))",
        remedy: "give --data PATH; what varies is written as {subject}, {stimulus}, *")
    }
    return [Found(dataset: Self.relative(candidates[0].path), fields: [:])]
  }

  static func relative(_ path: String) -> String { path.split(separator: "/").joined(separator: "/") }

  /// An attribute looked for on the dataset, then on the groups above it, up to the file.
  package func attribute(_ name: String, near dataset: String) throws -> HDF5Attribute? {
    guard case .hdf5(let file) = self else { return nil }
    var parts = dataset.split(separator: "/").map(String.init)
    while true {
      let here = "/" + parts.joined(separator: "/")
      if file.exists(here), let value = try file.attribute(name, of: here) { return value }
      if parts.isEmpty { return nil }
      parts.removeLast()
    }
  }

  /// Every attribute name on the dataset and above it, for messages: what cannot be listed is left out.
  package func attributeNames(near dataset: String) -> [String] {
    guard case .hdf5(let file) = self else { return [] }
    var names: Set<String> = []
    var parts = dataset.split(separator: "/").map(String.init)
    while true {
      names.formUnion((try? file.attributeNames(of: "/" + parts.joined(separator: "/"))) ?? [])
      if parts.isEmpty { return names.sorted() }
      parts.removeLast()
    }
  }
}
