import CHDF5
import Diagnostics

extension HDF5File {
  /// Shape, element type and chunks of a dataset.
  public func info(_ path: String) throws -> HDF5DatasetInfo {
    try HDF5Library.locked { try describe(path) }
  }

  func describe(_ path: String) throws -> HDF5DatasetInfo {
    let dataset = try openDataset(path)
    return try describe(dataset.id, path)
  }

  func describe(_ dataset: hid_t, _ path: String) throws -> HDF5DatasetInfo {
    let space = try context.own(H5Dget_space(dataset), SpaceKind.self, path, "reading the shape")
    let type = try context.own(H5Dget_type(dataset), TypeKind.self, path, "reading the type")
    let layout = try context.own(H5Dget_create_plist(dataset), PropertyKind.self, path, "reading the layout")
    let shape = try extents(space.id, path)
    var chunk: [Int]?
    if H5Pget_layout(layout.id) == H5D_CHUNKED {
      var extents = [hsize_t](repeating: 0, count: shape.count)
      try context.check(
        unsafe H5Pget_chunk(layout.id, Int32(shape.count), &extents), path, "reading the layout")
      chunk = extents.map(Int.init)
    }
    let absolute = path.hasPrefix("/") ? path : "/" + path
    return HDF5DatasetInfo(path: absolute, shape: shape, type: Self.classify(type.id), chunk: chunk)
  }

  func openDataset(_ path: String) throws -> Handle<DatasetKind> {
    guard try reaches(path) else { throw missing(path) }
    return try reachedDataset(path)
  }

  /// A dataset at a path that was followed.
  func reachedDataset(_ path: String) throws -> Handle<DatasetKind> {
    guard let handle = unsafe Handle<DatasetKind>(H5Dopen2(id, path, chdf5_default())) else {
      if H5Oclose(unsafe H5Gopen2(id, path, chdf5_default())) >= 0 {
        let names = (try? members(of: path)) ?? []
        throw EvokeError(
          .datasetMissing, context.object(path),
          reason: "it is a group that holds: \(names.prefix(12).joined(separator: ", "))",
          remedy: "name a dataset inside it")
      }
      throw context.failure(path, "opening")
    }
    try refuseElsewhere(handle.id, path)
    return handle
  }

  func extents(_ space: hid_t, _ path: String) throws -> [Int] {
    // A null dataspace holds nothing at all.
    if H5Sget_simple_extent_type(space) == H5S_NULL { return [0] }
    let rank = H5Sget_simple_extent_ndims(space)
    try context.check(rank, path, "reading the shape")
    var extents = [hsize_t](repeating: 0, count: Int(rank))
    if rank > 0 {
      try context.check(unsafe H5Sget_simple_extent_dims(space, &extents, nil), path, "reading the shape")
    }
    return extents.map { Int(clamping: $0) }
  }

  static func classify(_ type: hid_t) -> HDF5Type {
    let bytes = Int(H5Tget_size(type))
    switch H5Tget_class(type) {
    case H5T_FLOAT: return .float(bytes: bytes)
    case H5T_INTEGER: return .integer(bytes: bytes, signed: H5Tget_sign(type) == H5T_SGN_2)
    case H5T_ENUM: return .enumeration(bytes: bytes)
    case H5T_STRING: return .string(bytes: H5Tis_variable_str(type) > 0 ? nil : bytes)
    case H5T_COMPOUND: return .other("compound")
    case H5T_REFERENCE: return .other("reference")
    case H5T_VLEN: return .other("variable-length list")
    case H5T_ARRAY: return .other("array")
    default: return .other("opaque")
    }
  }

  /// A dataset, or the part of it that starts at `offset` and has `count` elements per axis, as float32, row-major.
  ///
  /// Integers, booleans and other floating-point widths are converted by HDF5; chunk checksums are verified. For many
  /// parts of one dataset `HDF5Floats` opens it only once.
  /// - Throws: `datasetMissing`, `datasetType`, `datasetShape` (the part lies outside), `hdf5Corrupt`, `hdf5Truncated`,
  ///   `hdf5Failed`.
  public func floats(_ path: String, offset: [Int]? = nil, count: [Int]? = nil) throws -> [Float] {
    try HDF5Floats(self, path).values(offset: offset, count: count)
  }

  /// As `floats`, in float64.
  public func doubles(_ path: String, offset: [Int]? = nil, count: [Int]? = nil) throws -> [Double] {
    try HDF5Library.locked { try numbers(path, offset, count) }
  }

  /// As `floats`, in int64; floating-point datasets are refused.
  public func integers(_ path: String, offset: [Int]? = nil, count: [Int]? = nil) throws -> [Int64] {
    try HDF5Library.locked {
      if case .float = try describe(path).type { throw wrongType(path, "floating-point", "whole numbers") }
      return try numbers(path, offset, count)
    }
  }

  func wrongType(_ path: String, _ found: String, _ wanted: String) -> EvokeError {
    EvokeError(
      .datasetType, context.object(path), reason: "it holds \(found), \(wanted) are needed",
      remedy: "name a dataset of \(wanted)")
  }

  private func numbers<Number: HDF5Number>(_ path: String, _ offset: [Int]?, _ count: [Int]?) throws -> [Number] {
    let info = try describe(path)
    guard info.type.isNumeric else { throw wrongType(path, info.type.description, "numbers") }
    let (start, extent) = try part(of: info, offset, count)
    guard try elementCount(extent, path) > 0 else { return [] }
    let dataset = try openDataset(path)
    return try numbers(of: dataset.id, info, start, extent)
  }

  /// A part inside the shape, converted as HDF5 does; under the lock.
  func numbers<Number: HDF5Number>(
    of dataset: hid_t, _ info: HDF5DatasetInfo, _ start: [Int], _ extent: [Int]
  ) throws -> [Number] {
    let total = try elementCount(extent, info.path)
    guard total > 0 else { return [] }
    try refuseUnbacked(total, of: dataset, info.path)
    guard let plain = try HDF5PlainData(dataset, info, self) else {
      return try numbersThroughLibrary(of: dataset, info, start, extent)
    }
    var scratch = HDF5ChunkScratch()
    return unsafe try [Number](unsafeUninitializedCapacity: total) { buffer, filled in
      unsafe try plain.read(into: buffer, start, extent, &scratch)
      filled = total
    }
  }

  private func numbersThroughLibrary<Number: HDF5Number>(
    of dataset: hid_t, _ info: HDF5DatasetInfo, _ start: [Int], _ extent: [Int]
  ) throws -> [Number] {
    let path = info.path
    let total = try elementCount(extent, path)
    let space = try context.own(H5Dget_space(dataset), SpaceKind.self, path, "reading")
    let whole = extent == info.shape
    if !whole { try select(space.id, start, extent, path) }
    let memory = try context.own(
      unsafe H5Screate_simple(Int32(extent.count), extent.map { hsize_t($0) }, nil), SpaceKind.self, path, "reading")
    var failed = false
    let values = unsafe [Number](unsafeUninitializedCapacity: total) { buffer, filled in
      failed =
        unsafe H5Dread(
          dataset, Number.memoryType, memory.id, whole ? chdf5_all() : space.id, chdf5_default(), buffer.baseAddress)
        < 0
      filled = failed ? 0 : total
    }
    guard !failed else { throw context.failure(path, "reading") }
    return values
  }

  /// One element as it is stored, of plain numbers; zeros where it was never written and nothing stands for it.
  func storedElement(of dataset: hid_t, _ info: HDF5DatasetInfo, at place: [Int], bytes: Int) throws -> [UInt8] {
    let path = info.path
    let type = try context.own(H5Dget_type(dataset), TypeKind.self, path, "reading the type")
    let space = try context.own(H5Dget_space(dataset), SpaceKind.self, path, "reading")
    let extent = place.map { _ in 1 }
    try select(space.id, place, extent, path)
    let memory = try context.own(
      unsafe H5Screate_simple(Int32(extent.count), extent.map { hsize_t($0) }, nil), SpaceKind.self, path, "reading")
    precondition(Int(H5Tget_size(type.id)) == bytes, "another type")
    var element = [UInt8](repeating: 0, count: bytes)
    try context.check(
      unsafe H5Dread(dataset, type.id, memory.id, space.id, chdf5_default(), &element), path, "reading")
    return element
  }

  func select(_ space: hid_t, _ start: [Int], _ extent: [Int], _ path: String) throws {
    try context.check(
      unsafe H5Sselect_hyperslab(
        space, H5S_SELECT_SET, start.map { hsize_t($0) }, nil, extent.map { hsize_t($0) }, nil),
      path, "selecting a part")
  }

  func part(of info: HDF5DatasetInfo, _ offset: [Int]?, _ count: [Int]?) throws -> ([Int], [Int]) {
    let start = offset ?? [Int](repeating: 0, count: info.shape.count)
    let extent = count ?? zip(info.shape, start).map { $0 - $1 }
    let inside =
      start.count == info.shape.count && extent.count == info.shape.count
      && zip(info.shape, zip(start, extent)).allSatisfy { $1.0 >= 0 && $1.1 >= 0 && $1.1 <= $0 - $1.0 }
    guard inside else {
      throw EvokeError(
        .datasetShape, context.object(info.path),
        reason: "shape is \(info.shape), asked for \(extent) from \(start)", remedy: "ask for a part inside the shape")
    }
    return (start, extent)
  }

  /// The product of extents, refused where memory cannot hold it: a damaged header can claim any size.
  func elementCount(_ extent: [Int], _ path: String, most: Int = 1 << 34) throws -> Int {
    guard let total = HDF5Box.count(extent), total <= most else {
      throw EvokeError(
        .datasetShape, context.object(path), reason: "a part of shape \(extent) does not fit in memory",
        remedy: "read it in parts, or restore the file if the shape is wrong")
    }
    return total
  }

  /// Bytes that a dataset may ask for whatever the file holds of it.
  private static let unbacked = 1 << 28
  /// No filter of HDF5's shrinks numbers further (deflate: 1,032 to 1).
  private static let largestRatio = 1_100

  /// Refuses to make room for many numbers that a small file cannot hold: a damaged shape, or one that is all fill value.
  func refuseUnbacked(_ count: Int, of dataset: hid_t, _ path: String) throws {
    let bytes = Int(clamping: H5Dget_storage_size(dataset))
    guard count > Self.unbacked / 8, bytes <= Int.max / Self.largestRatio, count > bytes * Self.largestRatio else {
      return
    }
    throw EvokeError(
      .datasetShape, context.object(path), reason: "\(count) numbers would come from \(bytes) bytes of the file",
      remedy: "restore the file if the shape is wrong; write the values if they were never written")
  }

  /// A text dataset, fixed or variable length, row-major; padding is removed.
  public func strings(_ path: String) throws -> [String] {
    try HDF5Library.locked {
      let info = try describe(path)
      guard case .string = info.type else { throw wrongType(path, info.type.description, "texts") }
      let dataset = try openDataset(path)
      let type = try context.own(H5Dget_type(dataset.id), TypeKind.self, path, "reading")
      let space = try context.own(H5Dget_space(dataset.id), SpaceKind.self, path, "reading")
      let total = try elementCount(info.shape, path)
      return unsafe try HDF5Text.read(count: total, type: type.id, space: space.id, context, path) {
        unsafe H5Dread(dataset.id, $0, chdf5_all(), chdf5_all(), chdf5_default(), $1)
      }
    }
  }
}
