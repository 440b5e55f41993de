import CVectorMath

/// Elementwise and row-wise float32 kernels over contiguous row-major arrays.
///
/// A matrix begins at `offset` of its array and is dense. The kernels exist once per processor generation and the
/// widest one that runs is used, so last digits may differ between processors; errors are stated per function.
/// NaN goes through to the elements (or rows) it touches.
public enum VectorMath {
  /// x = x / 2 (1 + erf(x / √2)) over a range; absolute error below 1e-6 for |x| ≤ 4.
  public static func gelu(_ x: inout [Float], _ range: Range<Int>) {
    check(range, x.count)
    unsafe x.withUnsafeMutableBufferPointer { x in
      guard let x = x.baseAddress else { return }
      Lanes.split(rows: range.count, width: 1) { first, count in
        unsafe cvectormath_gelu(x + range.lowerBound + first, count)
      }
    }
  }

  /// erf of every element; absolute error below 5e-7.
  public static func erf(_ x: [Float]) -> [Float] {
    var y = x
    unsafe y.withUnsafeMutableBufferPointer { y in
      guard let base = y.baseAddress else { return }
      unsafe cvectormath_erf(base, base, y.count)
    }
    return y
  }

  /// exp of every element, clamped to [-87, 88]; relative error below 2e-7.
  public static func exp(_ x: [Float]) -> [Float] {
    var y = x
    unsafe y.withUnsafeMutableBufferPointer { y in
      guard let base = y.baseAddress else { return }
      unsafe cvectormath_exp(base, base, y.count)
    }
    return y
  }

  /// x[r, c] += bias[c].
  public static func addBias(_ x: inout [Float], offset: Int = 0, bias: [Float], rows: Int) {
    check(offset..<offset + rows * bias.count, x.count)
    unsafe x.withUnsafeMutableBufferPointer { x in
      unsafe bias.withUnsafeBufferPointer { bias in
        guard let x = x.baseAddress, let b = bias.baseAddress else { return }
        Lanes.split(rows: rows, width: bias.count) { first, rows in
          unsafe cvectormath_add_bias(x + offset + first * bias.count, b, rows, bias.count)
        }
      }
    }
  }

  /// x[r, c] = gelu(x[r, c] + bias[c]).
  public static func addBiasThenGELU(_ x: inout [Float], offset: Int = 0, bias: [Float], rows: Int) {
    check(offset..<offset + rows * bias.count, x.count)
    unsafe x.withUnsafeMutableBufferPointer { x in
      unsafe bias.withUnsafeBufferPointer { bias in
        guard let x = x.baseAddress, let b = bias.baseAddress else { return }
        Lanes.split(rows: rows, width: bias.count) { first, rows in
          unsafe cvectormath_bias_gelu(x + offset + first * bias.count, b, rows, bias.count)
        }
      }
    }
  }

  /// x[r, c] += bias[c] + residual[r, c].
  public static func addBias(_ x: inout [Float], bias: [Float], residual: [Float], rows: Int) {
    check(0..<rows * bias.count, min(x.count, residual.count))
    unsafe x.withUnsafeMutableBufferPointer { x in
      unsafe bias.withUnsafeBufferPointer { bias in
        unsafe residual.withUnsafeBufferPointer { residual in
          guard let x = x.baseAddress, let b = bias.baseAddress, let r = residual.baseAddress else { return }
          Lanes.split(rows: rows, width: bias.count) { first, rows in
            let at = first * bias.count
            unsafe cvectormath_bias_residual(x + at, b, r + at, rows, bias.count)
          }
        }
      }
    }
  }

  /// x[i] += y[i] for the first `count` elements.
  public static func add(_ x: inout [Float], _ y: [Float], count: Int) {
    check(0..<count, min(x.count, y.count))
    unsafe x.withUnsafeMutableBufferPointer { x in
      unsafe y.withUnsafeBufferPointer { y in
        guard let x = x.baseAddress, let y = y.baseAddress else { return }
        Lanes.split(rows: count, width: 1) { first, count in unsafe cvectormath_add(x + first, y + first, count) }
      }
    }
  }

  /// x[r, c] = x[r, c] * scale[c] + shift[c].
  public static func scaleAndShift(_ x: inout [Float], offset: Int = 0, scale: [Float], shift: [Float], rows: Int) {
    precondition(scale.count == shift.count, "scale and shift differ in length")
    check(offset..<offset + rows * scale.count, x.count)
    unsafe x.withUnsafeMutableBufferPointer { x in
      unsafe scale.withUnsafeBufferPointer { scale in
        unsafe shift.withUnsafeBufferPointer { shift in
          guard let x = x.baseAddress, let s = scale.baseAddress, let t = shift.baseAddress else { return }
          Lanes.split(rows: rows, width: scale.count) { first, rows in
            let part = unsafe x + offset + first * scale.count
            unsafe cvectormath_scale_shift(part, part, s, t, rows, scale.count)
          }
        }
      }
    }
  }
}

extension VectorMath {
  /// Each row r becomes (x - mean) / √(variance + epsilon) * gain + bias, with the row's mean and population variance.
  public static func layerNorm(
    _ x: inout [Float], offset: Int = 0, gain: [Float], bias: [Float], epsilon: Float, rows: Int
  ) {
    precondition(gain.count == bias.count, "gain and bias differ in length")
    check(offset..<offset + rows * gain.count, x.count)
    unsafe x.withUnsafeMutableBufferPointer { x in
      unsafe gain.withUnsafeBufferPointer { gain in
        unsafe bias.withUnsafeBufferPointer { bias in
          guard let x = x.baseAddress, let g = gain.baseAddress, let b = bias.baseAddress else { return }
          Lanes.split(rows: rows, width: gain.count) { first, rows in
            let part = unsafe x + offset + first * gain.count
            unsafe cvectormath_layer_norm(part, part, g, b, epsilon, rows, gain.count)
          }
        }
      }
    }
  }

  /// y[r] = layer norm of x[r]; both begin at their index 0.
  public static func layerNorm(
    _ x: [Float], into y: inout [Float], gain: [Float], bias: [Float], epsilon: Float, rows: Int
  ) {
    precondition(gain.count == bias.count, "gain and bias differ in length")
    check(0..<rows * gain.count, min(x.count, y.count))
    unsafe x.withUnsafeBufferPointer { x in
      unsafe y.withUnsafeMutableBufferPointer { y in
        unsafe gain.withUnsafeBufferPointer { gain in
          unsafe bias.withUnsafeBufferPointer { bias in
            guard let x = x.baseAddress, let y = y.baseAddress, let g = gain.baseAddress, let b = bias.baseAddress
            else { return }
            Lanes.split(rows: rows, width: gain.count) { first, rows in
              let at = first * gain.count
              unsafe cvectormath_layer_norm(x + at, y + at, g, b, epsilon, rows, gain.count)
            }
          }
        }
      }
    }
  }

  /// Each row becomes exp(x - max) / Σ exp(x - max).
  public static func softmax(_ x: inout [Float], _ view: SingleView, rows: Int, columns: Int) {
    precondition(columns > 0 && view.stride >= columns, "stride")
    check(view.offset..<view.end(rows: rows, columns: columns), x.count)
    unsafe x.withUnsafeMutableBufferPointer { x in
      guard let x = x.baseAddress else { return }
      Lanes.split(rows: rows, width: columns) { first, rows in
        unsafe cvectormath_softmax(x + view.offset + first * view.stride, rows, columns, view.stride)
      }
    }
  }

  /// out[f, c] = bias[c] + Σ_t weight[t, c] x[start + f step + t] for `frames` frames: a convolution of one channel.
  public static func convolveMono(
    _ x: [Float], start: Int, weight: [Float], bias: [Float], taps: Int, step: Int, frames: Int,
    into out: inout [Float]
  ) {
    guard frames > 0 else { return }
    precondition(weight.count == taps * bias.count, "weight is not [taps, channels]")
    check(start..<start + (frames - 1) * step + taps, x.count)
    check(0..<frames * bias.count, out.count)
    unsafe x.withUnsafeBufferPointer { x in
      unsafe out.withUnsafeMutableBufferPointer { out in
        unsafe weight.withUnsafeBufferPointer { weight in
          unsafe bias.withUnsafeBufferPointer { bias in
            guard let x = x.baseAddress, let o = out.baseAddress, let w = weight.baseAddress, let b = bias.baseAddress
            else { return }
            Lanes.split(rows: frames, width: bias.count) { first, frames in
              unsafe cvectormath_mono_convolution(
                x + start + first * step, o + first * bias.count, w, b, frames, taps, step, bias.count)
            }
          }
        }
      }
    }
  }

  /// sum[c] += Σ_r x[r, c], in float64.
  public static func accumulate(_ sum: inout [Double], _ x: [Float], offset: Int, rows: Int) {
    check(offset..<offset + rows * sum.count, x.count)
    unsafe sum.withUnsafeMutableBufferPointer { sum in
      unsafe x.withUnsafeBufferPointer { x in
        guard let s = sum.baseAddress, let x = x.baseAddress else { return }
        unsafe cvectormath_accumulate(s, x + offset, rows, sum.count)
      }
    }
  }

  /// sum[c] += Σ_r x[r, c] and squares[c] += Σ_r x[r, c]², in float64.
  public static func accumulate(
    _ sum: inout [Double], squares: inout [Double], _ x: [Float], offset: Int, rows: Int
  ) {
    precondition(sum.count == squares.count, "sums differ in length")
    check(offset..<offset + rows * sum.count, x.count)
    unsafe sum.withUnsafeMutableBufferPointer { sum in
      unsafe squares.withUnsafeMutableBufferPointer { squares in
        unsafe x.withUnsafeBufferPointer { x in
          guard let s = sum.baseAddress, let q = squares.baseAddress, let x = x.baseAddress else { return }
          unsafe cvectormath_accumulate_squares(s, q, x + offset, rows, sum.count)
        }
      }
    }
  }

  /// windows[r, s, c] = x[firstRow + r + s, firstColumn + c] for `count` windows of `span` rows and `width` columns;
  /// zero outside the `rows` rows of x.
  public static func gatherWindows(
    _ x: [Float], rows: Int, columns: Int, firstColumn: Int, width: Int, firstRow: Int, span: Int, count: Int,
    into windows: inout [Float]
  ) {
    precondition(firstColumn >= 0 && firstColumn + width <= columns && span > 0, "columns are out of range")
    check(0..<rows * columns, x.count)
    check(0..<count * span * width, windows.count)
    unsafe x.withUnsafeBufferPointer { x in
      unsafe windows.withUnsafeMutableBufferPointer { windows in
        guard let x = x.baseAddress, let w = windows.baseAddress else { return }
        Lanes.split(rows: count, width: span * width) { first, count in
          unsafe cvectormath_gather_windows(
            x, rows, columns, firstColumn, width, firstRow + first, span, count, w + first * span * width)
        }
      }
    }
  }

  private static func check(_ range: Range<Int>, _ count: Int) {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "out of range")
  }
}
