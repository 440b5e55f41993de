import Diagnostics
import LinearAlgebra
import Statistics
import Vocabulary

extension EncodingData {
  /// x(t) - a x(t - 1) of every feature and target; the first row of every piece is missing.
  func prewhitened(by a: Double) -> EncodingData {
    func filtered(_ x: Matrix) -> Matrix {
      var y = Matrix(rows: x.rows, columns: x.columns, values: [Double](repeating: .nan, count: x.values.count))
      for i in x.columns..<max(x.columns, x.values.count) { y.values[i] = x.values[i] - a * x.values[i - x.columns] }
      return y
    }
    var copy = self
    for piece in pieces.indices {
      copy.pieces[piece].features = pieces[piece].features.map(filtered)
      copy.pieces[piece].targets = filtered(pieces[piece].targets)
    }
    return copy
  }
}

/// The score of features and targets that have lost the target's own memory, with t, t² and exp(-t / 10 s) taken out: it
/// stands beside a score and never alone, since a fast course that stimuli share goes through it.
public struct PrewhitenedScore: Sendable {
  /// Per target, the autoregression coefficient that was taken out: lag 1 of the target without its trend, to the nearest
  /// .05, so that targets share their fits.
  public let coefficients: [Double]
  /// Per target; NaN where the filtered data allow no fit.
  public let r: [Double]
  public let p: [Double]
  /// Of the filtered data: how many folds there are follows from their own effective n.
  public let folds: [CountedFolds]

  /// - Parameter draws: of phases, the part of the features that the trend explains held fixed.
  public init(_ data: EncodingData, settings: EncodingSettings, draws: Int, seed: UInt64) throws {
    var settings = settings
    settings.position = .cosines
    let problem = try EncodingProblem(data, settings, columns: .trend)
    let coefficients = problem.memory.map { $0.isNaN ? .nan : ($0 * 20).rounded() / 20 }
    var r = [Double](repeating: .nan, count: data.targetCount)
    var p = r
    var folds = r.map { _ in CountedFolds.none }
    let known = coefficients.indices.filter { !coefficients[$0].isNaN }
    for (a, members) in Dictionary(grouping: known, by: { coefficients[$0] }) {
      let part = data.selecting(targets: members).prewhitened(by: a)
      guard let score = try Self.score(part, settings, draws: draws, seed: seed) else { continue }
      for (k, t) in members.enumerated() {
        (r[t], p[t], folds[t]) = (score.table.r[k], score.p[k], CountedFolds(score.table, column: k))
      }
    }
    self.coefficients = coefficients
    self.r = r
    self.p = p
    self.folds = folds
  }

  /// nil where too few rows have a neighbour: the data themselves have folds.
  ///
  /// - Throws: `E-ENC-009` as a fit does.
  private static func score(
    _ data: EncodingData, _ settings: EncodingSettings, draws: Int, seed: UInt64
  ) throws -> (table: ScoreTable, p: [Double])? {
    do {
      let fit = try EncodingModel(settings).fit(data, BandCache(), columns: .trend)
      return (fit.full, try fit.null(NullRequest(.phase, draws: draws, seed: seed)).p)
    } catch let error as EvokeError where error.code != .encodingFailed {
      return nil
    }
  }
}
