import Foundation
import Testing

/// What participants consented to is widened by nobody but `evoke consent`, and who withdraws is gone.
@Suite(.serialized) struct ConsentCommandTests {
  private func ratings(_ seed: Int) -> String {
    "time_s,arousal\n" + (0..<60).map { "\($0),\(($0 * seed) % 11)\n" }.joined()
  }

  private func effective(_ program: Program, _ dataset: String) throws -> String? {
    try program.succeed(["consent", dataset]).output.split(separator: "\n").last.flatMap {
      $0.split(separator: " ").last.map(String.init)
    }
  }

  @Test func aLaterImportNeverWidensConsent() throws {
    let program = try Program()
    try program.succeed(["init", "w.evoke"])
    for (index, name) in ["a", "b", "c", "e"].enumerated() { try program.write(ratings(index + 3), "\(name).csv") }
    func bring(_ file: String, _ dataset: String, _ word: String?) throws -> String {
      let consent = word.map { ["--consent", $0] } ?? []
      return try program.succeed(["import", "annotations", file, "--dataset", dataset, "--stimulus", file] + consent)
        .error
    }
    _ = try bring("a.csv", "unstated", nil)
    #expect(try effective(program, "unstated") == "results-only")
    #expect(try bring("b.csv", "unstated", "open").contains("E-IMP-007"))
    #expect(try effective(program, "unstated") == "results-only")
    _ = try bring("c.csv", "unstated", "none")
    #expect(try effective(program, "unstated") == "none")
    _ = try bring("e.csv", "wide", "open")
    #expect(try effective(program, "wide") == "open")
    // A file that is known is no more open in another dataset.
    _ = try bring("a.csv", "wide", "open")
    #expect(try effective(program, "wide") == "results-only")
    // It is once both agree.
    #expect(try program.succeed(["consent", "wide", "open", "--reason", "vote"]).error.contains("1 files belong"))
    #expect(try effective(program, "wide") == "none")
    try program.succeed(["consent", "unstated", "open", "--reason", "vote"])
    #expect(try effective(program, "wide") == "open")
    #expect(try program.run(["import", "annotations", "a.csv", "--dataset", "x", "--consent", "public"]).status == 64)
  }

  @Test func aChangeIsRecordedWithItsReason() throws {
    let program = try Program()
    try program.succeed(["init", "w.evoke"])
    try program.write(ratings(3), "a.csv")
    try program.succeed(["import", "annotations", "a.csv", "--dataset", "d", "--stimulus", "x"])
    #expect(try program.run(["consent", "d", "open"]).status == 64)
    #expect(try program.run(["consent", "nobody", "open", "--reason", "x"]).status == 66)
    try program.succeed(["consent", "d", "open", "--reason", "vote 17", "--dry-run"])
    #expect(try effective(program, "d") == "results-only")
    try program.succeed(["consent", "d", "open", "--reason", "vote 17"])
    #expect(try effective(program, "d") == "open")
    // Given again (the first time was cut off, say) it changes nothing.
    #expect(try program.succeed(["consent", "d", "open", "--reason", "vote 17"]).error.contains("unchanged"))
    let rows = try program.rows(
      "SELECT json_extract(options, '$.before'), json_extract(options, '$.after'), json_extract(options, '$.reason') "
        + "FROM activity WHERE kind = 'consent'")
    #expect(rows == [["results-only", "open", "vote 17"]])
    try program.succeed(["verify", "--level", "3"])
  }

  /// Two raters in one file, results of both: after the withdrawal of one her name is in no byte of the warehouse.
  @Test func whoWithdrawsIsGone() throws {
    let program = try Program()
    try program.succeed(["init", "w.evoke"])
    let lines = (0..<120).flatMap { second in
      ["quillan", "brenda"].map { "\(second),\($0),\((second * ($0.count + 2)) % 13)" }
    }
    try program.write("time_s,who,arousal\n" + lines.joined(separator: "\n") + "\n", "r.csv")
    try program.write(
      "time_s,f\n" + (0..<120).map { "\($0),\(($0 * 5) % 17)\n" }.joined(), "f.csv")
    try program.succeed(["import", "annotations", "r.csv", "--dataset", "d", "--stimulus", "x", "--subject", "who"])
    try program.succeed(["import", "features", "f.csv", "--dataset", "d", "--stimulus", "x", "--space", "s=f"])
    try program.write("subject,age\nquillan,30\nbrenda,40\n", "p.csv")
    try program.succeed(["import", "participants", "p.csv", "--dataset", "d"])
    try program.write(
      """
      study: s
      kind: layer_sweep
      datasets: [d]
      features: [{space: s}]
      targets: [{annotation: arousal}]
      encoding: {delays_s: [0], outer: {folds: 2}, inner: {folds: 2}}
      statistics: {null: none}
      """, "s.yaml")
    try program.succeed(["run", "s.yaml"])
    // Studies and cohorts that name her without a result of hers.
    try program.write("subject,reason\nquillan,moved\n", "e.csv")
    try program.succeed(["import", "exclusions", "e.csv", "--dataset", "d", "--name", "moved"])
    let named = try String(contentsOfFile: program.folder + "/s.yaml", encoding: .utf8)
      .replacingOccurrences(of: "study: s", with: "study: named")
    try program.write(named + "\nfilters: {subjects: [quillan, brenda], exclude: moved}\n", "named.yaml")
    try program.succeed(["run", "named.yaml"])
    try program.succeed([
      "cohort", "define", "rest", "--subjects", "SELECT subject_id FROM subject WHERE name NOT LIKE '%quillan'",
    ])
    #expect(try program.run(["forget", "--subject", "quillan"]).status == 64)
    #expect(try program.run(["forget", "--subject", "nobody", "--everywhere"]).status == 66)
    let planned = try program.succeed(["forget", "--subject", "quillan", "--everywhere", "--dry-run"]).output
    #expect(planned.contains("quillan") && planned.contains("run "))
    #expect(try program.rows("SELECT count(*) AS n FROM subject") == [["2"]])
    try cutOff(program)
    try program.succeed(["forget", "--subject", "quillan", "--everywhere"])
    #expect(try program.rows("SELECT name FROM subject") == [["brenda"]])
    #expect(try program.rows("SELECT count(*) AS n FROM stored_array WHERE kind = 'annotation'") == [["1"]])
    let files = try #require(FileManager.default.enumerator(atPath: program.folder + "/w.evoke"))
    for case let path as String in files {
      guard let data = FileManager.default.contents(atPath: program.folder + "/w.evoke/" + path) else { continue }
      #expect(data.range(of: Data("quillan".utf8)) == nil, "\(path)")
    }
    #expect(try program.rows("SELECT count(*) FROM cohort_member") == [["1"]])
    try program.succeed(["verify", "--level", "3"])
    try program.succeed(["run", "s.yaml"])
  }

  /// Four people in one array: options, and the command, named all of them.
  @Test func whoWithdrawsIsInNoOptionOfAnImportOfOthers() throws {
    let program = try Program()
    try program.succeed(["init", "w.evoke"])
    let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/fmri/pieman_4sub.h5").path
    try FileManager.default.copyItem(atPath: fixture, toPath: program.folder + "/p.h5")
    try program.succeed([
      "import", "fmri", "p.h5", "--data", "bold", "--axes", "subject,time,region", "--tr-s", "1.5", "--stimulus",
      "pieman", "--dataset", "s", "--units", "au", "--labels", "subject=quillan,brenda,cleo,dora",
    ])
    try program.succeed(["forget", "--subject", "quillan", "--everywhere"])
    #expect(try program.rows("SELECT name FROM subject ORDER BY name") == [["brenda"], ["cleo"], ["dora"]])
    for path in try program.files(in: "w.evoke") {
      let data = try Data(contentsOf: URL(fileURLWithPath: "\(program.folder)/w.evoke/\(path)"))
      #expect(data.range(of: Data("quillan".utf8)) == nil, "\(path)")
    }
    try program.succeed(["verify", "--level", "3"])
  }

  /// A subject, a stimulus and much else are called 3: the person goes, and no other number does.
  @Test func whoIsCalledByANumberWithdrawsAsOthersDo() throws {
    let program = try Program()
    try program.succeed(["init", "w.evoke"])
    let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/fmri/pieman_4sub.h5").path
    try FileManager.default.copyItem(atPath: fixture, toPath: program.folder + "/p.h5")
    try program.succeed([
      "import", "fmri", "p.h5", "--data", "bold", "--axes", "subject,time,region", "--tr-s", "1.5", "--stimulus", "3",
      "--dataset", "s", "--units", "au", "--labels", "subject=3,33,4,5",
    ])
    let cohorts = [
      ("named", "SELECT subject_id FROM subject WHERE name <> '3'"), ("some", "SELECT subject_id FROM subject LIMIT 3"),
      // The number may stand before the word.
      ("before", "SELECT subject_id FROM subject WHERE '3' <> name"),
      ("close", "SELECT subject_id FROM subject WHERE NOT '3'=name"),
      ("list", "SELECT subject_id FROM subject s WHERE '3' NOT IN (s.name)"),
      ("others", "SELECT subject_id FROM subject WHERE '33' <> name AND name <> '3.5'"),
    ]
    for (name, sql) in cohorts { try program.succeed(["cohort", "define", name, "--subjects", sql]) }
    try program.succeed(["forget", "--subject", "3", "--everywhere"])
    #expect(try program.rows("SELECT name FROM subject ORDER BY name") == [["33"], ["4"], ["5"]])
    let options = try program.rows(
      "SELECT replace(json_extract(options, '$.recording.array.labels[0]'), ',', ' '), json_extract(options, '$.recording.stimulus') "
        + "FROM activity WHERE kind = 'import'")
    #expect(options == [["subject=withdrawn 33 4 5", "3"]])
    #expect(try program.rows("SELECT count(*) FROM import_command") == [["0"]])
    #expect(
      try program.rows("SELECT name, subject_sql FROM cohort WHERE dataset_id IS NULL ORDER BY name")
        == [
          ["before", ""], ["close", ""], ["list", ""], ["named", ""], ["others", cohorts[5].1], ["some", cohorts[1].1],
        ])
    try program.succeed(["verify", "--level", "3"])
  }

  /// A withdrawal that dies at any durable step leaves nothing of the person once it is given again.
  private func cutOff(_ program: Program) throws {
    let words = ["forget", "--subject", "quillan", "--everywhere", "-C", "cut.evoke"]
    var endings: [Int32] = []
    for step in 1...8 {
      try FileManager.default.copyItem(atPath: program.folder + "/w.evoke", toPath: program.folder + "/cut.evoke")
      let cut = try program.run(words, ["EVOKE_CRASH_AT": String(step)])
      if cut.reason == .uncaughtSignal { endings.append(try program.run(words).status) }
      #expect(try program.rows("SELECT count(*) FROM subject WHERE name = 'quillan'", in: "cut.evoke") == [["0"]])
      let left = try program.succeed(["gc", "--dry-run", "--format", "csv", "-C", "cut.evoke"]).output
      #expect(!left.contains("array file without a row"), "step \(step): \(left)")
      try FileManager.default.removeItem(atPath: program.folder + "/cut.evoke")
    }
    // Behind the transaction nobody has the name any more.
    #expect(Set(endings) == [0, 66])
  }

  /// 1e6 + 1e-3 x.
  @Test func valuesThatFloat32CannotHoldApartAreRefused() throws {
    let program = try Program()
    try program.succeed(["init", "w.evoke"])
    for (offset, isRefused) in [(1e6, true), (1e3, false), (0.0, false)] {
      let rows = (0..<60).map { "\($0),\(offset + 1e-3 * Double(($0 * 7) % 11))\n" }.joined()
      try program.write("time_s,v\n" + rows, "v\(Int(offset)).csv")
      for kind in ["annotations", "features"] {
        let more = kind == "features" ? ["--name", "s\(Int(offset))"] : []
        let ending = try program.run(
          ["import", kind, "v\(Int(offset)).csv", "--dataset", "d", "--stimulus", "x\(Int(offset))"] + more)
        #expect((ending.status == 65) == isRefused, "\(kind) \(offset): \(ending.error)")
        #expect(ending.error.contains("E-TAB-030") == isRefused)
      }
    }
    try program.write("time_s,v\n" + (0..<60).map { "\($0),0.1\n" }.joined(), "flat.csv")
    try program.succeed(["import", "annotations", "flat.csv", "--dataset", "d", "--stimulus", "flat"])
  }
}
