import ContentIdentity
import Diagnostics
import Plans
import Vocabulary
import Warehouse

/// Synchrony of the study's cohorts: signals, one unit per stimulus (or one of components), comparisons of cohorts.
extension TargetPlanner {
  /// Synchrony as a target of encoding models: of the group, or one for each subject.
  mutating func synchrony(_ spec: TargetSpec, _ synchrony: SynchronySpec, _ cohort: ResolvedCohort) throws
    -> [PlannedTarget]
  {
    let recordings = try signalled(synchrony, cohort)
    guard !recordings.isEmpty else { return [absent(spec, "dataset \(cohort.dataset) has no recordings")] }
    let planned = try synchronyUnits(spec, recordings, cohort, draws: 0, null: "none")
    guard !planned.isEmpty else {
      return [absent(spec, "no stimulus of dataset \(cohort.dataset) has two subjects")]
    }
    func target(_ subject: String?, _ stimuli: Set<String>, count: Int) -> PlannedTarget {
      var seen: Set<String> = []
      return PlannedTarget(
        spec: spec, subject: subject, rater: nil, stimuli: stimuli, subjectCount: count,
        inputs: planned.filter { stimuli.contains($0.stimulus) && seen.insert($0.key).inserted }
          .map { .unit(role: "target", key: $0.key) }, placements: [:], notApplicable: nil)
    }
    let stimuli = Set(planned.map(\.stimulus))
    guard synchrony.level == .subject else { return [target(nil, stimuli, count: recordings.subjectCount)] }
    let own = Dictionary(grouping: recordings.filter { stimuli.contains($0.stimulus) }, by: \.subject)
    return own.sorted { $0.key < $1.key }.map { target($0.key, Set($0.value.map(\.stimulus)), count: 1) }
  }

  /// The synchrony units of a spec.
  mutating func synchronyUnits(_ spec: TargetSpec, cohort: ResolvedCohort, draws: Int, null: String) throws -> Int {
    guard let synchrony = spec.synchrony else { return 0 }
    return try synchronyUnits(spec, try signalled(synchrony, cohort), cohort, draws: draws, null: null).count
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
    _ spec: TargetSpec, _ recordings: [StudyRecording], _ cohort: ResolvedCohort, draws: Int, null: String
  ) throws -> [(stimulus: String, key: String)] {
    guard let synchrony = spec.synchrony else { return [] }
    let shown = Dictionary(grouping: recordings, by: \.stimulus).filter { $0.value.subjectCount >= 2 }
      .sorted { $0.key < $1.key }
    let what = "\(cohort.cohort)/"
    let how = "(\(synchrony.method.rawValue), \(JSONValue.number(synchrony.windowS).canonical) s)"
    var common = try parameters(spec, synchrony)
    common["draws"] = .int(draws)
    common["null"] = .string(null)
    common["dataset"] = .string(cohort.dataset)
    common["cohort"] = .string(cohort.cohort)
    if synchrony.method == .corrca {
      guard !shown.isEmpty else { return [] }
      let members = shown.flatMap(\.value)
      common["placements"] = members.placements
      let key = enter(
        "components", common, members.inputs(role: "recording"), "synchrony of \(what)\(shown.count) stimuli \(how)")
      return shown.map { ($0.key, key) }
    }
    return shown.map { stimulus, own in
      // Other stimuli's recordings stand in for this one's where they are exchanged.
      let members = null == "clip_shuffle" ? shown.flatMap(\.value) : own
      common["stimulus"] = .string(stimulus)
      common["placements"] = members.placements
      let key = enter(
        "synchrony", common, members.inputs(role: "recording"), "synchrony of \(what)\(stimulus) \(how)")
      return (stimulus, key)
    }
  }

  /// What every unit of a spec is told.
  private func parameters(_ spec: TargetSpec, _ synchrony: SynchronySpec) throws -> [String: JSONValue] {
    var result = SignalChoice(synchrony).json.objectValue ?? [:]
    result["method"] = .string(synchrony.method.rawValue)
    result["window_s"] = .number(synchrony.windowS)
    result["step_s"] = .number(synchrony.stepS)
    result["anchor"] = .string(synchrony.anchor.rawValue)
    result["regions"] = try context.regions().wanted.map { .array($0.map { .string($0) }) } ?? .null
    result["seed"] = .int(context.definition.seed)
    result["as_in_study"] = spec.parameters
    if context.definition.filters.identical == .keep { result["identical"] = "keep" }
    return result
  }

  private mutating func enter(
    _ step: String, _ parameters: [String: JSONValue], _ inputs: [Unit.Input], _ label: String
  )
    -> String
  {
    enter(
      Unit(
        step: step, version: Steps.version(of: step), parameters: .object(parameters), inputs: inputs, label: label))
  }

  // MARK: - Two cohorts

  /// The comparison of two cohorts' synchrony; a unit that does not apply says why.
  mutating func comparison(
    _ spec: TargetSpec, _ first: ResolvedCohort, _ second: ResolvedCohort, draws: Int
  ) throws -> Unit? {
    guard let synchrony = spec.synchrony else { return nil }
    let sides = [try signalled(synchrony, first), try signalled(synchrony, second)]
    var common = try parameters(spec, synchrony)
    for (name, cohort) in [("a", first), ("b", second)] {
      common["dataset_" + name] = .string(cohort.dataset)
      common["cohort_" + name] = .string(cohort.cohort)
    }
    let label = "synchrony of \(first.cohort) against \(second.cohort)"
    let shared = try sharedStimuli(sides, first, second)
    if let reason = try obstacle(sides, shared, synchrony, first, second) {
      return Unit(
        step: "synchrony_contrast", version: Steps.version(of: "synchrony_contrast"),
        parameters: .object(common), inputs: [], label: label, notApplicable: reason)
    }
    common["draws"] = .int(draws)
    common["shared"] = .array(shared.sorted().map { .string($0) })
    let members = zip(["a", "b"], sides).map { name, side in
      (name, shared.isEmpty ? side : side.filter { shared.contains($0.stimulus) })
    }
    var inputs: [Unit.Input] = []
    for (name, side) in members {
      common["placements_" + name] = side.placements
      inputs += side.inputs(role: "recording_" + name)
    }
    return Unit(
      step: "synchrony_contrast", version: Steps.version(of: "synchrony_contrast"), parameters: .object(common),
      inputs: inputs, label: label)
  }

  /// Stimuli that both saw: of one dataset by name, of two by name and medium.
  private func sharedStimuli(
    _ sides: [[StudyRecording]], _ first: ResolvedCohort, _ second: ResolvedCohort
  ) throws -> Set<String> {
    let names = Set(sides[0].map(\.stimulus)).intersection(sides[1].map(\.stimulus))
    guard first.dataset != second.dataset, !names.isEmpty else { return names }
    func media(_ dataset: String) throws -> [String: String] {
      let rows = try context.report("study_stimuli", ["dataset": .text(dataset)])
      return Dictionary(
        rows.map { ($0.text("name"), $0.optionalText("media_sha256") ?? "") }, uniquingKeysWith: { a, _ in a })
    }
    let (a, b) = (try media(first.dataset), try media(second.dataset))
    return names.filter { a[$0] == b[$0] }
  }

  /// Why two cohorts cannot be compared.
  private func obstacle(
    _ sides: [[StudyRecording]], _ shared: Set<String>, _ synchrony: SynchronySpec, _ first: ResolvedCohort,
    _ second: ResolvedCohort
  ) throws -> String? {
    if synchrony.method == .corrca { return "components are fitted to each cohort: compare pairwise or leave_one_out" }
    if first.dataset == second.dataset {
      let both = Set(sides[0].map(\.subject)).intersection(sides[1].map(\.subject))
      if let one = both.min(), !shared.isEmpty { return "\(both.count) subjects are in both cohorts, such as \(one)" }
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
