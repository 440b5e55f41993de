import LinearAlgebra
import Vocabulary

/// How the weights of a band are penalised.
public enum Penalty: Sendable, Equatable {
  /// The selected lambda of the target times `weight` (ordinary ridge: 1).
  case selected(weight: Double = 1)
  /// A fixed lambda, not multiplied by the number of rows.
  case fixed(_ lambda: Double)
  /// The smallest value of the lambda grid that keeps the condition number of the band's own `ZᵀZ + λI` below 1e8
  /// on the training rows.
  case smallestStable
}

/// What is said of one set of columns: a feature set, or a set of covariates.
public struct Band: Sendable, Equatable {
  /// What a band is there for.
  public enum Role: String, Sendable { case tested, covariate }

  public var name: String
  public var role: Role
  /// How the columns are reduced before they are delayed; nil: they stay as they are.
  public var reduction: Reduction?
  /// The columns that are made of the feature's past, in rows of the grid.
  public var delayColumns: DelayColumns
  public var penalty: Penalty

  public init(
    _ name: String, role: Role = .tested, reduction: Reduction? = nil, delays: [Int] = [0],
    penalty: Penalty = .selected()
  ) {
    self.name = name
    self.role = role
    self.reduction = reduction
    delayColumns = .single(delays)
    self.penalty = penalty
  }

  /// Every delay that some column reads, ascending, in rows; a positive one lets the feature precede the target. Delays
  /// that are set are single ones.
  public var delays: [Int] {
    get { delayColumns.delays }
    set { delayColumns = .single(newValue) }
  }
}

/// One stimulus in one acquisition run, on a regular grid.
public struct Piece: Sendable {
  public var stimulus: String
  /// The acquisition run, where one stimulus was presented several times or a run is a fold.
  public var run: String?
  /// Which part of it, where a pause divides what was shown; nil: nothing does.
  public var part: String?
  /// Every run that rows come from: the run, or those of the showings that the targets are means over.
  public var runs: Set<String>
  /// What was shown: pieces that have some of it in common are showings of the same seconds; the stimulus unless told.
  /// Parts of a film in one run each have material of their own.
  public var material: Set<String>
  /// Seconds from stimulus onset to row 0 (row i stands for the bin `[start + i·dt, start + (i+1)·dt)`).
  public var start: Double
  /// Per band, in the order of `EncodingData.bands`: `[rows, columns]`, NaN where missing.
  public var features: [Matrix]
  /// `[rows, targets]`, NaN where missing.
  public var targets: Matrix

  public var rowCount: Int { targets.rows }

  public init(
    stimulus: String, run: String? = nil, part: String? = nil, runs: Set<String> = [], material: Set<String>? = nil,
    start: Double = 0, features: [Matrix], targets: Matrix
  ) {
    for feature in features { precondition(feature.rows == targets.rows, "features and targets differ in rows") }
    self.stimulus = stimulus
    (self.run, self.part) = (run, part)
    self.runs = runs.union([run].compactMap { $0 })
    self.material = material ?? [stimulus]
    self.start = start
    self.features = features
    self.targets = targets
  }
}

/// The window a target value summarises (synchrony in `[t - w/2, t + w/2)`, say).
public struct TargetWindow: Sendable, Equatable, Codable {
  /// Window and step in seconds.
  public var seconds: Double
  public var step: Double
  public var anchor: WindowAnchor
  /// Whether features are averaged over the same window before reduction and delays (the default).
  public var averagesFeatures: Bool

  public init(seconds: Double, step: Double, anchor: WindowAnchor = .centre, averagesFeatures: Bool = true) {
    self.seconds = seconds
    self.step = step
    self.anchor = anchor
    self.averagesFeatures = averagesFeatures
  }
}

/// Everything one encoding model is fitted to: pieces of the same bands and the same targets.
public struct EncodingData: Sendable {
  public var bands: [Band]
  public var pieces: [Piece]
  /// Seconds per row.
  public var dt: Double
  public var targetNames: [String]
  /// Set for targets that summarise a window.
  public var window: TargetWindow?
  /// Whether the features are averaged over it already, as finely as their own rows allow.
  public var areAveraged = false

  public var targetCount: Int { targetNames.count }

  public init(bands: [Band], pieces: [Piece], dt: Double, targetNames: [String], window: TargetWindow? = nil) {
    self.bands = bands
    self.pieces = pieces
    self.dt = dt
    self.targetNames = targetNames
    self.window = window
  }
}

extension EncodingData {
  /// The data of some bands.
  public func selecting(bands members: [Int]) -> EncodingData {
    var copy = self
    copy.bands = members.map { bands[$0] }
    for piece in pieces.indices { copy.pieces[piece].features = members.map { pieces[piece].features[$0] } }
    return copy
  }

  /// The data of some targets.
  public func selecting(targets members: [Int]) -> EncodingData {
    var copy = self
    copy.targetNames = members.map { targetNames[$0] }
    for piece in pieces.indices { copy.pieces[piece].targets = pieces[piece].targets.selecting(columns: members) }
    return copy
  }
}

/// The rows of a piece that count, on the piece's grid.
public struct CountedRows: Sendable {
  /// Seconds from stimulus onset to row 0, and per row.
  let start: Double
  let dt: Double
  /// Per target, whether a row counts.
  let targets: [[Bool]]
  /// Whether a feature's value in a row can change a result.
  let read: [Bool]

  /// Per target, whether what is sampled at these seconds stands in a row that counts.
  public func targets(at times: [Double]) -> [[Bool]] { targets.map { own in times.map { holds(own, $0) } } }

  /// Whether what a feature has at these seconds can change a result.
  fileprivate func features(at times: [Double]) -> [Bool] { times.map { holds(read, $0) } }

  private func holds(_ rows: [Bool], _ time: Double) -> Bool {
    let row = Int(((time - start) / dt + 1e-6).rounded(.down))
    return rows.indices.contains(row) && rows[row]
  }
}

extension [CountedRows] {
  /// Whether what a feature that all these pieces have has at these seconds can change a result.
  public func features(at times: [Double]) -> [Bool] {
    let own = map { $0.features(at: times) }
    return times.indices.map { row in own.contains { $0[row] } }
  }
}

extension EncodingData {
  /// The rows that count, per piece (`KeptRows`).
  ///
  /// - Throws: `E-ENC-001` where no row counts for any target, `E-ENC-002` and `E-ENC-003` as a fit does.
  public func countedRows(_ settings: EncodingSettings) throws -> [CountedRows] {
    let kept = try keptRows(settings)
    let none = [Bool](repeating: false, count: rowCount)
    let valid = (0..<targetCount).map { target in kept.groups.first { $0.targets.contains(target) }?.valid ?? none }
    return zip(pieces, kept.pieces).map { piece, rows in
      CountedRows(start: piece.start, dt: dt, targets: valid.map { Array($0[rows]) }, read: Array(kept.read[rows]))
    }
  }
}
