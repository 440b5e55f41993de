/// What a Parquet file of the writer's kind holds: flat columns, plain or by dictionary, not compressed.
///
/// Written from the format's description and not from the writer.
struct ParquetReader {
  struct Column: Equatable {
    let name: String
    /// Physical type.
    let type: Int
    let isText: Bool
  }

  struct Chunk {
    let nulls: Int
    let low: [UInt8]?
    let high: [UInt8]?
    let metadata: [String: String]
    let hasDictionary: Bool
    let pageCount: Int
    /// Of each row the bytes of its value, nil for NULL.
    let values: [[UInt8]?]
  }

  let columns: [Column]
  let rowCount: Int
  let metadata: [String: String]
  /// By group, then column.
  let groups: [[Chunk]]

  init(_ bytes: [UInt8]) {
    precondition(bytes.starts(with: Array("PAR1".utf8)) && bytes.suffix(4) == Array("PAR1".utf8)[...])
    let size = Self.number(bytes[(bytes.count - 8)..<(bytes.count - 4)])
    var cursor = Cursor(bytes: bytes, at: bytes.count - 8 - size)
    let footer = cursor.structure()
    let leaves = footer[2]!.list.dropFirst().map(\.fields)
    let columns = leaves.map { leaf in
      Column(
        name: leaf[4]!.text, type: leaf[1]!.number,
        isText: leaf[6]?.number == 0 && leaf[10]?.fields[1] != nil)
    }
    self.columns = columns
    rowCount = footer[3]!.number
    metadata = Self.pairs(footer[5])
    groups = footer[4]!.list.map { group in
      zip(group.fields[1]!.list, columns).map { chunk, column in Self.chunk(chunk.fields[3]!.fields, column, bytes) }
    }
    precondition(cursor.at == bytes.count - 8)
  }

  private static func pairs(_ value: Thrift?) -> [String: String] {
    Dictionary(uniqueKeysWithValues: (value?.list ?? []).map { ($0.fields[1]!.text, $0.fields[2]!.text) })
  }

  private static func chunk(_ entry: [Int: Thrift], _ column: Column, _ bytes: [UInt8]) -> Chunk {
    let start = entry[11]?.number ?? entry[9]!.number
    var cursor = Cursor(bytes: bytes, at: start)
    var dictionary: [[UInt8]] = []
    var values: [[UInt8]?] = []
    var pages = 0
    while cursor.at < start + entry[7]!.number {
      let header = cursor.structure()
      let end = cursor.at + header[3]!.number
      if header[1]!.number == 2 {
        dictionary = plain(header[7]!.fields[1]!.number, column, &cursor)
      } else {
        pages += 1
        let page = header[5]!.fields
        let count = page[1]!.number
        let length = number(bytes[cursor.at..<cursor.at + 4])
        var levels = Cursor(bytes: Array(bytes[..<(cursor.at + 4 + length)]), at: cursor.at + 4)
        let present = levels.hybrid(count, width: 1)
        cursor.at += 4 + length
        let some = present.count { $0 == 1 }
        var found: [[UInt8]]
        if page[2]!.number == 8 {
          let width = Int(bytes[cursor.at])
          cursor.at += 1
          found = cursor.hybrid(some, width: width).map { dictionary[$0] }
        } else {
          found = plain(some, column, &cursor)
        }
        found.reverse()
        for level in present { values.append(level == 1 ? found.popLast()! : nil) }
      }
      precondition(cursor.at == end, "a page is as long as its header says")
    }
    precondition(values.count == entry[5]!.number)
    let statistics = entry[12]!.fields
    return Chunk(
      nulls: statistics[3]!.number, low: statistics[6]?.bytes, high: statistics[5]?.bytes, metadata: pairs(entry[8]),
      hasDictionary: !dictionary.isEmpty, pageCount: pages, values: values)
  }

  private static func plain(_ count: Int, _ column: Column, _ cursor: inout Cursor) -> [[UInt8]] {
    (0..<count).map { _ in
      var size = 8
      if column.type == 6 {
        size = number(cursor.bytes[cursor.at..<cursor.at + 4])
        cursor.at += 4
      }
      defer { cursor.at += size }
      return Array(cursor.bytes[cursor.at..<cursor.at + size])
    }
  }

  static func number(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reversed().reduce(0) { $0 << 8 | Int($1) } }
}

/// A value of Thrift's compact protocol.
enum Thrift {
  case number(Int)
  case bytes([UInt8])
  case list([Thrift])
  case structure([Int: Thrift])

  var number: Int { if case .number(let n) = self { n } else { preconditionFailure("no number") } }
  var bytes: [UInt8] { if case .bytes(let b) = self { b } else { preconditionFailure("no bytes") } }
  var text: String { String(decoding: bytes, as: UTF8.self) }
  var list: [Thrift] { if case .list(let l) = self { l } else { preconditionFailure("no list") } }
  var fields: [Int: Thrift] { if case .structure(let s) = self { s } else { preconditionFailure("no structure") } }
}

private struct Cursor {
  let bytes: [UInt8]
  var at: Int

  mutating func varint() -> UInt64 {
    var (value, shift) = (UInt64(0), UInt64(0))
    while true {
      let byte = bytes[at]
      at += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  mutating func zigzag() -> Int {
    let value = varint()
    return Int(bitPattern: UInt(value >> 1)) ^ -Int(value & 1)
  }

  mutating func structure() -> [Int: Thrift] {
    var fields: [Int: Thrift] = [:]
    var last = 0
    while true {
      let head = bytes[at]
      at += 1
      if head == 0 { return fields }
      last = head >> 4 == 0 ? zigzag() : last + Int(head >> 4)
      fields[last] = value(head & 0x0F)
    }
  }

  private mutating func value(_ type: UInt8) -> Thrift {
    switch type {
    case 4, 5, 6: return .number(zigzag())
    case 8:
      let count = Int(varint())
      defer { at += count }
      return .bytes(Array(bytes[at..<at + count]))
    case 9:
      let head = bytes[at]
      at += 1
      let count = head >> 4 == 15 ? Int(varint()) : Int(head >> 4)
      return .list((0..<count).map { _ in value(head & 0x0F) })
    case 12: return .structure(structure())
    default: preconditionFailure("a type the writer does not write: \(type)")
    }
  }

  /// Numbers of the hybrid of runs and packed bits.
  mutating func hybrid(_ count: Int, width: Int) -> [Int] {
    var values: [Int] = []
    while values.count < count {
      let head = Int(varint())
      if head & 1 == 0 {
        let size = (width + 7) / 8
        values += [Int](repeating: ParquetReader.number(bytes[at..<at + size]), count: head >> 1)
        at += size
      } else {
        let size = (head >> 1) * width
        let bits = bytes[at..<at + size].flatMap { byte in (0..<8).map { Int(byte >> $0 & 1) } }
        for start in stride(from: 0, to: (head >> 1) * 8 * width, by: max(1, width)) where width > 0 {
          values.append(bits[start..<start + width].reversed().reduce(0) { $0 << 1 | $1 })
        }
        if width == 0 { values += [Int](repeating: 0, count: (head >> 1) * 8) }
        at += size
      }
    }
    return Array(values.prefix(count))
  }
}
