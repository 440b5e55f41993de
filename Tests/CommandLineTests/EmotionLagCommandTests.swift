import Foundation
import Testing

/// Lagged correlations from files to views: ratings of several persons that follow a feature by two seconds, features that
/// have nothing to do with them, and published ratings of two songs.
@Suite(.serialized) struct EmotionLagCommandTests {
  private static let head = """
    study: lags
    kind: emotion_lag
    datasets: [music]

    """

  private func warehouse(_ program: Program, _ songs: RatedSongs) throws {
    var songs = songs
    try songs.write(ToyFolder(path: program.folder))
    try program.succeed(["init", "music.evoke"])
    for song in RatedSongs.names {
      try program.succeed([
        "import", "features", "\(song).csv", "--dataset", "music", "--stimulus", song, "--space", "lead=lead",
        "--space",
        "idle=idle", "--space", "calm=calm", "-C", "music.evoke",
      ])
      try program.succeed([
        "import", "annotations", "\(song)_ratings.csv", "--dataset", "music", "--stimulus", song, "--subject",
        "subject", "--map",
        "time=time,felt=felt", "-C", "music.evoke",
      ])
    }
  }

  private func run(_ program: Program, _ study: String) throws {
    try program.write(Self.head + study, "lags.yaml")
    try program.succeed(["run", "lags.yaml", "-C", "music.evoke"])
  }

  /// The feature that ratings follow is found at its lag in every person and song, and differs from one that they do not
  /// follow by the null-based p too; of two that they do not follow neither is found, and they do not differ.
  @Test func whatRatingsFollowIsFoundAtItsLagAndNothingElse() throws {
    let program = try Program()
    try warehouse(program, RatedSongs())
    try run(
      program,
      """
      features: [{space: lead, transform: changes}, {space: idle, transform: changes}, {space: calm, transform: changes}]
      targets: [{annotation: felt, rater: each, transform: changes}]
      statistics: {draws: 99}
      """)
    let peaks = try program.rows(
      """
      SELECT feature_set, count(*), count(DISTINCT subject), min(lag_at_max_s), max(lag_at_max_s), avg(p <= .05), min(valid),
        avg(z_standardised), max(abs(z_standardised - (z - null_mean) / null_sd)), min(p_floor)
      FROM emotion_lag_peak GROUP BY feature_set ORDER BY feature_set
      """, in: "music.evoke")
    try #require(peaks.map { $0[0] } == ["calm", "idle", "lead"])
    for row in peaks {
      let numbers = row.dropFirst().compactMap(Double.init)
      try #require(numbers.count == 9)
      #expect(numbers[0] == 24 && numbers[1] == 8 && numbers[5] == 1, "\(row)")
      #expect(numbers[7] < 1e-9 && numbers[8] == 0.01, "\(row)")
      let (nearest, farthest, found, standardised) = (numbers[2], numbers[3], numbers[4], numbers[6])
      if row[0] == "lead" {
        #expect(nearest == 2 && farthest == 2 && found == 1 && standardised > 4, "\(row)")
      } else {
        // As many as chance allows: .05 and 3.1 standard errors of 24.
        #expect(found < 0.19 && abs(standardised) < 1, "\(row)")
      }
    }
    let tested = try anova(program)
    #expect(tested.map { $0[0] } == ["max_z", "z_standardised"])
    #expect(tested.allSatisfy { $0[1] == "0.01" && $0[2] == "8" && $0[3] == "3" }, "\(tested)")
    try effects(program)
    try program.succeed(["consent", "music", "controlled", "--reason", "data agreement", "-C", "music.evoke"])
    try program.succeed(["plot", "emotion_lag", "-o", "lags.svg", "-C", "music.evoke"])
    let figure = try String(contentsOfFile: program.folder + "/lags.svg", encoding: .utf8)
    #expect(figure.contains("lead (changes) before felt (changes)") && figure.contains("24 curves"))
    let check = try program.rows(
      "SELECT pass, observed FROM \"check\" WHERE name LIKE 'the feature with the largest maxima%'", in: "music.evoke")
    #expect(check.map { $0[0] } == ["1"] && check[0][1].contains("lead"), "\(check)")
    try run(
      program,
      """
      features: [{space: idle, transform: changes}, {space: calm, transform: changes}]
      targets: [{annotation: felt, rater: each, transform: changes}]
      statistics: {draws: 99}
      """)
    let none = try anova(program)
    #expect(none.count == 2 && none.allSatisfy { (Double($0[1]) ?? 0) > 0.05 }, "\(none)")
  }

  private func anova(_ program: Program) throws -> [[String]] {
    try program.rows(
      "SELECT quantity, p, subject_count, stimuli_counted FROM anova WHERE effect = 'feature_set' ORDER BY quantity",
      in: "music.evoke")
  }

  /// F is that of the means that the view of peaks has, by sums of squares.
  private func effects(_ program: Program) throws {
    let rows = try program.rows(
      """
      WITH m AS (SELECT subject, feature_set AS f, avg(z) AS y FROM emotion_lag_peak GROUP BY 1, 2),
        g AS (SELECT avg(y) AS y FROM m), s AS (SELECT subject, avg(y) AS y FROM m GROUP BY 1),
        c AS (SELECT f, avg(y) AS y FROM m GROUP BY 1),
        q AS (SELECT (SELECT 8 * sum((c.y - g.y) * (c.y - g.y)) FROM c, g) AS effect,
          (SELECT sum((m.y - s.y - c.y + g.y) * (m.y - s.y - c.y + g.y)) FROM m JOIN s USING (subject) JOIN c USING (f), g)
            AS error)
      SELECT a.f, (q.effect / 2) / (q.error / 14), a.df1, a.df2, a.partial_eta2, q.effect / (q.effect + q.error),
        a.epsilon_gg <= a.epsilon_hf, a.p_gg >= a.p_uncorrected
      FROM anova a, q WHERE a.quantity = 'max_z'
      """, in: "music.evoke")
    try #require(rows.count == 1)
    let numbers = rows[0].compactMap(Double.init)
    // Scores are kept as float32.
    #expect(abs(numbers[0] / numbers[1] - 1) < 1e-5 && abs(numbers[4] - numbers[5]) < 1e-6, "\(numbers)")
    #expect(Array(numbers[2...3]) == [2, 14] && Array(numbers[6...7]) == [1, 1], "\(numbers)")
  }

  /// Levels that rise together are not reported; a feature of several columns needs its changes; both say what helps.
  @Test func levelsAndWideFeaturesAreNotReported() throws {
    let program = try Program()
    try warehouse(program, RatedSongs())
    try run(
      program, "features: [{space: lead}]\ntargets: [{annotation: felt}]\nstatistics: {null: none, lags_s: [0, 2]}\n")
    let rows = try program.rows(
      "SELECT count(*), max(valid), min(flags LIKE '%levels_correlated%'), count(p), count(subject) FROM emotion_lag_peak",
      in: "music.evoke")
    #expect(rows == [["3", "0", "1", "0", "0"]])
    #expect(try program.rows("SELECT DISTINCT lag_s FROM emotion_lag", in: "music.evoke").count == 2)
    try program.succeed([
      "import", "features", "s1.csv", "--dataset", "music", "--stimulus", "s1", "--space", "wide=lead,idle", "-C",
      "music.evoke",
    ])
    try program.write(
      Self.head + "features: [{space: wide}]\ntargets: [{annotation: felt, transform: changes}]\n", "wide.yaml")
    let ending = try program.run(["run", "wide.yaml", "-C", "music.evoke"])
    let told = ending.output + ending.error
    // The run's own code is that some units failed; it tells what each of them said.
    #expect(ending.status == 75 && told.contains("2 columns") && told.contains("transform: changes"), "\(told)")
    try run(
      program, "features: [{space: wide, transform: changes}]\ntargets: [{annotation: felt, transform: changes}]\n")
    #expect(
      try program.rows("SELECT stimulus, valid FROM emotion_lag_peak", in: "music.evoke") == [["s1", "1"]])
  }

  /// Ratings of two songs as published with the lagged correlations that NumPy finds (`Fixtures/lags`); songs are the unit
  /// where ratings are nobody's alone.
  @Test func publishedRatingsGiveTheCorrelationsOfNumPy() throws {
    let program = try Program()
    let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/lags").path
    try program.succeed(["init", "music.evoke"])
    let names = ["touched", "beauty"]
    try program.succeed([
      "import", "features", "\(fixtures)/env_{stimulus}.csv", "--dataset", "music", "--name", "envelope", "-C",
      "music.evoke",
    ])
    for name in names {
      try program.succeed([
        "import", "annotations", "\(fixtures)/\(name)_{stimulus}.csv", "--dataset", "music", "-C", "music.evoke",
      ])
    }
    try run(
      program,
      """
      features: [{space: envelope, transform: changes}]
      targets: [{annotation: touched, transform: changes}, {annotation: beauty, transform: changes}]
      statistics: {draws: 99}
      """)
    let expected = try String(contentsOfFile: fixtures + "/expected.csv", encoding: .utf8).split(separator: "\n")
      .dropFirst().map { $0.split(separator: ",").map(String.init) }
    let rows = try program.rows(
      """
      SELECT l.stimulus, l.rating, l.lag_s, l.r, l.n, p.max_r, p.lag_at_max_s, l.valid FROM emotion_lag l
      JOIN emotion_lag_peak p USING (study, stimulus, rating)
      """, in: "music.evoke")
    #expect(rows.count == 24 && expected.count == 4)
    for row in rows {
      let wanted = try #require(expected.first { "song\($0[0])" == row[0] && $0[1] == row[1] })
      let numbers = row.dropFirst(2).compactMap(Double.init)
      // Eight digits are printed; ratings and features are stored as float32, which moves r by up to 2e-7 (NumPy).
      #expect(abs(numbers[1] - (Double(wanted[2 + Int(numbers[0])]) ?? .nan)) < 5e-7, "\(row)")
      #expect(abs(numbers[3] - (Double(wanted[8]) ?? .nan)) < 5e-7 && numbers[4] == Double(wanted[9]), "\(row)")
      #expect(numbers[5] == 1 && numbers[2] == (row[0] == "song3" ? 134 : 120) - numbers[0], "\(row)")
    }
    // Two songs are too few for an F.
    let tested = try program.rows(
      "SELECT DISTINCT effect, unit, unit_count, f, valid, reason FROM anova", in: "music.evoke")
    #expect(tested == [["rating", "stimulus", "2", "", "0", "fewer than 3 stimuli have every level"]], "\(tested)")
  }
}

/// Three songs with three features and the ratings of eight people, whose changes follow those of one feature two seconds
/// later.
struct RatedSongs {
  static let names = ["s1", "s2", "s3"]
  private static let seconds = 150

  private var numbers = ToyNumbers(77)

  init() {}

  mutating func write(_ folder: ToyFolder) throws {
    for song in Self.names {
      let (lead, idle, calm) = (
        numbers.slow(Self.seconds), numbers.slow(Self.seconds), numbers.slow(Self.seconds, memory: 0.95)
      )
      let times = lead.indices.map(Double.init)
      try folder.table([("time", times), ("lead", lead), ("idle", idle), ("calm", calm)], "\(song).csv")
      var lines = ["time,subject,felt"]
      for person in ["ada", "bob", "cyd", "dan", "eve", "fay", "gus", "hal"] {
        let own = numbers.slow(Self.seconds)
        for second in lead.indices {
          let felt = 0.8 * lead[max(0, second - 2)] + own[second]
          lines.append("\(second),\(person),\(ToyFolder.shown(felt))")
        }
      }
      try folder.text(lines.joined(separator: "\n") + "\n", "\(song)_ratings.csv")
    }
  }
}
