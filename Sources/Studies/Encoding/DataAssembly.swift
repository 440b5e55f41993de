import Diagnostics
import EncodingModels
import LinearAlgebra
import Recordings
import Showings
import Vocabulary
import Warehouse
import Work

/// Everything an encoding unit fits, put together from its arrays.
struct AssembledData {
  var data: EncodingData
  var keys: [PieceKey]
  var target: AssembledTarget
  /// Pieces with a target but without features.
  var droppedPieces: [PieceKey]
  /// The columns of every band as they are given, before reduction.
  let featureLabels: [[String]]

  /// Rows of slivers between pauses: they count as left out.
  var sliverRowCount: Int { Int((target.sliverS / data.dt).rounded()) }

  /// Rows of the target in those pieces: they count as left out.
  var droppedRowCount: Int { droppedPieces.compactMap { target.pieces[$0]?.times.count }.reduce(0, +) }

  /// What becomes of the features' delays.
  var delayShape: DelayColumns.Shape { data.bands[0].delayColumns.shape }

  /// Those of a tested band, in seconds; nil: those of all of them, each once.
  func delays(of band: Int?) -> [Double] {
    let bands = band.map { [data.bands[$0]] } ?? data.bands.filter { $0.role == .tested }
    return Set(bands.flatMap(\.delays)).sorted().map { Double($0) * data.dt }
  }
}

/// Puts the arrays of one unit together, as its parameters say.
struct DataAssembly {
  /// A feature or covariate and the role of its arrays.
  private struct FitBand {
    let role: FitRole
    let feature: FitFeature
    let isCovariate: Bool

    /// With every delay as a column.
    func band(delays: [Int]) -> Band {
      Band(
        feature.name, role: isCovariate ? .covariate : .tested, reduction: feature.reduction, delays: delays,
        penalty: isCovariate ? .smallestStable : .selected())
    }
  }

  private let task: UnitTask
  private let parameters: FitParameters
  private let bands: [FitBand]
  private let standIns: StandIns
  private let coversFeatures: Bool
  /// The columns of every band, where other data say their order.
  private let columns: [[String]]?

  /// - Parameters:
  ///   - standIns: what stands for arrays that are not made yet; a fit has none.
  ///   - coversFeatures: whether pieces reach to the end of their features where the target ends before, so that the rows of a
  ///     piece are the same whoever rated it; the target is missing there.
  ///   - columns: the columns of every band in the order of other data, to which the model is applied; nil: those of the first
  ///     piece.
  /// - Throws: `E-EXE-007` where target, a feature or a covariate has no array.
  init(
    _ task: UnitTask, _ parameters: FitParameters, covariates: [FitFeature], standIns: StandIns = StandIns(),
    coversFeatures: Bool = false, columns: [[String]]? = nil
  ) throws {
    (self.coversFeatures, self.columns) = (coversFeatures, columns)
    self.task = task
    self.parameters = parameters
    self.standIns = standIns
    bands =
      parameters.features.enumerated().map {
        FitBand(role: .feature($0.offset), feature: $0.element, isCovariate: false)
      }
      + covariates.enumerated().map {
        FitBand(role: .covariate($0.offset), feature: $0.element, isCovariate: true)
      }
    for role in [.target] + bands.map(\.role) where standIns.series[role] == nil { _ = try task.array(role) }
  }

  /// Bands, pieces and target of the unit, all on one grid.
  ///
  /// Which rows count is known once everything is put together; where somebody is missing from a mean, or its members are
  /// z-scored, it is put together again with the levels and spreads that they have in the rows that count.
  ///
  /// - Throws: `E-ENC-...` where nothing holds both features and target, `E-REC-024` for uneven recordings.
  func assemble() throws -> AssembledData {
    var assembled = try laidOut()
    assembled.data = parameters.delays.chosen(for: assembled.data)
    return assembled
  }

  /// The same with every delay as a column, where the study leaves them to the training rows.
  func laidOut() throws -> AssembledData {
    let (first, dependsOnRows) = try laidOut(counted: [:])
    guard dependsOnRows else { return first }
    let rows = try first.data.countedRows(parameters.encoding)
    return try laidOut(counted: Dictionary(uniqueKeysWithValues: zip(first.keys, rows))).data
  }

  /// The columns of a feature in the order that another piece has them in, by name: tables of two stimuli may hold them in
  /// another. Names that have nothing in common, as of single columns called by their stimulus, tell nothing.
  ///
  /// - Throws: `E-ENC-002` where some of the columns are others.
  private static func columns(
    of series: ClockSeries, in wanted: [String], of band: FitBand, _ key: PieceKey
  ) throws -> ClockSeries {
    if series.labels == wanted { return series }
    if let own = series.reordered(wanted) { return own }
    let odd = Set(series.labels).symmetricDifference(wanted).sorted()
    guard !Set(series.labels).isDisjoint(with: wanted), !odd.isEmpty else { return series }
    throw EvokeError(
      .encodingShape, "\(band.feature.name) of \(key.label)",
      reason: "it has not the columns that other stimuli have: \(NearMiss.list(odd)) are in some of them alone",
      remedy: "evoke forget the odd ones; evoke import features FILE --space \(band.feature.name)=COLUMN,COLUMN with "
        + "the same columns for all")
  }

  /// While it is asked which rows count, none is missing because too few are there.
  private func missingShare(_ counted: [PieceKey: CountedRows]) -> Double {
    counted.isEmpty ? 1 : parameters.missingShare
  }

  private func laidOut(counted: [PieceKey: CountedRows]) throws -> (data: AssembledData, dependsOnRows: Bool) {
    let (target, dt) = try assembledTarget(counted)
    guard !target.pieces.isEmpty else {
      throw EvokeError(
        .noCommonData, task.label, reason: "none of its arrays holds the target",
        remedy: "check the study's datasets and filters")
    }
    var missing = target.missing
    let series = try bands.map { try features($0, dt: dt, counted, noting: &missing) }
    var pieces: [Piece] = []
    var keys: [PieceKey] = []
    var labels: [[String]] = []
    var dropped: [PieceKey] = []
    for (key, own) in target.pieces.sorted(by: { $0.key < $1.key }) {
      let found = series.compactMap { own in key.holders.lazy.compactMap { own[$0] }.first }
      guard found.count == bands.count, !own.times.isEmpty else {
        dropped.append(key)
        continue
      }
      if keys.isEmpty { labels = columns ?? found.map(\.labels) }
      let alike = try zip(zip(bands, found), labels).map { try Self.columns(of: $0.1, in: $1, of: $0.0, key) }
      pieces.append(try piece(key, own, alike, runs: target.runs(of: key), isPart: target.parts.contains(key), dt: dt))
      keys.append(key)
    }
    guard !pieces.isEmpty else {
      throw EvokeError(
        .noCommonData, task.label,
        reason: "no stimulus has both the features and the target (\(dropped.map(\.label).joined(separator: ", ")))",
        remedy: "import or extract the features of these stimuli")
    }
    var data = EncodingData(
      bands: try bands.map { $0.band(delays: try delays(of: $0, dt: dt)) },
      pieces: pieces, dt: dt,
      targetNames: target.labels, window: window)
    data.areAveraged = window?.averagesFeatures ?? false
    let assembled = AssembledData(
      data: data, keys: keys, target: target, droppedPieces: dropped, featureLabels: labels)
    return (assembled, missing.dependsOnRows)
  }

  /// The rows of a band's delays. A feature with delays of its own stands in the fit in the other direction, too: the row that
  /// is in neither direction is left out.
  private func delays(of band: FitBand, dt: Double) throws -> [Int] {
    guard let own = band.feature.delays else { return FitParameters.rows(parameters.delays, dt: dt) }
    let rows = FitParameters.rows(own, dt: dt).filter { $0 != 0 }
    guard !rows.isEmpty else {
      throw EvokeError(
        .noCommonData, task.label,
        reason: "all delays of \(band.feature.name) are at the row of the response itself: a row has \(dt) s",
        remedy: "write delays_s of a row or more, or a finer filters.grid")
    }
    return rows
  }

  private var window: TargetWindow? {
    if case .synchrony(let window, _) = parameters.target.source { window } else { nil }
  }

  /// Seconds per row: the target's own step, not finer than 1 s, unless the study asks.
  private func gridStep(_ native: Double?) -> Double { parameters.gridS ?? max(1, native ?? 1) }

  /// - Parameter isPart: whether other seconds of the stimulus were shown in other runs, or before a pause. What a part begins
  ///   with was shown at its beginning, and what comes before it in the stimulus at another time: no delay and no response
  ///   reaches there.
  private func piece(
    _ key: PieceKey, _ own: ClockSeries, _ found: [ClockSeries], runs: Set<String>, isPart: Bool, dt: Double
  ) throws -> Piece {
    let grid = isPart ? own.grid(dt: dt, isPart: true) : grid(own, found, dt: dt)
    let rows = try SummarisedRows(grid, window)
    return Piece(
      stimulus: key.stimulus, run: key.run, part: key.part, runs: runs,
      material: Self.material(material(of: key), of: own, isPart: isPart),
      start: grid.start,
      features: zip(bands, found).map { band, whole in
        let series = isPart ? whole.from(own.start) : whole
        return rows.mean(of: series) { finer in
          band.feature.hrf.map { series.convolved(with: HaemodynamicFeature.response($0), on: finer) }
            ?? series.onGrid(finer)
        }
      }, targets: own.onGrid(grid))
  }

  private func grid(_ own: ClockSeries, _ found: [ClockSeries], dt: Double) -> ClockSeries.Grid {
    let grid = own.grid(dt: dt, isAnchored: parameters.target.isAnchored)
    guard coversFeatures else { return grid }
    // An irregular stamp fills the row that it lies in.
    let ends = found.map { $0.step == nil ? $0.end + dt : $0.end }
    let last = ends.reduce(grid.start + Double(grid.count) * dt, max)
    return ClockSeries.Grid(start: grid.start, dt: dt, count: Int(((last - grid.start) / dt - 1e-6).rounded(.up)))
  }

  /// What a series is made of: its stretches of ten seconds, and the whole if it is no part.
  private static func material(_ whole: Set<String>, of series: ClockSeries, isPart: Bool) -> Set<String> {
    let seconds = series.start..<max(series.start, series.end)
    let tens = isPart ? ShownTens.ofPart(seconds) : ShownTens.ofWhole(seconds)
    let stretches = whole.flatMap { name in tens.map { "\(name) from \(10 * $0) s" } }
    return isPart ? Set(stretches) : whole.union(stretches)
  }

  /// The feature arrays of a piece: two pieces that share one are showings of the same sound.
  private func material(of key: PieceKey) -> Set<String> {
    let shown = bands.flatMap { band in
      let arrays = task.arrays(band.role).filter { $0.piece.stimulus == key.stimulus }
      let byRun = arrays.filter { $0.piece.run != nil && $0.piece.run == key.run }
      return byRun.isEmpty ? arrays.filter { $0.piece.run == nil } : byRun
    }
    return Set(shown.map { "\(key.stimulus) \($0.reference.sha256)" })
  }
}

extension FeatureDelays {
  /// The data with one of the delays where the study leaves it to the training rows which. Covariates keep every delay, so
  /// that what they explain is taken out as finely as by a list.
  func chosen(for data: EncodingData) -> EncodingData {
    guard case .automatic = self, let first = data.bands[0].delays.first, let last = data.bands[0].delays.last else {
      return data
    }
    var data = data
    for band in data.bands.indices where data.bands[band].role == .tested {
      data.bands[band].delayColumns = .chosen(first...last)
    }
    return data
  }
}

extension FitTarget {
  /// Whether its stamps are moments that a grid begins at.
  fileprivate var isAnchored: Bool { if case .annotation = source { false } else { true } }
}

// MARK: Target

extension DataAssembly {
  private func assembledTarget(_ counted: [PieceKey: CountedRows]) throws -> (AssembledTarget, dt: Double) {
    if let own = standIns.series[.target] {
      var target = AssembledTarget(labels: [parameters.keys.target])
      target.pieces = own.mapValues { $0.transformed(parameters.target.transform) }
      if case .response = parameters.target.source {
        target.parts = PieceCut.parts(own.map { ($0.key, $0.value.start..<$0.value.end) })
      }
      return (target, gridStep(own.values.compactMap(\.step).max()))
    }
    let assembly = TargetAssembly(
      regions: parameters.regions.map(Set.init), transform: parameters.target.transform,
      largestMissingShare: missingShare(counted), counted: counted)
    let arrays = task.arrays(.target)
    switch parameters.target.source {
    case .synchrony(let window, let subject):
      let dt = gridStep(window.step)
      return (try assembly.synchrony(arrays, dt: dt, subject: subject), dt)
    case .response(let level, let placements, let separatesRuns):
      let target = try assembly.response(
        arrays, placements: placements, cut: pieceCut(separatesRuns: separatesRuns), isGroup: level == .group,
        gridStep: gridStep)
      return (target, gridStep(target.pieces.values.compactMap(\.step).max()))
    case .annotation(let bad):
      let dt = gridStep(try steps(of: arrays).max())
      return (try annotation(arrays, assembly, dt: dt, bad: bad), dt)
    }
  }

  private func annotation(
    _ arrays: [TaskArray], _ assembly: TargetAssembly, dt: Double, bad: [BadSegment]
  ) throws -> AssembledTarget {
    let name = parameters.keys.target
    var target = try assembly.annotation(arrays, dt: dt, name: name, bad: bad)
    let peers = task.arrays(.peers)
    guard !peers.isEmpty else { return target }
    // The other raters matter to the ceiling alone.
    target.repeats.own = arrays.first?.person
    target.repeats.join(try assembly.annotation(peers, dt: dt, name: name, bad: bad).repeats)
    return target
  }

  /// Seconds from row to row of those arrays that are even; no other order of their names gives another grid.
  private func steps(of arrays: [TaskArray]) throws -> [Double] {
    try arrays.compactMap { EvenStamps(try ArrayReader.read($0.reference).seconds)?.step }
  }

  private func pieceCut(separatesRuns: Bool) -> PieceCut {
    PieceCut(ofFeatures: task.pieces(of: bands.map(\.role)), parameters.encoding, separatesRuns: separatesRuns)
  }
}

// MARK: Features

extension DataAssembly {
  /// The band's columns per piece. A unit that makes all layers of a model is narrowed to the band's layer; an annotation
  /// is the mean over its raters.
  private func features(
    _ band: FitBand, dt: Double, _ counted: [PieceKey: CountedRows], noting missing: inout MissingMembers
  ) throws -> [PieceKey: ClockSeries] {
    let made = try madeFeatures(band, dt: dt, counted, noting: &missing)
    guard let standIns = standIns.series[band.role] else { return made }
    let planned = standIns.mapValues { series in
      let labels = made.values.first?.labels ?? series.labels
      let blank = Matrix(rows: series.times.count, columns: labels.count)
      return ClockSeries(labels: labels, times: series.times, step: series.step, values: blank).onOwnBins(dt: dt)
        .transformed(band.feature.transform, isEmbedding: true)
    }
    return made.merging(planned) { own, _ in own }
  }

  private func madeFeatures(
    _ band: FitBand, dt: Double, _ counted: [PieceKey: CountedRows], noting missing: inout MissingMembers
  ) throws -> [PieceKey: ClockSeries] {
    let arrays = task.arrays(band.role)
    switch band.feature.source {
    case .ratings(let bad):
      let mean = try ratings(band.feature, arrays, bad: bad, dt, counted)
      missing.note(mean.missing)
      return mean.pieces
    case .columns: return try columns(band.feature, arrays, dt)
    case .layer(let key): return try columns(band.feature, arrays.filter { $0.description.layerKey == key }, dt)
    }
  }

  private func columns(_ feature: FitFeature, _ arrays: [TaskArray], _ dt: Double) throws -> [PieceKey: ClockSeries] {
    var result: [PieceKey: ClockSeries] = [:]
    for array in arrays {
      let series = try array.series().onOwnBins(dt: dt).transformed(feature.transform, isEmbedding: true)
      guard result.updateValue(series, forKey: array.piece) == nil else {
        throw EvokeError(
          .noCommonData, array.reference.name, reason: "\(feature.name) has a second array for \(array.piece.label)",
          remedy: "give each its own name with --space, and name the one that is meant")
      }
    }
    return result
  }

  /// Raters' mean per piece, as of a target, on the grid of the fastest of them where that is finer than the target's.
  private func ratings(
    _ feature: FitFeature, _ members: [TaskArray], bad: [BadSegment], _ dt: Double, _ counted: [PieceKey: CountedRows]
  ) throws -> AssembledTarget {
    let steps = try steps(of: members)
    let assembly = TargetAssembly(
      regions: nil, transform: feature.transform, largestMissingShare: missingShare(counted), counted: counted)
    return try assembly.annotation(
      members, dt: min(dt, steps.min() ?? dt), name: feature.name, bad: bad, isFeature: true)
  }
}
