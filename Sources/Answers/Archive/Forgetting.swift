import Diagnostics
import FileSystem
import Foundation
import Warehouse

/// Takes an import out of the warehouse: its rows, its arrays and, when asked, everything computed from it.
public enum Forgetting {
  /// What was, or would be, taken out.
  public struct Outcome: Sendable {
    public let verb: String
    public let dataset: String
    public let source: String
    /// Units whose results go with it.
    public let units: [String]
    /// Array files that go with it.
    public let files: [String]
  }

  /// Forgets the one import that `name` speaks of: a source path or its last part, the first digits of the import's key,
  /// or an array, stimulus, model or atlas it brought. The import stays in `import_log` as forgotten.
  ///
  /// - Throws: `E-WH-010` when no import fits, `E-QRY-007` when several do, `E-QRY-006` when results depend on it and
  ///   `cascade` is not given. One transaction: everything or nothing.
  public static func forget(_ name: String, in warehouse: Warehouse, cascade: Bool, dryRun: Bool) throws -> Outcome {
    let found = try theImport(name, in: warehouse)
    // Recordings reduced by an atlas go with the atlas.
    let further = try warehouse.read { try $0.report("imports_that_need", ["import": found["activity_id"]]) }
    let units = try units(of: further + [found], warehouse)
    let labels =
      further.map { "\($0.text("verb")) \($0.text("activity_key").prefix(12))" } + units.map { $0.text("label") }
    if !labels.isEmpty, !cascade {
      throw EvokeError(
        .stillNeeded, name,
        reason: "\(units.count) units were computed from it, \(further.count) imports made with it: "
          + labels.prefix(3).joined(separator: "; "),
        remedy: "add --cascade to forget them too")
    }
    let before = try files(warehouse)
    if !dryRun {
      try warehouse.write { connection in
        for unit in units { try dropResults(of: unit, connection) }
        for one in further + [found] { try dropImport(one, connection) }
        for report in sweeps { _ = try connection.report(report) }
      }
    }
    let gone = dryRun ? [] : before.subtracting(try files(warehouse)).sorted()
    for file in gone { try Files.remove(warehouse.directory + "/" + file) }
    return Outcome(
      verb: found.text("verb"), dataset: found.text("dataset"), source: found.text("source"), units: labels, files: gone
    )
  }

  /// Units that need any of the imports, each once.
  private static func units(of imports: [SQLRow], _ warehouse: Warehouse) throws -> [SQLRow] {
    var seen: Set<Int> = []
    return try imports.flatMap { one in
      try warehouse.read { try $0.report("units_that_need", ["import": one["activity_id"]]) }
    }.filter { seen.insert($0.int("activity_id")).inserted }
  }

  /// In this order: each empties what the next one looks at.
  private static let sweeps = [
    "drop_unused_spaces", "drop_unused_stimuli", "drop_unused_sessions", "drop_unused_subjects", "drop_unused_raters",
    "drop_unused_runs", "drop_unused_datasets", "drop_unused_source_files", "drop_unused_artifacts",
  ]

  private static func theImport(_ name: String, in warehouse: Warehouse) throws -> SQLRow {
    let path = URL(fileURLWithPath: name).standardizedFileURL.path
    let rows = try warehouse.read { try $0.report("imports_matching", ["name": .text(name), "path": .text(path)]) }
    if rows.count > 1 {
      let list = rows.map { "\($0.text("verb")) \($0.text("source")) (\($0.text("activity_key").prefix(12)))" }
      throw EvokeError(
        .ambiguousName, name, reason: "it fits \(list.joined(separator: "; "))",
        remedy: "name one by the digits in brackets")
    }
    guard let row = rows.first else {
      throw EvokeError(
        .unknownName, name, reason: "no import that stands brought it",
        remedy: "evoke query import_log lists the imports")
    }
    return row
  }

  /// Results of one unit; the unit itself stays, to be computed again where its study still asks for it.
  private static func dropResults(of unit: SQLRow, _ connection: Connection) throws {
    let tables = [
      "group_test", "contrast", "sweep_layer", "lag_score", "check", "family", "synchrony", "synchrony_contrast",
      "stem",
      "fit", "recording_preparation", "channel_quality", "component_quality",
    ]
    for table in tables {
      _ = try connection.report("drop_\(table)_of_unit", ["unit": unit["unit_key"]])
    }
    _ = try connection.report("reopen_unit", ["unit": unit["unit_key"]])
    _ = try connection.report("drop_activity", ["activity": unit["activity_id"]])
  }

  /// The import's rows; a row that says it was there and is forgotten stays, with its sources.
  private static func dropImport(_ found: SQLRow, _ connection: Connection) throws {
    let activity = found["activity_id"]
    let sources = try connection.report("import_sources", ["import": activity])
    let rows = try connection.report("activity_row", ["activity": activity])
    for report in ["drop_streams", "drop_elements", "release_media", "drop_activity"] {
      _ = try connection.report(report, ["activity": activity])
    }
    for row in rows {
      let values = zip(row.columns, row.values).map { ($0, $0 == "state" ? SQLValue.text("forgotten") : $1) }
      let key = try connection.insert("activity", values)
      for source in sources { try connection.recordUse(key, of: source.int("artifact_id"), as: source.text("role")) }
    }
  }

  private static func files(_ warehouse: Warehouse) throws -> Set<String> {
    Set(try warehouse.read { try $0.report("array_files") }.map { $0.text("file") })
  }
}
