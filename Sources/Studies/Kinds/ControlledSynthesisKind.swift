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
    let gainDb: [Double]
    let tempo: [Double]
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
      GrammarKey(
        "gain_db", .list(.number(Bounds(-60, to: 40)), 1...20), .value([0]),
        "Variants of every sound: louder by so many dB; of two or more an acoustic factor `gain_db`."),
      GrammarKey(
        "tempo", .list(.number(Bounds(0.5, to: 2)), 1...20), .value([1]),
        "Variants of every sound: so many times as fast at the same pitch; of two or more an acoustic factor `tempo`."),
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
      """, draftOfSounds: draft)

  /// Every sound a content of its own, softer and as it is.
  @Sendable private static func draft(_ sounds: [String]) -> [String] {
    ["  semantic: [content]", "  gain_db: [-12, 0]", "  design:   # sounds that say the same have one content"]
      + sounds.map { "    \($0): {content: \($0)}" }
  }

  private static let family: [FamilyDimension] = [.layer, .model, .featureSet, .element]

  /// The factors that the design has levels of, those of what is said first.
  private static func designed(_ keys: Keys) -> [FactorTable.Factor] {
    keys.semantic.map { FactorTable.Factor($0, .semantic) } + keys.acoustic.map { FactorTable.Factor($0, .acoustic) }
  }

  /// Those of the variants that are made.
  private static func made(_ keys: Keys) -> [FactorTable.Factor] {
    [("gain_db", keys.gainDb), ("tempo", keys.tempo)].filter { $0.1.count > 1 }.map {
      FactorTable.Factor($0.0, .acoustic)
    }
  }

  private static func variants(_ keys: Keys) -> [SoundVariant] {
    keys.gainDb.flatMap { gain in keys.tempo.map { SoundVariant(gainDB: gain, tempo: $0) } }
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
    var problems = StudyKind.sameNamed(study) + problems(of: keys)
    if variants(keys) != [.plain], study.elements != [.original] {
      problems.append(
        StudyProblem(
          at: "elements", reason: "variants are made of the original sound",
          remedy: "Leave `elements` out, or `gain_db` and `tempo`."))
    }
    if ![.permutation, .none].contains(study.statistics.null) {
      problems.append(
        StudyProblem(
          at: "statistics.null", reason: "`\(study.statistics.null.rawValue)` is no null of a design",
          remedy: "Allowed in a controlled_synthesis: permutation | none."))
    }
    return problems
  }

  private static func problems(of keys: Keys) -> [StudyProblem] {
    let rows = (keys.design.objectValue ?? [:]).sorted { $0.key < $1.key }
    let factors = designed(keys).map(\.name)
    let all = factors + made(keys).map(\.name)
    if all.isEmpty || rows.isEmpty {
      return [
        StudyProblem(
          at: "controlled_synthesis", reason: all.isEmpty ? "there is no factor" : "the design has no stimulus",
          remedy:
            "Name factors in `semantic` and `acoustic`, and their levels in `design: {STIMULUS: {FACTOR: LEVEL}}`.")
      ]
    }
    if let twice = all.first(where: { name in all.count { $0 == name } > 1 }) {
      return [
        StudyProblem(
          at: "controlled_synthesis", reason: "`\(twice)` is a factor twice",
          remedy: "Name it either in `semantic` or in `acoustic`; gain_db and tempo are those of the variants.")
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
        "controlled_synthesis.interactions", own.interactions && (designed(own) + made(own)).count < 2,
        "interactions of one factor",
        "Leave `interactions` out, or name a second factor."
      ),
      ("filters.subjects", !study.filters.subjects.isEmpty, "subjects", "Leave it out: features are nobody's."),
      (
        "filters.group_by", study.filters.groupBy.map { $0 != "cohort" && !StudyContext.dividesStimuli($0) } ?? false,
        "groups of participants", "Leave it out, or group stimuli (genre, culture, language): features are nobody's."
      ),
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
    let (designed, made) = (designed(keys), made(keys))
    func shown(_ numbers: [Double]) -> [[String]] {
      numbers.map { numbers.count > 1 ? [JSONValue.number($0).canonical] : [] }
    }
    return FactorTable(
      designed + made,
      levels: (keys.design.objectValue ?? [:]).mapValues { row in designed.compactMap { level(row[$0.name]) } },
      variants: shown(keys.gainDb).flatMap { gain in shown(keys.tempo).map { gain + $0 } },
      interactions: keys.interactions)
  }

  func plan(_ context: StudyContext) throws -> Plan {
    let keys = context.definition.own(Keys.self)
    let table = Self.table(keys)
    try Self.checkStimuli(of: table, context)
    var features = FeaturePlanner(context)
    var units: [WorkUnit] = []
    var planned: [[String]: String] = [:]
    for cohort in try context.cohorts() {
      let planner = try FactorSharePlanner(context, cohort: cohort, table: table)
      // Stimuli are all that tells one cohort's analysis from another's; without any there is none, and its row says so.
      if !planner.stimuli.isEmpty,
        let other = planned.updateValue(cohort.cohort, forKey: [cohort.dataset] + planner.stimuli.sorted())
      {
        throw EvokeError(
          .studyContradiction, "filters.cohorts of study \(context.definition.name)",
          reason: "\(other) and \(cohort.cohort) have the same stimuli of the design, and features are nobody's",
          remedy: "name one of them, or cohorts of other stimuli (evoke cohort define NAME --stimuli SQL)")
      }
      var found: [[PlannedFeature]] = []
      for element in context.definition.elements {
        let reason = planner.stimuli.isEmpty ? "it has no stimulus of the design" : nil
        if let reason = try reason ?? features.lacking(element, dataset: cohort.dataset) {
          units.append(planner.absent(element, because: reason))
          continue
        }
        for spec in context.definition.features {
          let variants = try Self.variants(keys).map {
            try features.plan(spec, element: element, cohort: cohort, stimuli: planner.stimuli, variant: $0)
          }
          // Layer by layer.
          found += variants[0].indices.map { layer in variants.map { $0[layer] } }
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
