import BIDS
import Diagnostics
import EEG
import Foundation
import Importing
import LabelledArrays
import RecordingImport
import Testing

private func read(_ folder: BIDSFolder, _ change: (inout BIDSOptions) -> Void = { _ in }) -> ImportBatch {
  read(folder, bold: nil, change)
}

private func read(
  _ folder: BIDSFolder, bold: RecordingRecogniser?, _ change: (inout BIDSOptions) -> Void = { _ in }
) -> ImportBatch {
  var options = BIDSOptions.unset
  change(&options)
  let readers = BIDSReaders(
    eeg: RecordingFormat.recogniser(),
    bold: bold.map {
      BIDSReaders.Bold(atlas: UsedArray(name: "atlas/toy", sha256: "0", role: "atlas"), identity: "toy", read: $0)
    })
  return importBIDS(
    folder: folder.root, options: options, readers: readers,
    common: CommonOptions(dataset: "held"))
}

extension ImportBatch {
  /// Why a file was not read.
  fileprivate func reason(_ path: String) -> String? {
    diagnostics.first { [.bidsNotRead, .bidsNotFetched].contains($0.code) && $0.object == path }?.reason
  }
}

/// Two subjects, two sessions of the first, EDF and BrainVision, sidecars at every level.
private func eegFolder() throws -> BIDSFolder {
  let folder = try BIDSFolder()
  try folder.table(
    "participants.tsv", [["participant_id", "age", "sex"], ["sub-01", "31", "F"], ["sub-02", "n/a", "M"]])
  try folder.text("participants.json", #"{"sex": {"Levels": {"F": "female", "M": "male"}}}"#)
  try folder.text("README", "Test data")
  try folder.text("task-film_eeg.json", #"{"SamplingFrequency": 20, "PowerLineFrequency": 50}"#)
  try folder.table(
    "task-film_channels.tsv",
    [
      ["name", "type", "units", "status"], ["Fp1", "EEG", "uV", "good"], ["Cz", "EEG", "uV", "good"],
      ["Oz", "EEG", "uV", "bad"], ["VEOG", "EOG", "uV", "good"],
    ])
  let channels = ["Fp1", "Cz", "Oz", "VEOG"]
  for (subject, session, run) in [("01", "ses-1", "01"), ("01", "ses-2", "01")] {
    let stem = "sub-\(subject)/\(session)/eeg/sub-\(subject)_\(session)_task-film_run-\(run)"
    try folder.waves("\(stem)_eeg.edf", channels: channels, seconds: 60, subject: session == "ses-1" ? 1 : 2)
    // run-1 here, run-01 there: as real folders have it.
    try folder.table(
      "sub-\(subject)/\(session)/eeg/sub-\(subject)_\(session)_task-film_run-1_events.tsv",
      [
        ["onset", "duration", "trial_type", "stim_file", "value"], ["2", "10", "film", "stimuli/a.mp4", "1"],
        ["12.5", "0", "button", "n/a", "9"], ["15", "10", "film", "stimuli/b.mp4", "2"],
        ["30", "10", "film", "stimuli/a.mp4", "1"],
      ])
  }
  try folder.brainVision(
    "sub-02/eeg/sub-02_task-film_eeg", channels: channels, seconds: 40, markers: [("S  1", 40), ("S  2", 300)])
  return folder
}

@Suite(.serialized) struct BIDSImportTests {
  @Test func recordingsComeWithTheirSidecarsEventsAndShowings() throws {
    let folder = try eegFolder()
    let batch = read(folder)
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.recordings.map(\.subject) == ["sub-01", "sub-01", "sub-02"])
    #expect(batch.recordings.map(\.session) == ["ses-1", "ses-2", nil])
    #expect(batch.recordings.map(\.run) == ["task-film_run-01", "task-film_run-01", "task-film"])
    let first = batch.recordings[0]
    #expect(first.labels == ["Fp1", "Cz", "Oz"] && first.badLabels == ["Oz"] && first.units == "V")
    #expect(first.rateHz == 20 && first.sampleCount == 1200)
    #expect(first.events.map(\.name) == ["film", "button", "film", "film"])
    #expect(first.presentations.map(\.stimulus) == ["a", "b", "a"])
    #expect(first.presentations.map(\.repetition) == [1, 1, 2])
    #expect(first.presentations.map(\.onsetS) == [2, 15, 30] && first.presentations.allSatisfy { $0.durationS == 10 })
    #expect(first.presentations.allSatisfy { $0.onsetSource == "event" })
    // Over sessions a subject's showings go on counting.
    #expect(batch.recordings[1].presentations.map(\.repetition) == [3, 2, 4])
    // No events.tsv: the task is the stimulus, and nobody knows when it began.
    let third = batch.recordings[2]
    #expect(third.presentations.map(\.stimulus) == ["film"] && third.presentations[0].onsetSource == "assumed")
    #expect(third.events.map(\.name) == ["Stimulus/S  1", "Stimulus/S  2"] && third.labels == ["Fp1", "Cz", "Oz"])
    #expect(batch.participants.map(\.subject) == ["sub-01", "sub-02"])
    #expect(batch.participants[1].columns == ["sex": "M"] && batch.common.licence == "CC0")
    #expect(batch.reason("README") == "text or pictures for people")
    #expect(!batch.found(.bidsNoRatings).isEmpty && !batch.found(.eegChannelsLeftOut).isEmpty)
    #expect(batch.sources.contains { $0.path.hasSuffix("sub-02_task-film_eeg.vmrk") })
  }

  /// The samples of a subset of channels are those of the file.
  @Test func samplesAreThoseOfTheFile() throws {
    let folder = try eegFolder()
    let batch = read(folder) {
      $0.types = ["EEG,EOG"]; $0.subjects = ["01"]
    }
    #expect(batch.errors.isEmpty && batch.recordings.count == 2, "\(batch.errors)")
    #expect(batch.recordings[0].labels == ["Fp1", "Cz", "Oz", "VEOG"])
    let few = read(folder) {
      $0.types = ["EOG"]; $0.subjects = ["sub-01"]; $0.sessions = ["2"]
    }
    let record = try #require(few.recordings.first)
    #expect(record.labels == ["VEOG"] && few.recordings.count == 1)
    let array = try record.array.load()
    for sample in [0, 1, 599, 1199] {
      let volts = Double(Int(200 * wave(sample, 3, 2))) * 1e-7
      // Float32 of microvolts.
      #expect(abs(Double(array.values[sample]) - volts) < 1e-11)
    }
    #expect(few.reason("sub-02/eeg/sub-02_task-film_eeg.vhdr") == "left out by --subjects")
    expectError(read(folder) { $0.subjects = ["sub-03"] }, .bidsFilter, naming: "--subjects sub-03", "01")
    expectError(read(folder) { $0.tasks = ["flim"] }, .bidsFilter, naming: "did you mean film")
  }

  @Test func aMapSaysWhatEventsShow() throws {
    let folder = try eegFolder()
    let map = try folder.scratch.write(
      "map.tsv",
      "value\ttask\tstimulus\tstimulus_start_s\tduration_s\n1\tfilm\tnemo\t60\t8\n2\tfilm\tn/a\tn/a\tn/a\n"
        + "S 2\tfilm\tnemo\t0\t20\nS 7\tfilm\tother\t0\t1\n")
    let batch = read(folder) { $0.eventMap = map }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.recordings[0].presentations.map(\.stimulus) == ["nemo", "nemo"])
    #expect(batch.recordings[0].presentations.map(\.stimulusStartS) == [60, 60])
    #expect(batch.recordings[0].presentations.map(\.durationS) == [8, 8])
    // Markers of the file itself, their blanks counted as one.
    #expect(batch.recordings[2].presentations.map(\.onsetS) == [15])
    #expect(batch.found(.eventMapUnused).count == 1)
    let tasks = try folder.scratch.write("tasks.csv", "task,onset_s,stimulus\nfilm,3,nemo\n")
    let whole = read(folder) {
      $0.stimulusMap = tasks; $0.subjects = ["02"]
    }
    #expect(whole.recordings.first?.presentations.map(\.onsetS) == [3])
    #expect(whole.recordings.first?.presentations.map(\.onsetSource) == ["option"])
    expectError(
      read(folder) { $0.eventMap = folder.path("participants.tsv") }, .eventMapColumns, naming: "column stimulus")
  }

  @Test func everyFaultIsFoundAtOnce() throws {
    let folder = try eegFolder()
    try folder.text("task-film_eeg.json", #"{"SamplingFrequency": 250}"#)
    try folder.table(
      "sub-02/eeg/sub-02_task-film_events.tsv",
      [["onset", "duration", "stim_file"], ["45", "10", "a.mp4"], ["35", "10", "a.mp4"], ["n/a", "1", "a.mp4"]])
    try folder.table(
      "participants.tsv", [["participant_id", "sex"], ["sub-1", "W"], ["sub-02", "M"], ["sub-02", "M"]])
    let batch = read(folder)
    expectError(batch, .bidsSidecar, naming: "SamplingFrequency 250", "20 Hz")
    expectError(batch, .eventOutside, naming: "45 s", "40 s", "line 2")
    expectError(batch, .showingTooShort, naming: "line 3", "until 45 s")
    expectError(batch, .rowTwice, naming: "sub-02")
    #expect(batch.found(.bidsParticipant).map(\.severity) == [.warning, .warning, .warning])
    #expect(batch.found(.eventNotPlaced).count == 1)
    let short = read(folder) { $0.allowShort = true }
    #expect(short.found(.showingTooShort).map(\.severity) == [.warning])
  }

  /// DESIGN: ds003085 is a clone of links, without participants, events, sounds and ratings.
  /// What a sidecar says is not passed over because it is written as another type.
  @Test func metadataOfAnotherTypeAreRefusedAndWhatIsMissingIsSaid() throws {
    let folder = try eegFolder()
    try folder.text("task-film_eeg.json", #"{"SamplingFrequency": "25"}"#)
    expectError(read(folder), .bidsSidecar, naming: "SamplingFrequency", "25")
    try folder.text("task-film_eeg.json", #"{"SamplingFrequency": "n/a"}"#)
    try folder.text("dataset_description.json", #"{"Name": "Test", "License": ["CC0"]}"#)
    try folder.table(
      "task-film_channels.tsv",
      [
        ["name", "type", "units", "status"], ["Fp1", "EEG", "uV", "good"], ["Cz", "n/a", "uV", "noisy"],
        ["Oz", "EEG", "uV", "n/a"], ["VEOG", "EOG", "uV", "good"],
      ])
    let batch = read(folder)
    #expect(batch.errors.isEmpty && batch.recordings.count == 3, "\(batch.errors)")
    #expect(batch.recordings.allSatisfy { $0.labels == ["Fp1", "Cz", "Oz"] && $0.badLabels.isEmpty })
    let said = batch.found(.bidsChannels).map(\.reason)
    #expect(said.contains { $0.contains("Cz") } && said.contains { $0.contains("noisy") })
    #expect(batch.found(.bidsSidecar).contains { $0.reason.contains("License") })
  }

  @Test func contentThatWasNotFetchedIsNamedWithItsSize() throws {
    let folder = try BIDSFolder()
    for subject in ["01", "02"] {
      for (task, size) in [("happy", 62_800_000), ("rest", 123_000_000)] {
        try folder.annexed("sub-\(subject)/func/sub-\(subject)_task-\(task)_bold.nii.gz", bytes: size)
      }
      try folder.annexed("sub-\(subject)/anat/sub-\(subject)_T1w.nii.gz", bytes: 900)
      try folder.annexed("sub-\(subject)/fmap/sub-\(subject)_run-02_magnitude2.nii.gz", bytes: 1_500)
      try folder.annexed("sub-\(subject)/fmap/sub-\(subject)_run-2_magnitude1.nii.gz", bytes: 1_500)
    }
    try folder.text("task-happy_bold.json", #"{"RepetitionTime": 1.0}"#)
    let batch = read(folder)
    expectError(batch, .bidsNothing)
    #expect(
      batch.reason("sub-01/func/sub-01_task-happy_bold.nii.gz") == "git-annex: its content (62.8 MB) was not fetched")
    #expect(
      batch.reason("sub-02/fmap/sub-02_run-02_magnitude2.nii.gz") == "git-annex: its content (1.5 kB) was not fetched")
    #expect(batch.found(.bidsNotFetched).count == 10)
    #expect(batch.found(.bidsParticipant).contains { $0.reason == "participants.tsv is missing" })
    // A file that only points to its object, as an unlocked one does.
    try folder.text(
      "sub-01/eeg/sub-01_task-happy_eeg.edf", "/annex/objects/MD5E-s812345678--0123456789abcdef0123456789abcdef.edf\n")
    #expect(read(folder).reason("sub-01/eeg/sub-01_task-happy_eeg.edf")?.contains("812.3 MB") == true)
  }

  @Test func aRecordingWaitsForTheFilesItNeeds() throws {
    let folder = try eegFolder()
    try FileManager.default.removeItem(atPath: folder.path("sub-02/eeg/sub-02_task-film_eeg.eeg"))
    try folder.annexed("sub-02/eeg/sub-02_task-film_eeg.eeg", bytes: 6400)
    let events = "sub-01/ses-2/eeg/sub-01_ses-2_task-film_run-1_events.tsv"
    try FileManager.default.removeItem(atPath: folder.path(events))
    try folder.annexed(events, bytes: 99)
    let batch = read(folder)
    #expect(batch.errors.isEmpty && batch.recordings.map(\.session) == ["ses-1"], "\(batch.errors)")
    #expect(batch.reason("sub-02/eeg/sub-02_task-film_eeg.vhdr")?.contains("sub-02_task-film_eeg.eeg") == true)
    #expect(batch.reason("sub-01/ses-2/eeg/sub-01_ses-2_task-film_run-01_eeg.edf")?.contains("99 bytes") == true)
  }

  /// The first line of a headerless file is data.
  @Test func seriesWithoutHeaderKeepTheirFirstLineAndTheirClock() throws {
    let folder = try eegFolder()
    let stem = "sub-01/ses-1/eeg/sub-01_ses-1_task-film_run-1_recording-slider"
    let rows = (0..<600).map { "\(Double($0) / 1000)\t\($0 == 7 ? "n/a" : "\($0 % 50)")\n" }
    try folder.gzipped("\(stem)_physio.tsv.gz", rows.joined())
    try folder.text(
      "\(stem)_physio.json", #"{"SamplingFrequency": 10, "StartTime": -1.5, "Columns": ["arousal", "cardiac"]}"#)
    #expect(read(folder).reason("\(stem)_physio.tsv.gz") == "no column of it is asked for: arousal, cardiac")
    let batch = read(folder) {
      $0.ratings = ["arousal"]; $0.series = ["cardiac"]; $0.scale = "0:1"
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let arousal = batch.annotations.filter { $0.name == "arousal" }
    #expect(arousal.map(\.stimulus) == ["a", "b", "a"] && Set(arousal.map(\.run)).count == 3)
    #expect(
      arousal.allSatisfy { $0.subject == "sub-01" && $0.kind == "rating" && $0.scale == 0...1 && $0.rateHz == 10 })
    let first = try arousal[0].array.load()
    // Row i lies at -1.5 + i / 10 s; the first showing starts at 2 s: row 35.
    #expect(first.axis("time")?.numbers?.first == 0 && first.values.first == 0.035 && first.values.count == 100)
    let second = try arousal[1].array.load()
    #expect(abs(second.values[0] - 0.165) < 1e-6)
    // b was shown once: no run is needed to tell it apart.
    #expect(arousal[1].run == nil && arousal[2].run?.contains("showing-2") == true)
    #expect(batch.annotations.filter { $0.name == "cardiac" }.allSatisfy { $0.kind == "series" && $0.scaleIsObserved })
    #expect(batch.found(.bidsNoRatings).isEmpty)
    expectError(read(folder) { $0.ratings = ["valence"] }, .bidsFilter, naming: "--ratings valence")
    try folder.gzipped("\(stem)_physio.tsv.gz", "arousal\tcardiac\n" + rows.joined())
    expectError(read(folder) { $0.ratings = ["arousal"] }, .bidsSeriesLength, naming: "first line repeats")
    try folder.gzipped("\(stem)_physio.tsv.gz", "1\t2\t3\n1\t2\t3\n")
    expectError(read(folder) { $0.ratings = ["arousal"] }, .tableRagged, naming: "3 fields")
    try folder.text(
      "\(stem)_physio.json", #"{"SamplingFrequency": 10, "StartTime": "0", "Columns": ["arousal", "cardiac"]}"#)
    expectError(read(folder) { $0.ratings = ["arousal"] }, .bidsSidecar, naming: "StartTime")
    // Events that start no stimulus say nothing about what was shown.
    try folder.text(
      "\(stem)_physio.json", #"{"SamplingFrequency": 10, "StartTime": 0, "Columns": ["arousal", "cardiac"]}"#)
    try folder.gzipped("\(stem)_physio.tsv.gz", rows.joined())
    try folder.table(
      "sub-01/ses-1/eeg/sub-01_ses-1_task-film_run-1_events.tsv",
      [["onset", "duration", "trial_type"], ["1", "0", "blink"]])
    let nothingShown = read(folder) { $0.ratings = ["arousal"] }
    expectError(nothingShown, .bidsFilter, naming: "what was shown")
    #expect(nothingShown.reason("\(stem)_physio.tsv.gz")?.contains("what was shown") == true)
    // A column that has no name would give its numbers to the next one.
    try folder.text("\(stem)_physio.json", #"{"SamplingFrequency": 10, "StartTime": 0, "Columns": [1, "cardiac"]}"#)
    expectError(read(folder) { $0.series = ["cardiac"] }, .bidsSidecar, naming: "not all names")
  }

  @Test func derivativesTakeTheEventsOfTheRawData() throws {
    let folder = try BIDSFolder()
    let pipeline = "derivatives/fmriprep"
    try folder.text("task-film_bold.json", #"{"RepetitionTime": 2.0}"#)
    try folder.table(
      "sub-01/func/sub-01_task-film_events.tsv", [["onset", "duration", "stim_file"], ["4", "20", "a.mp4"]])
    try folder.text("sub-01/func/sub-01_task-film_bold.nii.gz", "raw")
    let stem = "\(pipeline)/sub-01/func/sub-01_task-film"
    try folder.text("\(stem)_space-A_desc-preproc_bold.nii.gz", "a")
    try folder.text("\(stem)_space-B_res-2_desc-preproc_bold.nii.gz", "b")
    try folder.table(
      "\(stem)_desc-confounds_timeseries.tsv",
      [["csf", "trans_x"]] + (0..<20).map { ["\($0)", $0 == 0 ? "n/a" : "0.\($0)"] })
    try folder.text("\(pipeline)/dataset_description.json", #"{"Name": "fMRIPrep", "DatasetType": "derivative"}"#)
    let bold: RecordingRecogniser = { path, options in
      // What the reader of volumes is told: the repetition time of the inherited JSON.
      #expect(options.array.trS == 2)
      var recording = DescribedRecording(
        place: path, rateHz: 0.5, sampleCount: 20, channelCount: 2, labels: ["L", "R"], units: "au"
      ) { range in range.flatMap { [wave($0, 0), wave($0, 1)] } }
      recording.signal = "bold"
      return [recording]
    }
    expectError(read(folder, bold: bold), .bidsSpaces, naming: "A, B:res-2")
    let batch = read(folder, bold: bold) { $0.space = "B:res-2" }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let record = try #require(batch.recordings.first)
    #expect(batch.recordings.count == 1 && record.modality == "fmri" && record.spaceAxis == "region")
    #expect(record.presentations.map(\.onsetS) == [4] && record.presentations.first?.durationS == 20)
    let confounds = try #require(record.confounds).load()
    #expect(confounds.shape == [20, 2] && confounds.values[1].isNaN && confounds.values[2] == 1)
    #expect(batch.reason("sub-01/func/sub-01_task-film_bold.nii.gz")?.hasPrefix("raw volumes") == true)
    #expect(batch.reason("\(stem)_space-A_desc-preproc_bold.nii.gz")?.contains("--space says B:res-2") == true)
    let none = read(folder) { $0.space = "A" }
    #expect(none.reason("\(stem)_space-A_desc-preproc_bold.nii.gz") == "volumes are read as the regions of an atlas")
  }

  @Test func whatIsNoBIDSFolderIsSaid() throws {
    let folder = try BIDSFolder()
    try folder.text("notes.txt", "nothing")
    expectError(read(folder), .bidsFolder)
    let tied = try eegFolder()
    try tied.table("acq-x_events.tsv", [["onset", "duration", "trial_type"], ["1", "1", "x"]])
    try tied.text("sub-02/eeg/sub-02_eeg.json", "{")
    expectError(read(tied), .bidsSidecar, naming: "sub-02_eeg.json")
    try tied.text("sub-02/eeg/sub-02_eeg.json", "{}")
    try tied.text("sub-02/eeg/task-film_eeg.json", "{}")
    expectError(read(tied), .bidsSidecar, naming: "apply to it equally")
  }
}
