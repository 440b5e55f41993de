import Statistics
import Vocabulary

#if canImport(Glibc)
  import Glibc
#endif

/// One cohort less another: a value per fold of either (`FoldwiseValues`), or per subject.
///
/// Interval and p are of one t, so that the interval leaves out 0 exactly where p is below .05. The cohorts exchanged change
/// signs and nothing else.
public struct CohortContrast: Sendable, Equatable {
  public enum Test: String, Sendable {
    /// Cohorts that share stimuli: differences in the folds (or left-out stimuli) of both, corrected t.
    case pairedCorrectedT = "paired_corrected_t"
    /// Cohorts of different stimuli: the corrected errors of both, Welch's degrees of freedom.
    case correctedWelch = "corrected_welch"
    /// Different subjects of the same stimuli.
    case welch
  }

  /// Means over what both were compared on.
  public let a: Double
  public let b: Double
  public let difference: Double
  /// NaN without p.
  public let low: Double
  public let high: Double
  public let degreesOfFreedom: Double
  /// Two-sided; NaN below the test's number of units.
  public let p: Double
  public let test: Test
  /// Whether differences were made within folds or stimuli.
  public let isPaired: Bool
  /// What varies.
  public let unit: InferenceUnit
  /// Units of either; of paired ones their number twice.
  public let counts: (a: Int, b: Int)
  /// What interval and p speak of.
  public let generalisesTo: Generalisation

  /// Left-out stimuli of each cohort from which on different stimuli are compared.
  public static let fewestStimuli = 8

  public static func == (a: CohortContrast, b: CohortContrast) -> Bool {
    a.difference == b.difference && a.p == b.p && a.low == b.low && a.high == b.high && a.test == b.test
  }

  /// Cohorts that share stimuli, in the folds they have in common: those that test the same rows, or left-out stimuli that
  /// are one, by `identity` of either's names. `d_k = a_k - b_k`, corrected t of the d. Without such folds the means of
  /// either are told, without p.
  public init(
    shared a: FoldwiseValues, _ b: FoldwiseValues, identity: (a: (String) -> String, b: (String) -> String)
  ) {
    let leavesOut = [a, b].allSatisfy { $0.unit.word == .stimulus }
    func places(_ values: FoldwiseValues, _ name: (String) -> String) -> [String: Double] {
      let own = values.named(name)
      let names = leavesOut ? own.stimuli.map { $0[0] } : own.folds
      return Dictionary(zip(names, values.values).filter { !$0.1.isNaN }, uniquingKeysWith: { first, _ in first })
    }
    let (ofA, ofB) = (places(a, identity.a), places(b, identity.b))
    let common = ofA.keys.filter { ofB[$0] != nil }.sorted()
    let (left, right) = (common.compactMap { ofA[$0] }, common.compactMap { ofB[$0] })
    let t = CorrectedT(zip(left, right).map { $0 - $1 }, overlap: a.overlap)
    let reach: Generalisation = leavesOut ? .stimuliLikeThese : .timeOfTheseStimuli
    let interval = ScoreInterval(t, kind: leavesOut ? .stimulusCorrectedT : .foldCorrectedT, generalisesTo: reach)
    if common.isEmpty {
      // Nothing is paired: what either has by itself stands there, without p.
      (self.a, self.b) = (Moments.mean(Array(ofA.values.sorted())), Moments.mean(Array(ofB.values.sorted())))
      difference = self.a - self.b
    } else {
      (self.a, self.b, difference) = (Moments.mean(left), Moments.mean(right), t.mean)
    }
    (low, high) = (interval.low, interval.high)
    (degreesOfFreedom, p) = (t.error.isNaN ? .nan : t.degreesOfFreedom, t.p(twoSided: true))
    (test, isPaired, unit) = (.pairedCorrectedT, true, leavesOut ? .stimulus : .fold)
    (counts, generalisesTo) = ((t.count, t.count), reach)
  }

  /// Cohorts of different stimuli, each left out once: `(m_a - m_b) / √(e_a² + e_b²)`, m and e of the corrected t of either.
  /// Below eight left-out stimuli of either there is a difference without p.
  public init(disjoint a: FoldwiseValues, _ b: FoldwiseValues) {
    let (ofA, ofB) = (a.t, b.t)
    let leavesOut = [a, b].allSatisfy { $0.unit.word == .stimulus }
    (self.a, self.b, difference) = (ofA.mean, ofB.mean, ofA.mean - ofB.mean)
    (test, isPaired, unit) = (.correctedWelch, false, leavesOut ? .stimulus : .fold)
    (counts, generalisesTo) = ((ofA.count, ofB.count), leavesOut ? .stimuliLikeThese : .timeOfTheseStimuli)
    let (va, vb) = (ofA.error * ofA.error, ofB.error * ofB.error)
    guard leavesOut, min(ofA.count, ofB.count) >= Self.fewestStimuli, va + vb > 0 else {
      (low, high, degreesOfFreedom, p) = (.nan, .nan, .nan, .nan)
      return
    }
    let df = (va + vb) * (va + vb) / (va * va / ofA.degreesOfFreedom + vb * vb / ofB.degreesOfFreedom)
    let error = (va + vb).squareRoot()
    let half = Distributions.studentQuantile(0.975, degreesOfFreedom: df) * error
    (low, high, degreesOfFreedom) = (difference - half, difference + half, df)
    p = min(1, 2 * Distributions.studentCDF(-abs(difference / error), degreesOfFreedom: df))
  }

  /// Different subjects of the same stimuli, a value for each: Welch's t, which speaks of subjects and these stimuli.
  public init(subjects a: [Double], _ b: [Double]) {
    let welch = WelchTest(a, b, minimum: 3)
    func mean(_ x: [Double]) -> Double { Moments.mean(x.filter { !$0.isNaN }) }
    (self.a, self.b, difference) = (mean(a), mean(b), mean(a) - mean(b))
    (low, high, degreesOfFreedom, p) = (welch.low, welch.high, welch.degreesOfFreedom, welch.p)
    (test, isPaired, unit, generalisesTo) = (.welch, false, .subject, .subjects)
    counts = (welch.counts.first, welch.counts.second)
  }

  /// Why there is no p; nil where there is one.
  public var reason: String? {
    guard p.isNaN else { return nil }
    switch test {
    case .pairedCorrectedT:
      return "\(counts.a) folds or stimuli count in both cohorts, and a difference needs \(CorrectedT.minimum)"
    case .correctedWelch:
      return unit == .stimulus
        ? "\(counts.a) and \(counts.b) stimuli: a p needs \(Self.fewestStimuli) of each cohort, which heard different ones"
        : "the cohorts heard different stimuli: give outer: {leave_one: stimulus}, so that stimuli are the units"
    case .welch: return "\(counts.a) and \(counts.b) subjects have a score, and a difference needs three of each cohort"
    }
  }
}

extension FoldwiseValues {
  /// r of one model over the largest r its target allows, fold by fold: what noise of the target takes away alike in
  /// numerator and denominator. It may exceed 1, so that it stays on the scale of r.
  public init(_ scores: FoldwiseScores, over ceiling: Double) {
    self.init(
      folds: scores.folds.map(\.key), stimuli: scores.folds.map(\.stimuli), foldsTotal: scores.folds.count,
      values: scores.folds.map { $0.r / ceiling }, overlap: scores.overlap)
  }

  /// How Fisher z rises over the depth of a network, fold by fold: the slope of the least-squares line through the layers.
  ///
  /// - Parameters:
  ///   - layers: a model of every layer, two or more of unlike depth.
  ///   - depths: of the layers, 0 to 1.
  public init(slopeOf layers: [FoldwiseScores], over depths: [Double]) {
    precondition(layers.count == depths.count && Set(depths).count > 1, "a slope is over unlike depths")
    let keys = FoldwiseScores.common(layers)
    let rows = layers.map { $0.selecting(keys) }
    let mean = Moments.mean(depths)
    let sum = depths.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    self.init(
      folds: keys, stimuli: rows[0].map(\.stimuli), foldsTotal: layers.map(\.folds.count).reduce(0, max),
      values: keys.indices.map { fold in
        zip(rows, depths).reduce(0) { $0 + ($1.1 - mean) * Correlation.fisherZ($1.0[fold].r) } / sum
      }, overlap: layers[0].overlap, cut: layers[0].folds.map(\.stimuli))
  }
}
