import Diagnostics
import EEG
import FMRI
import Foundation
import HDF5File
import Importing
import LabelledArrays
import RecordingImport
import Testing

@Suite(.serialized) struct RecordingImportTests {
  private func eeg(
    _ files: [String], _ known: KnownNames = KnownNames(), _ set: (inout RecordingOptions) -> Void
  ) -> ImportBatch {
    var options = RecordingOptions.unset
    set(&options)
    return importEEG(files: files, options: options, common: common, known: known)
  }
  private func fmri(
    _ files: [String], _ known: KnownNames = KnownNames(), _ set: (inout RecordingOptions) -> Void
  ) -> ImportBatch {
    var options = FMRIOptions.unset
    set(&options.recording)
    return importFMRI(files: files, options: options, common: common, known: known)
  }
  private func fixture(_ name: String) -> String { fixtures.appendingPathComponent(name).path }

  @Test func pieManIsDividedIntoItsSubjects() throws {
    let batch = fmri([fixture("fmri/pieman_4sub.h5")]) {
      $0.array.data = "bold"
      $0.array.axes = "subject,time,region"
      $0.array.trS = 1.5
      $0.stimulus = "pieman"
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.recordings.map(\.subject) == ["sub-01", "sub-02", "sub-03", "sub-04"])
    let third = batch.recordings[2]
    #expect(third.name == "bold" && third.units == "au" && third.spaceAxis == "region" && third.sampleCount == 60)
    #expect(abs(third.rateHz - 2 / 3) < 1e-15)
    let array = try third.array.load()
    #expect(array.shape == [60, 10])
    #expect(array.values[7 * 10 + 3] == 1.0413135)
    #expect(try batch.recordings[3].array.load().values.last == 0.16684066)
    #expect(array.axes[0].numbers?[2] == 3)
    #expect(third.presentations.map(\.onsetSource) == ["assumed"])
    #expect(batch.found(.onsetAssumed).count == 1 && batch.found(.labelsInvented).count == 1)
    #expect(Set(batch.recordings.map(\.contentSHA256)).count == 4)
  }

  @Test func aliceIsReadByTemplateWithRateAndLabelsFromItsAttributes() throws {
    let batch = fmri([fixture("fmri/alice_3sub.h5")]) {
      $0.array.data = "{subject}/bold_6mm"
      $0.array.axes = "time,region"
      $0.array.rateAttr = "tr_s"
      $0.array.labels = ["@rois"]
      $0.stimulus = "alice"
      $0.onsetS = 0
      $0.stimulusStartS = 4
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.recordings.map(\.subject) == ["sub-18", "sub-22", "sub-23"])
    #expect(batch.recordings[0].labels == ["LATL", "RATL", "LPTL", "LIPL", "LPreM", "LIFG"])
    #expect(batch.recordings[0].rateHz == 0.5 && batch.recordings[0].name == "bold_6mm")
    #expect(try batch.recordings[1].array.load().values[10 * 6 + 4] == 109.51825)
    #expect(
      batch.recordings[0].presentations == [
        .init(stimulus: "alice", onsetS: 0, stimulusStartS: 4, onsetSource: "option")
      ])
  }

  @Test func fractalEEGBecomesVoltsWithTimeFirst() throws {
    let batch = eeg([fixture("eeg/fractal_3sub.h5")]) {
      $0.array.data = "/{subject}/eeg"
      $0.array.axes = "channel,time"
      $0.array.rateAttr = "srate"
      $0.array.labels = ["ch_names"]
      $0.stimulus = "fractals"
      $0.bad = ["GND"]
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let record = batch.recordings[1]
    #expect(record.units == "V" && record.rateHz == 256 && record.sampleCount == 1024 && record.labels.count == 32)
    #expect(record.labels[8] == "GND" && record.badLabels == ["GND"])
    let array = try record.array.load()
    #expect(array.shape == [1024, 32] && array.units == "V")
    // float32 microvolts times 1e-6 in float64, rounded once.
    #expect(array.values[100 * 32 + 5] == Float(Double(Float(26.068691)) * 1e-6))
  }

  @Test func anyAxisOrderGivesTheSameRecordings() throws {
    let scratch = try Scratch()
    let (subjects, times, channels) = (3, 40, 5)
    func write(_ name: String, _ order: [String]) throws -> String {
      let extents = ["subject": subjects, "time": times, "channel": channels]
      let shape = order.map { extents[$0] ?? 0 }
      var values: [Float] = []
      for a in 0..<shape[0] {
        for b in 0..<shape[1] {
          for c in 0..<shape[2] {
            let index = Dictionary(uniqueKeysWithValues: zip(order, [a, b, c]))
            values.append(wave(index["time"] ?? 0, index["channel"] ?? 0, index["subject"] ?? 0))
          }
        }
      }
      return try scratch.hdf5(name) { try $0.dataset("x", values, shape: shape) }
    }
    var hashes: [[String]] = []
    for (index, order) in [
      ["subject", "time", "channel"], ["subject", "channel", "time"], ["time", "channel", "subject"],
      ["channel", "subject", "time"], ["time", "subject", "channel"], ["channel", "time", "subject"],
    ].enumerated() {
      let file = try write("\(index).h5", order)
      let batch = eeg([file]) {
        $0.array.axes = order.joined(separator: ",")
        $0.array.rateHz = 10
        $0.units = "au"
        $0.stimulus = "s"
      }
      #expect(batch.errors.isEmpty, "\(batch.errors)")
      hashes.append(batch.recordings.map(\.contentSHA256))
      let array = try #require(batch.recordings.last).array.load()
      #expect(array.values[7 * channels + 2] == wave(7, 2, 2))
    }
    #expect(hashes.allSatisfy { $0 == hashes[0] } && hashes[0].count == 3)
  }

  @Test func fileNamesAndPathsAreTemplatesAndCodesAreRenamed() throws {
    let scratch = try Scratch()
    for (subject, session) in [("01", "a"), ("01", "b"), ("02", "a")] {
      try scratch.hdf5("s\(subject)_\(session).h5") { writer in
        for stimulus in 1...2 {
          let seed = (Int(subject) ?? 0) * 10 + stimulus * 3 + (session == "a" ? 0 : 50)
          let values = (0..<60).flatMap { t in (0..<3).map { wave(t, $0, seed) } }
          try writer.dataset("djc_eeg\(stimulus)", values, shape: [60, 3])
        }
      }
    }
    let table = try scratch.write("films.csv", "code,name\n1,lost in thailand\n2,world heritage\n")
    let batch = eeg([scratch.path("s{subject}_{session}.h5")]) {
      $0.array.data = "*_eeg{stimulus}"
      $0.array.axes = "time,channel"
      $0.array.rateHz = 200
      $0.array.labels = ["Fz,Cz,Pz"]
      $0.array.rename = ["stimulus=\(table)"]
      $0.units = "au"
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.recordings.count == 6)
    #expect(batch.recordings[0].subject == "01" && batch.recordings[0].session == "a")
    #expect(batch.recordings.map { $0.presentations[0].stimulus }.prefix(2) == ["lost in thailand", "world heritage"])
    #expect(batch.recordings.allSatisfy { $0.name == "eeg" && $0.run == $0.presentations[0].stimulus })
    #expect(batch.sources.count == 4)
    let short = try scratch.write("short.csv", "code,name\n1,lost in thailand\n")
    let refused = eeg([scratch.path("s{subject}_{session}.h5")]) {
      $0.array.data = "*_eeg{stimulus}"
      $0.array.axes = "time,channel"
      $0.array.rateHz = 200
      $0.array.rename = ["stimulus=\(short)"]
      $0.units = "au"
    }
    expectError(refused, .renameIncomplete, naming: "stimulus 2")
  }

  @Test func channelsInDatasetsOfTheirOwnAreJoined() throws {
    let scratch = try Scratch()
    let file = try scratch.hdf5("sub-07.h5") { writer in
      for (index, name) in ["Cz", "Fz"].enumerated() {
        try writer.dataset("eeg/\(name)", (0..<50).map { wave($0, index) }, shape: [50])
      }
    }
    let batch = eeg([file]) {
      $0.array.data = "eeg/{channel}"
      $0.array.rateHz = 100
      $0.units = "au"
      $0.stimulus = "s"
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let record = try #require(batch.recordings.first)
    #expect(record.labels == ["Cz", "Fz"] && record.subject == "sub-07")
    #expect(try record.array.load().values[2 * 31 + 1] == wave(31, 1))
  }

  @Test func sessionsAndTrialsAreRecordingsOfTheirOwn() throws {
    let scratch = try Scratch()
    let values = (0..<2).flatMap { e in
      (0..<3).flatMap { t in (0..<30).flatMap { s in (0..<2).map { wave(s, $0, e * 3 + t) } } }
    }
    let file = try scratch.hdf5("a.h5") { try $0.dataset("x", values, shape: [2, 3, 30, 2]) }
    let batch = eeg([file]) {
      $0.array.axes = "session,trial,time,channel"
      $0.array.rateHz = 30
      $0.array.labels = ["session=pre,post", "channel=L,R"]
      $0.units = "au"
      $0.subject = "p1"
      $0.stimulus = "s"
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.recordings.count == 6)
    let last = try #require(batch.recordings.last)
    #expect(last.session == "post" && last.run == "trial-03" && last.presentations[0].repetition == 3)
    #expect(try last.array.load().values[2 * 4] == wave(4, 0, 5))
  }

  @Test func theCropAndTheOnsetShareTheFilesClock() throws {
    let scratch = try Scratch()
    let file = try scratch.hdf5("a.h5") {
      try $0.dataset("x", (0..<100).flatMap { t in (0..<2).map { wave(t, $0) } }, shape: [100, 2])
    }
    let batch = eeg([file]) {
      $0.array.axes = "time,channel"
      $0.array.rateHz = 10
      $0.units = "au"
      $0.stimulus = "s"
      $0.crop = "2:5"
      $0.onsetS = 2.5
    }
    let record = try #require(batch.recordings.first)
    #expect(record.sampleCount == 30 && record.presentations[0].onsetS == 0.5)
    let array = try record.array.load()
    #expect(array.values[0] == wave(20, 0) && array.axes[0].numbers?.first == 0)
    let outside = eeg([file]) {
      $0.array.axes = "time,channel"
      $0.array.rateHz = 10
      $0.units = "au"
      $0.crop = "2:11"
    }
    expectError(outside, .cropOutside, naming: "a.h5")
  }
}
