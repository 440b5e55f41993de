import Diagnostics
import EEG
import FMRI
import Foundation
import Importing
import RecordingImport
import Testing

/// Two minutes of EEG and a table of events that name their stimulus.
private func showings(
  _ rows: [[String]], columns: [String] = ["onset", "duration", "stimulus"], lasting durations: [String: Double] = [:],
  _ change: (inout RecordingOptions) -> Void = { _ in }
) throws -> ImportBatch {
  let folder = try BIDSFolder()
  try folder.waves("rec.edf", channels: ["Fp1", "Cz"], seconds: 120)
  try folder.table("events.tsv", [columns] + rows)
  var options = RecordingOptions.unset
  options.events = folder.path("events.tsv")
  change(&options)
  return importEEG(
    files: [folder.path("rec.edf")], options: options, common: common, known: KnownNames(durations: durations))
}

@Suite(.serialized) struct PartTests {
  @Test(arguments: [["10", "20", "15"], ["1.5", "30", "7"], ["40", "20", "30"]])
  func rowsThatFollowEachOtherArePartsOfTheirFilm(_ lengths: [String]) throws {
    var onset = 4.0
    var rows: [[String]] = []
    var starts: [Double] = []
    for length in lengths {
      rows.append(["\(onset)", length, "film"])
      starts.append(onset - 4)
      onset += Double(length) ?? 0
    }
    for durations in [[:], ["film": onset - 4]] {
      let batch = try showings(rows, lasting: durations)
      #expect(batch.errors.isEmpty, "\(batch.errors)")
      let shown = try #require(batch.recordings.first).presentations
      #expect(shown.map(\.stimulusStartS) == starts && shown.map(\.repetition) == [1, 1, 1])
      #expect(batch.found(.showingsAreParts).count == 1)
    }
  }

  @Test func theWholeAgainIsARepetitionAndWhatFitsBothIsAskedAbout() throws {
    let twice = [["4", "20", "film"], ["40", "20", "film"]]
    for durations in [[:], ["film": 20.0]] {
      let batch = try showings(twice, lasting: durations)
      #expect(batch.errors.isEmpty, "\(batch.errors)")
      #expect(batch.recordings.first?.presentations.map(\.repetition) == [1, 2])
      #expect(batch.recordings.first?.presentations.map(\.stimulusStartS) == [0, 0])
      #expect(batch.found(.shownAgain).isEmpty)
    }
    // Nobody told how long the film is: two halves with a break between them look the same as two showings.
    let long = [["4", "40", "film"], ["60", "40", "film"]]
    #expect(try showings(long).found(.shownAgain).map(\.severity) == [.warning])
    #expect(try showings(long, lasting: ["film": 40]).found(.shownAgain).isEmpty)
    let halves = try showings(long, lasting: ["film": 80])
    #expect(halves.found(.shownAgain).isEmpty)
    #expect(halves.recordings.first?.presentations.map(\.stimulusStartS) == [0, 40])
    let unclear = [["4", "20", "film"], ["24", "20", "film"]]
    expectError(try showings(unclear), .showingsAmbiguous, naming: "stimulus_start_s", "40 s")
    expectError(try showings([["4", "20", "film"], ["50", "31", "film"]]), .showingsAmbiguous, naming: "51 s")
    // Media, or a column, settle it.
    let parts = try showings(unclear, lasting: ["film": 40])
    #expect(parts.recordings.first?.presentations.map(\.stimulusStartS) == [0, 20])
    let columns = ["onset", "duration", "stimulus", "stimulus_start_s"]
    let said = try showings([["4", "20", "film", "0"], ["24", "20", "film", "60"]], columns: columns)
    #expect(said.recordings.first?.presentations.map(\.stimulusStartS) == [0, 60])
    #expect(said.recordings.first?.presentations.map(\.repetition) == [1, 1])
    // The film is known to last longer than each of them: what goes on in another row does not end early.
    for rows in [
      [["4", "20", "film", "0"], ["60", "20", "film", "20"]], [["4", "20", "film", "20"], ["60", "20", "film", "0"]],
    ] {
      let whole = try showings(rows, columns: columns, lasting: ["film": 40])
      #expect(whole.errors.isEmpty, "\(whole.errors)")
      #expect(whole.recordings.first?.presentations.map(\.isPart).count { $0 } == 1)
      #expect(whole.recordings.first?.presentations.map(\.durationS) == [20, 20])
    }
    expectError(
      try showings([["4", "20", "film", "0"], ["60", "20", "film", "20"]], columns: columns, lasting: ["film": 60]),
      .showingTooShort, naming: "20 s")
    let again = try showings([["4", "20", "film", "0"], ["24", "20", "film", "0"]], columns: columns)
    #expect(again.recordings.first?.presentations.map(\.repetition) == [1, 2])
    expectError(
      try showings([["4", "20", "film", "-1"], ["24", "20", "film", "0"]], columns: columns), .eventColumns,
      naming: "-1")
  }

  @Test func theRateOfAFileYieldsToAnOptionOnlyWhereThatIsSaid() throws {
    let rows = [["4", "20", "film"]]
    expectError(try showings(rows) { $0.array.rateHz = 21 }, .optionMalformed, naming: "--trust option")
    let option = try showings(rows) {
      $0.array.rateHz = 21
      $0.trust = .option
    }
    #expect(option.errors.isEmpty && option.recordings.first?.rateHz == 21)
    let said = try #require(option.recordings.first).clock.statements.filter { $0.statement == "rate" }
    #expect(said.map(\.source) == [.header, .option] && said.map(\.overruledBy) == [.option, nil])
    #expect(option.found(.clocksDisagree).map(\.severity) == [.warning])
    let header = try showings(rows) {
      $0.array.rateHz = 21
      $0.trust = .header
    }
    #expect(header.recordings.first?.rateHz == 20)
    expectError(try showings(rows) { $0.trust = .events }, .optionMalformed, naming: "--trust")
  }

  @Test func aPauseIsSaid() throws {
    let folder = try BIDSFolder()
    try folder.brainVision("rec", channels: ["Fp1", "Cz"], seconds: 40, markers: [("S  1", 100)])
    let path = folder.path("rec.vmrk")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try text.replacing("Mk1=", with: "Mk1=New Segment,,1,1,0\nMk7=New Segment,,401,1,0\nMk9=")
      .write(toFile: path, atomically: true, encoding: .utf8)
    let batch = importEEG(files: [folder.path("rec.vhdr")], options: .unset, common: common)
    let record = try #require(batch.recordings.first)
    // All markers, whatever numbers were taken out between them.
    #expect(record.events.map(\.onsetS).sorted() == [0, 5, 20])
    #expect(batch.found(.recordingPaused).first?.reason.contains("20 s") == true)
    #expect(record.clock.statements.filter { $0.statement == "start of a segment" }.map(\.value).sorted() == [0, 20])
  }

  @Test(arguments: ["Unnamed: 0", "", "TR", "volume", "index", "sec"])
  func columnsThatCountAreNoRegions(_ name: String) throws {
    let scratch = try Scratch()
    for (first, step) in [(0.0, 1.0), (1, 1), (0, 2), (0, 0.72)] {
      for place in [0, 2] {
        var header = ["Aud", "Vis"]
        header.insert(name, at: place)
        var text = header.joined(separator: ",") + "\n"
        for row in 0..<30 {
          var cells = ["\(wave(row, 0))", "\(wave(row, 1))"]
          cells.insert("\(first + Double(row) * step)", at: place)
          text += cells.joined(separator: ",") + "\n"
        }
        var options = FMRIOptions.unset
        options.recording.array.trS = 2
        let batch = importFMRI(
          files: [try scratch.write("t.csv", text)], options: options, common: common)
        #expect(batch.errors.isEmpty, "\(batch.errors)")
        #expect(batch.recordings.first?.labels == ["Aud", "Vis"], "\(header) \(first) \(step)")
        #expect(batch.recordings.first?.rateHz == 0.5)
      }
    }
  }

  @Test func aTimeColumnThatNoScannerHasIsRefused() throws {
    let scratch = try Scratch()
    let rows = (0..<20).map { "\($0 * 2000),\(wave($0, 0))\n" }.joined()
    var options = FMRIOptions.unset
    let file = try scratch.write("t.csv", "time,A\n" + rows)
    expectError(importFMRI(files: [file], options: options, common: common), .repetitionTime, naming: "2000")
    options.recording.array.trS = 2
    options.recording.trust = .option
    #expect(importFMRI(files: [file], options: options, common: common).recordings.first?.rateHz == 0.5)
  }
}
