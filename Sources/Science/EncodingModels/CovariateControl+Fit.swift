import Diagnostics
import LinearAlgebra
import Statistics
import Vocabulary

extension CovariateControl {
  /// Fits the four models on the same rows and folds; rows need all bands, so the models compare like with like. Folds
  /// count as in `reference`, where there is one.
  public init(
    _ data: EncodingData, settings: EncodingSettings = EncodingSettings(), countedAs reference: CovariateControl? = nil
  ) throws {
    let tested = data.bands.indices.filter { data.bands[$0].role == .tested }
    let covariates = data.bands.indices.filter { data.bands[$0].role == .covariate }
    guard !tested.isEmpty, !covariates.isEmpty else {
      throw EvokeError(
        .covariateMissing, data.bands.map(\.name).joined(separator: ", "),
        reason: "\(tested.count) tested bands and \(covariates.count) covariates",
        remedy: "name a feature set and covariates")
    }
    let cache = BandCache()
    let kept = try data.keptRows(settings)
    let model = EncodingModel(Self.commonGap(data, settings))
    func penalised(_ penalty: Penalty, _ bands: [Int]) -> EncodingData {
      var copy = data
      for band in bands { copy.bands[band].penalty = penalty }
      return copy
    }
    let ordinary = penalised(.selected(), Array(data.bands.indices))
    audioOnly = try model.fit(ordinary.selecting(bands: tested), cache, kept: kept, countedAs: reference?.audioOnly)
    visualOnly = try model.fit(
      ordinary.selecting(bands: covariates), cache, kept: kept, countedAs: reference?.visualOnly)
    joint = try model.fit(ordinary, cache, kept: kept, countedAs: reference?.joint)
    var light = ordinary
    for band in covariates { light.bands[band].penalty = .smallestStable }
    banded = try model.fit(light, cache, kept: kept, countedAs: reference?.banded)
    uniqueR2 = banded.observed(.uniqueR2)
    guard let parts = banded.productParts() else { preconditionFailure("a model with covariates has a zeroed one") }
    productR = parts
    uniqueR2Ordinary = zip(joint.full.r2, visualOnly.full.r2).map { $0 - $1 }
    leakAlarm = zip(joint.zeroed?.r ?? [], banded.zeroed?.r ?? []).map { $0 - $1 > 0.1 }
    audioVisualR2 = try Self.explained(joint, tested, covariates)
  }

  /// The nulls that belong to the three questions, all with the same draws.
  public func nulls(draws: Int, seed: UInt64, cells: [[Int]]? = nil, mirrored: Bool = true) throws -> CovariateNulls {
    func null(_ fit: EncodingFit, _ kind: NullKind, _ statistic: NullStatistic) throws -> NullDistribution {
      var request = NullRequest(kind, statistic: statistic, draws: draws, seed: seed, cells: cells)
      request.mirrored = mirrored
      return try fit.null(request)
    }
    return CovariateNulls(
      audioOnly: try null(audioOnly, .phase, .r),
      zeroedBanded: try null(banded, .phaseResidual, .zeroedR),
      uniqueR2: try null(banded, .phase, .uniqueR2))
  }

  /// The settings with bands' own delay spans made equal, so that all models purge the same rows.
  static func commonGap(_ data: EncodingData, _ settings: EncodingSettings) -> EncodingSettings {
    let delays = data.bands.flatMap(\.delays)
    guard case .automatic = settings.gap, Set(data.bands.map { Set($0.delays) }).count > 1, let least = delays.min(),
      let largest = delays.max()
    else { return settings }
    var copy = settings
    copy.extraDelays += [least, largest]
    return copy
  }

  /// The share of the tested features' variance that the covariates explain; NaN where too few rows have both.
  private static func explained(_ fit: EncodingFit, _ tested: [Int], _ covariates: [Int]) throws -> Double {
    guard let first = fit.fits.first else { return .nan }
    let rows = fit.problem.usable.joined().filter { fit.problem.kept.read[$0] }
    func columns(_ bands: [Int]) -> Matrix {
      bands.map { first.prepared.fitted[$0].series }.reduce(Matrix(rows: fit.problem.rowCount, columns: 0)) {
        $0.appending(columnsOf: $1)
      }
    }
    let (a, v) = (columns(tested), columns(covariates))
    let complete = rows.filter { row in
      (0..<a.columns).allSatisfy { a[row, $0].isFinite } && (0..<v.columns).allSatisfy { v[row, $0].isFinite }
    }
    guard !complete.isEmpty else { return .nan }
    let (x, c) = (standardised(a.selecting(rows: complete)), standardised(v.selecting(rows: complete)))
    guard complete.count > c.columns + 1 else { return .nan }
    let w = try RidgeSolver.cholesky.weights(
      c, x, lambdas: [Double](repeating: 1e-8 * Double(complete.count), count: x.columns))
    let p = c.multiplied(by: w)
    let statistics = FoldStatistics(truth: x, prediction: p)
    let shares = (0..<x.columns).compactMap { j in
      statistics.total[j] > 0 ? 1 - statistics.sse[j] / statistics.total[j] : nil
    }
    return Moments.mean(shares)
  }

  private static func standardised(_ x: Matrix) -> Matrix {
    var z = x
    let ones = [Double](repeating: 1, count: x.columns)
    ColumnScaling(z.values, rows: z.rows, columns: z.columns, weights: ones).apply(&z.values, rows: z.rows)
    return z
  }
}
