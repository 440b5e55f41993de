import Foundation

/// A continuous annotation by several raters.
public struct SimulatedAnnotation: Sendable {
  /// Start of each second in stimulus time.
  public let times: [Double]
  /// `[rater][second]` in -1...1.
  public let raters: [[Double]]
  /// Mean over raters.
  public let mean: [Double]
  /// Each rater's own delay in seconds.
  public let delays: [Double]
  public let truth: PlantedTruth
}

/// Ratings `y_m(t) ~ a s(t - d_m) + sqrt(M (1 - a²)) e_m(t)`, clipped to -1...1 at four SD; e_m is AR(1) noise with a
/// slow drift of a tenth of its variance, or the one that is asked for (`SimulatedDrift`).
///
/// Delays are normal around the spec's lag with SD `delaySpread`, centred so that their mean is the lag; the share a²
/// is that of the mean over the M raters, of which the delays' spread takes a little (`achievedShare` is measured
/// against the signal at the lag itself). Throws `E-SIM-001`, `-002`, `-003`.
public func simulateAnnotation<G: RandomNumberGenerator>(
  _ spec: SimulationSpec, target: Int, raters: Int = 10, delaySpread: Double = 0.8,
  numbers: @escaping SimulationNumbers<G>
) throws -> SimulatedAnnotation {
  precondition(raters > 0 && target < spec.targets.count && delaySpread >= 0)
  try checkSpec(spec, samples: spec.seconds)
  let named = spec.targets[target]
  let signal = try DrivenSignal(named, seconds: spec.seconds, numbers: numbers(.weights, 0, target))
  let share = signal.series == nil ? 0 : spec.signalShare
  let people = PeopleNoise(
    spec, target: target, share: share, people: raters, count: spec.seconds, sampleSeconds: 1, numbers: numbers)
  let size = 0.25 / (share + people.ownVariance + people.sharedVariance).squareRoot()
  let delays = raterDelays(lag: spec.lag, raters: raters, spread: delaySpread, target: target, numbers)
  let silence = [Double](repeating: 0, count: spec.seconds)
  let all = (0..<raters).map { rater -> [Double] in
    var generator = numbers(.raterNoise, rater, target)
    let fast = autoregressive(spec.seconds, spec.noiseAutocorrelation, &generator)
    // Raters drift unless told otherwise.
    let drift = autoregressive(spec.seconds, 0.99, &generator)
    let noise =
      spec.drift == nil
      ? zip(fast, drift).map { 0.9.squareRoot() * $0 + 0.1.squareRoot() * $1 } : people.own(fast, person: rater)
    let driven = signal.lagged(delays[rater], bins: spec.seconds, width: 1) ?? silence
    return (0..<spec.seconds).map { t in
      let own = people.ownVariance.squareRoot() * noise[t]
      let value = size * (share.squareRoot() * driven[t] + own + people.common(t))
      return min(max(value, -1), 1)
    }
  }
  let mean = (0..<spec.seconds).map { t in all.reduce(0.0) { $0 + $1[t] } / Double(raters) }
  let at = signal.lagged(spec.lag, bins: spec.seconds, width: 1)
  let truth = PlantedTruth(
    target: named.name, driver: named.driver?.name, lag: spec.lag, signalShare: share,
    achievedShare: sharedVariance(at ?? silence, mean), weights: signal.weights, signal: at ?? [], rho: [])
  return SimulatedAnnotation(
    times: (0..<spec.seconds).map(Double.init), raters: all, mean: mean, delays: delays, truth: truth)
}

private func raterDelays<G: RandomNumberGenerator>(
  lag: Double, raters: Int, spread: Double, target: Int, _ numbers: SimulationNumbers<G>
) -> [Double] {
  let drawn = (0..<raters).map { rater -> Double in
    var generator = numbers(.raterDelay, rater, target)
    return spread * normal(&generator)
  }
  let centre = drawn.reduce(0, +) / Double(raters)
  return drawn.map { lag + $0 - centre }
}
