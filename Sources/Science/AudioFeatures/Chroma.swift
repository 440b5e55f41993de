import FourierTransform
import SignalProcessing

#if canImport(Glibc)
  import Glibc
#endif

extension DescriptorSet {
  /// Energy in the twelve pitch classes C to B (Ellis 2007), as `librosa.feature.chroma_stft` defines it, tuned to 440 Hz.
  ///
  /// Frames of 256 ms (4,096 samples) every 100 ms of 16 kHz sound without padding, periodic Hann window, power. A bin
  /// at f counts for class c by `exp(-2 (d / w)^2)`, d its distance to c in semitones around the circle, w the bins'
  /// own spacing in semitones but at least 1; the twelve weights of a bin have unit square sum and are then damped by
  /// `exp(-((log2(f / 27.5) - 5) / 2)^2 / 2)`, so that octaves around A5 count most. The largest class of a frame is 1.
  /// Silence has 0 throughout.
  public static let chroma12 = DescriptorSet(
    name: "chroma12", version: 1, summary: "energy in the twelve pitch classes: harmony",
    columns: ["c", "cs", "d", "ds", "e", "f", "fs", "g", "gs", "a", "as", "b"].map {
      DescriptorColumn("chroma_\($0)", unit: "1", silence: 0)
    }, nativeRateHz: 10, kernel: { ChromaKernel() })
}

final class ChromaKernel: GridKernel {
  static let grid = FrameGrid(length: 4_096, hop: 1_600)
  private static let batch = 8
  private static let bins = grid.length / 2 + 1
  private var transform = FrameFourierTransform(length: grid.length, frames: batch)
  private let window = hannWindow(length: grid.length).map(Float.init)
  private var power = [Float](repeating: 0, count: batch * bins)
  /// `[bins, 12]`.
  private let weights = ChromaKernel.weights()

  let width = 12

  func compute(_ rows: Range<Int>, _ x: [Float], offset: Int, sampleCount: Int) -> [Float] {
    var values = [Float](repeating: 0, count: rows.count * width)
    for first in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.batch) {
      let count = min(Self.batch, rows.upperBound - first)
      transform.powerOfFrames(
        x, start: Self.grid.start(first) - offset, hop: Self.grid.hop, count: count, window: window, into: &power)
      for i in 0..<count { add(frame: i, to: &values, at: (first + i - rows.lowerBound) * width) }
    }
    return values
  }

  private func add(frame: Int, to values: inout [Float], at offset: Int) {
    var (low, high) = (SIMD8<Float>.zero, SIMD4<Float>.zero)
    for k in 0..<Self.bins {
      let p = power[frame * Self.bins + k]
      low += p * weights[k].low
      high += p * weights[k].high
    }
    let top = max(low.max(), high.max())
    guard top > .leastNormalMagnitude else { return }
    for c in 0..<8 { values[offset + c] = low[c] / top }
    for c in 0..<4 { values[offset + 8 + c] = high[c] / top }
  }

  private struct Weights {
    var low = SIMD8<Float>.zero
    var high = SIMD4<Float>.zero
  }

  private static func weights() -> [Weights] {
    let binHz = DescriptorSet.sourceRateHz / Double(grid.length)
    // Semitones above A0; the bin at 0 Hz is put one and a half octaves below the next.
    var semitones = (0...bins).map { 12 * log2(Double($0) * binHz / 27.5) }
    semitones[0] = semitones[1] - 18
    return (0..<bins).map { k in
      let width = max(semitones[k + 1] - semitones[k], 1)
      let row = (0..<12).map { c -> Double in
        // Class 0 is C, three semitones above A.
        let distance = (semitones[k] - Double(c + 3) + 6).truncatingRemainder(dividingBy: 12)
        let d = (distance < 0 ? distance + 12 : distance) - 6
        return exp(-2 * (d / width) * (d / width))
      }
      let norm = row.reduce(0) { $0 + $1 * $1 }.squareRoot()
      let octave = (semitones[k] / 12 - 5) / 2
      let damping = exp(-octave * octave / 2) / norm
      var weights = Weights()
      for c in 0..<8 { weights.low[c] = Float(row[c] * damping) }
      for c in 0..<4 { weights.high[c] = Float(row[8 + c] * damping) }
      return weights
    }
  }
}
