import Diagnostics
import FileSystem
import Foundation

/// The place of an array file in a warehouse, and what is put there.
public struct ArrayPlacement {
  /// The warehouse.
  let directory: String
  /// Relative to it.
  let file: String

  public init(directory: String, file: String) { (self.directory, self.file) = (directory, file) }

  public var path: String { directory + "/" + file }

  /// Moves a new file to the place. One with the same arrays that stands there is kept and the new one removed; a damaged one
  /// is moved into quarantine first.
  ///
  /// - Parameter new: on the same file system.
  public func put(_ new: String, holding arrays: [StoredArray]) throws {
    if new == path { return }
    if Files.exists(path) {
      if try isWhole(arrays) { return try Files.remove(new) }
      try setAside()
    }
    try Files.rename(new, to: path)
  }

  /// Copies a whole file to the place, where none stands.
  public func copy(from source: String) throws -> StoredBytes {
    let folder = (path as NSString).deletingLastPathComponent
    try Files.makeDirectory(folder)
    let temporary =
      "\(folder)/.tmp-\(ProcessInfo.processInfo.processIdentifier)-\(UInt64.random(in: 0...UInt64.max)).h5"
    try Files.copy(source, to: temporary)
    try Files.setMode(temporary, 0o444)
    try Files.rename(temporary, to: path)
    return try StoredBytes(of: path)
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
  @discardableResult
  public func setAside() throws -> String {
    let folder = directory + "/quarantine"
    try Files.makeDirectory(folder)
    let name = file.replacingOccurrences(of: "/", with: "-")
    let places = [name] + (2...10_000).map { "\(name).\($0)" }
    guard let free = places.first(where: { !Files.exists(folder + "/" + $0) }) else {
      throw EvokeError(
        .writeFailed, folder, reason: "it holds \(places.count) files of one name", remedy: "move them elsewhere")
    }
    try Files.rename(path, to: folder + "/" + free)
    try Files.synchronise((path as NSString).deletingLastPathComponent)
    return "quarantine/" + free
  }
}
