import Annotations
import Diagnostics
import Features
import Foundation
import Importing
import Testing

private func read(
  _ text: String, lasting durations: [String: Double] = [:], _ set: (inout AnnotationOptions) -> Void = { _ in }
) throws -> ImportBatch {
  let scratch = try Scratch()
  var options = AnnotationOptions.unset
  options.table.stimulus = "film"
  set(&options)
  return importAnnotations(
    files: [try scratch.write("r.csv", text)], options: options, common: common,
    known: KnownNames(durations: durations))
}

/// A table of one column, a stamp per line.
private func stamped(_ name: String, _ stamps: [String], separator: String = ",") -> String {
  "\(name)\(separator)a\n" + stamps.enumerated().map { "\($1)\(separator)\($0 % 7)\n" }.joined()
}

@Sendable private func clock(_ seconds: Int) -> String {
  let (minutes, rest) = ((seconds / 60) % 60, seconds % 60)
  return "\(seconds / 3600):\(minutes < 10 ? "0" : "")\(minutes):\(rest < 10 ? "0" : "")\(rest)"
}

/// A way to write the seconds 0, 1, 2 ... into a column.
private struct Writing: Sendable, CustomTestStringConvertible {
  let name: String
  let text: @Sendable (Int) -> String
  var fps: Double?
  var zero: String?

  init(_ name: String, fps: Double? = nil, zero: String? = nil, _ text: @escaping @Sendable (Int) -> String) {
    (self.name, self.fps, self.zero, self.text) = (name, fps, zero, text)
  }

  var testDescription: String { "\(name) \(text(1))" }
  var table: String { stamped(name, StampTests.times.map(text)) }

  static let read = [
    Writing("time") { "\($0)" }, Writing("time_ms") { "\($0 * 1000)" }, Writing("frame", fps: 25) { "\($0 * 25)" },
    Writing("time", fps: 30) { "\($0 * 30)" }, Writing("time") { clock($0) }, Writing("time") { clock($0) + ".000" },
    Writing("time", fps: 25) { clock($0) + ":00" },
    Writing("time", zero: "1700000000") { "\(1_700_000_000 + $0)" },
    Writing("time", zero: "first") { "\(1_700_000_000 + $0)" },
    Writing("time_ms", zero: "1700000000000") { "\(1_700_000_000_000 + $0 * 1000)" },
    Writing("time", zero: "14:02:03") { clock(50_523 + $0) }, Writing("time", zero: "first") { clock(50_523 + $0) },
  ]
}

/// A column that holds no seconds of the stimulus, and what is said of it.
private struct Refusal: Sendable, CustomTestStringConvertible {
  let writing: Writing
  let code: ErrorCode
  let words: String

  init(_ code: ErrorCode, _ words: String, _ name: String = "time", _ text: @escaping @Sendable (Int) -> String) {
    (self.code, self.words, writing) = (code, words, Writing(name, text))
  }

  var testDescription: String { "\(code.id) \(writing.testDescription)" }

  static let all = [
    Refusal(.clockForeign, "--time-zero") { "\(1_700_000_000 + $0)" },
    Refusal(.clockForeign, "1970") { "\(1_700_000_000_000 + $0 * 40)" },
    Refusal(.clockForeign, "time of day") { clock(50_523 + $0) },
    Refusal(.clockForeign, "own clock") { "\(52_341.2 + Double($0))" },
    Refusal(.clockText, "minutes") { "\($0 / 60):\($0 % 60 < 10 ? "0" : "")\($0 % 60)" },
    Refusal(.clockText, "--fps") { clock($0) + ":12" },
    Refusal(.clockText, "h:mm:ss") { "2024-05-01 12:00:\(10 + $0 % 50)" },
    Refusal(.clockPictures, "--fps", "frame") { "\($0)" },
    Refusal(.tableMilliseconds, "--time-unit ms") { "\($0 * 500)" },
    Refusal(.tableMilliseconds, "--time-unit ms") { "\(Int((Double($0) * 1000 / 60).rounded()))" },
    Refusal(.tableMilliseconds, "--time-unit ms") { "\(Double($0) * 333.37)" },
    Refusal(.tableMilliseconds, "--time-unit") { "\($0 * 50)" },
    Refusal(.tableMilliseconds, "write seconds", "time_ms") { "\($0 * 1_000_000)" },
    Refusal(.clockForeign, "days") { "\(Double($0) / 86_400)" },
  ]
}

@Suite struct StampTests {
  fileprivate static let times = Array(0..<90)

  @Test(arguments: Writing.read)
  private func everyWayToWriteSecondsGivesTheSameSeries(_ writing: Writing) throws {
    let batch = try read(writing.table) {
      $0.table.fps = writing.fps
      $0.table.timeZero = writing.zero
    }
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    let record = try #require(batch.annotations.first)
    #expect(record.firstS == 0 && record.lastS == 89 && record.rateHz == 1)
    let stamps = try #require(try record.array.load().axes[0].numbers)
    #expect(zip(stamps, Self.times).allSatisfy { abs($0 - Double($1)) < 1e-6 })
    let said = record.clock.statements
    #expect(said.contains { $0.statement == "rate" && $0.value == 1 && $0.unit == "Hz" && $0.source == .stamps })
    let isTold = writing.fps != nil || writing.zero != nil
    #expect(said.contains { $0.source == .option } == isTold)
  }

  @Test(arguments: Refusal.all)
  private func whatIsNoSecondOfTheStimulusIsNeverStored(_ refusal: Refusal) throws {
    expectError(try read(refusal.writing.table), refusal.code, naming: refusal.words)
  }

  /// What a column calls its own unit counts however it is asked for.
  @Test(arguments: ["time_min", "Time (min)", "minutes", "time_us", "Elapsed [hours]", "sample", "TR"])
  func unitsThatAreNotReadAreRefused(_ name: String) throws {
    let table = stamped(name, Self.times.map(String.init))
    expectError(try read(table) { $0.table.map = ["time=\(name)"] }, .clockText, naming: "--time-unit")
    #expect(try read(table) { ($0.table.map, $0.table.timeUnit) = (["time=\(name)"], "s") }.errors.isEmpty)
  }

  @Test(arguments: ["Timestamp (ms)", "stamp_msec", "Begin [ms]", "Begin Time - msec"])
  func millisecondsAreReadByAnyNameThatSaysThem(_ name: String) throws {
    let table = stamped(name, Self.times.map { String($0 * 40) })
    let batch = try read(table) { $0.table.map = ["time=\(name)"] }
    #expect(batch.errors.isEmpty && batch.annotations.first?.rateHz == 25, "\(batch.errors)")
  }

  @Test func optionsThatContradictThemselvesAreRefused() throws {
    let plain = stamped("time", Self.times.map(String.init))
    expectError(try read(plain) { $0.table.fps = -1 }, .optionMalformed, naming: "--fps")
    expectError(
      try read(plain) {
        $0.table.fps = 25; $0.table.timeUnit = "ms"
      }, .optionMalformed, naming: "--time-unit")
    expectError(try read(plain) { $0.table.timeZero = "noon" }, .optionMalformed, naming: "--time-zero")
    expectError(try read(plain) { $0.table.timeZero = "30" }, .clockForeign, naming: "30 s before")
  }

  @Test(arguments: [
    (60.0, 50, true), (60, 57, true), (60, 58, false), (60, 60, false), (59.4, 59, false), (120, 60, true),
  ])
  func ratingsThatEndBeforeTheirFilmAreRefusedOrMarked(_ lasts: Double, _ count: Int, _ isShort: Bool) throws {
    let text = stamped("time", (0..<count).map(String.init))
    let batch = try read(text, lasting: ["film": lasts])
    #expect(batch.hasErrors == isShort, "\(batch.diagnostics)")
    guard isShort else { return }
    expectError(batch, .seriesEndsEarly, naming: "film lasts", "--allow-short")
    let allowed = try read(text, lasting: ["film": lasts]) { $0.table.allowShort = true }
    #expect(!allowed.hasErrors && allowed.annotations.allSatisfy(\.endsEarly))
    #expect(allowed.found(.seriesEndsEarly).map(\.severity) == [.warning])
    let parts = try read(text, lasting: ["film": lasts]) { $0.table.run = "run-1" }
    #expect(!parts.hasErrors)
  }

  @Test func featuresThatEndBeforeTheirFilmToo() throws {
    let scratch = try Scratch()
    var options = FeatureOptions.unset
    options.table.stimulus = "film"
    let file = try scratch.write("f.csv", stamped("time", (0..<50).map(String.init)))
    let known = KnownNames(durations: ["film": 60])
    expectError(
      importFeatures(files: [file], options: options, common: common, known: known), .seriesEndsEarly, naming: "50 s")
    options.table.allowShort = true
    let allowed = importFeatures(files: [file], options: options, common: common, known: known)
    #expect(!allowed.hasErrors && allowed.features.allSatisfy(\.endsEarly))
  }

  @Test func anIndexAProgramWroteIsNoRating() throws {
    let batch = try read("Unnamed: 0,time,a\n0,0,5\n1,1,3\n2,2,4\n3,3,9\n")
    #expect(batch.annotations.map(\.name) == ["a"] && batch.found(.rowNumbersLeftOut).count == 1)
    // A rating that rises evenly is a rating.
    #expect(try read("time,a\n0,0\n1,1\n2,2\n3,3\n").annotations.map(\.name) == ["a"])
  }
}
