/// The numbers that files hold.
package enum NumberType: String, Sendable, CaseIterable {
  case int8, uint8, int16, uint16, int24, int32, uint32, int64, uint64, float16, bfloat16, float32, float64

  /// Bytes of one number.
  package var width: Int {
    switch self {
    case .int8, .uint8: 1
    case .int16, .uint16, .float16, .bfloat16: 2
    case .int24: 3
    case .int32, .uint32, .float32: 4
    case .int64, .uint64, .float64: 8
    }
  }

  /// Bytes as float64, exact but for 64-bit whole numbers beyond 2^53; a rest shorter than a number is left out.
  package func doubles(_ bytes: [UInt8], _ order: ByteOrder) -> [Double] {
    switch self {
    case .int8: bytes.map { Double(Int8(bitPattern: $0)) }
    case .uint8: bytes.map { Double($0) }
    case .int16: words(bytes, UInt16.self, order) { Double(Int16(bitPattern: $0)) }
    case .uint16: words(bytes, UInt16.self, order) { Double($0) }
    case .int24: triples(bytes, order) { Double($0) }
    case .int32: words(bytes, UInt32.self, order) { Double(Int32(bitPattern: $0)) }
    case .uint32: words(bytes, UInt32.self, order) { Double($0) }
    case .int64: words(bytes, UInt64.self, order) { Double(Int64(bitPattern: $0)) }
    case .uint64: words(bytes, UInt64.self, order) { Double($0) }
    case .float16: words(bytes, UInt16.self, order) { Double(Self.widened($0)) }
    case .bfloat16: words(bytes, UInt16.self, order) { Double(Float(bitPattern: UInt32($0) << 16)) }
    case .float32: words(bytes, UInt32.self, order) { Double(Float(bitPattern: $0)) }
    case .float64: words(bytes, UInt64.self, order) { Double(bitPattern: $0) }
    }
  }

  /// Bytes as float32, each number rounded once; a rest shorter than a number is left out.
  package func floats(_ bytes: [UInt8], _ order: ByteOrder) -> [Float] {
    switch self {
    case .int8: bytes.map { Float(Int8(bitPattern: $0)) }
    case .uint8: bytes.map { Float($0) }
    case .int16: words(bytes, UInt16.self, order) { Float(Int16(bitPattern: $0)) }
    case .uint16: words(bytes, UInt16.self, order) { Float($0) }
    case .int24: triples(bytes, order) { Float($0) }
    case .int32: words(bytes, UInt32.self, order) { Float(Int32(bitPattern: $0)) }
    case .uint32: words(bytes, UInt32.self, order) { Float($0) }
    case .int64: words(bytes, UInt64.self, order) { Float(Int64(bitPattern: $0)) }
    case .uint64: words(bytes, UInt64.self, order) { Float($0) }
    case .float16: words(bytes, UInt16.self, order) { Self.widened($0) }
    case .bfloat16: words(bytes, UInt16.self, order) { Float(bitPattern: UInt32($0) << 16) }
    case .float32: words(bytes, UInt32.self, order) { Float(bitPattern: $0) }
    case .float64: words(bytes, UInt64.self, order) { Float(Double(bitPattern: $0)) }
    }
  }

  private func words<Word: FixedWidthInteger & BitwiseCopyable, Value>(
    _ bytes: [UInt8], _: Word.Type, _ order: ByteOrder, _ number: (Word) -> Value
  ) -> [Value] {
    let size = MemoryLayout<Word>.size
    let count = bytes.count / size
    return unsafe bytes.withUnsafeBytes { raw in
      unsafe [Value](unsafeUninitializedCapacity: count) { values, initialised in
        for i in 0..<count {
          let word = unsafe raw.loadUnaligned(fromByteOffset: i * size, as: Word.self)
          unsafe (values.baseAddress! + i).initialize(
            to: number(order == .big ? Word(bigEndian: word) : Word(littleEndian: word)))
        }
        initialised = count
      }
    }
  }

  private func triples<Value>(_ bytes: [UInt8], _ order: ByteOrder, _ number: (Int32) -> Value) -> [Value] {
    (0..<bytes.count / 3).map { index in
      let (a, b, c) = (UInt32(bytes[3 * index]), UInt32(bytes[3 * index + 1]), UInt32(bytes[3 * index + 2]))
      let bits = order == .big ? a << 24 | b << 16 | c << 8 : c << 24 | b << 16 | a << 8
      return number(Int32(bitPattern: bits) >> 8)
    }
  }

  /// IEEE binary16 to binary32 by moving the bits and rebasing the exponent; subnormals through one subtraction.
  static func widened(_ bits: UInt16) -> Float {
    let half = UInt32(bits)
    let sign = (half & 0x8000) << 16
    let magnitude = (half & 0x7fff) << 13
    let exponent = magnitude & 0x0f80_0000
    if exponent == 0x0f80_0000 { return Float(bitPattern: sign | magnitude &+ 0x7000_0000) }
    if exponent == 0 {
      let value = Float(bitPattern: magnitude &+ 0x3880_0000) - Float(bitPattern: 0x3880_0000)
      return Float(bitPattern: sign | value.bitPattern)
    }
    return Float(bitPattern: sign | (magnitude &+ 0x3800_0000))
  }
}
