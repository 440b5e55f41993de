import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#endif

/// What OpenL3's network sees of one second of sound at 48 kHz: mel spectra of 199 frames in decibels.
///
/// S = Hann frames of 2048 samples every 242, filtered to mel bands over 0 to 24 kHz (triangles of equal area); then
/// dB = max(10 log10 max(S, 1e-10) - max over the example, -80). The factor is 10 though S is no power, as in the
/// training of the published weights (kapre 0.1.4).
package struct OpenL3FrontEnd: ~Copyable {
  /// Which library's definition of the spectra.
  package enum Version: String, Sendable, CaseIterable {
    /// OpenL3 0.4 (kapre 0.3): frames begin with the example and run on into 1964 zeros behind it; S = Σ w |X|,
    /// Slaney's mel scale.
    case current = "kapre-0.3"
    /// OpenL3 0.1 to 0.3 and the training (kapre 0.1.4): 982 zeros on both sides; S = √(Σ w |X|²), HTK's mel scale.
    case original = "kapre-0.1"
  }

  package static let rateHz = 48_000
  package static let frames = 199
  static let hop = 242
  static let fftLength = 2048

  let version: Version
  private var spectrogram: MelSpectrogram

  /// The definition's own filters.
  package init(version: Version, bands: Int) { self.init(version: version, bands: bands, filters: nil) }

  /// `bands` bands; `filters` replace those of the definition where a weights file brings its own.
  init(version: Version, bands: Int, filters: MelFilters?) {
    self.version = version
    let filters =
      filters
      ?? MelFilters(
        bands: bands, fftLength: Self.fftLength, rateHz: Double(Self.rateHz), low: 0, high: Double(Self.rateHz) / 2,
        scale: version == .current ? .slaney : .htk, shape: .hertzOfEqualArea)
    spectrogram = MelSpectrogram(
      frames: Self.frames, hop: Self.hop, windowLength: Self.fftLength, fftLength: Self.fftLength, filters: filters,
      quantity: version == .current ? .magnitude : .rootOfPower)
  }

  /// `[bands, 199]` decibels of 48 000 samples.
  package mutating func apply(_ example: [Float]) -> [Float] {
    precondition(example.count == Self.rateHz, "an example has one second")
    // TensorFlow's SAME padding: (198 · 242 + 2048 - 48000) / 2 on both sides.
    let before = version == .current ? 0 : ((Self.frames - 1) * Self.hop + Self.fftLength - Self.rateHz) / 2
    let levels = spectrogram.apply(example, start: -before).map { 10 * log10(max($0, 1e-10)) }
    let loudest = levels.reduce(-.infinity, max)
    return levels.map { Float(max($0 - loudest, -80)) }
  }
}
