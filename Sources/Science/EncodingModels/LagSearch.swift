import LinearAlgebra
import Statistics
import Vocabulary

/// Single delays fitted one by one on the same rows and folds: which carries the score, with every delay counted in the
/// maximum statistic.
public struct LagSearch: Sendable {
  /// Rows of the grid, ascending.
  public let delays: [Int]
  /// One model per delay.
  public let fits: [EncodingFit]
  /// Per delay and target, from the draws of the delay alone; nil without draws.
  public let p: [[Double]]?
  /// Per delay and target, against the largest score of all delays of every draw; nil without draws.
  public let pMax: [[Double]]?
  /// Per target the clusters of neighbouring delays, cells being places in `delays`, of T = (score - null mean) / null SD
  /// above `ClusterMass.oneSidedThreshold`; nil without draws.
  public let clusters: [[ClusterMass.Cluster]]?
  /// Draws of the null, the same in every delay; nil without.
  public let draws: Int?

  /// - Parameters:
  ///   - stacksBands: as of the model.
  ///   - null: its draw of an index is the same in every delay; nil: none is made.
  /// - Throws: `E-ENC-...` where the data do not allow the fits.
  public init(
    _ data: EncodingData, delays: [Int], settings: EncodingSettings, stacksBands: Bool = false, null: NullRequest?
  ) throws {
    let delays = Set(delays).sorted()
    precondition(!delays.isEmpty, "a search has delays")
    // Where the data's own delays reach farther, the folds are those of the data's fit.
    var settings = settings
    settings.extraDelays += delays + data.bands.flatMap(\.delays)
    var data = data.selecting(bands: data.bands.indices.filter { data.bands[$0].role == .tested })
    for band in data.bands.indices { data.bands[band].delays = delays }
    let kept = try data.keptRows(settings)
    let cache = BandCache()
    let fits = try delays.map { delay in
      var one = data
      for band in one.bands.indices { one.bands[band].delays = [delay] }
      return try EncodingModel(settings, stacksBands: stacksBands).fit(one, cache, kept: kept)
    }
    self.delays = delays
    self.fits = fits
    guard let null else {
      (p, pMax, clusters, draws) = (nil, nil, nil, nil)
      return
    }
    let nulls = try fits.map { try $0.null(null) }
    p = nulls.map(\.p)
    draws = nulls[0].draws.rows
    let perTarget = nulls[0].observed.indices.map { t -> (pMax: [Double], clusters: [ClusterMass.Cluster]) in
      var draws = Matrix(rows: nulls[0].draws.rows, columns: nulls.count)
      for (j, own) in nulls.enumerated() { for d in 0..<draws.rows { draws[d, j] = own.draws[d, t] } }
      let observed = nulls.map { $0.observed[t] }
      let scaled = MultipleTesting.studentised(observed: observed, draws: draws)
      let mass = ClusterMass(
        observed: scaled.observed, draws: scaled.draws, adjacency: .line(nulls.count),
        threshold: ClusterMass.oneSidedThreshold)
      return (MultipleTesting.maxStatistic(observed: observed, draws: draws), mass.clusters)
    }
    pMax = delays.indices.map { lag in perTarget.map { $0.pMax[lag] } }
    clusters = perTarget.map(\.clusters)
  }
}
