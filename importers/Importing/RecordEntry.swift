import Foundation
import Warehouse

/// What a record enters its rows with: the catalog, the keys of its import and arrays, and the rows others share.
package struct RecordEntry {
  package let connection: Connection
  /// Keys of the import's activity and of the dataset.
  package let activity: Int
  package let dataset: Int
  package let common: CommonOptions
  /// Keys of the record's arrays, in their order.
  package let arrays: [Int]

  /// The key of a file the import read, entered where it is new.
  ///
  /// A source is recorded by its absolute path, because later commands may run in another folder; one that is part of
  /// the program by its name.
  @discardableResult
  package func sourceFile(_ source: SourceFile) throws -> Int {
    let path = source.isBuiltIn ? source.path : URL(fileURLWithPath: source.path).standardizedFileURL.path
    let artifact = try connection.artifact(kind: "source", name: path, sha256: source.sha256, bytes: source.bytes)
    try connection.recordUse(activity, of: artifact, as: "source")
    let key = try connection.identify(
      "source_file", [("sha256", .text(source.sha256))],
      also: [("artifact_id", .int(artifact)), ("path", .text(path)), ("bytes", .int(source.bytes))])
    try connection.execute(
      """
      UPDATE source_file SET path = :path, licence = coalesce(:licence, licence), consent = coalesce(:consent, consent)
      WHERE source_file_id = :id
      """,
      [
        "path": .text(path), "licence": .optional(common.licence), "consent": .optional(common.consent),
        "id": .int(key),
      ])
    return key
  }

  /// The stimulus of that name, made where it is new; `durationS` raises the duration of one without media.
  @discardableResult
  package func stimulus(_ name: String, durationS: Double? = nil) throws -> Int {
    let key = try connection.identify("stimulus", [("dataset_id", .int(dataset)), ("name", .text(name))])
    if let durationS {
      try connection.execute(
        """
        UPDATE stimulus SET duration_s = max(coalesce(duration_s, 0), :s)
        WHERE stimulus_id = :id AND source_file_id IS NULL
        """,
        ["s": .real(durationS), "id": .int(key)])
    }
    return key
  }

  /// The subject of that name, made where it is new.
  package func subject(_ name: String) throws -> Int { try named("subject", name) }

  /// The rater of that name, made where it is new.
  package func rater(_ name: String) throws -> Int { try named("rater", name) }

  /// The acquisition run of that name, made where it is new.
  package func run(_ name: String) throws -> Int { try named("acquisition_run", name) }

  private func named(_ table: String, _ name: String) throws -> Int {
    try connection.identify(table, [("dataset_id", .int(dataset)), ("name", .text(name))])
  }

  /// The session of that name of a subject, made where it is new; nil where either is not given.
  package func session(_ name: String?, of subject: Int?) throws -> Int? {
    guard let name, let subject else { return nil }
    return try connection.identify("session", [("subject_id", .int(subject)), ("name", .text(name))])
  }

  package func enter(_ alignment: Alignment) throws {
    try connection.insert(
      "alignment", [("activity_id", .int(activity)), ("dataset", .text(common.dataset))] + alignment.row)
  }
}
