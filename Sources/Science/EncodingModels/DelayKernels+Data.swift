import LinearAlgebra
import Statistics
import Vocabulary

extension DelayKernels {
  /// The automatic kernels of data: as many as make a quarter as many columns as there are effective training
  /// rows, for the target that has fewest; one of equal values has no say.
  ///
  /// Columns are those of the tested bands after reduction. Effective rows are n / (1 + 2 Σ ρ²) of the target without
  /// position, over all rows that folds divide, times the share of them that a fold trains on beyond delays and window. Both
  /// depend on the target and the span alone, not on what features lack, so features of one width have the same kernels.
  ///
  /// - Throws: `E-ENC-...` where the data do not allow folds.
  public static func automatic(
    _ span: ClosedRange<Int>, for data: EncodingData, settings: EncodingSettings
  ) throws -> DelayKernels {
    var data = data
    for band in data.bands.indices { data.bands[band].kernels = .single(Array(span)) }
    let problem = try EncodingProblem(data, settings)
    let tested = data.bands.indices.filter { data.bands[$0].role == .tested }
    let width = tested.reduce(0) { $0 + (data.bands[$1].reduction?.components ?? problem.features[$1].columns) }
    let effective = problem.dividedEffectiveCounts
    let rows = try FoldPlan(problem).trainingShares().map { effective[$0.key] * $0.value }
    return automatic(span, width: width, effectiveRows: rows.filter { !$0.isNaN }.min() ?? .nan)
  }
}

extension EncodingProblem {
  /// Per target, n / (1 + 2 Σ ρ²) without position over all rows that folds divide, whatever features lack of them.
  fileprivate var dividedEffectiveCounts: [Double] {
    let rows = kept.divided.flatMap { Array($0) }
    var counts = [Double](repeating: .nan, count: targetCount)
    let masks = Dictionary(grouping: 0..<targetCount) { t in rows.map { targets[$0, t].isFinite } }
    for (mask, members) in masks where mask.contains(true) {
      let own = zip(rows, mask).filter(\.1).map(\.0)
      let left = withoutPosition(targets.selecting(columns: members), rows: own)
      var isOwn = [Bool](repeating: false, count: rowCount)
      for row in own { isOwn[row] = true }
      for (k, t) in members.enumerated() {
        let series = kept.divided.map { piece in piece.map { isOwn[$0] ? left[$0, k] : .nan } }
        counts[t] = Autocorrelation.effectiveCount(series, series)
      }
    }
    return counts
  }
}
