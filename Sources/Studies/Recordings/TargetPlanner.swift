import Diagnostics
import Showings
import StudyFiles
import Vocabulary
import Warehouse
import Work

/// One target of a study in one cohort: the group's, one subject's or one rater's.
package struct PlannedTarget {
  /// An input and the stimuli that it is of.
  package struct Part {
    let input: WorkUnit.Input
    let stimuli: Set<String>

    package init(_ input: WorkUnit.Input, of stimuli: Set<String>) { (self.input, self.stimuli) = (input, stimuli) }
  }

  package let spec: TargetSpec
  package let subject: String?
  package let rater: String?
  /// Those behind it, by stimulus.
  private var people: [String: Set<String>]
  private var parts: [Part]
  /// The showings in each recording, by the name of its array; empty for targets that read no recordings.
  package private(set) var placements: [String: [Showing]]
  /// Regions or channels of its recordings; empty for targets that read none.
  package let labels: Set<String>
  /// Set when the cohort lacks it.
  package let notApplicable: String?
  /// Stretches of an annotation that do not count; those of recordings stand with the placements.
  package private(set) var bad: [BadSegment]

  /// The one subject or rater whose it is.
  package var person: String? { subject ?? rater }
  package var stimuli: Set<String> { Set(people.keys) }
  /// Subjects or raters behind it, in order.
  package var names: [String] { people.values.reduce(into: Set<String>()) { $0.formUnion($1) }.sorted() }
  /// How many they are.
  package var subjectCount: Int { names.count }
  package var inputs: [WorkUnit.Input] { parts.map(\.input) }

  package init(
    spec: TargetSpec, subject: String?, rater: String?, people: [String: Set<String>], parts: [Part],
    placements: [String: [Showing]] = [:], labels: Set<String> = [], notApplicable: String? = nil,
    bad: [BadSegment] = []
  ) {
    (self.spec, self.subject, self.rater) = (spec, subject, rater)
    (self.people, self.parts) = (people, parts)
    (self.placements, self.labels, self.notApplicable, self.bad) = (placements, labels, notApplicable, bad)
  }

  /// The same of some stimuli alone.
  package func of(_ stimuli: Set<String>) -> PlannedTarget {
    var target = self
    target.people = people.filter { stimuli.contains($0.key) }
    target.parts = parts.filter { !stimuli.isDisjoint(with: $0.stimuli) }
    target.placements = placements.mapValues { $0.filter { stimuli.contains($0.stimulus) } }.filter {
      !$0.value.isEmpty
    }
    target.bad = bad.filter { stimuli.contains($0.stimulus) }
    return target
  }
}

/// Who a target is of; neither: nobody alone.
private struct StudyPerson: Hashable, Comparable {
  let subject: String?
  let rater: String?

  static func < (a: StudyPerson, b: StudyPerson) -> Bool {
    a.subject == b.subject ? precedes(a.rater, b.rater) : precedes(a.subject, b.subject)
  }

  /// Who is absent comes first.
  private static func precedes(_ a: String?, _ b: String?) -> Bool {
    guard let a, let b else { return a == nil && b != nil }
    return a < b
  }
}

/// Finds the targets of a study in its ratings and recordings, and plans the units that recordings go through.
package struct TargetPlanner {
  package let context: StudyContext
  private var stages: [any RecordingStage]
  private var signals: [SignalStage] = []
  /// What targets need beside: synchrony.
  private var more: [WorkUnit] = []
  /// Series of nobody that are left out beside those of persons.
  private var raterless: [(annotation: String, stimulus: String)] = []
  /// Ratings that declare no scale beside others that do.
  private var scales: [String] = []
  /// Regions and channels of the recordings that targets were planned of.
  private var labels: Set<String> = []
  private var keys: Set<String> = []

  /// Everything planned so far, each unit after what it needs.
  package var units: [WorkUnit] { stages.flatMap(\.units) + signals.flatMap(\.units) + more }

  /// What the stages say of them, ratings that are of no rater, and those that declare no scale.
  package var notes: [String] {
    let ratings = Dictionary(grouping: raterless, by: \.annotation).sorted { $0.key < $1.key }.map { name, found in
      "rater: each leaves out the \(name) of \(found[0].stimulus)"
        + (found.count > 1 ? " and of \(found.count - 1) more stimuli" : "")
        + " that has no rater beside those who rated it"
    }
    return stages.flatMap(\.notes) + ratings + scales
  }

  package init(_ context: StudyContext) throws {
    self.context = context
    stages = try RecordingStages.of(context)
  }

  /// A target that the cohort lacks.
  package func absent(_ spec: TargetSpec, _ reason: String) -> PlannedTarget {
    PlannedTarget(
      spec: spec, subject: nil, rater: nil, people: [:], parts: [], notApplicable: reason)
  }

  /// Ratings as targets: of all raters together, or one for each.
  package mutating func annotation(
    _ spec: TargetSpec, _ name: String, _ rater: RaterChoice, _ cohort: ResolvedCohort
  ) throws -> [PlannedTarget] {
    let ratings = try context.annotations(name, of: rater, in: cohort)
    let rows = ratings.rows
    for row in ratings.leftOut where !raterless.contains(where: { $0 == (name, row.stimulus) }) {
      raterless.append((name, row.stimulus))
    }
    guard !rows.isEmpty else { return [absent(spec, "dataset \(cohort.dataset) has no annotation \(name)")] }
    let bad = try context.badSegments(cohort.dataset)
    guard rater == .each else {
      note(try RatingScales.requireOne(rows, name))
      return [try annotation(spec, rows, peers: [], by: StudyPerson(subject: nil, rater: nil), bad: bad)]
    }
    let groups = Dictionary(grouping: rows) { StudyPerson(subject: $0.subject, rater: $0.rater) }
    return try groups.sorted { $0.key < $1.key }.map { person, members in
      note(try RatingScales.requireOne(members, name))
      let own = Set(members.map(\.name))
      return try annotation(spec, members, peers: rows.filter { !own.contains($0.name) }, by: person, bad: bad)
    }
  }

  private mutating func note(_ scale: String?) {
    if let scale, !scales.contains(scale) { scales.append(scale) }
  }

  /// The target that ratings make; `peers`: those of the other raters, where it is one rater's.
  private func annotation(
    _ spec: TargetSpec, _ members: [Rows.StudyAnnotations], peers: [Rows.StudyAnnotations], by person: StudyPerson,
    bad: [BadSegment]
  ) throws -> PlannedTarget {
    func parts(_ rows: [Rows.StudyAnnotations], _ role: FitRole) throws -> [PlannedTarget.Part] {
      try rows.map {
        PlannedTarget.Part(.array(role: role.name, try context.warehouse.reference($0)), of: [$0.stimulus])
      }
    }
    return PlannedTarget(
      spec: spec, subject: person.subject, rater: person.rater,
      people: Dictionary(grouping: members, by: \.stimulus).mapValues { Set($0.compactMap(\.person)) },
      parts: try parts(members, .target) + parts(peers, .peers), bad: bad.of(members + peers))
  }

  /// The showings of a cohort in recordings that `signal` chooses by name, through all stages.
  package mutating func recordings(
    _ cohort: ResolvedCohort, _ excluded: [Rows.StudyExclusions], signal: (String) -> Bool = { _ in true }
  ) throws -> [StudyRecording] {
    var rows = try context.warehouse.read { try $0.studyRecordings(dataset: cohort.dataset) }
      .filter { context.isWanted($0.place, in: cohort, excluded: excluded) && signal($0.signal) }
    if context.definition.filters.repeats == .first {
      // Parts of a stimulus begin at other seconds of it.
      var seen: Set<[String]> = []
      rows = rows.filter { seen.insert([$0.subject, $0.stimulus, $0.signal, "\($0.stimulusStartS)"]).inserted }
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
  package func checkRegions() throws {
    guard case .names(let names) = context.definition.filters.regions, !labels.isEmpty,
      let unknown = names.first(where: { !labels.contains($0) })
    else { return }
    throw EvokeError(
      .unknownName, "region \(unknown) of study \(context.definition.name)",
      reason: "the recordings of its targets have \(labels.sorted().prefix(12).joined(separator: ", "))"
        + (labels.count > 12 ? ", … (\(labels.count) in all)" : ""), remedy: "correct filters.regions")
  }

  /// Recorded responses as targets: of the group, or one for each subject.
  package mutating func response(
    _ spec: TargetSpec, _ name: String, _ level: TargetLevel, _ cohort: ResolvedCohort
  ) throws -> [PlannedTarget] {
    let recordings = try self.recordings(cohort, context.exclusions(cohort.dataset)) { $0 == name }
    guard !recordings.isEmpty else { return [absent(spec, "dataset \(cohort.dataset) has no recording \(name)")] }
    func target(_ members: [StudyRecording], subject: String?) -> PlannedTarget {
      PlannedTarget(
        spec: spec, subject: subject, rater: nil, people: members.people,
        parts: members.parts(role: FitRole.target.name), placements: members.placements,
        labels: Set(members.flatMap(\.labels)))
    }
    if level == .group { return [target(recordings, subject: nil)] }
    return Dictionary(grouping: recordings, by: \.subject).sorted { $0.key < $1.key }
      .map { target($0.value, subject: $0.key) }
  }

  /// Recordings with the signal of a target; its units are planned once for all targets.
  package mutating func derive(_ choice: SignalChoice, _ recordings: [StudyRecording]) throws -> [StudyRecording] {
    let place = signals.firstIndex { $0.choice == choice } ?? signals.count
    if place == signals.count { signals.append(SignalStage(choice)) }
    return try signals[place].apply(recordings)
  }

  /// Plans a unit that targets need, once.
  package mutating func enter(_ unit: WorkUnit) -> String {
    if keys.insert(unit.key).inserted { more.append(unit) }
    return unit.key
  }
}
