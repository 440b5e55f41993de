#if canImport(Glibc)
  import Glibc
#endif

/// How well a perfect model could predict a target that is a mean over members (SCIENCE 11.8, 11A.8).
public enum NoiseCeiling {
  /// The split-half reliability of the mean of `members` (equally long series, NaN where missing): the Fisher mean over
  /// `splits` random halves of the correlation of the half means, stepped up by Spearman and Brown, 2r / (1 + r).
  ///
  /// The members of an odd count are split as evenly as possible. NaN with fewer than four members.
  public static func splitHalf(_ members: [[Double]], splits: Int = 1000, seed: UInt64, key: String = "") -> Double {
    guard members.count >= 4, let length = members.first?.count, length > 2 else { return .nan }
    let half = members.count / 2
    let correlations = (0..<splits).map { draw -> Double in
      var stream = RandomStream(seed: seed, purpose: "split_half", key: key, draw: draw)
      let order = stream.permutation(of: members.count)
      let (a, b) = (mean(order.prefix(half).map { members[$0] }), mean(order.dropFirst(half).map { members[$0] }))
      let rows = (0..<length).filter { !a[$0].isNaN && !b[$0].isNaN }
      return Correlation.pearson(rows.map { a[$0] }, rows.map { b[$0] })
    }
    let r = Correlation.fisherMean(correlations)
    return 2 * r / (1 + r)
  }

  /// The reliability of a mean over `factor` times as many parts as `r` is of, kr / (1 + (k - 1)r) (Spearman and Brown);
  /// 0 for r ≤ 0: parts that disagree are no reliability, and the formula has a pole below zero. NaN where r is.
  public static func spearmanBrown(_ r: Double, factor: Double) -> Double {
    r <= 0 ? 0 : factor * r / (1 + (factor - 1) * r)
  }

  /// The reliability of the synchrony of `subjectCount` subjects by r of the synchrony within halves of them: as of a
  /// mean over subjects, and over pairs (SCIENCE 11A.8).
  public static func ofHalves(_ r: Double, subjectCount: Int) -> (overSubjects: Double, overPairs: Double) {
    let (n, half) = (Double(subjectCount), Double(subjectCount / 2))
    return (spearmanBrown(r, factor: 2), spearmanBrown(r, factor: n * (n - 1) / (half * (half - 1))))
  }

  /// √reliability, the largest r a perfect model can reach; NaN below .3, where dividing by it says nothing.
  public static func ceiling(reliability: Double) -> Double {
    let value = reliability > 0 ? reliability.squareRoot() : .nan
    return value >= 0.3 ? value : .nan
  }

  /// r divided by the ceiling; NaN where the ceiling is below .3 or unknown.
  public static func normalised(_ r: Double, reliability: Double) -> Double { r / ceiling(reliability: reliability) }

  private static func mean(_ series: [[Double]]) -> [Double] {
    (0..<series[0].count).map { t in Moments.mean(series.map { $0[t] }.filter { !$0.isNaN }) }
  }
}
