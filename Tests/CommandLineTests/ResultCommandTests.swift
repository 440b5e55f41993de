import Foundation
import Testing

/// What becomes of a question's rows: files of typed columns, frozen results, sentences that hold or not.
@Suite struct ResultCommandTests {
  private func bytes(_ program: Program, _ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: "\(program.folder)/\(name)")))
  }

  private func warehouse(_ program: Program) throws {
    try program.succeed(["init", "toy.evoke"])
    try program.write("time,joy\n0,1\n1,2\n2,4\n", "joy.csv")
    try program.succeed(["import", "annotations", "joy.csv", "--dataset", "d", "--stimulus", "film"])
  }

  @Test("a result is written as Parquet to a file, typed without rows too, and never to a terminal")
  func parquet() throws {
    let program = try Program()
    try warehouse(program)
    for (words, name) in [
      (["query", "encoding_score"], "scores.parquet"), (["query", "contents", "--format", "parquet"], "contents.bin"),
      (["sql", "SELECT name, duration_s, count(*) AS n FROM stimulus"], "stimuli.parquet"),
    ] {
      let ending = try program.run(words + ["-o", name])
      #expect(ending.status == 0 && ending.output.isEmpty && ending.error.contains("wrote \(name)"))
      let found = try bytes(program, name)
      #expect(found.starts(with: Array("PAR1".utf8)) && found.suffix(4) == Array("PAR1".utf8)[...])
    }
    let text = String(decoding: try bytes(program, "scores.parquet"), as: UTF8.self)
    #expect(text.contains("Fisher-z mean of the outer folds' correlations") && text.contains("evoke.columns"))
    try program.succeed(["query", "contents", "-o", "contents.csv"])
    let direct = try program.succeed(["query", "contents", "--format", "csv"])
    #expect(String(decoding: try bytes(program, "contents.csv"), as: UTF8.self) == direct.output)

    let mixed = try program.run(["sql", "SELECT 1 AS x UNION SELECT 'a'", "-o", "x.parquet"])
    #expect(mixed.status == 65 && mixed.error.contains("E-QRY-014") && mixed.error.contains("column x"))
    #expect(!FileManager.default.fileExists(atPath: "\(program.folder)/x.parquet"))
    #expect(try program.run(["sql", "SELECT NULL AS x", "-o", "x.parquet"]).status == 65)
    #expect(try program.run(["sql", "SELECT NULL AS x", "-o", "x.parquet", "--type", "x=real"]).status == 0)
    for words in [
      ["--type", "x=number", "-o", "x.parquet"], ["--type", "x=real"], ["-o", "x.parquet", "--digits", "3"],
    ] {
      #expect(try program.run(["sql", "SELECT 1 AS x"] + words).status == 64)
    }
    #expect(try program.run(["sql", "SELECT 1 AS x; SELECT 2 AS y", "-o", "x.parquet"]).status == 65)

    // A bare root that another program changed into has no terminals.
    let needed = ["/usr/bin/script", "/dev/pts/ptmx"]
    guard needed.allSatisfy({ FileManager.default.fileExists(atPath: $0) }) else { return }
    let words = "\(Program.path) query contents --format parquet"
    let terminal = try program.run(["-qec", words, "/dev/null"], launch: "/usr/bin/script")
    #expect(terminal.status == 64 && terminal.output.contains("E-QRY-015") && !terminal.output.contains("PAR1"))
  }

  @Test func aResultIsFrozenGivenBackAskedAgainAndForgotten() throws {
    let program = try Program()
    try warehouse(program)
    let question = ["query", "array_catalog", "--where", "kind=annotation", "--columns", "name,rate_hz,bytes"]
    let before = try program.succeed(question + ["--format", "json"]).output
    let dry = try program.succeed(question + ["--materialize", "table1", "--dry-run"])
    #expect(dry.output.hasPrefix("would freeze table1: 1 rows"))
    #expect(try program.rows("SELECT count(*) FROM materialized") == [["0"]])
    #expect(try program.succeed(question + ["--materialize", "table1"]).output.hasPrefix("froze table1: 1 rows"))
    #expect(try program.succeed(question + ["--materialize", "table1"]).output.hasPrefix("unchanged table1"))
    let other = try program.run(["query", "array_catalog", "--materialize", "table1"])
    #expect(other.status == 73 && other.error.contains("E-QRY-016"))
    #expect(try program.succeed(["query", "--materialized", "table1", "--format", "json"]).output == before)
    try program.succeed(["query", "--materialized", "table1", "-o", "t.parquet"])
    try program.succeed(["verify", "--level", "4"])

    try program.write("time,fear\n0,1\n1,3\n", "fear.csv")
    try program.succeed(["import", "annotations", "fear.csv", "--dataset", "d", "--stimulus", "film"])
    #expect(
      try program.rows("SELECT is_stale, reason LIKE '%stored_array%' FROM materialized") == [["1", "1"]])
    let again = try program.run(["verify", "--level", "4"])
    #expect(again.status == 1 && again.output.contains("it returns 2 rows, frozen are 1"))
    #expect(try program.run(question + ["--materialize", "table1"]).status == 73)
    #expect(try program.succeed(["query", "--materialized", "table1", "--format", "json"]).output == before)

    #expect(try program.succeed(["forget", "--materialized", "table1", "--dry-run"]).output.contains("would forget"))
    try program.succeed(["forget", "--materialized", "table1"])
    #expect(try program.run(["query", "--materialized", "table1"]).status == 66)
    try program.succeed(["verify", "--level", "4"])
    for words in [
      ["--materialized", "x", "--limit", "1"], ["contents", "--materialize", "x", "--check"],
      ["contents", "--materialize", "x", "-o", "x.csv"],
    ] {
      #expect(try program.run(["query"] + words).status == 64)
    }
  }

  @Test func claimsPassOrFailAndTheExitStatusSaysIt() throws {
    let program = try Program()
    try warehouse(program)
    try FileManager.default.createDirectory(
      atPath: program.folder + "/claims", withIntermediateDirectories: true)
    let holds = "-- claim: There is one film.\nSELECT count(*) AS n FROM stimulus HAVING n <> 1\n"
    try program.write(holds, "claims/a.sql")
    let all = try program.run(["claims", "claims"])
    #expect(all.status == 0 && all.output == "PASS  There is one film.\n")
    try program.write("-- claim: It is called song.\nSELECT name FROM stimulus WHERE name <> 'song'\n", "claims/b.sql")
    try program.write("-- claim: It is no SQL.\nSELECT absent FROM stimulus\n", "claims/c.sql")
    let some = try program.run(["claims", "claims"])
    #expect(some.status == 1 && some.error.contains("E-QRY-017"))
    let lines = some.output.split(separator: "\n")
    #expect(lines.count == 3 && lines[1] == "FAIL  It is called song.: 1 row contradicts it")
    #expect(lines[2].hasPrefix("FAIL  It is no SQL.: E-QRY-002 no such column: absent"))
    let json = try program.run(["claims", "claims", "--json"])
    #expect(json.status == 1 && json.output.contains(#""claim":"It is called song.","error":null,"file":"b.sql","#))
    #expect(try program.run(["claims", "toy.evoke"]).status == 65)
  }
}
