import Diagnostics
import Foundation
import HDF5File
import RecordingFiles
import Testing

let formats = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("Fixtures/recording-formats")

/// What another program reads from a file: see make_recording_formats.py.
struct Expected {
  let values: [Double]
  let shape: [Int]
  let labels: [String]
  let onsets: [Double]
  let events: [String]

  init(_ name: String) throws {
    let file = try HDF5File(reading: formats.appendingPathComponent("expected.h5").path)
    values = try file.doubles("\(name)/volts")
    shape = try file.info("\(name)/volts").shape
    labels = try file.strings("\(name)/labels")
    onsets = try file.doubles("\(name)/onset_s")
    events = try file.strings("\(name)/event")
  }

  /// The largest difference as a share of the largest value; infinite for another number of values.
  func difference(_ found: [Float]) -> Double {
    guard found.count == values.count, let largest = values.map(abs).max(), largest > 1e-6 else { return .infinity }
    return (zip(found, values).map { abs(Double($0) - $1) }.max() ?? .infinity) / largest
  }
}

func path(_ name: String) -> String { formats.appendingPathComponent(name).path }

func failure(_ body: () throws -> Void) -> EvokeError? {
  do {
    try body()
    return nil
  } catch { return error as? EvokeError }
}

/// A copy of a fixture with other bytes, gone with the test.
final class Changed {
  let path: String

  init(_ name: String, _ change: (inout [UInt8]) -> Void) throws {
    var bytes = [UInt8](try Data(contentsOf: formats.appendingPathComponent(name)))
    change(&bytes)
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("evoke-\(UUID().uuidString)-\(name)")
    try Data(bytes).write(to: url)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct EDFFileTests {
  /// Float32 of values that the header scales in double precision.
  private let rounding = 1.2e-7

  @Test(arguments: ["edf", "bdf"]) func filesOfEDFlibAreReadAsEDFlibReadsThem(_ suffix: String) throws {
    let file = try EDFFile(reading: path("pyedflib.\(suffix)"))
    let expected = try Expected("pyedflib_\(suffix)")
    #expect(file.isBDF == (suffix == "bdf") && file.signals.map(\.label) == expected.labels)
    #expect(!file.mayHaveGaps && file.recordCount == 3 && file.signals.allSatisfy { file.rate($0) == 100 })
    let all = try file.values(file.signals, factors: [1e-6, 1e-6], 0..<300)
    #expect(expected.difference(all) <= rounding)
    let (events, starts) = try file.timeline()
    #expect(starts == [0, 1, 2])
    #expect(events.map(\.onsetS) == expected.onsets && events.map(\.text) == expected.events)
    #expect(events.map(\.durationS) == [1, nil])
  }

  @Test func aRangeIsThePartOfTheWhole() throws {
    let file = try EDFFile(reading: path("pyedflib.bdf"))
    let whole = try file.values(file.signals, factors: [1, 2], 0..<300)
    let ranges: [Range<Int>] = [0..<1, 99..<101, 37..<263, 299..<300, 120..<120]
    for range in ranges {
      let part = try file.values(file.signals, factors: [1, 2], range)
      #expect(part == Array(whole[2 * range.lowerBound..<2 * range.upperBound]))
    }
    let second = try file.values([file.signals[1]], factors: [2], 5..<9)
    let everyOther: [Float] = (5..<9).map { whole[2 * $0 + 1] }
    #expect(second == everyOther)
  }

  @Test func triggersOfBioSemiAreTheCodesMNEFinds() throws {
    let file = try EDFFile(reading: path("status.bdf"))
    let expected = try Expected("status")
    let status = try #require(file.signals.last)
    let found = try file.triggers(status)
    let times = found.map { Double($0.record) * file.recordS + Double($0.sample) / file.rate(status) }
    #expect(times == expected.onsets && found.map { "Status/\($0.code)" } == expected.events)
    #expect(expected.difference(try file.values([file.signals[0]], factors: [1e-6], 0..<512)) <= rounding)
  }

  /// pyedflib.edf has three signals, the annotations last: fields stand at 256 + 3 * offset.
  @Test(arguments: [
    (252, 4, "0", ErrorCode.eegHeader, "0 signals"), (252, 4, "many", .eegHeader, "number of signals"),
    (184, 8, "512", .eegHeader, "512 bytes"), (236, 8, "-2", .eegHeader, "-2 records"),
    (236, 8, "4", .eegTruncated, "4 records"), (244, 8, "-1", .eegHeader, "records of -1.0 s"),
    (244, 8, "nan", .eegHeader, "length of a record"),
    (256 + 3 * 104, 8, "500", .eegHeader, "500.0...500.0"), (256 + 3 * 112, 8, "x", .eegHeader, "physical maximum"),
    (256 + 3 * 120, 8, "32767", .eegHeader, "32767.0...32767.0"),
    (256 + 3 * 128, 8, "-40000", .eegHeader, "-32768.0...-40000.0"),
    (256 + 3 * 216, 8, "-5", .eegHeader, "-5 samples per record"),
    (256 + 3 * 216, 8, "1.5", .eegHeader, "samples per record"),
  ])
  func fieldsThatCannotBeRightAreNamed(
    offset: Int, width: Int, text: String, code: ErrorCode, words: String
  ) throws {
    let field = Array(text.utf8) + [UInt8](repeating: 32, count: width)
    let copy = try Changed("pyedflib.edf") {
      $0.replaceSubrange(offset..<offset + width, with: field.prefix(width))
    }
    let error = failure { _ = try EDFFile(reading: copy.path) }
    #expect(error?.code == code && error?.reason.contains(words) == true, "\(String(describing: error))")
  }

  @Test func aFileOfAnUnknownEndIsCountedAndACutOneRefused() throws {
    let open = try Changed("pyedflib.edf") { $0.replaceSubrange(236..<244, with: Array("-1      ".utf8)) }
    #expect(try EDFFile(reading: open.path).recordCount == 3)
    for kept in [100, 300, 1_024, 2_000] {
      let cut = try Changed("pyedflib.edf") { $0 = Array($0.prefix(kept)) }
      let error = failure { _ = try EDFFile(reading: cut.path) }
      #expect(error?.code == (kept < 256 ? .eegHeader : .eegTruncated), "\(kept): \(String(describing: error))")
    }
    #expect(failure { _ = try EDFFile(reading: path("absent.edf")) }?.code == .fileMissing)
    #expect(failure { _ = try EDFFile(reading: formats.path) }?.code == .fileUnreadable)
    #expect(failure { _ = try EDFFile(reading: path("status.bdf") + "/x") } != nil)
  }

  @Test func annotationsThatAreNoneAreRefused() throws {
    // The first list of a record begins its annotations: +0, 20, 20, 0.
    let copy = try Changed("pyedflib.edf") { bytes in
      let lists = bytes.indices.filter { $0 > 1_024 && bytes[$0...].starts(with: Array("+1\u{14}\u{14}".utf8)) }
      #expect(lists.count == 1)
      for at in lists { bytes[at] = UInt8(ascii: "x") }
    }
    let file = try EDFFile(reading: copy.path)
    #expect(failure { _ = try file.timeline() }?.reason.contains("record 2") == true)
  }
}
