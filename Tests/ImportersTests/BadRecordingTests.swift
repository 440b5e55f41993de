import Diagnostics
import EEG
import FMRI
import Foundation
import HDF5File
import Importing
import RecordingImport
import Testing

@Suite(.serialized) struct BadRecordingTests {
  private func eeg(
    _ files: [String], _ known: KnownNames = KnownNames(), _ set: (inout RecordingOptions) -> Void = { _ in }
  ) -> ImportBatch {
    var options = RecordingOptions.unset
    options.array.axes = "time,channel"
    options.array.rateHz = 50
    options.units = "au"
    options.stimulus = "s"
    set(&options)
    return importEEG(files: files, options: options, common: common, known: known)
  }

  /// `[time, channel]` with optional faults.
  private func recording(
    _ scratch: Scratch, _ name: String, times: Int = 60, channels: Int = 4, subject: Int = 0,
    _ change: (Int, Int, Float) -> Float = { $2 }
  ) throws -> String {
    try scratch.hdf5(name) {
      try $0.dataset(
        "eeg", (0..<times).flatMap { t in (0..<channels).map { change(t, $0, wave(t, $0, subject)) } },
        shape: [times, channels])
      try $0.dataset("names", texts: (0..<channels).map { "E\($0 + 1)" })
    }
  }

  @Test func aWrongAxisOrderIsFoundByTheLabels() throws {
    let scratch = try Scratch()
    let file = try recording(scratch, "a.h5")
    let batch = eeg([file]) {
      $0.array.data = "eeg"
      $0.array.axes = "channel,time"
      $0.array.labels = ["names"]
    }
    expectError(batch, .axisOrder, naming: "a.h5:eeg", "4 labels", "--axes time,channel")
    #expect(batch.recordings.isEmpty)
  }

  @Test func aWrongAxisOrderIsFoundWithoutLabelsToo() throws {
    let scratch = try Scratch()
    let file = try recording(scratch, "a.h5")
    expectError(eeg([file]) { $0.array.axes = "channel,time" }, .axisOrder, naming: "60 channels but only 4 samples")
    let cube = try scratch.hdf5("b.h5") {
      try $0.dataset("x", (0..<5 * 60 * 4).map { wave($0, 1) }, shape: [5, 60, 4])
    }
    expectError(eeg([cube]) { $0.array.axes = "time,subject,channel" }, .axisOrder, naming: "60 subjects")
    // Equal plausibility, settled by the film's length: 300 volumes against 200 regions at 2 s.
    let bold = try scratch.hdf5("c.h5") {
      try $0.dataset("x", (0..<300).flatMap { t in (0..<200).map { wave(t, $0) } }, shape: [300, 200])
    }
    var options = FMRIOptions.unset
    options.recording.array.axes = "region,time"
    options.recording.array.trS = 2
    options.recording.stimulus = "film"
    let known = KnownNames(durations: ["film": 600])
    expectError(
      importFMRI(files: [bold], options: options, common: common, known: known), .axisOrder,
      naming: "film lasts 600.0 s")
    options.recording.array.axes = "time,region"
    #expect(importFMRI(files: [bold], options: options, common: common, known: known).errors.isEmpty)
  }

  @Test func axesThatDoNotFitAreNamed() throws {
    let scratch = try Scratch()
    let file = try recording(scratch, "a.h5")
    expectError(eeg([file]) { $0.array.axes = nil }, .axesMissing, naming: "[60, 4]")
    expectError(eeg([file]) { $0.array.axes = "subject,time,channel" }, .axisCount, naming: "[60, 4] has 2 axes")
    expectError(eeg([file]) { $0.array.axes = "time,chanel" }, .axisName, naming: "did you mean channel?")
    expectError(eeg([file]) { $0.array.axes = "time,time" }, .axisName, naming: "twice")
    expectError(eeg([file]) { $0.array.axes = "trial,channel" }, .axisName, naming: "no axis is time")
    expectError(eeg([file]) { $0.array.axes = "channel,region" }, .axisName, naming: "no axis is time")
  }

  /// What is wrong with samples of one file is said of that file, and keeps no other out.
  @Test(arguments: [
    (ErrorCode.badChannel, Float(5)), (.infiniteSamples, .infinity), (.allChannelsBad, 1),
  ])
  func aFaultOfSamplesNamesItsFileAndNoOther(code: ErrorCode, value: Float) throws {
    let scratch = try Scratch()
    let sound = try (1...3).map { try recording(scratch, "sub-0\($0).h5", subject: $0) }
    let faulty = try recording(scratch, "sub-04.h5", subject: 4) { t, c, v in
      code == .allChannelsBad || c == 1 && (code == .badChannel || t == 7) ? value : v
    }
    func taken(_ files: [String]) -> ImportBatch {
      eeg(files) {
        $0.array.data = "eeg"
        $0.array.labels = ["names"]
        $0.bad = code == .allChannelsBad ? ["mark"] : []
      }
    }
    let batch = taken(sound + [faulty])
    expectError(batch, code, naming: faulty, code == .allChannelsBad ? "all 4" : "E2")
    for error in batch.errors {
      #expect(!sound.contains { "\(error.object) \(error.reason)".contains($0) }, "\(error)")
    }
    #expect(Array(batch.faults.keys) == [faulty], "\(batch.faults)")
    #expect(batch.faults[faulty]?.allSatisfy { $0.object.contains(faulty) } == true)
    #expect(!taken(sound).hasErrors)
  }

  @Test func aChannelOfSeveralFilesIsOneErrorAndAFaultOfEach() throws {
    let scratch = try Scratch()
    let files = try (1...5).map { subject in
      try recording(scratch, "sub-0\(subject).h5", subject: subject) { _, c, v in c == 1 && subject > 1 ? 5 : v }
    }
    let batch = eeg(files) {
      $0.array.data = "eeg"
      $0.array.labels = ["names"]
    }
    #expect(batch.errors.count == 1)
    expectError(batch, .badChannel, naming: files[1], files[3], "4 in all", "constant in 4 of 5 recordings")
    #expect(batch.faults.keys.sorted() == Array(files.dropFirst()))
    #expect(batch.faults.allSatisfy { file, faults in faults.count == 1 && faults[0].object.contains(file) })
  }

  @Test func constantAndEmptyChannelsAreRefusedWithNameAndCount() throws {
    let scratch = try Scratch()
    let a = try recording(scratch, "sub-01.h5", subject: 1) { t, c, v in c == 1 ? 5 : c == 2 ? .nan : v }
    let b = try recording(scratch, "sub-02.h5", subject: 2) { t, c, v in c == 1 ? 5 : v }
    let batch = eeg([a, b]) {
      $0.array.labels = ["names"]
      $0.array.data = "eeg"
    }
    expectError(
      batch, .badChannel, naming: "channel E2", "constant in 2 of 2 recordings (sub-01, sub-02)", "--bad mark")
    expectError(batch, .badChannel, naming: "channel E3", "all NaN in 1 of 2 recordings (sub-01)")
    let marked = eeg([a, b]) {
      $0.array.labels = ["names"]
      $0.array.data = "eeg"
      $0.bad = ["mark"]
    }
    #expect(marked.errors.isEmpty && marked.found(.badChannel).count == 2)
    #expect(marked.recordings.map(\.badLabels) == [["E2", "E3"], ["E2"]])
    #expect(marked.recordings[0].labels.count == 4 && marked.recordings[0].missingCount == 60)
    let dropped = eeg([a, b]) {
      $0.array.labels = ["names"]
      $0.array.data = "eeg"
      $0.bad = ["drop"]
    }
    #expect(dropped.recordings.map(\.labels) == [["E1", "E4"], ["E1", "E3", "E4"]])
    #expect(dropped.recordings[0].missingCount == 0)
    let array = try dropped.recordings[0].array.load()
    #expect(array.shape == [60, 2] && array.values[2 * 9 + 1] == wave(9, 3, 1))
    let named = eeg([b]) {
      $0.array.labels = ["names"]
      $0.array.data = "eeg"
      $0.bad = ["E2,E4"]
    }
    #expect(named.errors.isEmpty && named.recordings[0].badLabels == ["E2", "E4"])
    expectError(
      eeg([b]) {
        $0.array.data = "eeg"
        $0.array.labels = ["names"]
        $0.bad = ["mark", "E9"]
      }, .badNameUnknown, naming: "--bad E9")
    let dead = try recording(scratch, "dead.h5") { _, _, _ in 1 }
    expectError(
      eeg([dead]) {
        $0.array.data = "eeg"
        $0.bad = ["mark"]
      }, .allChannelsBad, naming: "dead.h5")
  }

  @Test func singleMissingSamplesStayAndAreCountedAndInfinitiesAreRefused() throws {
    let scratch = try Scratch()
    let gaps = try recording(scratch, "gaps.h5") { t, c, v in t == 7 && c < 2 ? .nan : v }
    let batch = eeg([gaps]) { $0.array.data = "eeg" }
    #expect(batch.errors.isEmpty && batch.recordings[0].missingCount == 2)
    #expect(batch.found(.missingSamples).first?.reason == "2 of 240 samples are NaN")
    #expect(try batch.recordings[0].array.load().values[7 * 4].isNaN)
    let infinite = try recording(scratch, "inf.h5") { t, c, v in t == 7 && c == 3 ? .infinity : v }
    expectError(
      eeg([infinite]) {
        $0.array.data = "eeg"
        $0.array.labels = ["names"]
      }, .infiniteSamples, naming: "channel E4", "1 of 60")
  }

  @Test func duplicateAndIdenticalSubjectsAreRefusedWithBothNames() throws {
    let scratch = try Scratch()
    let a = try recording(scratch, "sub-01.h5")
    let b = try recording(scratch, "sub-02.h5")
    expectError(
      eeg([a, b]) { $0.array.data = "eeg" }, .recordingsIdentical, naming: "subjects sub-01 and sub-02", "sub-01.h5",
      "sub-02.h5")
    let c = try recording(scratch, "sub-03.h5", subject: 3)
    expectError(
      eeg([a, c]) {
        $0.array.data = "eeg"
        $0.subject = "p1"
      }, .recordingTwice, naming: "subject p1", "sub-01.h5", "sub-03.h5")
    let cube = try scratch.hdf5("cube.h5") {
      try $0.dataset("x", (0..<3 * 60 * 4).map { wave($0, 1) }, shape: [3, 60, 4])
    }
    expectError(
      eeg([cube]) {
        $0.array.axes = "subject,time,channel"
        $0.array.labels = ["subject=a,b,a"]
      }, .labelsUnusable,
      naming: "a stands twice")
  }

  @Test func filesThatAreNoWholeHDF5AreRefused() throws {
    let scratch = try Scratch()
    let whole = try recording(scratch, "whole.h5", times: 2000)
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: whole)))
    let cut = try scratch.write("cut.h5", bytes: Array(bytes.prefix(bytes.count * 2 / 3)))
    let text = try scratch.write("text.h5", "time,Fz\n0,1\n")
    let empty = try scratch.write("empty.h5", "")
    let batch = eeg([cut, text, empty, scratch.path("absent.h5"), whole]) { $0.array.data = "eeg" }
    expectError(batch, .hdf5Truncated, naming: "cut.h5", "truncated file")
    expectError(batch, .notHDF5, naming: "text.h5")
    expectError(batch, .notHDF5, naming: "empty.h5", "empty")
    expectError(batch, .fileMissing, naming: "absent.h5")
    #expect(batch.errors.count == 4)
  }

  @Test func whatTheOptionsNameMustExist() throws {
    let scratch = try Scratch()
    let file = try recording(scratch, "a.h5")
    expectError(eeg([file]) { $0.array.data = "ege" }, .datasetMissing, naming: "a.h5:ege", "eeg, names")
    expectError(eeg([file]) { $0.array.data = "names" }, .datasetType, naming: "names")
    expectError(eeg([file]) { $0.array.data = "{subject}/eeg" }, .templateNoMatch, naming: "eeg")
    expectError(eeg([file]) { $0.array.data = "{subjet}/eeg" }, .optionMalformed, naming: "did you mean subject?")
    expectError(eeg([scratch.path("x{subject}.h5")]), .templateNoMatch, naming: "x{subject}.h5")
    expectError(eeg([file]) { $0.array.rateHz = nil }, .rateMissing, naming: "--rate-hz")
    expectError(eeg([file]) { $0.array.rateHz = -1 }, .rateMissing, naming: "-1.0 Hz")
    expectError(
      eeg([file]) {
        $0.array.rateHz = nil
        $0.array.trS = 2000
      }, .optionMalformed, naming: "--tr-s 2000.0")
    expectError(
      eeg([file]) {
        $0.array.rateHz = nil
        $0.array.rateAttr = "fs"
      }, .attributeMissing, naming: "fs")
    expectError(eeg([file]) { $0.units = nil }, .unitsUnknown, naming: "--units uV")
    expectError(eeg([file]) { $0.array.labels = ["labels"] }, .labelsUnusable, naming: "--labels labels", "/names")
    expectError(eeg([file]) { $0.array.labels = ["a,b,c"] }, .labelsUnusable, naming: "3 labels for 4 entries")
    expectError(eeg([file]) { $0.crop = "5" }, .optionMalformed, naming: "--crop")
    expectError(eeg([file]) { $0.bad = ["mark", "drop"] }, .optionMalformed, naming: "--bad")
    let two = try scratch.hdf5("two.h5") {
      try $0.dataset("one", [1, 2, 3] as [Float], shape: [3])
      try $0.dataset("two", [1, 2, 3] as [Float], shape: [3])
    }
    expectError(eeg([two]), .dataAmbiguous, naming: "one [3]", "--data")
  }

  @Test func aUnitThatIsAMillionfoldOffIsRefused() throws {
    let scratch = try Scratch()
    let file = try recording(scratch, "a.h5") { $2 * 20 }
    #expect(
      eeg([file]) {
        $0.units = "uV"
        $0.array.data = "eeg"
      }.errors.isEmpty)
    expectError(
      eeg([file]) {
        $0.units = "V"
        $0.array.data = "eeg"
      }, .unitsImplausible, naming: "a.h5")
    let volts = try recording(scratch, "b.h5") { $2 * 20e-6 }
    expectError(
      eeg([volts]) {
        $0.units = "uV"
        $0.array.data = "eeg"
      }, .unitsImplausible, naming: "b.h5")
    #expect(
      eeg([volts]) {
        $0.units = "V"
        $0.array.data = "eeg"
      }.errors.isEmpty)
  }

  @Test func anImportWithoutAStimulusSaysSo() throws {
    let scratch = try Scratch()
    let file = try recording(scratch, "a.h5")
    let batch = eeg([file]) {
      $0.stimulus = nil
      $0.array.data = "eeg"
    }
    #expect(
      batch.errors.isEmpty && batch.found(.noStimulusNamed).count == 1 && batch.recordings[0].presentations.isEmpty)
  }
}
