import Foundation
import Testing

/// What factors explain, from files to the view: of a network whose first layer carries the sentence, whose second carries
/// loudness and whose third carries neither.
@Suite struct ControlledSynthesisCommandTests {
  private static let names = (0..<12).map { "w\($0 % 3)-p\($0 / 3 % 2)-l\($0 / 6)" }
  private static let head = """
    study: made
    kind: controlled_synthesis
    datasets: [d]
    features: [{space: net}]
    statistics: {draws: 99}

    """

  private static func study(interactions: Bool = false, more: String = "") -> String {
    let design = names.map { name in
      let levels = name.split(separator: "-")
      return "    \(name): {word: \(levels[0]), prosody: \(levels[1]), loudness: \(levels[2])}\n"
    }
    return head + "controlled_synthesis:\n  semantic: [word]\n  acoustic: [prosody, loudness]\n"
      + "  interactions: \(interactions)\n  design:\n" + design.joined() + more
  }

  private func warehouse() throws -> Program {
    let program = try Program()
    let folder = ToyFolder(path: program.folder)
    var numbers = ToyNumbers(7)
    try program.succeed(["init", "toy.evoke"])
    for (place, name) in Self.names.enumerated() {
      var values: [Double] = []
      for _ in 0..<20 {
        let noise = numbers.white(9)
        // Layer by layer three columns, of other units.
        let loud = 3 * Double(place / 6)
        let means = (0..<3).map { place % 3 == $0 ? 3.0 : 0 } + [loud, -loud, loud, 0, 0, 0]
        values += zip(means, noise).enumerated().map { column, value in
          (value.0 + value.1) * [1, 100, 0.01][column % 3]
        }
      }
      try folder.array(values, shape: [20, 3, 3], "net/\(name).npy")
    }
    try program.succeed(
      ["import", "features"] + Self.names.map { "net/\($0).npy" } + [
        "--dataset", "d", "--axes", "time,layer,component", "--rate-hz", "2", "--labels", "layer=a,b,c", "--model",
        "net", "--name", "net", "-C", "toy.evoke",
      ])
    return program
  }

  @Test func eachLayerIsFoundToCarryWhatItCarriesAndNothingElse() throws {
    let program = try warehouse()
    try program.write(Self.study(), "made.yaml")
    #expect(try program.succeed(["run", "made.yaml", "-C", "toy.evoke"]).error.contains(" 0 failed"))
    let rows = try program.rows(
      """
      SELECT layer_key, ifnull(factor, 'all'), role, partial_eta2, p, p_max, null_kind, df_effect, df_error, r, valid,
        stimuli_counted, column_count
      FROM controlled_synthesis WHERE level IS NULL ORDER BY 1, 2
      """, in: "toy.evoke")
    try #require(rows.count == 12)
    for row in rows {
      let share = try #require(Double(row[3]))
      let isPlanted = row[0] == "a" ? row[1] == "word" : row[0] == "b" && ["loudness", "all"].contains(row[1])
      if isPlanted {
        // Some draws may be the design's own order or rename its levels.
        let p = try row[4...5].map { try #require(Double($0)) }
        #expect(p[0] <= 0.05 && p[1] <= 0.05 && share > 0.8, "\(row)")
      } else {
        #expect(share < 0.8 && row[5] != "0.01", "\(row)")
      }
      #expect(row[2] == (row[1] == "word" ? "semantic" : "acoustic"))
      // Of two labels in six cells there are fewer arrangements than draws.
      #expect(row[6] == (["word", "all"].contains(row[1]) ? "within_cells" : "residuals"), "\(row)")
      #expect(row[7] == (["word", "all"].contains(row[1]) ? "2" : "1") && row[8] == "7")
      #expect(row[10...] == ["1", "12", "3"])
      if row[0] == "a", row[1] == "word" { #expect(try #require(Double(row[9])) > 0.5) }
    }
    let levels = try program.rows(
      "SELECT DISTINCT factor, level FROM controlled_synthesis WHERE level IS NOT NULL ORDER BY 2", in: "toy.evoke")
    #expect(levels == [["word", "w0"], ["word", "w1"], ["word", "w2"]])
    try program.succeed(["plot", "controlled_synthesis", "-o", "made.svg", "-C", "toy.evoke"])
    let figure = try String(contentsOfFile: program.folder + "/made.svg", encoding: .utf8)
    #expect(figure.contains("word (semantic)") && figure.contains("all (acoustic)"))
  }

  @Test func twoFactorsTogetherHaveRowsOfTheirOwnWhereTheyAreAskedFor() throws {
    let program = try warehouse()
    try program.write(
      Self.study(interactions: true).replacing(", loudness]", with: "]").replacing(
        /, loudness: l\d/, with: ""), "made.yaml")
    try program.succeed(["run", "made.yaml", "-C", "toy.evoke"])
    let rows = try program.rows(
      """
      SELECT DISTINCT factor, role IS NULL, r IS NULL, null_kind, df_effect, df_error FROM controlled_synthesis
      WHERE level IS NULL ORDER BY 1
      """, in: "toy.evoke")
    #expect(
      rows == [
        ["prosody", "0", "0", "within_cells", "1", "6"], ["word", "0", "0", "within_cells", "2", "6"],
        ["word:prosody", "1", "1", "residuals", "2", "6"],
      ])
  }

  /// Descriptors of variants, from sound to the view: of three sounds that are made softer and faster, loudness tells gain
  /// apart, and the draft of such a study reads and plans.
  @Test func variantsOfSoundsAreRowsOfTheDesign() throws {
    let program = try Program()
    let folder = ToyFolder(path: program.folder)
    try program.succeed(["init", "toy.evoke"])
    var numbers = ToyNumbers(3)
    for (place, name) in ["one", "two", "three"].enumerated() {
      let noise = numbers.white(32_000)
      let samples = noise.enumerated().map { i, noise in
        0.2 * sin(2 * .pi * Double(150 + 60 * place) * Double(i) / 16_000) + 0.01 * noise
      }
      try folder.sound(samples, rateHz: 16_000, "\(name).wav")
    }
    try program.succeed(["import", "audio", "one.wav", "two.wav", "three.wav", "--dataset", "d", "-C", "toy.evoke"])
    let draft = try program.succeed(["new", "study", "controlled_synthesis", "-C", "toy.evoke"]).output
    #expect(draft.contains("    two: {content: two}\n"))
    try program.write(draft, "draft.yaml")
    try program.succeed(["plan", "draft.yaml", "-C", "toy.evoke"])
    try program.write(
      """
      study: variants
      kind: controlled_synthesis
      datasets: [d]
      features: [{set: lld12}]
      statistics: {draws: 99}
      controlled_synthesis:
        semantic: [content]
        gain_db: [-12, -6, 0]
        tempo: [0.8, 1]
        design: {one: {content: a}, two: {content: a}, three: {content: b}}
      """, "variants.yaml")
    try program.succeed(["run", "variants.yaml", "-C", "toy.evoke"])
    let rows = try program.rows(
      """
      SELECT ifnull(factor, 'all'), role, df_effect, row_count, stimuli_counted, p <= .05, null_kind, p_floor > .1
      FROM controlled_synthesis WHERE level IS NULL ORDER BY 1
      """, in: "toy.evoke")
    #expect(
      rows.map { $0[0...4] } == [
        ["all", "acoustic", "3", "18", "3"], ["content", "semantic", "1", "18", "3"],
        ["gain_db", "acoustic", "2", "18", "3"], ["tempo", "acoustic", "1", "18", "3"],
      ])
    // Whole sounds are exchanged: three make six orders, so that nothing can be found of what they say.
    #expect(rows.map { $0[5] } == ["1", "0", "1", "1"])
    #expect(rows[1][6] == "residuals" && rows[1][7] == "1" && rows[2][6] == "within_cells")
    #expect(
      try program.rows(
        "SELECT count(*) FROM array_catalog WHERE name LIKE '%gain-12,tempo0.8%' AND kind = 'feature'",
        in: "toy.evoke") == [["3"]])
    try theCheckSaysWhatItObserved(program)
  }

  /// Whether acoustic factors explain more than .8 of what both roles do.
  private func theCheckSaysWhatItObserved(_ program: Program) throws {
    let checks = try program.rows(
      """
      SELECT name, pass, replace(observed, ',', ';') FROM "check" WHERE name = 'how it sounds outweighs what is said'
      """,
      in: "toy.evoke")
    try #require(checks.count == 1)
    let observed = try #require(checks[0][2].firstMatch(of: /acoustic_share\W+([0-9.]+)/)?.1)
    let share = try #require(Double(observed))
    #expect((0..<1).contains(share) && checks[0][1] == (share > 0.8 ? "1" : "0"), "\(checks)")
    // As eta squared of both roles alone give it.
    let eta = try program.rows(
      "SELECT role, eta2 FROM controlled_synthesis WHERE level IS NULL AND (factor IS NULL OR factor = 'content')",
      in: "toy.evoke")
    func part(_ role: String) throws -> Double {
      let row = try #require(eta.first { $0[0] == role })
      return try #require(Double(row[1]))
    }
    let (sound, content) = (try part("acoustic"), try part("semantic"))
    #expect(abs(share - sound / (sound + content)) < 1e-9, "\(eta)")
  }

  /// Of groups of people the same features would be analysed again and again.
  @Test func groupsOfPeopleAndCohortsOfTheSameStimuliAreRefused() throws {
    let program = try warehouse()
    try program.write("participant_id,age\nann,old\nben,young\n", "people.csv")
    try program.succeed(["import", "participants", "people.csv", "--dataset", "d", "-C", "toy.evoke"])
    for name in ["one", "two"] {
      try program.succeed([
        "cohort", "define", name, "--stimuli", "SELECT name FROM stimulus", "-C", "toy.evoke",
      ])
    }
    for (filters, code, told) in [
      ("group_by: age", "E-STU-009", "groups of participants"), ("cohorts: [one, two]", "E-STU-008", "same stimuli"),
    ] {
      try program.write(Self.study().replacing("kind:", with: "filters: {\(filters)}\nkind:"), "groups.yaml")
      let ending = try program.run(["plan", "groups.yaml", "-C", "toy.evoke"])
      #expect(ending.status != 0 && ending.error.contains(code) && ending.error.contains(told), "\(ending.error)")
    }
    try program.write(Self.study(more: "filters: {group_by: cohort}\n"), "whole.yaml")
    try program.succeed(["plan", "whole.yaml", "-C", "toy.evoke"])
  }

  /// Two cohorts of sounds that are not in the design are no analysis made twice: each has a row that says why it has none.
  @Test func cohortsWithoutAStimulusOfTheDesignKeepNobodyFromPlanning() throws {
    let program = try warehouse()
    for (cohort, name) in [("others", "w0%"), ("more", "w1%"), ("whole", "w2%")] {
      try program.succeed([
        "cohort", "define", cohort, "--stimuli", "SELECT name FROM stimulus WHERE name LIKE '\(name)'", "-C",
        "toy.evoke",
      ])
    }
    let ofOne = Self.names.filter { $0.hasPrefix("w2") }.map { name in
      let levels = name.split(separator: "-")
      return "    \(name): {prosody: \(levels[1]), loudness: \(levels[2])}\n"
    }
    try program.write(
      Self.head + "filters: {cohorts: [whole, others, more]}\ncontrolled_synthesis:\n  semantic: [prosody]\n"
        + "  acoustic: [loudness]\n  design:\n" + ofOne.joined(), "part.yaml")
    let planned = try program.succeed(["plan", "part.yaml", "-C", "toy.evoke"])
    let told = planned.output + planned.error
    #expect(told.split(separator: "no stimulus of the design").count == 3, "\(told)")
  }

  @Test func aDesignThatTellsNothingIsRefusedBeforeItRuns() throws {
    let program = try warehouse()
    for (from, to, code, reason) in [
      ("w0-p0-l0: {", "w9-p0-l0: {", "E-WH-010", "w9-p0-l0"),
      ("w0-p0-l0: {word: w0, ", "w0-p0-l0: {", "E-STU-008", "word"),
      ("w0-p0-l0: {", "w0-p0-l0: {mood: sad, ", "E-STU-008", "mood"),
      ("semantic: [word]", "semantic: [word, loudness]", "E-STU-008", "twice"),
      ("semantic: [word]\n  acoustic: [prosody, loudness]", "semantic: []", "E-STU-008", "no factor"),
      ("features: [", "features: [{annotation: joy}, ", "E-STU-009", "annotation"),
      ("features: [{space: net", "features: [{space: net, transform: changes", "E-STU-009", "averaged"),
      ("draws: 99", "draws: 99, null: phase", "E-STU-008", "phase"),
      ("draws: 99", "draws: 99, family: [layer]", "E-STU-009", "families"),
      ("study: made\n", "study: made\nfilters: {stimuli: [w0-p0-l0, w1-p0-l0, w2-p1-l0]}\n", "E-STU-008", "loudness"),
    ] {
      try program.write(Self.study().replacing(from, with: to), "bad.yaml")
      let ending = try program.run(["plan", "bad.yaml", "-C", "toy.evoke"])
      #expect(
        ending.status != 0 && ending.error.contains(code) && ending.error.contains(reason), "\(to): \(ending.error)")
    }
  }
}
