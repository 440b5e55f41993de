import ByteSource
import Compression
import Diagnostics
import FileSystem
import ForeignHDF5
import Foundation
import HDF5File
import Tensors

/// The weights of a Keras model in HDF5, one file or the same file compressed with gzip.
///
/// Layout (Keras 2 `save_weights`, and `save`, which puts the same under `/model_weights`): the attribute `layer_names`
/// lists the layers in the order of the network; each layer is a group whose attribute `weight_names` lists its
/// datasets in the order of the layer's weights. Lists too long for one attribute are split into `layer_names0`,
/// `layer_names1`, … Tensors are named `layer/weight`, for example `conv1/conv1_3/kernel:0`. Kernels are stored
/// `[height, width, inputs, outputs]`, dense ones `[inputs, outputs]`. All floating-point widths are read as float32.
public struct KerasHDF5File: WeightsFile {
  public let path: String
  public var container: TensorContainer { .keras }
  public let tensors: [TensorInfo]
  /// Every layer, those without weights too, in the order of the network.
  public let layers: [TensorLayer]
  private let file: HDF5File
  private let datasets: [String: String]

  /// Opens a file and reads which tensors it holds.
  ///
  /// Throws E-WGT-001 and the codes of HDF5 files, E-WGF-002 where the layout is another, E-WGT-005 for a dataset that
  /// holds no floating-point numbers, E-WGF-001 for damaged compression.
  public init(path: String) throws {
    self.path = path
    let file = try Self.open(path)
    let root = try Self.root(file, path)
    var layers: [TensorLayer] = []
    var datasets: [String: String] = [:]
    let names = try Self.list("layer_names", root, file, of: path) ?? []
    guard names.count <= 100_000 else { throw Self.bad(path, "it lists \(names.count) layers") }
    for name in names {
      let group = root == "/" ? "/" + name : root + "/" + name
      guard file.exists(group) else { throw Self.bad(path, "layer \(name) is listed and has no group") }
      let weights = try Self.list("weight_names", group, file, of: path) ?? []
      let tensors = try weights.map { weight in
        let dataset = group + "/" + weight
        guard file.exists(dataset) else { throw Self.bad(path, "weight \(dataset) is listed and missing") }
        let tensor = try Self.tensor(name + "/" + weight, file.info(dataset), path)
        guard datasets.updateValue(dataset, forKey: tensor.name) == nil else {
          throw Self.bad(path, "weight \(tensor.name) is listed twice")
        }
        return tensor
      }
      layers.append(TensorLayer(name: name, tensors: tensors))
    }
    self.file = file
    self.layers = layers
    self.datasets = datasets
    tensors = layers.flatMap(\.tensors).sorted { $0.name < $1.name }
  }

  /// Whether a file is HDF5, or gzip around something, by its first bytes; the layout is not looked at.
  public static func looksLike(path: String) -> Bool {
    let head = Files.head(of: path, count: 8)
    return head == [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a] || head.starts(with: gzip)
  }

  /// The tensor's numbers as little-endian float32, row-major.
  public func bytes(of tensor: TensorInfo) throws -> [UInt8] {
    guard let dataset = datasets[tensor.name] else { preconditionFailure("\(tensor.name) is not in this file") }
    let values = try file.floats(dataset)
    guard values.count == tensor.count else { throw Self.bad(path, "\(tensor.name) changed while being read") }
    return values.littleEndianBytes
  }

  /// A compressed file is unpacked into a temporary one, which is gone as soon as it is open.
  private static func open(_ path: String) throws -> HDF5File {
    guard Files.head(of: path, count: 8).starts(with: gzip) else {
      return try ForeignHDF5.open(path)
    }
    let temporary = FileManager.default.temporaryDirectory.appendingPathComponent("weights-\(UUID().uuidString).h5")
    defer { try? FileManager.default.removeItem(at: temporary) }
    try unpack(path, to: temporary)
    do { return try ForeignHDF5.open(temporary.path) } catch let error as EvokeError {
      throw EvokeError(error.code, "\(path) (unpacked)", reason: error.reason, remedy: error.remedy)
    }
  }

  private static let gzip: [UInt8] = [0x1f, 0x8b, 8]

  private static func unpack(_ path: String, to temporary: URL) throws {
    let packed = try ByteReader(path, truncation: .tensorCompressionBad, damage: .tensorCompressionBad)
    do {
      try Data().write(to: temporary)
      let file = try FileHandle(forWritingTo: temporary)
      defer { try? file.close() }
      while true {
        let piece = try packed.read(1 << 20)
        if piece.isEmpty { break }
        try file.write(contentsOf: piece)
      }
      try packed.finish()
    } catch let error as EvokeError { throw error } catch { throw TensorFile.unreadable(path, "\(error)") }
  }

  private static func root(_ file: HDF5File, _ path: String) throws -> String {
    for root in ["/", "/model_weights"] where file.exists(root) || root == "/" {
      if try list("layer_names", root, file, of: path) != nil { return root }
    }
    let names = try file.members()
    if names.contains("layers") || names.contains("_layer_checkpoint_dependencies") {
      throw bad(path, "it was saved by Keras 3, whose layout names no layers")
    }
    throw bad(path, "it has no attribute layer_names; it holds: \(names.prefix(8).joined(separator: ", "))")
  }

  /// A list of names, whole or in numbered parts; nil where there is none.
  private static func list(
    _ name: String, _ group: String, _ file: HDF5File, of path: String
  ) throws -> [String]? {
    if let value = try file.attribute(name, of: group) {
      switch value {
      case .texts(let names): return names
      // An empty list is written as an empty array of numbers.
      case .numbers([]): return []
      default: throw bad(path, "the attribute \(name) of \(group) is no list of names")
      }
    }
    var all: [String]?
    var part = 0
    while case .texts(let names)? = try file.attribute("\(name)\(part)", of: group) {
      all = (all ?? []) + names
      part += 1
    }
    return all
  }

  private static func tensor(_ name: String, _ info: HDF5DatasetInfo, _ path: String) throws -> TensorInfo {
    guard case .float = info.type else {
      throw EvokeError(
        .tensorTypeUnsupported, "\(path): \(name)", reason: "its numbers are \(info.type)",
        remedy: "save the weights as floating-point numbers")
    }
    return TensorInfo(name: name, dtype: "F32", shape: info.shape, bytes: 0..<4 * info.count)
  }

  private static func bad(_ path: String, _ reason: String) -> EvokeError {
    EvokeError(
      .kerasLayoutBad, path, reason: reason,
      remedy: "save the weights with Keras 2 (tf.keras): model.save_weights('NAME.h5')")
  }
}
