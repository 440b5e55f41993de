import CVectorMath

/// Sums of products between subjects' series, eight regions ("lanes") side by side: the inner loops of synchrony.
///
/// A panel is `[samples, subjects, 8]`. `products` is float64 `[pairs, 8]`, pairs `(a, b)` with `a <= b` in the order
/// (0,0), (0,1) … (0,S-1), (1,1) …; per-subject quantities are `[subjects, 8]`. Blocks are centred on their own mean
/// before they are multiplied, so that a drift or an offset costs no digits. Observed series are float64 throughout;
/// surrogates are float32 (at most 32 products are summed before float64 takes over).
package enum SubjectProducts {
  /// Regions side by side.
  package static let lanes = 8

  /// Pairs `a <= b` of `subjects`.
  package static func pairCount(_ subjects: Int) -> Int { subjects * (subjects + 1) / 2 }

  /// The place of pair `(a, b)`, `a <= b`.
  package static func pairIndex(_ a: Int, _ b: Int, _ subjects: Int) -> Int {
    a * subjects - a * (a - 1) / 2 + (b - a)
  }

  /// Where one subject's samples of a few regions lie in an array.
  package struct Place: Sendable {
    /// Index of the first sample of the first region.
    package let start: Int
    /// From one sample to the next where regions lie side by side, from one region to the next where samples do.
    package let stride: Int
    package let samplesTogether: Bool

    package init(start: Int, stride: Int, samplesTogether: Bool) {
      self.start = start
      self.stride = stride
      self.samplesTogether = samplesTogether
    }
  }

  /// One block of every subject: its panel, means, bounds and which lanes hold a sample that is not finite.
  package struct Block: Sendable {
    package private(set) var panel: [Double]
    package private(set) var mean: [Double]
    package private(set) var low: [Float]
    package private(set) var high: [Float]
    package private(set) var missing: [UInt8]
    package private(set) var samples = 0
    package let subjects: Int

    package init(samplesAtMost: Int, subjects: Int) {
      let width = subjects * lanes
      self.subjects = subjects
      panel = [Double](repeating: 0, count: samplesAtMost * width)
      mean = [Double](repeating: 0, count: width)
      low = [Float](repeating: 0, count: width)
      high = [Float](repeating: 0, count: width)
      missing = [UInt8](repeating: 0, count: width)
    }

    /// Takes `samples` samples of `lanes` regions as this subject's series.
    package mutating func pack(_ x: [Float], at place: Place, samples: Int, lanes: Int, subject: Int) {
      let (long, wide) = place.samplesTogether ? (lanes, samples) : (samples, lanes)
      precondition(samples > 0 && lanes > 0 && lanes <= SubjectProducts.lanes && wide <= place.stride, "empty block")
      precondition(
        place.start >= 0 && place.start + (long - 1) * place.stride + wide <= x.count, "block outside the array")
      precondition(
        samples * subjects * SubjectProducts.lanes <= panel.count && subject < subjects, "panel too small")
      self.samples = samples
      let at = subject * SubjectProducts.lanes
      let pack = unsafe place.samplesTogether ? correlation_pack_rows : correlation_pack
      unsafe x.withUnsafeBufferPointer { x in
        unsafe panel.withUnsafeMutableBufferPointer { panel in
          unsafe pack(
            x.baseAddress! + place.start, samples, place.stride, lanes, panel.baseAddress!, subject, subjects,
            &mean[at], &low[at], &high[at], &missing[at])
        }
      }
    }

    /// `products = panel' panel`, lane by lane.
    package func multiply(into products: inout [Double]) {
      precondition(products.count == pairCount(subjects) * lanes)
      unsafe products.withUnsafeMutableBufferPointer { unsafe $0.update(repeating: 0) }
      unsafe correlation_products_wide(panel, samples, subjects, &products)
    }
  }

  /// `products += panel' panel`, lane by lane, over the first `samples` rows of a float32 panel.
  package static func accumulate(panel: [Float], samples: Int, subjects: Int, into products: inout [Double]) {
    precondition(panel.count >= samples * subjects * lanes && products.count == pairCount(subjects) * lanes)
    unsafe correlation_products(panel, samples, subjects, &products)
  }

  /// Widens bounds by those of a segment, and marks its missing values; all `[subjects, 8]`.
  package static func widen(
    _ least: inout [Float], _ most: inout [Float], _ any: inout [UInt8], low: [Float], high: [Float], missing: [UInt8]
  ) {
    precondition(least.count == low.count && most.count == low.count && any.count == low.count)
    precondition(high.count == low.count && missing.count == low.count)
    unsafe correlation_bounds(low, high, missing, low.count, &least, &most, &any)
  }

  /// Joins a segment's own products and means to each subject's running count, mean and sum of squares.
  package static func joinVariance(
    products: [Double], means: [Double], missing: [UInt8], samples: Int, subjects: Int, count: inout [Double],
    mean: inout [Double], squares: inout [Double]
  ) {
    let width = subjects * lanes
    precondition(products.count == pairCount(subjects) * lanes && means.count == width && missing.count == width)
    precondition(count.count == width && mean.count == width && squares.count == width)
    unsafe correlation_variance(products, means, missing, Double(samples), subjects, &count, &mean, &squares)
  }

  /// Sums over subjects of atanh(clip(leave-one-out r)), and how many have one; both `[8]`.
  ///
  /// corr(z_a, sum of the others' z) = q / sqrt(T - 2q - 1), q the row sum of r, T the sum of the whole matrix over
  /// `valid` subjects `[8]`.
  package static func leaveOut(
    rowSums: [Double], scale: [Double], valid: [Double], subjects: Int, zSum: inout [Double], count: inout [Double]
  ) {
    precondition(rowSums.count == subjects * lanes && scale.count == rowSums.count)
    precondition(valid.count == lanes && zSum.count == lanes && count.count == lanes)
    unsafe correlation_left_out(rowSums, scale, valid, subjects, &zSum, &count)
  }

  /// Joins a block's centred products and means (`n1` samples) to those of `n0` samples (Chan, Golub & LeVeque 1979).
  package static func join(
    _ products: inout [Double], _ mean: inout [Double], n0: Int, block: [Double], blockMean: [Double], n1: Int,
    subjects: Int
  ) {
    precondition(products.count == block.count && mean.count == blockMean.count && mean.count == subjects * lanes)
    unsafe correlation_join(&products, &mean, Double(n0), block, blockMean, Double(n1), subjects)
  }

  /// `total += sign (products + n d d')` and `sums += sign n d` with `d = mean - offset`.
  package static func slide(
    _ total: inout [Double], _ sums: inout [Double], products: [Double], mean: [Double], offset: [Double], samples: Int,
    sign: Double, subjects: Int
  ) {
    precondition(total.count == products.count && sums.count == mean.count && mean.count == offset.count)
    precondition(total.count == pairCount(subjects) * lanes && sums.count == subjects * lanes)
    unsafe correlation_slide(&total, &sums, products, mean, offset, Double(samples), sign, subjects)
  }

  /// Each subject's centred sum of squares, `total_ss - sums_s^2 / n`.
  package static func squares(
    total: [Double], sums: [Double], samples: Int, subjects: Int, into squares: inout [Double]
  ) {
    precondition(total.count == pairCount(subjects) * lanes && sums.count == subjects * lanes)
    precondition(squares.count == sums.count)
    unsafe correlation_squares(total, sums, Double(samples), subjects, &squares)
  }

  /// Sums over pairs: `rowSums` of r, `zSum` of atanh(clip(r, 1 - 1e-7)), and r itself where `r` is not empty.
  ///
  /// `scale` is 1/sqrt(squares), or 0 for a subject that is left out; its correlations are 0 and add nothing to any
  /// sum.
  package static func correlate(
    total: [Double], sums: [Double], samples: Int, scale: [Double], subjects: Int, rowSums: inout [Double],
    zSum: inout [Double], r: inout [Double]
  ) {
    precondition(total.count == pairCount(subjects) * lanes && sums.count == subjects * lanes)
    precondition(scale.count == sums.count && rowSums.count == sums.count && zSum.count == lanes)
    precondition(r.isEmpty || r.count == total.count)
    let keep = !r.isEmpty
    unsafe r.withUnsafeMutableBufferPointer { r in
      unsafe correlation_pairs(
        total, sums, Double(samples), scale, subjects, &rowSums, &zSum, keep ? r.baseAddress : nil)
    }
  }

  /// `zSum`: the sum of atanh(clip(r, 1 - 1e-7)) over the listed places of `r`.
  package static func sumOfZ(_ r: [Double], pairs: [Int32], into zSum: inout [Double]) {
    precondition(zSum.count == lanes && pairs.allSatisfy { $0 >= 0 && Int($0) * lanes < r.count })
    unsafe correlation_listed(r, pairs, pairs.count, &zSum)
  }

  /// `panel[k, s] = signs[s, k] values[k, s]` for some rows of `[rows, subjects, 8]`; `signs` is `[subjects, rows]`.
  package static func sign(
    _ values: [Float], signs: [Float], rows: Range<Int>, subjects: Int, into panel: inout [Float]
  ) {
    let width = subjects * lanes
    precondition(values.count >= rows.upperBound * width && panel.count >= rows.count * width)
    precondition(signs.count == values.count / lanes)
    let stride = signs.count / subjects
    unsafe values.withUnsafeBufferPointer { values in
      unsafe signs.withUnsafeBufferPointer { signs in
        unsafe correlation_signed(
          values.baseAddress! + rows.lowerBound * width, signs.baseAddress! + rows.lowerBound, rows.count, subjects,
          stride, &panel)
      }
    }
  }

  /// `panel[k, s] = values[k - shifts[s], s]`, modulo the number of rows, for some rows of `[rows, subjects, 8]`.
  package static func shift(
    _ values: [Float], shifts: [Int64], rows: Range<Int>, subjects: Int, into panel: inout [Float]
  ) {
    let width = subjects * lanes
    let count = values.count / width
    precondition(values.count == count * width && rows.upperBound <= count && panel.count >= rows.count * width)
    precondition(shifts.count == subjects && shifts.allSatisfy { (0..<Int64(count)).contains($0) })
    unsafe correlation_shifted(values, shifts, count, rows.lowerBound, rows.count, subjects, &panel)
  }
}
