import Diagnostics
import LinearAlgebra

/// What is done across channels, as one matrix: components removed, bad channels interpolated, the reference subtracted.
struct ChannelChain {
  /// `[prepared channels, prepared channels]`; nil: nothing is done.
  private let matrix: Matrix?
  private let columns: [Int]
  /// Channels of the recording.
  private let width: Int
  let components: [JudgedComponent]
  let isConverged: Bool?

  init(_ run: PreparationRun, _ judged: ChannelJudgement, _ store: FilteredStore, seed: UInt64) throws(EvokeError) {
    let n = run.columns.count
    columns = run.columns
    width = run.types.count
    var result = Matrix(rows: n, columns: n)
    for i in 0..<n { result[i, i] = 1 }
    if let wanted = run.plan.components {
      let search = try ComponentSearch(run, judged, store, wanted, seed: seed)
      components = search.components
      isConverged = search.isConverged
      for (i, row) in judged.good.enumerated() {
        for (j, column) in judged.good.enumerated() { result[row, column] = search.cleaning[i, j] }
      }
    } else {
      components = []
      isConverged = nil
    }
    try Self.interpolate(run, judged, &result)
    try Self.reference(run, judged, &result)
    let isIdentity = run.plan.components == nil && judged.interpolated.isEmpty && run.plan.reference == .none
    matrix = isIdentity ? nil : result
  }

  private static func interpolate(
    _ run: PreparationRun, _ judged: ChannelJudgement, _ matrix: inout Matrix
  ) throws(EvokeError) {
    guard !judged.interpolated.isEmpty else { return }
    let sources = judged.good.filter { judged.channels[run.columns[$0]].hasPosition }
    let spline = try SphericalSpline(
      positions: StandardMontage.positions(of: run.labels), bad: judged.interpolated, good: sources)
    let estimates = spline.weights.multiplied(by: matrix.selecting(rows: sources))
    for (i, k) in judged.interpolated.enumerated() {
      for j in 0..<matrix.columns { matrix[k, j] = estimates[i, j] }
    }
  }

  private static func reference(
    _ run: PreparationRun, _ judged: ChannelJudgement, _ matrix: inout Matrix
  ) throws(EvokeError) {
    let usable = (judged.good + judged.interpolated).sorted()
    let members: [Int]
    switch run.plan.reference {
    case .none: return
    case .average: members = usable
    case .channels(let names):
      members = names.compactMap { run.labels.firstIndex(of: $0) }
      guard members.count == names.count, members.allSatisfy({ usable.contains($0) }) else {
        let unusable = names.filter { name in !usable.contains { run.labels[$0] == name } }
        throw EvokeError(
          .noGoodChannels, run.recording.name,
          reason: "the reference \(unusable.joined(separator: ", ")) is bad or no EEG channel",
          remedy: "choose another reference, or reference: average")
      }
    }
    let mean = matrix.selecting(rows: members).columnMeans
    for i in 0..<matrix.rows {
      for j in 0..<matrix.columns { matrix[i, j] -= mean[j] }
    }
  }

  /// Rows of all channels of the recording as rows of the prepared channels.
  func applied(to rows: [Float]) -> [Float] {
    let count = rows.count / width
    let n = columns.count
    var result = [Float](repeating: 0, count: count * n)
    let batch = 8192
    for start in stride(from: 0, to: count, by: batch) {
      let size = min(batch, count - start)
      var part = Matrix(rows: size, columns: n)
      for t in 0..<size {
        let from = (start + t) * width
        for (k, c) in columns.enumerated() { part.values[t * n + k] = Double(rows[from + c]) }
      }
      if let matrix { part = part.multiplied(by: matrix.transposed) }
      for i in 0..<(size * n) { result[start * n + i] = Float(part.values[i]) }
    }
    return result
  }
}
