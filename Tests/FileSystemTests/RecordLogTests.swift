import FileSystem
import Foundation
import Testing

@Suite struct RecordLogTests {
  private let path = NSTemporaryDirectory() + "record-log-\(UUID().uuidString)/unit.log"
  private let records = [
    LogRecord(text: "first", values: [1, -2.5, .nan, .infinity, Float(bitPattern: 7)]),
    LogRecord(text: "", values: []), LogRecord(text: "größer", values: (0..<1000).map { Float($0) / 3 }),
  ]

  private func filled() throws {
    let log = try RecordLog(path: path, header: "unit 1")
    for record in records { try log.append(record) }
  }

  private func read(_ header: String = "unit 1") throws -> [LogRecord] {
    var found: [LogRecord] = []
    try RecordLog(path: path, header: header).read { found.append($0) }
    return found
  }

  /// NaN is compared by bits.
  private func same(_ a: [LogRecord], _ b: [LogRecord]) -> Bool {
    a.map(\.text) == b.map(\.text) && a.map { $0.values.map(\.bitPattern) } == b.map { $0.values.map(\.bitPattern) }
  }

  @Test func whatWasAppendedIsReadBitForBit() throws {
    defer { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }
    try filled()
    #expect(same(try read(), records))
  }

  @Test func aLogCutAnywhereHoldsTheRecordsThatWereComplete() throws {
    defer { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }
    try filled()
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    var ends: [Int] = []
    for count in 0...3 {
      try FileManager.default.removeItem(atPath: path)
      let log = try RecordLog(path: path, header: "unit 1")
      for record in records.prefix(count) { try log.append(record) }
      ends.append(try Data(contentsOf: URL(fileURLWithPath: path)).count)
    }
    for cut in stride(from: ends[0], through: whole.count, by: 7) {
      try whole.prefix(cut).write(to: URL(fileURLWithPath: path))
      let complete = ends.dropFirst().count { $0 <= cut }
      #expect(same(try read(), Array(records.prefix(complete))), "cut at \(cut)")
      // What is appended behind a torn record stands in its place.
      try RecordLog(path: path, header: "unit 1").append(records[0])
      #expect(same(try read(), records.prefix(complete) + [records[0]]), "cut at \(cut), then appended")
    }
  }

  @Test func aChangedByteEndsTheLogBeforeItsRecord() throws {
    defer { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }
    try filled()
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    for place in stride(from: 3, to: whole.count, by: 41) {
      var changed = whole
      changed[place] ^= 0x40
      try changed.write(to: URL(fileURLWithPath: path))
      let found = try read()
      #expect(found.count < 3 && same(found, Array(records.prefix(found.count))), "byte \(place)")
    }
  }

  @Test func anotherHeaderStartsAnew() throws {
    defer { try? FileManager.default.removeItem(atPath: (path as NSString).deletingLastPathComponent) }
    try filled()
    #expect(try read("unit 2").isEmpty)
    #expect(try read("unit 1").isEmpty)
  }
}
