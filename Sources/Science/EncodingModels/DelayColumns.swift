/// Which past (and future) of a feature stands in a design: columns `x(t - d)`, d in rows of the grid; a positive delay lets
/// the feature precede the target.
public struct DelayColumns: Sendable, Equatable {
  /// What becomes of the delays.
  public enum Shape: String, Sendable {
    /// Each is a column.
    case single
    /// One of them is. Every target finds its own in every fold by the fit of the training rows, and anew in every draw of a
    /// null; bands that have a choice share it.
    case chosen
  }

  public let shape: Shape
  /// Rows, ascending, each once: every delay that some column can have.
  public let delays: [Int]

  /// Columns that one of the feature becomes.
  public var count: Int { options[0].count }

  /// What there is to choose among, the smallest delay first: the delays of columns that stand together.
  var options: [[Int]] {
    switch shape {
    case .single: [delays]
    case .chosen: delays.map { [$0] }
    }
  }

  /// One column per delay.
  public static func single(_ delays: [Int]) -> DelayColumns {
    precondition(!delays.isEmpty, "a band needs at least one delay; [0] is none")
    return DelayColumns(shape: .single, delays: delays)
  }

  /// One of the delays of a span; where it has one only, nothing is chosen.
  public static func chosen(_ span: ClosedRange<Int>) -> DelayColumns {
    span.count == 1 ? single([span.lowerBound]) : DelayColumns(shape: .chosen, delays: Array(span))
  }
}
