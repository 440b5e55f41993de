import Execution
import ExecutionWorker
import Foundation
import LabelledArrays
import Testing
import Warehouse
import Work

/// A warehouse in a temporary folder that is removed with it.
final class ToyWarehouse {
  let directory: String
  let warehouse: Warehouse

  init() throws {
    directory = NSTemporaryDirectory() + "evoke-execution-\(UUID().uuidString)"
    try Warehouse.create(at: directory)
    warehouse = try Warehouse.open(directory, .writing("test"))
  }

  /// Opens one that another process has left.
  init(adopting directory: String) throws {
    self.directory = directory
    warehouse = try Warehouse.open(directory, .writing("test"))
  }

  deinit {
    try? warehouse.close()
    try? FileManager.default.removeItem(atPath: directory)
  }

  var arrayFiles: [String] {
    let all = FileManager.default.enumerator(atPath: directory + "/arrays")?.compactMap { $0 as? String } ?? []
    return all.filter { $0.hasSuffix(".h5") }.sorted()
  }

  var hasSpool: Bool { FileManager.default.fileExists(atPath: directory + "/spool") }

  func rows(_ sql: String) throws -> [[SQLValue]] {
    try warehouse.read { try $0.rows(sql).map(\.values) }
  }

  func count(_ table: String) throws -> Int { try rows("SELECT count(*) FROM \"\(table)\"")[0][0].int ?? -1 }

  /// Every result without keys, in an order of its own.
  func dump() throws -> [String] {
    let queries = [
      "SELECT name, expected, observed, pass, unit_key FROM \"check\"", "SELECT * FROM fit", "SELECT * FROM fold_score",
      "SELECT unit_key, step, version, parameters, inputs, label, state, message, result_sha256 FROM unit",
      "SELECT name, kind, stimulus, shape, bytes, units, parameters, file, path, logical_sha256 FROM stored_array",
      "SELECT a.name, x.position, x.name, x.length, x.units, x.first, x.step FROM array_axis x JOIN stored_array a USING (array_id)",
      """
      SELECT y.activity_key, y.verb, y.options, f.kind, f.name, f.sha256, u.role FROM activity y
      JOIN used u USING (activity_id) JOIN artifact f USING (artifact_id)
      """,
      """
      SELECT y.activity_key, f.kind, f.name, f.sha256 FROM activity y
      JOIN generated g USING (activity_id) JOIN artifact f USING (artifact_id)
      """,
      "SELECT run_id, position, unit_key FROM run_unit", "SELECT run_id, plan_sha256, seed, is_current FROM run",
      "SELECT name, kind, sha256, definition FROM study", "SELECT unit_key, state, code, message FROM attempt",
    ]
    return try queries.flatMap { query in
      try rows(query).map { $0.map { "\($0)" }.joined(separator: " | ") }.sorted()
    }
  }

  /// An imported array of the numbers from `value` on.
  func importSeries(_ name: String, value: Float) throws -> ArrayReference {
    let writer = try ArrayFileWriter(in: directory + "/arrays")
    try writer.add(
      ArrayDescription(name: name, kind: "annotation"), group: "series",
      LabelledArray(axes: [.time([0, 1])], values: [value, value + 1]))
    let stored = try writer.finish()
    try warehouse.write { connection in
      let activity = try connection.insert(
        "activity",
        [
          ("kind", "import"), ("verb", "import features"), ("activity_key", .text(name)), ("options", "{}"),
          ("state", "done"), ("started_at", "2025-01-01T00:00:00Z"),
        ])
      for array in stored { try connection.enter(array, activity: activity) }
    }
    return ArrayReference(
      name: name, file: directory + "/" + stored[0].file, path: stored[0].path, sha256: stored[0].sha256)
  }
}

/// Makers of toy units and plans.
enum Toy {
  static func series(
    _ label: String, _ behaviour: ToyBehaviour = ToyBehaviour(), inputs: [WorkUnit.Input] = []
  ) -> WorkUnit {
    ToyPlans.series(label, behaviour, inputs: inputs)
  }

  static func sum(_ label: String, of units: [WorkUnit]) -> WorkUnit { ToyPlans.sum(label, of: units) }

  static func plan(_ units: [WorkUnit], study: String = "toy", draws: Int = 1) -> Plan {
    ToyPlans.plan(units, study: study, draws: draws)
  }

  static func broad() -> Plan { ToyPlans.broad() }

  /// The toy worker beside the test program.
  static var launch: WorkerLaunch { worker([]) }

  static func worker(_ arguments: [String]) -> WorkerLaunch {
    let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return .processes(
      executable: (program as NSString).deletingLastPathComponent + "/ExecutionWorker", arguments: arguments)
  }
}
