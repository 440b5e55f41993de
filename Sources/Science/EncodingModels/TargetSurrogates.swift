import LinearAlgebra
import Statistics

/// Targets that nothing relates to the features but the course that stimuli share: the worlds in which a design must not
/// find anything.
///
/// Of a target of stimulus s with mean m_s and deviations d_s(t): `y*(t) = m_s + a_s c_s(t) + e*_s(t)`. c_s is the mean of
/// the deviations of all *other* stimuli at the same second, so that a stimulus' own relation to its features does not
/// come back with the course; a_s gives it the variance that stimuli have in common (mean over pairs of stimuli and
/// seconds of d_s d_u, at least 0). e*_s is a phase surrogate, mirrored, of `d_s - a_s c_s`, scaled to the variance that is
/// left. All targets of a piece are turned by the same phases; levels stay, missing rows stay missing. With one stimulus
/// no course is known, and none is planted. Not thread-safe.
public final class TargetSurrogates {
  /// Per target: the share of its variance within stimuli that is a course of all; NaN with one stimulus.
  public let courseShare: [Double]
  private let pieces: [Piece]
  /// Per piece `[rows, targets]`: what every draw has, NaN where the target is missing.
  private let constant: [Matrix]
  private let randomisers: [PhaseRandomiser]

  public init(_ data: EncodingData) {
    pieces = data.pieces
    var constant = data.pieces.map(\.targets)
    var varying = data.pieces.map(\.targets)
    var shares: [Double] = []
    let seconds = CommonCourse.Seconds(data)
    for target in 0..<data.targetCount {
      let course = CommonCourse(data.pieces.map { $0.targets.column(target) }, of: seconds)
      shares.append(course.share)
      for piece in pieces.indices {
        for row in 0..<pieces[piece].rowCount {
          constant[piece][row, target] = course.constant[piece][row]
          varying[piece][row, target] = course.varying[piece][row]
        }
      }
    }
    courseShare = shares
    self.constant = constant
    randomisers = varying.map { PhaseRandomiser($0.values, rows: $0.rows, columns: $0.columns) }
  }

  /// The targets of one draw, per piece `[rows, targets]`. Random numbers are keyed by seed, purpose, piece and draw, so one
  /// draw is the same in every design of the same targets.
  public func targets(draw: Int, seed: UInt64, purpose: String) -> [Matrix] {
    pieces.indices.map { index in
      let piece = pieces[index]
      let key = [piece.stimulus, piece.run, piece.part].compactMap { $0 }.joined(separator: "/")
      var values = [Double](repeating: 0, count: piece.targets.values.count)
      randomisers[index].draw(RandomStream(seed: seed, purpose: purpose, key: key, draw: draw), into: &values)
      for i in values.indices { values[i] += constant[index].values[i] }
      return Matrix(rows: piece.rowCount, columns: piece.targets.columns, values: values)
    }
  }
}

/// One target's course over the seconds of its stimuli, and what is left of it.
private struct CommonCourse {
  /// Where the rows of every piece lie on one clock that begins with each stimulus.
  struct Seconds {
    let stimuli: [String]
    let places: [Int]
    let length: Int

    init(_ data: EncodingData) {
      stimuli = data.pieces.map(\.stimulus)
      let starts = data.pieces.map { Int(($0.start / data.dt).rounded()) }
      let first = starts.reduce(Int.max, min)
      places = starts.map { $0 - first }
      length = zip(places, data.pieces).map { $0 + $1.rowCount }.reduce(0, max)
    }
  }

  let share: Double
  /// Per piece and row: level and planted course, NaN where the target is missing.
  private(set) var constant: [[Double]]
  /// Per piece and row: what is randomised, NaN where the target is missing.
  private(set) var varying: [[Double]]

  init(_ series: [[Double]], of seconds: Seconds) {
    let levels = series.map { Moments.mean($0.filter { !$0.isNaN }) }
    varying = zip(series, levels).map { values, level in values.map { $0 - level } }
    constant = zip(series, levels).map { values, level in values.map { $0.isNaN ? .nan : level } }
    let stimuli = Self.stimuli(varying, seconds)
    let (shared, total) = Self.variances(stimuli)
    // `max` would turn what is not known into nothing.
    share = total > 0 && !shared.isNaN ? min(1, max(0, shared / total)) : .nan
    guard share > 0 else { return }
    for piece in series.indices {
      let course = Self.course(stimuli, without: seconds.stimuli[piece])
      let size = Self.meanSquare(course)
      guard size > 0 else { continue }
      plant(course, times: (share * total / size).squareRoot(), in: piece, at: seconds.places[piece])
    }
  }

  private mutating func plant(_ course: [Double], times a: Double, in piece: Int, at place: Int) {
    let before = Self.meanSquare(varying[piece])
    for row in varying[piece].indices {
      constant[piece][row] += a * course[place + row]
      varying[piece][row] -= a * course[place + row]
    }
    let after = Self.meanSquare(varying[piece])
    let scale = after > 0 ? ((1 - share) * before / after).squareRoot() : 0
    for row in varying[piece].indices { varying[piece][row] *= scale }
  }

  /// Per stimulus and second, the mean over its pieces; NaN where it has none.
  private static func stimuli(_ deviations: [[Double]], _ seconds: Seconds) -> [String: [Double]] {
    var sums: [String: [Double]] = [:]
    var counts = sums
    let zeros = [Double](repeating: 0, count: seconds.length)
    for (piece, values) in deviations.enumerated() {
      for (row, value) in values.enumerated() where !value.isNaN {
        sums[seconds.stimuli[piece], default: zeros][seconds.places[piece] + row] += value
        counts[seconds.stimuli[piece], default: zeros][seconds.places[piece] + row] += 1
      }
    }
    return sums.merging(counts) { sum, count in zip(sum, count).map { $1 > 0 ? $0 / $1 : .nan } }
  }

  /// The mean of products of two stimuli at one second over all pairs, NaN where no two share a second; and of squares.
  private static func variances(_ stimuli: [String: [Double]]) -> (shared: Double, total: Double) {
    var (products, pairs, squares, values) = (0.0, 0.0, 0.0, 0.0)
    let series = stimuli.sorted { $0.key < $1.key }.map(\.value)
    for second in (series.first ?? []).indices {
      let own = series.map { $0[second] }.filter { !$0.isNaN }
      let (sum, square) = (own.reduce(0, +), own.reduce(0) { $0 + $1 * $1 })
      products += sum * sum - square
      pairs += Double(own.count * (own.count - 1))
      squares += square
      values += Double(own.count)
    }
    return (pairs > 0 ? products / pairs : .nan, values > 0 ? squares / values : .nan)
  }

  /// The mean of all other stimuli at every second; where there are none it stands still.
  private static func course(_ stimuli: [String: [Double]], without own: String) -> [Double] {
    let others = stimuli.sorted { $0.key < $1.key }.filter { $0.key != own }.map(\.value)
    var last = 0.0
    return (others.first ?? []).indices.map { second in
      let mean = Moments.mean(others.map { $0[second] }.filter { !$0.isNaN })
      if !mean.isNaN { last = mean }
      return last
    }
  }

  private static func meanSquare(_ x: [Double]) -> Double {
    let values = x.filter { !$0.isNaN }
    return values.isEmpty ? 0 : values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
  }
}
