import ContentIdentity
import Diagnostics
import Plans
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
  /// Recording arrays -> onset and bad channels.
  let placements: JSONValue
  /// Set when the cohort lacks it.
  let notApplicable: String?
  /// Stretches of an annotation that do not count; those of recordings stand with the placements.
  var bad: [BadSegment] = []

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
    }
    if !bad.isEmpty { members["bad"] = .array(bad.map(\.json)) }
    return .object(members)
  }
}

/// Finds the targets of a study and plans the synchrony units some of them need.
struct TargetPlanner {
  let context: StudyContext
  private(set) var units: [Unit] = []
  private var keys: Set<String> = []

  init(_ context: StudyContext) { self.context = context }

  /// The targets of one spec in one cohort; an absent one comes back `notApplicable`.
  mutating func plan(_ spec: TargetSpec, cohort: ResolvedCohort) throws -> [PlannedTarget] {
    let excluded = try context.exclusions(cohort.dataset)
    switch spec.source {
    case .annotation(let name, let rater):
      let rows = try context.report("study_annotations", ["dataset": .text(cohort.dataset), "name": .text(name)])
        .filter { context.isWanted($0, in: cohort, excluded: excluded) }
      return annotation(spec, name, rater, rows, cohort, bad: try context.badSegments(cohort.dataset))
    case .response(let name, let level):
      let rows = try recordings(cohort, excluded).filter { $0.text("signal") == name }
      return try response(spec, name, level, rows, excluded, cohort)
    case .synchrony(let synchrony):
      return try self.synchrony(spec, synchrony, try recordings(cohort, excluded), excluded, cohort)
    }
  }

  private func absent(_ spec: TargetSpec, _ reason: String) -> PlannedTarget {
    PlannedTarget(
      spec: spec, subject: nil, rater: nil, stimuli: [], subjectCount: 0, inputs: [], placements: .null,
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
        placements: .null, notApplicable: nil,
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

  private func recordings(_ cohort: ResolvedCohort, _ excluded: [SQLRow]) throws -> [SQLRow] {
    let rows = try context.report("study_recordings", ["dataset": .text(cohort.dataset)])
      .filter { context.isWanted($0, in: cohort, excluded: excluded) }
    guard context.definition.filters.repeats == .first else { return rows }
    var seen: Set<[String]> = []
    return rows.filter { seen.insert([$0.text("subject"), $0.text("stimulus"), $0.text("signal")]).inserted }
  }

  private mutating func response(
    _ spec: TargetSpec, _ name: String, _ level: TargetLevel, _ rows: [SQLRow], _ excluded: [SQLRow],
    _ cohort: ResolvedCohort
  ) throws -> [PlannedTarget] {
    guard !rows.isEmpty else { return [absent(spec, "dataset \(cohort.dataset) has no recording \(name)")] }
    let bad = try context.badSegments(cohort.dataset)
    func target(_ members: [SQLRow], subject: String?) -> PlannedTarget {
      PlannedTarget(
        spec: spec, subject: subject, rater: nil, stimuli: Set(members.map { $0.text("stimulus") }),
        subjectCount: Set(members.map { $0.text("subject") }).count,
        inputs: members.map { .array(role: "target", context.warehouse.reference($0)) },
        placements: Self.placements(members, excluded, bad), notApplicable: nil)
    }
    if level == .group { return [target(rows, subject: nil)] }
    return Dictionary(grouping: rows) { $0.text("subject") }.sorted { $0.key < $1.key }
      .map { target($0.value, subject: $0.key) }
  }

  private mutating func synchrony(
    _ spec: TargetSpec, _ synchrony: SynchronySpec, _ rows: [SQLRow], _ excluded: [SQLRow], _ cohort: ResolvedCohort
  ) throws -> [PlannedTarget] {
    guard synchrony.signal == .source, case .named(.broad) = synchrony.band else {
      return [absent(spec, "signal \(synchrony.signal.rawValue) with a band is not computed by this version")]
    }
    guard synchrony.level == .group else {
      return [absent(spec, "synchrony per subject is not an encoding target of this version")]
    }
    guard synchrony.method != .corrca else { return [absent(spec, "corrca is not computed by this version")] }
    guard !rows.isEmpty else { return [absent(spec, "dataset \(cohort.dataset) has no recordings")] }
    let signals = Set(rows.map { $0.text("signal") })
    guard signals.count == 1 || signals.contains(synchrony.signal.rawValue) else {
      throw EvokeError(
        .noCommonData, "synchrony in dataset \(cohort.dataset)",
        reason: "its recordings hold several signals: \(signals.sorted().joined(separator: ", "))",
        remedy:
          "import each signal into its own --dataset, or the one that is meant with --name \(synchrony.signal.rawValue)"
      )
    }
    let planned = try synchronyUnits(spec, rows, excluded, cohort, draws: 0, null: "none")
    guard !planned.isEmpty else {
      return [absent(spec, "no stimulus of dataset \(cohort.dataset) has two subjects")]
    }
    return [
      PlannedTarget(
        spec: spec, subject: nil, rater: nil, stimuli: Set(planned.map(\.stimulus)),
        subjectCount: Set(rows.map { $0.text("subject") }).count,
        inputs: planned.map { .unit(role: "target", key: $0.key) }, placements: .null, notApplicable: nil)
    ]
  }

  /// The synchrony units of a spec, one per stimulus with at least two subjects.
  mutating func synchronyUnits(_ spec: TargetSpec, cohort: ResolvedCohort, draws: Int, null: String) throws -> Int {
    let excluded = try context.exclusions(cohort.dataset)
    return try synchronyUnits(
      spec, try recordings(cohort, excluded), excluded, cohort, draws: draws, null: null
    ).count
  }

  private mutating func synchronyUnits(
    _ spec: TargetSpec, _ rows: [SQLRow], _ excluded: [SQLRow], _ cohort: ResolvedCohort, draws: Int, null: String
  ) throws -> [(stimulus: String, key: String)] {
    guard let synchrony = spec.synchrony else { return [] }
    // Where a dataset holds several signals, the one of the asked name is meant.
    let named = rows.filter { $0.text("signal") == synchrony.signal.rawValue }
    let rows = named.isEmpty ? rows : named
    let wanted = try context.regions().wanted
    let bad = try context.badSegments(cohort.dataset)
    var made: [(String, String)] = []
    for (stimulus, members) in Dictionary(grouping: rows, by: { $0.text("stimulus") }).sorted(by: { $0.key < $1.key }) {
      guard Set(members.map { $0.text("subject") }).count >= 2 else { continue }
      let parameters: JSONValue = [
        "dataset": .string(cohort.dataset), "cohort": .string(cohort.cohort), "stimulus": .string(stimulus),
        "signal": .string(synchrony.signal.rawValue), "band": "broad", "method": .string(synchrony.method.rawValue),
        "window_s": .number(synchrony.windowS), "step_s": .number(synchrony.stepS),
        "anchor": .string(synchrony.anchor.rawValue), "regions": wanted, "draws": .int(draws), "null": .string(null),
        "seed": .int(context.definition.seed), "placements": Self.placements(members, excluded, bad),
        "as_in_study": spec.parameters,
      ]
      let unit = Unit(
        step: "synchrony", version: Steps.version(of: "synchrony"), parameters: parameters,
        inputs: members.map { .array(role: "recording", context.warehouse.reference($0)) },
        label:
          "synchrony of \(cohort.cohort)/\(stimulus) (\(synchrony.method.rawValue), \(JSONValue.number(synchrony.windowS).canonical) s)"
      )
      if keys.insert(unit.key).inserted { units.append(unit) }
      made.append((stimulus, unit.key))
    }
    return made
  }

  /// Array name -> where the stimulus lies in the recording, and what of it is left out.
  private static func placements(_ rows: [SQLRow], _ excluded: [SQLRow], _ segments: [BadSegment]) -> JSONValue {
    var result: [String: JSONValue] = [:]
    for row in rows {
      let rules = excluded.filter { rule in
        ["subject", "session", "run", "stimulus"].allSatisfy {
          rule[$0].isNull || rule.optionalText($0) == row.optionalText($0)
        }
      }
      var bad = (try? JSONValue(parsing: row.text("bad")))?.arrayValue?.compactMap(\.stringValue) ?? []
      bad += rules.filter { $0["onset_s"].isNull }.compactMap { $0.optionalText("channel") }
      let blank = rules.filter { !$0["onset_s"].isNull }.map { rule -> JSONValue in
        [
          .number(rule.double("onset_s")), rule["offset_s"].double.map { .number($0) } ?? .null,
          rule.optionalText("channel").map { .string($0) } ?? .null,
        ]
      }
      // Segments lie on the stimulus' clock, blanks on the recording's.
      let shift = row.double("onset_s") - row.double("stimulus_start_s")
      let touched = segments.filter {
        $0.concerns(
          stimulus: row.text("stimulus"), run: row.optionalText("run"), subject: row.optionalText("subject"))
      }.map { segment -> JSONValue in [.number(segment.from + shift), .number(segment.to + shift), .null] }
      result[row.text("name")] = [
        "subject": .string(row.text("subject")), "onset_s": .number(row.double("onset_s")),
        "stimulus_start_s": .number(row.double("stimulus_start_s")),
        "duration_s": row["duration_s"].double.map { .number($0) } ?? .null,
        "bad": .array(Array(Set(bad)).sorted().map { .string($0) }), "blank": .array(blank + touched),
      ]
    }
    return .object(result)
  }
}
