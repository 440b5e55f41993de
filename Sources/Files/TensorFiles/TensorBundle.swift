import ByteSource
import ContentIdentity
import Diagnostics
import FileSystem
import Foundation
import Tensors

/// A TensorFlow checkpoint in the tensor-bundle format (V2), `PREFIX.index` beside `PREFIX.data-00000-of-00001`, read one
/// tensor at a time.
///
/// The index is a sorted table of tensor names with dtype, shape, place and masked CRC-32C; the data files hold the
/// tensors' little-endian bytes. Every block of the index and every tensor is checked against its CRC when it is read
/// (tensorflow/core/protobuf/tensor_bundle.proto). `model.meta` is not needed. Read here for the reason `SortedTable` has.
public struct TensorBundle: WeightsFile {
  /// The index file.
  public let path: String
  public var container: TensorContainer { .tensorBundle }
  /// Every tensor, sorted by name; `bytes` is its place in its data file.
  public let tensors: [TensorInfo]
  private let entries: [String: Entry]
  private let shards: Int
  private let prefix: String
  private static let ending = ".index"

  /// One tensor of the index.
  private struct Entry: Sendable {
    let info: TensorInfo
    let shard: Int
    let crc: UInt32
  }

  /// Opens the checkpoint of a folder: the one its `checkpoint` file names, else the only `.index` file.
  ///
  /// Throws E-TFB-001 where there is none, and what `init(prefix:)` throws.
  public init(folder: String) throws { try self.init(prefix: folder + "/" + Self.name(in: folder)) }

  /// Opens the checkpoint of an index file; E-TFB-002 where that is not called `PREFIX.index`.
  public init(index path: String) throws {
    guard path.hasSuffix(Self.ending) else {
      throw EvokeError(
        .bundleBad, path, reason: "it is the index of a checkpoint and is not called PREFIX.index",
        remedy: "give the file its own name again, beside PREFIX.data-00000-of-00001")
    }
    try self.init(prefix: String(path.dropLast(Self.ending.count)))
  }

  /// Opens `PREFIX.index` and checks it against the data files' lengths.
  ///
  /// Throws E-TFB-001 (a file is missing), E-TFB-002 (no bundle, or a damaged index) or E-TFB-004 (places).
  public init(prefix: String) throws {
    let path = prefix + Self.ending
    self.path = path
    self.prefix = prefix
    do {
      let rows = try Self.rows(path)
      guard let head = rows.first, head.key.isEmpty else {
        throw SortedTable.Damage(reason: "its first entry is not a bundle's header")
      }
      let shards = try Self.shardCount(head.value)
      var lengths: [Int] = []
      for shard in 0..<shards { lengths.append(try Self.open(Self.shard(prefix, shard, shards)).count) }
      var entries: [String: Entry] = [:]
      for row in rows.dropFirst() {
        let name = String(decoding: row.key, as: UTF8.self)
        let entry = try Self.entry(name, row.value, path)
        guard (0..<shards).contains(entry.shard) else {
          throw SortedTable.Damage(reason: "tensor \(name) is in data file \(entry.shard) of \(shards)")
        }
        guard entry.info.bytes.upperBound <= lengths[entry.shard] else {
          throw EvokeError(
            .bundlePlaceBad, "\(Self.shard(prefix, entry.shard, shards)): \(name)",
            reason: "it ends at byte \(entry.info.bytes.upperBound), the file has \(lengths[entry.shard])",
            remedy: "the file was cut off: fetch it again")
        }
        guard entries.updateValue(entry, forKey: name) == nil else {
          throw SortedTable.Damage(reason: "it has two tensors named \(name)")
        }
      }
      tensors = entries.values.map(\.info).sorted { $0.name < $1.name }
      self.entries = entries
      self.shards = shards
    } catch let damage as SortedTable.Damage {
      throw EvokeError(.bundleBad, path, reason: damage.reason, remedy: "fetch the checkpoint again")
    }
  }

  /// Files the bundle consists of.
  public var files: [String] { [path] + (0..<shards).map { Self.shard(prefix, $0, shards) } }

  /// A tensor's bytes; throws E-TFB-003 where their CRC is not the one in the index.
  public func bytes(of tensor: TensorInfo) throws -> [UInt8] {
    guard let entry = entries[tensor.name] else { preconditionFailure("\(tensor.name) is not in this checkpoint") }
    let file = Self.shard(prefix, entry.shard, shards)
    let bytes = try Self.open(file).bytes(entry.info.bytes, "tensor \(tensor.name)")
    let sum = CRC32C.checksum(bytes, 0..<bytes.count)
    // The form files store: rotated and shifted, so that a CRC over data that holds CRCs is no weaker.
    guard (sum >> 15 | sum << 17) &+ 0xa282_ead8 == entry.crc else {
      throw EvokeError(
        .bundleChecksumWrong, "\(file): \(tensor.name)",
        reason: "the CRC-32C of its \(bytes.count) bytes is not the one in the index",
        remedy: "the file is damaged: fetch it again")
    }
    return bytes
  }

  private static func rows(_ path: String) throws -> [(key: [UInt8], value: ByteSource)] {
    let file = try open(path, truncation: .bundleBad)
    func rows(_ place: SortedTable.Block) throws -> [(key: [UInt8], value: ByteSource)] {
      let block = try SortedTable.read(place, file)
      return try SortedTable.entries(block).map { ($0.key, try block.part($0.value, "an entry")) }
    }
    return try rows(SortedTable.indexBlock(file)).flatMap { row in
      var cursor = MessageCursor(row.value)
      return try rows(SortedTable.block(&cursor, file.count))
    }
  }

  /// `BundleHeaderProto`: 1 the number of data files, 2 the byte order (0 little).
  private static func shardCount(_ message: ByteSource) throws -> Int {
    var cursor = MessageCursor(message)
    var shards: UInt64 = 0
    while !cursor.isAtEnd {
      let field = try cursor.field()
      if field.number == 1 { shards = field.value }
      if field.number == 2, field.value != 0 { throw SortedTable.Damage(reason: "its numbers are big-endian") }
    }
    guard (1...99_999).contains(shards) else { throw SortedTable.Damage(reason: "it names \(shards) data files") }
    return Int(shards)
  }

  /// TensorFlow's DataType numbers and the bytes of a number.
  private static let types: [UInt64: (name: String, width: Int)] = [
    1: ("F32", 4), 2: ("F64", 8), 3: ("I32", 4), 4: ("U8", 1), 5: ("I16", 2), 6: ("I8", 1), 9: ("I64", 8),
    10: ("BOOL", 1), 14: ("BF16", 2), 17: ("U16", 2), 19: ("F16", 2), 22: ("U32", 4), 23: ("U64", 8),
  ]

  /// `BundleEntryProto`: 1 dtype, 2 shape, 3 data file, 4 offset, 5 size, 6 masked CRC, 7 slices; protobuf leaves out
  /// what is 0.
  private static func entry(_ name: String, _ message: ByteSource, _ path: String) throws -> Entry {
    var cursor = MessageCursor(message)
    var numbers: [Int: UInt64] = [:]
    var (shape, crc): ([Int], UInt32) = ([], 0)
    while !cursor.isAtEnd {
      let field = try cursor.field()
      switch field.number {
      case 2: shape = try self.shape(message, field.range)
      case 6: crc = try message.integer(at: field.range.lowerBound, UInt32.self, "the checksum of tensor \(name)")
      case 7: throw SortedTable.Damage(reason: "tensor \(name) is cut into slices")
      default: numbers[field.number] = field.value
      }
    }
    let number = numbers[1, default: 0]
    guard let type = types[number] else {
      throw SortedTable.Damage(reason: "tensor \(name) has data type \(number), which is no number type")
    }
    var size = type.width
    for length in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: length)
      guard !overflow, product < Int.max / 4 else {
        throw SortedTable.Damage(reason: "tensor \(name) has the shape \(shape)")
      }
      size = product
    }
    let (offset, length) = (numbers[4, default: 0], numbers[5, default: 0])
    guard offset < UInt64(Int.max / 4), length == UInt64(size) else {
      throw EvokeError(
        .bundlePlaceBad, "\(path): \(name)",
        reason: "\(type.name) \(shape) needs \(size) bytes, the index has \(length)",
        remedy: "fetch the checkpoint again")
    }
    let place = Int(offset)..<Int(offset) + size
    return Entry(
      info: TensorInfo(name: name, dtype: type.name, shape: shape, bytes: place),
      shard: Int(truncatingIfNeeded: numbers[3, default: 0]), crc: crc)
  }

  /// `TensorShapeProto`: 2 the axes, each with 1 its length.
  private static func shape(_ message: ByteSource, _ range: Range<Int>) throws -> [Int] {
    var cursor = try MessageCursor(message, range)
    var shape: [Int] = []
    while !cursor.isAtEnd {
      let axis = try cursor.field()
      guard axis.number == 2 else { continue }
      var inner = try MessageCursor(message, axis.range)
      var length: UInt64 = 0
      while !inner.isAtEnd {
        let field = try inner.field()
        if field.number == 1 { length = field.value }
      }
      guard length < 1 << 40 else { throw SortedTable.Damage(reason: "an axis has \(length) numbers") }
      shape.append(Int(length))
    }
    return shape
  }

  /// Whether a file is the index of a bundle: a sorted table whose first entry, with the empty key, is a header
  /// (`BundleHeaderProto`, numbers first) and not the list of tensors of a checkpoint in one file; a table that cannot be
  /// read is one by its name.
  public static func looksLike(path: String) -> Bool {
    guard let size = Files.size(of: path), size > SortedTable.footerSize else { return false }
    do {
      let file = try open(path)
      let index = try SortedTable.read(SortedTable.indexBlock(file), file)
      guard let first = try SortedTable.entries(index).first else { return false }
      var place = try MessageCursor(index, first.value)
      let block = try SortedTable.read(SortedTable.block(&place, file.count), file)
      guard let head = try SortedTable.entries(block).first, head.key.isEmpty else { return false }
      var header = try MessageCursor(block, head.value)
      // The list of tensors is a message of its own, in field 1 too.
      return try header.isAtEnd || header.field().range.isEmpty
    } catch { return path.hasSuffix(ending) }
  }

  /// Whether a folder has the index of a checkpoint, by its files' names.
  public static func isNamed(in folder: String) -> Bool {
    guard let name = try? name(in: folder) else { return false }
    return FileManager.default.fileExists(atPath: "\(folder)/\(name)\(ending)")
  }

  private static func name(in folder: String) throws -> String {
    if Files.exists(folder + "/checkpoint") {
      let text = String(decoding: try Files.read(folder + "/checkpoint"), as: UTF8.self)
      for line in text.split(separator: "\n") where line.hasPrefix("model_checkpoint_path:") {
        let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
        // The path is that of the machine it was written on: the file's name counts, which is empty behind a slash.
        if parts.count == 3, let name = parts[1].split(separator: "/", omittingEmptySubsequences: false).last {
          return String(name)
        }
      }
      throw EvokeError(
        .bundleBad, folder + "/checkpoint", reason: "it has no line model_checkpoint_path: \"...\"",
        remedy: "fetch the checkpoint again")
    }
    let found = try Files.names(in: folder).filter { $0.hasSuffix(ending) }
    guard found.count == 1 else {
      throw EvokeError(
        .bundleMissing, folder,
        reason: found.isEmpty ? "no file ends in .index" : "several do, and no file checkpoint names one: \(found)",
        remedy: "give the folder that holds model.index, model.data-00000-of-00001 and checkpoint")
    }
    return String(found[0].dropLast(ending.count))
  }

  private static func shard(_ prefix: String, _ shard: Int, _ count: Int) -> String {
    func five(_ n: Int) -> String { String(repeating: "0", count: max(0, 5 - "\(n)".count)) + "\(n)" }
    return "\(prefix).data-\(five(shard))-of-\(five(count))"
  }

  private static func open(_ path: String, truncation: ErrorCode = .tensorFileTruncated) throws -> ByteSource {
    do { return try ByteSource(weights: path, truncation: truncation) } catch let error as EvokeError {
      throw EvokeError(
        .bundleMissing, path, reason: error.reason, remedy: "give the folder that holds all files of the checkpoint")
    }
  }
}
