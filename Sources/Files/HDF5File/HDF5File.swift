import CHDF5
import Diagnostics
import FileSystem
import Glibc

/// The class of a dataset's elements.
public enum HDF5Type: Sendable, Equatable, CustomStringConvertible {
  case float(bytes: Int)
  case integer(bytes: Int, signed: Bool)
  /// An enumeration over integers; h5py writes booleans so.
  case enumeration(bytes: Int)
  /// `bytes` is nil for variable length.
  case string(bytes: Int?)
  case other(String)

  public var description: String {
    switch self {
    case .float(let bytes): "float\(bytes * 8)"
    case .integer(let bytes, let signed): (signed ? "int" : "uint") + "\(bytes * 8)"
    case .enumeration(let bytes): "enum\(bytes * 8)"
    case .string(let bytes): bytes.map { "text of \($0) bytes" } ?? "text"
    case .other(let name): name
    }
  }

  /// Whether the elements can be read as numbers.
  public var isNumeric: Bool {
    switch self {
    case .float, .integer, .enumeration: true
    case .string, .other: false
    }
  }
}

/// What a dataset is, without its values.
public struct HDF5DatasetInfo: Sendable, Equatable {
  /// Path inside the file, starting with a slash.
  public let path: String
  /// Row-major extents; empty for a scalar.
  public let shape: [Int]
  public let type: HDF5Type
  /// Chunk extents; nil for contiguous and compact storage.
  public let chunk: [Int]?

  /// Elements; as many as `Int` can count where a damaged shape has more.
  public var count: Int { HDF5Box.count(shape) ?? .max }
}

/// One object of a file's tree.
public enum HDF5Item: Sendable, Equatable {
  case group(path: String)
  case dataset(HDF5DatasetInfo)
  /// A soft or external link that leads nowhere, or a named type.
  case other(path: String)

  public var path: String {
    switch self {
    case .group(let path), .other(let path): path
    case .dataset(let info): info.path
    }
  }
}

/// An HDF5 file open for reading.
///
/// Every call takes the one process-wide lock, so a file may be shared between tasks. Errors are `EvokeError`s that
/// name the file, the object inside it and HDF5's innermost message. Source: HDF5 1.10 reference manual.
public final class HDF5File: Sendable {
  public let path: String
  let id: hid_t
  let context: HDF5Context

  /// Opens read-only.
  ///
  /// - Throws: `fileMissing`, `fileUnreadable`, `permissionDenied`, `notHDF5` (also for an empty file), `hdf5Truncated`, `hdf5Failed`.
  public init(reading path: String) throws {
    let context = HDF5Context(path: path, writes: false)
    try Self.checkReadable(path)
    self.id = try HDF5Library.locked {
      let access = try context.own(H5Pcreate(chdf5_file_access()), PropertyKind.self, nil, "opening")
      // A file on a disk without locks is still read; one that another program writes is refused.
      try context.check(H5Pset_file_locking(access.id, true, true), nil, "opening")
      let id = unsafe H5Fopen(path, chdf5_read_only(), access.id)
      guard id >= 0 else { throw context.failure(nil, "opening") }
      return id
    }
    self.path = path
    self.context = context
  }

  deinit { HDF5Library.locked { _ = H5Fclose(id) } }

  private static func checkReadable(_ path: String) throws {
    try Files.requireRegular(path)
    if let refusal = Files.refusal(of: .reading, at: path) { throw refusal }
    guard Files.size(of: path) != 0 else {
      throw EvokeError(.notHDF5, path, reason: "the file is empty", remedy: "fetch or copy the file again")
    }
  }

  /// Whether a group or dataset stands at this path; dangling links do not count, links into other files do: reading them
  /// says what they are.
  public func exists(_ path: String) -> Bool {
    HDF5Library.locked { if case .nothing = reach(path) { false } else { true } }
  }

  /// The names directly inside a group, sorted bytewise.
  public func members(of group: String = "/") throws -> [String] {
    try HDF5Library.locked {
      let handle = try open(group, GroupKind.self) { unsafe H5Gopen2(id, group, chdf5_default()) }
      return try links(in: handle.id, group).map(\.name)
    }
  }

  /// Every object below a group, parents first, siblings sorted; soft links are followed, cycles are not.
  ///
  /// - Throws: `contentElsewhere` for a link into another file, `tooDeep`.
  public func tree(of group: String = "/") throws -> [HDF5Item] {
    try HDF5Library.locked {
      var walk = Walk()
      try self.walk(group == "/" ? "" : group, &walk, above: [])
      return walk.items
    }
  }

  struct Walk {
    var items: [HDF5Item] = []
    /// Whether what cannot be listed is passed over.
    var passesFaults = false
    /// Groups by their addresses; one may be reached by many paths.
    var met: Set<haddr_t> = []
    var repeats = 0
  }

  /// Groups inside one another, objects of a file, and groups that are met again.
  private static let (deepest, most, mostRepeats) = (64, 1 << 20, 1_000)

  /// Every dataset below a group, in the order of `tree`.
  public func datasets(of group: String = "/") throws -> [HDF5DatasetInfo] {
    try tree(of: group).compactMap { if case .dataset(let info) = $0 { info } else { nil } }
  }

  func walk(_ group: String, _ walk: inout Walk, above: Set<haddr_t>) throws {
    let here = group.isEmpty ? "/" : group
    guard above.count <= Self.deepest else {
      throw tooDeep(here, "its groups are nested more than \(Self.deepest) deep")
    }
    let handle = try open(here, GroupKind.self) { unsafe H5Gopen2(id, here, chdf5_default()) }
    for link in try links(in: handle.id, here) {
      let path = group + "/" + link.name
      guard walk.items.count < Self.most else { throw tooDeep(path, "it holds more than \(Self.most) objects") }
      do { try list(path, link, &walk, above) } catch let error as EvokeError {
        guard walk.passesFaults, error.code != .tooDeep else { throw error }
        walk.items.append(.other(path: path))
      }
    }
  }

  private func list(_ path: String, _ link: Link, _ walk: inout Walk, _ above: Set<haddr_t>) throws {
    // An object's own name in a group that was reached needs no following.
    guard try link.isHard || reaches(path) else {
      walk.items.append(.other(path: path))
      return
    }
    var info = H5O_info_t()
    try context.check(
      unsafe H5Oget_info_by_name2(id, path, &info, UInt32(H5O_INFO_BASIC), chdf5_default()), path, "listing")
    switch info.type {
    case H5O_TYPE_GROUP:
      walk.items.append(.group(path: path))
      if above.contains(info.addr) { return }
      if !walk.met.insert(info.addr).inserted { walk.repeats += 1 }
      guard walk.repeats <= Self.mostRepeats else { throw tooDeep(path, "its groups are reached by too many paths") }
      try self.walk(path, &walk, above: above.union([info.addr]))
    case H5O_TYPE_DATASET:
      let dataset = try reachedDataset(path)
      walk.items.append(.dataset(try describe(dataset.id, path)))
    default: walk.items.append(.other(path: path))
    }
  }

  private func tooDeep(_ path: String, _ reason: String) -> EvokeError {
    EvokeError(.tooDeep, context.object(path), reason: reason, remedy: "write a file of fewer objects")
  }

  private struct Link {
    let name: String
    /// Whether it is an object's own name, and no path to another.
    let isHard: Bool
  }

  /// Sorted bytewise, in one pass: to ask for the link of an index walks over those before it.
  private func links(in group: hid_t, _ path: String) throws -> [Link] {
    final class Found { var links: [Link] = [] }
    let found = Found()
    let status = withExtendedLifetime(found) {
      unsafe H5Literate(
        group, H5_INDEX_NAME, H5_ITER_INC, nil,
        { _, name, info, context in
          guard let name = unsafe name, let info = unsafe info, let context = unsafe context else { return -1 }
          let bytes = unsafe UnsafeBufferPointer(start: name, count: strlen(name))
          let link = unsafe Link(
            name: HDF5Text.decode(bytes.map { UInt8(bitPattern: $0) }), isHard: info.pointee.type == H5L_TYPE_HARD)
          unsafe Unmanaged<Found>.fromOpaque(context).takeUnretainedValue().links.append(link)
          return 0
        }, Unmanaged.passUnretained(found).toOpaque())
    }
    try context.check(status, path, "listing")
    return found.links
  }

  /// Opens an object, or says that it is missing and what there is instead.
  func open<Kind: HDF5Kind>(_ path: String, _ kind: Kind.Type, _ body: () -> hid_t) throws -> Handle<Kind> {
    guard try reaches(path) else { throw missing(path) }
    return try context.own(body(), kind, path, "opening")
  }

  /// The error for a path that names nothing; lists the siblings that exist.
  func missing(_ path: String) -> EvokeError {
    var parent = path.split(separator: "/").map(String.init)
    while !parent.isEmpty {
      parent.removeLast()
      if case .object = reach(parent.joined(separator: "/")) { break }
    }
    let there = "/" + parent.joined(separator: "/")
    let names = (try? members(of: there)) ?? []
    let shown = names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", … (\(names.count))" : "")
    return EvokeError(
      .datasetMissing, context.object(path), reason: "\(there) holds: \(shown.isEmpty ? "nothing" : shown)",
      remedy: "name one of these")
  }
}
