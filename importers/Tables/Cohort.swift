import Diagnostics
import Warehouse

/// A cohort: subjects and stimuli chosen by SQL, stored under a name that studies use.
package struct Cohort: Sendable {
  /// What defining it did.
  package struct Outcome: Sendable {
    package let subjectCount: Int
    package let stimulusCount: Int
    package let isUnchanged: Bool
  }

  package let name: String
  package let subjectSQL: String?
  package let stimulusSQL: String?
  private let limits: QueryLimits

  package init(name: String, subjectSQL: String?, stimulusSQL: String?, limits: QueryLimits = .own) {
    self.limits = limits
    self.name = name
    self.subjectSQL = subjectSQL
    self.stimulusSQL = stimulusSQL
  }

  /// Runs the queries read-only and stores who they chose; the same choice again changes nothing.
  ///
  /// A query returns `subject_id` (`stimulus_id`), or `subject` (`stimulus`) or `name`, and `dataset` where a name stands in
  /// several. Throws `E-COH-001` for a query that chooses nobody or returns no such column, `E-COH-002` for a dataset's name.
  package func define(in warehouse: Warehouse) throws -> Outcome {
    let known = try warehouse.read { try $0.cohortNamed(name: name) }.first
    let datasets = try warehouse.read { try $0.studyDatasets() }.map(\.name)
    guard !datasets.contains(name), known?.datasetID == nil else {
      throw EvokeError(
        .cohortIsDataset, "cohort \(name)", reason: "a dataset has that name, and is a cohort of its own",
        remedy: "choose another name")
    }
    let subjects = try subjectSQL.map { try members($0, "subject", in: warehouse) } ?? []
    let stimuli = try stimulusSQL.map { try members($0, "stimulus", in: warehouse) } ?? []
    let before = try warehouse.read { try $0.cohortKeys(name: name) }
    let isSame =
      known != nil && known?.subjectSQL == subjectSQL && known?.stimulusSQL == stimulusSQL
      && Set(before.compactMap(\.subjectID)) == Set(subjects)
      && Set(before.compactMap(\.stimulusID)) == Set(stimuli)
    if !isSame { try store(subjects, stimuli, in: warehouse) }
    return Outcome(subjectCount: subjects.count, stimulusCount: stimuli.count, isUnchanged: isSame)
  }

  private func store(_ subjects: [Int], _ stimuli: [Int], in warehouse: Warehouse) throws {
    try warehouse.write { connection in
      try connection.cohortClear(name: name)
      let key = try connection.insert(CohortRow(name: name, subjectSQL: subjectSQL, stimulusSQL: stimulusSQL))
      for subject in subjects {
        try connection.insert(CohortMemberRow(cohortID: key, subjectID: subject))
      }
      for stimulus in stimuli {
        try connection.insert(CohortMemberRow(cohortID: key, stimulusID: stimulus))
      }
    }
  }

  /// Keys of the subjects or stimuli a query names, each once, in the query's order.
  private func members(_ sql: String, _ noun: String, in warehouse: Warehouse) throws -> [Int] {
    let tables = try warehouse.userQuery(sql, limits: limits).filter { !$0.columns.isEmpty }
    guard tables.count == 1, let table = tables.first else {
      throw refusal(noun, "it is not one SELECT")
    }
    let all = try Self.candidates(noun, in: warehouse)
    guard let column = ["\(noun)_id", noun, "name"].first(where: { table.columns.contains($0) }) else {
      throw refusal(noun, "its columns are \(table.columns.joined(separator: ", "))")
    }
    var chosen: [Int] = []
    for row in table.rows {
      let dataset = table.columns.contains("dataset") ? row["dataset"].string : nil
      let found = all.filter {
        column.hasSuffix("_id")
          ? $0.id == row[column].int
          : $0.name == row[column].string && (dataset == nil || $0.dataset == dataset)
      }
      guard !found.isEmpty else {
        throw refusal(
          noun, "it names \(row[column].string ?? row[column].int.map(String.init) ?? "NULL"), which is no \(noun)")
      }
      for candidate in found where !chosen.contains(candidate.id) { chosen.append(candidate.id) }
    }
    guard !chosen.isEmpty else { throw refusal(noun, "it chooses nobody") }
    return chosen
  }

  /// Every subject (or stimulus) that a query can name.
  private static func candidates(
    _ noun: String, in warehouse: Warehouse
  ) throws -> [(id: Int, name: String, dataset: String)] {
    try warehouse.read { connection in
      noun == "subject"
        ? try connection.cohortSubjects().map { ($0.id, $0.name, $0.dataset) }
        : try connection.cohortStimuli().map { ($0.id, $0.name, $0.dataset) }
    }
  }

  private func refusal(_ noun: String, _ reason: String) -> EvokeError {
    EvokeError(
      .cohortQuery, "cohort \(name), --\(noun == "subject" ? "subjects" : "stimuli")", reason: reason,
      remedy: "write a SELECT whose result has the column \(noun)_id, or \(noun) and dataset")
  }
}
