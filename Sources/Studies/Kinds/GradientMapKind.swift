import Comparison
import ContentIdentity
import Diagnostics
import Recordings
import StudyFiles
import Synchrony
import Vocabulary
import Warehouse
import Work

/// Maps that another study found, against columns of an atlas: does a score, the layer that predicts best, voice less
/// soundtrack, or synchrony change over the cortex as a gradient does?
///
/// Fits and synchrony are those of the other study, as its file says them now; what has been computed is not computed
/// again.
struct GradientMapKind: ComputedKind {
  struct Keys: Codable {
    let of: String
    let atlas: String
    let columns: [String]
    /// Words, or `all`.
    let maps: JSONValue
    let centres: [String]
  }

  let kind = StudyKind(
    "gradient_map", summary: "a layer, score or synchrony map of another study against a column of an atlas", takes: [],
    own: .map([
      GrammarKey(
        "of", .text, .required, "A study that was run, with fits to regions or synchrony: its maps are taken."),
      GrammarKey("atlas", .text, .required, "An imported atlas."),
      GrammarKey("columns", .list(.text, 1...100), .required, "Columns of the atlas that hold numbers."),
      GrammarKey(
        "maps", .anyOf([.choice(["all"]), .list(.choice(MapQuantity.allCases.map(\.rawValue)), 1...4)]), .value("all"),
        "What is taken of each region: r; the relative depth of the layer with the largest r; Fisher z of voice less "
          + "soundtrack; synchrony, the mean over windows and stimuli; all: those that the study makes."),
      GrammarKey(
        "centres", .list(.text, 3...3), .value(.array(GradientPlanner.standardCentres.map { .string($0) })),
        "Columns of the atlas with the centre of each region, to the right, the front and up (MNI or a sphere); where none "
          + "are named and there is no x, centres of the Desikan-Killiany regions by name."),
    ]),
    standards: [
      "statistics.null": .value("spin; none where draws is 0") {
        $0["statistics"]?["draws"] == 0 ? "none" : .string(NullKind.spin.rawValue)
      },
      "statistics.family": .value("all maps and columns of a kind of target, dataset and cohort", Self.family),
    ],
    rules: Self.rules, ignored: Self.ignored, views: ["gradient_map"],
    example: """
      study: along-the-gradient
      kind: gradient_map
      datasets: [films]
      gradient_map: {of: layers, atlas: dk68, columns: [gradient1]}
      """,
    draftOfMap: { study, atlas, column in ["  of: \(study)", "  atlas: \(atlas)", "  columns: [\(column)]"] })

  private static let pooled: [FamilyDimension] = [.target, .layer, .model, .featureSet, .element, .subject]

  @Sendable private static func family(_ study: JSONValue) -> JSONValue {
    .array(FamilyDimension.allCases.filter(pooled.contains).map { .string($0.rawValue) })
  }

  @Sendable private static func rules(_ study: StudyDefinition) -> [StudyProblem] {
    var problems: [StudyProblem] = []
    if ![.spin, .none].contains(study.statistics.null) {
      problems.append(
        StudyProblem(
          at: "statistics.null", reason: "`\(study.statistics.null.rawValue)` is no null of maps",
          remedy: "Allowed in a gradient_map: spin | none."))
    }
    if study.own(Keys.self).of == study.name {
      problems.append(
        StudyProblem(
          at: "gradient_map.of", reason: "it names this study itself", remedy: "Name a study that fits features."))
    }
    return problems
  }

  @Sendable private static func ignored(_ study: StudyDefinition) -> [StudyDefinition.Ineffective] {
    func found(_ place: String, _ what: String, _ remedy: String) -> StudyDefinition.Ineffective {
      StudyDefinition.Ineffective(place: place, what: what, remedy: remedy)
    }
    var keys: [StudyDefinition.Ineffective] = []
    let filters = study.filters
    let narrowing: [(name: String, isSet: Bool)] = [
      ("cohorts", !filters.cohorts.isEmpty), ("group_by", filters.groupBy != nil),
      ("stimuli", !filters.stimuli.isEmpty), ("subjects", !filters.subjects.isEmpty),
      ("exclude", filters.exclude != .all), ("grid", filters.grid != .target),
    ]
    keys += narrowing.filter(\.isSet).map {
      found(
        "filters.\($0.name)", "`\($0.name)` of a gradient_map, whose fits are another study's",
        "Leave it out here, and write it into that study.")
    }
    if Set(study.statistics.family) != Set(pooled) {
      keys.append(
        found(
          "statistics.family", "families other than all maps and columns in a gradient_map", "Leave `family` out."))
    }
    if study.statistics.correction != [.max] {
      keys.append(
        found(
          "statistics.correction", "another correction than the maximum in a gradient_map",
          "Leave `correction` out, or write `correction: [max]`."))
    }
    return keys
  }

  func plan(_ context: StudyContext) throws -> Plan {
    let keys = context.definition.own(Keys.self)
    let source = try source(keys.of, context.warehouse)
    let plan = try StudyKinds.all.plan(source, in: context.warehouse)
    let planner = try GradientPlanner(
      plan.units, synchrony: try MeasuredSynchrony.all(in: plan.units), context,
      as: GradientPlanner.Design(
        source: keys.of, atlas: keys.atlas, columns: keys.columns, centres: keys.centres, maps: try maps(keys)))
    return context.plan((plan.units + planner.units).needed(by: planner.units), notes: [planner.note])
  }

  /// nil: all.
  private func maps(_ keys: Keys) throws -> [MapQuantity]? {
    keys.maps == "all" ? nil : try StrictCoder.decode([MapQuantity].self, from: keys.maps)
  }

  /// The newest definition under a name, as it was run.
  private func source(_ name: String, _ warehouse: Warehouse) throws -> StudyDefinition {
    guard let run = try warehouse.read({ try $0.runOfStudy(study: name) }).first else {
      let known = try warehouse.read { try $0.studyNames() }.map(\.name)
      throw EvokeError(
        .unknownName, "study \(name)", reason: "no study of that name has been run",
        remedy: NearMiss.suggestion(name, in: known, otherwise: "run it first: evoke run FILE"))
    }
    guard run.kind != kind.name else {
      throw EvokeError(
        .studyContradiction, "study \(name)", reason: "it is a \(kind.name), which fits nothing itself",
        remedy: "name the study whose fits are wanted")
    }
    return try StudyDefinition(parsing: run.definition, file: "study \(name)", grammar: StudyKinds.all.grammar)
  }
}
