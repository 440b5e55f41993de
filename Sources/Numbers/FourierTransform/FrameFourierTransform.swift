import CFFTW
import Synchronization

/// The Fourier transform of many short real float32 frames at once, and its inverse (FFTW).
///
/// Frames are rows: `[frames, length]` samples give `[frames, length / 2 + 1]` complex bins, real and imaginary parts
/// in turn. Equation and scaling as `RealFourierTransform`. A value is used by one thread.
@safe public struct FrameFourierTransform: ~Copyable {
  public let length: Int
  public let frames: Int
  /// length / 2 + 1.
  public var binCount: Int { length / 2 + 1 }

  private let signal: UnsafeMutablePointer<Float>
  private let bins: UnsafeMutablePointer<fftwf_complex>
  private let forwardPlan: fftwf_plan
  private let inversePlan: fftwf_plan

  /// Plans transforms of `frames` frames of `length` samples.
  public init(length: Int, frames: Int) {
    precondition(length > 0 && frames > 0 && length * frames < Int(Int32.max), "transform of no or too many samples")
    let binCount = length / 2 + 1
    guard let signal = unsafe fftwf_alloc_real(length * frames),
      let bins = unsafe fftwf_alloc_complex(binCount * frames)
    else { preconditionFailure("out of memory") }
    let n = [Int32(length)]
    let (rows, width, bandwidth) = (Int32(frames), Int32(length), Int32(binCount))
    planner._unsafeLock()
    let forward = unsafe fftwf_plan_many_dft_r2c(1, n, rows, signal, nil, 1, width, bins, nil, 1, bandwidth, planFlags)
    let inverse = unsafe fftwf_plan_many_dft_c2r(1, n, rows, bins, nil, 1, bandwidth, signal, nil, 1, width, planFlags)
    planner._unsafeUnlock()
    guard let forward = unsafe forward, let inverse = unsafe inverse else {
      preconditionFailure("FFTW has no plan for this shape")
    }
    self.length = length
    self.frames = frames
    unsafe self.signal = signal
    unsafe self.bins = bins
    unsafe self.forwardPlan = forward
    unsafe self.inversePlan = inverse
  }

  deinit {
    planner._unsafeLock()
    unsafe fftwf_destroy_plan(forwardPlan)
    unsafe fftwf_destroy_plan(inversePlan)
    planner._unsafeUnlock()
    unsafe fftwf_free(signal)
    unsafe fftwf_free(bins)
  }

  /// Transforms `[frames, length]` samples into `[frames, binCount]` interleaved complex bins.
  public mutating func forward(_ x: [Float], into spectrum: inout [Float]) {
    precondition(x.count == length * frames, "frame count or length differs from the plan")
    precondition(spectrum.count == 2 * binCount * frames, "spectrum shape differs from the plan")
    unsafe x.withUnsafeBufferPointer { unsafe signal.update(from: $0.baseAddress!, count: $0.count) }
    unsafe fftwf_execute(forwardPlan)
    let count = spectrum.count
    unsafe spectrum.withUnsafeMutableBytes {
      unsafe $0.copyMemory(from: UnsafeRawBufferPointer(start: bins, count: count * 4))
    }
  }

  /// Transforms interleaved bins back into `[frames, length]` samples (divided by length).
  public mutating func inverse(_ spectrum: [Float], into x: inout [Float]) {
    precondition(spectrum.count == 2 * binCount * frames, "spectrum shape differs from the plan")
    precondition(x.count == length * frames, "frame count or length differs from the plan")
    unsafe spectrum.withUnsafeBytes {
      unsafe UnsafeMutableRawPointer(bins).copyMemory(from: $0.baseAddress!, byteCount: $0.count)
    }
    unsafe fftwf_execute(inversePlan)
    let scale = 1 / Float(length)
    let count = x.count
    unsafe x.withUnsafeMutableBufferPointer { out in
      for i in 0..<count { unsafe out[i] = signal[i] * scale }
    }
  }

  /// `|X_k|^2` of `[frames, length]` samples, written as `[frames, binCount]`.
  public mutating func power(_ x: [Float], into power: inout [Float]) {
    precondition(x.count == length * frames, "frame count or length differs from the plan")
    precondition(power.count == binCount * frames, "power shape differs from the plan")
    unsafe x.withUnsafeBufferPointer { unsafe signal.update(from: $0.baseAddress!, count: $0.count) }
    unsafe fftwf_execute(forwardPlan)
    let count = power.count
    unsafe power.withUnsafeMutableBufferPointer { out in
      for i in 0..<count {
        unsafe out[i] = bins[i].0 * bins[i].0 + bins[i].1 * bins[i].1
      }
    }
  }
}

extension FrameFourierTransform {
  /// The power spectra of windowed frames of a signal: `P[m, k] = |FFT(window * x[start + hop m ...])|^2`.
  ///
  /// A window shorter than `length` is followed by zeros. `count` frames (at most `frames`) are written to the first
  /// rows of `power` (`[frames, binCount]`); the frames must lie inside the signal.
  public mutating func powerOfFrames(
    _ x: [Float], start: Int, hop: Int, count: Int, window: [Float], into power: inout [Float]
  ) {
    precondition(count > 0 && count <= frames && window.count <= length, "more frames or window than planned")
    precondition(start >= 0 && start + hop * (count - 1) + window.count <= x.count, "frames outside the signal")
    precondition(power.count == binCount * frames, "power shape differs from the plan")
    let (width, taps, bandwidth) = (length, window.count, binCount)
    unsafe x.withUnsafeBufferPointer { source in
      unsafe window.withUnsafeBufferPointer { weights in
        for frame in 0..<count {
          let from = unsafe source.baseAddress! + start + frame * hop
          let to = unsafe signal + frame * width
          for i in 0..<taps { unsafe to[i] = from[i] * weights[i] }
          unsafe (to + taps).update(repeating: 0, count: width - taps)
        }
      }
    }
    if count < frames { unsafe (signal + count * width).update(repeating: 0, count: (frames - count) * width) }
    unsafe fftwf_execute(forwardPlan)
    unsafe power.withUnsafeMutableBufferPointer { out in
      for i in 0..<(count * bandwidth) {
        unsafe out[i] = bins[i].0 * bins[i].0 + bins[i].1 * bins[i].1
      }
    }
  }

  /// The autocorrelation sums of mean-free frames of a signal:
  /// `r[m, lag] = sum_j y_j y_(j + lag)`, y = x[start + hop m ..< ... + window] minus its mean, lags 0...maximumLag.
  ///
  /// `length` must be at least `window + maximumLag`, so that nothing wraps around. `count` frames are written to the
  /// first rows of `r` (`[frames, maximumLag + 1]`), and their means to `means`.
  public mutating func autocorrelationOfFrames(
    _ x: [Float], start: Int, hop: Int, count: Int, window: Int, maximumLag: Int, into r: inout [Float],
    means: inout [Float]
  ) {
    precondition(count > 0 && count <= frames && window + maximumLag <= length, "more frames or lags than planned")
    precondition(start >= 0 && start + hop * (count - 1) + window <= x.count, "frames outside the signal")
    precondition(r.count == (maximumLag + 1) * frames && means.count == frames, "result shape differs from the plan")
    let (width, bandwidth, lags) = (length, binCount, maximumLag + 1)
    unsafe x.withUnsafeBufferPointer { source in
      for frame in 0..<count {
        let from = unsafe source.baseAddress! + start + frame * hop
        let to = unsafe signal + frame * width
        var sum = SIMD8<Float>.zero
        for i in 0..<(window / 8) {
          let values = unsafe UnsafeRawPointer(from + 8 * i).loadUnaligned(as: SIMD8<Float>.self)
          sum += values
        }
        var total = sum.sum()
        for i in (window / 8 * 8)..<window { unsafe total += from[i] }
        let mean = total / Float(window)
        means[frame] = mean
        for i in 0..<window { unsafe to[i] = from[i] - mean }
        unsafe (to + window).update(repeating: 0, count: width - window)
      }
    }
    if count < frames { unsafe (signal + count * width).update(repeating: 0, count: (frames - count) * width) }
    unsafe fftwf_execute(forwardPlan)
    for i in 0..<(frames * bandwidth) {
      unsafe bins[i] = (bins[i].0 * bins[i].0 + bins[i].1 * bins[i].1, 0)
    }
    unsafe fftwf_execute(inversePlan)
    let scale = 1 / Float(length)
    unsafe r.withUnsafeMutableBufferPointer { out in
      for frame in 0..<count {
        let from = unsafe signal + frame * width
        let to = unsafe out.baseAddress! + frame * lags
        for lag in 0..<lags { unsafe to[lag] = from[lag] * scale }
      }
    }
  }
}
