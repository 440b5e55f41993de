import Foundation
import Testing

/// What two sets of features explain of recorded responses, from tables and recordings to views and figure: a region that
/// follows both, one that follows the second, one that follows neither.
@Suite(.serialized) struct AudioToBrainCommandTests {
  private static let study = """
    study: hearing
    kind: audio_to_brain
    datasets: [pieces]
    features: [{space: envelope}, {space: timbre}]
    targets:
      - {response: bold, level: subject}
      - {response: eeg, level: subject, delays_s: [0, 1]}
    encoding: {}
    statistics: {draws: 63, family: [region], correction: [max]}
    """

  private func warehouse(_ program: Program) throws {
    var pieces = ToyPieces()
    try pieces.write(ToyFolder(path: program.folder))
    try program.succeed(["init", "pieces.evoke"])
    for piece in ToyPieces.pieces {
      try program.succeed([
        "import", "features", "\(piece).csv", "--dataset", "pieces", "--stimulus", piece, "--space", "envelope=e",
        "--space", "timbre=a,b", "-C", "pieces.evoke",
      ])
    }
    try program.succeed([
      "import", "fmri", "bold/{stimulus}_{subject}.tsv", "--dataset", "pieces", "--name", "bold", "--tr-s", "1",
      "--onset-s", "0", "--units", "au", "-C", "pieces.evoke",
    ])
    try program.succeed([
      "import", "eeg", "eeg/{stimulus}_{subject}.vhdr", "--dataset", "pieces", "--name", "eeg", "--onset-s", "0",
      "--any-amplitude", "-C", "pieces.evoke",
    ])
    try program.write(Self.study, "hearing.yaml")
  }

  /// Each set is found where it was planted, over subjects and by the maximum over regions, and nowhere else.
  @Test func eachSetIsFoundInTheRegionsThatFollowIt() throws {
    let program = try Program()
    try warehouse(program)
    try program.succeed(["run", "hearing.yaml", "--allow-invalid", "-C", "pieces.evoke"])
    let rows = try program.rows(
      """
      SELECT target, feature_set, region, test, mean, p, p_max, subject_count, tail,
        replace(generalises_to, ',', ' and')
      FROM group_score WHERE quantity = 'unique_r2' ORDER BY target, feature_set, region, test
      """, in: "pieces.evoke")
    try #require(rows.count == 2 * 2 * 3 * 4, "\(rows)")
    for row in rows {
      let (target, set, region, test) = (row[0], row[1], row[2], row[3])
      let isPlanted = ToyPieces.weights[region]?[set == "envelope" ? 0 : 1] ?? 0 > 0
      let mean = try #require(Double(row[4]))
      #expect(row[7] == "6" && row[8] == "greater", "\(row)")
      #expect(isPlanted ? mean > 0.03 : mean < 0.03, "\(row)")
      if test == "wilcoxon", isPlanted { #expect(try #require(Double(row[5])) <= 0.05, "\(row)") }
      if ["t", "wilcoxon"].contains(test) {
        #expect(row[6].isEmpty && row[9] == "subjects and these stimuli", "\(row)")
        continue
      }
      let pMax = try #require(Double(row[6]), "\(row)")
      #expect(isPlanted ? pMax <= 0.05 : pMax > 0.05, "\(target) \(row)")
      #expect(row[9] == (test == "sign_flip" ? "subjects and these stimuli" : "these subjects and these stimuli"))
    }
    try shares(program)
    let checks = try program.rows(
      """
      SELECT f.target, f.feature_set, c.pass, json_array_length(c.observed, '$.found_in')
      FROM "check" c JOIN fit f USING (fit_key) WHERE c.name LIKE 'the set explains%' ORDER BY 1, 2
      """, in: "pieces.evoke")
    #expect(
      checks == [
        ["bold", "envelope", "1", "1"], ["bold", "timbre", "1", "2"], ["eeg", "envelope", "1", "1"],
        ["eeg", "timbre", "1", "2"],
      ])
    try program.succeed([
      "plot", "regions", "group_score", "--target", "bold", "--where", "quantity=unique_r2", "--where",
      "test=group_phase", "--where", "feature_set=timbre", "-o", "timbre.svg", "-C", "pieces.evoke",
    ])
    try program.succeed(["consent", "pieces", "controlled", "--reason", "data agreement", "-C", "pieces.evoke"])
    let one = try program.run([
      "plot", "regions", "unique_variance", "--target", "bold", "--where", "feature_set=timbre", "--where",
      "subject=ada",
      "-o", "ada.png", "-C", "pieces.evoke",
    ])
    #expect(one.status == 0, "\(one.error)")
  }

  /// Every subject has a row for each set and region; what is unique and what is shared make R² of the set alone, and each
  /// piece is left out once.
  private func shares(_ program: Program) throws {
    let rows = try program.rows(
      """
      SELECT count(*), min(folds_total), max(folds_total), min(other_sets = iif(feature_set = 'timbre', 'envelope', 'timbre')),
        max(abs(mean_of_group - mean_of_subjects)) FROM (
        SELECT v.*, avg(v.unique_r2) OVER (PARTITION BY v.target, v.feature_set, v.region) AS mean_of_subjects,
          (SELECT g.mean FROM group_score g WHERE g.quantity = 'unique_r2' AND g.test = 'sign_flip'
            AND g.target = v.target AND g.feature_set = v.feature_set AND g.region = v.region) AS mean_of_group
        FROM unique_variance v)
      """, in: "pieces.evoke")
    try #require(rows.count == 1)
    #expect(Array(rows[0].prefix(4)) == ["72", "3", "3", "1"], "\(rows)")
    #expect((Double(rows[0][4]) ?? 1) < 1e-6, "\(rows)")
  }

  @Test func aGroupsMeanOrOneSetIsRefused() throws {
    let program = try Program()
    try warehouse(program)
    for (from, to, told) in [
      ("{response: bold, level: subject}", "{response: bold}", "Write `level: subject`"),
      ("[{space: envelope}, {space: timbre}]", "[{space: envelope}]", "two or three sets"),
      ("{response: bold, level: subject}", "{annotation: joy}", "takes no `annotation`"),
      ("encoding: {}", "encoding: {}\naudio_to_brain: {sets: 2}", "no keys of its own"),
    ] {
      try program.write(Self.study.replacing(from, with: to), "wrong.yaml")
      let refused = try program.run(["plan", "wrong.yaml", "-C", "pieces.evoke"])
      #expect(refused.status == 78 && refused.error.contains(told), "\(refused.error)")
    }
  }
}

/// Three pieces, and of six subjects responses of three regions to each: a volume a second, 3 to 6 s behind the features, and
/// recordings that follow them at once.
struct ToyPieces {
  static let pieces = ["p1", "p2", "p3"]
  static let subjects = ["ada", "bob", "cyd", "dan", "eve", "fay"]
  /// Of envelope and timbre, by region.
  static let weights = [
    "superiortemporal-lh": [0.7, 0.7], "superiorfrontal-lh": [0, 0.8], "cuneus-lh": [0, 0],
  ]
  private static let (seconds, rate) = (160, 8)

  private var numbers = ToyNumbers(29)

  init() {}

  mutating func write(_ folder: ToyFolder) throws {
    let regions = Self.weights.sorted { $0.key < $1.key }
    for piece in Self.pieces {
      let features = (0..<3).map { _ in numbers.slow(Self.seconds) }
      try folder.table(
        [
          ("time", features[0].indices.map(Double.init)), ("e", features[0]), ("a", features[1]), ("b", features[2]),
        ], "\(piece).csv")
      let common = regions.map { _ in numbers.slow(Self.seconds) }
      for subject in Self.subjects {
        let driven = regions.indices.map { i in
          let own = numbers.slow(Self.seconds)
          let noise = zip(common[i], own).map { 0.5 * $0 + 0.6 * $1 }
          return (regions[i].value, noise)
        }
        func series(_ delays: [Int]) -> [(name: String, values: [Double])] {
          zip(regions, driven).map { region, driven in
            let values = driven.1.indices.map { t in
              driven.1[t]
                + delays.filter { t >= $0 }.reduce(0.0) {
                  $0 + (driven.0[0] * features[0][t - $1] + driven.0[1] * features[1][t - $1])
                    / Double(delays.count).squareRoot()
                }
            }
            return (region.key, values)
          }
        }
        try folder.table(series([3, 4, 5, 6]), "bold/\(piece)_\(subject).tsv")
        let held = series([0]).map { $0.values.flatMap { Array(repeating: $0, count: Self.rate) } }
        try folder.recording(
          held, names: regions.map(\.key), rateHz: Double(Self.rate), "eeg/\(piece)_\(subject)")
      }
    }
  }
}
