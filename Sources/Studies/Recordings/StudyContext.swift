import Diagnostics
import StudyFiles
import Vocabulary
import Warehouse
import Work

/// A cohort of one dataset, resolved to its members.
package struct ResolvedCohort {
  package let dataset: String
  package let cohort: String
  /// nil: all.
  package let subjects: Set<String>?
  package let stimuli: Set<String>?
}

/// What a study needs to know of the warehouse, read once.
package struct StudyContext {
  package let definition: StudyDefinition
  package let warehouse: Warehouse

  package init(definition: StudyDefinition, warehouse: Warehouse) {
    self.definition = definition
    self.warehouse = warehouse
  }

  /// The study expanded into units, each after what it needs; `notes`: lines for people.
  package func plan(_ units: [WorkUnit], purpose: Plan.Purpose = .results, notes: [String] = []) -> Plan {
    Plan(
      purpose: purpose, studyName: definition.name, kind: definition.kind.name, definition: definition.canonical,
      seed: definition.seed, units: units, notes: notes)
  }

  /// Datasets and cohorts of the study, divided by `filters.group_by`.
  package func cohorts() throws -> [ResolvedCohort] {
    let whole = try wholeCohorts()
    try checkFilteredNames()
    try checkTargetNames()
    guard let column = definition.filters.groupBy, column != "cohort" else { return whole }
    return try whole.flatMap { try groups(of: $0, by: column) }
  }

  /// Refuses a filter by a stimulus or subject that no dataset of the study has.
  private func checkFilteredNames() throws {
    let filters = definition.filters
    let stimuli = try definition.datasets.flatMap { dataset in
      try warehouse.read { try $0.knownStimuli(dataset: dataset) }.map(\.name)
    }
    let subjects = try definition.datasets.flatMap { dataset in
      try warehouse.read { try $0.knownSubjects(dataset: dataset) }.map(\.name)
    }
    for (key, wanted, known) in [("stimuli", filters.stimuli, stimuli), ("subjects", filters.subjects, subjects)] {
      guard let unknown = wanted.first(where: { !known.contains($0) }) else { continue }
      throw EvokeError(
        .unknownName, "filters.\(key): \(unknown) of study \(definition.name)",
        reason: known.isEmpty ? "its datasets have no \(key)" : "there are \(known.prefix(20).joined(separator: ", "))",
        remedy: "correct the study's filters, or import the data of \(unknown)")
    }
  }

  /// Refuses a target that no dataset of the study has; one that some of them lack is not applicable there.
  private func checkTargetNames() throws {
    let known = try definition.datasets.flatMap { dataset in
      try warehouse.read { try $0.knownNames(dataset: dataset) }
    }
    for target in definition.targets {
      let (kind, name): (String, String)
      switch target.source {
      case .annotation(let annotation, _): (kind, name) = ("annotation", annotation)
      case .response(let signal, _): (kind, name) = ("recording", signal)
      case .synchrony: continue
      }
      let names = known.filter { $0.kind == kind }.map(\.name)
      guard !names.contains(name) else { continue }
      throw EvokeError(
        .unknownName, "\(kind) \(name) of study \(definition.name)",
        reason: "no dataset of the study has it", remedy: NearMiss.suggestion(name, in: Set(names).sorted()))
    }
  }

  /// One cohort per value of a column of stimuli (genre, culture, language) or of participants, named
  /// `cohort:column=value`; members without a value are in none.
  private func groups(of cohort: ResolvedCohort, by column: String) throws -> [ResolvedCohort] {
    let ofStimulus = Self.stimulusColumns[column]
    let isOfStimuli = ofStimulus != nil
    let values: [(name: String, value: String?)] = try warehouse.read { connection in
      if let ofStimulus {
        return try connection.studyStimuli(dataset: cohort.dataset).map { ($0.name, ofStimulus($0)) }
      }
      return try connection.studyParticipants(dataset: cohort.dataset, column: column).map { ($0.name, $0.value) }
    }
    let allowed = isOfStimuli ? cohort.stimuli : cohort.subjects
    var members: [String: Set<String>] = [:]
    for (name, value) in values where allowed?.contains(name) ?? true {
      if let value { members[value, default: []].insert(name) }
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

  /// The columns of stimuli that divide a cohort; any other is one of participants.
  private static let stimulusColumns: [String: @Sendable (Rows.StudyStimuli) -> String?] = [
    "genre": { $0.genre }, "culture": { $0.culture }, "language": { $0.language },
  ]

  /// Whether `filters.group_by` of this column divides stimuli; else it divides participants, or nothing (`cohort`).
  package static func dividesStimuli(_ column: String) -> Bool { stimulusColumns[column] != nil }

  private func wholeCohorts() throws -> [ResolvedCohort] {
    let known = try warehouse.read { try $0.studyDatasets() }.map(\.name)
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
      let rows = try warehouse.read { try $0.cohortMembers(name: name) }
      guard !rows.isEmpty else {
        throw EvokeError(
          .unknownName, "cohort \(name) of study \(definition.name)", reason: "no cohort of that name is defined",
          remedy: "evoke cohort define \(name) ...")
      }
      return definition.datasets.compactMap { dataset in
        let members = rows.filter { $0.dataset == dataset }
        guard !members.isEmpty else { return nil }
        let subjects = members.compactMap(\.subject)
        let stimuli = members.compactMap(\.stimulus)
        return ResolvedCohort(
          dataset: dataset, cohort: name, subjects: subjects.isEmpty ? nil : Set(subjects),
          stimuli: stimuli.isEmpty ? nil : Set(stimuli))
      }
    }
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

  /// The stimuli of a cohort that the study's filters and exclusions leave.
  package func stimuli(of cohort: ResolvedCohort) throws -> Set<String> {
    let excluded = try exclusions(cohort.dataset)
    let names = try warehouse.read { try $0.studyStimuli(dataset: cohort.dataset) }.map(\.name)
    return Set(names).filter { name in
      isWanted(
        StudyPlace(stimulus: name, subject: nil, session: nil, run: nil), in: cohort, excluded: excluded)
    }
  }

  /// The ratings of a name that belong to a cohort of the study. A series without a rater is what many were averaged to:
  /// beside persons who rated the same, it is nobody's among them. With `each` it is left out there; with `own` it stays,
  /// since whose ratings count is the target's to say.
  ///
  /// - Throws: `E-ENC-013` for a mean where a stimulus has ratings of persons and one of nobody; `E-TAB-023` for an
  ///   exclusion of seconds of them.
  package func annotations(
    _ name: String, of choice: RaterChoice, in cohort: ResolvedCohort
  ) throws -> StudyRatings {
    let excluded = try exclusions(cohort.dataset)
    let rows = try warehouse.read { try $0.studyAnnotations(dataset: cohort.dataset, name: name) }
      .filter { isWanted($0.place, in: cohort, excluded: excluded) }
    try refuseStretches(excluded, of: rows, cohort.dataset)
    struct Shown: Hashable {
      let stimulus: String
      let run: String?
    }
    let rated = Set(rows.filter { $0.person != nil }.map { Shown(stimulus: $0.stimulus, run: $0.run) })
    func isBesideOthers(_ row: Rows.StudyAnnotations) -> Bool {
      row.person == nil && rated.contains(Shown(stimulus: row.stimulus, run: row.run))
    }
    switch choice {
    case .own: return StudyRatings(rows: rows, leftOut: [])
    case .each: return StudyRatings(rows: rows.filter { !isBesideOthers($0) }, leftOut: rows.filter(isBesideOthers))
    case .mean:
      guard let both = rows.first(where: isBesideOthers) else { return StudyRatings(rows: rows, leftOut: []) }
      throw EvokeError(
        .ratingsOfNobody, "annotation \(name) of \(both.stimulus)", reason: "\(both.name) has no rater, others have",
        remedy:
          "keep one of the two: evoke forget \(ShellText.quoted(both.name)), and import it with another --name if "
          + "it is wanted")
    }
  }

  /// Refuses stretches of seconds that name ratings and no recording: they are counted on a recording's clock.
  private func refuseStretches(
    _ excluded: [Rows.StudyExclusions], of ratings: [Rows.StudyAnnotations], _ dataset: String
  ) throws {
    let stretches = excluded.filter { rule in
      rule.onsetS != nil && rule.channel == nil && rule.component == nil
        && ratings.contains { rule.holds(of: $0.place) }
    }
    guard !stretches.isEmpty else { return }
    let recorded = try warehouse.read { try $0.studyRecordings(dataset: dataset) }.map(\.place)
    guard let idle = stretches.first(where: { rule in !recorded.contains { rule.holds(of: $0) } }) else { return }
    throw EvokeError(
      .exclusionMalformed, "exclusion list \(idle.list): \(idle.words)",
      reason: "its seconds are those of a recording, and only ratings are of that",
      remedy: "import the stretch as a series that is 1 in it and 0 elsewhere, by evoke import annotations --kind "
        + "bad_segment; write filters: {exclude: none} or the name of another list meanwhile")
  }

  /// The exclusion rows that apply.
  package func exclusions(_ dataset: String) throws -> [Rows.StudyExclusions] {
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

  /// Region filter as names (nil: all), and hemisphere and group by region.
  package func regions() throws -> (wanted: [String]?, info: [String: RegionInfo]) {
    let rows = try warehouse.read { try $0.studyRegions() }
    var info: [String: RegionInfo] = [:]
    for row in rows where info[row.name] == nil {
      info[row.name] = RegionInfo(hemisphere: row.hemisphere, group: row.regionGroup)
    }
    switch definition.filters.regions {
    case .all: return (nil, info)
    case .names(let names): return (names, info)
    case .group(let group):
      let names = Set(rows.filter { $0.regionGroup == group }.map(\.name))
      guard !names.isEmpty else {
        throw EvokeError(
          .unknownName, "regions: {group: \(group)}", reason: "no atlas has a group of that name",
          remedy: "evoke import atlas TABLE --groups COLUMN")
      }
      for name in names { info[name] = RegionInfo(hemisphere: info[name]?.hemisphere, group: group) }
      return (names.sorted(), info)
    }
  }
}

/// Where a region lies.
package struct RegionInfo: Codable, Sendable, Hashable {
  package let hemisphere: String?
  /// nil: no grouping of an atlas names it.
  package let group: String?
}

/// The ratings of one name in a cohort.
package struct StudyRatings {
  package let rows: [Rows.StudyAnnotations]
  /// Of nobody, beside those of persons, each of whom counts alone.
  package let leftOut: [Rows.StudyAnnotations]
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

extension Rows.StudyAnnotations {
  var place: StudyPlace { StudyPlace(stimulus: stimulus, subject: subject, session: session, run: run) }

  /// Who rated; nil where nothing says.
  var person: String? { rater ?? subject }
}
