import Testing

/// Recordings of a group that are not alike: in runs, regions, rates and lengths. Whose name comes first tells nothing.
@Suite struct UnlikeRecordingsCommandTests: StudyCommandTests {
  private let encoding = "{position: none, delays_s: [0], outer: {folds: 4}, inner: {folds: 3}}"

  private func warehouse(_ feature: [Double]) throws -> Program {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    try program.write(table("x", [feature]), "x.csv")
    try program.succeed(["import", "features", "x.csv", "--dataset", "d", "--stimulus", "film", "--space", "x=x"])
    return program
  }

  private func bring(
    _ program: Program, _ file: String, _ columns: [(String, [Double])], onset: Double = 0, _ more: [String]
  ) throws {
    let rows = columns[0].1.indices.map { row in columns.map { "\($0.1[row])" }.joined(separator: ",") }
    try program.write(columns.map(\.0).joined(separator: ",") + "\n" + rows.joined(separator: "\n") + "\n", file)
    try program.succeed(
      ["import", "fmri", file, "--name", "bold", "--stimulus", "film", "--onset-s", "\(onset)", "--dataset", "d"] + more
    )
  }

  /// Means of two neighbours.
  private func halved(_ x: [Double]) -> [Double] {
    stride(from: 0, to: x.count, by: 2).map { (row: Int) -> Double in 0.5 * (x[row] + x[row + 1]) }
  }

  /// `level` + gain x + noise.
  private func noisy(
    _ x: some Sequence<Double>, level: Double, gain: Double = 1, noise: Double, _ numbers: inout UniformNumbers
  ) -> [Double] {
    var result: [Double] = []
    for value in x { result.append(level + gain * value + noise * numbers.next()) }
    return result
  }

  @Test(
    "All parts of a film are fitted and compared, whatever the levels of the runs that show them", arguments: [0, 0.5])
  func parts(_ onset: Double) throws {
    var numbers = UniformNumbers(state: 521_288_629)
    let x = numbers.list(240)
    let program = try warehouse(x)
    for subject in 1...4 {
      for (run, seconds) in [0..<120, 120..<240].enumerated() {
        let level = Double(1000 + 100 * subject * (1 - 2 * run))
        try bring(
          program, "s\(subject)-\(run).csv", [("A", noisy(x[seconds], level: level, gain: 10, noise: 1, &numbers))],
          onset: onset,
          [
            "--tr-s", "1", "--subject", "s\(subject)", "--run", "run-\(run)", "--stimulus-start-s",
            "\(seconds.lowerBound)",
          ])
      }
    }
    for (name, level) in [("one", "subject"), ("all", "group")] {
      let targets = "[{response: bold, level: \(level)}]"
      let more = "preparation: {fmri: {high_pass_s: 1000, scale: zscore}}"
      try run(program, name, study(name, features: "[{space: x}]", targets: targets, more: more, encoding: encoding))
    }
    let fitted = try program.rows(
      "SELECT study, count(*), min(r > 0.97), min(sample_count), max(dropped_count) FROM encoding_score "
        + "GROUP BY 1 ORDER BY 1"
    )
    // Of a part that begins between two samples the first is in no row; what was shown then is not what is told.
    let rows = onset == 0 ? "240" : "238"
    #expect(fitted.map { [$0[0], $0[1], $0[3], $0[4]] } == [["all", "1", rows, "0"], ["one", "4", rows, "0"]])
    #expect(onset > 0 || fitted.allSatisfy { $0[2] == "1" })
    try program.write(
      "study: isc\nkind: isc_report\ndatasets: [d]\ntargets: [{synchrony: {window_s: 20, high_pass_s: none}}]\n"
        + "statistics: {draws: 19}\n", "isc.yaml")
    try program.succeed(["run", "isc.yaml"])
    let compared = try program.rows(
      "SELECT presentation_count, static_subject_count, static_isc > 0.98, mean_isc > 0.98 FROM synchrony_summary")
    #expect(compared == [["8", "4", "1", "1"]])
  }

  @Test("A region that one subject lacks is there for the others, whoever lacks it", arguments: [1, 2, 5])
  func regions(_ lacking: Int) throws {
    var numbers = UniformNumbers(state: 675_248)
    let x = numbers.list(120)
    let program = try warehouse(x)
    for subject in 1...5 {
      var columns = [("A", noisy(x, level: 100, noise: 0.5, &numbers))]
      if subject != lacking { columns.append(("B", noisy(x, level: 100, noise: 0.5, &numbers))) }
      try bring(program, "s\(subject).csv", columns, ["--tr-s", "1", "--subject", "s\(subject)"])
    }
    try run(
      program, "group",
      study("group", features: "[{space: x}]", targets: "[{response: bold, level: group}]", encoding: encoding))
    #expect(
      try program.rows("SELECT region, r > 0.9, flags LIKE '%members_missing%' FROM encoding_score ORDER BY region")
        == [["A", "1", "0"], ["B", "1", "1"]])
    // What the flag advises helps: no row of B is of all subjects, and without the region or the subject nothing is missing.
    let advice = try program.succeed(["explain", "members_missing"]).output
    let kept = (1...5).filter { $0 != lacking }.map { "s\($0)" }.joined(separator: ", ")
    for (name, said, filter, regions) in [
      ("named", "filters: {regions: [...]}", "regions: [A]", ["A"]),
      ("others", "filters: {subjects: [...]}", "subjects: [\(kept)]", ["A", "B"]),
    ] {
      #expect(advice.contains(said), "\(advice)")
      try run(
        program, name,
        study(
          name, features: "[{space: x}]", targets: "[{response: bold, level: group}]", more: "filters: {\(filter)}",
          encoding: encoding))
      #expect(
        try program.rows("SELECT region, flags FROM encoding_score WHERE study = '\(name)' ORDER BY region")
          .map { [$0[0], $0[1].contains("members_missing") ? "1" : "0"] } == regions.map { [$0, "0"] })
    }
    try program.write(
      "study: isc\nkind: isc_report\ndatasets: [d]\ntargets: [{synchrony: {window_s: 20}}]\nstatistics: {draws: 19}\n",
      "isc.yaml")
    try program.succeed(["run", "isc.yaml"])
    #expect(
      try program.rows(
        "SELECT region, subject_count, static_subject_count, flags FROM synchrony_summary ORDER BY region")
        == [["A", "5", "5", ""], ["B", "5", "4", "subjects_left_out"]])
  }

  @Test("Recordings of two rates are compared second by second, not row by row", arguments: [1, 2, 3])
  func rates(_ slow: Int) throws {
    var numbers = UniformNumbers(state: 88_172)
    // Slow enough that volumes of 2 s tell it.
    let steps = numbers.list(60)
    let x = (0..<240).map { steps[$0 / 4] }
    let program = try warehouse(x)
    for subject in 1...3 {
      let own = noisy(x, level: 100, noise: 0.2, &numbers)
      let isSlow = subject == slow
      try bring(
        program, "s\(subject).csv", [("A", isSlow ? halved(own) : own)],
        ["--tr-s", isSlow ? "2" : "1", "--subject", "s\(subject)"])
    }
    try run(
      program, "group",
      study("group", features: "[{space: x}]", targets: "[{response: bold, level: group}]", encoding: encoding))
    #expect(
      try program.rows("SELECT r > 0.97, sample_count, dropped_count, flags LIKE '%missing%' FROM encoding_score")
        == [["1", "120", "0", "0"]])
  }

  @Test("A recording that ends early does not shorten the comparison of all without a word", arguments: [30, 90, 115])
  func lengths(_ count: Int) throws {
    var numbers = UniformNumbers(state: 4_711)
    let x = numbers.list(120)
    let program = try warehouse(x)
    for subject in 1...5 {
      let own = noisy(x, level: 100, noise: 0.5, &numbers)
      try bring(
        program, "s\(subject).csv", [("A", Array(own.prefix(subject == 3 ? count : 120)))],
        ["--tr-s", "1", "--subject", "s\(subject)", "--allow-short"])
    }
    try program.write(
      "study: isc\nkind: isc_report\ndatasets: [d]\ntargets: [{synchrony: {window_s: 10}}]\nstatistics: {draws: 19}\n",
      "isc.yaml")
    try program.succeed(["run", "isc.yaml"])
    let flag = count == 30 ? "most_seconds_left_out" : count == 90 ? "seconds_left_out" : ""
    #expect(
      try program.rows("SELECT flags, valid FROM synchrony_summary") == [[flag, count == 30 ? "0" : "1"]])
  }
}
