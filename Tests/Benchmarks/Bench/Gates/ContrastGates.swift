import EncodingModels
import LinearAlgebra
import Statistics
import Vocabulary

/// Layers of a model against each other: eight layers of six AR(.9) columns, the middle three less the last.
struct ContrastGate: Sendable {
  static let layers = 8
  static let middle = [2, 3, 4]

  let kind: String
  let films: Films
  /// r of the model that drives the target; 0: nothing drives it.
  let trueR: Double
  /// What every layer holds of the driving columns (share of the standard deviation).
  let amplitudes: [Double]
  var noise = 0.5
  /// nil: one delay of 0 to 8 s, found by the training rows.
  var delayColumns: DelayColumns? = .single([0])

  private var scenario: String { "\(kind), \(films.label), true r \(trueR.short), noise AR \(noise.short)" }

  func gate(
    mean: [GateBound], max: [GateBound], truth: Double?, runs: Int = 1000, in table: GateTableName = .contrasts
  ) -> Gate {
    let scenario = scenario
    let id = "\(kind.replacing(" ", with: "-"))/\(films.short)/r\(trueR.short)"
    return Gate(
      id, in: table, scenario, [GateQuestion("mean", mean, truth: truth), GateQuestion("max", max, truth: truth)],
      runs: runs
    ) { seed in try outcomes(PlantedSeries(scenario: scenario, seed: seed)).map { [$0] } }
  }

  private func outcomes(_ series: PlantedSeries) throws -> [GateOutcome] {
    let pieces = (0..<films.count).map { film -> (driving: Matrix, target: Matrix) in
      let x = series.autoregressive(films.rows, 6, 0.9, "driving\(film)")
      return (x, series.targets(of: series.course(of: x), r: trueR, count: 1, noise: noise, "noise\(film)"))
    }
    let fits = try amplitudes.enumerated().map { layer, amplitude in
      var data = EncodingData(
        bands: [Band("layer")],
        pieces: pieces.enumerated().map { film, piece in
          let own = series.autoregressive(films.rows, 6, 0.9, "layer\(layer) film\(film)")
          return Piece(
            stimulus: "film\(film)", features: [series.mixed(piece.driving, amplitude: amplitude, noise: own)],
            targets: piece.target)
        }, dt: 1, targetNames: ["y"])
      data.bands[0].delayColumns = delayColumns ?? .chosen(0...8)
      return try EncodingModel(PlantedSeries.settings).fit(data)
    }
    let scores = fits.map { $0.full.foldwise(of: 0) }
    let isValid = fits.allSatisfy { $0.isReportable(0) }
    return [ContrastTake.mean, .max].map { take in
      let contrast = ModelContrast(
        .init(Self.middle.map { scores[$0] }, take: take), .init([scores[Self.layers - 1]]))
      let range = contrast.t.interval()
      return GateOutcome(
        p: contrast.t.p(twoSided: true), value: contrast.t.mean, low: range?.lowerBound ?? .nan,
        high: range?.upperBound ?? .nan, isValid: isValid)
    }
  }

  static func level(_ share: Double) -> [GateBound] { [.rejectedAtMost(share), .coveredAtLeast(0.93)] }

  static let equal = [Double](repeating: 0.9, count: layers)

  static var gates: [Gate] {
    let films = [Films(count: 1, rows: 300), Films(count: 6, rows: 120)]
    let deep = (0..<layers).map { middle.contains($0) ? 0.9 : 0.5 }
    let planted = ContrastGate(
      kind: "amplitude .9 against .5", films: Films(count: 1, rows: 1200), trueR: 0.6, amplitudes: deep)
    return films.flatMap { films in
      [0.6, 0].map { r in
        ContrastGate(kind: r > 0 ? "equal layers" : "null layers", films: films, trueR: r, amplitudes: equal)
          .gate(mean: level(0.065), max: level(0.08), truth: 0)
      }
    } + [
      planted.gate(
        mean: [.rejectedAtLeast(0.55), .coveredAtLeast(0.93)], max: [.rejectedAtLeast(0.5), .coveredAtLeast(0.93)],
        truth: nil)
    ]
  }
}
