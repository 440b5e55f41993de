/// What a band is penalised by in one fold, for one target: λ_b of the loss
/// `‖y − Σ_b Z_b w_b‖² + Σ_b λ_b ‖w_b‖²`, the columns of Z standardised over the training rows.
public struct BandPenalty: Sendable, Equatable {
  public let fold: Int
  public let target: Int
  /// Its name; of a covariate that a feature shares it with, with that word behind it.
  public let band: String
  public let penalty: Double
  /// Of the band's prediction in a stack, each fitted alone; nil: the bands are fitted together.
  public let weight: Double?
}

extension EncodingFit {
  /// Fold by fold the penalty of every band, where bands have their own: fixed ones, a division that every target finds
  /// for itself, or a stack. Empty where one λ, which the scores have, stands for all.
  public var bandPenalties: [BandPenalty] {
    fits.flatMap { fit -> [BandPenalty] in
      let isApart = fit.stack != nil || fit.penaltyFactors.contains { $0 == nil } || problem.settings.bandSearch
      guard problem.bands.count > 1, isApart else { return [] }
      return zip(problem.bands, fit.penalties).enumerated().flatMap { place, band in
        fit.targets.enumerated().map { k, target in
          BandPenalty(
            fold: fit.fold.index, target: target, band: name(of: band.0), penalty: band.1[k],
            weight: fit.stack.map { $0.shares[place, k] })
        }
      }
    }
  }

  private func name(of band: Band) -> String {
    let isShared = band.role == .covariate && problem.bands.contains { $0.role == .tested && $0.name == band.name }
    return isShared ? "\(band.name) (covariate)" : band.name
  }
}

extension FittedFold {
  /// Per band and target of the group.
  fileprivate var penalties: [[Double]] {
    if let stack { return stack.lambdas }
    var taken = 0
    return penaltyFactors.map { factor in
      if let factor { return lambdas.map { factor * $0 } }
      guard let fixed = prepared.elimination?.lambdas, taken < fixed.count else {
        preconditionFailure("a band of a fixed penalty is eliminated")
      }
      taken += 1
      return targets.map { _ in fixed[taken - 1] }
    }
  }
}
