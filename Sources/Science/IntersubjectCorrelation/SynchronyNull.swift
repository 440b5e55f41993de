import Diagnostics

/// How the alignment between subjects is broken, independently per subject and alike for all its regions.
public enum SynchronyNull: Sendable, Equatable {
  /// Random phases of the mirrored series [x, reversed x] that leave it mirrored, 0 or π at every frequency but 0: a
  /// random sign of every cosine coefficient (see `CosineBasis`). Keeps each series' spectrum, the regions' covariance,
  /// and what a high-pass took out, out.
  case phase
  /// A circular shift of at least `minimum` seconds in both directions.
  case circularShift(minimum: Double)
  /// Another stimulus' data of the same subject: see `ClipShuffle`.
  case clipShuffle

  public var name: String {
    switch self {
    case .phase: "phase"
    case .circularShift: "circular_shift"
    case .clipShuffle: "clip_shuffle"
    }
  }

  /// A circular shift: at least the window and 20 s.
  public static func circularShift(window: Double) -> SynchronyNull { .circularShift(minimum: max(window, 20)) }
}

/// What a draw of a null does to the rows of every subject: samples are shifted, or coefficients get signs.
///
/// Correlations of surrogates are products of changed rows, so no draw of static synchrony needs a transform.
struct SurrogateMoves: Sendable {
  let null: SynchronyNull
  let subjectCount: Int
  let sampleCount: Int
  private let shifts: ClosedRange<Int>

  /// One draw, of all subjects.
  enum Draw: Sendable {
    /// Samples by which each subject is shifted.
    case shifts([Int64])
    /// 1 or -1, `[subject, coefficient]`.
    case signs([Float])
  }

  /// Throws `E-ISC-004` where the series is too short for a shift.
  init(_ null: SynchronyNull, subjectCount: Int, sampleCount: Int, rateHz: Double) throws {
    precondition(null != .clipShuffle, "stimuli are exchanged by ClipShuffle")
    self.null = null
    self.subjectCount = subjectCount
    self.sampleCount = sampleCount
    guard case .circularShift(let minimum) = null else {
      shifts = 0...0
      return
    }
    let least = max(1, Int((minimum * rateHz - 1e-9).rounded(.up)))
    guard sampleCount - least >= least else {
      throw EvokeError(
        .noShiftPossible, "series of \(Double(sampleCount) / rateHz) s",
        reason: "a shift of at least \(minimum) s in both directions needs \(2 * minimum) s",
        remedy: "use `null: phase`, or a shorter window")
    }
    shifts = least...(sampleCount - least)
  }

  init(_ null: SynchronyNull, _ series: SubjectSeries) throws {
    try self.init(
      null, subjectCount: series.subjectCount, sampleCount: series.sampleCount, rateHz: series.rateHz)
  }

  /// Distinct relative arrangements, if they are few: with two subjects only their shift against each other counts.
  var distinct: Int? {
    if case .circularShift = null, subjectCount == 2 { return shifts.count }
    return nil
  }

  /// Draws that make sense: all distinct ones where they are fewer than asked for.
  func draws(_ asked: Int) -> Int { min(asked, distinct ?? asked) }

  /// One draw; `generator(subject, draw)` gives the random numbers of a subject.
  func draw<G: RandomNumberGenerator>(_ draw: Int, _ generator: (_ subject: Int, _ draw: Int) -> G) -> Draw {
    if case .circularShift = null {
      return .shifts((0..<subjectCount).map { Int64(shift($0, draw, generator)) })
    }
    var signs: [Float] = []
    signs.reserveCapacity(subjectCount * sampleCount)
    for subject in 0..<subjectCount {
      var numbers = generator(subject, draw)
      var bits: UInt64 = 0
      for k in 0..<sampleCount {
        if k % 64 == 0 { bits = numbers.next() }
        signs.append(bits >> UInt64(k % 64) & 1 == 1 ? -1 : 1)
      }
    }
    return .signs(signs)
  }

  /// The shift of one subject in samples; with two subjects the first stays and the second takes every shift in turn.
  private func shift<G: RandomNumberGenerator>(_ subject: Int, _ draw: Int, _ generator: (Int, Int) -> G) -> Int {
    if distinct != nil { return subject == 0 ? 0 : shifts.lowerBound + spread(draw) }
    var numbers = generator(subject, draw)
    return Int.random(in: shifts, using: &numbers)
  }

  /// Visits 0..<count without repetition, near values far apart, so that few draws still cover all shifts.
  private func spread(_ draw: Int) -> Int {
    var stride = Int(Double(shifts.count) * 0.6180339887)
    while stride > 1 && greatestCommonDivisor(stride, shifts.count) != 1 { stride -= 1 }
    return draw * max(1, stride) % shifts.count
  }

  private func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : greatestCommonDivisor(b, a % b) }
}
