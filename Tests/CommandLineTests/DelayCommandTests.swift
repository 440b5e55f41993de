import Foundation
import Testing

/// Which delays count in a study.
@Suite struct DelayCommandTests: StudyCommandTests {
  @Test("of delays that nobody names the training rows of every fold choose one, which stands with the fold")
  func automaticDelays() throws {
    let program = try rated()
    var numbers = UniformNumbers(state: 362_436_069)
    let names = (0..<30).map { "w\($0)" }.joined(separator: ",")
    for stimulus in ["s1", "s2"] {
      try program.write(table(names, (0..<30).map { _ in numbers.list(120) }), "wide-\(stimulus).csv")
      try program.succeed([
        "import", "features", "wide-\(stimulus).csv", "--dataset", "d", "--stimulus", stimulus, "--space",
        "wide=" + names,
      ])
    }
    func fitted(_ name: String, delays: String, _ features: String) throws -> [[String]] {
      try run(
        program, name,
        study(
          name, features: features, statistics: "{null: none, lags_s: [0, 2]}",
          encoding: "{position: none, \(delays)outer: {folds: 4}, inner: {folds: 3}}"))
      return try program.rows(
        "SELECT replace(delays_s, ',', ' '), delay_shape, r FROM encoding_score WHERE study = '\(name)'")
    }
    let all = "[0 1 2 3 4 5 6 7 8]"
    let one = try fitted("many", delays: "", "[{space: anna}]")
    #expect(one[0][..<2] == [all, "chosen"], "\(one)")
    let list = try fitted("list", delays: "delays_s: \"0..8\", ", "[{space: anna}]")
    #expect(list[0][..<2] == [all, "single"] && list[0][2] != one[0][2], "\(list)")
    let wide = try fitted("wide", delays: "delays_s: auto, ", "[{space: wide}]")
    #expect(wide[0][..<2] == [all, "chosen"], "\(wide)")
    // The target is the feature of the same second, with noise.
    let found = try program.rows(
      """
      SELECT study, count(*), count(delay_s), min(delay_s) >= 0, max(delay_s) <= 8, sum(delay_s) = 0
      FROM fold_score_detail GROUP BY study ORDER BY study
      """)
    #expect(
      found.map { $0[..<5] } == [
        ["list", "4", "0", "", ""], ["many", "4", "4", "1", "1"], ["wide", "4", "4", "1", "1"],
      ])
    #expect(found[1][5] == "1", "\(found)")
    let methods = try program.succeed(["export", "methods", "--study", "many"]).output
    #expect(methods.contains("at one delay, found by the training rows of every fold, of 0, 1, 2"), "\(methods)")
    let lags = try program.rows("SELECT study, CAST(lag_s AS INTEGER) FROM lag_sweep ORDER BY study, lag_s")
    #expect(lags == ["list", "many", "wide"].flatMap { [[$0, "0"], [$0, "2"]] })
  }

  @Test("the delay that carries a score is found, every delay counted in the maximum")
  func lagSearch() throws {
    let program = try rated()
    try run(
      program, "lags", study("lags", features: "[{space: anna}]", statistics: "{draws: 39, lags_s: \"0..3\"}"))
    let rows = try program.rows(
      """
      SELECT CAST(lag_s AS INTEGER), is_peak, p <= p_max + 0.05, p_max <= 0.05, null_kind, null_draws, valid, folds_counted
      FROM lag_sweep ORDER BY lag_s
      """)
    #expect(rows.map { $0[0] } == ["0", "1", "2", "3"] && rows.map { $0[1] } == ["1", "0", "0", "0"])
    #expect(rows.allSatisfy { $0[2] == "1" && $0[4...] == ["phase", "39", "1", "4"] }, "\(rows)")
    #expect(rows.map { $0[3] } == ["1", "0", "0", "0"], "\(rows)")
    try program.succeed(["plot", "lag", "--target", "y", "-o", "lags.svg"])
    let figure = try String(contentsOfFile: program.folder + "/lags.svg", encoding: .utf8)
    #expect(figure.matches(of: /<circle\b/).count == 4 && figure.contains("anna"))
    let none = try program.run(["plot", "lag", "--target", "z", "-o", "none.svg"])
    #expect(none.status != 0 && none.error.contains("E-QRY-009"))
  }

  @Test("lags of joint sets have rows, and sets without layers are contrasted")
  func jointLagsAndContrasts() throws {
    let program = try rated()
    try run(
      program, "joint",
      study(
        "joint", features: "[{space: both}, {space: anna}]",
        statistics:
          "{null: none, lags_s: [0, 1], contrasts: [{name: gain, a: {set: anna}, b: {set: both}}]}",
        more: "joint: [[both, anna]]"))
    let lags = try program.rows("SELECT feature_set, count(*) FROM lag_score JOIN fit USING (fit_key) GROUP BY 1")
    #expect(lags == [["anna", "2"], ["both", "2"], ["both + anna", "2"]])
    let gain = try program.rows("SELECT contrast, difference > 0 FROM layer_contrast")
    #expect(gain == [["gain", "1"]])
  }
}
