import ContentIdentity
import Foundation
import LabelledArrays
import Testing
import Warehouse
import Work

/// A folder that goes away with the test.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "evoke-tests-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// Files beside the tests.
enum Fixture {
  static func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/warehouse/\(name)").path
  }

  static func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }
}

/// A program's exit status and standard output.
func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: program)
  process.arguments = arguments
  let pipe = Pipe()
  process.standardOutput = pipe
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return (process.terminationStatus, String(decoding: data, as: UTF8.self))
}

/// A closed warehouse with the hand-made rows of `view_rows.sql`.
func warehouseWithRows(in folder: TemporaryFolder, adding more: String = "") throws -> String {
  let directory = folder.path + "/rows.evoke"
  try Warehouse.create(at: directory)
  let warehouse = try Warehouse.open(directory, .writing("test"))
  let sql = try Fixture.text("view_rows.sql") + more
  try warehouse.write { try $0.execute(sql) }
  try warehouse.close()
  return directory
}

/// A closed warehouse as an import and one unit leave it: a source file, two annotation arrays in one file, one feature
/// array that a unit made of them. Every key is what it must be.
struct SmallWarehouse {
  let directory: String
  let source: String
  static let imported = ["held/clip/annotation/arousal", "held/clip/annotation/valence"]
  static let derived = "held/clip/original/changes@1"

  init(in folder: TemporaryFolder) throws {
    directory = folder.path + "/small.evoke"
    source = folder.path + "/ratings.csv"
    try "time,arousal,valence\n0,1,2\n1,2,4\n".write(toFile: source, atomically: true, encoding: .utf8)
    try Warehouse.create(at: directory)
    let warehouse = try Warehouse.open(directory, .writing("test"))
    let stored = try Self.writeArrays(warehouse, Self.imported, kind: "annotation", seed: 1)
    let made = try Self.writeArrays(warehouse, [Self.derived], kind: "feature", seed: 2)
    let hash = SHA256.hex(of: Array(try Data(contentsOf: URL(fileURLWithPath: source))))
    try warehouse.write { connection in
      let options: JSONValue = ["name": "clip"]
      let key = JSONValue.object([
        "verb": "import annotations", "options": options, "dataset": "held", "sources": [.string(hash)],
      ]).sha256
      let dataset = try connection.insert("dataset", [("name", "held")])
      try connection.insert("cohort", [("name", "held"), ("dataset_id", .int(dataset))])
      let activity = try Self.activity(
        connection, kind: "import", verb: "import annotations", key: key, options: options)
      let artifact = try connection.artifact(kind: "source", name: source, sha256: hash, bytes: 40)
      try connection.recordUse(activity, of: artifact, as: "source")
      try connection.insert(
        "source_file",
        [("artifact_id", .int(artifact)), ("sha256", .text(hash)), ("path", .text(source)), ("bytes", .int(40))])
      let stimulus = try connection.insert("stimulus", [("dataset_id", .int(dataset)), ("name", "clip")])
      for (array, name) in zip(stored, ["arousal", "valence"]) {
        let key = try connection.enter(array, activity: activity)
        try connection.insert(
          "annotation_series", Self.series(name, dataset: dataset, stimulus: stimulus, activity: activity, array: key))
      }
      try Self.enterUnit(connection, uses: stored[0], makes: made[0])
    }
    try warehouse.close()
  }

  private static func activity(
    _ connection: Connection, kind: String, verb: String, key: String, options: JSONValue
  ) throws -> Int {
    try connection.insert(
      "activity",
      [
        ("kind", .text(kind)), ("verb", .text(verb)), ("activity_key", .text(key)),
        ("options", .text(options.canonical)),
        ("dataset", "held"), ("state", "done"), ("started_at", "2026-01-01T00:00:00Z"),
      ])
  }

  private static func series(_ name: String, dataset: Int, stimulus: Int, activity: Int, array: Int)
    -> [(String, SQLValue)]
  {
    [
      ("activity_id", .int(activity)), ("dataset_id", .int(dataset)), ("stimulus_id", .int(stimulus)),
      ("name", .text(name)),
      ("kind", "rating"), ("scale_low", .real(0)), ("scale_high", .real(1)), ("scale_is_observed", .int(1)),
      ("sample_count", .int(50)), ("first_s", .real(0)), ("last_s", .real(49)), ("missing_count", .int(1)),
      ("array_id", .int(array)),
    ]
  }

  private static func enterUnit(_ connection: Connection, uses input: StoredArray, makes output: StoredArray) throws {
    let reference = ArrayReference(
      name: input.description.name, file: input.file, path: input.path, sha256: input.sha256)
    let unit = WorkUnit(
      step: "changes", version: 1, parameters: ["order": 1], inputs: [.array(role: "features", reference)],
      label: "changes of arousal")
    let inputs = JSONValue.array(unit.inputs.map { .array([.string($0.role), .string($0.hash)]) })
    let result = ResultHash.of([], unit: unit.key, arrays: [(output.description.name, output.sha256)])
    try connection.insert(
      "unit",
      [
        ("unit_key", .text(unit.key)), ("step", "changes"), ("version", .int(1)),
        ("parameters", .text(unit.parameters.canonical)), ("inputs", .text(inputs.canonical)),
        ("label", .text(unit.label)),
        ("state", "done"), ("result_sha256", .text(result)),
      ])
    let activity = try activity(connection, kind: "unit", verb: "changes", key: unit.key, options: unit.parameters)
    let used = try connection.artifact(kind: "array", name: input.description.name, sha256: input.sha256)
    try connection.recordUse(activity, of: used, as: "features")
    try connection.enter(output, activity: activity)
    let artifact = try connection.artifact(kind: "result", name: unit.key, sha256: result)
    try connection.recordGeneration(activity, of: artifact)
    let plan = Plan(
      studyName: "small", kind: "layer_sweep", definition: ["study": "small"], seed: 1, units: [unit], notes: [])
    let study = try connection.insert(
      "study",
      [
        ("name", "small"), ("kind", "layer_sweep"), ("sha256", .text(plan.definition.sha256)),
        ("definition", .text(plan.definition.canonical)),
      ])
    try connection.insert(
      "run",
      [
        ("run_id", .text(plan.runID)), ("study_id", .int(study)), ("plan_sha256", .text(plan.sha256)),
        ("seed", .int(1)),
        ("generator", "philox4x32-10"), ("purpose", "results"), ("is_current", .int(1)),
        ("planned_at", "2026-01-01T00:00:00Z"),
      ])
    try connection.insert(
      "run_unit", [("run_id", .text(plan.runID)), ("position", .int(0)), ("unit_key", .text(unit.key))])
  }

  private static func writeArrays(_ warehouse: Warehouse, _ names: [String], kind: String, seed: Int) throws
    -> [StoredArray]
  {
    let writer = try ArrayFileWriter(in: warehouse.directory + "/arrays")
    for (i, name) in names.enumerated() {
      var description = ArrayDescription(name: name, kind: kind)
      description.dataset = "held"
      description.stimulus = "clip"
      description.rateHz = 1
      var values = (0..<150).map { Float(($0 * 7 + i * 3 + seed) % 11) / 7 }
      values[17] = .nan
      let axes = [Axis.time((0..<50).map(Double.init)), Axis.labels("feature", ["aé", "b", "c"])]
      try writer.add(description, group: "g\(i)", LabelledArray(axes: axes, values: values, units: "au"))
    }
    return try writer.finish()
  }
}
