#if canImport(Glibc)
  import Glibc
#endif

/// Slow modulation of the level: how strongly the envelope moves at 2 to 8 Hz, the rates of syllables and onsets.
///
/// The envelope e is the RMS of each 10 ms; b is e band-passed from 2 to 8 Hz (201 taps at 100 Hz, Hamming-windowed sinc,
/// zero phase, ends held); per second `sqrt(mean b^2) / mean e`, 0 below -100 dBFS.
enum Modulation {
  static let rateHz = 100.0
  static let taps: [Double] = {
    let half = 100
    return (-half...half).map { i in
      let t = Double(i) / rateHz
      let sinc =
        i == 0
        ? 2 * (8 - 2) / rateHz : (sin(2 * Double.pi * 8 * t) - sin(2 * Double.pi * 2 * t)) / (Double.pi * Double(i))
      return sinc * (0.54 + 0.46 * cos(Double.pi * Double(i) / Double(half)))
    }
  }()

  /// One value per second of `envelope` (100 values a second; the last second may have fewer).
  static func perSecond(_ envelope: [Double], seconds: Int) -> [Double] {
    guard !envelope.isEmpty else { return [Double](repeating: 0, count: seconds) }
    let half = taps.count / 2
    let padded =
      [Double](repeating: envelope[0], count: half) + envelope
      + [Double](repeating: envelope[envelope.count - 1], count: half)
    return (0..<seconds).map { second in
      let range = (second * 100)..<min(envelope.count, second * 100 + 100)
      guard !range.isEmpty else { return 0 }
      var (power, level) = (0.0, 0.0)
      for i in range {
        var sum = 0.0
        for j in taps.indices { sum += taps[j] * padded[i + j] }
        power += sum * sum
        level += envelope[i]
      }
      let n = Double(range.count)
      return level / n > 1e-5 ? (power / n).squareRoot() / (level / n) : 0
    }
  }
}
