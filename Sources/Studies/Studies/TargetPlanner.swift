import ContentIdentity
import Diagnostics
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
  /// Recording arrays by name with their showings; empty for targets of other arrays.
  let placements: [String: [Showing]]
  /// Set when the cohort lacks it.
  let notApplicable: String?
  /// Stretches of an annotation that do not count; those of recordings stand with the placements.
  var bad: [BadSegment] = []

  /// The one subject or rater whose it is.
  var person: String? { subject ?? rater }

  /// What of it enters an encoding unit's parameters.
  var json: JSONValue {
    var members: [String: JSONValue] = [
      "kind": .string(spec.kind.rawValue), "name": .string(spec.name), "level": .string(spec.level.rawValue),
      "transform": EncodingParameters.json(spec.transform),
    ]
    if let synchrony = spec.synchrony {
      members["window_s"] = .number(synchrony.windowS)
      members["step_s"] = .number(synchrony.stepS)
      members["anchor"] = .string(synchrony.anchor.rawValue)
      members["window_features"] = .bool(spec.windowFeatures)
      if spec.level == .subject, let subject { members["subject"] = .string(subject) }
    }
    if !bad.isEmpty { members["bad"] = .array(bad.map(\.json)) }
    return .object(members)
  }
}

/// Finds the targets of a study and plans the synchrony units some of them need.
struct TargetPlanner {
  let context: StudyContext
  private var stages: [any RecordingStage]
  private var signals: [SignalStage] = []
  private var synchronies: [Unit] = []
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
    let excluded = try context.exclusions(cohort.dataset)
    switch spec.source {
    case .annotation(let name, let rater):
      let rows = try context.report("study_annotations", ["dataset": .text(cohort.dataset), "name": .text(name)])
        .filter { context.isWanted($0, in: cohort, excluded: excluded) }
      return annotation(spec, name, rater, rows, cohort, bad: try context.badSegments(cohort.dataset))
    case .response(let name, let level):
      return try response(spec, name, level, cohort, excluded)
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
    _ spec: TargetSpec, _ name: String, _ rater: RaterChoice, _ rows: [SQLRow], _ cohort: ResolvedCohort,
    bad: [BadSegment]
  ) -> [PlannedTarget] {
    guard !rows.isEmpty else { return [absent(spec, "dataset \(cohort.dataset) has no annotation \(name)")] }
    func target(_ members: [SQLRow], subject: String?, rater: String?, peers: [SQLRow] = []) -> PlannedTarget {
      let people = Set(members.compactMap { $0.optionalText("rater") ?? $0.optionalText("subject") })
      return PlannedTarget(
        spec: spec, subject: subject, rater: rater, stimuli: Set(members.map { $0.text("stimulus") }),
        subjectCount: people.count,
        inputs: members.map { .array(role: "target", context.warehouse.reference($0)) }
          + peers.map { .array(role: "peers", context.warehouse.reference($0)) },
        placements: [:], notApplicable: nil,
        bad: bad.filter { segment in
          (members + peers).contains {
            segment.concerns(
              stimulus: $0.text("stimulus"), run: $0.optionalText("run"), subject: $0.optionalText("subject"))
          }
        })
    }
    guard rater == .each else { return [target(rows, subject: nil, rater: nil)] }
    let groups = Dictionary(grouping: rows) { [$0.optionalText("subject") ?? "", $0.optionalText("rater") ?? ""] }
    return groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map { key, members in
      let own = Set(members.map { $0.text("name") })
      return target(
        members, subject: key[0].isEmpty ? nil : key[0], rater: key[1].isEmpty ? nil : key[1],
        peers: rows.filter { !own.contains($0.text("name")) })
    }
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
    return recordings
  }

  private mutating func response(
    _ spec: TargetSpec, _ name: String, _ level: TargetLevel, _ cohort: ResolvedCohort,
    _ excluded: [Rows.StudyExclusions]
  ) throws -> [PlannedTarget] {
    let recordings = try self.recordings(cohort, excluded) { $0 == name }
    guard !recordings.isEmpty else { return [absent(spec, "dataset \(cohort.dataset) has no recording \(name)")] }
    func target(_ members: [StudyRecording], subject: String?) -> PlannedTarget {
      PlannedTarget(
        spec: spec, subject: subject, rater: nil, stimuli: Set(members.map(\.stimulus)),
        subjectCount: members.subjectCount, inputs: members.inputs(role: "target"), placements: members.placements,
        notApplicable: nil)
    }
    if level == .group { return [target(recordings, subject: nil)] }
    return Dictionary(grouping: recordings, by: \.subject).sorted { $0.key < $1.key }
      .map { target($0.value, subject: $0.key) }
  }

  /// Recordings with the signal of a target; its units are planned once for all targets.
  mutating func derive(_ choice: SignalChoice, _ recordings: [StudyRecording]) throws -> [StudyRecording] {
    if !signals.contains(where: { $0.choice == choice }) { signals.append(SignalStage(choice)) }
    let place = signals.firstIndex { $0.choice == choice } ?? 0
    return try signals[place].apply(recordings)
  }

  /// Plans a unit of synchrony, once.
  mutating func enter(_ unit: Unit) -> String {
    if keys.insert(unit.key).inserted { synchronies.append(unit) }
    return unit.key
  }
}
