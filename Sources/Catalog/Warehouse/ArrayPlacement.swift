import Diagnostics
import FileSystem
import Foundation

/// The place of an array file in a warehouse, and what is put there.
public struct ArrayPlacement {
  /// The warehouse.
  let directory: String
  /// Relative to it.
  let file: String
  public let path: String

  /// - Throws: `outsideWarehouse`.
  public init(directory: String, file: String) throws(EvokeError) {
    (self.directory, self.file) = (directory, file)
    path = try WarehousePath(file, in: directory).absolute
  }

  /// The place of a file of the catalog itself, which stands in the warehouse's folder.
  init(directory: String, catalog name: String) {
    (self.directory, file, path) = (directory, name, directory + "/" + name)
  }

  /// Moves a new file to the place, by way of a copy where it stands on another file system. One with the same arrays that
  /// stands there is kept and the new one removed; a damaged one is moved into quarantine first.
  public func put(_ new: String, holding arrays: [StoredArray]) throws {
    if new == path { return }
    if Files.exists(path) {
      if try isWhole(arrays) { return try Files.remove(new) }
      try setAside()
    }
    let isNear = Files.device(of: new) == Files.device(of: folder)
    try Files.rename(isNear ? new : copied(new), to: path)
  }

  /// Copies a whole file to the place, where none stands.
  public func copy(from source: String) throws -> StoredBytes {
    try Files.makeDirectory(folder)
    try Files.rename(copied(source), to: path)
    return try StoredBytes(of: path)
  }

  private var folder: String { Files.folder(of: path) }

  /// A copy beside the place, to be renamed.
  private func copied(_ source: String) throws -> String {
    let temporary =
      "\(folder)/.tmp-\(ProcessInfo.processInfo.processIdentifier)-\(UInt64.random(in: 0...UInt64.max)).h5"
    try Files.copy(source, to: temporary)
    try Files.setMode(temporary, 0o444)
    return temporary
  }

  /// Whether the file that stands there has these arrays.
  private func isWhole(_ arrays: [StoredArray]) throws -> Bool {
    do {
      for array in arrays {
        let found = try ArrayReader.verify(
          ArrayReference(name: array.description.name, file: path, path: array.path, sha256: array.sha256))
        guard found.axes == array.axes, found.units == array.units else { return false }
      }
      return true
    } catch let error as EvokeError where error.code != .permissionDenied { return false }
  }

  /// Moves the file that stands there into quarantine; its new place, relative to the warehouse.
  ///
  /// - Parameter stays: it keeps its place, too, until another file takes it, where the file system has two names of one file.
  @discardableResult
  public func setAside(stays: Bool = false) throws -> String {
    let quarantine = directory + "/quarantine"
    try Files.makeDirectory(quarantine)
    let name = file.replacingOccurrences(of: "/", with: "-")
    let places = [name] + (2...10_000).map { "\(name).\($0)" }
    let free = places.first { name in
      stays && isItself(quarantine + "/" + name) || !Files.exists(quarantine + "/" + name)
    }
    guard let free else {
      throw EvokeError(
        .writeFailed, quarantine, reason: "it holds \(places.count) files of one name", remedy: "move them elsewhere")
    }
    let aside = quarantine + "/" + free
    if stays, isItself(aside) || Files.link(path, as: aside) {
      try Files.synchronise(quarantine)
    } else {
      try Files.rename(path, to: aside)
      try Files.synchronise(folder)
    }
    return "quarantine/" + free
  }

  /// Whether a path is another name of the file, as whoever was cut off left it.
  private func isItself(_ other: String) -> Bool { Files.stamp(other).map { $0 == Files.stamp(path) } ?? false }
}
