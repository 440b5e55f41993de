import Statistics
import Vocabulary

/// A mean r with the interval it lies in: an interval that leaves its own r out cannot be made.
///
/// What is estimated is the expected score of a fold of this procedure at this training size, over new stimuli or time of
/// the same kind; short folds inflate Fisher z.
public struct ScoreInterval: Sendable, Equatable {
  public let value: Double
  /// NaN where there is none; otherwise `low ≤ value ≤ high`.
  public let low: Double
  public let high: Double
  public let kind: IntervalKind
  /// Units that the mean is over.
  public let unitCount: Int
  /// nil without an interval.
  public let generalisesTo: Generalisation?

  /// tanh of the mean Fisher z of r per unit, with the corrected t interval on z; without one below four units.
  ///
  /// - Parameters:
  ///   - r: of every unit, NaN for one that does not count.
  ///   - overlap: test rows over training rows where units are drawn anew (`CorrectedT`).
  public init(r: [Double], kind: IntervalKind, generalisesTo: Generalisation, overlap: Double? = nil) {
    let t = CorrectedT(r.map { $0.isNaN ? .nan : Correlation.fisherZ($0) }, overlap: overlap)
    self.init(
      value: Correlation.inverseFisherZ(t.mean),
      range: t.interval().map {
        Correlation.inverseFisherZ($0.lowerBound)...Correlation.inverseFisherZ($0.upperBound)
      }, kind: kind, unitCount: t.count, generalisesTo: generalisesTo)
  }

  /// A mean difference of Fisher z (or another loss) with the interval of the same t.
  public init(_ t: CorrectedT, kind: IntervalKind, generalisesTo: Generalisation) {
    self.init(value: t.mean, range: t.interval(), kind: kind, unitCount: t.count, generalisesTo: generalisesTo)
  }

  /// - Parameter range: nil where there is no interval; it holds the value.
  public init(
    value: Double, range: ClosedRange<Double>?, kind: IntervalKind, unitCount: Int, generalisesTo: Generalisation
  ) {
    if let range { precondition(range.contains(value), "an interval holds its own value") }
    self.value = value
    low = range?.lowerBound ?? .nan
    high = range?.upperBound ?? .nan
    self.kind = range == nil ? .none : kind
    self.unitCount = unitCount
    self.generalisesTo = range == nil ? nil : generalisesTo
  }
}

/// What folds are replicates of: left-out stimuli where every fold tests one of its own, else stretches of time.
struct FoldUnitOfInference: Sendable, Equatable {
  let kind: IntervalKind
  let generalisesTo: Generalisation
  /// The same as a word.
  var word: InferenceUnit { kind == .stimulusCorrectedT ? .stimulus : .fold }

  /// - Parameters:
  ///   - stimuli: that every fold tests, of all that the rows are cut into: those that count alone may each be of another
  ///     stimulus by chance.
  ///   - overlap: of folds that draw their test parts anew, which leave no stimulus out.
  init(_ stimuli: [[String]], overlap: Double?) {
    let single = stimuli.compactMap { $0.count == 1 ? $0[0] : nil }
    let leavesStimuliOut = overlap == nil && single.count == stimuli.count && Set(single).count == stimuli.count
    kind = leavesStimuliOut ? .stimulusCorrectedT : .foldCorrectedT
    generalisesTo = leavesStimuliOut ? .stimuliLikeThese : .timeOfTheseStimuli
  }
}

extension ScoreTable {
  /// Whether a fold counts in the means of a target.
  private func counts(_ fold: FoldScore, _ target: Int) -> Bool {
    fold.isCounted[target] && !fold.r[target].isNaN
  }

  /// Folds that the target is cut into.
  public func foldsTotal(of target: Int) -> Int { folds.count { $0.isPlanned[target] } }

  /// Folds that r is the mean of.
  public func foldsCounted(of target: Int) -> Int { folds.count { counts($0, target) } }

  /// Stimuli that those folds test.
  public func stimuliCounted(of target: Int) -> Int {
    Set(folds.filter { counts($0, target) }.flatMap(\.stimuli)).count
  }

  /// r with its interval: over left-out stimuli where every counted fold tests one of its own, else over folds.
  public func interval(of target: Int) -> ScoreInterval {
    let counted = folds.filter { counts($0, target) }
    let unit = FoldUnitOfInference(folds.filter { $0.isPlanned[target] }.map(\.stimuli), overlap: overlap)
    return ScoreInterval(
      r: counted.map { $0.r[target] }, kind: unit.kind, generalisesTo: unit.generalisesTo, overlap: overlap)
  }

  /// r of every fold with its inner r: what contrasts of models and choices of layers are made of.
  public func foldwise(of target: Int) -> FoldwiseScores {
    FoldwiseScores(
      folds: folds.filter { $0.isPlanned[target] }.map {
        FoldwiseScores.Fold(
          key: $0.key, stimuli: $0.stimuli, r: counts($0, target) ? $0.r[target] : .nan, innerR: $0.innerR[target])
      }, overlap: overlap)
  }
}

/// The folds a score is the mean of.
public struct CountedFolds: Sendable, Equatable {
  public let counted: Int
  public let total: Int
  /// Stimuli that the counted ones test.
  public let stimuli: Int

  /// Of what could not be fitted.
  static let none = CountedFolds(counted: 0, total: 0, stimuli: 0)

  private init(counted: Int, total: Int, stimuli: Int) {
    (self.counted, self.total, self.stimuli) = (counted, total, stimuli)
  }

  public init(_ table: ScoreTable, column: Int) {
    self.init(
      counted: table.foldsCounted(of: column), total: table.foldsTotal(of: column),
      stimuli: table.stimuliCounted(of: column))
  }
}
