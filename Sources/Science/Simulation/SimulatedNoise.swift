import Foundation

/// What people do beside the signal, for one target: `sqrt(N (1 - a²)) e_i(t) + sqrt((1 - a²) d) D(t)`.
///
/// Without drift, e_i is the person's fast noise and d is 0. An own drift takes the share d of e_i; a shared one, D, the
/// share d of what the mean over N people holds of noise, and leaves e_i the variance 1 - d.
struct PeopleNoise<G: RandomNumberGenerator> {
  /// Variances of a person's own noise and of the shared course.
  let ownVariance: Double
  let sharedVariance: Double
  /// D, unit variance; empty where none is shared.
  private let shared: [Double]
  private let drift: SimulatedDrift?
  private let target: Int
  /// AR(1) coefficient of drifts from one sample to the next.
  private let coefficient: Double
  private let numbers: SimulationNumbers<G>

  /// Noise of `count` samples of `sampleSeconds` around a signal of the share `share` of the mean over `people`.
  init(
    _ spec: SimulationSpec, target: Int, share: Double, people: Int, count: Int, sampleSeconds: Double,
    numbers: @escaping SimulationNumbers<G>
  ) {
    let all = Double(people) * (1 - share)
    (drift, self.target, self.numbers) = (spec.drift, target, numbers)
    coefficient = exp(-sampleSeconds / (spec.drift?.seconds ?? 1))
    guard let drift = spec.drift, drift.isShared else {
      (ownVariance, sharedVariance, shared) = (all, 0, [])
      return
    }
    (ownVariance, sharedVariance) = (all * (1 - drift.share), (1 - share) * drift.share)
    var generator = numbers(.sharedDrift, 0, target)
    shared = autoregressive(count, coefficient, &generator)
  }

  /// The person's noise with its own drift, where there is one.
  func own(_ fast: [Double], person: Int) -> [Double] {
    guard let drift, !drift.isShared else { return fast }
    var generator = numbers(.ownDrift, person, target)
    let slow = autoregressive(fast.count, coefficient, &generator)
    return zip(fast, slow).map { (1 - drift.share).squareRoot() * $0 + drift.share.squareRoot() * $1 }
  }

  /// The shared course's part at a sample.
  func common(_ sample: Int) -> Double { shared.isEmpty ? 0 : sharedVariance.squareRoot() * shared[sample] }
}
