import ContentIdentity
import Diagnostics
import Encoding
import FeatureSpaces
import Recordings
import StudyFiles
import Vocabulary
import Work

/// How much of the features of sounds that were made by a design each of its factors explains: what is said, and how it
/// sounds.
struct ControlledSynthesisKind: ComputedKind {
  struct Keys: Codable {
    let semantic: [String]
    let acoustic: [String]
    let design: JSONValue
    let interactions: Bool
  }

  private static let names = Shape.list(.text, 0...100)

  let kind = StudyKind(
    "controlled_synthesis", summary: "features of stimuli made from a design of factors", takes: [.features],
    own: .map([
      GrammarKey("semantic", names, .value([]), "Factors of what is said or meant."),
      GrammarKey("acoustic", names, .value([]), "Factors of how it sounds."),
      GrammarKey(
        "design", .free, .required, "Of every stimulus the level of each factor: {STIMULUS: {FACTOR: LEVEL, ...}, ...}."
      ),
      GrammarKey(
        "interactions", .flag, .value(false),
        "Whether every two factors have an effect together, too; else it is error."),
    ]),
    standards: [
      "statistics.null": .value("permutation; none where draws is 0") { study in
        study["statistics"]?["draws"] == 0 ? "none" : "permutation"
      },
      "statistics.family": .value("[layer, model, feature_set, element]") { _ in
        .array(family.map { .string($0.rawValue) })
      },
      "statistics.correction": .value("[max, bh]") { _ in ["max", "bh"] },
    ],
    rules: Self.rules, ignored: Self.ignored, views: ["controlled_synthesis"],
    example: """
      study: words-or-voice
      kind: controlled_synthesis
      datasets: [sentences]
      features:
        - {model: wav2vec2-base, layers: all}
        - {set: lld12}
      controlled_synthesis:
        semantic: [sentence]
        acoustic: [prosody, loudness]
        design:
          rain-flat-soft: {sentence: rain, prosody: flat, loudness: soft}
          rain-flat-loud: {sentence: rain, prosody: flat, loudness: loud}
          rain-rising-soft: {sentence: rain, prosody: rising, loudness: soft}
          rain-rising-loud: {sentence: rain, prosody: rising, loudness: loud}
          bread-flat-soft: {sentence: bread, prosody: flat, loudness: soft}
          bread-flat-loud: {sentence: bread, prosody: flat, loudness: loud}
          bread-rising-soft: {sentence: bread, prosody: rising, loudness: soft}
          bread-rising-loud: {sentence: bread, prosody: rising, loudness: loud}
      """)

  private static let family: [FamilyDimension] = [.layer, .model, .featureSet, .element]

  /// The factors, those of what is said first.
  private static func factors(_ keys: Keys) -> [FactorTable.Factor] {
    keys.semantic.map { FactorTable.Factor($0, .semantic) } + keys.acoustic.map { FactorTable.Factor($0, .acoustic) }
  }

  /// A level, a word or a number; nil for anything else.
  private static func level(_ value: JSONValue?) -> String? {
    switch value {
    case .string(let text): text
    case .number: value?.canonical
    default: nil
    }
  }

  @Sendable private static func rules(_ study: StudyDefinition) -> [StudyProblem] {
    let keys = study.own(Keys.self)
    var problems = StudyKind.sameNamed(study) + problems(of: factors(keys).map(\.name), in: keys.design)
    if ![.permutation, .none].contains(study.statistics.null) {
      problems.append(
        StudyProblem(
          at: "statistics.null", reason: "`\(study.statistics.null.rawValue)` is no null of a design",
          remedy: "Allowed in a controlled_synthesis: permutation | none."))
    }
    return problems
  }

  private static func problems(of factors: [String], in design: JSONValue) -> [StudyProblem] {
    let rows = (design.objectValue ?? [:]).sorted { $0.key < $1.key }
    if factors.isEmpty || rows.isEmpty {
      return [
        StudyProblem(
          at: "controlled_synthesis", reason: factors.isEmpty ? "there is no factor" : "the design has no stimulus",
          remedy:
            "Name factors in `semantic` and `acoustic`, and their levels in `design: {STIMULUS: {FACTOR: LEVEL}}`.")
      ]
    }
    if let twice = factors.first(where: { name in factors.count { $0 == name } > 1 }) {
      return [
        StudyProblem(
          at: "controlled_synthesis", reason: "`\(twice)` is a factor twice",
          remedy: "Name it either in `semantic` or in `acoustic`.")
      ]
    }
    return rows.compactMap { stimulus, levels in
      let named = Set((levels.objectValue ?? [:]).keys)
      if let lacking = factors.first(where: { level(levels[$0]) == nil }) {
        return StudyProblem(
          at: "controlled_synthesis.design.\(stimulus)", reason: "it has no level of `\(lacking)`, a word or a number",
          remedy: "Write `\(stimulus): {\(factors.map { "\($0): LEVEL" }.joined(separator: ", "))}`.")
      }
      guard let strange = named.subtracting(factors).min() else { return nil }
      return StudyProblem(
        at: "controlled_synthesis.design.\(stimulus)", reason: "`\(strange)` is not among the factors",
        remedy: "Name it in `semantic` or `acoustic`, or leave it out.")
    }
  }

  @Sendable private static func ignored(_ study: StudyDefinition) -> [StudyDefinition.Ineffective] {
    let features = study.features.enumerated().flatMap { ignored($1, at: "features[\($0 + 1)]") }
    let statistics = study.statistics
    let own = study.own(Keys.self)
    let keys: [(place: String, isSaid: Bool, what: String, remedy: String)] = [
      (
        "statistics.family", statistics.family != family, "other families than the features of an effect",
        "Leave `family` out: all features, layers and elements of an effect are corrected together."
      ),
      (
        "statistics.correction", Set(statistics.correction) != [.max, .bh], "another choice of corrections",
        "Leave `correction` out, or write `correction: [max, bh]`: q_bh and p_max are always given."
      ),
      (
        "filters.grid", study.filters.grid != .target, "a grid",
        "Leave it out: features are averaged over all seconds."
      ),
      (
        "controlled_synthesis.interactions", own.interactions && factors(own).count < 2, "interactions of one factor",
        "Leave `interactions` out, or name a second factor."
      ),
      ("filters.subjects", !study.filters.subjects.isEmpty, "subjects", "Leave it out: features are nobody's."),
    ]
    return features
      + keys.filter(\.isSaid).map {
        StudyDefinition.Ineffective(
          place: $0.place, what: "\($0.what) in a controlled_synthesis", remedy: $0.remedy)
      }
  }

  private static func ignored(_ feature: FeatureSpec, at place: String) -> [StudyDefinition.Ineffective] {
    var found: [StudyDefinition.Ineffective] = []
    if case .annotation = feature.source {
      found.append(
        StudyDefinition.Ineffective(
          place: place, what: "an annotation in a controlled_synthesis, which asks about features of the sound",
          remedy: "Import the ratings' means as features (evoke import features), and name that space."))
    }
    if feature.transform != .none {
      found.append(
        StudyDefinition.Ineffective(
          place: "\(place).transform", what: "changed or smoothed features, which are averaged over a stimulus,",
          remedy: "Leave `transform` out."))
    }
    return found
  }

  private static func table(_ keys: Keys) -> FactorTable {
    let factors = factors(keys)
    return FactorTable(
      factors, levels: (keys.design.objectValue ?? [:]).mapValues { row in factors.compactMap { level(row[$0.name]) } },
      interactions: keys.interactions)
  }

  func plan(_ context: StudyContext) throws -> Plan {
    let table = Self.table(context.definition.own(Keys.self))
    try Self.checkStimuli(of: table, context)
    var features = FeaturePlanner(context)
    var units: [WorkUnit] = []
    for cohort in try context.cohorts() {
      let planner = try FactorSharePlanner(context, cohort: cohort, table: table)
      var found: [PlannedFeature] = []
      for element in context.definition.elements {
        let reason = planner.stimuli.isEmpty ? "it has no stimulus of the design" : nil
        if let reason = try reason ?? features.lacking(element, dataset: cohort.dataset) {
          units.append(planner.absent(element, because: reason))
          continue
        }
        for spec in context.definition.features {
          found += try features.plan(spec, element: element, cohort: cohort, stimuli: planner.stimuli)
        }
      }
      if !found.isEmpty { units.append(try planner.unit(found)) }
    }
    return context.plan(features.units + units)
  }

  /// Refuses a stimulus that no dataset of the study has.
  private static func checkStimuli(of table: FactorTable, _ context: StudyContext) throws {
    let known = try context.definition.datasets.flatMap { dataset in
      try context.warehouse.read { try $0.knownStimuli(dataset: dataset) }.map(\.name)
    }
    guard let unknown = table.levels.keys.sorted().first(where: { !known.contains($0) }) else { return }
    throw EvokeError(
      .unknownName, "stimulus \(unknown) of the design of study \(context.definition.name)",
      reason: "no dataset of the study has it", remedy: NearMiss.suggestion(unknown, in: Set(known).sorted()))
  }
}
