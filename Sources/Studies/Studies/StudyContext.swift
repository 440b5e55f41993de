import ContentIdentity
import Diagnostics
import Plans
import Warehouse

/// A cohort of one dataset, resolved to its members.
struct ResolvedCohort {
  let dataset: String
  let cohort: String
  /// nil: all.
  let subjects: Set<String>?
  let stimuli: Set<String>?
}

/// What a study needs to know of the warehouse, read once.
struct StudyContext {
  let definition: StudyDefinition
  let warehouse: Warehouse

  func report(_ name: String, _ arguments: [String: SQLValue] = [:]) throws -> [SQLRow] {
    try warehouse.read { try $0.report(name, arguments) }
  }

  /// Datasets and cohorts of the study, divided by `filters.group_by`.
  func cohorts() throws -> [ResolvedCohort] {
    let whole = try wholeCohorts()
    guard let column = definition.filters.groupBy, column != "cohort" else { return whole }
    return try whole.flatMap { try groups(of: $0, by: column) }
  }

  /// One cohort per value of a column of stimuli (genre, culture, language) or of participants, named
  /// `cohort:column=value`; members without a value are in none.
  private func groups(of cohort: ResolvedCohort, by column: String) throws -> [ResolvedCohort] {
    let isOfStimuli = ["genre", "culture", "language"].contains(column)
    let rows = try report(
      isOfStimuli ? "study_stimuli" : "study_participants",
      isOfStimuli
        ? ["dataset": .text(cohort.dataset)] : ["dataset": .text(cohort.dataset), "column": .text(column)])
    let allowed = isOfStimuli ? cohort.stimuli : cohort.subjects
    var members: [String: Set<String>] = [:]
    for row in rows where allowed?.contains(row.text("name")) ?? true {
      guard let value = row.optionalText(isOfStimuli ? column : "value") else { continue }
      members[value, default: []].insert(row.text("name"))
    }
    guard !members.isEmpty else {
      throw EvokeError(
        .unknownName, "group_by: \(column)",
        reason: "no \(isOfStimuli ? "stimulus" : "participant") of cohort \(cohort.cohort) has a value of it",
        remedy: isOfStimuli
          ? "import the stimuli with --\(column)" : "evoke import participants FILE with a column \(column)")
    }
    return members.sorted { $0.key < $1.key }.map { value, names in
      ResolvedCohort(
        dataset: cohort.dataset, cohort: "\(cohort.cohort):\(column)=\(value)",
        subjects: isOfStimuli ? cohort.subjects : names, stimuli: isOfStimuli ? names : cohort.stimuli)
    }
  }

  private func wholeCohorts() throws -> [ResolvedCohort] {
    let known = try report("study_datasets").map { $0.text("name") }
    for dataset in definition.datasets where !known.contains(dataset) {
      throw EvokeError(
        .unknownName, "dataset \(dataset) of study \(definition.name)",
        reason: known.isEmpty ? "the warehouse holds no dataset" : "there are \(known.joined(separator: ", "))",
        remedy: "correct the study's datasets, or import with --dataset \(dataset)")
    }
    if definition.filters.cohorts.isEmpty {
      return definition.datasets.map { ResolvedCohort(dataset: $0, cohort: $0, subjects: nil, stimuli: nil) }
    }
    return try definition.filters.cohorts.flatMap { name -> [ResolvedCohort] in
      let rows = try report("cohort_members", ["name": .text(name)])
      guard !rows.isEmpty else {
        throw EvokeError(
          .unknownName, "cohort \(name) of study \(definition.name)", reason: "no cohort of that name is defined",
          remedy: "evoke cohort define \(name) ...")
      }
      return definition.datasets.compactMap { dataset in
        let members = rows.filter { $0.optionalText("dataset") == dataset }
        guard !members.isEmpty else { return nil }
        let subjects = members.compactMap { $0.optionalText("subject") }
        let stimuli = members.compactMap { $0.optionalText("stimulus") }
        return ResolvedCohort(
          dataset: dataset, cohort: name, subjects: subjects.isEmpty ? nil : Set(subjects),
          stimuli: stimuli.isEmpty ? nil : Set(stimuli))
      }
    }
  }

  /// Whether a row (columns stimulus, subject, session, run where it has them) belongs to the study.
  func isWanted(_ row: SQLRow, in cohort: ResolvedCohort, excluded: [Rows.StudyExclusions]) -> Bool {
    func value(_ column: String) -> String? { row.columns.contains(column) ? row.optionalText(column) : nil }
    let stimulus = value("stimulus") ?? value("name").flatMap { row.columns.contains("media_path") ? $0 : nil }
    return isWanted(
      StudyPlace(stimulus: stimulus, subject: value("subject"), session: value("session"), run: value("run")),
      in: cohort, excluded: excluded)
  }

  /// Whether what was recorded or rated there belongs to the study.
  func isWanted(_ place: StudyPlace, in cohort: ResolvedCohort, excluded: [Rows.StudyExclusions]) -> Bool {
    let filters = definition.filters
    if let stimulus = place.stimulus {
      if let allowed = cohort.stimuli, !allowed.contains(stimulus) { return false }
      if !filters.stimuli.isEmpty, !filters.stimuli.contains(stimulus) { return false }
    }
    if let subject = place.subject {
      if let allowed = cohort.subjects, !allowed.contains(subject) { return false }
      if !filters.subjects.isEmpty, !filters.subjects.contains(subject) { return false }
    }
    return !excluded.contains { rule in
      rule.channel == nil && rule.component == nil && rule.onsetS == nil && rule.namesPlace && rule.holds(of: place)
    }
  }

  /// The exclusion rows that apply.
  func exclusions(_ dataset: String) throws -> [Rows.StudyExclusions] {
    let rows = try warehouse.read { try $0.studyExclusions(dataset: dataset) }
    switch definition.filters.exclude {
    case .none: return []
    case .all: return rows
    case .named(let name):
      let kept = rows.filter { $0.list == name }
      let isSeries = try warehouse.read { try $0.studyBadSegments(dataset: dataset) }.contains { $0.list == name }
      guard !kept.isEmpty || isSeries else {
        throw EvokeError(
          .unknownName, "exclude: \(name)",
          reason: "dataset \(dataset) has no exclusion list or bad segments of that name",
          remedy: "evoke import exclusions FILE --name \(name), or correct the study")
      }
      return kept
    }
  }

  /// Region filter as names, and hemisphere and group by region.
  func regions() throws -> (wanted: JSONValue, info: JSONValue) {
    let rows = try report("study_regions")
    var info: [String: JSONValue] = [:]
    for row in rows where info[row.text("name")] == nil {
      info[row.text("name")] = [
        row.optionalText("hemisphere").map { .string($0) } ?? .null,
        row.optionalText("region_group").map { .string($0) } ?? .null,
      ]
    }
    switch definition.filters.regions {
    case .all: return (.null, .object(info))
    case .names(let names): return (.array(names.map { .string($0) }), .object(info))
    case .group(let group):
      let names = rows.filter { $0.optionalText("region_group") == group }.map { $0.text("name") }
      guard !names.isEmpty else {
        throw EvokeError(
          .unknownName, "regions: {group: \(group)}", reason: "no atlas has a group of that name",
          remedy: "evoke import atlas TABLE --groups COLUMN")
      }
      for (name, value) in info {
        if names.contains(name), case .array(let pair) = value { info[name] = [pair[0], .string(group)] }
      }
      return (.array(Array(Set(names)).sorted().map { .string($0) }), .object(info))
    }
  }
}

/// Where something was recorded or rated, as cohorts, filters and exclusions name it; nil: it has none.
struct StudyPlace {
  let stimulus: String?
  let subject: String?
  let session: String?
  let run: String?
}

extension Rows.StudyExclusions {
  /// Whether it names a subject, session, run or stimulus.
  var namesPlace: Bool { subject != nil || session != nil || run != nil || stimulus != nil }

  /// Whether all that it names is the place's.
  func holds(of place: StudyPlace) -> Bool {
    (subject == nil || subject == place.subject) && (session == nil || session == place.session)
      && (run == nil || run == place.run) && (stimulus == nil || stimulus == place.stimulus)
  }
}
