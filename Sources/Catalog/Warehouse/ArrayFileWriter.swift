import ContentIdentity
import Diagnostics
import FileSystem
import Foundation
import HDF5File
import LabelledArrays
import Names

/// An array as it was written: its keys, shape, place and hash.
public struct StoredArray: Sendable {
  public var description: ArrayDescription
  public let axes: [Axis]
  public let units: String
  /// Dataset inside the file.
  public let path: String
  public let sha256: String
  /// Relative to the warehouse, set once the file is in place.
  public var file: String
  /// Of the file, set with its place.
  public var fileBytes: StoredBytes

  public var shape: [Int] { axes.map(\.count) }
  public var bytes: Int { shape.reduce(4, *) }
  public var axesSHA256: String { ArrayHash.axes(axes, path: path) }

  public init(
    description: ArrayDescription, axes: [Axis], units: String, path: String, sha256: String, file: String,
    fileBytes: StoredBytes
  ) {
    self.description = description
    self.axes = axes
    self.units = units
    self.path = path
    self.sha256 = sha256
    self.file = file
    self.fileBytes = fileBytes
  }
}

/// The bytes of a file that stands in its place.
public struct StoredBytes: Sendable, Equatable {
  public let sha256: String
  /// `Files.stamp` when they were hashed.
  public let stamp: String

  public init(sha256: String, stamp: String) { (self.sha256, self.stamp) = (sha256, stamp) }

  /// Of a file whose bytes are known.
  public init(unchanged sha256: String, at path: String) throws {
    guard let stamp = Files.stamp(path) else { throw Self.gone(path) }
    self.init(sha256: sha256, stamp: stamp)
  }

  private static func gone(_ path: String) -> EvokeError {
    EvokeError(.arrayMissing, path, reason: "it is not there", remedy: "run the same command again")
  }

  /// Of the file at a path.
  public init(of path: String) throws {
    guard let stamp = Files.stamp(path) else { throw Self.gone(path) }
    self.init(sha256: try ArrayBytes.sha256(of: path), stamp: stamp)
  }
}

/// Writes the arrays of one activity into one new file.
///
/// Temporary file in the target directory, every call checked, close, fsync, then rename to the name that the
/// contents' hashes give. Nothing refers to the file until the catalog commits.
public final class ArrayFileWriter {
  private struct Open {
    var description: ArrayDescription
    let axes: [Axis]
    let units: String
    let path: String
    var hash: SHA256Box
    var left: Int
  }

  /// A SHA-256 that can stand in an array of open datasets.
  private final class SHA256Box {
    private var hash: SHA256?
    init(_ hash: consuming SHA256) { self.hash = consume hash }
    func update(_ values: [Float]) { hash?.updateCanonical(values) }
    func finish() -> String {
      guard let hash = hash.take() else { preconditionFailure("an array's hash is finished once") }
      return hash.hex()
    }
  }

  private let directory: String
  private let temporary: String
  private var writer: HDF5WriterBox
  private var open: [String: Open] = [:]
  private var order: [String] = []

  /// HDF5Writer is noncopyable; a class that is used by streaming sinks needs it behind a reference.
  private final class HDF5WriterBox {
    var writer: HDF5Writer?
    init(_ path: String) throws { writer = try HDF5Writer(creating: path) }
  }

  /// Where the array of a group stands in its file.
  public static func path(ofGroup group: String) -> String { group + "/values" }

  /// The group of an array that stands at a path of its file.
  public static func group(ofPath path: String) -> String {
    path.split(separator: "/").dropLast().joined(separator: "/")
  }

  /// Starts a file in `directory`, an `arrays` folder or a worker's spool.
  public init(in directory: String) throws {
    self.directory = directory
    try Files.makeDirectory(directory)
    temporary = directory + "/.tmp-\(ProcessInfo.processInfo.processIdentifier)-\(UInt64.random(in: 0...UInt64.max)).h5"
    writer = try HDF5WriterBox(temporary)
  }

  /// Declares an array of a known shape whose rows follow by `append`; `path` is made from its group.
  ///
  /// - Parameters:
  ///   - group: unique in the file, for example `hs.3`; the dataset is `group/values`, its scales stand beside it.
  ///   - chunk: extents of a chunk where the default (whole rows of axis 0) does not suit.
  ///   - deflate: how hard to compress, 1 to 9.
  public func begin(
    _ description: ArrayDescription, group: String, axes: [Axis], units: String, chunk: [Int]? = nil, deflate: Int = 4
  ) throws {
    precondition(open[group] == nil, "group \(group) twice")
    let path = Self.path(ofGroup: group)
    let axes = axes.map(Self.composed)
    try writer.writer?.dataset(
      path, .float32, shape: axes.map(\.count),
      storage: HDF5Storage(chunk: chunk, deflate: deflate, shuffle: true, fletcher32: true))
    try writer.writer?.attribute("units", units, on: path)
    try writer.writer?.attribute("kind", description.kind, on: path)
    for (position, axis) in axes.enumerated() {
      let scale = group + "/" + Self.scaleName(axis)
      switch axis.values {
      case .numbers(let numbers, let units):
        try writer.writer?.scale(scale, numbers, name: axis.name, units: units)
      case .labels(let labels): try writer.writer?.scale(scale, labels: labels, name: axis.name)
      }
      try writer.writer?.attach(scale: scale, to: path, axis: position)
    }
    open[group] = Open(
      description: description, axes: axes, units: units, path: path,
      hash: SHA256Box(ArrayHash.begin(axes: axes, path: path)), left: axes.reduce(1) { $0 * $1.count })
    order.append(group)
  }

  /// With its labels in Unicode NFC.
  private static func composed(_ axis: Axis) -> Axis {
    axis.labels.map { .labels(axis.name, $0.map(\.composed)) } ?? axis
  }

  /// Adds the next rows of an array.
  public func append(_ values: [Float], to group: String) throws {
    guard var array = open[group] else { preconditionFailure("no array \(group)") }
    precondition(values.count <= array.left, "more values than the shape holds")
    array.hash.update(values)
    array.left -= values.count
    open[group] = array
    try writer.writer?.append(rows: values, to: array.path)
  }

  /// Notes something about an array beside its values; no part of its hash.
  public func attribute(_ name: String, _ text: String, of group: String) throws {
    guard let array = open[group] else { preconditionFailure("no array \(group)") }
    try writer.writer?.attribute(name, text, on: array.path)
  }

  /// Adds a whole array.
  public func add(_ description: ArrayDescription, group: String, _ array: LabelledArray) throws {
    try begin(description, group: group, axes: array.axes, units: array.units)
    try append(array.values, to: group)
  }

  /// Closes, syncs and renames the file; returns its arrays with their place relative to the parent of `directory`.
  ///
  /// A file of the same arrays that already stands there is kept, a damaged one moved into quarantine.
  public func finish(subfolders: Bool = true) throws -> [StoredArray] {
    var stored: [StoredArray] = []
    for group in order {
      guard let array = open[group] else { continue }
      precondition(array.left == 0, "array \(array.description.name) is not complete")
      stored.append(
        StoredArray(
          description: array.description, axes: array.axes, units: array.units, path: array.path,
          sha256: array.hash.finish(), file: "", fileBytes: StoredBytes(sha256: "", stamp: "")))
    }
    if let hdf5 = writer.writer.take() { try hdf5.close() }
    guard !stored.isEmpty else {
      try Files.remove(temporary)
      return []
    }
    try Files.setMode(temporary, 0o444)
    try Files.synchronise(temporary)
    let name = ArrayHash.file(stored.map { ($0.path, $0.sha256) })
    let relative = Self.place(name, subfolders: subfolders)
    let target = directory + "/" + relative
    try Files.makeDirectory(Files.folder(of: target))
    let (parent, folder) = (Files.folder(of: directory), Files.name(of: directory))
    Machine.crashPoint()
    try ArrayPlacement(directory: parent, file: folder + "/" + relative).put(temporary, holding: stored)
    Machine.crashPoint()
    let bytes = try StoredBytes(of: target)
    for i in stored.indices { (stored[i].file, stored[i].fileBytes) = (folder + "/" + relative, bytes) }
    return stored
  }

  /// Gives up: removes the temporary file.
  public func abandon() {
    writer.writer = nil
    try? Files.remove(temporary)
  }

  /// `ab/cdef….h5`.
  public static func place(_ hash: String, subfolders: Bool = true) -> String {
    subfolders ? "\(hash.prefix(2))/\(hash.dropFirst(2)).h5" : "\(hash).h5"
  }

  private static func scaleName(_ axis: Axis) -> String {
    if case .numbers(_, "s") = axis.values { return axis.name == "time" ? "time_s" : axis.name + "_s" }
    return axis.name
  }
}
