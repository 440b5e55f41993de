import Foundation
import Testing

/// Voice against soundtrack, from stems to view: noises of which each has a level of its own.
@Suite(.serialized) struct ElementCommandTests {
  private static let study = """
    study: elements
    kind: element_ablation
    datasets: [mixed]
    features: [{set: lld12}]
    targets: [{annotation: spoken}, {annotation: scored}, {annotation: neither}]
    encoding: {delays_s: [0], outer: {leave_one: stimulus}, inner: {folds: 4}}
    statistics: {null: none}
    """

  private func warehouse(_ program: Program) throws {
    var noises = MixedNoises()
    try noises.write(ToyFolder(path: program.folder))
    try program.succeed(["init", "mixed.evoke"])
    let names = MixedNoises.names
    try program.succeed(
      ["import", "audio"] + names.map { "\($0).wav" } + ["--dataset", "mixed", "-C", "mixed.evoke"])
    for name in names {
      try program.succeed([
        "import", "stems", "stems/\(name).voice.wav", "stems/\(name).soundtrack.wav", "--dataset", "mixed",
        "--stimulus", name, "-C", "mixed.evoke",
      ])
      try program.succeed([
        "import", "annotations", "\(name).csv", "--dataset", "mixed", "--stimulus", name, "-C", "mixed.evoke",
      ])
    }
    try program.write(Self.study, "elements.yaml")
  }

  /// What the voice drives is told to be the voice's, what the soundtrack drives the soundtrack's, and of what neither drives
  /// nothing is told. Silence of the voice is counted and has no part in r over the rows in which both sound.
  @Test func theElementThatDrivesATargetIsFound() throws {
    let program = try Program()
    try warehouse(program)
    try program.succeed(["run", "elements.yaml", "-C", "mixed.evoke"])
    let found = try program.rows(
      """
      SELECT target, r_original, r_voice, r_soundtrack, voice_minus_soundtrack, p, difference_active, p_active,
        r_voice_active, folds_counted, active_folds_counted, valid
      FROM element_ablation ORDER BY target
      """, in: "mixed.evoke")
    try #require(found.map { $0[0] } == ["neither", "scored", "spoken"])
    let numbers = found.map { $0.map { Double($0) ?? .nan } }
    let (neither, scored, spoken) = (numbers[0], numbers[1], numbers[2])
    #expect(spoken[4] > 0.3 && spoken[5] < 0.01 && spoken[6] > 0.3 && spoken[7] < 0.01, "\(found)")
    #expect(scored[4] < -0.3 && scored[5] < 0.01 && scored[6] < -0.3 && scored[7] < 0.01, "\(found)")
    #expect(neither[5] > 0.05 && neither[7] > 0.05 && abs(neither[2]) < 0.25, "\(found)")
    // The mix holds the voice; rows in which it is silent follow nothing that its features know.
    #expect(spoken[1] > 0.2 && spoken[8] > spoken[2], "\(found)")
    #expect(numbers.allSatisfy { $0[9] == 6 && $0[10] == 6 && $0[11] == 1 }, "\(found)")
    try shares(program)
    try checks(program)
    try program.succeed(["run", "elements.yaml", "-j", "2", "-C", "mixed.evoke"])
    let why = try program.succeed([
      "why", "element_ablation", "--where", "target=spoken", "--all", "-C", "mixed.evoke",
    ])
    #expect(why.output.contains("a.voice.wav") && why.output.contains("a.soundtrack.wav"), "\(why.output)")
  }

  /// Seven of sixty seconds of the voice are silent, and it is four times as loud in power as the soundtrack.
  private func shares(_ program: Program) throws {
    let rows = try program.rows(
      """
      SELECT DISTINCT a.voice_energy_share, a.silent_fraction_voice, a.silent_fraction_soundtrack,
        (SELECT sum(s.silent_fraction) / 6 FROM stem_energy s WHERE s.element = 'voice')
      FROM element_ablation a
      """, in: "mixed.evoke")
    try #require(rows.count == 1)
    let shares = rows[0].compactMap(Double.init)
    #expect(shares[0] > 0.6 && shares[0] < 0.9 && abs(shares[1] - shares[3]) < 1e-9 && shares[2] == 0, "\(rows)")
    #expect(abs(shares[1] - 7.0 / 60) < 0.02, "\(rows)")
  }

  /// The voice has more energy, so that what the soundtrack drives goes against it; levels that go their own ways are apart.
  private func checks(_ program: Program) throws {
    let rows = try program.rows(
      """
      SELECT c.name, f.target, c.pass FROM "check" c JOIN fit f USING (fit_key)
      WHERE f.target <> 'neither' AND c.name <> 'no tested second in training' ORDER BY 1, 2
      """, in: "mixed.evoke")
    let (apart, energy) = ("levels of voice and soundtrack are apart", "the element with more energy predicts more")
    #expect(
      rows == [[apart, "scored", "1"], [apart, "spoken", "1"], [energy, "scored", "0"], [energy, "spoken", "1"]],
      "\(rows)")
  }

  /// Stems made equally loud: each has -20 dBFS, tells what it drives as before, and is as loud in the mix as it was.
  @Test func stemsOfOneLevelTellWhatTheyDrive() throws {
    let program = try Program()
    try warehouse(program)
    try program.write(Self.study + "\nelement_ablation: {levels: matched}\n", "matched.yaml")
    try program.succeed(["run", "matched.yaml", "-C", "mixed.evoke"])
    let levels = try program.rows(
      """
      SELECT a.element, 10 * log10(avg(pow(10, v.value / 10))) FROM array_catalog a JOIN array(a.name) v
      WHERE a.name LIKE '%matched%' AND v.feature = 'rms_db' GROUP BY a.name
      """, in: "mixed.evoke")
    #expect(levels.count == 12 && Set(levels.map { $0[0] }) == ["voice", "soundtrack"], "\(levels)")
    #expect(levels.allSatisfy { Double($0[1]).map { abs($0 + 20) < 1 } ?? false }, "\(levels)")
    let found = try program.rows(
      "SELECT target, voice_minus_soundtrack > 0.3, voice_minus_soundtrack < -0.3, voice_energy_share > 0.6, "
        + "silent_fraction_voice > 0.1 FROM element_ablation WHERE target <> 'neither' ORDER BY 1", in: "mixed.evoke")
    #expect(found == [["scored", "0", "1", "1", "1"], ["spoken", "1", "0", "1", "1"]], "\(found)")
  }

  /// Of imported features nothing is known of the sound: there is a difference, and no active row.
  @Test func importedFeaturesHaveNoActiveRows() throws {
    let program = try Program()
    var numbers = ToyNumbers(5)
    let folder = ToyFolder(path: program.folder)
    let times = (0..<100).map(Double.init)
    try program.succeed(["init", "own.evoke"])
    for name in ["a", "b", "c", "d"] {
      let (voice, music) = (numbers.slow(100), numbers.slow(100))
      for (element, series) in [("voice", voice), ("soundtrack", music)] {
        try folder.table([("time", times), ("x", series)], "\(name).\(element).csv")
        try program.succeed([
          "import", "features", "\(name).\(element).csv", "--dataset", "own", "--stimulus", name, "--element", element,
          "--space", "x=x", "-C", "own.evoke",
        ])
      }
      try folder.table([("time", times), ("y", zip(voice, numbers.white(100)).map { $0 + 0.5 * $1 })], "\(name).csv")
      try program.succeed([
        "import", "annotations", "\(name).csv", "--dataset", "own", "--stimulus", name, "-C", "own.evoke",
      ])
    }
    let study = Self.study.replacing("[mixed]", with: "[own]").replacing("set: lld12", with: "space: x")
      .replacing("[{annotation: spoken}, {annotation: scored}, {annotation: neither}]", with: "[{annotation: y}]")
    try program.write(study + "\nelements: [soundtrack, voice]\n", "own.yaml")
    try program.succeed(["run", "own.yaml", "-C", "own.evoke"])
    let rows = try program.rows(
      """
      SELECT r_original IS NULL, voice_minus_soundtrack > 0.5, p < 0.05, r_voice_active IS NULL,
        difference_active IS NULL, voice_energy_share IS NULL, valid FROM element_ablation
      """, in: "own.evoke")
    #expect(rows == [["1", "1", "1", "1", "1", "1", "1"]])
    try program.write(study + "\nelements: [original, voice]\n", "half.yaml")
    let refused = try program.run(["plan", "half.yaml", "-C", "own.evoke"])
    #expect(refused.status != 0 && refused.error.contains("compares voice with soundtrack"), "\(refused.error)")
  }
}

/// Six sounds of a minute: a voice that is silent for seven seconds and a soundtrack, each noise of a level of its own, the
/// voice of four times the power; ratings that follow the one, the other, and neither.
struct MixedNoises {
  static let names = ["a", "b", "c", "d", "e", "f"]
  private static let (rate, seconds) = (16_000, 60)

  private var numbers = ToyNumbers(41)

  init() {}

  mutating func write(_ folder: ToyFolder) throws {
    for name in Self.names {
      let levels = (0..<2).map { _ in numbers.slow(Self.seconds) }
      let voice = noise(levels[0], gain: 0.08, silent: 20..<27)
      let music = noise(levels[1], gain: 0.04, silent: 0..<0)
      try folder.sound(zip(voice, music).map { $0 + $1 }, rateHz: Self.rate, "\(name).wav")
      try folder.sound(voice, rateHz: Self.rate, "stems/\(name).voice.wav")
      try folder.sound(music, rateHz: Self.rate, "stems/\(name).soundtrack.wav")
      let courses = [("spoken", levels[0]), ("scored", levels[1]), ("neither", numbers.slow(Self.seconds))]
      let ratings = courses.map { title, course in
        (name: title, values: zip(course, numbers.slow(Self.seconds, memory: 0.3)).map { $0 + 0.5 * $1 })
      }
      try folder.table([("time", levels[0].indices.map(Double.init))] + ratings, "\(name).csv")
    }
  }

  /// Noise whose level in dB follows a course, 3 dB to its standard deviation.
  private mutating func noise(_ course: [Double], gain: Double, silent: Range<Int>) -> [Double] {
    (0..<Self.rate * Self.seconds).map { i in
      let second = i / Self.rate
      return silent.contains(second) ? 0 : gain * pow(10, 3 * course[second] / 20) * numbers.next()
    }
  }
}
