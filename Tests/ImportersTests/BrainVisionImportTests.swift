import Diagnostics
import EEG
import Foundation
import Importing
import LabelledArrays
import Testing

@Suite(.serialized) struct BrainVisionTests {
  @Test(arguments: ["int16", "vectorized"]) func headersAreReadAsMNEReadsThem(_ name: String) throws {
    let batch = importOne(recordings("\(name).vhdr")) { $0.stimulus = "film" }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let record = try #require(batch.recordings.first)
    try expectEqual(record, try MNEReading(name))
    #expect(record.labels == ["Fp1", "Cz", "EOG,left"] && batch.sources.count == 3)
    #expect(record.events.map(\.name) == ["Stimulus/S  1", "Comment/blink"])
    #expect(record.events.map(\.onsetS) == [0.1, 0.4] && record.events[1].durationS == 0.2)
  }

  private func copy(_ scratch: Scratch, _ change: (String) -> String) throws -> String {
    for suffix in ["eeg", "vmrk"] {
      try FileManager.default.copyItem(
        atPath: recordings("int16.\(suffix)"), toPath: scratch.path("int16.\(suffix)"))
    }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: recordings("int16.vhdr")))
    let text = String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    return try scratch.write("int16.vhdr", change(text))
  }

  @Test(arguments: [
    ("DataFile=int16.eeg", "DataFile=old.eeg", ErrorCode.eegDataFile, "if it was renamed to int16.eeg"),
    ("SamplingInterval=4000", "SamplingInterval=0", .eegHeader, "interval of 0.0"),
    ("BinaryFormat=INT_16", "BinaryFormat=INT_8", .eegHeader, "INT_8"),
    ("SamplingInterval=4000", "SamplingInterval=4 ms", .eegHeader, "4 ms"),
    ("SamplingInterval=4000", "", .eegHeader, "no SamplingInterval"),
    ("[Common Infos]", "[Common Infos]\nDataPoints=many", .eegHeader, "many"),
    ("NumberOfChannels=3", "NumberOfChannels=7", .eegHeader, "Ch4 is missing"),
    ("Ch2=Cz,,0.5", "Ch2=Cz,,half", .eegHeader, "resolution of Ch2"),
    ("Ch2=Cz", "Ch2=Fp1", .eegChannelNames, "Fp1 names two"),
  ]) func headersThatAreWrongAreRefused(
    _ found: String, _ replacement: String, _ code: ErrorCode, _ word: String
  ) throws {
    let scratch = try Scratch()
    let path = try copy(scratch) { $0.replacingOccurrences(of: found, with: replacement) }
    expectError(importOne(path), code, naming: word)
  }

  @Test func markersBehindALineThatWasTakenOutAreRead() throws {
    let scratch = try Scratch()
    let path = try copy(scratch) { $0 }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: recordings("int16.vmrk")))
    let text = String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    let whole = importOne(path).recordings.first?.events
    try scratch.write("int16.vmrk", text.replacingOccurrences(of: "Mk2=", with: "Mk5="))
    #expect(whole?.count == 2 && importOne(path).recordings.first?.events == whole)
  }

  @Test(arguments: [Int.min, Int.max]) func markersAtPlacesThatNoFileHasAreRefused(_ place: Int) throws {
    let scratch = try Scratch()
    let path = try copy(scratch) { $0 }
    try scratch.write("int16.vmrk", "[Marker Infos]\nMk1=Comment,blink,\(place),50,0\n")
    expectError(importOne(path), .eegHeader, naming: "Mk1")
  }

  @Test(arguments: ["\u{b5}S", "C", "g"]) func channelsThatAreNoVoltagesAreNamed(_ unit: String) throws {
    let scratch = try Scratch()
    let path = try copy(scratch) { $0.replacingOccurrences(of: ",0.5,\u{b5}V", with: ",0.5,\(unit)") }
    let batch = importOne(path)
    #expect(batch.errors.isEmpty && batch.recordings.first?.labels == ["Fp1", "EOG,left"], "\(batch.errors)")
    #expect(batch.found(.eegChannelsLeftOut).contains { $0.reason.contains("Cz") })
    let other = try Scratch()
    let none = try copy(other) {
      $0.replacingOccurrences(of: "\u{b5}V", with: unit).replacingOccurrences(of: ",0.1,\r\n", with: ",0.1,\(unit)\r\n")
    }
    expectError(importOne(none), .eegUnit, naming: unit)
  }

  @Test func aCutFileOfSamplesIsRefused() throws {
    let scratch = try Scratch()
    let path = try copy(scratch) { $0 }
    let samples = try Data(contentsOf: URL(fileURLWithPath: recordings("int16.eeg")))
    try scratch.write("int16.eeg", bytes: Array(samples.dropLast(2)))
    expectError(importOne(path), .eegTruncated, naming: "1798 bytes")
  }
}

@Suite(.serialized) struct SEEDTests {
  @Test func clipsAreStimuliInVolts() throws {
    let batch = importOne(recordings("seed.mat")) { $0.array.labels = ["FP1,FPZ,FP2,AF3"] }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(Set(batch.recordings.map(\.run)) == ["1", "2", "10"])
    for record in batch.recordings {
      let clip = try #require(record.presentations.first).stimulus
      let reading = try MNEReading("seed_djc_eeg\(clip)")
      let array = try record.array.load()
      #expect(array.shape == reading.shape && record.rateHz == 200 && record.units == "V")
      let worst = zip(array.values, reading.values).map { abs(Double($0) - $1) }.max() ?? 1
      // Float32 of values below 0.1 mV.
      #expect(worst < 1e-11, "\(worst)")
      #expect(record.labels == ["FP1", "FPZ", "FP2", "AF3"])
    }
    #expect(!batch.found(.eegRateAssumed).isEmpty)
    let unit = try #require(batch.found(.eegUnit).first)
    #expect(unit.severity == .note && unit.reason.contains("uV, as SEED") && batch.found(.eegUnit).count == 1)
  }

  @Test func templatesNamesAndLabelsAreChecked() throws {
    let named = importOne(recordings("seed.mat")) {
      $0.array.data = "*_eeg{stimulus}"; $0.array.rateHz = 100
    }
    #expect(named.errors.isEmpty && named.recordings.count == 3 && named.recordings[0].rateHz == 100)
    #expect(named.found(.eegRateAssumed).isEmpty && !named.found(.labelsInvented).isEmpty)
    expectError(
      importOne(recordings("seed.mat")) { $0.array.data = "x_eeg{stimulus}" }, .templateNoMatch, naming: "djc_eeg10")
    expectError(importOne(recordings("seed.mat")) { $0.array.labels = ["a,b"] }, .labelsUnusable, naming: "4 channels")
    let scratch = try Scratch()
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: recordings("seed.mat"))))
    expectError(importOne(try scratch.write("cut.mat", bytes: Array(bytes.dropLast(900)))), .matlabTruncated)
  }
}
