import Diagnostics
import EEG
import Foundation
import Importing
import LabelledArrays
import RecordingImport
import Testing

private let known = KnownNames(durations: ["film": 10, "song": 5])

/// One minute of three channels at 20 Hz.
private func minute(_ name: String = "sub-01_eeg.edf") throws -> BIDSFolder {
  let folder = try BIDSFolder()
  try folder.waves(name, channels: ["Fp1", "Cz", "Oz"], seconds: 60)
  return folder
}

private func read(
  _ path: String, known: KnownNames = known, _ change: (inout RecordingOptions) -> Void
) -> ImportBatch {
  var options = RecordingOptions.unset
  change(&options)
  return importEEG(files: [path], options: options, common: common, known: known)
}

@Suite(.serialized) struct RecordingEventTests {
  @Test func aTableAndAMapMakeShowings() throws {
    let folder = try minute()
    try folder.text(
      "events.csv", "onset_ms,duration_ms,code\n2000,0,11\n13000,0,12\n20500,0,11\n30000,4000,99\n40000,10020,11\n")
    try folder.text("map.csv", "event,stimulus,duration_s\n11,film,\n12,song,4\n")
    let batch = read(folder.path("sub-01_eeg.edf")) {
      $0.events = folder.path("events.csv")
      $0.eventMap = folder.path("map.csv")
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let record = try #require(batch.recordings.first)
    #expect(record.events.map(\.name) == ["11", "12", "11", "99", "11"])
    #expect(record.presentations.map(\.stimulus) == ["film", "song", "film", "film"])
    #expect(record.presentations.map(\.repetition) == [1, 1, 2, 3])
    #expect(record.presentations.map(\.onsetS) == [2, 13, 20.5, 40])
    // As long as the film, the map, the film; an event that lasts longer than the film ends with it.
    #expect(record.presentations.map(\.durationS) == [10, 4, 10, 10])
    #expect(batch.sources.count == 3)
  }

  @Test func markersOfTheFileItselfCanBeMapped() throws {
    let folder = try BIDSFolder()
    try folder.brainVision("rec", channels: ["Fp1", "Cz"], seconds: 40, markers: [("S  1", 100), ("S 22", 420)])
    try folder.text("map.csv", "marker,stimulus\nS 1,film\nS  22,song\nS 3,film\n")
    let batch = read(folder.path("rec.vhdr")) { $0.eventMap = folder.path("map.csv") }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.recordings.first?.presentations.map(\.onsetS) == [5, 21])
    #expect(batch.found(.eventMapUnused).first?.remedy == "the events are Stimulus/S  1, Stimulus/S 22")
  }

  @Test(arguments: [
    ("61", ErrorCode.eventOutside, "61 s"), ("-1", .eventOutside, "-1 s"), ("55", .showingTooShort, "until 65 s"),
    ("2\t0\t11\n5", .showingsOverlap, "started at 2 s"), ("2\t-3", .eventColumns, "-3.0 s"),
    ("2\t4", .showingTooShort, "it lasts 4 s, film 10"),
  ]) func anOnsetThatCannotBeRightIsRefused(_ cells: String, _ code: ErrorCode, _ words: String) throws {
    let folder = try minute()
    let row = cells.contains("\t") && !cells.contains("\n") ? "\(cells)\t11" : "\(cells)\t0\t11"
    try folder.text("events.tsv", "onset\tduration\tcode\n\(row)\n")
    try folder.text("map.csv", "event,stimulus\n11,film\n")
    let batch = read(folder.path("sub-01_eeg.edf")) {
      $0.events = folder.path("events.tsv")
      $0.eventMap = folder.path("map.csv")
    }
    expectError(batch, code, naming: words)
  }

  @Test func aRecordingShorterThanItsStimulusIsRefusedOrMarked() throws {
    let folder = try minute()
    let long = KnownNames(durations: ["film": 61])
    let path = folder.path("sub-01_eeg.edf")
    expectError(read(path, known: long) { $0.stimulus = "film" }, .showingTooShort, naming: "61 s", "60 s")
    expectError(
      read(path) {
        $0.stimulus = "film"; $0.onsetS = 55
      }, .showingTooShort, naming: "until 65 s")
    expectError(
      read(path) {
        $0.stimulus = "film"; $0.onsetS = 65
      }, .eventOutside, naming: "65 s")
    expectError(
      read(path) {
        $0.stimulus = "film"; $0.onsetS = -11
      }, .eventOutside, naming: "-11 s")
    let allowed = read(path, known: long) {
      $0.stimulus = "film"; $0.allowShort = true
    }
    #expect(allowed.errors.isEmpty && allowed.found(.showingTooShort).map(\.severity) == [.warning])
    #expect(
      read(path, known: long) {
        $0.stimulus = "film"; $0.onsetS = -1
      }.errors.isEmpty)
    // Half a second belongs to the clocks.
    #expect(read(path, known: KnownNames(durations: ["film": 60.4])) { $0.stimulus = "film" }.errors.isEmpty)
  }

  @Test(arguments: [1e9, 1e19, 1e300]) func aTimeThatNoRecordingReachesIsRefused(_ far: Double) throws {
    let folder = try minute()
    let path = folder.path("sub-01_eeg.edf")
    expectError(
      read(path) {
        $0.stimulus = "unheard"; $0.onsetS = -far
      }, .eventOutside, naming: "\(-far) s")
    expectError(
      read(path) {
        $0.stimulus = "unheard"; $0.stimulusStartS = far
      }, .eventOutside, naming: "\(far) s")
    try folder.text("events.tsv", "onset\tduration\tcode\n2\t0\t11\n20\t\(far)\t12\n")
    try folder.text("map.csv", "event,stimulus\n11,film\n")
    let batch = read(path) {
      $0.events = folder.path("events.tsv")
      $0.eventMap = folder.path("map.csv")
    }
    expectError(batch, .eventOutside, naming: "\(far) s", "12")
  }

  @Test func eventsOfSeveralRecordingsAreToldApart() throws {
    let folder = try BIDSFolder()
    for subject in [1, 2] {
      try folder.waves("sub-0\(subject).edf", channels: ["Fp1", "Cz"], seconds: 30, subject: subject)
      try folder.text("sub-0\(subject).csv", "onset,event\n\(subject),11\n")
    }
    try folder.text("all.csv", "onset,event,subject\n3,11,sub-01\n4,11,sub-02\n")
    try folder.text("map.csv", "event,subject,stimulus\n11,,film\n11,sub-02,song\n")
    let template = folder.path("{subject}.edf")
    func onsets(_ events: String) -> [Double] {
      read(template) {
        $0.events = folder.path(events); $0.eventMap = folder.path("map.csv")
      }.recordings
        .flatMap { $0.presentations.map(\.onsetS) }
    }
    #expect(onsets("{subject}.csv") == [1, 2] && onsets("all.csv") == [3, 4])
    let batch = read(template) {
      $0.events = folder.path("all.csv"); $0.eventMap = folder.path("map.csv")
    }
    #expect(batch.recordings.flatMap { $0.presentations.map(\.stimulus) } == ["film", "song"])
    expectError(
      read(template) {
        $0.events = folder.path("sub-01.csv"); $0.eventMap = folder.path("map.csv")
      }, .eventsAmbiguous)
    expectError(
      read(folder.path("sub-01.edf")) {
        $0.events = folder.path("sub-01.csv"); $0.eventMap = folder.path("map.csv"); $0.stimulus = "film"
      }, .optionMalformed, naming: "both say what was shown")
    expectError(read(template) { $0.events = folder.path("map.csv") }, .eventColumns, naming: "onset")
    // A table with a column stimulus needs no map; without either the events stay events.
    try folder.text("own.csv", "onset,event,stimulus\n3,11,song\n")
    let own = read(folder.path("sub-01.edf")) { $0.events = folder.path("own.csv") }
    #expect(own.errors.isEmpty && own.recordings.first?.presentations.map(\.stimulus) == ["song"])
    let plain = read(folder.path("sub-01.edf")) { $0.events = folder.path("sub-01.csv") }
    #expect(plain.recordings.first?.presentations.isEmpty == true && plain.recordings.first?.events.count == 1)
  }

  @Test func aCropMovesEventsAndShowings() throws {
    let folder = try minute()
    try folder.text("events.csv", "onset,event\n1,11\n22,11\n")
    try folder.text("map.csv", "event,stimulus\n11,film\n")
    let batch = read(folder.path("sub-01_eeg.edf")) {
      $0.events = folder.path("events.csv")
      $0.eventMap = folder.path("map.csv")
      $0.crop = "20:50"
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.recordings.first?.presentations.map(\.onsetS) == [2])
  }
}
