import Annotations
import BIDS
import Diagnostics
import EEG
import Foundation
import HDF5File
import Importing
import RecordingImport
import Testing

/// What sources say about time stands in the ledger, and what contradicts is found.
@Suite(.serialized) struct ClockLedgerTests {
  private func said(_ clock: ClockLedger, _ statement: String) -> [ClockStatement] {
    clock.statements.filter { $0.statement == statement }
  }

  private func annotations(
    _ name: String, _ text: String, lasting seconds: Double? = nil, rateHz: Double? = nil
  ) throws -> ImportBatch {
    let scratch = try Scratch()
    var options = AnnotationOptions.unset
    options.table.stimulus = "film"
    options.rateHz = rateHz
    let known = KnownNames(durations: seconds.map { ["film": $0] } ?? [:])
    return importAnnotations(files: [try scratch.write(name, text)], options: options, common: common, known: known)
  }

  private func elan(unit: String = "milliseconds", origin: Int? = nil, factor: Int = 1) -> String {
    let media = origin.map { "<MEDIA_DESCRIPTOR MEDIA_URL=\"film.mp4\" TIME_ORIGIN=\"\($0)\"/>" } ?? "<!-- none -->"
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <ANNOTATION_DOCUMENT FORMAT="3.0"><HEADER TIME_UNITS="\(unit)">\(media)</HEADER>
      <TIME_ORDER><TIME_SLOT TIME_SLOT_ID="a" TIME_VALUE="\(1_000 * factor)"/>
      <TIME_SLOT TIME_SLOT_ID="b" TIME_VALUE="\(4_000 * factor)"/></TIME_ORDER>
      <TIER LINGUISTIC_TYPE_REF="d" TIER_ID="mood"><ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="x"
      TIME_SLOT_REF1="a" TIME_SLOT_REF2="b"><ANNOTATION_VALUE>calm</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
      </TIER><LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="d"/></ANNOTATION_DOCUMENT>
      """
  }

  private static func textGrid(_ endS: Double, _ lastS: Double) -> String {
    "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\n0\n\(endS)\n<exists>\n1\n\"IntervalTier\"\n\"mood\"\n"
      + "0\n\(endS)\n1\n0\n\(lastS)\n\"calm\"\n"
  }

  @Test(arguments: [nil, 0, 500, 12_000]) func tiersOfELANSayTheirUnitAndOrigin(_ origin: Int?) throws {
    let batch = try annotations("t.eaf", elan(origin: origin), rateHz: 2)
    let clock = try #require(batch.annotations.first, "\(batch.errors)").clock
    #expect(said(clock, "unit of time").map(\.value) == [1e-3])
    #expect(said(clock, "time origin").map(\.value) == (origin.map { [Double($0) / 1_000] } ?? []))
    let shift = origin.map { Double($0) / 1_000 } ?? 0
    #expect(said(clock, "first stamp").map(\.value) == [1 + shift])
    #expect(said(clock, "last stamp").map(\.value) == [4 + shift])
    let rate = said(clock, "rate")
    #expect(rate.map(\.value) == [2] && rate.map(\.source) == [.option])
    #expect(clock.statements.allSatisfy { $0.overruledBy == nil && $0.finding == nil })
    expectError(try annotations("t.eaf", elan(unit: "frames")), .tierFile, naming: "frames")
  }

  @Test(arguments: [(20.0, 20.0, false), (20, 20.3, false), (20, 12, true), (12, 20, true)])
  func theEndOfATextGridIsWeighedAgainstTheMedia(_ endS: Double, _ mediaS: Double, _ isFound: Bool) throws {
    let batch = try annotations("t.TextGrid", Self.textGrid(endS, min(endS, mediaS)), lasting: mediaS)
    let clock = try #require(batch.annotations.first, "\(batch.errors)").clock
    let ends = said(clock, "end")
    #expect(ends.map(\.source) == [.container, .header] && ends.map(\.value) == [mediaS, endS])
    #expect(ends.map(\.overruledBy) == [nil, isFound ? .container : nil])
    #expect(ends.map(\.finding) == [nil, isFound ? .clocksDisagree : nil])
    #expect(batch.found(.clocksDisagree).map(\.severity) == (isFound ? [.warning] : []))
    #expect(said(clock, "start of the tiers").map(\.value) == [0])
    #expect(said(clock, "rate").map(\.source) == [.assumed])
  }

  @Test func tablesOfELANAndLIRISSayTheirs() throws {
    let table = "Begin Time - msec\tEnd Time - msec\tmood\n1000\t4000\tcalm\n"
    let exported = try #require(try annotations("t.txt", table).annotations.first).clock
    #expect(said(exported, "unit of time").map(\.value) == [1e-3] && said(exported, "last stamp").map(\.value) == [4])
    let fear = try #require(try annotations("film_Fear.txt", "1 3\n5 6\n").annotations.first).clock
    #expect(said(fear, "first stamp").map(\.value) == [1] && said(fear, "last stamp").map(\.value) == [6])
    let arousal = try annotations("film_Arousal.txt", "Time Mean Std\n0 0.1 0\n1 0.2 0\n2 0.3 0\n")
    #expect(said(try #require(arousal.annotations.first).clock, "rate").map(\.value) == [1])
    let scratch = try Scratch()
    let ranking = try scratch.write(
      "ACCEDEranking.txt", "id\tname\tvalenceValue\tarousalValue\n0\tA.mp4\t2.5\t1.5\n1\tB.mp4\t\t\n")
    let clips = importAnnotations(
      files: [ranking], options: .unset, common: common, known: KnownNames(durations: ["A": 9.5]))
    let clock = try #require(clips.annotations.first, "\(clips.errors)").clock
    #expect(said(clock, "end").map(\.value) == [9.5] && said(clock, "rate").map(\.source) == [.assumed])
  }

  /// A file of Neurodata Without Borders with 100 samples of two channels.
  private func nwb(
    starting: (Double, Double)?, stamps: [Double]?, trust: ClockSource? = nil
  ) throws -> ImportBatch {
    let scratch = try Scratch()
    let path = try scratch.hdf5("r.nwb") { file in
      try file.attribute("nwb_version", "2.6.0")
      try file.group("/acquisition")
      try file.group("/acquisition/film")
      try file.attribute("neurodata_type", "ElectricalSeries", on: "/acquisition/film")
      try file.dataset("/acquisition/film/data", (0..<200).map { 1e-5 * wave($0 / 2, $0 % 2) }, shape: [100, 2])
      try file.attribute("unit", "volts", on: "/acquisition/film/data")
      if let starting {
        try file.dataset("/acquisition/film/starting_time", [starting.0], shape: [1])
        try file.attribute("rate", starting.1, on: "/acquisition/film/starting_time")
      }
      if let stamps { try file.dataset("/acquisition/film/timestamps", stamps, shape: [stamps.count]) }
    }
    return importOne(path) { $0.trust = trust }
  }

  @Test func startingTimeAndTimestampsOfNWBAreWeighed() throws {
    func stamps(_ first: Double, _ rate: Double) -> [Double] { (0..<100).map { first + Double($0) / rate } }
    let plain = try nwb(starting: (0, 100), stamps: nil)
    #expect(plain.found(.clockOffset).isEmpty && plain.recordings.first?.rateHz == 100, "\(plain.errors)")
    let late = try nwb(starting: (12.5, 100), stamps: nil)
    let clock = try #require(late.recordings.first).clock
    #expect(said(clock, "starting time").map(\.value) == [12.5])
    #expect(said(clock, "starting time").map(\.overruledBy) == [.assumed])
    #expect(late.found(.clockOffset).map(\.severity) == [.note])
    let both = try nwb(starting: (3, 100), stamps: stamps(3, 100))
    let rates = said(try #require(both.recordings.first, "\(both.errors)").clock, "rate of stamps")
    #expect(rates.map(\.value) == [100] && rates.map(\.overruledBy) == [nil])
    // Where they begin does not count, and is told.
    let apart = try nwb(starting: (3, 100), stamps: stamps(5, 100))
    #expect(apart.errors.isEmpty && apart.found(.clocksDisagree).map(\.severity) == [.warning], "\(apart.errors)")
    let first = said(try #require(apart.recordings.first).clock, "first stamp")
    #expect(first.map(\.value) == [5] && first.map(\.finding) == [.clocksDisagree])
    #expect(both.found(.clocksDisagree).isEmpty)
    for wrong in [stamps(3, 90), stamps(3, 100).enumerated().map { $0 > 50 ? $1 + 7 : $1 }] {
      expectError(try nwb(starting: (3, 100), stamps: wrong), .clocksDisagree, naming: "100", "--trust header")
      let trusted = try nwb(starting: (3, 100), stamps: wrong, trust: .header)
      #expect(trusted.errors.isEmpty && trusted.recordings.first?.rateHz == 100, "\(trusted.errors)")
      #expect(trusted.found(.clocksDisagree).map(\.severity) == [.warning])
    }
    expectError(try nwb(starting: (3, 100), stamps: stamps(3, 100).dropLast()), .eegHeader, naming: "99 timestamps")
  }

  @Test func segmentsOfEDFAreStatements() throws {
    let batch = importOne(recordings("gaps.edf"))
    let reason = try #require(batch.found(.eegDiscontinuous).first).reason
    let first = try #require(reason.firstMatch(of: /([0-9.]+):([0-9.]+)/))
    let crop = "\(first.1):\(first.2)"
    let cropped = importOne(recordings("gaps.edf")) { $0.crop = crop }
    let clock = try #require(cropped.recordings.first, "\(cropped.errors)").clock
    let (starts, ends) = (said(clock, "start of a segment"), said(clock, "end of a segment"))
    #expect(starts.count == ends.count && starts.count > 1)
    #expect(starts.filter { $0.overruledBy == nil }.count == 1)
    #expect(starts.allSatisfy { $0.source == .header } && starts.contains { $0.overruledBy == .option })
    #expect(said(clock, "length of a record").count == 1)
    let whole = try #require(importOne(recordings("plain.edf")).recordings.first)
    let lengths = said(whole.clock, "length")
    #expect(lengths.map(\.source) == [.container, .header] && Set(lengths.map(\.value)).count == 1)
  }

  private func eegFolder(_ members: String, seconds: Int = 40) throws -> BIDSFolder {
    let folder = try BIDSFolder()
    try folder.waves("sub-01/eeg/sub-01_task-film_eeg.edf", channels: ["Fp1", "Cz"], seconds: seconds)
    try folder.text("sub-01/eeg/sub-01_task-film_eeg.json", "{\(members)}")
    return folder
  }

  private func bids(_ folder: BIDSFolder, allowShort: Bool = false) -> ImportBatch {
    var options = BIDSOptions.unset
    options.allowShort = allowShort
    return importBIDS(
      folder: folder.root, options: options, readers: BIDSReaders(eeg: RecordingFormat.recogniser()), common: common)
  }

  @Test(arguments: [(40.0, 0), (39.2, 0), (41, 0), (80, 2), (41.2, 2), (30, 1), (0.5, 1)])
  func theDurationThatJSONSaysIsWeighedAgainstTheFile(_ declared: Double, _ severity: Int) throws {
    let batch = bids(try eegFolder("\"RecordingDuration\": \(declared)"))
    let found = batch.found(.recordingLengthDiffers)
    #expect(found.map(\.severity) == [[], [.warning], [.error]][severity], "\(batch.diagnostics)")
    let accepted = bids(try eegFolder("\"RecordingDuration\": \(declared)"), allowShort: true)
    #expect(accepted.errors.isEmpty, "\(accepted.errors)")
    let lengths = said(try #require(accepted.recordings.first).clock, "length").filter { $0.source != .header }
    #expect(lengths.map(\.source) == [.container, .json] && lengths.map(\.value) == [40, declared])
    #expect(lengths.last?.overruledBy == (severity == 0 ? nil : .container))
    #expect(lengths.last?.finding == (severity == 0 ? nil : .clocksDisagree))
  }

  @Test func aRepetitionTimeOfJSONStandsOnce() throws {
    var clock = ClockLedger()
    clock.state("repetition time", 2, "s", by: .option, of: "--tr-s")
    clock.state("repetition time", 2, "s", by: .json, of: "the JSON file")
    clock.state("repetition time", 3, "s", by: .header, of: "the header", overruledBy: .option)
    clock.state("rate", 1, "Hz", by: .option, of: "--rate-hz")
    clock.rename(.option, to: .json, object: "its JSON")
    #expect(clock.statements.map(\.source) == [.json, .header, .json])
    #expect(clock.statements.map(\.value) == [2, 3, 1] && clock.statements[1].overruledBy == .json)
  }

  /// An importer that passes on by an option what a JSON file says speaks of the JSON file.
  @Test func aDisagreementNamesWhoDisagrees() throws {
    let said = [(ClockSource.option, "--tr-s", 1.9), (.header, "the header", 2)].map {
      ClockStatement(source: $0, object: $1, statement: "repetition time", value: $2, unit: "s")
    }
    var clock = ClockLedger()
    let found = try #require(clock.settle(said, trust: .option, within: 1e-3)?.disagreement)
    let told = found.renamed(.option, to: .json, object: "its JSON").diagnostic("bold.nii")
    #expect(told.reason == "its JSON says 1.9 s, the header 2.0 s")
    #expect(told.remedy == "json counts; --trust header decides otherwise")
    #expect(found.diagnostic("bold.nii").reason.hasPrefix("--tr-s says"))
  }
}
