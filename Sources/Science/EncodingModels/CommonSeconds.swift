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
    try joiningParts().sharedSeconds()
  }

  /// One piece per stimulus: those that show other seconds of it, in parts or in runs, are joined.
  ///
  /// - Throws: `repeatedStimuli` where some show the same seconds.
  private func joiningParts() throws -> EncodingData {
    let byStimulus = Dictionary(grouping: pieces, by: \.stimulus)
    guard byStimulus.count < pieces.count else { return self }
    var copy = self
    var seen: Set<String> = []
    copy.pieces = try pieces.filter { seen.insert($0.stimulus).inserted }.map { piece in
      try joined(byStimulus[piece.stimulus, default: [piece]].sorted { $0.start < $1.start })
    }
    return copy
  }

  /// Parts of a stimulus, ascending, as one piece. Rows between them are missing, and so is the target in those whose delays
  /// would reach over a border. Beginnings that clocks and whole rows move into the part before give way.
  private func joined(_ parts: [Piece]) throws -> Piece {
    guard parts.count > 1 else { return parts[0] }
    let places = parts.map { Int((($0.start - parts[0].start) / dt).rounded()) }
    let ends = zip(parts, places).map { $1 + $0.rowCount }
    let slack = 1 + Int((0.5 / dt).rounded(.up))
    guard zip(ends, places.dropFirst()).allSatisfy({ $0 <= $1 + slack }) else {
      throw MismatchNull.Obstacle.repeatedStimuli
    }
    let count = ends.reduce(0, Swift.max)
    func placed(_ series: [Matrix]) -> Matrix {
      let width = series[0].columns
      var whole = Matrix(rows: count, columns: width, values: [Double](repeating: .nan, count: count * width))
      var next = 0
      for (own, place) in zip(series, places) {
        for row in 0..<own.rows where place + row >= next {
          for column in 0..<width { whole[place + row, column] = own[row, column] }
        }
        next = Swift.max(next, place + own.rows)
      }
      return whole
    }
    let delays = bands.flatMap(\.delays)
    let (least, largest) = (delays.reduce(0, Swift.min), delays.reduce(0, Swift.max))
    var targets = placed(parts.map(\.targets))
    for border in places.dropFirst() {
      for row in Swift.max(0, border + least)..<Swift.min(count, border + largest) {
        for target in 0..<targets.columns { targets[row, target] = .nan }
      }
    }
    return Piece(
      stimulus: parts[0].stimulus, run: parts.allSatisfy { $0.run == parts[0].run } ? parts[0].run : nil,
      runs: parts.reduce(into: []) { $0.formUnion($1.runs) },
      material: parts.reduce(into: []) { $0.formUnion($1.material) }, start: parts[0].start,
      features: bands.indices.map { band in placed(parts.map { $0.features[band] }) }, targets: targets)
  }

  private func sharedSeconds() throws -> (data: EncodingData, likeness: Double) {
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
