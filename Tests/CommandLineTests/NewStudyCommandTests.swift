import Foundation
import Kinds
import Testing

/// `evoke new study KIND` for every kind that is computed.
@Suite struct NewStudyCommandTests {
  private static let kinds = StudyKinds.all.grammar.kinds.filter(StudyKinds.all.grammar.isComputed).map(\.name)

  private func prepared() throws -> Program {
    let program = try Program()
    var table = "time_s,a,b,c,d\n"
    for second in 0..<240 {
      let values = (1...4).map { (column: Int) -> Double in
        let (fast, slow) = (Double(second * column * column), Double(second + column))
        return sin(fast * 0.37) + cos(slow * 0.11)
      }
      table += "\(second)," + values.map { String(format: "%.5f", $0) }.joined(separator: ",") + "\n"
    }
    for song in ["one", "two", "three"] { try program.write(table, "\(song).csv") }
    try program.write(
      """
      simulation: toy
      dataset: 'the songs: 1, 2'
      stimuli: [one, two, three]
      seed: 2
      annotations:
        raters: 2
        targets: [{name: joy, set: timbre}]
      responses:
        subjects: 3
        targets: [{name: temporal, set: timbre}]
      """, "toy.yaml")
    try program.succeed(["init", "toy.evoke"])
    let spaces = ["--space", "timbre=a,b", "--space", "rhythm=c,d"]
    try program.succeed(
      ["import", "features", "one.csv", "two.csv", "three.csv", "--dataset", "the songs: 1, 2"] + spaces)
    try program.succeed(["simulate", "toy.yaml", "-o", "made"])
    try program.succeed([
      "import", "annotations", "made/annotations/joy.csv", "--raters", "wide", "--stimulus", "stimulus", "--dataset",
      "the songs: 1, 2",
    ])
    try program.succeed([
      "import", "fmri", "made/responses/{stimulus}.h5", "--data", "bold", "--axes", "subject,time,region",
      "--rate-attr", "rate_hz", "--labels", "subject=subject", "--labels", "region=region", "--units", "au",
      "--onset-s", "0", "--dataset", "the songs: 1, 2",
    ])
    return program
  }

  @Test func `a draft of every kind is a study of what the warehouse holds`() throws {
    let program = try prepared()
    var drafted: [String] = []
    for kind in Self.kinds {
      let draft = try program.run(["new", "study", kind, "-o", "\(kind).yaml"])
      if draft.status != 0 {
        #expect(draft.status == 66 && draft.error.contains("E-STU-011"), "\(kind): \(draft.error)")
        continue
      }
      drafted.append(kind)
      let plan = try program.run(["plan", "\(kind).yaml"])
      #expect(plan.status == 0, "\(kind): \(plan.error)")
      #expect(plan.output.contains("units"), "\(kind): \(plan.output)")
      // What it leaves out stands there as a comment.
      let text = try String(contentsOfFile: "\(program.folder)/\(kind).yaml", encoding: .utf8)
      #expect(text.contains("\n# seed: 1 ") && text.contains("datasets: ['the songs: 1, 2']"), "\(text)")
      #expect(try program.succeed(["new", "study", kind]).output == text)
    }
    // No sound is there to take apart or to vary, no second network or cohort, no study's maps; of everything else there is some.
    let lacking = [
      "element_ablation", "architecture_comparison", "controlled_synthesis", "cohort_comparison", "gradient_map",
    ]
    #expect(drafted == Self.kinds.filter { !lacking.contains($0) })
    let again = try program.run(["new", "study", Self.kinds[0], "-o", "\(Self.kinds[0]).yaml"])
    #expect(again.status == 73 || again.error.contains("replaces no file"))
  }

  @Test func `what is missing is named with the command that brings it`() throws {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    for kind in Self.kinds {
      let answer = try program.run(["new", "study", kind])
      #expect(answer.status == 66 && answer.error.contains("E-STU-011") && answer.error.contains("evoke import"))
    }
    #expect(try program.run(["new", "study", "layer_swep"]).error.contains("layer_sweep"))
    let prepared = try prepared()
    #expect(
      try prepared.run(["new", "study", "layer_sweep", "--dataset", "the songs: 1, 3"]).error.contains(
        "the songs: 1, 2"))
  }
}
