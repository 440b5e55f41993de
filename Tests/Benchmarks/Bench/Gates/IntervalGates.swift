import EncodingModels
import LinearAlgebra
import Statistics

/// Intervals of one model's r: six AR(.9) columns, of which the target holds r.
struct IntervalGate: Sendable {
  static let targets = 4

  let films: Films
  let trueR: Double
  let noise: Double
  /// nil: one delay of 0 to 8 s, found by the training rows.
  var delayColumns: DelayColumns? = .single([0])
  /// The noise to the third power, scaled: rare large values.
  var isHeavy = false

  private func outcomes(_ series: PlantedSeries) throws -> [GateOutcome] {
    let pieces = (0..<films.count).map { film -> Piece in
      let x = series.autoregressive(films.rows, 6, 0.9, "x\(film)")
      var y = series.targets(of: series.course(of: x), r: 0, count: Self.targets, noise: noise, "noise\(film)")
      if isHeavy { for i in y.values.indices { y.values[i] *= y.values[i] * y.values[i] / 15.0.squareRoot() } }
      for (t, s) in series.course(of: x).enumerated() {
        for k in 0..<Self.targets { y[t, k] = trueR * s + (1 - trueR * trueR).squareRoot() * y[t, k] }
      }
      return Piece(stimulus: "film\(film)", features: [x], targets: y)
    }
    var data = EncodingData(
      bands: [Band("x")], pieces: pieces, dt: 1, targetNames: (0..<Self.targets).map { "y\($0)" })
    data.bands[0].delayColumns = delayColumns ?? .chosen(0...8)
    let fit = try EncodingModel(PlantedSeries.settings).fit(data)
    return (0..<Self.targets).map { target in
      let interval = fit.full.interval(of: target)
      return GateOutcome(
        value: Correlation.fisherZ(interval.value), low: Correlation.fisherZ(interval.low),
        high: Correlation.fisherZ(interval.high), isValid: fit.isReportable(target))
    }
  }

  func gate(in table: GateTableName = .intervals, tests: Int = 2000) -> Gate {
    let heavy = isHeavy ? " cubed" : ""
    let scenario = "r \(trueR.short), \(films.label), noise AR \(noise.short)\(heavy)"
    return Gate(
      "r\(trueR.short)/\(films.short)/AR\(noise.short)", in: table, scenario,
      [GateQuestion("interval", [.coveredAtLeast(0.92)])], runs: tests / Self.targets
    ) { seed in [try outcomes(PlantedSeries(scenario: scenario, seed: seed))] }
  }

  static var gates: [Gate] {
    let films = [
      Films(count: 2, rows: 120), Films(count: 1, rows: 600), Films(count: 1, rows: 3600), Films(count: 6, rows: 120),
      Films(count: 12, rows: 120),
    ]
    return films.flatMap { films in
      [0, 0.3, 0.6].flatMap { r in [0.3, 0.9].map { IntervalGate(films: films, trueR: r, noise: $0).gate() } }
    }
  }
}
