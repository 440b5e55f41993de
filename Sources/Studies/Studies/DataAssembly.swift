import ContentIdentity
import Diagnostics
import EncodingModels
import LinearAlgebra
import Plans
import Showings
import Warehouse

/// Everything an encoding unit fits, put together from its arrays.
struct AssembledData {
  var data: EncodingData
  var keys: [PieceKey]
  var target: AssembledTarget
  var delaysS: [Double]
  /// Pieces with a target but without features.
  var droppedPieces: [PieceKey]

  /// Rows of the target in those pieces: they count as left out.
  var droppedRowCount: Int { droppedPieces.reduce(0) { $0 + (target.pieces[$1]?.times.count ?? 0) } }
}

extension UnitTask {
  var seed: UInt64 { UInt64(parameters["seed"]?.intValue ?? 1) }

  private var regionFilter: Set<String>? {
    parameters["regions"]?.arrayValue.map { Set($0.compactMap(\.stringValue)) }
  }

  /// Seconds per row: the target's own step, not finer than 1 s, unless the study asks.
  private func gridStep(_ native: Double?) -> Double {
    parameters["grid_s"]?.doubleValue ?? max(1, native ?? 1)
  }

  private var pieceCut: PieceCut {
    let features = arrays.filter { $0.role.hasPrefix("features-") || $0.role.hasPrefix("covariates-") }
    let folds = ["outer", "inner"].compactMap { parameters["encoding"]?[$0]?["leave_one"]?.stringValue }
    return PieceCut(ofFeatures: Set(features.map(\.piece)), leavesRunsOut: folds.contains("acquisition_run"))
  }

  /// The largest share of missing raters or subjects; nil: the study does not say.
  private var maxMissingShare: Double? { parameters["missing_share"]?.doubleValue }

  private func assembleTarget() throws -> (AssembledTarget, Double) {
    let arrays = arrays("target")
    let target = parameters["target"] ?? .null
    let transform = target["transform"]
    switch target["kind"]?.stringValue {
    case "synchrony":
      let step = target["step_s"]?.doubleValue
      let dt = gridStep(step)
      let assembled = try TargetAssembly.synchrony(
        arrays, dt: dt, regions: regionFilter, subject: target["subject"]?.stringValue, transform: transform)
      return (assembled, dt)
    case "response":
      let assembled = try TargetAssembly.response(
        arrays, placements: parameters["placements"] ?? .null, cut: pieceCut, regions: regionFilter,
        isGroup: target["level"]?.stringValue != "subject",
        maxMissingShare: maxMissingShare ?? 0, transform: transform, gridStep: gridStep)
      return (assembled, gridStep(assembled.pieces.values.compactMap(\.step).first))
    default:
      let step = try arrays.first.map {
        SampleClock.spacing(try ArrayReader.read($0.reference).axis("time")?.numbers ?? [])
      }
      let dt = gridStep(step ?? nil)
      let name = target["name"]?.stringValue ?? "annotation"
      let bad = BadSegment.all(in: target["bad"])
      var assembled = try TargetAssembly.annotation(
        arrays, dt: dt, name: name, transform: transform, bad: bad, maxMissingShare: maxMissingShare)
      let peers = self.arrays("peers")
      if !peers.isEmpty {
        // The other raters matter to the ceiling alone.
        assembled.repeats.own = arrays.first?.person
        assembled.repeats.join(
          try TargetAssembly.annotation(peers, dt: dt, name: name, transform: transform, bad: bad).repeats)
      }
      return (assembled, dt)
    }
  }

  /// Bands, pieces and target of the unit, all on one grid.
  func assemble() throws -> AssembledData {
    let (target, dt) = try assembleTarget()
    guard !target.pieces.isEmpty else {
      throw EvokeError(
        .noCommonData, label, reason: "none of its arrays holds the target",
        remedy: "check the study's datasets and filters")
    }
    let bands = bandSpecs
    var series: [[PieceKey: ClockSeries]] = []
    for band in bands { series.append(try features(band, dt: dt)) }
    var pieces: [Piece] = []
    var keys: [PieceKey] = []
    var dropped: [PieceKey] = []
    for (key, own) in target.pieces.sorted(by: { $0.key < $1.key }) {
      let found = series.compactMap { $0[key] ?? $0[PieceKey(stimulus: key.stimulus, run: nil)] }
      guard found.count == bands.count, !own.times.isEmpty else {
        dropped.append(key)
        continue
      }
      pieces.append(piece(key, own, found, runs: target.runs[key] ?? [], dt: dt))
      keys.append(key)
    }
    guard !pieces.isEmpty else {
      throw EvokeError(
        .noCommonData, label,
        reason: "no stimulus has both the features and the target (\(dropped.map(\.label).joined(separator: ", ")))",
        remedy: "import or extract the features of these stimuli")
    }
    let delays = (parameters["delays_s"]?.arrayValue ?? []).compactMap(\.doubleValue)
    let rows = EncodingParameters.rows(delays.isEmpty ? [0] : delays, dt: dt)
    let data = EncodingData(
      bands: bands.map { $0.band(delays: rows) }, pieces: pieces, dt: dt, targetNames: target.labels, window: window)
    return AssembledData(
      data: data, keys: keys, target: target, delaysS: rows.map { Double($0) * dt }, droppedPieces: dropped)
  }

  private func piece(
    _ key: PieceKey, _ own: ClockSeries, _ found: [ClockSeries], runs: Set<String>, dt: Double
  ) -> Piece {
    let grid = own.grid(dt: dt, isAnchored: parameters["target"]?["kind"]?.stringValue != "annotation")
    return Piece(
      stimulus: key.stimulus, run: key.run, runs: runs, material: material(of: key), start: grid.start,
      features: zip(bandSpecs, found).map { band, series in
        HaemodynamicFeature.response(band.json).map { series.convolved(with: $0, on: grid) } ?? series.onGrid(grid)
      }, targets: own.onGrid(grid))
  }

  /// The feature arrays of a piece: two pieces that share one are showings of the same sound.
  private func material(of key: PieceKey) -> Set<String> {
    let own = Dictionary(
      grouping: arrays.filter { $0.role != "target" && $0.role != "peers" && $0.piece.stimulus == key.stimulus },
      by: \.role)
    let shown = own.values.flatMap { arrays in
      let byRun = arrays.filter { $0.piece == key }
      return byRun.isEmpty ? arrays.filter { $0.piece.run == nil } : byRun
    }
    return Set(shown.map { "\(key.stimulus) \($0.reference.sha256)" })
  }

  private var window: TargetWindow? {
    guard let target = parameters["target"], let seconds = target["window_s"]?.doubleValue else { return nil }
    return TargetWindow(
      seconds: seconds, step: target["step_s"]?.doubleValue ?? 1,
      anchor: .init(rawValue: target["anchor"]?.stringValue ?? "") ?? .centre,
      averagesFeatures: target["window_features"]?.boolValue ?? true)
  }

  struct BandSpec {
    let role: String
    let json: JSONValue
    let isCovariate: Bool

    func band(delays: [Int]) -> Band {
      let isShared = json["penalty"]?.stringValue == "shared"
      return Band(
        json["name"]?.stringValue ?? role, role: isCovariate ? .covariate : .tested,
        reduction: EncodingParameters.reduction(json["reduce"]), delays: delays,
        penalty: isCovariate && !isShared ? .smallestStable : .selected())
    }
  }

  private var bandSpecs: [BandSpec] {
    let tested = (parameters["features"]?.arrayValue ?? []).enumerated().map {
      BandSpec(role: "features-\($0.offset)", json: $0.element, isCovariate: false)
    }
    let covariates = (parameters["covariates"]?.arrayValue ?? []).enumerated().map {
      BandSpec(role: "covariates-\($0.offset)", json: $0.element, isCovariate: true)
    }
    return tested + covariates
  }

  /// The band's columns per piece. A unit that makes all layers of a model is narrowed to the band's layer; an annotation
  /// is the mean over its raters.
  private func features(_ band: BandSpec, dt: Double) throws -> [PieceKey: ClockSeries] {
    if let annotation = band.json["annotation"] {
      return try ratings(band, bad: BadSegment.all(in: annotation["bad"]), dt)
    }
    var result: [PieceKey: ClockSeries] = [:]
    let layer = band.json["layer"]?.stringValue
    for array in arrays(band.role) where layer == nil || array.description.layerKey == layer {
      result[array.piece] = try array.series().onOwnBins(dt: dt).transformed(band.json["transform"])
    }
    return result
  }

  /// Raters' mean per piece, as of a target, on the grid of the fastest of them where that is finer than the target's.
  private func ratings(_ band: BandSpec, bad: [BadSegment], _ dt: Double) throws -> [PieceKey: ClockSeries] {
    let members = arrays(band.role)
    let steps = try members.compactMap {
      SampleClock.spacing(try ArrayReader.read($0.reference).axis("time")?.numbers ?? [])
    }
    return try TargetAssembly.annotation(
      members, dt: min(dt, steps.min() ?? dt), name: band.json["name"]?.stringValue ?? "annotation",
      transform: band.json["transform"], bad: bad, maxMissingShare: maxMissingShare
    ).pieces
  }
}
