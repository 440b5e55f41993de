import Statistics

/// Random numbers of a simulation: keyed by (seed, purpose, stimulus and subject, target).
///
/// Weights do not depend on the stimulus, so that several stimuli share one truth.
public func simulationStreams(seed: UInt64, stimulus: String) -> SimulationNumbers<RandomStream> {
  { purpose, subject, item in
    let place = purpose == .weights ? "" : stimulus
    return RandomStream(
      seed: seed, purpose: "simulation_\(purpose.rawValue)", key: "\(place)\n\(subject)", draw: item)
  }
}
