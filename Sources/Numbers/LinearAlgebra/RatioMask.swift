import CVectorMath
import Dispatch

/// The masks of separated sources and the planes they are made from, row by row on the process' BLAS threads.
public enum RatioMask {
  /// out[row, k, c] = |X_c[row, k]| for the first `bins` of `width` bins of the spectra `[2, rows, 2 width]`.
  ///
  /// Row r of the result begins at `place.start + r place.rowStep`, the two channels side by side.
  public static func magnitudes(
    _ spectra: [Float], rows: Int, width: Int, bins: Int, into out: inout [Float], start: Int, rowStep: Int
  ) {
    precondition(rows > 0 && bins > 0 && bins <= width && spectra.count >= 4 * rows * width, "spectra are too short")
    precondition(start >= 0 && rowStep >= 2 * bins && start + (rows - 1) * rowStep + 2 * bins <= out.count, "range")
    unsafe spectra.withUnsafeBufferPointer { spectra in
      unsafe out.withUnsafeMutableBufferPointer { out in
        guard let x = spectra.baseAddress, let out = out.baseAddress else { return }
        let job = unsafe Planes(x: x, y: out)
        perform(rows) { row in
          unsafe separation_magnitudes(
            job.x + row * 2 * width, job.x + (rows + row) * 2 * width, bins, job.y + start + row * rowStep)
        }
      }
    }
  }

  /// y[c, row, k] = bias[c] + Σ_t weight[t, c] x[start + row rowStep + taps[t] + k]: a convolution of one channel into
  /// planes `[channels, rows, columns]`.
  public static func planes(
    _ x: [Float], start: Int, rowStep: Int, taps: [Int], weight: [Float], bias: [Float], rows: Int, columns: Int,
    into y: inout [Float]
  ) {
    let channels = bias.count
    precondition(weight.count == taps.count * channels && rows > 0 && columns > 0, "shapes differ")
    guard let first = taps.min(), let last = taps.max() else { preconditionFailure("a convolution without taps") }
    precondition(start + first >= 0 && y.count >= channels * rows * columns, "out of range")
    precondition(start + (rows - 1) * rowStep + last + columns <= x.count, "out of range")
    let turned = (0..<channels).flatMap { c in taps.indices.map { weight[$0 * channels + c] } }
    unsafe x.withUnsafeBufferPointer { x in
      unsafe y.withUnsafeMutableBufferPointer { y in
        unsafe taps.withUnsafeBufferPointer { taps in
          unsafe turned.withUnsafeBufferPointer { weight in
            guard let x = x.baseAddress, let y = y.baseAddress else { return }
            let job = unsafe Planes(x: x, y: y, taps: taps.baseAddress, weight: weight.baseAddress)
            let count = taps.count
            perform(rows) { row in
              guard let taps = unsafe job.taps, let weight = unsafe job.weight else { return }
              for c in 0..<channels {
                unsafe convolution_plane(
                  job.x + start + row * rowStep, taps, weight + c * count, count, bias[c], columns,
                  job.y + (c * rows + row) * columns)
              }
            }
          }
        }
      }
    }
  }

  /// Both sources' masked spectra: M_i = (S_i² + ε/2) / (S_0² + S_1² + ε) with S_i = sigmoid(raw_i) |X|.
  ///
  /// Shapes: `raw` two arrays `[channels, height, bins]` of which the first `rows` rows are used; `spectra`
  /// `[channels, rows, 2 width]`; `out` `[2, channels, rows, 2 kept]`. Bins from `bins` to `kept` get the mean of the
  /// row's mask (the reference's "average" extension); with `kept == bins` there are none. `masks`, unless empty, gets
  /// the masks `[2, channels, rows, bins]`.
  public static func apply(
    _ raw: ([Float], [Float]), height: Int, bins: Int, to spectra: [Float], channels: Int, rows: Int, width: Int,
    kept: Int, epsilon: Float, into out: inout [Float], masks: inout [Float]
  ) {
    precondition(bins > 0 && bins <= kept && kept <= width && rows > 0 && rows <= height, "shapes differ")
    precondition(min(raw.0.count, raw.1.count) >= channels * height * bins, "masks are too short")
    precondition(spectra.count >= channels * rows * 2 * width, "spectra are too short")
    precondition(out.count >= 2 * channels * rows * 2 * kept, "the result is too short")
    precondition(masks.isEmpty || masks.count >= 2 * channels * rows * bins, "the masks are too short")
    let half = channels * rows
    unsafe raw.0.withUnsafeBufferPointer { first in
      unsafe raw.1.withUnsafeBufferPointer { second in
        unsafe spectra.withUnsafeBufferPointer { x in
          unsafe out.withUnsafeMutableBufferPointer { out in
            unsafe masks.withUnsafeMutableBufferPointer { masks in
              guard let first = first.baseAddress, let x = x.baseAddress, let y = out.baseAddress else { return }
              let mask = masks.isEmpty ? nil : masks.baseAddress
              let job = unsafe Planes(x: x, y: y, weight: first, other: second.baseAddress, mask: mask)
              perform(half) { item in
                let plane = (item / rows * height + item % rows) * bins
                unsafe job.mask(
                  item, raw: plane, bins: bins, width: width, kept: kept, half: half, epsilon: epsilon)
              }
            }
          }
        }
      }
    }
  }

  private static func perform(_ rows: Int, _ body: @Sendable (Int) -> Void) {
    let threads = max(Lanes.count, BLASThreads.current)
    let block = max(1, min(32, rows / (2 * threads)))
    if threads == 1 {
      for row in 0..<rows { body(row) }
    } else {
      DispatchQueue.concurrentPerform(iterations: (rows + block - 1) / block) { item in
        for row in item * block..<min(rows, item * block + block) { body(row) }
      }
    }
  }
}

/// Where the threads of one pass read and write; each row has its own part.
@unsafe private struct Planes: @unchecked Sendable {
  let x: UnsafePointer<Float>
  let y: UnsafeMutablePointer<Float>
  var taps: UnsafePointer<Int>?
  var weight: UnsafePointer<Float>?
  var other: UnsafePointer<Float>?
  var mask: UnsafeMutablePointer<Float>?

  func mask(_ item: Int, raw: Int, bins: Int, width: Int, kept: Int, half: Int, epsilon: Float) {
    guard let first = unsafe weight, let second = unsafe other else { return }
    let spectrum = unsafe x + item * 2 * width
    let outs = unsafe (y + item * 2 * kept, y + (half + item) * 2 * kept)
    var sums = (0.0, 0.0)
    unsafe withUnsafeMutablePointer(to: &sums) { sums in
      unsafe sums.withMemoryRebound(to: Double.self, capacity: 2) { sums in
        unsafe separation_ratio(
          first + raw, second + raw, spectrum, bins, epsilon, outs.0, outs.1, mask.map { unsafe $0 + item * bins },
          mask.map { unsafe $0 + (half + item) * bins }, sums)
      }
    }
    let means = (Float(sums.0 / Double(bins)), Float(sums.1 / Double(bins)))
    for k in 2 * bins..<max(2 * bins, 2 * kept) {
      unsafe outs.0[k] = spectrum[k] * means.0
      unsafe outs.1[k] = spectrum[k] * means.1
    }
  }
}
