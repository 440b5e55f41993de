import ContentIdentity

/// The bytes that the hash of a row is over, and 64 bits of the value of each of its columns.
///
/// A byte (0, for the identity of a row 1) and the table's name; then of every column that is not NULL, in the order of
/// their names, its name, a byte for its type and its value. Names, texts and bytes have their length before them.
/// Numbers are big-endian: IEEE 754 of a real, where -0 is 0, two's complement of an integer. A reference is the hash of
/// the row it leads to. So neither a row's number nor a column that is added later, NULL in old rows, changes a hash.
struct CanonicalRow {
  private(set) var bytes: [UInt8] = []
  /// 0 for NULL.
  private(set) var values: [UInt64] = []

  /// A name as it stands in the bytes.
  static func head(_ name: String) -> [UInt8] { UInt64(name.utf8.count).bigEndianBytes + name.utf8 }

  /// Begins the next row.
  mutating func begin(_ table: [UInt8], isIdentity: Bool = false) {
    bytes.removeAll(keepingCapacity: true)
    values.removeAll(keepingCapacity: true)
    bytes.append(isIdentity ? 1 : 0)
    bytes += table
  }

  /// The next column.
  mutating func append(_ column: [UInt8], _ value: SQLValue) {
    guard !value.isNull else { return values.append(0) }
    bytes += column
    let start = bytes.count
    switch value {
    case .null: break
    case .integer(let number): append("i", UInt64(bitPattern: number))
    case .real(let number): append("r", (number == 0 ? 0 : number).bitPattern)
    case .text(let text): appendText(text.utf8)
    case .blob(let content):
      append("b", UInt64(content.count))
      bytes += content
    }
    values.append(Self.mixed(bytes[start...]))
  }

  /// The next column, a text by its bytes.
  mutating func append(_ column: [UInt8], text: [UInt8]) {
    bytes += column
    let start = bytes.count
    appendText(text)
    values.append(Self.mixed(bytes[start...]))
  }

  private mutating func appendText(_ text: some Collection<UInt8>) {
    append("t", UInt64(text.count))
    bytes += text
  }

  /// The next column, a reference to a row.
  mutating func append(_ column: [UInt8], row: SHA256Digest) {
    bytes += column
    let start = bytes.count
    append("h", row.words[0])
    for place in 1..<4 { bytes.append(bigEndian: row.words[place]) }
    values.append(Self.mixed(bytes[start...]))
  }

  private mutating func append(_ type: Unicode.Scalar, _ word: UInt64) {
    bytes.append(UInt8(ascii: type))
    bytes.append(bigEndian: word)
  }

  /// FNV-1a and the finaliser of MurmurHash3: enough to tell which column differs, where SHA-256 tells that one does.
  private static func mixed(_ bytes: ArraySlice<UInt8>) -> UInt64 {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
    hash = (hash ^ hash >> 33) &* 0xc4ce_b9fe_1a85_ec53
    return hash ^ hash >> 33
  }
}
