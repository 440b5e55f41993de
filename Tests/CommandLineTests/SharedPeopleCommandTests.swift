import Testing

/// Cohorts that share people and heard other films.
@Suite struct SharedPeopleCommandTests {
  /// Four films of each letter, rated by some people each: raters of one table, or subjects with tables of their own.
  private func prepared(
    _ raters: [(films: String, dataset: String, people: [String])], asSubjects: Bool = false
  ) throws -> Program {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    var numbers = ToyNumbers(11)
    for (films, dataset, people) in raters {
      for number in 0..<4 {
        let film = "\(films)\(number)"
        let x = numbers.slow(60, memory: 0.5)
        let columns = people.map { _ in zip(x, numbers.white(60)).map { $0 + $1 } }
        func table(_ names: [String], _ columns: [[Double]]) -> String {
          (["time_s," + names.joined(separator: ",")]
            + x.indices.map { row in "\(row)," + columns.map { "\($0[row])" }.joined(separator: ",") })
            .joined(separator: "\n")
        }
        try program.write(table(["x"], [x]), "x.csv")
        let place = ["--dataset", dataset, "--stimulus", film]
        try program.succeed(["import", "features", "x.csv", "--space", "x=x"] + place)
        if asSubjects {
          for (person, column) in zip(people, columns) {
            try program.write(table(["joy"], [column]), "joy.csv")
            try program.succeed(["import", "annotations", "joy.csv", "--subject", person] + place)
          }
        } else {
          try program.write(table(people, columns), "joy.csv")
          try program.succeed(["import", "annotations", "joy.csv", "--raters", "wide", "--name", "joy"] + place)
        }
      }
      if dataset == "d" {
        try program.succeed(
          [
            "cohort", "define", films, "--stimuli", "SELECT stimulus_id FROM stimulus WHERE name LIKE '\(films)%'",
          ])
      }
    }
    return program
  }

  private func run(_ program: Program, _ name: String, _ datasets: String, _ filters: String) throws {
    try program.write(
      """
      study: \(name)
      kind: cohort_comparison
      datasets: \(datasets)
      features: [{space: x}]
      targets: [{annotation: joy}, {annotation: joy, rater: each}]
      encoding: {delays_s: [0], position: none, gap_s: 1, outer: {leave_one: stimulus}, lambdas: {log10: [-1, 2, 1]}}
      statistics: {null: none}
      \(filters)
      """, "\(name).yaml")
    try program.succeed(["run", "\(name).yaml", "--allow-invalid"])
  }

  private func pooled(_ program: Program, _ study: String) throws -> [String] {
    try program.rows(
      "SELECT method, coalesce(clustered_by, ''), p IS NULL, low IS NULL, i2_low IS NULL, valid, "
        + "coalesce(subject_count, ''), flags LIKE '%people_shared%', reason LIKE '%one cluster%' "
        + "FROM meta_analysis WHERE study = '\(study)' ORDER BY method DESC", in: "toy.evoke"
    ).map { $0.joined(separator: ",") }
  }

  @Test("they are one cluster, and a study of such cohorts alone has no p; cohorts of other people are pooled as ever")
  func pooling() throws {
    let (first, second) = (["r1", "r2", "r3"], ["r4", "r5", "r6"])
    let program = try prepared([
      ("a", "d", first), ("b", "d", first), ("c", "d", second), ("e", "d", ["r7", "r8", "r9"]),
    ])
    try run(program, "same", "[d]", "filters: {cohorts: [a, b]}")
    #expect(
      try pooled(program, "same") == [
        "reml_cr2,shared_people,1,1,1,0,,1,1", "one_stage_cr2,shared_people,1,1,1,0,3,1,1",
      ])
    try run(program, "some", "[d]", "filters: {cohorts: [a, b, c, e]}")
    #expect(
      try pooled(program, "some") == ["reml_cr2,shared_people,0,0,1,1,,1,", "one_stage_cr2,shared_people,0,0,1,1,9,1,"])
    try run(program, "others", "[d]", "filters: {cohorts: [b, c, e]}")
    #expect(
      try pooled(program, "others") == ["reml_hartung_knapp,,0,0,0,1,,0,", "one_stage_hartung_knapp,,0,0,0,1,9,0,"])
    // Pair by pair it is said of those that share people, and of no others.
    let pairs = try program.rows(
      "SELECT DISTINCT cohort_a, cohort_b, flags LIKE '%people_shared%' FROM cohort_comparison WHERE study_a = 'some' "
        + "ORDER BY 1, 2", in: "toy.evoke")
    #expect(
      pairs == [
        ["a", "b", "1"], ["a", "c", "0"], ["a", "e", "0"], ["b", "c", "0"], ["b", "e", "0"], ["c", "e", "0"],
      ])
    let compared = try program.run(["compare", "some", "--cohort", "a", "--cohort", "b", "--format", "csv"])
    #expect(compared.output.contains("people_shared"), "\(compared.output)")
    let carried = try program.rows(
      "SELECT train_cohort || test_cohort FROM transfer_score WHERE study = 'some' AND flags LIKE '%people_shared%' "
        + "ORDER BY 1", in: "toy.evoke")
    #expect(carried == [["ab"], ["ba"]], "\(carried)")
    let told = try program.succeed(["explain", "people_shared"]).output
    #expect(told.contains("stimuli like these") && told.contains("may be reported"))
  }

  @Test("names in common across datasets are said to be no more than that")
  func namesakes() throws {
    let program = try prepared([("a", "d", ["r1", "r2"]), ("b", "other", ["r2", "r1"]), ("c", "third", ["x", "y"])])
    try run(program, "names", "[d, other, third]", "")
    let pairs = try program.rows(
      "SELECT DISTINCT cohort_a, cohort_b, flags LIKE '%names_shared%', flags LIKE '%people_shared%' "
        + "FROM cohort_comparison ORDER BY 1, 2", in: "toy.evoke")
    #expect(pairs == [["d", "other", "1", "0"], ["d", "third", "0", "0"], ["other", "third", "0", "0"]], "\(pairs)")
    let found = try program.rows(
      "SELECT DISTINCT coalesce(clustered_by, ''), flags LIKE '%names_shared%' FROM meta_analysis", in: "toy.evoke")
    #expect(found == [["", "1"]])
    #expect(try program.succeed(["explain", "names_shared"]).output.contains("is not known"))
  }

  @Test("means over people of whom some are in both cohorts are not compared on the same films")
  func means() throws {
    let program = try prepared([("a", "d", ["r1", "r2", "r3", "r4"])], asSubjects: true)
    for (name, people) in [("one", "'r1', 'r2', 'r3'"), ("two", "'r2', 'r3', 'r4'")] {
      try program.succeed([
        "cohort", "define", name, "--subjects", "SELECT subject_id FROM subject WHERE name IN (\(people))",
      ])
    }
    try run(program, "both", "[d]", "filters: {cohorts: [one, two]}")
    let found = try program.rows(
      "SELECT DISTINCT comparable, valid, p IS NULL, reason = '2 subjects are in both cohorts' "
        + "FROM cohort_comparison", in: "toy.evoke")
    #expect(found == [["0", "0", "1", "1"]], "\(found)")
    let refused = try program.run(["compare", "both", "--cohort", "one", "--cohort", "two"])
    #expect(refused.status == 1 && refused.error.contains("2 subjects are in both"), "\(refused.error)")
  }
}
