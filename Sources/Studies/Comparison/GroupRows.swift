import Encoding
import EncodingModels
import LinearAlgebra
import Statistics
import Vocabulary
import Warehouse
import Work

#if canImport(Glibc)
  import Glibc
#endif

/// Tests over subjects of per-subject scores: `group_phase`, and t, signed ranks and sign flips beside it; corrected over the
/// families that the study declares, by the draws that all subjects and cells have in common.
struct GroupRows {
  private let members: [ComparisonMember]
  /// Dimensions that a family pools.
  private let pooled: Set<FamilyDimension>
  let clusters: RegionClusters?

  /// - Parameter clusters: nil: none are corrected.
  init(_ members: [ComparisonMember], family: [FamilyDimension], clusters: RegionClusters? = nil) {
    self.members = members.filter { $0.keys.subject != nil }
    (pooled, self.clusters) = (Set(family), clusters)
  }

  /// - Parameters:
  ///   - scores: of all members, in order.
  ///   - flips: the largest number of patterns of signs, and their seed.
  func table(_ scores: [FitScore], flips: (draws: Int, seed: UInt64)) -> ResultRows {
    ResultRows(
      scores.map(tested).flatMap { tested in
        tested.flatMap { sample, correction in
          [sample.phaseRow(correction), sample.studentRow(correction), sample.rankRow(correction)].compactMap { $0 }
        } + SignFlipRows(tested.map(\.sample), self, draws: flips.draws, seed: flips.seed).rows
      })
  }

  /// Of every cell of a score the subjects that have it, with what its family says.
  func tested(_ score: FitScore) -> [(sample: GroupSample, correction: GroupCorrection)] {
    let groups = Dictionary(grouping: members.flatMap { $0.cells(score) }) { cell in
      [
        cell.keys.dataset, cell.keys.cohort, cell.keys.featureSet, FitKeys.spelled(cell.keys.layerKey),
        cell.keys.element.rawValue, cell.keys.targetKind.rawValue, cell.keys.target, cell.keys.targetParameters,
        cell.name,
      ]
    }
    let samples = groups.sorted { $0.key.lexicographicallyPrecedes($1.key) }.compactMap {
      GroupSample($0.value.filter(\.hasScore))
    }
    return zip(samples, corrections(samples)).map { ($0, $1) }
  }

  /// What a sample is corrected with.
  func family(_ sample: GroupSample) -> CellFamily { CellFamily(sample.first, pooling: pooled, overSubjects: true) }

  /// What the families say of every sample.
  private func corrections(_ samples: [GroupSample]) -> [GroupCorrection] {
    let families = samples.map(family)
    var corrections = families.map { GroupCorrection(family: $0.name) }
    for places in Dictionary(grouping: samples.indices, by: { families[$0] }).values {
      let student = MultipleTesting.benjaminiHochberg(places.map { GroupTest.t(samples[$0].values).p })
      let ranks = MultipleTesting.benjaminiHochberg(places.map { GroupTest.wilcoxon(samples[$0].values).p })
      for (i, place) in places.enumerated() {
        (corrections[place].qOfT, corrections[place].qOfRanks) = (student[i], ranks[i])
      }
      guard let count = places.map({ samples[$0].draws.count }).min(), count > 0 else { continue }
      let draws = Matrix(
        rows: count, columns: places.count,
        values: (0..<count).flatMap { draw in places.map { samples[$0].draws[draw] } })
      let observed = places.map { samples[$0].mean }
      let pMax = MultipleTesting.maxStatistic(observed: observed, draws: draws)
      let found = clusters?.found(places.map { samples[$0].place }, observed: observed, draws: draws)
      let q = MultipleTesting.benjaminiHochberg(
        places.map { NullSummary(observed: samples[$0].mean, draws: samples[$0].draws).p })
      for (i, place) in places.enumerated() {
        (corrections[place].pMax, corrections[place].q, corrections[place].cluster) = (pMax[i], q[i], found?[i])
      }
    }
    return corrections
  }
}

/// A sample's place in its family.
struct GroupCorrection {
  let family: String
  /// Of the common draws; NaN where there are none.
  var pMax = Double.nan
  var q = Double.nan
  var qOfT = Double.nan
  var qOfRanks = Double.nan
  /// nil: it is in none, or none are asked for.
  var cluster: RegionClusters.Found?
}

/// One score of several subjects.
struct GroupSample {
  let cells: [ComparisonCell]
  let first: ComparisonCell
  /// Per subject; Fisher z where the score is r.
  let values: [Double]
  let mean: Double
  /// Half of the interval's width, NaN below five subjects.
  private let half: Double
  /// Means over subjects of the common draws; empty where there are none.
  let draws: [Double]
  /// Whether subjects have draws that are of other rows: draws of a number then have nothing in common.
  private let haveOwnDraws: Bool

  /// nil below two subjects.
  init?(_ cells: [ComparisonCell]) {
    guard let first = cells.first, cells.count >= 2 else { return nil }
    func scale(_ x: Double) -> Double { first.score.quantity == .r ? Correlation.fisherZ(x) : x }
    (self.cells, self.first) = (cells, first)
    values = cells.map { scale($0.value) }
    mean = Moments.mean(values)
    let n = Double(values.count)
    let error = Moments.standardDeviation(values) / n.squareRoot()
    half = values.count >= 5 ? Distributions.studentQuantile(0.975, degreesOfFreedom: n - 1) * error : .nan
    let columns = cells.map { $0.draws().map(scale) }
    // Subjects with unlike numbers of circular shifts have the draws in common that all of them have.
    let count = columns.dropFirst().reduce(columns[0].count) { min($0, $1.count) }
    // The same phases make the same series of the same rows alone.
    let areCommon = Set(cells.map { Set($0.folds.folds.map(\.key)) }).count == 1
    haveOwnDraws = count > 0 && !areCommon
    draws = areCommon ? (0..<count).map { draw in Moments.mean(columns.map { $0[draw] }) } : []
  }

  var place: MapPlace { MapPlace(first, overSubjects: true) }

  /// Why there is no difference over the folds of all subjects.
  static let noCommonFold =
    "no fold counts in every subject, whose rows differ: outer: {leave_one: stimulus} compares them by stimulus"

  private func back(_ x: Double) -> Double { first.score.quantity == .r ? tanh(x) : x }

  struct Test {
    let name: String
    let statistic: Double
    var df: Double?
    var null: (kind: String, summary: NullSummary, draws: Int)?
    let p: Double
    var pFloor: Double?
    let generalisesTo: Generalisation
    let family: String
    let q: Double
    var pMax: Double?
    var cluster: RegionClusters.Found?
    /// Why there is no p over the family.
    var reason: String?
  }

  /// The mean against the means of common draws, without p where subjects' draws are not common; nil without draws.
  func phaseRow(_ correction: GroupCorrection) -> GroupTestRow? {
    guard !haveOwnDraws else {
      return row(
        Test(
          name: "group_phase", statistic: mean, p: .nan, generalisesTo: .theseData, family: correction.family, q: .nan,
          reason: "subjects' rows differ, so their draws are not common: cut recordings to the same seconds"))
    }
    guard !draws.isEmpty else { return nil }
    let null = NullSummary(observed: mean, draws: draws)
    return row(
      Test(
        name: "group_phase", statistic: mean, null: ("group_phase", null, draws.count), p: null.p,
        pFloor: 1 / Double(draws.count + 1), generalisesTo: .theseData,
        family: correction.family, q: correction.q, pMax: correction.pMax, cluster: correction.cluster,
        reason: correction.pMax.isNaN
          ? "the draws of this cell or of one of its family do not vary, or are not common to its subjects" : nil))
  }

  func studentRow(_ correction: GroupCorrection) -> GroupTestRow {
    let student = GroupTest.t(values)
    return row(
      Test(
        name: "t", statistic: student.statistic, df: Double(values.count) - 1, p: student.p,
        generalisesTo: .subjects, family: correction.family, q: correction.qOfT,
        reason: "a t has no draws: p_max is that of group_phase"))
  }

  func rankRow(_ correction: GroupCorrection) -> GroupTestRow {
    let ranks = GroupTest.wilcoxon(values)
    return row(
      Test(
        name: ranks.kind.rawValue, statistic: ranks.statistic, p: ranks.p, pFloor: ranks.pFloor,
        generalisesTo: .subjects, family: correction.family, q: correction.qOfRanks,
        reason: ranks.p.isNaN ? "the subjects' values are 0" : "ranks have no draws: p_max is that of group_phase"))
  }

  func row(_ test: Test) -> GroupTestRow {
    let folds = cells.map(\.folds)
    let kind = half.isNaN ? IntervalKind.none : .subjectT
    let said = SubjectFlags([cells.map(\.said)])
    return GroupTestRow(
      fitKey: first.fitKey, quantity: first.score.quantity.rawValue, subjectCount: values.count,
      stimulusCount: Set(folds.flatMap(\.folds).flatMap(\.stimuli)).count, mean: back(mean), low: back(mean - half),
      high: back(mean + half),
      intervalKind: kind.rawValue, tail: "greater", test: test.name, statistic: test.statistic,
      df1: test.df, df2: nil, nullKind: test.null?.kind, nullDraws: test.null?.draws,
      nullMean: test.null.map { back($0.summary.mean) }, nullP95: test.null.map { back($0.summary.p95) }, p: test.p,
      pFloor: test.pFloor, qBh: test.q, pMax: test.pMax, family: test.family, pCluster: test.cluster?.p,
      cluster: test.cluster?.cluster,
      generalisesTo: test.generalisesTo.rawValue, reason: test.reason,
      foldsCounted: folds.map { $0.folds.count { !$0.r.isNaN } }.reduce(.max, min),
      foldsTotal: folds.map(\.folds.count).reduce(0, max),
      stimuliCounted: cells.map(\.stimuliCounted).reduce(.max, min),
      flags: Reportable.spelled(said.flags), valid: said.isValid && !test.p.isNaN ? 1 : 0)
  }
}
