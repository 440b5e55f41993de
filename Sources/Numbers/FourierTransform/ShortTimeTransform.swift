import CFFTW
import Dispatch
import Synchronization

/// Windowed spectra of overlapping frames of several series, and the sound they give back (FFTW, float32).
///
/// Forward: `X[m, k] = sum_i w[i] x[hop m + i] exp(-2 pi i k / length)`, no scaling. Inverse: each frame's samples are
/// divided by `length`, multiplied by the window and by `gain`, and added at `hop m`; with `gain = 1 / sum_m w^2` it
/// undoes the forward transform where all overlapping frames are there. Results do not depend on the threads.
@safe public final class ShortTimeTransform: @unchecked Sendable {
  public let length: Int
  public let hop: Int
  /// length / 2 + 1.
  public var binCount: Int { length / 2 + 1 }
  private let window: [Float]
  private let forwardPlan: fftwf_plan
  private let inversePlan: fftwf_plan

  /// `window` has the frame's length.
  public init(window: [Float], hop: Int) {
    let length = window.count
    precondition(length > 0 && hop > 0, "frames need a length and a hop")
    let scratch = unsafe Scratch(length)
    planner._unsafeLock()
    let forward = unsafe fftwf_plan_dft_r2c_1d(Int32(length), scratch.signal, scratch.bins, planFlags)
    let inverse = unsafe fftwf_plan_dft_c2r_1d(Int32(length), scratch.bins, scratch.signal, planFlags)
    planner._unsafeUnlock()
    unsafe scratch.free()
    guard let forward = unsafe forward, let inverse = unsafe inverse else {
      preconditionFailure("FFTW has no plan for this shape")
    }
    self.length = length
    self.hop = hop
    self.window = window
    unsafe forwardPlan = forward
    unsafe inversePlan = inverse
  }

  deinit {
    planner._unsafeLock()
    unsafe fftwf_destroy_plan(forwardPlan)
    unsafe fftwf_destroy_plan(inversePlan)
    planner._unsafeUnlock()
  }

  /// `[series, frames, 2 binCount]` interleaved spectra of `x` `[series, samples]`; the frames must lie inside.
  public func forward(_ x: [Float], series: Int, frames: Int, into spectra: inout [Float], threads: Int) {
    precondition(series > 0 && frames > 0 && x.count % series == 0, "series of different length")
    let samples = x.count / series
    let width = 2 * binCount
    precondition((frames - 1) * hop + length <= samples, "frames outside the signal")
    precondition(spectra.count >= series * frames * width, "spectra are too short")
    unsafe x.withUnsafeBufferPointer { x in
      unsafe spectra.withUnsafeMutableBufferPointer { spectra in
        guard let from = x.baseAddress, let to = spectra.baseAddress else { return }
        let job = unsafe Job(from: from, to: to)
        let block = 32
        let blocks = (frames + block - 1) / block
        Self.perform(series * blocks, threads) { [self] item in
          let (one, first) = (item / blocks, item % blocks * block)
          let scratch = unsafe Scratch(length)
          for frame in first..<min(frames, first + block) {
            unsafe analyse(job.from + one * samples + frame * hop, scratch, job.to + (one * frames + frame) * width)
          }
          unsafe scratch.free()
        }
      }
    }
  }

  /// Adds the sound of `[series, frames, 2 kept]` spectra to `y` `[series, samples]`; bins from `kept` on are zero.
  public func inverse(
    _ spectra: [Float], series: Int, frames: Int, kept: Int, gain: Float, into y: inout [Float], threads: Int
  ) {
    precondition(series > 0 && frames > 0 && kept > 0 && kept <= binCount && y.count % series == 0, "shapes differ")
    let samples = y.count / series
    precondition((frames - 1) * hop + length <= samples, "frames outside the signal")
    precondition(spectra.count >= series * frames * 2 * kept, "spectra are too short")
    let weights = window.map { $0 * gain / Float(length) }
    unsafe spectra.withUnsafeBufferPointer { spectra in
      unsafe y.withUnsafeMutableBufferPointer { y in
        unsafe weights.withUnsafeBufferPointer { weights in
          guard let from = spectra.baseAddress, let to = y.baseAddress, let weights = weights.baseAddress else {
            return
          }
          let job = unsafe Job(from: from, to: to, weights: weights)
          Self.perform(series, threads) { [self] one in
            let scratch = unsafe Scratch(length)
            for frame in 0..<frames {
              unsafe synthesise(
                job.from + (one * frames + frame) * 2 * kept, kept: kept, scratch: scratch, weights: job.weights,
                into: job.to + one * samples + frame * hop)
            }
            unsafe scratch.free()
          }
        }
      }
    }
  }

  private func analyse(_ x: UnsafePointer<Float>, _ scratch: Scratch, _ spectrum: UnsafeMutablePointer<Float>) {
    let signal = unsafe scratch.signal
    unsafe window.withUnsafeBufferPointer { w in
      for i in 0..<length { unsafe signal[i] = x[i] * w[i] }
    }
    unsafe fftwf_execute_dft_r2c(forwardPlan, signal, scratch.bins)
    unsafe UnsafeMutableRawPointer(spectrum).copyMemory(from: scratch.bins, byteCount: binCount * 8)
  }

  private func synthesise(
    _ spectrum: UnsafePointer<Float>, kept: Int, scratch: Scratch, weights: UnsafePointer<Float>,
    into y: UnsafeMutablePointer<Float>
  ) {
    let (bins, signal) = unsafe (scratch.bins, scratch.signal)
    unsafe UnsafeMutableRawPointer(bins).copyMemory(from: spectrum, byteCount: kept * 8)
    if kept < binCount { unsafe (bins + kept).update(repeating: (0, 0), count: binCount - kept) }
    unsafe fftwf_execute_dft_c2r(inversePlan, bins, signal)
    for i in 0..<length { unsafe y[i] += signal[i] * weights[i] }
  }

  private static func perform(_ count: Int, _ threads: Int, _ body: @Sendable (Int) -> Void) {
    if threads <= 1 || count == 1 {
      for item in 0..<count { body(item) }
    } else {
      DispatchQueue.concurrentPerform(iterations: count, execute: body)
    }
  }
}

/// Where the threads of one transform read and write; each has its own part.
@unsafe private struct Job: @unchecked Sendable {
  let from: UnsafePointer<Float>
  let to: UnsafeMutablePointer<Float>
  let weights: UnsafePointer<Float>

  init(from: UnsafePointer<Float>, to: UnsafeMutablePointer<Float>, weights: UnsafePointer<Float>? = nil) {
    unsafe self.from = from
    unsafe self.to = to
    unsafe self.weights = weights ?? from
  }
}

/// One thread's aligned buffers.
@unsafe private struct Scratch {
  let signal: UnsafeMutablePointer<Float>
  let bins: UnsafeMutablePointer<fftwf_complex>

  init(_ length: Int) {
    guard let signal = unsafe fftwf_alloc_real(length), let bins = unsafe fftwf_alloc_complex(length / 2 + 1) else {
      preconditionFailure("out of memory")
    }
    unsafe self.signal = signal
    unsafe self.bins = bins
  }

  func free() {
    unsafe fftwf_free(signal)
    unsafe fftwf_free(bins)
  }
}
