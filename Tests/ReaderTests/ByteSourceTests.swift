import ByteSource
import Diagnostics
import Foundation
import Testing

/// The error a body throws.
func failure(_ body: () throws -> Void) -> EvokeError? {
  do {
    try body()
    return nil
  } catch { return error as? EvokeError }
}

/// A file with these bytes, gone with the value.
final class Scratch {
  let path: String

  init(_ bytes: [UInt8], suffix: String = "") throws {
    path = FileManager.default.temporaryDirectory.appendingPathComponent("evoke-\(UUID().uuidString)\(suffix)").path
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct ByteSourceTests {
  private static let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 256) }

  /// The same bytes in memory, in a file, and as parts of both.
  private func sources() throws -> (file: Scratch, sources: [ByteSource]) {
    let file = try Scratch(Self.bytes)
    let before = try Scratch([1, 2, 3] + Self.bytes + [4])
    let memory = ByteSource(Self.bytes, path: "memory", truncation: .eegTruncated)
    let longer = ByteSource([9] + Self.bytes + [9, 9], path: "memory", truncation: .eegTruncated)
    let outer = try ByteSource(reading: before.path, truncation: .eegTruncated)
    return (
      before,
      [
        memory, try ByteSource(reading: file.path, truncation: .eegTruncated),
        try longer.part(1..<Self.bytes.count + 1, "part"), try outer.part(3..<Self.bytes.count + 3, "part"),
        try outer.loaded(3..<Self.bytes.count + 3, "part"),
      ].filter { $0.path != file.path }
    )
  }

  @Test func memoryFilesAndPartsGiveTheSameBytesAndNumbers() throws {
    let (held, sources) = try sources()
    _ = held
    for source in sources {
      #expect(source.count == Self.bytes.count)
      #expect(try source.bytes(70..<90, "x") == Array(Self.bytes[70..<90]))
      #expect(try source.head(5) == Array(Self.bytes[..<5]))
      let word = Self.bytes[10..<14].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      #expect(try source.integer(at: 10, UInt32.self, "x") == word)
      #expect(try source.integer(at: 10, UInt32.self, order: .big, "x") == word.byteSwapped)
      #expect(try source.integer(at: 10, Int8.self, "x") == Int8(bitPattern: Self.bytes[10]))
      #expect(try source.float64(at: 3, "x").bitPattern == source.integer(at: 3, UInt64.self, "x"))
      #expect(try source.integers(0..<7, Int16.self, "x").count == 3)
    }
  }

  @Test func aCursorReadsTheWholeOfItPieceByPiece() throws {
    let (held, sources) = try sources()
    _ = held
    for source in sources {
      var cursor = ByteCursor(source)
      var all: [UInt8] = []
      var width = 1
      while !cursor.isAtEnd {
        let next = try cursor.bytes(min(width, cursor.remaining), "x")
        all += next
        if let one = cursor.isAtEnd ? nil : try cursor.byte("x") { all.append(one) }
        width = width * 3 % 70_001 + 1
      }
      #expect(all == Self.bytes)
      #expect(failure { _ = try cursor.byte("the end") }?.reason.contains("the end") == true)
    }
  }

  @Test func whatLiesOutsideIsAnErrorThatNamesFilePlaceAndPart() throws {
    let file = try Scratch([UInt8](repeating: 7, count: 20))
    let source = try ByteSource(reading: file.path, truncation: .eegTruncated)
    let inner = try source.part(4..<12, "the part")
    let error = try #require(failure { _ = try inner.integer(at: 5, UInt32.self, "the count of channels") })
    #expect(error.code == .eegTruncated && error.object == file.path)
    #expect(error.reason.contains("the count of channels") && error.reason.contains("byte 9"))
    #expect(error.reason.contains("ends at byte 12"))
    for range in [-1..<4, 5..<9, 8..<9, Int.max - 1..<Int.max] {
      #expect(failure { _ = try inner.bytes(range, "x") }?.code == .eegTruncated, "\(range)")
    }
    #expect(failure { _ = try inner.bytes(at: .max, count: .max, "x") }?.code == .eegTruncated)
    #expect(failure { _ = try inner.bytes(at: 0, count: -1, "x") }?.code == .eegTruncated)
    #expect(failure { _ = try inner.part(2..<9, "x") }?.code == .eegTruncated)
    var cursor = try ByteCursor(source, 2..<6, "a part")
    #expect(failure { _ = try cursor.integer(UInt64.self, "a wide number") }?.reason.contains("byte 6") == true)
    #expect(failure { try cursor.skip(-1, "x") }?.code == .eegTruncated)
    #expect(try cursor.integer(UInt32.self, "x") == 0x0707_0707)
  }

  @Test func aFileThatShrinksWhileItIsReadIsAnError() throws {
    let file = try Scratch([UInt8](repeating: 7, count: 20))
    let source = try ByteSource(reading: file.path, truncation: .eegTruncated)
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: file.path))
    #expect(failure { _ = try source.bytes(0..<20, "x") }?.code == .eegTruncated)
    #expect(try source.bytes(0..<3, "x") == [1, 2, 3])
  }

  @Test func foldersPipesAndWhatIsMissingAreRefusedAtOnce() throws {
    func code(_ path: String) -> ErrorCode? {
      failure { _ = try ByteSource(reading: path, truncation: .eegTruncated) }?.code
    }
    let pipe = FileManager.default.temporaryDirectory.appendingPathComponent("evoke-\(UUID().uuidString)").path
    #expect(unsafe mkfifo(pipe, 0o600) == 0)
    defer { try? FileManager.default.removeItem(atPath: pipe) }
    #expect(code(pipe) == .fileUnreadable && code("/tmp") == .fileUnreadable)
    #expect(code("/tmp/\(UUID().uuidString)") == .fileMissing && code("/dev/null/x") == .fileMissing)
  }

  @Test(arguments: NumberType.allCases) func numbersComeBackInBothOrders(_ type: NumberType) {
    let values: [Double] = [0, 1, 2, 100, 127]
    for order in [ByteOrder.little, .big] {
      let bytes = values.flatMap { value -> [UInt8] in
        let bits: UInt64 =
          switch type {
          case .float64: value.bitPattern
          case .float32: UInt64(Float(value).bitPattern)
          case .bfloat16: UInt64(Float(value).bitPattern >> 16)
          case .float16: UInt64(Float16(value).bitPattern)
          default: UInt64(value)
          }
        let little = (0..<type.width).map { UInt8(truncatingIfNeeded: bits >> UInt64(8 * $0)) }
        return order == .little ? little : little.reversed()
      }
      #expect(type.doubles(bytes, order) == values && type.floats(bytes, order) == values.map { Float($0) })
      // A rest shorter than a number is no number.
      let rest = type.width > 1 ? values.count - 1 : values.count - 1
      #expect(type.doubles(Array(bytes.dropLast()), order).count == rest)
    }
  }

  @Test func everyHalfIsWidenedExactly() {
    for bits in UInt16.min...UInt16.max {
      let bytes = [UInt8(truncatingIfNeeded: bits), UInt8(truncatingIfNeeded: bits >> 8)]
      let (found, wanted) = (NumberType.float16.floats(bytes, .little)[0], Float(Float16(bitPattern: bits)))
      #expect(found == wanted || (found.isNaN && wanted.isNaN), "\(bits)")
    }
  }

  @Test func negativeNumbersKeepTheirSign() {
    #expect(NumberType.int24.doubles([0xff, 0xff, 0x7f, 0, 0, 0x80], .little) == [8_388_607, -8_388_608])
    #expect(NumberType.int24.doubles([0x80, 0, 0], .big) == [-8_388_608])
    #expect(NumberType.int8.doubles([0x80, 0xff], .little) == [-128, -1])
    #expect(NumberType.int16.floats([0x80, 0], .big) == [-32_768])
    #expect(NumberType.int64.doubles([UInt8](repeating: 255, count: 8), .little) == [-1])
    #expect(NumberType.uint64.floats([UInt8](repeating: 255, count: 8), .little) == [0x1p64])
  }
}
