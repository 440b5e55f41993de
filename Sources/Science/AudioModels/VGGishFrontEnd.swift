import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#endif

/// What VGGish sees of 0.975 s of sound at 16 kHz: log mel spectra of 96 frames.
///
/// Hann frames of 400 samples every 160, followed by zeros to 512; 64 bands of equal height between 125 and 7500 Hz on
/// the HTK mel scale over |X|; ln(mel + 0.01). Frames lie wholly in the sound. Hershey et al. 2017; the definition is
/// tensorflow/models research/audioset/vggish.
package struct VGGishFrontEnd: ~Copyable {
  static let rateHz = 16_000
  static let frames = 96
  static let bands = 64
  static let hop = 160
  static let windowLength = 400
  /// Samples one example needs: 95 · 160 + 400.
  static let field = (frames - 1) * hop + windowLength

  private var spectrogram: MelSpectrogram

  package init() {
    let filters = MelFilters(
      bands: Self.bands, fftLength: 512, rateHz: Double(Self.rateHz), low: 125, high: 7500, scale: .htk,
      shape: .melsOfEqualHeight)
    spectrogram = MelSpectrogram(
      frames: Self.frames, hop: Self.hop, windowLength: Self.windowLength, fftLength: 512, filters: filters,
      quantity: .magnitude)
  }

  /// `[96, 64]` of the 15 600 samples from `start`.
  package mutating func apply(_ sound: [Float], start: Int) -> [Float] {
    precondition(start >= 0 && start + Self.field <= sound.count, "an example lies in the sound")
    return spectrogram.image(sound, start: start) { log($0 + 0.01) }
  }
}
