import Foundation
import Testing

/// Two networks of three layers on the responses of four subjects: the analysis of variance of parts of their depth by model.
@Suite struct DepthEffectCommandTests {
  private static let study = """
    study: depths
    kind: architecture_comparison
    datasets: [film]
    features: [{space: first}, {space: second}]
    targets: [{response: bold, level: subject, delays_s: [0]}]
    encoding: {position: none, outer: {folds: 4}, inner: {folds: 3}}
    statistics: {draws: 19, family: [region]}
    architecture_comparison: {bins: 2}
    """
  /// Noise of the layers: the first network knows more the deeper, the second the same throughout.
  private static let noises = ["first": [3, 1, 0.2], "second": [1, 1, 1]]
  private static let subjects = ["ada", "bob", "cyd", "dan"]

  private func computed() throws -> Program {
    let program = try Program()
    let folder = ToyFolder(path: program.folder)
    var numbers = ToyNumbers(41)
    let seconds = 240
    try program.succeed(["init", "film.evoke"])
    let drive = numbers.slow(seconds)
    for (network, noises) in Self.noises.sorted(by: { $0.key < $1.key }) {
      let layers = noises.map { noise in zip(drive, numbers.slow(seconds)).map { $0 + noise * $1 } }
      try folder.array((0..<seconds).flatMap { t in layers.map { $0[t] } }, shape: [seconds, 3, 1], "\(network).npy")
      try program.succeed([
        "import", "features", "\(network).npy", "--dataset", "film", "--stimulus", "f1", "--axes",
        "time,layer,component", "--rate-hz", "1", "--labels", "layer=a,b,c", "--model", network, "--name", network,
        "-C",
        "film.evoke",
      ])
    }
    for subject in Self.subjects {
      let own = numbers.slow(seconds)
      try folder.table([("V1", zip(drive, own).map { $0 + 0.7 * $1 })], "f1_\(subject).tsv")
    }
    try program.succeed([
      "import", "fmri", "{stimulus}_{subject}.tsv", "--dataset", "film", "--name", "bold", "--tr-s", "1", "--onset-s",
      "0", "--units", "au", "-C", "film.evoke",
    ])
    try program.write(Self.study, "depths.yaml")
    try program.succeed(["run", "depths.yaml", "-j", "1", "--allow-invalid", "-C", "film.evoke"])
    return program
  }

  @Test func `F is that of the layers' scores, and p is of draws that all subjects have`() throws {
    let program = try computed()
    let rows = try program.rows(
      """
      SELECT effect, f, df1, df2, p_uncorrected, p_gg, p, subject_count, quantity, region, null_draws, level_count
      FROM anova ORDER BY effect
      """, in: "film.evoke")
    try #require(rows.map { $0[0] } == ["model", "rel_depth_bin", "rel_depth_bin:model"], "\(rows)")
    let scores = try program.rows(
      "SELECT subject, feature_set, rel_depth, r FROM encoding_score", in: "film.evoke")
    func z(_ subject: String, _ network: String, deep: Bool) throws -> Double {
      let values = scores.filter { $0[0] == subject && $0[1] == network && (Double($0[2]) ?? 0 >= 0.5) == deep }
        .compactMap { Double($0[3]) }
      try #require(values.count == (deep ? 2 : 1))
      return values.map { atanh($0) }.reduce(0, +) / Double(values.count)
    }
    let signs = [
      "model": (1.0, -1.0, 1.0, -1.0), "rel_depth_bin": (-1, -1, 1, 1), "rel_depth_bin:model": (1, -1, -1, 1),
    ]
    for row in rows {
      let sign = try #require(signs[row[0]])
      let contrasts = try Self.subjects.map { subject in
        try sign.0 * z(subject, "first", deep: false) + sign.1 * z(subject, "second", deep: false)
          + sign.2 * z(subject, "first", deep: true) + sign.3 * z(subject, "second", deep: true)
      }
      let mean = contrasts.reduce(0, +) / 4
      let f = mean * mean / (contrasts.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 3 / 4)
      let found = try #require(Double(row[1]))
      // Scores are kept as float32.
      #expect(abs(found / f - 1) < 1e-3, "\(row) \(f)")
      #expect(row[2] == "1" && row[3] == "3" && row[4] == row[5], "\(row)")
      let p = try #require(Double(row[6]))
      #expect((p * 20).rounded() == p * 20 || abs(p * 20 - (p * 20).rounded()) < 1e-9, "\(row)")
      #expect(Array(row[7...10]) == ["4", "r", "V1", "19"], "\(row)")
    }
    // What was planted: the first network rises with its depth, the second does not.
    #expect(try #require(Double(rows[2][4])) < 0.01 && rows[2][11] == "4")
  }
}
