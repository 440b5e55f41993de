import ArgumentParser
import CommandLineTool
import Foundation
import Testing

/// A catalog that a writer's death left with a journal is read by every verb that reads, at once and from media that are
/// only read.
@Suite(.serialized) struct ReadableTests {
  /// What a killed writer leaves.
  enum Journal: String, CaseIterable {
    case rollback, writeAhead

    /// SQL during which the writer dies: pages of an open transaction are in the catalog, or committed ones in the log.
    var statements: String {
      let rows = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000) "
      return switch self {
      case .rollback:
        "PRAGMA cache_size=2; BEGIN; CREATE TABLE junk (a); INSERT INTO junk \(rows) SELECT randomblob(400) FROM n; "
          + "DELETE FROM annotation_series;"
      case .writeAhead: "PRAGMA journal_mode=WAL; UPDATE dataset SET licence = licence;"
      }
    }

    var file: String { self == .rollback ? "catalog.sqlite-journal" : "catalog.sqlite-wal" }
  }

  /// A command of every verb that only reads, in a folder with `ratings.csv` and `study.yaml`.
  private static let reading: [String: [String]] = [
    "query": ["query", "import_log"], "sql": ["sql", "SELECT count(*) FROM annotation_series"], "schema": ["schema"],
    "status": ["status"], "explain": ["explain", "E-WH-005"], "why": ["why", "ratings.csv"], "doctor": ["doctor"],
    "forget": ["forget", "ratings.csv", "--dry-run"], "verify": ["verify"], "repair": ["repair", "--dry-run"],
    "gc": ["gc", "--dry-run"], "models": ["models"], "features": ["features"], "plan": ["plan", "study.yaml"],
    "plot": ["plot", "layer_sweep", "-o", "sweep.svg"], "check": ["check", "alignment"],
    "extract": ["extract", "--set", "lld12", "--dry-run"], "export": ["export", "nifti", "x", "-o", "x.nii"],
    "relocate": ["relocate", "ratings.csv", "moved.csv", "--dry-run"], "grade": ["grade", "nowhere"],
    "cohort": ["cohort", "list"], "backup": ["backup", "copy"], "claims": ["claims", "."],
    "new": ["new", "study", "layer_sweep"], "compare": ["compare", "s", "s", "--cohort", "d"],
    "cite": ["cite", "--check"], "family": ["family", "define", "all", "--where", "true", "--dry-run"],
    "archive": ["archive", "create", "a.zip", "--study", "s", "--title", "T", "--blind", "--licence", "CC0-1.0"],
  ]
  /// Verbs that write the warehouse, or know of none.
  private static let writing: Set = [
    "init", "import", "run", "retry", "calibrate", "work", "simulate", "consent", "merge",
  ]

  @Test func `every verb stands among those that read or write`() {
    let verbs = Set(Evoke.configuration.subcommands.map { $0._commandName })
    #expect(verbs == Set(Self.reading.keys).union(Self.writing))
  }

  private func warehouse() throws -> Program {
    let program = try Program()
    let rows = (0..<120).map { "\($0),\(($0 * 7) % 11),\(($0 * 5) % 7)" }
    try program.write((["time,joy,x"] + rows).joined(separator: "\n") + "\n", "ratings.csv")
    try program.write((["time,f"] + (0..<120).map { "\($0),\(($0 * 3) % 13)" }).joined(separator: "\n") + "\n", "f.csv")
    try program.write(
      """
      study: s
      kind: layer_sweep
      datasets: [d]
      features: [{space: f}]
      targets: [{annotation: joy}]
      encoding: {}
      """, "study.yaml")
    try program.write(
      "-- claim: Joy was rated.\nSELECT 1 WHERE (SELECT count(*) FROM annotation_series) < 2\n", "joy.sql")
    try program.succeed(["init", "toy.evoke"])
    try program.succeed(["import", "annotations", "ratings.csv", "--dataset", "d", "--stimulus", "s"])
    try program.succeed(["import", "features", "f.csv", "--dataset", "d", "--stimulus", "s", "--name", "f"])
    return program
  }

  /// Leaves the catalog as a writer that was killed leaves it.
  private func kill(_ journal: Journal, in folder: String) throws {
    let seal = folder + "/toy.evoke/catalog.sqlite.sha256"
    try (String(contentsOfFile: seal, encoding: .utf8) + "# written by: pid 1\n")
      .write(toFile: seal, atomically: true, encoding: .utf8)
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
    shell.arguments = [folder + "/toy.evoke/catalog.sqlite", journal.statements, ".system kill -9 $PPID"]
    shell.standardOutput = FileHandle.nullDevice
    shell.standardError = FileHandle.nullDevice
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationReason == .uncaughtSignal && shell.terminationStatus == SIGKILL)
    #expect(FileManager.default.fileExists(atPath: "\(folder)/toy.evoke/\(journal.file)"))
  }

  private func copy(_ program: Program) throws -> Program {
    let other = try Program()
    for name in ["toy.evoke", "ratings.csv", "study.yaml", "joy.sql"] {
      try FileManager.default.copyItem(atPath: program.folder + "/" + name, toPath: other.folder + "/" + name)
    }
    return other
  }

  @Test(arguments: Journal.allCases) func `every verb that reads takes the journal in`(journal: Journal) throws {
    let program = try warehouse()
    for (verb, arguments) in Self.reading.sorted(by: { $0.key < $1.key }) {
      let (plain, left) = (try copy(program), try copy(program))
      try kill(journal, in: left.folder)
      let (expected, found) = (try plain.run(arguments), try left.run(arguments))
      #expect(found.status == expected.status, "\(verb): \(found.error)")
      #expect(!found.error.contains("E-WH-014") && !found.error.contains("E-WH-005"), "\(verb): \(found.error)")
      if verb == "sql" { #expect(found.output == expected.output) }
    }
  }

  @Test(arguments: Journal.allCases) func `media that are only read are read through a copy`(journal: Journal) throws {
    let program = try warehouse()
    try kill(journal, in: program.folder)
    let before = try FileManager.default.contentsOfDirectory(atPath: program.folder + "/toy.evoke").sorted()
    let reader = try Stranger(of: program)
    for verb in ["query", "sql", "status", "verify", "why", "plan"] {
      let found = try reader.run(try #require(Self.reading[verb]))
      #expect(found.status == 0, "\(verb): \(found.error)")
    }
    #expect(try reader.run(try #require(Self.reading["sql"])).output.contains("2"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder + "/toy.evoke").sorted() == before)
  }

  @Test func `verify needs no folder for temporary files`() throws {
    let program = try warehouse()
    let found = try program.run(["verify"], ["TMPDIR": "/nonexistent"])
    #expect(found.status == 0, "\(found.error)")
  }

  @Test func `what may not be written or read is exit 77`() throws {
    let program = try warehouse()
    let stranger = try Stranger(of: program)
    for arguments in [
      ["import", "annotations", "ratings.csv", "--dataset", "e"], ["gc"], ["init", program.folder + "/toy.evoke"],
    ] {
      let found = try stranger.run(arguments)
      #expect(found.status == 77 && found.error.contains("E-WH-020"), "\(found.status): \(found.error)")
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: program.folder + "/ratings.csv")
    try program.succeed(["init", "open.evoke"])
    try Stranger.open(program.folder + "/open.evoke")
    let unreadable = try stranger.run([
      "import", "annotations", program.folder + "/ratings.csv", "-C", program.folder + "/open.evoke",
    ])
    #expect(unreadable.status == 77, "\(unreadable.error)")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o600], ofItemAtPath: program.folder + "/toy.evoke/catalog.sqlite")
    let closed = try stranger.run(["status", "-C", program.folder + "/toy.evoke"])
    #expect(closed.status == 77 && closed.error.contains("E-WH-020"), "\(closed.error)")
  }

  @Test func `a reader's transaction is named as one`() throws {
    let program = try warehouse()
    let shell = Process()
    shell.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
    shell.arguments = [program.folder + "/toy.evoke/catalog.sqlite"]
    let (input, output) = (Pipe(), Pipe())
    shell.standardInput = input
    shell.standardOutput = output
    try shell.run()
    input.fileHandleForWriting.write(Data("BEGIN; SELECT count(*) FROM dataset;\n".utf8))
    _ = output.fileHandleForReading.availableData
    let more = ["import", "annotations", "ratings.csv", "--dataset", "e"]
    let found = try program.run(more)
    #expect(found.status == 75, "\(found.error)")
    #expect(found.error.contains("E-WH-021") && !found.error.contains("written by"), "\(found.error)")
    #expect(found.error.contains("sqlite3 (pid \(shell.processIdentifier))"), "\(found.error)")
    try input.fileHandleForWriting.close()
    shell.waitUntilExit()
    #expect(try program.run(more).status == 0)
  }
}

/// Somebody who may read a program's folder and write nothing in it.
struct Stranger {
  private let program: Program
  private let home: Program

  init(of program: Program) throws {
    (self.program, home) = (program, try Program())
    let manager = FileManager.default
    try Self.open(home.folder)
    for path in [program.folder, program.folder + "/toy.evoke"] {
      try manager.setAttributes([.posixPermissions: 0o555], ofItemAtPath: path)
    }
    for name in try manager.contentsOfDirectory(atPath: program.folder + "/toy.evoke") where name.contains("catalog") {
      try manager.setAttributes([.posixPermissions: 0o444], ofItemAtPath: program.folder + "/toy.evoke/" + name)
    }
  }

  static func open(_ folder: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder)
    for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
      let path = folder + "/" + name
      let isFolder =
        (try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType) == .typeDirectory
      try FileManager.default.setAttributes([.posixPermissions: isFolder ? 0o777 : 0o666], ofItemAtPath: path)
    }
  }

  /// Runs `evoke` in the program's folder as that user.
  func run(_ arguments: [String]) throws -> Program.Ending {
    let isRoot = getuid() == 0
    let words = isRoot ? ["--reuid=65534", "--regid=65534", "--clear-groups", Program.path] : []
    return try home.run(
      arguments, ["TMPDIR": home.folder], launch: isRoot ? "/usr/bin/setpriv" : Program.path, before: words,
      in: program.folder)
  }
}
