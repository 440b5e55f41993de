import Vocabulary

/// A model of one target whose r stands in the tables: a covariate mode, or one set of a joint model alone.
package enum FitMode: Sendable, Hashable {
  case covariates(CovariateMode)
  /// By its place among the joint model's sets.
  case set(Int)

  /// Part of the keys of its rows and of the names of its arrays.
  package var label: String {
    switch self {
    case .covariates(let mode): mode.rawValue
    case .set(let place): "set-\(place)"
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
  case bootstrap(FitMode)
  case stimuli(FitMode)

  package var kind: String {
    switch self {
    case .scores: "score"
    case .null: "null"
    case .bootstrap: "bootstrap"
    case .stimuli: "stimulus_score"
    }
  }

  /// Its name, made of what it is of.
  package func name(of unit: String) -> String {
    switch self {
    case .scores: Self.name(of: unit, ["score"])
    case .null(let score): Self.name(of: unit, [score.mode.label, "null", score.quantity.rawValue])
    case .bootstrap(let mode): Self.name(of: unit, [mode.label, "bootstrap"])
    case .stimuli(let mode): Self.name(of: unit, [mode.label, "stimuli"])
    }
  }

  static func name(of unit: String, _ parts: [String]) -> String {
    (["fit", String(unit.prefix(24))] + parts).joined(separator: "/")
  }
}

/// What an array of bootstrap draws tells of them.
package struct BootstrapParameters: Codable, Sendable {
  /// Blocks of rows that draws choose from.
  package let unitCount: Int
  /// Rows of a block.
  let blockRows: Int
}
