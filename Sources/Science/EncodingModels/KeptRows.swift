import Diagnostics
import LinearAlgebra

/// Which rows of which piece count, asked by scales, reductions, folds, nulls, ceilings and counts alike (SCIENCE 11B.11).
///
/// A row counts for a target where the target has a value, every delayed feature is there, and the row is not trimmed.
/// What is masked, excluded or a bad segment arrives as NaN and does not count either. A feature's row is *read* where a
/// row that counts for some target lies at a delay from it between the smallest and the largest, no delay included. What
/// stands in other rows changes no result.
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
    /// Rows dropped at both ends of every piece.
    let head: Int
    let tail: Int
    /// Whether samples outside the piece are taken as given.
    let fillsEdges: Bool
    let least: Int
    let largest: Int

    init(_ bands: [Band], _ settings: EncodingSettings, dt: Double) {
      delays = bands.map(\.delays)
      head = Int((settings.trim.start / dt).rounded(.up))
      tail = Int((settings.trim.end / dt).rounded(.up))
      fillsEdges = settings.delayEdges == .zero
      least = delays.joined().reduce(0, min)
      largest = delays.joined().reduce(0, max)
    }
  }

  /// Row ranges of the pieces.
  let pieces: [Range<Int>]
  /// Per row: every delayed feature is there, and the row is not trimmed.
  let complete: [Bool]
  public let groups: [Group]
  /// Rows of every piece that any target can use; folds divide these.
  let usable: [Range<Int>]
  /// Per row: a feature's value in it can change a result.
  let read: [Bool]
  /// What a surrogate of a feature is made from: the piece without what is trimmed beyond the delays.
  let stretches: [Range<Int>]
  /// Rows that do not count, per target.
  public let droppedCounts: [Int]

  /// - Parameters:
  ///   - features: `[rows, columns]` per band, averaged over the target's window where that is asked for.
  ///   - targets: `[rows, targets]`, NaN where missing.
  /// - Throws: `E-ENC-001` where no row counts for any target.
  init(features: [Matrix], targets: Matrix, pieces: [Range<Int>], reach: Reach, names: [String]) throws {
    self.pieces = pieces
    let complete = Self.complete(features, pieces, reach)
    let groups = try Self.grouped(targets, complete, names)
    (self.complete, self.groups) = (complete, groups)
    let counts = complete.indices.map { row in groups.contains { $0.valid[row] } }
    usable = pieces.map { piece in
      guard let first = piece.first(where: { counts[$0] }), let last = piece.last(where: { counts[$0] }) else {
        return piece.lowerBound..<piece.lowerBound
      }
      return first..<(last + 1)
    }
    read = Self.read(counts, pieces, reach)
    stretches = pieces.map { piece in
      let first = min(piece.upperBound, piece.lowerBound + max(0, reach.head - reach.largest))
      return first..<max(first, piece.upperBound - max(0, reach.tail + reach.least))
    }
    droppedCounts = (0..<targets.columns).map { target in
      complete.indices.count { !(complete[$0] && targets[$0, target].isFinite) }
    }
  }

  /// Per row: every delayed feature is there, and the row is not trimmed.
  static func complete(_ features: [Matrix], _ pieces: [Range<Int>], _ reach: Reach) -> [Bool] {
    let finite = features.map { feature in (0..<feature.rows).map { isFinite(feature, $0) } }
    guard let last = pieces.last else { return [] }
    var rows = [Bool](repeating: false, count: last.upperBound)
    for piece in pieces {
      for row in piece where row >= piece.lowerBound + reach.head && row < piece.upperBound - reach.tail {
        rows[row] = features.indices.allSatisfy { band in
          reach.delays[band].allSatisfy { delay in
            let source = row - delay
            return piece.contains(source) ? finite[band][source] : reach.fillsEdges
          }
        }
      }
    }
    return rows
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
