#if canImport(Glibc)
  import Glibc
#endif

/// The pitch contour of a stretch of frames: the path of least cost through the peaks of their autocorrelations.
///
/// Boersma (1993): candidates are the local maxima of r between the lags of 1,000 and 55 Hz, of strength
/// `r - 0.01 log2(55 lag)`, and "unvoiced", of strength `0.45 + max(0, 2 - 1.45 p / 0.03)`, p the frame's peak over the
/// largest of the second before and after it (Boersma: of the whole sound, which a stream does not know); a frame below
/// -50 dBFS is nothing but unvoiced. A change between voiced and unvoiced costs 0.14, one of f octaves 0.35 f; the path
/// with the largest sum of strengths minus costs wins.
struct PitchPath {
  private static let minimumLag = 16
  private static let maximumLag = 291
  private static let candidates = 8
  private static let unvoiced = 0.45
  private static let silence = 0.03
  private static let octaveCost = 0.01
  private static let voicingCost = 0.14
  private static let jumpCost = 0.35

  private struct Candidate {
    /// 0 is unvoiced.
    var lag = 0
    var logPeriod = 0.0
    var strength = 0.0
    var total = 0.0
    var from = 0
  }

  /// Per frame the lag of the chosen maximum; 0 where unvoiced.
  ///
  /// - Parameters:
  ///   - correlations: `[frames, VoiceSpectra.lags]`.
  ///   - levels: per frame p, 0 for one below -50 dBFS.
  static func lags(_ correlations: [Float], levels: [Double]) -> [Int] {
    var lattice: [[Candidate]] = []
    lattice.reserveCapacity(levels.count)
    for (frame, level) in levels.enumerated() {
      var candidates = level > 0 ? peaks(correlations, at: frame * VoiceSpectra.lags) : []
      candidates.append(Candidate(strength: unvoiced + max(0, 2 - level * (1 + unvoiced) / silence)))
      if let previous = lattice.last {
        for i in candidates.indices { connect(&candidates[i], to: previous) }
      } else {
        for i in candidates.indices { candidates[i].total = candidates[i].strength }
      }
      lattice.append(candidates)
    }
    guard let last = lattice.last else { return [] }
    var path = [Int](repeating: 0, count: lattice.count)
    var at = best(last)
    for frame in lattice.indices.reversed() {
      path[frame] = lattice[frame][at].lag
      at = lattice[frame][at].from
    }
    return path
  }

  private static func best(_ candidates: [Candidate]) -> Int {
    var best = 0
    for i in candidates.indices where candidates[i].total > candidates[best].total { best = i }
    return best
  }

  private static func connect(_ candidate: inout Candidate, to previous: [Candidate]) {
    var (top, from) = (-Double.infinity, 0)
    for (j, other) in previous.enumerated() {
      let cost: Double =
        if candidate.lag == 0 || other.lag == 0 {
          candidate.lag == other.lag ? 0 : voicingCost
        } else {
          jumpCost * abs(candidate.logPeriod - other.logPeriod)
        }
      if other.total - cost > top { (top, from) = (other.total - cost, j) }
    }
    candidate.total = top + candidate.strength
    candidate.from = from
  }

  /// The strongest local maxima above half the strength of unvoiced.
  private static func peaks(_ r: [Float], at offset: Int) -> [Candidate] {
    var found: [Candidate] = []
    let floor = Float(unvoiced / 2)
    for lag in minimumLag...maximumLag {
      let value = r[offset + lag]
      guard value > floor else { continue }
      let (before, after) = (r[offset + lag - 1], r[offset + lag + 1])
      guard value > before, value >= after else { continue }
      let (a, b, c) = (Double(before), Double(value), Double(after))
      let curvature = a + c - 2 * b
      let shift = (a - c) / (2 * curvature)
      let height = b - (a - c) * (a - c) / (8 * curvature)
      let logPeriod = log2((Double(lag) + shift) / 16_000)
      // An interpolated value above 1 is as far from a period as one below.
      let strength = (height > 1 ? 1 / height : height) - octaveCost * (log2(55.0) + logPeriod)
      found.append(Candidate(lag: lag, logPeriod: logPeriod, strength: strength))
    }
    guard found.count > candidates else { return found }
    return Array(found.sorted { $0.strength > $1.strength }[0..<candidates])
  }
}
