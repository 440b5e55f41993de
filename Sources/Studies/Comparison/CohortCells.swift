import Encoding
import EncodingModels
import Statistics
import Vocabulary

/// One target cell of one cohort under one feature space: a fit of the group's target, or one of each of its subjects.
struct CohortCells {
  let cells: [ComparisonCell]
  var first: ComparisonCell { cells[0] }
  /// `DATASET/COHORT`.
  var name: String { "\(first.keys.dataset)/\(first.keys.cohort)" }

  /// The cohorts of fits that differ in dataset, cohort, subject and rater alone, by the cell's name.
  static func byCell(_ members: [ComparisonMember]) -> [[CohortCells]] {
    var names: [String] = []
    var cohorts: [[String]] = []
    var cells: [String: [[String]: [ComparisonCell]]] = [:]
    for cell in members.flatMap(\.mainCells) {
      let cohort = [cell.keys.dataset, cell.keys.cohort]
      if !names.contains(cell.name) { names.append(cell.name) }
      if !cohorts.contains(cohort) { cohorts.append(cohort) }
      cells[cell.name, default: [:]][cohort, default: []].append(cell)
    }
    return names.map { name in
      cohorts.compactMap { cohort in cells[name]?[cohort].map { CohortCells(scored: $0) } }
    }
  }

  /// Those that have a score: who has none is counted nowhere. Where nobody has one, all.
  private init(scored all: [ComparisonCell]) {
    let scored = all.filter(\.hasScore)
    cells = scored.isEmpty ? all : scored
  }

  /// Whether its cells are those of subjects or raters.
  var isOfSubjects: Bool { first.keys.person != nil }

  /// Fisher z of every subject's r, or of the group's.
  var z: [Double] { cells.map { $0.value.isNaN ? .nan : Correlation.fisherZ($0.value) } }

  /// Fisher z fold by fold; of subjects their mean.
  var foldwise: FoldwiseValues {
    let values = cells.map { FoldwiseValues(meanOf: [$0.folds]) }
    return values.count == 1 ? values[0] : FoldwiseValues(over: values)
  }

  /// What the folds test, whichever dataset has it.
  func stimuli(_ known: CohortStimuli) -> Set<String> {
    Set(cells.flatMap { $0.folds.folds.flatMap(\.stimuli) }.map { known.identity($0, of: first.keys.dataset) })
  }

  /// Those of them that folds that count test.
  func countedStimuli(_ known: CohortStimuli) -> Set<String> {
    let counted = cells.flatMap { $0.folds.folds.filter { !$0.r.isNaN }.flatMap(\.stimuli) }
    return Set(counted.map { known.identity($0, of: first.keys.dataset) })
  }

  /// Subjects or raters whose targets these are; of a group's target those behind it.
  func people(_ known: CohortPeople) -> Set<String> {
    isOfSubjects ? Set(cells.compactMap(\.keys.person)) : known.behind(first.member.unit)
  }

  /// The largest r that the target allows; of subjects the mean, nil where one lacks it.
  var ceiling: Double? {
    let known = cells.compactMap(\.ceiling)
    return known.count == cells.count ? Moments.mean(known) : nil
  }

  /// Of the subject with the most.
  var stimuliCounted: Int { cells.map(\.stimuliCounted).reduce(0, max) }

  /// Of the subject with the fewest.
  var foldsCounted: Int { cells.map { $0.folds.folds.count { !$0.r.isNaN } }.reduce(.max, min) }
  var foldsTotal: Int { cells.map(\.folds.folds.count).reduce(0, max) }

  var flags: Set<EncodingFlag> { Self.said([self]).flags }
  var isValid: Bool { Self.said([self]).isValid }

  /// What is said of a row that is made of the same cell in several models, all of the same cohort.
  static func said(_ models: [CohortCells]) -> (flags: Set<EncodingFlag>, isValid: Bool) {
    if models.contains(where: { $0.cells.count > 1 }) {
      let together = SubjectFlags(models.map { $0.cells.map(\.said) })
      return (together.flags, together.isValid)
    }
    return (
      models.reduce(into: []) { $0.formUnion($1.first.flags) }, models.allSatisfy(\.first.isValid)
    )
  }
}
