import Statistics

/// How reliable dynamic synchrony is as a target.
public struct SynchronyCeiling: Sendable {
  /// Mean over splits (in z) of the correlation between the halves' synchrony, over the given windows.
  public let halfReliability: Double
  /// Spearman-Brown with factor 2, as for a mean over subjects.
  public let overSubjects: Double
  /// Spearman-Brown with the ratio of the numbers of pairs, as for a mean over pairs.
  public let overPairs: Double
  /// Square root of the larger of the two (0 where that is negative): what a score is divided by.
  public let ceiling: Double
  /// False below .3, where nothing may be divided by it.
  public var isUsable: Bool { ceiling >= 0.3 }
}

/// Random halves of the subjects; with an odd number one subject is in neither.
public func randomHalves<G: RandomNumberGenerator>(
  subjectCount: Int, count: Int, generator: (_ split: Int) -> G
) -> [[Bool?]] {
  (0..<count).map { split in
    var numbers = generator(split)
    let order = Array(0..<subjectCount).shuffled(using: &numbers)
    var halves = [Bool?](repeating: nil, count: subjectCount)
    for i in 0..<subjectCount / 2 {
      halves[order[i]] = true
      halves[order[subjectCount / 2 + i]] = false
    }
    return halves
  }
}

extension SynchronyCeiling {
  /// From synchrony within halves of the subjects, `halves(split, half, window)`.
  ///
  /// Windows in which a half has no value are left out of their split, splits with fewer than three windows of all.
  init(
    splits: Int, windows: [Int], subjectCount: Int, halves: (_ split: Int, _ half: Int, _ window: Int) -> Double
  ) {
    let r = Correlation.fisherMean(
      (0..<splits).map { split in
        let kept = windows.filter { !halves(split, 0, $0).isNaN && !halves(split, 1, $0).isNaN }
        return kept.count < 3
          ? .nan : Correlation.pearson(kept.map { halves(split, 0, $0) }, kept.map { halves(split, 1, $0) })
      })
    halfReliability = r
    (overSubjects, overPairs) = NoiseCeiling.ofHalves(r, subjectCount: subjectCount)
    ceiling = max(0, max(overSubjects, overPairs)).squareRoot()
  }
}

extension DynamicSynchrony {
  /// The ceiling of one region over some windows (the test rows of a fold): needs `splits` of four subjects or more.
  public func ceiling(region: Int, windows: [Int]) -> SynchronyCeiling? {
    guard let halves, splitCount > 0, subjectCount >= 4 else { return nil }
    return SynchronyCeiling(splits: splitCount, windows: windows, subjectCount: subjectCount) {
      halves[(($0 * 2 + $1) * windowCount + $2) * regionCount + region]
    }
  }
}

extension ComponentWindows {
  /// The ceiling of one column over all windows: needs `splits` of four subjects or more.
  public func ceiling(column: Int, of stimulus: ComponentSynchrony) -> SynchronyCeiling? {
    let splits = values.isEmpty ? 0 : halves.count / (2 * values.count)
    guard splits > 0, stimulus.subjectCount >= 4 else { return nil }
    let count = times.count
    return SynchronyCeiling(splits: splits, windows: Array(0..<count), subjectCount: stimulus.subjectCount) {
      halves[(($0 * 2 + $1) * count + $2) * stimulus.columnCount + column]
    }
  }
}
