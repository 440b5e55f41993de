import Diagnostics
import FileSystem
import Foundation
import GRDB

/// Reads a catalog whatever the end of its last writer left beside it.
///
/// A rollback journal or write-ahead log is taken in by the next reader that may write to the folder. On media that are only
/// read it is taken in within a private copy.
enum CatalogRecovery {
  static let journals = ["-journal", "-wal"]

  /// A connection that reads the catalog of a folder.
  ///
  /// - Throws: `E-WH-003` where a journal lies on media that are only read and its writer is at work, `E-WH-022` where
  ///   there is no place for the private copy, `DatabaseError`.
  static func reader(of directory: String) throws -> DatabaseQueue {
    let catalog = directory + "/catalog.sqlite"
    guard isUnsettled(catalog) else { return try connect(catalog) }
    settle(directory, waiting: 0)
    do { return try connect(catalog) } catch let error as DatabaseError where isOfJournal(error) {
      // Another process may be taking it in.
      settle(directory, waiting: 5)
      do { return try connect(catalog) } catch let error as DatabaseError where isOfJournal(error) {
        return try privateCopy(of: directory)
      }
    }
  }

  /// Whether a journal stands beside the catalog, or its head asks for a write-ahead log.
  private static func isUnsettled(_ catalog: String) -> Bool {
    journals.contains { Files.exists(catalog + $0) } || Files.head(of: catalog, count: 20).suffix(2).contains(2)
  }

  /// What SQLite says where it may not write what a journal asks for.
  private static func isOfJournal(_ error: DatabaseError) -> Bool {
    [.SQLITE_READONLY, .SQLITE_CANTOPEN].contains(error.resultCode)
  }

  /// Opening reads the catalog's first page, and with it says whether a journal has to be taken in.
  private static func connect(_ catalog: String) throws -> DatabaseQueue {
    try DatabaseQueue(path: catalog, configuration: Warehouse.configuration(readOnly: true))
  }

  /// Makes the catalog one plain file again, when nobody writes and this user may.
  ///
  /// Where that fails (a full disk, say), the catalog is read with its journal, or the reading says why it cannot be.
  private static func settle(_ directory: String, waiting seconds: Double) {
    guard Files.refusal(of: .writing, at: directory) == nil else { return }
    do {
      let holder =
        "a reader (pid \(ProcessInfo.processInfo.processIdentifier)) that takes in an interrupted writer's journal"
      guard let lock = try WriterLock.acquire(directory, holder: holder, waiting: seconds) else { return }
      defer { lock.release() }
      try makePlain(directory + "/catalog.sqlite", waiting: seconds)
    } catch {
      return
    }
  }

  private static func makePlain(_ catalog: String, waiting seconds: Double = 0) throws {
    var configuration = Warehouse.configuration(readOnly: false)
    configuration.busyMode = seconds > 0 ? .timeout(seconds) : .immediateError
    let queue = try DatabaseQueue(path: catalog, configuration: configuration)
    try Warehouse.takeInJournal(queue)
    try queue.close()
  }

  /// The catalog with its journal where this process may write, taken in there. The copy is off the disk once it is open, so
  /// that nothing is left of it whatever ends this process.
  private static func privateCopy(of directory: String) throws -> DatabaseQueue {
    let catalog = directory + "/catalog.sqlite"
    guard !FileLock.isHeld(directory + "/" + WriterLock.name) else {
      throw EvokeError(
        .warehouseLocked, directory, reason: "the journal beside the catalog is that of a writer at work",
        remedy: "wait until it ends and run the same command again")
    }
    let scratch = try PrivateFolder("catalog")
    defer { scratch.remove() }
    let copy = scratch.path + "/catalog.sqlite"
    for suffix in [""] + journals where Files.exists(catalog + suffix) {
      try Files.copy(catalog + suffix, to: copy + suffix)
      try Files.setMode(copy + suffix, 0o600)
    }
    try makePlain(copy)
    return try connect(copy)
  }
}
