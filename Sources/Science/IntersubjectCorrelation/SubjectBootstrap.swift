import Foundation
import Statistics
import Vocabulary

/// A percentile interval over subjects, per region, and the test that goes with it.
public struct BootstrapInterval: Sendable {
  public let low: [Double]
  public let high: [Double]
  /// One-sided (greater) p = (k + 1) / (n + 1) of the draws shifted to zero (Hall & Wilson 1991); generalises to
  /// subjects, not stimuli.
  public let p: [Double]
  public let draws: Int
}

extension StaticSynchrony {
  /// Bootstrap over subjects: subjects are drawn with replacement and keep their data (Chen et al. 2016).
  ///
  /// Pairwise: the mean z over pairs of drawn subjects, without pairs of a subject with itself, told by index.
  /// Leave-one-out: the mean of the drawn subjects' own z. The interval is the percentile interval of tanh of the
  /// draws; NaN where the region has no value or fewer than three subjects. `generator(draw)` gives the random numbers
  /// of one draw, so draws do not depend on order.
  public func bootstrap<G: RandomNumberGenerator>(
    _ method: SynchronyMethod, draws: Int, level: Double = 0.95, generator: (_ draw: Int) -> G
  ) -> BootstrapInterval {
    precondition(draws > 0 && level > 0 && level < 1)
    var samples = [[Double]](repeating: [], count: regionCount)
    let z = method == .pairwise ? pairs.map { Correlation.fisherZ($0) } : subjects.map { Correlation.fisherZ($0) }
    for draw in 0..<draws {
      var numbers = generator(draw)
      var times = [Double](repeating: 0, count: subjectCount)
      for _ in 0..<subjectCount { times[Int.random(in: 0..<subjectCount, using: &numbers)] += 1 }
      let means = method == .pairwise ? pairMeans(z, times) : subjectMeans(z, times)
      for region in 0..<regionCount where !means[region].isNaN { samples[region].append(means[region]) }
    }
    return summary(samples, observed: values(method), draws: draws, level: level)
  }

  private func pairMeans(_ z: [Double], _ times: [Double]) -> [Double] {
    var sum = [Double](repeating: 0, count: regionCount)
    var weight = sum
    for a in 0..<subjectCount where times[a] > 0 {
      for b in 0..<a where times[b] > 0 {
        let w = times[a] * times[b]
        let row = (a * subjectCount + b) * regionCount
        for region in 0..<regionCount where !z[row + region].isNaN {
          sum[region] += w * z[row + region]
          weight[region] += w
        }
      }
    }
    return zip(sum, weight).map { $1 > 0 ? $0 / $1 : .nan }
  }

  private func subjectMeans(_ z: [Double], _ times: [Double]) -> [Double] {
    var sum = [Double](repeating: 0, count: regionCount)
    var weight = sum
    for a in 0..<subjectCount where times[a] > 0 {
      for region in 0..<regionCount where !z[a * regionCount + region].isNaN {
        sum[region] += times[a] * z[a * regionCount + region]
        weight[region] += times[a]
      }
    }
    return zip(sum, weight).map { $1 > 0 ? $0 / $1 : .nan }
  }

  private func summary(
    _ samples: [[Double]], observed: [Double], draws: Int, level: Double
  ) -> BootstrapInterval {
    var low = [Double](repeating: .nan, count: regionCount)
    var high = low
    var p = low
    for region in 0..<regionCount where !observed[region].isNaN && subjectCount >= 3 && !samples[region].isEmpty {
      let sorted = samples[region].sorted()
      low[region] = tanh(Moments.quantile(sorted, (1 - level) / 2))
      high[region] = tanh(Moments.quantile(sorted, (1 + level) / 2))
      let z = Correlation.fisherZ(observed[region])
      let beyond = sorted.count { $0 - z >= z }
      p[region] = Double(beyond + 1) / Double(sorted.count + 1)
    }
    return BootstrapInterval(low: low, high: high, p: p, draws: draws)
  }
}
