import Diagnostics
import EEG
import Foundation
import HDF5File
import Importing
import LabelledArrays
import RecordingImport
import Testing

/// What MNE-Python reads from the same file: volts, names, rate and markers.
struct MNEReading {
  let values: [Double]
  let shape: [Int]
  let labels: [String]
  let rateHz: Double?
  let onsets: [Double]
  let events: [String]

  init(_ name: String, of folder: String = "recordings") throws {
    let file = try HDF5File(reading: fixtures.appendingPathComponent("\(folder)/expected.h5").path)
    values = try file.doubles("\(name)/volts")
    shape = try file.info("\(name)/volts").shape
    labels = file.exists("\(name)/labels") ? try file.strings("\(name)/labels") : []
    rateHz = try file.attribute("rate_hz", of: "/\(name)")?.number
    onsets = file.exists("\(name)/onset_s") ? try file.doubles("\(name)/onset_s") : []
    events = file.exists("\(name)/event") ? try file.strings("\(name)/event") : []
  }
}

func recordings(_ name: String) -> String { fixtures.appendingPathComponent("recordings/\(name)").path }

func importOne(_ path: String, _ set: (inout RecordingOptions) -> Void = { _ in }) -> ImportBatch {
  var options = RecordingOptions.unset
  set(&options)
  return importEEG(files: [path], options: options, common: common)
}

/// Samples, names and rate are MNE's; float32 holds seven digits.
func expectEqual(_ record: RecordingRecord, _ reading: MNEReading, at place: SourceLocation = #_sourceLocation) throws {
  let array = try record.array.load()
  #expect(array.shape == reading.shape, sourceLocation: place)
  #expect(record.labels == reading.labels, sourceLocation: place)
  #expect(abs(record.rateHz - (reading.rateHz ?? 0)) < 1e-9, sourceLocation: place)
  #expect(record.units == "V", sourceLocation: place)
  let largest = reading.values.map(abs).max() ?? 0
  #expect(largest > 1e-6, sourceLocation: place)
  let worst = zip(array.values, reading.values).map { abs(Double($0) - $1) }.max() ?? .infinity
  #expect(worst <= 1.2e-7 * largest, "\(worst) of \(largest)", sourceLocation: place)
}

@Suite(.serialized) struct EEGLABTests {
  @Test(arguments: ["inline", "external"]) func aSetFileOfMATLAB73IsReadAsMNEReadsIt(_ name: String) throws {
    let batch = importOne(recordings("\(name).set")) { $0.stimulus = "film" }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let record = try #require(batch.recordings.first)
    let reading = try MNEReading(name)
    try expectEqual(record, reading)
    #expect(record.name == "eeg" && record.subject == name)
    #expect(record.events.map(\.name) == ["square", "rt", "7"])
    // MNE rounds onsets to microseconds.
    #expect(zip(record.events, reading.onsets).allSatisfy { abs($0.onsetS - $1) < 6e-7 })
    #expect(record.events[1].durationS == 0.5)
    #expect(batch.sources.count == (name == "external" ? 2 : 1))
  }

  @Test func fieldsAtTheRootAreFound() throws {
    let batch = importOne(recordings("root.set"))
    #expect(batch.errors.isEmpty && batch.recordings.first?.labels == ["Fp1", "Fp2", "Cz", "O1", "O2"])
    #expect(batch.recordings.first?.sampleCount == 400)
  }

  @Test func epochsAreRunsWithTheirOwnEvents() throws {
    let batch = importOne(recordings("epochs.set")) { $0.stimulus = "film" }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.recordings.map(\.run) == ["epoch-1", "epoch-2", "epoch-3", "epoch-4"])
    #expect(batch.recordings.map { $0.presentations[0].repetition } == [1, 2, 3, 4])
    #expect(batch.recordings.map { $0.events.map(\.name) } == [["a"], ["b"], [], []])
    #expect(abs(batch.recordings[1].events[0].onsetS - 10.0 / 128) < 1e-12)
    let reading = try MNEReading("epochs")
    #expect(reading.shape == [4, 100, 5])
    let values = try batch.recordings.flatMap { try $0.array.load().values }
    let worst = zip(values, reading.values).map { abs(Double($0) - $1) }.max() ?? 1
    #expect(values.count == reading.values.count && worst < 1e-10)
  }

  @Test func cropKeepsItsSamplesAndMovesEvents() throws {
    let batch = importOne(recordings("inline.set")) {
      $0.array = ArrayOptions.unset; $0.crop = "1:2"
    }
    let record = try #require(batch.recordings.first)
    let reading = try MNEReading("inline")
    let array = try record.array.load()
    #expect(array.shape == [128, 5])
    #expect(abs(Double(array.values[3]) - reading.values[128 * 5 + 3]) < 1e-10)
    #expect(record.events.map(\.name) == ["rt"])
    #expect(abs(record.events[0].onsetS - (128.5 / 128 - 1)) < 1e-12)
  }

  @Test func theUnitCanBeTold() throws {
    let batch = importOne(recordings("inline.set")) { $0.units = "nV" }
    let value = try #require(batch.recordings.first).array.load().values[0]
    #expect(abs(Double(value) - (try MNEReading("inline")).values[0] / 1000) < 1e-13)
    expectError(importOne(recordings("inline.set")) { $0.units = "V" }, .unitsImplausible, naming: "inline.set")
  }

  @Test func aRenamedPairIsTakenWithAWarningAndALoneSetIsRefused() throws {
    let scratch = try Scratch()
    let set = scratch.path("other.set")
    try FileManager.default.copyItem(atPath: recordings("external.set"), toPath: set)
    expectError(importOne(set), .eegDataFile, naming: "external.fdt")
    try FileManager.default.copyItem(atPath: recordings("external.fdt"), toPath: scratch.path("other.fdt"))
    let batch = importOne(set)
    #expect(batch.errors.isEmpty && batch.found(.eegDataFile).map(\.severity) == [.warning])
    #expect(batch.recordings.first?.sampleCount == 400)
  }

  @Test func aShortFdtAndATruncatedSetAreRefused() throws {
    let scratch = try Scratch()
    let set = scratch.path("external.set")
    try FileManager.default.copyItem(atPath: recordings("external.set"), toPath: set)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: recordings("external.fdt")))
    try scratch.write("external.fdt", bytes: Array(bytes.dropLast(4)))
    expectError(importOne(set), .eegTruncated, naming: "7996 bytes", "8000")
    let whole = try Data(contentsOf: URL(fileURLWithPath: recordings("inline.set")))
    expectError(
      importOne(try scratch.write("cut.set", bytes: Array(whole.dropLast(whole.count / 2)))), .hdf5Truncated,
      naming: "cut.set")
  }

  @Test func labelsOfAnotherNumberOrTwiceAreRefused() throws {
    expectError(importOne(recordings("inline.set")) { $0.array.labels = ["a,b"] }, .labelsUnusable, naming: "2 labels")
    expectError(
      importOne(recordings("inline.set")) { $0.array.labels = ["a,b,c,d,a"] }, .eegChannelNames, naming: "a names two")
    let named = importOne(recordings("inline.set")) { $0.array.labels = ["a,b,c,d,e"] }
    #expect(named.recordings.first?.labels == ["a", "b", "c", "d", "e"])
    expectError(importOne(recordings("inline.set")) { $0.array.rateHz = 100 }, .optionMalformed, naming: "128.0 Hz")
  }
}

@Suite(.serialized) struct NWBTests {
  private func expectVolts(_ record: RecordingRecord, _ name: String) throws {
    let reading = try MNEReading(name)
    let array = try record.array.load()
    #expect(array.shape == reading.shape)
    let worst = zip(array.values, reading.values).map { abs(Double($0) - $1) }.max() ?? 1
    // Float32 of values below 1 mV.
    #expect(worst < 1e-10, "\(worst)")
    #expect(record.labels == ["A4", "A1", "A6", "A2"] && record.units == "V")
  }

  @Test func theNamedSeriesIsScaledAndItsElectrodesNamed() throws {
    for data in ["acquisition/film", "/acquisition/film/data"] {
      let batch = importOne(recordings("two.nwb")) { $0.array.data = data }
      #expect(batch.errors.isEmpty, "\(batch.errors)")
      let record = try #require(batch.recordings.first)
      #expect(record.rateHz == 250 && record.name == "film")
      try expectVolts(record, "nwb_two")
    }
    expectError(importOne(recordings("two.nwb")), .dataAmbiguous, naming: "acquisition/film", "acquisition/rest")
    expectError(
      importOne(recordings("two.nwb")) { $0.array.data = "acquisition/fil" }, .datasetMissing,
      naming: "did you mean acquisition/film")
  }

  @Test func evenTimestampsGiveTheRate() throws {
    let record = try #require(importOne(recordings("stamps.nwb")).recordings.first)
    #expect(record.rateHz == 250)
    try expectVolts(record, "nwb_stamps")
  }

  private func series(_ scratch: Scratch, _ body: (HDF5Writer) throws -> Void) throws -> String {
    try scratch.hdf5("bad.nwb") { file in
      try file.attribute("nwb_version", "2.6.0")
      try file.group("/acquisition")
      try file.group("/acquisition/film")
      try file.attribute("neurodata_type", "ElectricalSeries", on: "/acquisition/film")
      let values = (0..<200).map { 1e-5 * wave($0 / 2, $0 % 2) }
      try file.dataset("/acquisition/film/data", values, shape: [100, 2])
      try body(file)
    }
  }

  @Test func gapsUnitsAndElectrodesThatDoNotFitAreRefused() throws {
    let scratch = try Scratch()
    let gap = try series(scratch) { file in
      try file.attribute("unit", "volts", on: "/acquisition/film/data")
      try file.dataset(
        "/acquisition/film/timestamps", (0..<100).map { Double($0) / 100 + ($0 < 40 ? 0 : 3) }, shape: [100])
    }
    expectError(importOne(gap), .eegDiscontinuous, naming: "after 0.39 s")
    let other = try Scratch()
    let unit = try series(other) { file in
      try file.attribute("unit", "lumen", on: "/acquisition/film/data")
      try file.dataset("/acquisition/film/timestamps", (0..<100).map { Double($0) / 100 }, shape: [100])
    }
    expectError(importOne(unit), .eegUnit, naming: "lumen")
    let told = importOne(unit) { $0.units = "V" }
    #expect(told.errors.isEmpty && told.recordings.first?.rateHz == 100, "\(told.errors)")
    let turned = try Scratch()
    let swapped = try turned.hdf5("turned.nwb") { file in
      try file.attribute("nwb_version", "2.6.0")
      try file.group("/acquisition")
      try file.group("/acquisition/film")
      try file.attribute("neurodata_type", "ElectricalSeries", on: "/acquisition/film")
      try file.dataset("/acquisition/film/data", (0..<200).map { 1e-5 * wave($0, 1) }, shape: [2, 100])
    }
    expectError(importOne(swapped), .axisOrder, naming: "100 channels but only 2 samples", "--axes channel,time")
    let third = try Scratch()
    let rows = try series(third) { file in
      try file.attribute("unit", "volts", on: "/acquisition/film/data")
      try file.dataset("/acquisition/film/timestamps", (0..<100).map { Double($0) / 100 }, shape: [100])
      try file.group("/general/extracellular_ephys/electrodes")
      try file.dataset("/general/extracellular_ephys/electrodes/label", texts: ["a", "b"])
      try file.dataset("/acquisition/film/electrodes", .int64, shape: [2])
      try file.write([Int64(0), 7], to: "/acquisition/film/electrodes")
    }
    expectError(importOne(rows), .eegChannelNames, naming: "row 7", "table of 2")
  }
}
