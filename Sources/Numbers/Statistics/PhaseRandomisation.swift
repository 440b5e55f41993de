import FourierTransform
import LinearAlgebra

#if canImport(Glibc)
  import Glibc
#endif

/// Surrogates of multivariate series that keep every column's amplitude spectrum and all cross-spectra: the Fourier
/// phases of all columns are turned by the same random angles (Prichard and Theiler 1994).
///
/// `F_j ← F_j exp(iφ_j)` for 0 < j < n/2, the mean and the Nyquist bin kept. `mirrored` transforms `[x, reversed x]` and
/// keeps the first half, which spares a slow series the jump between its end and its start. Not
/// thread-safe.
public final class PhaseRandomiser {
  public let rows: Int
  public let columns: Int
  public let mirrored: Bool
  private let length: Int
  /// One column is transformed at a time: it stays in the processor's cache.
  private var transform: RealFourierTransform
  private var original: [Spectrum] = []
  private var turned: Spectrum
  private var buffer: [Double]

  /// Prepares surrogates of `[rows, columns]` samples; a missing sample is linearly interpolated.
  public init(_ x: [Double], rows: Int, columns: Int, mirrored: Bool = true) {
    precondition(x.count == rows * columns && rows > 0 && columns > 0, "shape and value count differ")
    self.rows = rows
    self.columns = columns
    self.mirrored = mirrored
    length = mirrored ? 2 * rows : rows
    transform = RealFourierTransform(length: length)
    turned = Spectrum(binCount: length / 2 + 1)
    buffer = [Double](repeating: 0, count: length)
    let series = Self.interpolated(x, rows: rows, columns: columns)
    for column in 0..<columns {
      for i in 0..<length { buffer[i] = series[(i < rows ? i : length - 1 - i) * columns + column] }
      original.append(transform.forward(buffer))
    }
  }

  /// Writes the surrogate of one draw over `[rows, columns]` samples at `offset` of `output`.
  ///
  /// One angle per frequency is drawn from `stream`, so columns, layers and targets of one stimulus share a draw.
  public func draw(_ stream: RandomStream, into output: inout [Double], offset: Int = 0) {
    precondition(output.count >= offset + rows * columns, "the output is too short")
    var stream = stream
    // The mean and, of an even length, the last bin stay.
    var turns = [Double](repeating: 0, count: 2 * turned.binCount)
    for bin in 0..<turned.binCount { turns[2 * bin] = 1 }
    for bin in 1..<max(1, (length + 1) / 2) {
      let angle = 2 * Double.pi * stream.uniform()
      (turns[2 * bin], turns[2 * bin + 1]) = (cos(angle), sin(angle))
    }
    for (column, spectrum) in original.enumerated() {
      ComplexProducts.multiply(spectrum.interleaved, turns, into: &turned.interleaved)
      transform.inverse(turned, into: &buffer)
      Self.copy(buffer, count: rows, into: &output, offset: offset + column, stride: columns)
    }
  }

  private static func copy(_ x: [Double], count: Int, into y: inout [Double], offset: Int, stride: Int) {
    for i in 0..<count { y[offset + i * stride] = x[i] }
  }

  /// Every run of missing values replaced by the line between its neighbours (constant at the ends, 0 if all missing).
  package static func interpolated(_ x: [Double], rows: Int, columns: Int) -> [Double] {
    guard x.contains(where: \.isNaN) else { return x }
    var y = x
    for j in 0..<columns {
      var last = -1
      for i in 0...rows where i == rows || !x[i * columns + j].isNaN {
        let gap = i - last - 1
        if gap > 0 {
          let left = last >= 0 ? x[last * columns + j] : (i < rows ? x[i * columns + j] : 0)
          let right = i < rows ? x[i * columns + j] : left
          for k in 1...gap {
            y[(last + k) * columns + j] = left + (right - left) * Double(k) / Double(gap + 1)
          }
        }
        last = i
      }
    }
    return y
  }
}
