import Diagnostics
import Foundation

/// The arrays of a `.npz` file (`numpy.savez`: a zip of `.npy` arrays, not compressed), as tensors.
///
/// Arrays are little-endian float32 or float64 in C order (numpy.lib.format, versions 1 to 3); float64 is rounded to
/// float32. A tensor has its array's name without `.npy`.
public struct NumPyArchive: WeightsFile {
  public let path: String
  public let tensors: [TensorInfo]
  private let records: [String: Record]

  private struct Record: Sendable {
    let isDouble: Bool
    let values: [UInt8]
  }

  /// Reads and checks all arrays; such files are small. Throws E-WGT-001, E-WGT-003, E-PTH and E-WGF-005 codes.
  public init(path: String) throws {
    self.path = path
    let reader = try WeightsReader(path)
    defer { reader.close() }
    let archive = try ZipArchive(reader)
    var tensors: [TensorInfo] = []
    var records: [String: Record] = [:]
    for file in archive.records.keys.sorted() where file.hasSuffix(".npy") {
      let name = String(file.dropLast(4))
      let array = try Self.array(try archive.read(file, reader), "\(path): \(name)")
      records[name] = Record(isDouble: array.isDouble, values: array.values)
      tensors.append(
        TensorInfo(name: name, dtype: "F32", shape: array.shape, bytes: 0..<4 * array.shape.reduce(1, *)))
    }
    self.tensors = tensors.sorted { $0.name < $1.name }
    self.records = records
  }

  /// Whether a file is a zip whose first record is a `.npy`.
  public static func looksLike(path: String) -> Bool {
    guard let handle = FileHandle(forReadingAtPath: path) else { return false }
    defer { try? handle.close() }
    let head = [UInt8]((try? handle.read(upToCount: 512)) ?? Data())
    guard head.count > 30, head.starts(with: [0x50, 0x4b, 3, 4]) else { return false }
    return head[30...].prefix(Int(head[26]) | Int(head[27]) << 8).suffix(4).elementsEqual(".npy".utf8)
  }

  /// The array as little-endian float32.
  public func bytes(of tensor: TensorInfo) throws -> [UInt8] {
    guard let record = records[tensor.name] else { preconditionFailure("\(tensor.name) is not in this file") }
    guard record.isDouble else { return record.values }
    var bytes: [UInt8] = []
    for first in stride(from: 0, to: record.values.count, by: 8) {
      let pattern = (0..<8).reduce(UInt64(0)) { $0 | UInt64(record.values[first + $1]) << UInt64(8 * $1) }
      let rounded = Float(Double(bitPattern: pattern)).bitPattern
      for byte in 0..<4 { bytes.append(UInt8(truncatingIfNeeded: rounded >> UInt32(8 * byte))) }
    }
    return bytes
  }

  private static func array(
    _ bytes: [UInt8], _ object: String
  ) throws -> (isDouble: Bool, shape: [Int], values: [UInt8]) {
    guard bytes.count >= 12, bytes.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      throw bad(object, "it does not begin like a .npy array")
    }
    let wide = bytes[6] >= 2
    let length = (0..<(wide ? 4 : 2)).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
    let start = (wide ? 12 : 10) + length
    guard start <= bytes.count else { throw bad(object, "its header ends behind the array") }
    let header = String(decoding: bytes[(wide ? 12 : 10)..<start], as: UTF8.self)
    guard let type = header.firstMatch(of: /'descr': *'([^']*)'/)?.1,
      let order = header.firstMatch(of: /'fortran_order': *(True|False)/)?.1,
      let sizes = header.firstMatch(of: /'shape': *\(([0-9, ]*)\)/)?.1
    else { throw bad(object, "its header is \(header.prefix(80))") }
    guard type == "<f4" || type == "<f8" else { throw bad(object, "its numbers are \(type), not <f4 or <f8") }
    let shape = sizes.split(whereSeparator: { $0 == "," || $0 == " " }).compactMap { Int($0) }
    guard order == "False" || shape.count < 2 else { throw bad(object, "it is in Fortran order") }
    let isDouble = type == "<f8"
    var size = isDouble ? 8 : 4
    for extent in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw bad(object, "it has an impossible shape \(shape)") }
      size = product
    }
    guard bytes.count - start == size else {
      throw bad(object, "\(shape) needs \(size) bytes, \(bytes.count - start) are there")
    }
    return (isDouble, shape, Array(bytes[start...]))
  }

  private static func bad(_ object: String, _ reason: String) -> EvokeError {
    EvokeError(
      .numPyArchiveBad, object, reason: reason, remedy: "save the arrays with numpy.savez as float32 in C order")
  }
}
