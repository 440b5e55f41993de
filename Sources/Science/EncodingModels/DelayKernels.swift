/// Which past (and future) of a feature stands in a design: columns that each are a weighted sum over delays.
///
/// `column_k(t) = Σ_d w_k(d) x(t - d)`, d in rows of the grid; a positive delay lets the feature precede the target.
public struct DelayKernels: Sendable, Equatable {
  /// How the columns were chosen.
  public enum Shape: String, Sendable { case single, raisedCosine = "raised_cosine" }

  public let shape: Shape
  /// Rows, ascending, each once: every delay that some column reads.
  public let delays: [Int]
  /// Per column, where it is centred: the delay itself, or the top of the cosine; in rows.
  public let centres: [Double]
  /// Per column, delays and weights other than 0.
  let taps: [[(delay: Int, weight: Double)]]

  public var count: Int { taps.count }

  /// One column per delay.
  public static func single(_ delays: [Int]) -> DelayKernels {
    precondition(!delays.isEmpty, "a band needs at least one delay; [0] is none")
    return DelayKernels(
      shape: .single, delays: delays, centres: delays.map(Double.init), taps: delays.map { [($0, 1)] })
  }

  /// `count` raised cosines whose centres c_k halve `count` equal parts of the span, Δ apart:
  /// `w_k(d) = (1 + cos(π (d - c_k) / Δ)) / 2` where |d - c_k| < Δ, else 0. Between the first centre and the last one the
  /// weights add up to 1; no column spends half of its width beyond the span.
  ///
  /// As many columns as delays are the single delays.
  public static func raisedCosines(_ span: ClosedRange<Int>, count: Int) -> DelayKernels {
    precondition(count >= 2 || span.count == 1, "cosines over several delays are at least two")
    guard count < span.count else { return single(Array(span)) }
    let step = Double(span.upperBound - span.lowerBound) / Double(count)
    let centres = (0..<count).map { Double(span.lowerBound) + step * (Double($0) + 0.5) }
    let taps = centres.map { centre in
      span.compactMap { delay -> (delay: Int, weight: Double)? in
        let distance = abs(Double(delay) - centre) / step
        let weight = distance < 1 ? 0.5 * (1 + cosine(Double.pi * distance)) : 0
        return weight > 1e-12 ? (delay, weight) : nil
      }
    }
    return DelayKernels(shape: .raisedCosine, delays: Array(span), centres: centres, taps: taps)
  }

  /// As many raised cosines as the rows allow: at least two, and no more than make a quarter as many columns as there are
  /// effective training rows.
  ///
  /// - Parameters:
  ///   - width: columns that are delayed.
  ///   - effectiveRows: of the training part.
  public static func automatic(_ span: ClosedRange<Int>, width: Int, effectiveRows: Double) -> DelayKernels {
    let affordable = effectiveRows.isFinite ? Int(effectiveRows / (4 * Double(max(1, width)))) : 2
    return raisedCosines(span, count: min(span.count, max(2, affordable)))
  }

  public static func == (a: DelayKernels, b: DelayKernels) -> Bool {
    a.shape == b.shape && a.delays == b.delays && a.centres == b.centres
  }
}
