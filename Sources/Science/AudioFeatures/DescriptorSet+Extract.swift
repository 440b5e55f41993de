import Diagnostics
import Dispatch
import SignalProcessing
import Synchronization

/// One block of rows and the kernel that computes it.
private final class BlockWorker: Sendable {
  private struct State {
    let kernel: any DescriptorKernel
    var rows = 0..<0
    var samples: [Float] = []
    var offset = 0
    var values: [Float] = []
  }
  private let state: Mutex<State>

  init(_ set: DescriptorSet) { state = Mutex(State(kernel: set.kernel())) }

  func take(_ rows: Range<Int>, _ samples: [Float], offset: Int) {
    state.withLock {
      $0.rows = rows
      $0.samples = samples
      $0.offset = offset
    }
  }

  func compute(sampleCount: Int) {
    state.withLock {
      $0.values =
        $0.rows.isEmpty
        ? [] : $0.kernel.compute($0.rows, $0.samples, offset: $0.offset, sampleCount: sampleCount)
    }
  }

  var result: (rows: Range<Int>, values: [Float]) { state.withLock { ($0.rows, $0.values) } }
}

extension DescriptorSet {
  /// Seconds of sound per block: bounds memory (a block of `egemaps25` holds about 10 MB) and is part of no definition.
  static let blockSeconds = 10.0

  /// Computes the set over a sound, read once from its present start.
  ///
  /// Memory does not grow with the sound, but for the rows of bins. Results do not depend on `threads`.
  ///
  /// - Parameters:
  ///   - source: mono sound at 16 kHz.
  ///   - threads: blocks computed at a time; the Fourier transforms and kernels call no BLAS.
  ///   - progress: called with the fraction done, now and then.
  ///   - receive: called with stretches of rows in order; bins come in one stretch at the end.
  /// - Throws: `E-LLD-001` for bins of no positive length, `E-LLD-002` for samples that are no numbers, what the source
  ///   and `receive` throw.
  public func extract(
    from source: some SampleSource, rate: FeatureRate = .perSecond, threads: Int = 1,
    progress: (Double) -> Void = { _ in }, receive: (DescriptorRows) throws -> Void
  ) throws {
    precondition(source.rateHz == Self.sourceRateHz, "descriptors are defined at 16 kHz: resample first")
    let kernel = kernel()
    var pool: BinPool?
    if case .bins(let seconds, let aggregate) = rate {
      pool = BinPool(
        columns, width: kernel.width, binCount: try Self.binCount(source.sampleCount, seconds), aggregate: aggregate)
    }
    let total = kernel.rowCount(source.sampleCount)
    try forEachBlock(of: source, kernel, threads: max(1, threads)) { rows, values in
      if case .bins(let seconds, _) = rate {
        for (i, row) in rows.enumerated() {
          let centre = Double(kernel.doubledCentre(row)) / (2 * Self.sourceRateHz)
          pool?.add(values, row: i, to: binIndex(of: centre, binSeconds: seconds))
        }
      } else {
        try receive(visible(values, firstRow: rows.lowerBound, width: kernel.width))
      }
      progress(Double(rows.upperBound) / Double(max(1, total)))
    }
    if let rows = pool?.finish() { try receive(rows) }
  }

  /// All rows at once.
  public func rows(of source: some SampleSource, rate: FeatureRate = .perSecond, threads: Int = 1) throws
    -> DescriptorRows
  {
    var (values, filled): ([Float], [Bool]) = ([], [])
    try extract(from: source, rate: rate, threads: threads) {
      values += $0.values
      filled += $0.isFilled
    }
    return DescriptorRows(firstRow: 0, values: values, isFilled: filled)
  }

  /// Without hidden columns; a value that bins leave out (a change before the first frame) is silence's.
  private func visible(_ values: [Float], firstRow: Int, width: Int) -> DescriptorRows {
    let rows = values.count / width
    var kept: [Float] = []
    kept.reserveCapacity(rows * columns.count)
    for row in 0..<rows {
      for (c, column) in columns.enumerated() {
        let value = values[row * width + c]
        kept.append(value.isNaN ? column.silence ?? .nan : value)
      }
    }
    return DescriptorRows(firstRow: firstRow, values: kept, isFilled: [Bool](repeating: false, count: rows))
  }

  private func forEachBlock(
    of source: some SampleSource, _ kernel: any DescriptorKernel, threads: Int,
    _ body: (Range<Int>, [Float]) throws -> Void
  ) throws {
    let count = source.sampleCount
    let total = kernel.rowCount(count)
    let blockRows = Int(Self.blockSeconds * nativeRateHz)
    let workers = (0..<threads).map { _ in BlockWorker(self) }
    var next = 0
    while next < total {
      for worker in workers {
        let rows = next..<min(total, next + blockRows)
        next = rows.upperBound
        let range = rows.isEmpty ? 0..<0 : kernel.samples(for: rows, sampleCount: count)
        let samples = rows.isEmpty ? [] : try source.samples(range)
        try Self.requireFinite(samples, offset: range.lowerBound)
        worker.take(rows, samples, offset: range.lowerBound)
      }
      if threads == 1 {
        workers[0].compute(sampleCount: count)
      } else {
        DispatchQueue.concurrentPerform(iterations: threads) { workers[$0].compute(sampleCount: count) }
      }
      for worker in workers {
        let (rows, values) = worker.result
        if !rows.isEmpty { try body(rows, values) }
      }
    }
  }

  /// A sum over samples is finite only if each is, but for overflow, which the slow way then tells apart.
  private static func requireFinite(_ samples: [Float], offset: Int) throws {
    // 0 unless one is not finite.
    var sum: Float = 0
    for value in samples { sum += value * 0 }
    guard sum != 0 else { return }
    guard let at = samples.firstIndex(where: { !$0.isFinite }) else { return }
    throw EvokeError(
      .descriptorSamples, "sample \(offset + at) (\(Double(offset + at) / sourceRateHz) s)",
      reason: "it is \(samples[at]), and a descriptor of it would be none",
      remedy: "repair the sound: no value can be guessed")
  }
}
