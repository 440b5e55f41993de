import Annotations
import Diagnostics
import Foundation
import Importing
import Testing

@Suite struct AnnotationImportTests {
  private func run(
    _ files: [String], _ known: KnownNames = KnownNames(), _ set: (inout AnnotationOptions) -> Void = { _ in }
  )
    -> ImportBatch
  {
    var options = AnnotationOptions.unset
    set(&options)
    return importAnnotations(files: files, options: options, common: common, known: known)
  }

  @Test func theStudyforrestTableBecomesOneSeriesPerColumnAndRun() throws {
    let file = fixtures.appendingPathComponent("affect/studyforrest_av_1hz_runs_1_6.csv").path
    let batch = run([file]) {
      $0.table.run = "run"
      $0.table.stimulus = "forrest"
      $0.table.map = ["time=t_s,arousal=arousal_sum,valence=valence_pos_sum"]
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.annotations.count == 12)
    let third = try #require(batch.annotations.first { $0.run == "3" && $0.name == "arousal" })
    #expect(third.stimulus == "forrest" && third.rateHz == 1 && third.missingCount == 0 && third.scaleIsObserved)
    let array = try third.array.load()
    #expect(array.axes.map(\.name) == ["time"] && array.values.count == third.sampleCount)
    #expect(array.axes[0].numbers?.first == third.firstS)
    #expect(array.values.max() == Float(third.scale.upperBound))
    #expect(batch.sources.map(\.path) == [file])
    #expect(batch.stimuli.map(\.name) == ["forrest"])
    #expect(batch.found(.stimulusNew).count == 1)
  }

  @Test func withoutAMapEveryNumericColumnIsASeriesAndTheRestIsNamed() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      "clip.csv", "Time,arousal,valence,comment,,gone\n0,1,2,x,1,\n0.5,3,NA,y,2,\n1.5,5,6,z,3,\n")
    let batch = run([file])
    #expect(batch.annotations.map(\.name) == ["arousal", "valence"])
    #expect(batch.annotations.map(\.stimulus) == ["clip", "clip"])
    #expect(batch.annotations[0].rateHz == nil && batch.annotations[0].lastS == 1.5)
    #expect(batch.annotations[1].missingCount == 1 && batch.annotations[1].scale == 2...6)
    #expect(try batch.annotations[1].array.load().values[1].isNaN)
    #expect(
      Set(batch.found(.columnNotRead).map(\.object)) == [
        "\(file) column comment", "\(file) column 5", "\(file) column gone",
      ])
    #expect(!batch.hasErrors)
  }

  @Test func ratingsWhoseFirstRowComesLaterBeginWhereTheSliderStands() throws {
    let scratch = try Scratch()
    let later = try scratch.write("song.csv", "Sec,joy\n1,0.2\n2,0.5\n")
    let batch = run([later]) { $0.initial = 0.1 }
    let array = try #require(batch.annotations.first).array.load()
    #expect(array.axes[0].numbers == [0, 1, 2] && array.values == [0.1, 0.2, 0.5])
    #expect(batch.annotations.first?.rateHz == 1 && batch.annotations.first?.scale == 0.1...0.5)
    let atZero = try scratch.write("zero.csv", "Sec,joy\n0,0.2\n1,0.5\n")
    #expect(run([atZero]) { $0.initial = 0.1 }.errors.map(\.object) == ["--initial"])
    #expect(run([later]) { ($0.initial, $0.scale) = (-0.1, "0:1") }.hasErrors)
  }

  @Test func aNumberThatStandsForAMissingValueIsPointedOutAndNamed() throws {
    let scratch = try Scratch()
    let file = try scratch.write("clip.csv", "time,joy,fear\n0,-999,1\n1,0.5,0\n2,-999,1\n3,-0.5,0\n")
    let taken = run([file])
    let finding = try #require(taken.found(.valueLikeCode).first)
    #expect(taken.found(.valueLikeCode).count == 1 && !taken.hasErrors)
    #expect(finding.object == "\(file) column joy" && finding.reason.hasPrefix("-999 stands in 2 of its 4 rows"))
    #expect(finding.remedy.contains("--missing -999"))
    let named = run([file]) { $0.table.missing = [-999] }
    #expect(named.found(.valueLikeCode).isEmpty && named.found(.tableOutOfScale).isEmpty)
    #expect(named.annotations[0].missingCount == 2 && named.annotations[0].scale == -0.5...0.5)
    #expect(run([file]) { ($0.table.missing, $0.scale) = ([-999], "-1:1") }.errors.isEmpty)
    expectError(run([file]) { $0.scale = "-1:1" }, .tableOutOfScale, naming: "--missing -999")
    let scaled = run([file]) { $0.scale = "-999:1" }
    #expect(scaled.found(.valueLikeCode).isEmpty && !scaled.hasErrors)
    var options = AnnotationOptions.unset.table
    options.missing = [-99.9]
    #expect(options.withoutMissing([Double(Float(-99.9)), 1])[0].isNaN, "as an array of single precision has it")
  }

  @Test(arguments: [
    ([1, 2, 3, 99, 99], [99]), ([1, 2, 3, 99], [99]), ([1, 2, 3, 100], []), ([0, 100, 100, 0], []),
    ([0, 50, 100, 100], []), ([-0.5, 0.5, -888, -888, -999, -999, 99], [-999, -888, 99]),
    ([1, 9, -9, -9], [-9]), ([1, 2, 3, -8, -8], []), ([0, 10, 40, 100, 100], []),
    ([-100, -100, -20, 30], []), ([80, 90, 99, 99], []), ([1, 2, 99.5, 99.5], []), ([.nan], []),
  ])
  func codesAreOneDigitFarFromAllOthers(values: [Double], codes: [Double]) {
    #expect(MissingCode.codes(in: values) == codes)
  }

  @Test func numbersInOtherSignsAreNoTextWithoutAWord() throws {
    let scratch = try Scratch()
    let shares = run([try scratch.write("a.csv", "time,joy\n0,50%\n1,60%\n")])
    expectError(shares, .tableNoValues, naming: "without the sign %")
    let beside = run([try scratch.write("b.csv", "time,joy,fear\n0,\u{2212}1,1\n1,\u{2212}2,2\n")])
    #expect(!beside.hasErrors && beside.found(.columnNotRead).first?.severity == .warning)
  }

  @Test func longTablesAreDividedByRaterAndSubject() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      "r.tsv",
      "t_ms\trater\tsong\tarousal\n0\tanna\ts1\t0.1\n500\tanna\ts1\t0.2\n0\tben\ts1\t0.3\n500\tben\ts1\t0.4\n0\tanna\ts2\t0.5\n"
    )
    let batch = run([file]) {
      $0.rater = "rater"
      $0.table.stimulus = "song"
      $0.subject = "p01"
      $0.scale = "-1:1"
    }
    #expect(batch.errors.isEmpty)
    #expect(
      batch.annotations.map { [$0.stimulus, $0.rater, $0.subject] } == [
        ["s1", "anna", "p01"], ["s1", "ben", "p01"], ["s2", "anna", "p01"],
      ])
    #expect(batch.annotations[1].rateHz == 2 && batch.annotations[1].lastS == 0.5)
    #expect(batch.annotations[0].scale == -1...1 && !batch.annotations[0].scaleIsObserved)
    #expect(Set(batch.stimuli.map(\.name)) == ["s1", "s2"])
  }

  @Test func wideTablesHaveOneRaterPerColumn() throws {
    let scratch = try Scratch()
    let file = try scratch.write("arousal.csv", "time;r1;r2\n0;1;2\n1;3;\n")
    let all = run([file]) {
      $0.raters = "wide"
      $0.table.stimulus = "film"
    }
    #expect(all.annotations.map { [$0.name, $0.rater] } == [["arousal", "r1"], ["arousal", "r2"]])
    let named = run([file]) {
      $0.raters = "wide"
      $0.table.name = "tension"
      $0.table.map = ["time=time,anna=r2"]
    }
    #expect(named.annotations.map { [$0.name, $0.rater] } == [["tension", "anna"]])
  }

  @Test func badTablesAreRefusedWithTheObjectNamed() throws {
    let scratch = try Scratch()
    func check(_ text: String, _ code: ErrorCode, _ words: String..., set: (inout AnnotationOptions) -> Void = { _ in })
      throws
    {
      let file = try scratch.write("x.csv", text)
      let batch = run([file], KnownNames(), set)
      #expect(batch.annotations.isEmpty || batch.hasErrors)
      let found = batch.errors.filter { $0.code == code }
      let texts = found.map { "\($0.object) \($0.reason) \($0.remedy)" }
      #expect(texts.contains { text in words.allSatisfy(text.contains) }, "\(code) \(words): \(batch.diagnostics)")
    }
    try check("time,a\n0,1\n1,two\n2,3\n", .tableTextInNumbers, "line 3", "column a", "two")
    try check("time;a\n0;0,5\n1;0,7\n", .tableDecimalComma, "line 2", "--decimal comma")
    try check("time,a\n0,0,5\n1,0,7\n", .tableRagged, "line 2", "; or tabs")
    try check("time,a\n0,1\n0,2\n", .tableTimeOrder, "line 3", "line 2")
    try check("time,a\n1,1\n0,2\n", .tableTimeOrder, "line 3")
    try check("time,a\n0,1\n,2\n", .tableTimeMissing, "line 3")
    try check("time,a\nx,1\n1,2\n", .tableTextInNumbers, "line 2", "column time")
    try check("when,a\n0,1\n", .tableNoTime, "--map time=", "when")
    try check("time,t,a\n0,0,1\n", .tableNoTime, "several")
    try check("0.0,0.5\n0.5,0.7\n1.0,0.6\n", .tableNoTime, "2 numbers", "first line with")
    try check("0.0,0.5\n0.5,0.7\n1.0,0.6\n", .tableNoTime, "first line with") { $0.table.map = ["time=0.0"] }
    try check("time,text\n0,x\n", .tableNoValues, "x.csv")
    try check("time,arousal\n0,1\n", .tableNoColumn, "did you mean arousal") { $0.table.map = ["time=time,a=arousl"] }
    try check("time,arousal\n0,1\n", .tableNoColumn, "rater") { $0.rater = "who" }
    try check("time,a\n0,1\n1,12\n", .tableOutOfScale, "line 3", "1.0...9.0") { $0.scale = "1:9" }
    try check("time,a\n0,1\n1,1e39\n", .valueTooLarge, "line 3")
    try check("time,a\n0,1\n", .optionMalformed, "--scale") { $0.scale = "9:1" }
    try check("time,a\n0,1\n", .optionMalformed, "--raters") { $0.raters = "long" }
    try check("time,a\n0,1\n", .optionMalformed, "--kind") { $0.kind = "mood" }
    try check("time,a\n0,1\n", .optionMalformed, "--map") { $0.table.map = ["time"] }
    try check("time,a\n0,1\n", .optionMalformed, "--decimal") { $0.table.decimal = "dot" }
    try check("time,a\n0,1\n", .optionMalformed, "--time-unit") { $0.table.timeUnit = "min" }
    try check("time,a,b\n0,1,2\n", .optionMalformed, "--name") { $0.table.name = "x" }
    try check("time,rater,a\n0,,1\n", .tableKeyMissing, "line 2", "rater") { $0.rater = "rater" }
    expectError(run([scratch.path("absent.csv")]), .fileMissing, naming: "absent.csv")
    expectError(run([]), .optionMalformed, naming: "no file")
  }

  @Test func allFaultsOfAllFilesAreReportedAtOnce() throws {
    let scratch = try Scratch()
    let a = try scratch.write("a.csv", "time,x\n0,bad\n1,worse\n2,1\n3,1\n")
    let b = try scratch.write("b.csv", "time,x\n0,1\n0,2\n")
    let batch = run([a, b, scratch.path("c.csv")])
    #expect(batch.errors.count == 4)
    #expect(Set(batch.errors.map(\.code)) == [.tableTextInNumbers, .tableTimeOrder, .fileMissing])
  }

  @Test func timesInMillisecondsDeclaredAsSecondsAreRefusedButSlowRatingsAreNot() throws {
    let scratch = try Scratch()
    func times(_ values: [Int], _ known: KnownNames = KnownNames(), unit: String? = nil) throws -> ImportBatch {
      let file = try scratch.write("film.csv", "time,a\n" + values.map { "\($0),1\n" }.joined())
      return run([file], known) { $0.table.timeUnit = unit }
    }
    let film = KnownNames(durations: ["film": 120])
    // 2 Hz ratings of a song, as emoMusic stores them.
    expectError(
      try times(Array(stride(from: 15_000, to: 45_000, by: 500))), .tableMilliseconds, naming: "--time-unit ms")
    // 25 Hz for a minute.
    expectError(try times(Array(stride(from: 0, to: 60_000, by: 40))), .tableMilliseconds, naming: "film.csv")
    // A known length settles what the spacing cannot: 40 ms steps over 10 s.
    expectError(
      try times(Array(stride(from: 0, to: 10_000, by: 40)), film), .tableMilliseconds, naming: "film lasts 120 s")
    let declared = try scratch.write("song.csv", "t_ms,a\n0,1\n500,2\n")
    expectError(run([declared]) { $0.table.timeUnit = "s" }, .tableMilliseconds, naming: "column t_ms", "says s")
    expectError(
      try times(Array(stride(from: 0, to: 10_000, by: 40)), film, unit: "s"), .tableMilliseconds, naming: "120 s")
    expectError(
      try times(Array(stride(from: 15_000, to: 45_000, by: 500)), unit: "s"), .tableMilliseconds, naming: "media")
    // Two steps of 1 and 499 s: the upper median decides, and whole numbers that far apart need a word.
    expectError(try times([0, 1, 500]), .tableMilliseconds, naming: "--time-unit s if they are seconds")
  }

  @Test func plausibleSecondsAreNeverTakenForMilliseconds() throws {
    let scratch = try Scratch()
    func times(_ values: [Double], _ known: KnownNames = KnownNames(), unit: String? = nil) throws -> ImportBatch {
      let file = try scratch.write("film.csv", "time,a\n" + values.map { "\($0),1\n" }.joined())
      return run([file], known) { $0.table.timeUnit = unit }
    }
    let film = KnownNames(durations: ["film": 120])
    #expect(try times((0..<7200).map(Double.init)).errors.isEmpty, "1 Hz over two hours")
    #expect(try times((0..<720).map { Double($0) * 10 }).errors.isEmpty, "one rating per 10 s clip over two hours")
    #expect(try times((0..<50).map { Double($0) * 62.5 }).errors.isEmpty)
    let slow = (0..<24).map { Double($0) * 300 }
    #expect(try times(slow).hasErrors && times(slow, unit: "s").errors.isEmpty, "confirmed seconds are accepted")
    let inMS = try times([0, 500, 1000], unit: "ms")
    #expect(inMS.errors.isEmpty && inMS.annotations[0].lastS == 1)
    let long = try times((0..<130).map(Double.init), film)
    #expect(long.errors.isEmpty && long.found(.timesBeyondStimulus).count == 1)
    expectError(try times((0..<1000).map(Double.init), film), .timesBeyondStimulus, naming: "film lasts 120 s")
  }

  @Test func theSameSeriesFromTwoFilesIsRefused() throws {
    let scratch = try Scratch()
    let a = try scratch.write("a.csv", "time,x\n0,1\n")
    let b = try scratch.write("b.csv", "time,x\n0,2\n")
    expectError(run([a, b]) { $0.table.stimulus = "film" }, .seriesTwice, naming: "a.csv", "b.csv")
    #expect(run([a, b]).annotations.map(\.stimulus) == ["a", "b"])
  }

  @Test func aNewStimulusCloseToAKnownOneIsPointedOut() throws {
    let scratch = try Scratch()
    let file = try scratch.write("a.csv", "time,x\n0,1\n")
    let batch = run([file], KnownNames(durations: ["forrest": 300], withoutMedia: ["alice"])) {
      $0.table.stimulus = "forest"
    }
    #expect(batch.found(.stimulusNew).first?.remedy == "did you mean forrest?")
    #expect(run([file], KnownNames(withoutMedia: ["alice"])) { $0.table.stimulus = "alice" }.stimuli.isEmpty)
  }

  @Test func equalOptionsHaveEqualCanonicalJSONAndOthersDoNot() throws {
    let scratch = try Scratch()
    let file = try scratch.write("a.csv", "time,x\n0,1\n")
    #expect(run([file]).options == run([file]).options)
    #expect(run([file]).options != run([file]) { $0.scale = "0:1" }.options)
    #expect(run([file]).sources == run([file]) { $0.scale = "0:1" }.sources)
  }

  @Test func aSubjectSpeltAlmostLikeAKnownOneIsPointedOut() throws {
    let scratch = try Scratch()
    let file = try scratch.write("a.csv", "time,x\n0,1\n1,2\n")
    let known = KnownNames(subjects: ["sub-01", "sub-10"])
    #expect(
      run([file], known) { $0.subject = "Sub1" }.found(.subjectSpelling).first?.reason.contains("sub-01") == true)
    #expect(run([file], known) { $0.subject = "sub-02" }.found(.subjectSpelling).isEmpty)
    #expect(run([file], known) { $0.subject = "sub-10" }.found(.subjectSpelling).isEmpty)
  }
}
