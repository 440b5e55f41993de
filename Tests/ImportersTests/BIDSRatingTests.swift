import BIDS
import Diagnostics
import EEG
import Foundation
import Importing
import Testing

/// Columns of *_beh, *_events and *_physio files that rate what was shown.
@Suite(.serialized) struct BIDSRatingTests {
  private func read(
    _ folder: BIDSFolder, durations: [String: Double] = [:], _ change: (inout BIDSOptions) -> Void = { _ in }
  ) -> ImportBatch {
    var options = BIDSOptions.unset
    change(&options)
    return importBIDS(
      folder: folder.root, options: options, readers: BIDSReaders(eeg: RecordingFormat.recogniser()),
      common: CommonOptions(dataset: "held"), known: KnownNames(durations: durations))
  }

  private static let stem = "sub-01/eeg/sub-01_task-film"
  private static let behaviour = "sub-01/beh/sub-01_task-film"

  /// 60 s, of EEG or of behaviour alone, in which film a is shown from 10 s to 30 s and film b from 35 s to 55 s.
  private func folder(_ stem: String = behaviour) throws -> BIDSFolder {
    let folder = try BIDSFolder()
    if stem == Self.stem { try folder.waves("\(stem)_eeg.edf", channels: ["Fp1", "Cz"], seconds: 60) }
    try folder.table(
      "\(stem)_events.tsv",
      [
        ["onset", "duration", "trial_type", "stim_file", "valence", "response_time"],
        ["10", "20", "film", "a.mp4", "3", "0.5"], ["31", "2", "question", "n/a", "n/a", "1.5"],
        ["35", "20", "film", "b.mp4", "5", "n/a"],
      ])
    return folder
  }

  private func series(_ batch: ImportBatch, _ stimulus: String, _ name: String) throws -> (
    times: [Double], values: [Float]
  ) {
    let record = try #require(
      batch.annotations.first { $0.stimulus == stimulus && $0.name == name }, "\(batch.diagnostics)")
    let array = try record.array.load()
    return (array.axes[0].numbers ?? [], array.values)
  }

  @Test func aValueIsHeldOverTheDurationOfItsRow() throws {
    let folder = try folder()
    try folder.table(
      "\(Self.behaviour)_beh.tsv",
      [
        ["onset", "duration", "mood", "remark"], ["8", "7", "1", "x"], ["15", "5.5", "2", "y"],
        ["20.5", "20", "4", "n/a"],
        ["50", "5", "n/a", "z"],
      ])
    let batch = read(folder, durations: ["a": 20, "b": 20]) { $0.ratings = ["mood"] }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    // Film a lasts from 10 to 30 s: 1 for its first five seconds, 2 until 10.5 s, 4 to its end.
    let a = try series(batch, "a", "mood")
    #expect(a.times == (0..<20).map(Double.init))
    #expect(a.values == [1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 3] + [Float](repeating: 4, count: 9))
    // Of film b only the first 5.5 s are rated: half a second is enough for its bin.
    #expect(try series(batch, "b", "mood").values == [4, 4, 4, 4, 4, 4])
    #expect(batch.annotations.allSatisfy { $0.subject == "sub-01" && $0.rateHz == 1 && $0.kind == "rating" })
    let unread = batch.found(.columnNotRead).map { "\($0.object) | \($0.reason)" }
    #expect(
      unread.count == 2 && unread.contains { $0.contains("1 *_beh file |") && $0.contains("remark") }, "\(unread)")
    #expect(unread.contains { $0.contains("1 *_events file |") && $0.contains("response_time, valence") }, "\(unread)")
  }

  @Test func columnsOfEventsAreHeldOverThem() throws {
    let batch = read(try folder(Self.stem)) {
      $0.ratings = ["valence"]
      $0.series = ["response_time"]
      $0.scale = "1:7"
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let (a, b) = (try series(batch, "a", "valence"), try series(batch, "b", "valence"))
    #expect(a.values == [Float](repeating: 3, count: 20) && b.values == [Float](repeating: 5, count: 20))
    #expect(batch.annotations.first { $0.name == "valence" }?.scale == 1...7)
    // The question lies between the films: of its time nothing is stored.
    #expect(batch.annotations.filter { $0.name == "response_time" }.map(\.stimulus) == ["a"])
    #expect(batch.recordings[0].events.count == 3 && batch.found(.columnNotRead).isEmpty)
  }

  @Test func rowsWithoutADurationAreSamplesOnlyAtARate() throws {
    for (onsets, isRead) in [(["10", "12", "14", "16"], true), (["10", "11", "14", "16"], false)] {
      let folder = try folder()
      let rows = onsets.enumerated().map { [$1, "\($0)"] }
      try folder.table("\(Self.behaviour)_beh.tsv", [["onset", "mood"]] + rows)
      let batch = read(folder) { $0.ratings = ["mood"] }
      guard isRead else {
        expectError(batch, .rowsUnclear, naming: "duration", "mood")
        continue
      }
      #expect(batch.errors.isEmpty, "\(batch.errors)")
      let found = try series(batch, "a", "mood")
      #expect(found.times == [0, 2, 4, 6] && found.values == [0, 1, 2, 3])
    }
    // Stamps under another name may be uneven.
    let stamped = try folder()
    try stamped.table("\(Self.behaviour)_beh.tsv", [["time", "mood"], ["10", "1"], ["11", "2"], ["14", "3"]])
    let batch = read(stamped) { $0.ratings = ["mood"] }
    #expect(batch.errors.isEmpty && batch.annotations.map(\.rateHz) == [nil], "\(batch.errors)")
    // No time at all.
    let timeless = try folder()
    try timeless.table("\(Self.behaviour)_beh.tsv", [["trial", "mood"], ["1", "1"], ["2", "2"]])
    expectError(read(timeless) { $0.ratings = ["mood"] }, .bidsFilter, naming: "no time of their rows")
  }

  @Test func rowsThatCannotBeHeldAreRefusedByLine() throws {
    for (row, code, word) in [
      (["20", "0", "2"], ErrorCode.eventDuration, "line 3"), (["20", "n/a", "2"], .eventDuration, "line 3"),
      (["16", "5", "2"], .eventsOverlap, "line 2"), (["n/a", "5", "2"], .tableTimeMissing, "line 3"),
    ] {
      let folder = try folder()
      try folder.table(
        "\(Self.behaviour)_beh.tsv", [["onset", "duration", "mood"], ["12", "5", "1"], row])
      expectError(read(folder) { $0.ratings = ["mood"] }, code, naming: word)
    }
    // Rows without a value may be anything.
    let folder = try folder()
    try folder.table(
      "\(Self.behaviour)_beh.tsv",
      [["onset", "duration", "mood"], ["12", "5", "1"], ["14", "n/a", "n/a"], ["11", "0", "n/a"]])
    #expect(read(folder) { $0.ratings = ["mood"] }.errors.isEmpty)
  }

  @Test func aSeriesWithoutEventsSaysWhatItIsTakenFor() throws {
    let folder = try BIDSFolder()
    try folder.table("\(Self.behaviour)_beh.tsv", [["onset", "duration", "mood"], ["0", "5", "1"], ["5", "5", "2"]])
    let batch = read(folder) { $0.ratings = ["mood"] }
    #expect(batch.errors.isEmpty && batch.annotations.map(\.stimulus) == ["film"], "\(batch.errors)")
    #expect(batch.found(.onsetAssumed).map(\.remedy).first?.contains("--stimulus-map") == true)
    #expect(read(try self.folder()) { $0.ratings = ["valence"] }.found(.onsetAssumed).isEmpty)
  }

  @Test func oneSeriesTwiceIsRefused() throws {
    let folder = try folder()
    try folder.table(
      "\(Self.behaviour)_beh.tsv", [["onset", "duration", "valence"], ["10", "20", "1"]])
    expectError(read(folder) { $0.ratings = ["valence"] }, .seriesTwice, naming: "_beh.tsv", "_events.tsv")
  }

  @Test func columnsOfPhysiologyBesideThoseAskedForAreNamed() throws {
    let folder = try folder(Self.stem)
    try folder.text(
      "\(Self.stem)_physio.json",
      #"{"SamplingFrequency": 2, "StartTime": 0, "Columns": ["cardiac", "dial", "respiratory"]}"#)
    try folder.gzipped(
      "\(Self.stem)_physio.tsv.gz", (0..<120).map { "\($0)\t\($0 % 5)\t0\n" }.joined())
    let batch = read(folder) { $0.ratings = ["dial"] }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let a = try series(batch, "a", "dial")
    #expect(a.values == (20..<60).map { Float($0 % 5) } && a.times.last == 19.5)
    let unread = batch.found(.columnNotRead).first { $0.object.contains("physio") }
    #expect(unread?.reason.contains("cardiac, respiratory") == true && unread?.remedy.contains("--series") == true)
  }
}
