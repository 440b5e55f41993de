import CHDF5
import Diagnostics
import FileSystem

/// How a dataset lies on the disk.
public struct HDF5Storage: Sendable, Equatable {
  /// Chunk extents; nil: rows of axis 0 up to `HDF5Storage.chunkBytes`.
  public var chunk: [Int]?
  /// Deflate level 1 to 9; nil stores without compression.
  public var deflate: Int?
  /// Byte shuffle before deflate.
  public var shuffle: Bool
  /// A checksum per chunk, verified at every read.
  public var fletcher32: Bool

  public init(chunk: [Int]? = nil, deflate: Int? = nil, shuffle: Bool = true, fletcher32: Bool = true) {
    self.chunk = chunk
    self.deflate = deflate
    self.shuffle = shuffle
    self.fletcher32 = fletcher32
  }

  /// What a default chunk holds at most.
  public static let chunkBytes = 256 << 10

  /// Whole rows of axis 0, and where one row alone is too long, a row cut along the later axes.
  static func defaultChunk(_ shape: [Int], elementBytes: Int) -> [Int] {
    var chunk = shape
    for axis in shape.indices {
      let below = chunk[(axis + 1)...].reduce(elementBytes, *)
      chunk[axis] = max(1, min(shape[axis], chunkBytes / below))
      if chunk[axis] * below <= chunkBytes && chunk[axis] > 1 { break }
      if below <= chunkBytes { break }
    }
    return chunk
  }
}

/// The element types Evoke writes, all little-endian.
public enum HDF5Element: Sendable {
  case float32, float64, int64

  var bytes: Int { self == .float32 ? 4 : 8 }

  var fileType: hid_t {
    switch self {
    case .float32: chdf5_ieee_f32le()
    case .float64: chdf5_ieee_f64le()
    case .int64: chdf5_std_i64le()
    }
  }
}

/// A new HDF5 file being written.
///
/// The bytes are a function of the calls alone: object times are off and the format version is fixed (HDF5 1.8), so the
/// same calls make the same file. Every status is checked; a full disk throws `diskFull` from the write, the flush or
/// `close`. A writer dropped without `close` leaves a file that must not be used.
public final class HDF5Writer {
  public let path: String
  let storage: OpenFile
  let context: HDF5Context
  private var closed = false

  /// Creates the file; never writes over one.
  ///
  /// - Throws: `fileExists`, `diskFull`, `hdf5WriteFailed`.
  public init(creating path: String) throws {
    let context = HDF5Context(path: path, writes: true)
    guard !Files.exists(path) else {
      throw EvokeError(
        .fileExists, path, reason: "it would be written over", remedy: "choose another path or move the file")
    }
    self.storage = try HDF5Library.locked {
      let access = try context.own(H5Pcreate(chdf5_file_access()), PropertyKind.self, nil, "creating")
      try context.check(H5Pset_libver_bounds(access.id, H5F_LIBVER_V18, H5F_LIBVER_V18), nil, "creating")
      try context.check(H5Pset_file_locking(access.id, true, true), nil, "creating")
      let creation = try context.own(H5Pcreate(chdf5_file_create()), PropertyKind.self, nil, "creating")
      try context.check(H5Pset_obj_track_times(creation.id, false), nil, "creating")
      return OpenFile(
        try context.own(
          unsafe H5Fcreate(path, chdf5_exclusive(), creation.id, access.id), FileKind.self, nil, "creating"))
    }
    self.path = path
    self.context = context
  }

  /// Writes everything to the operating system and closes.
  ///
  /// - Throws: `diskFull`, `hdf5WriteFailed`; the file must then be removed.
  public func close() throws {
    precondition(!closed, "closed twice")
    closed = true
    try guarded { try storage.close(context) }
  }

  /// Creates a group and the groups above it; existing ones are kept.
  public func group(_ path: String) throws {
    try guarded {
      var walked = ""
      for part in path.split(separator: "/") {
        walked += "/" + part
        let present = unsafe H5Lexists(storage.id, walked, chdf5_default())
        try context.check(present, walked, "creating a group")
        if present > 0 { continue }
        let creation = try context.own(H5Pcreate(chdf5_group_create()), PropertyKind.self, walked, "creating a group")
        try context.check(H5Pset_obj_track_times(creation.id, false), walked, "creating a group")
        _ = try context.own(
          unsafe H5Gcreate2(storage.id, walked, chdf5_default(), creation.id, chdf5_default()), GroupKind.self,
          walked, "creating a group")
      }
    }
  }

  /// Creates a dataset of a known final shape, its groups too; values follow by `append` or `write`.
  public func dataset(
    _ path: String, _ element: HDF5Element, shape: [Int], storage layout: HDF5Storage = HDF5Storage()
  ) throws {
    try create(path, type: element.fileType, elementBytes: element.bytes, shape: shape, layout)
  }

  func create(_ path: String, type: hid_t, elementBytes: Int, shape: [Int], _ layout: HDF5Storage) throws {
    precondition(shape.allSatisfy { $0 >= 0 })
    let parts = path.split(separator: "/")
    if parts.count > 1 { try group(parts.dropLast().joined(separator: "/")) }
    try guarded {
      let extents = shape.map { hsize_t($0) }
      let space = try context.own(
        shape.isEmpty ? H5Screate(H5S_SCALAR) : unsafe H5Screate_simple(Int32(shape.count), extents, nil),
        SpaceKind.self, path, "creating")
      let creation = try context.own(H5Pcreate(chdf5_dataset_create()), PropertyKind.self, path, "creating")
      try context.check(H5Pset_obj_track_times(creation.id, false), path, "creating")
      // HDF5 has no chunks of nothing: empty and scalar datasets are contiguous.
      if !shape.isEmpty, !shape.contains(0) {
        try setFilters(creation.id, path: path, shape: shape, elementBytes: elementBytes, layout: layout)
      }
      let id = unsafe H5Dcreate2(storage.id, path, type, space.id, chdf5_default(), creation.id, chdf5_default())
      storage.datasets[Self.key(path)] = OpenDataset(
        try context.own(id, DatasetKind.self, path, "creating"), shape: shape)
    }
  }

  private func setFilters(
    _ creation: hid_t, path: String, shape: [Int], elementBytes: Int, layout: HDF5Storage
  ) throws {
    let chunk = layout.chunk ?? HDF5Storage.defaultChunk(shape, elementBytes: elementBytes)
    precondition(chunk.count == shape.count && zip(chunk, shape).allSatisfy { 1...$1 ~= $0 }, "chunk outside the shape")
    try context.check(
      unsafe H5Pset_chunk(creation, Int32(chunk.count), chunk.map { hsize_t($0) }), path, "creating")
    if let level = layout.deflate {
      if layout.shuffle { try context.check(H5Pset_shuffle(creation), path, "creating") }
      try context.check(H5Pset_deflate(creation, UInt32(level)), path, "creating")
    }
    if layout.fletcher32 { try context.check(H5Pset_fletcher32(creation), path, "creating") }
  }

  /// Runs `body` under the lock; after a failure the file's handles are abandoned.
  func guarded<Value>(_ body: () throws -> Value) throws -> Value {
    try HDF5Library.locked {
      do { return try body() } catch {
        storage.abandon()
        throw error
      }
    }
  }

  static func key(_ path: String) -> String { path.split(separator: "/").joined(separator: "/") }

  func opened(_ path: String) -> OpenDataset {
    guard let dataset = storage.datasets[Self.key(path)] else {
      preconditionFailure("dataset \(path) was not created by this writer")
    }
    return dataset
  }
}

/// The file and its open datasets; closes in the right order.
final class OpenFile {
  private var file: Handle<FileKind>?
  let id: hid_t
  var datasets: [String: OpenDataset] = [:]

  init(_ file: consuming Handle<FileKind>) {
    self.id = file.id
    self.file = consume file
  }

  deinit { HDF5Library.locked { release() } }

  private func release() {
    for dataset in datasets.values { _ = dataset.close() }
    datasets = [:]
    file = nil
  }

  /// Gives the handles up without closing them: libhdf5 crashes when it closes what it could not flush. The file
  /// descriptor stays open until the process ends, which after such a failure is soon.
  func abandon() {
    for dataset in datasets.values { dataset.abandon() }
    file.take()?.forget()
  }

  func close(_ context: HDF5Context) throws {
    for (name, dataset) in datasets.sorted(by: { $0.key < $1.key }) {
      guard dataset.close() else { throw context.failure("/" + name, "closing") }
    }
    try context.check(H5Fflush(id, H5F_SCOPE_GLOBAL), nil, "flushing")
    if let open = file.take(), !open.close() { throw context.failure(nil, "closing") }
  }
}

/// A dataset under construction and the rows it has.
final class OpenDataset {
  private var handle: Handle<DatasetKind>?
  let id: hid_t
  let shape: [Int]
  var rowsWritten = 0

  init(_ handle: consuming Handle<DatasetKind>, shape: [Int]) {
    self.id = handle.id
    self.handle = consume handle
    self.shape = shape
  }

  func abandon() { handle.take()?.forget() }

  func close() -> Bool { handle.take()?.close() ?? true }
}
