import Foundation
import Testing

/// Layers of three networks over their depth, from arrays to view and figure: two whose middle knows most, one all of whose
/// layers know the same.
@Suite(.serialized) struct ArchitectureCommandTests {
  private static let study = """
    study: networks
    kind: architecture_comparison
    datasets: [film]
    features: [{space: first}, {space: second}, {space: flat}]
    targets: [{annotation: driven}, {annotation: idle}]
    encoding: {delays_s: [0], outer: {folds: 8}, inner: {folds: 4}}
    statistics: {null: none}
    architecture_comparison: {bins: 4}
    """

  private func warehouse(_ program: Program) throws {
    var networks = ToyNetworks()
    try networks.write(ToyFolder(path: program.folder))
    try program.succeed(["init", "film.evoke"])
    for stimulus in ToyNetworks.stimuli {
      for network in ToyNetworks.noises.keys.sorted() {
        try program.succeed([
          "import", "features", "\(network)/\(stimulus).npy", "--dataset", "film", "--stimulus", stimulus, "--axes",
          "time,layer,component", "--rate-hz", "1", "--labels", "layer=a,b,c,d,e", "--model", network, "--name",
          network,
          "-C", "film.evoke",
        ])
      }
      try program.succeed([
        "import", "annotations", "\(stimulus).csv", "--dataset", "film", "--stimulus", stimulus, "-C", "film.evoke",
      ])
    }
    try program.write(Self.study, "networks.yaml")
  }

  /// The middle of both networks is above their end, that of the flat one is not, and of what nothing drives nothing is told.
  @Test func theMiddleIsFoundAboveTheEndWhereItKnowsMore() throws {
    let program = try Program()
    try warehouse(program)
    try program.succeed(["run", "networks.yaml", "--allow-invalid", "-C", "film.evoke"])
    let rows = try program.rows(
      """
      SELECT target, model, rel_depth_bin, layer_count, r, low, high, middle_minus_final, p, q_bh,
        middle_minus_final_low, folds_counted
      FROM architecture_comparison ORDER BY target, model, rel_depth_bin
      """, in: "film.evoke")
    try #require(rows.count == 24, "\(rows)")
    let driven = rows.filter { $0[0] == "driven" }
    for row in driven {
      let values = row.dropFirst(2).compactMap(Double.init)
      try #require(values.count == 10 && values[9] == 8, "\(row)")
      #expect(values[3] <= values[2] && values[2] <= values[4], "\(row)")
      // Depths 0, .25, .5, .75 and 1: the last two stand in one part.
      #expect(values[1] == (values[0] > 0.75 ? 2 : 1), "\(row)")
      if row[1] == "flat" {
        #expect(values[6] > 0.05 && abs(values[5]) < 0.2, "\(row)")
      } else {
        #expect(values[5] > 0.3 && values[6] < 0.01 && values[7] < 0.05 && values[8] > 0, "\(row)")
      }
    }
    for row in rows where row[0] == "idle" { #expect((Double(row[8]) ?? 0) > 0.05, "\(row)") }
    try sameAsItsLayers(program)
    let checks = try program.rows(
      """
      SELECT f.target, c.pass, json_extract(c.observed, '$.models'), json_extract(c.observed, '$.middle_above_final') >= 2,
        json_extract(c.observed, '$.with_p_of_05'), json_extract(c.observed, '$.sign_test_p') <= 0.5
      FROM "check" c JOIN fit f USING (fit_key) WHERE c.name = 'the middle of most models is above their end'
        AND f.target = 'driven'
      """, in: "film.evoke")
    #expect(checks == [["driven", "1", "3", "1", "2", "1"]])
    try program.succeed(["plot", "architecture_comparison", "-o", "networks.svg", "-C", "film.evoke"])
    let figure = try String(contentsOfFile: program.folder + "/networks.svg", encoding: .utf8)
    #expect(figure.contains("relative depth") && figure.contains("second (original)"), "\(figure.prefix(2000))")
  }

  /// A part with one layer has that layer's own r where all folds count, and the difference is that of a contrast of layers.
  private func sameAsItsLayers(_ program: Program) throws {
    let apart = try program.rows(
      """
      SELECT max(abs(a.r - s.r)), count(*) FROM architecture_comparison a
      JOIN layer_sweep s USING (study, target, model)
      WHERE a.layer_count = 1 AND a.target = 'driven' AND s.rel_depth >= a.bin_low AND s.rel_depth < a.bin_high
      """, in: "film.evoke")
    try #require(apart.count == 1 && apart[0][1] == "9", "\(apart)")
    #expect((Double(apart[0][0]) ?? 1) < 1e-6, "\(apart)")
    let contrasts = try program.rows(
      """
      SELECT DISTINCT a.model, abs(a.middle_minus_final - c.difference) < 1e-12, a.p = c.p
      FROM architecture_comparison a JOIN layer_contrast c USING (study, target, model)
      WHERE c.contrast = 'middle_minus_final' ORDER BY 1
      """, in: "film.evoke")
    #expect(contrasts == [["first", "1", "1"], ["flat", "1", "1"], ["second", "1", "1"]])
  }

  @Test func oneNetworkIsNoComparison() throws {
    let program = try Program()
    try warehouse(program)
    for features in ["[{space: first}]", "[{space: first, layers: [a, e]}, {set: lld12}]"] {
      try program.write(
        Self.study.replacing("[{space: first}, {space: second}, {space: flat}]", with: features), "one.yaml")
      let refused = try program.run(["plan", "one.yaml", "-C", "film.evoke"])
      #expect(refused.status == 78 && refused.error.contains("two models or more"), "\(refused.error)")
    }
    try program.write(Self.study + "\n", "typo.yaml")
    try program.write(Self.study.replacing("{bins: 4}", with: "{bin: 4}"), "typo.yaml")
    let unknown = try program.run(["plan", "typo.yaml", "-C", "film.evoke"])
    #expect(unknown.status == 78 && unknown.error.contains("`bins`"), "\(unknown.error)")
  }
}

/// Two films with three networks of five layers, each layer what drives the ratings with noise of a strength of its own.
struct ToyNetworks {
  static let stimuli = ["f1", "f2"]
  /// Standard deviation of the noise of every layer, by network.
  static let noises = [
    "first": [2, 1.5, 0.3, 0.3, 1.6], "second": [1.5, 1, 0.5, 0.4, 2], "flat": [1, 1, 1, 1, 1],
  ]
  private static let seconds = 400

  private var numbers = ToyNumbers(17)

  init() {}

  mutating func write(_ folder: ToyFolder) throws {
    for stimulus in Self.stimuli {
      let drive = numbers.slow(Self.seconds)
      for (network, noises) in Self.noises.sorted(by: { $0.key < $1.key }) {
        let layers = noises.map { noise in
          let own = numbers.slow(Self.seconds)
          return [zip(drive, own).map { $0 + noise * $1 }, numbers.slow(Self.seconds)]
        }
        try folder.array(
          (0..<Self.seconds).flatMap { t in layers.flatMap { $0.map { $0[t] } } }, shape: [Self.seconds, 5, 2],
          "\(network)/\(stimulus).npy")
      }
      let rated = zip(drive, numbers.slow(Self.seconds, memory: 0.3)).map { $0 + 0.5 * $1 }
      try folder.table(
        [
          ("time", drive.indices.map(Double.init)), ("driven", rated), ("idle", numbers.slow(Self.seconds)),
        ], "\(stimulus).csv")
    }
  }
}
