import Testing

/// Sets whose predictions are weighed, the parts of three of them, and what their columns weigh.
@Suite struct StackingCommandTests: StudyCommandTests {
  /// 300 s of a rating that follows one of three sets by a second.
  private func film() throws -> Program {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    var numbers = UniformNumbers(state: 88_172_645_463_325_252)
    let sets = (0..<3).map { _ in numbers.list(300) }
    let y = (0..<300).map { 2 * ($0 > 0 ? 10 * sets[0][$0 - 1] : 0) + 5 * numbers.next() }
    try program.write(table("a,b,c", [sets[0].map { 10 * $0 }, sets[1], sets[2]]), "x.csv")
    try program.write(table("y", [y]), "y.csv")
    let place = ["--dataset", "d", "--stimulus", "film"]
    try program.succeed(
      ["import", "features", "x.csv", "--space", "a=a", "--space", "b=b", "--space", "c=c"] + place)
    try program.succeed(["import", "annotations", "y.csv", "--name", "y"] + place)
    return program
  }

  @Test func theDrivingSetIsWeighedAndItsWeightIsFoundInItsUnits() throws {
    let program = try film()
    try run(
      program, "stacked",
      study(
        "stacked", features: "[{space: a}, {space: b}, {space: c}]", more: "joint: [[a, b, c]]",
        encoding: "{model: stacking, position: none, delays_s: [0, 1, 2], outer: {folds: 4}, inner: {folds: 3}, "
          + "store: [scores, weights]}"))
    let parts = try program.rows(
      """
      SELECT feature_set, unique_r2 > 0.8, abs(shared_r2) < 0.1, others_shared_r2 IS NOT NULL, abs(common_r2) < 0.1
      FROM unique_variance ORDER BY 1
      """)
    #expect(parts == [["a", "1", "1", "1", "1"], ["b", "0", "1", "1", "1"], ["c", "0", "1", "1", "1"]])
    let sum = try program.rows(
      """
      SELECT abs(sum(unique_r2) + sum(others_shared_r2) + max(common_r2) - max(total_r2)) < 1e-9 FROM unique_variance
      """)
    #expect(sum == [["1"]])
    let arrays = try program.rows(
      """
      SELECT kind, replace(shape, ',', ' '), count(*) FROM array_catalog
      WHERE kind IN ('weight', 'pattern') AND feature_set = 'a' GROUP BY 1, 2 ORDER BY 1
      """)
    // Of the set alone and in the stack.
    #expect(arrays == [["pattern", "[3 1 1]", "2"], ["weight", "[3 1 1]", "2"]], "\(arrays)")
    for name in try program.rows("SELECT name FROM array_catalog WHERE kind = 'weight' AND feature_set = 'a'").joined()
    {
      let values = try program.rows("SELECT lag_s, value FROM array('\(name)') ORDER BY lag_s")
      #expect(values.map { Double($0[0]) } == [0, 1, 2], "\(values)")
      for (row, truth) in zip(values, [0, 2, 0.0]) {
        #expect(abs(try #require(Double(row[1])) - truth) < 0.15, "\(name): \(values)")
      }
    }
  }
}
