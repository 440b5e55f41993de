import Diagnostics
import EncodingModels
import Plans
import Showings
import Vocabulary
import Warehouse

/// One target of a study in one cohort: the group's, one subject's or one rater's.
struct PlannedTarget {
  let spec: TargetSpec
  let subject: String?
  let rater: String?
  let stimuli: Set<String>
  /// Subjects behind it.
  let subjectCount: Int
  let inputs: [Unit.Input]
  /// The showings in each recording, by the name of its array; empty for targets that read no recordings.
  let placements: [String: [Showing]]
  /// Set when the cohort lacks it.
  let notApplicable: String?
  /// Stretches of an annotation that do not count; those of recordings stand with the placements.
  var bad: [BadSegment] = []

  /// The one subject or rater whose it is.
  var person: String? { subject ?? rater }

  /// As a fit reads it.
  var fitted: FitTarget {
    let source: FitTarget.Source =
      switch spec.source {
      case .annotation: .annotation(bad: bad)
      case .response(_, let level): .response(level: level, placements: placements)
      case .synchrony(let synchrony):
        .synchrony(
          window: TargetWindow(
            seconds: synchrony.windowS, step: synchrony.stepS, anchor: synchrony.anchor,
            averagesFeatures: spec.windowFeatures), subject: subject)
      }
    return FitTarget(source: source, transform: spec.transform)
  }
}

/// Who a target is of; neither: nobody alone.
private struct StudyPerson: Hashable, Comparable {
  let subject: String?
  let rater: String?

  static func < (a: StudyPerson, b: StudyPerson) -> Bool { a.spelled.lexicographicallyPrecedes(b.spelled) }

  /// Who is absent comes first.
  private var spelled: [String] { [FitKeys.spelled(subject), FitKeys.spelled(rater)] }
}

/// Finds the targets of a study and plans the synchrony units some of them need.
struct TargetPlanner {
  let context: StudyContext
  private var stages: [any RecordingStage]
  private var signals: [SignalStage] = []
  private var synchronies: [Unit] = []
  /// Regions and channels of the recordings that targets were planned of.
  private var labels: Set<String> = []
  private var keys: Set<String> = []

  /// Everything planned so far, each unit after what it needs.
  var units: [Unit] { stages.flatMap(\.units) + signals.flatMap(\.units) + synchronies }

  /// What the stages say of them.
  var notes: [String] { stages.flatMap(\.notes) }

  init(_ context: StudyContext) throws {
    self.context = context
    stages = try RecordingStages.of(context)
  }

  /// The targets of one spec in one cohort; an absent one comes back `notApplicable`.
  mutating func plan(_ spec: TargetSpec, cohort: ResolvedCohort) throws -> [PlannedTarget] {
    switch spec.source {
    case .annotation(let name, let rater): return try annotation(spec, name, rater, cohort)
    case .response(let name, let level): return try response(spec, name, level, cohort)
    case .synchrony(let synchrony):
      return try self.synchrony(spec, synchrony, cohort)
    }
  }

  func absent(_ spec: TargetSpec, _ reason: String) -> PlannedTarget {
    PlannedTarget(
      spec: spec, subject: nil, rater: nil, stimuli: [], subjectCount: 0, inputs: [], placements: [:],
      notApplicable: reason)
  }

  private func annotation(
    _ spec: TargetSpec, _ name: String, _ rater: RaterChoice, _ cohort: ResolvedCohort
  ) throws -> [PlannedTarget] {
    let rows = try context.annotations(name, in: cohort)
    guard !rows.isEmpty else { return [absent(spec, "dataset \(cohort.dataset) has no annotation \(name)")] }
    let bad = try context.badSegments(cohort.dataset)
    guard rater == .each else {
      return [annotation(spec, rows, peers: [], by: StudyPerson(subject: nil, rater: nil), bad: bad)]
    }
    let groups = Dictionary(grouping: rows) { StudyPerson(subject: $0.subject, rater: $0.rater) }
    return groups.sorted { $0.key < $1.key }.map { person, members in
      let own = Set(members.map(\.name))
      return annotation(spec, members, peers: rows.filter { !own.contains($0.name) }, by: person, bad: bad)
    }
  }

  /// The target that ratings make; `peers`: those of the other raters, where it is one rater's.
  private func annotation(
    _ spec: TargetSpec, _ members: [Rows.StudyAnnotations], peers: [Rows.StudyAnnotations], by person: StudyPerson,
    bad: [BadSegment]
  ) -> PlannedTarget {
    func inputs(_ rows: [Rows.StudyAnnotations], role: String) -> [Unit.Input] {
      rows.map { .array(role: role, context.warehouse.reference($0)) }
    }
    return PlannedTarget(
      spec: spec, subject: person.subject, rater: person.rater, stimuli: Set(members.map(\.stimulus)),
      subjectCount: Set(members.compactMap(\.person)).count,
      inputs: inputs(members, role: "target") + inputs(peers, role: "peers"), placements: [:], notApplicable: nil,
      bad: bad.of(members + peers))
  }

  /// The showings of a cohort in recordings that `signal` chooses by name, through all stages.
  mutating func recordings(
    _ cohort: ResolvedCohort, _ excluded: [Rows.StudyExclusions], signal: (String) -> Bool = { _ in true }
  ) throws -> [StudyRecording] {
    var rows = try context.warehouse.read { try $0.studyRecordings(dataset: cohort.dataset) }
      .filter { context.isWanted($0.place, in: cohort, excluded: excluded) && signal($0.signal) }
    if context.definition.filters.repeats == .first {
      var seen: Set<[String]> = []
      rows = rows.filter { seen.insert([$0.subject, $0.stimulus, $0.signal]).inserted }
    }
    let segments = try context.badSegments(cohort.dataset)
    var recordings = try rows.map { try StudyRecording($0, context.warehouse, excluded: excluded, segments: segments) }
    for i in stages.indices { recordings = try stages[i].apply(recordings) }
    labels.formUnion(recordings.flatMap(\.labels))
    return recordings
  }

  /// Refuses a region of the filter that no recording of any target has. Called once all targets are planned.
  ///
  /// - Throws: `E-WH-010`.
  func checkRegions() throws {
    guard case .names(let names) = context.definition.filters.regions, !labels.isEmpty,
      let unknown = names.first(where: { !labels.contains($0) })
    else { return }
    throw EvokeError(
      .unknownName, "region \(unknown) of study \(context.definition.name)",
      reason: "the recordings of its targets have \(labels.sorted().prefix(12).joined(separator: ", "))"
        + (labels.count > 12 ? ", … (\(labels.count) in all)" : ""), remedy: "correct filters.regions")
  }

  private mutating func response(
    _ spec: TargetSpec, _ name: String, _ level: TargetLevel, _ cohort: ResolvedCohort
  ) throws -> [PlannedTarget] {
    let recordings = try self.recordings(cohort, context.exclusions(cohort.dataset)) { $0 == name }
    guard !recordings.isEmpty else { return [absent(spec, "dataset \(cohort.dataset) has no recording \(name)")] }
    func target(_ members: [StudyRecording], subject: String?) -> PlannedTarget {
      PlannedTarget(
        spec: spec, subject: subject, rater: nil, stimuli: Set(members.map(\.stimulus)),
        subjectCount: members.subjectCount, inputs: members.inputs(role: "target"),
        placements: members.placements, notApplicable: nil)
    }
    if level == .group { return [target(recordings, subject: nil)] }
    return Dictionary(grouping: recordings, by: \.subject).sorted { $0.key < $1.key }
      .map { target($0.value, subject: $0.key) }
  }

  /// Recordings with the signal of a target; its units are planned once for all targets.
  mutating func derive(_ choice: SignalChoice, _ recordings: [StudyRecording]) throws -> [StudyRecording] {
    let place = signals.firstIndex { $0.choice == choice } ?? signals.count
    if place == signals.count { signals.append(SignalStage(choice)) }
    return try signals[place].apply(recordings)
  }

  /// Plans a unit of synchrony, once.
  mutating func enter(_ unit: Unit) -> String {
    if keys.insert(unit.key).inserted { synchronies.append(unit) }
    return unit.key
  }
}
