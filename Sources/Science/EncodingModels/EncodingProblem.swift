import Diagnostics
import LinearAlgebra
import Statistics
import Vocabulary

/// Encoding data laid out for fitting: pieces one below the other, features averaged over the target's window, and the
/// targets grouped by their missing rows (a group shares its training rows, so all its targets are fitted at once).
struct EncodingProblem: Sendable {
  /// Targets of equal missingness.
  struct Group: Sendable {
    let targets: [Int]
    /// Per row: the group's targets and all delayed features are there, and the row is not trimmed.
    let valid: [Bool]
  }

  private(set) var bands: [Band]
  let settings: EncodingSettings
  let dt: Double
  let stimuli: [String]
  let runs: [String?]
  /// Row ranges of the pieces.
  let pieces: [Range<Int>]
  /// Rows of every piece that any target can use; folds divide these.
  let usable: [Range<Int>]
  /// Per band `[rows, columns]`.
  let features: [Matrix]
  /// `[rows, targets]`, z-scored per piece under `.perStimulus`.
  let targets: Matrix
  let targetNames: [String]
  let window: TargetWindow?
  let groups: [Group]
  let droppedCount: [Int]

  var rowCount: Int { targets.rows }
  var targetCount: Int { targets.columns }

  init(_ data: EncodingData, _ settings: EncodingSettings) throws {
    try Self.check(data)
    bands = data.bands
    self.settings = settings
    dt = data.dt
    window = data.window
    targetNames = data.targetNames
    stimuli = data.pieces.map(\.stimulus)
    runs = data.pieces.map(\.run)
    var next = 0
    var ranges: [Range<Int>] = []
    for piece in data.pieces {
      ranges.append(next..<(next + piece.rowCount))
      next += piece.rowCount
    }
    pieces = ranges
    features = try data.bands.indices.map { band in
      var values: [Double] = []
      for piece in data.pieces { values += try Self.windowed(piece.features[band], data).values }
      return Matrix(rows: next, columns: data.pieces[0].features[band].columns, values: values)
    }
    let usableRows = Self.featureRows(features, data.bands, ranges, settings, dt: data.dt)
    var y = Matrix(rows: next, columns: data.targetCount, values: data.pieces.flatMap(\.targets.values))
    groups = try Self.grouped(y, usableRows, names: data.targetNames)
    droppedCount = (0..<y.columns).map { target in next - (0..<next).count { usableRows[$0] && y[$0, target].isFinite }
    }
    if settings.standardisation == .perStimulus { Self.standardisePieces(&y, ranges, usableRows) }
    targets = y
    let groupMasks = groups.map(\.valid)
    usable = ranges.map { range in
      let rows = range.filter { row in groupMasks.contains { $0[row] } }
      return rows.isEmpty ? range.lowerBound..<range.lowerBound : rows[0]..<(rows[rows.count - 1] + 1)
    }
  }

  /// The problem with the bands of a selected penalty penalised by λ / share (SCIENCE 11.4); a share of 0 leaves one out.
  func sharing(_ shares: [Double]) -> EncodingProblem {
    var copy = self
    let selected = bands.indices.filter { if case .selected = bands[$0].penalty { true } else { false } }
    precondition(shares.count == selected.count, "one share per band")
    for (band, share) in zip(selected, shares) { copy.bands[band].penalty = .selected(weight: 1 / share) }
    return copy
  }

  /// The candidates among which every target of a fold finds its own: the problem itself, or one for each division of the
  /// penalty among bands.
  var candidates: [EncodingProblem] {
    let count = bands.count { if case .selected = $0.penalty { true } else { false } }
    guard settings.bandSearch, count > 1 else { return [self] }
    return BandShares.candidates(count, seed: settings.seed).map(sharing)
  }

  private static func check(_ data: EncodingData) throws {
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

  /// Features averaged over the target's window, or the refusal of delays that miss it (SCIENCE 11A.6).
  private static func windowed(_ feature: Matrix, _ data: EncodingData) throws -> Matrix {
    guard let window = data.window else { return feature }
    let bins = try window.bins(dt: data.dt)
    if window.averagesFeatures { return window.average(feature, over: bins) }
    let needed = (1 - bins.upperBound)...(-bins.lowerBound)
    for band in data.bands {
      let (low, high) = (band.delays.min() ?? 0, band.delays.max() ?? 0)
      guard low <= needed.lowerBound, high >= needed.upperBound else {
        let list = "\(min(low, needed.lowerBound))...\(max(high, needed.upperBound))"
        throw EvokeError(
          .delaysMissWindow, "\(band.name), delays \(low)...\(high) rows",
          reason: "a window of \(window.seconds) s reaches over delays \(needed.lowerBound)...\(needed.upperBound)",
          remedy: "use window_features: true, or the delays \(list) times \(data.dt) s")
      }
    }
    return feature
  }

  /// Rows whose delayed features are all there, and that are not trimmed.
  private static func featureRows(
    _ features: [Matrix], _ bands: [Band], _ pieces: [Range<Int>], _ settings: EncodingSettings, dt: Double
  ) -> [Bool] {
    let finite = features.map { feature in
      (0..<feature.rows).map { row in
        for j in 0..<feature.columns where !feature.values[row * feature.columns + j].isFinite { return false }
        return true
      }
    }
    var rows = [Bool](repeating: false, count: pieces.last?.upperBound ?? 0)
    let (head, tail) = (Int((settings.trim.start / dt).rounded(.up)), Int((settings.trim.end / dt).rounded(.up)))
    for piece in pieces {
      for row in piece where row >= piece.lowerBound + head && row < piece.upperBound - tail {
        rows[row] = bands.indices.allSatisfy { band in
          bands[band].delays.allSatisfy { delay in
            let source = row - delay
            return piece.contains(source) ? finite[band][source] : settings.delayEdges == .zero
          }
        }
      }
    }
    return rows
  }

  private static func grouped(_ y: Matrix, _ usable: [Bool], names: [String]) throws -> [Group] {
    var masks: [[Bool]: [Int]] = [:]
    for target in 0..<y.columns {
      let mask = (0..<y.rows).map { usable[$0] && y[$0, target].isFinite }
      masks[mask, default: []].append(target)
    }
    // A target without a row keeps NaN scores; only when none has any is there nothing to fit.
    let groups = masks.filter { $0.key.contains(true) }.map { Group(targets: $0.value, valid: $0.key) }
      .sorted { $0.targets[0] < $1.targets[0] }
    guard !groups.isEmpty else {
      throw EvokeError(
        .noEncodingRows, names.count == 1 ? names[0] : "\(names.count) targets",
        reason: "no row has a target and all delayed features (\(usable.count { $0 }) rows have the features)",
        remedy: "shorten delays, window or trim, or check that features and target cover the same time")
    }
    return groups
  }

  private static func standardisePieces(_ y: inout Matrix, _ pieces: [Range<Int>], _ rows: [Bool]) {
    for piece in pieces {
      for target in 0..<y.columns {
        let values = piece.filter { rows[$0] && y[$0, target].isFinite }.map { y[$0, target] }
        let sd = Moments.standardDeviation(values, degreesOfFreedom: 0)
        let mean = Moments.mean(values)
        for row in piece { y[row, target] = sd > 0 ? (y[row, target] - mean) / sd : y[row, target] - mean }
      }
    }
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
