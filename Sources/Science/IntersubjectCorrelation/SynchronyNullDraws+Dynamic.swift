import Dispatch
import Foundation
import LinearAlgebra
import Statistics
import Synchronization
import Vocabulary

/// The mean over windows of dynamic synchrony (in z), `[region]`; NaN windows are left out.
public func meanOverWindows(_ dynamic: DynamicSynchrony, method: SynchronyMethod) -> [Double] {
  let values = dynamic.values(method)
  return (0..<dynamic.regionCount).map { region in
    Correlation.fisherMean((0..<dynamic.windowCount).map { values[$0 * dynamic.regionCount + region] })
  }
}

/// Null draws of the mean over windows of dynamic synchrony.
///
/// Surrogates are made in time and pass through `dynamicSynchrony`. Missing samples are bridged by lines before a draw
/// and missing again after it, so that a window loses the same subjects. Random numbers as in `synchronyNull`: the same
/// generator gives the same signs and shifts. Memory: `bytes` for the series and surrogates of as many regions as fit,
/// eight at least (`32 S n` bytes each, and surrogates for every thread). Throws as `synchronyNull` and
/// `dynamicSynchrony`.
public func dynamicSynchronyNull<G: RandomNumberGenerator & Sendable>(
  _ series: SubjectSeries, windows: SynchronyWindows, null: SynchronyNull, method: SynchronyMethod = .pairwise,
  draws: Int, resources: SynchronyResources = SynchronyResources(bytes: 512 << 20),
  generator: @Sendable (_ subject: Int, _ draw: Int) -> G
) throws -> SynchronyNullDraws {
  try series.checkSubjects()
  precondition(series.sampleCount >= 3 && draws > 0)
  let moves = try SurrogateMoves(null, series)
  let count = moves.draws(draws)
  let (lanes, regions) = (SubjectProducts.lanes, series.regionCount)
  let held = 4 * (1 + resources.threads) * series.subjectCount * series.sampleCount
  let width = max(lanes, resources.bytes / held / lanes * lanes)
  var values = [Double](repeating: .nan, count: count * regions)
  for first in stride(from: 0, to: regions, by: width) {
    let range = first..<min(first + width, regions)
    let surrogates = try SurrogateSeries(series, moves, range)
    let drawn = try surrogates.map(count, threads: min(resources.threads, count), generator) { surrogate in
      meanOverWindows(try dynamicSynchrony(surrogate, windows: windows), method: method)
    }
    for (draw, own) in drawn.enumerated() {
      for (i, region) in range.enumerated() { values[draw * regions + region] = own[i] }
    }
  }
  return SynchronyNullDraws(null: null, method: method, values: values, drawCount: count, regionCount: regions)
}

/// Null draws of static synchrony from surrogates in time, of series that all lack some samples.
func drawsInTime<G: RandomNumberGenerator>(
  _ series: SubjectSeries, _ moves: SurrogateMoves, method: SynchronyMethod, count: Int,
  _ resources: SynchronyResources, _ generator: (_ subject: Int, _ draw: Int) -> G
) throws -> SynchronyNullDraws {
  let (lanes, regions) = (SubjectProducts.lanes, series.regionCount)
  let width = max(lanes, resources.bytes / (8 * series.subjectCount * series.sampleCount) / lanes * lanes)
  var values = [Double](repeating: .nan, count: count * regions)
  for first in stride(from: 0, to: regions, by: width) {
    let range = first..<min(first + width, regions)
    let surrogates = try SurrogateSeries(series, moves, range)
    try surrogates.inTurn(count, generator) { draw, surrogate in
      let own = try staticSynchrony(surrogate, resources: resources).values(method)
      for (i, region) in range.enumerated() { values[draw * regions + region] = own[i] }
    }
  }
  return SynchronyNullDraws(
    null: moves.null, method: method, values: values, drawCount: count, regionCount: regions)
}

/// Surrogates in time of some regions of every subject: what a draw means for the series themselves.
struct SurrogateSeries: Sendable {
  private let moves: SurrogateMoves
  private let basis: CosineBasis?
  /// Samples or coordinates per subject, `[row, region]`.
  private let rows: [[Float]]
  /// Places of missing samples per subject.
  private let missing: [[Int]]
  private let regions: Int
  private let rateHz: Double

  init(_ series: SubjectSeries, _ moves: SurrogateMoves, _ range: Range<Int>) throws {
    self.moves = moves
    regions = range.count
    rateHz = series.rateHz
    let basis = moves.null == .phase ? CosineBasis(sampleCount: series.sampleCount, drift: series.drift) : nil
    self.basis = basis
    var transform = basis.map { CosineTransform($0, columns: range.count) }
    var rows: [[Float]] = []
    var missing: [[Int]] = []
    for subject in 0..<series.subjectCount {
      let x = try columns(series, subject, range)
      missing.append(x.indices.filter { x[$0].isNaN })
      let whole = PhaseRandomiser.interpolated(x, rows: series.sampleCount, columns: range.count)
      rows.append((transform?.forward(whole) ?? whole).map(Float.init))
    }
    self.rows = rows
    self.missing = missing
  }

  /// What `body` makes of every draw, in their order.
  func map<G: RandomNumberGenerator & Sendable, Value: Sendable>(
    _ count: Int, threads: Int, _ generator: @Sendable (_ subject: Int, _ draw: Int) -> G,
    _ body: @Sendable (SubjectSeries) throws -> Value
  ) throws -> [Value] {
    let workers = (0..<threads).map { _ in SurrogateWorker(basis, columns: regions) }
    let state = Mutex((values: [Value?](repeating: nil, count: count), failed: [any Error]()))
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      for draw in stride(from: thread, to: count, by: threads) {
        guard state.withLock({ $0.failed.isEmpty }) else { return }
        do {
          let x = workers[thread].series(of: self, moves.draw(draw, generator))
          let value = try body(SubjectSeries(x, regionCount: regions, rateHz: rateHz))
          state.withLock { $0.values[draw] = value }
        } catch { state.withLock { $0.failed.append(error) } }
      }
    }
    return try state.withLock { state in
      if let error = state.failed.first { throw error }
      return state.values.map { value in
        guard let value else { preconditionFailure("every draw is made") }
        return value
      }
    }
  }

  /// Hands over every draw, one after the other.
  func inTurn<G: RandomNumberGenerator>(
    _ count: Int, _ generator: (_ subject: Int, _ draw: Int) -> G,
    _ body: (_ draw: Int, _ surrogate: SubjectSeries) throws -> Void
  ) throws {
    let worker = SurrogateWorker(basis, columns: regions)
    for draw in 0..<count {
      let x = worker.series(of: self, moves.draw(draw, generator))
      try body(draw, SubjectSeries(x, regionCount: regions, rateHz: rateHz))
    }
  }

  /// `[samples, regions]` of one subject.
  fileprivate func draw(_ subject: Int, _ draw: SurrogateMoves.Draw, _ transform: inout CosineTransform?) -> [Float] {
    var x: [Float]
    switch draw {
    case .shifts(let shifts):
      let shift = Int(shifts[subject]) * regions
      x = Array(rows[subject].suffix(shift) + rows[subject].dropLast(shift))
    case .signs(let signs):
      let n = moves.sampleCount
      var own = rows[subject].map(Double.init)
      for k in 0..<n where signs[subject * n + k] < 0 {
        for region in 0..<regions { own[k * regions + region] = -own[k * regions + region] }
      }
      guard let inverse = transform?.inverse(own) else { preconditionFailure("signs are of a basis") }
      x = inverse.map(Float.init)
    }
    for place in missing[subject] { x[place] = .nan }
    return x
  }

  var subjectCount: Int { rows.count }
}

/// One thread's transform.
private final class SurrogateWorker: Sendable {
  private struct State: ~Copyable {
    var transform: CosineTransform?
  }
  private let state: Mutex<State>

  init(_ basis: CosineBasis?, columns: Int) {
    state = Mutex(State(transform: basis.map { CosineTransform($0, columns: columns) }))
  }

  func series(of surrogates: SurrogateSeries, _ draw: SurrogateMoves.Draw) -> [[Float]] {
    state.withLock { state in
      (0..<surrogates.subjectCount).map { surrogates.draw($0, draw, &state.transform) }
    }
  }
}
