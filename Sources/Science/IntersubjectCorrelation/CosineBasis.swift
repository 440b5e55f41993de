import FourierTransform

#if canImport(Glibc)
  import Glibc
#endif

/// Orthonormal coordinates of a series without slow drift, whose signs hold its alignment in time.
///
/// `d_k = √(2 / n) Σ_t x_t cos(π k (t + ½) / n)`, k = 1 ..< n: the spectrum of the mirrored series [x, reversed x], which is
/// real. These are the principal components of a random walk and nearly those of any slow stationary series, so that
/// series which share nothing have independent signs. A high-pass leaves `d_k` = 0 for its cosines. For a trend that it
/// took out as well, with coefficients τ (of unit length, k above the cosines), the reflection `d - 2 v (v · d)` with v
/// along τ ± e_j puts what is missing into the one coordinate j, which is then 0; changed signs never bring it back.
struct CosineBasis: Sendable {
  let sampleCount: Int
  /// Coordinates 0 ..< `removed` are 0: the mean and the high-pass' cosines.
  private let removed: Int
  private let reflections: [Reflection]
  private let cosine: [Double]
  private let sine: [Double]

  private struct Reflection: Sendable {
    /// Of unit length, `[coordinate]`.
    let vector: [Double]
    /// The coordinate that is 0 afterwards.
    let dropped: Int
  }

  init(sampleCount n: Int, drift: SlowDrift?) {
    precondition(drift.map { $0.sampleCount == n } ?? true, "a drift of the series' length")
    sampleCount = n
    let removed = drift.map { 1 + $0.cosines } ?? 1
    self.removed = removed
    let angles = (0..<n).map { Double.pi * Double($0) / Double(2 * n) }
    cosine = angles.map { cos($0) }
    sine = angles.map { sin($0) }
    guard let trends = drift?.trendSeries, !trends.isEmpty else {
      reflections = []
      return
    }
    let plain = CosineBasis(sampleCount: n, drift: nil)
    var transform = CosineTransform(plain, columns: 1)
    reflections = trends.enumerated().map { power, series in
      var vector = transform.forward(series)
      // u has odd coefficients only, u² even ones: the two reflections do not touch each other's.
      for k in 0..<n where k < removed || k % 2 == power % 2 { vector[k] = 0 }
      vector = Self.unit(vector)
      let dropped = removed % 2 == power % 2 ? removed + 1 : removed
      vector[dropped] += vector[dropped] < 0 ? -1 : 1
      return Reflection(vector: Self.unit(vector), dropped: dropped)
    }
  }

  private static func unit(_ vector: [Double]) -> [Double] {
    let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return vector.map { $0 / length }
  }

  /// From cosine coefficients `[n, columns]`: what the high-pass took out is set to 0, the rest reflected.
  fileprivate func reflect(_ x: inout [Double], columns: Int) {
    for i in 0..<removed * columns { x[i] = 0 }
    for reflection in reflections { Self.reflect(reflection, &x, columns) }
    clear(&x, columns)
  }

  /// Back to cosine coefficients.
  fileprivate func unreflect(_ x: inout [Double], columns: Int) {
    clear(&x, columns)
    for reflection in reflections { Self.reflect(reflection, &x, columns) }
  }

  private func clear(_ x: inout [Double], _ columns: Int) {
    for reflection in reflections {
      for c in 0..<columns { x[reflection.dropped * columns + c] = 0 }
    }
  }

  private static func reflect(_ reflection: Reflection, _ x: inout [Double], _ columns: Int) {
    var product = [Double](repeating: 0, count: columns)
    for (k, v) in reflection.vector.enumerated() where v != 0 {
      for c in 0..<columns { product[c] += v * x[k * columns + c] }
    }
    for (k, v) in reflection.vector.enumerated() where v != 0 {
      for c in 0..<columns { x[k * columns + c] -= 2 * v * product[c] }
    }
  }

  /// e^(iπk/2n), by which the transform of the mirrored series is turned to be real.
  fileprivate func turn(_ k: Int) -> (cosine: Double, sine: Double) { (cosine[k], sine[k]) }
}

/// Takes some columns to the coordinates of a basis and back. A value is used by one thread.
struct CosineTransform: ~Copyable {
  private let basis: CosineBasis
  private let columns: Int
  private var transform: RealFourierTransform
  private var spectrum: Spectrum
  private var mirrored: [Double]

  init(_ basis: CosineBasis, columns: Int) {
    self.basis = basis
    self.columns = columns
    let n = basis.sampleCount
    transform = RealFourierTransform(length: 2 * n, columns: columns)
    spectrum = Spectrum(binCount: n + 1, columns: columns)
    mirrored = [Double](repeating: 0, count: 2 * n * columns)
  }

  /// Coordinates `[n, columns]` of series `[n, columns]`; all NaN for a column with a missing sample.
  mutating func forward(_ x: [Double]) -> [Double] {
    let n = basis.sampleCount
    precondition(x.count == n * columns, "series length differs from the basis")
    for t in 0..<n {
      for c in 0..<columns {
        mirrored[t * columns + c] = x[t * columns + c]
        mirrored[(2 * n - 1 - t) * columns + c] = x[t * columns + c]
      }
    }
    transform.forward(mirrored, into: &spectrum)
    // The transform of the mirrored series is 2 e^(iπk/2n) Σ x cos.
    let scale = 1 / (2 * Double(n)).squareRoot()
    var result = [Double](repeating: 0, count: n * columns)
    for k in 0..<n {
      let (cosine, sine) = basis.turn(k)
      for c in 0..<columns {
        let i = k * columns + c
        result[i] = scale * (spectrum.interleaved[2 * i] * cosine + spectrum.interleaved[2 * i + 1] * sine)
      }
    }
    basis.reflect(&result, columns: columns)
    return result
  }

  /// The series `[n, columns]` of coordinates `[n, columns]`, without mean.
  mutating func inverse(_ coordinates: [Double]) -> [Double] {
    let n = basis.sampleCount
    precondition(coordinates.count == n * columns, "series length differs from the basis")
    var x = coordinates
    basis.unreflect(&x, columns: columns)
    let scale = (2 * Double(n)).squareRoot()
    for k in 0..<n {
      let (cosine, sine) = basis.turn(k)
      for c in 0..<columns {
        let i = k * columns + c
        spectrum.interleaved[2 * i] = scale * x[i] * cosine
        spectrum.interleaved[2 * i + 1] = scale * x[i] * sine
      }
    }
    for c in 0..<columns { spectrum.set(n, c, real: 0, imaginary: 0) }
    transform.inverse(spectrum, into: &mirrored)
    return Array(mirrored[0..<n * columns])
  }
}
