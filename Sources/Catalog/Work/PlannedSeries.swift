/// A series of a stimulus that a unit will make, as far as its parameters tell: rows at `from + headS`, `stepS` apart, as
/// long as `tailS` after them lies within the stimulus.
public struct PlannedSeries: Sendable, Equatable {
  public let stimulus: String
  /// Seconds of the stimulus that it is made of; nil end: all of it from there.
  public let fromS: Double
  public let toS: Double?
  public let headS: Double
  public let tailS: Double
  public let stepS: Double
  /// nil: the parameters do not tell.
  public let columns: Int?

  public init(
    stimulus: String, fromS: Double = 0, toS: Double?, headS: Double = 0, tailS: Double, stepS: Double, columns: Int?
  ) {
    (self.stimulus, self.fromS, self.toS) = (stimulus, fromS, toS)
    (self.headS, self.tailS, self.stepS, self.columns) = (headS, tailS, stepS, columns)
  }

  /// Bins that are there where half of them is.
  public static func bins(of stimulus: String, seconds: Double?, stepS: Double, columns: Int?) -> PlannedSeries {
    PlannedSeries(stimulus: stimulus, toS: seconds, tailS: stepS / 2, stepS: stepS, columns: columns)
  }

  /// The stamps of its rows; `lengthS`: of the stimulus.
  public func times(lengthS: Double) -> [Double] {
    let end = toS.map { min($0, lengthS) } ?? lengthS
    let count = ((end - tailS - fromS - headS) / stepS + 1e-6).rounded(.down)
    guard count >= 0, count.isFinite else { return [] }
    return (0...Int(count)).map { fromS + headS + Double($0) * stepS }
  }
}

extension WorkStep {
  /// What a unit with these parameters will make, before it is made; none where that is not known.
  public func series(_ parameters: Parameters) -> [PlannedSeries] { [] }
}
