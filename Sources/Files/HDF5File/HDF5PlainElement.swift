import CHDF5

/// Numbers as little-endian processors hold them: the types of HDF5 that are read without libhdf5's conversions.
enum HDF5PlainElement: Sendable, Equatable {
  case float32, float64
  case int8, int16, int32, int64
  case uint8, uint16, uint32, uint64

  /// Nil for every other type: big-endian, padded, or floating-point of another width. Enumerations are their numbers.
  init?(_ type: hid_t) {
    guard 1.littleEndian == 1 else { return nil }
    switch H5Tget_class(type) {
    case H5T_FLOAT:
      if H5Tequal(type, chdf5_ieee_f32le()) > 0 {
        self = .float32
      } else if H5Tequal(type, chdf5_ieee_f64le()) > 0 {
        self = .float64
      } else {
        return nil
      }
    case H5T_INTEGER, H5T_ENUM:
      let bytes = H5Tget_size(type)
      let isWhole = H5Tget_offset(type) == 0 && H5Tget_precision(type) == 8 * bytes
      guard isWhole, bytes == 1 || H5Tget_order(type) == H5T_ORDER_LE else { return nil }
      switch (bytes, H5Tget_sign(type)) {
      case (1, H5T_SGN_2): self = .int8
      case (2, H5T_SGN_2): self = .int16
      case (4, H5T_SGN_2): self = .int32
      case (8, H5T_SGN_2): self = .int64
      case (1, H5T_SGN_NONE): self = .uint8
      case (2, H5T_SGN_NONE): self = .uint16
      case (4, H5T_SGN_NONE): self = .uint32
      case (8, H5T_SGN_NONE): self = .uint64
      default: return nil
      }
    default: return nil
    }
  }

  var bytes: Int {
    switch self {
    case .int8, .uint8: 1
    case .int16, .uint16: 2
    case .float32, .int32, .uint32: 4
    case .float64, .int64, .uint64: 8
    }
  }

  /// Converts stored elements as libhdf5 does: to the nearest, beyond float32 to infinity, beyond int64 to its end.
  func convert<Number: HDF5Number>(_ stored: UnsafeRawPointer, count: Int, to numbers: UnsafeMutablePointer<Number>) {
    if Number.element == self {
      unsafe UnsafeMutableRawPointer(numbers).copyMemory(from: stored, byteCount: count * bytes)
      return
    }
    switch self {
    case .float32: unsafe each(Float.self, of: stored, count, to: numbers) { Number(stored: Double($0)) }
    case .float64: unsafe each(Double.self, of: stored, count, to: numbers) { Number(stored: $0) }
    case .int8: unsafe each(Int8.self, of: stored, count, to: numbers) { Number(stored: Int64($0)) }
    case .int16: unsafe each(Int16.self, of: stored, count, to: numbers) { Number(stored: Int64($0)) }
    case .int32: unsafe each(Int32.self, of: stored, count, to: numbers) { Number(stored: Int64($0)) }
    case .int64: unsafe each(Int64.self, of: stored, count, to: numbers) { Number(stored: $0) }
    case .uint8: unsafe each(UInt8.self, of: stored, count, to: numbers) { Number(stored: Int64($0)) }
    case .uint16: unsafe each(UInt16.self, of: stored, count, to: numbers) { Number(stored: Int64($0)) }
    case .uint32: unsafe each(UInt32.self, of: stored, count, to: numbers) { Number(stored: Int64($0)) }
    case .uint64: unsafe each(UInt64.self, of: stored, count, to: numbers) { Number(stored: $0) }
    }
  }

  @inline(__always)
  private func each<Stored: BitwiseCopyable, Number: HDF5Number>(
    _ type: Stored.Type, of stored: UnsafeRawPointer, _ count: Int, to numbers: UnsafeMutablePointer<Number>,
    _ convert: (Stored) -> Number
  ) {
    for index in 0..<count {
      let value = unsafe stored.loadUnaligned(fromByteOffset: index * MemoryLayout<Stored>.stride, as: type)
      unsafe numbers[index] = convert(value)
    }
  }
}

/// What numbers of a dataset are read as.
protocol HDF5Number: BitwiseCopyable {
  /// Stored alike.
  static var element: HDF5PlainElement { get }
  static var memoryType: hid_t { get }
  init(stored: Double)
  init(stored: Int64)
  init(stored: UInt64)
}

extension Float: HDF5Number {
  static var element: HDF5PlainElement { .float32 }
  static var memoryType: hid_t { chdf5_native_float() }
  init(stored value: Double) {
    let most = Double(Float.greatestFiniteMagnitude)
    self = value > most ? .infinity : value < -most ? -.infinity : Float(value)
  }
  init(stored value: Int64) { self = Float(value) }
  init(stored value: UInt64) { self = Float(value) }
}

extension Double: HDF5Number {
  static var element: HDF5PlainElement { .float64 }
  static var memoryType: hid_t { chdf5_native_double() }
  init(stored value: Double) { self = value }
  init(stored value: Int64) { self = Double(value) }
  init(stored value: UInt64) { self = Double(value) }
}

extension Int64: HDF5Number {
  static var element: HDF5PlainElement { .int64 }
  static var memoryType: hid_t { chdf5_native_int64() }
  init(stored value: Double) { preconditionFailure("floating-point numbers are not read as whole ones") }
  init(stored value: Int64) { self = value }
  init(stored value: UInt64) { self = Int64(clamping: value) }
}
