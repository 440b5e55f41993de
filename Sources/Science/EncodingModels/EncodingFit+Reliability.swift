import LinearAlgebra
import Statistics

extension EncodingFit {
  /// r of two halves' series inside the test rows of every counted fold: the Fisher mean over folds and splits, per target
  /// (the synchrony of two halves of the subjects, SCIENCE 11A.8).
  ///
  /// `halves[split]` is, per piece, the series of both halves `[rows, targets]`, NaN where missing. NaN without a fold
  /// that has three rows.
  public func halfReliability(_ halves: [[(first: Matrix, second: Matrix)]]) -> [Double] {
    var sums = [Double](repeating: 0, count: problem.targetCount)
    var used = sums
    for split in halves {
      precondition(split.count == problem.pieces.count, "halves and pieces differ in number")
      for fit in fits {
        let rows = located(fit.prepared.test)
        for (k, t) in fit.targets.enumerated() where fit.isCounted[k] {
          let pairs = rows.map { (split[$0.piece].first[$0.row, t], split[$0.piece].second[$0.row, t]) }
            .filter { !$0.0.isNaN && !$0.1.isNaN }
          guard pairs.count >= 3 else { continue }
          let r = Correlation.pearson(pairs.map(\.0), pairs.map(\.1))
          guard !r.isNaN else { continue }
          sums[t] += Correlation.fisherZ(r)
          used[t] += 1
        }
      }
    }
    return sums.indices.map { used[$0] > 0 ? Correlation.inverseFisherZ(sums[$0] / used[$0]) : .nan }
  }

  /// Piece and row within it of ascending rows.
  private func located(_ rows: [Int]) -> [(piece: Int, row: Int)] {
    var piece = 0
    return rows.map { row in
      while row >= problem.pieces[piece].upperBound { piece += 1 }
      return (piece, row - problem.pieces[piece].lowerBound)
    }
  }
}
