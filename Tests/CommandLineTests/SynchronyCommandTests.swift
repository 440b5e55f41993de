import Foundation
import Testing

/// Signals, methods, cohorts and the figure of synchrony, as a user types them.
@Suite struct SynchronyCommandTests {
  private let recording = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/synchrony/fractal_10sub.h5").path

  private func imported() throws -> Program {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    try program.succeed([
      "import", "eeg", recording, "--data", "eeg", "--axes", "subject,time,channel", "--rate-hz", "64", "--labels",
      "channel=ch_names", "--labels", "subject=subjects", "--units", "uV", "--stimulus", "fractal", "--onset-s", "0",
      "--dataset", "film",
    ])
    return program
  }

  private func run(_ program: Program, _ name: String, _ lines: [String]) throws -> (status: Int32, error: String) {
    let head = ["study: \(name.replacing(".yaml", with: ""))", "kind: isc_report", "datasets: [film]"]
    try program.write((head + lines).joined(separator: "\n"), name)
    let ending = try program.run(["run", name])
    return (ending.status, ending.error)
  }

  private func csv(_ program: Program, _ sql: String) throws -> [String] {
    try program.succeed(["sql", sql, "--format", "csv"]).output.split(whereSeparator: \.isNewline).dropFirst().map(
      String.init)
  }

  @Test("The test of synchrony finds planted synchrony, and little where subjects have nothing in common")
  func calibration() throws {
    let program = try imported()
    let lines = ["targets: [{synchrony: {window_s: 5, band: [8, 12]}}]", "statistics: {draws: 99}"]
    let head = ["study: isc", "kind: isc_report", "datasets: [film]"]
    try program.write((head + lines).joined(separator: "\n"), "isc.yaml")
    let asked = ["calibrate", "isc.yaml", "--runs", "20", "--r", "0.3", "--draws", "19"]
    #expect(try program.succeed(asked).error.contains("planted r 0.3 found in"))
    #expect(
      try csv(
        program,
        "SELECT quantity, scope, count(*), min(runs), min(stimulus), max(valid_share) FROM calibration GROUP BY 1, 2")
        == [
          "mean_isc,cell,16,20,fractal,1", "mean_isc,family,2,20,fractal,1", "static_isc,cell,16,20,fractal,1",
          "static_isc,family,2,20,fractal,1",
        ])
    // Of 160 tests of nothing, 8 regions of a run together; two subjects correlate by what is planted.
    #expect(
      try csv(
        program,
        """
        SELECT planted_r, sum(rate <= 0.15), sum(rate_max <= 0.25), sum(rate >= 0.9), sum(abs(mean_score - planted_r) < 0.03)
        FROM calibration WHERE scope = 'family' GROUP BY 1 ORDER BY 1
        """
      ).map { $0.split(separator: ",").dropFirst().joined(separator: ",") } == ["2,2,0,2", "0,0,2,2"])
    #expect(try program.succeed(asked).error.contains(" 0 computed"))
    #expect(try program.succeed(["run", "isc.yaml"]).error.contains("calibration of static_isc, "))
    let other = lines[0].replacing("band: [8, 12]", with: "band: [8, 12], method: corrca")
    try program.write((head + [other, lines[1]]).joined(separator: "\n"), "components.yaml")
    let refused = try program.run(["calibrate", "components.yaml"])
    #expect(refused.status == 64 && refused.error.contains("E-ENC-011"))
  }

  @Test("Subjects with a missing volume are not in the static value, and their rows say so")
  func missing() throws {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    // Region A lacks a volume of four of seven subjects, region B of one, region C of none.
    for subject in 1...7 {
      let lines = (0..<80).map { row in
        let value = sin(Double(row * row)) + cos(Double(row * subject * (row + 7)))
        let (a, b) = (row == 10 * subject && subject > 3, row == 33 && subject == 5)
        return "\(a ? "n/a" : "\(value)"),\(b ? "n/a" : "\(-value)"),\(value * value)"
      }
      try program.write((["A,B,C"] + lines).joined(separator: "\n"), "s\(subject).csv")
    }
    try program.succeed([
      "import", "fmri", "s{subject}.csv", "--tr-s", "1", "--stimulus", "film", "--onset-s", "0", "--dataset", "film",
    ])
    #expect(try run(program, "static.yaml", ["targets: [{synchrony: {}}]", "statistics: {draws: 19}"]).status == 0)
    #expect(
      try csv(
        program,
        "SELECT region, subject_count, static_subject_count, low IS NULL, valid, flags FROM synchrony_summary ORDER BY region"
      ) == ["A,7,3,1,0,few_subjects most_subjects_left_out", "B,7,6,0,1,subjects_left_out", "C,7,7,0,1,"])
  }

  @Test("Every signal and method gives its rows, arrays and figure, and a second run does nothing")
  func signals() throws {
    let program = try imported()
    let targets = [
      "targets:", "  - {synchrony: {window_s: 5, band: [8, 12]}}",
      "  - {synchrony: {window_s: 5, signal: de, band: alpha, method: leave_one_out}}",
      "  - {synchrony: {window_s: 5, signal: envelope, band: theta}}",
      "  - {synchrony: {window_s: 5, band: [8, 12], method: corrca}}", "statistics: {draws: 99}",
    ]
    #expect(try run(program, "signals.yaml", targets).status == 0)
    #expect(
      try csv(
        program,
        """
        SELECT signal, band, method, count(*), sum(p > 0), min(subject_count), sum(mean_isc_p_max > 0), sum(low < high),
          max(high_pass_s) FROM synchrony_summary GROUP BY 1, 2, 3
        """)
        == [
          "de,alpha,leave_one_out,8,8,10,8,8,120", "envelope,theta,pairwise,8,8,10,8,8,120",
          "source,8-12,corrca,4,4,10,4,,120", "source,8-12,pairwise,8,8,10,8,8,120",
        ])
    #expect(
      try csv(program, "SELECT DISTINCT method, valid, flags FROM synchrony_summary ORDER BY 1")
        == ["corrca,1,components_fitted", "leave_one_out,1,", "pairwise,1,"])
    // 20 s at 10 Hz and 1 Hz without the filter's reach of both ends.
    #expect(
      try csv(program, "SELECT DISTINCT rate_hz, shape FROM array_catalog WHERE kind = 'signal' ORDER BY 1")
        == ["1,\"[18,8]\"", "10,\"[182,8]\"", "64,\"[1280,8]\""])
    #expect(try csv(program, "SELECT count(*) FROM synchrony_summary WHERE cross_validated_isc IS NOT NULL") == ["4"])
    #expect(try program.run(["run", "signals.yaml"]).error.contains(" 0 computed"))
    let drifting = [
      "targets:", "  - {synchrony: {window_s: 4, step_s: 1, high_pass_s: none}}", "statistics: {draws: 19}",
    ]
    let ending = try run(program, "drifting.yaml", drifting)
    #expect(ending.status == 0 && ending.error.contains("8 of 8 rows are not to be reported (valid = 0): drift_kept 8"))
    #expect(
      try csv(program, "SELECT count(*), max(valid), max(flags) FROM synchrony_summary WHERE high_pass_s IS NULL")
        == ["8,0,drift_kept"])
    try program.succeed([
      "plot", "synchrony", "fractal", "--where", "window_s=4", "--where", "signal=source", "-o", "grey.svg",
    ])
    #expect(
      try String(contentsOfFile: program.folder + "/grey.svg", encoding: .utf8).contains("drift_kept (8 rows)"))
    let several = try program.run(["plot", "synchrony", "fractal", "--where", "window_s=5", "-o", "figure.svg"])
    #expect(several.status != 0 && several.error.contains("4 fit: cohort="), "\(several.error)")
    try program.succeed(["plot", "synchrony", "fractal", "--where", "signal=de", "-o", "figure.svg"])
    let drawn = try String(contentsOfFile: program.folder + "/figure.svg", encoding: .utf8)
    #expect(drawn.contains("Synchrony of film during fractal") && drawn.contains("mean over regions"))
    try program.succeed(["verify", "--level", "2"])
  }

  @Test("Cohorts of a report are compared within and between")
  func cohorts() throws {
    let program = try imported()
    let names = try csv(program, "SELECT DISTINCT subject FROM array_catalog WHERE kind = 'recording' ORDER BY 1")
    #expect(names.count == 10)
    let rows = names.enumerated().map { "\($1),\($0 < 4 ? "young" : "old")" }
    try program.write((["subject,group"] + rows).joined(separator: "\n"), "participants.csv")
    try program.succeed(["import", "participants", "participants.csv", "--dataset", "film"])
    let lines = [
      "targets:", "  - {synchrony: {window_s: 5, method: leave_one_out}}", "statistics: {draws: 99}",
      "filters: {group_by: group}",
    ]
    #expect(try run(program, "groups.yaml", lines).status == 0)
    #expect(
      try csv(
        program,
        "SELECT quantity, count(*), min(n_a), min(n_b), min(paired), min(test), sum(p > 0), min(comparable) "
          + "FROM cohort_comparison GROUP BY 1 ORDER BY 1")
        == ["between_isc,8,6,4,1,permuted_cohorts,8,1", "static_isc,8,6,4,1,permuted_cohorts,8,1"])
    #expect(try csv(program, "SELECT count(*) FROM array_catalog WHERE kind = 'synchrony_between'") == ["1"])
  }

  @Test("A difference without a p says why")
  func unsure() throws {
    let program = try imported()
    let names = try csv(program, "SELECT DISTINCT subject FROM array_catalog WHERE kind = 'recording' ORDER BY 1")
    let rows = names.enumerated().map { "\($1),\($0 < 5 ? "young" : "old")" }
    try program.write((["subject,group"] + rows).joined(separator: "\n"), "participants.csv")
    try program.succeed(["import", "participants", "participants.csv", "--dataset", "film"])
    let channel = try csv(program, "SELECT label FROM recording_channel ORDER BY position LIMIT 1")[0]
    // Three of either cohort are left in this channel: a permutation may leave two.
    let excluded = [0, 1, 5, 6].map { "\(names[$0]),\(channel),noise" }
    try program.write((["subject,channel,reason"] + excluded).joined(separator: "\n"), "exclusions.csv")
    try program.succeed(["import", "exclusions", "exclusions.csv", "--dataset", "film"])
    let lines = ["targets:", "  - {synchrony: {window_s: 5}}", "statistics: {draws: 99}", "filters: {group_by: group}"]
    #expect(try run(program, "groups.yaml", lines).status == 0)
    let found = try csv(
      program,
      "SELECT quantity, region = '\(channel)', sum(p IS NULL), sum(coalesce(reason, '') LIKE 'in some permutation%'), max(valid) "
        + "FROM cohort_comparison GROUP BY 1, 2 ORDER BY 1, 2")
    let right = ["between_isc,0,0,0,1", "between_isc,1,1,1,0", "static_isc,0,0,0,1", "static_isc,1,1,1,0"]
    #expect(found == right, "\(found)")
    #expect(try csv(program, "SELECT count(*) FROM cohort_comparison WHERE p IS NULL AND reason IS NULL") == ["0"])
  }

  @Test("Exclusions that hold of nothing are told, and those that hold are not")
  func idle() throws {
    let program = try imported()
    let someone = try csv(program, "SELECT min(subject) FROM array_catalog WHERE kind = 'recording'")[0]
    let channel = try csv(program, "SELECT label FROM recording_channel ORDER BY position LIMIT 1")[0]
    let rows = [
      "\(someone),,\(channel),,,noise", ",fractal,,1,2,a door", "\(someone),,\(channel)x,,,noise", "nobody,,,,,asleep",
      "\(someone),,,99999,100000,late",
    ]
    try program.write(
      (["subject,stimulus,channel,onset_s,offset_s,reason"] + rows).joined(separator: "\n"), "artefacts.csv")
    try program.succeed(["import", "exclusions", "artefacts.csv", "--dataset", "film"])
    let study = ["study: isc", "kind: isc_report", "datasets: [film]", "targets: [{synchrony: {window_s: 5}}]"]
    try program.write(study.joined(separator: "\n"), "all.yaml")
    let told = try program.succeed(["plan", "all.yaml"]).error
    let expected =
      "exclusion list artefacts: 3 of its 5 rows hold of nothing in dataset film: subject \(someone) channel "
      + "\(channel)x, subject nobody, subject \(someone) 99999.0 s to 100000.0 s"
    #expect(told.contains(expected), "\(told)")
    try program.write((study + ["filters: {exclude: none}"]).joined(separator: "\n"), "none.yaml")
    #expect(try !program.succeed(["plan", "none.yaml"]).error.contains("exclusion list"))
  }

  @Test("Bands beyond the rate, pairs of one subject and second values of short windows are refused")
  func refused() throws {
    let program = try imported()
    let gamma = try run(program, "gamma.yaml", ["targets: [{synchrony: {band: gamma}}]"])
    #expect(gamma.status != 0 && gamma.error.contains("E-ELE-001"))
    let pairs = try run(program, "pairs.yaml", ["targets: [{synchrony: {level: subject}}]"])
    #expect(pairs.status != 0 && pairs.error.contains("leave_one_out"))
    let short = try run(program, "short.yaml", ["targets: [{synchrony: {signal: de, window_s: 2}}]"])
    #expect(short.status != 0 && short.error.contains("window_s"))
    // One stimulus: nothing to exchange.
    let clips = try run(
      program, "clips.yaml", ["targets: [{synchrony: {window_s: 5}}]", "statistics: {null: clip_shuffle, draws: 99}"])
    #expect(clips.status == 75)
  }
}
