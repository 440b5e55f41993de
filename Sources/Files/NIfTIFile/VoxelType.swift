import ByteSource

/// The number type of voxels (`datatype` of the header).
public enum VoxelType: Int16, Sendable, CaseIterable {
  case uint8 = 2
  case int16 = 4
  case int32 = 8
  case float32 = 16
  case float64 = 64
  case int8 = 256
  case uint16 = 512
  case uint32 = 768
  case int64 = 1024
  case uint64 = 1280

  /// Bytes of one voxel.
  public var size: Int { number.width }

  /// The names of types that are not read, for messages.
  static func name(_ code: Int) -> String {
    let names = [
      0: "an unknown type", 1: "binary", 32: "complex64", 128: "RGB", 1536: "float128", 1792: "complex128",
      2048: "complex256", 2304: "RGBA",
    ]
    return names[code] ?? "the unknown type \(code)"
  }

  /// How one voxel stands in the file.
  private var number: NumberType {
    switch self {
    case .uint8: .uint8
    case .int16: .int16
    case .int32: .int32
    case .float32: .float32
    case .float64: .float64
    case .int8: .int8
    case .uint16: .uint16
    case .uint32: .uint32
    case .int64: .int64
    case .uint64: .uint64
    }
  }

  /// Voxels of this type in a file's byte order, as float64. 64-bit whole numbers beyond 2^53 are rounded.
  func decode(_ bytes: [UInt8], isBigEndian: Bool) -> [Double] { number.doubles(bytes, isBigEndian ? .big : .little) }

  /// The bytes of voxels; nil where a value does not fit (whole numbers are rounded to even, NaN does not fit them).
  func encode(_ values: [Double], isBigEndian: Bool) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * size)
    func append<Value: FixedWidthInteger>(_ value: Value) {
      let size = Value.bitWidth / 8
      for i in 0..<size {
        bytes.append(UInt8(truncatingIfNeeded: value >> (8 * (isBigEndian ? size - 1 - i : i))))
      }
    }
    func appendAll<Value: FixedWidthInteger>(_: Value.Type) -> Bool {
      for value in values {
        guard let whole = Value(exactly: value.rounded(.toNearestOrEven)) else { return false }
        append(whole)
      }
      return true
    }
    let fits: Bool
    switch self {
    case .uint8: fits = appendAll(UInt8.self)
    case .int8: fits = appendAll(Int8.self)
    case .int16: fits = appendAll(Int16.self)
    case .uint16: fits = appendAll(UInt16.self)
    case .int32: fits = appendAll(Int32.self)
    case .uint32: fits = appendAll(UInt32.self)
    case .int64: fits = appendAll(Int64.self)
    case .uint64: fits = appendAll(UInt64.self)
    case .float32:
      fits = values.allSatisfy { !$0.isFinite || abs($0) <= Double(Float.greatestFiniteMagnitude) }
      if fits { for value in values { append(Float(value).bitPattern) } }
    case .float64:
      fits = true
      for value in values { append(value.bitPattern) }
    }
    return fits ? bytes : nil
  }
}
