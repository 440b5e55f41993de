import ArgumentParser
import CommandLineTool
import Foundation
import Testing

/// The counts of rows that may be reported, and what scores come to, are those of the rows, whatever a verb has made of them.
@Suite struct KeptCountsTests {
  /// What commands make of a warehouse.
  struct Change: Sendable, CustomTestStringConvertible {
    /// What becomes of the rows that say whether they may be reported.
    enum Effect { case more, fewer, same }

    let verb: String
    let effect: Effect
    /// The last is one of the verb.
    let commands: [[String]]
    /// SQL by another program, before the commands.
    var edit: String?
    /// Where the rows are afterwards.
    var warehouse = "toy.evoke"

    init(_ effect: Effect, _ commands: String..., edit: String? = nil, in warehouse: String = "toy.evoke") {
      self.commands = commands.map(Self.words)
      (self.effect, self.edit, self.warehouse) = (effect, edit, warehouse)
      verb = self.commands[self.commands.count - 1][0]
    }

    /// Quotes keep words together.
    private static func words(_ line: String) -> [String] {
      line.split(separator: "\"", omittingEmptySubsequences: false).enumerated().flatMap { place, part in
        place % 2 == 1 ? [String(part)] : part.split(separator: " ").map(String.init)
      }
    }

    var testDescription: String { commands.map { $0.joined(separator: " ") }.joined(separator: "; ") }
  }

  /// Of every verb that writes rows, or takes some away.
  static let changes = [
    Change(.same, "import annotations m1.csv --dataset more --stimulus m1 --subject who -C toy.evoke"),
    Change(.more, "run wide.yaml --allow-invalid -C toy.evoke"),
    Change(.same, "run other.yaml --allow-invalid -C toy.evoke"),
    Change(.same, "run small.yaml --allow-invalid -C toy.evoke"),
    Change(.same, "retry small.yaml --failed -C toy.evoke"),
    Change(.same, "calibrate small.yaml --runs 20 --draws 19 -C toy.evoke"),
    Change(.same, "family define all --where \"study = 'small'\" -C toy.evoke"),
    Change(
      .same, "family define all --where \"study = 'small'\" -C toy.evoke",
      "family define all --where \"target = 'driven'\" --replace -C toy.evoke"),
    Change(.same, "consent toy controlled --reason vote -C toy.evoke"),
    Change(.same, "cohort define half --stimuli \"SELECT 'm1' AS stimulus\" -C toy.evoke"),
    Change(.same, "query encoding_score --materialize frozen -C toy.evoke"),
    Change(.same, "cite add top --sql \"SELECT max(r) FROM encoding_score\" -C toy.evoke"),
    Change(.more, "run wide.yaml --allow-invalid -C other.evoke", "merge other.evoke -C toy.evoke"),
    Change(.fewer, "forget m1.csv --cascade -C toy.evoke"),
    Change(.same, "forget m1.csv --cascade -C toy.evoke", "merge other.evoke -C toy.evoke"),
    Change(.fewer, "forget --subject quillan --everywhere -C toy.evoke"),
    Change(
      .same, "repair --accept-edit mistyped -C toy.evoke",
      edit: "UPDATE score SET valid = 1 - valid, flags = 'edited' WHERE quantity = 'r'"),
    Change(
      .fewer, "repair --accept-edit superfluous -C toy.evoke", edit: "DELETE FROM score WHERE quantity = 'r_position'"),
    Change(
      .same, "repair --accept-edit miscounted -C toy.evoke", edit: "UPDATE row_validity SET row_count = row_count + 7"),
    Change(.same, "gc -C toy.evoke"),
    Change(
      .same,
      "archive create small.zip --study small --title T --blind --licence CC0-1.0 --include sources -C toy.evoke",
      "archive extract small.zip taken", in: "taken"),
  ]

  /// Other verbs, which write no row that says whether it may be reported, and take none away.
  private static let others: Set = [
    "init", "sql", "schema", "status", "explain", "why", "doctor", "plot", "relocate", "verify", "backup",
    "new", "plan", "work", "extract", "models", "features", "simulate", "grade", "export", "check", "claims", "compare",
  ]

  @Test func `every verb stands among those that change rows or that do not`() {
    let verbs = Set(Evoke.configuration.subcommands.map { $0._commandName })
    let changing = Set(Self.changes.map(\.verb))
    #expect(verbs == Self.others.union(changing) && Self.others.isDisjoint(with: changing))
  }

  private static func study(_ name: String, delays: String = "[0]", _ statistics: String) -> String {
    """
    study: \(name)
    kind: layer_sweep
    datasets: [toy]
    features: [{space: sound}]
    targets: [{annotation: driven}, {annotation: still}]
    encoding: {delays_s: {annotation: \(delays)}, outer: {folds: 4}, inner: {folds: 3}}
    statistics: {null: phase, draws: 39, \(statistics)}
    """
  }

  /// A warehouse with a study, `toy.evoke`, and the same once more, `other.evoke`. Of two other studies one has the
  /// same scores in other families, and one has scores of its own.
  private static let made = Result {
    let program = try Program()
    var numbers = UniformNumbers(state: 88_172_645_463_325_252)
    try program.succeed(["init", "toy.evoke"])
    let about = ["--dataset", "toy", "--consent", "open", "--licence", "CC0-1.0", "-C", "toy.evoke"]
    for stimulus in ["m1", "m2"] {
      var (features, ratings) = ("time,rms\n", "time_s,who,driven,still\n")
      for second in 0..<160 {
        let values = numbers.list(4)
        features += "\(second),\(values[0])\n"
        for (place, name) in ["quillan", "brenda"].enumerated() {
          ratings += "\(second),\(name),\(values[0] + values[1 + place]),\(values[3])\n"
        }
      }
      try program.write(features, "\(stimulus)-sound.csv")
      try program.write(ratings, "\(stimulus).csv")
      try program.succeed(
        ["import", "features", "\(stimulus)-sound.csv", "--stimulus", stimulus, "--space", "sound=rms"] + about)
      try program.succeed(
        ["import", "annotations", "\(stimulus).csv", "--stimulus", stimulus, "--subject", "who"] + about)
    }
    try program.write(study("small", "family: [target], correction: [max]"), "small.yaml")
    try program.write(study("other", "family: [feature_set], correction: [max, bh]"), "other.yaml")
    try program.write(study("wide", delays: "[0, 1]", "family: [target], correction: [max]"), "wide.yaml")
    try program.succeed(["run", "small.yaml", "--allow-invalid", "-C", "toy.evoke"])
    try FileManager.default.copyItem(
      atPath: program.folder + "/toy.evoke", toPath: program.folder + "/other.evoke")
    return program
  }

  /// What was made, in a folder of its own.
  private static func computed() throws -> Program {
    let (made, program) = (try Self.made.get(), try Program())
    for name in try FileManager.default.contentsOfDirectory(atPath: made.folder) {
      try FileManager.default.copyItem(atPath: "\(made.folder)/\(name)", toPath: "\(program.folder)/\(name)")
    }
    return program
  }

  private func kept(_ program: Program, in warehouse: String) throws -> Int {
    try #require(Int(program.rows("SELECT coalesce(sum(row_count), 0) FROM row_validity", in: warehouse)[0][0]))
  }

  @Test(arguments: changes) func `what is kept is what the rows say`(_ change: Change) throws {
    let program = try Self.computed()
    let before = try kept(program, in: "toy.evoke")
    #expect(try program.rows(KeptCounts.differences(program), in: "toy.evoke") == [] && before > 4)
    if let edit = change.edit {
      try program.edit(edit)
      #expect(try program.rows(KeptCounts.differences(program), in: "toy.evoke") != [])
      let edited = try KeptSummaries.shown(program)
      #expect(edited.kept == edited.counted)
    }
    for command in change.commands { try program.succeed(command) }
    let place = change.warehouse
    #expect(try program.rows(KeptCounts.differences(program, in: place), in: place) == [])
    let summaries = try KeptSummaries.shown(program, in: place)
    #expect(summaries.kept == summaries.counted && summaries.lacking == [])
    #expect(summaries.kept.count > 1 || change.effect == .fewer)
    let after = try kept(program, in: place)
    let effect: Change.Effect = after == before ? .same : after > before ? .more : .fewer
    #expect(effect == change.effect, "\(before) and \(after)")
    try program.succeed(["verify", "--level", "2", "-C", place])
  }
}
