import LinearAlgebra

/// Functions of the time since a stimulus began: what any two series that run through the same stimuli can share without
/// having to do with each other.
///
/// Columns, with t the middle of a row's bin in seconds from stimulus onset: exp(-t / 10 s); cos(πk (t - a) / T), k from 1
/// to 2T / 40 s, over the span [a, a + T] of all stimuli's usable rows; and, where there are several stimuli, for each of
/// them cos(πk (t - a_s) / T_s), k from 1 to 2T_s / 100 s, over its own span, 0 in the others. Half a period of the first
/// cosine is the whole span, so the shortest period is 40 s of all stimuli and 100 s of one.
struct PositionColumns {
  /// What the columns are.
  enum Kind {
    /// All of them.
    case cosines
    /// The time, its square and exp(-t / 10 s), with the same weights in all stimuli.
    case trend
  }

  /// Seconds in which what begins with a stimulus falls to 1/e.
  static let onsetSeconds = 10.0
  /// The shortest period that all stimuli share, and that of one.
  static let sharedPeriod = 40.0
  static let ownPeriod = 100.0

  let kind: Kind
  /// The first columns, whose weights all stimuli share.
  let sharedCount: Int
  /// The first of those: exp(-t / 10 s) and the three slowest cosines.
  var courseCount: Int { min(sharedCount, 4) }
  /// `[rows, columns]`, rows of all pieces one below the other.
  let values: Matrix

  init(_ problem: EncodingProblem, _ kind: Kind) {
    self.kind = kind
    let dt = problem.dt
    let pieces = problem.pieces
    func seconds(_ row: Int, _ piece: Int) -> Double {
      problem.starts[piece] + (Double(row - pieces[piece].lowerBound) + 0.5) * dt
    }
    let spans = pieces.indices.filter { !problem.usable[$0].isEmpty }.map { piece in
      let rows = problem.usable[piece]
      let range = (seconds(rows.lowerBound, piece) - dt / 2)...(seconds(rows.upperBound - 1, piece) + dt / 2)
      return (stimulus: problem.stimuli[piece], seconds: range)
    }
    guard kind == .cosines else {
      values = Self.trend(pieces, problem.rowCount, seconds)
      sharedCount = values.columns
      return
    }
    var names: [String] = []
    for span in spans where !names.contains(span.stimulus) { names.append(span.stimulus) }
    let shared = Basis(spans.map(\.seconds), shortestPeriod: Self.sharedPeriod)
    let own =
      names.count < 2
      ? []
      : names.map { name in
        Basis(spans.filter { $0.stimulus == name }.map(\.seconds), shortestPeriod: Self.ownPeriod)
      }
    let width = 1 + shared.count + own.reduce(0) { $0 + $1.count }
    var columns = Matrix(rows: problem.rowCount, columns: width)
    for piece in pieces.indices {
      let mine = names.firstIndex(of: problem.stimuli[piece])
      for row in pieces[piece] {
        let t = seconds(row, piece)
        columns[row, 0] = exponential(-t / Self.onsetSeconds)
        for k in 0..<shared.count { columns[row, 1 + k] = shared.value(k, t) }
        guard !own.isEmpty, let mine else { continue }
        let offset = 1 + shared.count + own[..<mine].reduce(0) { $0 + $1.count }
        for k in 0..<own[mine].count { columns[row, offset + k] = own[mine].value(k, t) }
      }
    }
    values = columns
    sharedCount = 1 + shared.count
  }

  private static func trend(_ pieces: [Range<Int>], _ rows: Int, _ seconds: (Int, Int) -> Double) -> Matrix {
    var columns = Matrix(rows: rows, columns: 3)
    for piece in pieces.indices {
      for row in pieces[piece] {
        let t = seconds(row, piece)
        columns[row, 0] = exponential(-t / onsetSeconds)
        columns[row, 1] = t
        columns[row, 2] = t * t
      }
    }
    return columns
  }

  /// Cosines over a span of time.
  struct Basis {
    let start: Double
    let span: Double
    let count: Int

    init(_ seconds: [ClosedRange<Double>], shortestPeriod: Double) {
      let (first, last) = seconds.reduce((Double.infinity, -Double.infinity)) {
        (min($0.0, $1.lowerBound), max($0.1, $1.upperBound))
      }
      precondition(last >= first, "columns span some time")
      start = first
      span = last - first
      count = Int(2 * span / shortestPeriod + 1e-9)
    }

    /// The value of cosine k + 1 at t.
    func value(_ k: Int, _ t: Double) -> Double { cosine(Double.pi * Double(k + 1) * (t - start) / span) }
  }
}
