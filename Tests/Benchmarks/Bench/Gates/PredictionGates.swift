import Statistics

#if canImport(Glibc)
  import Glibc
#endif

/// Prediction intervals of a meta-analysis: whether they hold the effect of one cohort more.
struct PredictionGate: Sendable {
  /// Share of the spread of effects that is between cohorts.
  let i2: Double

  static let counts = [3, 5, 8]

  private func outcome(_ k: Int, _ series: PlantedSeries) -> GateOutcome {
    var stream = RandomStream(seed: series.seed, purpose: "gate/\(series.scenario)", key: "\(k) cohorts", draw: 0)
    let variances = (0..<k).map { _ in 0.01 + 0.02 * Double(stream.next() >> 11) * 0x1p-53 }
    let spread = (0.02 * i2 / (1 - i2)).squareRoot()
    let effects = variances.map { 0.3 + spread * stream.normal() + $0.squareRoot() * stream.normal() }
    let next = 0.3 + spread * stream.normal()
    let found = MetaAnalysis(effects: effects, variances: variances)
    let range = found.predictionInterval()
    return GateOutcome(
      p: found.p, value: found.estimate - next, low: range.map { $0.lowerBound - next } ?? .nan,
      high: range.map { $0.upperBound - next } ?? .nan)
  }

  private var gate: Gate {
    let scenario = "prediction intervals of 3, 5 and 8 cohorts, I2 \(i2.short)"
    // As of every interval; with half of the spread between cohorts, where τ² is known worst (.85 to .89), and with fewer
    // than five, which are exploratory, coverage is told and must not get worse.
    let questions = Self.counts.map { k in
      GateQuestion("k \(k)", [.coveredAtLeast(k >= 5 && i2 != 0.5 ? 0.92 : 0.82)], truth: 0)
    }
    return Gate("prediction/I2\(i2.short)", in: .cohorts, scenario, questions, runs: 2000) { seed in
      Self.counts.map { [outcome($0, PlantedSeries(scenario: scenario, seed: seed))] }
    }
  }

  static var gates: [Gate] { [0, 0.5, 0.9].map { PredictionGate(i2: $0).gate } }
}
