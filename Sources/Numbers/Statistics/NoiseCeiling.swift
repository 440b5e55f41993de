/// How well a perfect model could predict a target that is a mean over members.
public enum NoiseCeiling {
  /// Below this, dividing by a ceiling says nothing.
  public static let least = 0.3

  /// r over its ceiling √reliability; NaN where the ceiling is below .3 or unknown.
  public static func normalised(_ r: Double, ceiling: Double) -> Double { ceiling >= least ? r / ceiling : .nan }

  /// The reliability of a mean over `factor` times as many parts as `r` is of, kr / (1 + (k - 1)r) (Spearman and Brown);
  /// 0 for r ≤ 0: parts that disagree are no reliability, and the formula has a pole below zero. NaN where r is.
  public static func spearmanBrown(_ r: Double, factor: Double) -> Double {
    r <= 0 ? 0 : factor * r / (1 + (factor - 1) * r)
  }

  /// The reliability of the synchrony of `subjectCount` subjects by r of the synchrony within halves of them: as of a
  /// mean over subjects, and over pairs.
  public static func ofHalves(_ r: Double, subjectCount: Int) -> (overSubjects: Double, overPairs: Double) {
    let (n, half) = (Double(subjectCount), Double(subjectCount / 2))
    return (spearmanBrown(r, factor: 2), spearmanBrown(r, factor: n * (n - 1) / (half * (half - 1))))
  }

  /// The share of variance over its own ceiling, R² / reliability, of which √reliability is given; NaN where that is below
  /// .3 or unknown.
  public static func normalisedVariance(_ r2: Double, ceiling: Double) -> Double {
    ceiling >= least ? r2 / (ceiling * ceiling) : .nan
  }
}
