import ByteSource
import Diagnostics
import FileSystem
import Tensors

/// A TensorFlow V1 checkpoint: one file, as `tf.train.Saver(write_version=V1)` writes it and VGGish is published in.
///
/// The file is a sorted table (`SortedTable`) of `SavedTensorSlices` messages (tensorflow/core/util/saved_tensor_slice.proto).
/// The entry with the empty key lists the tensors with their shapes and slices; every other entry holds the numbers of
/// one slice. Opening reads the whole file once, checks every block's CRC-32C and that the slices of each tensor are all
/// there, cover it exactly and have as many numbers as their shape.
public struct TensorFlowV1File: WeightsFile {
  public let path: String
  public var container: TensorContainer { .tensorFlow }
  public let tensors: [TensorInfo]
  private let slices: [String: [Slice]]

  /// One slice: the block its entry is in, where its numbers are there, and which part of the tensor it is.
  private struct Slice: Sendable {
    let block: SortedTable.Block
    let message: Range<Int>
    /// Start and length per axis.
    let extents: [Range<Int>]
  }

  /// Reads and checks a checkpoint.
  ///
  /// Throws E-WGT-001, E-WGT-003, E-WGF-003 for a file that is no such table or is damaged, and E-WGF-004 for slices
  /// that do not make up their tensors.
  public init(path: String) throws {
    self.path = path
    let file = try Self.open(path)
    var metas: [CheckpointTensor] = []
    var slices: [String: [Slice]] = [:]
    do {
      for block in try Self.dataBlocks(file) {
        let bytes = try SortedTable.read(block, file)
        for entry in try SortedTable.entries(bytes) {
          if entry.key.isEmpty {
            metas = try CheckpointTensor.list(bytes, entry.value)
          } else if let found = try CheckpointSlice(bytes, entry.value) {
            slices[found.name, default: []].append(Slice(block: block, message: found.values, extents: found.extents))
          }
        }
      }
    } catch let damage as SortedTable.Damage { throw Self.damaged(path, damage.reason) }
    guard !metas.isEmpty else { throw Self.damaged(path, "it lists no tensors") }
    let known = metas.map { meta -> TensorInfo in
      let width = meta.type == "F64" || meta.type == "I64" ? 8 : 4
      return TensorInfo(
        name: meta.name, dtype: meta.type, shape: meta.shape, bytes: 0..<width * meta.shape.reduce(1, *))
    }
    self.slices = try Self.matched(known, slices, path)
    tensors = known.sorted { $0.name < $1.name }
  }

  /// Whether a file ends like a checkpoint of this kind, or is called one and begins like it (and was cut off).
  public static func looksLike(path: String) -> Bool {
    guard let size = Files.size(of: path), size > SortedTable.footerSize else { return false }
    // The first entry's key, the empty one, shares nothing and adds nothing.
    if path.hasSuffix(".ckpt"), Files.head(of: path, count: 2) == [0, 0] { return true }
    return (try? SortedTable.indexBlock(open(path))) != nil
  }

  /// The tensor's numbers, slices put together: float32, or the type the checkpoint has (int32, int64, float64).
  public func bytes(of tensor: TensorInfo) throws -> [UInt8] {
    guard let parts = slices[tensor.name] else { preconditionFailure("\(tensor.name) is not in this file") }
    let file = try Self.open(path)
    let width = tensor.bytes.count / max(1, tensor.count)
    var result = [UInt8](repeating: 0, count: tensor.bytes.count)
    do {
      for part in parts {
        let block = try SortedTable.read(part.block, file)
        let values = try CheckpointSlice.values(block, part.message, tensor.dtype)
        guard values.count == part.extents.reduce(width, { $0 * $1.count }) else {
          throw Self.incomplete(path, tensor, "a slice has another number of values than its shape")
        }
        Self.place(values, part.extents, into: &result, tensor.shape, width)
      }
    } catch let damage as SortedTable.Damage { throw Self.damaged(path, damage.reason) }
    return result
  }

  /// A checkpoint whose blocks end early is damaged.
  private static func open(_ path: String) throws -> ByteSource {
    try ByteSource(weights: path, truncation: .checkpointDamaged)
  }

  private static func dataBlocks(_ file: ByteSource) throws -> [SortedTable.Block] {
    let index = try SortedTable.read(SortedTable.indexBlock(file), file)
    return try SortedTable.entries(index).map { entry in
      var cursor = try MessageCursor(index, entry.value)
      return try SortedTable.block(&cursor, file.count)
    }
  }

  /// Slices with whole axes spelt out; throws unless they tile their tensors.
  private static func matched(
    _ tensors: [TensorInfo], _ slices: [String: [Slice]], _ path: String
  ) throws -> [String: [Slice]] {
    var result: [String: [Slice]] = [:]
    for tensor in tensors {
      let own = slices[tensor.name] ?? []
      guard own.count <= 4_096 else { throw incomplete(path, tensor, "it is cut into \(own.count) slices") }
      let parts = try own.map { part -> Slice in
        guard part.extents.count == tensor.shape.count else {
          throw incomplete(path, tensor, "a slice has \(part.extents.count) axes")
        }
        let extents = zip(part.extents, tensor.shape).map { $0.isEmpty ? 0..<$1 : $0 }
        guard zip(extents, tensor.shape).allSatisfy({ $0.lowerBound >= 0 && $0.upperBound <= $1 }) else {
          throw incomplete(path, tensor, "a slice goes beyond the tensor")
        }
        // No value takes less than a byte, so that a small file cannot ask for more memory than its own size.
        guard extents.reduce(1, { $0 * $1.count }) <= part.message.count else {
          throw incomplete(path, tensor, "a slice has fewer bytes than values")
        }
        return Slice(block: part.block, message: part.message, extents: extents)
      }
      let covered = parts.reduce(0) { $0 + $1.extents.reduce(1) { $0 * $1.count } }
      let overlap = parts.indices.contains { i in
        parts[..<i].contains { other in
          zip(other.extents, parts[i].extents).allSatisfy { $0.overlaps($1) } && !tensor.shape.isEmpty
        }
      }
      guard covered == tensor.count, !overlap else {
        throw incomplete(path, tensor, "its slices have \(covered) of \(tensor.count) values")
      }
      result[tensor.name] = parts
    }
    return result
  }

  /// Copies a slice's rows (runs along the last axis) to their places.
  private static func place(
    _ values: [UInt8], _ extents: [Range<Int>], into result: inout [UInt8], _ shape: [Int], _ width: Int
  ) {
    guard let last = extents.last else {
      result = values
      return
    }
    let run = last.count * width
    var index = extents.map(\.lowerBound)
    for first in stride(from: 0, to: values.count, by: max(1, run)) {
      let to = zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 } * width
      result.replaceSubrange(to..<to + run, with: values[first..<first + run])
      var axis = extents.count - 2
      while axis >= 0 {
        index[axis] += 1
        if index[axis] < extents[axis].upperBound { break }
        index[axis] = extents[axis].lowerBound
        axis -= 1
      }
    }
  }

  private static func damaged(_ path: String, _ reason: String) -> EvokeError {
    EvokeError(
      .checkpointDamaged, path, reason: reason, remedy: "fetch the checkpoint again and compare its size and hash")
  }

  private static func incomplete(_ path: String, _ tensor: TensorInfo, _ reason: String) -> EvokeError {
    EvokeError(
      .checkpointIncomplete, "\(path): \(tensor.name) \(tensor.shape)", reason: reason,
      remedy: "fetch the checkpoint again, or save it again with every variable")
  }
}
