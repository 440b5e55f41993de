import Foundation
import Statistics

/// The answers of one run of a gate to one question: a line of a file of results.
package struct GateLine: Sendable, Equatable {
  package let gate: String
  package let seed: UInt64
  package let question: String
  /// Outcomes, one per target, and those that may be reported.
  let outcomes: Int
  let valid: Int
  /// Those with a p, with p ≤ .05, and with both p ≤ .05 and the right to be reported.
  let tests: Int
  let rejected: Int
  let reported: Int
  /// Those with an estimate, and their sum.
  let values: Int
  let sum: Double
  /// Every interval.
  let intervals: [ClosedRange<Double>]

  init(gate: String, seed: UInt64, question: String, _ outcomes: [GateOutcome]) {
    (self.gate, self.seed, self.question) = (gate, seed, question)
    self.outcomes = outcomes.count
    valid = outcomes.count { $0.isValid }
    tests = outcomes.count { !$0.p.isNaN }
    rejected = outcomes.count { $0.isRejected }
    reported = outcomes.count { $0.isRejected && $0.isValid }
    let known = outcomes.map(\.value).filter { !$0.isNaN }
    values = known.count
    sum = known.reduce(0, +)
    intervals = outcomes.filter { !$0.low.isNaN }.map { $0.low...$0.high }
  }

  package static let head = "gate\tseed\tquestion\toutcomes\tvalid\ttests\trejected\treported\tvalues\tsum\tintervals"

  package var text: String {
    let ranges = intervals.map { String(format: "%.5f:%.5f", $0.lowerBound, $0.upperBound) }
    let numbers = [outcomes, valid, tests, rejected, reported, values].map(String.init)
    return ([gate, String(seed), question] + numbers + [String(format: "%.6f", sum), ranges.joined(separator: " ")])
      .joined(separator: "\t")
  }

  /// nil where the text is no whole line of results: the head, or what a stopped program left.
  package init?(_ text: some StringProtocol) {
    let cells = text.split(separator: "\t", omittingEmptySubsequences: false)
    guard cells.count == 11, let seed = UInt64(cells[1]), let sum = Double(cells[9]) else { return nil }
    let numbers = cells[3..<9].compactMap { Int($0) }
    guard numbers.count == 6 else { return nil }
    (gate, self.seed, question, self.sum) = (String(cells[0]), seed, String(cells[2]), sum)
    (outcomes, valid, tests) = (numbers[0], numbers[1], numbers[2])
    (rejected, reported, values) = (numbers[3], numbers[4], numbers[5])
    intervals = cells[10].split(separator: " ").compactMap { pair in
      let ends = pair.split(separator: ":").compactMap { Double($0) }
      return ends.count == 2 && ends[0] <= ends[1] ? ends[0]...ends[1] : nil
    }
  }
}

/// A share over all tests of several runs, with the standard error of a mean over runs: tests of one run share features.
package struct ClusteredShare: Sendable {
  /// Of every run.
  private let hits: [Int]
  private let counts: [Int]

  init(_ hits: [Int], of counts: [Int]) { (self.hits, self.counts) = (hits, counts) }

  private var total: Double { Double(counts.reduce(0, +)) }

  package var hitCount: Int { hits.reduce(0, +) }

  package var share: Double { Double(hitCount) / total }

  private var residuals: [Double] { zip(hits, counts).map { Double($0) - share * Double($1) } }

  package var error: Double {
    let factor = Double(hits.count) / Double(max(1, hits.count - 1))
    return (factor * residuals.reduce(0) { $0 + $1 * $1 }).squareRoot() / total
  }

  /// Wilson's 95 % interval of as many independent tests as the spread over runs is worth; nil where runs made different
  /// numbers of tests, or none.
  var interval: ClosedRange<Double>? {
    guard let first = counts.first, first > 0, Set(counts).count == 1 else { return nil }
    let rate = RejectionRate(hits.map { hit in (0..<first).map { $0 < hit } })
    return rate.low...rate.high
  }

  /// How much larger the variance is than that of as many independent tests.
  var designEffect: Double {
    let binomial = share * (1 - share) / total
    return binomial > 0 ? error * error / binomial : 1
  }

  /// The standard error at another share.
  func floorError(_ share: Double) -> Double {
    (share * (1 - share) / total * max(1, designEffect)).squareRoot()
  }

  /// The standard error of the difference of two shares of the same runs.
  func differenceError(_ other: ClusteredShare) -> Double {
    guard other.hits.count == hits.count else {
      return (error * error + other.error * other.error).squareRoot()
    }
    let factor = Double(hits.count) / Double(max(1, hits.count - 1))
    let squares = zip(residuals, other.residuals).reduce(0.0) { sum, pair in
      let difference = pair.0 / total - pair.1 / other.total
      return sum + difference * difference
    }
    return (factor * squares).squareRoot()
  }
}

/// What all runs say of one question.
package struct GateSummary: Sendable {
  package let runs: Int
  package let tests: Int
  package let rejected: ClusteredShare
  package let reported: ClusteredShare
  package let intervals: Int
  package let covered: ClusteredShare
  package let meanWidth: Double
  package let values: Int
  package let mean: Double
  package let meanError: Double
  package let valid: ClusteredShare

  init(_ lines: [GateLine], truth: Double?) {
    // In order of seeds, so that questions of one gate can be paired run by run.
    let lines = lines.sorted { $0.seed < $1.seed }
    runs = lines.count
    tests = lines.reduce(0) { $0 + $1.tests }
    rejected = ClusteredShare(lines.map(\.rejected), of: lines.map(\.tests))
    reported = ClusteredShare(lines.map(\.reported), of: lines.map(\.tests))
    valid = ClusteredShare(lines.map(\.valid), of: lines.map(\.outcomes))
    values = lines.reduce(0) { $0 + $1.values }
    let average = lines.reduce(0) { $0 + $1.sum } / Double(values)
    mean = average
    let squares = lines.reduce(0.0) { sum, line in
      let residual = line.sum - average * Double(line.values)
      return sum + residual * residual
    }
    meanError = (squares * Double(runs) / Double(max(1, runs - 1))).squareRoot() / Double(values)
    let centre = truth ?? average
    let ranges = lines.flatMap(\.intervals)
    intervals = ranges.count
    covered = ClusteredShare(
      lines.map { line in line.intervals.count { $0.contains(centre) } }, of: lines.map(\.intervals.count))
    meanWidth = ranges.reduce(0) { $0 + $1.upperBound - $1.lowerBound } / Double(intervals)
  }
}
