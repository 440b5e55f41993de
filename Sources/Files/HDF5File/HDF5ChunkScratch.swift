import CHDF5
import Diagnostics

/// One decoded chunk and the buffers it was decoded in.
struct HDF5ChunkScratch: Sendable {
  /// The chunk, once `corner` is set.
  private var bytes: [UInt8] = []
  private var spare: [UInt8] = []
  private var corner: [Int] = []

  /// Makes the chunk that begins at `corner` the one held.
  ///
  /// - Throws: `hdf5Corrupt` where its bytes do not fit their checksum or filters, what libhdf5 reports.
  mutating func load(
    _ corner: [Int], of data: HDF5PlainData, _ filters: HDF5ChunkFilters, demandingChecksums: Bool
  ) throws {
    if corner == self.corner { return }
    self.corner = []
    if let skipped = try fetch(corner, of: data, filters) {
      if demandingChecksums, filters.lackChecksum(skipping: skipped) {
        throw data.damaged(corner, "it has no checksum")
      }
      if let damage = filters.undo(&bytes, skipped: skipped, spare: &spare) { throw data.damaged(corner, damage) }
    } else {
      if demandingChecksums { throw data.damaged(corner, "it is not in the file's index") }
      try fill(corner, of: data, filters.bytes)
    }
    self.corner = corner
  }

  /// Fetches the chunk's bytes as stored; the filters it skipped, or nil where it was never written.
  private mutating func fetch(_ corner: [Int], of data: HDF5PlainData, _ filters: HDF5ChunkFilters) throws -> UInt32? {
    try HDF5Library.locked {
      guard let size = try data.storedBytes(ofChunk: corner, filters) else { return nil }
      HDF5ChunkFilters.resize(&bytes, size)
      var skipped: UInt32 = 0
      let status = unsafe H5Dread_chunk(
        data.dataset, chdf5_default(), corner.map { hsize_t($0) }, &skipped, &bytes)
      try data.file.context.check(status, data.info.path, "reading")
      return skipped
    }
  }

  /// A chunk that was never written is full of the value that stands for such.
  private mutating func fill(_ corner: [Int], of data: HDF5PlainData, _ count: Int) throws {
    let element = try HDF5Library.locked { try data.missingElement(at: corner) }
    HDF5ChunkFilters.resize(&bytes, count)
    for place in bytes.indices { bytes[place] = element[place % element.count] }
  }

  /// Copies what the held chunk and a part of the dataset share to the part's place.
  func copy<Number: HDF5Number>(
    _ chunk: [Int], _ element: HDF5PlainElement, to part: UnsafeMutableBufferPointer<Number>, _ start: [Int],
    _ extent: [Int]
  ) {
    let first = zip(corner, start).map { max($0, $1) }
    let end = zip(zip(corner, chunk), zip(start, extent)).map { min($0.0 + $0.1, $1.0 + $1.1) }
    let shared = zip(first, end).map { $1 - $0 }
    let here = HDF5Box.Side(shape: chunk, start: zip(first, corner).map { $0 - $1 })
    let there = HDF5Box.Side(shape: extent, start: zip(first, start).map { $0 - $1 })
    unsafe bytes.withUnsafeBytes { stored in
      HDF5Box.eachRun(shared, here, there) { from, to, length in
        precondition((from + length) * element.bytes <= stored.count && to + length <= part.count, "outside the chunk")
        unsafe element.convert(
          stored.baseAddress! + from * element.bytes, count: length, to: part.baseAddress! + to)
      }
    }
  }

  /// Room for bytes that are no chunk's.
  mutating func withBytes<Result>(
    _ count: Int, _ body: (UnsafeMutableRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    corner = []
    HDF5ChunkFilters.resize(&bytes, count)
    return try unsafe bytes.withUnsafeMutableBytes(body)
  }
}
