import Annotations
import DelimitedText
import Diagnostics
import EEG
import Foundation
import Importing
import RecordingImport
import Tables
import Testing

/// A text format with rows that can be counted.
private struct TextFormat: Sendable, CustomTestStringConvertible {
  let name: String
  let head: [String]
  let row: @Sendable (Int) -> String
  /// A line that is no row.
  let fault: String
  /// Whether an empty line may stand between rows.
  let mayHoldEmptyLines: Bool
  /// What an import found: rows that were read, and its findings.
  let read: @Sendable (Scratch, String) throws -> (rows: Int?, batch: ImportBatch)

  var testDescription: String { name }

  private static func annotations(_ scratch: Scratch, _ name: String, _ text: String) throws -> ImportBatch {
    var options = AnnotationOptions.unset
    options.table.stimulus = "film"
    return importAnnotations(files: [try scratch.write(name, text)], options: options, common: common)
  }

  private static func series(_ name: String, _ separator: String, quoted: Bool = false) -> TextFormat {
    TextFormat(
      name: name, head: ["time\(separator)a"], row: { "\($0)\(separator)\(quoted ? "\"\($0 % 5)\"" : "\($0 % 5)")" },
      fault: "1\(separator)2\(separator)3\(separator)4", mayHoldEmptyLines: false
    ) { scratch, text in
      let batch = try annotations(scratch, "r." + name, text)
      return (batch.annotations.first?.sampleCount, batch)
    }
  }

  static let all = [
    series("csv", ","), series("tsv", "\t"), series("semicolon.csv", ";"), series("blanks.txt", " "),
    series("quoted.csv", ",", quoted: true),
    TextFormat(
      name: "ELAN's export", head: ["Begin Time - ss.msec\tEnd Time - ss.msec\tmood"],
      row: { "\($0)\t\($0 + 1)\t\($0 % 2 == 0 ? "calm" : "tense")" }, fault: "7\tcalm", mayHoldEmptyLines: true
    ) { scratch, text in
      let batch = try annotations(scratch, "e.txt", text)
      return (batch.annotations.first?.sampleCount, batch)
    },
    TextFormat(
      name: "LIRIS' stretches", head: ["Start End"], row: { "\(2 * $0) \(2 * $0 + 1)" }, fault: "3 4 5",
      mayHoldEmptyLines: true
    ) { scratch, text in
      let batch = try annotations(scratch, "film_Fear.txt", text)
      // A bin of a second is fear, the next one is none.
      return (try batch.annotations.first.map { Int(try $0.array.load().values.reduce(0, +)) }, batch)
    },
    TextFormat(
      name: "LIRIS' ranking", head: ["id\tname\tvalenceValue\tarousalValue"], row: { "\($0)\tA\($0).mp4\t2.5\t1" },
      fault: "7\tA7.mp4", mayHoldEmptyLines: false
    ) { scratch, text in
      let batch = try annotations(scratch, "ACCEDEranking.txt", text)
      return (batch.annotations.count / 2, batch)
    },
    TextFormat(
      name: "wide ratings", head: ["song,sample_0ms,sample_500ms,sample_1000ms"], row: { "s\($0),1,2,3" },
      fault: "s9,1",
      mayHoldEmptyLines: false
    ) { scratch, text in
      var options = AnnotationOptions.unset
      options.table.stimulus = "song"
      let batch = importAnnotations(files: [try scratch.write("w.csv", text)], options: options, common: common)
      return (batch.annotations.count, batch)
    },
    TextFormat(
      name: "participants", head: ["participant_id\tage"], row: { "sub-\($0)\t\(20 + $0)" }, fault: "sub-9",
      mayHoldEmptyLines: false
    ) { scratch, text in
      let batch = importParticipants(files: [try scratch.write("participants.tsv", text)], common: common)
      return (batch.participants.count, batch)
    },
    TextFormat(
      name: "exclusions", head: ["subject,reason"], row: { "s\($0),noise" }, fault: "s9", mayHoldEmptyLines: false
    ) { scratch, text in
      let batch = importExclusions(
        files: [try scratch.write("x.csv", text)], options: .unset, common: common)
      return (batch.exclusions.count, batch)
    },
    TextFormat(
      name: "BrainVision's markers",
      head: [
        "Brain Vision Data Exchange Marker File, Version 1.0", "[Common Infos]", "DataFile=r.eeg", "; a remark",
        "[Marker Infos]",
      ], row: { "Mk\($0 + 1)=Stimulus,S\($0),\($0 + 2),1,0" }, fault: "no marker at all", mayHoldEmptyLines: true
    ) { scratch, text in
      let batch = try recording(scratch, markers: text, channels: ["Ch1=Fp1,,0.1,uV", "Ch2=Cz,,0.1,uV"])
      return (batch.recordings.first?.events.count, batch)
    },
  ]

  static func recording(_ scratch: Scratch, markers: String, channels: [String]) throws -> ImportBatch {
    try scratch.write("r.vmrk", markers)
    try scratch.write(
      "r.eeg",
      bytes: (0..<100).flatMap { sample in
        (0..<2).flatMap { channel -> [UInt8] in
          let value = Int(500 * wave(sample, channel))
          return [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
        }
      })
    let header = """
      Brain Vision Data Exchange Header File Version 1.0
      ; a remark
      [Common Infos]
      DataFile=r.eeg
      MarkerFile=r.vmrk
      DataOrientation=MULTIPLEXED
      NumberOfChannels=2
      SamplingInterval=10000

      [Binary Infos]
      BinaryFormat=INT_16
      [Channel Infos]
      \(channels.joined(separator: "\n"))
      [Comment]
      whatever the recorder says
      """
    return importOne(try scratch.write("r.vhdr", header))
  }
}

/// Every line of a table is a row that is read, a comment, an empty line or an error with its number.
@Suite(.serialized) struct LineTests {
  private static let ends = ["\n", "\r\n", "\r"]

  private func text(_ format: TextFormat, _ count: Int, _ end: String, changed: (inout [String]) -> Void = { _ in })
    -> String
  {
    var lines = format.head + (0..<count).map(format.row)
    changed(&lines)
    return lines.joined(separator: end) + end
  }

  @Test(arguments: TextFormat.all, ends) private func everyRowIsRead(_ format: TextFormat, _ end: String) throws {
    for count in [2, 3, 8] {
      for tail in ["", end + end] {
        let (rows, batch) = try format.read(try Scratch(), text(format, count, end) + tail)
        #expect(batch.errors.isEmpty && rows == count, "\(count): \(String(describing: rows)) \(batch.errors)")
      }
    }
  }

  @Test(arguments: TextFormat.all, ends)
  private func aLineThatIsNoRowIsAnErrorWithItsNumber(_ format: TextFormat, _ end: String) throws {
    let count = 8
    // The line behind the names tells whether blanks divide.
    for place in [0, 1, 4, count] where place > 0 || !format.name.hasPrefix("blanks") {
      let number = format.head.count + place
      let faulty = text(format, count, end) { $0.insert(format.fault, at: number) }
      let (_, batch) = try format.read(try Scratch(), faulty)
      let named = batch.errors.contains { $0.object.contains("line \(number + 1)") }
      #expect(named, "line \(number + 1): \(batch.diagnostics)")
    }
  }

  @Test(arguments: TextFormat.all, ends)
  private func emptyLinesMoveNoNumber(_ format: TextFormat, _ end: String) throws {
    let (count, place) = (6, format.head.count + 2)
    let spaced = text(format, count, end) { $0.insert(contentsOf: ["", ""], at: place) }
    let (rows, batch) = try format.read(try Scratch(), spaced)
    if format.mayHoldEmptyLines {
      #expect(batch.errors.isEmpty && rows == count, "\(batch.errors)")
    } else {
      #expect(batch.errors.contains { $0.object.contains("line \(place + 1)") }, "\(batch.diagnostics)")
    }
    let faulty = text(format, count, end) {
      $0.insert(format.fault, at: place + 2)
      $0.insert(contentsOf: ["", ""], at: place)
    }
    let (_, found) = try format.read(try Scratch(), faulty)
    #expect(found.errors.contains { $0.object.contains("line \(place + 5)") }, "\(found.diagnostics)")
  }

  /// As many rows as lines, whatever is quoted; and every line belongs to the row that begins on it or before it.
  @Test func rowsAndLinesOfATableAddUp() throws {
    var state = 7
    func next(_ bound: Int) -> Int {
      state = (state &* 1_103_515_245 &+ 12_345) & 0x7fff_ffff
      return (state >> 8) % bound
    }
    for end in Self.ends {
      for _ in 0..<60 {
        var text = "a,b" + end
        var (line, begins) = (2, [Int]())
        for row in 0..<(1 + next(12)) {
          begins.append(line)
          let inside = next(3)
          let cell = (0..<inside).map { "part \($0)" + end }.joined() + "x"
          text += next(2) == 0 || inside > 0 ? "\(row),\"\(cell)\"\(end)" : "\(row),\(cell)\(end)"
          line += 1 + inside
        }
        var findings = Findings()
        let table = try #require(DelimitedTable.read("t.csv", Array(text.utf8), &findings), "\(findings.all)")
        #expect((0..<table.rowCount).map(table.line) == begins)
      }
    }
  }

  private static func textGrid(_ rows: [String]) -> String {
    (["File type = \"ooTextFile\"", "Object class = \"TextGrid\"", "", "0", "20", "<exists>", "1", "\"IntervalTier\""]
      + ["\"mood\"", "0", "20", "4"] + rows).joined(separator: "\n") + "\n"
  }

  @Test func aTextGridHoldsWhatItCounts() throws {
    let rows = (0..<4).flatMap { ["\(5 * $0)", "\(5 * $0 + 5)", "\"l\($0)\""] }
    func read(_ rows: [String]) throws -> ImportBatch {
      let scratch = try Scratch()
      defer { withExtendedLifetime(scratch) {} }
      return importAnnotations(
        files: [try scratch.write("t.TextGrid", Self.textGrid(rows))], options: .unset, common: common)
    }
    #expect(try read(rows).errors.isEmpty)
    // One more than it counts, one fewer, a word for a number, a text that does not end.
    expectError(try read(rows + ["20", "25", "\"l4\""]), .tierFile, naming: "line 25", "goes on")
    expectError(try read(rows.dropLast(3)), .tierFile, naming: "missing")
    for place in [0, 4, 10] {
      var changed = rows
      changed[place] = "5.x"
      expectError(try read(changed), .tierFile, naming: "line \(13 + place)", "no number")
    }
    // Times outside the file, and intervals one over the other.
    for (place, time, words) in [(10, "20.5", "ends behind"), (3, "4.5", "begins before"), (0, "-1", "begins before")] {
      var changed = rows
      changed[place] = time
      expectError(try read(changed), .tierTimes, naming: words)
    }
    var open = rows
    open[5] = "\"l1"
    expectError(try read(open), .tierFile, naming: "does not end")
  }

  @Test(arguments: ["Ch2=Pz,,0.1,uV", "Ch3=Oz,,0.1,uV", "what is this"])
  func headersOfBrainVisionHoldNothingElse(_ line: String) throws {
    let scratch = try Scratch()
    let channels = ["Ch1=Fp1,,0.1,uV", "Ch2=Cz,,0.1,uV"]
    let markers = "Brain Vision Data Exchange Marker File, Version 1.0\n[Marker Infos]\n"
    #expect(try TextFormat.recording(scratch, markers: markers, channels: channels).errors.isEmpty)
    let lost = markers.replacing("[Marker Infos]", with: "[Common Infos]") + "Mk1=Stimulus,S1,2,1,0\n"
    expectError(
      try TextFormat.recording(scratch, markers: lost, channels: channels), .eegHeader, naming: "[Marker Infos]")
    expectError(try TextFormat.recording(scratch, markers: markers, channels: channels + [line]), .eegHeader)
  }
}
