import Diagnostics
import FileSystem
import Foundation

/// Who may write the catalog: the one process that holds `writer.lock` in the warehouse's folder. The file names it, and
/// the lock dies with it.
enum WriterLock {
  static let name = "writer.lock"

  /// The lock for a command; waits for another holder.
  ///
  /// - Throws: `E-WH-003` while another process writes, naming it.
  static func take(_ directory: String, command: String, waiting seconds: Double) throws -> FileLock {
    let process = ProcessInfo.processInfo.processIdentifier
    let holder =
      "pid \(process) (evoke \(command), user \(Machine.userName), host \(Machine.hostname), since \(Machine.now))"
    if let lock = try acquire(directory, holder: holder, waiting: seconds) { return lock }
    let other = FileLock.holder(directory + "/" + name) ?? "another process"
    throw EvokeError(
      .warehouseLocked, directory,
      reason: "the catalog is being written by \(other); waited \(Int(seconds)) s",
      remedy: "wait until it ends, or stop it, and run the same command again")
  }

  /// The lock, or nil while another process holds it.
  static func acquire(_ directory: String, holder: String, waiting seconds: Double) throws -> FileLock? {
    try FileLock.acquire(directory + "/" + name, holder: holder, waiting: seconds)
  }
}
