/// The non-negative frequencies of real columns: `[binCount, columns]` complex numbers, row-major.
///
/// Bin k of a signal of length n at rate f is k f / n Hz, k = 0...n / 2.
public struct Spectrum: Sendable, Equatable {
  /// n / 2 + 1.
  public let binCount: Int
  public let columns: Int
  /// Real and imaginary parts in turn: entry `2 * (bin * columns + column)` is the real part.
  public var interleaved: [Double]

  /// All zero.
  public init(binCount: Int, columns: Int = 1) {
    self.binCount = binCount
    self.columns = columns
    self.interleaved = [Double](repeating: 0, count: 2 * binCount * columns)
  }

  public func real(_ bin: Int, _ column: Int = 0) -> Double { interleaved[2 * (bin * columns + column)] }
  public func imaginary(_ bin: Int, _ column: Int = 0) -> Double { interleaved[2 * (bin * columns + column) + 1] }

  /// |X|^2 of one bin.
  public func power(_ bin: Int, _ column: Int = 0) -> Double {
    let re = real(bin, column)
    let im = imaginary(bin, column)
    return re * re + im * im
  }

  /// Sets one bin.
  public mutating func set(_ bin: Int, _ column: Int = 0, real: Double, imaginary: Double) {
    interleaved[2 * (bin * columns + column)] = real
    interleaved[2 * (bin * columns + column) + 1] = imaginary
  }

  /// Multiplies one bin by cos(angle) + i sin(angle), given as its cosine and sine.
  public mutating func rotate(_ bin: Int, _ column: Int = 0, cosine: Double, sine: Double) {
    let re = real(bin, column)
    let im = imaginary(bin, column)
    set(bin, column, real: re * cosine - im * sine, imaginary: re * sine + im * cosine)
  }

  /// Multiplies by another spectrum of the same shape, bin by bin (circular convolution in time).
  public mutating func multiply(by other: Spectrum) {
    precondition(other.binCount == binCount && other.columns == columns, "spectra of different shape")
    for i in 0..<(binCount * columns) {
      let a = interleaved[2 * i]
      let b = interleaved[2 * i + 1]
      let c = other.interleaved[2 * i]
      let d = other.interleaved[2 * i + 1]
      interleaved[2 * i] = a * c - b * d
      interleaved[2 * i + 1] = a * d + b * c
    }
  }
}
