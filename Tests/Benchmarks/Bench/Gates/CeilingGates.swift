import EncodingModels
import LinearAlgebra
import Statistics

/// A perfect model's r over its ceiling: the feature is the course that all members of a group follow.
struct CeilingGate: Sendable {
  let films: Films
  let members: Int
  /// Reliability of the mean of all members over long stretches.
  let reliability: Double
  let course: Double
  let noise: Double
  /// Whether one member leaves every film half-way.
  var dropsOut = false

  private func outcome(_ series: PlantedSeries) throws -> GateOutcome {
    // Of a mean over N members, reliability 1 / (1 + v/N) for noise of variance v.
    let spread = (Double(members) * (1 / reliability - 1)).squareRoot()
    let pieces = (0..<films.count).map { film -> (feature: Matrix, mean: MemberMean) in
      let s = series.autoregressive(films.rows, 1, course, "course\(film)")
      let own = (0..<members).map { m -> Matrix? in
        let e = series.autoregressive(films.rows, 1, noise, "member\(m) film\(film)")
        var x = s
        for t in 0..<films.rows { x[t, 0] += spread * e[t, 0] + 2 * Double(m) }
        if dropsOut, m == 0 { for t in (films.rows / 2)..<films.rows { x[t, 0] = .nan } }
        return x
      }
      return (s, MemberMean(own))
    }
    let data = EncodingData(
      bands: [Band("course")],
      pieces: pieces.enumerated().map { film, piece in
        Piece(stimulus: "film\(film)", features: [piece.feature], targets: piece.mean.mean)
      }, dt: 1, targetNames: ["mean"])
    let fit = try EncodingModel(PlantedSeries.settings).fit(data)
    let ceiling = fit.splitHalfCeiling(pieces.map(\.mean.members), splits: 100, seed: series.seed)
    return GateOutcome(
      value: NoiseCeiling.normalised(fit.full.r[0], ceiling: ceiling[0]), isValid: fit.isReportable(0))
  }

  func gate(in table: GateTableName = .ceilings, runs: Int = 500) -> Gate {
    let drop = dropsOut ? ", one leaves half-way" : ""
    let scenario =
      "\(members) members, reliability \(reliability.short), \(films.label), course AR \(course.short), "
      + "noise AR \(noise.short)\(drop)"
    let kinds = "AR\(course.short)-\(noise.short)" + (dropsOut ? "/drop" : "")
    let id = "\(members)m/rel\(reliability.short)/\(films.short)/\(kinds)"
    return Gate(
      id, in: table, scenario, [GateQuestion("r over ceiling", [.mean(0.97...1.04)])], runs: runs
    ) { seed in [[try outcome(PlantedSeries(scenario: scenario, seed: seed))]] }
  }

  static var gates: [Gate] {
    let films = [Films(count: 2, rows: 120), Films(count: 1, rows: 600), Films(count: 6, rows: 120)]
    return films.flatMap { films -> [CeilingGate] in
      [0.4, 0.7, 0.9].flatMap { reliability in
        [(0.9, 0.3), (0.97, 0.9)].map { course, noise in
          CeilingGate(films: films, members: 8, reliability: reliability, course: course, noise: noise)
        }
      } + [3, 5].map { CeilingGate(films: films, members: $0, reliability: 0.7, course: 0.9, noise: 0.5) }
        + [CeilingGate(films: films, members: 4, reliability: 0.7, course: 0.9, noise: 0.5, dropsOut: true)]
    }.map { $0.gate() }
  }
}
