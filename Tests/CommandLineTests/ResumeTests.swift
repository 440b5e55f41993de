import Foundation
import Testing

/// `evoke run` on small studies: cut off by kill -9 at any point, resumed, with one worker and with two.
@Suite(.serialized) struct ResumeTests {
  /// A study with everything it needs already imported.
  enum Example: String, CaseIterable {
    case synchrony, control

    /// Durable steps to be cut off at: registering, starting, then for each unit a task, a rename and a commit.
    var steps: [Int] { self == .synchrony ? [1, 3, 4, 6, 7, 9, 10, 12] : [2, 5, 8, 11] }

    var views: [String] {
      self == .synchrony ? ["synchrony_summary"] : ["encoding_score", "fold_score_detail", "covariate_control"]
    }
  }

  private func prepared(_ example: Example) throws -> Program {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    switch example {
    case .synchrony: try prepareSynchrony(program)
    case .control: try prepareControl(program)
    }
    return program
  }

  /// Four listeners of one story (Pie Man), three ways to look at their synchrony.
  private func prepareSynchrony(_ program: Program) throws {
    let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/fmri/pieman_4sub.h5").path
    try program.succeed([
      "import", "fmri", fixture, "--data", "bold", "--axes", "subject,time,region", "--tr-s", "1.5", "--stimulus",
      "pieman",
      "--dataset", "story", "--units", "au",
    ])
    try program.write(
      """
      study: story
      kind: isc_report
      datasets: [story]
      targets:
        - {synchrony: {window_s: 15, step_s: 1.5, method: pairwise}}
        - {synchrony: {window_s: 30, step_s: 1.5, method: leave_one_out}}
        - {synchrony: {window_s: 24, step_s: 3, method: pairwise}}
      statistics: {null: circular_shift, draws: 19, family: [region]}
      seed: 3
      """, "study.yaml")
  }

  /// Three stimuli with two feature spaces and two annotations, of which one follows the first space.
  private func prepareControl(_ program: Program) throws {
    var state: UInt64 = 1
    func noise() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 40) / Double(1 << 24) - 0.5
    }
    for clip in 0..<3 {
      var features = "time,f1,f2,v1\n"
      var ratings = "time,arousal,valence\n"
      var past: [[Double]] = [[0, 0, 0]]
      for second in 0..<150 {
        let now = past[past.count - 1].map { 0.8 * $0 + noise() }
        past.append(now)
        features += "\(second)," + now.map { String(format: "%.5f", $0) }.joined(separator: ",") + "\n"
        let earlier = past[max(past.count - 3, 0)]
        ratings += "\(second)," + String(format: "%.5f,%.5f\n", earlier[0] + earlier[1] + 0.3 * noise(), noise())
      }
      try program.write(features, "features-\(clip).csv")
      try program.write(ratings, "ratings-\(clip).csv")
      let common = ["--dataset", "toy", "--stimulus", "clip\(clip)"]
      try program.succeed(
        ["import", "features", "features-\(clip).csv", "--space", "sound=f1,f2", "--space", "sight=v1"] + common)
      try program.succeed(["import", "annotations", "ratings-\(clip).csv"] + common)
    }
    try program.write(
      """
      study: control
      kind: covariate_control
      datasets: [toy]
      features:
        - {space: sound}
      covariates: {space: sight, at_prediction: zero, penalty: banded}
      targets:
        - {annotation: arousal}
        - {annotation: valence}
      encoding: {model: ridge, delays_s: "1..2", lambdas: {log10: [-1, 3, 2]}, outer: {leave_one: stimulus}, inner: {folds: 2}}
      statistics: {null: phase, draws: 19, family: [target], correction: [max, bh]}
      seed: 3
      """, "study.yaml")
  }

  /// Every published row of a study, as text, in an order of its own.
  private func rows(_ program: Program, _ example: Example, in warehouse: String = "toy.evoke") throws -> [String] {
    try example.views.flatMap { view in
      let table = try program.succeed(["sql", "SELECT * FROM \(view)", "--format", "csv", "-C", warehouse]).output
      return table.split(whereSeparator: \.isNewline).map { "\(view): \($0)" }.sorted()
    }
  }

  @Test(arguments: Example.allCases)
  func cutOffAnywhereAStudyEndsWithTheSameRows(example: Example) throws {
    let program = try prepared(example)
    let fresh = program.folder + "/fresh.evoke"
    try FileManager.default.moveItem(atPath: program.folder + "/toy.evoke", toPath: fresh)
    let whole = program.folder + "/whole.evoke"
    try FileManager.default.copyItem(atPath: fresh, toPath: whole)
    try program.succeed(["run", "study.yaml", "-j", "1", "-C", whole])
    let expected = try rows(program, example, in: whole)
    #expect(expected.count > 6)

    for (round, step) in example.steps.enumerated() {
      let copy = program.folder + "/copy-\(step).evoke"
      try FileManager.default.copyItem(atPath: fresh, toPath: copy)
      let arguments = ["run", "study.yaml", "-j", "\(1 + round % 2)", "-C", copy]
      let cut = try program.run(arguments, ["EVOKE_CRASH_AT": String(step)])
      #expect(cut.reason == .uncaughtSignal && cut.status == SIGKILL, "step \(step)")
      let done = try program.run(arguments)
      #expect(done.status == 0, "step \(step): \(done.error)")
      #expect(try rows(program, example, in: copy) == expected, "step \(step)")
      let verified = try program.run(["verify", "-C", copy])
      #expect(verified.status == 0, "step \(step): \(verified.output)\(verified.error)")
      #expect(!FileManager.default.fileExists(atPath: copy + "/catalog.sqlite-wal"))
      try FileManager.default.removeItem(atPath: copy)
    }
  }

  @Test(arguments: Example.allCases)
  func aSecondRunDoesNothingAndAChangeSaysWhat(example: Example) throws {
    let program = try prepared(example)
    try program.succeed(["run", "study.yaml", "-j", "2"])
    let before = try rows(program, example)
    let again = try program.succeed(["run", "study.yaml", "-j", "2", "--json"])
    #expect(again.output.contains(#""computed":0"#))
    #expect(try rows(program, example) == before)
    #expect(try program.succeed(["plan", "study.yaml"]).output.contains("CACHED"))
    let text = try String(contentsOfFile: program.folder + "/study.yaml", encoding: .utf8)
    try program.write(text.replacingOccurrences(of: "draws: 19", with: "draws: 39"), "study.yaml")
    #expect(try program.succeed(["plan", "study.yaml"]).output.contains("draws: 19 -> 39"))
  }
}
