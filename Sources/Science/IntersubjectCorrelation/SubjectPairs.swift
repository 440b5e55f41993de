import Foundation
import Statistics
import Vocabulary

/// Correlations of all pairs of subjects in one stimulus, from which synchrony of any part of them follows.
public struct SubjectPairs: Sendable {
  public let subjectCount: Int
  public let regionCount: Int
  /// `[subject, subject, region]`, symmetric; NaN where one of the two was left out.
  let r: [Double]
  /// atanh of `r`, clipped.
  let z: [Double]

  /// Of static synchrony.
  public init(_ synchrony: StaticSynchrony) {
    self.init(synchrony.pairs, subjectCount: synchrony.subjectCount, regionCount: synchrony.regionCount)
  }

  /// `r` as `[subject, subject, region]`.
  public init(_ r: [Double], subjectCount: Int, regionCount: Int) {
    precondition(r.count == subjectCount * subjectCount * regionCount, "one value per pair and region")
    self.subjectCount = subjectCount
    self.regionCount = regionCount
    self.r = r
    z = r.map { Correlation.fisherZ($0) }
  }

  /// Pairs whose series are equal in every region up to scale and offset: r above 1 - `tolerance` wherever both have
  /// a value, in one region at least.
  public func identical(tolerance: Double = 1e-6) -> [(first: Int, second: Int)] {
    var found: [(Int, Int)] = []
    for a in 0..<subjectCount {
      for b in (a + 1)..<max(a + 1, subjectCount) {
        let row = (a * subjectCount + b) * regionCount
        let values = r[row..<row + regionCount].filter { !$0.isNaN }
        if !values.isEmpty, values.allSatisfy({ $0 > 1 - tolerance }) { found.append((a, b)) }
      }
    }
    return found
  }

  /// Whether a subject has a series in a region.
  func isMember(_ subject: Int, region: Int) -> Bool { !r[place(subject, subject) + region].isNaN }

  func place(_ a: Int, _ b: Int) -> Int { (a * subjectCount + b) * regionCount }

  /// Synchrony of neighbouring members among themselves in Fisher z, `[region]`; NaN where fewer than three have a value.
  public func part(_ members: Range<Int>, _ method: SynchronyMethod) -> [Double] {
    value(method, members: Array(members), fewest: 3)
  }

  /// Synchrony of some members in Fisher z, `[region]`; NaN with fewer than `fewest` members that have a value.
  func value(_ method: SynchronyMethod, members: [Int], fewest: Int) -> [Double] {
    switch method {
    case .pairwise: meanZ(members, fewest)
    case .leaveOneOut: leaveOneOut(members, fewest)
    case .corrca: preconditionFailure("components have an analysis of their own")
    }
  }

  private func meanZ(_ members: [Int], _ fewest: Int) -> [Double] {
    var sum = [Double](repeating: 0, count: regionCount)
    var count = sum
    for (i, a) in members.enumerated() {
      for b in members[..<i] { add(place(a, b), &sum, &count) }
    }
    let least = Double(fewest * (fewest - 1) / 2)
    return zip(sum, count).map { $1 >= max(1, least) ? $0 / $1 : .nan }
  }

  private func add(_ row: Int, _ sum: inout [Double], _ count: inout [Double]) {
    for region in 0..<regionCount {
      let value = z[row + region]
      if value.isNaN { continue }
      sum[region] += value
      count[region] += 1
    }
  }

  /// corr(z_a, sum of the others) = q_a / sqrt(T - 2 q_a - 1), from rows of r.
  private func leaveOneOut(_ members: [Int], _ fewest: Int) -> [Double] {
    (0..<regionCount).map { region in
      let valid = members.filter { isMember($0, region: region) }
      guard valid.count >= max(2, fewest) else { return .nan }
      let sums = valid.map { a in valid.reduce(-1) { $0 + r[place(a, $1) + region] } }
      let all = sums.reduce(Double(valid.count), +)
      return meanIgnoringNaN(
        sums.map { q in
          let others = all - 2 * q - 1
          return others > 1e-10 * Double(valid.count) ? Correlation.fisherZ(q / others.squareRoot()) : .nan
        })
    }
  }

  /// Synchrony between two sets in Fisher z: the mean over crossing pairs, or each member against the sum of the other
  /// set's first members, as many as a member of its own set has others.
  func between(_ method: SynchronyMethod, _ first: [Int], _ second: [Int], fewest: Int) -> [Double] {
    guard method == .leaveOneOut else {
      var sum = [Double](repeating: 0, count: regionCount)
      var count = sum
      for a in first { for b in second { add(place(a, b), &sum, &count) } }
      return zip(sum, count).map { $1 >= Double(fewest * fewest) ? $0 / $1 : .nan }
    }
    return (0..<regionCount).map { region in
      let sides = [first, second].map { side in side.filter { isMember($0, region: region) } }
      guard sides.allSatisfy({ $0.count >= max(2, fewest) }) else { return .nan }
      let count = min(sides[0].count, sides[1].count) - 1
      var values: [Double] = []
      for (own, other) in [(sides[0], sides[1].prefix(count)), (sides[1], sides[0].prefix(count))] {
        let norm = other.reduce(0.0) { sum, b in other.reduce(sum) { $0 + r[place(b, $1) + region] } }
        guard norm > 1e-10 * Double(count) else { continue }
        for a in own {
          let q = other.reduce(0.0) { $0 + r[place(a, $1) + region] }
          values.append(Correlation.fisherZ(q / norm.squareRoot()))
        }
      }
      return meanIgnoringNaN(values)
    }
  }
}
