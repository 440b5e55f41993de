import Diagnostics
import EEG
import Foundation
import Importing
import RecordingImport
import Testing

/// An EDF+ file with two signals and annotations that stamp every record.
private struct WrittenEDF {
  var records = 20
  /// What the header says; nil: the truth.
  var declared: Int?
  var samplesPerRecord = 10
  /// The length of a record as the header has room for, and as the annotations stamp it.
  var recordText = "1"
  var recordS = 1.0
  var isBDF = false
  var event: (record: Int, onset: String)?
  /// Seconds that were not recorded before a record.
  var gap: (record: Int, seconds: Double)?

  private static let annotationBytes = 60

  func bytes() -> [UInt8] {
    let width = isBDF ? 3 : 2
    func field(_ text: String, _ count: Int) -> [UInt8] {
      Array(Array(text.utf8).prefix(count)) + [UInt8](repeating: 32, count: max(0, count - text.utf8.count))
    }
    let version: [UInt8] = isBDF ? [0xff] + Array("BIOSEMI".utf8) : field("0", 8)
    let kind = isBDF ? "BDF+C" : "EDF+C"
    var head = version + field("X X X X", 80) + field("Startdate X X X X", 80) + field("01.01.2026", 8)
    head += field("00.00.00", 8) + field("1024", 8) + field(kind, 44) + field("\(declared ?? records)", 8)
    head += field(recordText, 8) + field("3", 4)
    let labels = ["Fp1", "Cz", isBDF ? "BDF Annotations" : "EDF Annotations"]
    let counts = [samplesPerRecord, samplesPerRecord, Self.annotationBytes / width]
    let (low, high) = isBDF ? ("-8388608", "8388607") : ("-32768", "32767")
    head += labels.flatMap { field($0, 16) } + field("", 240)
    for text in ["uV", "-1000", "1000", low, high] { head += (0..<3).flatMap { _ in field(text, 8) } }
    head += field("", 240) + counts.flatMap { field("\($0)", 8) } + field("", 96)
    return head + (0..<records).flatMap { record($0, width) }
  }

  private func record(_ index: Int, _ width: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    for channel in 0..<2 {
      for sample in 0..<samplesPerRecord {
        let value = Int(1_000 * wave(index * samplesPerRecord + sample, channel)) << (isBDF ? 8 : 0)
        bytes += (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      }
    }
    let pause = gap.map { index >= $0.record ? $0.seconds : 0 } ?? 0
    var list = Array("+\(Double(index) * recordS + pause)".utf8) + [20, 20, 0]
    if let event, event.record == index {
      list += Array("+\(event.onset)".utf8) + [20] + Array("Film start".utf8) + [20, 0]
    }
    return bytes + list + [UInt8](repeating: 0, count: Self.annotationBytes - list.count)
  }
}

@Suite struct DeclaredSamplesTests {
  /// Eight characters round the length of a record; over thousands of records that is no pause.
  @Test(arguments: [
    ("0.333333", 1.0 / 3, 1_500), ("0.142857", 1.0 / 7, 4_000), ("0.066667", 1.0 / 15, 4_000), ("0.999999", 1.0, 3_000),
  ]) func aRoundedLengthOfRecordsIsNoGap(_ text: String, _ seconds: Double, _ records: Int) throws {
    let scratch = try Scratch()
    var file = WrittenEDF(records: records, recordText: text, recordS: seconds)
    file.event = (Int(10 / seconds), "10")
    let batch = importOne(try scratch.write("rec.edf", bytes: file.bytes())) { $0.stimulus = "film" }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let record = try #require(batch.recordings.first)
    #expect(record.sampleCount == 10 * records)
    #expect(record.events.map(\.name) == ["Film start"] && record.events.first?.onsetS == 10)
    // A real pause in the same file is one.
    file.gap = (records / 2, 2)
    let paused = importOne(try scratch.write("paused.edf", bytes: file.bytes()))
    expectError(paused, .eegDiscontinuous, naming: "2 pieces")
  }

  @Test(arguments: [false, true]) func recordsThatAreNotDeclaredAreRefusedUnlessAccepted(_ isBDF: Bool) throws {
    let scratch = try Scratch()
    let path = try scratch.write("long.edf", bytes: WrittenEDF(declared: 3, isBDF: isBDF).bytes())
    expectError(importOne(path), .eegHeader, naming: "3 records", "holds 20", "--allow-short")
    let batch = importOne(path) { $0.allowShort = true }
    #expect(batch.errors.isEmpty && batch.recordings.first?.sampleCount == 30, "\(batch.errors)")
    #expect(batch.found(.eegTruncated).map(\.severity) == [.warning])
    let open = importOne(try scratch.write("open.edf", bytes: WrittenEDF(declared: -1, isBDF: isBDF).bytes()))
    #expect(open.errors.isEmpty && open.recordings.first?.sampleCount == 200)
  }

  @Test(arguments: [false, true]) func recordsThatAreMissingAreRefusedUnlessAccepted(_ isBDF: Bool) throws {
    let scratch = try Scratch()
    let whole = WrittenEDF(isBDF: isBDF).bytes()
    let path = try scratch.write("short.edf", bytes: Array(whole.dropLast(whole.count / 3)))
    expectError(importOne(path), .eegTruncated, naming: "20 records", "--allow-short")
    let batch = importOne(path) { $0.allowShort = true }
    let count = try #require(batch.recordings.first?.sampleCount)
    #expect(batch.errors.isEmpty && count % 10 == 0 && (90...100).contains(count), "\(count)")
    // Less than a record behind the last one is padding.
    let padded = importOne(try scratch.write("padded.edf", bytes: whole + [0, 0, 0]))
    #expect(padded.errors.isEmpty && padded.recordings.first?.sampleCount == 200)
  }

  private func brainVision(_ scratch: Scratch, _ name: String, points: Int, keep: Int) throws -> String {
    let bytes = try Data(contentsOf: URL(fileURLWithPath: recordings("\(name).vhdr")))
    let text = String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    try FileManager.default.copyItem(atPath: recordings("\(name).vmrk"), toPath: scratch.path("\(name).vmrk"))
    let samples = Array(try Data(contentsOf: URL(fileURLWithPath: recordings("\(name).eeg"))))
    try scratch.write("\(name).eeg", bytes: Array(samples.prefix(keep)))
    return try scratch.write(
      "\(name).vhdr", text.replacingOccurrences(of: "[Common Infos]", with: "[Common Infos]\nDataPoints=\(points)"))
  }

  @Test func brainVisionSaysHowManyPointsItHas() throws {
    // 1800 bytes: three channels of int16.
    for (points, kept, read) in [(200, 1_800, 200), (400, 1_800, 300), (300, 1_201, 200), (300, 1_800, 300)] {
      let scratch = try Scratch()
      let own = try brainVision(scratch, "int16", points: points, keep: kept)
      let isWhole = points == 300 && kept == 1_800
      let code: ErrorCode = points == 200 ? .eegHeader : .eegTruncated
      if !isWhole { expectError(importOne(own), code, naming: "\(points) samples") }
      let batch = importOne(own) { $0.allowShort = true }
      #expect(batch.errors.isEmpty && batch.recordings.first?.sampleCount == read, "\(points) \(kept) \(batch.errors)")
    }
    // Channel after channel the last channels are missing: there is nothing to accept.
    let scratch = try Scratch()
    let cut = try brainVision(scratch, "vectorized", points: 300, keep: 3_000)
    expectError(importOne(cut) { $0.allowShort = true }, .eegTruncated, naming: "300 samples")
  }

  /// Channel after channel, as the older `.dat` has it, of a `.fdt` that goes time after time.
  private func transposed(_ bytes: [UInt8], channels: Int) -> [UInt8] {
    let times = bytes.count / 4 / channels
    var out: [UInt8] = []
    for channel in 0..<channels {
      for time in 0..<times {
        let start = 4 * (time * channels + channel)
        out += bytes[start..<start + 4]
      }
    }
    return out
  }

  @Test func samplesOfAnEEGLABDatAreThoseOfTheFdt() throws {
    let scratch = try Scratch()
    let samples = Array(try Data(contentsOf: URL(fileURLWithPath: recordings("external.fdt"))))
    let reading = try MNEReading("external")
    var set = try Data(contentsOf: URL(fileURLWithPath: recordings("external.set")))
    func utf16(_ text: String) -> Data { Data(text.utf8.flatMap { [$0, 0] }) }
    while let name = set.range(of: utf16("external.fdt")) { set.replaceSubrange(name, with: utf16("external.dat")) }
    let path = try scratch.write("external.set", bytes: Array(set))
    let dat = transposed(samples, channels: reading.labels.count)
    try scratch.write("external.dat", bytes: dat)
    let batch = importOne(path)
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    try expectEqual(try #require(batch.recordings.first), reading)
    // Renamed together.
    let renamed = try Scratch()
    try FileManager.default.copyItem(atPath: recordings("external.set"), toPath: renamed.path("other.set"))
    try renamed.write("other.dat", bytes: dat)
    try expectEqual(try #require(importOne(renamed.path("other.set")).recordings.first), reading)
    // Of a cut .dat the last channels are missing; of a cut .fdt the last times.
    try scratch.write("external.dat", bytes: Array(dat.dropLast(800)))
    expectError(importOne(path) { $0.allowShort = true }, .eegTruncated, naming: "8000")
    let short = try Scratch()
    try FileManager.default.copyItem(atPath: recordings("external.set"), toPath: short.path("external.set"))
    try short.write("external.fdt", bytes: Array(samples.dropLast(800)))
    let accepted = importOne(short.path("external.set")) { $0.allowShort = true }
    #expect(accepted.errors.isEmpty && accepted.recordings.first?.sampleCount == 400 - 200 / reading.labels.count)
  }

  @Test func aRecordingOfDaysIsRefusedUnlessTold() throws {
    let scratch = try Scratch()
    let path = try scratch.write("slow.edf", bytes: WrittenEDF(recordText: "9000", recordS: 9_000).bytes())
    expectError(importOne(path), .longerThanAllowed, naming: "180000", "--longest-s")
    var told = common
    told.longestS = 200_000
    let batch = importEEG(files: [path], options: .unset, common: told)
    #expect(batch.found(.longerThanAllowed).isEmpty)
  }
}
