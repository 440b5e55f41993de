import Diagnostics
import Foundation
import Statistics

/// A series per second read at any time: second i covers `[i, i + 1)`, everything outside is the mean, 0.
struct SecondSeries: Sendable {
  let values: [Double]

  /// The mean over `[from, to)` seconds.
  func mean(_ from: Double, _ to: Double) -> Double {
    var sum = 0.0
    let first = max(0, Int(from.rounded(.down)))
    let last = min(values.count - 1, Int(to.rounded(.up)) - 1)
    if first > last { return 0 }
    for i in first...last {
      sum += values[i] * max(0, min(to, Double(i + 1)) - max(from, Double(i)))
    }
    return sum / (to - from)
  }
}

/// The driven signal of one target before its lag.
struct DrivenSignal: Sendable {
  /// Unit variance, zero mean per second of the stimulus; nil without a driver.
  let series: SecondSeries?
  let weights: [Double]

  /// Throws `E-SIM-001` for scores that are too short or not finite, `E-SIM-002` for scores without variance.
  init<G: RandomNumberGenerator>(_ target: SimulatedTarget, seconds: Int, numbers: G) throws {
    guard let driver = target.driver else {
      series = nil
      weights = []
      return
    }
    let scores = driver.scores
    guard scores.rows >= seconds, scores.columns > 0, scores.values.allSatisfy(\.isFinite) else {
      throw EvokeError(
        .driverUnfit, driver.name,
        reason:
          "\(scores.rows) seconds x \(scores.columns) components for \(seconds) s, or a value that is not a number",
        remedy: "give the driver's scores for every second of the stimulus")
    }
    var numbers = numbers
    let weights = (0..<scores.columns).map { _ in normal(&numbers) }
    let raw = (0..<seconds).map { t in
      (0..<scores.columns).reduce(0.0) { $0 + weights[$1] * scores[t, $1] }
    }
    guard let standard = standardised(raw) else {
      throw EvokeError(
        .driverConstant, driver.name, reason: "its scores do not vary over the stimulus",
        remedy: "choose another driver")
    }
    series = SecondSeries(values: standard)
    self.weights = weights
  }

  /// Means over the bins `[start + i width, start + (i + 1) width)`, taken `lag` seconds earlier.
  func lagged(_ lag: Double, bins: Int, width: Double) -> [Double]? {
    series.map { series in
      (0..<bins).map { series.mean(Double($0) * width - lag, Double($0 + 1) * width - lag) }
    }
  }
}

/// Zero mean and unit (population) variance; nil where there is no variance.
func standardised(_ x: [Double]) -> [Double]? {
  let (mean, sd) = (Moments.mean(x), Moments.standardDeviation(x, degreesOfFreedom: 0))
  guard sd > 1e-12 * (abs(mean) + 1e-300), sd.isFinite, sd > 0 else { return nil }
  return x.map { ($0 - mean) / sd }
}

/// Squared Pearson correlation; 0 where one has no variance.
func sharedVariance(_ x: [Double], _ y: [Double]) -> Double {
  guard let a = standardised(x), let b = standardised(y) else { return 0 }
  let r = zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } / Double(a.count)
  return r * r
}

/// A standard normal number (Box & Muller 1958).
func normal<G: RandomNumberGenerator>(_ numbers: inout G) -> Double {
  let u = (Double(numbers.next() >> 11) + 0.5) * 0x1p-53
  let v = Double(numbers.next() >> 11) * 0x1p-53
  return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
}

/// Stationary AR(1) noise of unit variance, `coefficient` from one sample to the next.
func autoregressive<G: RandomNumberGenerator>(_ count: Int, _ coefficient: Double, _ numbers: inout G) -> [Double] {
  var x = [Double](repeating: 0, count: count)
  let innovation = (1 - coefficient * coefficient).squareRoot()
  for t in 0..<count {
    x[t] = t == 0 ? normal(&numbers) : coefficient * x[t - 1] + innovation * normal(&numbers)
  }
  return x
}
