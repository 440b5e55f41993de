import Diagnostics
import Foundation

/// How one sample stands in a file of samples.
public enum SampleEncoding: String, Sendable, CaseIterable {
  case int16, int24, int32, float32, float64

  /// Bytes of one sample.
  public var width: Int {
    switch self {
    case .int16: 2
    case .int24: 3
    case .int32, .float32: 4
    case .float64: 8
    }
  }
}

/// A file of little-endian samples, read in parts; nothing of it is kept in memory.
public struct SampleFile: Sendable {
  public let path: String
  /// The file's length.
  public let bytes: Int

  /// - Throws: `fileMissing`, `fileUnreadable`.
  public init(reading path: String) throws {
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw EvokeError(.fileMissing, path, reason: "nothing stands at this path", remedy: "check the path")
    }
    let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? nil
    guard !isFolder.boolValue, FileManager.default.isReadableFile(atPath: path), let size else {
      throw EvokeError(
        .fileUnreadable, path, reason: isFolder.boolValue ? "it is a folder" : "it cannot be opened",
        remedy: "name a file you may read")
    }
    self.path = path
    self.bytes = size
  }

  /// Bytes `range` of the file.
  ///
  /// - Throws: `eegTruncated` where the file ends before, `fileUnreadable`.
  public func contents(_ range: Range<Int>) throws -> [UInt8] {
    guard range.lowerBound >= 0, range.upperBound <= bytes else {
      throw EvokeError(
        .eegTruncated, path, reason: "bytes \(range.lowerBound) to \(range.upperBound) of \(bytes) are asked for",
        remedy: "fetch or copy the file again")
    }
    guard !range.isEmpty else { return [] }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw EvokeError(.fileUnreadable, path, reason: "it cannot be opened", remedy: "check its permissions")
    }
    defer { try? handle.close() }
    do {
      try handle.seek(toOffset: UInt64(range.lowerBound))
      let data = try handle.read(upToCount: range.count) ?? Data()
      guard data.count == range.count else {
        throw EvokeError(
          .eegTruncated, path, reason: "it ended while it was read", remedy: "wait until it is written, then repeat")
      }
      return [UInt8](data)
    } catch let error as EvokeError { throw error } catch {
      throw EvokeError(.fileUnreadable, path, reason: "\(error)", remedy: "check the disk")
    }
  }

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
    let count = bytes.count / encoding.width
    return unsafe bytes.withUnsafeBytes { raw in
      switch encoding {
      case .int16:
        (0..<count).map {
          Double(Int16(littleEndian: unsafe raw.loadUnaligned(fromByteOffset: 2 * $0, as: Int16.self)))
        }
      case .int24:
        (0..<count).map { index in
          let at = 3 * index
          let bits = unsafe UInt32(raw[at]) << 8 | UInt32(raw[at + 1]) << 16 | UInt32(raw[at + 2]) << 24
          return Double(Int32(bitPattern: bits) >> 8)
        }
      case .int32:
        (0..<count).map {
          Double(Int32(littleEndian: unsafe raw.loadUnaligned(fromByteOffset: 4 * $0, as: Int32.self)))
        }
      case .float32:
        (0..<count).map {
          let bits = unsafe raw.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)
          return Double(Float(bitPattern: UInt32(littleEndian: bits)))
        }
      case .float64:
        (0..<count).map {
          let bits = unsafe raw.loadUnaligned(fromByteOffset: 8 * $0, as: UInt64.self)
          return Double(bitPattern: UInt64(littleEndian: bits))
        }
      }
    }
  }
}
