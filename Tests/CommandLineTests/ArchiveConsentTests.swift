import Archive
import Foundation
import Testing
import Upkeep

/// What consent keeps in a warehouse is in no archive of it, and the archive proves the rest.
@Suite(.serialized) struct ArchiveConsentTests {
  private static let made = Result { try Made() }
  private static let publication = ["--title", "Joy", "--author", "Ada", "--licence", "CC0-1.0", "--study", "s"]
  private static let people = ["quillan", "brenda", "oduya"]

  /// Ratings of three persons, with scores of each, of their group and of their mean; copies under stricter words.
  private struct Made {
    let program: Program

    init() throws {
      program = try Program()
      let lines = (0..<120).flatMap { second in
        ArchiveConsentTests.people.map { "\(second),\($0),\((second * ($0.count + 2)) % 13 + second % 5)" }
      }
      try FileManager.default.createDirectory(atPath: program.folder + "/in", withIntermediateDirectories: true)
      try program.write("time_s,who,joy\n" + lines.joined(separator: "\n") + "\n", "in/r.csv")
      try program.write("time_s,f\n" + (0..<120).map { "\($0),\(($0 * 5) % 17)\n" }.joined(), "in/f.csv")
      try program.write("time_s,g\n" + (0..<120).map { "\($0),\(($0 * 3) % 7)\n" }.joined(), "in/g.csv")
      try program.write("subject,age\n" + ArchiveConsentTests.people.map { "\($0),30\n" }.joined(), "in/p.csv")
      try program.write(
        """
        study: s
        kind: layer_sweep
        datasets: [d]
        features: [{space: f}]
        targets: [{annotation: joy}, {annotation: joy, rater: each}]
        encoding: {delays_s: [0], outer: {folds: 4}, inner: {folds: 3}}
        statistics: {null: phase, draws: 19}
        """, "s.yaml")
      try program.succeed(["init", "open.evoke"])
      let common = ["--dataset", "d", "--consent", "open", "--licence", "CC0-1.0"]
      try program.succeed(["import", "annotations", "in/r.csv", "--stimulus", "x", "--subject", "who"] + common)
      try program.succeed(["import", "features", "in/f.csv", "--stimulus", "x", "--space", "f=f"] + common)
      try program.succeed(["import", "participants", "in/p.csv"] + common)
      try program.succeed(["import", "features", "in/g.csv", "--dataset", "e", "--stimulus", "y", "--space", "g=g"])
      try program.succeed(["run", "s.yaml", "--allow-invalid"])
      try program.succeed(["query", "encoding_score", "--materialize", "everybody"])
      for word in ["controlled", "results-only"] {
        try FileManager.default.copyItem(
          atPath: program.folder + "/open.evoke", toPath: program.folder + "/\(word).evoke")
        try program.succeed(["consent", "d", word, "--reason", "the form", "-C", "\(word).evoke"])
      }
      for word in ["controlled", "results-only"] {
        let ending = try program.run(
          ["archive", "create", "\(word).zip", "--include", "sources", "-C", "\(word).evoke"]
            + ArchiveConsentTests.publication)
        try #require(ending.status == 0, "\(word): \(ending.error)")
        try program.succeed(["archive", "extract", "\(word).zip", "\(word)-out.evoke"])
      }
    }

    func rows(_ query: String, _ warehouse: String) throws -> [[String]] {
      try program.rows(query, in: warehouse + ".evoke")
    }
  }

  private func arrays(_ word: String) throws -> (held: Set<String>, absent: [Tombstone]) {
    let program = try Self.made.get().program
    let archive = try ArchiveFile("\(program.folder)/\(word).zip")
    let held = Set(archive.manifest.members.map(\.name).filter { $0.hasPrefix("arrays/") })
    return (held, try Tombstone.all(in: "\(program.folder)/\(word)-out.evoke"))
  }

  @Test func `under controlled rows of persons leave, their arrays and all sources stay`() throws {
    let made = try Self.made.get()
    let (held, absent) = try arrays("controlled")
    let personal = try made.rows(
      "SELECT name FROM array_catalog WHERE subject IS NOT NULL OR rater IS NOT NULL ORDER BY name", "controlled")
    #expect(personal.count >= 3 && !held.isEmpty)
    let stones = Set(absent.filter { $0.kind == .array }.map(\.name))
    #expect(personal.allSatisfy { stones.contains($0[0]) })
    #expect(absent.filter { $0.kind == .array }.allSatisfy { $0.sha256 != nil && $0.shape != nil && !$0.axes.isEmpty })
    #expect(absent.count { $0.kind == .source } == 3 && !absent.contains { $0.kind == .rows })
    for query in [
      "SELECT subject, rater, r FROM encoding_score ORDER BY 1, 2, 3", "SELECT count(*) FROM subject_attribute",
    ] { #expect(try made.rows(query, "controlled-out") == made.rows(query, "controlled"), "\(query)") }
    let verified = try made.program.run(["archive", "verify", "controlled.zip", "--level", "5"])
    #expect(verified.status == 0 && verified.output.contains("inputs are absent"), "\(verified.output)")
  }

  @Test func `under results-only no row of a person leaves, groups do, and the archive verifies`() throws {
    let made = try Self.made.get()
    let (held, absent) = try arrays("results-only")
    #expect(!held.isEmpty && absent.count { $0.kind == .source } == 3)
    for table in ["encoding_score", "fit"] {
      let named = "SELECT count(*) FROM \(table) WHERE subject IS NOT NULL OR rater IS NOT NULL"
      #expect(try made.rows(named, "results-only") != [["0"]], "\(table)")
      #expect(try made.rows(named, "results-only-out") == [["0"]], "\(table)")
    }
    for table in ["subject", "subject_attribute", "annotation_series"] {
      #expect(try made.rows("SELECT count(*) FROM \(table)", "results-only-out") == [["0"]], "\(table)")
    }
    let families =
      "SELECT count(*) FROM family WHERE " + Self.people.map { "name LIKE '%\($0)%'" }.joined(separator: " OR ")
    #expect(try made.rows(families, "results-only") != [["0"]] && made.rows(families, "results-only-out") == [["0"]])
    // What is of the group is the same to the last digit, and so is the root of the run.
    for query in [
      "SELECT quantity, test, subject_count, mean, p FROM group_score ORDER BY 1, 2", "SELECT root_sha256 FROM run",
      "SELECT r, low, high FROM encoding_score WHERE subject IS NULL AND rater IS NULL",
    ] {
      let whole = try made.rows(query, "results-only")
      #expect(try !whole.isEmpty && made.rows(query, "results-only-out") == whole, "\(query)")
    }
    // Each row that stays behind is known by its hash and table.
    let counts = try ["results-only", "results-only-out"].map { try made.rows("SELECT count(*) FROM score", $0)[0][0] }
    let stones = absent.filter { $0.kind == .rows && $0.name.hasPrefix("score ") }
    #expect(Int(counts[0]).flatMap { all in Int(counts[1]).map { all - $0 } } == stones.map(\.count).reduce(0, +))
    #expect(stones.allSatisfy { $0.reason == "consent: results-only" })
    // Rows that were frozen with persons are not there either, and lineage names nobody.
    #expect(absent.contains { $0.kind == .result && $0.name == "everybody" })
    let lineage = String(
      decoding: try ArchiveFile("\(made.program.folder)/results-only.zip").bytes("prov.json"), as: UTF8.self)
    #expect(Self.people.allSatisfy { !lineage.contains($0) })
    let verified = try made.program.run(["archive", "verify", "results-only.zip", "--level", "5"])
    #expect(verified.status == 0, "\(verified.output)\n\(verified.error)")
    try made.program.succeed(["verify", "--level", "3", "-C", "results-only-out.evoke"])
  }

  @Test func `another program finds every row and array there or declared absent`() throws {
    let made = try Self.made.get()
    let client = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Clients/archive.py").path
    for word in ["controlled", "results-only"] {
      let read = try made.program.run([client, "\(word).zip"], launch: "/usr/bin/python3")
      #expect(read.status == 0 && read.output.contains(" 0 faults"), "\(word): \(read)")
    }
  }

  @Test func `what stands in the place of withheld rows is proven by the results of their units`() throws {
    let made = try Self.made.get()
    let copy = made.program.folder + "/forged.evoke"
    try FileManager.default.copyItem(atPath: made.program.folder + "/results-only-out.evoke", toPath: copy)
    let edit = "DELETE FROM row_digest WHERE object = 'score (withheld)'"
    try made.program.edit(edit, in: "forged.evoke")
    let found = try made.program.run(["verify", "--level", "2", "-C", "forged.evoke"])
    #expect(found.status == 1 && found.output.contains("its result hashes to"), "\(found.output)")
    // Without tombstones nothing tells rows that were withheld from rows that somebody did not like.
    try FileManager.default.removeItem(atPath: copy + "/tombstones.json")
    let silent = try made.program.run(["verify", "--level", "1", "-C", "forged.evoke"])
    #expect(silent.status == 1 && silent.output.contains("nothing says so"), "\(silent.output)")
  }

  @Test func `rows that an archive kept back are absent in archives of what was made of it, and are told why`() throws {
    let made = try Self.made.get()
    let program = made.program
    let later = program.folder + "/later.evoke"
    try FileManager.default.copyItem(atPath: program.folder + "/results-only-out.evoke", toPath: later)
    // They agreed since: what is not here is still not here.
    try program.succeed(["consent", "d", "open", "--reason", "a letter", "-C", "later.evoke"])
    let create = ["archive", "create", "later.zip", "--include", "none", "-C", "later.evoke"] + Self.publication
    try program.succeed(create)
    try program.succeed(["archive", "extract", "later.zip", "later-out.evoke"])
    func rows(_ folder: String) throws -> Set<String> {
      let stones = try Tombstone.all(in: folder).filter { $0.kind == .rows }
      return Set(stones.map { [$0.name, $0.reason, $0.sha256].compactMap(\.self).joined(separator: " ") })
    }
    let kept = try rows(program.folder + "/results-only-out.evoke")
    #expect(try kept.count > 3 && rows(program.folder + "/later-out.evoke") == kept)
    // Where nothing says why, it is told.
    try FileManager.default.removeItem(atPath: later + "/tombstones.json")
    let refused = try program.run(create.map { $0.replacing("later.zip", with: "no.zip") })
    #expect(refused.status == 1 && refused.error.contains("E-WH-016"), "\(refused.error)")
    #expect(!FileManager.default.fileExists(atPath: program.folder + "/no.zip"))
  }

  @Test func `one file's narrower word keeps names out of an archive's lineage`() throws {
    let program = try Self.made.get().program
    try FileManager.default.copyItem(
      atPath: program.folder + "/open.evoke", toPath: program.folder + "/shared.evoke")
    func lineage(_ name: String) throws -> String {
      try program.succeed(["archive", "create", "\(name)-lineage.zip", "-C", "\(name).evoke"] + Self.publication)
      let archive = try ArchiveFile("\(program.folder)/\(name)-lineage.zip")
      return String(decoding: try archive.bytes("prov.json"), as: UTF8.self)
    }
    let open = try lineage("open")
    #expect(Self.people.allSatisfy { open.contains($0) })
    // The same file, where less was agreed to.
    try program.succeed([
      "import", "participants", "in/p.csv", "--dataset", "e", "--consent", "results-only", "-C", "shared.evoke",
    ])
    let shared = try lineage("shared")
    #expect(Self.people.allSatisfy { !shared.contains($0) })
  }

  @Test func `units without all their rows are merged nowhere`() throws {
    let made = try Self.made.get()
    try made.program.succeed(["init", "empty.evoke"])
    let told = try made.program.succeed(["merge", "results-only-out.evoke", "-C", "empty.evoke"]).output
    #expect(told.contains("left there"), "\(told)")
    #expect(try made.rows("SELECT count(*) FROM fit WHERE subject IS NOT NULL", "empty") == [["0"]])
    try made.program.succeed(["verify", "--level", "3", "-C", "empty.evoke"])
  }

  @Test func `sources that were moved are archived from where they are, and excluded by either name`() throws {
    let made = try Self.made.get()
    let program = made.program
    try FileManager.default.copyItem(
      atPath: program.folder + "/open.evoke", toPath: program.folder + "/moved.evoke")
    try FileManager.default.copyItem(atPath: program.folder + "/in", toPath: program.folder + "/elsewhere")
    try program.succeed(["relocate", "in", "elsewhere", "-C", "moved.evoke"])
    let create = ["archive", "create", "moved.zip", "--include", "sources", "-C", "moved.evoke"] + Self.publication
    try program.succeed(create)
    let archive = try ArchiveFile(program.folder + "/moved.zip")
    #expect(archive.manifest.members.count { $0.name.hasPrefix("sources/") } == 3)
    #expect(try ArchiveVerification.run(archive.path, level: 4).allSatisfy { $0.state != .failed })
    for folder in ["in", "elsewhere"] {
      let file = "less-\(folder).zip"
      try program.succeed(
        ["archive", "create", file, "--include", "sources", "-C", "moved.evoke"] + Self.publication
          + ["--exclude", "SELECT '\(program.folder)/\(folder)/p.csv'", "--reason", "ages"])
      let less = try ArchiveFile("\(program.folder)/\(file)")
      #expect(less.manifest.members.count { $0.name.hasPrefix("sources/") } == 2, "\(folder)")
    }
    // An array of another study is nothing that this archive could leave out.
    for sql in ["SELECT name FROM array_catalog WHERE dataset = 'e'", "SELECT NULL"] {
      let refused = try program.run(
        ["archive", "create", "no.zip", "-C", "moved.evoke", "--exclude", sql, "--reason", "x"] + Self.publication)
      #expect(refused.status == 66 && refused.error.contains("--exclude"), "\(refused.error)")
    }
  }
}
