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
  /// - Throws: `E-WH-002` where something else stands at `place`, `E-WH-016` for rows that are not what was written,
  ///   `E-WH-006` and `E-WH-007` for what is missing or damaged in the warehouse.
  public static func make(
    of warehouse: Warehouse, at place: String, progress: (Double, String) -> Void = { _, _ in }
  ) throws -> Outcome {
    try warehouse.requireWritten()
    try prepare(place)
    try requireEarlier(place, of: warehouse)
    let new = place + "/catalog.sqlite.new"
    let wasAtWork = CatalogSeal(of: warehouse.directory)?.writer != nil
    let files = try warehouse.copyCatalog(to: new)
    var (copied, bytes) = (0, 0)
    for (done, file) in files.enumerated() {
      progress(Double(done) / Double(files.count), file.file)
      guard try copy(file, from: warehouse.directory, to: place) else { continue }
      copied += 1
      bytes += file.bytes
    }
    try Files.rename(new, to: place + "/catalog.sqlite")
    try Warehouse.seal(copy: place, of: warehouse.directory, wasAtWork: wasAtWork)
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
    if let refusal = Files.refusal(of: .reading, at: source) { throw refusal }
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

  /// A catalog that is replaced is one of this warehouse as it was: made with it, and with no import that was not here.
  ///
  /// - Throws: `E-WH-002`, and what opening it throws.
  private static func requireEarlier(_ place: String, of warehouse: Warehouse) throws {
    guard Files.exists(place + "/catalog.sqlite") else { return }
    let other = try Warehouse.openEarlier(place)
    let reason = try strangeness(of: other, beside: warehouse)
    try other.close()
    guard let reason else { return }
    throw EvokeError(
      .warehouseExists, place, reason: reason,
      remedy: "name a new folder, or one that holds a backup of this warehouse")
  }

  /// Why a warehouse is no earlier state of another; nil where it may be.
  private static func strangeness(of other: Warehouse, beside warehouse: Warehouse) throws -> String? {
    func origin(_ warehouse: Warehouse) throws -> [String] {
      try warehouse.read { try $0.catalogOrigin() }.map { $0.name + $0.appliedAt }
    }
    guard try origin(other) == origin(warehouse) else { return "it holds another warehouse" }
    let schemas = try [other, warehouse].map { warehouse in try warehouse.read { try $0.appliedMigrations().count } }
    guard schemas[0] <= schemas[1] else {
      return "its catalog has schema \(schemas[0]), which comes after this warehouse's \(schemas[1])"
    }
    // Of who withdrew here nothing says what the backup still holds.
    guard try warehouse.read({ try $0.withdrawals().isEmpty }) else { return nil }
    let here = Set(try warehouse.read { try $0.storedImports() }.map(\.activityKey))
    let strange = try other.read { try $0.storedImports() }.first { !here.contains($0.activityKey) }
    return strange.map { "it holds \($0.verb) \($0.activityKey.prefix(12)), which this warehouse has not" }
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
    for folder in ["arrays", "quarantine"] { try WarehousePath.requireOwn(folder, in: place) }
    for folder in ["", "/arrays", "/quarantine"] { try Files.makeDirectory(place + folder) }
  }
}
