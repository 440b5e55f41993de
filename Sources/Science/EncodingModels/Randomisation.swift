import Vocabulary

/// What a null randomises of a fit, and how.
struct Randomisation {
  enum Part {
    /// The tested features, after reduction and before delays.
    case features
    /// What the covariates do not explain of them.
    case unexplainedFeatures
    case targets
  }

  enum Change {
    /// Random phases, the same for all columns of a piece.
    case phases
    /// A circular shift of every piece.
    case shift
    /// A permutation of the blocks of every piece.
    case blocks
  }

  let part: Part
  let change: Change

  /// - Precondition: `kind` is a null of fits; the rules of study files let no other pass.
  init(_ kind: NullKind) {
    switch kind {
    case .phase, .groupPhase: (part, change) = (.features, .phases)
    case .phaseResidual: (part, change) = (.unexplainedFeatures, .phases)
    case .phaseTarget: (part, change) = (.targets, .phases)
    case .circularShift: (part, change) = (.features, .shift)
    case .block: (part, change) = (.features, .blocks)
    case .clipShuffle, .signFlip, .mismatch, .spin, .permutation, .none:
      preconditionFailure("\(kind.rawValue) randomises nothing of a fit")
    }
  }
}
