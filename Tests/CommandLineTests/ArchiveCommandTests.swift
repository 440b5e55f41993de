import Archive
import Diagnostics
import Foundation
import Testing
import Upkeep
import ZipArchive

/// An archive of a small study is made, checked, asked, unpacked and tampered with.
@Suite(.serialized) struct ArchiveCommandTests {
  private static let made = Result { try Made() }
  private static let shared = [
    "--title", "Joy & sound", "--author", "Ada Lovelace <0000-0002-1825-0097>", "--licence", "CC-BY-4.0", "--study",
    "s",
  ]

  /// A warehouse with one study, one frozen result and one claim, and its archive with everything in it.
  private struct Made {
    let program: Program
    let root: String
    var archive: String { program.folder + "/paper.zip" }

    init() throws {
      program = try Program()
      let rows = (0..<120).map { "\($0),\(($0 * 7) % 11),\(($0 * 5) % 7)" }
      try program.write((["time,joy,x"] + rows).joined(separator: "\n") + "\n", "ratings.csv")
      try program.write(
        (["time,f"] + (0..<120).map { "\($0),\(($0 * 3) % 13)" }).joined(separator: "\n") + "\n", "f.csv")
      try program.write(
        """
        study: s
        kind: layer_sweep
        datasets: [d]
        features: [{space: f}]
        targets: [{annotation: joy}]
        encoding: {}
        statistics: {draws: 20}
        """, "study.yaml")
      try FileManager.default.createDirectory(
        atPath: program.folder + "/claims", withIntermediateDirectories: true)
      try program.write(
        "-- claim: Joy was rated.\nSELECT 1 WHERE (SELECT count(*) FROM annotation_series) < 2\n", "claims/joy.sql")
      try program.succeed(["init", "toy.evoke"])
      let common = ["--dataset", "d", "--stimulus", "s", "--consent", "open", "--licence", "CC0-1.0"]
      try program.succeed(["import", "annotations", program.folder + "/ratings.csv"] + common)
      try program.succeed(["import", "features", "f.csv", "--name", "f"] + common)
      try program.succeed(["import", "features", "f.csv", "--name", "g", "--dataset", "e", "--stimulus", "t"])
      try program.succeed(["run", "study.yaml"])
      try program.succeed(["query", "encoding_score", "--materialize", "table 1"])
      let ending = try program.run(
        ["archive", "create", "paper.zip", "--include", "sources", "--claims", "claims"] + ArchiveCommandTests.shared,
        ["SOURCE_DATE_EPOCH": "1767225600"])
      try #require(ending.status == 0, "\(ending.error)")
      root = ending.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }

  private func failures(_ path: String, level: Int = 4, root: String? = nil) throws -> [VerificationFinding] {
    try ArchiveVerification.run(path, level: level, root: root).filter { $0.state == .failed }
  }

  /// What is wrong with the file, without looking into its catalog.
  private func faults(_ path: String, root: String? = nil) throws -> [VerificationFinding] {
    try ArchiveVerification.container(path, root: root).filter { $0.state == .failed }
  }

  @Test func `the archive verifies alone, at every level`() throws {
    let made = try Self.made.get()
    let alone = try Program()
    try FileManager.default.copyItem(atPath: made.archive, toPath: alone.folder + "/paper.zip")
    let ending = try alone.run(["archive", "verify", "paper.zip", "--level", "5", "--root", made.root])
    #expect(ending.status == 0, "\(ending.output)\n\(ending.error)")
    #expect(ending.output.contains("bitwise") && !ending.output.contains("inputs are absent"))
    #expect(ending.error.contains("verifies at level 5"))
    let other = try alone.run(["archive", "verify", "paper.zip", "--root", String(repeating: "0", count: 64)])
    #expect(other.status == 1 && other.error.contains("level reached: 1 of 4"), "\(other.error)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: alone.folder) == ["paper.zip"])
  }

  @Test func `the same rows make the same bytes, and the date counts nowhere in the root`() throws {
    let made = try Self.made.get()
    let again = ["--include", "sources", "--claims", "claims"] + Self.shared
    let first = try made.program.run(["archive", "create", "a.zip"] + again, ["SOURCE_DATE_EPOCH": "1767225600"])
    let later = try made.program.run(["archive", "create", "b.zip"] + again, ["SOURCE_DATE_EPOCH": "1800000000"])
    #expect(first.output == later.output && first.output.hasPrefix(made.root), "\(first.error)\n\(later.error)")
    let bytes = try ["paper.zip", "a.zip", "b.zip"].map {
      try Data(contentsOf: URL(fileURLWithPath: made.program.folder + "/" + $0))
    }
    #expect(bytes[0] == bytes[1] && bytes[0] != bytes[2])
    #expect(bytes[0].range(of: Data(made.program.folder.utf8)) == nil)
    let host = ProcessInfo.processInfo.hostName
    #expect(host.count < 8 || bytes[0].range(of: Data(host.utf8)) == nil)
    let there = try made.program.run(["archive", "create", "a.zip"] + again)
    #expect(there.status == 73)
  }

  @Test func `a run of the archive's own second keeps its times in the root`() throws {
    let made = try Self.made.get()
    let second = "SELECT CAST(strftime('%s', started_at) AS TEXT) FROM execution"
    let begun = try made.program.rows(second, in: "toy.evoke")[0][0]
    let options = ["--include", "sources", "--claims", "claims", "-C", "toy.evoke"] + Self.shared
    let ending = try made.program.run(["archive", "create", "same.zip"] + options, ["SOURCE_DATE_EPOCH": begun])
    #expect(ending.status == 0 && ending.output.hasPrefix(made.root), "\(ending.error)")
  }

  @Test func `it is asked in place, and writing is refused`() throws {
    let made = try Self.made.get()
    let place = ["-C", made.archive]
    for arguments in [
      ["query", "encoding_score", "--columns", "study,r"], ["why", "encoding_score", "--where", "study=s"],
      ["sql", "SELECT count(value) FROM array('d/s/annotation/joy')"],
      ["sql", "SELECT count(a.value) FROM array_catalog c, array(c.name) a WHERE c.kind = 'annotation'"],
    ] {
      let (found, expected) = (try made.program.run(arguments + place), try made.program.run(arguments))
      #expect(found.status == 0, "\(arguments): \(found.error)")
      if arguments[0] != "why" { #expect(found.output == expected.output, "\(arguments)") }
    }
    let refused = try made.program.run(["run", "study.yaml"] + place)
    #expect(refused.status == 77 && refused.error.contains("E-ARC-005"), "\(refused.error)")
    #expect(try made.program.rows("SELECT count(*) FROM dataset", in: made.archive) == [["1"]])
    let beside = try made.program.succeed([
      "sql", "SELECT (SELECT count(*) FROM dataset), count(*) FROM b.dataset", "--attach", "b=\(made.archive)",
      "--format", "csv", "-C", "toy.evoke",
    ])
    #expect(beside.output.hasSuffix("\r\n2,1\r\n"), "\(beside.output)")
    let merged = try made.program.run(["merge", made.archive, "-C", "toy.evoke"])
    #expect(merged.status == 77 && merged.error.contains("evoke archive extract"), "\(merged.error)")
    try made.program.succeed(["archive", "create", "bare.zip", "--include", "none", "-C", "toy.evoke"] + Self.shared)
    let array = ["sql", "SELECT count(value) FROM array('d/s/annotation/joy')", "-C", "bare.zip"]
    #expect(try made.program.run(array).error.contains("tombstones.json in it says why"))
    #expect(try made.program.succeed(["status", "-C", made.archive]).output.contains("Contents"))
  }

  @Test func `what is extracted is a warehouse that verifies and has nothing left to compute`() throws {
    let made = try Self.made.get()
    let other = try Program()
    try other.succeed(["archive", "extract", made.archive, "paper.evoke"])
    let verified = try other.succeed(["verify", "--level", "5", "-C", "paper.evoke"])
    #expect(verified.output.contains("bitwise"), "\(verified.output)")
    let again = try other.succeed(["run", "paper.evoke/studies/s.json", "-C", "paper.evoke"])
    #expect(again.error.contains(" 0 computed"), "\(again.error)")
    for view in try other.rows("SELECT name FROM sqlite_schema WHERE type = 'view'", in: "paper.evoke") {
      let shell = try other.run(
        ["paper.evoke/catalog.sqlite", "SELECT count(*) FROM \(view[0])"], launch: "/usr/bin/sqlite3")
      #expect(shell.status == 0, "\(view[0]): \(shell.error)")
    }
  }

  @Test func `what consent or an exclusion keeps out is named, and the rest verifies`() throws {
    let made = try Self.made.get()
    let program = made.program
    let excluding = [
      "--exclude", "SELECT name FROM array_catalog WHERE kind = 'annotation'", "--reason", "raters asked for it",
    ]
    try program.succeed(["archive", "create", "less.zip", "--blind"] + excluding + Self.shared)
    let less = try program.run(["archive", "verify", "less.zip", "--level", "5"])
    #expect(less.status == 0 && less.output.contains("raters asked for it"), "\(less.output)\n\(less.error)")
    #expect(less.output.contains("their inputs are absent"))
    let text = try ArchiveFile(program.folder + "/less.zip").bytes("ro-crate-metadata.json")
    #expect(!String(decoding: text, as: UTF8.self).contains("Lovelace"))
    let unknown = try program.run(
      ["archive", "create", "no.zip", "--exclude", "SELECT 'nothing'", "--reason", "x"] + Self.shared)
    #expect(unknown.status == 66, "\(unknown.error)")
    let idle = "SELECT name FROM array_catalog WHERE kind = 'anotation'"
    let none = try program.run(["archive", "create", "no.zip", "--exclude", idle, "--reason", "x"] + Self.shared)
    #expect(none.status == 66 && none.error.contains("it would keep nothing out"), "\(none.error)")
    try FileManager.default.copyItem(atPath: program.folder + "/toy.evoke", toPath: program.folder + "/copy.evoke")
    try program.succeed(["consent", "d", "results-only", "--reason", "the form", "-C", "copy.evoke"])
    try program.succeed(["archive", "create", "results.zip", "-C", "copy.evoke"] + Self.shared)
    let results = try ArchiveFile(program.folder + "/results.zip")
    // Sources are raw; arrays that are of nobody alone are of the group.
    #expect(!results.manifest.members.contains { $0.name.hasPrefix("sources/") })
    #expect(results.manifest.members.contains { $0.name.hasPrefix("arrays/") })
    #expect(try failures(results.path).isEmpty)
    try program.succeed(["consent", "d", "none", "--reason", "the form", "-C", "copy.evoke"])
    let closed = try program.run(["archive", "create", "none.zip", "-C", "copy.evoke"] + Self.shared)
    #expect(closed.status == 77 && closed.error.contains("E-ARC-003"), "\(closed.error)")
    let absent = try program.run(["archive", "create", "no.zip", "--study", "t", "-C", "toy.evoke"] + Self.shared)
    #expect(absent.status == 66 && absent.error.contains("E-WH-010"), "\(absent.error)")
  }

  @Test func `as a folder it is the same files, and what cannot be made leaves no folder`() throws {
    let made = try Self.made.get()
    let folder = made.program.folder + "/crate"
    let options = ["--include", "sources", "--claims", "claims"] + Self.shared
    let ending = try made.program.run(
      ["export", "ro-crate", "crate", "-C", "toy.evoke"] + options, ["SOURCE_DATE_EPOCH": "1767225600"])
    #expect(ending.status == 0 && ending.output.hasPrefix(made.root), "\(ending.error)")
    let archive = try ArchiveFile(made.archive)
    let found = try made.program.files(in: "crate")
    #expect(found == Set(archive.zip.records.keys))
    for name in found {
      #expect(
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))) == archive.bytes(name), "\(name)")
    }
    let there = try made.program.run(["export", "ro-crate", "crate", "-C", "toy.evoke"] + options)
    #expect(there.status == 73)
    try made.program.succeed(["export", "ro-crate", "elsewhere", "-C", made.archive] + Self.shared)
    let none = try made.program.run(["export", "ro-crate", "none", "-C", "toy.evoke", "--study", "t"] + Self.shared)
    #expect(none.status == 66 && !FileManager.default.fileExists(atPath: made.program.folder + "/none"))
  }

  @Test func `a deposit is the archive with what a repository asks for`() throws {
    let made = try Self.made.get()
    let folder = made.program.folder + "/deposit"
    try made.program.succeed(["archive", "deposit", "paper.zip", "deposit"])
    let sums = try String(contentsOfFile: folder + "/SHA256SUMS", encoding: .utf8)
    let names = sums.split(separator: "\n").compactMap { $0.split(separator: " ").last.map(String.init) }
    #expect(names == ["README.md", "metadata.json", "paper.zip", "references.bib"])
    let checked = try made.program.run(["-c", "cd deposit && sha256sum --strict -c SHA256SUMS"], launch: "/bin/sh")
    #expect(checked.status == 0, "\(checked.output)")
    let readme = try String(contentsOfFile: folder + "/README.md", encoding: .utf8)
    #expect(readme.hasPrefix("# Joy & sound\n\nAda Lovelace (0000-0002-1825-0097)\n") && readme.contains(made.root))
    let command = try #require(readme.firstMatch(of: /evoke (archive verify .+)/)).1.split(separator: " ")
      .map(String.init)
    let verified = try made.program.run(command)
    #expect(verified.status == 0, "\(command): \(verified.error)")
    let metadata = try #require(
      JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: folder + "/metadata.json")))
        as? [String: Any])
    #expect((metadata["titles"] as? [[String: String]])?.first?["title"] == "Joy & sound")
    #expect(metadata["publicationYear"] as? String == "2026" && metadata["publisher"] == nil)
    let creator = try #require((metadata["creators"] as? [[String: Any]])?.first)
    #expect(creator["name"] as? String == "Ada Lovelace")
    #expect(
      (creator["nameIdentifiers"] as? [[String: String]])?.first?["nameIdentifier"]
        == "https://orcid.org/0000-0002-1825-0097")
    let again = try made.program.run(["archive", "deposit", "paper.zip", "deposit"])
    #expect(again.status == 73, "\(again.error)")
    // An archive is never overwritten by what is laid beside it.
    try FileManager.default.copyItem(atPath: made.archive, toPath: made.program.folder + "/metadata.json")
    for words in [["metadata.json", "other"], ["paper.zip", "toy.evoke/deposit", "-C", "toy.evoke"]] {
      let refused = try made.program.run(["archive", "deposit"] + words)
      #expect(refused.status == 73 && !FileManager.default.fileExists(atPath: "\(made.program.folder)/\(words[1])"))
    }
  }

  @Test func `no two names become one member`() {
    let names = ["table 1", "table_1", "Table 1", "table_1-2", "table/1", "jö"]
    let members = MemberNames.distinct(names)
    #expect(members == ["table_1", "table_1-2", "Table_1-3", "table_1-2-2", "table_1-4", "j_"])
    #expect(Set(members.map { $0.lowercased() }).count == names.count)
  }

  @Test func `one flipped bit in any member shows at level 2, or in the structure`() throws {
    let made = try Self.made.get()
    let archive = try ArchiveFile(made.archive)
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: made.archive)))
    let path = made.program.folder + "/flipped.zip"
    for (name, record) in archive.zip.records.sorted(by: { $0.key < $1.key }) {
      var bytes = whole
      bytes[record.bytes.lowerBound + record.bytes.count / 2] ^= 1
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      do {
        let found = try faults(path)
        #expect(found.contains { $0.object == name || name == ArchiveManifest.name }, "\(name): \(found)")
      } catch let error as EvokeError { #expect(error.code == .notAnArchive && name == ArchiveManifest.name) }
    }
    for place in [10, whole.count / 2 - whole.count / 3, whole.count - 3, whole.count - 60] {
      var bytes = whole
      bytes[place] ^= 4
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      #expect(try !failures(path, level: 2).isEmpty, "byte \(place)")
    }
  }

  @Test func `what is not as it was written is neither asked nor unpacked nor deposited`() throws {
    let made = try Self.made.get()
    let program = made.program
    let archive = try ArchiveFile(made.archive)
    let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: made.archive)))
    let array = try #require(archive.zip.records.keys.filter { $0.hasPrefix("arrays/") }.min())
    try FileManager.default.createDirectory(
      atPath: program.folder + "/empty", withIntermediateDirectories: true)
    // What reads the member alone.
    let asking: [String: [[String]]] = [
      "catalog.sqlite": [["query", "encoding_score", "-C", "changed.zip"]],
      array: [["sql", "SELECT count(*) FROM stored_array s, array(s.name)", "-C", "changed.zip"]],
      "claims/joy.sql": [],
    ]
    for (member, asked) in asking.sorted(by: { $0.key < $1.key }) {
      let record = try #require(archive.zip.records[member])
      var bytes = whole
      bytes[record.bytes.lowerBound + record.bytes.count / 2] ^= 1
      try Data(bytes).write(to: URL(fileURLWithPath: program.folder + "/changed.zip"))
      let taking = [
        ["archive", "extract", "changed.zip", "changed.evoke"], ["archive", "extract", "changed.zip", "empty"],
        ["archive", "deposit", "changed.zip", "changed"],
      ]
      for words in asked + taking {
        let ending = try program.run(words)
        #expect(ending.status == 65 && ending.output.isEmpty, "\(member) \(words): \(ending)")
        #expect(ending.error.contains("E-ARC-001") && ending.error.contains(member), "\(words): \(ending.error)")
      }
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: program.folder)
    #expect(!left.contains { $0.hasPrefix("changed") && $0 != "changed.zip" }, "\(left)")
    #expect(try program.files(in: "empty").isEmpty)
    // What is not asked for is not read.
    #expect(try program.run(["sql", "SELECT 1", "-C", "changed.zip"]).status == 0)
  }

  /// What somebody changes in an archive, and the lowest level at which it shows where member hashes and the root are made anew.
  private static let tamperings: [(what: String, member: String, sql: String?, level: Int)] = [
    ("score", "catalog.sqlite", "UPDATE score SET value = value - 1e-9", 2),
    ("p", "catalog.sqlite", "UPDATE null_summary SET p = 0.001", 2),
    ("onset", "catalog.sqlite", "UPDATE annotation_series SET first_s = first_s + 0.5", 2),
    ("licence", "catalog.sqlite", "UPDATE dataset SET licence = 'CC-BY-4.0'", 2),
    ("study", "catalog.sqlite", "UPDATE study SET definition = replace(definition, '20', '21')", 2),
    ("frozen query", "catalog.sqlite", "UPDATE materialization SET sql = sql || ' LIMIT 0'", 2),
    ("migrations", "catalog.sqlite", "UPDATE migration SET sha256 = 'x'", 1),
    (
      "order of migrations", "catalog.sqlite",
      "UPDATE migration SET sha256 = (SELECT m.sha256 FROM migration m WHERE m.name <> migration.name ORDER BY m.name LIMIT 1)",
      1
    ),
    ("consent", "catalog.sqlite", "UPDATE dataset SET consent = 'none'", 2),
    ("machine", "environment.json", nil, 3),
    ("view", "catalog.sqlite", "DROP VIEW layer_sweep", 1),
    ("study file", "studies/s.json", nil, 3),
    ("query", "queries/table_1.sql", nil, 3),
    ("result", "results/table_1.csv", nil, 3),
    ("licences", "licences.json", nil, 3),
    ("page", "index.html", nil, 3),
    ("provenance", "prov.json", nil, 3),
    ("claim", "claims/joy.sql", nil, 3),
    ("tombstones", "tombstones.json", nil, 3),
    ("source", "sources/1/ratings.csv", nil, 2),
  ]

  @Test(arguments: tamperings.indices) func `a tampering shows at its level, and against the root`(_ index: Int) throws
  {
    let made = try Self.made.get()
    let tampering = Self.tamperings[index]
    var members = try Members(made.archive)
    var bytes = try #require(members.contents[tampering.member])
    if let sql = tampering.sql {
      bytes = try made.program.edited(bytes, by: sql)
    } else if tampering.what == "tombstones" {
      bytes = Array("[]\n".utf8) == bytes ? Array("[ ]\n".utf8) : Array("[]\n".utf8)
    } else if tampering.what == "claim" {
      bytes = Array("-- claim: Joy was never rated.\nSELECT 1 FROM annotation_series\n".utf8)
    } else {
      bytes[bytes.count / 2] ^= 1
    }
    members.contents[tampering.member] = bytes
    let path = made.program.folder + "/tampered-\(index).zip"
    try members.write(to: path, resealed: false)
    #expect(
      try failures(path, level: 2).contains { $0.level <= 2 && $0.object == tampering.member }, "\(tampering.what)")
    try members.write(to: path, resealed: true)
    let found = try failures(path, root: nil)
    #expect(found.map(\.level).min() == tampering.level, "\(tampering.what): \(found)")
    #expect(try faults(path, root: made.root).map(\.object) == [made.root], "\(tampering.what)")
    try FileManager.default.removeItem(atPath: path)
  }

  /// A question without an end, and one that returns rows without an end.
  private static let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT "

  @Test func `queries and claims of somebody else's archive are stopped at their time and their rows`() throws {
    let made = try Self.made.get()
    let path = made.program.folder + "/endless.zip"
    func found() throws -> [Substring] {
      let words = ["archive", "verify", "endless.zip", "--timeout", "0.5", "--max-rows", "1000", "--format", "csv"]
      let ending = try made.program.run(words)
      #expect(ending.status == 1, "\(ending.error)")
      return ending.output.split(whereSeparator: \.isNewline)
    }
    var members = try Members(made.archive)
    members.contents["claims/joy.sql"] = Array(
      "-- claim: One.\n\(Self.endless) count(*) FROM n\n-- claim: Two.\n\(Self.endless) i FROM n\n".utf8)
    let catalog = try #require(members.contents["catalog.sqlite"])
    members.contents["catalog.sqlite"] = try made.program.edited(
      catalog, by: "UPDATE materialization SET sql = '\(Self.endless) count(*) AS r FROM n'")
    try members.write(to: path, resealed: true)
    let texts = try found()
    #expect(texts.contains { $0.contains("joy.sql line 1") && $0.contains("E-QRY-012") }, "\(texts)")
    #expect(texts.contains { $0.contains("joy.sql line 3") && $0.contains("E-QRY-013") }, "\(texts)")
    #expect(texts.contains { $0.contains("table 1") && $0.contains("its time of 0.5 s is over") }, "\(texts)")
    // A view is another's statement too.
    let edit = "DROP VIEW layer_sweep; CREATE VIEW layer_sweep AS \(Self.endless) count(*) FROM n"
    members.contents["catalog.sqlite"] = try made.program.edited(catalog, by: edit)
    try members.write(to: path, resealed: true)
    let views = try found()
    #expect(views.contains { $0.contains("layer_sweep") && $0.contains("E-QRY-012") }, "\(views)")
  }

  @Test func `what was unpacked goes with a command that its time or a signal ends`() throws {
    let program = try Self.made.get().program
    let scratch = program.folder + "/scratch"
    try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
    // SQLite does not stop in the middle of one value.
    let long = "replace(hex(zeroblob(2000000)), '0', 'a')"
    let words = ["sql", "SELECT instr(\(long), substr(\(long), 2000000) || 'b')", "-C", "paper.zip", "--timeout"]
    let late = try program.run(words + ["0.2"], ["TMPDIR": scratch])
    #expect(late.status == 64 && late.error.contains("E-QRY-012"), "\(late)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch) == [])
    // The threads of tests let no signal through, and what they start would not either.
    let open = "import os, signal, sys; signal.pthread_sigmask(2, ()); os.execv(sys.argv[1], sys.argv[1:])"
    let ended = try program.run(
      words + ["90"], ["TMPDIR": scratch], launch: "/usr/bin/python3",
      before: ["-c", open, "/usr/bin/timeout", "--preserve-status", "-s", "TERM", "3", Program.path])
    #expect(ended.status == 143, "\(ended)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch) == [])
  }

  @Test func `a missing source or member shows, and everything made anew fails against the root alone`() throws {
    let made = try Self.made.get()
    let path = made.program.folder + "/missing.zip"
    for name in ["sources/1/ratings.csv", "catalog.sqlite", "results/table_1.csv"] {
      var members = try Members(made.archive)
      members.contents[name] = nil
      try members.write(to: path, resealed: false)
      #expect(try faults(path).contains { $0.object == name }, "\(name)")
      try members.write(to: path, resealed: true)
      #expect(try !failures(path).isEmpty, "\(name)")
    }
    let program = made.program
    try FileManager.default.copyItem(atPath: program.folder + "/toy.evoke", toPath: program.folder + "/forged.evoke")
    let catalog = program.folder + "/forged.evoke/catalog.sqlite"
    try program.succeed(["forget", "--materialized", "table 1", "-C", "forged.evoke"])
    for (edit, verdict) in [
      ("score SET value = value - 1e-9", "within tolerance"),
      ("score SET r2 = r2 - 0.01", "in their conclusions"),
      ("null_summary SET p = CASE WHEN p <= 0.05 THEN 0.9 * p ELSE 0.9 * p + 0.1 END", "in their conclusions"),
    ] {
      try program.sqlite(catalog, "UPDATE \(edit)")
      try program.succeed(["repair", "--accept-edit", "better so", "-C", "forged.evoke"])
      let found = try program.succeed(["verify", "--level", "5", "-C", "forged.evoke"])
      #expect(found.output.contains(verdict), "\(found.output)")
    }
    try program.sqlite(catalog, "UPDATE null_summary SET p = CASE WHEN p <= 0.05 THEN 0.5 ELSE 0.01 END")
    try program.succeed(["repair", "--accept-edit", "better so", "-C", "forged.evoke"])
    try program.succeed(["archive", "create", "forged.zip", "-C", "forged.evoke"] + Self.shared)
    #expect(try failures(program.folder + "/forged.zip").isEmpty)
    #expect(try !failures(program.folder + "/forged.zip", root: made.root).isEmpty)
    let computed = try program.run(["archive", "verify", "forged.zip", "--level", "5"])
    #expect(computed.status == 1 && computed.error.contains("level reached: 4 of 5"), "\(computed.error)")
  }
}
