import Foundation
import Testing

/// Agreement of dynamic synchrony with a rating, from files to the view: in one region viewers are the more alike the higher
/// the rating, in the other they are always equally alike.
@Suite struct ConsistencyCommandTests {
  private static let seconds = 300
  private static let rate = 4

  private func warehouse() throws -> Program {
    let program = try Program()
    let folder = ToyFolder(path: program.folder)
    try program.succeed(["init", "toy.evoke"])
    var numbers = ToyNumbers(5)
    for film in ["f1", "f2"] {
      let felt = numbers.slow(Self.seconds, memory: 0.9)
      let samples = Self.seconds * Self.rate
      let (one, two) = (numbers.white(samples), numbers.white(samples))
      let shares = (0..<samples).map { 0.9 / (1 + exp(-2 * felt[$0 / Self.rate])) }
      for subject in 1...6 {
        let (own, other) = (numbers.white(samples), numbers.white(samples))
        func series(_ common: [Double], _ noise: [Double], _ share: (Int) -> Double) -> [Double] {
          common.indices.map { share($0).squareRoot() * common[$0] + (1 - share($0)).squareRoot() * noise[$0] }
        }
        try folder.table(
          [("r1", series(one, own) { shares[$0] }), ("r2", series(two, other) { _ in 0.4 })],
          "sub\(subject)_\(film).csv")
      }
      try folder.table([("time", felt.indices.map(Double.init)), ("felt", felt)], "\(film).csv")
      try program.succeed([
        "import", "fmri", "sub{subject}_\(film).csv", "--rate-hz", "4", "--units", "au", "--stimulus", film,
        "--onset-s",
        "0", "--name", "source", "--dataset", "d",
      ])
      try program.succeed(["import", "annotations", "\(film).csv", "--stimulus", film, "--dataset", "d"])
    }
    return program
  }

  @Test func synchronyThatFollowsARatingIsFoundWhereItDoes() throws {
    let program = try warehouse()
    try program.write(
      """
      study: agree
      kind: synchrony_consistency
      datasets: [d]
      targets: [{synchrony: {window_s: 10}}, {synchrony: {window_s: 10, method: leave_one_out}}, {annotation: felt}]
      statistics: {draws: 99}
      """, "agree.yaml")
    #expect(try program.succeed(["run", "agree.yaml"]).error.contains(" 0 failed"))
    let rows = try program.rows(
      """
      SELECT kind_b, region, ifnull(stimulus, 'all'), r > .4, abs(r) < .4, p <= .02, p_max <= .02, low <= r AND r <= high, valid,
        stimuli_counted, n
      FROM synchrony_consistency WHERE parameters_a LIKE '%pairwise%' ORDER BY 1, 2, 3
      """, in: "toy.evoke")
    try #require(rows.count == 12)
    for row in rows {
      #expect(row[7] == "1" && row[8] == "1" && row[9] == (row[2] == "all" ? "2" : "1"), "\(row)")
      if row[0] == "synchrony" || row[1] == "r1" {
        #expect(row[3] == "1" && row[5] == "1" && row[6] == "1", "\(row)")
      } else {
        #expect(row[4] == "1" && row[5] == "0", "\(row)")
      }
    }
    let checks = try program.rows(
      """
      SELECT json_extract(observed, '$.measure_b'), json_extract(observed, '$.together_in[0]'), pass FROM "check"
      WHERE name = 'both measures rise and fall together' ORDER BY 1
      """, in: "toy.evoke")
    #expect(checks == [["felt", "r1", "1"], ["felt", "r1", "1"], ["source", "r1", "1"]], "\(checks)")
    try averaged(program)
    try exchanged(program)
    try program.succeed(["plot", "synchrony_consistency", "-o", "agree.svg"])
    let figure = try String(contentsOfFile: program.folder + "/agree.svg", encoding: .utf8)
    #expect(figure.contains("source with felt") && figure.contains("all stimuli"))
    #expect(figure.contains("method pairwise, ") && figure.contains("method leave_one_out, "))
  }

  /// What is held against synchrony in a window is the rating's mean over the same window.
  private func averaged(_ program: Program) throws {
    let name = try program.rows(
      "SELECT name FROM array_catalog WHERE kind = 'synchrony' AND stimulus = 'f1' AND parameters LIKE '%pairwise%'",
      in: "toy.evoke")
    let asked = """
      WITH s AS (SELECT time_s AS t, value AS a FROM array('\(try #require(name.first)[0])') WHERE region = 'r1'),
        f AS (SELECT time_s AS t, value AS b FROM array('d/f1/annotation/felt')),
        w AS (SELECT a, (SELECT avg(b) FROM f WHERE f.t >= s.t - 5 AND f.t < s.t + 5) AS b FROM s WHERE a IS NOT NULL),
        m AS (SELECT avg(a) AS a, avg(b) AS b, avg(a * a) AS aa, avg(b * b) AS bb, avg(a * b) AS ab FROM w)
      SELECT round((ab - a * b) / sqrt((aa - a * a) * (bb - b * b)), 4) = round(r_plain, 4)
      FROM m, synchrony_consistency
      WHERE region = 'r1' AND stimulus = 'f1' AND kind_b = 'annotation' AND parameters_a LIKE '%pairwise%'
      """
    #expect(try program.rows(asked, in: "toy.evoke") == [["1"]])
  }

  /// The same targets in the other order give the same numbers.
  private func exchanged(_ program: Program) throws {
    try program.write(
      """
      study: turned
      kind: synchrony_consistency
      datasets: [d]
      targets: [{annotation: felt}, {synchrony: {window_s: 10, method: leave_one_out}}, {synchrony: {window_s: 10}}]
      statistics: {draws: 99}
      """, "turned.yaml")
    try program.succeed(["run", "turned.yaml"])
    let rows = try ["agree", "turned"].map { study in
      try program.rows(
        """
        SELECT min(parameters_a, parameters_b), max(parameters_a, parameters_b), stimulus, region, r, low, high, r_plain, n,
          null_mean, null_sd, p, p_max, family_size, flags, valid
        FROM synchrony_consistency WHERE study = '\(study)' ORDER BY 1, 2, 3, 4
        """, in: "toy.evoke")
    }
    #expect(rows[0].count == 18 && rows[0] == rows[1])
  }

  @Test func whatBothNameAndCannotBeComparedInHasARowWithItsReason() throws {
    let program = try warehouse()
    let folder = ToyFolder(path: program.folder)
    var numbers = ToyNumbers(6)
    for subject in 1...6 {
      try folder.table([("q", numbers.white(Self.seconds * Self.rate))], "sub\(subject)_apart.csv")
    }
    try program.succeed([
      "import", "fmri", "sub{subject}_apart.csv", "--rate-hz", "4", "--units", "au", "--stimulus", "f1", "--onset-s",
      "0", "--name", "envelope", "--dataset", "d",
    ])
    try program.write(
      """
      study: apart
      kind: synchrony_consistency
      datasets: [d]
      targets: [{synchrony: {window_s: 10, signal: source}}, {synchrony: {window_s: 10, signal: envelope}}]
      statistics: {draws: 19}
      """, "apart.yaml")
    try program.succeed(["run", "apart.yaml", "--allow-invalid"])
    #expect(
      try program.rows(
        "SELECT stimulus, region IS NULL, r IS NULL, null_draws IS NULL, family_size, valid, reason "
          + "FROM synchrony_consistency", in: "toy.evoke")
        == [["f1", "1", "1", "1", "0", "0", "the measures share no region"]])
  }
}
