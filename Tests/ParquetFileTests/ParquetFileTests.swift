import Foundation
import ParquetFile
import Testing

/// Numbers of a linear congruence, the same in every run.
private struct Draws: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state >> 16 ^ state << 40
  }
}

/// Bytes by a reader of the test's own; what other programs read of the same is compared by `compare.py`.
@Suite struct ParquetFileTests {
  private func file(
    _ columns: [ParquetColumn], _ rows: [[ParquetValue]], metadata: [(key: String, value: String)] = []
  ) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var writer = try ParquetWriter(columns) { bytes += $0 }
    for row in rows { try writer.append(row) }
    try writer.finish(metadata: metadata, program: "a test")
    return bytes
  }

  private func littleEndian(_ word: UInt64) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }

  private func bytes(_ value: ParquetValue) -> [UInt8]? {
    switch value {
    case .null: nil
    case .integer(let n): littleEndian(UInt64(bitPattern: n))
    case .real(let d): littleEndian(d.bitPattern)
    case .text(let t): Array(t.utf8)
    case .bytes(let b): b
    }
  }

  private static let kinds: [ParquetColumn.Kind] = [.integer, .real, .text, .bytes]
  private static let odd: [ParquetColumn.Kind: [ParquetValue]] = [
    .integer: [.integer(.min), .integer(.max), .integer(0), .integer(-1)],
    .real: [
      .real(-0.0), .real(0), .real(.nan), .real(.infinity), .real(-.infinity), .real(.leastNonzeroMagnitude),
      .real(0.1),
    ],
    .text: [
      .text(""), .text("NULL"), .text("é"), .text("e\u{301}"), .text("a\0b"), .text("日本語 😀"), .text("x,\"y\"\n"),
    ],
    .bytes: [.bytes([]), .bytes([0]), .bytes([255, 254])],
  ]

  private func value(_ kind: ParquetColumn.Kind, _ draws: inout Draws) -> ParquetValue {
    let choice = Int.random(in: 0..<10, using: &draws)
    if choice < 2 { return .null }
    if choice < 6, let value = Self.odd[kind]?.randomElement(using: &draws) { return value }
    return switch kind {
    case .integer: .integer(.random(in: .min ... .max, using: &draws))
    case .real: .real(.random(in: -1...1, using: &draws))
    case .text: .text("text \(Int.random(in: 0..<1 << 40, using: &draws))")
    case .bytes: .bytes((0..<Int.random(in: 0..<20, using: &draws)).map { _ in .random(in: 0...255, using: &draws) })
    }
  }

  @Test("what is read is what was written, bit for bit: NULL, empty, NaN, both zeros, texts that only look alike")
  func random() throws {
    for (seed, count) in [0, 1, 2, 7, 8, 9, 15, 16, 17, 100, 1000, 20_000].enumerated() {
      var draws = Draws(state: UInt64(seed))
      let columns = Self.kinds.enumerated().map { ParquetColumn("c\($0)", $1) } + [ParquetColumn("none", .real)]
      let rows = (0..<count).map { _ in Self.kinds.map { value($0, &draws) } + [.null] }
      let found = ParquetReader(try file(columns, rows))
      #expect(found.rowCount == count)
      #expect(found.groups.count == (count == 0 ? 0 : 1))
      for place in columns.indices {
        let expected = rows.map { bytes($0[place]) }
        let read = found.groups.flatMap { $0[place].values }
        #expect(read == expected, "seed \(seed) column \(place)")
        #expect(found.groups.map { $0[place].nulls } == found.groups.map { _ in expected.count { $0 == nil } })
      }
    }
  }

  @Test func theSchemaIsThatOfTheColumnsWhateverRowsThereAre() throws {
    let columns = [
      ParquetColumn("n", .integer), ParquetColumn("r", .real), ParquetColumn("t", .text), ParquetColumn("b", .bytes),
    ]
    let full: [ParquetValue] = [.integer(1), .real(1), .text("1"), .bytes([1])]
    let none: [ParquetValue] = [.null, .null, .null, .null]
    let expected = [
      ParquetReader.Column(name: "n", type: 2, isText: false), .init(name: "r", type: 5, isText: false),
      .init(name: "t", type: 6, isText: true), .init(name: "b", type: 6, isText: false),
    ]
    for rows in [[], [none], [none, full], [full]] {
      #expect(ParquetReader(try file(columns, rows)).columns == expected)
    }
  }

  @Test func boundsLeaveNoValueOut() throws {
    func chunk(_ kind: ParquetColumn.Kind, _ values: [ParquetValue]) throws -> ParquetReader.Chunk {
      ParquetReader(try file([ParquetColumn("c", kind)], values.map { [$0] })).groups[0][0]
    }
    let numbers = try chunk(.integer, [.integer(3), .null, .integer(-2)])
    #expect(numbers.low == bytes(.integer(-2)) && numbers.high == bytes(.integer(3)) && numbers.nulls == 1)
    // A reader may hold the zeros for different, and NaN for the largest number.
    let zeros = try chunk(.real, [.real(0), .real(0)])
    #expect(zeros.low == bytes(.real(-0.0)))
    let negative = try chunk(.real, [.real(-0.0)])
    #expect(negative.high == bytes(.real(0)))
    let strange = try chunk(.real, [.real(1), .real(.nan), .real(2)])
    #expect(strange.low == nil && strange.high == nil)
    let empty = try chunk(.real, [.null])
    #expect(empty.low == nil && empty.nulls == 1)
    let texts = try chunk(.text, [.text("b"), .text("ä"), .text("a")])
    #expect(texts.low == Array("a".utf8) && texts.high == Array("ä".utf8))
    let long = try chunk(.text, [.text("b"), .text(String(repeating: "x", count: 65))])
    #expect(long.low == nil && long.high == nil)
  }

  @Test func repeatedValuesStandOnceAndOthersPlain() throws {
    let columns = [ParquetColumn("same", .text), ParquetColumn("own", .text), ParquetColumn("few", .real)]
    let rows: [[ParquetValue]] = (0..<1000).map { [.text("study"), .text("row \($0)"), .real(Double($0 % 3))] }
    let group = ParquetReader(try file(columns, rows)).groups[0]
    #expect(group.map(\.hasDictionary) == [true, false, true])
  }

  @Test("memory is bounded: rows leave in groups, values in pages")
  func groupsAndPages() throws {
    let rows: [[ParquetValue]] = (0..<ParquetWriter.groupRows + 1).map { [.integer(Int64($0))] }
    var parts = 0
    var written: [UInt8] = []
    var writer = try ParquetWriter([ParquetColumn("n", .integer)]) { bytes in
      parts += 1
      written += bytes
    }
    for row in rows.dropLast() { try writer.append(row) }
    #expect(parts == 2, "the first group has left before the file ends")
    try writer.append(rows[rows.count - 1])
    try writer.finish(metadata: [], program: "a test")
    let found = ParquetReader(written)
    #expect(found.groups.map { $0[0].values.count } == [ParquetWriter.groupRows, 1])
    #expect(found.groups[0][0].pageCount == ParquetWriter.groupRows / ParquetWriter.pageRows)
    #expect(found.groups.flatMap { $0[0].values } == rows.map { bytes($0[0]) })
    let large = String(repeating: "x", count: ParquetWriter.pageBytes / 2)
    let texts: [[ParquetValue]] = (0..<5).map { [.text(large + String($0))] }
    #expect(ParquetReader(try file([ParquetColumn("t", .text)], texts)).groups[0][0].pageCount == 3)
  }

  @Test func metadataStandWithTheFileAndWithEveryColumn() throws {
    let columns = [
      ParquetColumn("onset_s", .real, metadata: [(key: "unit", value: "s")]), ParquetColumn("n", .integer),
    ]
    let found = ParquetReader(
      try file(columns, [[.real(1), .integer(1)]], metadata: [(key: "view", value: "größe")]))
    #expect(found.metadata == ["view": "größe"])
    #expect(found.groups[0].map(\.metadata) == [["unit": "s"], [:]])
  }

  /// pyarrow 26, polars 2.1 and DuckDB 2.0 read of these bytes n = [1, NULL].
  @Test func goldenBytes() throws {
    let bytes = try file([ParquetColumn("n", .integer)], [[.integer(1)], [.null]])
    #expect(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() == Self.golden)
  }

  private static let golden =
    "504152311500151c151c2c1504150015061506000002000000030101000000000000001504192c4806736368656d61150200"
    + "1504250218016e001604191c191c26001c1504192500061918016e15001604163e163e26083c360228080100000000000000"
    + "18080100000000000000000000163e16042608163e002806612074657374191c1c0000006500000050415231"

  /// Writes the tables of `compare.py`, where a folder of them is named.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["EVOKE_PARQUET_CASES"] != nil))
  func casesOfOtherReaders() throws {
    let folder = try #require(ProcessInfo.processInfo.environment["EVOKE_PARQUET_CASES"])
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".cells") }
    #expect(!names.isEmpty)
    for name in names {
      let lines = try String(contentsOfFile: folder + "/" + name, encoding: .utf8).split(separator: "\n")
      let kinds = lines[0].split(separator: " ").map { word -> ParquetColumn.Kind in
        switch word {
        case "i": .integer
        case "r": .real
        case "t": .text
        default: .bytes
        }
      }
      let columns = kinds.enumerated().map { ParquetColumn("c\($0)", $1, metadata: [(key: "unit", value: "s")]) }
      let rows = try lines.dropFirst().map { try $0.split(separator: " ").map(Self.cell) }
      let bytes = try file(columns, rows)
      try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + name.dropLast(6) + ".parquet"))
    }
  }

  private static func cell(_ text: Substring) throws -> ParquetValue {
    let rest = text.dropFirst(2)
    func content() throws -> [UInt8] {
      let digits = Array(rest.utf8)
      return try stride(from: 0, to: digits.count, by: 2).map {
        try #require(UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16))
      }
    }
    return switch text.first {
    case "i": .integer(try #require(Int64(rest)))
    case "r": .real(Double(bitPattern: try #require(UInt64(rest, radix: 16))))
    case "t": .text(String(decoding: try content(), as: UTF8.self))
    case "b": .bytes(try content())
    default: .null
    }
  }
}
