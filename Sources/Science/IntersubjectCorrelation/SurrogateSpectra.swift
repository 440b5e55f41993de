import Diagnostics
import Foundation
import FourierTransform
import LinearAlgebra

/// How the alignment between subjects is broken, independently per subject and alike for all its regions (SCIENCE
/// 10.4).
public enum SynchronyNull: Sendable, Equatable {
  /// Random phases at every frequency but 0 and (even lengths) the highest: keeps each series' spectrum and the
  /// regions' covariance.
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

  /// The circular shift of SCIENCE 10.4: at least the window and 20 s.
  public static func circularShift(window: Double) -> SynchronyNull { .circularShift(minimum: max(window, 20)) }
}

/// A draw of a null as a rotation of every subject's spectrum: both kinds of null are one.
///
/// By Parseval's theorem the correlations of surrogates are products of rotated spectra, so no draw needs an inverse
/// transform.
struct SurrogateRotation {
  let null: SynchronyNull
  let subjectCount: Int
  let sampleCount: Int
  /// Frequencies 1...n/2.
  var frequencies: Int { sampleCount / 2 }
  private let shifts: ClosedRange<Int>
  private let sineTable: [Float]
  private let cosineTable: [Float]

  /// Throws `E-ISC-004` where the series is too short for a shift.
  init(_ null: SynchronyNull, subjectCount: Int, sampleCount: Int, rateHz: Double) throws {
    precondition(null != .clipShuffle, "stimuli are exchanged by ClipShuffle")
    self.null = null
    self.subjectCount = subjectCount
    self.sampleCount = sampleCount
    guard case .circularShift(let minimum) = null else {
      shifts = 0...0
      sineTable = []
      cosineTable = []
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
    let angles = (0..<sampleCount).map { 2 * Double.pi * Double($0) / Double(sampleCount) }
    sineTable = angles.map { Float(sin($0)) }
    cosineTable = angles.map { Float(cos($0)) }
  }

  /// Distinct relative arrangements, if they are few: with two subjects only their shift against each other counts.
  var distinct: Int? {
    if case .circularShift = null, subjectCount == 2 { return shifts.count }
    return nil
  }

  /// Draws that make sense: all distinct ones where they are fewer than asked for.
  func draws(_ asked: Int) -> Int { min(asked, distinct ?? asked) }

  /// The shift of one subject in samples; with two subjects the first stays and the second takes every shift in turn.
  func shift<G: RandomNumberGenerator>(_ subject: Int, _ draw: Int, _ generator: (Int, Int) -> G) -> Int {
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

  /// `[subject, frequency]` cosines and sines of one draw.
  func fill<G: RandomNumberGenerator>(
    draw: Int, cosine: inout [Float], sine: inout [Float], generator: (Int, Int) -> G
  ) {
    for subject in 0..<subjectCount {
      let row = subject * frequencies
      if case .circularShift = null {
        let shift = shift(subject, draw, generator)
        for k in 0..<frequencies {
          let place = (k + 1) * shift % sampleCount
          cosine[row + k] = cosineTable[place]
          sine[row + k] = -sineTable[place]
        }
      } else {
        var numbers = generator(subject, draw)
        fillPhases(row, &cosine, &sine, &numbers)
      }
    }
  }

  private func fillPhases<G: RandomNumberGenerator>(
    _ row: Int, _ cosine: inout [Float], _ sine: inout [Float], _ numbers: inout G
  ) {
    for k in 0..<frequencies {
      let isHighest = sampleCount % 2 == 0 && k == frequencies - 1
      let angle = isHighest ? 0 : 2 * Double.pi * Double(numbers.next() >> 11) * 0x1p-53
      cosine[row + k] = Float(cos(angle))
      sine[row + k] = Float(sin(angle))
    }
  }
}

/// Unit-norm spectra of eight regions, `[frequency, re | im, subject, 8]`, in which a dot product is a correlation.
struct LaneSpectra {
  private(set) var values: [Float]
  /// 1 where the subject has a whole, varying series, else 0; `[subject, 8]`.
  private(set) var valid: [Double]

  init(subjects: Int, frequencies: Int) {
    values = [Float](repeating: 0, count: frequencies * 2 * subjects * SubjectProducts.lanes)
    valid = [Double](repeating: 0, count: subjects * SubjectProducts.lanes)
  }

  /// Takes a subject's `[samples, laneCount]` series.
  mutating func take(
    _ x: [Double], subject: Int, subjects: Int, laneCount: Int, _ transform: inout RealFourierTransform
  ) {
    let n = transform.length
    let spectrum = transform.forward(x)
    for lane in 0..<laneCount {
      var power = 0.0
      for k in 1...(n / 2) {
        let weight = n % 2 == 0 && k == n / 2 ? 1.0 : 2.0
        let c = spectrum.interleaved[2 * (k * laneCount + lane)]
        let s = spectrum.interleaved[2 * (k * laneCount + lane) + 1]
        power += weight * (c * c + s * s)
      }
      let first = x[lane]
      var varies = false
      for t in 1..<n where x[t * laneCount + lane] != first {
        varies = true
        break
      }
      guard power.isFinite, power > 0, varies else { continue }
      valid[subject * SubjectProducts.lanes + lane] = 1
      for k in 1...(n / 2) {
        let weight = ((n % 2 == 0 && k == n / 2 ? 1.0 : 2.0) / power).squareRoot()
        let at = ((k - 1) * 2 * subjects + subject) * SubjectProducts.lanes + lane
        values[at] = Float(weight * spectrum.interleaved[2 * (k * laneCount + lane)])
        values[at + subjects * SubjectProducts.lanes] = Float(
          weight * spectrum.interleaved[2 * (k * laneCount + lane) + 1])
      }
    }
  }
}
