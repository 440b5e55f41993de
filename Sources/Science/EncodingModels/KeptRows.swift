import Diagnostics
import LinearAlgebra

/// Which rows of which piece count, asked by scales, reductions, folds, nulls, ceilings and counts alike.
///
/// A row counts for a target where the target has a value, every delayed feature is there, and the row is not trimmed;
/// trimming counts from the first and to the last row that features and some target have. What is masked, excluded or a bad
/// segment arrives as NaN and does not count either. A feature's row is *read* where a row that counts for some target lies
/// at a delay from it between the smallest and the largest, no delay included. What stands in other rows changes no result.
public struct KeptRows: Sendable {
  /// Targets of equal missingness.
  public struct Group: Sendable {
    public let targets: [Int]
    /// Per row: it counts for the group's targets.
    public let valid: [Bool]
  }

  /// How much of the delayed features a row needs.
  struct Reach {
    /// Delays per band, in rows.
    let delays: [[Int]]
    /// Rows dropped at both ends of what both series have of every piece.
    let head: Int
    let tail: Int
    /// Whether samples outside the piece are taken as given.
    let fillsEdges: Bool
    let least: Int
    let largest: Int
    /// The smallest and the largest delay of all models of the target, also where this one has shorter ones.
    let span: ClosedRange<Int>

    init(_ bands: [Band], _ settings: EncodingSettings, dt: Double) {
      delays = bands.map(\.delays)
      head = Int((settings.trim.start / dt).rounded(.up))
      tail = Int((settings.trim.end / dt).rounded(.up))
      fillsEdges = settings.delayEdges == .zero
      least = delays.joined().reduce(0, min)
      largest = delays.joined().reduce(0, max)
      let all = delays.joined() + settings.extraDelays
      span = all.reduce(0, min)...all.reduce(0, max)
    }
  }

  /// Row ranges of the pieces.
  let pieces: [Range<Int>]
  /// Per row: every delayed feature is there, and the row is not trimmed.
  let complete: [Bool]
  public let groups: [Group]
  /// Rows of every piece that any target can use.
  let usable: [Range<Int>]
  /// Rows of every piece that folds divide: from the first to the last in which a target has a value and that no delay
  /// takes out of the piece. They do not depend on what the features lack, so all models of a target have the same folds.
  let divided: [Range<Int>]
  /// Per row: a feature's value in it can change a result.
  let read: [Bool]
  /// What a surrogate of a feature is made from: the piece without what is trimmed beyond the delays.
  let stretches: [Range<Int>]
  /// Rows that count and that do not, and why, per target.
  public let counts: [RowCounts]

  /// - Parameters:
  ///   - features: `[rows, columns]` per band, averaged over the target's window where that is asked for.
  ///   - targets: `[rows, targets]`, NaN where missing.
  /// - Throws: `E-ENC-001` where no row counts for any target.
  init(features: [Matrix], targets: Matrix, pieces: [Range<Int>], reach: Reach, names: [String]) throws {
    self.pieces = pieces
    let overlaps = Self.overlaps(features, targets, pieces)
    let states = Self.states(features, pieces, overlaps, reach)
    let complete = states.map { $0 == .complete }
    let groups = try Self.grouped(targets, complete, names)
    (self.complete, self.groups) = (complete, groups)
    let counts = complete.indices.map { row in groups.contains { $0.valid[row] } }
    usable = Self.spans(pieces) { counts[$0] }
    divided = Self.divided(targets, pieces, reach)
    read = Self.read(counts, pieces, reach)
    stretches = zip(pieces, overlaps).map { piece, overlap in
      let (head, tail) = (max(0, reach.head - reach.largest), max(0, reach.tail + reach.least))
      let first = head == 0 ? piece.lowerBound : min(piece.upperBound, overlap.lowerBound + head)
      return first..<max(first, tail == 0 ? piece.upperBound : overlap.upperBound - tail)
    }
    self.counts = (0..<targets.columns).map { RowCounts(states, target: targets.column($0)) }
  }

  /// Of every piece, from the first to the last row in which every feature and some target are there; empty where none is.
  private static func overlaps(_ features: [Matrix], _ targets: Matrix, _ pieces: [Range<Int>]) -> [Range<Int>] {
    pieces.map { piece in
      func isThere(_ row: Int) -> Bool {
        features.allSatisfy { isFinite($0, row) } && (0..<targets.columns).contains { targets[row, $0].isFinite }
      }
      guard let first = piece.first(where: isThere), let last = piece.last(where: isThere) else {
        return piece.lowerBound..<piece.lowerBound
      }
      return first..<(last + 1)
    }
  }

  /// Why a row cannot count for any target, or that it can.
  enum State { case complete, outside, trimmed, delayEdge, missingFeature }

  private static func states(
    _ features: [Matrix], _ pieces: [Range<Int>], _ overlaps: [Range<Int>], _ reach: Reach
  ) -> [State] {
    let finite = features.map { feature in (0..<feature.rows).map { isFinite(feature, $0) } }
    var states = [State](repeating: .outside, count: pieces.reduce(0) { max($0, $1.upperBound) })
    for (piece, overlap) in zip(pieces, overlaps) {
      for row in overlap {
        if row < overlap.lowerBound + reach.head || row >= overlap.upperBound - reach.tail {
          states[row] = .trimmed
          continue
        }
        states[row] = .complete
        for band in features.indices {
          for delay in reach.delays[band] {
            let isInside = piece.contains(row - delay)
            if isInside && !finite[band][row - delay] { states[row] = .missingFeature }
            if !isInside && !reach.fillsEdges && states[row] == .complete { states[row] = .delayEdge }
          }
        }
      }
    }
    return states
  }

  /// Per piece, from its first row of which something holds to its last.
  private static func spans(_ pieces: [Range<Int>], where holds: (Int) -> Bool) -> [Range<Int>] {
    pieces.map { piece in
      guard let first = piece.first(where: holds), let last = piece.last(where: holds) else {
        return piece.lowerBound..<piece.lowerBound
      }
      return first..<(last + 1)
    }
  }

  private static func divided(_ targets: Matrix, _ pieces: [Range<Int>], _ reach: Reach) -> [Range<Int>] {
    func hasTarget(_ row: Int) -> Bool { (0..<targets.columns).contains { targets[row, $0].isFinite } }
    let edges = reach.fillsEdges ? 0...0 : reach.span
    let inside = zip(pieces, spans(pieces, where: hasTarget)).map { piece, own in
      let first = max(own.lowerBound + reach.head, piece.lowerBound + edges.upperBound)
      let end = min(own.upperBound - reach.tail, piece.upperBound + edges.lowerBound)
      return first < end ? first..<end : piece.lowerBound..<piece.lowerBound
    }
    return spans(inside, where: hasTarget)
  }

  static func isFinite(_ x: Matrix, _ row: Int) -> Bool {
    for j in 0..<x.columns where !x.values[row * x.columns + j].isFinite { return false }
    return true
  }

  private static func grouped(_ y: Matrix, _ complete: [Bool], _ names: [String]) throws -> [Group] {
    var masks: [[Bool]: [Int]] = [:]
    for target in 0..<y.columns {
      masks[(0..<y.rows).map { complete[$0] && y[$0, target].isFinite }, default: []].append(target)
    }
    // A target without a row keeps NaN scores; only when none has any is there nothing to fit.
    let groups = masks.filter { $0.key.contains(true) }.map { Group(targets: $0.value, valid: $0.key) }
      .sorted { $0.targets[0] < $1.targets[0] }
    guard !groups.isEmpty else {
      throw EvokeError(
        .noEncodingRows, names.count == 1 ? names[0] : "\(names.count) targets",
        reason: "no row has a target and all delayed features (\(complete.count { $0 }) rows have the features)",
        remedy: "shorten delays, window or trim, or check that features and target cover the same time")
    }
    return groups
  }

  private static func read(_ counts: [Bool], _ pieces: [Range<Int>], _ reach: Reach) -> [Bool] {
    var read = [Bool](repeating: false, count: counts.count)
    for piece in pieces {
      var reached = piece.lowerBound
      for row in piece where counts[row] {
        let from = max(reached, row - reach.largest)
        let to = min(piece.upperBound - 1, row - reach.least)
        if from <= to { for source in from...to { read[source] = true } }
        reached = max(reached, to + 1)
      }
    }
    return read
  }

  /// What a null randomises of every piece: of features `stretches`, of targets the rows that any of them can use.
  func stretches(of part: Randomisation.Part) -> [Range<Int>] {
    switch part {
    case .features, .unexplainedFeatures: stretches
    case .targets: usable
    }
  }

  /// The series of one target within its pieces, NaN in rows that do not count for it.
  func series(of target: Int, in y: Matrix) -> [[Double]] {
    let valid = groups.first { $0.targets.contains(target) }?.valid
    return pieces.map { piece in piece.map { valid?[$0] ?? false ? y[$0, target] : .nan } }
  }

  /// Columns of a series with the rows of a piece that are not `counted` replaced by the line between their neighbours
  /// (constant at the ends); what is missing stays missing.
  static func filled(
    _ x: inout [Double], width: Int, _ piece: Range<Int>, counted: (_ row: Int, _ column: Int) -> Bool
  ) {
    for j in 0..<width {
      var last: (row: Int, value: Double)?
      var open: [Int] = []
      for row in piece where !x[row * width + j].isNaN {
        guard counted(row, j) else {
          open.append(row)
          continue
        }
        let value = x[row * width + j]
        let left = last ?? (row, value)
        for between in open {
          let share = row == left.row ? 0 : Double(between - left.row) / Double(row - left.row)
          x[between * width + j] = left.value + share * (value - left.value)
        }
        open = []
        last = (row, value)
      }
      for beyond in open { x[beyond * width + j] = last?.value ?? 0 }
    }
  }
}
