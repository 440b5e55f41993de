/// Two-channel sound that is read in pieces, so that memory does not grow with its length.
///
/// Ranges are half-open sample indices at `rateHz`; they may overlap, but their starts must not decrease.
public protocol StereoSampleSource: AnyObject {
  /// Samples per channel in all.
  var sampleCount: Int { get }
  /// Samples per second.
  var rateHz: Int { get }
  /// The samples of both channels of a range inside `0..<sampleCount`.
  func samples(_ range: Range<Int>) throws -> (left: [Float], right: [Float])
}

/// Two-channel sound that is already in memory.
public final class ArrayStereoSource: StereoSampleSource {
  private let left: [Float]
  private let right: [Float]
  public let rateHz: Int

  public init(left: [Float], right: [Float], rateHz: Int) {
    precondition(left.count == right.count, "left and right differ in length")
    self.left = left
    self.right = right
    self.rateHz = rateHz
  }

  public var sampleCount: Int { left.count }
  public func samples(_ range: Range<Int>) throws -> (left: [Float], right: [Float]) {
    (Array(left[range]), Array(right[range]))
  }
}
