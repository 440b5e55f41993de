#if canImport(Glibc)
  import Glibc
#endif

/// Levels of single harmonics in a power spectrum of `VoiceSpectra`.
struct Harmonics {
  let f0: Double
  private let spectra: [Float]
  private let offset: Int

  init(_ spectra: [Float], at offset: Int, f0: Double) {
    self.spectra = spectra
    self.offset = offset
    self.f0 = f0
  }

  /// The highest level, dB, within a quarter of f0 around harmonic h, refined by a parabola (exact for the Gaussian
  /// window); nil beyond the spectrum.
  func level(_ h: Int) -> Double? {
    let low = Int(((Double(h) - 0.25) * f0 / VoiceSpectra.binHz).rounded())
    let high = Int(((Double(h) + 0.25) * f0 / VoiceSpectra.binHz).rounded())
    guard h > 0, low > 0, high < VoiceSpectra.bins - 1 else { return nil }
    var top = low
    for k in low...high where spectra[offset + k] > spectra[offset + top] { top = k }
    let (a, b, c) = (decibels(top - 1), decibels(top), decibels(top + 1))
    let curvature = a + c - 2 * b
    return curvature < 0 && b >= a && b >= c ? b - (a - c) * (a - c) / (8 * curvature) : b
  }

  /// The level of the harmonic nearest to a frequency.
  func level(nearest hertz: Double) -> Double? { level(max(1, Int((hertz / f0).rounded()))) }

  /// The level of the strongest harmonic within 20 % of a frequency, of the nearest where none is.
  func strongestLevel(around hertz: Double) -> Double? {
    let (low, high) = (Int((0.8 * hertz / f0).rounded(.up)), Int(1.2 * hertz / f0))
    guard low <= high else { return level(nearest: hertz) }
    return (max(1, low)...max(1, high)).compactMap { level($0) }.max()
  }

  private func decibels(_ k: Int) -> Double { 10 * log10(max(Double(spectra[offset + k]), 1e-20)) }
}
