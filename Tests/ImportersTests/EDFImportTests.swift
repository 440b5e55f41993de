import Diagnostics
import EEG
import Foundation
import Importing
import LabelledArrays
import RecordingImport
import Testing

@Suite(.serialized) struct EDFTests {
  private func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: recordings(name))))
  }

  private func expectAsMNE(_ record: RecordingRecord, _ name: String, _ rows: Range<Int>? = nil) throws {
    let reading = try MNEReading(name)
    let width = reading.labels.count
    let rows = rows ?? 0..<reading.shape[0]
    let array = try record.array.load()
    #expect(array.shape == [rows.count, width])
    let wanted = reading.values[rows.lowerBound * width..<rows.upperBound * width]
    let largest = wanted.map(abs).max() ?? 0
    let worst = zip(array.values, wanted).map { abs(Double($0) - $1) }.max() ?? 1
    // Float32 holds seven digits.
    #expect(largest > 1e-6 && worst <= 1.2e-7 * largest, "\(worst) of \(largest)")
    #expect(record.labels == reading.labels.map { $0.hasPrefix("EEG ") ? String($0.dropFirst(4)) : $0 })
    #expect(record.rateHz == reading.rateHz && record.units == "V")
  }

  @Test(arguments: ["plain.edf", "plus.edf", "biosemi.bdf"]) func filesAreReadAsMNEReadsThem(_ name: String) throws {
    let batch = importOne(recordings(name)) { $0.stimulus = "film" }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let record = try #require(batch.recordings.first)
    let stem = SourceFile.stem(name)
    try expectAsMNE(record, stem)
    let reading = try MNEReading(stem)
    // What MNE calls annotations; triggers are events of their own.
    #expect(record.events.filter { !$0.name.hasPrefix("Status/") }.map(\.onsetS) == reading.onsets)
    if stem == "plus" {
      #expect(record.events.map(\.name) == ["clip", "end µ"] && record.events[0].durationS == 0.5)
      let left = batch.found(.eegChannelsLeftOut).map(\.reason).joined()
      #expect(left.contains("Temp (degC)") && left.contains("EMG (50.0 Hz)"))
    }
    if stem == "biosemi" { #expect(batch.found(.eegChannelsLeftOut).contains { $0.reason.contains("Status") }) }
  }

  @Test func contentCountsNotTheName() throws {
    let scratch = try Scratch()
    let batch = importOne(try scratch.write("sub-01.rec", bytes: try bytes("plain.edf")))
    #expect(batch.errors.isEmpty && batch.recordings.first?.sampleCount == 600)
  }

  @Test func aRecordingThatWasNotClosedIsCounted() throws {
    let batch = importOne(recordings("unclosed.edf"))
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    try expectAsMNE(try #require(batch.recordings.first), "plain")
  }

  @Test func gapsAreRefusedWithTheirPiecesAndOnePieceIsRead() throws {
    expectError(importOne(recordings("gaps.edf")), .eegDiscontinuous, naming: "0:3, 13:16")
    expectError(importOne(recordings("gaps.edf")) { $0.crop = "2:14" }, .eegDiscontinuous, naming: "0:3, 13:16")
    let second = importOne(recordings("gaps.edf")) { $0.crop = "13.5:16" }
    #expect(second.errors.isEmpty, "\(second.errors)")
    // The piece at 13 s begins with the file's sample 300.
    try expectAsMNE(try #require(second.recordings.first), "plain", 350..<600)
    let first = importOne(recordings("gaps.edf")) { $0.crop = "0:3" }
    try expectAsMNE(try #require(first.recordings.first), "plain", 0..<300)
  }

  @Test func theLengthIsCheckedAgainstTheHeader() throws {
    let scratch = try Scratch()
    let all = try bytes("plain.edf")
    expectError(
      importOne(try scratch.write("a.edf", bytes: Array(all.dropLast(1)))), .eegTruncated, naming: "6 records", "5")
    expectError(importOne(try scratch.write("b.edf", bytes: Array(all.prefix(700)))), .eegTruncated, naming: "header")
    expectError(importOne(try scratch.write("c.edf", bytes: Array(all.prefix(200)))), .eegHeader)
  }

  /// Overwrites an ASCII field of the header.
  private func changed(_ scratch: Scratch, _ offset: Int, _ text: String, _ width: Int = 8) throws -> String {
    var all = try bytes("plain.edf")
    let field = Array(text.utf8) + [UInt8](repeating: 32, count: width)
    all.replaceSubrange(offset..<offset + width, with: field.prefix(width))
    return try scratch.write("changed.edf", bytes: all)
  }

  @Test func fieldsThatCannotBeRightAreNamed() throws {
    let scratch = try Scratch()
    // Three signals: the physical minima stand at 256 + 104 * 3, the digital minima 16 * 3 further, samples at 256 + 216 * 3.
    expectError(importOne(try changed(scratch, 256 + 312, "low")), .eegHeader, naming: "physical minimum", "Fp1")
    expectError(importOne(try changed(scratch, 256 + 360, "99999")), .eegHeader, naming: "99999.0...32767.0")
    expectError(importOne(try changed(scratch, 256 + 648, "1e300")), .eegHeader, naming: "samples per record")
    expectError(importOne(try changed(scratch, 256 + 648, "99999999")), .eegHeader, naming: "99999999")
    expectError(importOne(try changed(scratch, 236, "9e18")), .eegTruncated)
    expectError(importOne(try changed(scratch, 244, "0")), .eegHeader, naming: "records of 0.0 s")
    expectError(importOne(try changed(scratch, 252, "9999", 4)), .eegHeader, naming: "9999 signals")
  }

  @Test func unitsAndNamesAreNeeded() throws {
    expectError(importOne(recordings("no_unit.edf")), .eegUnit, naming: "Fp1")
    let told = importOne(recordings("no_unit.edf")) { $0.units = "uV" }
    #expect(told.errors.isEmpty && told.recordings.first?.units == "V", "\(told.errors)")
    expectError(importOne(recordings("twice.edf")), .eegChannelNames, naming: "Fp1 names two channels")
    #expect(importOne(recordings("twice.edf")) { $0.array.labels = ["Fp1,Fp2"] }.found(.eegChannelNames).isEmpty)
  }
}
