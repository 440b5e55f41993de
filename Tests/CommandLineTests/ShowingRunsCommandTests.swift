import Foundation
import Testing

/// Which showings count in a study, and how runs are left out.
@Suite struct ShowingRunsCommandTests: StudyCommandTests {
  @Test("showings are averaged before runs are left out, so that no tested stimulus is trained on")
  func runsAreLeftOut() throws {
    let program = try films([["r1", "r2"], ["r3", "r4"]])
    try program.succeed(["run", "runs.yaml"])
    try program.succeed(["run", "films.yaml"])
    #expect(try abs(r(program, "runs")) < 0.25)
    #expect(try r(program, "runs") == r(program, "films"))
    let checks = try program.rows(
      """
      SELECT c.name, c.expected, c.pass, json_extract(c.observed, '$.overlap'),
        replace(json_extract(c.observed, '$.folds[0].test_stimuli'), '"', ''),
        replace(json_extract(c.observed, '$.folds[0].train_stimuli'), '"', '')
      FROM "check" c JOIN fit USING (fit_key)
      """)
    let check = ["no tested second in training", "overlap 0", "1", "0", "[film0]", "[film1]"]
    #expect(checks == [check, check])
  }

  @Test("runs that share stimuli are taken apart by force, and the row is not to be reported")
  func runsTakenApart() throws {
    let program = try films([["r1", "r2"], ["r1", "r2"]])
    let forced = try String(contentsOfFile: program.folder + "/runs.yaml", encoding: .utf8)
      .replacing("acquisition_run", with: "overlapping_run")
    try program.write(forced, "average.yaml")
    let refused = try program.run(["run", "average.yaml"])
    #expect(refused.status != 0 && refused.error.contains("repeats: separate"), "\(refused.error)")
    try program.write(forced + "filters: {repeats: separate}\n", "forced.yaml")
    let unfit = try program.run(["run", "forced.yaml"])
    #expect(unfit.status == 65 && unfit.error.contains("trained_on_test") && unfit.error.contains("--allow-invalid"))
    try program.succeed(["run", "forced.yaml", "--allow-invalid"])
    #expect(try r(program, "runs") > 0.25)
    let rows = try program.rows("SELECT valid, flags LIKE '%trained_on_test%' FROM encoding_score")
    #expect(rows == [["0", "1"]])
    #expect(try program.rows("SELECT pass FROM \"check\" JOIN fit USING (fit_key)") == [["0"]])
    // Apart, but left out by stimulus: nothing of a film is trained on where it is tested.
    let clean = forced.replacing("overlapping_run", with: "stimulus").replacing("study: runs", with: "study: apart")
    try run(program, "apart", clean + "filters: {repeats: separate}\n")
    #expect(try abs(r(program, "apart")) < 0.25)
    #expect(try program.rows("SELECT valid FROM encoding_score WHERE study = 'apart'") == [["1"]])
  }

  @Test("runs that share all stimuli cannot be left out, stimuli can")
  func runsThatShareStimuli() throws {
    let program = try films([["r1", "r2"], ["r1", "r2"]])
    let refused = try program.run(["run", "runs.yaml"])
    #expect(refused.status != 0)
    #expect(refused.error.contains("share stimuli"), "\(refused.error)")
    try program.succeed(["run", "films.yaml"])
  }
}
