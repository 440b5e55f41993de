import ContentIdentity
import Diagnostics
import Foundation
import Testing

@Suite struct CommandLineTests {
  private let folder: CommandFolder

  init() throws {
    folder = try CommandFolder()
    #expect(try Command.run(["init", "a.evoke"], in: folder.path).status == 0)
  }

  private func evoke(_ arguments: String..., environment: [String: String] = [:]) throws -> Command.Result {
    try Command.run(arguments, in: folder.path, environment: environment)
  }

  private func fill() throws {
    let rows = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/warehouse/view_rows.sql")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
    process.arguments = ["-bail", folder.path + "/a.evoke/catalog.sqlite", ".read '\(rows.path)'"]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  @Test func initIsIdempotentAndRefusesAnotherFolder() throws {
    let again = try evoke("init", "a.evoke")
    #expect(again.status == 0)
    #expect(again.errors.contains("unchanged"))
    #expect(again.output == "")
    try FileManager.default.createDirectory(atPath: folder.path + "/full", withIntermediateDirectories: true)
    try "x".write(toFile: folder.path + "/full/notes.txt", atomically: true, encoding: .utf8)
    let refused = try evoke("init", "full")
    #expect(refused.status == 73)
    #expect(refused.errors.split(separator: "\n").count == 3)
    #expect(refused.errors.hasPrefix("error E-WH-002"))
  }

  @Test func theWarehouseIsFoundByOptionBeforeOrAfterTheVerbByEnvironmentAndAbove() throws {
    let nested = folder.path + "/deep/er"
    try FileManager.default.createDirectory(atPath: nested, withIntermediateDirectories: true)
    #expect(try Command.run(["status"], in: nested).status == 0)
    #expect(try Command.run(["-C", "../../a.evoke", "status"], in: nested).status == 0)
    #expect(try Command.run(["status", "--warehouse", "../../a.evoke"], in: nested).status == 0)
    #expect(
      try Command.run(["status"], in: "/", environment: ["EVOKE_WAREHOUSE": folder.path + "/a.evoke"]).status == 0)
    #expect(try Command.run(["status"], in: "/").status == 66)
    #expect(try Command.run(["-C", "nowhere.evoke", "status"], in: nested).status == 66)
    _ = try evoke("init", "b.evoke")
    let ambiguous = try evoke("status")
    #expect(ambiguous.status == 64)
    #expect(ambiguous.errors.contains("a.evoke, b.evoke"))
  }

  @Test func usageErrorsExit64AndVersionAndHelpExit0() throws {
    #expect(try evoke("nonsense").status == 64)
    #expect(try evoke("query", "--digits", "0").status == 64)
    #expect(try evoke("sql").status == 64)
    #expect(try evoke("--version").output.hasPrefix("evoke "))
    #expect(try evoke("--help").status == 0)
    #expect(try evoke("help", "query").output.contains("OVERVIEW"))
  }

  @Test func errorsAreThreeLinesOrOneJSONDocumentOnStderr() throws {
    let plain = try evoke("query", "layer_sweeep")
    #expect(plain.status == 64)
    #expect(plain.output == "")
    let lines = plain.errors.split(separator: "\n")
    #expect(lines.count == 3)
    #expect(lines[2].contains("layer_sweep"))
    let json = try JSONValue(
      parsing: try evoke("query", "layer_sweeep", "--json").errors.trimmingCharacters(in: .newlines))
    #expect(json["schema"] == "evoke.error/1")
    #expect(json["code"]?.stringValue == "E-QRY-001")
    #expect(json["exit"]?.intValue == 64)
  }

  @Test func everyErrorCodeIsExplained() throws {
    for code in [ErrorCode.warehouseLocked, .refusedSQL, .verificationFailed] {
      let result = try evoke("explain", code.id.lowercased())
      #expect(result.status == 0)
      #expect(result.output.contains(code.explanation))
    }
    #expect(try evoke("explain", "layer_sweep").output.contains("peak_share"))
    for (flag, end) in [("drift_kept", "is not to be reported (valid = 0)."), ("few_subjects", "may be reported.")] {
      let text = try evoke("explain", flag).output
      #expect(text.hasPrefix("Flag \(flag): ") && text.hasSuffix("A row that carries it \(end)\n"))
    }
    #expect(try evoke("explain", "E-NO-999").status == 64)
  }

  @Test func queryFiltersOrdersAndFormats() throws {
    try fill()
    let sweep = try evoke(
      "query", "layer_sweep", "--where", "study=sweep", "--where", "r>0.2", "--columns", "layer_key,r", "--order", "-r",
      "--format", "csv")
    #expect(sweep.output == "layer_key,r\r\nhs.1,0.5\r\nhs.0,0.25\r\n")
    let references = try evoke(
      "query", "layer_sweep", "--where", "layer_key=", "--columns", "feature_set", "--format", "tsv")
    #expect(references.output == "feature_set\nlld12\n")
    #expect(try evoke("query", "encoding_score", "--cohort", "nobody", "--format", "ndjson").output == "")
    let json = try JSONValue(parsing: try evoke("query", "covariate_control", "--json").output)
    #expect(json.arrayValue?.first?["unique_r2"]?.doubleValue == 0.0625)
    #expect(try evoke("query", "layer_sweep", "--where", "colour=red").status == 64)
    #expect(try evoke("query", "layer_sweep", "--where", "red").status == 64)
    let list = try evoke("query", "--list", "--format", "tsv").output
    #expect(list.contains("encoding_score\tview\t"))
    #expect(try evoke("query", "unit_counts", "--format", "csv").output.contains("encoding,failed,1"))
  }

  @Test func sqlReadsAndRefusesToWrite() throws {
    #expect(try evoke("sql", "SELECT 1 AS a, NULL AS b", "--format", "csv").output == "a,b\r\n1,\r\n")
    try "SELECT :x * 2 AS y".write(toFile: folder.path + "/q.sql", atomically: true, encoding: .utf8)
    #expect(try evoke("sql", "-f", "q.sql", "--param", "x=21", "--format", "ndjson").output == "{\"y\": 42}\n")
    let refused = try evoke("sql", "DELETE FROM dataset")
    #expect(refused.status == 64)
    #expect(refused.errors.contains("E-WH-014"))
    #expect(try evoke("sql", "SELECT nothing").errors.contains("E-QRY-002"))
    #expect(try evoke("sql", "-f", "absent.sql").status == 66)
  }

  @Test func whatIsNoConditionIsNeverTakenForAnotherOne() throws {
    try fill()
    for condition in ["r<", "r>=", "study==sweep", "study<>sweep", "r=<0.5", "r=>0.1"] {
      let refused = try evoke("query", "layer_sweep", "--where", condition)
      #expect(refused.status == 64 && refused.errors.contains("E-QRY-003"), "\(condition): \(refused.errors)")
    }
    #expect(try evoke("query", "layer_sweep", "--where", "layer_key!=", "--format", "ndjson").output.contains("hs.1"))
    #expect(try evoke("query", "layer_sweep", "--limit=-1").status == 64)
  }

  @Test func parametersThatAreWrittenLikeNamesStayTextAndNoneIsWithoutEffect() throws {
    for (given, type) in [
      ("x=21", "integer"), ("x=0", "integer"), ("x=-1.5e3", "real"), ("x=.5", "real"), ("x=", "null"), ("x=01", "text"),
      ("x=+5", "text"), ("x='7'", "text"), ("x=a=b", "text"), ("x=<5", "text"), ("x=99999999999999999999", "text"),
      ("x=nan", "text"), ("x=0x10", "text"),
    ] {
      let found = try evoke("sql", "SELECT typeof(:x) AS t", "--param", given, "--format", "tsv")
      #expect(found.output == "t\n\(type)\n", "\(given): \(found.errors)")
    }
    #expect(try evoke("sql", "SELECT :x AS y", "--param", "x='it''s'", "--format", "tsv").output == "y\nit's\n")
    for words in [["--param", "x"], ["--param", "=1"], ["--param", "x=1", "--param", "xx=2"], ["--attach", "b="]] {
      let refused = try Command.run(["sql", "SELECT :x"] + words, in: folder.path)
      #expect(refused.status == 64 && refused.errors.contains("E-QRY-003"), "\(words): \(refused.errors)")
    }
  }

  @Test func schemaStatusAndDoctorDescribeTheWarehouse() throws {
    try fill()
    #expect(try evoke("schema", "--format", "tsv").output.contains("fit\tresult\t"))
    #expect(try evoke("schema", "fit", "--format", "tsv").output.contains("unit_key"))
    #expect(try evoke("schema", "fitt").status == 64)
    let status = try JSONValue(parsing: try evoke("status", "--json").output)
    #expect(status["schema"] == "evoke.status/1")
    #expect(status["failed_units"]?.arrayValue?.first?["message"]?.stringValue == "E-ENC-001 constant")
    #expect(try evoke("status").output.contains("Failed units"))
    let doctor = try evoke("doctor", "--format", "tsv")
    #expect(doctor.status == 0)
    for word in ["sqlite", "hdf5", "openblas", "ffmpeg", "fftw", "file system", "schema", "LAPACK"] {
      #expect(doctor.output.contains("\n\(word)\t"), "\(word)")
    }
  }

  @Test func verifyTellsAForeignChangeAndExits1() throws {
    #expect(try evoke("verify").status == 0)
    try fill()
    let result = try evoke("verify", "--level", "1", "--json")
    #expect(result.status == 1)
    #expect(result.output.contains("catalog is as its last writer left it"))
    #expect(try JSONValue(parsing: result.errors.trimmingCharacters(in: .newlines))["code"]?.stringValue == "E-QRY-004")
    #expect(try evoke("verify", "--level", "5").status == 1)
  }

  @Test func whyAndPlotSpeakOfRows() throws {
    try fill()
    let why = try evoke("why", "layer_sweep", "--where", "study=sweep", "--where", "layer_key=hs.0")
    #expect(why.output.contains("1 row of layer_sweep"))
    #expect(why.output.contains("source clip.wav  sha256 aa"))
    #expect(try evoke("why", "nothing").status == 66)
    #expect(try evoke("plot", "layer_sweep", "-o", "a.svg").status == 0)
    let first = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/a.svg"))
    #expect(try evoke("plot", "layer_sweep", "-o", "b.svg", "--target", "arousal").status == 0)
    #expect(first == (try Data(contentsOf: URL(fileURLWithPath: folder.path + "/b.svg"))))
    #expect(try evoke("plot", "layer_sweep", "-o", "c.svg", "--target", "nobody").status == 66)
    #expect(try evoke("plot", "layer_contrast", "-o", "d.svg").status == 0)
    let contrasts = try String(contentsOfFile: folder.path + "/d.svg", encoding: .utf8)
    #expect(contrasts.contains("middle_vs_final, arousal") && contrasts.contains("0 of 1 positive, 0 supported"))
    #expect(try evoke("plot", "lineage", "-o", "c.svg").status == 64)
    #expect(try evoke("plot", "layer_sweep", "-o", "c.gif").status == 64)
    for (name, start) in [("c.png", [0x89] + Array("PNG".utf8)), ("c.pdf", Array("%PDF".utf8))] {
      #expect(try evoke("plot", "layer_sweep", "-o", name).status == 0)
      #expect(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + name)).starts(with: start))
    }
  }

  @Test func gcForgetAndRelocateDryRunsChangeNothing() throws {
    try "x".write(toFile: folder.path + "/a.evoke/arrays/.tmp-4000000-9.h5", atomically: true, encoding: .utf8)
    #expect(try evoke("gc", "--dry-run").output.contains(".tmp-4000000-9.h5"))
    #expect(FileManager.default.fileExists(atPath: folder.path + "/a.evoke/arrays/.tmp-4000000-9.h5"))
    #expect(try evoke("gc").status == 0)
    #expect(!FileManager.default.fileExists(atPath: folder.path + "/a.evoke/arrays/.tmp-4000000-9.h5"))
    #expect(try evoke("forget", "nothing.csv").status == 66)
    #expect(try evoke("relocate", "/old", "/new").status == 66)
  }

  @Test func aClosedReaderEndsTheProgramQuietly() throws {
    try fill()
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/bin/bash")
    shell.arguments = [
      "-c",
      "cd '\(folder.path)' && '\(Command.path)' sql 'WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM t LIMIT 200000) SELECT x FROM t' --format tsv 2>errors.txt | head -1 >/dev/null; exit ${PIPESTATUS[0]}",
    ]
    try shell.run()
    shell.waitUntilExit()
    #expect([0, 141].contains(shell.terminationStatus))
    // The rows were written by another program, which is said.
    let said = try String(contentsOfFile: folder.path + "/errors.txt", encoding: .utf8)
    #expect(
      said.split(separator: "\n").allSatisfy { $0.hasPrefix("warning: catalog.sqlite is not as its last writer") },
      "\(said)")
    let full = Process()
    full.executableURL = URL(fileURLWithPath: "/bin/bash")
    full.arguments = ["-c", "cd '\(folder.path)' && '\(Command.path)' status >/dev/full 2>/dev/null"]
    try full.run()
    full.waitUntilExit()
    #expect(full.terminationStatus == 74)
  }
}
