import Foundation
import Testing

/// A study's own false positives and power, from files to view.
@Suite(.serialized) struct CalibrationCommandTests {
  private static let seconds = 120
  private static let stimuli = (1...4).map { "s\($0)" }

  /// Two slow features of four stimuli and ratings that follow the first of them.
  private func warehouse(_ program: Program) throws {
    try program.succeed(["init", "toy.evoke"])
    var numbers = UniformNumbers(state: 2_463_534_242)
    for stimulus in Self.stimuli {
      var (a, b, noise) = (0.0, 0.0, 0.0)
      var features = "time,a,b\n"
      var ratings = "time,value\n"
      for second in 0..<Self.seconds {
        (a, b, noise) = (0.8 * a + numbers.next(), 0.8 * b + numbers.next(), 0.8 * noise + numbers.next())
        features += String(format: "%d,%.6f,%.6f\n", second, a, b)
        ratings += String(format: "%d,%.6f\n", second, a + noise)
      }
      try program.write(features, "\(stimulus)-features.csv")
      try program.write(ratings, "\(stimulus)-ratings.csv")
      try program.succeed([
        "import", "features", "\(stimulus)-features.csv", "--dataset", "toy", "--space", "sound=a,b", "--stimulus",
        stimulus, "-C", "toy.evoke",
      ])
      try program.succeed([
        "import", "annotations", "\(stimulus)-ratings.csv", "--dataset", "toy", "--name", "driven", "--stimulus",
        stimulus, "-C", "toy.evoke",
      ])
    }
    try program.write(Self.study, "toy.yaml")
  }

  private static let study = """
    study: toy
    kind: layer_sweep
    datasets: [toy]
    features: [{space: sound}]
    targets: [{annotation: driven}]
    encoding: {delays_s: {annotation: [0, 1]}, lambdas: {log10: [-2, 2, 2]}, outer: {leave_one: stimulus}, inner: {folds: 4}}
    statistics: {null: phase, draws: 99, family: [target], correction: [max]}
    """

  private static let runs = ["--runs", "60", "--r", "0.15", "0.5", "--draws", "19", "-C", "toy.evoke"]

  @Test func aDesignHasItsFalsePositivesAndPowerAsRows() throws {
    let program = try Program()
    try warehouse(program)
    let dry = try program.succeed(["calibrate", "toy.yaml", "--dry-run"] + Self.runs)
    #expect(dry.output.contains("units to compute"))
    // Nothing was computed here: a time would be made up.
    let plan = try program.succeed(["plan", "toy.yaml", "--estimate", "-C", "toy.evoke"]).output
    #expect(plan.contains("how long they take is not known") && !plan.contains("about"), "\(plan)")
    #expect(try program.rows("SELECT count(*) FROM calibration", in: "toy.evoke") == [["0"]])
    let first = try program.succeed(["calibrate", "toy.yaml", "-j", "2"] + Self.runs)
    #expect(first.error.contains("cost: ") && first.error.contains("10 computed"))
    try rates(program)
    try again(program)
    try besideResults(program)
    try taken(program)
  }

  /// Where nothing is planted p rejects within the bounds of a binomial of .05, and power rises with the planted score.
  private func rates(_ program: Program) throws {
    let rows = try program.rows(
      "SELECT scope, scenario, planted_r, runs, null_draws, rate, se, rate_max, valid_share, mean_score FROM calibration "
        + "ORDER BY scope, planted_r", in: "toy.evoke")
    try #require(rows.count == 6)
    #expect(rows.map { $0[0] } == ["cell", "cell", "cell", "family", "family", "family"])
    let scenarios = ["planted_nothing", "planted_r", "planted_r"]
    #expect(rows.map { $0[1] } == scenarios + scenarios)
    #expect(rows.allSatisfy { $0[3] == "60" && $0[4] == "19" })
    let numbers = rows.map { $0[5...].compactMap(Double.init) }
    try #require(numbers.allSatisfy { $0.count == 5 })
    // 9 of 60 and more are as rare at .05 as 3.1 standard errors.
    #expect(numbers[0][0] <= 9.0 / 60)
    #expect(numbers[0][0] < numbers[1][0] && numbers[1][0] < numbers[2][0] && numbers[2][0] > 0.9)
    for row in numbers { #expect(abs(row[1] - (row[0] * (1 - row[0]) / 60).squareRoot()) < 1e-9) }
    // One cell is its own family, whose maximum is the cell itself.
    #expect(numbers.allSatisfy { abs($0[2] - $0[0]) <= 4.0 / 60 })
    // Of four short stimuli some surrogates leave folds too small, or share a course by chance.
    #expect(numbers.allSatisfy { $0[3] > 0.4 && $0[3] <= 1 })
    // The true model's score is the planted one; the fitted model comes close, from below where there is little to learn.
    #expect(abs(numbers[0][4]) < 0.06 && (0.02..<0.17).contains(numbers[1][4]) && abs(numbers[2][4] - 0.5) < 0.06)
  }

  /// A second calibration computes nothing, more workers change no key, and more runs only add theirs.
  private func again(_ program: Program) throws {
    let keys = try program.rows(
      "SELECT unit_key FROM unit WHERE step LIKE 'calibration%' ORDER BY unit_key", in: "toy.evoke")
    let second = try program.succeed(["calibrate", "toy.yaml", "-j", "1"] + Self.runs)
    #expect(second.error.contains("0 computed"))
    let same = try program.rows(
      "SELECT unit_key FROM unit WHERE step LIKE 'calibration%' ORDER BY unit_key", in: "toy.evoke")
    #expect(same == keys)
    let more = try program.succeed([
      "calibrate", "toy.yaml", "--runs", "80", "--r", "0.5", "--draws", "19", "-C", "toy.evoke",
    ])
    // Twenty runs of either world, and the rates.
    #expect(more.error.contains("3 computed"))
    let current = try program.rows(
      "SELECT DISTINCT scenario, runs FROM calibration ORDER BY scenario", in: "toy.evoke")
    #expect(current == [["planted_nothing", "80"], ["planted_r", "80"]])
  }

  /// The rates stand beside the study's own scores, whose run stays the current one.
  private func besideResults(_ program: Program) throws {
    let run = try program.succeed(["run", "toy.yaml", "-C", "toy.evoke"])
    #expect(run.error.contains("calibration of r, ") && run.error.contains("planted r 0.5 found in"))
    let beside = try program.rows(
      "SELECT e.study, e.false_positive_rate = c.rate, e.false_positive_se = c.se FROM encoding_score e "
        + "JOIN calibration c ON c.scope = 'cell' AND c.planted_r = 0", in: "toy.evoke")
    #expect(beside == [["toy", "1", "1"]])
    try program.succeed(["calibrate", "toy.yaml"] + Self.runs)
    #expect(try program.rows("SELECT count(*) FROM encoding_score", in: "toy.evoke") == [["1"]])
    try program.succeed(["verify", "--level", "3", "-C", "toy.evoke"])
  }

  /// A study that tests nothing, and one of synchrony alone, say why; an import taken out takes its calibration along.
  private func taken(_ program: Program) throws {
    try program.write(Self.study.replacingOccurrences(of: "null: phase, draws: 99", with: "null: none"), "none.yaml")
    let none = try program.run(["calibrate", "none.yaml", "-C", "toy.evoke"])
    #expect(none.status != 0 && none.error.contains("E-ENC-011"))
    #expect(try program.run(["calibrate", "toy.yaml", "--r", "1.5", "-C", "toy.evoke"]).status == 64)
    try program.succeed(["forget", "s1-ratings.csv", "--cascade", "-C", "toy.evoke"])
    #expect(try program.rows("SELECT count(*) FROM calibration_rate", in: "toy.evoke") == [["0"]])
  }
}
