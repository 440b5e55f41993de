import Diagnostics
import LinearAlgebra
import Statistics
import Vocabulary

/// The surrogate series of one null distribution, draw by draw; not thread-safe.
///
/// The reduced series of all folds stand side by side, so that one transform per piece serves them all and every column
/// of a stimulus is turned by the same phases. Rows that no fit reads are interpolated before, so that they do not tell.
final class SurrogateSource {
  private let fit: EncodingFit
  private let request: NullRequest
  private let randomisation: Randomisation
  /// Tested bands, and per fitted fold and tested band the first column in `base`.
  private let tested: [Int]
  private var columns: [[Int]] = []
  private var width = 0
  /// `[rows, width]`: what is randomised, and what is added back.
  private var base: [Double] = []
  private var kept: [Double] = []
  private var drawn: [Double] = []
  private var randomisers: [PhaseRandomiser?] = []
  private var drawnTargets: Matrix?
  /// The series of the fitted fold asked for last, which others of its training rows share.
  private var last: (columns: [Int], rowsHash: UInt64, series: [[Double]])?
  /// What is randomised of every piece.
  private let stretches: [Range<Int>]
  private var problem: EncodingProblem { fit.problem }

  /// `bands`: what is randomised; nil all tested ones.
  ///
  /// - Throws: `nullUnavailable` where a fold has too few rows to regress on the covariates, and what solving throws.
  init(_ fit: EncodingFit, _ request: NullRequest, bands: [Int]? = nil) throws {
    self.fit = fit
    self.request = request
    randomisation = Randomisation(request.kind)
    tested = bands ?? fit.problem.bands.indices.filter { fit.problem.bands[$0].role == .tested }
    stretches = fit.problem.kept.stretches(of: randomisation.part)
    switch randomisation.part {
    case .targets: layOutTargets()
    case .features, .unexplainedFeatures: try layOutFeatures()
    }
    guard case .phases = randomisation.change else { return }
    randomisers = stretches.map { stretch in
      stretch.isEmpty
        ? nil
        : PhaseRandomiser(
          Array(base[(stretch.lowerBound * width)..<(stretch.upperBound * width)]), rows: stretch.count,
          columns: width, mirrored: request.mirrored)
    }
  }

  /// Whether no draw can be the data themselves: phases are never all as they were.
  var isRandom: Bool { if case .phases = randomisation.change { true } else { false } }

  /// Whether something of what is randomised stays in place: what covariates or position explain.
  private var stays: Bool { fit.fits.contains(where: stays) }

  private func treatment(_ fold: FittedFold) -> PositionTreatment { problem.treatments[fold.targets[0]] }

  private func stays(_ fold: FittedFold) -> Bool {
    randomisation.part == .unexplainedFeatures || treatment(fold).columns != .none
  }

  private func layOutTargets() {
    width = problem.targetCount
    base = problem.targets.values
    if problem.position != nil {
      base = problem.withoutPosition(problem.targets).values
      kept = zip(problem.targets.values, base).map { $1.isNaN ? 0 : $0 - $1 }
    }
    var masks = [[Bool]?](repeating: nil, count: width)
    for group in problem.groups { for t in group.targets { masks[t] = group.valid } }
    for piece in problem.pieces {
      KeptRows.filled(&base, width: width, piece) { row, target in masks[target]?[row] ?? false }
    }
    drawn = base
  }

  private func layOutFeatures() throws {
    var known: [String: Int] = [:]
    var blocks: [(fold: FittedFold, band: Int)] = []
    for fold in fit.fits {
      columns.append(
        tested.map { band in
          let fitted = fold.prepared.fitted[band]
          let residual =
            randomisation.part == .unexplainedFeatures && treatment(fold).columns == .none
            ? "\(fold.prepared.trainRowsHash)" : "\(treatment(fold).columns)"
          let key = "\(band)|\(fitted.hash)|\(residual)"
          if let column = known[key] { return column }
          let column = width
          known[key] = column
          blocks.append((fold, band))
          width += fitted.series.columns
          return column
        })
    }
    let n = problem.rowCount
    base = [Double](repeating: 0, count: n * width)
    kept = base
    var offset = 0
    for block in blocks {
      let x = block.fold.prepared.fitted[block.band].series
      let explained = stays(block.fold) ? try explainedPart(x, block.fold) : Matrix(rows: n, columns: x.columns)
      for i in 0..<n {
        for j in 0..<x.columns {
          let part = explained[i, j]
          base[i * width + offset + j] = part.isNaN ? x[i, j] : x[i, j] - part
          kept[i * width + offset + j] = part.isNaN ? 0 : part
        }
      }
      offset += x.columns
    }
    let read = problem.kept.read
    for piece in problem.pieces { KeptRows.filled(&base, width: width, piece) { row, _ in read[row] } }
    drawn = base
  }

  /// The least-squares fit of tested columns on the covariates (at the lags asked for), where these are held, and on what
  /// is taken out of position: over the fold's training rows, with position over all rows that are read and with a mean for every piece
  /// (a stimulus that is left out has a course of its own).
  private func explainedPart(_ x: Matrix, _ fold: FittedFold) throws -> Matrix {
    let holdsCovariates = request.kind == .phaseResidual
    let covariates = problem.bands.indices.filter { holdsCovariates && problem.bands[$0].role == .covariate }
    let n = problem.rowCount
    let position = problem.positionColumns(treatment(fold).columns)
    var c =
      position?.appending(columnsOf: problem.pieceIndicators)
      ?? Matrix(rows: n, columns: 1, values: [Double](repeating: 1, count: n))
    for band in covariates {
      let series = fold.prepared.fitted[band].series
      for lag in request.residualLags {
        var shifted = Matrix(
          rows: n, columns: series.columns, values: [Double](repeating: .nan, count: series.values.count))
        for piece in problem.pieces {
          for row in piece where piece.contains(row - lag) {
            for j in 0..<series.columns { shifted[row, j] = series[row - lag, j] }
          }
        }
        c = c.appending(columnsOf: shifted)
      }
    }
    let candidates =
      position == nil ? fold.prepared.train : (0..<n).filter { problem.kept.read[$0] }
    let rows = candidates.filter { row in
      (0..<c.columns).allSatisfy { c[row, $0].isFinite } && (0..<x.columns).allSatisfy { x[row, $0].isFinite }
    }
    guard rows.count > c.columns else {
      throw EvokeError(
        .nullUnavailable, "\(request.kind.rawValue) of \(request.statistic.rawValue)",
        reason: "fold \(fold.fold.index) has \(rows.count) training rows for \(c.columns) columns of covariates",
        remedy: "use fewer covariates (reduce: {pca: N}), fewer folds, or more data")
    }
    let trainC = c.selecting(rows: rows)
    // A relative ridge of 1e-10 keeps collinear covariates solvable without changing the fit.
    let scale = trainC.gram.values.enumerated().filter { $0.offset % (c.columns + 1) == 0 }.map(\.element).max() ?? 1
    let system = RidgeSystem(trainC, x.selecting(rows: rows), dual: false)
    return c.multiplied(by: try system.choleskySolution(1e-10 * scale, system.b))
  }

  /// Makes the surrogates of one draw.
  func prepare(_ draw: Int) {
    last = nil
    for (index, stretch) in stretches.enumerated() where !stretch.isEmpty {
      switch randomisation.change {
      case .phases:
        let purpose = randomisation.part == .targets ? "phase_target" : "phase"
        let stream = RandomStream(
          seed: request.seed, purpose: purpose, key: problem.stimuli[index], draw: draw)
        randomisers[index]?.draw(stream, into: &drawn, offset: stretch.lowerBound * width)
      case .shift: reorder(stretch, by: shiftedOrder(stretch.count, stimulus: index, draw))
      case .blocks: reorder(stretch, by: blockOrder(stretch.count, stimulus: index, draw))
      }
    }
    if stays { Self.add(kept, to: &drawn) }
    if randomisation.part == .targets {
      drawnTargets = Matrix(rows: problem.rowCount, columns: width, values: drawn)
    }
  }

  private static func add(_ x: [Double], to y: inout [Double]) {
    for i in y.indices { y[i] += x[i] }
  }

  /// Which row of `count` comes where; as it is where no shift is long enough.
  private func shiftedOrder(_ count: Int, stimulus: Int, _ draw: Int) -> [Int] {
    let shifts = problem.shifts.of(count)
    guard !shifts.isEmpty else { return Array(0..<count) }
    // A permutation of the distinct shifts, so that a single piece never repeats one.
    var stream = RandomStream(seed: request.seed, purpose: "circular_shift", key: problem.stimuli[stimulus])
    let sequence = stream.permutation(of: shifts.count)
    let pieces = problem.pieces.count
    var extra = RandomStream(
      seed: request.seed, purpose: "circular_shift", key: problem.stimuli[stimulus], draw: draw + 1)
    let position = pieces == 1 ? sequence[draw % shifts.count] : extra.integer(below: shifts.count)
    return (0..<count).map { ($0 + shifts[position]) % count }
  }

  private func blockOrder(_ count: Int, stimulus: Int, _ draw: Int) -> [Int] {
    var stream = RandomStream(seed: request.seed, purpose: "block", key: problem.stimuli[stimulus], draw: draw)
    let length = max(1, Int((request.blockSeconds / problem.dt).rounded()))
    let blocks = stride(from: 0, to: count, by: length).map { $0..<min($0 + length, count) }
    return stream.permutation(of: blocks.count).flatMap { Array(blocks[$0]) }
  }

  private func reorder(_ stretch: Range<Int>, by order: [Int]) {
    for (i, source) in order.enumerated() {
      for j in 0..<width {
        drawn[(stretch.lowerBound + i) * width + j] = base[(stretch.lowerBound + source) * width + j]
      }
    }
  }

  /// The series of every band for one fitted fold.
  func series(of index: Int) -> [[Double]] {
    let prepared = fit.fits[index].prepared
    var series = prepared.series
    if case .targets = randomisation.part { return series }
    if let last, last.columns == columns[index], last.rowsHash == prepared.trainRowsHash { return last.series }
    for (k, band) in tested.enumerated() {
      series[band] = Self.copy(
        drawn, width: width, first: columns[index][k], count: prepared.fitted[band].series.columns,
        rows: problem.rowCount)
    }
    last = (columns[index], prepared.trainRowsHash, series)
    return series
  }

  private static func copy(_ x: [Double], width: Int, first: Int, count: Int, rows: Int) -> [Double] {
    if first == 0, count == width { return x }
    var y = [Double](repeating: 0, count: rows * count)
    for i in 0..<rows { for j in 0..<count { y[i * count + j] = x[i * width + first + j] } }
    return y
  }

  /// Centred training targets and test deviations of one fitted fold.
  func targets(of fold: FittedFold) -> (y: Matrix, truth: Matrix) {
    guard let drawnTargets else { return (fold.prepared.y, fold.deviations) }
    var y = drawnTargets.selecting(rows: fold.prepared.train).selecting(columns: fold.targets)
    var truth = drawnTargets.selecting(rows: fold.prepared.test).selecting(columns: fold.targets)
    let means = y.columnMeans
    for i in 0..<y.rows { for k in means.indices { y[i, k] -= means[k] } }
    for i in 0..<truth.rows { for k in means.indices { truth[i, k] -= means[k] } }
    return fold.prepared.filtered(train: y, test: truth)
  }
}
