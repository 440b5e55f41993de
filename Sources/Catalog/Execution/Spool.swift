import FileSystem
import Foundation

/// The private folder in which one execution and its workers exchange tasks and results.
///
/// `tasks/KEY.json` (frozen, never changed), `arrays/KEY/HASH.h5` and `results/KEY.json` (complete once they are there),
/// `order` (unit keys in plan order, one a line), `logs/`.
public struct Spool: Sendable {
  public let directory: String

  public init(_ directory: String) { self.directory = directory }

  /// Makes a new one inside a warehouse.
  static func make(in warehouse: String, run: String) throws -> Spool {
    var name = run
    let suffix = "-\(ProcessInfo.processInfo.processIdentifier)"
    while Files.exists("\(warehouse)/spool/\(name)\(suffix)") { name += "x" }
    let spool = Spool("\(warehouse)/spool/\(name)\(suffix)")
    for folder in ["tasks", "results", "arrays", "logs"] { try Files.makeDirectory("\(spool.directory)/\(folder)") }
    return spool
  }

  /// What interrupted executions left in a warehouse.
  public static func leftovers(in warehouse: String) -> [Spool] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: warehouse + "/spool")) ?? []
    // What stands behind a link was written by nobody's workers.
    return names.sorted().map { Spool("\(warehouse)/spool/\($0)") }.filter { !Files.isLink($0.directory) }
  }

  /// Removes the folder and, when it was the last one, its parent.
  public func remove() {
    try? FileManager.default.removeItem(atPath: directory)
    let parent = Files.folder(of: directory)
    if (try? FileManager.default.contentsOfDirectory(atPath: parent))?.isEmpty == true {
      try? FileManager.default.removeItem(atPath: parent)
    }
  }

  func task(_ key: String) -> String { "\(directory)/tasks/\(key).json" }
  func result(_ key: String) -> String { "\(directory)/results/\(key).json" }
  func arrays(_ key: String) -> String { "\(directory)/arrays/\(key)" }
  /// Stands beside the spools, because it outlives them.
  func partial(_ key: String) -> String {
    let warehouse = Files.folder(of: Files.folder(of: directory))
    return "\(warehouse)/partial/\(key).log"
  }
  func log(_ worker: Int) -> String { "\(directory)/logs/worker-\(worker).txt" }
  var order: String { directory + "/order" }

  /// Keys of the units whose results are there.
  var resultKeys: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory + "/results")) ?? []
    return names.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(".json".count)) }.sorted()
  }

  /// Forgets what a unit left.
  func clear(_ key: String) {
    try? Files.remove(task(key))
    try? Files.remove(result(key))
    try? FileManager.default.removeItem(atPath: arrays(key))
  }

  /// Forgets the parts of a unit that is done.
  func forgetPartial(_ key: String) {
    let path = partial(key)
    try? Files.remove(path)
    let folder = Files.folder(of: path)
    if (try? FileManager.default.contentsOfDirectory(atPath: folder))?.isEmpty == true {
      try? FileManager.default.removeItem(atPath: folder)
    }
  }

  /// What a worker said last on stderr: the line of a trap before its backtrace, else the last line.
  func lastWords(_ worker: Int) -> String {
    guard let data = FileManager.default.contents(atPath: log(worker)), !data.isEmpty else { return "" }
    let lines = String(decoding: data.suffix(1 << 18), as: UTF8.self).split(separator: "\n").filter { !$0.isEmpty }
    let line = lines.first { $0.contains("Fatal error") || $0.contains("Program crashed") } ?? lines.last ?? ""
    return String(line.trimmingCharacters(in: .whitespaces).prefix(300))
  }
}
