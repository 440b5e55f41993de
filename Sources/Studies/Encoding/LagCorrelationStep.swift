import ContentIdentity
import Diagnostics
import EncodingModels
import LinearAlgebra
import Recordings
import Statistics
import StudyFiles
import Warehouse
import Work

/// One feature against one rating at several lags, stimulus by stimulus, with the largest r against the largest of draws in
/// which the feature's phases are random.
///
/// A draw turns the phases of a stimulus by the same angles whoever rated it and whatever the feature, so that it is one draw
/// for all subjects and features of a comparison.
struct LagCorrelationStep: WorkStep {
  struct Parameters: Codable, Sendable, DatasetParameters {
    let keys: FitKeys
    let feature: FitFeature
    let target: FitTarget
    /// The largest share of missing raters of a row.
    let missingShare: Double
    /// Seconds per row; nil: the rating's own step, not finer than 1 s.
    let gridS: Double?
    /// Lags of the rating behind the feature; they are used at the nearest row of the grid.
    let lagsS: [Double]
    /// Phase draws; 0: there is no null.
    let draws: Int
    let seed: UInt64

    var dataset: String { keys.dataset }

    /// What puts feature and rating on one grid: nothing is fitted.
    fileprivate var design: FitParameters {
      FitParameters(
        keys: keys, features: [feature], target: target, delays: .single([0]), encoding: EncodingSettings(),
        regions: nil, regionInfo: [:], missingShare: missingShare, gridS: gridS, subjectCount: 0, store: [], lagsS: [])
    }
  }

  let name = "lag_correlation"
  let version = 5
  let summary = "correlation of one feature with one rating at several lags, stimulus by stimulus"
  let tables: [any ResultRow.Type] = [LagCurveRow.self, LagPointRow.self]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let assembled = try DataAssembly(task, parameters.design, covariates: [], coversFeatures: true).laidOut()
    let columns = assembled.data.pieces.map(\.features[0].columns).reduce(0, max)
    guard columns == 1 else {
      throw EvokeError(
        .lagNeedsOneColumn, task.label, reason: "\(parameters.feature.name) has \(columns) columns",
        remedy: "write transform: changes at the feature: how far its columns move together; or import one column")
    }
    guard !parameters.rows(dt: assembled.data.dt).isEmpty else {
      throw EvokeError(
        .noCommonData, task.label, reason: "no row of \(assembled.data.dt) s lies within the lags",
        remedy: "write lags_s of a row or more, or a finer filters.grid")
    }
    let flags = assembled.target.missing.flags(of: 0).union(parameters.areLevels ? [.levelsCorrelated] : [])
    var curves: [LagCurve] = []
    for (place, key) in assembled.keys.enumerated() {
      curves.append(
        LagCurve(assembled.data.pieces[place], of: key, dt: assembled.data.dt, flags: flags, parameters))
      progress(Double(place + 1) / Double(assembled.keys.count))
    }
    let draws = (0..<parameters.draws).map { draw in curves.map { Correlation.fisherZ($0.draws[draw]) } }
    try LagArrays(unit: task.key, parameters.keys, writer).write(
      curves.map(\.key.label), flags: curves.map(\.flags), draws: draws
    ) { score in curves.map { $0.value(score) } }
    return [
      ResultRows(curves.map { $0.row(unit: task.key, parameters) }),
      ResultRows(curves.flatMap { $0.points(unit: task.key) }),
    ]
  }
}

extension LagCorrelationStep.Parameters {
  /// Lags in rows, ascending. The nearest row of the largest lag can lie beyond it: what was not asked for has no say in the
  /// maximum.
  fileprivate func rows(dt: Double) -> [Int] {
    let largest = lagsS.reduce(-.infinity, max)
    return FitParameters.rows(lagsS, dt: dt).filter { Double($0) * dt <= largest + 1e-9 }
  }

  /// Whether neither series is one of changes.
  fileprivate var areLevels: Bool { feature.transform != .changes && target.transform != .changes }
}

/// The correlations of one stimulus over lags.
private struct LagCurve {
  let key: PieceKey
  let lagsS: [Double]
  let curve: LaggedCorrelation
  /// The largest r of every draw.
  let draws: [Double]
  let flags: Set<EncodingFlag>

  init(
    _ piece: Piece, of key: PieceKey, dt: Double, flags: Set<EncodingFlag>, _ parameters: LagCorrelationStep.Parameters
  ) {
    let (leader, follower) = (piece.features[0].column(0), piece.targets.column(0))
    let lags = parameters.rows(dt: dt)
    self.key = key
    lagsS = lags.map { Double($0) * dt }
    curve = LaggedCorrelation(leader, follower, lags: lags)
    let null = curve.peak == nil ? nil : LeaderPhases(leader)
    draws =
      null.map { null in
        (0..<parameters.draws).map { draw in
          let stream = RandomStream(
            seed: parameters.seed, purpose: "lag_phase", key: key.stimulus, draw: draw)
          return LaggedCorrelation(null.draw(stream), follower, lags: lags).maximum
        }
      } ?? [Double](repeating: .nan, count: parameters.draws)
    var found = flags
    if Autocorrelation.lag1([follower]) > 0.98 { found.insert(.nearNonstationary) }
    if Autocorrelation.effectiveCount([leader], [follower]) < 10 { found.insert(.lowEffectiveCount) }
    self.flags = found
  }

  /// Of the draws' maxima in Fisher z.
  var null: NullSummary? {
    draws.isEmpty ? nil : NullSummary(observed: z, draws: draws.map(Correlation.fisherZ))
  }

  var z: Double { Correlation.fisherZ(curve.maximum) }

  /// z over the spread of the draws' z; NaN without draws or spread.
  var standardised: Double {
    guard let null, null.sd > 0 else { return .nan }
    return (z - null.mean) / null.sd
  }

  private func name(_ unit: String) -> String { "\(unit.prefix(24))/\(key.label)" }

  func row(unit: String, _ parameters: LagCorrelationStep.Parameters) -> LagCurveRow {
    let (keys, null) = (parameters.keys, null)
    return LagCurveRow(
      curveKey: name(unit), dataset: keys.dataset, cohort: keys.cohort, subject: keys.subject, rater: keys.rater,
      stimulus: key.stimulus, run: key.run, rating: keys.target, featureSet: keys.featureSet, model: keys.model,
      layerKey: keys.layerKey, element: keys.element.rawValue, transform: parameters.feature.transform.spelled,
      ratingTransform: parameters.target.transform.spelled, maxR: curve.maximum,
      lagAtMaxS: curve.peak.map { lagsS[$0] },
      z: z, nullKind: null == nil ? nil : "phase", nullDraws: null == nil ? nil : draws.count, nullMean: null?.mean,
      nullSd: null?.sd, zStandardised: null == nil ? nil : standardised, p: null?.p,
      pFloor: null == nil ? nil : 1 / Double(draws.count + 1), flags: Reportable.spelled(flags),
      valid: Reportable.isValid(curve.maximum, flags, stimulusCount: 1) ? 1 : 0)
  }

  func points(unit: String) -> [LagPointRow] {
    lagsS.indices.map { LagPointRow(curveKey: name(unit), lagS: lagsS[$0], r: curve.r[$0], n: curve.counts[$0]) }
  }

  func value(_ score: LagScore) -> Double {
    switch score {
    case .z: z
    case .zStandardised: standardised
    }
  }
}

/// The leading series of a stimulus with random phases, missing where it is missing.
private struct LeaderPhases {
  private let series: [Double]
  private let rows: Range<Int>
  private let randomiser: PhaseRandomiser

  /// nil where the series has no value.
  init?(_ series: [Double]) {
    guard let first = series.firstIndex(where: { !$0.isNaN }), let last = series.lastIndex(where: { !$0.isNaN }) else {
      return nil
    }
    self.series = series
    rows = first..<last + 1
    randomiser = PhaseRandomiser(Array(series[rows]), rows: rows.count, columns: 1)
  }

  func draw(_ stream: RandomStream) -> [Double] {
    var drawn = series
    randomiser.draw(stream, into: &drawn, offset: rows.lowerBound)
    for row in rows where series[row].isNaN { drawn[row] = .nan }
    return drawn
  }
}

extension SeriesTransform {
  /// As in the study file: a word or JSON.
  fileprivate var spelled: String {
    switch self {
    case .none: "none"
    case .changes: "changes"
    case .smooth(let seconds): JSONValue.object(["smooth_s": .number(seconds)]).canonical
    }
  }
}
