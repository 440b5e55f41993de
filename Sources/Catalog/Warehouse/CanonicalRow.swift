import ContentIdentity

/// The bytes that the hash of a row is over. Those of many rows are made and hashed by SQL (`RowSQL`).
///
/// A byte (0, for the identity of a row 1) and the table's name; then of every column that is not NULL, in the order of
/// their names, its name, a byte for its type and its value. Names, texts and bytes have their length before them.
/// Numbers are big-endian: IEEE 754 of a real, where -0 is 0, two's complement of an integer. A reference is the hash of
/// the row it leads to. So neither a row's number nor a column that is added later, NULL in old rows, changes a hash.
struct CanonicalRow {
  private(set) var bytes: [UInt8] = []

  /// A name as it stands in the bytes.
  static func head(_ name: String) -> [UInt8] { UInt64(name.utf8.count).bigEndianBytes + name.utf8 }

  /// Begins the next row.
  mutating func begin(_ table: [UInt8], isIdentity: Bool = false) {
    bytes.removeAll(keepingCapacity: true)
    bytes.append(isIdentity ? 1 : 0)
    bytes += table
  }

  /// The next column.
  mutating func append(_ column: [UInt8], _ value: SQLValue) {
    if case .null = value { return }
    bytes += column
    switch value {
    case .null: break
    case .integer(let number): append("i", UInt64(bitPattern: number))
    case .real(let number): append("r", (number == 0 ? 0 : number).bitPattern)
    case .text(let text): appendText(text.utf8)
    case .blob(let content):
      append("b", UInt64(content.count))
      bytes += content
    }
  }

  /// The next column, a text by its bytes.
  mutating func append(_ column: [UInt8], text: [UInt8]) {
    bytes += column
    appendText(text)
  }

  private mutating func appendText(_ text: some Collection<UInt8>) {
    append("t", UInt64(text.count))
    bytes += text
  }

  /// The next column, a reference to a row.
  mutating func append(_ column: [UInt8], row: SHA256Digest) {
    bytes += column
    append("h", row.words[0])
    for place in 1..<4 { bytes.append(bigEndian: row.words[place]) }
  }

  private mutating func append(_ type: Unicode.Scalar, _ word: UInt64) {
    bytes.append(UInt8(ascii: type))
    bytes.append(bigEndian: word)
  }
}
