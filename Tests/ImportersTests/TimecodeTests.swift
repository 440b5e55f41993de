import Annotations
import Diagnostics
import Foundation
import Importing
import Testing

/// Timecode of a rate, counted label by label as SMPTE ST 12-1 has it.
private struct Timecode: Sendable, CustomTestStringConvertible {
  /// As users type it, and in truth.
  let fps: Double
  let exact: Double
  let labels: Int
  let isDropFrame: Bool

  var testDescription: String { "\(fps)\(isDropFrame ? " drop-frame" : "")" }

  static let all = [
    Timecode(fps: 24, exact: 24, labels: 24, isDropFrame: false),
    Timecode(fps: 25, exact: 25, labels: 25, isDropFrame: false),
    Timecode(fps: 23.976, exact: 24_000 / 1_001, labels: 24, isDropFrame: false),
    Timecode(fps: 23.98, exact: 24_000 / 1_001, labels: 24, isDropFrame: false),
    Timecode(fps: 29.97, exact: 30_000 / 1_001, labels: 30, isDropFrame: false),
    Timecode(fps: 29.97, exact: 30_000 / 1_001, labels: 30, isDropFrame: true),
    Timecode(fps: 30_000 / 1_001, exact: 30_000 / 1_001, labels: 30, isDropFrame: true),
    Timecode(fps: 59.94, exact: 60_000 / 1_001, labels: 60, isDropFrame: true),
    Timecode(fps: 60, exact: 60, labels: 60, isDropFrame: false),
  ]

  /// The labels of pictures 0 ..< count, in order.
  func labels(_ count: Int) -> [String] {
    var (hour, minute, second, picture) = (0, 0, 0, 0)
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return (0..<count).map { _ in
      defer {
        picture += 1
        if picture == labels { (picture, second) = (0, second + 1) }
        if second == 60 { (second, minute) = (0, minute + 1) }
        if minute == 60 { (minute, hour) = (0, hour + 1) }
        if isDropFrame, second == 0, picture == 0, minute % 10 != 0 { picture = labels / 15 }
      }
      return "\(two(hour)):\(two(minute)):\(two(second))\(isDropFrame ? ";" : ":")\(two(picture))"
    }
  }
}

@Suite struct TimecodeTests {
  private func read(_ rows: [String], fps: Double?, _ header: String = "time,a") throws -> ImportBatch {
    let scratch = try Scratch()
    var options = AnnotationOptions.unset
    options.table.stimulus = "film"
    options.table.fps = fps
    let text = header + "\n" + rows.joined(separator: "\n") + "\n"
    return importAnnotations(files: [try scratch.write("r.csv", text)], options: options, common: common)
  }

  private func stamped(_ stamps: [String]) -> [String] { stamps.enumerated().map { "\($1),\($0 % 7)" } }

  @Test(arguments: Timecode.all) private func everyLabelIsItsPicturesTime(_ code: Timecode) throws {
    // Beyond eleven minutes, so that a tenth one is met; every 17th picture.
    let labels = code.labels(Int(code.exact * 700))
    let places = Array(stride(from: 0, to: labels.count, by: 17))
    let batch = try read(stamped(places.map { labels[$0] }), fps: code.fps)
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let record = try #require(batch.annotations.first)
    let times = try #require(try record.array.load().axes[0].numbers)
    let worst = zip(times, places).map { abs($0 - Double($1) / code.exact) }.max()
    #expect(worst.map { $0 < 1e-9 } == true, "\(String(describing: worst))")
    #expect(record.clock.statements.contains { $0.statement == "pictures per second" && $0.value == code.exact })
  }

  /// An hour of drop-frame labels is an hour to 3.6 ms; an hour of the others is 3.6 s longer.
  @Test func anHourOfLabels() throws {
    func last(_ stamp: String, _ fps: Double) throws -> Double? {
      try read(stamped(["00:00:00\(stamp.contains(";") ? ";" : ":")00", stamp]), fps: fps).annotations.first?.lastS
    }
    #expect(try last("01:00:00;00", 29.97).map { abs($0 - 3_599.9964) < 1e-6 } == true)
    #expect(try last("01:00:00;00", 59.94).map { abs($0 - 3_599.9964) < 1e-6 } == true)
    #expect(try last("01:00:00:00", 29.97).map { abs($0 - 3_603.6) < 1e-6 } == true)
    #expect(try last("01:00:00:00", 25) == 3_600)
  }

  @Test(arguments: [
    // Labels that do not exist.
    ("00:01:00;00", 29.97, "no label"), ("00:01:00;01", 29.97, "no label"), ("00:11:00;03", 59.94, "no label"),
    ("00:00:00;30", 29.97, "no label"), ("00:00:00:25", 25, "no label"), ("00:00:00:24", 23.976, "no label"),
    // Rates that do not count so.
    ("00:00:01;05", 25, "29.97"), ("00:00:01;05", 30, "29.97"), ("00:00:01;05", 23.976, "29.97"),
    ("00:00:01:05", 12.5, "no timecode"), ("00:00:01:05", 29.5, "no timecode"),
    // Nothing says that these are pictures.
    ("00:01;05", 29.97, "h:mm:ss"), ("00;01;05", 29.97, "h:mm:ss"), ("00:00:61:05", 25, "no label"),
  ])
  func whatIsNoTimecodeIsRefused(_ stamp: String, _ fps: Double, _ words: String) throws {
    let batch = try read(stamped([stamp, stamp]), fps: fps)
    expectError(batch, .clockText, naming: words, "line 2")
  }

  @Test func withoutARateNothingIsGuessed() throws {
    expectError(try read(stamped(["00:00:01;05", "00:00:02;05"]), fps: nil), .clockText, naming: "--fps 29.97")
    expectError(try read(stamped(["00:00:01:05", "00:00:02:05"]), fps: nil), .clockText, naming: "--fps")
    let mixed = try read(stamped(["00:00:01;05", "00:00:02:05"]), fps: 29.97)
    expectError(mixed, .clockText, naming: "line 3", "drop-frame")
  }

  @Test func eventsBeginAndEndAtTimecode() throws {
    let rows = ["00:00:01;00,00:00:03;00,5", "00:00:03;00,00:01:00;02,6"]
    let batch = try read(rows, fps: 29.97, "start,end,a")
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let values = try #require(batch.annotations.first).array.load().values
    // Bin 1 begins a thousandth of a second before its event.
    #expect(values.count == 61 && values[1] == 5 && values[2] == 5 && values[30] == 6 && values[59] == 6, "\(values)")
  }
}
