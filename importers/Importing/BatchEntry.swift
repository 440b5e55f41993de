import Diagnostics
import FileSystem
import Warehouse

/// Enters one batch into the catalog, inside the caller's transaction.
struct BatchEntry {
  let batch: ImportBatch
  let connection: Connection

  /// The dataset, the import's activity, its sources, its arrays, every record in the batch's order, the findings.
  ///
  /// - Parameter stored: the arrays of `BatchArrays`, in its order.
  func enter(_ stored: [StoredArray], of arrays: BatchArrays) throws {
    let dataset = try enterDataset()
    let activity = try enterActivity()
    func entry(_ arrays: [Int]) -> RecordEntry {
      RecordEntry(
        connection: connection, activity: activity, dataset: dataset, common: batch.common, arrays: arrays)
    }
    for source in batch.sources { try entry([]).sourceFile(source) }
    for array in batch.usedArrays {
      let artifact = try connection.artifact(kind: "array", name: array.name, sha256: array.sha256)
      try connection.recordUse(activity, of: artifact, as: array.role)
    }
    let keys = try stored.map { try connection.enter($0, activity: activity) }
    for (record, places) in zip(batch.records, arrays.places) { try record.enter(entry(places.map { keys[$0] })) }
    if batch.records.contains(where: { type(of: $0).isTable }) {
      let artifact = try connection.artifact(
        kind: "table", name: batch.verb + " " + batch.key.prefix(12), sha256: batch.key)
      try connection.recordGeneration(activity, of: artifact)
    }
    for finding in batch.diagnostics { try enter(finding, activity) }
  }

  private func enterDataset() throws -> Int {
    let name = SQLValue.text(batch.common.dataset)
    let dataset = try connection.identify("dataset", [("name", name)])
    try connection.execute(
      """
      UPDATE dataset SET licence = coalesce(:licence, licence), consent = coalesce(:consent, consent)
      WHERE dataset_id = :id
      """,
      ["licence": .optional(batch.common.licence), "consent": .optional(batch.common.consent), "id": .int(dataset)])
    _ = try connection.identify("cohort", [("name", name)], also: [("dataset_id", .int(dataset))])
    return dataset
  }

  private func enterActivity() throws -> Int {
    try connection.execute("DELETE FROM activity WHERE activity_key = :key", ["key": .text(batch.key)])
    return try connection.insert(
      "activity",
      [
        ("kind", "import"), ("verb", .text(batch.verb)), ("activity_key", .text(batch.key)),
        ("options", .text(batch.recordedOptions.canonical)), ("dataset", .text(batch.common.dataset)),
        ("state", "done"),
        ("started_at", .text(Machine.now)),
      ])
  }

  private func enter(_ finding: Diagnostic, _ activity: Int) throws {
    try connection.insert(
      "diagnostic",
      [
        ("activity_id", .int(activity)), ("severity", .text(finding.severity.rawValue)),
        ("code", .text(finding.code.id)), ("object", .text(finding.object)), ("reason", .text(finding.reason)),
        ("remedy", .text(finding.remedy)),
      ])
  }
}
