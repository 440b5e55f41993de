import Diagnostics
import LinearAlgebra

/// The fit of the seconds that all stimuli have, one piece per stimulus: what exchanges of stimuli are judged by.
struct CommonSeconds {
  let fit: EncodingFit
  /// The shortest stimulus over the longest.
  let likeness: Double
  /// The pieces whose features are exchanged: those that are tested.
  let stimuli: Range<Int>

  /// The fit, or why there is none.
  ///
  /// - Parameter training: another cohort, whole, on which alone is trained; nil: folds train on the data's other rows.
  /// - Throws: `E-ENC-009` as a fit does.
  static func result(
    _ data: EncodingData, trainedOn training: EncodingData? = nil, settings: EncodingSettings
  ) throws -> Result<CommonSeconds, MismatchNull.Obstacle> {
    do {
      let (common, likeness) = try data.commonSeconds()
      // A single stimulus has none to exchange its features with, nor to share a course with.
      guard training != nil || common.pieces.count > 1 else { return .failure(.fewStimuli) }
      let fit =
        try training.map { try EncodingFit(from: $0, to: common, settings) } ?? EncodingModel(settings).fit(common)
      guard !fit.fits.isEmpty else { return .failure(.noFolds) }
      let first = fit.problem.pieces.count - common.pieces.count
      return .success(
        CommonSeconds(fit: fit, likeness: likeness, stimuli: first..<(first + common.pieces.count)))
    } catch let obstacle as MismatchNull.Obstacle {
      return .failure(obstacle)
    } catch let error as EvokeError where error.code != .encodingFailed {
      // The data themselves have folds: it is the common seconds that are too few.
      return .failure(.noFolds)
    }
  }

  /// r per target with the features of stimuli in another order, which names places among the stimuli.
  func r(_ order: [Int], of series: (_ fold: Int) -> [[Double]]) throws -> [Double] {
    let whole = Array(0..<stimuli.lowerBound) + order.map { $0 + stimuli.lowerBound }
    return try fit.statistic(
      .r, sharing: SharedColumns(), series: { fit.exchanged(series($0), order: whole, fold: $0) },
      targets: { ($0.prepared.y, $0.deviations) })
  }
}

extension EncodingData {
  /// The data over the seconds in which every stimulus has rows, as many in each; rows in which a feature is missing in one
  /// are missing in all.
  fileprivate func commonSeconds() throws -> (data: EncodingData, likeness: Double) {
    guard Set(pieces.map(\.stimulus)).count == pieces.count else { throw MismatchNull.Obstacle.repeatedStimuli }
    let offsets = pieces.map { Int(($0.start / dt).rounded()) }
    let ends = zip(pieces, offsets).map { $1 + $0.rowCount }
    guard let first = offsets.max(), let last = ends.min(), let longest = pieces.map(\.rowCount).max(), last > first
    else { throw MismatchNull.Obstacle.unequalLengths }
    var copy = self
    for (index, piece) in pieces.enumerated() {
      let rows = Array((first - offsets[index])..<(last - offsets[index]))
      copy.pieces[index].start = Double(first) * dt
      copy.pieces[index].features = piece.features.map { $0.selecting(rows: rows) }
      copy.pieces[index].targets = piece.targets.selecting(rows: rows)
    }
    try copy.shareMissing(rows: last - first)
    return (copy, Double(last - first) / Double(longest))
  }

  private mutating func shareMissing(rows count: Int) throws {
    let isThere = (0..<count).map { row in
      pieces.allSatisfy { piece in piece.features.allSatisfy { KeptRows.isFinite($0, row) } }
    }
    guard 2 * isThere.count(where: { $0 }) >= count else { throw MismatchNull.Obstacle.missingRows }
    for index in pieces.indices {
      for row in 0..<count where !isThere[row] {
        for band in bands.indices {
          for j in 0..<pieces[index].features[band].columns { pieces[index].features[band][row, j] = .nan }
        }
      }
    }
  }
}

extension EncodingFit {
  /// Series of every band with the pieces of tested bands in another order; pieces that change places have as many rows.
  fileprivate func exchanged(_ series: [[Double]], order: [Int], fold: Int) -> [[Double]] {
    var result = series
    for band in problem.bands.indices where problem.bands[band].role == .tested {
      let width = fits[fold].prepared.fitted[band].series.columns
      for (piece, source) in order.enumerated() {
        let from = problem.pieces[source].lowerBound * width
        Self.copy(
          series[band], from: from, count: problem.pieces[piece].count * width, to: &result[band],
          at: problem.pieces[piece].lowerBound * width)
      }
    }
    return result
  }

  private static func copy(_ x: [Double], from: Int, count: Int, to y: inout [Double], at place: Int) {
    for i in 0..<count { y[place + i] = x[from + i] }
  }
}
