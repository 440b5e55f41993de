import Diagnostics
import LinearAlgebra
import Statistics

/// Two or three feature sets fitted alone and together on the same rows and folds: what each explains that the others do
/// not, and how they share the prediction of all (11.4).
///
/// The bands of the data are the sets; none is a covariate. With `settings.bandSearch` the models of several sets divide
/// the penalty among them, otherwise all sets have one lambda; models that are stacks weigh the predictions of sets that are
/// fitted alone.
public struct JointSets: Sendable {
  public let names: [String]
  /// The model of all sets.
  public let all: EncodingFit
  /// Per set, the model of that set alone.
  public let alone: [EncodingFit]
  /// Per set, the model of the other sets.
  public let others: [EncodingFit]
  /// Per set and target: R²(all) - R²(others), negative where the set harms. Out of sample it is biased downward, the more
  /// so the more columns a set has; `productR` stands beside it.
  public let uniqueR2: [[Double]]
  /// Per set and target: R²(alone) - unique R², what it explains that another set explains too.
  public let sharedR2: [[Double]]
  /// Per set and target: cov(y, ŷ_b) / (sd(y) sd(ŷ)) of its part ŷ_b of the prediction of all, the mean over counted
  /// folds; the sets' values add up to the fold mean of r.
  public let productR: [[Double]]
  /// Per set of three and target: what the other two explain in common, and it does not (inclusion and exclusion over the
  /// seven models); nil of two sets.
  public let othersSharedR2: [[Double]]?
  /// Per target: what all of three sets explain in common; with the sets' unique R² and what each pair shares it adds up to
  /// R² of all. nil of two sets.
  public let commonR2: [Double]?

  /// - Parameter isStacked: whether models of several sets are stacks (`EncodingModel.stacksBands`).
  /// - Throws: `E-ENC-...` where the data do not allow one of the models.
  public init(
    _ data: EncodingData, settings: EncodingSettings = EncodingSettings(), isStacked: Bool = false
  ) throws {
    let sets = Array(data.bands.indices)
    precondition((2...3).contains(sets.count), "two or three sets are fitted together")
    let cache = BandCache()
    let kept = try data.keptRows(settings)
    let model = EncodingModel(CovariateControl.commonGap(data, settings), stacksBands: isStacked)
    var known: [[Int]: EncodingFit] = [:]
    func fit(_ members: [Int]) throws -> EncodingFit {
      if let one = known[members] { return one }
      let one = try model.fit(data.selecting(bands: members), cache, kept: kept)
      known[members] = one
      return one
    }
    names = data.bands.map(\.name)
    let (joint, single, rest) = (
      try fit(sets), try sets.map { try fit([$0]) }, try sets.map { set in try fit(sets.filter { $0 != set }) }
    )
    (all, alone, others) = (joint, single, rest)
    uniqueR2 = sets.map { set in zip(joint.full.r2, rest[set].full.r2).map { $0 - $1 } }
    sharedR2 = sets.map { set in
      joint.full.r2.indices.map { single[set].full.r2[$0] - joint.full.r2[$0] + rest[set].full.r2[$0] }
    }
    productR = try joint.productMeasure()
    guard sets.count == 3 else {
      (othersSharedR2, commonR2) = (nil, nil)
      return
    }
    let targets = joint.full.r2.indices
    let common = targets.map { t in
      let (one, two) = (single.map { $0.full.r2[t] }, rest.map { $0.full.r2[t] })
      return one.reduce(0, +) - two.reduce(0, +) + joint.full.r2[t]
    }
    commonR2 = common
    othersSharedR2 = sets.map { set in
      targets.map { t in
        let both = sets.filter { $0 != set }.reduce(0) { $0 + single[$1].full.r2[t] }
        return both - rest[set].full.r2[t] - common[t]
      }
    }
  }

  /// The null of a set's unique R²: phases of that set alone are randomised in the model of all, R² of the others stands.
  public func null(of set: Int, draws: Int, seed: UInt64) throws -> NullDistribution {
    let null = try all.null(NullRequest(.phase, statistic: .r2, draws: draws, seed: seed), randomising: [set])
    return null.less(others[set].full.r2)
  }
}

extension EncodingFit {
  /// Per band of a selected penalty and target: the product measure of its part of the prediction.
  func productMeasure() throws -> [[Double]] {
    guard let bands = fits.first?.prepared.selected.count else { return [] }
    var sums = [[Double]](repeating: [Double](repeating: 0, count: problem.targetCount), count: bands)
    var folds = [Double](repeating: 0, count: problem.targetCount)
    for fit in fits {
      let parts = try fit.contributions()
      let truth = fit.deviations
      for (k, t) in fit.targets.enumerated() where fit.isCounted[k] {
        let (y, p) = (truth.column(k), fit.full.column(k))
        guard let scale = Self.scale(y, p) else { continue }
        folds[t] += 1
        guard scale > 0 else { continue }
        for (band, part) in parts.enumerated() { sums[band][t] += Self.covariance(y, part.column(k)) / scale }
      }
    }
    return sums.map { band in band.indices.map { folds[$0] > 0 ? band[$0] / folds[$0] : .nan } }
  }

  /// What tested bands and covariates each add to r, per target: cov(y, ŷ_b) / (sd(y) sd(ŷ)) of their parts of the full
  /// prediction, the mean over counted folds; they add up to the fold mean of r. nil without a zeroed prediction.
  func productParts() -> (tested: [Double], covariates: [Double])? {
    guard zeroed != nil else { return nil }
    var sums = [(tested: Double, covariates: Double)](repeating: (0, 0), count: problem.targetCount)
    var folds = [Double](repeating: 0, count: problem.targetCount)
    for fit in fits {
      guard let own = fit.zeroed else { preconditionFailure("every fold has what the table has") }
      let truth = fit.deviations
      for (k, t) in fit.targets.enumerated() where fit.isCounted[k] {
        let (y, p, x) = (truth.column(k), fit.full.column(k), own.column(k))
        guard let scale = Self.scale(y, p) else { continue }
        folds[t] += 1
        guard scale > 0 else { continue }
        sums[t].tested += Self.covariance(y, x) / scale
        sums[t].covariates += (Self.covariance(y, p) - Self.covariance(y, x)) / scale
      }
    }
    func mean(_ part: KeyPath<(tested: Double, covariates: Double), Double>) -> [Double] {
      sums.indices.map { folds[$0] > 0 ? sums[$0][keyPath: part] / folds[$0] : .nan }
    }
    return (mean(\.tested), mean(\.covariates))
  }

  /// n sd(y) sd(ŷ); 0 for a constant prediction, whose r is 0, and nil for a constant target, which has no r.
  private static func scale(_ y: [Double], _ prediction: [Double]) -> Double? {
    let spread = covariance(y, y)
    return spread > 0 ? (spread * covariance(prediction, prediction)).squareRoot() : nil
  }

  private static func covariance(_ x: [Double], _ y: [Double]) -> Double {
    let (mx, my) = (Moments.mean(x), Moments.mean(y))
    return zip(x, y).reduce(0) { $0 + ($1.0 - mx) * ($1.1 - my) }
  }
}
