import Foundation
import Testing

/// Encoding studies from table to view: six stimuli, two layers, four raters of a value the first layer drives.
@Suite(.serialized) struct EncodingCommandTests {
  private static let seconds = 110
  private static let stimuli = (1...6).map { "s\($0)" }

  /// A version 1.0 .npy file of little-endian float32.
  static func npy(_ values: [Float], shape: [Int]) -> Data {
    var header =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (\(shape.map(String.init).joined(separator: ", "))), }"
    while (10 + header.utf8.count + 1) % 64 != 0 { header += " " }
    header += "\n"
    var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0])
    data.append(contentsOf: [UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)])
    data.append(contentsOf: Array(header.utf8))
    for value in values {
      for shift in [0, 8, 16, 24] { data.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift)) }
    }
    return data
  }

  /// Files of the six stimuli: `s1.npy` (time, layer, component), `s1.csv` (one column per rater).
  private func files(_ program: Program) throws {
    var numbers = UniformNumbers(state: 88_172_645_463_325_252)
    for stimulus in Self.stimuli {
      var features: [Float] = []
      var driven: [Double] = []
      for _ in 0..<Self.seconds {
        let row = (0..<6).map { _ in numbers.next() }
        features += row.map(Float.init)
        driven.append((row[0] + row[1] + row[2]) / 3.0.squareRoot())
      }
      let file = URL(fileURLWithPath: "\(program.folder)/\(stimulus).npy")
      try Self.npy(features, shape: [Self.seconds, 2, 3]).write(to: file)
      var table = "time,anna,ben,cleo,dora\n"
      for (second, value) in driven.enumerated() {
        let ratings = (0..<4).map { _ in String(format: "%.6f", value + numbers.next()) }
        table += "\(second)," + ratings.joined(separator: ",") + "\n"
      }
      try program.write(table, "\(stimulus).csv")
    }
    try program.write("time,artefact\n0,0\n10,1\n20,0\n\(Self.seconds - 1),0\n", "bad.csv")
    try program.write(Self.study("rated", extra: ""), "rated.yaml")
    try program.write(Self.study("twinned", extra: "twins: [position]"), "twinned.yaml")
    try program.write(Self.study("whole", extra: "filters: {exclude: none}"), "whole.yaml")
  }

  private static func study(_ name: String, extra: String) -> String {
    """
    study: \(name)
    kind: layer_sweep
    datasets: [toy]
    features: [{space: net, layers: all}]
    targets: [{annotation: driven}, {annotation: driven, rater: each}]
    encoding: {position: none, delays_s: {annotation: [0]}, outer: {folds: 5}, inner: {folds: 4}}
    statistics: {null: phase, draws: 19, family: [layer], correction: [max], contrasts: [{name: ab, a: {layer: a}, b: {layer: b}}]}
    \(extra)
    """
  }

  private func warehouse(_ program: Program, _ name: String, jobs: Int) throws {
    try program.succeed(["init", name])
    for stimulus in Self.stimuli {
      try program.succeed([
        "import", "features", "\(stimulus).npy", "--dataset", "toy", "--axes", "time,layer,component", "--rate-hz", "1",
        "--labels", "layer=a,b", "--model", "net", "--name", "net", "--stimulus", stimulus, "-C", name,
      ])
      try program.succeed([
        "import", "annotations", "\(stimulus).csv", "--dataset", "toy", "--raters", "wide", "--name", "driven",
        "--stimulus", stimulus, "-C", name,
      ])
    }
    try program.succeed([
      "import", "annotations", "bad.csv", "--dataset", "toy", "--kind", "bad_segment", "--stimulus", "s2", "-C", name,
    ])
    try program.succeed(["run", "rated.yaml", "-j", "\(jobs)", "-C", name])
  }

  @Test func ratersStimuliAndBadSegmentsReachTheViewsInOneOrder() throws {
    let program = try Program()
    try files(program)
    try warehouse(program, "one.evoke", jobs: 1)
    try warehouse(program, "two.evoke", jobs: 2)
    for view in [
      "encoding_score", "fold_score_detail", "layer_sweep", "layer_contrast", "group_score", "array_catalog", "lineage",
      "alignment_audit", "synchrony_summary", "covariate_control", "divergence_log",
    ] {
      let answers = try ["one.evoke", "two.evoke"].map {
        try program.succeed(["query", view, "--format", "csv", "-C", $0]).output
      }
      #expect(answers[0] == answers[1], "\(view) differs between -j 1 and -j 2")
    }
    try ceilings(program)
    try contrast(program)
    try twins(program)
    try badSegments(program)
  }

  /// Each rating is the value plus as much noise: the mean of four has reliability .8, one has r = .61 with the mean of the
  /// other three.
  private func ceilings(_ program: Program) throws {
    let mean = try program.rows(
      "SELECT r, noise_ceiling, r_normalised FROM encoding_score WHERE rater IS NULL AND layer_key = 'a'",
      in: "one.evoke")[0]
      .compactMap(Double.init)
    try #require(mean.count == 3)
    #expect(abs(mean[1] - 0.8.squareRoot()) < 0.03)
    #expect(abs(mean[2] - mean[0] / mean[1]) < 1e-9 && abs(mean[2] - 1) < 0.05)
    let each = try program.rows(
      "SELECT noise_ceiling, r_normalised FROM encoding_score WHERE rater IS NOT NULL AND layer_key = 'a'",
      in: "one.evoke")
    #expect(each.count == 4)
    for rater in each { #expect(abs((Double(rater[0]) ?? 0) - 0.612) < 0.08 && !rater[1].isEmpty) }
  }

  private func contrast(_ program: Program) throws {
    let row = try program.rows(
      "SELECT unit, unit_count, interval_kind, test, difference, low, high, p FROM layer_contrast WHERE rater IS NULL",
      in: "one.evoke")[
        0]
    #expect(Array(row[0..<4]) == ["fold", "5", "fold_corrected_t", "corrected_t"])
    let numbers = row[4...].compactMap(Double.init)
    #expect(numbers.count == 4 && numbers[1] > 0 && numbers[1] < numbers[0] && numbers[0] < numbers[2])
    #expect(numbers[3] < 0.01)
    let made = try program.rows(
      "SELECT folds_counted, folds_total, stimuli_counted, valid, origin, generalises_to FROM layer_contrast "
        + "WHERE rater IS NULL", in: "one.evoke")
    #expect(made == [["5", "5", "6", "1", "computed", "time like this of these stimuli"]])
    let checks = try program.rows(
      """
      SELECT DISTINCT pass, json_extract(observed, '$.regions'), json_extract(observed, '$.positive'),
        json_extract(observed, '$.supported')
      FROM "check" WHERE name LIKE '%: its first side predicts more in most regions'
      """, in: "one.evoke")
    #expect(checks == [["1", "1", "1", "1"]], "\(checks)")
    let peaks = try program.rows(
      "SELECT peak_share FROM layer_sweep WHERE rater IS NULL AND is_peak = 1 AND layer_key = 'a'", in: "one.evoke")
    #expect(peaks.count == 1 && (peaks.first?.first).flatMap(Double.init) == 1)
  }

  /// The layer that drives the value beats the time since the stimulus began, the other one does not. Position is beside
  /// every fit: asked for, it computes the comparison anew and nothing else.
  private func twins(_ program: Program) throws {
    let units = "SELECT count(*) FROM activity WHERE kind = 'unit' AND verb <> 'comparison'"
    let before = try program.rows(units, in: "one.evoke")
    try program.succeed(["run", "twinned.yaml", "-C", "one.evoke"])
    #expect(try program.rows(units, in: "one.evoke") == before)
    for view in ["layer_sweep", "encoding_score"] {
      let found = try program.rows(
        "SELECT layer_key, beats_twins, hardest_twin, twins FROM \(view) WHERE study = 'twinned' AND rater IS NULL "
          + "ORDER BY layer_key", in: "one.evoke")
      try #require(found.count == 2)
      #expect(found.map { $0[0] } == ["a", "b"] && found.allSatisfy { Array($0[2...]) == ["position", "position"] })
      let p = found.compactMap { Double($0[1]) }
      #expect(p.count == 2 && p[0] < 0.01 && p[1] > 0.05, "\(view) \(found)")
      let unasked = try program.rows(
        "SELECT DISTINCT beats_twins, hardest_twin, twins FROM \(view) WHERE study = 'rated'", in: "one.evoke")
      #expect(unasked == [["", "", ""]], "\(view)")
    }
    let compared = try program.rows(
      "SELECT s.r_position - t.r_twin, s.r - t.r FROM twin_comparison t JOIN encoding_score s USING (study, layer_key, target_parameters) "
        + "WHERE s.rater IS NULL AND t.rater IS NULL AND s.target_parameters NOT LIKE '%each%'", in: "one.evoke")
    // Every fold counts in both: the means are those of the scores, which are stored in double precision.
    #expect(compared.count == 2 && compared.allSatisfy { $0.allSatisfy { abs(Double($0) ?? 1) < 1e-6 } }, "\(compared)")
  }

  /// Ten seconds of one stimulus are left out, of the mean and of every rater, unless the study wants them.
  private func badSegments(_ program: Program) throws {
    try program.succeed(["run", "whole.yaml", "-C", "one.evoke"])
    let counts = try program.rows(
      "SELECT DISTINCT study, dropped_count, sample_count FROM encoding_score ORDER BY study", in: "one.evoke")
    #expect(counts == [["rated", "10", "650"], ["twinned", "10", "650"], ["whole", "0", "660"]])
    let used = try program.rows(
      "SELECT count(DISTINCT run_id), count(*) FROM alignment_audit WHERE series = 'driven' AND stimulus = 's1'",
      in: "one.evoke")
    #expect(used.first?.first == "3")
  }

  /// Three subjects rate three stimuli; two models of two layers each and two sets without.
  private func modelsAndSets(_ program: Program) throws {
    try program.succeed(["init", "toy.evoke"])
    var numbers = UniformNumbers(state: 123_581_321)
    for stimulus in ["s1", "s2", "s3"] {
      let place = ["--dataset", "toy", "--stimulus", stimulus]
      for model in ["net", "other"] {
        let file = URL(fileURLWithPath: program.folder + "/layers.npy")
        try Self.npy(numbers.list(110 * 4).map(Float.init), shape: [110, 2, 2]).write(to: file)
        try program.succeed(
          [
            "import", "features", "layers.npy", "--axes", "time,layer,component", "--rate-hz", "1", "--labels",
            "layer=a,b", "--model", model, "--name", model,
          ] + place)
      }
      let rows = (0..<110).map { "\($0),\(numbers.next()),\(numbers.next())" }
      try program.write("time,x,z\n" + rows.joined(separator: "\n") + "\n", "sets.csv")
      try program.succeed(["import", "features", "sets.csv", "--space", "x=x", "--space", "z=z"] + place)
      let ratings = ["p", "q", "r"].flatMap { who in (0..<110).map { "\($0),\(numbers.next()),\(who)" } }
      try program.write("time,own,who\n" + ratings.joined(separator: "\n") + "\n", "own.csv")
      try program.succeed(["import", "annotations", "own.csv", "--subject", "who"] + place)
    }
  }

  @Test("sets are contrasted once, layers of every model by themselves, and joint models carry their layers")
  func contrastsOfSeveralModels() throws {
    let program = try Program()
    try modelsAndSets(program)
    try program.write(
      """
      study: several
      kind: layer_sweep
      datasets: [toy]
      features: [{space: net, layers: all}, {space: other, layers: all}, {space: x}, {space: z}]
      targets: [{annotation: own, rater: each}]
      joint: [[net, x]]
      encoding: {position: none, delays_s: [0], outer: {folds: 4}, inner: {folds: 3}}
      statistics:
        null: phase
        draws: 9
        contrasts: [{name: sets, a: {set: x}, b: {set: z}}, {name: deep, a: {set: x}, b: {layer: a}}]
      """, "several.yaml")
    try program.succeed(["run", "several.yaml"])
    let contrasts = try program.rows(
      """
      SELECT c.name, f.feature_set, count(*), count(c.subject_count), max(c.subject_count)
      FROM contrast c JOIN fit f USING (fit_key) GROUP BY 1, 2 ORDER BY 1, 2
      """)
    // One for each subject, and over them the corrected t and the t.
    let each = ["5", "2", "3"]
    #expect(contrasts == [["deep", "net"] + each, ["deep", "other"] + each, ["sets", "x"] + each], "\(contrasts)")
    let joint = try program.rows(
      "SELECT DISTINCT feature_set FROM encoding_score WHERE feature_set LIKE '%+%' ORDER BY 1")
    #expect(joint == [["net/a + x"], ["net/b + x"]])
    let groups = try program.rows("SELECT DISTINCT subject_count, stimulus_count FROM group_test")
    #expect(groups == [["3", "3"]], "\(groups)")
  }
}
