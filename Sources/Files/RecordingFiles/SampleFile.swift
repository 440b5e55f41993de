import ByteSource
import Diagnostics

/// How one sample stands in a file of samples.
public enum SampleEncoding: String, Sendable, CaseIterable {
  case int16, int24, int32, float32, float64

  var number: NumberType {
    switch self {
    case .int16: .int16
    case .int24: .int24
    case .int32: .int32
    case .float32: .float32
    case .float64: .float64
    }
  }

  /// Bytes of one sample.
  public var width: Int { number.width }
}

/// A file of little-endian samples, read in parts; nothing of it is kept in memory.
public struct SampleFile: Sendable {
  let source: ByteSource

  public var path: String { source.path }
  /// The file's length.
  public var bytes: Int { source.count }

  /// - Throws: `fileMissing`, `fileUnreadable`.
  public init(reading path: String) throws { source = try ByteSource(reading: path, truncation: .eegTruncated) }

  /// Bytes `range` of the file.
  ///
  /// - Throws: `eegTruncated` where the file ends before, `fileUnreadable`.
  public func contents(_ range: Range<Int>) throws -> [UInt8] { try source.bytes(range, "what is asked for") }

  /// `count` samples from byte `offset` on.
  public func samples(_ encoding: SampleEncoding, from offset: Int, count: Int) throws -> [Double] {
    let (length, overflow) = count.multipliedReportingOverflow(by: encoding.width)
    let (end, beyond) = offset.addingReportingOverflow(length)
    guard !overflow, !beyond, count >= 0 else {
      throw EvokeError(
        .eegHeader, path, reason: "\(count) samples from byte \(offset) fit into no file",
        remedy: "restore the header")
    }
    return Self.decode(try contents(offset..<end), encoding)
  }

  /// `count` samples from byte `offset` on, sample i times `scales[i % scales.count]`, rounded once to float32; read in
  /// pieces of a megabyte.
  public func floats(
    _ encoding: SampleEncoding, from offset: Int, count: Int, scales: [Double] = [1]
  ) throws -> [Float] {
    precondition(!scales.isEmpty, "no scale")
    var values: [Float] = []
    values.reserveCapacity(min(max(0, count), bytes / encoding.width))
    var position = 0
    for start in stride(from: 0, to: count, by: 1 << 18) {
      for value in try samples(encoding, from: offset + start * encoding.width, count: min(1 << 18, count - start)) {
        values.append(Float(value * scales[position]))
        position = position + 1 == scales.count ? 0 : position + 1
      }
    }
    return values
  }

  /// Little-endian bytes as numbers; a rest shorter than a sample is left out.
  public static func decode(_ bytes: [UInt8], _ encoding: SampleEncoding) -> [Double] {
    encoding.number.doubles(bytes, .little)
  }
}
