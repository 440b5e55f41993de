#if canImport(Glibc)
  import Glibc
#endif

/// Triangular bands on a mel scale, as weights over the bins of a power spectrum.
struct MelBands: Sendable {
  enum Scale: Sendable {
    /// `2595 log10(1 + f / 700)`, triangles straight over mel, of height one (the HTK book).
    case htk
    /// Linear to 1 kHz, logarithmic above (27 bands per factor 6.4), triangles straight over Hz, of unit area (Slaney's
    /// Auditory Toolbox; librosa's default).
    case slaney

    func mel(_ hz: Double) -> Double {
      switch self {
      case .htk: 2_595 * log10(1 + hz / 700)
      case .slaney: hz < 1_000 ? hz * 3 / 200 : 15 + 27 * log(hz / 1_000) / log(6.4)
      }
    }

    func hz(_ mel: Double) -> Double {
      switch self {
      case .htk: 700 * (pow(10, mel / 2_595) - 1)
      case .slaney: mel < 15 ? mel * 200 / 3 : 1_000 * exp((mel - 15) * log(6.4) / 27)
      }
    }
  }

  let count: Int
  /// Per band: its centre in Hz.
  let centres: [Double]
  /// Per band: the first bin with a weight, and where its weights begin in `weights`; one further entry at the end.
  private let firstBins: [Int]
  private let offsets: [Int]
  private let weights: [Float]

  /// Bands between `lowHz` and `highHz` over `bins` bins of `binHz`; the sides of HTK's triangles are widened to
  /// `narrowestSideHz` where bands stand closer.
  init(
    count: Int, lowHz: Double, highHz: Double, scale: Scale, bins: Int, binHz: Double, narrowestSideHz: Double = 0
  ) {
    let (low, high) = (scale.mel(lowHz), scale.mel(highHz))
    let edges = (0...(count + 1)).map { low + (high - low) * Double($0) / Double(count + 1) }
    var (firsts, offsets, weights): ([Int], [Int], [Float]) = ([], [0], [])
    for b in 0..<count {
      let centre = scale.hz(edges[b + 1])
      let (left, right) = (
        min(edges[b], scale.mel(centre - narrowestSideHz)), max(edges[b + 2], scale.mel(centre + narrowestSideHz))
      )
      let row = (0..<bins).map {
        Self.weight(Double($0) * binHz, low: left, centre: edges[b + 1], high: right, scale: scale)
      }
      guard let first = row.firstIndex(where: { $0 > 0 }), let last = row.lastIndex(where: { $0 > 0 }) else {
        preconditionFailure("band \(b) of \(count) lies between two bins of \(binHz) Hz")
      }
      firsts.append(first)
      weights += row[first...last].map(Float.init)
      offsets.append(weights.count)
    }
    self.count = count
    centres = (0..<count).map { scale.hz(edges[$0 + 1]) }
    firstBins = firsts
    self.offsets = offsets
    self.weights = weights
  }

  private static func weight(_ f: Double, low: Double, centre: Double, high: Double, scale: Scale) -> Double {
    switch scale {
    case .htk:
      let m = scale.mel(f)
      return max(0, min((m - low) / (centre - low), (high - m) / (high - centre)))
    case .slaney:
      let (a, b, c) = (scale.hz(low), scale.hz(centre), scale.hz(high))
      return max(0, min((f - a) / (b - a), (c - f) / (c - b))) * 2 / (c - a)
    }
  }

  /// `energies[b] = sum_k w_bk P[start + k]`.
  func energies(_ power: [Float], at start: Int, into energies: inout [Float]) {
    for b in 0..<count {
      var sum: Float = 0
      let shift = start + firstBins[b] - offsets[b]
      for i in offsets[b]..<offsets[b + 1] { sum += weights[i] * power[shift + i] }
      energies[b] = sum
    }
  }
}

/// The discrete cosine transform of type II without its coefficient 0: `c_i = s_i sum_b x_b cos(pi i (b + 1/2) / n)`, i > 0.
struct CosineTransform: Sendable {
  private let count: Int
  private let rows: [[Float]]

  /// - Parameter scale: of coefficient i; `sqrt(2 / n)` makes the transform orthonormal for i > 0.
  init(inputs n: Int, coefficients: ClosedRange<Int>, scale: (Int) -> Double) {
    count = n
    rows = coefficients.map { i in
      (0..<n).map { Float(scale(i) * cos(Double.pi * Double(i) * (Double($0) + 0.5) / Double(n))) }
    }
  }

  /// The sums are over `x_b - x_0`, which changes nothing but makes those of equal values 0.
  func transform(_ x: [Float], into values: inout [Float], at offset: Int) {
    for (i, row) in rows.enumerated() {
      var sum: Float = 0
      for b in 0..<count { sum += row[b] * (x[b] - x[0]) }
      values[offset + i] = sum
    }
  }
}
