import ContentIdentity
import IntersubjectCorrelation
import LinearAlgebra
import Statistics
import Warehouse

/// Rows of `synchrony`: one per region or component of a stimulus.
struct SynchronyRows {
  let stimulus: String
  let labels: [String]
  let subjectCount: Int
  let presentationCount: Int
  /// Observed static values and those the null draws are held against (the same but for `clip_shuffle`), `[region]`.
  var observed: [Double] = []
  var compared: [Double]?
  var crossValidated: [Double]?
  /// Interval of the static values, `[region]`.
  var low: [Double] = []
  var high: [Double] = []
  /// Dynamic values, `[window, region]`.
  var dynamic: [Double] = []
  /// Whether they are of components, whose values are no correlations: their mean is taken as it is, not in Fisher z.
  var areComponents = false
  /// Subject-windows left out, `[region]`.
  var dropped: [Int] = []
  /// Subjects left out of the static value, for a missing sample or want of variance, `[region]`.
  var leftOut: [Int]
  /// The seconds that all subjects have, of those that any of them has.
  var commonShare = 1.0
  /// Whether samples that are compared as the same lie apart by so much that it is to be known.
  var liesApart = false
  /// The share of these that all lack, `[region]`.
  var lackedByAll: [Double]
  var ceilings: [SynchronyCeiling?] = []
  /// `[draw, region]`.
  var null: [Double] = []
  /// Means over windows of the same draws, `[draw, region]`, and what they are held against where it is not the mean of
  /// `dynamic`.
  var nullOverWindows: [Double] = []
  var comparedOverWindows: [Double]?
  var nullKind: String?

  init(stimulus: String, labels: [String], subjectCount: Int, presentationCount: Int) {
    self.stimulus = stimulus
    self.labels = labels
    self.subjectCount = subjectCount
    self.presentationCount = presentationCount
    leftOut = labels.map { _ in 0 }
    lackedByAll = labels.map { _ in 0 }
  }

  private var drawCount: Int { null.count / max(1, labels.count) }

  /// What the null draws say of every region.
  private struct Test {
    let summaries: [NullSummary]
    let q: [Double]
    let pMax: [Double]
    let draws: Int
    let kind: String?
    let family: String
  }

  func rows(_ settings: SynchronySettings, _ cohort: CohortName) -> [SynchronyRow] {
    guard drawCount > 0 else { return labels.indices.map { row(region: $0, settings, cohort, tests: nil) } }
    let means = comparedOverWindows ?? labels.indices.map { moments($0).mean }
    let tests = (fixed: test(compared ?? observed, null), mean: test(means, nullOverWindows))
    return labels.indices.map { row(region: $0, settings, cohort, tests: tests) }
  }

  /// Lag-1 autocorrelation of every region's windows.
  var memory: [SynchronyMemoryRow] {
    labels.indices.map { region in
      let series = stride(from: region, to: dynamic.count, by: labels.count).map { dynamic[$0] }
      return SynchronyMemoryRow(stimulus: stimulus, region: labels[region], lag1: Autocorrelation.lag1([series]))
    }
  }

  /// Subjects behind the static value of every region.
  var staticSubjects: [StaticSynchronyRow] {
    zip(labels, leftOut).map { region, left in
      StaticSynchronyRow(stimulus: stimulus, region: region, subjectCount: subjectCount - left)
    }
  }

  private func test(_ tested: [Double], _ null: [Double]) -> Test {
    let summaries = labels.indices.map { region in
      NullSummary(
        observed: tested[region], draws: (0..<drawCount).map { null[$0 * labels.count + region] })
    }
    return Test(
      summaries: summaries, q: MultipleTesting.benjaminiHochberg(summaries.map(\.p)),
      pMax: MultipleTesting.maxStatistic(
        observed: tested, draws: Matrix(rows: drawCount, columns: labels.count, values: null)), draws: drawCount,
      kind: nullKind, family: "region; stimulus=\(stimulus)")
  }

  private func row(
    region: Int, _ settings: SynchronySettings, _ cohort: CohortName, tests: (fixed: Test, mean: Test)?
  ) -> SynchronyRow {
    let test = tests?.fixed
    let (mean, spread) = moments(region)
    let ceiling = ceilings.isEmpty ? nil : ceilings[region]
    let null = test?.summaries[region]
    let flags = flags(region: region, settings)
    return SynchronyRow(
      dataset: cohort.dataset, cohort: cohort.cohort, stimulus: stimulus, region: labels[region],
      signal: settings.choice.signal.rawValue, band: settings.choice.bandName, method: settings.method.rawValue,
      windowS: settings.windowS, stepS: settings.stepS, anchor: settings.anchor.rawValue,
      parameters: settings.asInStudy.canonical, subjectCount: subjectCount, presentationCount: presentationCount,
      droppedCount: dropped[region], meanIsc: mean, sdIsc: spread, staticIsc: observed[region], low: low[region],
      high: high[region], intervalKind: low[region].isNaN ? "none" : "subject_jackknife", tail: "greater",
      nullKind: test?.kind, nullDraws: test?.draws, nullMean: null?.mean, nullP95: null?.p95, p: null?.p,
      pFloor: test.map { 1 / Double($0.draws + 1) }, qBh: test?.q[region], pMax: test?.pMax[region],
      family: test?.family, noiseCeiling: ceiling.flatMap { $0.isUsable ? $0.ceiling : nil },
      reliabilitySubjects: ceiling?.overSubjects, reliabilityPairs: ceiling?.overPairs,
      crossValidatedIsc: crossValidated?[region], generalisesTo: low[region].isNaN ? nil : "subjects, this stimulus",
      meanIscNullMean: tests?.mean.summaries[region].mean, meanIscNullP95: tests?.mean.summaries[region].p95,
      meanIscP: tests?.mean.summaries[region].p, meanIscQBh: tests?.mean.q[region],
      meanIscPMax: tests?.mean.pMax[region], highPassS: settings.highPassS, flags: SynchronyFlag.spelled(flags),
      valid: observed[region].isNaN || flags.contains(where: \.invalidates) ? 0 : 1)
  }

  private func flags(region: Int, _ settings: SynchronySettings) -> Set<SynchronyFlag> {
    var flags: Set<SynchronyFlag> = []
    if settings.keepsDrift { flags.insert(.driftKept) }
    if areComponents { flags.insert(.componentsFitted) }
    let left = leftOut[region]
    if subjectCount - left < SubjectInterval.minimum { flags.insert(.fewSubjects) }
    if left > 0 { flags.insert(2 * left > subjectCount ? .mostSubjectsLeftOut : .subjectsLeftOut) }
    if liesApart { flags.insert(.onsetsBetweenSamples) }
    if let flag = SynchronyFlag.ofSeconds(commonShare * (1 - lackedByAll[region])) { flags.insert(flag) }
    let windows = dynamic.count / max(1, labels.count) * subjectCount
    if 2 * dropped[region] > windows { flags.insert(.mostWindowsLeftOut) }
    return flags
  }

  /// Mean over windows (in Fisher z where the values are correlations) and standard deviation.
  private func moments(_ region: Int) -> (mean: Double, sd: Double) {
    let series = stride(from: region, to: dynamic.count, by: labels.count).map { dynamic[$0] }.filter { !$0.isNaN }
    guard !series.isEmpty else { return (.nan, .nan) }
    let sd = Moments.standardDeviation(series, degreesOfFreedom: 0)
    return (areComponents ? Moments.mean(series) : Correlation.fisherMean(series), sd)
  }
}
