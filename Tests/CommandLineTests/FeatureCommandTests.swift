import ContentIdentity
import Foundation
import Testing

/// `extract`, `models`, `features`, `plot features`, estimates and limits, on a minute of noise and a tiny encoder.
@Suite(.serialized) struct FeatureCommandTests {
  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  /// 16-bit mono noise at 16 kHz whose loudness changes.
  static func noise(seconds: Int) -> Data {
    var state: UInt64 = 9
    var samples = Data()
    for i in 0..<seconds * 16_000 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let loudness = 0.3 + 0.25 * sin(Double(i) / 16_000 * 1.7)
      let noise: Double = Double(state >> 40) / 8_388_608 - 1
      let value = Int16(noise * loudness * 32_000)
      withUnsafeBytes(of: value.littleEndian) { samples.append(contentsOf: $0) }
    }
    func number<T: FixedWidthInteger>(_ value: T) -> Data { withUnsafeBytes(of: value.littleEndian) { Data($0) } }
    let parts: [Data] = [
      Data("RIFF".utf8), number(UInt32(36 + samples.count)), Data("WAVEfmt ".utf8), number(UInt32(16)),
      number(UInt16(1)), number(UInt16(1)), number(UInt32(16_000)), number(UInt32(32_000)), number(UInt16(2)),
      number(UInt16(16)), Data("data".utf8), number(UInt32(samples.count)), samples,
    ]
    return Data(parts.joined())
  }

  private func prepared(seconds: Int = 61) throws -> Program {
    let program = try Program()
    try Self.noise(seconds: seconds).write(to: URL(fileURLWithPath: program.folder + "/piece.wav"))
    try program.succeed(["init", "toy.evoke"])
    try program.succeed(["import", "audio", "piece.wav", "--dataset", "toy"])
    let encoder = Self.fixtures.appendingPathComponent("encoders/w2v2-tiny-random").path
    try program.succeed(["import", "weights", encoder, "--name", "tiny", "--dataset", "toy"])
    return program
  }

  private static let extract = ["extract", "--model", "tiny", "--chunk-s", "5", "--context-s", "0.5"]

  private func arrays(_ program: Program, _ warehouse: String) throws -> String {
    try program.succeed([
      "sql", "SELECT name, logical_sha256 FROM array_catalog WHERE kind = 'feature' ORDER BY name", "--format", "csv",
      "-C", warehouse,
    ]).output
  }

  @Test func anExtractionKilledInTheMiddleOfAUnitGoesOnBehindItsLastChunk() throws {
    let program = try prepared()
    let copy = program.folder + "/cut.evoke"
    try FileManager.default.copyItem(atPath: program.folder + "/toy.evoke", toPath: copy)
    try program.succeed(Self.extract + ["-C", "toy.evoke"])
    let whole = try arrays(program, "toy.evoke")
    #expect(whole.split(whereSeparator: \.isNewline).count == 14)

    // 16 chunks of two durable steps each: a worker that dies at its seventh step never ends the unit by itself.
    let partial = copy + "/partial"
    var sizes: [Int] = []
    var runs = 0
    var last = try program.run(Self.extract + ["-C", copy], ["EVOKE_WORKER_CRASH_AT": "7"])
    while last.status != 0, runs < 12 {
      runs += 1
      let logs = try FileManager.default.contentsOfDirectory(atPath: partial)
      #expect(logs.count == 1)
      sizes.append(try Data(contentsOf: URL(fileURLWithPath: "\(partial)/\(logs[0])")).count)
      last = try program.run(Self.extract + ["-C", copy], ["EVOKE_WORKER_CRASH_AT": "7"])
    }
    #expect(last.status == 0, "\(last.error)")
    #expect(runs >= 2 && sizes == sizes.sorted() && Set(sizes).count == sizes.count, "\(sizes)")
    #expect(try arrays(program, copy) == whole)
    #expect(!FileManager.default.fileExists(atPath: partial))
    let verified = try program.run(["verify", "--level", "3", "-C", copy])
    #expect(verified.status == 0, "\(verified.output)\(verified.error)")
  }

  @Test func aPartThatWasDamagedIsComputedAgain() throws {
    let program = try prepared()
    let copy = program.folder + "/cut.evoke"
    try FileManager.default.copyItem(atPath: program.folder + "/toy.evoke", toPath: copy)
    try program.succeed(Self.extract + ["-C", "toy.evoke"])
    let cut = try program.run(Self.extract + ["-C", copy], ["EVOKE_WORKER_CRASH_AT": "9"])
    #expect(cut.status != 0)
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: copy + "/partial").first)
    let url = URL(fileURLWithPath: "\(copy)/partial/\(name)")
    var log = try Data(contentsOf: url)
    log[log.count / 2] ^= 1
    try log.write(to: url)
    try program.succeed(Self.extract + ["-C", copy])
    #expect(try arrays(program, copy) == arrays(program, "toy.evoke"))
  }

  @Test func bfloat16IsAnotherUnitWithItsLibraryOnRecordOrIsRefusedWithTheReason() throws {
    let program = try prepared(seconds: 20)
    try program.succeed(Self.extract)
    let asked = try program.run(Self.extract + ["--precision", "bfloat16"])
    let libraries = "SELECT library_versions FROM environment WHERE library_versions LIKE '%onednn%'"
    if try program.succeed(["doctor"]).output.contains("not available: ") {
      #expect(asked.status == 69 && asked.error.contains("E-WGT-016"), "\(asked.error)")
    } else {
      #expect(asked.status == 0, "\(asked.error)")
      let rows = try arrays(program, "toy.evoke").split(whereSeparator: \.isNewline)
      #expect(rows.count == 27 && rows.count { $0.contains("bfloat16") } == 13)
      #expect(try program.succeed(["sql", libraries, "--format", "csv"]).output.contains("oneDNN "))
    }
    #expect(try program.run(Self.extract + ["--precision", "float64"]).status == 64)
  }

  @Test func whatInterruptionsLeaveIsRemovedByGC() throws {
    let program = try prepared(seconds: 20)
    _ = try program.run(Self.extract, ["EVOKE_WORKER_CRASH_AT": "5"])
    #expect(try program.succeed(["gc"]).output.contains("finished parts of an interrupted unit"))
    #expect(!FileManager.default.fileExists(atPath: program.folder + "/toy.evoke/partial"))
  }

  @Test func estimatesComeFromOperationsFirstAndFromMeasurementsThen() throws {
    let program = try prepared()
    func estimate() throws -> JSONValue {
      let text = try program.succeed(Self.extract + ["--estimate", "--json"]).output
      return try JSONValue(parsing: text.trimmingCharacters(in: .newlines))
    }
    let before = try estimate()
    let unit = try #require(before["units"]?.arrayValue?.first)
    #expect(unit["basis"] == "calibrated" && (unit["seconds"]?.doubleValue ?? 0) > 0)
    // 61 rows of 7 x 24 and 6 x 32 numbers of four bytes.
    #expect(before["disk_bytes"]?.intValue == 61 * (7 * 24 + 6 * 32) * 4)
    #expect((before["memory_bytes"]?.intValue ?? 0) > 64 << 20)
    try program.succeed(Self.extract)
    let text = try program.succeed(Self.extract + ["--estimate"]).output
    #expect(text.contains("0 units to compute"))
    // Another piece of the same length: what the first took is known.
    try FileManager.default.copyItem(atPath: program.folder + "/piece.wav", toPath: program.folder + "/other.wav")
    var other = try Data(contentsOf: URL(fileURLWithPath: program.folder + "/other.wav"))
    other[100] ^= 1
    try other.write(to: URL(fileURLWithPath: program.folder + "/other.wav"))
    try program.succeed(["import", "audio", "other.wav", "--dataset", "toy"])
    let after = try #require(try estimate()["units"]?.arrayValue)
    #expect(after.count == 1 && after[0]["basis"] == "measured")
    let took = try program.succeed([
      "sql", "SELECT seconds FROM attempt WHERE state = 'done'", "--format", "csv",
    ]).output.split(whereSeparator: \.isNewline)[1]
    let ratio = try #require(after[0]["seconds"]?.doubleValue) / (try #require(Double(took)))
    #expect(abs(ratio - 1) < 1e-6, "the same length on the same threads takes the same time")
    let table = try program.succeed(Self.extract + ["--estimate"]).output
    #expect(table.contains("model_features tiny") && table.contains("measured") && table.contains("worker"))
  }

  @Test func memoryLimitsStartFewerWorkersOrRefuseWithWhatIsNeeded() throws {
    let program = try prepared(seconds: 12)
    let refused = try program.run(Self.extract + ["--mem", "100M"])
    #expect(refused.status == 69 && refused.error.contains("E-FEA-001") && refused.error.contains("--mem"))
    let wanted = try #require(refused.error.firstMatch(of: /give at least --mem (\d+M)/)?.1)
    // What the message says is enough is enough.
    let limited = try program.succeed(Self.extract + ["--mem", String(wanted), "-j", "3"])
    #expect(limited.error.contains("room for 1 of 3 workers"))
    #expect(try program.run(Self.extract + ["--mem", "lots"]).status == 64)
  }

  @Test func modelsAndFeaturesSayWhatThereIs() throws {
    let program = try prepared(seconds: 12)
    let models = try program.succeed(["models", "--format", "csv"]).output
    #expect(models.contains("tiny,speech encoder,wav2vec2,13,"))
    #expect(models.contains("conv.0-conv.6 0-6, proj 7, hs.0-hs.3 8-11, last 11"))
    let layers = try program.succeed(["models", "tiny", "--format", "csv"]).output
    #expect(layers.contains("hs.3,11,1,32,50") || layers.contains("hs.3,11,1.0,32,50.0"))
    let unknown = try program.run(["models", "tini"])
    #expect(unknown.status != 0 && unknown.error.contains("did you mean tiny"))

    #expect(try program.succeed(["features", "--format", "csv"]).output.split(whereSeparator: \.isNewline).count == 1)
    try program.succeed(["extract", "--set", "lld12"])
    try program.succeed(Self.extract + ["--layers", "hs.1,hs.2", "--rate", "native"])
    let features = try program.succeed(["features", "piece", "--format", "csv"]).output
    let rows = features.split(whereSeparator: \.isNewline)
    #expect(rows.count == 3)
    #expect(features.contains("toy,piece,original,lld12,set,0,1"))
    #expect(features.contains("toy,piece,original,tiny,model,2,50"))
    #expect(
      try program.succeed(["features", "--space", "lld12", "--format", "csv"]).output
        .split(whereSeparator: \.isNewline).count == 2)
    let sets = try program.succeed(["features", "--sets", "--format", "csv"]).output
    for name in ["lld12", "vis12"] { #expect(sets.contains(name)) }
    #expect(try program.succeed(["explain", "lld12"]).output.contains("alpha_ratio"))
    let badAggregate = try program.run(["extract", "--model", "tiny", "--aggregate", "median"])
    #expect(badAggregate.status != 0 && badAggregate.error.contains("mean, max, std, last"))
  }

  @Test func featuresAreDrawnOverTheStimulusWithItsRatings() throws {
    let program = try prepared(seconds: 30)
    try program.succeed(["extract", "--set", "lld12"])
    try program.succeed(Self.extract + ["--layers", "hs.1,hs.2"])
    let ratings = (0..<30).map { "\($0),\(Double($0) / 30),\(1 - Double($0) / 30)" }.joined(separator: "\n")
    try program.write("time,arousal,valence\n" + ratings + "\n", "ratings.csv")
    try program.succeed(["import", "annotations", "ratings.csv", "--dataset", "toy", "--stimulus", "piece"])
    let several = try program.run(["plot", "features", "piece", "-o", "f.svg"])
    #expect(several.status == 66 && several.error.contains("lld12, tiny") && several.error.contains("--space"))
    try program.succeed(["plot", "features", "piece", "--space", "lld12", "-o", "curves.svg"])
    let curves = try String(contentsOfFile: program.folder + "/curves.svg", encoding: .utf8)
    for word in ["lld12 over piece", "rms_db", "mod_4hz", "arousal", "valence", "0:30", "polyline"] {
      #expect(curves.contains(word), "\(word)")
    }
    #expect(!curves.contains("crispEdges"))
    let deepest = try program.succeed(["plot", "features", "piece", "--space", "tiny", "-o", "picture.svg"])
    #expect(deepest.error.contains("layer hs.2, the deepest"))
    let picture = try String(contentsOfFile: program.folder + "/picture.svg", encoding: .utf8)
    #expect(picture.contains("tiny/hs.2 over piece") && picture.contains("shape-rendering=\"crispEdges\""))
    try program.succeed(["plot", "features", "piece", "--space", "tiny", "-o", "again.svg"])
    #expect(try String(contentsOfFile: program.folder + "/again.svg", encoding: .utf8) == picture)
    for wrong in [["--layer", "hs.9"], ["--element", "voice"], ["--dataset", "other"]] {
      let refused = try program.run(["plot", "features", "piece", "--space", "tiny", "-o", "x.svg"] + wrong)
      #expect(refused.status == 66 && refused.error.contains("E-QRY-009"), "\(wrong)")
    }
    #expect(try program.run(["plot", "features", "-o", "x.svg"]).status == 64)
  }

  @Test func ratingsAreDrawnWhereStudiesReadThemAndRunsApart() throws {
    let program = try Program()
    for (name, shift) in [("whole", 0.0), ("half", 0.5)] {
      let rows = (1...2).flatMap { (run: Int) -> [String] in
        (0..<20).map { (i: Int) -> String in "\(Double(i) + shift),\(run),\((i * (run + 2)) % 7)" }
      }
      let table = rows.joined(separator: "\n")
      try program.write("time,run,loud\n" + table + "\n", "features.csv")
      try program.write("time,run,arousal\n" + table + "\n", "ratings.csv")
      try program.succeed(["init", "\(name).evoke"])
      let place = ["--dataset", "toy", "--stimulus", "piece", "--run", "run", "-C", "\(name).evoke"]
      try program.succeed(["import", "features", "features.csv", "--name", "sound"] + place)
      try program.succeed(["import", "annotations", "ratings.csv"] + place)
    }
    func drawing(_ name: String, _ more: [String] = []) throws -> (svg: String, note: String) {
      let ending = try program.succeed(["plot", "features", "piece", "-o", "f.svg", "-C", "\(name).evoke"] + more)
      return (try String(contentsOfFile: program.folder + "/f.svg", encoding: .utf8), ending.error)
    }
    // A stamp in the middle of a second is of that second.
    let first = try drawing("whole")
    #expect(try drawing("half").svg == first.svg)
    #expect(first.svg.contains(">run 1, 1 rating<") && !first.svg.contains("run 2"))
    #expect(first.note.contains("run 1; choose with --run"))
    #expect(first.svg.contains("over piece, run 1<") && first.svg.contains(", run 1 of 2 runs, "))
    let second = try drawing("half", ["--run", "2"])
    #expect(
      second.svg.contains(">run 2, 1 rating<") && !second.svg.contains("run 1") && !second.note.contains("choose"))
    let coarse = try drawing("half", ["--run", "2", "--grid", "2"])
    #expect(coarse.svg != second.svg && coarse.svg.contains("every 2 s"))
    let refused = try program.run(["plot", "features", "piece", "-o", "f.svg", "-C", "half.evoke", "--run", "3"])
    #expect(refused.status == 66 && refused.error.contains("there are 1, 2"))
    #expect(
      try program.run(["plot", "features", "piece", "-o", "f.svg", "-C", "half.evoke", "--grid", "0"]).status == 64)
  }
}
