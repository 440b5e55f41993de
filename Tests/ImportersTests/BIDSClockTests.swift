import BIDS
import Diagnostics
import EEG
import Foundation
import Importing
import RecordingImport
import Testing

/// Volumes of two regions, at the repetition time of their JSON, else 2 s.
private func bold(_ path: String, _ options: RecordingOptions) throws -> [DescribedRecording]? {
  let seed = path.utf8.reduce(0) { ($0 * 31 + Int($1)) % 997 }
  var recording = DescribedRecording(
    place: path, rateHz: 1 / (options.array.trS ?? 2), sampleCount: 40, channelCount: 2, labels: ["L", "R"], units: "au"
  ) { range in range.flatMap { [wave($0, 0, seed), wave($0, 1, seed)] } }
  recording.signal = "bold"
  return [recording]
}

private func read(_ folder: BIDSFolder, _ change: (inout BIDSOptions) -> Void = { _ in }) -> ImportBatch {
  var options = BIDSOptions.unset
  change(&options)
  let readers = BIDSReaders(
    eeg: RecordingFormat.recogniser(),
    bold: BIDSReaders.Bold(
      atlas: UsedArray(name: "atlas/toy", sha256: "0", role: "atlas"), identity: "toy", read: bold))
  return importBIDS(folder: folder.root, options: options, readers: readers, common: CommonOptions(dataset: "held"))
}

private func preprocessed(_ folder: BIDSFolder, _ subject: String, run: String?, space: String = "A") throws {
  let stem = "sub-\(subject)/func/sub-\(subject)_task-movie\(run.map { "_run-\($0)" } ?? "")"
  try folder.text("\(stem)_space-\(space)_desc-preproc_bold.nii.gz", "\(subject) \(run ?? "") \(space)")
}

@Suite(.serialized) struct BIDSClockTests {
  @Test(arguments: [["1", "2"], ["01", "02", "03"], ["1", "10"]])
  func runsOfOneTaskWithoutEventsAreNoRepetitionsUnlessToldSo(_ runs: [String]) throws {
    let folder = try BIDSFolder()
    for run in runs { try preprocessed(folder, "01", run: run) }
    // Of one subject only a single run is there.
    try preprocessed(folder, "02", run: runs[1])
    let batch = read(folder)
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let shown = batch.recordings.map { $0.presentations.map(\.stimulus) }
    #expect(shown == (runs + [runs[1]]).map { ["movie_run-\($0)"] })
    #expect(batch.recordings.flatMap(\.presentations).allSatisfy { $0.repetition == 1 })
    let words = batch.found(.runsAssumed).map { "\($0.reason) \($0.remedy)" }
    #expect(words.count == 1 && words.allSatisfy { $0.contains("--runs repetitions") && $0.contains("--stimulus-map") })
    let told = read(folder) { $0.runs = "repetitions" }
    #expect(told.recordings.prefix(runs.count).flatMap(\.presentations).map(\.repetition) == Array(1...runs.count))
    #expect(told.found(.runsAssumed).isEmpty && Set(told.stimuli.map(\.name)) == ["movie"])
    #expect(read(folder) { $0.runs = "stimuli" }.found(.runsAssumed).isEmpty)
    expectError(read(folder) { $0.runs = "parts" }, .optionMalformed, naming: "--runs")
    // A map that says where each begins makes parts.
    let rows = runs.enumerated().map { [$1, "movie", "\($0 * 80)"] }
    try folder.table("../map.tsv", [["run", "stimulus", "stimulus_start_s"]] + rows)
    let mapped = read(folder) { $0.stimulusMap = folder.path("../map.tsv") }
    #expect(mapped.errors.isEmpty, "\(mapped.errors)")
    let parts = mapped.recordings.prefix(runs.count).flatMap(\.presentations)
    #expect(parts.map(\.stimulusStartS) == runs.indices.map { Double($0 * 80) })
    #expect(parts.allSatisfy { $0.repetition == 1 })
  }

  @Test func sessionsWithoutEventsAreRepetitionsWithAWord() throws {
    let folder = try BIDSFolder()
    for session in ["1", "2"] {
      try folder.text("sub-01/ses-\(session)/func/sub-01_ses-\(session)_task-movie_desc-preproc_bold.nii.gz", session)
    }
    let batch = read(folder)
    #expect(batch.recordings.flatMap(\.presentations).map(\.repetition) == [1, 2])
    #expect(batch.found(.runsAssumed).count == 1)
  }

  @Test(arguments: ["space-B", "space-A_res-2", "space-T1w", "desc-smooth"])
  func onlyTheJSONOfTheSameSpaceDescribesAnImage(_ other: String) throws {
    let folder = try BIDSFolder()
    try preprocessed(folder, "01", run: nil)
    let stem = "sub-01/func/sub-01_task-movie"
    try folder.text("\(stem)_space-A_desc-preproc_bold.json", #"{"RepetitionTime": 2.0}"#)
    let entities = other.hasPrefix("desc") ? "space-A_\(other)" : "\(other)_desc-preproc"
    try folder.text("\(stem)_\(entities)_bold.json", #"{"RepetitionTime": 7.0}"#)
    try folder.text("task-movie_bold.json", #"{"RepetitionTime": 9.0, "StartTime": 0.3}"#)
    let batch = read(folder) { $0.space = "A" }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.recordings.map(\.rateHz) == [0.5])
  }

  @Test(arguments: [(1.0, true, 4.0), (0.0, true, 5.0), (0.975, true, 4.025), (2.0, true, 3.0), (0.0, false, 4.0)])
  func afterSliceTimingVolumesStandForOtherMoments(_ startS: Double, _ isCorrected: Bool, _ onset: Double) throws {
    let folder = try BIDSFolder()
    try preprocessed(folder, "01", run: nil)
    try folder.text(
      "task-movie_bold.json",
      #"{"RepetitionTime": 2.0, "StartTime": \#(startS), "SliceTimingCorrected": \#(isCorrected)}"#)
    try folder.table(
      "sub-01/func/sub-01_task-movie_events.tsv", [["onset", "duration", "stim_file"], ["4", "20", "a.mp4"]])
    let batch = read(folder)
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let found = try #require(batch.recordings.first?.presentations.first).onsetS
    #expect(abs(found - onset) < 1e-9)
    #expect(batch.recordings[0].clock.statements.contains { $0.statement == "StartTime" } == isCorrected)
  }

  @Test func aRateOfJSONCountsWhereItIsTrusted() throws {
    let folder = try BIDSFolder()
    try folder.text("task-film_eeg.json", #"{"SamplingFrequency": 25}"#)
    try folder.brainVision(
      "sub-01/eeg/sub-01_task-film_eeg", channels: ["Fp1", "Cz"], seconds: 40, markers: [("S  1", 100)])
    expectError(read(folder), .bidsSidecar, naming: "25", "--trust json")
    let json = read(folder) { $0.trust = .json }
    #expect(json.errors.isEmpty && json.recordings.first?.rateHz == 25, "\(json.errors)")
    // A marker stays at its sample.
    #expect(json.recordings.first?.events.map(\.onsetS) == [4])
    let header = read(folder) { $0.trust = .header }
    #expect(header.recordings.first?.rateHz == 20 && header.recordings.first?.events.map(\.onsetS) == [5])
    let said = try #require(header.recordings.first).clock.statements.filter { $0.statement == "rate" }
    #expect(said.map(\.overruledBy) == [nil, .header] && said.map(\.value) == [20, 25])
    #expect(header.found(.clocksDisagree).count == 1)
  }
}
