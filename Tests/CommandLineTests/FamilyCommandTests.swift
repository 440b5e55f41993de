import Foundation
import Testing

/// `evoke family define` over stored draws.
@Suite struct FamilyCommandTests {
  private static func study(_ name: String, _ statistics: String) -> String {
    """
    study: \(name)
    kind: layer_sweep
    datasets: [toy]
    features: [{space: sound}, {space: other}]
    targets: [{annotation: driven}, {annotation: still}]
    encoding: {position: none, delays_s: {annotation: [0]}, outer: {folds: 4}, inner: {folds: 3}}
    statistics: {\(statistics)}
    """
  }

  /// Two feature sets and two ratings, one of them driven by the first set; small's own families hold one set each.
  private func computed(_ studies: [(name: String, statistics: String)]) throws -> Program {
    let program = try Program()
    var numbers = UniformNumbers(state: 88_172_645_463_325_252)
    var (features, ratings) = ("time,rms,rough\n", "time,driven,still\n")
    for second in 0..<240 {
      let values = numbers.list(4)
      features += "\(second),\(values[0]),\(values[1])\n"
      ratings += "\(second),\(values[0] + 2 * values[2]),\(values[3])\n"
    }
    try program.write(features, "features.csv")
    try program.write(ratings, "ratings.csv")
    try program.succeed(["init", "toy.evoke"])
    let about = ["--dataset", "toy", "--stimulus", "m1", "--consent", "open", "--licence", "CC0-1.0"]
    try program.succeed(
      ["import", "features", "features.csv", "--space", "sound=rms", "--space", "other=rough"] + about)
    try program.succeed(["import", "annotations", program.folder + "/ratings.csv"] + about)
    for (name, statistics) in studies {
      try program.write(Self.study(name, statistics), "\(name).yaml")
      try program.succeed(["run", "\(name).yaml", "-j", "1", "--allow-invalid"])
    }
    return program
  }

  private static let phases = "null: phase, draws: 39, family: [target], correction: [max, bh]"

  private func define(_ name: String, _ condition: String, _ more: [String] = []) -> [String] {
    ["family", "define", name, "--where", condition] + more
  }

  @Test func `a family is corrected by the draws of its cells, stored, explained, verified and left alone`() throws {
    let program = try computed([("small", Self.phases)])
    // The same cells as a family of the study have the same p.
    let own =
      "SELECT round(q_bh, 12), round(p_max, 12) FROM correction WHERE family LIKE '%feature_set=sound%' ORDER BY fit_key"
    let expected = try program.rows(own)
    try program.succeed(define("alone", "feature_set = 'sound'"))
    let found = try program.rows(
      "SELECT round(q_bh, 12), round(p_max, 12) FROM correction WHERE family = 'alone' ORDER BY fit_key")
    #expect(expected.count == 2 && found == expected)

    // All four have the p of a maximum that is taken here by hand.
    let all = define("all", "study = 'small' -- every score", ["--format", "csv"])
    let dry = try program.succeed(all + ["--dry-run"])
    #expect(dry.error.contains("4 scores, 39 draws") && dry.error.contains("nothing is stored"), "\(dry.error)")
    #expect(try program.rows("SELECT count(*) FROM correction WHERE family = 'all'") == [["0"]])
    let kept = try program.succeed(all)
    #expect(kept.output == dry.output)
    let p = try program.rows(
      "SELECT c.p_max FROM correction c JOIN fit f USING (fit_key) WHERE c.family = 'all' ORDER BY f.feature_set, f.target"
    )
    #expect(try p.map { try #require(Double($0[0])) } == byHand(program))
    let stored = try program.rows(
      "SELECT DISTINCT condition, length(condition_sha256), study FROM correction JOIN current_unit USING (unit_key) WHERE family = 'all'"
    )
    #expect(stored == [["study = 'small' -- every score", "64", "family-all"]])
    #expect(try program.rows("SELECT count(*), count(family) FROM encoding_score") == [["4", "4"]])

    // Again it is the same; another condition needs a word.
    #expect(try program.succeed(all).output == kept.output)
    let other = define("all", "quantity = 'r' AND target = 'driven'")
    #expect(try program.run(other).status == 73)
    try program.succeed(other + ["--replace"])
    #expect(try program.rows("SELECT count(*) FROM correction WHERE family = 'all'") == [["2"]])
    let why = try program.succeed(["why", "correction:family=all"]).output
    #expect(why.contains("family all") && why.contains("ratings.csv"), "\(why)")
    let verified = try program.succeed(["verify", "--level", "5"]).output
    #expect(verified.contains("declared families hold what their conditions choose"), "\(verified)")
  }

  /// p of the studentised maximum over the four cells, by feature set and target.
  private func byHand(_ program: Program) throws -> [Double] {
    let cells = try program.rows(
      "SELECT array, array_column, unit_key FROM family_cell WHERE study = 'small' ORDER BY feature_set, target")
    let columns = try cells.map { cell in
      let draws = try program.rows("SELECT value FROM array('\(cell[0])') ORDER BY draw").compactMap { Double($0[0]) }
      let name = cell[0].replacingOccurrences(of: "none/null/r", with: "score")
      let observed = try program.rows("SELECT value FROM array('\(name)')").compactMap { Double($0[0]) }
      #expect(draws.count == 39 && observed.count == 1)
      let all = observed + draws
      let mean = all.reduce(0, +) / 40
      let sd = (all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 39).squareRoot()
      return all.map { ($0 - mean) / sd }
    }
    let largest = (1...39).map { draw in columns.map { $0[draw] }.reduce(-.infinity, max) }
    return columns.map { column in Double(1 + largest.count { $0 >= column[0] }) / 40 }
  }

  @Test func `a verified family that now chooses otherwise is named, and an archive is asked in place`() throws {
    let program = try computed([("small", Self.phases)])
    try program.succeed(define("open", "p <= 1", ["--correction", "max"]))
    #expect(try program.rows("SELECT count(q_bh), count(p_max) FROM correction WHERE family = 'open'") == [["0", "4"]])
    try program.succeed([
      "archive", "create", "paper.zip", "--study", "small", "--title", "T", "--author", "A", "--licence", "CC0-1.0",
      "--include", "arrays",
    ])
    let question = define("reviewer", "target = 'driven'", ["--format", "csv"])
    let (there, here) = (
      try program.succeed(question + ["-C", "paper.zip"]), try program.succeed(question + ["--dry-run"])
    )
    #expect(there.output == here.output && there.error.contains("nothing is stored"), "\(there.error)")
    #expect(there.output.split(whereSeparator: \.isNewline).count == 3)

    try program.write(
      Self.study("more", Self.phases).replacingOccurrences(of: "folds: 4", with: "folds: 5"), "more.yaml")
    try program.succeed(["run", "more.yaml", "-j", "1", "--allow-invalid"])
    let verified = try program.run(["verify", "--level", "4"])
    #expect(verified.status == 1 && (verified.output + verified.error).contains("chooses 8 scores, it was made of 4"))
  }

  @Test func `scores without common draws are refused with the reason and a command that works`() throws {
    let program = try computed([
      ("small", Self.phases), ("bare", "null: none"),
      ("fewer", "null: phase, draws: 19, family: [target], correction: [max]"),
    ])
    let none = try program.run(define("x", "study = 'nowhere'"))
    #expect(none.status == 66 && none.error.contains("E-FAM-001"), "\(none.error)")
    let bare = try program.run(define("x", "study IN ('small', 'bare')"))
    #expect(bare.status == 66 && bare.error.contains("E-FAM-002") && bare.error.contains("4 of 8"), "\(bare.error)")
    try program.succeed(define("x", "(study IN ('small', 'bare')) AND array IS NOT NULL", ["--dry-run"]))
    let unlike = try program.run(define("x", "study IN ('small', 'fewer')"))
    #expect(unlike.status == 65 && unlike.error.contains("E-FAM-003"), "\(unlike.error)")
    #expect(unlike.error.contains("null_draws") && unlike.error.contains("evoke family define x --where"))
    for wrong in ["1); SELECT (1", "nothing = 1", "1) UNION SELECT (2"] {
      let refused = try program.run(define("x", wrong))
      #expect(refused.status != 0 && !refused.error.contains("E-INT"), "\(wrong): \(refused.error)")
    }
    // Rows of the condition's own making, under names that the order takes.
    func made(_ columns: [String: String]) -> String {
      "SELECT "
        + [
          "dataset", "cohort", "subject", "rater", "feature_set", "layer_key", "element", "covariate_mode",
          "target_kind",
          "target", "region", "quantity", "value", "null_kind", "null_draws", "seed", "p", "array", "array_column",
          "valid",
          "flags", "fit_key", "unit_key",
        ].map { columns[$0, default: $0] }.joined(separator: ", ") + " FROM family_cell WHERE study = 'small'"
    }
    let names = ["dataset": "dataset AS target_parameters", "cohort": "cohort AS model", "subject": "subject AS depth"]
    let forged = "0) UNION " + made(["p": "0.001"]) + " UNION " + made(names) + " AND (0"
    let refused = try program.run(define("x", forged))
    #expect(refused.status != 0 && refused.error.contains("no row of family_cell"), "\(refused.error)")
    #expect(try program.run(define("x", "1", ["--correction", "bonferroni"])).status == 64)
    #expect(try program.rows("SELECT count(*) FROM declared_family") == [["0"]])
  }
}
