import Foundation

/// Recorded responses per subject, driven with a stated share of the group's mean.
public struct SimulatedResponses: Sendable {
  /// Seconds per sample; sample k covers `[k TR, (k + 1) TR)`.
  public let repetitionTime: Double
  public let sampleCount: Int
  public let regionCount: Int
  /// One `[samples, regions]` array per subject, unit variance in expectation.
  public let subjects: [[Float]]
  public let truth: [PlantedTruth]
}

/// Whole samples that responses to so many seconds have.
public func simulatedSampleCount(seconds: Int, repetitionTime: Double) -> Int {
  Int((Double(seconds) / repetitionTime + 1e-9).rounded(.down))
}

/// Responses `y_i(k) ~ a s(k) + sqrt(N (1 - a²)) e_i(k)`, s the driven signal averaged over sample k and lagged, e_i a
/// subject's own AR(1) noise (the coefficient per second to the power TR): the mean over the N subjects has the signal
/// share a². A drift is part of the noise (`SimulatedDrift`). A region without a driver is noise. Throws `E-SIM-001`, `-002`, `-003`.
public func simulateResponses<G: RandomNumberGenerator>(
  _ spec: SimulationSpec, repetitionTime: Double, numbers: @escaping SimulationNumbers<G>
) throws -> SimulatedResponses {
  let count = simulatedSampleCount(seconds: spec.seconds, repetitionTime: repetitionTime)
  try checkSpec(spec, samples: count)
  let regions = spec.targets.count
  let coefficient = pow(spec.noiseAutocorrelation, repetitionTime)
  let n = Double(spec.subjects)
  var subjects = [[Float]](repeating: [Float](repeating: 0, count: count * regions), count: spec.subjects)
  var truth: [PlantedTruth] = []
  for (region, target) in spec.targets.enumerated() {
    let signal = try DrivenSignal(target, seconds: spec.seconds, numbers: numbers(.weights, 0, region))
    let driven = signal.lagged(spec.lag, bins: count, width: repetitionTime)
    // Averaging over a sample takes variance from the signal; the share is that of the averaged signal.
    let averaged = driven.flatMap(standardised)
    let share = averaged == nil ? 0 : spec.signalShare
    let unit = averaged ?? [Double](repeating: 0, count: count)
    let people = PeopleNoise(
      spec, target: region, share: share, people: spec.subjects, count: count, sampleSeconds: repetitionTime,
      numbers: numbers)
    let size = 1 / (share + people.ownVariance + people.sharedVariance).squareRoot()
    var mean = [Double](repeating: 0, count: count)
    for subject in 0..<spec.subjects {
      var generator = numbers(.responseNoise, subject, region)
      let noise = people.own(autoregressive(count, coefficient, &generator), person: subject)
      for t in 0..<count {
        let own = people.ownVariance.squareRoot() * noise[t]
        let value = size * (share.squareRoot() * unit[t] + own + people.common(t))
        subjects[subject][t * regions + region] = Float(value)
        mean[t] += value / n
      }
    }
    truth.append(
      PlantedTruth(
        target: target.name, driver: target.driver?.name, lag: spec.lag, signalShare: share,
        achievedShare: sharedVariance(unit, mean), weights: signal.weights, signal: driven ?? [],
        rho: []))
  }
  return SimulatedResponses(
    repetitionTime: repetitionTime, sampleCount: count, regionCount: regions, subjects: subjects, truth: truth)
}
