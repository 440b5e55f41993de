import FourierTransform
import SignalProcessing

#if canImport(Glibc)
  import Glibc
#endif

extension DescriptorSet {
  /// Mel-frequency cepstral coefficients 1 to 12 (Davis & Mermelstein 1980), as librosa defines them.
  ///
  /// Frames of 25 ms every 10 ms of 16 kHz sound without padding, periodic Hann window, FFT 512, power; 40 mel bands of
  /// Slaney's scale from 0 to 8,000 Hz, of unit area; `10 log10 max(E_b, 1e-10)` (no ceiling relative to the loudest
  /// band of the sound, which would need all of it); orthonormal cosine transform. Coefficient 0, the level, is left out.
  /// Silence has 0 throughout; a change of gain changes nothing while no band is below the floor.
  public static let mfcc12 = DescriptorSet(
    name: "mfcc12", version: 1, summary: "mel-frequency cepstral coefficients 1 to 12: the shape of the spectrum",
    columns: (1...12).map { DescriptorColumn("mfcc\($0)", unit: "dB", silence: 0) }, nativeRateHz: 100,
    kernel: { MelCepstrumKernel() })
}

final class MelCepstrumKernel: GridKernel {
  static let grid = FrameGrid(length: 400, hop: 160)
  private static let batch = 128
  private static let bands = 40
  private var transform = FrameFourierTransform(length: 512, frames: batch)
  private let window = hannWindow(length: 400).map(Float.init)
  private let mel = MelBands(
    count: bands, lowHz: 0, highHz: 8_000, scale: .slaney, bins: 257, binHz: 16_000.0 / 512)
  private let cosines = CosineTransform(inputs: bands, coefficients: 1...12) { _ in (2 / Double(bands)).squareRoot() }
  private var power = [Float](repeating: 0, count: batch * 257)

  let width = 12

  func compute(_ rows: Range<Int>, _ x: [Float], offset: Int, sampleCount: Int) -> [Float] {
    var values = [Float](repeating: 0, count: rows.count * width)
    var levels = [Float](repeating: 0, count: Self.bands)
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.batch) {
      let count = min(Self.batch, rows.upperBound - first)
      transform.powerOfFrames(
        x, start: Self.grid.start(first) - offset, hop: Self.grid.hop, count: count, window: window, into: &power)
      for i in 0..<count {
        mel.energies(power, at: i * 257, into: &levels)
        for b in 0..<Self.bands { levels[b] = 10 * log10(max(levels[b], 1e-10)) }
        cosines.transform(levels, into: &values, at: (first + i - rows.lowerBound) * width)
      }
    }
    return values
  }
}
