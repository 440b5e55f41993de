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
  var ratio = DistortionRatio()
  ratio.add(estimate, of: reference)
  ratio.addRest(estimate, of: reference)
  return ratio.decibels
}

/// The scale-invariant signal-to-distortion ratio of sounds that are read twice, piece by piece.
public struct DistortionRatio: Sendable {
  private var cross = 0.0
  private var power = 0.0
  private var own = 0.0
  private var rest = 0.0

  public init() {}

  /// A piece of the first reading, which tells α. Precondition: equal lengths.
  public mutating func add(_ estimate: [Float], of reference: [Float]) {
    precondition(estimate.count == reference.count, "an estimate has its reference's length")
    for (x, s) in zip(estimate, reference) {
      cross += Double(x) * Double(s)
      power += Double(s) * Double(s)
      own += Double(x) * Double(x)
    }
  }

  /// A piece of the second reading, of the same samples.
  public mutating func addRest(_ estimate: [Float], of reference: [Float]) {
    precondition(estimate.count == reference.count, "an estimate has its reference's length")
    let scale = cross / power
    for (x, s) in zip(estimate, reference) {
      let difference = scale * Double(s) - Double(x)
      rest += difference * difference
    }
  }

  /// After both readings.
  public var decibels: Double {
    guard power > 0, own > 0 else { return .nan }
    let scale = cross / power
    return 10 * log10(scale * scale * power / rest)
  }
}
