import Diagnostics
import LinearAlgebra
import Statistics
import Vocabulary

extension EncodingFit {
  /// The observed value of a statistic per target, and per cell.
  public func observed(_ statistic: NullStatistic, cells: [[Int]]? = nil) -> [Double] {
    let values: [Double]
    switch statistic {
    case .r: values = full.r
    case .r2: values = full.r2
    case .zeroedR: values = zeroed?.r ?? [Double](repeating: .nan, count: problem.targetCount)
    case .uniqueR2: values = zip(full.r2, covariatesAlone?.r2 ?? full.r2.map { _ in .nan }).map { $0 - $1 }
    }
    return Self.pooled(values, statistic, cells)
  }

  /// The null distribution of a score of this fit, its lambdas, folds and transforms held fixed.
  ///
  /// Random numbers are keyed by (seed, null kind, stimulus, draw), so one draw index is one draw in every fit of the
  /// same stimuli. Features are randomised after reduction and before delays, whole pieces at a time.
  public func null(_ request: NullRequest) throws -> NullDistribution { try null(request, randomising: nil) }

  /// The same with the features of some bands randomised and the others as they are.
  func null(_ request: NullRequest, randomising bands: [Int]?) throws -> NullDistribution {
    try check(request)
    let observed = observed(request.statistic, cells: request.cells)
    let draws = request.kind == .none ? 0 : request.drawCount(problem.shifts, of: problem.kept.stretches)
    var matrix = Matrix(rows: draws, columns: observed.count)
    if draws > 0 {
      let source = try SurrogateSource(self, request, bands: bands)
      // Draws that can be the data themselves are held against them bit by bit.
      let sharing = source.isRandom ? SharedColumns() : nil
      for draw in 0..<draws {
        source.prepare(draw)
        sharing?.nextDraw()
        let drawn = try statistic(
          request.statistic, sharing: sharing, series: source.series(of:), targets: source.targets(of:))
        let values = Self.pooled(drawn, request.statistic, request.cells)
        for j in values.indices { matrix[draw, j] = values[j] }
      }
    }
    return NullDistribution(request, observed: observed, draws: matrix)
  }

  static func pooled(_ values: [Double], _ statistic: NullStatistic, _ cells: [[Int]]?) -> [Double] {
    guard let cells else { return values }
    return cells.map { cell in
      let mine = cell.map { values[$0] }
      return statistic.isShare
        ? Moments.mean(mine.filter { !$0.isNaN }) : Correlation.fisherMean(mine)
    }
  }

  private func check(_ request: NullRequest) throws {
    func refuse(_ reason: String, _ remedy: String) -> EvokeError {
      EvokeError(
        .nullUnavailable, "\(request.kind.rawValue) of \(request.statistic.rawValue)", reason: reason, remedy: remedy)
    }
    if request.statistic == .zeroedR, zeroed == nil {
      throw refuse("the model has no covariates to zero", "name covariates")
    }
    if request.statistic == .uniqueR2, covariatesAlone == nil {
      throw refuse("unique R² needs covariates of a fixed penalty", "use penalty: banded")
    }
    if request.kind == .phaseResidual, !problem.bands.contains(where: { $0.role == .covariate }) {
      throw refuse("there are no covariates to regress on", "use phase")
    }
    for band in problem.bands where band.role == .tested {
      if case .selected = band.penalty { continue }
      throw refuse("the tested band \(band.name) has a fixed penalty", "give it a selected penalty")
    }
  }

  /// A statistic per target with other series of the bands, and other centred training targets and test deviations, per
  /// fitted fold.
  ///
  /// - Parameter sharing: what folds of one draw share, as the fit's own to rounding only (`PreparedFold.drawn`); nil: bit for
  ///   bit as the fit's own.
  func statistic(
    _ statistic: NullStatistic, sharing: SharedColumns?, series: (_ fold: Int) -> [[Double]],
    targets: (_ fold: FittedFold) -> (y: Matrix, truth: Matrix)
  ) throws -> [Double] {
    let count = problem.targetCount
    var sums = [Double](repeating: 0, count: count)
    var folds = sums
    for (index, fit) in fits.enumerated() {
      let (y, truth) = targets(fit)
      let own = series(index)
      let quick =
        sharing != nil && statistic != .zeroedR ? try fit.drawn(own, targets: y, sharing: sharing) : nil
      let prediction = quick == nil ? try fit.predict(own, targets: y) : nil
      let scored = statistic == .zeroedR ? prediction?.zeroed ?? prediction?.full : quick ?? prediction?.full
      guard let scored else { preconditionFailure("every fold predicts") }
      let statistics = FoldStatistics(truth: truth, prediction: scored)
      let alone =
        statistic == .uniqueR2
        ? prediction?.alone.map { FoldStatistics(truth: truth, prediction: $0) } : nil
      for (k, t) in fit.targets.enumerated() where fit.isCounted[k] {
        let value: Double
        if statistic.isShare, !(statistics.total[k] > 0) {
          value = .nan
        } else if statistic == .r2 {
          value = 1 - statistics.sse[k] / statistics.total[k]
        } else if statistic == .uniqueR2 {
          value = alone.map { ($0.sse[k] - statistics.sse[k]) / statistics.total[k] } ?? .nan
        } else {
          value = Correlation.fisherZ(statistics.r[k])
        }
        guard !value.isNaN else { continue }
        sums[t] += value
        folds[t] += 1
      }
    }
    return (0..<count).map { t in
      let mean = folds[t] > 0 ? sums[t] / folds[t] : .nan
      return statistic.isShare ? mean : Correlation.inverseFisherZ(mean)
    }
  }
}

extension NullStatistic {
  /// A share of variance, which is averaged as it is; correlations are averaged as Fisher z.
  var isShare: Bool { self == .r2 || self == .uniqueR2 }
}

extension NullDistribution {
  init(_ request: NullRequest, observed: [Double], draws: Matrix) {
    kind = request.kind
    statistic = request.statistic
    self.observed = observed
    self.draws = draws
    tail = "greater"
    let summaries =
      draws.rows == 0 ? nil : observed.indices.map { NullSummary(observed: observed[$0], draws: draws.column($0)) }
    let missing = observed.map { _ in Double.nan }
    mean = summaries?.map(\.mean) ?? missing
    sd = summaries?.map(\.sd) ?? missing
    p95 = summaries?.map(\.p95) ?? missing
    p = summaries?.map(\.p) ?? missing
    pFloor = draws.rows == 0 ? .nan : 1 / Double(draws.rows + 1)
  }

  /// Observed values and draws less a constant per cell.
  func less(_ constants: [Double]) -> NullDistribution {
    var matrix = draws
    for row in 0..<matrix.rows { for j in 0..<matrix.columns { matrix[row, j] -= constants[j] } }
    return NullDistribution(
      NullRequest(kind, statistic: .uniqueR2, draws: draws.rows, seed: 0),
      observed: zip(observed, constants).map { $0 - $1 }, draws: matrix)
  }

  /// The difference of two scores of the same draws, two-sided (layer contrasts).
  public static func difference(_ a: NullDistribution, _ b: NullDistribution) -> [NullSummary] {
    precondition(a.draws.rows == b.draws.rows && a.draws.columns == b.draws.columns, "the draws differ in shape")
    return a.observed.indices.map { j in
      let draws = (0..<a.draws.rows).map { a.draws[$0, j] - b.draws[$0, j] }
      return NullSummary(observed: a.observed[j] - b.observed[j], draws: draws, twoSided: true)
    }
  }
}
