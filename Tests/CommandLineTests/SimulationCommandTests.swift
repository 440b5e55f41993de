import Foundation
import Testing

/// `simulate`, `grade` and `cohort` on features that come from a table.
@Suite struct SimulationCommandTests {
  static let simulation = """
    simulation: toy
    dataset: toy
    stimuli: [tone]
    seed: 5
    components: 3
    annotations:
      raters: 6
      signal_share: 0.9
      delay_spread_s: 0.2
      lag_s: 2
      targets:
        - {name: driven, set: right}
        - {name: idle, nothing: true}
    responses:
      subjects: 4
      signal_share: 0.9
      lag_s: 2
      targets:
        - {name: temporal, set: left}
    """

  /// Two spaces of three columns, autocorrelated, of a stimulus of 300 s.
  private func prepared() throws -> Program {
    let program = try Program()
    var state: UInt64 = 88_172_645_463_325_252
    var level = [Double](repeating: 0, count: 6)
    var table = "time_s,a,b,c,d,e,f\n"
    for second in 0..<300 {
      for column in level.indices {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        level[column] = 0.5 * level[column] + Double(state >> 11) * 0x1p-53 - 0.5
      }
      table += "\(second)," + level.map { String(format: "%.6f", $0) }.joined(separator: ",") + "\n"
    }
    try program.write(table, "tone.csv")
    try program.write(Self.simulation, "toy.yaml")
    try program.succeed(["init", "toy.evoke"])
    try program.succeed([
      "import", "features", "tone.csv", "--dataset", "toy", "--space", "left=a,b,c", "--space", "right=d,e,f",
    ])
    return program
  }

  /// The row of a target in `grade`'s table.
  private func row(_ target: String, _ table: String) throws -> [Substring: Substring] {
    let lines = table.split(whereSeparator: \.isNewline).map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let found = try #require(lines.first { $0.count > 1 && $0[1] == target })
    return Dictionary(uniqueKeysWithValues: zip(lines[0], found))
  }

  /// Imports ratings and responses of the simulation `made`.
  private func importMade(_ ratings: [String], _ program: Program) throws {
    try program.succeed(
      ["import", "annotations"] + ratings.map { "made/annotations/\($0).csv" } + [
        "--raters", "wide", "--stimulus", "stimulus", "--dataset", "toy",
      ])
    try program.succeed([
      "import", "fmri", "made/responses/{stimulus}.h5", "--data", "bold", "--axes", "subject,time,region",
      "--rate-attr", "rate_hz", "--labels", "subject=subject", "--labels", "region=region", "--units", "au",
      "--onset-s", "0", "--dataset", "toy",
    ])
  }

  /// A warehouse in which the study `which` was run on the simulation `made`.
  private func recovered() throws -> Program {
    let program = try prepared()
    try program.succeed(["simulate", "toy.yaml", "-o", "made"])
    try importMade(["driven", "idle"], program)
    try program.write(
      """
      study: which
      kind: layer_sweep
      datasets: [toy]
      features: [{space: left}, {space: right}]
      targets: [{annotation: driven}, {annotation: idle}, {response: bold, level: group}]
      encoding: {position: none, delays_s: {annotation: "0..3", response: "0..3"}, outer: {folds: 5}, inner: {folds: 4}}
      statistics:
        {null: phase, draws: 99, family: [target, region, feature_set], correction: [max], lags_s: "0..4",
         contrasts: [{name: sides, a: {set: left}, b: {set: right}}]}
      """, "which.yaml")
    try program.succeed(["run", "which.yaml"])
    return program
  }

  @Test func whatWasPlantedIsImportedLikeAnyFileAndRecoveredWithItsLag() throws {
    let program = try recovered()
    let answer = try program.succeed(["grade", "made/truth.json", "--study", "which", "--format", "csv"])
    func row(_ target: String) throws -> [Substring: Substring] { try self.row(target, answer.output) }
    #expect(try row("driven")["recovered"] == "right")
    #expect(try row("driven")["lag_ok"] == "yes")
    #expect(try row("temporal")["recovered"] == "left")
    #expect(try Double(row("temporal")["recovered_lag_s"] ?? "") == 2)
    // a is .95; 300 s and 9 delayed columns take a little of it.
    #expect(try (Double(row("temporal")["r"] ?? "") ?? 0) > 0.75)
    #expect(try row("idle")["planted"] == "nothing")
    #expect(try row("driven")["valid"] == "1" && row("driven")["recovered_ok"] == "yes")
  }

  private static let people = """
    simulation: people
    dataset: toy
    stimuli: [tone]
    seed: 6
    components: 3
    annotations:
      raters: 6
      signal_share: 0.9
      delay_spread_s: 0.2
      lag_s: 2
      targets:
        - {name: driven, set: right}
        - {name: felt, set: solo}
        - {name: idle, nothing: true}
    responses:
      subjects: 6
      signal_share: 0.9
      lag_s: 2
      targets:
        - {name: temporal, set: left}
        - {name: other, nothing: true}
    """

  /// What sets explain alone, of a group and over subjects, and what ratings follow at which lag.
  @Test func whatIsPlantedIsGradedInStudiesThatFitSetsTogetherAndInThoseThatFitNothing() throws {
    let program = try prepared()
    try program.succeed([
      "import", "features", "tone.csv", "--dataset", "toy", "--space", "solo=a", "--space", "other=d",
    ])
    try program.write(Self.people, "people.yaml")
    try program.succeed(["simulate", "people.yaml", "-o", "made"])
    try importMade(["driven", "felt", "idle"], program)
    /// Rows of a study's findings as finding, target, planted, found, ok.
    func findings(_ name: String, _ study: String) throws -> [String] {
      try program.write("study: \(name)\ndatasets: [toy]\n\(study)\n", "\(name).yaml")
      try program.succeed(["run", "\(name).yaml"])
      let answer = try program.succeed(["grade", "made/truth.json", "--study", name, "--findings", "--format", "csv"])
      return answer.output.split(whereSeparator: \.isNewline).dropFirst().map { line in
        let cells = line.split(separator: ",", omittingEmptySubsequences: false)
        return [0, 2, 4, 5, 7].map { String(cells[$0]) }.joined(separator: ",")
      }
    }
    let lags = try findings(
      "lags",
      """
      kind: emotion_lag
      features: [{space: solo, transform: changes}, {space: other, transform: changes}]
      targets: [{annotation: felt, transform: changes}, {annotation: idle, transform: changes}]
      statistics: {lags_s: "0..4", draws: 99}
      """)
    #expect(
      lags == [
        "driver,driven,right,no curve,not computed", "driver,felt,solo,solo,yes", "lag,felt,2.0 s,2.0 s,yes",
        "driver,idle,nothing,nothing,yes",
      ], "\(lags)")
    let encoding = "encoding: {model: banded, position: none, delays_s: [2], outer: {folds: 5}, inner: {folds: 4}}"
    let together = "features: [{space: left}, {space: right}]\n\(encoding)\nstatistics: {null: phase, draws: 99}"
    let sets = try findings(
      "sets",
      "kind: layer_sweep\njoint: [[left, right]]\ntargets: [{annotation: driven}, {annotation: idle}]\n\(together)"
    ).filter { $0.hasPrefix("unique") }
    #expect(
      sets == [
        "unique,driven,nothing of left,nothing of left,yes", "unique,driven,right,right,yes",
        "unique,felt,solo,no row of it,not computed", "unique,idle,nothing of left,nothing of left,yes",
        "unique,idle,nothing of right,nothing of right,yes",
      ], "\(sets)")
    let brain = try findings(
      "brain", "kind: audio_to_brain\ntargets: [{response: bold, level: subject}]\n\(together)")
    #expect(
      brain == [
        "unique,temporal,left,left,yes", "unique,temporal,nothing of right,nothing of right,yes",
        "unique,other,nothing of left,nothing of left,yes", "unique,other,nothing of right,nothing of right,yes",
      ], "\(brain)")
  }

  private static let shared = """
    simulation: shared
    dataset: toy
    stimuli: [tone]
    seed: 5
    annotations:
      {raters: 6, signal_share: 0.95, delay_spread_s: 0.2, lag_s: 1, targets: [{name: felt, set: solo}, {name: idle, nothing: true}]}
    responses:
      {subjects: 5, signal_share: 0.95, lag_s: 4, targets: [{name: follows, set: solo}, {name: other, nothing: true}]}
    synchrony:
      subjects: 12
      rate_hz: 20
      signal_share: 1
      largest: 0.9
      gain: 4
      lag_s: 1
      targets: [{name: planum, set: solo}, {name: still, nothing: true}]
    """

  /// One course of 600 s drives a rating, a region that follows it by 3 s, and the synchrony of a region.
  @Test func whatOneCourseDrivesIsGradedInStudiesOfRatingsAndRegions() throws {
    let program = try Program()
    var numbers = ToyNumbers(9)
    try ToyFolder(path: program.folder).table(
      [("time_s", (0..<600).map(Double.init)), ("a", numbers.slow(600, memory: 0.9))], "tone.csv")
    try program.succeed(["init", "toy.evoke"])
    try program.succeed(["import", "features", "tone.csv", "--dataset", "toy", "--space", "solo=a"])
    try program.write(Self.shared, "shared.yaml")
    try program.succeed(["simulate", "shared.yaml", "-o", "made"])
    try importMade(["felt", "idle"], program)
    try program.succeed([
      "import", "eeg", "made/synchrony/{stimulus}.h5", "--data", "source", "--axes", "subject,time,region",
      "--rate-attr", "rate_hz", "--labels", "subject=subject", "--labels", "region=region", "--units", "au",
      "--onset-s", "0", "--dataset", "toy",
    ])
    /// Rows of a study's findings as finding, target, planted, found, ok.
    func findings(_ name: String, _ study: String) throws -> [String] {
      try program.write("study: \(name)\ndatasets: [toy]\n\(study)\n", "\(name).yaml")
      try program.succeed(["run", "\(name).yaml", "--allow-invalid"])
      let answer = try program.succeed(["grade", "made/truth.json", "--study", name, "--findings", "--format", "csv"])
      return answer.output.split(whereSeparator: \.isNewline).dropFirst().map { line in
        let cells = line.split(separator: ",", omittingEmptySubsequences: false)
        return [0, 2, 4, 5, 7].map { String(cells[$0]) }.joined(separator: ",")
      }
    }
    let ratings = "{annotation: felt}, {annotation: idle}"
    let directions = try findings(
      "feeling",
      """
      kind: emotion_to_brain
      features: [\(ratings)]
      targets: [{response: bold, level: subject}]
      encoding: {outer: {folds: 6}, inner: {folds: 4}}
      statistics: {null: none}
      emotion_to_brain: {delays_s: "1..5"}
      """)
    #expect(
      directions == [
        "direction,follows,felt before,felt before,yes", "direction,other,neither way of felt,neither way of felt,yes",
        "direction,follows,neither way of idle,neither way of idle,yes",
        "direction,other,neither way of idle,neither way of idle,yes",
      ], "\(directions)")
    let agreement = try findings(
      "agree",
      """
      kind: synchrony_consistency
      targets: [{synchrony: {window_s: 5, signal: source}}, \(ratings)]
      statistics: {draws: 99}
      """
    ).filter { $0.hasPrefix("agreement") }
    #expect(
      agreement == [
        "agreement,planum,with felt,with felt,yes", "agreement,still,nothing of felt,nothing of felt,yes",
        "agreement,planum,nothing of idle,nothing of idle,yes", "agreement,still,nothing of idle,nothing of idle,yes",
      ], "\(agreement)")
    // What has no number is said to have none.
    try program.edit(
      """
      UPDATE group_test SET p = NULL, q_bh = NULL, mean = NULL, low = NULL, high = NULL WHERE quantity = 'future_minus_past'
        AND fit_key IN (SELECT fit_key FROM fit WHERE region = 'follows')
      """)
    let none = try program.succeed(["grade", "made/truth.json", "--study", "feeling", "--findings", "--format", "csv"])
    #expect(none.output.contains("direction,response,follows,,felt before,no difference,,not computed,0,"))
  }

  @Test func noFamilyHoldsTwoKindsOfTargets() throws {
    let program = try recovered()
    let views = try program.rows(
      """
      SELECT d.object FROM schema_doc d
        JOIN schema_doc k ON k.object = d.object AND k.column_name = 'target_kind'
        JOIN schema_doc s ON s.object = d.object AND s.column_name = 'study'
      WHERE d.column_name = 'family' AND d.tier LIKE '%view'
      """)
    #expect(views.count >= 5)
    var kinds: Set<String> = []
    for view in views.map({ $0[0] }) {
      kinds.formUnion(
        try program.rows("SELECT DISTINCT target_kind FROM \(view) WHERE family IS NOT NULL").map { $0[0] })
      let pooled = try program.rows(
        "SELECT family FROM \(view) WHERE family IS NOT NULL GROUP BY study, family HAVING count(DISTINCT target_kind) > 1"
      )
      #expect(pooled.isEmpty, "\(view): \(pooled)")
    }
    #expect(kinds == ["annotation", "response"])
    let contrasts = try program.rows("SELECT target, p = q_bh FROM layer_contrast ORDER BY target")
    // Two annotations are corrected together; the response stands alone.
    #expect(contrasts == [["bold", "1"], ["driven", "0"], ["idle", "1"]], "\(contrasts)")
  }

  /// Scores of `which` by hand: what is not to be reported is chosen only where nothing else is there, and is no success.
  @Test func whatIsNotToBeReportedIsNoSuccess() throws {
    let program = try recovered()
    func grade(_ change: String) throws -> [Substring: Substring] {
      try program.edit(change)
      let answer = try program.succeed(["grade", "made/truth.json", "--study", "which", "--format", "csv"])
      #expect(answer.error.contains("valid"))
      return try row("driven", answer.output)
    }
    let right = "SELECT fit_key FROM fit WHERE target = 'driven' AND feature_set = 'right'"
    let other = try grade("UPDATE score SET valid = 0, flags = 'folds_too_small' WHERE fit_key IN (\(right))")
    #expect(other["recovered"] == "left" && other["recovered_ok"] == "no" && other["valid"] == "1")
    let none = try grade("UPDATE score SET valid = 0, flags = 'folds_too_small'")
    #expect(none["recovered"] == "right" && none["flags"] == "folds_too_small" && none["valid"] == "0")
    #expect(none["recovered_ok"] == "not valid" && none["lag_ok"] == "not valid")
  }

  /// Scores and delays of `which` taken out by hand: each thing that was planted keeps a row, which says what is not there.
  @Test func whatAStudyHasNothingOfIsStated() throws {
    let program = try recovered()
    func findings() throws -> [String] {
      try program.succeed(["grade", "made/truth.json", "--study", "which", "--findings", "--format", "csv"]).output
        .split(whereSeparator: \.isNewline).map(String.init)
    }
    let driven = "(SELECT fit_key FROM fit WHERE target = 'driven')"
    try program.edit("DELETE FROM lag_score WHERE fit_key IN \(driven)")
    #expect(
      try findings().contains { $0.hasPrefix("lag,annotation,driven,,2.0 s,no delays were compared,,not computed,1,") })
    try program.edit("DELETE FROM score WHERE fit_key IN \(driven)")
    let found = try findings()
    #expect(found.contains("driver,annotation,driven,,right,no score,,not computed,0,"), "\(found)")
    #expect(found.count { $0.contains(",driven,") } == 1, "\(found)")
    #expect(found.contains { $0.hasPrefix("driver,response,temporal,") }, "\(found)")
    // Of nothing but absences no grade is given.
    try program.edit("UPDATE score SET value = NULL")
    let ending = try program.run(["grade", "made/truth.json", "--study", "which", "--findings"])
    #expect(ending.status == 66 && ending.error.contains("E-SIM-007"), "\(ending.error)")
  }

  @Test func theSameSpecMakesTheSameFilesAndNoFolderIsWrittenOver() throws {
    let program = try prepared()
    try program.succeed(["simulate", "toy.yaml", "-o", "one"])
    try program.succeed(["simulate", "toy.yaml", "-o", "two"])
    for name in ["truth.json", "annotations/driven.csv", "responses/tone.h5"] {
      let one = try Data(contentsOf: URL(fileURLWithPath: "\(program.folder)/one/\(name)"))
      let two = try Data(contentsOf: URL(fileURLWithPath: "\(program.folder)/two/\(name)"))
      #expect(!one.isEmpty && one == two, "\(name)")
    }
    // What needs no later schema is written as it was.
    let truth = try String(contentsOfFile: "\(program.folder)/one/truth.json", encoding: .utf8)
    #expect(truth.contains("\"evoke.truth/1\"") && !truth.contains("\"element\"") && !truth.contains("\"sounds\""))
    let again = try program.run(["simulate", "toy.yaml", "-o", "one"])
    #expect(again.status == 73)
    #expect(again.error.contains("E-SIM-005"))
  }

  @Test func noSimulationIsWrittenIntoAWarehouseAndAFolderMayEndInASlash() throws {
    let program = try prepared()
    for place in ["toy.evoke/made", "toy.evoke/arrays/../made", "\(program.folder)/toy.evoke/arrays/made"] {
      let ending = try program.run(["simulate", "toy.yaml", "-o", place])
      #expect(ending.status == 73 && ending.error.contains("inside the warehouse"), "\(ending.error)")
    }
    #expect(!FileManager.default.fileExists(atPath: program.folder + "/toy.evoke/made"))
    try program.succeed(["simulate", "toy.yaml", "-o", "made/"])
    let here = try FileManager.default.contentsOfDirectory(atPath: program.folder)
    #expect(here.contains("made") && !here.contains { $0.hasPrefix("made.") }, "\(here)")
    #expect(FileManager.default.fileExists(atPath: program.folder + "/made/truth.json"))
  }

  @Test func aTruthWithoutTargetsIsRefusedInEitherSchema() throws {
    let program = try prepared()
    try program.succeed(["simulate", "toy.yaml", "-o", "made"])
    let truth = try String(contentsOfFile: "\(program.folder)/made/truth.json", encoding: .utf8)
    let start = try #require(truth.firstRange(of: ",\"targets\":[")?.lowerBound)
    let none = String(truth[..<start]) + "}\n"
    let wrong: [(text: String, told: String)] = [
      (none, "targets: it is missing"),
      (none.replacing("evoke.truth/1", with: "evoke.truth/2"), "it is missing"),
      (none.replacing("}\n", with: ",\"targets\":{}}\n"), "targets: {} is not an array"),
      (truth.replacing("\"seed\":5", with: "\"seed\":\"5\""), "seed"),
      (truth.replacing("\"seed\":5", with: "\"seed\":5,\"sed\":5"), "sed: nobody reads it"),
    ]
    for (text, told) in wrong {
      try program.write(text, "truth.json")
      let ending = try program.run(["grade", "truth.json", "--study", "none"])
      #expect(ending.error.contains("E-SIM-006") && ending.error.contains(told), "\(told): \(ending.error)")
    }
  }

  @Test func aDriverThatIsNotThereNamesTheCommandThatMakesIt() throws {
    let program = try prepared()
    try program.write(Self.simulation.replacingOccurrences(of: "set: left", with: "set: vis12"), "other.yaml")
    let ending = try program.run(["simulate", "other.yaml", "-o", "made"])
    #expect(ending.status == 66)
    #expect(ending.error.contains("evoke extract --set vis12 --dataset toy --stimulus tone"))
    #expect(!FileManager.default.fileExists(atPath: program.folder + "/made"))
  }

  @Test func aStimulusOfUnknownLengthIsRefused() throws {
    let program = try prepared()
    try program.write("time_s,g\n0,1\n1,2\n2.5,4\n7,3\n", "odd.csv")
    try program.succeed(["import", "features", "odd.csv", "--dataset", "toy", "--space", "uneven=g"])
    try program.write(Self.simulation.replacingOccurrences(of: "[tone]", with: "[tone, odd]"), "odd.yaml")
    let ending = try program.run(["simulate", "odd.yaml", "-o", "made"])
    #expect(ending.error.contains("E-SIM-001"), "\(ending.error)")
    #expect(ending.error.contains("how long"))
  }

  @Test(arguments: [
    ("signal_share: 0.9", "signal_shar: 0.9", "signal_share"), ("lag_s: 2", "lag_s: soon", "lag_s"),
    ("signal_share: 0.9", "signal_share: 2", "signal_share"), ("dataset: toy", "", "dataset"),
  ])
  func aMistakeInTheSimulationFileIsNamed(right: String, wrong: String, named: String) throws {
    let program = try prepared()
    try program.write(Self.simulation.replacingOccurrences(of: right, with: wrong), "wrong.yaml")
    let ending = try program.run(["simulate", "wrong.yaml", "-o", "made"])
    #expect(ending.status == 78)
    #expect(ending.error.contains(named))
  }

  /// 300 s: what counts is the numbers that would be written, whatever the rate.
  @Test(arguments: [
    ("responses", "tr_s: 0.01, subjects: 10000", "30000 samples"),
    ("synchrony", "rate_hz: 400, subjects: 2500", "120000 samples"),
  ])
  func whatMakesTooManyNumbersIsRefusedByItsSamples(_ section: String, _ keys: String, _ told: String) throws {
    let program = try prepared()
    let targets = (0..<4).map { "{name: r\($0), set: left}" }.joined(separator: ", ")
    try program.write(
      "simulation: many\ndataset: toy\nstimuli: [tone]\n\(section): {\(keys), targets: [\(targets)]}\n", "many.yaml")
    let ending = try program.run(["simulate", "many.yaml", "-o", "made"])
    #expect(ending.error.contains("E-SIM-003") && ending.error.contains(told), "\(ending.error)")
  }

  @Test func aCohortHoldsWhatItsQueriesChoseAndRefusesOtherNames() throws {
    let program = try prepared()
    try program.write("participant_id,group\nsub-01,a\nsub-02,b\nsub-03,a\n", "participants.csv")
    try program.succeed(["import", "participants", "participants.csv", "--dataset", "toy"])
    let query = "SELECT subject_id FROM subject_attribute WHERE name = 'group' AND value = 'a'"
    try program.succeed(["cohort", "define", "group-a", "--subjects", query, "--stimuli", "SELECT 'tone' AS stimulus"])
    let members = try program.succeed(["cohort", "show", "group-a", "--format", "csv"]).output
    #expect(members.contains("sub-01") && members.contains("sub-03") && !members.contains("sub-02"))
    #expect(members.contains("tone"))
    let again = try program.succeed([
      "cohort", "define", "group-a", "--subjects", query, "--stimuli", "SELECT 'tone' AS stimulus",
    ])
    #expect(again.error.contains("unchanged"))
    let nobody = try program.run([
      "cohort", "define", "none", "--subjects", query.replacingOccurrences(of: "'a'", with: "'z'"),
    ])
    #expect(nobody.status == 64 && nobody.error.contains("E-COH-001"))
    let writing = try program.run(["cohort", "define", "none", "--subjects", "DELETE FROM subject"])
    #expect(writing.status != 0 && writing.error.contains("E-WH-014"))
    let taken = try program.run(["cohort", "define", "toy", "--subjects", query])
    #expect(taken.error.contains("E-COH-002"))
    #expect(try program.succeed(["cohort", "list", "--format", "csv"]).output.contains("group-a,2,1"))
  }
}
