import Dispatch
import Foundation
import FourierTransform
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

/// Eight regions' spectra with a scratch panel and the statistics of the draws so far.
private struct LaneNull: Sendable {
  let subjects: Int
  var spectra: LaneSpectra
  var panel: [Float]
  var products: [Double]
  var rowSums: [Double]
  var zSum = [Double](repeating: 0, count: SubjectProducts.lanes)
  var drawn: [Double] = []
  private static let frequenciesAtATime = 128

  init(subjects: Int, frequencies: Int) {
    self.subjects = subjects
    spectra = LaneSpectra(subjects: subjects, frequencies: frequencies)
    panel = [Float](repeating: 0, count: Self.frequenciesAtATime * 2 * subjects * SubjectProducts.lanes)
    products = [Double](repeating: 0, count: SubjectProducts.pairCount(subjects) * SubjectProducts.lanes)
    rowSums = [Double](repeating: 0, count: subjects * SubjectProducts.lanes)
  }

  mutating func draw(cosine: [Float], sine: [Float], frequencies: Int, method: SynchronyMethod) {
    for i in products.indices { products[i] = 0 }
    for first in stride(from: 0, to: frequencies, by: Self.frequenciesAtATime) {
      let range = first..<min(first + Self.frequenciesAtATime, frequencies)
      SubjectProducts.rotate(
        spectra.values, cosine: cosine, sine: sine, stride: frequencies, frequencies: range, subjects: subjects,
        into: &panel)
      SubjectProducts.accumulate(panel: panel, samples: 2 * range.count, subjects: subjects, into: &products)
    }
    let none = [Double](repeating: 0, count: rowSums.count)
    var r: [Double] = []
    SubjectProducts.correlate(
      total: products, sums: none, samples: 1, scale: spectra.valid, subjects: subjects, rowSums: &rowSums, zSum: &zSum,
      r: &r)
    for lane in 0..<SubjectProducts.lanes { drawn.append(value(lane, method)) }
  }

  private func value(_ lane: Int, _ method: SynchronyMethod) -> Double {
    let members = (0..<subjects).map { $0 * SubjectProducts.lanes + lane }.filter { spectra.valid[$0] > 0 }
    guard members.count >= min(3, subjects) else { return .nan }
    if method == .pairwise { return tanh(zSum[lane] / Double(members.count * (members.count - 1) / 2)) }
    let all = members.reduce(Double(members.count)) { $0 + rowSums[$1] }
    let z = members.map { i -> Double in
      let others = all - 2 * rowSums[i] - 1
      return others > 1e-10 * Double(members.count) ? Correlation.fisherZ(rowSums[i] / others.squareRoot()) : .nan
    }
    return tanh(meanIgnoringNaN(z))
  }
}

private final class LaneNullGroup: Sendable {
  let state: Mutex<LaneNull>
  init(_ null: LaneNull) { state = Mutex(null) }
}

/// Null draws of static synchrony.
///
/// Each subject is turned by its own random phases or shifted by its own time, all its regions alike.
/// `generator(subject, draw)` gives the random numbers of one subject in one draw, so no draw depends on any other or
/// on the order of work. Memory: spectra of as many regions as fit in `bytes` (8 regions at least: `32 S n` bytes). A
/// subject that is left out of the observed value is left out here. Draws are fewer than asked for only where all
/// distinct shifts (two subjects) have been taken. Throws `E-ISC-001`, `-004`, `-005`, and what the reader throws.
public func synchronyNull<G: RandomNumberGenerator>(
  _ series: SubjectSeries, null: SynchronyNull, method: SynchronyMethod = .pairwise, draws: Int,
  resources: SynchronyResources = SynchronyResources(bytes: 512 << 20), generator: (_ subject: Int, _ draw: Int) -> G
) throws -> SynchronyNullDraws {
  try series.checkSubjects()
  precondition(series.sampleCount >= 3 && draws > 0)
  let rotation = try SurrogateRotation(
    null, subjectCount: series.subjectCount, sampleCount: series.sampleCount, rateHz: series.rateHz)
  let count = rotation.draws(draws)
  let lanes = SubjectProducts.lanes
  let groupCount = (series.regionCount + lanes - 1) / lanes
  let batch = max(1, resources.bytes / (4 * lanes * series.subjectCount * series.sampleCount))
  var results: [[Double]] = []
  for first in stride(from: 0, to: groupCount, by: batch) {
    let groups = try nullGroups(series, rotation, first..<min(first + batch, groupCount))
    var cosine = [Float](repeating: 0, count: series.subjectCount * rotation.frequencies)
    var sine = cosine
    let threads = min(resources.threads, groups.count)
    for draw in 0..<count {
      rotation.fill(draw: draw, cosine: &cosine, sine: &sine, generator: generator)
      let (c, s) = (cosine, sine)
      DispatchQueue.concurrentPerform(iterations: threads) { thread in
        for g in stride(from: thread, to: groups.count, by: threads) {
          groups[g].state.withLock {
            $0.draw(cosine: c, sine: s, frequencies: rotation.frequencies, method: method)
          }
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

private func nullGroups(
  _ series: SubjectSeries, _ rotation: SurrogateRotation, _ range: Range<Int>
) throws -> [LaneNullGroup] {
  let lanes = SubjectProducts.lanes
  var nulls = range.map { _ in LaneNull(subjects: series.subjectCount, frequencies: rotation.frequencies) }
  let rowsAtATime = max(1, (16 << 20) / (4 * series.regionCount))
  for subject in 0..<series.subjectCount {
    var columns = range.map { g in
      [Double](repeating: 0, count: series.sampleCount * min(lanes, series.regionCount - g * lanes))
    }
    for first in stride(from: 0, to: series.sampleCount, by: rowsAtATime) {
      let rows = first..<min(first + rowsAtATime, series.sampleCount)
      let x = try series.readChecked(subject, rows)
      for (i, g) in range.enumerated() {
        let count = min(lanes, series.regionCount - g * lanes)
        for t in rows {
          let from = (t - first) * series.regionCount + g * lanes
          for lane in 0..<count { columns[i][t * count + lane] = Double(x[from + lane]) }
        }
      }
    }
    for i in columns.indices {
      let count = columns[i].count / series.sampleCount
      var transform = RealFourierTransform(length: series.sampleCount, columns: count)
      nulls[i].spectra.take(
        columns[i], subject: subject, subjects: series.subjectCount, laneCount: count, &transform)
    }
  }
  return nulls.map(LaneNullGroup.init)
}
