import ByteSource
import Diagnostics
import FileSystem
import Tensors
import ZipArchive

/// A file written by `torch.save` (`pytorch_model.bin`, `.pth`, `.pt`) that holds tensors, read one at a time.
///
/// Both layouts are read: the ZIP file of PyTorch 1.6 and later (`NAME/data.pkl` and one stored record per storage, each
/// checked against its CRC-32) and the stream of pickles before it. No code of the file is ever run: see `PickleReader`, which is
/// why no other reader of pickles would do.
/// Tensors of nested dictionaries are named by their keys joined with dots; other values are left out.
public struct PyTorchFile: WeightsFile {
  public let path: String
  public var container: TensorContainer { .pyTorch }
  public let tensors: [TensorInfo]
  private let views: [String: View]
  private let archive: ZipArchive?

  /// A tensor's storage and its place in it.
  private struct View: Sendable {
    let record: String
    /// The storage's bytes in the file.
    let storage: Range<Int>
    let width: Int
    let offset: Int
    let strides: [Int]
  }

  /// Opens a file and checks the place of every tensor.
  ///
  /// Throws E-WGT-001 and E-WGT-003 as `TensorFile`, E-PTH-001 to E-PTH-004, and E-WGT-004 for a tensor that does not
  /// fit its storage.
  public init(path: String) throws {
    self.path = path
    let file = try ByteSource(weights: path)
    let head = try file.head(4)
    let contents: Contents
    if head == [0x50, 0x4b, 3, 4] {
      let archive = try ZipArchive(file)
      self.archive = archive
      contents = try Contents(archive: archive)
    } else if head.first == 0x80 {
      archive = nil
      contents = try Contents(stream: file)
    } else {
      throw Self.damaged(path, "it begins neither as a ZIP file nor as a pickle")
    }
    var tensors: [TensorInfo] = []
    var views: [String: View] = [:]
    for (name, tensor) in contents.tensors {
      guard let place = contents.storages[tensor.storage.key] else {
        throw Self.damaged(path, "the storage of tensor \(name) is not in the file")
      }
      let span = try Self.span(name, tensor, path)
      let view = View(
        record: place.record, storage: place.bytes, width: tensor.storage.width, offset: tensor.offset,
        strides: tensor.strides)
      let start = place.bytes.lowerBound
      let info = TensorInfo(
        name: name, dtype: tensor.storage.dtype, shape: tensor.shape,
        bytes: start + span.lowerBound * view.width..<start + span.upperBound * view.width)
      guard views.updateValue(view, forKey: name) == nil else {
        throw Self.damaged(path, "it has two tensors named \(name)")
      }
      tensors.append(info)
    }
    self.tensors = tensors.sorted { $0.name < $1.name }
    self.views = views
  }

  /// Whether a file begins like those of `torch.save`: a zip, or a pickle of protocol 2 and above.
  static func looksLike(path: String) -> Bool {
    let head = Files.head(of: path, count: 4)
    return head.starts(with: [0x50, 0x4b, 3, 4]) || (head.count > 1 && head[0] == 0x80 && (2...5).contains(head[1]))
  }

  public func bytes(of tensor: TensorInfo) throws -> [UInt8] {
    guard let view = views[tensor.name] else { preconditionFailure("\(tensor.name) is not a tensor of this file") }
    let storage =
      try archive?.read(view.record) ?? ByteSource(weights: path).bytes(view.storage, "tensor \(tensor.name)")
    let length = tensor.count * view.width
    if Self.isContiguous(tensor.shape, view.strides) {
      let start = view.offset * view.width
      return length == storage.count ? storage : Array(storage[start..<start + length])
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(length)
    var index = [Int](repeating: 0, count: tensor.shape.count)
    for _ in 0..<tensor.count {
      let element = view.offset + zip(index, view.strides).reduce(0) { $0 + $1.0 * $1.1 }
      bytes += storage[element * view.width..<(element + 1) * view.width]
      for axis in tensor.shape.indices.reversed() {
        index[axis] += 1
        if index[axis] < tensor.shape[axis] { break }
        index[axis] = 0
      }
    }
    return bytes
  }

  private static func isContiguous(_ shape: [Int], _ strides: [Int]) -> Bool {
    var expected = 1
    for (size, stride) in zip(shape, strides).reversed() {
      if size != 1 && stride != expected { return false }
      expected *= size
    }
    return true
  }

  /// The numbers of the storage a tensor reaches, checked.
  private static func span(_ name: String, _ tensor: PyTorchTensor, _ path: String) throws -> Range<Int> {
    func refuse(_ reason: String) -> EvokeError {
      EvokeError(
        .tensorOffsetsBad, "\(path): \(name)", reason: reason, remedy: "fetch the file again, or save the model again")
    }
    var count = 1
    var last = tensor.offset
    for (size, stride) in zip(tensor.shape, tensor.strides) {
      let (product, isLarge) = count.multipliedReportingOverflow(by: size)
      let (reach, isFar) = max(size - 1, 0).multipliedReportingOverflow(by: stride)
      let (sum, isFarther) = last.addingReportingOverflow(reach)
      guard !isLarge, !isFar, !isFarther else { throw refuse("it has an impossible shape \(tensor.shape)") }
      (count, last) = (product, sum)
    }
    if count == 0 { return 0..<0 }
    guard last < tensor.storage.count else {
      throw refuse("\(tensor.shape) reaches number \(last) of a storage of \(tensor.storage.count)")
    }
    // Repeating numbers by a stride of 0 would let a small file fill the memory; no program saves weights so.
    guard count <= tensor.storage.count else {
      throw refuse("\(tensor.shape) has more numbers than its storage, \(tensor.storage.count)")
    }
    return tensor.offset..<last + 1
  }

  static func damaged(_ path: String, _ reason: String) -> EvokeError {
    EvokeError(
      .pickleBad, path, reason: reason, remedy: "fetch the file again, or save its weights again as safetensors")
  }
}

/// The tensors of a file by name and where their storages are.
private struct Contents {
  var tensors: [(name: String, tensor: PyTorchTensor)] = []
  var storages: [String: (record: String, bytes: Range<Int>)] = [:]
  private static let longestPickle = 64 << 20
  /// One dictionary may stand in another many times.
  private static let mostItems = 1 << 20
  private var itemCount = 0

  /// The ZIP layout: `NAME/data.pkl`, `NAME/data/KEY`, `NAME/byteorder`.
  init(archive: ZipArchive) throws {
    let path = archive.file.path
    let pickles = archive.records.keys.filter { $0.hasSuffix("/data.pkl") && $0.count { $0 == "/" } == 1 }
    guard pickles.count == 1, let name = pickles.first else {
      throw PyTorchFile.damaged(path, "it is a ZIP file with \(pickles.count) data.pkl instead of one")
    }
    let folder = name.dropLast("data.pkl".count)
    if archive.records[folder + "byteorder"] != nil {
      let order = String(decoding: try archive.read(folder + "byteorder"), as: UTF8.self)
      guard order == "little" else { throw PyTorchFile.damaged(path, "its byte order is \(order)") }
    }
    guard archive.records[name].map({ $0.bytes.count <= Self.longestPickle }) ?? false else {
      throw PyTorchFile.damaged(path, "its pickle is too long for a list of tensors")
    }
    var pickle = PickleReader(ByteSource(try archive.read(name), path: path, truncation: .tensorFileTruncated))
    defer { pickle.clear() }
    try collect(try pickle.next(), path)
    for (tensorName, tensor) in tensors {
      let record = folder + "data/" + tensor.storage.key
      guard let place = archive.records[record] else {
        throw PyTorchFile.damaged(path, "it has no record \(record), the storage of tensor \(tensorName)")
      }
      try check(place.bytes.count, tensor.storage, record, path)
      storages[tensor.storage.key] = (record, place.bytes)
    }
  }

  /// The older layout: pickles of a mark, a version, the writer's word sizes, the content and the storages' keys, then
  /// each storage as a 64-bit count and its numbers.
  init(stream file: ByteSource) throws {
    let mark: [UInt8] = [0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]
    var pickle = PickleReader(try file.part(0..<min(file.count, Self.longestPickle), "its pickles"))
    defer { pickle.clear() }
    guard case .bytes(mark) = try pickle.next(), try pickle.next().intValue == 1001 else {
      throw PyTorchFile.damaged(file.path, "it is a pickle, but not one of torch.save")
    }
    if case .dictionary(let system) = try pickle.next() {
      for (key, value) in system.items where key.textValue == "little_endian" {
        guard case .flag(true) = value else { throw PyTorchFile.damaged(file.path, "its byte order is big") }
      }
    }
    try collect(try pickle.next(), file.path)
    guard case .list(let keys) = try pickle.next() else {
      throw PyTorchFile.damaged(file.path, "it has no list of storages")
    }
    var known: [String: PyTorchStorage] = [:]
    for (_, tensor) in tensors { known[tensor.storage.key] = tensor.storage }
    var at = pickle.position
    for key in keys.items.compactMap(\.textValue) {
      guard let storage = known[key] else {
        throw PyTorchFile.damaged(file.path, "storage \(key) belongs to no tensor")
      }
      guard at <= file.count - 8 else { throw TensorFile.truncated(file.path, "storage \(key) is not there") }
      let count = try file.integer(at: at, UInt64.self, "storage \(key)")
      guard count == UInt64(storage.count) else {
        throw PyTorchFile.damaged(
          file.path, "storage \(key) has \(count) numbers, its tensors expect \(storage.count)")
      }
      let bytes = at + 8..<at + 8 + storage.count * storage.width
      guard bytes.upperBound <= file.count else {
        throw TensorFile.truncated(file.path, "storage \(key) ends behind its end")
      }
      storages[key] = ("", bytes)
      at = bytes.upperBound
    }
  }

  private func check(_ bytes: Int, _ storage: PyTorchStorage, _ record: String, _ path: String) throws {
    guard bytes == storage.count * storage.width else {
      throw PyTorchFile.damaged(
        path, "record \(record) has \(bytes) bytes, its tensors expect \(storage.count) numbers of \(storage.width)")
    }
  }

  /// Adds the tensors of a value under their keys joined with dots.
  private mutating func collect(_ value: PickleValue, _ path: String, _ prefix: String = "", depth: Int = 0) throws {
    guard depth <= 8 else { throw PyTorchFile.damaged(path, "its dictionaries are nested more than 8 deep") }
    itemCount += 1
    guard itemCount <= Self.mostItems else {
      throw PyTorchFile.damaged(path, "it has more than \(Self.mostItems) items")
    }
    switch value {
    case .tensor(let tensor): tensors.append((prefix, tensor))
    case .dictionary(let dictionary):
      for (key, item) in dictionary.items {
        guard let text = key.textValue ?? key.intValue.map(String.init) else { continue }
        try collect(item, path, prefix.isEmpty ? text : prefix + "." + text, depth: depth + 1)
      }
    default: break
    }
    guard depth > 0 || !tensors.isEmpty else { throw PyTorchFile.damaged(path, "it holds no tensor") }
  }
}
