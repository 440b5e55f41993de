/// Equal parts of the relative depth of networks.
public struct DepthBins: Sendable, Equatable {
  public let count: Int

  public init(_ count: Int) {
    precondition(count > 0, "there is a part")
    self.count = count
  }

  /// The part that a relative depth of 0 to 1 lies in; a bound belongs to the part above it, 1 to the last one.
  public func place(of relDepth: Double) -> Int {
    // 0.6 of 5 parts is the bound of the fourth, whatever 0.6 x 5 is to rounding.
    min(count - 1, max(0, Int((relDepth * Double(count) + 1e-9).rounded(.down))))
  }

  public func range(of place: Int) -> ClosedRange<Double> {
    Double(place) / Double(count)...Double(place + 1) / Double(count)
  }
}
