import Foundation
import Testing

/// `evoke import scores`: another program's table, from its file to its end.
@Suite struct ScoresCommandTests {
  private static let header = "dataset,subject,feature_set,target_kind,target,region,r,stimulus_count,software,p\n"
  private static let rows = [
    "film,quillan,w2v2,response,bold,insula-lh,.25,8,himalaya 0.4,.001",
    "film,brenda,w2v2,response,bold,insula-lh,.5,8,himalaya 0.4,.002",
    "seed,,w2v2,annotation,arousal,,-.125,15,himalaya 0.4,.7",
  ]

  private func program(_ name: String = "lab.csv") throws -> Program {
    let program = try Program()
    try program.succeed(["init", "w.evoke"])
    try program.write(Self.header + Self.rows.map { $0 + "\n" }.joined(), name)
    return program
  }

  @Test func `a table is stored once, shown as it is, and taken out whole`() throws {
    let program = try program()
    let planned = try program.succeed(["import", "scores", "lab.csv", "--dry-run"])
    #expect(planned.error.contains("would store in dataset film: 3 external scores"))
    #expect(try program.rows("SELECT r FROM encoding_score") == [])
    try program.succeed(["import", "scores", "lab.csv", "--licence", "CC0", "--consent", "results-only"])
    #expect(try program.succeed(["import", "scores", "lab.csv"]).error.contains("unchanged, skipped"))
    #expect(
      try program.rows(
        "SELECT study, dataset, cohort, r, p_external, software, origin FROM encoding_score ORDER BY r") == [
          ["lab", "seed", "seed", "-0.125", "0.7", "himalaya 0.4", "external"],
          ["lab", "film", "film", "0.25", "0.001", "himalaya 0.4", "external"],
          ["lab", "film", "film", "0.5", "0.002", "himalaya 0.4", "external"],
        ])
    #expect(try program.rows("SELECT count(*) FROM encoding_score WHERE valid = 1 OR p IS NOT NULL") == [["0"]])
    let why = try program.succeed(["why", "encoding_score", "--where", "subject=brenda"]).output
    #expect(why.contains("made by import scores") && why.contains("lab.csv"))
    try program.succeed(["query", "encoding_score", "--check"])
    try program.succeed(["verify", "--level", "3"])
    try program.succeed(["forget", "lab.csv"])
    #expect(
      try program.rows("SELECT (SELECT count(*) FROM external_score), (SELECT count(*) FROM dataset)") == [["0", "0"]])
    try program.succeed(["verify", "--level", "3"])
  }

  @Test func `a number of another program is cited as what was imported`() throws {
    let program = try program()
    try program.succeed(["import", "scores", "lab.csv", "--licence", "CC0", "--consent", "open"])
    for (label, columns) in [("derived", "p_external"), ("told", "p_external, unit_key")] {
      let query = "SELECT \(columns) FROM encoding_score WHERE subject = 'brenda'"
      let added = try program.succeed(["cite", "add", label, "--sql", query, "--format", "p %.3p"])
      #expect(added.output == "cited \(label): p = .002\n")
      #expect(try program.succeed(["cite", label]).output.contains("no unit is behind it: it was imported"))
    }
    #expect(try program.succeed(["cite", "--check"]).output == "SAME     derived: p = .002\nSAME     told: p = .002\n")
  }

  @Test func `another table of its name is refused, under another name both stand`() throws {
    let program = try program()
    try program.succeed(["import", "scores", "lab.csv"])
    try program.write(Self.header + Self.rows[0].replacing(".25", with: ".3") + "\n", "lab.csv")
    let refused = try program.run(["import", "scores", "lab.csv"])
    #expect(refused.status == 65 && refused.error.contains("E-SCO-003") && refused.error.contains("evoke forget"))
    try program.succeed(["import", "scores", "lab.csv", "--name", "corrected"])
    #expect(
      try program.rows("SELECT study, count(*) FROM encoding_score GROUP BY 1") == [["corrected", "1"], ["lab", "3"]])
    #expect(try program.run(["import", "scores", "lab.csv", "--dataset", "film"]).status == 64)
  }

  @Test func `an edited score is found, and who withdraws is gone from the table`() throws {
    let program = try program()
    try program.succeed(["import", "scores", "lab.csv"])
    let planned = try program.succeed(["forget", "--subject", "quillan", "--everywhere", "--dry-run"])
    #expect(planned.status == 0)
    try program.succeed(["forget", "--subject", "quillan", "--everywhere"])
    #expect(try program.rows("SELECT coalesce(subject, '-') FROM encoding_score ORDER BY 1") == [["-"], ["brenda"]])
    try program.succeed(["verify", "--level", "3"])
    try program.edit("UPDATE external_score SET r = .75 WHERE subject = 'brenda'", in: "w.evoke")
    let verified = try program.run(["verify", "--level", "2"])
    #expect(verified.status == 1 && (verified.output + verified.error).contains("external_score"))
    #expect(try program.run(["query", "encoding_score", "--check"]).status == 1)
  }

  @Test func `a figure is of scores computed here unless it is asked for others`() throws {
    let program = try program()
    try program.succeed(["import", "scores", "lab.csv", "--consent", "open"])
    #expect(try program.rows("SELECT consent FROM dataset") == [["open"], ["open"]])
    let plot = ["plot", "regions", "encoding_score", "--where", "subject=brenda", "-o", "a.svg"]
    #expect(try program.run(plot).status != 0)
    try program.succeed(plot + ["--where", "origin=external"])
    let drawn = try String(contentsOfFile: program.folder + "/a.svg", encoding: .utf8)
    #expect(drawn.contains("software himalaya 0.4"))
  }
}
