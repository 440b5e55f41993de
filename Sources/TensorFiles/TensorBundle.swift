import ContentIdentity
import Diagnostics
import Foundation

/// A TensorFlow checkpoint in the tensor-bundle format, `PREFIX.index` beside `PREFIX.data-00000-of-00001`, read one
/// tensor at a time.
///
/// The index is a sorted table of tensor names with dtype, shape, place and masked CRC32C; the data files hold the
/// tensors' little-endian bytes. Every block of the index and every tensor is checked against its CRC when it is read
/// (format: tensorflow/core/util/tensor_bundle and LevelDB's table_format). `model.meta` is not needed.
public struct TensorBundle: Sendable {
  /// The path before `.index`.
  public let prefix: String
  /// Every tensor, sorted by name; `bytes` is its place in its data file.
  public let tensors: [TensorInfo]
  private let entries: [String: BundleEntry]
  private let shards: Int

  /// Opens the checkpoint of a folder: the one its `checkpoint` file names, else the only `.index` file.
  ///
  /// Throws E-TFB-001 where there is none, and what `init(prefix:)` throws.
  public init(folder: String) throws {
    try self.init(prefix: folder + "/" + Self.name(in: folder))
  }

  /// Opens `PREFIX.index` and checks it against the data files' lengths.
  ///
  /// Throws E-TFB-001 (missing), E-TFB-002 (no bundle, or another format), E-TFB-003 (CRC) or E-TFB-004 (places).
  public init(prefix: String) throws {
    let path = prefix + ".index"
    let rows = try SortedTable(try Self.file(path), path: path).rows
    guard let head = rows.first, head.key.isEmpty else {
      throw Self.bad(path, "its first entry is not the bundle's header")
    }
    let header = try ProtocolBuffer(head.value, path)
    let count = header.integer(1) ?? 0
    guard header.integer(2) ?? 0 == 0 else { throw Self.bad(path, "its numbers are big-endian") }
    guard (1...99_999).contains(count) else { throw Self.bad(path, "it names \(count) data files") }
    var lengths: [Int] = []
    for shard in 0..<count { lengths.append(try Self.length(Self.shard(prefix, shard, of: count))) }
    var entries: [String: BundleEntry] = [:]
    var tensors: [TensorInfo] = []
    for row in rows.dropFirst() {
      let name = String(decoding: row.key, as: UTF8.self)
      let entry = try BundleEntry(try ProtocolBuffer(row.value, path), name, path)
      guard (0..<count).contains(entry.shard) else { throw Self.bad(path, "tensor \(name) is in file \(entry.shard)") }
      guard entry.bytes.upperBound <= lengths[entry.shard] else {
        throw EvokeError(
          .bundlePlaceBad, "\(Self.shard(prefix, entry.shard, of: count)): \(name)",
          reason: "it ends at byte \(entry.bytes.upperBound), the file has \(lengths[entry.shard])",
          remedy: "the file was cut off: fetch it again")
      }
      entries[name] = entry
      tensors.append(TensorInfo(name: name, dtype: entry.dtype, shape: entry.shape, bytes: entry.bytes))
    }
    self.prefix = prefix
    self.tensors = tensors
    self.entries = entries
    shards = count
  }

  /// The tensor of this name, if there is one.
  public subscript(name: String) -> TensorInfo? { tensors.first { $0.name == name } }

  /// Files the bundle consists of.
  public var files: [String] { [prefix + ".index"] + (0..<shards).map { Self.shard(prefix, $0, of: shards) } }

  /// The SHA-256 of a tensor's bytes, after its CRC was checked.
  public func sha256(_ tensor: TensorInfo) throws -> String { SHA256.hex(of: try read(tensor)) }

  /// A float32 tensor's numbers and hash. Throws E-TFB-003 where its CRC does not match, E-WGT-005 for another number
  /// type and E-WGT-010 where a number is NaN or infinite.
  public func load(_ tensor: TensorInfo) throws -> LoadedTensor {
    guard let type = FloatType(rawValue: tensor.dtype) else {
      throw EvokeError(
        .tensorTypeUnsupported, "\(prefix): \(tensor.name)", reason: "its dtype is \(tensor.dtype)",
        remedy: "convert it to F32, F16 or BF16")
    }
    let bytes = try read(tensor)
    let values = type.decode(bytes, count: tensor.count)
    guard values.allSatisfy(\.isFinite) else {
      throw EvokeError(
        .tensorNotFinite, "\(prefix): \(tensor.name)",
        reason: "\(values.count { !$0.isFinite }) of \(values.count) numbers are NaN or infinite",
        remedy: "fetch or convert the model again")
    }
    return LoadedTensor(values: values, sha256: SHA256.hex(of: bytes))
  }

  private func read(_ tensor: TensorInfo) throws -> [UInt8] {
    guard let entry = entries[tensor.name] else { preconditionFailure("no tensor \(tensor.name)") }
    let path = Self.shard(prefix, entry.shard, of: shards)
    let bytes = try Self.file(path, range: entry.bytes)
    guard CRC32C.masked(bytes) == entry.crc else {
      throw EvokeError(
        .bundleChecksumWrong, "\(path): \(tensor.name)",
        reason: "the CRC32C of its \(bytes.count) bytes is not the one in the index",
        remedy: "the file is damaged: fetch it again")
    }
    return bytes
  }

  private static func name(in folder: String) throws -> String {
    if let text = try? String(contentsOfFile: folder + "/checkpoint", encoding: .utf8) {
      for line in text.split(separator: "\n") where line.hasPrefix("model_checkpoint_path:") {
        let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
        guard parts.count == 3 else { break }
        let path = String(parts[1])
        // The path of the machine it was written on: the file's name counts.
        return (path as NSString).lastPathComponent
      }
      throw bad(folder + "/checkpoint", "it has no line model_checkpoint_path: \"...\"")
    }
    let found = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".index") }
    guard found.count == 1 else {
      throw EvokeError(
        .bundleMissing, folder,
        reason: found.isEmpty ? "no file ends in .index" : "several do, and there is no file checkpoint: \(found)",
        remedy: "give the folder that holds model.index, model.data-00000-of-00001 and checkpoint")
    }
    return String(found[0].dropLast(".index".count))
  }

  private static func shard(_ prefix: String, _ shard: Int, of count: Int) -> String {
    func five(_ n: Int) -> String { String(repeating: "0", count: max(0, 5 - "\(n)".count)) + "\(n)" }
    return "\(prefix).data-\(five(shard))-of-\(five(count))"
  }

  private static func length(_ path: String) throws -> Int {
    let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
    guard let size = try? FileManager.default.attributesOfItem(atPath: resolved)[.size] as? Int else {
      throw missing(path, "there is no such file")
    }
    return size
  }

  private static func file(_ path: String, range: Range<Int>? = nil) throws -> [UInt8] {
    guard let handle = FileHandle(forReadingAtPath: path) else { throw missing(path, "it cannot be opened") }
    defer { try? handle.close() }
    do {
      if let range {
        try handle.seek(toOffset: UInt64(range.lowerBound))
        if range.isEmpty { return [] }
        let data = try handle.read(upToCount: range.count) ?? Data()
        guard data.count == range.count else { throw missing(path, "it ends before byte \(range.upperBound)") }
        return [UInt8](data)
      }
      let size = try length(path)
      // An index has some hundred bytes a tensor; more than this is another file.
      guard size <= 64 << 20 else { throw bad(path, "it has \(size) bytes, more than any index") }
      return [UInt8](try handle.readToEnd() ?? Data())
    } catch let error as EvokeError { throw error } catch { throw missing(path, "\(error)") }
  }

  private static func missing(_ path: String, _ reason: String) -> EvokeError {
    EvokeError(.bundleMissing, path, reason: reason, remedy: "check the path and its permissions")
  }

  static func bad(_ path: String, _ reason: String) -> EvokeError {
    EvokeError(
      .bundleBad, path, reason: reason, remedy: "fetch the checkpoint again; only the tensor-bundle format is read")
  }
}

/// One tensor of a bundle's index.
private struct BundleEntry: Sendable {
  let dtype: String
  let shape: [Int]
  let shard: Int
  let bytes: Range<Int>
  let crc: UInt32

  /// TensorFlow's DataType numbers and the bytes of a number.
  private static let types: [Int: (name: String, width: Int)] = [
    1: ("F32", 4), 2: ("F64", 8), 3: ("I32", 4), 4: ("U8", 1), 5: ("I16", 2), 6: ("I8", 1), 9: ("I64", 8),
    10: ("BOOL", 1), 14: ("BF16", 2), 17: ("U16", 2), 19: ("F16", 2), 22: ("U32", 4), 23: ("U64", 8),
  ]

  init(_ entry: ProtocolBuffer, _ name: String, _ path: String) throws {
    let number = entry.integer(1) ?? 0
    guard let type = Self.types[number] else {
      throw TensorBundle.bad(path, "tensor \(name) has data type \(number), which is no number type")
    }
    guard entry.messages(7).isEmpty else { throw TensorBundle.bad(path, "tensor \(name) is cut into slices") }
    let dimensions = try entry.messages(2).first.map { try ProtocolBuffer($0, path).messages(2) } ?? []
    let shape = try dimensions.map { try ProtocolBuffer($0, path).integer(1) ?? 0 }
    var size = type.width
    for dimension in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
      guard dimension >= 0, !overflow else { throw TensorBundle.bad(path, "tensor \(name) has the shape \(shape)") }
      size = product
    }
    let (offset, length) = (entry.integer(4) ?? 0, entry.integer(5) ?? 0)
    guard offset >= 0, offset < Int.max / 2, length == size else {
      throw EvokeError(
        .bundlePlaceBad, "\(path): \(name)", reason: "\(type.name) \(shape) needs \(size) bytes, the index has \(length)",
        remedy: "fetch the checkpoint again")
    }
    dtype = type.name
    self.shape = shape
    shard = entry.integer(3) ?? 0
    bytes = offset..<offset + length
    crc = entry.fixed32(6) ?? 0
  }
}

extension TensorInfo {
  /// The same tensor under another name, where names of several files come together.
  public func renamed(_ name: String) -> TensorInfo { TensorInfo(name: name, dtype: dtype, shape: shape, bytes: bytes) }
}
