import EncodingModels
import LinearAlgebra
import Statistics
import Vocabulary

/// A layer against its trivial twins: position alone, a spectrum with loudness, the network with its weights
/// permuted. Six columns each, which hold of the driving course what `amplitudes` say.
struct TwinGate: Sendable {
  enum Twin: String, CaseIterable { case spectrum, permuted }

  let kind: String
  let films: Films
  let trueR: Double
  let layer: Double
  let twins: [Twin: Double]
  var noise = 0.5

  private func outcomes(_ scenario: String, _ seed: UInt64) throws -> [[GateOutcome]] {
    let series = PlantedSeries(scenario: scenario, seed: seed)
    let driving = (0..<films.count).map { series.autoregressive(films.rows, 6, 0.9, "driving\($0)") }
    // It follows after 2 s.
    let targets = driving.enumerated().map { film, x in
      let course = series.course(of: x)
      let delayed = course.indices.map { $0 < 2 ? 0 : course[$0 - 2] }
      return series.targets(of: delayed, r: trueR, count: 1, noise: noise, "noise\(film)")
    }
    func fit(_ name: String, _ amplitude: Double) throws -> EncodingFit {
      var data = EncodingData(
        bands: [Band("features")],
        pieces: driving.enumerated().map { film, x in
          let own = series.autoregressive(films.rows, 6, 0.9, "\(name) film\(film)")
          return Piece(
            stimulus: "film\(film)", features: [series.mixed(x, amplitude: amplitude, noise: own)],
            targets: targets[film])
        }, dt: 1, targetNames: ["y"])
      data.bands[0].delayColumns = .chosen(0...8)
      return try EncodingModel(PlantedSeries.settings).fit(data)
    }
    let own = try fit("layer", layer)
    let position = try own.positionAlone()
    let others = try Twin.allCases.compactMap { twin in try twins[twin].map { try fit(twin.rawValue, $0) } }
    let contrasts = ([position] + others).map { twin in
      ModelContrast(.init([own.full.foldwise(of: 0)]), .init([twin.full.foldwise(of: 0)]))
    }
    let p = contrasts.map { $0.t.p() }
    let largest = p.contains { $0.isNaN } ? Double.nan : p.reduce(0, max)
    let valid = own.isReportable(0)
    return [[GateOutcome(p: largest, value: own.full.r[0], isValid: valid)]]
      + contrasts.map { [GateOutcome(p: $0.t.p(), value: $0.b, isValid: valid)] }
  }

  func gate(_ bound: GateBound, runs: Int = 1000) -> Gate {
    let held = Twin.allCases.compactMap { twin in twins[twin].map { "\(twin.rawValue) \($0.short)" } }
    let holding = held.joined(separator: ", ")
    let scenario = "\(kind), \(films.label), r \(trueR.short), layer holds \(layer.short), \(holding)"
    let names = ["beats", "position"] + Twin.allCases.filter { twins[$0] != nil }.map(\.rawValue)
    let id = "\(kind)/\(films.short)/\(held.joined(separator: "-"))".replacing(" ", with: "")
    return Gate(
      id, in: .twins, scenario, names.enumerated().map { GateQuestion($1, $0 == 0 ? [bound] : []) }, runs: runs
    ) { seed in try outcomes(scenario, seed) }
  }

  static var gates: [Gate] {
    let films = [Films(count: 1, rows: 1200), Films(count: 6, rows: 300)]
    return films.flatMap { films in
      [
        TwinGate(
          kind: "loudness alone", films: films, trueR: 0.6, layer: 0.7, twins: [.spectrum: 0.7, .permuted: 0.7]),
        TwinGate(
          kind: "loudness alone", films: films, trueR: 0.6, layer: 0.7, twins: [.spectrum: 0.9, .permuted: 0.7]),
        TwinGate(kind: "loudness alone", films: films, trueR: 0.6, layer: 0.7, twins: [.permuted: 0.7]),
      ].map { $0.gate(.rejectedAtMost(0.065)) } + [
        TwinGate(
          kind: "deep layer", films: films, trueR: 0.75, layer: 1, twins: [.spectrum: 0.533, .permuted: 0.533]
        ).gate(.rejectedAtLeast(0.8))
      ]
    }
  }
}
