import Foundation
import Testing

/// `evoke cite` of a small study's number.
@Suite struct CiteCommandTests {
  private static let study = """
    study: small
    kind: layer_sweep
    datasets: [toy]
    features: [{space: sound}]
    targets: [{annotation: driven}]
    encoding: {position: none, delays_s: {annotation: [0]}, outer: {folds: 4}, inner: {folds: 3}}
    statistics: {null: phase, draws: 19, family: [target], correction: [max]}
    """

  private func computed() throws -> Program {
    let program = try Program()
    var numbers = UniformNumbers(state: 88_172_645_463_325_252)
    var (features, ratings) = ("time,rms\n", "time,driven\n")
    for second in 0..<240 {
      let (sound, noise) = (numbers.next(), numbers.next())
      features += "\(second),\(sound)\n"
      ratings += "\(second),\(sound + 0.5 * noise)\n"
    }
    try program.write(features, "features.csv")
    try program.write(ratings, "ratings.csv")
    try program.write(Self.study, "small.yaml")
    try program.succeed(["init", "toy.evoke"])
    let about = ["--dataset", "toy", "--stimulus", "m1"]
    try program.succeed(["import", "features", "features.csv", "--space", "sound=rms"] + about)
    try program.succeed(["import", "annotations", program.folder + "/ratings.csv"] + about)
    try program.succeed(["run", "small.yaml", "-j", "1", "--allow-invalid"])
    return program
  }

  @Test func `a number is followed to source bytes and back, asked again and printed by LaTeX`() throws {
    let program = try computed()
    let query = "SELECT r FROM encoding_score WHERE study = 'small' AND target = 'driven'"
    let add = ["cite", "add", "tab1.r1", "--sql", query, "--format", "r = %.2f"]
    let dry = try program.succeed(add + ["--dry-run"]).output
    #expect(dry.hasPrefix("would be cited tab1.r1: r = 0."))
    #expect(try !program.succeed(["cite"]).output.contains("tab1"))
    let text = String(dry.dropFirst("would be cited tab1.r1: ".count).dropLast())
    #expect(try program.succeed(add).output == "cited tab1.r1: \(text)\n")
    #expect(try program.succeed(add).output == "unchanged tab1.r1: \(text)\n")
    #expect(try program.run(["cite", "add", "tab1.r1", "--sql", "SELECT 1"]).status == 73)

    let shown = try program.succeed(["cite", "tab1.r1"]).output
    #expect(shown.hasPrefix("tab1.r1: \(text)\nrow r=0.") && shown.contains("  \(query)\n"), "\(shown)")
    #expect(shown.contains("evoke import annotations ratings.csv --dataset toy") && !shown.contains(program.folder))
    let hash = try program.rows("SELECT sha256 FROM source_file WHERE path LIKE '%/features.csv'")[0][0]
    #expect(shown.contains("source features.csv  sha256 \(hash)"), "\(shown)")
    let unit = try program.rows("SELECT units FROM cited")[0][0]
    let down = try program.succeed(["why", hash, "--down"]).output
    #expect(down.contains("key \(unit)") && down.contains("rows of results: ") && down.contains("score"), "\(down)")

    #expect(try program.succeed(["cite", "--check"]).output == "SAME     tab1.r1: \(text)\n")
    try program.succeed(["cite", "--tex", "numbers.tex"])
    let tex = try String(contentsOfFile: program.folder + "/numbers.tex", encoding: .utf8)
    #expect(tex.contains("evoke@tab1.r1\\endcsname{\(text)}"), "\(tex)")
    try program.succeed(["cite", "add", "n", "--sql", "SELECT count(*) FROM stimulus"])
    let verified = try program.succeed(["verify", "--level", "4"]).output
    #expect(verified.contains("cited numbers are those of their rows"), "\(verified)")

    try forgotten(program)
    try program.edit("UPDATE score SET value = 0.375, low = NULL")
    let changed = try program.run(["cite", "--check"])
    #expect(changed.status == 1 && changed.error.contains("E-CIT-003"), "\(changed.error)")
    #expect(changed.output.contains("CHANGED  tab1.r1: \(text): row 1: r was 0."), "\(changed.output)")
    #expect(changed.output.contains("SAME     n: 1\n"))
    #expect(try program.run(["verify", "--level", "4"]).status == 1)
  }

  /// In a copy: a number outlives the results behind it and says that they are gone.
  private func forgotten(_ program: Program) throws {
    let copy = program.folder + "/copy.evoke"
    try FileManager.default.copyItem(atPath: program.folder + "/toy.evoke", toPath: copy)
    try program.succeed(["forget", "features.csv", "--cascade", "-C", copy])
    let shown = try program.succeed(["cite", "tab1.r1", "-C", copy]).output
    #expect(shown.contains("is not there now: it was forgotten"), "\(shown)")
    let gone = try program.run(["cite", "--check", "-C", copy])
    #expect(gone.status == 1 && gone.output.contains("row 1") == false, "\(gone.output)")
    try FileManager.default.removeItem(atPath: copy)
  }

  @Test func `a number is replaced and taken out`() throws {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    try program.succeed(["cite", "add", "n", "--sql", "SELECT 0.5", "--format", "%.1f"])
    #expect(
      try program.succeed(["cite", "add", "n", "--sql", "SELECT 2", "--replace"]).output == "replaced n: 2\n")
    let shown = try program.succeed(["cite", "n"]).output
    #expect(shown.contains("no unit is behind it"), "\(shown)")
    #expect(try program.run(["cite", "--check", "m"]).status == 66)
    #expect(try program.run(["cite", "--check", "--tex", "n.tex"]).status == 64)
    for words in [["a b", "--sql", "SELECT 1"], ["m", "--sql", "SELECT 0.5", "--format", "%d"]] {
      #expect(try program.run(["cite", "add"] + words).status == 64)
    }
    #expect(try program.succeed(["cite", "remove", "n"]).output == "removed n: 2\n")
    #expect(try program.run(["cite", "n"]).status == 66)
    #expect(try program.succeed(["cite", "--check"]).output.isEmpty)
  }

  /// A text that is the same of other data is a number of other units: it says so, `--replace` keeps them, and an archive, in
  /// which every number has its lineage, holds it with its own units only.
  @Test func `a number that stays what it was says when it is made of other units`() throws {
    let program = try computed()
    let add = ["cite", "add", "n", "--sql", "SELECT count(*) > 0 FROM fold_score_detail WHERE study = 'small'"]
    func check() throws -> String { try program.succeed(["cite", "--check"]).output }
    func archived(_ name: String) throws -> String {
      let about = ["--study", "small", "--title", "T", "--author", "A", "--licence", "CC0-1.0"]
      try program.succeed(["archive", "create", name] + about)
      return try program.succeed(["sql", "SELECT count(*) AS n FROM cited", "--format", "csv", "-C", name]).output
    }
    func renewed(_ told: String) throws {
      #expect(try check().contains("SAME     n: 1 (\(told)"), "\(told)")
      let refused = try program.run(add)
      #expect(refused.status == 73 && refused.error.contains("of other units"), "\(refused.error)")
      #expect(try archived("\(told.count)-before.zip") == "n\r\n0\r\n")
      #expect(try program.succeed(add + ["--replace"]).output == "replaced n: 1\n")
      #expect(try check() == "SAME     n: 1\n")
      #expect(try archived("\(told.count)-after.zip") == "n\r\n1\r\n")
      #expect(try program.succeed(add).output == "unchanged n: 1\n")
    }
    try program.succeed(["consent", "toy", "open", "--reason", "simulated"])
    try program.succeed(add)
    // Fitted otherwise: the units of before stand beside those of now.
    try program.write(Self.study.replacing("draws: 19", with: "draws: 9"), "small.yaml")
    try program.succeed(["run", "small.yaml", "-j", "1", "--allow-invalid"])
    try renewed("it is made of other units now")
    // Of other ratings: those of before are gone.
    try program.succeed(["forget", "ratings.csv", "--cascade"])
    let ratings = (0..<240).map { "\($0),\(sin(Double($0 * $0)))" }
    try program.write((["time,driven"] + ratings).joined(separator: "\n"), "ratings.csv")
    try program.succeed(["import", "annotations", "ratings.csv", "--dataset", "toy", "--stimulus", "m1"])
    try program.succeed(["run", "small.yaml", "-j", "1", "--allow-invalid"])
    try renewed("1 of its units are not there now")
  }
}
