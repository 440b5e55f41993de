import Diagnostics
import FileSystem
import Foundation
import Warehouse

/// A verified copy of a warehouse in another folder; a second one brings what is new.
///
/// Array files are copied and not linked: what damages the bytes of a file damages every name of it.
public enum Backup {
  public struct Outcome: Sendable {
    public let arrayFiles: Int
    /// Files that were not there yet, or not whole.
    public let copied: Int
    public let copiedBytes: Int
  }

  /// Copies the catalog as one consistent read of it, then every array file that it names, and checks all of the copy.
  ///
  /// Whoever writes the warehouse may go on. A backup that was there before stays whole until the new catalog takes its place.
  ///
  /// - Throws: `E-WH-002` where something else stands at `place`, `E-WH-006` and `E-WH-007` for what is missing or damaged in
  ///   the warehouse.
  public static func make(
    of warehouse: Warehouse, at place: String, progress: (Double, String) -> Void = { _, _ in }
  ) throws -> Outcome {
    try prepare(place)
    let new = place + "/catalog.sqlite.new"
    let files = try warehouse.copyCatalog(to: new)
    var (copied, bytes) = (0, 0)
    for (done, file) in files.enumerated() {
      progress(Double(done) / Double(files.count), file.file)
      guard try copy(file, from: warehouse.directory, to: place) else { continue }
      copied += 1
      bytes += file.bytes
    }
    try Files.rename(new, to: place + "/catalog.sqlite")
    try Warehouse.seal(copy: place, of: warehouse.directory)
    return Outcome(arrayFiles: files.count, copied: copied, copiedBytes: bytes)
  }

  /// Whether a file had to be copied: one that is there whole had not.
  private static func copy(_ file: Warehouse.ArrayFile, from directory: String, to place: String) throws -> Bool {
    let placement = try ArrayPlacement(directory: place, file: file.file)
    if Files.exists(placement.path) {
      if try ArrayBytes.sha256(of: placement.path, always: true) == file.sha256 { return false }
      try placement.setAside()
    }
    let source = try WarehousePath(file.file, in: directory).absolute
    guard Files.exists(source) else { throw damaged(file.file, .arrayMissing, "it is not there") }
    guard try placement.copy(from: source).sha256 == file.sha256 else {
      try placement.setAside()
      throw damaged(file.file, .arrayCorrupt, "its bytes are not those recorded")
    }
    return true
  }

  private static func damaged(_ file: String, _ code: ErrorCode, _ reason: String) -> EvokeError {
    EvokeError(code, file, reason: reason, remedy: "run evoke repair, then the same command again")
  }

  /// A new folder, or a backup.
  private static func prepare(_ place: String) throws {
    if Files.exists(place) {
      let strange = try Files.names(in: place).filter {
        !["arrays", "quarantine"].contains($0) && !$0.hasPrefix("catalog.sqlite")
      }
      guard strange.isEmpty else {
        throw EvokeError(
          .warehouseExists, place, reason: "the folder holds \(strange.sorted().prefix(3).joined(separator: ", "))",
          remedy: "name a new folder, or one that holds a backup")
      }
    }
    for folder in ["", "/arrays", "/quarantine"] { try Files.makeDirectory(place + folder) }
  }
}
