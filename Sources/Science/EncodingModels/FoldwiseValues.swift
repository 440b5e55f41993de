import Statistics
import Vocabulary

/// A value in every outer fold (or left-out stimulus) of one target, or of several subjects averaged fold by fold: Fisher z
/// of a mean over models, or the difference of a quantity of two models.
///
/// Subjects of the same stimuli are no independent replicates of them, so that the corrected t over folds of their mean
/// speaks of stimuli or time, and a t over subjects of these stimuli alone.
public struct FoldwiseValues: Sendable, Equatable {
  /// What the folds are, as of `FoldwiseScores`, and what each of them tests.
  public let folds: [String]
  public let stimuli: [[String]]
  /// Folds that the target is cut into.
  public let foldsTotal: Int
  /// Per fold, NaN where it does not count.
  public let values: [Double]
  let overlap: Double?
  /// What every fold tests that the rows are cut into, those that do not count among them.
  private let cut: [[String]]

  /// - Parameters:
  ///   - overlap: as of the score table: nil where folds divide the rows.
  ///   - cut: what all folds test that the rows are cut into; nil: these are all.
  public init(
    folds: [String], stimuli: [[String]], foldsTotal: Int, values: [Double], overlap: Double? = nil,
    cut: [[String]]? = nil
  ) {
    precondition(folds.count == values.count && folds.count == stimuli.count, "a value for every fold")
    (self.folds, self.stimuli, self.foldsTotal) = (folds, stimuli, foldsTotal)
    (self.values, self.overlap, self.cut) = (values, overlap, cut ?? stimuli)
  }

  /// The mean of Fisher z over several models in every fold that counts in all of them, and in `others` that it is shown
  /// beside: `z_k = mean over models of atanh(r of the model in fold k)`.
  public init(meanOf models: [FoldwiseScores], beside others: [FoldwiseScores] = []) {
    precondition(!models.isEmpty, "a mean is over models")
    let keys = FoldwiseScores.common(models + others)
    let rows = models.map { $0.selecting(keys) }
    self.init(
      folds: keys, stimuli: rows[0].map(\.stimuli), foldsTotal: (models + others).map(\.folds.count).reduce(0, max),
      values: keys.indices.map { fold in Moments.mean(rows.map { Correlation.fisherZ($0[fold].r) }) },
      overlap: models[0].overlap, cut: models[0].folds.map(\.stimuli))
  }

  /// The mean over subjects in the folds (or left-out stimuli) that count in every subject. Folds of subjects are the same
  /// where they test the same rows, left-out stimuli where they are the same stimulus: recordings may differ by some rows.
  public init(over subjects: [FoldwiseValues]) {
    precondition(!subjects.isEmpty, "a mean is over subjects")
    let first = subjects[0]
    let leaveStimuliOut = subjects.allSatisfy { $0.unit.word == .stimulus }
    func names(_ subject: FoldwiseValues) -> [String] {
      leaveStimuliOut ? subject.stimuli.map { $0[0] } : subject.folds
    }
    let known = subjects.map { subject in
      Dictionary(
        zip(names(subject), subject.values).filter { !$0.1.isNaN }, uniquingKeysWith: { first, _ in first })
    }
    let kept = names(first).enumerated().filter { fold in known.allSatisfy { $0[fold.element] != nil } }
    self.init(
      folds: kept.map(\.element), stimuli: kept.map { first.stimuli[$0.offset] },
      foldsTotal: subjects.map(\.foldsTotal).reduce(0, max),
      values: kept.map { fold in Moments.mean(known.compactMap { $0[fold.element] }) }, overlap: first.overlap,
      cut: (subjects.first { $0.unit.word == .fold } ?? first).cut)
  }

  /// The same with stimuli by what is one for whoever has them; folds are then the same only where these are, too.
  public func named(_ identity: (String) -> String) -> FoldwiseValues {
    let names = stimuli.map { $0.map(identity) }
    return FoldwiseValues(
      folds: zip(folds, names).map { ([$0] + $1).joined(separator: "|") }, stimuli: names, foldsTotal: foldsTotal,
      values: values, overlap: overlap, cut: cut.map { $0.map(identity) })
  }

  /// Fold by fold less the values of another model of the same folds; NaN where one of them is.
  public func less(_ other: FoldwiseValues) -> FoldwiseValues {
    precondition(folds == other.folds, "both models are of the same folds")
    return FoldwiseValues(
      folds: folds, stimuli: stimuli, foldsTotal: foldsTotal, values: zip(values, other.values).map { $0 - $1 },
      overlap: overlap, cut: cut)
  }

  var unit: FoldUnitOfInference { FoldUnitOfInference(cut, overlap: overlap) }
  /// What varies: left-out stimuli, or folds.
  public var inferenceUnit: InferenceUnit { unit.word }

  /// The corrected t of the values.
  public var t: CorrectedT { CorrectedT(values, overlap: overlap) }

  /// Their mean in the interval of that t.
  public var interval: ScoreInterval { ScoreInterval(t, kind: unit.kind, generalisesTo: unit.generalisesTo) }

  /// Of values that are Fisher z: the Fisher mean r in its interval.
  public var score: ScoreInterval {
    ScoreInterval(
      r: values.map { Correlation.inverseFisherZ($0) }, kind: unit.kind, generalisesTo: unit.generalisesTo,
      overlap: overlap)
  }

  /// What p and interval speak of, should there be folds enough.
  public var generalisesTo: Generalisation { unit.generalisesTo }

  public var foldsCounted: Int { values.count { !$0.isNaN } }

  /// Stimuli that the folds that count test.
  public var stimuliCounted: Int { Set(zip(stimuli, values).filter { !$0.1.isNaN }.flatMap(\.0)).count }
}
