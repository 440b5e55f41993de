import Diagnostics
import EncodingModels
import LinearAlgebra
import Vocabulary

/// How wide a feature is.
enum KnownWidth {
  /// As its arrays are.
  case ofArrays
  /// As its unit will make it; nil: nothing tells.
  case told(Int?)
}

/// The data that a design is told from, and changes of it that are tried.
struct DesignData {
  /// With every delay as a column.
  var data: EncodingData
  var settings: EncodingSettings
  private var delays: FeatureDelays
  /// Columns per band before delays; nil: not known.
  private var widths: [Int?]
  private let rowsWithoutFeatures: Int
  /// Whether the target is one of levels.
  let canChange: Bool

  init(_ assembled: AssembledData, _ parameters: FitParameters, known: [KnownWidth]) {
    data = assembled.data
    (settings, delays) = (parameters.encoding, parameters.delays)
    canChange = parameters.target.transform == .none
    widths = zip(known, data.bands.indices).map { width, band in
      switch width {
      case .ofArrays: assembled.data.pieces[0].features[band].columns
      case .told(let columns): columns
      }
    }
    rowsWithoutFeatures = assembled.droppedRowCount
  }

  func forecast() throws -> [DesignForecast] {
    try EncodingModel(settings).forecast(delays.chosen(for: data), widths: widths)
  }

  var layout: DesignLayout {
    var names: [String] = []
    var rows: [String: Int] = [:]
    for piece in data.pieces {
      if rows[piece.stimulus] == nil { names.append(piece.stimulus) }
      rows[piece.stimulus, default: 0] += piece.rowCount
    }
    return DesignLayout(
      stepS: data.dt,
      lengths: names.map { name in
        DesignLayout.Length(stimulus: name, seconds: Double(rows[name, default: 0]) * data.dt)
      }, rowsWithoutFeatures: rowsWithoutFeatures)
  }
}

extension DesignData {
  /// So many times as many stimuli of the same lengths; every second one runs backward.
  func withStimuli(times count: Int) -> DesignData {
    var copy = self
    copy.data.pieces = (0..<count).flatMap { round in
      data.pieces.map { piece in
        guard round > 0 else { return piece }
        let order = Array(0..<piece.rowCount)
        return Piece(
          stimulus: "\(piece.stimulus) \(round + 1)", start: piece.start,
          piece.rows(round.isMultiple(of: 2) ? order : order.reversed()))
      }
    }
    return copy
  }

  /// The same stimuli so many times as long: forward and backward in turn.
  func withLength(times count: Int) -> DesignData {
    var copy = self
    copy.data.pieces = data.pieces.map { piece in
      let order = Array(0..<piece.rowCount)
      let long = piece.rows((0..<count).flatMap { $0.isMultiple(of: 2) ? order : order.reversed() })
      return Piece(
        stimulus: piece.stimulus, run: piece.run, part: piece.part, runs: piece.runs, material: piece.material,
        start: piece.start, long)
    }
    return copy
  }

  /// The changes of the targets in place of their levels.
  func withChanges() -> DesignData {
    var copy = self
    for piece in data.pieces.indices {
      let y = data.pieces[piece].targets
      for row in 0..<y.rows {
        for t in 0..<y.columns { copy.data.pieces[piece].targets[row, t] = row > 0 ? y[row, t] - y[row - 1, t] : .nan }
      }
    }
    return copy
  }

  /// Single delays, in rows.
  func withDelays(_ delays: [Int]) -> DesignData {
    var copy = self
    copy.delays = .single(delays.map { Double($0) * data.dt })
    for band in data.bands.indices { copy.data.bands[band].delays = delays }
    return copy
  }

  func with(_ change: (inout EncodingSettings) -> Void) -> DesignData {
    var copy = self
    change(&copy.settings)
    return copy
  }

  /// The data of the first few targets: whether a change helps can be told from them.
  func narrowed(to count: Int) -> DesignData {
    guard data.targetCount > count else { return self }
    var copy = self
    copy.data = data.selecting(targets: Array(0..<count))
    return copy
  }

  /// Whether some target's score could be reported.
  func isWorthwhile() throws -> Bool {
    do { return try forecast().contains(where: \.isValid) } catch is EvokeError { return false }
  }
}

/// The series of a piece.
private struct PieceRows {
  let features: [Matrix]
  let targets: Matrix
}

extension Piece {
  fileprivate func rows(_ order: [Int]) -> PieceRows {
    PieceRows(features: features.map { $0.selecting(rows: order) }, targets: targets.selecting(rows: order))
  }

  fileprivate init(
    stimulus: String, run: String? = nil, part: String? = nil, runs: Set<String> = [], material: Set<String>? = nil,
    start: Double, _ rows: PieceRows
  ) {
    self.init(
      stimulus: stimulus, run: run, part: part, runs: runs, material: material, start: start,
      features: rows.features, targets: rows.targets)
  }
}
