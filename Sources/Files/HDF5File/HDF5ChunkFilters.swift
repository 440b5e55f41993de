import CDeflate
import CHDF5

/// The filters a chunk of numbers went through, undone outside libhdf5 and its lock: deflate, shuffle, fletcher32.
///
/// Source: HDF5 1.10 reference manual (H5Pset_deflate, H5Pset_shuffle, H5Pset_fletcher32) and its file format.
struct HDF5ChunkFilters: Sendable {
  private enum Filter: Sendable { case deflate, shuffle, fletcher32 }

  /// In the order of writing.
  private let filters: [Filter]
  /// Bytes of a chunk before any filter, and of one of its elements.
  let bytes: Int
  private let width: Int

  /// The filters of a creation list; nil where one is unknown here or chunks at the edge are treated apart.
  init?(_ creation: hid_t, bytes: Int, width: Int) {
    var options: UInt32 = 0
    guard unsafe H5Pget_chunk_opts(creation, &options) >= 0, options == 0 else { return nil }
    var filters: [Filter] = []
    for index in 0..<max(0, H5Pget_nfilters(creation)) {
      var (flags, configuration): (UInt32, UInt32) = (0, 0)
      var count = 1
      var values: [UInt32] = [0]
      let id = unsafe H5Pget_filter2(creation, UInt32(index), &flags, &count, &values, 0, nil, &configuration)
      switch id {
      case H5Z_filter_t(H5Z_FILTER_DEFLATE): filters.append(.deflate)
      case H5Z_filter_t(H5Z_FILTER_SHUFFLE) where count > 0 && Int(values[0]) == width: filters.append(.shuffle)
      case H5Z_filter_t(H5Z_FILTER_FLETCHER32): filters.append(.fletcher32)
      default: return nil
      }
    }
    // The size before deflate must be known.
    guard filters.count(where: { $0 == .deflate }) <= 1 else { return nil }
    self.filters = filters
    (self.bytes, self.width) = (bytes, width)
  }

  var isEmpty: Bool { filters.isEmpty }

  /// Whether a checksum is among them.
  var haveChecksum: Bool { filters.contains(.fletcher32) }

  /// Whether a chunk that skipped these filters has no checksum.
  func lackChecksum(skipping skipped: UInt32) -> Bool {
    !filters.enumerated().contains { $0.element == .fletcher32 && skipped & (1 << UInt32($0.offset)) == 0 }
  }

  /// Undoes the filters of `stored`, but those in `skipped`; nil if the chunk is whole, else what is wrong with it.
  func undo(_ stored: inout [UInt8], skipped: UInt32, spare: inout [UInt8]) -> String? {
    for (index, filter) in filters.enumerated().reversed() where skipped & (1 << UInt32(index)) == 0 {
      switch filter {
      case .fletcher32:
        guard stored.count >= 4 else { return "it has no checksum" }
        guard Self.checksumFits(stored) else { return "its Fletcher32 checksum differs" }
        stored.removeLast(4)
      case .deflate:
        let sums = filters[..<index].count { $0 == .fletcher32 }
        guard Self.inflate(stored, to: bytes + 4 * sums, into: &spare) else { return "inflate() failed" }
        swap(&stored, &spare)
      case .shuffle:
        // Bytes beyond whole elements, an earlier checksum for one, are left where they are.
        Self.resize(&spare, stored.count)
        unsafe chdf5_unshuffle(stored, stored.count / width, width, &spare)
        let rest = stored.count % width
        if rest > 0 { spare.replaceSubrange((stored.count - rest)..., with: stored.suffix(rest)) }
        swap(&stored, &spare)
      }
    }
    return stored.count == bytes ? nil : "it holds \(stored.count) bytes instead of \(bytes)"
  }

  /// HDF5 up to 1.6.2 wrote the two bytes of each sum in the other order.
  private static func checksumFits(_ stored: [UInt8]) -> Bool {
    let end = stored.count - 4
    let written = (0..<4).reduce(UInt32(0)) { $0 | UInt32(stored[end + $1]) << UInt32(8 * $1) }
    let sum = unsafe chdf5_fletcher32(stored, end)
    return sum == written || sum == (written & 0x00ff_00ff) << 8 | (written & 0xff00_ff00) >> 8
  }

  private static func inflate(_ stored: [UInt8], to size: Int, into plain: inout [UInt8]) -> Bool {
    // Deflate makes no more of a byte; what claims so asks for no memory.
    guard size <= 1_032 * stored.count, let decompressor = unsafe libdeflate_alloc_decompressor() else { return false }
    defer { unsafe libdeflate_free_decompressor(decompressor) }
    resize(&plain, size)
    var actual = 0
    let result = unsafe libdeflate_zlib_decompress(decompressor, stored, stored.count, &plain, size, &actual)
    return result == LIBDEFLATE_SUCCESS && actual == size
  }

  static func resize(_ bytes: inout [UInt8], _ count: Int) {
    if bytes.count > count { bytes.removeLast(bytes.count - count) }
    if bytes.count < count { bytes.append(contentsOf: repeatElement(0, count: count - bytes.count)) }
  }
}
