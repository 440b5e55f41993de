import ContentIdentity
import Diagnostics
import Encoding
import Warehouse
import Work

/// A cohort of a study against one of it or of another: what was fitted differently, and scores of both where features
/// and targets are the same. It reads what the studies' runs left and fits nothing.
package struct StudyComparison {
  /// A cohort as a study fitted it.
  package struct Side: Sendable, Hashable {
    package let study: String
    package let cohort: String

    package init(study: String, cohort: String) { (self.study, self.cohort) = (study, cohort) }
  }

  /// A parameter of fits that differs.
  package struct Difference: Sendable, Hashable {
    /// As in the unit's parameters, with dots.
    package let parameter: String
    package let a: String
    package let b: String
    /// Whether scores depend on it; nulls, draws and what is stored change none.
    package let tells: Bool
  }

  /// A row of `cohort_contrast` with the keys of its fits.
  package struct Row {
    package let keys: FitKeys
    package let region: String?
    package let row: CohortContrastRow
  }

  package let differences: [Difference]
  package let rows: [Row]

  /// Whether something is compared that has another cause than the cohorts.
  package var isWhole: Bool { rows.allSatisfy { $0.row.comparable == 1 } }

  /// - Throws: `E-WH-010` for a study or cohort that is not there, `E-CMP-001` where the sides have no fit in common.
  package init(_ a: Side, _ b: Side, in warehouse: Warehouse) throws {
    let sides = try [a, b].map { try ComparedSide($0, in: warehouse) }
    let matches = Self.matches(sides[0], sides[1])
    guard !matches.isEmpty else {
      throw EvokeError(
        .nothingToCompare, "\(a.study), \(a.cohort) and \(b.study), \(b.cohort)",
        reason: "no features are fitted to the same target in both",
        remedy: "give both studies the same features, elements and targets")
    }
    var found: [String: [Difference]] = [:]
    for (first, second) in matches {
      let key = Self.place(first[0].unit, second[0].unit)
      found[key] = FitDifferences(sides[0].recipe(of: first[0].unit), sides[1].recipe(of: second[0].unit)).all
    }
    differences = Self.union(matches.compactMap { found[Self.place($0[0].unit, $1[0].unit)] })
    let subjects = sides[0].subjects.merging(sides[1].subjects) { first, _ in first }
    let stimuli = CohortStimuli(media: try sides.reduce(into: [:]) { try $0.merge($1.media(in: warehouse)) { $1 } })
    let people = CohortPeople(sides.flatMap(\.behind))
    let pairs = matches.flatMap { first, second in
      Self.cells(first).flatMap { one in
        Self.cells(second).filter { $0.first.name == one.first.name }.map { other in
          CohortPair(
            one, other, subjects: subjects, stimuli: stimuli, people: people,
            differing: { FitDifferences.spelled(found[Self.place($0, $1)] ?? []) })
        }
      }
    }
    rows = CohortRows(pairs).compared.map { pair, row in
      Row(
        keys: pair.a.first.keys, region: pair.a.first.keys.targetKind == .annotation ? nil : pair.a.first.name, row: row
      )
    }
    guard !rows.isEmpty else {
      func cells(_ members: [ComparisonMember]) -> String {
        NearMiss.list(Set(members.flatMap(\.cells)).sorted(), limit: 6)
      }
      throw EvokeError(
        .nothingToCompare, "\(a.study), \(a.cohort) and \(b.study), \(b.cohort)",
        reason: "their targets have no region in common: \(cells(matches.flatMap { $0.0 })) and "
          + cells(matches.flatMap { $0.1 }),
        remedy: "give both cohorts recordings of the same regions")
    }
  }

  private static func place(_ a: String, _ b: String) -> String { "\(a)|\(b)" }

  private static func cells(_ members: [ComparisonMember]) -> [CohortCells] {
    CohortCells.byCell(members).flatMap { $0 }
  }

  /// Members of both sides that differ in dataset, cohort and person alone.
  private static func matches(_ a: ComparedSide, _ b: ComparedSide) -> [([ComparisonMember], [ComparisonMember])] {
    let others = CohortRows.grouped(b.members) { $0.keys.ofAnyCohort }
    return CohortRows.grouped(a.members) { $0.keys.ofAnyCohort }.compactMap { group in
      others.first { $0[0].keys.ofAnyCohort == group[0].keys.ofAnyCohort }.map { (group, $0) }
    }
  }

  private static func union(_ lists: [[Difference]]) -> [Difference] {
    var known: Set<Difference> = []
    return lists.joined().filter { known.insert($0).inserted }
  }
}

/// The fits of a cohort in the newest run of a study.
private struct ComparedSide {
  let members: [ComparisonMember]
  /// How each unit fitted.
  private var fits: [String: FitRecipe] = [:]
  private(set) var subjects: [String: Int] = [:]
  /// Who stands behind every unit's target.
  private(set) var behind: [(unit: String, group: CohortPeople.Group)] = []

  init(_ side: StudyComparison.Side, in warehouse: Warehouse) throws {
    let (stored, known) = try warehouse.read {
      (try $0.comparisonsOfStudy(study: side.study), try $0.studyNames().map(\.name))
    }
    guard let unit = stored.first else {
      let isKnown = known.contains(side.study)
      let remedy =
        isKnown
        ? "name a study that fits features; cohorts of an isc_report stand in the view cohort_comparison"
        : NearMiss.suggestion(side.study, in: known, otherwise: "evoke run STUDY.yaml runs it")
      throw EvokeError(
        .unknownName, "study \(side.study)",
        reason: isKnown ? "its newest run compares no fits" : "it was not run here", remedy: remedy)
    }
    let parameters = try ComparisonStep().parameters(
      from: JSONValue(parsing: unit.parameters), of: "study \(side.study)")
    let own = parameters.members.filter { $0.keys.cohort == side.cohort }
    guard !own.isEmpty else {
      let known = Set(parameters.members.map(\.keys.cohort)).sorted()
      throw EvokeError(
        .unknownName, "cohort \(side.cohort) of study \(side.study)",
        reason: "it was fitted in \(known.joined(separator: ", "))",
        remedy: NearMiss.suggestion(side.cohort, in: known))
    }
    var arrays: [TaskArray] = []
    let recipes = try warehouse.read { try StoredRecipes($0) }
    for key in own.map(\.unit) where fits[key] == nil {
      for row in try warehouse.read({ try $0.unitArrays(key: key) }) {
        arrays.append(
          TaskArray(
            role: "fit", reference: try warehouse.reference(row), description: try ArrayDescription(row),
            unitKey: row.unitKey))
      }
      fits[key] = try recipes.recipe(of: key)
      subjects[key] = try warehouse.read { try $0.fitUnit(key: key) }.first?.subjectCount
      let people = try warehouse.read { try $0.peopleOfTarget(key: key) }
      for (dataset, rows) in Dictionary(grouping: people, by: \.dataset).sorted(by: { $0.key < $1.key }) {
        behind.append((unit: key, group: CohortPeople.Group(dataset: dataset, subjects: rows.map(\.name))))
      }
    }
    let task = UnitTask(
      key: unit.unitKey, step: "comparison", version: 1, parameters: .null, label: side.study, arrays: arrays,
      sources: [])
    members = try own.map { try ComparisonMember($0, hasDraws: false, in: task) }
  }

  /// How the unit of a member was made.
  func recipe(of unit: String) -> FitRecipe {
    guard let fit = fits[unit] else { preconditionFailure("the recipes of all members were read") }
    return fit
  }

  /// Media of the stimuli of its datasets.
  func media(in warehouse: Warehouse) throws -> [String: [String: String]] {
    var media: [String: [String: String]] = [:]
    for dataset in Set(members.map(\.keys.dataset)) {
      for row in try warehouse.read({ try $0.studyStimuli(dataset: dataset) }) {
        if let sha256 = row.mediaSHA256 { media[dataset, default: [:]][row.name] = sha256 }
      }
    }
    return media
  }
}
