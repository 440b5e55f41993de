import Foundation
import Testing

/// Synchrony in several windows and steps, from recordings to view: subjects who are alike while one feature is high, and
/// another feature that has nothing to do with them.
@Suite(.serialized) struct WindowCommandTests {
  private static let study = """
    study: windows
    kind: temporal_resolution
    datasets: [film]
    features: [{space: drive}, {space: idle}]
    targets: [{synchrony: {}}]
    encoding: {delays_s: [0]}
    statistics: {null: phase, draws: 99, family: [target, region], correction: [max]}
    temporal_resolution: {windows_s: [3, 5, 10], steps_s: [1, 2]}
    """

  private func warehouse(_ program: Program) throws {
    var film = CoupledFilm()
    try film.write(ToyFolder(path: program.folder))
    try program.succeed(["init", "film.evoke"])
    for stimulus in CoupledFilm.stimuli {
      try program.succeed([
        "import", "features", "\(stimulus).csv", "--dataset", "film", "--stimulus", stimulus, "--space", "drive=drive",
        "--space", "idle=idle", "-C", "film.evoke",
      ])
    }
    try program.succeed([
      "import", "eeg", "source/{stimulus}_{subject}.vhdr", "--dataset", "film", "--name", "source", "--onset-s", "0",
      "--any-amplitude", "-C", "film.evoke",
    ])
    try program.write(Self.study, "windows.yaml")
  }

  /// What drives synchrony predicts it in every window and step, on the same folds of the same seconds; the idle feature
  /// predicts it in none by the maximum over all of them.
  @Test func whatDrivesSynchronyPredictsItInEveryWindow() throws {
    let program = try Program()
    try warehouse(program)
    try program.succeed(["run", "windows.yaml", "--allow-invalid", "-C", "film.evoke"])
    let rows = try program.rows(
      """
      SELECT feature_set, window_s, step_s, r, null_sd, r_over_null_sd, mean_isc, effective_n, p_max, folds_total, lag_1
      FROM temporal_resolution ORDER BY feature_set, window_s, step_s
      """, in: "film.evoke")
    try #require(rows.count == 12, "\(rows)")
    let numbers = rows.map { $0.dropFirst().compactMap(Double.init) }
    #expect(numbers.allSatisfy { $0.count == 10 && $0[8] == 5 }, "\(rows)")
    for (row, values) in zip(rows, numbers) {
      #expect(abs(values[4] - values[2] / values[3]) < 1e-9 && values[5] > 0.05, "\(row)")
      #expect(row[0] == "drive" ? values[2] > 0.3 && values[7] <= 0.05 : values[7] > 0.05, "\(row)")
    }
    // A window of 10 s has fewer independent values than one of 3 s, and a wider null.
    let spread = zip(rows, numbers).filter { $0.0[0] == "idle" && Double($0.0[2]) == 1 }.map { $0.1[3] }
    #expect(spread.count == 3 && spread[0] < spread[2], "\(spread)")
    // Windows of 10 s that begin 1 s apart share more of their seconds than those of 3 s.
    let memory = zip(rows, numbers).filter { $0.0[0] == "idle" && Double($0.0[2]) == 1 }.map { $0.1[9] }
    #expect(memory.count == 3 && memory[0] < memory[1] && memory[1] < memory[2] && memory[2] < 1, "\(memory)")
    try seconds(program)
    let checks = try program.rows(
      "SELECT count(*), min(observed LIKE '%window_s%') FROM \"check\" WHERE name LIKE 'the best window%'",
      in: "film.evoke")
    #expect(checks == [["2", "1"]])
    try program.succeed(["plot", "temporal_resolution", "-o", "windows.svg", "-C", "film.evoke"])
    let figure = try String(contentsOfFile: program.folder + "/windows.svg", encoding: .utf8)
    #expect(figure.contains("window, s") && figure.contains("drive on source all"), "\(figure.prefix(2000))")
  }

  /// Every window's folds test the seconds in which the longest window fits.
  private func seconds(_ program: Program) throws {
    let rows = try program.rows(
      """
      SELECT d.fold, max(d.test_count) - min(d.test_count), count(*) FROM temporal_resolution t
      JOIN fold_score_detail d ON d.study = t.study AND d.feature_set = t.feature_set
        AND d.target_parameters = t.target_parameters
      WHERE t.feature_set = 'drive' AND t.step_s = 1 GROUP BY d.fold
      """, in: "film.evoke")
    // To a row of each of the two films: windows of odd length stand at half seconds.
    #expect(rows.count == 5 && rows.allSatisfy { (Int($0[1]) ?? 9) <= 2 && $0[2] == "3" }, "\(rows)")
  }
}

/// Two films with recordings of four subjects of one region, who have as much in common as the drive says.
struct CoupledFilm {
  static let stimuli = ["f1", "f2"]
  private static let (rate, seconds) = (16, 240)

  private var numbers = ToyNumbers(63)

  init() {}

  mutating func write(_ folder: ToyFolder) throws {
    for stimulus in Self.stimuli {
      let (drive, idle) = (
        numbers.slow(Self.seconds, memory: 0.9), numbers.slow(Self.seconds, memory: 0.9)
      )
      try folder.table(
        [("time", drive.indices.map(Double.init)), ("drive", drive), ("idle", idle)], "\(stimulus).csv")
      let common = numbers.white(Self.rate * Self.seconds)
      for subject in ["ada", "bob", "cyd", "dan"] {
        let own = numbers.white(common.count)
        let series = common.indices.map { i in 1.5 * common[i] / (1 + exp(-2 * drive[i / Self.rate])) + own[i] }
        try folder.recording([series], names: ["all"], rateHz: Double(Self.rate), "source/\(stimulus)_\(subject)")
      }
    }
  }
}
