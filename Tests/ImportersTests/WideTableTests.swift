import Annotations
import Diagnostics
import Importing
import Testing

/// Tables with a row per stimulus and a column per time.
@Suite struct WideTableTests {
  private func run(
    _ text: String, _ name: String = "arousal.csv", known: KnownNames = KnownNames(),
    _ set: (inout AnnotationOptions) -> Void
  ) throws -> ImportBatch {
    let scratch = try Scratch()
    var options = AnnotationOptions.unset
    set(&options)
    return importAnnotations(
      files: [try scratch.write(name, text)], options: options, common: common, known: known)
  }

  @Test func aRowPerSongBecomesASeriesPerSong() throws {
    let columns = (0..<60).map { "sample_\(15_000 + 500 * $0)ms" }
    func row(_ song: Int) -> String { "\(song)," + (0..<60).map { "0.\(song)\($0 % 7)" }.joined(separator: ",") }
    let text = "song_id,\(columns.joined(separator: ","))\n" + [2, 3, 4].map(row).joined(separator: "\n")
    let batch = try run(text) { $0.table.stimulus = "song_id" }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.annotations.map(\.stimulus) == ["2", "3", "4"])
    for record in batch.annotations {
      #expect(record.name == "arousal" && record.sampleCount == 60 && record.rateHz == 2)
      #expect(record.firstS == 15 && record.lastS == 44.5)
    }
    let array = try batch.annotations[1].array.load()
    #expect(array.values[8] == Float(0.31) && array.axes[0].numbers?[8] == 19)
  }

  @Test func songsOfDifferentLengthEndWithTheirLastValue() throws {
    let batch = try run("song_id,sample_0ms,sample_500ms,sample_1000ms,sample_1500ms\n1,.1,.2,,\n2,,.2,,.4\n") {
      $0.table.stimulus = "song_id"
      $0.table.name = "valence"
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.annotations.map(\.sampleCount) == [2, 3] && batch.annotations.map(\.missingCount) == [0, 1])
    #expect(batch.annotations.map(\.firstS) == [0, 0.5] && batch.annotations.allSatisfy { $0.name == "valence" })
  }

  @Test func secondsRatersAndMediaNames() throws {
    let batch = try run("WorkerId;song;t 0.5 s;t 1.0 s;t 1.5 s\na;x.mp3;1;2;3\nb;x.mp3;2;3;4\n", "calm.csv") {
      $0.table.stimulus = "song"
      $0.rater = "WorkerId"
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.annotations.map(\.rater) == ["a", "b"] && batch.annotations.allSatisfy { $0.stimulus == "x" })
    #expect(batch.annotations[0].firstS == 0.5 && batch.annotations[0].rateHz == 2)
  }

  /// As pandas writes a table that was turned.
  @Test(arguments: [("s", ["15.0", "15.5", "16.0"]), ("ms", ["15000", "15500", "16000"])])
  func timesWithoutAUnitAreAskedAbout(_ unit: String, _ columns: [String]) throws {
    let text = "song,\(columns.joined(separator: ","))\n2,.1,.2,.3\n3,.2,.3,.4\n"
    expectError(try run(text) { $0.table.stimulus = "song" }, .tableNoTime, naming: "--time-unit s or ms")
    let batch = try run(text) {
      $0.table.stimulus = "song"
      $0.table.timeUnit = unit
    }
    #expect(batch.errors.isEmpty && batch.annotations.map(\.stimulus) == ["2", "3"], "\(batch.errors)")
    #expect(batch.annotations.allSatisfy { $0.firstS == 15 && $0.lastS == 16 && $0.rateHz == 2 })
    // Raters may be called by numbers.
    let raters = try run("time,1,2,3\n0,1,2,3\n1,2,3,4\n") { $0.table.stimulus = "x" }
    #expect(raters.errors.isEmpty && raters.annotations.count == 3)
  }

  @Test func oneRowIsOfTheFilesStimulusAndSeveralNeedTheirKey() throws {
    let one = try run("0s,1s,2s\n1,2,3\n", "clip.csv") { $0.table.name = "mood" }
    #expect(one.annotations.map(\.stimulus) == ["clip"] && one.annotations[0].rateHz == 1)
    expectError(
      try run("id,0s,1s,2s\n1,1,2,3\n2,2,3,4\n") { _ in }, .seriesTwice, naming: "--stimulus")
  }

  @Test func numberedColumnsAreNoTimes() throws {
    let raters = try run("time,rater1,rater2,rater3\n0,1,2,3\n1,2,3,4\n") { $0.raters = "wide" }
    #expect(raters.errors.isEmpty && raters.annotations.count == 3)
    expectError(try run("song,t1,t2,t3\n1,1,2,3\n") { $0.table.stimulus = "song" }, .tableNoTime)
  }

  @Test func timesBeyondTheStimulusAreRefusedAsElsewhere() throws {
    let batch = try run("song,0s,100s,200s\nx,1,2,3\n", known: KnownNames(durations: ["x": 20])) {
      $0.table.stimulus = "song"
    }
    #expect(batch.errors.map(\.code) == [.timesBeyondStimulus])
  }
}
