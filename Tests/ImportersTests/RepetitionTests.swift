import Diagnostics
import EEG
import FMRI
import Foundation
import Importing
import RecordingImport
import Testing

/// Several recordings of one subject that show one stimulus.
@Suite(.serialized) struct RepetitionTests {
  private func fmri(
    _ files: [String], _ known: KnownNames = KnownNames(), _ set: (inout RecordingOptions) -> Void = { _ in }
  ) -> ImportBatch {
    var options = FMRIOptions.unset
    options.recording.array.trS = 1
    options.recording.units = "au"
    options.recording.onsetS = 0
    options.recording.stimulus = "film"
    options.recording.name = "bold"
    set(&options.recording)
    return importFMRI(files: files, options: options, common: common, known: known)
  }

  private func bold(_ scratch: Scratch, _ name: String, volumes: Int = 30, seed: Int) throws {
    let rows = (0..<volumes).map { "\(wave($0, 0, seed)),\(wave($0, 1, seed))" }
    try scratch.write(name, "L,R\n" + rows.joined(separator: "\n") + "\n")
  }

  private func numbers(_ batch: ImportBatch) -> [String: Int] {
    Dictionary(
      batch.recordings.map { ("\($0.subject) \($0.run ?? "-")", $0.presentations[0].repetition) },
      uniquingKeysWith: { first, _ in first })
  }

  @Test func theSameSecondsInAnotherFileAreToldInOneLineWithCounts() throws {
    let scratch = try Scratch()
    for subject in 1...3 {
      for run in [10, 2, 1] { try bold(scratch, "s\(subject)_r\(run).csv", seed: 10 * subject + run) }
    }
    let batch = fmri([scratch.path("{subject}_r{run}.csv")])
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    for subject in ["s1", "s2", "s3"] {
      #expect(["1", "2", "10"].map { numbers(batch)["\(subject) \($0)"] } == [1, 2, 3])
    }
    let told = batch.found(.shownAgain)
    #expect(told.count == 1 && told[0].severity == .warning)
    #expect(told[0].object == "subject s1, run 2 and 5 more recordings" && told[0].reason.contains("6 showings to 3"))
    #expect(told[0].remedy.contains("--repetition"))
  }

  @Test func whatIsSaidCountsAndIsNotTold() throws {
    let scratch = try Scratch()
    for run in 1...3 { try bold(scratch, "s_r\(run)_n\(4 - run).csv", seed: run) }
    let batch = fmri([scratch.path("{subject}_r{run}_n{repetition}.csv")])
    #expect(batch.errors.isEmpty && batch.found(.shownAgain).isEmpty, "\(batch.errors)")
    #expect(["1", "2", "3"].map { numbers(batch)["s \($0)"] } == [3, 2, 1])
    let second = fmri([scratch.path("s_r1_n3.csv")]) {
      $0.subject = "s"
      $0.run = "9"
      $0.repetition = 2
    }
    #expect(numbers(second) == ["s 9": 2])
    expectError(
      fmri([scratch.path("{subject}_r{run}_n{repetition}.csv")]) { $0.repetition = 2 }, .optionMalformed,
      naming: "{repetition}", "--repetition")
    expectError(fmri([scratch.path("s_r1_n3.csv")]) { $0.repetition = 0 }, .optionMalformed, naming: "--repetition")
    expectError(
      fmri([scratch.path("{subject}_{repetition}_n*.csv")]) { _ in }, .optionMalformed, naming: "\"r1\"", "--rename")
  }

  @Test func otherSecondsAreParts() throws {
    let scratch = try Scratch()
    for run in 1...2 { try bold(scratch, "s_r\(run).csv", seed: run) }
    let first = fmri([scratch.path("s_r1.csv")]) {
      $0.subject = "s"
      $0.run = "1"
    }
    #expect(first.errors.isEmpty, "\(first.errors)")
    let showing = KnownShowing(
      modality: "fmri", signal: "bold", subject: "s", session: nil, run: "1", stimulus: "film", startS: 0, durationS: 30
    )
    var known = KnownNames(withoutMedia: ["film"])
    known.showings = [showing]
    // An earlier import showed the same seconds; a part of its own is none of them.
    let again = fmri([scratch.path("s_r2.csv")], known) {
      $0.subject = "s"
      $0.run = "2"
    }
    #expect(numbers(again) == ["s 2": 2] && again.found(.shownAgain).count == 1)
    for start in [30.0, 29.8] {
      let part = fmri([scratch.path("s_r2.csv")], known) {
        $0.subject = "s"
        $0.run = "2"
        $0.stimulusStartS = start
      }
      #expect(numbers(part) == ["s 2": 1] && part.found(.shownAgain).isEmpty)
    }
    // Another person, another signal, another stimulus are no repetition; the very recording is not its own.
    for change: (inout RecordingOptions) -> Void in [
      { $0.subject = "t" }, { $0.name = "hbo" }, { $0.stimulus = "other" },
    ] {
      let other = fmri([scratch.path("s_r2.csv")], known) {
        $0.subject = "s"
        $0.run = "2"
        change(&$0)
      }
      #expect(other.recordings.map { $0.presentations[0].repetition } == [1] && other.found(.shownAgain).isEmpty)
    }
    let same = fmri([scratch.path("s_r1.csv")], known) {
      $0.subject = "s"
      $0.run = "1"
    }
    #expect(numbers(same) == ["s 1": 1])
  }

  @Test func trialsOfOneArrayAreRepetitionsWithoutAWord() throws {
    let scratch = try Scratch()
    let values = (0..<3).flatMap { trial in (0..<40).map { wave($0, trial, trial) } }
    for run in 1...2 {
      try scratch.hdf5("s_\(run).h5") {
        try $0.dataset("eeg", values.map { $0 * Float(run) * 1e-5 }, shape: [3, 40])
      }
    }
    var options = RecordingOptions.unset
    options.array.axes = "trial,time"
    options.array.rateHz = 20
    options.units = "V"
    options.stimulus = "film"
    options.onsetS = 0
    options.subject = "s"
    let one = importEEG(files: [scratch.path("s_1.h5")], options: options, common: common)
    #expect(one.errors.isEmpty, "\(one.errors)")
    #expect(one.recordings.map { $0.presentations[0].repetition } == [1, 2, 3] && one.found(.shownAgain).isEmpty)
    options.subject = nil
    let two = importEEG(files: [scratch.path("{subject}_{run}.h5")], options: options, common: common)
    #expect(two.recordings.map { $0.presentations[0].repetition } == [1, 2, 3, 4, 5, 6], "\(two.errors)")
    #expect(two.found(.shownAgain).count == 1 && two.found(.shownAgain)[0].reason.contains("3 showings to 1 subject"))
    options.repetition = 5
    let said = importEEG(files: [scratch.path("{subject}_{run}.h5")], options: options, common: common)
    #expect(
      said.recordings.map { $0.presentations[0].repetition } == [5, 6, 7, 5, 6, 7] && said.found(.shownAgain).isEmpty)
  }
}
