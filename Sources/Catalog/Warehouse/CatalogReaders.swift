import Diagnostics
import FileSystem
import Foundation

/// Programs that read a catalog in a transaction while this process, the only writer, wants to change it.
enum CatalogReaders {
  /// A lock that the body meets is a reader's, and is reported as one.
  ///
  /// - Throws: `E-WH-021` in place of `E-WH-003`.
  static func named<T>(_ directory: String, _ body: () throws -> T) throws -> T {
    do { return try body() } catch let error as EvokeError where error.code == .warehouseLocked {
      let catalog = directory + "/catalog.sqlite"
      let found = Set((processes(locking: catalog) + processes(locking: catalog + "-shm")).map(named)).sorted()
      throw EvokeError(
        .catalogRead, catalog,
        reason: (found.isEmpty ? "another program" : found.joined(separator: ", "))
          + " reads it in a transaction that has not ended",
        remedy: "end that and run the same command again")
    }
  }

  /// Other processes with a lock on a file, as far as the system tells: its list names files by their inodes.
  private static func processes(locking path: String) -> [Int] {
    guard let inode = Files.fingerprint(path)?.last else { return [] }
    let own = Int(ProcessInfo.processInfo.processIdentifier)
    let list = String(decoding: Files.head(of: "/proc/locks", count: 1 << 20), as: UTF8.self)
    // 1: POSIX  ADVISORY  READ 4711 08:01:3145 1073741826 1073742335
    return list.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count >= 6, words[1] == "POSIX", words[5].split(separator: ":").last.map(String.init) == "\(inode)",
        let process = Int(words[4]), process > 0, process != own
      else { return nil }
      return process
    }
  }

  private static func named(_ process: Int) -> String {
    let name = String(decoding: Files.head(of: "/proc/\(process)/comm", count: 64), as: UTF8.self)
      .trimmingCharacters(in: .whitespacesAndNewlines)
    return (name.isEmpty ? "a program" : name) + " (pid \(process))"
  }
}
