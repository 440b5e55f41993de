import Foundation
import Statistics
import Vocabulary

/// Synchrony of two groups of subjects compared.
///
/// All values are Fisher z, a row per region. Both groups use the same estimator; leave-one-out values depend on the
/// number of subjects, so both are means over random parts of the larger group that are as large as the smaller one
/// (for pairs the mean over all such parts is the mean over all pairs, which is taken directly).
public struct GroupSynchrony: Sendable {
  public let method: SynchronyMethod
  /// Parts drawn from the larger group for one value of leave-one-out.
  public static let parts = 20
  /// Fewest subjects of each group in a stimulus that counts.
  public static let fewest = 3
  private let stimuli: [SubjectPairs]
  /// Subject (over all stimuli) of every row of each stimulus' pairs.
  private let rows: [[Int]]
  private let regionCount: Int

  /// What is compared: the mean over stimuli of each.
  public struct Values: Sendable {
    /// Within the first group, within the second, between them; `[region]`.
    public var first: [Double]
    public var second: [Double]
    public var between: [Double]
    /// Stimuli that counted.
    public var stimulusCount: Int

    /// first - second.
    public var difference: [Double] { zip(first, second).map { $0 - $1 } }
    /// The mean of both within - between.
    public var withinMinusBetween: [Double] { between.indices.map { (first[$0] + second[$0]) / 2 - between[$0] } }
  }

  /// One entry per stimulus that both groups saw, at least one: correlations of all pairs, and who the rows are.
  public init(_ stimuli: [(pairs: SubjectPairs, subjects: [Int])], method: SynchronyMethod) {
    precondition(!stimuli.isEmpty, "groups are compared by what both saw")
    precondition(stimuli.allSatisfy { $0.pairs.subjectCount == $0.subjects.count }, "a subject per row")
    self.method = method
    self.stimuli = stimuli.map(\.pairs)
    rows = stimuli.map(\.subjects)
    regionCount = stimuli[0].pairs.regionCount
  }

  /// Values of a division of the subjects: true first group, false second.
  public func values<G: RandomNumberGenerator>(_ isFirst: [Bool], using numbers: inout G) -> Values {
    var sums = [[Double]](repeating: [Double](repeating: 0, count: regionCount), count: 3)
    var counts = [Double](repeating: 0, count: regionCount)
    var used = 0
    for (pairs, subjects) in zip(stimuli, rows) {
      let first = subjects.indices.filter { isFirst[subjects[$0]] }
      let second = subjects.indices.filter { !isFirst[subjects[$0]] }
      guard min(first.count, second.count) >= Self.fewest else { continue }
      used += 1
      let own = compare(pairs, first, second, &numbers)
      for region in 0..<regionCount where own.allSatisfy({ !$0[region].isNaN }) {
        for k in 0..<3 { sums[k][region] += own[k][region] }
        counts[region] += 1
      }
    }
    let means = sums.map { zip($0, counts).map { $1 > 0 ? $0 / $1 : .nan } }
    return Values(first: means[0], second: means[1], between: means[2], stimulusCount: used)
  }

  /// First, second, between in one stimulus.
  private func compare<G: RandomNumberGenerator>(
    _ pairs: SubjectPairs, _ first: [Int], _ second: [Int], _ numbers: inout G
  ) -> [[Double]] {
    let size = min(first.count, second.count)
    guard method == .leaveOneOut, first.count != second.count else {
      return [
        pairs.value(method, members: first, fewest: Self.fewest),
        pairs.value(method, members: second, fewest: Self.fewest),
        pairs.between(method, first, second, fewest: Self.fewest),
      ]
    }
    var sums = [[Double]](repeating: [Double](repeating: 0, count: regionCount), count: 3)
    for _ in 0..<Self.parts {
      let a = Array(first.shuffled(using: &numbers).prefix(size))
      let b = Array(second.shuffled(using: &numbers).prefix(size))
      let own = [
        pairs.value(method, members: a, fewest: Self.fewest), pairs.value(method, members: b, fewest: Self.fewest),
        pairs.between(method, a, b, fewest: Self.fewest),
      ]
      for k in 0..<3 { for region in 0..<regionCount { sums[k][region] += own[k][region] / Double(Self.parts) } }
    }
    return sums
  }

  /// Synchrony of `size` of a stimulus' members in Fisher z, `[region]`: for pairs the mean over all pairs, for
  /// leave-one-out the mean over `parts` random choices. What stimuli of different cohorts are compared by.
  public static func value<G: RandomNumberGenerator>(
    _ pairs: SubjectPairs, _ method: SynchronyMethod, size: Int, using numbers: inout G
  ) -> [Double] {
    let everyone = Array(0..<pairs.subjectCount)
    guard method == .leaveOneOut, size < everyone.count else {
      return pairs.value(method, members: everyone, fewest: fewest)
    }
    var sum = [Double](repeating: 0, count: pairs.regionCount)
    for _ in 0..<parts {
      let own = pairs.value(
        method, members: Array(everyone.shuffled(using: &numbers).prefix(size)), fewest: fewest)
      for region in sum.indices { sum[region] += own[region] / Double(parts) }
    }
    return sum
  }

  /// Draws that permute the subjects' groups, `[draw]`; the same for every stimulus and region.
  public func draws<G: RandomNumberGenerator>(
    _ isFirst: [Bool], count: Int, generator: (_ draw: Int) -> G
  ) -> [Values] {
    (0..<min(count, Self.arrangements(isFirst))).map { draw in
      var numbers = generator(draw)
      let shuffled = isFirst.shuffled(using: &numbers)
      return values(shuffled, using: &numbers)
    }
  }

  /// Distinct divisions into groups of these sizes, at most 10^9.
  public static func arrangements(_ isFirst: [Bool]) -> Int {
    let (n, k) = (isFirst.count, isFirst.count { $0 })
    var count = 1.0
    for i in 0..<min(k, n - k) { count *= Double(n - i) / Double(i + 1) }
    return Int(min(1e9, count.rounded()))
  }

  /// Jackknife interval of both differences over subjects (`Jackknife`, the groups' variances add), over the stimuli and
  /// subjects that `values` counts in a region. NaN below five subjects in a group, and for leave-one-out values, which are
  /// means over random parts. `[region]` each.
  public func interval(
    _ isFirst: [Bool], level: Double = 0.95
  ) -> (difference: [(low: Double, high: Double)], withinMinusBetween: [(low: Double, high: Double)]) {
    let none = [(low: Double, high: Double)](repeating: (.nan, .nan), count: regionCount)
    guard method == .pairwise else { return (none, none) }
    let counted = countedStimuli(isFirst)
    let all = differences(isFirst, counted, without: nil)
    let without = isFirst.indices.map { differences(isFirst, counted, without: $0) }
    let intervals = (0..<2).map { kind in
      (0..<regionCount).map { region -> (low: Double, high: Double) in
        let taking = subjects(of: region, counted)
        let sides = [true, false].map { side in
          taking.filter { isFirst[$0] == side }.map { without[$0][kind][region] }
        }
        guard sides.allSatisfy({ $0.count >= 5 }) else { return (.nan, .nan) }
        let value = all[kind][region]
        let half = Jackknife.half(value, sides[0], sides[1], level: level)
        return (value - half, value + half)
      }
    }
    return (intervals[0], intervals[1])
  }

  /// Whether a stimulus counts in a region: both groups have enough members with a series; `[stimulus][region]`.
  private func countedStimuli(_ isFirst: [Bool]) -> [[Bool]] {
    zip(stimuli, rows).map { pairs, subjects in
      (0..<regionCount).map { region in
        let taking = subjects.indices.filter { pairs.isMember($0, region: region) }.map { isFirst[subjects[$0]] }
        return min(taking.count { $0 }, taking.count { !$0 }) >= Self.fewest
      }
    }
  }

  /// The subjects with a series in a stimulus that counts: others would be replicates without spread.
  private func subjects(of region: Int, _ counted: [[Bool]]) -> [Int] {
    var found: Set<Int> = []
    for (stimulus, (pairs, subjects)) in zip(stimuli, rows).enumerated() where counted[stimulus][region] {
      for (row, subject) in subjects.enumerated() where pairs.isMember(row, region: region) { found.insert(subject) }
    }
    return found.sorted()
  }

  /// first - second and within - between of all subjects but one.
  private func differences(_ isFirst: [Bool], _ counted: [[Bool]], without left: Int?) -> [[Double]] {
    let (first, second, between) = means(isFirst, counted, without: left)
    return [
      zip(first, second).map { $0 - $1 }, between.indices.map { (first[$0] + second[$0]) / 2 - between[$0] },
    ]
  }

  /// Means of pairs' z of all subjects but one, over the stimuli that count.
  private func means(_ isFirst: [Bool], _ counted: [[Bool]], without left: Int?) -> ([Double], [Double], [Double]) {
    var sums = [[Double]](repeating: [Double](repeating: 0, count: regionCount), count: 3)
    var counts = sums
    for (stimulus, (pairs, subjects)) in zip(stimuli, rows).enumerated() {
      var own = [[Double]](repeating: [Double](repeating: 0, count: regionCount), count: 3)
      var pairCounts = own
      for (a, subject) in subjects.enumerated() where subject != left {
        for (b, other) in subjects[..<a].enumerated() where other != left {
          let kind = isFirst[subject] == isFirst[other] ? (isFirst[subject] ? 0 : 1) : 2
          let row = pairs.place(a, b)
          for region in 0..<regionCount where !pairs.z[row + region].isNaN {
            own[kind][region] += pairs.z[row + region]
            pairCounts[kind][region] += 1
          }
        }
      }
      for k in 0..<3 {
        for region in 0..<regionCount where counted[stimulus][region] && pairCounts[k][region] > 0 {
          sums[k][region] += own[k][region] / pairCounts[k][region]
          counts[k][region] += 1
        }
      }
    }
    let means = (0..<3).map { k in zip(sums[k], counts[k]).map { $1 > 0 ? $0 / $1 : .nan } }
    return (means[0], means[1], means[2])
  }
}
