import ContentIdentity
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
    for (record, places) in zip(batch.records, arrays.places) {
      try record.enter(entry(places.map { keys[$0] }))
      guard let statement = record.statement, let first = places.first else { continue }
      try connection.insert(ImportStatementRow(arrayID: keys[first], sha256: SHA256.hex(of: statement)))
    }
    if batch.records.contains(where: { type(of: $0).isTable }) {
      let artifact = try connection.artifact(
        kind: "table", name: batch.verb + " " + batch.key.prefix(12), sha256: batch.key)
      try connection.recordGeneration(activity, of: artifact)
    }
    for finding in batch.diagnostics { try enter(finding, activity) }
    for file in batch.setAside {
      for fault in file.faults {
        try connection.insert(
          SetAsideRow(
            activityID: activity, path: SourceFile.absolute(file.path), code: fault.code.id, object: fault.object,
            reason: fault.reason,
            remedy: fault.remedy))
      }
    }
  }

  private func enterDataset() throws -> Int {
    let name = batch.common.dataset
    let before = try connection.consentOfDataset(name: name).first
    let dataset = try connection.identify(DatasetRow(name: name))
    try connection.describeDataset(licence: batch.common.licence, dataset: dataset)
    // A word said later counts where it is stricter than what held; what is new takes its word.
    if let declared = batch.common.consent, try declared.counts(beside: before?.consent, isNew: before == nil) {
      try connection.setDatasetConsent(consent: declared.rawValue, dataset: dataset)
    }
    _ = try connection.identify(CohortRow(name: name, datasetID: dataset))
    return dataset
  }

  private func enterActivity() throws -> Int {
    if try !connection.importByKey(key: batch.key).isEmpty { try connection.dropImport(key: batch.key) }
    let activity = try connection.insert(
      ActivityRow(
        kind: "import", verb: batch.verb, activityKey: batch.key, options: batch.recordedOptions.canonical,
        dataset: batch.common.dataset, state: "done", startedAt: Machine.now))
    if let command = batch.command {
      try connection.insert(
        ImportCommandRow(activityID: activity, folder: command.folder, words: command.json.canonical))
    }
    return activity
  }

  private func enter(_ finding: Diagnostic, _ activity: Int) throws {
    try connection.insert(
      DiagnosticRow(
        activityID: activity, severity: finding.severity.rawValue, code: finding.code.id, object: finding.object,
        reason: finding.reason, remedy: finding.remedy))
  }
}
