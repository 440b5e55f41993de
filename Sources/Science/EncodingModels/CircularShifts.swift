import Vocabulary

/// The circular shifts of pieces: each moves its piece by at least 20 s and two windows of the target in both directions, or
/// by a quarter of a piece that is shorter than that asks for.
struct CircularShifts {
  /// Rows.
  private let least: Int

  init(window: TargetWindow?, dt: Double) {
    let seconds = if let window { max(20, 2 * window.seconds) } else { 20.0 }
    least = Int((seconds / dt).rounded(.up))
  }

  /// Those of a piece of `count` rows, in rows, ascending.
  func of(_ count: Int) -> [Int] {
    let bounded = min(least, max(1, count / 4))
    return bounded <= count - bounded ? Array(bounded...(count - bounded)) : []
  }

  /// In how many ways all pieces can be shifted, counted up to `most`; a piece without shifts stays as it is.
  func count(_ pieces: [Range<Int>], upTo most: Int) -> Int {
    var distinct = 1
    for piece in pieces where !piece.isEmpty {
      distinct *= max(1, of(piece.count).count)
      if distinct >= most { return most }
    }
    return distinct
  }
}

extension EncodingProblem {
  var shifts: CircularShifts { CircularShifts(window: window, dt: dt) }
}

extension NullRequest {
  /// Draws that there are: as many as are asked for, of circular shifts of these pieces no more than differ.
  func drawCount(_ shifts: CircularShifts, of pieces: @autoclosure () throws -> [Range<Int>]) rethrows -> Int {
    kind == .circularShift ? shifts.count(try pieces(), upTo: draws) : draws
  }
}

extension EncodingData {
  /// How many draws of a null all fits have that are made to some sets of targets, each set by itself: of circular shifts
  /// those of the set whose pieces are shortest.
  ///
  /// - Parameters:
  ///   - settings: of the fits.
  ///   - sets: the targets of every fit.
  /// - Throws: `E-ENC-...` where the data do not allow the fit to one of them.
  public func drawCount(of request: NullRequest, _ settings: EncodingSettings, each sets: [Range<Int>]) throws -> Int {
    let shifts = CircularShifts(window: window, dt: dt)
    return try sets.map { targets in
      try request.drawCount(shifts, of: selecting(targets: Array(targets)).keptRows(settings).stretches)
    }.reduce(request.draws, min)
  }
}
