/// How many regions a difference is positive in, and in how many of these its test finds: of those that may be reported.
public struct SupportCount: Equatable, Sendable {
  public let regions: Int
  public let positive: Int
  /// nil while a region has no q: where a member of the family lacks it, nothing is said of any.
  public let supported: Int?

  /// - Parameter regions: the difference and the q of each that may be reported; a q that is no number is none.
  public init(_ regions: [(difference: Double?, q: Double?)]) {
    let above = regions.filter { $0.difference.map { $0 > 0 } ?? false }
    self.regions = regions.count
    positive = above.count
    let isTested = regions.allSatisfy { $0.q?.isFinite == true }
    supported = isTested ? above.count { Significance.isReached(by: $0.q) } : nil
  }

  /// Whether it is found in more than half of them.
  public var isInMost: Bool? { supported.map { 2 * $0 > regions } }
}
