import Foundation
import Statistics
import Vocabulary

/// Synchrony of two groups of subjects compared (SCIENCE 11A.10).
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

  /// Percentile interval of both differences over subjects drawn with replacement within their group, pairs of a subject
  /// with itself left out by index. NaN below five subjects in a group, and for leave-one-out values, which depend on
  /// how many distinct subjects were drawn. `[region]` each.
  public func bootstrap<G: RandomNumberGenerator>(
    _ isFirst: [Bool], draws: Int, level: Double = 0.95, generator: (_ draw: Int) -> G
  ) -> (difference: [(low: Double, high: Double)], withinMinusBetween: [(low: Double, high: Double)]) {
    let none = [(low: Double, high: Double)](repeating: (.nan, .nan), count: regionCount)
    let members = [true, false].map { side in isFirst.indices.filter { isFirst[$0] == side } }
    guard method == .pairwise, members.allSatisfy({ $0.count >= 5 }) else { return (none, none) }
    var samples = [[[Double]]](repeating: [[Double]](repeating: [], count: regionCount), count: 2)
    for draw in 0..<draws {
      var numbers = generator(draw)
      var times = [Double](repeating: 0, count: isFirst.count)
      for side in members { for _ in side { times[side[Int.random(in: side.indices, using: &numbers)]] += 1 } }
      let (first, second, between) = weighted(isFirst, times)
      for region in 0..<regionCount {
        let values = [first[region] - second[region], (first[region] + second[region]) / 2 - between[region]]
        for k in 0..<2 where !values[k].isNaN { samples[k][region].append(values[k]) }
      }
    }
    let intervals = samples.map { cells in
      cells.map { drawn -> (low: Double, high: Double) in
        guard drawn.count > 1 else { return (.nan, .nan) }
        let sorted = drawn.sorted()
        return (Moments.quantile(sorted, (1 - level) / 2), Moments.quantile(sorted, (1 + level) / 2))
      }
    }
    return (intervals[0], intervals[1])
  }

  /// Means of pairs' z where a subject counts `times`, over stimuli.
  private func weighted(_ isFirst: [Bool], _ times: [Double]) -> ([Double], [Double], [Double]) {
    var sums = [[Double]](repeating: [Double](repeating: 0, count: regionCount), count: 3)
    var counts = sums
    for (pairs, subjects) in zip(stimuli, rows) {
      var own = [[Double]](repeating: [Double](repeating: 0, count: regionCount), count: 3)
      var weights = own
      for (a, subject) in subjects.enumerated() where times[subject] > 0 {
        for (b, other) in subjects[..<a].enumerated() where times[other] > 0 {
          let kind = isFirst[subject] == isFirst[other] ? (isFirst[subject] ? 0 : 1) : 2
          let weight = times[subject] * times[other]
          let row = pairs.place(a, b)
          for region in 0..<regionCount where !pairs.z[row + region].isNaN {
            own[kind][region] += weight * pairs.z[row + region]
            weights[kind][region] += weight
          }
        }
      }
      for k in 0..<3 {
        for region in 0..<regionCount where weights[k][region] > 0 {
          sums[k][region] += own[k][region] / weights[k][region]
          counts[k][region] += 1
        }
      }
    }
    let means = (0..<3).map { k in zip(sums[k], counts[k]).map { $1 > 0 ? $0 / $1 : .nan } }
    return (means[0], means[1], means[2])
  }
}
