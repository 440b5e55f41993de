import Archive
import Foundation
import Lineage
import Testing
import Upkeep

/// No byte of an archive names a person whom consent keeps back, wherever a name stands in the warehouse.
@Suite(.serialized) struct ArchiveNamesTests {
  private static let made = Result { try Made() }
  private static let publication = ["--title", "Joy", "--author", "Ada", "--licence", "CC0-1.0", "--study", "s"]
  /// A mere number tells nobody by itself: it is asked for where it is said of a person.
  private static let people = ["zz-subject-17", "zz-subject-18", "42", "withheld-anna"]
  private static let telling = ["zz-subject-17", "zz-subject-18", "withheld-anna"]

  /// Ratings of four people whose names stand in the names of files and arrays, in options, parameters, labels, the study, a
  /// cohort's query, an exclusion and its reason.
  private struct Made {
    let program: Program
    let root: String

    init() throws {
      program = try Program()
      for folder in ["in", "claims"] {
        try FileManager.default.createDirectory(
          atPath: "\(program.folder)/\(folder)", withIntermediateDirectories: true)
      }
      for (number, name) in ArchiveNamesTests.people.enumerated() {
        let rows = (0..<120).map { "\($0),\(($0 * (number + 2)) % 13 + $0 % 5)\n" }
        try program.write("time_s,joy\n" + rows.joined(), "in/\(name)_x.csv")
      }
      try program.write("time_s,f\n" + (0..<120).map { "\($0),\(($0 * 5) % 17)\n" }.joined(), "in/f.csv")
      try program.write(
        "subject,stimulus,reason\nzz-subject-18,x,zz-subject-18 slept\n", "in/e.csv")
      try program.write(
        """
        study: s
        kind: layer_sweep
        datasets: [d]
        features: [{space: f}]
        targets: [{annotation: joy}, {annotation: joy, rater: each}]
        filters: {subjects: [zz-subject-17, zz-subject-18, '42', withheld-anna], exclude: none}
        encoding: {delays_s: [0], outer: {folds: 4}, inner: {folds: 3}}
        statistics: {null: phase, draws: 19}
        """, "s.yaml")
      try program.succeed(["init", "w.evoke"])
      let common = ["--dataset", "d", "--licence", "CC0-1.0"]
      try program.succeed(
        ["import", "annotations", "in/{subject}_{stimulus}.csv", "--consent", "results-only"] + common)
      try program.succeed(["import", "features", "in/f.csv", "--stimulus", "x", "--space", "f=f"] + common)
      try program.succeed(["import", "exclusions", "in/e.csv"] + common)
      let chosen =
        "SELECT d.name AS dataset, s.name AS subject FROM subject s JOIN dataset d USING (dataset_id) "
        + "WHERE s.name <> 'zz-subject-18'"
      try program.succeed(["cohort", "define", "few", "--subjects", chosen])
      try program.succeed(["run", "s.yaml", "--allow-invalid"])
      try program.succeed(["query", "group_score", "--materialize", "groups"])
      let ending = try program.run(
        ["archive", "create", "a.zip", "--include", "sources"] + ArchiveNamesTests.publication)
      try #require(ending.status == 0, "\(ending.error)")
      root = ending.output.trimmingCharacters(in: .whitespacesAndNewlines)
      try program.succeed(["archive", "extract", "a.zip", "out.evoke"])
    }
  }

  @Test func `a word is replaced where it stands by itself, in texts and in JSON, and nothing else is`() {
    var words = WordReplacement(kept: ["anna-2", "Ren\u{e9}"])
    words.add("anna", "w1")
    words.add("Zo\u{eb}", "w2")
    words.add("o\"b", "w3")
    words.add("n", "w4")
    for (text, other) in [
      ("anna", "w1"), ("d/anna/eeg", "d/w1/eeg"), ("anna_x.csv of anna", "w1_x.csv of w1"), ("anna-3", "w1-3"),
      (#"{"subject":"anna"}"#, #"{"subject":"w1"}"#), ("Zo\u{eb}", "w2"), ("1/Zoe\u{308}.csv", "1/w2.csv"),
      (#"["o\"b"]"#, #"["w3"]"#), (#"o"b"#, "w3"),
      ("\u{201c}anna\u{201d}\u{2014}anna\u{a0}slept", "\u{201c}w1\u{201d}\u{2014}w1\u{a0}slept"),
      (#"{"note":"one:\nanna\tslept"}"#, #"{"note":"one:\nw1\tslept"}"#), (#"\\\nanna"#, #"\\\nw1"#),
      (#"["one\n- n"]"#, #"["one\n- w4"]"#),
    ] { #expect(words.replaced(text) == other, "\(text)") }
    for text in [
      "", "joanna", "annas", "anna-2", "d/anna-2/eeg", "Anna", "\u{e4}anna", "anna1", "zoe", #"\\nanna"#,
      "anna\u{301}", "anna\u{430}", "\u{430}\u{301}anna", "1/Ren\u{e9}.csv", "1/Rene\u{301}.csv",
    ] {
      #expect(words.replaced(text) == nil, "\(text)")
    }
  }

  @Test func `no member has a withheld name in it or in its own name`() throws {
    let program = try Self.made.get().program
    let archive = try ArchiveFile(program.folder + "/a.zip")
    for name in archive.manifest.members.map(\.name) + ["manifest.json"] {
      let bytes = Data(try archive.bytes(name))
      for person in Self.telling {
        #expect(bytes.range(of: Data(person.utf8)) == nil && !name.contains(person), "\(name) names \(person)")
      }
    }
    // In the warehouse they stand where the archive was asked.
    for (table, column) in [
      ("unit", "parameters"), ("unit", "label"), ("activity", "options"), ("artifact", "name"),
      ("stored_array", "subject"), ("study", "definition"), ("source_file", "path"), ("cohort", "subject_sql"),
    ] {
      let named = "SELECT count(*) FROM \(table) WHERE instr(\(column), 'zz-subject-1') > 0"
      #expect(try program.rows(named, in: "w.evoke") != [["0"]], "\(table).\(column)")
      let replaced = "SELECT count(*) FROM \(table) WHERE instr(\(column), 'withheld-0') > 0"
      #expect(try program.rows(replaced, in: "out.evoke") != [["0"]], "\(table).\(column)")
    }
    for said in [
      "stored_array WHERE subject = '42' OR name LIKE '%/42'", "artifact WHERE kind = 'array' AND name LIKE '%/42'",
      "unit WHERE label LIKE '%, 42 %' OR parameters LIKE '%\"subject\":\"42\"%'",
    ] { #expect(try program.rows("SELECT count(*) FROM \(said)", in: "out.evoke") == [["0"]], "\(said)") }
    // One name has one pseudonym, in the order of names.
    #expect(
      try program.rows(
        "SELECT DISTINCT subject FROM stored_array WHERE subject IS NOT NULL ORDER BY 1", in: "out.evoke")
        == (1...4).map { ["withheld-000\($0)"] })
  }

  @Test func `it verifies at every level, and says which units it knows by their hashes`() throws {
    let made = try Self.made.get()
    let verified = try made.program.run(["archive", "verify", "a.zip", "--level", "5", "--root", made.root])
    #expect(verified.status == 0, "\(verified.output)\n\(verified.error)")
    #expect(verified.output.contains("it names people whom consent keeps back"), "\(verified.output)")
    #expect(verified.output.contains("withheld-0002 (original)"), "\(verified.output)")
    try made.program.succeed(["verify", "--level", "5", "-C", "out.evoke"])
    // What is of the group is the same to the last digit, and so are keys, results and the root of the run.
    for query in [
      "SELECT quantity, test, subject_count, mean, p FROM group_score ORDER BY 1, 2", "SELECT root_sha256 FROM run",
      "SELECT unit_key, result_sha256 FROM unit ORDER BY 1", "SELECT run_id, plan_sha256 FROM run",
    ] {
      let whole = try made.program.rows(query, in: "w.evoke")
      #expect(try !whole.isEmpty && made.program.rows(query, in: "out.evoke") == whole, "\(query)")
    }
    let again = try made.program.succeed(
      [
        "archive", "create", "b.zip", "--include", "sources", "-C", "w.evoke",
      ] + Self.publication)
    #expect(again.output.hasPrefix(made.root))
  }

  @Test func `keys that are hashes of something else are declared, or fail`() throws {
    let program = try Self.made.get().program
    func copy(_ name: String, _ edit: String?) throws {
      let path = "\(program.folder)/\(name).evoke"
      try FileManager.default.copyItem(atPath: program.folder + "/out.evoke", toPath: path)
      guard let edit else { return try FileManager.default.removeItem(atPath: path + "/tombstones.json") }
      try program.edit(edit, in: name + ".evoke")
    }
    try copy("bare", "DELETE FROM row_digest WHERE object = 'unit (recipe)'")
    let bare = try program.run(["verify", "--level", "3", "-C", "bare.evoke"])
    #expect(bare.status == 1 && bare.output.contains("its key is"), "\(bare.output)")
    try copy("silent", nil)
    let silent = try program.run(["verify", "--level", "1", "-C", "silent.evoke"])
    #expect(silent.status == 1 && silent.output.contains("nothing says so"), "\(silent.output)")
    // A recipe under other names comes nowhere else.
    try program.succeed(["init", "empty.evoke"])
    let told = try program.succeed(["merge", "out.evoke", "-C", "empty.evoke"]).output
    #expect(told.contains("left there"), "\(told)")
    #expect(
      try program.rows("SELECT count(*) FROM unit WHERE parameters LIKE '%withheld-0%'", in: "empty.evoke") == [["0"]])
    try program.succeed(["verify", "--level", "3", "-C", "empty.evoke"])
  }

  @Test func `what people write for an archive is refused by name, and the remedies work`() throws {
    let program = try Self.made.get().program
    try program.write(
      "-- claim: One of them felt joy.\nSELECT 1 FROM fit WHERE subject = 'zz-subject-17' AND 0\n", "claims/c.sql")
    let create = ["archive", "create", "c.zip", "--claims", "claims"] + Self.publication
    let here = ["-C", "w.evoke"]
    let refused = try program.run(create + here)
    #expect(refused.status == 77 && refused.error.contains("E-ARC-006"), "\(refused.error)")
    #expect(refused.error.contains("claims/c.sql") && refused.error.contains("zz-subject-17"), "\(refused.error)")
    let titled = try program.run(
      [
        "archive", "create", "c.zip", "--title", "Joy of zz-subject-17", "--blind", "--licence", "CC0-1.0", "--study",
        "s",
      ] + here)
    #expect(titled.status == 77 && titled.error.contains("E-ARC-006: "), "\(titled.error)")
    let told = try program.run(
      ["archive", "create", "c.zip", "--exclude", "SELECT name FROM array_catalog WHERE subject = 'zz-subject-17'"]
        + ["--reason", "zz-subject-17 asked"] + Self.publication + here)
    #expect(told.status == 77 && told.error.contains("tombstones.json"), "\(told.error)")
    // A study is called as its author likes, and nothing else gives it another name.
    try FileManager.default.copyItem(atPath: program.folder + "/w.evoke", toPath: program.folder + "/n.evoke")
    let study = try String(contentsOfFile: program.folder + "/s.yaml", encoding: .utf8)
    try program.write(study.replacing("study: s", with: "study: zz-subject-17-alone"), "n.yaml")
    try program.succeed(["run", "n.yaml", "--allow-invalid", "-C", "n.evoke"])
    let called = try program.run(
      ["archive", "create", "c.zip", "-C", "n.evoke", "--study", "zz-subject-17-alone"] + Self.publication)
    #expect(called.status == 77 && called.error.contains("name of study"), "\(called.error)")
    try program.succeed(["archive", "create", "n.zip", "-C", "n.evoke"] + Self.publication)
    try FileManager.default.copyItem(
      atPath: program.folder + "/w.evoke", toPath: program.folder + "/agreed.evoke")
    let consent = try #require(refused.error.firstMatch(of: /evoke (consent \S+ \S+ --reason) TEXT/)).1
    try program.succeed(consent.split(separator: " ").map(String.init) + ["they signed", "-C", "agreed.evoke"])
    try program.succeed(create + ["-C", "agreed.evoke"])
    try program.write("-- claim: Somebody felt joy.\nSELECT 1 FROM fit WHERE 0\n", "claims/c.sql")
    try program.succeed(["archive", "create", "d.zip", "--claims", "claims"] + Self.publication + here)
    // What is kept out besides is named as the warehouse has it.
    try program.succeed(
      ["archive", "create", "e.zip", "--include", "sources", "--blind"] + Self.publication
        + ["--exclude", "SELECT name FROM array_catalog WHERE subject = 'zz-subject-17'", "--reason", "they asked"]
        + ["--exclude", "SELECT '\(program.folder)/in/zz-subject-18_x.csv'", "--reason", "they asked"] + here)
    #expect(try ArchiveVerification.run(program.folder + "/e.zip", level: 4).allSatisfy { $0.state != .failed })
  }

  @Test func `numbers that are names of people stand neither along axes nor in the names of their files`() throws {
    let program = try Program()
    try FileManager.default.createDirectory(atPath: program.folder + "/in", withIntermediateDirectories: true)
    for subject in 41...43 {
      let rows = (0..<120).map { "\(($0 * 7) % 13 + ($0 * subject) % 5)\t\(($0 * 5) % 11 + ($0 * subject) % 3)\n" }
      try program.write("r1\tr2\n" + rows.joined(), "in/x_\(subject).tsv")
    }
    try program.write(
      "study: s\nkind: isc_report\ndatasets: [d]\ntargets: [{synchrony: {window_s: 10}}]\nstatistics: {draws: 19}\n",
      "s.yaml")
    try program.succeed(["init", "w.evoke"])
    try program.succeed(
      ["import", "fmri", "in/{stimulus}_{subject}.tsv", "--name", "source", "--rate-hz", "1", "--onset-s", "0"]
        + ["--units", "au", "--dataset", "d", "--consent", "results-only", "--licence", "CC0-1.0"])
    try program.succeed(["run", "s.yaml", "--allow-invalid"])
    try program.succeed(["archive", "create", "a.zip"] + Self.publication)
    try program.succeed(["archive", "verify", "a.zip", "--level", "5"])
    try program.succeed(["archive", "extract", "a.zip", "out.evoke"])
    let labels = "SELECT DISTINCT value FROM array_axis, json_each(labels) WHERE name = 'subject' ORDER BY 1"
    #expect(try program.rows(labels, in: "w.evoke") == (41...43).map { ["\($0)"] })
    #expect(try program.rows(labels, in: "out.evoke") == (1...3).map { ["withheld-000\($0)"] })
    let paths = "SELECT path FROM source_file WHERE path LIKE '%.tsv' ORDER BY path"
    let names = try program.rows(paths, in: "out.evoke").map { $0[0].split(separator: "/").last.map(String.init) }
    #expect(names == (1...3).map { "x_withheld-000\($0).tsv" })
    for said in ["41", "42", "43"] {
      let named = "SELECT (SELECT count(*) FROM activity WHERE options LIKE '%_\(said).tsv%') + "
      let artifacts = "(SELECT count(*) FROM artifact WHERE name LIKE '%_\(said).tsv%')"
      #expect(try program.rows(named + artifacts, in: "out.evoke") == [["0"]], "\(said)")
    }
  }
}
