import Foundation
import Testing

/// Sound beside sight, from files to rows: one rating follows the sound, one the sight, which sound is like.
@Suite struct ControlCommandTests {
  private static let films = ["f1", "f2", "f3", "f4"]

  private func warehouse() throws -> Program {
    let program = try Program()
    let folder = ToyFolder(path: program.folder)
    try program.succeed(["init", "toy.evoke"])
    var numbers = ToyNumbers(11)
    for film in Self.films {
      let (sight, own) = (numbers.slow(180, memory: 0.7), numbers.slow(180, memory: 0.7))
      let sound = zip(sight, own).map { 0.6 * $0 + 0.8 * $1 }
      func rated(_ x: [Double]) -> [Double] { zip(x, numbers.white(180)).map { $0 + $1 } }
      let time = (name: "time", values: sound.indices.map(Double.init))
      try folder.table([time, (name: "a", values: sound), (name: "v", values: sight)], "\(film).csv")
      try folder.table(
        [time, (name: "heard", values: rated(sound)), (name: "seen", values: rated(sight))], "rated_\(film).csv")
      let place = ["--stimulus", film, "--dataset", "toy"]
      try program.succeed(["import", "features", "\(film).csv", "--space", "sound=a", "--space", "sight=v"] + place)
      try program.succeed(["import", "annotations", "rated_\(film).csv"] + place)
    }
    return program
  }

  @Test func aCheckSaysWhatSoundTellsBeyondSight() throws {
    let program = try warehouse()
    try program.write(
      """
      study: beyond
      kind: covariate_control
      datasets: [toy]
      features: [{space: sound}]
      covariates: {space: sight}
      targets: [{annotation: heard}, {annotation: seen}]
      encoding: {delays_s: [0], position: none, outer: {leave_one: stimulus}, inner: {folds: 3}}
      statistics: {null: phase, draws: 99}
      """, "beyond.yaml")
    try program.succeed(["run", "beyond.yaml"])
    let checks = try program.rows(
      """
      SELECT f.target, c.pass, json_extract(c.observed, '$.regions'), json_extract(c.observed, '$.found_in[0]')
      FROM "check" c JOIN fit f USING (fit_key) WHERE c.name = 'the features explain what the covariates do not'
      ORDER BY f.target
      """)
    #expect(checks == [["heard", "1", "1", "heard"], ["seen", "0", "1", ""]], "\(checks)")
    // The check is made of the numbers in the view.
    let numbers = try program.rows(
      "SELECT target, unique_r2 > 0.1, p_unique <= .05, p_zeroed_banded <= .05 FROM covariate_control ORDER BY target")
    #expect(numbers.first == ["heard", "1", "1", "1"] && numbers.last?[1] == "0", "\(numbers)")
    // Of the model that penalises sight by itself both penalties are there, of the others none.
    let penalties = try program.rows(
      """
      SELECT covariate_mode, target, band, count(*), min(penalty) > 0, count(weight), max(folds_counted)
      FROM fold_penalty_detail GROUP BY covariate_mode, target, band ORDER BY target, band
      """)
    let expected = ["heard", "seen"].flatMap { target in
      ["sight", "sound"].map { ["zeroed_banded", target, $0, "4", "1", "0", "4"] }
    }
    #expect(penalties == expected, "\(penalties)")
    let lambdas = try program.rows(
      """
      SELECT count(*), count(DISTINCT p.fold) FROM fold_penalty_detail p
      JOIN fold_score_detail d ON d.target = p.target AND d.fold = p.fold AND d.covariate_mode = p.covariate_mode
        AND d.lambda = p.penalty
      WHERE p.band = 'sound'
      """)
    #expect(lambdas == [["8", "4"]], "\(lambdas)")
  }

  @Test func eachSetOfABandedModelHasItsPenaltyInEveryFold() throws {
    let program = try warehouse()
    try program.write(
      """
      study: both
      kind: layer_sweep
      datasets: [toy]
      features: [{space: sound}, {space: sight}]
      joint: [[sound, sight]]
      targets: [{annotation: heard}]
      encoding: {model: banded, delays_s: [0], position: none, outer: {leave_one: stimulus}, inner: {folds: 3}}
      statistics: {null: none}
      """, "both.yaml")
    func rows(_ model: String) throws -> [[String]] {
      let text = try String(contentsOfFile: program.folder + "/both.yaml", encoding: .utf8)
      try program.write(text.replacing("banded", with: model), "model.yaml")
      try program.succeed(["run", "model.yaml"])
      return try program.rows(
        """
        SELECT p.fold, count(*), abs(sum(d.lambda / p.penalty) - 1) < 1e-5, abs(sum(p.weight) - 1) < 1e-9
        FROM fold_penalty_detail p
        JOIN fold_score_detail d ON d.feature_set = p.feature_set AND d.fold = p.fold
        GROUP BY p.fold ORDER BY p.fold
        """)
    }
    // Shares of one lambda add up to it, weights of a stack to one; of ordinary ridge one lambda stands for all.
    #expect(try rows("banded") == (0..<4).map { ["\($0)", "2", "1", ""] })
    #expect(try rows("stacking") == (0..<4).map { ["\($0)", "2", "", "1"] })
    #expect(try rows("ridge").isEmpty)
  }
}
