import CHDF5
import Diagnostics

extension HDF5Writer {
  /// Writes the next rows along axis 0; `values` holds whole rows, row-major.
  public func append(rows values: [Float], to path: String) throws { try append(values, path, chdf5_native_float()) }
  public func append(rows values: [Double], to path: String) throws { try append(values, path, chdf5_native_double()) }

  /// Writes a part: `count` elements per axis from `offset`; without them the whole dataset.
  public func write(_ values: [Float], to path: String, offset: [Int]? = nil, count: [Int]? = nil) throws {
    try write(values, path: path, offset: offset, count: count, type: chdf5_native_float())
  }
  public func write(_ values: [Double], to path: String, offset: [Int]? = nil, count: [Int]? = nil) throws {
    try write(values, path: path, offset: offset, count: count, type: chdf5_native_double())
  }
  public func write(_ values: [Int64], to path: String, offset: [Int]? = nil, count: [Int]? = nil) throws {
    try write(values, path: path, offset: offset, count: count, type: chdf5_native_int64())
  }

  /// Creates and writes a whole float32 dataset.
  public func dataset(
    _ path: String, _ values: [Float], shape: [Int], storage layout: HDF5Storage = HDF5Storage()
  ) throws {
    try dataset(path, .float32, shape: shape, storage: layout)
    try write(values, to: path)
  }

  /// Creates and writes a whole float64 dataset.
  public func dataset(
    _ path: String, _ values: [Double], shape: [Int], storage layout: HDF5Storage = HDF5Storage()
  ) throws {
    try dataset(path, .float64, shape: shape, storage: layout)
    try write(values, to: path)
  }

  /// Creates and writes a list of UTF-8 texts of variable length; a text may not hold a zero byte.
  public func dataset(_ path: String, texts: [String]) throws {
    try refuseZeroBytes(texts, path)
    try guarded {
      let type = try HDF5Text.variableType(context, path)
      // Variable texts live in the global heap; a chunk would only hold references to it.
      let parts = path.split(separator: "/")
      if parts.count > 1 { try group(parts.dropLast().joined(separator: "/")) }
      let space = try context.own(
        unsafe H5Screate_simple(1, [hsize_t(texts.count)], nil), SpaceKind.self, path, "creating")
      let creation = try context.own(H5Pcreate(chdf5_dataset_create()), PropertyKind.self, path, "creating")
      try context.check(H5Pset_obj_track_times(creation.id, false), path, "creating")
      let id = unsafe H5Dcreate2(storage.id, path, type.id, space.id, chdf5_default(), creation.id, chdf5_default())
      storage.datasets[Self.key(path)] = OpenDataset(
        try context.own(id, DatasetKind.self, path, "creating"), shape: [texts.count])
      let status = unsafe HDF5Text.withCStrings(texts) {
        unsafe H5Dwrite(id, type.id, chdf5_all(), chdf5_all(), chdf5_default(), $0)
      }
      try context.check(status, path, "writing texts")
    }
  }

  func refuseZeroBytes(_ texts: [String], _ path: String) throws {
    guard let bad = texts.first(where: { $0.utf8.contains(0) }) else { return }
    throw EvokeError(
      .hdf5WriteFailed, context.object(path), reason: "the text \(bad.debugDescription) holds a zero byte",
      remedy: "rename it")
  }

  private func append<Element>(_ values: [Element], _ path: String, _ type: hid_t) throws {
    let dataset = opened(path)
    let rowCount = dataset.shape.dropFirst().reduce(1, *)
    precondition(rowCount > 0 ? values.count.isMultiple(of: rowCount) : values.isEmpty, "whole rows only")
    let rows = rowCount > 0 ? values.count / rowCount : 0
    precondition(dataset.rowsWritten + rows <= dataset.shape[0], "more rows than the dataset has")
    if rows > 0 {
      let tail = Array(dataset.shape.dropFirst())
      try write(
        values, path: path, offset: [dataset.rowsWritten] + tail.map { _ in 0 }, count: [rows] + tail, type: type)
    }
    dataset.rowsWritten += rows
  }

  private func write<Element>(
    _ values: [Element], path: String, offset: [Int]?, count: [Int]?, type: hid_t
  ) throws {
    let dataset = opened(path)
    let extent = count ?? dataset.shape
    let start = offset ?? extent.map { _ in 0 }
    precondition(extent.reduce(1, *) == values.count, "value count differs from the part's shape")
    precondition(
      zip(dataset.shape, zip(start, extent)).allSatisfy { $1.0 >= 0 && $1.0 + $1.1 <= $0 }, "outside the shape")
    if values.isEmpty { return }
    try guarded {
      let space = try context.own(H5Dget_space(dataset.id), SpaceKind.self, path, "writing")
      let whole = extent == dataset.shape
      if !whole {
        try context.check(
          unsafe H5Sselect_hyperslab(
            space.id, H5S_SELECT_SET, start.map { hsize_t($0) }, nil, extent.map { hsize_t($0) }, nil),
          path, "writing")
      }
      let memory = try context.own(
        extent.isEmpty
          ? H5Screate(H5S_SCALAR) : unsafe H5Screate_simple(Int32(extent.count), extent.map { hsize_t($0) }, nil),
        SpaceKind.self, path, "writing")
      let status = unsafe values.withUnsafeBytes { buffer in
        unsafe H5Dwrite(
          dataset.id, type, memory.id, whole ? chdf5_all() : space.id, chdf5_default(), buffer.baseAddress)
      }
      try context.check(status, path, "writing")
    }
  }
}
