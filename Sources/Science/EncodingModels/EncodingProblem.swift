import Diagnostics
import LinearAlgebra
import Statistics
import Vocabulary

/// Encoding data laid out for fitting: pieces one below the other, features averaged over the target's window, and which
/// rows count (a group of targets shares its training rows, so all of them are fitted at once).
struct EncodingProblem: Sendable {
  private(set) var bands: [Band]
  let settings: EncodingSettings
  let dt: Double
  let stimuli: [String]
  let runs: [String?]
  /// Which part of its stimulus a piece is that a pause divides from others; nil: none does.
  let parts: [String?]
  /// Every run that rows of a piece come from.
  let sources: [Set<String>]
  /// What every piece shows.
  let material: [Set<String>]
  /// Seconds from stimulus onset to the first row of every piece.
  let starts: [Double]
  /// Which rows count.
  let kept: KeptRows
  /// Per band `[rows, columns]`.
  private(set) var features: [Matrix]
  /// `[rows, targets]`, z-scored per piece under `.perStimulus`.
  let targets: Matrix
  let targetNames: [String]
  let window: TargetWindow?
  /// What position explains is taken out of features and targets; nil: nothing is.
  private(set) var position: PositionColumns?
  /// Per target.
  private(set) var treatments: [PositionTreatment] = []
  /// Seconds that a row of a windowed target summarises; 0 without a window.
  var windowSeconds: Double { window?.seconds ?? 0 }

  var pieces: [Range<Int>] { kept.pieces }
  var usable: [Range<Int>] { kept.usable }
  var groups: [KeptRows.Group] { kept.groups }
  var rowCount: Int { targets.rows }
  var targetCount: Int { targets.columns }

  /// - Parameters:
  ///   - kept: rows of data with more bands, where several models have the same; nil: those of the data.
  ///   - columns: what position is made of.
  init(
    _ data: EncodingData, _ settings: EncodingSettings, kept shared: KeptRows? = nil,
    columns kind: PositionColumns.Kind = .cosines
  ) throws {
    try Self.check(data)
    bands = data.bands
    self.settings = settings
    dt = data.dt
    window = data.window
    targetNames = data.targetNames
    stimuli = data.pieces.map(\.stimulus)
    runs = data.pieces.map(\.run)
    parts = data.pieces.map(\.part)
    sources = data.pieces.map(\.runs)
    material = data.pieces.map(\.material)
    starts = data.pieces.map(\.start)
    features = try data.stackedFeatures()
    var y = Matrix(
      rows: data.rowCount, columns: data.targetCount, values: data.pieces.flatMap(\.targets.values))
    kept = try shared ?? data.keptRows(settings, features)
    if settings.standardisation == .perStimulus { ColumnScaling.standardiseTargets(&y, kept) }
    targets = y
    if settings.position != .none { position = PositionColumns(self, kind) }
    treatments = positionTreatments()
  }

  /// The problem with the bands of a selected penalty penalised by λ / share; a share of 0 leaves one out.
  func sharing(_ shares: [Double]) -> EncodingProblem {
    var copy = self
    let selected = bands.indices.filter { if case .selected = bands[$0].penalty { true } else { false } }
    precondition(shares.count == selected.count, "one share per band")
    for (band, share) in zip(selected, shares) { copy.bands[band].penalty = .selected(weight: 1 / share) }
    return copy
  }

  /// The problem of one band alone, on the same rows.
  func only(_ band: Int) -> EncodingProblem { only(band, delayColumns: bands[band].delayColumns) }

  /// The same with other columns made of its past.
  func only(_ band: Int, delayColumns: DelayColumns) -> EncodingProblem {
    var copy = self
    (copy.bands, copy.features) = ([bands[band]], [features[band]])
    copy.bands[0].delayColumns = delayColumns
    return copy
  }

  /// The candidates among which every target of a fold finds its own: the problem itself, or one for each division of the
  /// penalty among bands.
  var candidates: [EncodingProblem] {
    let count = bands.count { if case .selected = $0.penalty { true } else { false } }
    guard settings.bandSearch, count > 1 else { return [self] }
    return BandShares.candidates(count, seed: settings.seed).map(sharing)
  }

  /// n / (1 + 2 Σ ρ²) of a target over rows in which it has a value: a feature as slow as the target.
  func effectiveCount(of target: Int, in rows: [Int]) -> Double {
    let own = rows.filter { targets[$0, target].isFinite }
    let series = byPiece(own) { targets[own[$0], target] }
    return Autocorrelation.effectiveCount(series, series)
  }

  /// The same of a test part, without position. It does not depend on what the features lack of it, so layers and nulls of
  /// one target count the same folds.
  func effectiveCount(of target: Int, scoredIn part: [Int]) -> Double {
    let own = part.filter { targets[$0, target].isFinite }
    let values = Matrix(rows: own.count, columns: 1, values: own.map { targets[$0, target] })
    let left = scored(values, in: own, of: part, as: target).values
    let series = byPiece(own) { left[$0] }
    return Autocorrelation.effectiveCount(series, series)
  }

  /// What ascending rows hold, by their places, as a series of every piece from its first row to its last: NaN stands for
  /// the rows between. Neighbours in it are neighbours in time, and never of two pieces.
  func byPiece(_ rows: [Int], _ value: (Int) -> Double) -> [[Double]] {
    var result: [[Double]] = []
    var piece = 0
    var previous = Int.min
    for (place, row) in rows.enumerated() {
      let isNew = previous == Int.min || row >= pieces[piece].upperBound
      while row >= pieces[piece].upperBound { piece += 1 }
      if isNew {
        result.append([])
      } else {
        for _ in (previous + 1)..<row { result[result.count - 1].append(.nan) }
      }
      result[result.count - 1].append(value(place))
      previous = row
    }
    return result
  }

  static func check(_ data: EncodingData) throws {
    func refuse(_ object: String, _ reason: String) -> EvokeError {
      EvokeError(.encodingShape, object, reason: reason, remedy: "bring features and targets to one grid first")
    }
    guard let first = data.pieces.first else { throw refuse("pieces", "there are none") }
    guard !data.bands.isEmpty else { throw refuse("bands", "there are none") }
    let names = Set(data.bands.map { "\($0.role.rawValue) \($0.name)" })
    guard names.count == data.bands.count else { throw refuse("bands", "two bands have the same name") }
    guard data.dt > 0, data.dt.isFinite else { throw refuse("grid", "the step is \(data.dt) s") }
    for piece in data.pieces {
      guard piece.features.count == data.bands.count else {
        throw refuse(piece.stimulus, "\(piece.features.count) bands where \(data.bands.count) are declared")
      }
      guard piece.targets.columns == data.targetCount, data.targetCount > 0 else {
        throw refuse(piece.stimulus, "\(piece.targets.columns) targets where \(data.targetCount) are named")
      }
      for (band, feature) in piece.features.enumerated() where feature.columns != first.features[band].columns {
        throw refuse(
          "\(piece.stimulus), \(data.bands[band].name)",
          "\(feature.columns) columns where other pieces have \(first.features[band].columns)")
      }
    }
  }
}

extension EncodingData {
  /// Rows of all pieces.
  var rowCount: Int { pieces.reduce(0) { $0 + $1.rowCount } }

  /// The rows of every piece where pieces stand one below the other.
  var rowRanges: [Range<Int>] {
    var next = 0
    return pieces.map { piece in
      defer { next += piece.rowCount }
      return next..<(next + piece.rowCount)
    }
  }

  /// Which rows count, with the features of all bands.
  ///
  /// - Throws: `E-ENC-001` where no row counts for any target, `E-ENC-002` and `E-ENC-003` as a fit does.
  func keptRows(_ settings: EncodingSettings) throws -> KeptRows {
    try EncodingProblem.check(self)
    return try keptRows(settings, stackedFeatures())
  }

  fileprivate func keptRows(_ settings: EncodingSettings, _ features: [Matrix]) throws -> KeptRows {
    try KeptRows(
      features: features,
      targets: Matrix(rows: rowCount, columns: targetCount, values: pieces.flatMap(\.targets.values)),
      pieces: rowRanges, reach: KeptRows.Reach(bands, settings, dt: dt), names: targetNames)
  }

  /// Per band `[rows, columns]`, averaged over the target's window.
  func stackedFeatures() throws -> [Matrix] {
    try bands.indices.map { band in
      var values: [Double] = []
      for piece in pieces { values += try windowed(piece.features[band]).values }
      return Matrix(rows: rowCount, columns: pieces[0].features[band].columns, values: values)
    }
  }

  /// Features averaged over the target's window, or the refusal of delays that miss it.
  private func windowed(_ feature: Matrix) throws -> Matrix {
    guard let window, !areAveraged else { return feature }
    let bins = try window.bins(dt: dt)
    if window.averagesFeatures { return window.average(feature, over: bins) }
    let needed = (1 - bins.upperBound)...(-bins.lowerBound)
    for band in bands {
      guard let low = band.delays.min(), let high = band.delays.max() else { preconditionFailure("a band has delays") }
      guard low <= needed.lowerBound, high >= needed.upperBound else {
        let list = "\(min(low, needed.lowerBound))...\(max(high, needed.upperBound))"
        throw EvokeError(
          .delaysMissWindow, "\(band.name), delays \(low)...\(high) rows",
          reason: "a window of \(window.seconds) s reaches over delays \(needed.lowerBound)...\(needed.upperBound)",
          remedy: "use window_features: true, or the delays \(list) times \(dt) s")
      }
    }
    return feature
  }
}

extension TargetWindow {
  /// The rows, relative to the target's own, that the window covers.
  ///
  /// A row's time is the start of its bin: `centre` covers `[t - w/2, t + w/2)`, `end` `[t - w, t)`, `start` `[t, t + w)`.
  public func bins(dt: Double) throws -> Range<Int> {
    let count = Int((seconds / dt).rounded())
    guard count >= 1, abs(Double(count) * dt - seconds) < 1e-6 * dt * Double(count + 1) else {
      throw EvokeError(
        .windowOffGrid, "window of \(seconds) s", reason: "the grid has steps of \(dt) s",
        remedy: "choose a grid that divides the window")
    }
    let first =
      switch anchor {
      case .start: 0
      case .centre: -(count / 2)
      case .end: -count
      }
    return first..<(first + count)
  }

  /// The mean of every column over the window of every row; NaN where the window leaves the piece or meets a NaN.
  public func average(_ x: Matrix, over bins: Range<Int>) -> Matrix {
    var result = Matrix(rows: x.rows, columns: x.columns, values: [Double](repeating: .nan, count: x.values.count))
    let p = x.columns
    var sums = [Double](repeating: 0, count: p)
    for row in 0..<x.rows where row + bins.lowerBound >= 0 && row + bins.upperBound <= x.rows {
      for j in 0..<p { sums[j] = 0 }
      for source in (row + bins.lowerBound)..<(row + bins.upperBound) {
        for j in 0..<p { sums[j] += x.values[source * p + j] }
      }
      for j in 0..<p { result.values[row * p + j] = sums[j] / Double(bins.count) }
    }
    return result
  }
}
