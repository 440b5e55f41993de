import Diagnostics
import Features
import Foundation
import Importing
import Testing

/// Tables with many columns of one space, as openSMILE and its like write them.
@Suite(.serialized) struct WideFeatureTests {
  private func run(
    _ files: [String], _ known: KnownNames = KnownNames(), _ set: (inout FeatureOptions) -> Void = { _ in }
  ) -> ImportBatch {
    var options = FeatureOptions.unset
    set(&options)
    return importFeatures(files: files, options: options, common: common, known: known)
  }

  private func value(_ row: Int, _ column: Int) -> Float { Float(row * 7 % 13) + Float(column) / 8 }

  private static let names = (0..<300).map { $0 % 3 == 0 ? "pcm_fftMag_mfcc_sma[\($0)]" : "F\($0)semitone_sma3nz" }

  /// `name;frameIndex;frameTime;...` with frames of 10 ms.
  private func openSMILE(_ rows: Int = 60) -> String {
    let head = "name;frameIndex;frameTime;" + Self.names.joined(separator: ";") + "\n"
    return head
      + (0..<rows).map { row in
        "'clip';\(row);\(String(format: "%.6f", Double(row) / 100));"
          + (0..<300).map { "\(value(row, $0))" }.joined(separator: ";")
      }.joined(separator: "\n") + "\n"
  }

  @Test func threeHundredColumnsAreOneSpace() throws {
    let scratch = try Scratch()
    let file = try scratch.write("anything.csv", openSMILE())
    let batch = run([file], KnownNames(durations: ["clip": 0.6])) {
      $0.table.name = "compare"
      $0.table.stimulus = "name"
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let record = try #require(batch.features.first)
    #expect(batch.features.count == 1 && record.stimulus == "clip" && record.space == "compare")
    #expect(record.featureNames == Self.names && record.rateHz == 100 && record.sampleCount == 60)
    let values = try record.array.load().values
    #expect(values == (0..<60).flatMap { row in (0..<300).map { value(row, $0) } })
    // The index of frames is no feature.
    #expect(batch.found(.rowNumbersLeftOut).map(\.object).contains { $0.hasSuffix("frameIndex") })
  }

  /// A row per song and a column per time, as dynamic ratings are published.
  @Test func aTableOfSongsByTimesIsASpaceOfOneFeature() throws {
    let scratch = try Scratch()
    let columns = (0..<60).map { "sample_\(15_000 + 500 * $0)ms" }
    let rows = [2, 3].map { song in
      "\(song).mp3," + (0..<60).map { song == 3 && $0 > 49 ? "" : "\(value($0, song))" }.joined(separator: ",")
    }
    let text = (["song_id," + columns.joined(separator: ",")] + rows).joined(separator: "\n") + "\n"
    let file = try scratch.write("loudness.csv", text)
    expectError(run([file]) { $0.table.stimulus = "song_id" }, .spaceUnnamed, naming: "--name")
    let batch = run([file]) {
      $0.table.stimulus = "song_id"
      $0.table.name = "loudness"
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.features.map(\.stimulus) == ["2", "3"] && batch.features.map(\.sampleCount) == [60, 50])
    for (record, song) in zip(batch.features, [2, 3]) {
      #expect(record.space == "loudness" && record.featureNames == ["loudness"])
      #expect(record.firstS == 15 && record.rateHz == 2)
      #expect(try record.array.load().values == (0..<record.sampleCount).map { value($0, song) })
    }
    // Beside a column of times they are features.
    let lags = try scratch.write("clip.csv", "time,10ms,20ms,30ms,40ms\n0,1,2,3,4\n1,2,3,4,5\n")
    #expect(run([lags]) { $0.table.name = "lags" }.features.first?.featureNames.count == 4)
  }

  @Test func spacesTakeColumnsByPattern() throws {
    let scratch = try Scratch()
    let file = try scratch.write("clip.csv", openSMILE())
    let batch = run([file]) {
      $0.spaces = ["mfcc=pcm_*", "rest=F1semitone_sma3nz,F2*_sma3nz"]
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.features.map(\.space) == ["mfcc", "rest"])
    #expect(batch.features[0].featureNames == Self.names.filter { $0.hasPrefix("pcm") })
    let wanted = Self.names.filter { $0.hasPrefix("F2") }
    #expect(batch.features[1].featureNames == ["F1semitone_sma3nz"] + wanted)
    expectError(run([file]) { $0.spaces = ["x=mfcc*"] }, .tableNoColumn, naming: "mfcc*")
    expectError(
      run([file]) { $0.spaces = ["x=F1semitone_sma3nz,F1semi*"] }, .optionMalformed, naming: "F1semitone_sma3nz")
    let mapped = run([file]) {
      $0.table.name = "pitch"
      $0.table.map = ["time=frameTime,f0=F1semitone_sma3nz"]
    }
    #expect(mapped.features.map(\.featureNames) == [["f0"]] && mapped.features[0].rateHz == 100)
    expectError(run([file]), .spaceUnnamed, naming: "300 columns")
  }

  /// The table that openSMILE's Python package writes: stretches of time as pandas spells them, frames that overlap.
  @Test func framesThatOverlapAreSamplesWhereThatIsSaid() throws {
    let scratch = try Scratch()
    let rows = (0..<50).map { row in
      let (start, end) = (Double(row) / 50, Double(row) / 50 + 0.06)
      func stamp(_ seconds: Double) -> String { "0 days " + String(format: "00:00:%09.6f", seconds) }
      return "/data/clip.wav,\(stamp(start)),\(stamp(end)),\(row % 6),\(row % 4)"
    }
    let file = try scratch.write("x.csv", "file,start,end,F0,jitter\n" + rows.joined(separator: "\n") + "\n")
    let set: (inout FeatureOptions) -> Void = {
      $0.table.name = "voice"
      $0.table.stimulus = "file"
    }
    expectError(run([file], KnownNames(), set), .eventsOverlap, naming: "--as samples")
    let batch = run([file]) {
      set(&$0)
      $0.table.rows = "samples"
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.features.map(\.stimulus) == ["clip"] && batch.features[0].rateHz == 50)
    #expect(batch.features[0].featureNames == ["F0", "jitter"])
  }

  @Test func aTemplateNamesStimuliAndOptionsTheSpace() throws {
    let scratch = try Scratch()
    for clip in ["a", "b"] {
      try scratch.write("\(clip).csv", openSMILE().replacingOccurrences(of: "'clip'", with: "'unknown'"))
    }
    let batch = run([scratch.path("{stimulus}.csv")]) { $0.table.name = "compare" }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.features.map(\.stimulus) == ["a", "b"] && batch.features.allSatisfy { $0.featureNames.count == 300 })
    // One text in a column of numbers is found by its line.
    try scratch.write("c.csv", openSMILE().replacingOccurrences(of: ";0.070000;", with: ";0.070000;x"))
    expectError(run([scratch.path("c.csv")]) { $0.table.name = "compare" }, .tableTextInNumbers, naming: "line 9")
  }
}
