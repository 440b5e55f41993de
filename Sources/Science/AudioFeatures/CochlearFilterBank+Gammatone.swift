import Diagnostics

#if canImport(Glibc)
  import Glibc
#endif

extension CochlearFilterBank {
  /// The name under which studies and the command line know the built-in bank.
  public static let gammatoneName = "coch-gt128"

  /// The built-in bank: gammatone filters of 4th order at the 129 nominal centre frequencies, 16 kHz.
  ///
  /// The impulse response `t^3 exp(-2 pi b t) cos(2 pi f t)` with `b = 1.019 ERB`, `ERB = 24.7 (4.37 f / 1000 + 1)` Hz, as
  /// four equal pole pairs at `exp(-2 pi b / fs) exp(+-2 pi i f / fs)` and the numerator
  /// `Re (1 - exp(-2 pi b / fs) exp(-2 pi i f / fs) z^-1)^4`, with unit gain at f.
  ///
  /// Source: Slaney, Apple technical report 35 (1993); Glasberg & Moore 1990; the same filter as `gammatone` of
  /// scipy.signal.
  public static let gammatone: CochlearFilterBank = {
    do {
      let filters = try (0..<129).map { try gammatone(frequency: centreFrequency($0), rateHz: 16_000) }
      return try CochlearFilterBank(engine: .gammatone, filters: filters, object: gammatoneName)
    } catch {
      preconditionFailure("the built-in filters are stable: \(error)")
    }
  }()

  static func gammatone(frequency: Double, rateHz: Double) throws -> CochlearFilter {
    let angle = 2 * Double.pi * frequency / rateHz
    let decay = exp(-2 * Double.pi * 1.019 * 24.7 * (4.37 * frequency / 1_000 + 1) / rateHz)
    let pair = [1, -2 * decay * cos(angle), decay * decay]
    let a = (0..<3).reduce(pair) { product, _ in convolve(product, pair) }
    let binomial = [1.0, -4, 6, -4, 1]
    let b = (0..<5).map { k in binomial[k] * pow(decay, Double(k)) * cos(Double(k) * angle) }
    // The product of its factors, because the expanded denominator cancels at low frequencies.
    let gain = magnitude(b, angle) / pow(magnitude(pair, angle), 4)
    return try CochlearFilter(b: b.map { $0 / gain }, a: a, object: "gammatone filter at \(frequency) Hz")
  }

  private static func convolve(_ x: [Double], _ y: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: x.count + y.count - 1)
    for i in x.indices {
      for j in y.indices { result[i + j] += x[i] * y[j] }
    }
    return result
  }

  /// `|sum_k c_k exp(-i k angle)|`.
  private static func magnitude(_ c: [Double], _ angle: Double) -> Double {
    var (real, imaginary) = (0.0, 0.0)
    for (k, value) in c.enumerated() {
      real += value * cos(Double(k) * angle)
      imaginary -= value * sin(Double(k) * angle)
    }
    return hypot(real, imaginary)
  }
}
