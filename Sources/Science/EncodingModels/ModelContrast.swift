import Statistics
import Vocabulary

/// r of one model of one target in every outer fold (or left-out stimulus), and by inner folds on its training part.
public struct FoldwiseScores: Sendable, Equatable {
  public struct Fold: Sendable, Equatable {
    /// What is tested; models are compared where keys are equal.
    public let key: String
    /// The stimuli tested.
    public let stimuli: [String]
    /// NaN where the fold does not count.
    public let r: Double
    /// Of the training part, which knows nothing of the tested one.
    public let innerR: Double

    public init(key: String, stimuli: [String], r: Double, innerR: Double) {
      (self.key, self.stimuli, self.r, self.innerR) = (key, stimuli, r, innerR)
    }
  }

  public let folds: [Fold]
  /// As of the score table: nil where folds divide the rows.
  public let overlap: Double?

  public init(folds: [Fold], overlap: Double? = nil) { (self.folds, self.overlap) = (folds, overlap) }

  /// The keys that count in every model, in the order of the first.
  static func common(_ models: [FoldwiseScores]) -> [String] {
    let sets = models.map { model in Set(model.folds.filter { !$0.r.isNaN }.map(\.key)) }
    return (models.first?.folds ?? []).map(\.key).filter { key in sets.allSatisfy { $0.contains(key) } }
  }

  /// The folds of those keys.
  func selecting(_ keys: [String]) -> [Fold] {
    let byKey = Dictionary(folds.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
    return keys.compactMap { byKey[$0] }
  }
}

/// The choice of one model among several by the inner folds of every outer fold's training part.
///
/// The part a choice is tested on has no say in it, so neither the score of the chosen model nor the share of folds in which
/// a layer is chosen is optimistic.
public struct NestedChoice: Sendable, Equatable {
  /// The folds that all models have.
  public let folds: [String]
  /// Per fold: the model with the largest inner r, the first of equals; nil where no model has one.
  public let chosen: [Int?]
  /// Per fold: r of the chosen model; NaN where none is.
  public let r: [Double]

  public init(_ models: [FoldwiseScores]) {
    folds = FoldwiseScores.common(models)
    let rows = models.map { [folds] model in model.selecting(folds) }
    chosen = folds.indices.map { fold in
      let ranked = rows.indices.filter { !rows[$0][fold].innerR.isNaN }
      return ranked.max { rows[$0][fold].innerR < rows[$1][fold].innerR }
    }
    r = zip(folds.indices, chosen).map { fold, model in model.map { rows[$0][fold].r } ?? .nan }
  }

  /// Per model: the share of folds in which the inner folds choose it; NaN where there is no choice.
  public static func shares(_ models: [FoldwiseScores]) -> [Double] {
    let made = NestedChoice(models).chosen.compactMap { $0 }
    return models.indices.map { model in
      made.isEmpty ? .nan : Double(made.count { $0 == model }) / Double(made.count)
    }
  }
}

/// One model or several of a target less one or several others, fold by fold.
///
/// `d_k = z(a in fold k) - z(b in fold k)`, z being Fisher's; of several models the mean z, or that of the one which the
/// inner folds choose. The mean of d, its interval and p are of one corrected t.
public struct ModelContrast: Sendable, Equatable {
  /// One side of a contrast.
  public struct Side: Sendable {
    public let models: [FoldwiseScores]
    public let take: ContrastTake

    public init(_ models: [FoldwiseScores], take: ContrastTake = .mean) {
      precondition(!models.isEmpty, "a side has a model")
      (self.models, self.take) = (models, take)
    }

    /// Fisher z in folds that count in all models of both sides.
    fileprivate func z(_ keys: [String]) -> [Double] {
      let mine = models.map { FoldwiseScores(folds: $0.selecting(keys), overlap: $0.overlap) }
      switch take {
      case .max: return NestedChoice(mine).r.map { $0.isNaN ? .nan : Correlation.fisherZ($0) }
      case .mean:
        return keys.indices.map { fold in Moments.mean(mine.map { Correlation.fisherZ($0.folds[fold].r) }) }
      }
    }
  }

  /// The folds that all models of both sides have and count, and what each of them tests.
  public let folds: [String]
  public let stimuli: [[String]]
  /// Folds that the models are cut into.
  public let foldsTotal: Int
  /// Fisher z of a less that of b, per fold.
  public let differences: [Double]
  /// Fisher means of r over those folds.
  public let a: Double
  public let b: Double
  public let t: CorrectedT

  public init(_ a: Side, _ b: Side) {
    let (first, keys) = (a.models[0], FoldwiseScores.common(a.models + b.models))
    folds = keys
    stimuli = first.selecting(keys).map(\.stimuli)
    foldsTotal = (a.models + b.models).map(\.folds.count).reduce(0, max)
    let (left, right) = (a.z(folds), b.z(folds))
    (zOfA, zOfB) = (left, right)
    differences = zip(left, right).map { $0 - $1 }
    let counted = differences.indices.filter { [differences] in !differences[$0].isNaN }
    self.a = Correlation.inverseFisherZ(Moments.mean(counted.map { left[$0] }))
    self.b = Correlation.inverseFisherZ(Moments.mean(counted.map { right[$0] }))
    unit = FoldUnitOfInference(first.folds.map(\.stimuli), overlap: first.overlap)
    t = CorrectedT(differences, overlap: first.overlap)
    overlap = first.overlap
  }

  let overlap: Double?
  /// Fisher z of either side per fold.
  let zOfA: [Double]
  let zOfB: [Double]

  /// What the folds are replicates of.
  let unit: FoldUnitOfInference
  /// What varies: folds or left-out stimuli, however few of them count.
  public var inferenceUnit: InferenceUnit { unit.word }

  /// The mean difference of Fisher z in its interval.
  public var interval: ScoreInterval { ScoreInterval(t, of: unit) }

  /// Stimuli that the differences are of.
  public var stimuliCounted: Int { Set(stimuli.joined()).count }
}

extension ScoreInterval {
  /// Of a mean difference over folds.
  init(_ t: CorrectedT, of unit: FoldUnitOfInference) {
    self.init(t, kind: unit.kind, generalisesTo: unit.generalisesTo)
  }
}

/// A contrast of several subjects of the same stimuli: their differences are averaged fold by fold, and the corrected t is
/// over folds or stimuli; subjects of the same stimuli are no independent replicates of them.
///
/// Folds of subjects are the same where they test the same rows, and left-out stimuli where they are the same stimulus:
/// recordings may differ by some rows.
public struct GroupContrast: Sendable, Equatable {
  /// The folds (or left-out stimuli) that every subject has, and what each of them tests.
  public let folds: [String]
  public let stimuli: [[String]]
  public let foldsTotal: Int
  /// The mean over subjects per fold.
  public let differences: [Double]
  /// Fisher means of r over subjects and those folds.
  public let a: Double
  public let b: Double
  public let t: CorrectedT
  /// One-sample t over the subjects' means: it speaks of subjects and these stimuli.
  public let overSubjects: GroupTest

  public init(_ subjects: [ModelContrast]) {
    precondition(!subjects.isEmpty, "a group has subjects")
    let first = subjects[0]
    let leaveStimuliOut = subjects.allSatisfy { $0.unit.word == .stimulus }
    func names(_ subject: ModelContrast) -> [String] { leaveStimuliOut ? subject.stimuli.map { $0[0] } : subject.folds }
    let places = subjects.map { subject in
      Dictionary(
        names(subject).enumerated().filter { !subject.differences[$0.offset].isNaN }.map { ($0.element, $0.offset) },
        uniquingKeysWith: { first, _ in first })
    }
    let ofFirst = names(first)
    let kept = ofFirst.indices.filter { place in places.allSatisfy { $0[ofFirst[place]] != nil } }
    let common = kept.map { ofFirst[$0] }
    func mean(_ values: KeyPath<ModelContrast, [Double]>) -> [Double] {
      common.map { key in
        Moments.mean(
          zip(subjects, places).compactMap { subject, place in place[key].map { subject[keyPath: values][$0] } })
      }
    }
    folds = common
    stimuli = kept.map { first.stimuli[$0] }
    foldsTotal = subjects.map(\.foldsTotal).reduce(0, max)
    differences = mean(\.differences)
    a = Correlation.inverseFisherZ(Moments.mean(mean(\.zOfA)))
    b = Correlation.inverseFisherZ(Moments.mean(mean(\.zOfB)))
    unit = (subjects.first { $0.unit.word == .fold } ?? first).unit
    t = CorrectedT(differences, overlap: first.overlap)
    overSubjects = GroupTest.t(subjects.map(\.t.mean), twoSided: true)
  }

  private let unit: FoldUnitOfInference
  /// What varies: left-out stimuli where every subject's folds are, else folds.
  public var inferenceUnit: InferenceUnit { unit.word }

  /// The mean difference of Fisher z in its interval over folds or stimuli.
  public var interval: ScoreInterval { ScoreInterval(t, of: unit) }

  public var stimuliCounted: Int { Set(stimuli.joined()).count }
}
