import EncodingModels
import LinearAlgebra
import Statistics
import Vocabulary

/// What one delay, found by the training rows, finds where the effect has one lag or another, on the same data as nine single delays and as the
/// feature's mean over 2 to 4 s before.
struct DelayGate: Sendable {
  static let lags = Array(1...6)
  static let perLag = 8
  static let draws = 199
  static let weight = 0.5
  static let noise = 0.9
  static let films = Films(count: 1, rows: 600)

  private enum Method: String, CaseIterable {
    case auto
    case mean
    case old
  }

  /// All lags in a run: target k has lag k / perLag.
  private static func data(_ method: Method, _ series: PlantedSeries) -> EncodingData {
    let x = series.autoregressive(films.rows, 6, 0.9, "x")
    let course = series.course(of: x)
    var y = series.autoregressive(films.rows, lags.count * perLag, noise, "noise")
    for (place, lag) in lags.enumerated() {
      for t in lag..<films.rows {
        for k in 0..<perLag { y[t, place * perLag + k] += weight * course[t - lag] }
      }
    }
    var features = x
    if method == .mean {
      for t in 0..<films.rows {
        for j in 0..<x.columns { features[t, j] = t < 4 ? .nan : (x[t - 2, j] + x[t - 3, j] + x[t - 4, j]) / 3 }
      }
    }
    var data = EncodingData(
      bands: [Band("x")], pieces: [Piece(stimulus: "film", features: [features], targets: y)], dt: 1,
      targetNames: (0..<y.columns).map { "y\($0)" })
    switch method {
    case .auto: data.bands[0].delayColumns = .chosen(0...8)
    case .mean: data.bands[0].delayColumns = .single([0])
    case .old: data.bands[0].delayColumns = .single(Array(0...8))
    }
    return data
  }

  private static func name(_ method: Method, _ lag: Int?) -> String {
    lag.map { "\(method.rawValue), lag \($0) s" } ?? "\(method.rawValue), all lags"
  }

  static var gates: [Gate] {
    let bounds: [String: GateBound] = [
      name(.auto, 3): .rejectedAtLeastAbove(name(.mean, 3), -0.12),
      name(.auto, 6): .rejectedAtLeastAbove(name(.mean, 6), 0.1),
      name(.auto, nil): .rejectedAtLeastAbove(name(.old, nil), 0),
    ]
    let places: [Int?] = lags.map { $0 } + [nil]
    let questions = Method.allCases.flatMap { method in
      places.map { lag in GateQuestion(name(method, lag), bounds[name(method, lag)].map { [$0] } ?? []) }
    }
    let scenario = "weight \(weight.short), \(films.label), P 6, AR \(noise.short)"
    return [
      Gate("lags-1-6", in: .delays, scenario, questions, runs: 1000 / perLag) { seed in
        let series = PlantedSeries(scenario: scenario, seed: seed)
        return try Method.allCases.flatMap { method -> [[GateOutcome]] in
          let fit = try EncodingModel(PlantedSeries.settings).fit(data(method, series))
          let null = try fit.null(NullRequest(.phase, draws: draws, seed: seed))
          let all = null.p.indices.map {
            GateOutcome(p: null.p[$0], value: fit.full.r[$0], isValid: fit.isReportable($0))
          }
          return lags.indices.map { Array(all[($0 * perLag)..<(($0 + 1) * perLag)]) } + [all]
        }
      }
    ]
  }
}
