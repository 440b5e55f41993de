import CHDF5
import Diagnostics
import FileSystem
import Glibc

/// A dataset of plain numbers and where they lie, read without libhdf5's filters and conversions.
///
/// Contiguous storage is read from its place in the file; chunks are fetched under libhdf5's lock and their checksum,
/// deflate and shuffle undone outside it, by code that no file can lead outside its buffers. The values, and the codes of
/// the errors for damage, are libhdf5's.
struct HDF5PlainData: Sendable {
  enum Place: Sendable {
    /// Bytes before the first element.
    case contiguous(start: Int, descriptor: Int32)
    case chunked(extents: [Int], filters: HDF5ChunkFilters)
  }

  let file: HDF5File
  let info: HDF5DatasetInfo
  /// Stays open as long as this is used.
  let dataset: hid_t
  let element: HDF5PlainElement
  let place: Place

  /// Larger chunks are libhdf5's alone: nobody writes such, and a damaged file may claim them.
  private static let mostInChunk = 1 << 30

  /// Nil where types, filters or storage are libhdf5's alone, as chunks without filters are: of those it tells another
  /// number of bytes than it reads where the index is damaged. Under the lock.
  init?(_ dataset: hid_t, _ info: HDF5DatasetInfo, _ file: HDF5File) throws {
    let context = file.context
    let type = try context.own(H5Dget_type(dataset), TypeKind.self, info.path, "reading the type")
    guard !info.shape.isEmpty, let element = HDF5PlainElement(type.id),
      let total = HDF5Box.count(info.shape, times: element.bytes)
    else { return nil }
    let creation = try context.own(H5Dget_create_plist(dataset), PropertyKind.self, info.path, "reading the layout")
    guard let place = Self.place(of: dataset, creation.id, info, file, width: element.bytes, total: total) else {
      return nil
    }
    (self.file, self.info, self.dataset, self.element, self.place) = (file, info, dataset, element, place)
  }

  private static func place(
    of dataset: hid_t, _ creation: hid_t, _ info: HDF5DatasetInfo, _ file: HDF5File, width: Int, total: Int
  ) -> Place? {
    if let chunk = info.chunk {
      guard let bytes = HDF5Box.count(chunk, times: width), 1...mostInChunk ~= bytes,
        let filters = HDF5ChunkFilters(creation, bytes: bytes, width: width), !filters.isEmpty
      else { return nil }
      return .chunked(extents: chunk, filters: filters)
    }
    let start = H5Dget_offset(dataset)
    let descriptor = chdf5_descriptor(file.id)
    // Of values that were never written libhdf5 tells a place behind a user block, and no storage.
    guard H5Pget_layout(creation) == H5D_CONTIGUOUS, H5Dget_storage_size(dataset) >= UInt64(total),
      start != chdf5_no_address(), descriptor >= 0,
      let start = Int(exactly: start), !start.addingReportingOverflow(total).overflow
    else { return nil }
    return .contiguous(start: start, descriptor: descriptor)
  }

  /// Whether its chunks have checksums.
  var haveChecksums: Bool {
    if case .chunked(_, let filters) = place { filters.haveChecksum } else { false }
  }

  /// Fills `buffer`, row-major, with a part that lies inside the shape and holds as many elements.
  ///
  /// - Throws: `hdf5Corrupt`, `hdf5Truncated`, `hdf5Failed`, `writeFailed`.
  func read<Number: HDF5Number>(
    into buffer: UnsafeMutableBufferPointer<Number>, _ start: [Int], _ extent: [Int],
    _ scratch: inout HDF5ChunkScratch, demandingChecksums: Bool = false
  ) throws {
    switch place {
    case .contiguous(let first, let descriptor):
      let whole = HDF5Box.Side(shape: info.shape, start: start)
      let part = HDF5Box.Side(shape: extent, start: extent.map { _ in 0 })
      try HDF5Box.eachRun(extent, whole, part) { from, to, length in
        let run = unsafe UnsafeMutableBufferPointer(rebasing: buffer[to..<(to + length)])
        unsafe try convert(run, from: first + element.bytes * from, descriptor, &scratch)
      }
    case .chunked(let chunk, let filters):
      try HDF5Box.eachChunk(chunk, start: start, extent: extent) { corner in
        try scratch.load(corner, of: self, filters, demandingChecksums: demandingChecksums)
        unsafe scratch.copy(chunk, element, to: buffer, start, extent)
      }
    }
  }

  /// Asks libhdf5 for the place of every chunk that a part touches, and for what stands in those that were never written:
  /// all that reading them asks of it but their bytes. How many there are; none without chunks.
  func locate(_ start: [Int], _ extent: [Int]) -> Int {
    guard case .chunked(let chunk, let filters) = place, !extent.contains(0) else { return 0 }
    var count = 0
    HDF5Box.eachChunk(chunk, start: start, extent: extent) { corner in
      count += 1
      // What is damaged is said where it is read.
      do { if try storedBytes(ofChunk: corner, filters) == nil { _ = try missingElement(at: corner) } } catch {}
    }
    return count
  }

  /// Bytes of a chunk in the file; nil where the index has none: `missingElement` says whether it was never written or why
  /// it is not found. Under the lock.
  func storedBytes(ofChunk corner: [Int], _ filters: HDF5ChunkFilters) throws -> Int? {
    let place = corner.map { hsize_t($0) }
    var size: hsize_t = 0
    guard unsafe H5Dget_chunk_storage_size(dataset, place, &size) >= 0 else {
      try file.context.checkMachine(-1, info.path)
      return nil
    }
    // No filter makes a chunk much larger.
    guard size <= 2 * filters.bytes + 4_096 else { throw damaged(corner, "its index gives it \(size) bytes") }
    if size > 0 { return Int(size) }
    // One that is not there cannot be read; where the index has it without a byte, none is read.
    var (skipped, nothing): (UInt32, [UInt8]) = (0, [0])
    let status = unsafe H5Dread_chunk(dataset, chdf5_default(), place, &skipped, &nothing)
    try file.context.checkMachine(status, info.path)
    guard status < 0 else { throw damaged(corner, "its index gives it no bytes") }
    return nil
  }

  /// The bytes of an element of a chunk that was never written; under the lock.
  ///
  /// - Throws: `hdf5Corrupt`, `hdf5Failed` where its index is damaged.
  func missingElement(at corner: [Int]) throws -> [UInt8] {
    try file.storedElement(of: dataset, info, at: corner, bytes: element.bytes)
  }

  func damaged(_ corner: [Int], _ reason: String) -> EvokeError {
    EvokeError(
      .hdf5Corrupt, file.context.object(info.path), reason: "reading: the chunk at \(corner) is damaged: \(reason)",
      remedy: "restore the file from its source")
  }

  private static let pieceBytes = 1 << 18

  private func convert<Number: HDF5Number>(
    _ run: UnsafeMutableBufferPointer<Number>, from byte: Int, _ descriptor: Int32, _ scratch: inout HDF5ChunkScratch
  ) throws {
    if Number.element == element { return unsafe try fetch(UnsafeMutableRawBufferPointer(run), from: byte, descriptor) }
    let piece = Self.pieceBytes / element.bytes
    for first in stride(from: 0, to: run.count, by: piece) {
      let count = min(piece, run.count - first)
      unsafe try scratch.withBytes(count * element.bytes) { bytes in
        unsafe try fetch(bytes, from: byte + first * element.bytes, descriptor)
        unsafe element.convert(UnsafeRawPointer(bytes.baseAddress!), count: count, to: run.baseAddress! + first)
      }
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
