import EncodingModels
import Vocabulary

/// A model of one target whose r stands in the tables: a covariate mode, one set of a joint model alone, or position.
package enum FitMode: Sendable, Hashable {
  case covariates(CovariateMode)
  /// By its place among the joint model's sets.
  case set(Int)
  /// The time since a stimulus began as the only feature.
  case position

  /// The place of the one set of a joint model that it is of; nil: it is of all.
  var set: Int? { if case .set(let place) = self { place } else { nil } }

  /// Part of the keys of its rows and of the names of its arrays.
  package var label: String {
    switch self {
    case .covariates(let mode): mode.rawValue
    case .set(let place): "set-\(place)"
    case .position: "position"
    }
  }
}

/// A score of a fit that has null draws and can be in a family.
package struct FitScore: Sendable, Hashable {
  package enum Quantity: String, Sendable {
    case r
    case uniqueR2 = "unique_r2"
  }

  package let mode: FitMode
  package let quantity: Quantity

  package init(mode: FitMode, quantity: Quantity) {
    self.mode = mode
    self.quantity = quantity
  }

  /// As the rows of a fit's array of scores are labelled.
  package var label: String { "\(mode.label)/\(quantity.rawValue)" }
}

/// Which models a unit fitted; it tells what the unit hands to comparisons.
package enum FitKind: Codable, Sendable, Hashable {
  /// One feature set.
  case single
  /// One feature set with covariates.
  case controlled
  /// Several feature sets together.
  case joint(sets: Int)

  package var isJoint: Bool { if case .joint = self { true } else { false } }

  /// The model whose r stands for the features themselves.
  package var main: FitMode {
    switch self {
    case .single, .joint: .covariates(.none)
    case .controlled: .covariates(.audioOnly)
    }
  }

  /// The scores it stores.
  package var scores: [FitScore] {
    switch self {
    case .single: [FitScore(mode: main, quantity: .r)]
    case .controlled:
      [
        FitScore(mode: main, quantity: .r), FitScore(mode: .covariates(.zeroedBanded), quantity: .r),
        FitScore(mode: .covariates(.zeroedBanded), quantity: .uniqueR2),
      ]
    case .joint(let sets): [FitScore(mode: main, quantity: .r)] + shares(sets)
    }
  }

  /// Those of them that have null draws where the study asks for draws.
  package var drawn: [FitScore] {
    switch self {
    case .single, .controlled: scores
    case .joint(let sets): shares(sets)
    }
  }

  private func shares(_ sets: Int) -> [FitScore] { (0..<sets).map { FitScore(mode: .set($0), quantity: .uniqueR2) } }
}

/// The arrays of a fit that comparisons read.
package enum FitArray {
  case scores
  case null(FitScore)
  /// r of every fold, and by inner folds on its training part.
  case folds(FitMode)
  case innerFolds(FitMode)
  /// r of every fold over the rows in which both elements sound.
  case activeFolds(FitMode)
  /// R² of every fold.
  case foldsR2(FitMode)
  /// What the columns of a set weigh, and what the prediction looks like in them; the set by its place.
  case weights(FitMode, set: Int)
  case patterns(FitMode, set: Int)

  package var kind: String {
    switch self {
    case .scores: "score"
    case .null: "null"
    case .folds: "fold_r"
    case .innerFolds: "fold_inner_r"
    case .activeFolds: "fold_active_r"
    case .foldsR2: "fold_r2"
    case .weights: "weight"
    case .patterns: "pattern"
    }
  }

  /// Its name, made of what it is of.
  package func name(of unit: String) -> String {
    switch self {
    case .scores: Self.name(of: unit, ["score"])
    case .null(let score): Self.name(of: unit, [score.mode.label, "null", score.quantity.rawValue])
    case .folds(let mode): Self.name(of: unit, [mode.label, "folds"])
    case .innerFolds(let mode): Self.name(of: unit, [mode.label, "inner-folds"])
    case .activeFolds(let mode): Self.name(of: unit, [mode.label, "active-folds"])
    case .foldsR2(let mode): Self.name(of: unit, [mode.label, "folds-r2"])
    case .weights(let mode, let set): Self.name(of: unit, [mode.label, "weights", "\(set)"])
    case .patterns(let mode, let set): Self.name(of: unit, [mode.label, "patterns", "\(set)"])
    }
  }

  static func name(of unit: String, _ parts: [String]) -> String {
    (["fit", String(unit.prefix(24))] + parts).joined(separator: "/")
  }
}

/// What an array of folds tells of them.
package struct FoldParameters: Codable, Sendable {
  /// The stimuli that every fold tests.
  package let stimuli: [[String]]
  /// Test rows over training rows, where folds draw their test parts anew; nil where they divide the rows.
  package let overlap: Double?
}

/// What an array of folds over active rows tells of them.
package struct ActiveFoldParameters: Codable, Sendable {
  package let folds: FoldParameters
  package let shares: ElementShares
}

/// What an array of scores tells of them.
package struct ScoreParameters: Codable, Sendable {
  /// Per score (in the order of the array's rows) and cell.
  package let flags: [[[EncodingFlag]]]
  /// Stimuli that the folds of every cell test.
  package let stimuliCounted: [Int]
  /// The largest r a perfect model could reach, per cell; nil where the target was measured once.
  package let ceilings: [Double?]
}
