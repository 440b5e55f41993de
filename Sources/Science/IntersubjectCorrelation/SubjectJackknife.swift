import Foundation
import Statistics
import Vocabulary

/// A jackknife interval over subjects, per region: what it says of is other subjects with this stimulus.
public struct SubjectInterval: Sendable, Equatable {
  public let low: [Double]
  public let high: [Double]

  /// Fewest subjects with a value: three must be left when one is taken away.
  public static let minimum = 4
}

extension StaticSynchrony {
  /// The interval over subjects; see `SubjectPairs.interval`.
  public func interval(_ method: SynchronyMethod, level: Double = 0.95) -> SubjectInterval {
    SubjectPairs(self).interval(method, level: level)
  }
}

extension SubjectPairs {
  /// The interval of synchrony, `tanh(θ ± t_(N-1) s / √N)`: θ is the value in Fisher z, s the standard deviation of the N
  /// pseudo-values `N θ - (N - 1) θ_(-i)`, θ_(-i) the value of the other subjects among themselves (Tukey 1958; for means
  /// over pairs Arvesen 1969). NaN where fewer than four subjects have a value.
  public func interval(_ method: SynchronyMethod, level: Double = 0.95) -> SubjectInterval {
    precondition(level > 0 && level < 1)
    let everyone = Array(0..<subjectCount)
    let z = value(method, members: everyone, fewest: SubjectInterval.minimum)
    let without = everyone.map { left in
      value(method, members: everyone.filter { $0 != left }, fewest: SubjectInterval.minimum - 1)
    }
    var (low, high) = ([Double](), [Double]())
    for region in 0..<regionCount {
      let members = everyone.filter { isMember($0, region: region) }
      let half = Jackknife.error(z[region], members.map { without[$0][region] }, level: level).half
      low.append(tanh(z[region] - half))
      high.append(tanh(z[region] + half))
    }
    return SubjectInterval(low: low, high: high)
  }
}

/// Errors from values with one subject left out.
enum Jackknife {
  /// Variance of a statistic as the share of one group of subjects, `s² / n` of the pseudo-values `n θ - (n - 1) θ_(-i)`.
  static func variance(_ value: Double, _ without: [Double]) -> Double {
    let n = Double(without.count)
    let deviation = Moments.standardDeviation(without.map { n * value - (n - 1) * $0 })
    return deviation * deviation / n
  }

  /// Standard error and half the width of the interval of one group; NaN below the minimum of subjects.
  static func error(_ value: Double, _ without: [Double], level: Double) -> (error: Double, half: Double) {
    guard without.count >= SubjectInterval.minimum else { return (.nan, .nan) }
    let error = variance(value, without).squareRoot()
    let t = Distributions.studentQuantile(0.5 + level / 2, degreesOfFreedom: Double(without.count - 1))
    return (error, t * error)
  }

  /// Half the width of the interval of a statistic of two groups: the variances add, with Welch and Satterthwaite's
  /// degrees of freedom. NaN below the minimum of subjects in either.
  static func half(_ value: Double, _ first: [Double], _ second: [Double], level: Double) -> Double {
    guard min(first.count, second.count) >= SubjectInterval.minimum else { return .nan }
    let (a, b) = (variance(value, first), variance(value, second))
    guard a + b > 0 else { return a + b == 0 ? 0 : .nan }
    let df = (a + b) * (a + b) / (a * a / Double(first.count - 1) + b * b / Double(second.count - 1))
    return Distributions.studentQuantile(0.5 + level / 2, degreesOfFreedom: df) * (a + b).squareRoot()
  }
}
