import Foundation
import Testing

/// Sounds with known stems, the untrained network, elements, cohorts and synchrony: planted, imported like any file, and found.
@Suite(.serialized) struct SimulatedSoundCommandTests {
  private static let names = ["one", "two", "three", "four"]
  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures").path

  private static let sounds = """
    simulation: sounds
    dataset: made
    stimuli: [one, two, three, four]
    seed: 3
    sounds: {seconds: 60, rate_hz: 16000, simnet: 7}
    """

  private static let raters = """
    simulation: raters
    dataset: made
    stimuli: [one, two, three, four]
    seed: 4
    annotations:
      raters: 6
      delay_spread_s: 0.2
      lag_s: 2
      drift: {share: 0.2, seconds: 20}
      targets:
        - {name: spoken, model: simnet, layer: hs.7, element: voice}
        - {name: scored, model: simnet, layer: hs.4, element: soundtrack}
        - {name: whole, model: simnet, layer: hs.9}
    """

  private static let study = """
    study: parts
    kind: element_ablation
    datasets: [made]
    features: [{model: simnet, layers: all}]
    targets: [{annotation: spoken}, {annotation: scored}, {annotation: whole}]
    encoding: {position: none, delays_s: [2], outer: {leave_one: stimulus}, inner: {folds: 4}}
    statistics: {null: none, lags_s: "0..4"}
    """

  /// Rows of `grade --findings` as finding, target, cohort, planted, found, ok.
  private func findings(_ program: Program, _ truth: String, _ study: String) throws -> [String] {
    let answer = try program.succeed(["grade", truth, "--study", study, "--findings", "--format", "csv"])
    return answer.output.split(whereSeparator: \.isNewline).dropFirst().map { line in
      let cells = line.split(separator: ",", omittingEmptySubsequences: false)
      return [0, 2, 3, 4, 5, 7].map { String(cells[$0]) }.joined(separator: ",")
    }
  }

  /// A warehouse with the sounds of `sounds.yaml` and their stems.
  private func importSounds(_ program: Program) throws {
    try program.succeed(["init", "made.evoke"])
    try program.succeed(["simulate", "sounds.yaml", "-o", "made"])
    try program.succeed(["import", "audio"] + Self.names.map { "made/sounds/\($0).wav" } + ["--dataset", "made"])
    for name in Self.names {
      try program.succeed([
        "import", "stems", "made/stems/\(name)/voice.wav", "made/stems/\(name)/soundtrack.wav", "--dataset", "made",
        "--stimulus", name,
      ])
    }
  }

  /// The whole way: sounds, their stems, features of all three elements, raters of a layer of one of them, and the grade.
  @Test func layersElementsAndLagsOfMadeUpSoundsAreFound() throws {
    let program = try Program()
    try program.write(Self.sounds, "sounds.yaml")
    try program.write(Self.raters, "raters.yaml")
    try program.write(Self.study, "parts.yaml")
    try importSounds(program)
    try program.succeed(["import", "weights", "made/simnet.simnet", "--dataset", "made"])
    for element in ["original", "voice", "soundtrack"] {
      try program.succeed(["extract", "--dataset", "made", "--model", "simnet", "--element", element])
    }
    let models = try program.succeed(["models", "--format", "csv"]).output
    #expect(models.contains("simnet,simnet,simnet,12,hs.1-hs.12 1-12,12,"), "\(models)")
    try program.succeed(["simulate", "raters.yaml", "-o", "rated"])
    try program.succeed(
      ["import", "annotations"] + ["spoken", "scored", "whole"].map { "rated/annotations/\($0).csv" } + [
        "--raters", "wide", "--stimulus", "stimulus", "--dataset", "made",
      ])
    try program.succeed(["run", "parts.yaml"])
    let found = try findings(program, "rated/truth.json", "parts")
    #expect(
      found == [
        "layer,spoken,,simnet/hs.7,simnet/hs.7,yes", "lag,spoken,,2.0 s,2.0 s,yes",
        "layer,scored,,simnet/hs.4,simnet/hs.4,yes", "lag,scored,,2.0 s,2.0 s,yes",
        "layer,whole,,simnet/hs.9,simnet/hs.9,yes", "lag,whole,,2.0 s,2.0 s,yes",
        "element,spoken,,voice,voice,yes", "element,scored,,soundtrack,soundtrack,yes",
      ], "\(found)")
  }

  /// Voices of two levels in turn: the factor that has their levels is found in the features, one crossed with it is not.
  @Test func levelsOfTheVoiceAreFoundAsAFactorOfADesign() throws {
    let program = try Program()
    let names = (1...12).map { "s\($0)" }
    try program.write(
      """
      simulation: design
      dataset: made
      stimuli: [\(names.joined(separator: ", "))]
      seed: 3
      sounds: {seconds: 10, rate_hz: 16000, voice_db: [-20, 20]}
      """, "design.yaml")
    try program.succeed(["init", "made.evoke"])
    try program.succeed(["simulate", "design.yaml", "-o", "made"])
    try program.succeed(["import", "audio"] + names.map { "made/sounds/\($0).wav" } + ["--dataset", "made"])
    let design = names.enumerated().map { place, name in
      "    \(name): {voice: \(place % 2 == 0 ? "soft" : "loud"), idle: \(place / 2 % 2 == 0 ? "a" : "b")}"
    }
    try program.write(
      """
      study: factors
      kind: controlled_synthesis
      datasets: [made]
      features: [{set: lld12}]
      statistics: {draws: 99}
      controlled_synthesis:
        acoustic: [voice, idle]
        design:
      \(design.joined(separator: "\n"))
      """, "factors.yaml")
    try program.succeed(["run", "factors.yaml", "--allow-invalid"])
    let found = try findings(program, "made/truth.json", "factors")
    #expect(
      found == [
        "factor,idle,,nothing,nothing,yes", "factor,voice,,level of the voice,level of the voice,yes",
      ], "\(found)")
    let truth = try String(contentsOfFile: program.folder + "/made/truth.json", encoding: .utf8)
    #expect(truth.contains("\"evoke.truth/3\"") && truth.contains("\"voice_db\":[-20,20]"))
    try program.write(truth.replacing("[-20,20]", with: "[-20,\"20\"]"), "wrong.json")
    let ending = try program.run(["grade", "wrong.json", "--study", "factors"])
    #expect(ending.error.contains("E-SIM-006"), "\(ending.error)")
  }

  /// A rating of the whole sound follows whichever of its elements has more energy, and a check says so.
  @Test(arguments: [12, -12]) func theElementWithMoreEnergyPredictsMore(voiceDB: Int) throws {
    let program = try Program()
    try program.write(
      Self.sounds.replacing("simnet: 7", with: "voice_db: \(voiceDB)"), "sounds.yaml")
    try program.write(
      """
      simulation: raters
      dataset: made
      stimuli: [one, two, three, four]
      seed: 4
      annotations: {raters: 6, delay_spread_s: 0.2, lag_s: 2, targets: [{name: liked, set: lld12}]}
      """, "raters.yaml")
    try program.write(
      """
      study: parts
      kind: element_ablation
      datasets: [made]
      features: [{set: lld12}]
      targets: [{annotation: liked}]
      encoding: {position: none, delays_s: [2], outer: {leave_one: stimulus}, inner: {folds: 4}}
      statistics: {null: none}
      """, "parts.yaml")
    try importSounds(program)
    try program.succeed(["extract", "--dataset", "made", "--set", "lld12"])
    try program.succeed(["simulate", "raters.yaml", "-o", "rated"])
    try program.succeed([
      "import", "annotations", "rated/annotations/liked.csv", "--raters", "wide", "--stimulus", "stimulus", "--dataset",
      "made",
    ])
    try program.succeed(["run", "parts.yaml"])
    let isVoice = voiceDB > 0 ? "1" : "0"
    let rows = try program.rows(
      "SELECT voice_minus_soundtrack > 0, voice_energy_share > 0.5, r_original > 0.8, valid FROM element_ablation")
    #expect(rows == [[isVoice, isVoice, "1", "1"]], "\(rows)")
    let checks = try program.rows(
      "SELECT pass FROM \"check\" WHERE name = 'the element with more energy predicts more'")
    #expect(checks == [["1"]])
  }

  /// Interleaved samples of a WAV file of 32-bit floats.
  private func floats(_ path: String) throws -> [Float] {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    func number(_ at: Int) -> Int { (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } }
    var at = 12
    while bytes[at..<at + 4].elementsEqual("data".utf8) == false { at += 8 + number(at + 4) + number(at + 4) % 2 }
    return (0..<number(at + 4) / 4).map { Float(bitPattern: UInt32(number(at + 8 + 4 * $0))) }
  }

  /// SI-SDR by the correlation of both, 10 log10(ρ² / (1 - ρ²)).
  private func ratio(_ estimate: [Float], _ planted: [Float]) -> Double {
    let pairs = zip(estimate, planted).map { (Double($0), Double($1)) }
    let cross = pairs.reduce(0) { $0 + $1.0 * $1.1 }
    let powers = pairs.reduce((0, 0)) { ($0.0 + $1.0 * $1.0, $0.1 + $1.1 * $1.1) }
    let rho2 = cross * cross / (powers.0 * powers.1)
    return 10 * log10(rho2 / (1 - rho2))
  }

  @Test func separatedStemsAreGradedAgainstThoseThatWerePlanted() throws {
    let program = try Program()
    try program.succeed(["init", "made.evoke"])
    let spec = "simulation: s\ndataset: made\nstimuli: [one, two]\nseed: 3\nsounds: {seconds: 12, rate_hz: 44100}\n"
    try program.write(spec, "sounds.yaml")
    try program.succeed(["simulate", "sounds.yaml", "-o", "made"])
    try program.succeed(["import", "audio", "made/sounds/one.wav", "--dataset", "made"])
    let none = try program.run(["grade", "made/truth.json", "--stems"])
    #expect(none.status == 66 && none.error.contains("E-SIM-007"), "\(none.error)")
    try program.succeed(["import", "weights", Self.fixtures + "/separation/spleeter-tiny", "--name", "split"])
    try program.succeed(["extract", "--set", "lld12", "--element", "voice"])
    try program.succeed(["export", "stems", "-o", "found"])
    let rows = try program.succeed(["grade", "made/truth.json", "--stems", "--format", "csv"]).output
      .split(whereSeparator: \.isNewline).map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(rows.count == 5 && rows[0].first == "stimulus")
    // What was planted and not separated is said, too.
    #expect(
      rows.dropFirst(3).map { $0.joined(separator: ",") } == [
        "two,voice,split,,,,not separated", "two,soundtrack,split,,,,not separated",
      ])
    let mix = try floats(program.folder + "/made/sounds/one.wav")
    for row in rows[1...2] {
      #expect(row[0] == "one" && row[2] == "split")
      let planted = try floats("\(program.folder)/made/stems/one/\(row[1]).wav")
      let expected = ratio(try floats("\(program.folder)/found/one.\(row[1]).wav"), planted)
      let start = ratio(mix, planted)
      let found = try (3...5).map { try #require(Double(row[$0])) }
      #expect(abs(found[0] - expected) < 1e-6 && abs(found[1] - start) < 1e-6, "\(row): \(expected) \(start)")
      #expect(abs(found[2] - (expected - start)) < 1e-6 && row[6] == (expected > start ? "yes" : "no"))
    }
    #expect(rows[1...2].map { $0[1] } == ["voice", "soundtrack"])
    let some = ["grade", "made/truth.json", "--stems", "--format", "csv", "--columns"]
    let chosen = try program.succeed(some + ["\(rows[0][1]),stimulus"]).output.split(whereSeparator: \.isNewline)
    #expect(chosen[0] == "\(rows[0][1]),stimulus" && chosen[1] == "voice,one" && chosen.count == rows.count)
    let mistyped = try program.run(some + ["stimulsu"])
    #expect(mistyped.status == 64 && mistyped.error.contains("stimulus"), "\(mistyped.error)")
    let truth = try String(contentsOfFile: program.folder + "/made/truth.json", encoding: .utf8)
    for (right, wrong) in [
      ("\"seed\":3", "\"seed\":-3"), ("\"rate_hz\":44100", "\"rate_hz\":0"), ("\"seconds\":12", "\"seconds\":0"),
    ] {
      try #require(truth.contains(right))
      try program.write(truth.replacing(right, with: wrong), "wrong.json")
      let ending = try program.run(["grade", "wrong.json", "--stems"])
      #expect(ending.error.contains("E-SIM-006"), "\(wrong): \(ending.error)")
    }
    for words in [["--stems", "--study", "s"], [], ["--stems", "--findings"]] {
      #expect(try program.run(["grade", "made/truth.json"] + words).status == 64, "\(words)")
    }
  }

  @Test func theSameSpecMakesTheSameSounds() throws {
    let program = try Program()
    try program.succeed(["init", "made.evoke"])
    try program.write(Self.sounds.replacing("[one, two, three, four]", with: "[one, two]"), "sounds.yaml")
    try program.succeed(["simulate", "sounds.yaml", "-o", "a"])
    try program.succeed(["simulate", "sounds.yaml", "-o", "b"])
    func bytes(_ name: String) throws -> Data {
      try Data(contentsOf: URL(fileURLWithPath: program.folder + "/" + name))
    }
    for name in ["sounds/one.wav", "stems/one/voice.wav", "stems/two/soundtrack.wav", "simnet.simnet", "truth.json"] {
      let one = try bytes("a/" + name)
      #expect(try one.count > 30 && one == bytes("b/" + name), "\(name)")
    }
    #expect(try bytes("a/sounds/one.wav") != bytes("a/sounds/two.wav"))
    let answer = try program.run(["grade", "a/truth.json", "--study", "none"])
    #expect(answer.status == 66 && answer.error.contains("E-SIM-007"), "\(answer.error)")
  }

  private static let cohorts = """
    simulation: groups
    dataset: toy
    stimuli: [tone]
    seed: 5
    components: 3
    cohorts: {by: subject}
    responses:
      subjects: 30
      lag_s: 2
      drift: {share: 0.3, seconds: 20, shared: true}
      targets:
        - {name: temporal, set: left, other: {set: right}}
        - {name: frontal, set: left}
    synchrony:
      subjects: 30
      rate_hz: 50
      lag_s: 2
      targets:
        - {name: planum, set: left}
    """

  /// Two spaces of three columns of one stimulus of 300 s.
  private func twoSpaces() throws -> Program {
    let program = try Program()
    var numbers = ToyNumbers(9)
    let columns = (0..<6).map { _ in numbers.slow(300) }
    let names = ["a", "b", "c", "d", "e", "f"]
    try ToyFolder(path: program.folder).table(
      [("time_s", (0..<300).map(Double.init))] + Array(zip(names, columns)), "tone.csv")
    try program.succeed(["init", "toy.evoke"])
    try program.succeed([
      "import", "features", "tone.csv", "--dataset", "toy", "--space", "left=a,b,c", "--space", "right=d,e,f",
    ])
    return program
  }

  private func importRegions(_ program: Program, _ verb: String, _ file: String, _ data: String) throws {
    try program.succeed([
      "import", verb, file, "--data", data, "--axes", "subject,time,region", "--rate-attr", "rate_hz",
      "--labels", "subject=subject", "--labels", "region=region", "--units", "au", "--onset-s", "0", "--dataset", "toy",
    ])
  }

  @Test func cohortsOfOtherDriversAreToldApartAndSynchronyFollowsItsTruth() throws {
    let program = try twoSpaces()
    try program.write(Self.cohorts, "groups.yaml")
    try program.succeed(["simulate", "groups.yaml", "-o", "made"])
    try importRegions(program, "fmri", "made/responses/{stimulus}.h5", "bold")
    try importRegions(program, "eeg", "made/synchrony/{stimulus}.h5", "source")
    try program.succeed(["import", "participants", "made/participants.csv", "--dataset", "toy"])
    try program.write(
      """
      study: groups
      kind: cohort_comparison
      datasets: [toy]
      features: [{space: left}, {space: right}]
      targets: [{response: bold, level: group}]
      encoding: {position: none, delays_s: [2], gap_s: 3, outer: {folds: 6}, inner: {folds: 3}}
      statistics: {null: none}
      filters: {group_by: group}
      """, "groups-study.yaml")
    try program.succeed(["run", "groups-study.yaml", "--allow-invalid"])
    let found = try findings(program, "made/truth.json", "groups").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).prefix(5).joined(separator: ",")
    }
    let expected = [
      "driver,temporal,a,left,left", "driver,temporal,b,right,right", "cohort,temporal,a,a > b,a > b",
      "cohort,temporal,b,a < b,a < b",
    ]
    #expect(Set(expected).isSubset(of: found), "\(found)")
    #expect(found.contains { $0.hasPrefix("cohort,frontal,,a = b,") }, "\(found)")
    try program.write(
      """
      study: alike
      kind: isc_report
      datasets: [toy]
      targets: [{synchrony: {window_s: 10, step_s: 1, anchor: centre, method: pairwise, signal: source}}]
      statistics: {null: phase, draws: 19}
      filters: {group_by: group}
      """, "alike.yaml")
    try program.succeed(["run", "alike.yaml", "--allow-invalid"])
    let synchrony = try program.succeed([
      "grade", "made/truth.json", "--study", "alike", "--findings", "--format", "csv",
    ]).output.split(whereSeparator: \.isNewline).dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    #expect(synchrony.map { $0[3] } == ["a", "b"], "\(synchrony)")
    #expect(synchrony.allSatisfy { $0[0] == "synchrony" && (Double($0[6]) ?? 0) > 0.8 }, "\(synchrony)")
    try synchronyThatIsNotThereIsTold(program)
  }

  /// A row without the course that it names is an error; a planted course without a row is stated.
  private func synchronyThatIsNotThereIsTold(_ program: Program) throws {
    let grade = ["grade", "made/truth.json", "--study", "alike", "--findings", "--format", "csv"]
    try program.edit("UPDATE synchrony SET region = 'elsewhere' WHERE cohort LIKE '%=b'")
    let stated = try program.succeed(grade).output.split(whereSeparator: \.isNewline).dropFirst()
    #expect(
      stated.count == 2 && stated.first?.hasPrefix("synchrony,synchrony,planum,a,left,") == true
        && stated.last == "synchrony,synchrony,planum,b,left,no course of synchrony,,not computed,0,", "\(stated)")
    let truth = try String(contentsOfFile: "\(program.folder)/made/truth.json", encoding: .utf8)
    try program.write(truth.replacing("\"planum\"", with: "\"elsewhere\""), "elsewhere.json")
    let ending = try program.run(grade.map { $0.replacing("made/truth", with: "elsewhere") })
    #expect(ending.status != 0 && ending.error.contains("E-WH-016") && ending.error.contains("elsewhere"))
    try program.write(
      truth.replacing("\"cohort\":\"b\"", with: "\"cohort\":null"), "half.json")
    let half = try program.run(grade.map { $0.replacing("made/truth", with: "half") })
    #expect(half.error.contains("E-SIM-006") && half.error.contains("one cohort only"), "\(half.error)")
  }

  @Test func whatContradictsItselfIsRefused() throws {
    let program = try twoSpaces()
    for (right, wrong, place) in [
      ("cohorts: {by: subject}\n", "", "responses.targets[1].other"), ("by: subject", "by: stimulus", "cohorts.by"),
      ("responses:", "sounds: {seconds: 60}\nresponses:", "responses"),
      ("subjects: 30\n  lag_s", "subjects: 8\n  lag_s", "synchrony.subjects"),
      ("responses:\n  subjects", "annotations:\n  raters", "cohorts.by"),
    ] {
      try program.write(Self.cohorts.replacing(right, with: wrong), "wrong.yaml")
      let answer = try program.run(["simulate", "wrong.yaml", "-o", "made"])
      #expect(answer.status == 78 && answer.error.contains(place), "\(answer.error)")
    }
  }
}
