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

  package init(name: String, subjectSQL: String?, stimulusSQL: String?) {
    self.name = name
    self.subjectSQL = subjectSQL
    self.stimulusSQL = stimulusSQL
  }

  /// Runs the queries read-only and stores who they chose; the same choice again changes nothing.
  ///
  /// A query returns `subject_id` (`stimulus_id`), or `subject` (`stimulus`) or `name`, and `dataset` where a name stands in
  /// several. Throws `E-COH-001` for a query that chooses nobody or returns no such column, `E-COH-002` for a dataset's name.
  package func define(in warehouse: Warehouse) throws -> Outcome {
    let known = try warehouse.read { try $0.report("cohort_named", ["name": .text(name)]) }.first
    let datasets = try warehouse.read { try $0.report("study_datasets") }.map { $0.text("name") }
    guard !datasets.contains(name), known?["dataset_id"].isNull ?? true else {
      throw EvokeError(
        .cohortIsDataset, "cohort \(name)", reason: "a dataset has that name, and is a cohort of its own",
        remedy: "choose another name")
    }
    let subjects = try subjectSQL.map { try members($0, "subject", in: warehouse) } ?? []
    let stimuli = try stimulusSQL.map { try members($0, "stimulus", in: warehouse) } ?? []
    let before = try warehouse.read { try $0.report("cohort_keys", ["name": .text(name)]) }
    let isSame =
      known != nil && known?.optionalText("subject_sql") == subjectSQL
      && known?.optionalText("stimulus_sql") == stimulusSQL
      && Set(before.compactMap { $0["subject_id"].int }) == Set(subjects)
      && Set(before.compactMap { $0["stimulus_id"].int }) == Set(stimuli)
    if !isSame { try store(subjects, stimuli, in: warehouse) }
    return Outcome(subjectCount: subjects.count, stimulusCount: stimuli.count, isUnchanged: isSame)
  }

  private func store(_ subjects: [Int], _ stimuli: [Int], in warehouse: Warehouse) throws {
    try warehouse.write { connection in
      _ = try connection.report("cohort_clear", ["name": .text(name)])
      let key = try connection.insert(
        "cohort",
        [("name", .text(name)), ("subject_sql", .optional(subjectSQL)), ("stimulus_sql", .optional(stimulusSQL))])
      for subject in subjects {
        try connection.insert("cohort_member", [("cohort_id", .int(key)), ("subject_id", .int(subject))])
      }
      for stimulus in stimuli {
        try connection.insert("cohort_member", [("cohort_id", .int(key)), ("stimulus_id", .int(stimulus))])
      }
    }
  }

  /// Keys of the subjects or stimuli a query names, each once, in the query's order.
  private func members(_ sql: String, _ noun: String, in warehouse: Warehouse) throws -> [Int] {
    let tables = try warehouse.userQuery(sql).filter { !$0.columns.isEmpty }
    guard tables.count == 1, let table = tables.first else {
      throw refusal(noun, "it is not one SELECT")
    }
    let all = try warehouse.read { try $0.report(noun == "subject" ? "cohort_subjects" : "cohort_stimuli") }
    guard let column = ["\(noun)_id", noun, "name"].first(where: { table.columns.contains($0) }) else {
      throw refusal(noun, "its columns are \(table.columns.joined(separator: ", "))")
    }
    var chosen: [Int] = []
    for row in table.rows {
      let dataset = table.columns.contains("dataset") ? row.optionalText("dataset") : nil
      let found = all.filter {
        column.hasSuffix("_id")
          ? $0.int("id") == row.int(column)
          : $0.optionalText("name") == row.optionalText(column) && (dataset == nil || $0.text("dataset") == dataset)
      }
      guard !found.isEmpty else {
        throw refusal(
          noun, "it names \(row[column].string ?? row[column].int.map(String.init) ?? "NULL"), which is no \(noun)")
      }
      for one in found where !chosen.contains(one.int("id")) { chosen.append(one.int("id")) }
    }
    guard !chosen.isEmpty else { throw refusal(noun, "it chooses nobody") }
    return chosen
  }

  private func refusal(_ noun: String, _ reason: String) -> EvokeError {
    EvokeError(
      .cohortQuery, "cohort \(name), --\(noun == "subject" ? "subjects" : "stimuli")", reason: reason,
      remedy: "write a SELECT whose result has the column \(noun)_id, or \(noun) and dataset")
  }
}
