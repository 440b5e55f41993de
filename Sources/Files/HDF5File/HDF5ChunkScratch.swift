import CHDF5
import Diagnostics

/// One decoded chunk and the buffers it was decoded in.
struct HDF5ChunkScratch: Sendable {
  private var stored: [UInt8] = []
  private var spare: [UInt8] = []
  private var values: [Float] = []
  private var corner: [Int] = []

  /// Makes the chunk that begins at `corner` the one held.
  ///
  /// - Throws: `hdf5Corrupt` where its bytes do not fit their checksum or filters, what libhdf5 reports.
  mutating func load(_ corner: [Int], _ layout: HDF5Floats.Chunks, of floats: HDF5Floats) throws {
    if corner == self.corner { return }
    self.corner = []
    let count = layout.filters.bytes / 4
    if values.count != count { values = [Float](repeating: 0, count: count) }
    guard let skipped = try fetch(corner, of: floats) else {
      if layout.demandsChecksums { throw damaged(corner, "it is not in the file's index", floats) }
      try fillThroughLibrary(corner, layout.extents, of: floats)
      self.corner = corner
      return
    }
    if layout.demandsChecksums, layout.filters.lackChecksum(skipping: skipped) {
      throw damaged(corner, "it has no checksum", floats)
    }
    if let damage = layout.filters.undo(&stored, skipped: skipped, spare: &spare, into: &values) {
      throw damaged(corner, damage, floats)
    }
    self.corner = corner
  }

  private func damaged(_ corner: [Int], _ reason: String, _ floats: HDF5Floats) -> EvokeError {
    EvokeError(
      .hdf5Corrupt, floats.file.context.object(floats.info.path),
      reason: "reading: the chunk at \(corner) is damaged: \(reason)", remedy: "restore the file from its source")
  }

  /// Fetches the chunk's bytes as stored; the filters it skipped, or nil where the file's index has no such chunk.
  private mutating func fetch(_ corner: [Int], of floats: HDF5Floats) throws -> UInt32? {
    try HDF5Library.locked {
      let place = corner.map { hsize_t($0) }
      let (context, path) = (floats.file.context, floats.info.path)
      var size: hsize_t = 0
      guard unsafe H5Dget_chunk_storage_size(floats.dataset, place, &size) >= 0, 1...hsize_t(1) << 32 ~= size else {
        return nil
      }
      HDF5ChunkFilters.resize(&stored, Int(size))
      var skipped: UInt32 = 0
      let status = unsafe H5Dread_chunk(floats.dataset, chdf5_default(), place, &skipped, &stored)
      try context.check(status, path, "reading")
      return skipped
    }
  }

  /// A chunk that was never written, or whose index is damaged: libhdf5 knows its fill values, or what is wrong.
  private mutating func fillThroughLibrary(_ corner: [Int], _ chunk: [Int], of floats: HDF5Floats) throws {
    let extent = zip(corner, zip(chunk, floats.info.shape)).map { min($1.0, $1.1 - $0) }
    let read: [Float] = try HDF5Library.locked {
      try floats.file.numbers(floats.info, corner, extent, as: chdf5_native_float())
    }
    let none = extent.map { _ in 0 }
    HDF5Box.eachRun(extent, HDF5Box.Side(shape: extent, start: none), HDF5Box.Side(shape: chunk, start: none)) {
      from, to, length in values.replaceSubrange(to..<to + length, with: read[from..<from + length])
    }
  }

  /// Copies what the held chunk and a part of the dataset share to the part's place.
  func copy(_ chunk: [Int], to part: UnsafeMutableBufferPointer<Float>, _ start: [Int], _ extent: [Int]) {
    let first = zip(corner, start).map { max($0, $1) }
    let end = zip(zip(corner, chunk), zip(start, extent)).map { min($0.0 + $0.1, $1.0 + $1.1) }
    let shared = zip(first, end).map { $1 - $0 }
    let here = HDF5Box.Side(shape: chunk, start: zip(first, corner).map { $0 - $1 })
    let there = HDF5Box.Side(shape: extent, start: zip(first, start).map { $0 - $1 })
    HDF5Box.eachRun(shared, here, there) { from, to, length in
      unsafe values.withUnsafeBufferPointer {
        unsafe (part.baseAddress! + to).update(from: $0.baseAddress! + from, count: length)
      }
    }
  }
}
