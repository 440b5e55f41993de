import Foundation
import Testing

/// `evoke run` on a small study: cut off by kill -9 at any point, resumed, with any number of workers.
@Suite(.serialized) struct ResumeTests {
  /// A warehouse with three stimuli, two feature spaces and two annotations, and a study over them.
  private func prepared() throws -> Program {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
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
        ratings += "\(second),\(String(format: "%.5f,%.5f", earlier[0] + earlier[1] + 0.3 * noise(), noise()))\n"
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
    return program
  }

  @Test func interruptedAnywhereTheStudyEndsWithTheSameRows() throws {
    let program = try prepared()
    let whole = program.folder + "/toy.evoke"
    let fresh = program.folder + "/fresh.evoke"
    try FileManager.default.copyItem(atPath: whole, toPath: fresh)
    try program.succeed(["run", "study.yaml", "-j", "1", "-C", whole])
    let expected = try rows(program, in: whole)
    #expect(expected.count > 8)

    for (round, step) in [1, 3, 5, 7, 8, 9, 10, 11, 13, 16, 19].enumerated() {
      let copy = program.folder + "/copy-\(step).evoke"
      try FileManager.default.copyItem(atPath: fresh, toPath: copy)
      let arguments = ["run", "study.yaml", "-j", "\(1 + round % 2)", "-C", copy]
      let cut = try program.run(arguments, ["EVOKE_CRASH_AT": String(step)])
      #expect(cut.reason == .uncaughtSignal && cut.status == SIGKILL, "step \(step)")
      let done = try program.run(arguments)
      #expect(done.status == 0, "step \(step): \(done.error)")
      #expect(try rows(program, in: copy) == expected, "step \(step)")
      #expect(try program.run(["verify", "-C", copy]).status == 0, "step \(step)")
      try FileManager.default.removeItem(atPath: copy)
    }
  }

  @Test func aSecondRunDoesNothing() throws {
    let program = try prepared()
    try program.succeed(["run", "study.yaml", "-j", "2"])
    let before = try rows(program)
    let again = try program.succeed(["run", "study.yaml", "-j", "2", "--json"])
    #expect(again.output.contains(#""computed":0"#))
    #expect(try rows(program) == before)
    let plan = try program.succeed(["plan", "study.yaml"])
    #expect(plan.output.contains("CACHED"))
  }

  @Test func aChangedNumberOfDrawsSaysSo() throws {
    let program = try prepared()
    try program.succeed(["run", "study.yaml"])
    let text = try String(contentsOfFile: program.folder + "/study.yaml", encoding: .utf8)
    try program.write(text.replacingOccurrences(of: "draws: 19", with: "draws: 39"), "study.yaml")
    let plan = try program.succeed(["plan", "study.yaml"])
    #expect(plan.output.contains("draws: 19 -> 39"))
  }

  /// Every published row the study gives, as text, in an order of its own.
  private func rows(_ program: Program, in warehouse: String = "toy.evoke") throws -> [String] {
    try ["encoding_score", "fold_score_detail", "covariate_control", "group_score"].flatMap { view in
      let table = try program.succeed(["sql", "SELECT * FROM \(view)", "--format", "csv", "-C", warehouse]).output
      return table.split(separator: "\n").map { "\(view): \($0)" }.sorted()
    }
  }
}
