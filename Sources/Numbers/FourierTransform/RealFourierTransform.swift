import CFFTW
import Synchronization

/// The discrete Fourier transform of real float64 columns of any length, and its inverse (FFTW).
///
/// `X_k = sum_t x_t exp(-2 pi i k t / n)`, k = 0...n / 2; the inverse divides by n, so that `inverse(forward(x)) = x`.
/// Plan once, use often: one value transforms `columns` series at a time, laid out row-major with time first
/// (`[length, columns]`). NaN anywhere in a column makes that column's transform NaN. A value is used by one thread.
@safe public struct RealFourierTransform: ~Copyable {
  public let length: Int
  public let columns: Int
  /// length / 2 + 1.
  public var binCount: Int { length / 2 + 1 }

  private let signal: UnsafeMutablePointer<Double>
  private let bins: UnsafeMutablePointer<fftw_complex>
  private let forwardPlan: fftw_plan
  private let inversePlan: fftw_plan

  /// Plans transforms of `columns` series of `length` samples.
  public init(length: Int, columns: Int = 1) {
    precondition(length > 0 && columns > 0 && length * columns < Int(Int32.max), "transform of no or too many samples")
    let count = length * columns
    let spectrumCount = (length / 2 + 1) * columns
    guard let signal = unsafe fftw_alloc_real(count), let bins = unsafe fftw_alloc_complex(spectrumCount) else {
      preconditionFailure("out of memory")
    }
    let n = [Int32(length)]
    let stride = Int32(columns)
    planner._unsafeLock()
    let forward = unsafe fftw_plan_many_dft_r2c(1, n, stride, signal, nil, stride, 1, bins, nil, stride, 1, planFlags)
    let inverse = unsafe fftw_plan_many_dft_c2r(1, n, stride, bins, nil, stride, 1, signal, nil, stride, 1, planFlags)
    planner._unsafeUnlock()
    guard let forward = unsafe forward, let inverse = unsafe inverse else {
      preconditionFailure("FFTW has no plan for this shape")
    }
    self.length = length
    self.columns = columns
    unsafe self.signal = signal
    unsafe self.bins = bins
    unsafe self.forwardPlan = forward
    unsafe self.inversePlan = inverse
  }

  deinit {
    planner._unsafeLock()
    unsafe fftw_destroy_plan(forwardPlan)
    unsafe fftw_destroy_plan(inversePlan)
    planner._unsafeUnlock()
    unsafe fftw_free(signal)
    unsafe fftw_free(bins)
  }

  /// The spectrum of `[length, columns]` samples.
  public mutating func forward(_ x: [Double]) -> Spectrum {
    var spectrum = Spectrum(binCount: binCount, columns: columns)
    forward(x, into: &spectrum)
    return spectrum
  }

  /// The spectrum, written over one of the same shape (no allocation).
  public mutating func forward(_ x: [Double], into spectrum: inout Spectrum) {
    precondition(x.count == length * columns, "signal length differs from the plan")
    precondition(spectrum.binCount == binCount && spectrum.columns == columns, "spectrum shape differs from the plan")
    unsafe x.withUnsafeBufferPointer { unsafe signal.update(from: $0.baseAddress!, count: $0.count) }
    unsafe fftw_execute(forwardPlan)
    let count = 2 * binCount * columns
    unsafe spectrum.interleaved.withUnsafeMutableBytes {
      unsafe $0.copyMemory(from: UnsafeRawBufferPointer(start: bins, count: count * 8))
    }
  }

  /// The `[length, columns]` samples of a spectrum: 1 / length times the unnormalised inverse transform.
  ///
  /// The imaginary parts of bin 0 and (for an even length) of the last bin are taken as zero.
  public mutating func inverse(_ spectrum: Spectrum) -> [Double] {
    var x = [Double](repeating: 0, count: length * columns)
    inverse(spectrum, into: &x)
    return x
  }

  /// The samples, written over `[length, columns]` existing ones (no allocation).
  public mutating func inverse(_ spectrum: Spectrum, into x: inout [Double]) {
    precondition(spectrum.binCount == binCount && spectrum.columns == columns, "spectrum shape differs from the plan")
    precondition(x.count == length * columns, "signal length differs from the plan")
    unsafe spectrum.interleaved.withUnsafeBytes {
      unsafe UnsafeMutableRawPointer(bins).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
    }
    unsafe fftw_execute(inversePlan)
    let scale = 1 / Double(length)
    let count = x.count
    unsafe x.withUnsafeMutableBufferPointer { out in
      for i in 0..<count { unsafe out[i] = signal[i] * scale }
    }
  }
}

extension RealFourierTransform {
  /// A length not below `count` with only the factors 2, 3 and 5, which FFTW transforms fast.
  public static func fastLength(atLeast count: Int) -> Int {
    var n = max(1, count)
    while true {
      var rest = n
      for factor in [2, 3, 5] { while rest % factor == 0 { rest /= factor } }
      if rest == 1 { return n }
      n += 1
    }
  }
}
