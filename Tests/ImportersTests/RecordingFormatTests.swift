import Annotations
import Diagnostics
import EEG
import Foundation
import HDF5File
import Importing
import LabelledArrays
import RecordingImport
import Testing

func formats(_ name: String) -> String { fixtures.appendingPathComponent("recording-formats/\(name)").path }

/// The recording of a batch without errors, against what the reference reads; float32 holds seven digits.
private func expectAs(
  _ reading: MNEReading, _ record: RecordingRecord?, within share: Double = 1.2e-7,
  at place: SourceLocation = #_sourceLocation
) throws {
  let record = try #require(record, sourceLocation: place)
  let array = try record.array.load()
  #expect(array.shape == reading.shape, sourceLocation: place)
  let largest = reading.values.map(abs).max() ?? 0
  let worst = zip(array.values, reading.values).map { abs(Double($0) - $1) }.max() ?? .infinity
  #expect(largest > 0 && worst <= share * largest, "\(worst) of \(largest)", sourceLocation: place)
  if !reading.labels.isEmpty { #expect(record.labels == reading.labels, sourceLocation: place) }
  if let rate = reading.rateHz { #expect(abs(record.rateHz - rate) < 1e-9, sourceLocation: place) }
}

private func reading(_ name: String) throws -> MNEReading { try MNEReading(name, of: "recording-formats") }

@Suite(.serialized) struct EEGLABInMATLAB5Tests {
  @Test(arguments: ["inside", "outside", "root"]) func aSetFileIsReadAsMNEReadsIt(_ name: String) throws {
    let batch = importOne(formats("\(name).set")) { $0.stimulus = "film" }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let expected = try reading(name)
    try expectAs(expected, batch.recordings.first)
    let record = try #require(batch.recordings.first)
    #expect(record.units == "V" && record.events.map(\.name) == expected.events)
    // MNE rounds onsets to microseconds.
    #expect(zip(record.events, expected.onsets).allSatisfy { abs($0.onsetS - $1) < 6e-7 })
    #expect(record.events[1].durationS == 0.5 && batch.found(.eegDiscontinuous).isEmpty)
    #expect(batch.sources.count == (name == "outside" ? 2 : 1))
  }

  @Test func epochsAreRunsWithTheirOwnEvents() throws {
    let batch = importOne(formats("epoched.set")) { $0.stimulus = "film" }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.recordings.map(\.run) == ["epoch-1", "epoch-2", "epoch-3", "epoch-4"])
    #expect(batch.recordings.map { $0.presentations[0].repetition } == [1, 2, 3, 4])
    #expect(batch.recordings.map { $0.events.map(\.name) } == [["a"], ["b"], [], []])
    let expected = try reading("epoched")
    let values = try batch.recordings.flatMap { try $0.array.load().values }
    let worst = zip(values, expected.values).map { abs(Double($0) - $1) }.max() ?? 1
    #expect(expected.shape == [4, 100, 5] && values.count == 2_000 && worst < 1e-10)
    let cropped = importOne(formats("epoched.set")) { $0.crop = "0.25:0.5" }
    let part = try #require(cropped.recordings.last).array.load()
    #expect(part.values == Array(values[(1_500 + 32 * 5)..<(1_500 + 64 * 5)]))
  }

  @Test func whatWasCutOutIsPointedOut() throws {
    let batch = importOne(formats("boundary.set")) { $0.stimulus = "film" }
    #expect(batch.errors.isEmpty)
    let found = batch.found(.eegDiscontinuous)
    #expect(found.map(\.severity) == [.warning] && found[0].reason.contains("1 boundary events"))
  }

  @Test func aLostOrShortFileOfSamplesIsRefused() throws {
    let scratch = try Scratch()
    let set = scratch.path("outside.set")
    try FileManager.default.copyItem(atPath: formats("outside.set"), toPath: set)
    expectError(importOne(set), .eegDataFile, naming: "outside.fdt")
    let samples = try Data(contentsOf: URL(fileURLWithPath: formats("outside.fdt")))
    try scratch.write("outside.fdt", bytes: Array(samples.dropLast(20)))
    expectError(importOne(set), .eegTruncated, naming: "7980 bytes", "8000")
    try scratch.write("outside.fdt", bytes: Array(samples + samples.prefix(20)))
    expectError(importOne(set), .eegHeader, naming: "8020 bytes")
  }

  @Test func aCutOrDamagedSetIsRefused() throws {
    let scratch = try Scratch()
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: formats("inside.set"))))
    expectError(importOne(try scratch.write("cut.set", bytes: Array(bytes.dropLast(500)))), .matlabTruncated)
    var damaged = bytes
    damaged[bytes.count / 2] ^= 0x55
    expectError(importOne(try scratch.write("damaged.set", bytes: damaged)), .matlabCorrupt)
    expectError(importOne(formats("inside.set")) { $0.units = "V" }, .unitsImplausible, naming: "--any-amplitude")
  }
}

/// The documented way of FIF: two lines of Python with `mne.export`.
@Suite(.serialized) struct ExportedByMNETests {
  /// Steps of the exports' own rounding: 16 bits of the range in EDF, float32 in the others.
  @Test(arguments: [("edf", 2e-5), ("vhdr", 1.2e-7), ("set", 1.2e-7)])
  func anExportIsReadAsMNEReadsItAndEqualsTheFIF(_ suffix: String, _ share: Double) throws {
    let batch = importOne(formats("export.\(suffix)")) { $0.stimulus = "film" }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let expected = try reading("export_\(suffix)")
    try expectAs(expected, batch.recordings.first)
    let record = try #require(batch.recordings.first)
    #expect(record.events.map(\.name) == expected.events)
    #expect(zip(record.events, expected.onsets).allSatisfy { abs($0.onsetS - $1) < 1e-6 })
    try expectAs(try reading("fif"), record, within: share)
  }
}

@Suite struct UnreadFormatTests {
  @Test func formatsThatAreNotReadAreNamedWithTheWayOut() throws {
    let scratch = try Scratch()
    let fif = try scratch.write("sub-01_raw.fif", bytes: [0, 0, 0, 100, 0, 0, 0, 31, 0, 0, 0, 20])
    expectError(importOne(fif), .eegFormatUnread, naming: "mne.export.export_raw", "read_raw_fif")
    let packed = try scratch.write("sub-01.edf.gz", bytes: [0x1f, 0x8b, 8, 0, 0])
    expectError(importOne(packed), .eegFormatUnread, naming: "gunzip")
    expectError(importOne(try scratch.write("a.cnt", "Version 3.0")), .eegFormatUnread, naming: "read_raw_cnt")
    expectError(importOne(try scratch.write("a.xdf", "XDF:")), .eegFormatUnread, naming: "pyxdf")
    for part in ["export.eeg", "export.vmrk"] {
      expectError(importOne(formats(part)), .eegFormatUnread, naming: part, "name the .vhdr")
    }
    expectError(importOne(formats("outside.fdt")), .eegFormatUnread, naming: "name the .set")
  }

  @Test func filesOfOtherVerbsAreNamedToo() throws {
    let scratch = try Scratch()
    let image = [UInt8](repeating: 1, count: 344) + Array("n+1\0".utf8)
    let cases: [([UInt8], String, String)] = [
      (image, "a NIfTI image", "evoke import fmri"), (Array("OggS\0\u{2}".utf8), "a sound file", "evoke import audio"),
      (Array("time,mood\n0,1\n".utf8), "it is text", "evoke import annotations"),
      ([0x89, 0x50, 0x4e, 0x47], "a picture", "numbers"), (Array("PK\u{3}\u{4}ab".utf8), "ZIP archive", "np.save"),
    ]
    for (bytes, words, verb) in cases {
      expectError(importOne(try scratch.write("a.dat", bytes: bytes)), .notHDF5, naming: words, verb)
    }
    let edf = Array(try Data(contentsOf: URL(fileURLWithPath: recordings("plain.edf"))))
    let recording = try scratch.write("film.csv", bytes: edf)
    let batch = importAnnotations(files: [recording], options: .unset, common: common)
    expectError(batch, .tableEncoding, naming: "a recording in EDF", "evoke import eeg")
  }
}

@Suite(.serialized) struct MNEInHDF5Tests {
  @Test func voltagesBadsAndAnnotationsAreTaken() throws {
    let batch = importOne(formats("mne.h5")) { $0.stimulus = "film" }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let expected = try reading("mne")
    try expectAs(expected, batch.recordings.first)
    let record = try #require(batch.recordings.first)
    #expect(record.badLabels == ["Cz"])
    #expect(record.events.map(\.name) == expected.events && record.events.map(\.onsetS) == expected.onsets)
    #expect(record.events.map(\.durationS) == [0.25, 0])
    #expect(batch.found(.eegChannelsLeftOut).first?.reason.contains("STI, MEG1") == true)
    let cropped = importOne(formats("mne.h5")) { $0.crop = "0.5:1" }
    let part = try #require(cropped.recordings.first)
    #expect(try part.array.load().values == Array(record.array.load().values[125 * 4..<250 * 4]))
    #expect(part.events.map(\.name) == ["film"])
  }

  @Test func aPlainDictionaryAndEpochsAreTaken() throws {
    let all = try #require(importOne(formats("mne.h5")).recordings.first).array.load()
    let plain = try #require(importOne(formats("plain_dict.h5")).recordings.first)
    let values = try plain.array.load().values
    #expect(plain.labels == ["Fp1", "Fp2", "Cz"] && plain.rateHz == 250 && plain.badLabels.isEmpty)
    let firstThree = (0..<500).flatMap { (t: Int) in all.values[(t * 4)..<(t * 4 + 3)] }
    #expect(values == firstThree)
    let epochs = importOne(formats("mne_epochs.h5")) { $0.stimulus = "film" }
    #expect(epochs.recordings.map(\.run) == (1...4).map { "epoch-\($0)" })
    #expect(try epochs.recordings.flatMap { try $0.array.load().values } == values)
  }

  @Test func namesThatDoNotFitAreRefused() throws {
    let scratch = try Scratch()
    let bad = try scratch.hdf5("bad.h5") { file in
      try file.group("/mnepython")
      try file.attribute("TITLE", "dict", on: "/mnepython")
      try file.group("/mnepython/key_info")
      try file.dataset("/mnepython/key_info/key_sfreq", [250.0] as [Double], shape: [1])
      try file.dataset("/mnepython/key_data", (0..<200).map { 1e-5 * wave($0, 1) }, shape: [2, 100])
    }
    expectError(importOne(bad), .eegHeader, naming: "0 names for 2 channels")
  }
}

@Suite(.serialized) struct ClipTests {
  @Test func extractedFeaturesAreASeriesPerBandAtOneHertz() throws {
    let batch = importOne(formats("features.mat")) {
      $0.array.data = "de_LDS{stimulus}"
      $0.array.labels = ["FP1,FPZ,FP2,AF3"]
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let second = batch.recordings.filter { $0.presentations.first?.stimulus == "2" }
    #expect(second.map(\.name) == ["delta", "theta", "alpha", "beta", "gamma"].map { "de_LDS_\($0)" })
    for record in second {
      #expect(record.rateHz == 1 && record.units == "au" && record.labels == ["FP1", "FPZ", "FP2", "AF3"])
      try expectAs(try reading("features_\(record.name.dropFirst(7))"), record)
    }
    #expect(batch.found(.eegRateAssumed).first?.reason.contains("SEED-IV: 0.25 Hz") == true)
    let slower = importOne(formats("one_family.mat")) { $0.array.rateHz = 0.25 }
    #expect(slower.errors.isEmpty && slower.recordings.count == 10 && slower.recordings[0].rateHz == 0.25)
    expectError(
      importOne(formats("features.mat")), .dataAmbiguous, naming: "de_LDS, de_movingAve", "--data 'de_LDS{stimulus}'")
  }

  @Test func clipsMayBeCalledByTheirNumberAlone() throws {
    let batch = importOne(fixtures.appendingPathComponent("matlab/numbered.mat").path) {
      $0.array.data = "{stimulus}"
      $0.array.rateHz = 200
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.recordings.map { $0.presentations.map(\.stimulus) } == [["1"], ["2"], ["80"]])
    #expect(batch.recordings.allSatisfy { $0.sampleCount == 5 && $0.labels.count == 2 && $0.units == "V" })
  }

  @Test func clipsOfMATLAB73AreReadLikeThoseOfMATLAB5() throws {
    let batch = importOne(formats("seed73.mat")) { $0.array.labels = ["FP1,FPZ,FP2,AF3"] }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.recordings.map { $0.presentations[0].stimulus } == ["1", "2"])
    for (record, clip) in zip(batch.recordings, ["djc_eeg1", "djc_eeg2"]) { try expectAs(try reading(clip), record) }
  }

  @Test func axesStandAsMATLABShowsThem() throws {
    let turned = importOne(formats("axes.mat")) {
      $0.array.data = "turned"
      $0.array.axes = "time,channel"
    }
    #expect(turned.errors.isEmpty, "\(turned.errors)")
    try expectAs(try reading("djc_eeg1"), turned.recordings.first)
    expectError(
      importOne(formats("axes.mat")) { $0.array.data = "turned" }, .axisOrder, naming: "151 channels", "--axes")
    let trials = importOne(formats("axes.mat")) {
      $0.array.data = "trials"
      $0.array.axes = "trial,time,channel"
      $0.stimulus = "film"
    }
    #expect(trials.errors.isEmpty, "\(trials.errors)")
    #expect(trials.recordings.map(\.run) == ["trial-1", "trial-2", "trial-3"])
    let expected = try reading("trials")
    let values = try trials.recordings.flatMap { try $0.array.load().values }
    #expect(expected.shape == [3, 120, 4] && values.count == expected.values.count)
    // Float32 of values below 1 mV.
    #expect(zip(values, expected.values).allSatisfy { abs(Double($0) - $1) < 1e-10 })
  }

  @Test func axesThatDoNotFitAreNamed() throws {
    func clip(_ data: String, _ axes: String?) -> ImportBatch {
      importOne(formats("axes.mat")) {
        $0.array.data = data
        $0.array.axes = axes
      }
    }
    expectError(clip("z", nil), .matlabType, naming: "complex double")
    expectError(clip("trials", nil), .axesMissing, naming: "3 x 120 x 4", "--axes")
    expectError(clip("trials", "time,channel"), .axisCount, naming: "3 x 120 x 4")
    expectError(clip("trials", "trial,time,region"), .axisName, naming: "--axes trial,time,region")
    expectError(clip("trials", "band,time,channel"), .axisCount, naming: "not five bands")
  }
}

@Suite(.serialized) struct TriggerTests {
  @Test func triggersBecomeEventsInTheRecordingsClock() throws {
    let batch = importOne(formats("status.bdf")) { $0.stimulus = "film" }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let expected = try reading("status")
    try expectAs(expected, batch.recordings.first)
    let record = try #require(batch.recordings.first)
    #expect(record.events.map(\.name) == expected.events && record.events.map(\.onsetS) == expected.onsets)
    let cropped = importOne(formats("status.bdf")) { $0.crop = "0.42:1.5" }
    #expect(cropped.recordings.first?.events.map(\.name) == ["Status/21", "Status/65535"])
  }
}

@Suite(.serialized) struct DamagedFileTests {
  /// Files that stand alone, and the companions the others need beside them.
  private static let files: [(String, [String])] = [
    ("inside.set", []), ("outside.set", ["outside.fdt"]), ("epoched.set", []), ("export.set", []), ("export.edf", []),
    ("pyedflib.edf", []), ("pyedflib.bdf", []), ("status.bdf", []), ("export.vhdr", ["export.eeg", "export.vmrk"]),
    ("mne.h5", []), ("mne_epochs.h5", []), ("one_family.mat", []), ("seed73.mat", []),
  ]

  /// Bytes changed at random places, most of them in the header: something is imported or an error says why not.
  @Test(arguments: files.indices) func damageIsRefusedOrHarmlessAndNeverACrash(_ index: Int) throws {
    let (name, companions) = Self.files[index]
    let scratch = try Scratch()
    for companion in companions {
      try FileManager.default.copyItem(atPath: formats(companion), toPath: scratch.path(companion))
    }
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: formats(name))))
    var state = UInt64(index + 1)
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var refused = 0
    for round in 0..<30 {
      var bytes = whole
      let reach = [400, 2_000, bytes.count][random(3)]
      for _ in 0...random(6) { bytes[random(min(reach, bytes.count))] = [0, 32, 45, 57, 128, 255][random(6)] }
      if round % 10 == 9 { bytes.removeLast(1 + random(bytes.count - 1)) }
      let batch = importOne(try scratch.write(name, bytes: bytes)) { $0.run = "r" }
      #expect(batch.hasErrors || !batch.recordings.isEmpty, "\(name) round \(round)")
      if batch.hasErrors { refused += 1 }
    }
    #expect(refused > 0, "\(name)")
  }
}

@Suite(.serialized) struct ImplausibleRecordingTests {
  /// Alpha-like noise of 20 microvolts, [time, channel].
  private func file(_ scratch: Scratch, _ scale: Float, storage: HDF5Storage = HDF5Storage()) throws -> String {
    try scratch.hdf5("eeg.h5") {
      let values = (0..<400).flatMap { t in (0..<3).map { scale * wave(t, $0) } }
      try $0.dataset("eeg", values, shape: [400, 3], storage: storage)
    }
  }

  private func run(_ file: String, _ units: String, _ set: (inout RecordingOptions) -> Void = { _ in }) -> ImportBatch {
    importOne(file) {
      $0.array.axes = "time,channel"
      $0.array.rateHz = 100
      $0.units = units
      $0.stimulus = "film"
      set(&$0)
    }
  }

  /// Microvolts under every prefix: certain, likely or no error.
  @Test(arguments: [("uV", 0), ("mV", 1), ("V", 2), ("nV", 1)])
  func microvoltsDeclaredAsSomethingElseAreFound(_ units: String, _ severity: Int) throws {
    let scratch = try Scratch()
    let path = try file(scratch, 20)
    let found = run(path, units).found(.unitsImplausible).map(\.severity)
    #expect(found == [[], [.warning], [.error]][severity])
    let allowed = run(path, units) { $0.anyAmplitude = true }
    #expect(allowed.errors.isEmpty && allowed.found(.unitsImplausible).count == min(1, severity))
  }

  @Test func aUnitThatNothingSaysHasToBePlausible() throws {
    let scratch = try Scratch()
    // Millivolts.
    let values = (0..<400).flatMap { t in (0..<3).map { 0.02 * Double(wave(t, $0)) } }
    let path = try scratch.matlab("seed.mat", [("djc_eeg1", [3, 400], values)])
    expectError(importOne(path), .unitsImplausible, naming: "nothing says its unit", "--units uV, mV, V")
    for units in ["mV", "uV"] {
      let told = importOne(path) { $0.units = units }
      #expect(told.errors.isEmpty && told.found(.eegUnit).isEmpty)
    }
    #expect(importOne(path) { $0.anyAmplitude = true }.errors.isEmpty)
  }

  @Test func aDamagedChunkIsRefused() throws {
    let scratch = try Scratch()
    let path = try file(scratch, 20, storage: HDF5Storage(chunk: [100, 3], shuffle: false))
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    let wanted = withUnsafeBytes(of: 20 * wave(150, 0)) { Array($0) }
    let at = try #require(bytes.indices.first { bytes[$0...].starts(with: wanted) })
    #expect(run(path, "uV").errors.isEmpty)
    bytes[at] ^= 1
    try scratch.write("damaged.h5", bytes: bytes)
    expectError(run(scratch.path("damaged.h5"), "uV"), .hdf5Corrupt, naming: "damaged.h5")
  }

  @Test func aRecordingThatEndsBeforeItsStimulusAndOneWithoutItAreTold() throws {
    let scratch = try Scratch()
    let path = try file(scratch, 20)
    func known(_ seconds: Double, _ set: (inout RecordingOptions) -> Void = { _ in }) -> ImportBatch {
      var options = RecordingOptions.unset
      options.array.axes = "time,channel"
      options.array.rateHz = 100
      options.units = "uV"
      options.stimulus = "film"
      set(&options)
      return importEEG(
        files: [path], options: options, common: common, known: KnownNames(durations: ["film": seconds]))
    }
    #expect(known(4).diagnostics.allSatisfy { $0.severity != .error })
    expectError(known(10), .showingTooShort, naming: "film", "until 10 s", "ends at 4 s")
    #expect(!known(10) { $0.allowShort = true }.hasErrors)
    #expect(known(10) { $0.stimulusStartS = 6 }.found(.showingTooShort).isEmpty)
    expectError(known(10) { $0.onsetS = 4 }, .eventOutside, naming: "at 4 s to 14 s", "lasts 4 s")
    expectError(known(10) { $0.onsetS = -10 }, .eventOutside, naming: "at -10 s to 0 s")
  }

  @Test func labelsMayBeACellArrayOfMATLAB73() throws {
    let batch = importEEG(
      files: [recordings("inline.set")],
      options: {
        var options = RecordingOptions.unset
        options.array.data = "EEG/data"
        options.array.axes = "time,channel"
        options.array.rateHz = 128
        options.array.labels = ["EEG/chanlocs/labels"]
        options.units = "uV"
        return options
      }(), common: common)
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.recordings.first?.labels == ["Fp1", "Fp2", "Cz", "O1", "O2"])
  }
}
