import LinearAlgebra
import Statistics

/// Whether features predict the targets of other stimuli, too: then they share a course that position leaves.
///
/// Over the common seconds of n stimuli, every one gets the features of its k-th successor, k from 1 to n - 1, at most 5;
/// the Fisher mean of these scores, and its difference from the score of the own features, are held against the same of
/// the features' phase surrogates.
struct SharedCourse {
  /// Per target: of the features of others; small where a course is shared.
  let othersP: [Double]
  /// Per target: of the own features less those of others; small where there is more than a course. NaN where not asked.
  let differenceP: [Double]

  /// nil with one stimulus. `comparesOwn`: whether the own features are held against those of others.
  init?(_ common: CommonSeconds, draws: Int, seed: UInt64, comparesOwn: Bool) throws {
    let fit = common.fit
    let count = common.stimuli.count
    guard count > 1 else { return nil }
    let orders = (1...min(5, count - 1)).map { shift in (0..<count).map { ($0 + shift) % count } }
    let source = try SurrogateSource(fit, NullRequest(.phase, draws: draws, seed: seed))
    func scores(_ series: (Int) -> [[Double]]) throws -> (own: [Double], others: [Double]) {
      let others = try orders.map { try common.r($0, of: series) }
      let own =
        comparesOwn
        ? try common.r(Array(0..<count), of: series).map(Correlation.fisherZ) : others[0].map { _ in .nan }
      return (own, own.indices.map { t in Correlation.fisherZ(Correlation.fisherMean(others.map { $0[t] })) })
    }
    let observed = try scores { fit.fits[$0].prepared.series }
    var (own, others) = ([[Double]](), [[Double]]())
    for draw in 0..<draws {
      source.prepare(draw)
      let drawn = try scores(source.series(of:))
      own.append(drawn.own)
      others.append(drawn.others)
    }
    othersP = observed.own.indices.map { t in
      NullSummary(observed: observed.others[t], draws: others.map { $0[t] }).p
    }
    differenceP = observed.own.indices.map { t in
      NullSummary(
        observed: observed.own[t] - observed.others[t], draws: own.indices.map { own[$0][t] - others[$0][t] }
      ).p
    }
  }
}
