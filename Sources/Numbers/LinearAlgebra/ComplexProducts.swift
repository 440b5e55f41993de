import CVectorMath

/// Products of complex float64 numbers, real and imaginary parts in turn.
package enum ComplexProducts {
  /// `y_k = x_k z_k`; the same bits on every processor.
  package static func multiply(_ x: [Double], _ z: [Double], into y: inout [Double]) {
    precondition(x.count == z.count && y.count == x.count && x.count % 2 == 0, "counts differ")
    unsafe y.withUnsafeMutableBufferPointer {
      guard let y = $0.baseAddress else { return }
      unsafe complex_products(x, z, x.count / 2, y)
    }
  }
}
