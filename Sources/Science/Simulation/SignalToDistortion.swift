import Foundation

/// Scale-invariant signal-to-distortion ratio in dB of an estimate of a reference,
///
///     10 log10(‖αs‖² / ‖αs − ŝ‖²),  α = ⟨ŝ, s⟩ / ‖s‖²
///
/// (Le Roux et al. 2019, means left in). Infinite where the estimate is a multiple of the reference, minus infinity where it
/// has nothing of it, NaN where either is silent.
///
/// Precondition: equal lengths.
public func scaleInvariantDistortionRatio(_ estimate: [Float], of reference: [Float]) -> Double {
  precondition(estimate.count == reference.count, "an estimate has its reference's length")
  var (cross, power, own) = (0.0, 0.0, 0.0)
  for (x, s) in zip(estimate, reference) {
    cross += Double(x) * Double(s)
    power += Double(s) * Double(s)
    own += Double(x) * Double(x)
  }
  guard power > 0, own > 0 else { return .nan }
  let scale = cross / power
  let rest = zip(estimate, reference).reduce(0.0) { sum, pair in
    let difference = scale * Double(pair.1) - Double(pair.0)
    return sum + difference * difference
  }
  return 10 * log10(scale * scale * power / rest)
}
