import ContentIdentity
import Encoding
import EncodingModels
import Statistics
import StudyFiles
import Vocabulary
import Warehouse
import Work

/// What a rating that comes before a response explains, less what one that comes after it explains, over subjects.
///
/// Unique R² of one direction is R² of both less R² of the other, so that the difference of the two is R² of the one alone
/// less that of the other, fold by fold of the same rows. Phases of the rating, randomised, would take both relations away:
/// a difference of two models is judged by the corrected t over folds of the mean over subjects.
struct DirectionStep: WorkStep {
  struct Parameters: Codable, Sendable {
    /// Fits of one feature twice, of single subjects: before the target first, then after it.
    let members: [ComparisonStep.Parameters.Member]
    /// Dimensions that a family pools.
    let family: [FamilyDimension]
  }

  let name = "directions"
  let version = 3
  let summary = "what a feature explains before a response less what it explains after it, over subjects"
  let tables: [any ResultRow.Type] = [GroupTestRow.self, CheckRow.self]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let cells = try parameters.members.flatMap { try DirectionCell.cells(of: $0, in: task) }
    progress(0.8)
    let rows = DirectionRows(cells, family: parameters.family)
    return [ResultRows(rows.tests), ResultRows(rows.checks)].filter { !$0.rows.isEmpty }
  }
}

/// Both directions of one subject in one cell.
private struct DirectionCell {
  let cell: ComparisonCell
  /// R² of the feature before the target less that of the feature after it, per fold.
  let difference: FoldwiseValues
  /// Unique R² of the feature before the target, and of the feature after it.
  let unique: (before: Double, after: Double)

  /// Whether there is a difference.
  var isScored: Bool { cell.hasScore && !unique.before.isNaN && !unique.after.isNaN }

  private static let (before, after) = (FitMode.set(0), FitMode.set(1))

  static func cells(of member: ComparisonStep.Parameters.Member, in task: UnitTask) throws -> [DirectionCell] {
    let read = try ComparisonMember(member, hasDraws: false, in: task)
    let arrays = FitArrays(member.unit, task)
    let (first, second) = (try arrays.foldsR2(of: before), try arrays.foldsR2(of: after))
    func unique(_ mode: FitMode, _ column: Int) -> Double {
      guard let values = read.observed[FitScore(mode: mode, quantity: .uniqueR2)] else {
        preconditionFailure("a joint fit has its shares")
      }
      return values[column]
    }
    return zip(read.mainCells, zip(first, second)).map { cell, folds in
      DirectionCell(
        cell: cell, difference: folds.0.less(folds.1),
        unique: (unique(before, cell.column), unique(after, cell.column)))
    }
  }
}

extension FitArrays {
  /// R² of every fold, per cell.
  func foldsR2(of mode: FitMode) throws -> [FoldwiseValues] {
    let r2 = try read(.foldsR2(mode))
    let said = try StrictCoder.decode(FoldParameters.self, from: r2.parameters)
    return r2.cells.indices.map { cell in
      FoldwiseValues(
        folds: r2.labels, stimuli: said.stimuli, foldsTotal: r2.labels.count, values: r2.matrix.column(cell),
        overlap: said.overlap)
    }
  }
}

/// Rows of `future_minus_past`: for each cell one over folds or stimuli and one over subjects; a check for each feature.
private struct DirectionRows {
  private struct Group {
    let cells: [DirectionCell]
    let mean: FoldwiseValues
    /// Per subject.
    let differences: [Double]
    let family: CellFamily

    var first: ComparisonCell { cells[0].cell }
  }

  private let groups: [Group]

  init(_ cells: [DirectionCell], family: [FamilyDimension]) {
    let pooled = Set(family)
    // A subject without a score has no difference, and is counted in none.
    groups = Dictionary(grouping: cells.filter(\.isScored)) { entry in
      let keys = entry.cell.keys
      return [
        keys.dataset, keys.cohort, keys.featureSet, keys.element.rawValue, keys.target, keys.targetParameters,
        entry.cell.name,
      ]
    }.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value).filter { $0.count >= 2 }.map { cells in
      Group(
        cells: cells, mean: FoldwiseValues(over: cells.map(\.difference)),
        differences: cells.map { $0.unique.before - $0.unique.after },
        family: CellFamily(cells[0].cell, pooling: pooled, overSubjects: true))
    }
  }

  var tests: [GroupTestRow] {
    let t = groups.map { $0.mean.t.p(twoSided: true) }
    let student = groups.map { GroupTest.t($0.differences, twoSided: true) }
    var (q, qOfT) = ([Double](repeating: .nan, count: groups.count), [Double](repeating: .nan, count: groups.count))
    for places in Dictionary(grouping: groups.indices, by: { groups[$0].family }).values {
      for (place, value) in zip(places, MultipleTesting.benjaminiHochberg(places.map { t[$0] })) { q[place] = value }
      for (place, value) in zip(places, MultipleTesting.benjaminiHochberg(places.map { student[$0].p })) {
        qOfT[place] = value
      }
    }
    return groups.indices.flatMap { place in
      [overFolds(groups[place], q: q[place]), overSubjects(groups[place], student[place], q: qOfT[place])]
    }
  }

  private func overFolds(_ group: Group, q: Double) -> GroupTestRow {
    let t = group.mean.t
    return row(
      group, interval: group.mean.interval, test: "corrected_t", statistic: t.statistic,
      df: t.error.isNaN ? .nan : t.degreesOfFreedom,
      p: t.p(twoSided: true), q: q, generalisesTo: group.mean.generalisesTo, reason: Self.reason(t.count),
      folds: group.mean.foldsCounted, stimuli: group.mean.stimuliCounted)
  }

  /// Why there is no p of so many folds, or no p over the family.
  private static func reason(_ count: Int) -> String {
    guard count > 0 else { return GroupSample.noCommonFold }
    return count < CorrectedT.minimum
      ? "\(count) folds count in every subject, and a difference needs \(CorrectedT.minimum)" : "a t has no draws"
  }

  private func overSubjects(_ group: Group, _ student: GroupTest, q: Double) -> GroupTestRow {
    let values = group.differences.filter { !$0.isNaN }
    let interval = ScoreInterval(
      value: Moments.mean(values), range: Intervals.student(values, minimum: 5), kind: .subjectT,
      unitCount: values.count, generalisesTo: .subjects)
    return row(
      group, interval: interval, test: "t", statistic: student.statistic, df: student.degreesOfFreedom, p: student.p,
      q: q, generalisesTo: .subjects, reason: "a t has no draws",
      // A subject's R2 is over folds of its own, whether or not others have them.
      folds: group.cells.map(\.difference.foldsCounted).reduce(.max, min),
      stimuli: group.cells.map(\.difference.stimuliCounted).reduce(.max, min))
  }

  private func row(
    _ group: Group, interval: ScoreInterval, test: String, statistic: Double, df: Double, p: Double, q: Double,
    generalisesTo: Generalisation, reason: String, folds: Int, stimuli: Int
  ) -> GroupTestRow {
    let said = SubjectFlags([group.cells.map(\.cell.said)])
    let isTooFew = folds < CorrectedT.minimum
    let flags = isTooFew ? said.flags.union([.fewFolds]) : said.flags
    return GroupTestRow(
      fitKey: group.first.fitKey, quantity: DirectionPlanner.quantity, subjectCount: group.cells.count,
      stimulusCount: Set(group.cells.flatMap { $0.cell.folds.folds.flatMap(\.stimuli) }).count, mean: interval.value,
      low: interval.low, high: interval.high,
      intervalKind: interval.kind.rawValue, tail: "two-sided", test: test, statistic: statistic, df1: df, df2: nil,
      nullKind: nil, nullDraws: nil, nullMean: nil, nullP95: nil, p: p, pFloor: nil, qBh: q, pMax: nil,
      family: group.family.name, pCluster: nil, cluster: nil, generalisesTo: generalisesTo.rawValue, reason: reason,
      foldsCounted: folds, foldsTotal: group.mean.foldsTotal, stimuliCounted: stimuli, flags: Reportable.spelled(flags),
      valid: said.isValid && !p.isNaN ? 1 : 0)
  }

  /// Of every feature on every target: in which of the cells that may be reported one direction explains more than the other;
  /// none where no cell may.
  var checks: [CheckRow] {
    let p = Dictionary(uniqueKeysWithValues: zip(groups.map(\.first.fitKey), tests.filter { $0.test == "corrected_t" }))
    let features = Dictionary(grouping: groups) { group in
      let keys = group.first.keys
      return [keys.dataset, keys.cohort, keys.featureSet, keys.element.rawValue, keys.target, keys.targetParameters]
    }
    return features.sorted { $0.key.lexicographicallyPrecedes($1.key) }.compactMap { _, regions in
      let judged = regions.filter { region in
        p[region.first.fitKey].map { $0.valid == 1 && $0.qBh?.isFinite == true } ?? false
      }
      guard !judged.isEmpty else { return nil }
      func found(_ sign: Double) -> JSONValue {
        .array(
          judged.filter { region in
            guard let row = p[region.first.fitKey], let q = row.qBh, let mean = row.mean else { return false }
            return Significance.isReached(by: q) && sign * mean > 0
          }.map { .string($0.first.name) })
      }
      let (future, past) = (found(1), found(-1))
      let observed: JSONValue = [
        "regions": .int(judged.count), "left_out": .int(regions.count - judged.count), "before_more": future,
        "after_more": past,
      ]
      let isOneWay = future != [] || past != []
      return CheckRow(
        fitKey: regions[0].first.fitKey, name: "one direction in time explains more than the other",
        expected: "\(DirectionPlanner.quantity) with a q of at most 0.05 in one region or more",
        observed: observed.canonical, pass: isOneWay ? 1 : 0)
    }
  }
}

/// Plans the unit that compares both directions over subjects.
package struct DirectionPlanner {
  static let quantity = "future_minus_past"

  private let members: [ComparisonStep.Parameters.Member]
  private let definition: StudyDefinition

  /// - Parameter fits: of the study, in its order; those of a group are left out.
  package init(_ fits: [PlannedFit], of definition: StudyDefinition) {
    self.definition = definition
    members = fits.filter { $0.kind.isJoint && $0.keys.subject != nil }.map {
      ComparisonStep.Parameters.Member(unit: $0.unit.key, keys: $0.keys, kind: $0.kind, twins: [])
    }
  }

  /// nil where nothing is fitted.
  package var unit: WorkUnit? {
    guard !members.isEmpty else { return nil }
    return DirectionStep().unit(
      DirectionStep.Parameters(members: members, family: definition.statistics.family),
      inputs: members.map { .unit(role: "fit", key: $0.unit) }, label: "directions of \(definition.name)")
  }
}
