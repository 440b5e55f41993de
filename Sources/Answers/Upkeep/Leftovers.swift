import Diagnostics
import FileSystem
import Foundation
import Warehouse

/// What an interruption left: temporary files, arrays no row names, workers' folders, attempts without an end.
public struct Leftover: Sendable, Equatable {
  /// Relative to the warehouse, or the attempt.
  public let path: String
  public let what: String
  public let bytes: Int
  let isFile: Bool
}

/// Finds and removes leftovers. None of them is a failure: nothing refers to them.
public enum Leftovers {
  /// Every leftover; temporary files of processes that still run are not.
  public static func find(in warehouse: Warehouse) throws -> [Leftover] {
    let (rows, attempts) = try warehouse.read { connection in
      (try connection.arrayFiles(), try connection.openAttempts())
    }
    let known = Set(rows.map(\.file))
    var found: [Leftover] = []
    for path in files(below: warehouse.directory, folder: "arrays") where !known.contains(path) {
      let name = (path as NSString).lastPathComponent
      let isTemporary = name.hasPrefix(".tmp-") || name.contains(".tmp-")
      if isTemporary, belongsToRunningProcess(name) { continue }
      found.append(
        Leftover(
          path: path, what: isTemporary ? "temporary file" : "array file without a row",
          bytes: size(warehouse.directory + "/" + path), isFile: true))
    }
    // What others have put beside the catalog is theirs, whatever it is called.
    for path in try top(of: warehouse.directory)
    where path.wholeMatch(of: /catalog\.sqlite.*\.tmp-[0-9]+/) != nil && !belongsToRunningProcess(path) {
      found.append(
        Leftover(path: path, what: "temporary file", bytes: size(warehouse.directory + "/" + path), isFile: true))
    }
    for spool in try top(of: warehouse.directory + "/spool")
    where spool.split(separator: "-").last.map(Machine.isRunning) != true {
      let path = "spool/" + spool
      let bytes = files(below: warehouse.directory, folder: path).reduce(0) {
        $0 + size(warehouse.directory + "/" + $1)
      }
      found.append(Leftover(path: path, what: "workers' folder of an interrupted run", bytes: bytes, isFile: true))
    }
    for name in try top(of: warehouse.directory + "/partial") {
      let path = "partial/" + name
      found.append(
        Leftover(
          path: path, what: "finished parts of an interrupted unit", bytes: size(warehouse.directory + "/" + path),
          isFile: true))
    }
    for attempt in attempts {
      let label = "attempt \(attempt.attemptID) of \(attempt.label)"
      found.append(Leftover(path: label, what: "attempt without an end", bytes: 0, isFile: false))
    }
    return found
  }

  /// Removes every leftover and returns them.
  public static func remove(from warehouse: Warehouse) throws -> [Leftover] {
    let found = try find(in: warehouse)
    for leftover in found where leftover.isFile { try Files.removeAll(warehouse.directory + "/" + leftover.path) }
    if found.contains(where: { !$0.isFile }) {
      try warehouse.write { try $0.removeOpenAttempts() }
    }
    for folder in try top(of: warehouse.directory + "/arrays").map({ "arrays/" + $0 }) + ["spool", "partial"] {
      let path = warehouse.directory + "/" + folder
      guard Files.kind(of: path) == .folder, try Files.names(in: path).isEmpty else { continue }
      // Somebody may have begun to fill it.
      try? FileManager.default.removeItem(atPath: path)
    }
    return found
  }

  /// Paths of files below a folder, relative to `root`, sorted.
  static func files(below root: String, folder: String) -> [String] {
    // A folder that is a link is another's; links inside are not followed by the walker.
    guard !Files.isLink(root + "/" + folder),
      let walker = FileManager.default.enumerator(atPath: root + "/" + folder)
    else { return [] }
    var paths: [String] = []
    for case let path as String in walker {
      guard let kind = Files.kind(of: "\(root)/\(folder)/\(path)"), kind != .folder else { continue }
      paths.append("\(folder)/\(path)")
    }
    return paths.sorted()
  }

  private static func top(of folder: String) throws -> [String] {
    Files.exists(folder) && !Files.isLink(folder) ? try Files.names(in: folder).sorted() : []
  }

  /// Bytes of a file; none of what is no file, or gone meanwhile.
  private static func size(_ path: String) -> Int { Files.size(of: path) ?? 0 }

  /// `.tmp-PID-…` of a process of this machine that runs.
  private static func belongsToRunningProcess(_ name: String) -> Bool {
    guard let start = name.firstRange(of: "tmp-")?.upperBound else { return false }
    return Machine.isRunning(name[start...].prefix { $0.isNumber })
  }
}
