import Foundation
import HDF5File
import Testing

/// BIDS folders and the check of clocks, as a user runs them.
@Suite(.serialized) final class BIDSCommandTests {
  private let folder: CommandFolder

  init() throws {
    folder = try CommandFolder()
    #expect(try evoke("init", "a.evoke").status == 0)
  }

  private func evoke(_ arguments: String...) throws -> Command.Result {
    try Command.run(arguments, in: folder.path)
  }

  private func write(_ name: String, _ bytes: [UInt8]) throws {
    let url = URL(fileURLWithPath: folder.path + "/" + name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  private func text(_ name: String, _ text: String) throws { try write(name, Array(text.utf8)) }

  /// A slow positive envelope that does not repeat within minutes.
  private static func loudness(_ t: Double) -> Double {
    0.5 + 0.2 * sin(1.7 * t) + 0.15 * sin(0.61 * t * t / (1 + 0.01 * t)) + 0.1 * sin(2.9 * t + 3 * sin(0.37 * t))
  }

  /// Two minutes of noise with that envelope, 16 bits at 8 kHz.
  private func sound(_ name: String, seconds: Int) throws {
    var data: [UInt8] = []
    var state: UInt64 = 1
    for index in 0..<seconds * 8_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let noise = Double(state >> 11) / Double(1 << 52) - 1
      let sample = UInt16(bitPattern: Int16(20_000 * noise * Self.loudness(Double(index) / 8_000)))
      data += [UInt8(sample & 255), UInt8(sample >> 8)]
    }
    func little(_ value: Int, _ width: Int) -> [UInt8] { (0..<width).map { UInt8((value >> (8 * $0)) & 255) } }
    var head = Array("RIFF".utf8) + little(36 + data.count, 4) + Array("WAVEfmt ".utf8) + little(16, 4)
    head += little(1, 2) + little(1, 2) + little(8_000, 4) + little(16_000, 4) + little(2, 2) + little(16, 2)
    try write(name, head + Array("data".utf8) + little(data.count, 4) + data)
  }

  /// 100 Hz: one channel of nothing to do with the sound, one that carries it on the clock `(t - lag) / (1 + drift)`.
  private func recording(_ name: String, seconds: Int, lag: Double, drift: Double) throws {
    let writer = try HDF5Writer(creating: folder.path + "/" + name)
    let values = (0..<seconds * 100).flatMap { index -> [Float] in
      let t = Double(index) / 100
      let carried = Self.loudness(max(0, (t - lag) / (1 + drift))) * (index % 2 == 0 ? 1 : -1)
      return [Float(20 * sin(0.9 * t * t / (1 + 0.02 * t))), Float(40 * carried)]
    }
    try writer.dataset("eeg", values, shape: [seconds * 100, 2])
    try writer.close()
  }

  @Test func plantedOffsetsAndDriftsFailAndRightOnesPass() throws {
    try sound("story.wav", seconds: 120)
    #expect(try evoke("import", "audio", "story.wav", "--dataset", "d").status == 0)
    for (name, lag, drift, onset) in [
      ("right", 3.0, 0.0, "3"), ("late", 3.4, 0.0, "3"), ("drifts", 3.0, 4e-3, "3"), ("assumed", 0.0, 0.0, nil),
    ] as [(String, Double, Double, String?)] {
      try recording("\(name).h5", seconds: 130, lag: lag, drift: drift)
      var arguments = [
        "import", "eeg", "\(name).h5", "--data", "eeg", "--axes", "time,channel", "--rate-hz", "100", "--units", "uV",
        "--stimulus", "story", "--labels", "channel=Cz,Audio",
      ]
      if let onset { arguments += ["--onset-s", onset] }
      let imported = try Command.run(arguments, in: folder.path)
      try #require(imported.status == 0, "\(imported.errors)")
    }
    let checked = try evoke("check", "alignment", "--format", "csv")
    #expect(checked.status == 1 && checked.errors.contains("E-ALI-001"), "\(checked.errors)")
    let rows = try evoke(
      "sql",
      "SELECT subject, verdict, round(best_lag_s, 2), round(drift_ppm / 500), reference FROM alignment_audit "
        + "WHERE series = 'eeg' ORDER BY subject", "--format", "csv")
    let lines = rows.output.split(whereSeparator: \.isNewline).dropFirst().map(String.init)
    try #require(lines.count == 4, "\(rows.output) \(rows.errors)")
    #expect(lines[0] == "assumed,ok,0,0,Audio")
    #expect(lines[1].hasPrefix("drifts,drift,") && lines[1].hasSuffix(",8,Audio"), "\(lines[1])")
    #expect(lines[2] == "late,lag,0.4,0,Audio")
    #expect(lines[3] == "right,ok,0,0,Audio")
    #expect(try evoke("forget", "late.h5").status == 0)
    #expect(try evoke("forget", "drifts.h5").status == 0)
    let again = try evoke("check", "alignment", "--dataset", "d", "--json")
    #expect(again.status == 0, "\(again.errors)")
    #expect(try evoke("check", "alignment", "--dataset", "e").status != 0)
  }

  /// BrainVision, 20 Hz, one channel.
  private func eeg(_ stem: String, seconds: Int, seed: Int) throws {
    let base = stem.split(separator: "/").last.map(String.init) ?? stem
    try text(
      "\(stem).vhdr",
      """
      Brain Vision Data Exchange Header File Version 1.0
      [Common Infos]
      DataFile=\(base).eeg
      DataFormat=BINARY
      DataOrientation=MULTIPLEXED
      NumberOfChannels=1
      SamplingInterval=50000
      [Binary Infos]
      BinaryFormat=INT_16
      [Channel Infos]
      Ch1=Cz,,0.1,uV

      """)
    try write(
      "\(stem).eeg",
      (0..<seconds * 20).flatMap { index -> [UInt8] in
        let sample = UInt16(bitPattern: Int16(300 * sin(Double(index * (seed + 3)) * 0.07)))
        return [UInt8(sample & 255), UInt8(sample >> 8)]
      })
  }

  @Test func aFolderIsImportedOnceAndWhatIsNotReadIsListed() throws {
    try text("data/dataset_description.json", #"{"Name": "D", "BIDSVersion": "1.9.0", "License": "CC0"}"#)
    try text("data/participants.tsv", "participant_id\tage\nsub-01\t20\nsub-02\t30\n")
    for subject in 1...2 {
      let stem = "data/sub-0\(subject)/eeg/sub-0\(subject)_task-songs"
      try eeg("\(stem)_eeg", seconds: 60, seed: subject)
      try text(
        "\(stem)_events.tsv",
        "onset\tduration\ttrial_type\tstim_file\n2\t20\tsong\ta.wav\n25\t10\tsong\tb.wav\n37\t20\tsong\ta.wav\n")
      try text("data/sub-0\(subject)/anat/sub-0\(subject)_T1w.nii.gz", "anatomy")
    }
    let dry = try evoke("import", "bids", "data", "--dataset", "songs", "--dry-run")
    #expect(dry.status == 0 && dry.errors.contains("would store in dataset songs: 2 stimuli"), "\(dry.errors)")
    #expect(dry.errors.contains("2  sub-*/anat/sub-*_T1w.nii.gz"), "\(dry.errors)")
    let done = try evoke("import", "bids", "data", "--dataset", "songs")
    #expect(done.status == 0, "\(done.errors)")
    #expect(try evoke("import", "bids", "data", "--dataset", "songs").errors.contains("unchanged, skipped"))
    let shown = try evoke(
      "sql",
      "SELECT group_concat(t.name || p.repetition || '@' || p.onset_s, ' ') FROM presentation p JOIN stimulus t "
        + "USING (stimulus_id) JOIN recording c USING (recording_id) JOIN subject s USING (subject_id) "
        + "WHERE s.name = 'sub-01' AND p.onset_source = 'event'", "--format", "csv")
    #expect(shown.output.contains("a1@2.0 b1@25.0 a2@37.0"), "\(shown.output)")
    let log = try evoke("sql", "SELECT count(*) FROM import_log WHERE code = 'E-BID-003'", "--format", "csv")
    #expect(log.output.split(whereSeparator: \.isNewline).last == "2", "\(log.output)")
    let age = try evoke("sql", "SELECT value FROM subject_attribute WHERE name = 'age'", "--format", "csv")
    #expect(age.output.split(whereSeparator: \.isNewline) == ["value", "20", "30"])
  }
}
