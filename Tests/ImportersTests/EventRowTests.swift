import Annotations
import Diagnostics
import Features
import Foundation
import Importing
import Testing

private func annotations(
  _ file: String, lasting durations: [String: Double] = [:], _ set: (inout AnnotationOptions) -> Void = { _ in }
) -> ImportBatch {
  var options = AnnotationOptions.unset
  options.table.stimulus = "film"
  set(&options)
  return importAnnotations(
    files: [file], options: options, common: common, known: KnownNames(durations: durations))
}

/// Values of the one series of that name.
private func values(_ batch: ImportBatch, _ name: String = "a") throws -> [Float] {
  try #require(batch.annotations.first { $0.name == name }).array.load().values
}

@Suite struct EventRowTests {
  /// Any table of events equals what a look at every millisecond of it finds.
  @Test(arguments: 0..<12) func aValueIsHeldOverItsDurationAndNothingIsKnownBetween(_ seed: Int) throws {
    let scratch = try Scratch()
    var start = Double(seed) * 0.37
    var events: [(start: Double, length: Double, value: Double)] = []
    for index in 0..<15 {
      let length = 0.5 + Double((index * 7 + seed * 3) % 11) * 0.5
      events.append((start, length, Double((index * 5 + seed) % 9)))
      start += length + Double((index + seed) % 3) * 1.25
    }
    let rows = events.map { "\($0.start)\t\($0.length)\t\($0.value)\n" }.joined()
    let file = try scratch.write("events.tsv", "onset\tduration\ta\n" + rows)
    let batch = annotations(file)
    #expect(batch.errors.isEmpty && batch.annotations.map(\.name) == ["a"], "\(batch.diagnostics)")
    for (second, value) in try values(batch).enumerated() {
      var (sum, count) = (0.0, 0)
      for look in 0..<1000 {
        let time = Double(second) + (Double(look) + 0.5) / 1000
        guard let event = events.first(where: { $0.start <= time && time < $0.start + $0.length }) else { continue }
        sum += event.value
        count += 1
      }
      // Within a thousandth of half a second both answers are right.
      if abs(count - 500) > 2 { #expect(value.isNaN == (count < 500), "second \(second)") }
      if !value.isNaN { #expect(abs(Double(value) - sum / Double(max(1, count))) < 0.03, "second \(second)") }
    }
  }

  @Test(arguments: [
    ("onset,duration,a", "2,3,1\n5,2,4\n"), ("onset,offset,a", "2,5,1\n5,7,4\n"), ("start,end,a", "2,5,1\n5,7,4\n"),
    ("onset_ms,duration_ms,a", "2000,3000,1\n5000,2000,4\n"), ("Onset,Duration,a", "2,3,1\n5,2,4\n"),
    ("Start (s),End (s),a", "2,5,1\n5,7,4\n"), ("Begin Time - msec,End Time - msec,a", "2000,5000,1\n5000,7000,4\n"),
    ("start_time,end_time,a", "2,5,1\n5,7,4\n"),
  ]) func everyWayToWriteThemSaysTheSame(_ header: String, _ rows: String) throws {
    let scratch = try Scratch()
    let batch = annotations(try scratch.write("e.csv", header + "\n" + rows), lasting: ["film": 9])
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let found = try values(batch)
    #expect(found.count == 9 && found.prefix(2).allSatisfy(\.isNaN) && found.suffix(2).allSatisfy(\.isNaN))
    #expect(Array(found[2..<7]) == [1, 1, 1, 4, 4])
    // None may follow the last event: the series is as long as its stimulus.
    #expect(batch.annotations[0].endsEarly == false && batch.annotations[0].rateHz == 1)
  }

  @Test func whatIsNotClearIsAskedAbout() throws {
    let scratch = try Scratch()
    let unclear = try scratch.write("u.csv", "time,duration,a\n0,1,5\n1,1,6\n2,1,7\n")
    expectError(annotations(unclear), .rowsUnclear, naming: "--as events")
    let samples = annotations(unclear) { $0.table.rows = "samples" }
    // How long rows last is no series.
    #expect(samples.errors.isEmpty && samples.annotations.map(\.name) == ["a"], "\(samples.errors)")
    #expect(samples.annotations.first?.sampleCount == 3 && !samples.found(.columnNotRead).isEmpty)
    let events = annotations(unclear) { $0.table.rows = "events" }
    #expect(try events.errors.isEmpty && values(events) == [5, 6, 7])
    let missing = try scratch.write("m.csv", "onset,duration,a\n0,n/a,5\n1,1,6\n")
    expectError(annotations(missing), .eventDuration, naming: "line 2")
    let zero = try scratch.write("z.csv", "onset,duration,a\n0,0,5\n1,1,6\n")
    expectError(annotations(zero), .eventDuration, naming: "line 2")
    let overlap = try scratch.write("o.csv", "onset,duration,a,who\n0,4,5,x\n2,4,6,y\n")
    expectError(annotations(overlap), .eventsOverlap, naming: "line 2", "--rater")
    let apart = annotations(overlap) { $0.rater = "who" }
    #expect(apart.errors.isEmpty && Set(apart.annotations.compactMap(\.rater)) == ["x", "y"])
    let plain = try scratch.write("p.csv", "time,a\n0,1\n1,2\n")
    expectError(annotations(plain) { $0.table.rows = "events" }, .eventDuration, naming: "duration")
    expectError(annotations(plain) { $0.table.rows = "rows" }, .optionMalformed, naming: "--as")
  }

  @Test func featuresAndFinerRatesToo() throws {
    let scratch = try Scratch()
    let file = try scratch.write("f.csv", "onset,duration,x,y\n1,2,3,30\n4,1,5,50\n")
    var options = FeatureOptions.unset
    options.table.stimulus = "film"
    options.table.name = "shown"
    let batch = importFeatures(files: [file], options: options, common: common)
    #expect(batch.errors.isEmpty && batch.features.first?.featureNames == ["x", "y"], "\(batch.errors)")
    let array = try #require(batch.features.first).array.load()
    #expect(array.shape == [5, 2] && Array(array.values[2..<6]) == [3, 30, 3, 30] && array.values[6].isNaN)
    let fine = annotations(try scratch.write("r.csv", "onset,duration,a\n0.5,1,2\n")) { $0.rateHz = 4 }
    let found = try values(fine)
    #expect(found.count == 6 && found[0].isNaN && found[1].isNaN && Array(found[2...]) == [2, 2, 2, 2])
  }
}
