import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#endif

/// What musicnn's networks see of 3 s of sound at 16 kHz: log mel spectra of 187 frames.
///
/// Hann frames of 512 samples centred every 256, 96 bands of equal area between 0 and 8000 Hz on Slaney's mel scale over
/// |X|²; log10(10 000 S + 1), S rounded to half precision as the package and the training of its weights stored it.
/// Pons and Serra 2019; the definition is musicnn/extractor.py of the package musicnn 0.1.0 over librosa 0.7.
package struct MusicnnFrontEnd: ~Copyable {
  static let rateHz = 16_000
  static let frames = 187
  static let bands = 96
  static let hop = 256
  static let windowLength = 512
  /// Samples one example needs: 186 · 256 + 512.
  static let field = (frames - 1) * hop + windowLength

  private var spectrogram: MelSpectrogram

  package init() {
    let filters = MelFilters(
      bands: Self.bands, fftLength: Self.windowLength, rateHz: Double(Self.rateHz), low: 0,
      high: Double(Self.rateHz) / 2, scale: .slaney, shape: .hertzOfEqualArea)
    spectrogram = MelSpectrogram(
      frames: Self.frames, hop: Self.hop, windowLength: Self.windowLength, fftLength: Self.windowLength,
      filters: filters, quantity: .power)
  }

  /// `[187, 96]` of the 48 128 samples from `start`.
  package mutating func apply(_ sound: [Float], start: Int) -> [Float] {
    precondition(start >= 0 && start + Self.field <= sound.count, "an example lies in the sound")
    return spectrogram.image(sound, start: start) { log10(10_000 * Double(Float16($0)) + 1) }
  }

  /// Examples begin with the frame centred on the sound's first sample and end with the last whole one.
  static func grid(hop: Int) -> FrameGrid {
    FrameGrid(
      hop: hop, field: field, rateHz: rateHz, origin: -windowLength / 2, ending: .padded(windowLength / 2),
      placement: .overlap)
  }
}
