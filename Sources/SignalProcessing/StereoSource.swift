/// Two-channel sound that is read in pieces, so that memory does not grow with its length.
///
/// Ranges are half-open sample indices at `rateHz`; they may overlap, but their starts must not decrease.
public protocol StereoSource: AnyObject {
  /// Samples per channel in all.
  var sampleCount: Int { get }
  /// Samples per second.
  var rateHz: Double { get }
  /// The samples of a range inside `0..<sampleCount`, left and right in turn.
  func samples(_ range: Range<Int>) throws -> [Float]
}

/// Two-channel sound that is already in memory.
public final class ArrayStereoSource: StereoSource {
  private let values: [Float]
  public let rateHz: Double

  /// `values` is left and right in turn.
  public init(_ values: [Float], rateHz: Double) {
    precondition(values.count % 2 == 0, "left and right differ in length")
    self.values = values
    self.rateHz = rateHz
  }

  public var sampleCount: Int { values.count / 2 }
  public func samples(_ range: Range<Int>) throws -> [Float] {
    Array(values[2 * range.lowerBound..<2 * range.upperBound])
  }
}
