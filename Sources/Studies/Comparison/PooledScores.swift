import ContentIdentity
import Encoding
import EncodingModels
import Statistics
import Vocabulary
import Warehouse

/// Rows of `pooled_score`: one for each target cell and feature space of two cohorts or more.
struct PooledScores {
  private let pools: [CohortPool]

  init(_ groups: [[ComparisonMember]], _ stimuli: CohortStimuli, _ people: CohortPeople) {
    pools = groups.flatMap { CohortCells.byCell($0) }.filter { $0.count > 1 }.map { CohortPool($0, stimuli, people) }
  }

  /// With Benjamini and Hochberg's q over the cells of one kind of target.
  var rows: [PooledScoreRow] {
    var q = [Double](repeating: .nan, count: pools.count)
    for places in Dictionary(grouping: pools.indices, by: { pools[$0].family }).values {
      let corrected = MultipleTesting.benjaminiHochberg(places.map { pools[$0].p })
      for (place, value) in zip(places, corrected) { q[place] = value }
    }
    return zip(pools, q).map { $0.row(q: $1) }
  }
}

/// One target cell over its cohorts.
struct CohortPool {
  /// The mean with what is said of it; on the scale of Fisher z.
  struct Finding {
    let method: String
    let clusteredBy: String?
    let estimate: Double
    let range: ClosedRange<Double>?
    let prediction: ClosedRange<Double>?
    /// nil, or NaN, without a test.
    let df: Double?
    let p: Double?
    let generalisesTo: String
  }

  private let cohorts: [CohortCells]
  private let stimuli: CohortStimuli
  private let meta: MetaAnalysis
  /// Subjects or raters behind every cohort.
  private let behind: [Set<String>]
  /// Whether some of them have people in common, or names.
  private let inCommon: Set<PeopleInCommon>
  let finding: Finding

  init(_ cohorts: [CohortCells], _ stimuli: CohortStimuli, _ people: CohortPeople) {
    (self.cohorts, self.stimuli) = (cohorts, stimuli)
    let isOneStage = cohorts.allSatisfy(\.isOfSubjects)
    meta = isOneStage ? MetaAnalysis(samples: cohorts.map(\.z)) : Self.twoStages(cohorts)
    let behind = cohorts.map { $0.people(people) }
    self.behind = behind
    // The same film under the names of two datasets is one.
    let byStimulus = cohorts.map { cohort in
      cohort.foldwise.named { stimuli.identity($0, of: cohort.first.keys.dataset) }
    }
    let datasets = cohorts.map(\.first.keys.dataset)
    // A cohort without an effect joins nobody.
    let places = meta.places
    let clusters = CohortClusters(
      stimuli: places.map { cohorts[$0].stimuli(stimuli) },
      people: places.map { place in Set(behind[place].map { [datasets[place], $0] }) })
    var numbers = cohorts.indices.map { cohorts.count + $0 }
    for (place, number) in zip(places, clusters.numbers) { numbers[place] = number }
    finding = Self.finding(
      meta, clusters, numbers: numbers, stages: isOneStage ? "one_stage" : "reml", places.map { byStimulus[$0] })
    inCommon = Set(
      places.indices.flatMap { i in
        places[..<i].map { other in
          PeopleInCommon(behind[other], of: datasets[other], behind[places[i]], of: datasets[places[i]])
        }
      })
  }

  /// An effect and its variance per cohort, of its corrected t over folds or stimuli.
  private static func twoStages(_ cohorts: [CohortCells]) -> MetaAnalysis {
    let t = cohorts.map(\.foldwise.t)
    return MetaAnalysis(
      effects: t.map(\.mean), variances: t.map { $0.error > 0 ? $0.error * $0.error : .nan })
  }

  /// - Parameters:
  ///   - clusters: of the cohorts that have an effect.
  ///   - numbers: the same of every cohort, those without one standing alone.
  private static func finding(
    _ meta: MetaAnalysis, _ clusters: CohortClusters, numbers: [Int], stages: String, _ cohorts: [FoldwiseValues]
  ) -> Finding {
    let units = "cohorts like these"
    guard let by = clusters.by else {
      return Finding(
        method: stages + "_hartung_knapp", clusteredBy: nil, estimate: meta.estimate, range: meta.interval(),
        prediction: meta.predictionInterval(), df: meta.degreesOfFreedom, p: meta.p, generalisesTo: units)
    }
    guard clusters.shareStimuli else {
      // nil of a single cluster, which tells nothing of clusters like it.
      let robust = ClusteredMean(meta, clusters: numbers)
      return Finding(
        method: stages + "_cr2", clusteredBy: by.rawValue, estimate: meta.estimate, range: robust?.interval(),
        prediction: meta.count < 3 ? nil : robust?.predictionInterval(), df: robust?.degreesOfFreedom, p: robust?.p,
        generalisesTo: units)
    }
    // Of cohorts that all hang together by stimuli the folds of what all have heard tell.
    let mean = FoldwiseValues(over: cohorts)
    return Finding(
      method: "corrected_t", clusteredBy: mean.inferenceUnit.rawValue,
      estimate: mean.t.mean.isNaN ? meta.estimate : mean.t.mean, range: mean.t.interval(), prediction: nil,
      df: mean.t.degreesOfFreedom, p: mean.t.p(twoSided: true),
      generalisesTo: "\(mean.generalisesTo.rawValue), these cohorts")
  }

  /// NaN without a test.
  var p: Double {
    guard let p = finding.p else { return .nan }
    return p
  }

  var family: String { "meta-analysis of \(cohorts[0].first.keys.targetKind.rawValue) targets" }

  /// Cohorts that have an effect.
  private var kept: [CohortCells] { meta.places.map { cohorts[$0] } }

  /// Each once, whatever the number of cohorts that a person is in.
  private var subjectCount: Int {
    Set(meta.places.flatMap { place in behind[place].map { [cohorts[place].first.keys.dataset, $0] } }).count
  }

  private var reason: String? {
    let lacking = cohorts.indices.filter { !meta.places.contains($0) }.map { cohorts[$0].name }
    let left = lacking.isEmpty ? nil : "no effect of \(lacking.joined(separator: ", "))"
    guard p.isNaN else { return left }
    let why =
      if finding.method == "corrected_t" {
        "all cohorts share stimuli, and fewer than \(CorrectedT.minimum) folds count in all of them"
      } else if finding.clusteredBy != nil, meta.count > 1 {
        "cohorts that share people or stimuli are one cluster, and an interval needs two clusters with an effect"
      } else {
        "an interval needs two cohorts with an effect"
      }
    return [why, left].compactMap(\.self).joined(separator: "; ")
  }

  func row(q: Double) -> PooledScoreRow {
    func r(_ z: Double?) -> Double? { z.map { Correlation.inverseFisherZ($0) } }
    let flags = (kept.map(\.flags) + inCommon.map(\.flags)).reduce(into: Set<EncodingFlag>()) { $0.formUnion($1) }
    // Of independent effects alone.
    let heterogeneity = finding.clusteredBy == nil ? meta.i2Interval : nil
    let names = JSONValue.array(kept.map { .string($0.name) })
    let isTested = !p.isNaN
    return PooledScoreRow(
      fitKey: cohorts[0].first.fitKey, quantity: "r", cohorts: names.canonical, k: meta.count,
      cohortCount: cohorts.count,
      subjectCount: cohorts.allSatisfy(\.isOfSubjects) ? subjectCount : nil,
      estimate: r(finding.estimate), low: r(finding.range?.lowerBound), high: r(finding.range?.upperBound),
      predictionLow: r(finding.prediction?.lowerBound), predictionHigh: r(finding.prediction?.upperBound),
      tau2: meta.tau2, i2: meta.i2, i2Low: heterogeneity?.lowerBound, i2High: heterogeneity?.upperBound,
      method: finding.method, clusteredBy: finding.clusteredBy, df: isTested ? finding.df : nil, p: p,
      qBh: q, family: isTested ? family : nil, exploratory: meta.isExploratory ? 1 : 0,
      generalisesTo: isTested ? finding.generalisesTo : nil, reason: reason,
      foldsCounted: cohorts.map(\.foldsCounted).reduce(.max, min), foldsTotal: cohorts.map(\.foldsTotal).reduce(0, max),
      stimuliCounted: kept.reduce(into: Set<String>()) { $0.formUnion($1.countedStimuli(stimuli)) }.count,
      flags: Reportable.spelled(flags), valid: isTested && kept.allSatisfy(\.isValid) ? 1 : 0)
  }
}
