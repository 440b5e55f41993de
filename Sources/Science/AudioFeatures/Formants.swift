#if canImport(Glibc)
  import Glibc
#endif

/// One resonance of the vocal tract.
struct Formant: Equatable {
  var frequency: Double
  var bandwidth: Double
}

/// Formants of power spectra by linear prediction.
///
/// The spectrum up to 5,500 Hz alone is modelled (selective linear prediction, Makhoul 1975), as if the sound had been
/// resampled to 11 kHz: pre-emphasis `|1 - 0.972 e^(-i w)|^2` (from 50 Hz), autocorrelation `R_j = sum_k P_k cos(pi j k / 440)`
/// (half weight at both ends), ten coefficients by Levinson's recursion (five resonances). A root `z = r e^(i w)` of the
/// prediction polynomial is a resonance of frequency `11000 w / 2 pi` and bandwidth `-11000 ln r / pi`; formants are those
/// from 90 to 5,400 Hz of less than 1 kHz width, lowest first.
struct FormantModel {
  private static let order = 10
  private static let rateHz = 11_000.0
  private static let bins = 441

  private struct Lags {
    var low: SIMD8<Double>
    var high: SIMD4<Double>
  }
  private let table: [Lags]
  private var roots = RootFinder(degree: order)

  init() {
    table = (0..<Self.bins).map { k in
      let w = Double.pi * Double(k) / Double(Self.bins - 1)
      let a = exp(-2 * Double.pi * 50 / Self.rateHz)
      let weight = (1 + a * a - 2 * a * cos(w)) * (k == 0 || k == Self.bins - 1 ? 0.5 : 1)
      var lags = Lags(low: .zero, high: .zero)
      for j in 0..<8 { lags.low[j] = weight * cos(w * Double(j)) }
      for j in 0..<4 { lags.high[j] = weight * cos(w * Double(j + 8)) }
      return lags
    }
  }

  /// Forgets the last spectrum, from whose roots the next search starts.
  mutating func restart() { roots.restart() }

  /// The formants of the spectrum at `offset` of `spectra` (bins of 12.5 Hz); none of one without power.
  mutating func formants(_ spectra: [Float], at offset: Int) -> [Formant] {
    var (low, high) = (SIMD8<Double>.zero, SIMD4<Double>.zero)
    for k in 0..<Self.bins {
      let p = Double(spectra[offset + k])
      low += p * table[k].low
      high += p * table[k].high
    }
    var r = (0..<8).map { low[$0] } + (0..<4).map { high[$0] }
    guard r[0] > 0 else { return [] }
    // Keeps the recursion stable for spectra of a few lines.
    r[0] *= 1 + 1e-9
    guard let polynomial = Self.prediction(r), let found = roots.roots(of: polynomial) else { return [] }
    var formants: [Formant] = []
    for z in found where z.imaginary > 0 {
      let radius = (z.real * z.real + z.imaginary * z.imaginary).squareRoot()
      let frequency = atan2(z.imaginary, z.real) * Self.rateHz / (2 * Double.pi)
      let bandwidth = -log(radius) * Self.rateHz / Double.pi
      if frequency >= 90, frequency <= 5_400, bandwidth > 0, bandwidth < 1_000 {
        formants.append(Formant(frequency: frequency, bandwidth: bandwidth))
      }
    }
    return formants.sorted { $0.frequency < $1.frequency }
  }

  /// Levinson's recursion: coefficients of `z^10 + a_1 z^9 + ... + a_10`, nil for a singular autocorrelation.
  private static func prediction(_ r: [Double]) -> [Double]? {
    var a = [Double](repeating: 0, count: order + 1)
    a[0] = 1
    var error = r[0]
    for i in 1...order {
      var sum = r[i]
      for j in 1..<max(1, i) { sum += a[j] * r[i - j] }
      let k = -sum / error
      guard abs(k) < 1 else { return nil }
      var next = a
      for j in 1..<max(1, i) { next[j] = a[j] + k * a[i - j] }
      next[i] = k
      a = next
      error *= 1 - k * k
    }
    return a
  }
}

/// All roots of real polynomials by simultaneous iteration (Aberth 1973), started from the last polynomial's roots.
struct RootFinder {
  struct Root: Equatable {
    var real: Double
    var imaginary: Double
  }
  private let degree: Int
  private let initial: [Root]
  private var current: [Root]

  init(degree: Int) {
    self.degree = degree
    // Inside the unit circle, at angles that are no symmetry of a real polynomial.
    initial = (0..<degree).map { i in
      let angle = 2 * Double.pi * (Double(i) + 0.3) / Double(degree)
      return Root(real: 0.9 * cos(angle), imaginary: 0.9 * sin(angle))
    }
    current = initial
  }

  /// Forgets the last polynomial.
  mutating func restart() { current = initial }

  /// The roots of `sum_i a[i] z^(degree - i)`, a[0] = 1, to 1e-10; nil if the iteration does not end.
  mutating func roots(of a: [Double]) -> [Root]? {
    if iterate(a) { return current }
    current = initial
    if iterate(a) { return current }
    current = initial
    return nil
  }

  private mutating func iterate(_ a: [Double]) -> Bool {
    for _ in 0..<60 {
      var largest = 0.0
      for i in 0..<degree {
        let step = correction(a, i)
        guard step.real.isFinite, step.imaginary.isFinite else { return false }
        current[i].real -= step.real
        current[i].imaginary -= step.imaginary
        largest = max(largest, abs(step.real) + abs(step.imaginary))
      }
      if largest < 1e-10 { return true }
    }
    return false
  }

  /// `N / (1 - N sum_j 1 / (z_i - z_j))` with Newton's `N = p / p'`.
  private func correction(_ a: [Double], _ i: Int) -> Root {
    let z = current[i]
    var (pr, pi, dr, di) = (a[0], 0.0, 0.0, 0.0)
    for coefficient in a.dropFirst() {
      (dr, di) = (dr * z.real - di * z.imaginary + pr, dr * z.imaginary + di * z.real + pi)
      (pr, pi) = (pr * z.real - pi * z.imaginary + coefficient, pr * z.imaginary + pi * z.real)
    }
    if pr == 0, pi == 0 { return Root(real: 0, imaginary: 0) }
    // 1 / N - sum is p' / p minus the repulsion of the other roots.
    let norm = pr * pr + pi * pi
    var (qr, qi) = ((dr * pr + di * pi) / norm, (di * pr - dr * pi) / norm)
    for j in 0..<degree where j != i {
      let (x, y) = (z.real - current[j].real, z.imaginary - current[j].imaginary)
      let square = x * x + y * y
      qr -= x / square
      qi += y / square
    }
    let square = qr * qr + qi * qi
    return Root(real: qr / square, imaginary: -qi / square)
  }
}
