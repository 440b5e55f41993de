import Foundation
import Testing

/// What could not be tested is not told as if nothing had been found: subjects whose recordings end at different seconds have
/// neither draws nor folds in common.
@Suite struct UntestedCheckTests {
  private static let fitted = "position: none, gap_s: 3, inner: {folds: 3}, lambdas: {log10: [-2, 3, 1]}"
  private static let films = ["f1", "f2", "f3"]

  private func warehouse(lastRows: Int) throws -> Program {
    let program = try Program()
    let folder = ToyFolder(path: program.folder)
    try program.succeed(["init", "toy.evoke"])
    for (place, film) in Self.films.enumerated() {
      var numbers = ToyNumbers(UInt64(place + 31))
      let (x, y) = (numbers.slow(90, memory: 0.3), numbers.slow(90, memory: 0.3))
      let time = (name: "time", values: x.indices.map(Double.init))
      try folder.table([time, (name: "x", values: x), (name: "y", values: y)], "\(film).csv")
      try folder.table([time, (name: "joy", values: x)], "joy_\(film).csv")
      let at = ["--dataset", "d", "--stimulus", film]
      try program.succeed(["import", "features", "\(film).csv", "--space", "x=x", "--space", "y=y"] + at)
      try program.succeed(["import", "annotations", "joy_\(film).csv"] + at)
      for person in ["ann", "bea", "cai"] {
        let values = zip(zip(x, y), numbers.white(90)).map { $0.0 + $0.1 + $1 }
        let rows = person == "cai" ? lastRows : 90
        try folder.table([(name: "region", values: Array(values.prefix(rows)))], "\(film)_\(person).tsv")
      }
    }
    try program.succeed([
      "import", "fmri", "{stimulus}_{subject}.tsv", "--dataset", "d", "--name", "bold", "--tr-s", "1", "--onset-s",
      "0", "--units", "au",
    ])
    try program.write(
      """
      study: hearing
      kind: audio_to_brain
      datasets: [d]
      features: [{space: x}, {space: y}]
      targets: [{response: bold, level: subject}]
      encoding: {delays_s: [0], \(Self.fitted)}
      statistics: {draws: 19, family: [region], correction: [max]}
      """, "hearing.yaml")
    try program.write(
      """
      study: directions
      kind: emotion_to_brain
      datasets: [d]
      features: [{annotation: joy}]
      targets: [{response: bold, level: subject}]
      emotion_to_brain: {delays_s: [1, 2]}
      encoding: {\(Self.fitted), outer: {folds: 4}}
      statistics: {draws: 9}
      """, "directions.yaml")
    for study in ["hearing", "directions"] { try program.succeed(["run", "\(study).yaml", "--allow-invalid"]) }
    return program
  }

  private static let checks = """
    SELECT count(*) FROM "check" WHERE name LIKE 'the set explains%' OR name LIKE 'one direction%'
    """

  @Test func whereNothingWasTestedThereIsNoCheckAndNoRowOfTheTestMayBeReported() throws {
    let program = try warehouse(lastRows: 80)
    #expect(try program.rows(Self.checks) == [["0"]])
    let untested = try program.rows(
      """
      SELECT DISTINCT test, p IS NULL, df1 IS NULL, valid, folds_counted > 0 FROM group_score
      WHERE test = 'group_phase' OR quantity = 'future_minus_past' ORDER BY test
      """)
    #expect(
      untested.filter { $0[0] != "t" } == [["corrected_t", "1", "1", "0", "0"], ["group_phase", "1", "1", "0", "1"]],
      "\(untested)")
    // A t over subjects is of each one's own folds.
    let overSubjects = untested.filter { $0[0] == "t" }
    #expect(!overSubjects.isEmpty && overSubjects.allSatisfy { $0[1] == "0" && $0[4] == "1" }, "\(untested)")
  }

  @Test func whereRowsAreAlikeTheTestsAreThere() throws {
    let program = try warehouse(lastRows: 90)
    let tested = try program.rows(
      """
      SELECT DISTINCT test, p IS NULL FROM group_score
      WHERE test = 'group_phase' OR quantity = 'future_minus_past' ORDER BY test
      """)
    #expect(tested == [["corrected_t", "0"], ["group_phase", "0"], ["t", "0"]], "\(tested)")
  }
}
