import Encoding
import LinearAlgebra
import Statistics
import Warehouse
import Work

#if canImport(Glibc)
  import Glibc
#endif

/// Tests over subjects of per-subject scores (SCIENCE 11A.1): `group_phase`, and t beside it.
struct GroupRows {
  private let members: [ComparisonMember]
  /// Stimuli behind the members' fits.
  private let stimulusCount: Int

  init(_ members: [ComparisonMember], stimulusCount: Int) {
    self.members = members.filter { $0.keys.subject != nil }
    self.stimulusCount = stimulusCount
  }

  /// - Parameter scores: of all members, in order.
  func table(_ scores: [FitScore]) -> ResultRows {
    var rows: [GroupTestRow] = []
    for score in scores {
      let groups = Dictionary(grouping: members.flatMap { $0.cells(score) }) { cell in
        [
          cell.keys.dataset, cell.keys.cohort, cell.keys.featureSet, FitKeys.spelled(cell.keys.layerKey),
          cell.keys.element.rawValue, cell.keys.targetKind.rawValue, cell.keys.target, cell.keys.targetParameters,
          cell.name,
        ]
      }
      for (_, group) in groups.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) where group.count >= 2 {
        if let sample = GroupSample(group.filter { !$0.value.isNaN }, stimulusCount: stimulusCount) {
          rows += [sample.phaseRow, sample.studentRow].compactMap { $0 }
        }
      }
    }
    return ResultRows(rows)
  }
}

/// One score of several subjects.
private struct GroupSample {
  private let first: ComparisonCell
  private let stimulusCount: Int
  /// Per subject; Fisher z where the score is r.
  private let values: [Double]
  private let mean: Double
  /// Half of the interval's width, NaN below five subjects.
  private let half: Double
  /// Means over subjects of the common draws.
  private let draws: [Double]

  /// nil below two subjects.
  init?(_ cells: [ComparisonCell], stimulusCount: Int) {
    guard let first = cells.first, cells.count >= 2 else { return nil }
    func scale(_ x: Double) -> Double { first.score.quantity == .r ? Correlation.fisherZ(x) : x }
    self.first = first
    self.stimulusCount = stimulusCount
    values = cells.map { scale($0.value) }
    mean = Moments.mean(values)
    let n = Double(values.count)
    let error = Moments.standardDeviation(values) / n.squareRoot()
    half = values.count >= 5 ? Distributions.studentQuantile(0.975, degreesOfFreedom: n - 1) * error : .nan
    let columns = cells.map { $0.draws().map(scale) }
    draws = (0..<(columns.map(\.count).min() ?? 0)).map { draw in Moments.mean(columns.map { $0[draw] }) }
  }

  private func back(_ x: Double) -> Double { first.score.quantity == .r ? tanh(x) : x }

  private struct Test {
    let name: String
    let statistic: Double
    var df: Double?
    var null: (kind: String, summary: NullSummary, draws: Int)?
    let p: Double
    var pFloor: Double?
    let generalisesTo: String
  }

  /// The mean against the means of common draws; nil without draws.
  var phaseRow: GroupTestRow? {
    guard !draws.isEmpty else { return nil }
    let null = NullSummary(observed: mean, draws: draws)
    return row(
      Test(
        name: "group_phase", statistic: mean, null: ("group_phase", null, draws.count), p: null.p,
        pFloor: 1 / Double(draws.count + 1), generalisesTo: "these subjects, stimuli like these"))
  }

  var studentRow: GroupTestRow {
    let student = GroupTest.t(values)
    return row(
      Test(
        name: "t", statistic: student.statistic, df: Double(values.count) - 1, p: student.p,
        generalisesTo: "subjects, these stimuli"))
  }

  private func row(_ test: Test) -> GroupTestRow {
    GroupTestRow(
      fitKey: first.fitKey, quantity: first.score.quantity.rawValue, subjectCount: values.count,
      stimulusCount: stimulusCount, mean: back(mean), low: back(mean - half), high: back(mean + half),
      intervalKind: half.isNaN ? "none" : "subject_t", tail: "greater", test: test.name, statistic: test.statistic,
      df1: test.df, df2: nil, nullKind: test.null?.kind, nullDraws: test.null?.draws,
      nullMean: test.null.map { back($0.summary.mean) }, nullP95: test.null.map { back($0.summary.p95) }, p: test.p,
      pFloor: test.pFloor, qBh: nil, pMax: nil, family: nil, pCluster: nil, cluster: nil,
      generalisesTo: test.generalisesTo)
  }
}
