import CHDF5
import Diagnostics
import FileSystem
import Glibc
import Synchronization

/// A dataset read as float32, part by part, by several threads at once.
///
/// Little-endian float32 without conversion takes the short way: contiguous storage is read from its place in the file,
/// chunks are fetched under libhdf5's lock and their checksum, deflate and shuffle undone outside it, so that threads
/// decode side by side. Everything else goes through `H5Dread` under the lock. The values, and the errors for damage,
/// are the same. The last chunk is kept, for the next part that begins in it.
public final class HDF5Floats: Sendable {
  enum Layout: Sendable {
    /// Bytes before the first element.
    case contiguous(start: Int, descriptor: Int32)
    case chunked(Chunks)
    case library
  }

  /// Chunks and how to undo their filters.
  struct Chunks: Sendable {
    let extents: [Int]
    let filters: HDF5ChunkFilters
    /// Whether every chunk must be there, with its checksum.
    let demandsChecksums: Bool
  }

  public let file: HDF5File
  public let info: HDF5DatasetInfo
  let dataset: hid_t
  private let layout: Layout
  private let scratch = Mutex<HDF5ChunkScratch?>(nil)

  /// - Parameter demandsChecksums: whether values without a checksum (fletcher32) are refused as damaged.
  /// - Throws: `datasetMissing`, `datasetType` (not numbers), `hdf5Corrupt`, `hdf5Failed`.
  public init(_ file: HDF5File, _ path: String, demandsChecksums: Bool = false) throws {
    self.file = file
    (info, dataset, layout) = try HDF5Library.locked {
      let info = try file.describe(path)
      guard info.type.isNumeric else { throw file.wrongType(path, info.type.description, "numbers") }
      let dataset = try file.openDataset(path)
      let layout = try Self.layout(of: dataset.id, info, file, demandsChecksums)
      let id = dataset.id
      dataset.forget()
      return (info, id, layout)
    }
  }

  deinit { HDF5Library.locked { _ = H5Dclose(dataset) } }

  private static func layout(
    of dataset: hid_t, _ info: HDF5DatasetInfo, _ file: HDF5File, _ demandsChecksums: Bool
  ) throws -> Layout {
    let layout = try layout(of: dataset, info, file, demanding: demandsChecksums)
    if demandsChecksums, info.count > 0 {
      guard case .chunked(let chunks) = layout, chunks.filters.haveChecksum else {
        throw EvokeError(
          .hdf5Corrupt, file.context.object(info.path), reason: "its values are stored without checksums",
          remedy: "restore the file from its source")
      }
    }
    return layout
  }

  private static func layout(
    of dataset: hid_t, _ info: HDF5DatasetInfo, _ file: HDF5File, demanding demandsChecksums: Bool
  ) throws -> Layout {
    let context = file.context
    let type = try context.own(H5Dget_type(dataset), TypeKind.self, info.path, "reading the type")
    let creation = try context.own(H5Dget_create_plist(dataset), PropertyKind.self, info.path, "reading the layout")
    guard H5Tequal(type.id, chdf5_ieee_f32le()) > 0, 1.littleEndian == 1, !info.shape.isEmpty else { return .library }
    if let chunk = info.chunk {
      guard let bytes = HDF5Box.count(chunk, times: 4), let filters = HDF5ChunkFilters(creation.id, bytes: bytes) else {
        return .library
      }
      return .chunked(Chunks(extents: chunk, filters: filters, demandsChecksums: demandsChecksums))
    }
    let start = H5Dget_offset(dataset)
    let descriptor = chdf5_descriptor(file.id)
    guard H5Pget_layout(creation.id) == H5D_CONTIGUOUS,
      start != chdf5_no_address(), let start = Int(exactly: start), descriptor >= 0
    else { return .library }
    return .contiguous(start: start, descriptor: descriptor)
  }

  /// The part that starts at `offset` and has `count` elements per axis (without them all), row-major.
  ///
  /// - Throws: `datasetShape` (the part lies outside), `hdf5Corrupt`, `hdf5Truncated`, `hdf5Failed`.
  public func values(offset: [Int]? = nil, count: [Int]? = nil) throws -> [Float] {
    let (start, extent) = try file.part(of: info, offset, count)
    let total = try file.elementCount(extent, info.path)
    guard total > 0 else { return [] }
    if case .library = layout { return try throughLibrary(start, extent) }
    try HDF5Library.locked { try file.refuseUnbacked(total, of: dataset, info.path) }
    return unsafe try [Float](unsafeUninitializedCapacity: total) { buffer, filled in
      unsafe try fill(buffer, start, extent)
      filled = total
    }
  }

  /// As `values`, into an array whose memory is kept where it is large enough.
  public func read(offset: [Int], count: [Int], into values: inout [Float]) throws {
    let (start, extent) = try file.part(of: info, offset, count)
    let total = try file.elementCount(extent, info.path)
    if case .library = layout {
      values = try throughLibrary(start, extent)
      return
    }
    try HDF5Library.locked { try file.refuseUnbacked(total, of: dataset, info.path) }
    if values.count > total { values.removeLast(values.count - total) }
    if values.count < total { values.append(contentsOf: repeatElement(0, count: total - values.count)) }
    guard total > 0 else { return }
    unsafe try values.withUnsafeMutableBufferPointer { unsafe try fill($0, start, extent) }
  }

  private func throughLibrary(_ start: [Int], _ extent: [Int]) throws -> [Float] {
    try HDF5Library.locked { try file.numbers(info, start, extent, as: chdf5_native_float()) }
  }

  private func fill(_ buffer: UnsafeMutableBufferPointer<Float>, _ start: [Int], _ extent: [Int]) throws {
    switch layout {
    case .contiguous(let first, let descriptor):
      let whole = HDF5Box.Side(shape: info.shape, start: start)
      let part = HDF5Box.Side(shape: extent, start: extent.map { _ in 0 })
      try HDF5Box.eachRun(extent, whole, part) { from, to, length in
        let run = unsafe UnsafeMutableBufferPointer(rebasing: buffer[to..<(to + length)])
        unsafe try fetch(UnsafeMutableRawBufferPointer(run), from: first + 4 * from, descriptor)
      }
    case .chunked(let chunks):
      var own = scratch.withLock { $0.take() } ?? HDF5ChunkScratch()
      defer { scratch.withLock { $0 = own } }
      try HDF5Box.eachChunk(chunks.extents, start: start, extent: extent) { corner in
        try own.load(corner, chunks, of: self)
        unsafe own.copy(chunks.extents, to: buffer, start, extent)
      }
    case .library: preconditionFailure("read through the library")
    }
  }

  /// Fills `target` from a byte of the file on, however often the system stops short.
  private func fetch(_ target: UnsafeMutableRawBufferPointer, from byte: Int, _ descriptor: Int32) throws {
    var done = 0
    while done < target.count {
      let got = unsafe pread(descriptor, target.baseAddress! + done, target.count - done, off_t(byte + done))
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else {
        if got < 0, let error = Files.unread(errno, file.context.object(info.path)) { throw error }
        let reason = got == 0 ? "the file ends inside the dataset" : unsafe String(cString: strerror(errno))
        throw EvokeError(
          got == 0 ? .hdf5Truncated : .hdf5Failed, file.context.object(info.path), reason: "reading: \(reason)",
          remedy: "fetch or copy the file again")
      }
      done += got
    }
  }
}
