import CHDF5
import Diagnostics
import Synchronization

/// A dataset read as float32, part by part, by several threads at once.
///
/// Plain numbers (`HDF5PlainData`) are decoded outside libhdf5's lock, so that threads decode side by side. Everything else
/// goes through `H5Dread` under it. The last chunk is kept, for the next part that begins in it.
public final class HDF5Floats: Sendable {
  public let file: HDF5File
  public let info: HDF5DatasetInfo
  let dataset: hid_t
  /// Nil: what only libhdf5 reads.
  private let plain: HDF5PlainData?
  private let demandsChecksums: Bool
  private let scratch = Mutex<HDF5ChunkScratch?>(nil)

  /// - Parameter demandsChecksums: whether values without a checksum (fletcher32) are refused as damaged.
  /// - Throws: `datasetMissing`, `datasetType` (not numbers), `hdf5Corrupt`, `hdf5Failed`.
  public init(_ file: HDF5File, _ path: String, demandsChecksums: Bool = false) throws {
    self.file = file
    self.demandsChecksums = demandsChecksums
    (info, dataset, plain) = try HDF5Library.locked {
      let info = try file.describe(path)
      guard info.type.isNumeric else { throw file.wrongType(path, info.type.description, "numbers") }
      let dataset = try file.openDataset(path)
      let plain = try HDF5PlainData(dataset.id, info, file)
      if demandsChecksums, info.count > 0, plain?.element != .float32 || plain?.haveChecksums != true {
        throw EvokeError(
          .hdf5Corrupt, file.context.object(info.path), reason: "its values are stored without checksums",
          remedy: "restore the file from its source")
      }
      let id = dataset.id
      dataset.forget()
      return (info, id, plain)
    }
  }

  deinit { HDF5Library.locked { _ = H5Dclose(dataset) } }

  /// The part that starts at `offset` and has `count` elements per axis (without them all), row-major.
  ///
  /// - Throws: `datasetShape` (the part lies outside), `hdf5Corrupt`, `hdf5Truncated`, `hdf5Failed`.
  public func values(offset: [Int]? = nil, count: [Int]? = nil) throws -> [Float] {
    let (start, extent) = try file.part(of: info, offset, count)
    let total = try file.elementCount(extent, info.path)
    guard total > 0 else { return [] }
    guard let plain else { return try throughLibrary(start, extent) }
    try HDF5Library.locked { try file.refuseUnbacked(total, of: dataset, info.path) }
    return unsafe try [Float](unsafeUninitializedCapacity: total) { buffer, filled in
      unsafe try fill(buffer, plain, start, extent)
      filled = total
    }
  }

  /// As `values`, into an array whose memory is kept where it is large enough.
  public func read(offset: [Int], count: [Int], into values: inout [Float]) throws {
    let (start, extent) = try file.part(of: info, offset, count)
    let total = try file.elementCount(extent, info.path)
    guard let plain else {
      values = try throughLibrary(start, extent)
      return
    }
    try HDF5Library.locked { try file.refuseUnbacked(total, of: dataset, info.path) }
    if values.count > total { values.removeLast(values.count - total) }
    if values.count < total { values.append(contentsOf: repeatElement(0, count: total - values.count)) }
    guard total > 0 else { return }
    unsafe try values.withUnsafeMutableBufferPointer { unsafe try fill($0, plain, start, extent) }
  }

  private func throughLibrary(_ start: [Int], _ extent: [Int]) throws -> [Float] {
    try HDF5Library.locked { try file.numbers(of: dataset, info, start, extent) }
  }

  private func fill(
    _ buffer: UnsafeMutableBufferPointer<Float>, _ plain: HDF5PlainData, _ start: [Int], _ extent: [Int]
  ) throws {
    var own = scratch.withLock { $0.take() } ?? HDF5ChunkScratch()
    defer { scratch.withLock { $0 = own } }
    unsafe try plain.read(into: buffer, start, extent, &own, demandingChecksums: demandsChecksums)
  }
}
