import Foundation
import Testing

/// A number that somebody changes in the catalog, by every verb.
@Suite struct EditedCatalogTests {
  private static let study = """
    study: small
    kind: layer_sweep
    datasets: [toy]
    features: [{space: sound}]
    targets: [{annotation: driven}, {annotation: other}]
    encoding: {position: none, delays_s: {annotation: [0]}, outer: {folds: 4}, inner: {folds: 3}}
    statistics: {null: phase, draws: 19, family: [target], correction: [max]}
    """

  private func computed() throws -> Program {
    let program = try Program()
    var numbers = UniformNumbers(state: 88_172_645_463_325_252)
    try program.succeed(["init", "toy.evoke"])
    for stimulus in ["m1", "m2"] {
      var features = "time,rms,lr\n"
      var ratings = "time,driven,other\n"
      for second in 0..<120 {
        let row = (0..<3).map { _ in numbers.next() }
        features += "\(second),\(row[0]),\(row[1])\n"
        ratings += "\(second),\(row[0] + 0.5 * row[2]),\(row[2])\n"
      }
      try program.write(features, "\(stimulus)-features.csv")
      try program.write(ratings, "\(stimulus)-ratings.csv")
      try program.succeed([
        "import", "features", "\(stimulus)-features.csv", "--dataset", "toy", "--stimulus", stimulus, "--space",
        "sound=rms,lr",
      ])
      try program.succeed([
        "import", "annotations", "\(stimulus)-ratings.csv", "--dataset", "toy", "--stimulus", stimulus,
      ])
    }
    try program.write(Self.study, "small.yaml")
    return program
  }

  /// The 64 digits after a word.
  private func digits(after word: String, in text: String) throws -> String {
    let start = try #require(text.firstRange(of: word)?.upperBound)
    return String(text[start...].prefix(64))
  }

  @Test func `an edited score is named, stops every verb that writes, and leaves by the door or stays on record`()
    throws
  {
    let program = try computed()
    let told = try program.succeed(["run", "small.yaml"]).error
    let (plan, root) = (try digits(after: "plan ", in: told), try digits(after: "root ", in: told))
    let status = try program.succeed(["status"]).output
    #expect(status.contains(plan) && status.contains(root))
    #expect(try program.succeed(["verify", "--root", root]).output.contains(root))
    #expect(try program.succeed(["query", "encoding_score", "--check"]).error == "")
    // A second run does nothing and changes no byte.
    let catalog = URL(fileURLWithPath: "\(program.folder)/toy.evoke/catalog.sqlite")
    let before = try Data(contentsOf: catalog)
    #expect(try digits(after: "root ", in: program.succeed(["run", "small.yaml"]).error) == root)
    #expect(try Data(contentsOf: catalog) == before)

    try program.edit("UPDATE score SET value = high WHERE quantity = 'r' AND fit_key = (SELECT min(fit_key) FROM fit)")
    let verified = try program.run(["verify", "--level", "2"])
    #expect(verified.status == 1 && verified.output.contains(#/score fit_key=\S+, quantity=r +value /#), "\(verified)")
    let asked = try program.run(["query", "encoding_score", "--check"])
    #expect(asked.status == 1 && asked.error.contains("score fit_key="))
    let warned = try program.succeed(["query", "encoding_score"]).error
    #expect(warned.hasPrefix("warning: catalog.sqlite is not as its last writer left it"))
    for verb in [["gc"], ["run", "small.yaml"], ["import", "annotations", "m1-ratings.csv", "--dataset", "b"]] {
      let refused = try program.run(verb)
      #expect(
        refused.status == 1 && refused.error.contains("E-WH-016") && refused.error.contains("value"), "\(refused)")
    }
    let repaired = try program.succeed(["repair", "--accept-edit", "the value was mistyped"])
    #expect(repaired.output.contains("score"))
    try program.succeed(["verify", "--level", "3"])
    #expect(try program.run(["verify", "--root", root]).status == 1)
  }

  @Test func `a view that somebody changed is named beside its rows`() throws {
    let program = try computed()
    try program.succeed(["run", "small.yaml"])
    #expect(try program.succeed(["query", "encoding_score", "--check"]).error.isEmpty)
    try program.edit(
      "PRAGMA writable_schema = ON",
      "UPDATE sqlite_schema SET sql = sql || ' LIMIT 1' WHERE name = 'encoding_score' AND type = 'view'")
    for view in ["encoding_score", "layer_sweep"] {
      let asked = try program.run(["query", view, "--check"])
      #expect(asked.status == 1 && asked.error.contains("view encoding_score"), "\(asked)")
    }
    // Who writes installs its own.
    try program.succeed(["gc"])
    #expect(try program.run(["query", "encoding_score", "--check"]).status == 0)
  }

  @Test func `what stands in an array's place and is no file is named, set aside, and made again`() throws {
    let program = try computed()
    try program.succeed(["run", "small.yaml"])
    let made = "stored_array a JOIN activity v USING (activity_id) WHERE v.kind = 'unit'"
    let file = try program.rows("SELECT min(a.file) FROM \(made)")[0][0]
    let path = "\(program.folder)/toy.evoke/\(file)"
    for kind in ["folder", "pipe"] {
      try FileManager.default.removeItem(atPath: path)
      if kind == "folder" {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      } else {
        #expect(mkfifo(path, 0o600) == 0)
      }
      let told = try program.run(["verify", "--level", "2"])
      #expect(told.status == 1 && told.output.contains(file), "\(kind): \(told)")
      #expect(told.output.contains("sources are unchanged"), "\(kind): \(told.output)")
      #expect(try program.succeed(["plan", "small.yaml"]).output.contains("REPAIR"))
      try program.succeed(["repair"])
      try program.succeed(["verify"])
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: program.folder + "/toy.evoke/quarantine").count == 2)
  }

  @Test func `a backup that holds an edit is none`() throws {
    let program = try computed()
    try program.succeed(["run", "small.yaml"])
    try program.succeed(["backup", "copy"])
    try program.edit("UPDATE score SET value = value + 0.25, low = NULL WHERE quantity = 'r'", in: "copy")
    // As another program would leave it that knows of seals.
    let sum = try program.run(
      ["-c", "sha256sum catalog.sqlite > catalog.sqlite.sha256"], launch: "/bin/sh", in: program.folder + "/copy")
    #expect(sum.status == 0)
    try program.edit("UPDATE score SET value = value + 0.25, low = NULL WHERE quantity = 'r'")
    let refused = try program.run(["repair", "--from", "copy"])
    #expect(refused.status == 66 && refused.error.contains("E-WH-024") && refused.error.contains("score"), "\(refused)")
    let told = try program.run(["backup", "other"])
    #expect(told.status == 1 && told.error.contains("E-WH-016"), "\(told)")
    #expect(!FileManager.default.fileExists(atPath: program.folder + "/other"))
  }

  @Test func `whoever brings a catalog up to date says what was done to it`() throws {
    let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/warehouse/schema_12.sql")
    let earlier = try String(contentsOf: fixture, encoding: .utf8)
    func leave(_ program: Program, _ statements: String) throws {
      try program.edit(statements)
      // Sealed, as the program that made it does.
      let sum = try program.run(
        ["-c", "sha256sum catalog.sqlite > catalog.sqlite.sha256"], launch: "/bin/sh",
        in: program.folder + "/toy.evoke")
      #expect(sum.status == 0)
    }
    for verb in [["init", "toy.evoke"], ["init", "toy.evoke", "--json"], ["gc"]] {
      let program = try Program()
      #expect(try program.succeed(["init", "toy.evoke"]).error.hasSuffix("created toy.evoke\n"))
      #expect(try program.succeed(["init", "toy.evoke"]).error.hasSuffix("already; unchanged\n"))
      try leave(program, earlier)
      let told = try program.succeed(verb)
      let copy = try #require(program.files(in: "toy.evoke/quarantine").first)
      let text = verb.contains("--json") ? told.output : told.error
      #expect(text.contains("12") && text.contains("quarantine/\(copy)") && !text.contains("unchanged"), "\(told)")
      #expect(try program.succeed(["init", "toy.evoke"]).error.contains("unchanged"))
      // Views of another program are less: they hold nothing.
      try leave(program, "UPDATE schema_doc SET description = 'of another' WHERE object = 'views'")
      let again = try program.succeed(["init", "toy.evoke"]).error
      #expect(again.contains("views") && !again.contains("unchanged"), "\(again)")
    }
  }

  @Test func `the columns that are left out of hashes are listed with their reasons`() throws {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    let rows = try program.succeed(["schema", "--exempt", "--format", "csv"]).output.split(whereSeparator: \.isNewline)
      .dropFirst()
    #expect(rows.count > 4 && rows.allSatisfy { $0.contains(",place,") || $0.contains(",state,") })
  }
}
