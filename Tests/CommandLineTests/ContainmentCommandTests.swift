import Foundation
import Testing

/// Nothing outside the warehouse is read, written or removed, whatever names a catalog, a plan or a file holds.
@Suite(.serialized) struct ContainmentCommandTests {
  private static let ratings = "time_s,arousal\n" + (0..<40).map { "\($0),\(($0 * 7) % 11)\n" }.joined()

  private func warehouse() throws -> Program {
    let program = try Program()
    try program.succeed(["init", "w.evoke"])
    return program
  }

  private func exists(_ program: Program, _ name: String) -> Bool {
    FileManager.default.fileExists(atPath: program.folder + "/" + name)
  }

  @Test(arguments: ["../victim.txt", "arrays/../../victim.txt", "arrays/link/victim.txt", "catalog.sqlite"])
  func aCatalogThatNamesOtherFilesRemovesNone(_ place: String) throws {
    let program = try warehouse()
    try program.write(Self.ratings, "a.csv")
    try program.succeed(["import", "annotations", "a.csv", "--dataset", "d", "--stimulus", "x"])
    try program.write("precious", "victim.txt")
    try FileManager.default.createSymbolicLink(
      atPath: program.folder + "/w.evoke/arrays/link", withDestinationPath: program.folder)
    try program.edit("UPDATE stored_array SET file = '\(place)'", in: "w.evoke")
    let verified = try program.run(["verify", "--level", "1"])
    #expect(verified.status == 1)
    if place != "catalog.sqlite" { #expect((verified.output + verified.error).contains("leads out of the warehouse")) }
    #expect(try program.run(["verify", "--level", "3"]).status == 1)
    let again = ["import", "annotations", "a.csv", "--dataset", "d", "--stimulus", "x"]
    for arguments in [["forget", "a.csv"], ["forget", "a.csv", "--dry-run"], ["repair"], ["backup", "copy"], again] {
      let ending = try program.run(arguments)
      #expect(ending.status != 0 && ending.error.contains("E-NAM-002"), "\(arguments): \(ending.error)")
    }
    _ = try program.run(["gc"])
    #expect(exists(program, "victim.txt") && exists(program, "a.csv") && exists(program, "w.evoke/catalog.sqlite"))
  }

  @Test(arguments: ["../../../escape", "a/b", "..", "x\\u001b[2J"]) func aSimulationIsWrittenWhereItIsTold(
    _ name: String
  ) throws {
    let program = try warehouse()
    for (simulation, stimulus, target) in [(name, "m", "t"), ("s", name, "t"), ("s", "m", name)] {
      try program.write(
        """
        simulation: "\(simulation)"
        dataset: d
        stimuli: ["\(stimulus)"]
        annotations: {targets: [{name: "\(target)", nothing: true}]}
        """, "s.yaml")
      let before = try FileManager.default.subpathsOfDirectory(atPath: program.folder).filter { !$0.contains(".evoke") }
      let ending = try program.run(["simulate", "s.yaml", "-o", "out/x"])
      #expect(ending.status == 78, "\(ending.error)")
      #expect(!ending.error.contains("\u{1b}"))
      let after = try FileManager.default.subpathsOfDirectory(atPath: program.folder).filter { !$0.contains(".evoke") }
      #expect(Set(after) == Set(before))
    }
  }

  @Test func oneOfSeveralFilesIsForgottenAlone() throws {
    let program = try warehouse()
    for name in ["one", "two", "three"] {
      try program.write(Self.ratings.replacingOccurrences(of: "arousal", with: "arousal"), "\(name).csv")
    }
    try program.succeed(["import", "annotations", "one.csv", "two.csv", "three.csv", "--dataset", "d"])
    let again = try program.succeed(["import", "annotations", "one.csv", "two.csv", "three.csv", "--dataset", "d"])
    #expect(again.error.contains("unchanged"))
    let planned = try program.succeed(["forget", "two.csv", "--dry-run"]).output
    let names = "SELECT stimulus FROM stored_array ORDER BY 1"
    #expect(try program.rows(names) == [["one"], ["three"], ["two"]])
    let done = try program.succeed(["forget", "two.csv"]).output
    #expect(planned.replacingOccurrences(of: "would forget", with: "forgot") == done)
    #expect(done.contains("two.csv") && !done.contains("one.csv") && !done.contains("three.csv"))
    #expect(try program.rows(names) == [["one"], ["three"]])
    #expect(try program.rows("SELECT name FROM stimulus ORDER BY 1") == [["one"], ["three"]])
    try program.succeed(["verify", "--level", "3"])
    let back = try program.succeed(["import", "annotations", "one.csv", "two.csv", "three.csv", "--dataset", "d"])
    #expect(!back.error.contains("unchanged"))
    #expect(try program.rows(names) == [["one"], ["three"], ["two"]])
  }

  @Test func nothingIsWrittenIntoTheWarehouseByWhateverPath() throws {
    let program = try warehouse()
    try program.write(Self.ratings, "a.csv")
    try program.succeed(["import", "annotations", "a.csv", "--dataset", "d", "--stimulus", "x"])
    try FileManager.default.createSymbolicLink(atPath: program.folder + "/link", withDestinationPath: "w.evoke")
    let before = try program.files(in: "w.evoke")
    let array = try program.rows("SELECT name FROM stored_array")[0][0]
    for (place, home) in [
      ("w.evoke", "w.evoke"), ("w.evoke/new", "w.evoke"), ("link/new", "w.evoke"), ("link/a/b", "w.evoke"),
      ("w.evoke/new", "link"), ("link", "w.evoke"), ("./new/../w.evoke/arrays/x", "w.evoke"),
    ] {
      for words in [
        ["backup", place], ["sql", "SELECT 1", "-o", place + "/x.csv"], ["export", "stems", "-o", place],
        ["export", "array", array, "-o", place + "/x.h5"], ["new", "study", "isc_report", "-o", place + "/s.yaml"],
      ] {
        let ending = try program.run(words + ["-C", home])
        #expect(ending.status == 73 && ending.error.contains("inside the warehouse"), "\(words) \(home): \(ending)")
      }
    }
    #expect(try program.files(in: "w.evoke") == before)
  }

  @Test func aBackupReplacesNoOtherWarehouse() throws {
    let program = try warehouse()
    try program.write(Self.ratings, "a.csv")
    try program.succeed(["import", "annotations", "a.csv", "--dataset", "d", "--stimulus", "x"])
    // Another one, and a copy that went its own way.
    try program.succeed(["init", "other"])
    try program.edit("UPDATE migration SET applied_at = '2020-01-01T00:00:00Z'", in: "other")
    try program.succeed(["backup", "copy", "-C", "w.evoke"])
    try program.write(Self.ratings + "40,1\n", "b.csv")
    try program.succeed(["import", "annotations", "b.csv", "--dataset", "d", "--stimulus", "y", "-C", "copy"])
    for place in ["other", "copy"] {
      let before = try program.rows("SELECT name FROM stored_array", in: place)
      let ending = try program.run(["backup", place, "-C", "w.evoke"])
      #expect(ending.status == 73 && ending.error.contains("E-WH-002"), "\(place): \(ending)")
      #expect(try program.rows("SELECT name FROM stored_array", in: place) == before)
    }
  }

  @Test func whatOthersPutBesideTheCatalogStays() throws {
    let program = try warehouse()
    let own = ["notes.tmp-1.txt", "draft.tmp-2", "catalog.sqlite.tmp-copy"]
    let left = "catalog.sqlite.sha256.tmp-99999999"
    for name in own + [left] { try program.write("mine", "w.evoke/\(name)") }
    try program.succeed(["gc"])
    for name in own { #expect(exists(program, "w.evoke/\(name)"), "\(name)") }
    #expect(!exists(program, "w.evoke/\(left)"))
  }

  @Test func aVerbSaysWhichWarehouseItFoundAbove() throws {
    let program = try warehouse()
    let below = program.folder + "/deep/deeper"
    try FileManager.default.createDirectory(atPath: below, withIntermediateDirectories: true)
    let place = (program.folder as NSString).standardizingPath
    for (folder, isSaid) in [(program.folder, false), (below, true)] {
      for arguments in [["gc"], ["gc", "--dry-run"], ["gc", "-C", program.folder + "/w.evoke"]] {
        let ending = try Command.run(arguments, in: folder)
        let says = isSaid && arguments == ["gc"]
        #expect(ending.status == 0 && ending.errors.contains("writing to") == says, "\(arguments) in \(folder)")
        if says { #expect(ending.errors.contains((place as NSString).lastPathComponent + "/w.evoke")) }
      }
    }
  }

  @Test(arguments: ["a/b", "..", "x\u{1b}[31m", "x\u{9b}2J"]) func namesOfImportsAreNames(_ name: String) throws {
    let program = try warehouse()
    try program.write(Self.ratings, "a.csv")
    for option in ["--stimulus", "--dataset", "--name"] {
      var arguments = ["import", "annotations", "a.csv", option, name]
      for (other, value) in [("--stimulus", "x"), ("--dataset", "d")] where other != option {
        arguments += [other, value]
      }
      let ending = try program.run(arguments)
      #expect(ending.status == 65 && ending.error.contains("E-NAM-001"), "\(option) \(ending.error)")
      #expect(!ending.error.unicodeScalars.contains { $0.value == 0x1b || $0.value == 0x9b })
    }
    #expect(try program.rows("SELECT count(*) AS n FROM stored_array") == [["0"]])
  }

  @Test(arguments: ["table", "csv", "tsv", "json", "ndjson", "md", "tex"]) func tablesMoveNoCursor(_ format: String)
    throws
  {
    let program = try warehouse()
    let sql = "SELECT 'a' || char(27) || '[2J' || char(155) || char(8238) || char(7) AS x, 1 AS \"y\u{1b}\""
    let output = try program.succeed(["sql", sql, "--format", format]).output
    #expect(
      output.unicodeScalars.allSatisfy {
        $0.value >= 0x20 && !(0x7f..<0xa0).contains($0.value) || "\r\n\t".unicodeScalars.contains($0)
      })
    #expect(!output.contains("\u{202e}") && output.contains("u001b"))
  }

  @Test func twoSpellingsOfANameAreOne() throws {
    let program = try warehouse()
    for (index, name) in ["cafe\u{301}", "caf\u{e9}"].enumerated() {
      try program.write(Self.ratings.replacingOccurrences(of: "3,", with: "3,\(index)"), "r\(index).csv")
      let ending = try program.run(["import", "annotations", "r\(index).csv", "--dataset", "d", "--stimulus", name])
      #expect(ending.status == (index == 0 ? 0 : 73), "\(ending.error)")
    }
    #expect(try program.rows("SELECT count(*) AS n FROM stimulus") == [["1"]])
  }

  @Test(arguments: ["", "-wal", "-journal", "-shm", ".sha256"]) func pipesInAWarehouseAreNotWaitedFor(_ suffix: String)
    throws
  {
    let program = try warehouse()
    let path = "\(program.folder)/w.evoke/catalog.sqlite\(suffix)"
    try? FileManager.default.removeItem(atPath: path)
    #expect(mkfifo(path, 0o600) == 0)
    for (words, status) in [(["status"], Int32(66)), (["verify"], 1), (["gc"], 66), (["init", "w.evoke"], 66)] {
      let ending = try program.run(words, launch: "/usr/bin/timeout", before: ["60", Program.path])
      #expect(ending.status == (suffix == ".sha256" ? 0 : status), "\(words): \(ending.status) \(ending.error)")
      if suffix != ".sha256" { #expect((ending.output + ending.error).contains("pipe"), "\(words): \(ending)") }
    }
  }

  @Test func pipesAndDevicesAreNotRead() throws {
    let program = try warehouse()
    #expect(mkfifo(program.folder + "/pipe.csv", 0o600) == 0)
    try FileManager.default.createSymbolicLink(atPath: program.folder + "/zero.csv", withDestinationPath: "/dev/zero")
    for file in ["pipe.csv", "zero.csv"] {
      for kind in ["annotations", "features", "eeg", "audio", "participants", "weights"] {
        let ending = try program.run(["import", kind, file, "--dataset", "d"])
        #expect([65, 66].contains(ending.status), "\(kind) \(file): \(ending.status) \(ending.error)")
      }
    }
  }
}

/// Statements of users end.
@Suite(.serialized) struct QuestionLimitTests {
  private static let endless = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT"

  @Test func statementsEndAtTheirTimeAndRows() throws {
    let program = try Program()
    try program.succeed(["init", "w.evoke"])
    let late = try program.run(["sql", "\(Self.endless) count(*) FROM c", "--timeout", "0.2"])
    #expect(late.status == 64 && late.error.contains("E-QRY-012"))
    let many = try program.run(["sql", "\(Self.endless) x FROM c", "--max-rows", "1000"])
    #expect(many.status == 64 && many.error.contains("E-QRY-013") && many.output.isEmpty)
    let defined = try program.run([
      "cohort", "define", "c", "--subjects", "\(Self.endless) x AS subject_id FROM c WHERE x < 0", "--timeout", "0.2",
    ])
    #expect(defined.status == 64 && defined.error.contains("E-QRY-012"))
    let queried = try program.run(["query", "import_log", "--timeout", "5", "--max-rows", "10"])
    #expect(queried.status == 0)
    // What SQLite does not stop in the middle of one value ends all the same.
    let long = "replace(hex(zeroblob(2000000)), '0', 'a')"
    for value in [
      "instr(\(long), substr(\(long), 2000000) || 'b')",
      "length(trim(\(long), replace(hex(zeroblob(900000)), '0', 'b') || 'a'))",
    ] {
      let stuck = try program.run(
        ["sql", "SELECT \(value)", "--timeout", "0.2"], launch: "/usr/bin/timeout", before: ["90", Program.path])
      #expect(stuck.status == 64 && stuck.error.contains("E-QRY-012"), "\(value): \(stuck)")
    }
    let wide = try program.run(["sql", "SELECT 'a' LIKE \(long)"])
    #expect(wide.status == 64 && wide.error.contains("pattern"), "\(wide)")
    #expect(try program.run(["sql", "SELECT 1", "--timeout", "1e300"]).status == 0)
    let large = try program.run(["sql", "SELECT length(hex(zeroblob(500000000)))"])
    #expect(large.status != 0)
  }

  @Test(arguments: [
    "DELETE FROM dataset", "PRAGMA journal_mode(WAL)", "PRAGMA user_version(7)", "ATTACH 'x.db' AS x",
    "WITH a AS (SELECT 1) DELETE FROM dataset", "PRAGMA writable_schema(1)", "VACUUM INTO 'x.db'",
  ])
  func statementsThatWriteAreRefused(_ sql: String) throws {
    let program = try Program()
    try program.succeed(["init", "w.evoke"])
    #expect(try program.run(["sql", sql]).status != 0)
    #expect(try program.run(["cohort", "define", "c", "--subjects", sql]).status != 0)
    #expect(!FileManager.default.fileExists(atPath: program.folder + "/x.db"))
  }
}
