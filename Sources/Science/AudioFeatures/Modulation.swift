#if canImport(Glibc)
  import Glibc
#endif

/// Slow modulation of the level: how strongly the envelope moves at 2 to 8 Hz, the rates of syllables and onsets.
///
/// The envelope e is the RMS of each 10 ms; b is e band-passed from 2 to 8 Hz (201 taps at 100 Hz, Hamming-windowed sinc,
/// zero phase, ends held); the depth over a second is `sqrt(mean b^2) / mean e`, 0 below -100 dBFS.
enum Modulation {
  static let rateHz = 100.0
  /// Envelope values a second's depth depends on, on either side of its middle.
  static let reach = 152
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

  /// RMS of `count` stretches of 160 samples.
  static func envelope(_ x: [Float], from start: Int, count: Int) -> [Double] {
    (0..<count).map { j in
      var sum = 0.0
      for i in (start + j * 160)..<(start + j * 160 + 160) { sum += Double(x[i] * x[i]) }
      return (sum / 160).squareRoot()
    }
  }

  /// The part from 2 to 8 Hz, of the same length.
  static func band(_ envelope: [Double]) -> [Double] {
    guard let first = envelope.first, let last = envelope.last else { return [] }
    let half = taps.count / 2
    let padded = [Double](repeating: first, count: half) + envelope + [Double](repeating: last, count: half)
    return envelope.indices.map { i in
      var sum = 0.0
      for j in taps.indices { sum += taps[j] * padded[i + j] }
      return sum
    }
  }

  /// Over the second around a value (what of it the sound covers).
  static func depth(band: [Double], envelope: [Double], around at: Int) -> Double {
    let range = max(0, at - 50)..<min(band.count, at + 50)
    var (power, level) = (0.0, 0.0)
    for i in range {
      power += band[i] * band[i]
      level += envelope[i]
    }
    let n = Double(range.count)
    return level / n > 1e-5 ? (power / n).squareRoot() / (level / n) : 0
  }
}
