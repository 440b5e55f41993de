import ContentIdentity
import Diagnostics
import Recordings
import StudyFiles
import Vocabulary
import Warehouse
import Work

/// Synchrony of the study's cohorts: signals, one unit per stimulus (or one of components), comparisons of cohorts.
extension TargetPlanner {
  /// Synchrony as a target of encoding models: of the group, or one for each subject.
  package mutating func synchrony(_ spec: TargetSpec, _ synchrony: SynchronySpec, _ cohort: ResolvedCohort) throws
    -> [PlannedTarget]
  {
    let recordings = try signalled(synchrony, cohort)
    guard !recordings.isEmpty else { return [absent(spec, "dataset \(cohort.dataset) has no recordings")] }
    let planned = try synchronyUnits(spec, recordings, cohort, null: .none)
    guard !planned.isEmpty else {
      return [absent(spec, "no stimulus of dataset \(cohort.dataset) has two subjects")]
    }
    let units = Dictionary(grouping: planned, by: \.key).mapValues { Set($0.map(\.stimulus)) }
    func target(_ subject: String?, _ people: [String: Set<String>]) -> PlannedTarget {
      var seen: Set<String> = []
      return PlannedTarget(
        spec: spec, subject: subject, rater: nil, people: people,
        parts: planned.compactMap { unit in
          guard people[unit.stimulus] != nil, seen.insert(unit.key).inserted, let shown = units[unit.key] else {
            return nil
          }
          return PlannedTarget.Part(.unit(role: FitRole.target.name, key: unit.key), of: shown)
        }, labels: Set(recordings.flatMap(\.labels)))
    }
    let stimuli = Set(planned.map(\.stimulus))
    let shown = recordings.filter { stimuli.contains($0.stimulus) }
    guard synchrony.level == .subject else { return [target(nil, shown.people)] }
    return Dictionary(grouping: shown, by: \.subject).sorted { $0.key < $1.key }.map { target($0.key, $0.value.people) }
  }

  /// Plans the synchrony units of a spec; how many there are.
  package mutating func synchronyUnits(
    _ spec: TargetSpec, cohort: ResolvedCohort, null: SynchronyNullRequest
  ) throws -> Int {
    guard let synchrony = spec.synchrony else { return 0 }
    return try synchronyUnits(spec, try signalled(synchrony, cohort), cohort, null: null).count
  }

  /// A unit in place of the synchrony of a cohort none of whose stimuli has two subjects.
  package func absentSynchrony(_ spec: TargetSpec, _ cohort: ResolvedCohort) -> WorkUnit {
    SynchronyStep().absent(
      SynchronyStep.Absent(cohort: CohortName(cohort), target: spec.parameters),
      label: "synchrony of \(cohort.cohort)",
      because: "no stimulus of dataset \(cohort.dataset) has recordings of two subjects")
  }

  /// The cohort's recordings as the asked signal: imported under its name, or derived from what was imported.
  private mutating func signalled(_ synchrony: SynchronySpec, _ cohort: ResolvedCohort) throws -> [StudyRecording] {
    let choice = SignalChoice(synchrony)
    let all = try recordings(cohort, try context.exclusions(cohort.dataset))
    let named = all.filter { $0.signal == synchrony.signal.rawValue }
    if !named.isEmpty, choice.band == .named(.broad) { return named }
    let derived = Set(SynchronySignal.allCases.map(\.rawValue)).subtracting([SynchronySignal.source.rawValue])
    let raw = all.filter { !derived.contains($0.signal) }
    let sources = raw.filter { $0.signal == SynchronySignal.source.rawValue }
    let chosen = sources.isEmpty ? raw : sources
    let signals = Set(chosen.map(\.signal)).sorted()
    guard signals.count <= 1 else {
      throw EvokeError(
        .noCommonData, "synchrony in dataset \(cohort.dataset)",
        reason: "its recordings hold several signals: \(signals.joined(separator: ", "))",
        remedy:
          "import each signal into its own --dataset, or the one that is meant with --name \(synchrony.signal.rawValue)"
      )
    }
    return try derive(choice, chosen)
  }

  /// One unit per stimulus with at least two subjects; for components one unit for all of them.
  private mutating func synchronyUnits(
    _ spec: TargetSpec, _ recordings: [StudyRecording], _ cohort: ResolvedCohort, null: SynchronyNullRequest
  ) throws -> [(stimulus: String, key: String)] {
    guard let synchrony = spec.synchrony else { return [] }
    let shown = Dictionary(grouping: recordings, by: \.stimulus).filter { $0.value.subjectCount >= 2 }
      .sorted { $0.key < $1.key }
    let everything = shown.flatMap(\.value)
    if synchrony.method == .corrca {
      guard !shown.isEmpty else { return [] }
      let settings = try settings(spec, synchrony, comparing: everything)
      let key = enter(
        SynchronyComponentsStep().unit(
          SynchronyComponentsStep.Parameters(
            settings: settings, cohort: CohortName(cohort), null: null, placements: everything.placements),
          inputs: everything.inputs(role: "recording"),
          label: settings.label(of: cohort.cohort, "\(shown.count) stimuli")))
      return shown.map { ($0.key, key) }
    }
    return try shown.map { stimulus, showings in
      let members = null.exchangesStimuli ? everything : showings
      let parameters = try parameters(
        spec, synchrony, cohort: cohort, stimulus: stimulus, comparing: members, null: null)
      return (stimulus, enter(unit(parameters, of: members)))
    }
  }

  private func parameters(
    _ spec: TargetSpec, _ synchrony: SynchronySpec, cohort: ResolvedCohort, stimulus: String,
    comparing members: [StudyRecording], null: SynchronyNullRequest
  ) throws -> SynchronyStep.Parameters {
    SynchronyStep.Parameters(
      settings: try settings(spec, synchrony, comparing: members), cohort: CohortName(cohort), stimulus: stimulus,
      null: null, placements: members.placements)
  }

  private func unit(_ parameters: SynchronyStep.Parameters, of members: [StudyRecording]) -> WorkUnit {
    SynchronyStep().unit(
      parameters, inputs: members.inputs(role: "recording"),
      label: parameters.settings.label(of: parameters.cohort.cohort, parameters.stimulus))
  }

  /// The units that calibrate the test of synchrony of a spec; of every cohort all stimuli, or the first.
  ///
  /// - Throws: `E-ENC-011` for components and for nulls that exchange stimuli.
  package mutating func synchronyCalibration(
    _ spec: TargetSpec, cohort: ResolvedCohort, _ request: CalibrationRequest
  ) throws -> [WorkUnit] {
    guard let synchrony = spec.synchrony else { return [] }
    let statistics = context.definition.statistics
    guard synchrony.method != .corrca, [.phase, .circularShift].contains(statistics.null), statistics.draws > 0,
      let own = SynchronyNullRequest(statistics.null, draws: statistics.draws)
    else {
      throw EvokeError(
        .notCalibrated, "study \(context.definition.name)",
        reason: "surrogates stand in for recordings of one stimulus: not for components, which are fitted to them, and "
          + "not under null: \(statistics.null.rawValue) with \(statistics.draws) draws",
        remedy: "calibrate pairwise or leave_one_out synchrony under null: phase or circular_shift")
    }
    let shown = Dictionary(grouping: try signalled(synchrony, cohort), by: \.stimulus)
      .filter { $0.value.subjectCount >= 2 }.sorted { $0.key < $1.key }
    let chosen = request.isWhole ? shown[...] : shown.prefix(1)
    let selection = "\(chosen.count) of \(shown.count) stimuli" + (request.isWhole ? "" : ", the first")
    return try chosen.flatMap { stimulus, members in
      let study = unit(
        try parameters(
          spec, synchrony, cohort: cohort, stimulus: stimulus, comparing: members, null: own), of: members)
      return try request.worlds.compactMap { r in
        try SynchronyNullRequest(statistics.null, draws: request.draws(of: r)).map { null in
          SynchronyCalibrationStep().unit(
            SynchronyCalibrationStep.Parameters(
              synchrony: try parameters(
                spec, synchrony, cohort: cohort, stimulus: stimulus, comparing: members, null: null), unit: study.key,
              plantedR: r,
              runs: request.runs, level: Significance.level, selection: selection),
            inputs: study.inputs,
            label: "\(r > 0 ? "synchrony \(JSONValue.number(r).canonical)" : "nothing") planted, \(request.runs) runs: "
              + study.label)
        }
      }
    }
  }

  /// What a unit of a spec is told that compares these recordings.
  private func settings(
    _ spec: TargetSpec, _ synchrony: SynchronySpec, comparing recordings: [StudyRecording]
  ) throws -> SynchronySettings {
    let drift = recordings.drift(synchrony.highPassS)
    return SynchronySettings(
      choice: SignalChoice(synchrony), method: synchrony.method, windowS: synchrony.windowS, stepS: synchrony.stepS,
      anchor: synchrony.anchor, highPassS: drift.highPassS, keepsDrift: drift.isKept,
      regions: try context.regions().wanted,
      identical: context.definition.filters.identical, seed: context.definition.seed, asInStudy: spec.parameters)
  }

  // MARK: - Two cohorts

  /// The comparison of two cohorts' synchrony; a unit that does not apply says why.
  package mutating func comparison(
    _ spec: TargetSpec, _ first: ResolvedCohort, _ second: ResolvedCohort, draws: Int
  ) throws -> WorkUnit? {
    guard let synchrony = spec.synchrony else { return nil }
    let sides = [try signalled(synchrony, first), try signalled(synchrony, second)]
    let shared = try sharedStimuli(sides, first, second)
    let members = shared.isEmpty ? sides : sides.map { side in side.filter { shared.contains($0.stimulus) } }
    let settings = try settings(spec, synchrony, comparing: members.flatMap { $0 })
    let (a, b) = (CohortName(first), CohortName(second))
    let label = "synchrony of \(first.cohort) against \(second.cohort)"
    if let reason = try obstacle(sides, shared: shared, synchrony: synchrony, first: first, second: second) {
      return SynchronyContrastStep().absent(
        SynchronyContrastStep.Absent(settings: settings, a: a, b: b), label: label, because: reason)
    }
    return SynchronyContrastStep().unit(
      SynchronyContrastStep.Parameters(
        settings: settings, a: a, b: b,
        design: shared.isEmpty ? .disjoint : .shared(stimuli: shared.sorted(), draws: draws),
        placementsA: members[0].placements, placementsB: members[1].placements),
      inputs: members[0].inputs(role: "recording_a") + members[1].inputs(role: "recording_b"), label: label)
  }

  /// Stimuli that both saw: of one dataset by name, of two by name and medium.
  private func sharedStimuli(
    _ sides: [[StudyRecording]], _ first: ResolvedCohort, _ second: ResolvedCohort
  ) throws -> Set<String> {
    let names = Set(sides[0].map(\.stimulus)).intersection(sides[1].map(\.stimulus))
    guard first.dataset != second.dataset, !names.isEmpty else { return names }
    let rows = try [first, second].map { cohort in
      try context.warehouse.read { try $0.studyStimuli(dataset: cohort.dataset) }
    }
    let shown = rows.map { Set($0.map { ShownMedium(stimulus: $0.name, sha256: $0.mediaSHA256) }) }
    return names.intersection(shown[0].intersection(shown[1]).map(\.stimulus))
  }

  /// Why two cohorts cannot be compared.
  private func obstacle(
    _ sides: [[StudyRecording]], shared: Set<String>, synchrony: SynchronySpec, first: ResolvedCohort,
    second: ResolvedCohort
  ) throws -> String? {
    if synchrony.method == .corrca { return "components are fitted to each cohort: compare pairwise or leave_one_out" }
    if first.dataset == second.dataset {
      let both = Set(sides[0].map(\.subject)).intersection(sides[1].map(\.subject))
      if !both.isEmpty, !shared.isEmpty { return "\(both.count) subjects are in both cohorts" }
    }
    for (side, cohort) in zip(sides, [first, second]) where side.subjectCount < 3 {
      return "cohort \(cohort.cohort) has recordings of \(side.subjectCount) subjects; three are needed"
    }
    let wanted = try context.regions().wanted.map(Set.init)
    let regions = sides.map { side in
      Set(side.flatMap(\.labels)).filter { wanted?.contains($0) ?? true }
    }
    if regions[0] != regions[1] {
      let odd = regions[0].symmetricDifference(regions[1]).sorted()
      return "recordings of \(first.cohort) and \(second.cohort) differ in \(odd.count) regions, such as \(odd[0]); "
        + "name the common ones with filters: {regions: [...]}"
    }
    return nil
  }
}

extension [StudyRecording] {
  /// What takes slow drifts out of the comparison of these recordings: `periodS`, the longest period asked for, unless
  /// each of them is one that a preparation high-passed so; and whether nothing does.
  fileprivate func drift(_ periodS: Double?) -> (highPassS: Double?, isKept: Bool) {
    let prepared = compactMap(\.longestPeriodS)
    let arePrepared = !isEmpty && prepared.count == count
    guard let periodS else { return (nil, !arePrepared) }
    return (arePrepared && prepared.allSatisfy { $0 <= periodS } ? nil : periodS, false)
  }
}

/// A stimulus and the file that is shown; nil: none was imported.
private struct ShownMedium: Hashable {
  let stimulus: String
  let sha256: String?
}
