import LinearAlgebra
import Statistics

/// A score with its interval.
public struct ScoreInterval: Sendable, Equatable {
  /// What the interval's unit is, and how it was made.
  public enum Kind: String, Sendable, CaseIterable {
    /// t interval on Fisher z over stimuli (5 to 11).
    case stimulusT = "stimulus_t"
    /// BCa on Fisher z over stimuli (from 12).
    case stimulusBCa = "stimulus_bca"
    case subjectT = "subject_t"
    case subjectBCa = "subject_bca"
    /// Moving-block bootstrap of (y, ŷ) pairs inside the test folds, percentiles.
    case timeBlocks = "time_blocks"
    /// Too little of everything: low and high are NaN.
    case none
  }

  public let low: Double
  public let high: Double
  public let kind: Kind
  public let unitCount: Int

  public init(low: Double, high: Double, kind: Kind, unitCount: Int) {
    self.low = low
    self.high = high
    self.kind = kind
    self.unitCount = unitCount
  }

  /// The interval of a mean r (or difference of r) over stimuli or subjects: nil below five units.
  ///
  /// `fisher`: values are r and the interval is made on z; otherwise values are used as they are.
  public static func overUnits(
    _ values: [Double], subjects: Bool, fisher: Bool = true, seed: UInt64, key: String = ""
  ) -> ScoreInterval? {
    let x = values.filter { !$0.isNaN }.map { fisher ? Correlation.fisherZ($0) : $0 }
    guard x.count >= 5 else { return nil }
    let bca = x.count >= 12
    guard let range = bca ? Intervals.biasCorrected(x, seed: seed, key: key) : Intervals.student(x) else { return nil }
    func back(_ z: Double) -> Double { fisher ? Correlation.inverseFisherZ(z) : z }
    let kind: Kind = subjects ? (bca ? .subjectBCa : .subjectT) : (bca ? .stimulusBCa : .stimulusT)
    return ScoreInterval(low: back(range.lowerBound), high: back(range.upperBound), kind: kind, unitCount: x.count)
  }
}

/// Scores per bootstrap draw; the same seed gives the same resampled rows for every fit of the same pieces and folds,
/// so that layers and contrasts can be compared draw by draw.
public struct BootstrapScores: Sendable {
  /// `[draws, targets]`.
  public let draws: Matrix
  /// Rows per block.
  public let blockLength: Int
  /// Blocks that fit into the test rows of every target: below 5 no interval is given.
  public let blockCounts: [Int]
  public var blockCount: Int { blockCounts.reduce(0, max) }

  /// The percentile interval of one target; NaN with kind `none` where fewer than five blocks fit.
  public func interval(_ target: Int, level: Double = 0.95) -> ScoreInterval {
    Self.interval(draws.column(target), blocks: blockCounts[target], level: level)
  }

  /// The percentile interval of any combination of draws (a contrast, say).
  public static func interval(_ draws: [Double], blocks: Int, level: Double = 0.95) -> ScoreInterval {
    guard blocks >= 5, draws.contains(where: { !$0.isNaN }) else {
      return ScoreInterval(low: .nan, high: .nan, kind: .none, unitCount: blocks)
    }
    return ScoreInterval(
      low: Moments.quantile(draws, (1 - level) / 2), high: Moments.quantile(draws, 1 - (1 - level) / 2),
      kind: .timeBlocks, unitCount: blocks)
  }

  /// The share of draws in which each of several scores is the largest; ties are split (SCIENCE 11A.7).
  public static func peakShare(_ draws: [[Double]]) -> [Double] {
    var shares = [Double](repeating: 0, count: draws.count)
    guard let count = draws.map(\.count).min() else { return [] }
    var used = 0.0
    for d in 0..<count {
      let values = draws.map { $0[d] }
      guard let top = values.filter({ !$0.isNaN }).max() else { continue }
      let winners = values.indices.filter { values[$0] == top }
      for w in winners { shares[w] += 1 / Double(winners.count) }
      used += 1
    }
    return shares.map { used > 0 ? $0 / used : .nan }
  }
}

extension EncodingFit {
  /// Fisher-mean r per bootstrap draw: inside every fold and piece, blocks of out-of-fold (y, ŷ) pairs are resampled.
  ///
  /// Rows are keyed by (seed, stimulus, fold, draw). `blockLength` in rows; nil: the larger of three windows, 10 s and twice
  /// the targets' median autocorrelation time, at most a third of the shortest test segment.
  public func bootstrap(
    draws: Int = 1000, seed: UInt64, mode: ScoreMode = .full, blockLength: Int? = nil
  ) -> BootstrapScores {
    let parts = segments()
    let shortest = parts.map(\.rows.count).min() ?? 1
    let block = max(1, min(blockLength ?? suggestedBlock, max(1, shortest / 3)))
    var result = Matrix(rows: draws, columns: problem.targetCount)
    let tables = fits.map { (truth: $0.deviations, prediction: $0.prediction(mode.prediction) ?? $0.full) }
    for draw in 0..<draws {
      var z = [Double](repeating: 0, count: problem.targetCount)
      var folds = z
      for (index, fit) in fits.enumerated() {
        var rows: [Int] = []
        for part in parts where part.fit == index {
          var stream = RandomStream(
            seed: seed, purpose: "bootstrap", key: "\(problem.stimuli[part.piece])/\(fit.fold.index)", draw: draw)
          let order = MovingBlocks.indices(count: part.rows.count, length: block, using: &stream)
          rows += order.map { part.rows[$0] }
        }
        let statistics = FoldStatistics(
          truth: tables[index].truth.selecting(rows: rows), prediction: tables[index].prediction.selecting(rows: rows))
        for (k, t) in fit.targets.enumerated() where fit.isCounted[k] && !statistics.r[k].isNaN {
          z[t] += Correlation.fisherZ(statistics.r[k])
          folds[t] += 1
        }
      }
      for t in z.indices { result[draw, t] = folds[t] > 0 ? Correlation.inverseFisherZ(z[t] / folds[t]) : .nan }
    }
    var blocks = [Int](repeating: 0, count: problem.targetCount)
    for part in parts {
      let fit = fits[part.fit]
      for (k, t) in fit.targets.enumerated() where fit.isCounted[k] { blocks[t] += part.rows.count / block }
    }
    return BootstrapScores(draws: result, blockLength: block, blockCounts: blocks)
  }

  /// r per stimulus (pieces of one stimulus together), the Fisher mean over the folds that test it; per target.
  public func stimulusScores(_ mode: ScoreMode = .full) -> [(stimulus: String, r: [Double])] {
    var order: [String] = []
    var values: [String: [[Double]]] = [:]
    for part in segments() {
      let name = problem.stimuli[part.piece]
      if values[name] == nil {
        order.append(name)
        values[name] = [[Double]](repeating: [], count: problem.targetCount)
      }
      let fit = fits[part.fit]
      let prediction = fit.prediction(mode.prediction) ?? fit.full
      let statistics = FoldStatistics(
        truth: fit.deviations.selecting(rows: part.rows), prediction: prediction.selecting(rows: part.rows))
      for (k, t) in fit.targets.enumerated() where fit.isCounted[k] { values[name]?[t].append(statistics.r[k]) }
    }
    return order.map { name in (name, values[name, default: []].map(Correlation.fisherMean)) }
  }

  private var suggestedBlock: Int {
    let window = Int((3 * problem.windowSeconds / problem.dt).rounded(.up))
    let taus = (0..<problem.targetCount).map { t in
      Double(
        Autocorrelation.decayLag(problem.kept.series(of: t, in: problem.targets), maxLag: Int(30 / problem.dt)))
    }
    return max(window, Int((10 / problem.dt).rounded()), Int(2 * Moments.median(taus)))
  }

  /// The test rows of every fitted fold within one piece, as positions in the fold's test rows.
  private func segments() -> [(fit: Int, piece: Int, rows: [Int])] {
    var result: [(fit: Int, piece: Int, rows: [Int])] = []
    for (index, fit) in fits.enumerated() {
      for (piece, range) in problem.pieces.enumerated() {
        let rows = fit.prepared.test.indices.filter { range.contains(fit.prepared.test[$0]) }
        if rows.count >= 2 { result.append((index, piece, rows)) }
      }
    }
    return result
  }
}

/// Which prediction of a fit is scored.
public enum ScoreMode: String, Sendable, CaseIterable {
  case full
  case zeroed
  case covariatesAlone = "covariates_alone"

  var prediction: PredictionMode {
    switch self {
    case .full: .full
    case .zeroed: .zeroed
    case .covariatesAlone: .alone
    }
  }
}
