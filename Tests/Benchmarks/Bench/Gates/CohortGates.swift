import EncodingModels
import LinearAlgebra
import Statistics
import Vocabulary

/// Two cohorts of unequal size and noise, whose members rate what one course drives or what two do: the features are those
/// of the first cohort's course.
struct CohortGate: Sendable {
  enum Truth: String, Sendable {
    /// Both follow the features.
    case equal
    /// Nobody follows them.
    case none
    /// The second cohort follows another course.
    case opposite
  }

  let truth: Truth
  let isShared: Bool
  let films: Films
  let members: (a: Int, b: Int)
  /// Standard deviation of a member's own noise; that of the course is 1.
  let noise: (a: Double, b: Double)

  private var settings: EncodingSettings {
    var settings = PlantedSeries.settings
    settings.outer = .leaveOne(.stimulus)
    return settings
  }

  /// What a cohort's fit gives: r over what its target allows, and r.
  private struct Side {
    let normalised: FoldwiseValues
    let plain: FoldwiseValues
    let isValid: Bool
  }

  private func outcomes(_ series: PlantedSeries) throws -> [GateOutcome] {
    let (a, b) = (try side(series, isFirst: true), try side(series, isFirst: false))
    return [(a.normalised, b.normalised), (a.plain, b.plain)].map { one, two in
      let contrast =
        isShared
        ? CohortContrast(shared: one, two, identity: ({ $0 }, { $0 })) : CohortContrast(disjoint: one, two)
      return GateOutcome(
        p: contrast.p, value: contrast.difference, low: contrast.low, high: contrast.high,
        isValid: a.isValid && b.isValid)
    }
  }

  private func side(_ series: PlantedSeries, isFirst: Bool) throws -> Side {
    let own = isFirst ? "a" : "b"
    let (count, spread) = isFirst ? (members.a, noise.a) : (members.b, noise.b)
    let pieces = (0..<films.count).map { film -> (features: Matrix, mean: MemberMean) in
      let heard = isShared ? "film\(film)" : "\(own) film\(film)"
      let x = series.autoregressive(films.rows, 6, 0.9, "features of \(heard)")
      let other = series.autoregressive(films.rows, 6, 0.9, "others of \(heard)")
      let follows = truth == .equal || (truth == .opposite && isFirst)
      // Half of the variance of what all feel is of the films alone.
      let course = series.targets(of: series.course(of: follows ? x : other), r: 0.7, count: 1, noise: 0.9, heard)
      let rated = (0..<count).map { member -> Matrix? in
        var y = series.autoregressive(films.rows, 1, 0.5, "\(own) member\(member) \(heard)")
        for t in 0..<films.rows { y[t, 0] = course[t, 0] + spread * y[t, 0] }
        return y
      }
      return (x, MemberMean(rated))
    }
    var data = EncodingData(
      bands: [Band("features")],
      pieces: pieces.enumerated().map { film, piece in
        Piece(stimulus: "film\(film)", features: [piece.features], targets: piece.mean.mean)
      }, dt: 1, targetNames: ["mean"])
    data.bands[0].delayColumns = .single([0])
    let fit = try EncodingModel(settings).fit(data)
    let ceiling = fit.splitHalfCeiling(pieces.map(\.mean.members), splits: 20, seed: series.seed)[0]
    let scores = fit.full.foldwise(of: 0)
    return Side(
      normalised: FoldwiseValues(scores, over: ceiling), plain: FoldwiseValues(meanOf: [scores]),
      isValid: fit.isReportable(0))
  }

  func gate(_ bounds: [GateBound], runs: Int = 1000) -> Gate {
    let stimuli = isShared ? "shared" : "different"
    let scenario =
      "\(truth.rawValue) cohorts, \(stimuli) \(films.label), \(members.a) against \(members.b) members, noise "
      + "\(noise.a.short) against \(noise.b.short)"
    let id =
      "\(truth.rawValue)/\(stimuli)/\(films.short)/\(members.a)-\(members.b)/noise\(noise.a.short)-\(noise.b.short)"
    return Gate(
      id, in: .cohorts, scenario, [GateQuestion("over ceiling", bounds), GateQuestion("r")], runs: runs
    ) { seed in try outcomes(PlantedSeries(scenario: scenario, seed: seed)).map { [$0] } }
  }

  static var gates: [Gate] {
    [true, false].flatMap { isShared -> [Gate] in
      let films = Films(count: isShared ? 6 : 8, rows: 120)
      func cohorts(_ truth: Truth, _ noise: (a: Double, b: Double)) -> CohortGate {
        CohortGate(truth: truth, isShared: isShared, films: films, members: (12, 40), noise: noise)
      }
      return [
        cohorts(.equal, (1, 1)).gate([.rejectedAtMost(0.065)]),
        cohorts(.equal, (2, 1)).gate([.rejectedAtMost(0.065)]),
        cohorts(.none, (2, 1)).gate([.rejectedAtMost(0.065)]),
        cohorts(.opposite, (2, 1)).gate([.rejectedAtLeast(0.8)]),
      ]
    }
  }
}
