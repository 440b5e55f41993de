/// A structure in Thrift's compact protocol, in which Parquet writes its headers and its footer.
///
/// A field is a byte (the distance of its number from the last one, its type) and its value; whole numbers are zigzag
/// varints. Fields come in the order of their numbers.
///
/// Source: Apache Thrift, `doc/specs/thrift-compact-protocol.md`.
struct ThriftStructure {
  private enum FieldType: UInt8 {
    case short = 4
    case int = 5
    case long = 6
    case binary = 8
    case list = 9
    case structure = 12
  }

  private(set) var bytes: [UInt8] = []
  private var last = 0

  /// The whole structure with its end.
  var ended: [UInt8] { bytes + [0] }

  mutating func short(_ field: Int, _ value: Int) {
    head(field, .short)
    Self.append(varint: Self.zigzag(value), to: &bytes)
  }

  mutating func int(_ field: Int, _ value: Int) {
    head(field, .int)
    Self.append(varint: Self.zigzag(value), to: &bytes)
  }

  mutating func long(_ field: Int, _ value: Int) {
    head(field, .long)
    Self.append(varint: Self.zigzag(value), to: &bytes)
  }

  mutating func binary(_ field: Int, _ value: some Collection<UInt8>) {
    head(field, .binary)
    Self.append(binary: value, to: &bytes)
  }

  mutating func structure(_ field: Int, _ value: ThriftStructure) {
    head(field, .structure)
    bytes += value.ended
  }

  mutating func structures(_ field: Int, _ values: [ThriftStructure]) {
    list(field, .structure, values.count)
    for value in values { bytes += value.ended }
  }

  mutating func ints(_ field: Int, _ values: [Int]) {
    list(field, .int, values.count)
    for value in values { Self.append(varint: Self.zigzag(value), to: &bytes) }
  }

  mutating func binaries(_ field: Int, _ values: [[UInt8]]) {
    list(field, .binary, values.count)
    for value in values { Self.append(binary: value, to: &bytes) }
  }

  private mutating func head(_ field: Int, _ type: FieldType) {
    precondition(1...15 ~= field - last, "fields are written in the order of their numbers")
    bytes.append(UInt8(field - last) << 4 | type.rawValue)
    last = field
  }

  private mutating func list(_ field: Int, _ element: FieldType, _ count: Int) {
    head(field, .list)
    guard count >= 15 else { return bytes.append(UInt8(count) << 4 | element.rawValue) }
    bytes.append(0xF0 | element.rawValue)
    Self.append(varint: UInt64(count), to: &bytes)
  }

  private static func append(binary value: some Collection<UInt8>, to bytes: inout [UInt8]) {
    append(varint: UInt64(value.count), to: &bytes)
    bytes += value
  }

  private static func zigzag(_ value: Int) -> UInt64 { UInt64(bitPattern: Int64(value << 1 ^ value >> 63)) }

  /// Seven bits a byte, the lowest first; the top bit says that more follow.
  static func append(varint value: UInt64, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
