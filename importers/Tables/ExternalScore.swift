import Diagnostics
import Importing
import Warehouse

/// A score of another program: a row of its table, of which nothing is judged here.
package struct ExternalScore: ImportRecord, Equatable {
  /// Name of the table.
  package var name: String
  package var dataset: String
  /// What the row tells, by column; columns that it leaves out are not there.
  package var texts: [String: String]
  package var numbers: [String: Double]

  package static let noun = "external score"
  package static let isTable = true
  package var names: [(noun: String, text: String)] {
    [("table of scores", name), ("dataset", dataset)]
      + ["cohort", "subject", "session", "rater"].compactMap { noun in texts[noun].map { (noun, $0) } }
  }

  /// - Returns: `E-SCO-003` where other bytes brought a table of this name.
  package func conflict(in place: ImportPlace) throws -> EvokeError? {
    guard let earlier = try place.connection.externalScoresNamed(name: name).first else { return nil }
    return EvokeError(
      .scoresNamedTwice, "table of scores \(name)", reason: "\(earlier.path) brought it, from other bytes or options",
      remedy: "evoke forget \(earlier.path), or give another --name")
  }

  /// The table, of which the catalog has one of that name or none.
  package var contested: String? { name }

  /// The row of table `external_score`.
  package func enter(_ entry: RecordEntry) throws {
    if dataset != entry.common.dataset { try enterDataset(entry) }
    try entry.connection.insert(try row(of: entry.activity))
  }

  /// A further dataset of the table takes the import's licence and consent as its first one does.
  private func enterDataset(_ entry: RecordEntry) throws {
    let before = try entry.connection.consentOfDataset(name: dataset).first
    let key = try entry.connection.identify(DatasetRow(name: dataset))
    try entry.connection.describeDataset(licence: entry.common.licence, dataset: key)
    if let consent = entry.common.consent, try consent.counts(beside: before?.consent, isNew: before == nil) {
      try entry.connection.setDatasetConsent(consent: consent.rawValue, dataset: key)
    }
    _ = try entry.connection.identify(CohortRow(name: dataset, datasetID: key))
  }

  /// As the table says, else the table's name.
  var study: String { texts["study"] ?? name }
  /// As the table says, else the dataset.
  var cohort: String { texts["cohort"] ?? dataset }

  private func count(_ column: String) -> Int? { numbers[column].map { Int($0) } }

  private func text(_ column: String) throws -> String {
    guard let text = texts[column] else { preconditionFailure("a score without its \(column) was read") }
    return text
  }

  private func row(of activity: Int) throws -> ExternalScoreRow {
    guard let r = numbers["r"], let stimuli = count("stimulus_count") else {
      preconditionFailure("a score without r or stimuli was read")
    }
    return ExternalScoreRow(
      activityID: activity, name: name, software: try text("software"), study: study, dataset: dataset,
      cohort: cohort, subject: texts["subject"], session: texts["session"], rater: texts["rater"],
      featureSet: try text("feature_set"), model: texts["model"], layerKey: texts["layer_key"], depth: count("depth"),
      relDepth: numbers["rel_depth"], element: texts["element"], covariateMode: texts["covariate_mode"],
      targetKind: try text("target_kind"), target: try text("target"), targetParameters: texts["target_parameters"],
      region: texts["region"], hemisphere: texts["hemisphere"], regionGroup: texts["region_group"],
      delaysS: texts["delays_s"], stimulusCount: stimuli, subjectCount: count("subject_count"),
      droppedCount: count("dropped_count"), sampleCount: count("sample_count"), effectiveN: numbers["effective_n"],
      r: r, low: numbers["low"], high: numbers["high"], intervalKind: texts["interval_kind"], tail: texts["tail"],
      generalisesTo: texts["generalises_to"], r2: numbers["r2"], rPooled: numbers["r_pooled"],
      lambdaMedian: numbers["lambda_median"], lambdaAtEdge: count("lambda_at_edge"),
      noiseCeiling: numbers["noise_ceiling"], rNormalised: numbers["r_normalised"],
      r2Normalised: numbers["r2_normalised"], nullKind: texts["null_kind"], nullDraws: count("null_draws"),
      nullMean: numbers["null_mean"], nullP95: numbers["null_p95"], pExternal: numbers["p_external"],
      foldsCounted: count("folds_counted"), foldsTotal: count("folds_total"),
      stimuliCounted: count("stimuli_counted"))
  }
}
