import ByteSource
import Diagnostics
import FileSystem
import NumPyFile
import Tensors
import ZipArchive

/// The arrays of a `.npz` file (`numpy.savez`: a zip of `.npy` arrays, not compressed), as tensors.
///
/// Arrays are little-endian float32 or float64 in C order (`NumPyFile`); float64 is rounded to float32. A tensor has its
/// array's name without `.npy`.
public struct NumPyArchive: WeightsFile {
  public let path: String
  public var container: TensorContainer { .numPy }
  public let tensors: [TensorInfo]
  private let values: [String: [Float]]

  /// Reads and checks all arrays; such files are small. Throws E-WGT-001, E-WGT-003, E-PTH and E-WGF-005 codes.
  public init(path: String) throws {
    self.path = path
    let archive = try ZipArchive(ByteSource(weights: path))
    var tensors: [TensorInfo] = []
    var values: [String: [Float]] = [:]
    for file in archive.records.keys.sorted() where file.hasSuffix(".npy") {
      let name = String(file.dropLast(4))
      let array = try Self.array(try archive.read(file), "\(path): \(name)")
      values[name] = try array.floats(offset: [Int](repeating: 0, count: array.shape.count), count: array.shape)
      tensors.append(TensorInfo(name: name, dtype: "F32", shape: array.shape, bytes: 0..<4 * array.count))
    }
    self.tensors = tensors.sorted { $0.name < $1.name }
    self.values = values
  }

  /// Whether a file is a zip whose first record is a `.npy`.
  public static func looksLike(path: String) -> Bool {
    let head = Files.head(of: path, count: 512)
    guard head.count > 30, head.starts(with: [0x50, 0x4b, 3, 4]) else { return false }
    return head[30...].prefix(Int(head[26]) + Int(head[27]) * 256).suffix(4).elementsEqual(".npy".utf8)
  }

  /// The array as little-endian float32.
  public func bytes(of tensor: TensorInfo) throws -> [UInt8] {
    guard let values = values[tensor.name] else { preconditionFailure("\(tensor.name) is not in this file") }
    return values.littleEndianBytes
  }

  private static func array(_ bytes: [UInt8], _ object: String) throws -> NumPyFile {
    let remedy = "save the arrays with numpy.savez as float32 in C order"
    let array = try NumPyFile(ByteSource(bytes, path: object, truncation: .numPyArchiveBad, remedy: remedy))
    func bad(_ reason: String) -> EvokeError { EvokeError(.numPyArchiveBad, object, reason: reason, remedy: remedy) }
    guard array.dtype == "<f4" || array.dtype == "<f8" else {
      throw bad("its numbers are \(array.dtype), not <f4 or <f8")
    }
    guard !array.isFortranOrder || array.shape.count < 2 else { throw bad("it is in Fortran order") }
    guard array.trailing == 0 else { throw bad("\(array.trailing) bytes stand behind its numbers") }
    return array
  }
}

extension [Float] {
  /// The numbers as a file has them.
  var littleEndianBytes: [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 4 * count)
    for (index, value) in enumerated() {
      let pattern = value.bitPattern
      for byte in 0..<4 { bytes[4 * index + byte] = UInt8(truncatingIfNeeded: pattern >> UInt32(8 * byte)) }
    }
    return bytes
  }
}
