import BIDS
import Diagnostics
import EEG
import Foundation
import Importing
import RecordingImport
import Testing

/// A folder keeps what is sound: files that real folders hold are read, faulty ones are set aside.
@Suite struct BIDSSoundTests {
  private func read(_ folder: BIDSFolder, without leftOut: Set<String> = [], bold: RecordingRecogniser? = nil)
    -> ImportBatch
  {
    let toy = bold.map {
      BIDSReaders.Bold(atlas: UsedArray(name: "atlas/toy", sha256: "0", role: "atlas"), identity: "toy", read: $0)
    }
    var common = CommonOptions(dataset: "held")
    common.leftOut = leftOut
    return importBIDS(
      folder: folder.root, options: .unset, readers: BIDSReaders(eeg: RecordingFormat.recogniser(), bold: toy),
      common: common)
  }

  private func stem(_ subject: String, _ task: String = "film") -> String {
    "sub-\(subject)/eeg/sub-\(subject)_task-\(task)"
  }

  @Test func anEventsFileWithoutRowsHasNoEvents() throws {
    for (name, text) in [
      ("task-rest_events.tsv", "onset\tduration\ttrial_type\n"),
      ("\(stem("01", "rest"))_events.tsv", "onset\tduration\n"), ("task-rest_events.tsv", "onset\tduration\tvalue"),
      ("task-rest_events.tsv", "onset\tduration\ttrial_type\r\n\r\n"), ("task-rest_events.tsv", ""),
    ] {
      let folder = try BIDSFolder()
      try folder.waves("\(stem("01", "rest"))_eeg.edf", channels: ["Fp1", "Cz"], seconds: 10)
      try folder.text(name, text)
      let batch = read(folder)
      #expect(batch.errors.isEmpty, "\(name): \(batch.errors)")
      #expect(batch.recordings.map(\.events.count) == [0] && batch.recordings[0].presentations.isEmpty)
    }
  }

  @Test func channelsThatAreNoVoltagesAreLeftOutByName() throws {
    for unit in ["µS", "uS", "g", "C"] {
      let folder = try BIDSFolder()
      try folder.brainVision(
        "\(stem("01"))_eeg", channels: ["Fp1", "Cz", "Oz", "GSR"], units: ["GSR": unit], seconds: 10,
        markers: [("S 1", 5)])
      try folder.table(
        "\(stem("01"))_channels.tsv",
        [
          ["name", "type", "units"], ["Fp1", "EEG", "µV"], ["Cz", "EEG", "µV"], ["Oz", "EEG", "µV"],
          ["GSR", "GSR", unit],
        ])
      let batch = read(folder)
      #expect(batch.errors.isEmpty, "\(batch.errors)")
      #expect(batch.recordings.map(\.labels) == [["Fp1", "Cz", "Oz"]] && batch.recordings.map(\.units) == ["V"])
      #expect(batch.found(.eegChannelsLeftOut).contains { $0.reason.contains("GSR (\(unit))") }, "\(batch.diagnostics)")
      let values = try batch.recordings[0].array.load().values
      #expect(abs(values[3] - Float(Double(Int16(200 * wave(1, 0, 7))) * 1e-7)) < 1e-12)
    }
  }

  @Test func runsAreToldApartByTheirDirectionReconstructionAndContrast() throws {
    for (key, labels) in [
      ("dir", ["AP", "PA"]), ("rec", ["raw", "filtered"]), ("ce", ["none", "gad"]), ("acq", ["a", "b"]),
    ] {
      let folder = try BIDSFolder()
      for (place, label) in labels.enumerated() {
        let name = "sub-01_task-film_\(key)-\(label)"
        try folder.waves("sub-01/eeg/\(name)_eeg.edf", channels: ["Fp1", "Cz"], seconds: 20, subject: place + 1)
        try folder.table(
          "sub-01/eeg/\(name)_events.tsv", [["onset", "duration", "stim_file"], ["4", "10", "clip\(label).mp4"]])
      }
      let batch = read(folder)
      #expect(batch.errors.isEmpty, "\(key): \(batch.errors)")
      #expect(
        batch.recordings.compactMap(\.run).sorted() == labels.sorted().map { "task-film_\(key)-\($0)" })
      let shown = batch.recordings.flatMap(\.presentations)
      #expect(Set(shown.map(\.stimulus)) == Set(labels.map { "clip\($0)" }) && shown.allSatisfy { $0.onsetS == 4 })
    }
  }

  @Test func participantsMayHaveARowPerSession() throws {
    let folder = try BIDSFolder()
    try folder.waves("\(stem("01"))_eeg.edf", channels: ["Fp1", "Cz"], seconds: 10)
    try folder.table(
      "participants.tsv",
      [
        ["participant_id", "session_id", "sex", "mood"], ["sub-01", "ses-1", "F", "3"], ["sub-01", "ses-2", "F", "5"],
      ])
    let batch = read(folder)
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.participants == [ParticipantRecord(subject: "sub-01", columns: ["sex": "F"])])
    #expect(batch.found(.bidsParticipant).contains { $0.reason.contains("mood, session_id") }, "\(batch.diagnostics)")
    // Without sessions a second row is a fault, of this file alone.
    try folder.table("participants.tsv", [["participant_id", "sex"], ["sub-01", "F"], ["sub-01", "M"]])
    #expect(Array(read(folder).faults.keys) == [folder.path("participants.tsv")])
  }

  @Test func faultsBelongToTheirRecordingAndTheOthersAreKept() throws {
    let folder = try BIDSFolder()
    for subject in ["01", "02", "03"] {
      try folder.waves(
        "\(stem(subject))_eeg.edf", channels: ["Fp1", "Cz"], seconds: 10, subject: Int(subject) ?? 0)
    }
    try folder.text("\(stem("02"))_eeg.json", "{\"SamplingFrequency\": ")
    try folder.bytes("\(stem("03"))_eeg.edf", Array("no EDF at all".utf8))
    let whole = read(folder)
    let faulty = ["02", "03"].map { folder.path("\(stem($0))_eeg.edf") }
    #expect(whole.hasErrors && Set(whole.faults.keys) == Set(faulty), "\(whole.faults)")
    let rest = read(folder, without: Set(whole.faults.keys))
    #expect(rest.errors.isEmpty && rest.recordings.map(\.subject) == ["sub-01"], "\(rest.errors)")
    #expect(rest.diagnostics.contains { $0.object == "\(stem("03"))_eeg.edf" && $0.reason.contains("set aside") })
  }

  @Test func aFaultySidecarIsTheFaultOfEveryRecordingItDescribes() throws {
    let folder = try BIDSFolder()
    for subject in ["01", "02"] {
      try folder.waves(
        "\(stem(subject))_eeg.edf", channels: ["Fp1", "Cz"], seconds: 10, subject: Int(subject) ?? 0)
    }
    try folder.waves("\(stem("01", "rest"))_eeg.edf", channels: ["Fp1", "Cz"], seconds: 10, subject: 5)
    try folder.text("task-film_events.tsv", "onset\tduration\ttrial_type\n1\tx\tfilm\n")
    let whole = read(folder)
    #expect(Set(whole.faults.keys) == Set(["01", "02"].map { folder.path("\(stem($0))_eeg.edf") }), "\(whole.faults)")
    let rest = read(folder, without: Set(whole.faults.keys))
    #expect(rest.errors.isEmpty && rest.recordings.map(\.run) == ["task-rest"], "\(rest.errors)")
  }
}
