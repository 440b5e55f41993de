import EncodingModels
import Vocabulary

/// How a study fits and tests one feature space, one with covariates or several together: what `run` does with the study's
/// targets and `calibrate` with planted ones.
enum TestedDesign: Codable, Sendable {
  case single(EncodingStep.Parameters)
  case controlled(CovariateControlStep.Parameters)
  case joint(JointStep.Parameters)

  var fit: FitParameters {
    switch self {
    case .single(let step): step.fit
    case .controlled(let step): step.fit
    case .joint(let step): step.fit
    }
  }

  var covariates: [FitFeature] {
    switch self {
    case .single, .joint: []
    case .controlled(let step): step.covariates
    }
  }

  var kind: FitKind {
    switch self {
    case .single: .single
    case .controlled: .controlled
    case .joint(let step): .joint(sets: step.sets.count)
    }
  }

  /// Draws of the study's null.
  var draws: Int {
    switch self {
    case .single(let step): if case .drawn(_, let draws) = step.null { draws } else { 0 }
    case .controlled(let step): step.draws
    case .joint(let step): step.draws
    }
  }

  /// Whether the study draws from a null.
  var isTested: Bool { draws > 0 }

  /// The same with another number of draws, and without what is only stored.
  func drawing(_ draws: Int) -> TestedDesign {
    var fit = fit
    (fit.store, fit.lagsS) = ([], [])
    switch self {
    case .single(let step):
      guard case .drawn(let kind, _) = step.null else { return self }
      return .single(EncodingStep.Parameters(fit: fit, null: .drawn(kind: kind, draws: draws)))
    case .controlled(let step):
      return .controlled(CovariateControlStep.Parameters(fit: fit, covariates: step.covariates, draws: draws))
    case .joint(let step):
      return .joint(JointStep.Parameters(fit: fit, sets: step.sets, isStacked: step.isStacked, draws: draws))
    }
  }
}

/// A score of a fit with what is said of each cell, and its null.
struct TestedScore {
  let observed: ObservedScore
  let null: NullDistribution
  /// Stimuli that the folds of every cell test.
  let stimuliCounted: [Int]

  init(_ observed: ObservedScore, _ null: NullDistribution, of table: ScoreTable) {
    (self.observed, self.null) = (observed, null)
    stimuliCounted = table.r.indices.map(table.stimuliCounted)
  }
}

extension TestedDesign {
  /// The scores of the design that have a null, fitted to some data.
  ///
  /// - Throws: `E-ENC-...` where the data do not allow it.
  func tested(_ data: EncodingData, seed: UInt64) throws -> [TestedScore] {
    switch self {
    case .single(let step):
      let test = try EncodingTest(data, step, seed: seed, null: step.null.request(seed: seed))
      let observed = ObservedScore(
        score: EncodingStep.score, values: test.control.fit.full.r, flags: test.control.flags)
      return test.null.map { [TestedScore(observed, $0, of: test.control.fit.full)] } ?? []
    case .controlled(let step):
      let control = try CovariateControl(data, settings: step.fit.encoding)
      let nulls = CovariateControlStep.byScore(try control.nulls(draws: step.draws, seed: seed))
      let check = try CovariateControlStep.check(data, step, seed: seed)
      return CovariateControlStep.observed(control, check).flatMap { observed in
        nulls.filter { $0.score == observed.score }.map {
          TestedScore(observed, $0.null, of: control.audioOnly.full)
        }
      }
    case .joint(let step):
      let joint = try JointSets(data, settings: step.fit.encoding, isStacked: step.isStacked)
      let draws = ScoreCheck.draws(step.draws)
      let check = try ScoreCheck(data, settings: step.fit.encoding, draws: draws, seed: seed)
      let flags = joint.all.flags.enumerated().map { $0.element.union(check.flags(of: $0.offset)) }
      return try step.sets.indices.map { set in
        let observed = ObservedScore(
          score: FitScore(mode: .set(set), quantity: .uniqueR2), values: joint.uniqueR2[set], flags: flags)
        return TestedScore(
          observed, try joint.null(of: set, draws: step.draws, seed: seed), of: joint.all.full)
      }
    }
  }
}

/// One feature space on one target, with what stands beside its score and its null.
struct EncodingTest {
  let control: PositionControl
  /// nil: none is drawn.
  let null: NullDistribution?

  /// - Parameter request: what is drawn; the check of the score has the draws that the study asks for.
  init(
    _ data: EncodingData, _ parameters: EncodingStep.Parameters, seed: UInt64, null request: NullRequest?
  ) throws {
    let draws = if case .drawn(_, let draws) = parameters.null { ScoreCheck.draws(draws) } else { 0 }
    let control = try PositionControl(data, settings: parameters.fit.encoding, draws: draws, seed: seed)
    self.control = control
    null = try request.map { try control.fit.null($0) }
  }
}
