import Work

/// What an input of a fit is to it.
package enum FitRole: Hashable, Sendable {
  case target
  /// The other raters of a target that is one rater's.
  case peers
  /// By its place among the features.
  case feature(Int)
  /// By its place among the covariates.
  case covariate(Int)
  /// How loud voice and soundtrack are in every second.
  case levels

  /// As the inputs of units name it.
  package var name: String {
    switch self {
    case .target: "target"
    case .peers: "peers"
    case .feature(let place): "features-\(place)"
    case .covariate(let place): "covariates-\(place)"
    case .levels: "levels"
    }
  }
}

extension UnitTask {
  /// The arrays of a role.
  package func arrays(_ role: FitRole) -> [TaskArray] { arrays(role.name) }

  /// The one array of a role.
  ///
  /// - Throws: `E-EXE-007` where there is none.
  package func array(_ role: FitRole) throws -> TaskArray { try array(role.name) }

  /// Where the features of these roles come from.
  package func pieces(of roles: [FitRole]) -> Set<PieceKey> {
    Set(roles.flatMap { arrays($0) }.map(\.piece))
  }
}

extension TaskArray {
  /// Where a feature, annotation or synchrony belongs.
  package var piece: PieceKey {
    guard let stimulus = description.stimulus else { preconditionFailure("\(reference.name) is of no stimulus") }
    return PieceKey(stimulus: stimulus, run: description.run)
  }
}
