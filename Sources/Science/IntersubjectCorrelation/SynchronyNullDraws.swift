import Dispatch
import Foundation
import LinearAlgebra
import Statistics
import Synchronization
import Vocabulary

/// Null draws of synchrony, one row per draw, regions sharing each draw (so that the max-statistic is valid).
public struct SynchronyNullDraws: Sendable {
  public let null: SynchronyNull
  public let method: SynchronyMethod
  /// `[draw, region]`, on the scale of r; NaN where the region has no value.
  public let values: [Double]
  public let drawCount: Int
  public let regionCount: Int
  /// Mean over draws, `[region]`.
  public var mean: [Double] {
    (0..<regionCount).map { region in
      meanIgnoringNaN((0..<drawCount).map { values[$0 * regionCount + region] })
    }
  }

  /// One-sided (greater) p = (k + 1) / (n + 1) per region, k the draws at or above the observed value; NaN without a
  /// value.
  public func p(observed: [Double]) -> [Double] {
    precondition(observed.count == regionCount)
    return observed.enumerated().map { region, value in
      if value.isNaN { return .nan }
      let beyond = (0..<drawCount).count { values[$0 * regionCount + region] >= value }
      return Double(beyond + 1) / Double(drawCount + 1)
    }
  }

  /// The smallest p these draws can give.
  public var floor: Double { 1 / Double(drawCount + 1) }
}

/// Rows of eight regions in every subject, `[row, subject, 8]`: samples about their mean, or coordinates of a
/// `CosineBasis`; each subject's rows have length one, so that a product is a correlation.
private struct LaneRows: Sendable {
  private(set) var values: [Float]
  /// 1 where the subject has a whole, varying series, else 0; `[subject, 8]`.
  private(set) var valid: [Double]

  init(subjects: Int, rows: Int) {
    values = [Float](repeating: 0, count: rows * subjects * SubjectProducts.lanes)
    valid = [Double](repeating: 0, count: subjects * SubjectProducts.lanes)
  }

  /// Takes a subject's rows, `[rows, laneCount]`, of series that vary.
  mutating func take(_ x: [Double], varies: [Bool], subject: Int, subjects: Int) {
    let laneCount = varies.count
    for lane in 0..<laneCount where varies[lane] {
      var power = 0.0
      for i in stride(from: lane, to: x.count, by: laneCount) { power += x[i] * x[i] }
      guard power.isFinite, power > 0 else { continue }
      valid[subject * SubjectProducts.lanes + lane] = 1
      let scale = 1 / power.squareRoot()
      for row in 0..<x.count / laneCount {
        values[(row * subjects + subject) * SubjectProducts.lanes + lane] = Float(scale * x[row * laneCount + lane])
      }
    }
  }
}

/// Eight regions' rows with a scratch panel and the statistics of the draws so far.
private struct LaneNull: Sendable {
  let subjects: Int
  var rows: LaneRows
  var panel: [Float]
  var products: [Double]
  var rowSums: [Double]
  var zSum = [Double](repeating: 0, count: SubjectProducts.lanes)
  var drawn: [Double] = []
  private let rowCount: Int
  private static let rowsAtATime = 256

  init(subjects: Int, rows rowCount: Int) {
    self.subjects = subjects
    self.rowCount = rowCount
    rows = LaneRows(subjects: subjects, rows: rowCount)
    panel = [Float](repeating: 0, count: Self.rowsAtATime * subjects * SubjectProducts.lanes)
    products = [Double](repeating: 0, count: SubjectProducts.pairCount(subjects) * SubjectProducts.lanes)
    rowSums = [Double](repeating: 0, count: subjects * SubjectProducts.lanes)
  }

  mutating func draw(_ draw: SurrogateMoves.Draw, method: SynchronyMethod) {
    for i in products.indices { products[i] = 0 }
    for first in stride(from: 0, to: rowCount, by: Self.rowsAtATime) {
      let range = first..<min(first + Self.rowsAtATime, rowCount)
      switch draw {
      case .signs(let signs):
        SubjectProducts.sign(rows.values, signs: signs, rows: range, subjects: subjects, into: &panel)
      case .shifts(let shifts):
        SubjectProducts.shift(rows.values, shifts: shifts, rows: range, subjects: subjects, into: &panel)
      }
      SubjectProducts.accumulate(panel: panel, samples: range.count, subjects: subjects, into: &products)
    }
    let none = [Double](repeating: 0, count: rowSums.count)
    var r: [Double] = []
    SubjectProducts.correlate(
      total: products, sums: none, samples: 1, scale: rows.valid, subjects: subjects, rowSums: &rowSums, zSum: &zSum,
      r: &r)
    for lane in 0..<SubjectProducts.lanes { drawn.append(value(lane, method)) }
  }

  private func value(_ lane: Int, _ method: SynchronyMethod) -> Double {
    let members = (0..<subjects).map { $0 * SubjectProducts.lanes + lane }.filter { rows.valid[$0] > 0 }
    guard members.count >= min(3, subjects) else { return .nan }
    if method == .pairwise { return tanh(zSum[lane] / Double(members.count * (members.count - 1) / 2)) }
    let all = members.reduce(Double(members.count)) { $0 + rowSums[$1] }
    return Correlation.fisherMean(
      members.map { i -> Double in
        let others = all - 2 * rowSums[i] - 1
        return others > 1e-10 * Double(members.count) ? rowSums[i] / others.squareRoot() : .nan
      })
  }
}

private final class LaneNullGroup: Sendable {
  let state: Mutex<LaneNull>
  init(_ null: LaneNull) { state = Mutex(null) }
}

/// Null draws of static synchrony.
///
/// Each subject's signs or shift are its own, the same for all its regions (see `SynchronyNull`). `generator(subject,
/// draw)` gives the random numbers of one subject in one draw, so no draw depends on any other or on the order of work.
/// Memory: rows of as many regions as fit in `bytes` (8 regions at least: `32 S n` bytes). A subject that is left out of
/// the observed value is left out here, and so are samples that all lack: then surrogates are made in time, as for
/// `dynamicSynchronyNull`. Draws are fewer than asked for only where all distinct shifts (two subjects) have
/// been taken. Throws `E-ISC-001`, `-004`, `-005`, and what the reader throws.
public func synchronyNull<G: RandomNumberGenerator>(
  _ series: SubjectSeries, null: SynchronyNull, method: SynchronyMethod = .pairwise, draws: Int,
  resources: SynchronyResources = SynchronyResources(bytes: 512 << 20), generator: (_ subject: Int, _ draw: Int) -> G
) throws -> SynchronyNullDraws {
  try series.checkSubjects()
  precondition(series.sampleCount >= 3 && draws > 0)
  let moves = try SurrogateMoves(null, series)
  let count = moves.draws(draws)
  if try !SharedHoles(series).isEmpty {
    return try drawsInTime(series, moves, method: method, count: count, resources, generator)
  }
  let lanes = SubjectProducts.lanes
  let groupCount = (series.regionCount + lanes - 1) / lanes
  let batch = max(1, resources.bytes / (4 * lanes * series.subjectCount * series.sampleCount))
  var results: [[Double]] = []
  for first in stride(from: 0, to: groupCount, by: batch) {
    let groups = try nullGroups(series, null, first..<min(first + batch, groupCount))
    let threads = min(resources.threads, groups.count)
    for draw in 0..<count {
      let move = moves.draw(draw, generator)
      DispatchQueue.concurrentPerform(iterations: threads) { thread in
        for g in stride(from: thread, to: groups.count, by: threads) {
          groups[g].state.withLock { $0.draw(move, method: method) }
        }
      }
    }
    results += groups.map { $0.state.withLock { $0.drawn } }
  }
  var values: [Double] = []
  for draw in 0..<count {
    for region in 0..<series.regionCount { values.append(results[region / lanes][draw * lanes + region % lanes]) }
  }
  return SynchronyNullDraws(
    null: null, method: method, values: values, drawCount: count, regionCount: series.regionCount)
}

/// One subject's samples of some regions, `[samples, regions]`, read in pieces.
func columns(
  _ series: SubjectSeries, _ subject: Int, _ regions: Range<Int>
) throws -> [Double] {
  var values: [Double] = []
  values.reserveCapacity(series.sampleCount * regions.count)
  let rowsAtATime = max(1, (16 << 20) / (4 * series.regionCount))
  for first in stride(from: 0, to: series.sampleCount, by: rowsAtATime) {
    let samples = first..<min(first + rowsAtATime, series.sampleCount)
    let x = try series.readChecked(subject, samples)
    for t in 0..<samples.count {
      for region in regions { values.append(Double(x[t * series.regionCount + region])) }
    }
  }
  return values
}

private func nullGroups(
  _ series: SubjectSeries, _ null: SynchronyNull, _ range: Range<Int>
) throws -> [LaneNullGroup] {
  let (n, lanes) = (series.sampleCount, SubjectProducts.lanes)
  let basis = null == .phase ? CosineBasis(sampleCount: n, drift: series.drift) : nil
  var nulls = range.map { _ in LaneNull(subjects: series.subjectCount, rows: n) }
  let regions = range.lowerBound * lanes..<min(range.upperBound * lanes, series.regionCount)
  var transforms = LaneTransforms(basis, regionCount: regions.count)
  for subject in 0..<series.subjectCount {
    let x = try columns(series, subject, regions)
    for i in nulls.indices {
      let width = min(lanes, regions.count - i * lanes)
      var own = [Double](repeating: 0, count: n * width)
      for t in 0..<n { for lane in 0..<width { own[t * width + lane] = x[t * regions.count + i * lanes + lane] } }
      let varies = (0..<width).map { lane in (1..<n).contains { own[$0 * width + lane] != own[lane] } }
      own = transforms.rows(of: own, columns: width)
      nulls[i].rows.take(own, varies: varies, subject: subject, subjects: series.subjectCount)
    }
  }
  return nulls.map(LaneNullGroup.init)
}

/// Samples of eight regions, or of fewer in the last lanes, as a null changes them; transforms are planned once.
private struct LaneTransforms: ~Copyable {
  private var whole: CosineTransform?
  private var last: CosineTransform?

  /// - Parameter basis: nil: samples are moved about their mean.
  init(_ basis: CosineBasis?, regionCount: Int) {
    let lanes = SubjectProducts.lanes
    whole = regionCount < lanes ? nil : basis.map { CosineTransform($0, columns: lanes) }
    last = regionCount % lanes == 0 ? nil : basis.map { CosineTransform($0, columns: regionCount % lanes) }
  }

  mutating func rows(of x: [Double], columns: Int) -> [Double] {
    let coordinates = columns == SubjectProducts.lanes ? whole?.forward(x) : last?.forward(x)
    if let coordinates { return coordinates }
    var centred = x
    centre(&centred, columns: columns)
    return centred
  }
}

/// Takes the mean off every column.
private func centre(_ x: inout [Double], columns: Int) {
  for c in 0..<columns {
    var sum = 0.0
    for i in stride(from: c, to: x.count, by: columns) { sum += x[i] }
    let mean = sum / Double(x.count / columns)
    for i in stride(from: c, to: x.count, by: columns) { x[i] -= mean }
  }
}
