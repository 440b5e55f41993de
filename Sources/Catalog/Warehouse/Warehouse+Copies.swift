import Diagnostics
import FileSystem
import Foundation
import GRDB
import Schema

extension Warehouse {
  /// An array file that a catalog names.
  public struct ArrayFile: Sendable {
    /// Relative to the warehouse.
    public let file: String
    public let sha256: String
    /// Of its arrays before compression.
    public let bytes: Int
  }

  /// Copies the catalog, as one consistent read of it, to a new plain file; the array files that the copy names.
  public func copyCatalog(to path: String) throws -> [ArrayFile] {
    for suffix in ["", "-journal", "-wal", "-shm"] { try Files.remove(path + suffix) }
    return try Connection.translated {
      let copy = try DatabaseQueue(path: path, configuration: Self.configuration(readOnly: false))
      try copyPages(to: copy)
      try Self.takeInJournal(copy)
      let rows = try copy.read { try Connection($0).arrayFiles() }
      try copy.close()
      try Files.synchronise(path)
      return Dictionary(grouping: rows, by: \.file).sorted { $0.key < $1.key }.map { file, arrays in
        ArrayFile(file: file, sha256: arrays[0].fileSHA256, bytes: arrays.reduce(0) { $0 + $1.bytes })
      }
    }
  }

  /// Seals a copy of a catalog; of one that was being written the program's own records are hashed as they were copied.
  ///
  /// - Parameter wasAtWork: whether it was when the copy began: its writer may have ended since.
  public static func seal(copy directory: String, of original: String, wasAtWork: Bool = false) throws {
    if wasAtWork || CatalogSeal(of: original)?.writer != nil {
      try Connection.translated {
        let copy = try DatabaseQueue(path: directory + "/catalog.sqlite", configuration: configuration(readOnly: false))
        try copy.write { try Connection($0).seal(HashedTables.current.records) }
        try takeInJournal(copy)
        try copy.close()
      }
    }
    try CatalogSeal.set(directory)
  }

  /// Seals a catalog that was unpacked, as what wrote it has vouched for its bytes, and brings one of an earlier schema up to
  /// date; whether it was one.
  @discardableResult
  public static func sealUnpacked(_ directory: String) throws -> Bool {
    try CatalogSeal.set(directory)
    let applied: Int
    do {
      let catalog = try openEarlier(directory)
      applied = try catalog.read { try $0.appliedMigrations().count }
      try catalog.close()
    } catch is EvokeError {
      // Whoever opens it says what is wrong with it.
      return false
    }
    guard applied < Schema.migrations.count else { return false }
    // What it was unpacked of holds it as it was.
    try open(directory, .writing("archive"), creating: false, keepsCopy: false).close()
    return true
  }

  /// What is wrong with a warehouse's catalog: none is there, SQLite finds damage, or rows are not what was written; nil:
  /// nothing.
  ///
  /// - Parameter readsOnly: rows are not compared, which renews the seal of a catalog whose rows are right.
  /// - Throws: what is no damage: a lock, a permission, another program's catalog.
  public static func catalogDamage(_ directory: String, readsOnly: Bool = false) throws -> EvokeError? {
    do {
      let warehouse = try open(directory, .reading)
      let damage = try warehouse.health().damage
      try warehouse.close()
      if let first = damage.first {
        return EvokeError(
          .catalogFailed, directory + "/catalog.sqlite", reason: first, remedy: "put a backup in its place")
      }
      if !readsOnly { try open(directory, .writing("repair"), creating: false, comparesBytes: true).close() }
      return nil
    } catch let error as EvokeError where [.catalogFailed, .notAWarehouse, .catalogEdited].contains(error.code) {
      return error
    }
  }

  /// Puts a copy of another warehouse's catalog in place of a damaged one, which is moved into quarantine.
  ///
  /// - Returns: where the damaged one is now, relative to the warehouse; nil where there was none.
  public static func replaceCatalog(of directory: String, by other: String) throws -> String? {
    let lock = try WriterLock.take(directory, command: "repair", waiting: 5)
    defer { lock.release() }
    let catalog = directory + "/catalog.sqlite"
    let new = catalog + ".new"
    try Files.remove(new)
    try Files.copy(other + "/catalog.sqlite", to: new)
    var aside: String?
    for suffix in ["-shm", "-wal", "-journal", ".sha256", ""] where Files.exists(catalog + suffix) {
      // Who is cut off leaves a catalog in its place, without which nobody finds the warehouse.
      let placement = ArrayPlacement(directory: directory, catalog: "catalog.sqlite" + suffix)
      aside = try placement.setAside(stays: suffix.isEmpty)
    }
    try Files.rename(new, to: catalog)
    try seal(copy: directory, of: other)
    return aside
  }
}
