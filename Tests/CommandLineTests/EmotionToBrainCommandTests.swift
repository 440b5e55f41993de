import Foundation
import Testing

/// Ratings and responses in both directions of time, from tables to views: a region that follows the rating, one that
/// precedes it, one coupled to both its past and its future, and one that has nothing to do with it.
@Suite(.serialized) struct EmotionToBrainCommandTests {
  private static let study = """
    study: feeling
    kind: emotion_to_brain
    datasets: [pieces]
    features: [{annotation: joy}]
    targets: [{response: bold, level: subject}]
    encoding: {outer: {folds: 6}, inner: {folds: 4}}
    statistics: {draws: 39, family: [region]}
    emotion_to_brain: {delays_s: "1..5"}
    """

  private func warehouse(_ program: Program) throws {
    var ratings = ToyFeelings()
    try ratings.write(ToyFolder(path: program.folder))
    try program.succeed(["init", "pieces.evoke"])
    for piece in ToyFeelings.pieces {
      try program.succeed([
        "import", "annotations", "\(piece).csv", "--dataset", "pieces", "--stimulus", piece, "-C", "pieces.evoke",
      ])
    }
    try program.succeed([
      "import", "fmri", "bold/{stimulus}_{subject}.tsv", "--dataset", "pieces", "--name", "bold", "--tr-s", "1",
      "--onset-s", "0", "--units", "au", "-C", "pieces.evoke",
    ])
    try program.write(Self.study, "feeling.yaml")
  }

  @Test func theDirectionThatWasPlantedIsToldAndASymmetricCouplingHasNone() throws {
    let program = try Program()
    try warehouse(program)
    try program.succeed(["run", "feeling.yaml", "--allow-invalid", "-C", "pieces.evoke"])
    let rows = try program.rows(
      """
      SELECT region, mean, p, q_bh, low, high, tail, generalises_to, folds_counted, subject_count, feature_set
      FROM group_score WHERE quantity = 'future_minus_past' AND test = 'corrected_t' ORDER BY region
      """, in: "pieces.evoke")
    try #require(rows.map { $0[0] } == ["follows", "neither", "precedes", "symmetric"], "\(rows)")
    let numbers = rows.map { $0.map { Double($0) ?? .nan } }
    #expect(numbers[0][1] > 0.05 && numbers[0][3] <= 0.05 && numbers[0][4] > 0, "\(rows)")
    #expect(numbers[2][1] < -0.05 && numbers[2][3] <= 0.05 && numbers[2][5] < 0, "\(rows)")
    for place in [1, 3] { #expect(numbers[place][2] > 0.05 && numbers[place][4] < 0, "\(rows)") }
    for row in rows { #expect(row[6] == "two-sided" && row[8] == "6" && row[9] == "5" && row[10] == "joy", "\(row)") }
    try bothDirections(program)
    let checks = try program.rows(
      """
      SELECT c.pass, json_array_length(c.observed, '$.before_more'), json_extract(c.observed, '$.before_more[0]'),
        json_array_length(c.observed, '$.after_more'), json_extract(c.observed, '$.after_more[0]')
      FROM "check" c WHERE c.name LIKE 'one direction%'
      """, in: "pieces.evoke")
    #expect(checks == [["1", "1", "follows", "1", "precedes"]], "\(checks)")
  }

  /// Both directions stand in the tables with delays of their own, and their difference is that of their unique R².
  private func bothDirections(_ program: Program) throws {
    let delays = try program.rows(
      "SELECT DISTINCT feature_set, replace(delays_s, ',', ' '), other_sets FROM unique_variance ORDER BY 1",
      in: "pieces.evoke")
    #expect(
      delays == [
        ["joy after bold", "[-5 -4 -3 -2 -1]", "joy before bold"],
        ["joy before bold", "[1 2 3 4 5]", "joy after bold"],
      ])
    let found = try program.rows(
      """
      SELECT feature_set, region, p_max <= 0.05 FROM group_score
      WHERE quantity = 'unique_r2' AND test = 'group_phase' ORDER BY 1, 2
      """, in: "pieces.evoke")
    try #require(found.count == 8, "\(found)")
    #expect(found.first { $0[0] == "joy before bold" && $0[1] == "follows" }?[2] == "1", "\(found)")
    #expect(found.first { $0[0] == "joy after bold" && $0[1] == "precedes" }?[2] == "1", "\(found)")
    #expect(found.filter { $0[1] == "neither" }.allSatisfy { $0[2] == "0" }, "\(found)")
    let apart = try program.rows(
      """
      SELECT max(abs(g.mean - (SELECT avg(v.unique_r2 * iif(v.feature_set LIKE '% before %', 2, -2))
        FROM unique_variance v WHERE v.region = g.region))) AS apart
      FROM group_score g WHERE g.quantity = 'future_minus_past'
      """, in: "pieces.evoke")
    #expect(apart.count == 1 && (Double(apart[0][0]) ?? 1) < 1e-6, "\(apart)")
  }

  @Test func whatHasOneDirectionIsRefused() throws {
    let program = try Program()
    try warehouse(program)
    for (from, to, told) in [
      (#""1..5""#, "[0, 1]", "no delay in both directions"), ("[{annotation: joy}]", "[{set: lld12}]", "from ratings"),
      (", level: subject", "", "Write `level: subject`"), ("outer: {folds: 6}", "delays_s: [2]", "one direction"),
      (
        "[{annotation: joy}]", "[{annotation: joy}, {annotation: joy, transform: changes}]",
        "another feature is named `joy`"
      ),
      ("draws: 39", "draws: 39, null: phase_target", "sets that are fitted together"),
      ("{delays_s:", "{delay_s:", "`delays_s`"),
    ] {
      try program.write(Self.study.replacing(from, with: to), "wrong.yaml")
      let refused = try program.run(["plan", "wrong.yaml", "-C", "pieces.evoke"])
      #expect(refused.status == 78 && refused.error.contains(told), "\(to): \(refused.error)")
    }
  }
}

/// Two pieces with one rating, and of five subjects responses of four regions, a volume a second.
struct ToyFeelings {
  static let pieces = ["p1", "p2"]
  private static let seconds = 240
  /// Weights of the rating 2 to 4 s before and 2 to 4 s after, by region.
  private static let regions: [(name: String, before: Double, after: Double)] = [
    ("follows", 0.8, 0), ("neither", 0, 0), ("precedes", 0, 0.8), ("symmetric", 0.6, 0.6),
  ]

  private var numbers = ToyNumbers(53)

  init() {}

  mutating func write(_ folder: ToyFolder) throws {
    for piece in Self.pieces {
      let joy = numbers.slow(Self.seconds)
      try folder.table([("time", joy.indices.map(Double.init)), ("joy", joy)], "\(piece).csv")
      let common = Self.regions.map { _ in numbers.slow(Self.seconds) }
      for subject in ["ada", "bob", "cyd", "dan", "eve"] {
        let columns = zip(Self.regions, common).map { region, common in
          let own = numbers.slow(Self.seconds)
          let values = joy.indices.map { t in
            (2...4).reduce(0.5 * common[t] + 0.7 * own[t]) { sum, lag in
              sum + (t >= lag ? region.before * joy[t - lag] : 0) / 1.7
                + (t + lag < joy.count ? region.after * joy[t + lag] : 0) / 1.7
            }
          }
          return (name: region.name, values: values)
        }
        try folder.table(columns, "bold/\(piece)_\(subject).tsv")
      }
    }
  }
}
