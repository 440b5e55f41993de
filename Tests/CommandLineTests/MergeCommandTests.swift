import Foundation
import Testing

/// Two warehouses become one: what both have stays, what one lacks comes, and nothing is lost in silence.
@Suite struct MergeCommandTests {
  /// A warehouse with a dataset of its own numbers and a study of it.
  private func make(
    _ name: String, _ dataset: String, seed: UInt64, in program: Program, study: String? = nil, consent: String? = nil
  ) throws {
    var numbers = UniformNumbers(state: seed)
    if !FileManager.default.fileExists(atPath: "\(program.folder)/\(name).evoke") {
      try program.succeed(["init", "\(name).evoke"])
    }
    for stimulus in ["m1", "m2"] {
      var features = "time,rms,lr\n"
      var ratings = "time,driven\n"
      for second in 0..<120 {
        let row = (0..<3).map { _ in numbers.next() }
        features += "\(second),\(row[0]),\(row[1])\n"
        ratings += "\(second),\(row[0] + 0.5 * row[2])\n"
      }
      let (one, other) = ("\(dataset)-\(stimulus)-features.csv", "\(dataset)-\(stimulus)-ratings.csv")
      if !FileManager.default.fileExists(atPath: "\(program.folder)/\(one)") {
        try program.write(features, one)
        try program.write(ratings, other)
      }
    }
    let place = ["--dataset", dataset, "-C", "\(name).evoke"] + (consent.map { ["--consent", $0] } ?? [])
    try program.succeed(
      ["import", "features", "\(dataset)-{stimulus}-features.csv", "--space", "sound=rms,lr"] + place)
    try program.succeed(
      ["import", "annotations", "\(dataset)-{stimulus}-ratings.csv", "--map", "time=time,driven=driven"] + place)
    guard let study else { return }
    try program.write(
      """
      study: \(study)
      kind: layer_sweep
      datasets: [\(dataset)]
      features: [{space: sound}]
      targets: [{annotation: driven}]
      encoding: {position: none, delays_s: {annotation: [0]}, outer: {folds: 4}, inner: {folds: 3}}
      statistics: {null: phase, draws: 19, family: [target], correction: [max]}
      """, "\(name).yaml")
    try program.succeed(["run", "\(name).yaml", "-C", "\(name).evoke"])
  }

  /// The hashes of the rows of everything that was done, whatever the order it came in.
  private func digests(_ program: Program, _ warehouse: String) throws -> [[String]] {
    try program.rows(
      "SELECT v.activity_key, v.kind, d.object, d.sha256 FROM activity v JOIN row_digest d USING (activity_id) "
        + "WHERE v.kind <> 'merge' AND d.object <> 'activity' AND d.object <> 'import_command' ORDER BY 1, 3",
      in: "\(warehouse).evoke")
  }

  private func copy(_ program: Program, _ from: String, _ to: String) throws {
    try FileManager.default.copyItem(
      atPath: "\(program.folder)/\(from).evoke", toPath: "\(program.folder)/\(to).evoke")
  }

  private func bytes(_ program: Program, _ warehouse: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: "\(program.folder)/\(warehouse).evoke/catalog.sqlite"))
  }

  @Test func `the union is the same in either order, whole, and brings nothing twice`() throws {
    let program = try Program()
    try make("a", "east", seed: 88_172_645_463_325_252, in: program, study: "sweep-east", consent: "open")
    try make("b", "nordic", seed: 1_234_567_891_234_567, in: program, study: "sweep-nordic")
    // Both hold the east's files, b under no word, which is a stricter one.
    try make("b", "east", seed: 1, in: program)
    try copy(program, "a", "ab")
    try copy(program, "b", "ba")
    let before = try bytes(program, "a")
    let planned = try program.succeed(["merge", "b.evoke", "-C", "a.evoke", "--dry-run", "--json"]).output
    #expect(planned.contains(#""import":4"#) && planned.contains(#""divergent":[]"#))
    #expect(try bytes(program, "a") == before)

    let told = try program.succeed(["merge", "b.evoke", "-C", "ab.evoke"]).output
    #expect(told.contains("brought into") && told.contains("4 imports"))
    try program.succeed(["merge", "a.evoke", "-C", "ba.evoke"])
    for warehouse in ["ab", "ba"] {
      try program.succeed(["verify", "--level", "3", "-C", "\(warehouse).evoke"])
      #expect(
        try program.rows("SELECT DISTINCT study, dataset FROM encoding_score ORDER BY 1", in: "\(warehouse).evoke")
          == [["sweep-east", "east"], ["sweep-nordic", "nordic"]])
      #expect(
        try program.rows("SELECT consent FROM dataset WHERE name = 'east'", in: "\(warehouse).evoke") == [
          ["results-only"]
        ])
    }
    let (one, other) = (try digests(program, "ab"), try digests(program, "ba"))
    #expect(one == other && one.count > 20)
    let merged = try bytes(program, "ab")
    #expect(try program.succeed(["merge", "b.evoke", "-C", "ab.evoke"]).output.contains("nothing to do"))
    #expect(try bytes(program, "ab") == merged)
    // Nothing of it is computed again.
    #expect(try program.succeed(["run", "b.yaml", "-C", "ab.evoke", "--json"]).output.contains(#""computed":0"#))
  }

  @Test func `a name for other bytes is refused with all that collide, studies take another one`() throws {
    let program = try Program()
    try make("a", "east", seed: 88_172_645_463_325_252, in: program, study: "sweep")
    try make("b", "nordic", seed: 1_234_567_891_234_567, in: program, study: "sweep")
    let before = try bytes(program, "a")
    let refused = try program.run(["merge", "b.evoke", "-C", "a.evoke"])
    #expect(refused.status == 65 && refused.error.contains("study sweep") && refused.error.contains("--rename"))
    #expect(try bytes(program, "a") == before)
    try program.succeed(["merge", "b.evoke", "-C", "a.evoke", "--rename", "sweep=sweep-nordic"])
    #expect(
      try program.rows("SELECT DISTINCT study, dataset FROM encoding_score ORDER BY 1", in: "a.evoke")
        == [["sweep", "east"], ["sweep-nordic", "nordic"]])
    try program.succeed(["verify", "--level", "3", "-C", "a.evoke"])

    let clash = try Program()
    try make("a", "east", seed: 88_172_645_463_325_252, in: clash)
    for file in try FileManager.default.contentsOfDirectory(atPath: clash.folder) where file.hasSuffix(".csv") {
      try FileManager.default.removeItem(atPath: "\(clash.folder)/\(file)")
    }
    try make("b", "east", seed: 5, in: clash)
    let collided = try clash.run(["merge", "b.evoke", "-C", "a.evoke"])
    #expect(collided.status == 65 && collided.error.contains("E-MRG-001"))
    #expect(collided.error.contains("east/m1/annotation/driven") || collided.error.contains("array east/"))
    #expect(try clash.run(["merge", "a.evoke", "-C", "a.evoke"]).error.contains("E-MRG-003"))
  }

  @Test func `the same unit with another result is a divergence, never an overwrite`() throws {
    let program = try Program()
    try make("a", "east", seed: 88_172_645_463_325_252, in: program, study: "sweep")
    try copy(program, "a", "b")
    let edit =
      "UPDATE score SET r2 = r2 + 0.5 WHERE quantity = 'r' AND fit_key = (SELECT min(fit_key) FROM fit)"
    try program.edit(edit, in: "b.evoke")
    // Rows that are not what was written do not come.
    #expect(try program.run(["merge", "b.evoke", "-C", "a.evoke"]).error.contains("E-WH-016"))
    try program.succeed(["repair", "--accept-edit", "another machine", "-C", "b.evoke"])
    let kept = try program.rows("SELECT r2 FROM encoding_score", in: "a.evoke")
    let told = try program.succeed(["merge", "b.evoke", "-C", "a.evoke"]).output
    #expect(told.contains("other bits there, ours stay"))
    #expect(try program.rows("SELECT r2 FROM encoding_score", in: "a.evoke") == kept)
    #expect(
      try program.rows("SELECT array, first_sha256 <> second_sha256 FROM divergence_log", in: "a.evoke")
        == [["rows", "1"]])
    #expect(try program.succeed(["merge", "b.evoke", "-C", "a.evoke"]).output.contains("nothing to do"))
    try program.succeed(["verify", "--level", "3", "-C", "a.evoke"])
  }

  @Test func `who withdrew here does not come back, and who withdrew there is told`() throws {
    let program = try Program()
    let lines = (0..<60).flatMap { second in
      ["quillan", "brenda"].map { "\(second),\($0),\((second * $0.count) % 11)" }
    }
    try program.write("time_s,who,joy\n" + lines.joined(separator: "\n") + "\n", "r.csv")
    try program.succeed(["init", "a.evoke"])
    try program.succeed([
      "import", "annotations", "r.csv", "--dataset", "d", "--stimulus", "x", "--subject", "who", "-C", "a.evoke",
    ])
    for name in ["b", "c"] { try copy(program, "a", name) }
    try make("b", "nordic", seed: 5, in: program)
    let forget = ["forget", "--subject", "quillan", "--dataset", "d", "--everywhere", "-C"]
    try program.succeed(forget + ["a.evoke"])
    let before = try bytes(program, "a")
    let refused = try program.run(["merge", "b.evoke", "-C", "a.evoke"])
    #expect(refused.status == 77 && refused.error.contains("E-MRG-004"), "\(refused.error)")
    #expect(refused.error.contains("evoke " + (forget + ["b.evoke"]).joined(separator: " ")), "\(refused.error)")
    #expect(try bytes(program, "a") == before && before.range(of: Data("quillan".utf8)) == nil)
    try program.succeed(forget + ["b.evoke"])
    try program.succeed(["merge", "b.evoke", "-C", "a.evoke"])
    #expect(try program.rows("SELECT name FROM subject", in: "a.evoke") == [["brenda"]])
    try program.succeed(["verify", "--level", "3", "-C", "a.evoke"])
    // Where the other warehouse knows of a withdrawal, this one says whom it still holds.
    let told = try program.succeed(["merge", "a.evoke", "-C", "c.evoke"])
    #expect((told.output + told.error).contains("evoke " + forget.dropLast().joined(separator: " ")), "\(told.error)")
  }

  /// The command that an error's remedy prints, word by word.
  private func remedy(_ error: String) throws -> [String] {
    let command = try #require(error.firstMatch(of: /evoke (forget .+?) takes them out there/)).1
    return command.split(separator: " ").map(String.init)
  }

  @Test func `who is left in arrays alone is taken out there by the remedy as it is printed`() throws {
    let program = try Program()
    let lines = (0..<60).flatMap { second in
      ["quillan", "brenda"].map { "\(second),\($0),\((second * $0.count) % 11)" }
    }
    try program.write("time_s,who,joy\n" + lines.joined(separator: "\n") + "\n", "r.csv")
    for name in ["a", "b"] {
      try program.succeed(["init", "\(name).evoke"])
      try program.succeed([
        "import", "annotations", "r.csv", "--dataset", "d", "--stimulus", "x", "--subject", "who", "-C",
        "\(name).evoke",
      ])
    }
    try program.succeed(["forget", "--subject", "quillan", "--dataset", "d", "--everywhere", "-C", "a.evoke"])
    let edit = """
      DELETE FROM annotation_series WHERE subject_id IN (SELECT subject_id FROM subject WHERE name = 'quillan');
      DELETE FROM subject WHERE name = 'quillan'
      """
    try program.edit(edit, in: "b.evoke")
    try program.succeed(["repair", "--accept-edit", "arrays alone", "-C", "b.evoke"])
    let named = "SELECT count(*) FROM stored_array WHERE subject = 'quillan'"
    #expect(try program.rows(named, in: "b.evoke") == [["1"]])
    let refused = try program.run(["merge", "b.evoke", "-C", "a.evoke"])
    #expect(refused.status == 77 && refused.error.contains("E-MRG-004"), "\(refused.error)")
    // An array's file that is not there, as in an archive that was unpacked, keeps nobody in.
    try copy(program, "b", "absent")
    let arrays = program.folder + "/absent.evoke/arrays"
    try FileManager.default.removeItem(atPath: arrays)
    try FileManager.default.createDirectory(atPath: arrays, withIntermediateDirectories: false)
    let words = try remedy(refused.error)
    try program.succeed(words.map { $0.hasSuffix("b.evoke") ? "absent.evoke" : $0 })
    #expect(try program.rows(named, in: "absent.evoke") == [["0"]])
    try program.succeed(words)
    try program.succeed(["merge", "b.evoke", "-C", "a.evoke"])
    #expect(try program.rows("SELECT name FROM subject", in: "a.evoke") == [["brenda"]])
    #expect(try program.rows(named, in: "a.evoke") == [["0"]])
    try program.succeed(["verify", "--level", "3", "-C", "a.evoke"])
  }

  @Test func `a withdrawal of an earlier version, which says nothing of whom, keeps nobody from merging`() throws {
    let program = try Program()
    try program.write("time_s,who,joy\n0,ann,1\n1,ann,2\n0,ben,2\n1,ben,1\n", "r.csv")
    try program.succeed(["init", "toy.evoke"])
    try program.succeed([
      "import", "annotations", "r.csv", "--dataset", "d", "--stimulus", "x", "--subject", "who", "-C", "toy.evoke",
    ])
    try copy(program, "toy", "other")
    try program.succeed(["forget", "--subject", "ann", "--dataset", "d", "--everywhere", "-C", "toy.evoke"])
    try program.edit("UPDATE activity SET options = json_remove(options, '$.people') WHERE kind = 'withdrawal'")
    try program.succeed(["repair", "--accept-edit", "as it was written once", "-C", "toy.evoke"])
    try program.succeed(["merge", "toy.evoke", "-C", "other.evoke"])
    #expect(try program.rows("SELECT name FROM subject ORDER BY name", in: "other.evoke") == [["ann"], ["ben"]])
  }

  @Test func `another warehouse is read beside this one and never written`() throws {
    let program = try Program()
    try make("a", "east", seed: 88_172_645_463_325_252, in: program)
    try make("b", "nordic", seed: 1_234_567_891_234_567, in: program)
    let before = try bytes(program, "b")
    let sql = "SELECT m.name, o.name FROM main.dataset m JOIN other.dataset o ON m.name < o.name"
    let asked = try program.succeed(["sql", sql, "--attach", "other=b.evoke", "-C", "a.evoke", "--format", "csv"])
    #expect(asked.output.contains("east,nordic"))
    #expect(
      try program.succeed([
        "sql", "SELECT count(*) FROM other.array_catalog", "--attach", "other=b.evoke", "-C", "a.evoke", "--format",
        "csv",
      ]).output.contains("\n4"))
    let written = try program.run([
      "sql", "DELETE FROM other.dataset", "--attach", "other=b.evoke", "-C", "a.evoke",
    ])
    #expect(written.status == 64)
    #expect(try program.run(["sql", sql, "--attach", "main=b.evoke", "-C", "a.evoke"]).status == 64)
    #expect(try program.run(["sql", sql, "--attach", "other=c.evoke", "-C", "a.evoke"]).status == 66)
    #expect(try bytes(program, "b") == before)
  }
}
