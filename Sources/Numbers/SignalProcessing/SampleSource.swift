/// Mono sound that is read in pieces, so that memory does not grow with its length.
///
/// Ranges are half-open sample indices at `rateHz`; they may overlap, but their starts must not decrease until `rewind`.
public protocol SampleSource: AnyObject {
  /// Samples in all.
  var sampleCount: Int { get }
  /// Samples per second.
  var rateHz: Double { get }
  /// The samples of a range inside `0..<sampleCount`.
  func samples(_ range: Range<Int>) throws -> [Float]
  /// Starts again at sample 0.
  func rewind() throws
}

/// Sound that is already in memory.
public final class ArraySampleSource: SampleSource {
  private let values: [Float]
  public let rateHz: Double

  public init(_ values: [Float], rateHz: Double) {
    self.values = values
    self.rateHz = rateHz
  }

  public var sampleCount: Int { values.count }
  public func samples(_ range: Range<Int>) throws -> [Float] { Array(values[range]) }
  public func rewind() throws {}
}
