import Diagnostics
import LinearAlgebra
import Statistics
import Vocabulary

/// A band's reduction fitted on some rows, and the whole series it gives.
struct FittedBand: Sendable {
  /// nil: no reduction.
  let components: PrincipalComponents?
  /// `[rows, columns]` reduced; rows with a missing feature are NaN.
  let series: Matrix
  /// Effective n of the first component over the fitted rows; NaN without a reduction.
  let effectiveRows: Double
  let hash: UInt64
}

/// Reductions already fitted, by band and training rows; models of the same features on the same rows share it.
final class BandCache {
  private var entries: [String: FittedBand] = [:]
  /// The outer training rows at hand, of which inner folds have most, and per band their products.
  private var outer: [Int] = []
  private var products: [String: RowProducts] = [:]
  private var filters: [UInt64: PositionFilter] = [:]
  /// The filters' keys, the oldest first, and how many values they hold.
  private var order: [UInt64] = []
  private var held = 0

  /// Values that filters may hold, 128 MB: those of the inner folds of a film of two hours would be half a gigabyte.
  private static let mostValues = 16_000_000

  /// The filter of a fold's training rows; the oldest give way where many are large.
  func filter(_ rowsHash: UInt64, make: () -> PositionFilter) -> PositionFilter {
    if let filter = filters[rowsHash] { return filter }
    let filter = make()
    filters[rowsHash] = filter
    order.append(rowsHash)
    held += filter.valueCount
    while held > Self.mostValues, order.count > 1, let oldest = filters.removeValue(forKey: order.removeFirst()) {
      held -= oldest.valueCount
    }
    return filter
  }

  /// The band's series with its reduction fitted on `rows`.
  func fitted(_ problem: EncodingProblem, band: Int, rows: [Int], rowsHash: UInt64) throws -> FittedBand {
    let declared = problem.bands[band]
    let scope = declared.reduction?.fit == .trainFold ? rowsHash : 0
    let reduction = declared.reduction.map { "\($0)" } ?? "none"
    let key = "\(declared.name)|\(declared.role.rawValue)|\(reduction)|\(scope)"
    if let entry = entries[key] { return entry }
    let entry = try fit(problem, band, rows)
    entries[key] = entry
    return entry
  }

  /// Makes reductions of parts of these training rows, those of inner folds, of what is left of their products. No other row
  /// is read for them.
  func expectParts(of rows: [Int]) {
    guard rows != outer else { return }
    (outer, products) = (rows, [:])
  }

  /// nil with more columns than rows, where the products of rows with each other are fewer, and for rows that are not most of
  /// those expected.
  private func products(_ raw: Matrix, _ finite: [Int], _ band: Band) -> RowProducts? {
    guard raw.columns <= finite.count, !outer.isEmpty else { return nil }
    let key = "\(band.name)|\(band.role.rawValue)"
    let all = products[key] ?? RowProducts(raw, rows: outer.filter { KeptRows.isFinite(raw, $0) })
    products[key] = all
    return all.of(finite)
  }

  private func fit(_ problem: EncodingProblem, _ band: Int, _ rows: [Int]) throws -> FittedBand {
    let raw = problem.features[band]
    guard let reduction = problem.bands[band].reduction else {
      return FittedBand(
        components: nil,
        series: problem.settings.standardisation == .perStimulus ? ColumnScaling.withinPieces(raw, problem.kept) : raw,
        effectiveRows: .nan, hash: 0)
    }
    let candidates = reduction.fit == .dataset ? problem.usable.joined().filter { problem.kept.read[$0] } : rows
    let finite = candidates.filter { KeptRows.isFinite(raw, $0) }
    let reduced = products(raw, finite, problem.bands[band]).flatMap { own in
      PrincipalComponents(own, count: reduction.components, scale: reduction.scale).map { ($0, own.scores($0)) }
    }
    let anew = try reduced ?? Self.reduced(raw, finite, reduction, problem.bands[band].name)
    let components = anew.0
    var series = anew.1
    if problem.settings.standardisation == .perStimulus { series = ColumnScaling.withinPieces(series, problem.kept) }
    var hash = StableHash()
    hash.combine(components.mean)
    hash.combine(components.inverseScale)
    hash.combine(components.components.values)
    let first = problem.byPiece(finite) { series.values[finite[$0] * series.columns] }
    return FittedBand(
      components: components, series: series, effectiveRows: Autocorrelation.effectiveCount(first, first),
      hash: hash.finalized)
  }

  /// The components of the rows themselves, and the scores of all rows.
  private static func reduced(
    _ raw: Matrix, _ finite: [Int], _ reduction: Reduction, _ band: String
  ) throws -> (PrincipalComponents, Matrix) {
    guard
      let components = PrincipalComponents(
        raw.selecting(rows: finite), count: reduction.components, scale: reduction.scale)
    else {
      throw EvokeError(
        .noEncodingRows, band, reason: "no column varies over the \(finite.count) training rows",
        remedy: "check the feature: it is constant or missing there")
    }
    return (components, components.scores(raw, unitVariance: true))
  }
}

/// The delayed columns of some bands: within a band delay by delay, within a delay feature by feature.
struct DelayedDesign {
  let rows: [Int]
  let columns: Int
  private struct Part {
    let band: Int
    /// One, or one for each option of the design.
    let delays: [Int]
    let width: Int
    let offset: Int
    let weight: Double
  }
  private let parts: [Part]
  /// Delays of the bands that have a choice: how many there are to choose among, 1 without a choice.
  let optionCount: Int
  /// Start and end of the piece of every row.
  private let bounds: [(Int, Int)]

  /// - Parameter choosesDelay: whether delays that are chosen among stand one at a time; otherwise each is a column.
  init(_ problem: EncodingProblem, bands: [Int], widths: [Int], rows: [Int], choosesDelay: Bool = true) {
    var parts: [Part] = []
    var offset = 0
    for band in bands {
      var weight = 1.0
      if case .selected(let w) = problem.bands[band].penalty { weight = 1 / w.squareRoot() }
      let delays = problem.bands[band].delayColumns
      let options = choosesDelay ? delays.options : [delays.delays]
      for column in options[0].indices {
        let delays = options.map { $0[column] }
        parts.append(Part(band: band, delays: delays, width: widths[band], offset: offset, weight: weight))
        offset += widths[band]
      }
    }
    self.parts = parts
    optionCount = parts.map(\.delays.count).reduce(1, max)
    self.rows = rows
    columns = offset
    var piece = 0
    bounds = rows.map { row in
      while row >= problem.pieces[piece].upperBound { piece += 1 }
      return (problem.pieces[piece].lowerBound, problem.pieces[piece].upperBound)
    }
  }

  /// The columns before scaling; `series[band]` is `[all rows, width]`. Samples outside the piece are `edge[band]`.
  func gather(_ series: [[Double]], edge: [[Double]], into z: inout [Double], under option: Int = 0) {
    precondition(z.count == rows.count * columns, "shape and value count differ")
    for part in parts {
      Self.gather(
        offset: part.offset, width: part.width, columns: columns,
        delay: part.delays[part.delays.count == 1 ? 0 : option], rows: rows, bounds: bounds, from: series[part.band],
        edge: edge[part.band], into: &z)
    }
  }

  private static func gather(
    offset: Int, width: Int, columns: Int, delay: Int, rows: [Int], bounds: [(Int, Int)],
    from x: [Double], edge: [Double], into z: inout [Double]
  ) {
    for (i, row) in rows.enumerated() {
      let source = row - delay
      let target = i * columns + offset
      if source >= bounds[i].0 && source < bounds[i].1 {
        let from = source * width
        for j in 0..<width { z[target + j] = x[from + j] }
      } else {
        for j in 0..<width { z[target + j] = edge[j] }
      }
    }
  }

  /// √(1/weight) per column: a band's penalty is λ times its weight.
  var columnWeights: [Double] {
    var weights = [Double](repeating: 1, count: columns)
    for part in parts { for j in 0..<part.width { weights[part.offset + j] = part.weight } }
    return weights
  }

  /// Column indices of one band.
  func columns(of band: Int) -> [Int] {
    parts.filter { $0.band == band }.flatMap { Array($0.offset..<($0.offset + $0.width)) }
  }
}
