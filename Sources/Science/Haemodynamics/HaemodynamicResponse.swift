import Foundation

/// A haemodynamic response of two gamma densities, h(t) = g(t; a1, b1) - ratio g(t; a2, b2),
/// g(t; a, b) = t^(a-1) e^(-t/b) / (b^a Gamma(a)) (Friston et al. 1998; Glover 1999).
public struct HaemodynamicResponse: Sendable, Equatable {
  public let peakShape: Double
  public let undershootShape: Double
  /// Scale of both densities in seconds.
  public let scaleS: Double
  public let ratio: Double
  /// Seconds after which it is cut.
  public let lengthS: Double

  public init(peakShape: Double, undershootShape: Double, scaleS: Double, ratio: Double, lengthS: Double = 32) {
    precondition(peakShape > 1 && undershootShape > 1 && scaleS > 0 && lengthS > 0, "a response has extents")
    self.peakShape = peakShape
    self.undershootShape = undershootShape
    self.scaleS = scaleS
    self.ratio = ratio
    self.lengthS = lengthS
  }

  /// SPM's canonical response: t^5 e^-t / 5! - (1/6) t^15 e^-t / 15!, its peak at 5 s.
  public static let spm = HaemodynamicResponse(peakShape: 6, undershootShape: 16, scaleS: 1, ratio: 1.0 / 6)

  /// Glover's response with the parameters of nilearn: delays 6 and 12 s, dispersions 0.9 s, ratio 0.48.
  public static let glover = HaemodynamicResponse(
    peakShape: 6 / 0.9, undershootShape: 12 / 0.9, scaleS: 0.9, ratio: 0.48)

  /// h at a time in seconds, not normalised; 0 before the stimulus.
  public func value(at t: Double) -> Double {
    func density(_ shape: Double) -> Double {
      exp((shape - 1) * log(t / scaleS) - t / scaleS - lgamma(shape)) / scaleS
    }
    return t > 0 ? density(peakShape) - ratio * density(undershootShape) : 0
  }

  /// h at 0, step, 2 step ... before `lengthS`, normalised to sum 1.
  public func kernel(stepS: Double) -> [Double] {
    precondition(stepS > 0 && stepS < lengthS, "a kernel has samples")
    let values = (0..<Int((lengthS / stepS).rounded())).map { value(at: Double($0) * stepS) }
    let sum = values.reduce(0, +)
    return values.map { $0 / sum }
  }
}

/// Features in bins, convolved with a haemodynamic response and sampled at the middles of scans.
///
/// A feature is held over its bin on a grid of `stepS` (0 before the first and after the last bin); y_i = sum_k h_k
/// x(t_i - k step), t_i = startS + (i + 1/2) TR in stimulus time, after slice timing to the middle. `features`
/// `[bin, feature]` row-major; the result `[scan, feature]`. NaN makes the scans it reaches NaN.
public func haemodynamicRegressors(
  _ features: [Double], featureCount: Int, binS: Double, repetitionTimeS: Double, scanCount: Int, startS: Double = 0,
  response: HaemodynamicResponse = .spm, stepS: Double = 0.1
) -> [Double] {
  precondition(featureCount > 0 && features.count % featureCount == 0, "shape and value count differ")
  precondition(binS > 0 && repetitionTimeS > 0 && scanCount >= 0, "bins and scans have lengths")
  let kernel = response.kernel(stepS: stepS)
  let bins = features.count / featureCount
  var result = [Double](repeating: 0, count: scanCount * featureCount)
  for scan in 0..<scanCount {
    let time = startS + (Double(scan) + 0.5) * repetitionTimeS
    // The step that holds the time; a time on a boundary must not fall below it by rounding.
    let last = Int((time / stepS + 1e-6).rounded(.down))
    for (k, weight) in kernel.enumerated() {
      let bin = Int(((Double(last - k) + 0.5) * stepS / binS).rounded(.down))
      guard bin >= 0, bin < bins, weight != 0 else { continue }
      for feature in 0..<featureCount {
        result[scan * featureCount + feature] += weight * features[bin * featureCount + feature]
      }
    }
  }
  return result
}
