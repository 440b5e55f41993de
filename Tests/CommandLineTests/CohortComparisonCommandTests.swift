import Foundation
import Testing

/// Cohorts with opposite truths: ratings of the old follow x, those of the young y.
@Suite(.serialized) struct CohortComparisonCommandTests {
  static let study = """
    study: ages
    kind: cohort_comparison
    datasets: [d]
    features: [{space: x}, {space: y}]
    targets: [{annotation: joy}, {annotation: joy, rater: each}]
    encoding: {delays_s: [0], position: none, gap_s: 3, outer: {folds: 6}, inner: {folds: 3},
      lambdas: {log10: [-2, 3, 1]}}
    statistics: {null: none}
    filters: {group_by: age}
    """

  private func wave(_ k: Double, _ second: Int) -> Double {
    let t = Double(second)
    return sin(t * 0.37 * k + k) + cos(t * 0.21 * (k + 0.6)) + sin(t * 1.13 + k * k)
  }

  /// Eight raters of one film; `count` of them are old.
  func prepared(old count: Int = 4) throws -> Program {
    let program = try Program()
    func table(_ head: String, _ row: (Int) -> [Double]) -> String {
      head + "\n"
        + (0..<300).map { second in
          ([Double(second)] + row(second)).map { String(format: "%.5f", $0) }.joined(separator: ",")
        }.joined(separator: "\n")
    }
    try program.write(table("time_s,x,y") { [wave(1, $0), wave(2.3, $0)] }, "film.csv")
    try program.succeed(["init", "toy.evoke"])
    try program.succeed(["import", "features", "film.csv", "--dataset", "d", "--space", "x=x", "--space", "y=y"])
    for rater in 0..<8 {
      var state = UInt64(rater + 1) &* 2_654_435_761 % 4_294_967_296
      let text = table("time_s,joy") { second in
        state = (state &* 1_103_515_245 &+ 12_345) % 2_147_483_648
        return [wave(rater < count ? 1 : 2.3, second) + Double(state) / 1_073_741_824 - 1]
      }
      try program.write(text, "s\(rater).csv")
      try program.succeed([
        "import", "annotations", "s\(rater).csv", "--dataset", "d", "--stimulus", "film", "--subject", "s\(rater)",
      ])
    }
    let people = (0..<8).map { "s\($0),\($0 < count ? "old" : "young")" }
    try program.write((["subject,age"] + people).joined(separator: "\n"), "participants.csv")
    try program.succeed(["import", "participants", "participants.csv", "--dataset", "d"])
    try program.write(Self.study, "ages.yaml")
    return program
  }

  func csv(_ program: Program, _ sql: String) throws -> [String] {
    try program.rows(sql, in: "toy.evoke").map { $0.joined(separator: ",") }
  }

  @Test("a mean over raters is not compared with a series of which nobody says whose mean it is")
  func uncounted() throws {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    var numbers = ToyNumbers(3)
    let x = numbers.slow(200, memory: 0.5)
    let rated = (0..<2).map { _ in zip(x, numbers.white(200)).map { $0 + $1 } }
    let folder = ToyFolder(path: program.folder)
    let time = (name: "time_s", values: x.indices.map(Double.init))
    try folder.table([time, (name: "x", values: x)], "x.csv")
    for (place, values) in rated.enumerated() {
      try folder.table([time, (name: "joy", values: values)], "r\(place).csv")
    }
    // The same ratings: as they are, and as somebody else has averaged them.
    try folder.table([time, (name: "joy", values: zip(rated[0], rated[1]).map { ($0 + $1) / 2 })], "mean.csv")
    for (dataset, files) in [("rated", ["r0", "r1"]), ("again", ["r0", "r1"]), ("averaged", ["mean"])] {
      try program.succeed(["import", "features", "x.csv", "--dataset", dataset, "--stimulus", "film", "--space", "x=x"])
      for file in files {
        let person = files.count > 1 ? ["--subject", file] : []
        try program.succeed(
          ["import", "annotations", "\(file).csv", "--dataset", dataset, "--stimulus", "film"] + person)
      }
    }
    let study = Self.study.replacing("datasets: [d]", with: "datasets: [rated, again, averaged]")
      .replacing("filters: {group_by: age}", with: "").replacing("{space: x}, {space: y}", with: "{space: x}")
      .replacing(", {annotation: joy, rater: each}", with: "")
    try program.write(study, "ages.yaml")
    try program.succeed(["run", "ages.yaml", "--allow-invalid"])
    let found = try csv(
      program,
      """
      SELECT cohort_a, cohort_b, comparable, valid, coalesce(reason LIKE '%is not known%', 0) FROM cohort_comparison
      WHERE quantity = 'r' AND (comparable = 0 OR cohort_b = 'again') ORDER BY 1, 2
      """)
    #expect(found == ["again,averaged,0,0,1", "rated,again,1,0,0", "rated,averaged,0,0,1"], "\(found)")
    #expect(try program.run(["compare", "ages", "--cohort", "rated", "--cohort", "averaged"]).status == 1)
  }

  @Test("opposite truths are told apart, over folds and over subjects, and pooled over cohorts that share a film")
  func opposite() throws {
    let program = try prepared()
    try program.succeed(["run", "ages.yaml", "--allow-invalid"])
    let found = try csv(
      program,
      """
      SELECT cohort_a, cohort_b, quantity, feature_set, test, difference > 0, p < 0.01, low * high > 0,
        paired, n_a, n_b, comparable, target_parameters LIKE '%each%'
      FROM cohort_comparison ORDER BY 13, quantity, test, feature_set
      """)
    func row(_ quantity: String, _ feature: String, _ test: String, _ paired: Int, _ isOfSubjects: Int) -> String {
      "d:age=old,d:age=young,\(quantity),\(feature),\(test),\(feature == "x" ? 1 : 0),1,1,\(paired),4,4,1,"
        + "\(isOfSubjects)"
    }
    let means = ["r", "r_normalised"].flatMap { quantity in
      ["x", "y"].map { row(quantity, $0, "paired_corrected_t", 1, 0) }
    }
    let people = [("paired_corrected_t", 1), ("welch", 0)].flatMap { test, paired in
      ["x", "y"].map { row("r", $0, test, paired, 1) }
    }
    #expect(found == means + people, "\(found)")
    #expect(
      try csv(
        program,
        "SELECT DISTINCT k, method, clustered_by, exploratory, prediction_low IS NULL, estimate BETWEEN low AND high "
          + "FROM meta_analysis") == ["2,corrected_t,fold,1,1,1"])
    #expect(try csv(program, "SELECT count(*), max(subject_count) FROM meta_analysis") == ["4,8"])
    #expect(
      try csv(program, "SELECT pass FROM \"check\" WHERE name = 'cohorts are comparable'") == ["1"])
  }

  @Test("the rise over depth carries what is said of every layer that it is made of")
  func depth() throws {
    let program = try prepared()
    let layers = (0..<300).flatMap { second -> [Float] in
      let deep = (50..<85).contains(second) ? Float.nan : Float(wave(1, second) + wave(2.3, second))
      return [Float(wave(1, second)), Float(wave(2.3, second)), deep, Float(wave(1.7, second))]
    }
    try EncodingCommandTests.npy(layers, shape: [300, 2, 2]).write(
      to: URL(fileURLWithPath: program.folder + "/film.npy"))
    try program.succeed([
      "import", "features", "film.npy", "--dataset", "d", "--stimulus", "film", "--axes", "time,layer,component",
      "--rate-hz", "1", "--labels", "layer=a,b", "--model", "net", "--name", "net",
    ])
    try program.write(
      Self.study.replacing("[{space: x}, {space: y}]", with: "[{space: net, layers: all}]"), "ages.yaml")
    try program.succeed(["run", "ages.yaml", "--allow-invalid"])
    let found = try csv(
      program,
      """
      SELECT quantity, coalesce(layer_key, ''), flags LIKE '%small_folds_left_out%' FROM cohort_comparison
      WHERE target_parameters NOT LIKE '%each%' AND quantity <> 'r_normalised' ORDER BY 1, 2
      """)
    #expect(found == ["depth_slope,,1", "r,a,0", "r,b,1"], "\(found)")
  }

  @Test("means over unequal numbers of subjects are not compared by r, but over what their targets allow")
  func unequal() throws {
    let program = try prepared(old: 3)
    try program.succeed(["run", "ages.yaml", "--allow-invalid"])
    let found = try csv(
      program,
      """
      SELECT quantity, feature_set, comparable, p IS NULL, valid, n_a, n_b, substr(coalesce(reason, ''), 1, 38)
      FROM cohort_comparison WHERE target_parameters NOT LIKE '%each%' ORDER BY 1, 2
      """)
    let r = ["x", "y"].map { "r,\($0),0,1,0,3,5,targets are means over 3 and 5 subject" }
    #expect(found.prefix(2) == r[...], "\(found)")
    #expect(found.suffix(2).allSatisfy { $0.hasPrefix("r_normalised") && $0.hasSuffix(",1,0,1,3,5,") }, "\(found)")
  }

  @Test("one cohort is nothing to compare")
  func one() throws {
    let program = try prepared()
    for (line, place) in [("", "filters"), ("filters: {group_by: cohort}", "filters")] {
      try program.write(
        Self.study.replacing("filters: {group_by: age}", with: line), "one.yaml")
      let answer = try program.run(["plan", "one.yaml"])
      #expect(answer.status != 0)
      #expect(answer.error.contains("compares two cohorts or more") && answer.error.contains(place), "\(answer.error)")
    }
  }
}

/// `evoke compare` on the same cohorts.
extension CohortComparisonCommandTests {
  @Test("cohorts are compared from what the runs left; the order given is the order subtracted")
  func compare() throws {
    let program = try prepared()
    try program.write(Self.study.replacing("cohort_comparison", with: "layer_sweep"), "ages.yaml")
    try program.succeed(["run", "ages.yaml", "--allow-invalid"])
    let words = ["compare", "ages", "--cohort", "d:age=old", "--cohort", "d:age=young"]
    let table = try program.succeed(words)
    #expect(table.output.hasPrefix("fitted alike\n"), "\(table.output)")
    func differences(_ words: [String]) throws -> [Double] {
      try program.succeed(words + ["--format", "csv"]).output.split(whereSeparator: \.isNewline).dropFirst().compactMap
      {
        Double($0.split(separator: ",", omittingEmptySubsequences: false)[8])
      }
    }
    let found = try differences(words)
    let turned = try differences(["compare", "ages", "--cohort", "d:age=young", "--cohort", "d:age=old"])
    #expect(found.count == 8 && zip(found, turned).allSatisfy { abs($0 + $1) < 1e-12 }, "\(found) \(turned)")
    let unknown = try program.run(["compare", "ages", "--cohort", "d:age=old", "--cohort", "d:age=yuong"])
    #expect(unknown.status != 0 && unknown.error.contains("did you mean d:age=young"), "\(unknown.error)")
    let mistyped = try program.run(["compare", "agse", "--cohort", "d:age=old", "--cohort", "d:age=young"])
    #expect(mistyped.status != 0 && mistyped.error.contains("did you mean ages"), "\(mistyped.error)")
    let itself = try program.run(["compare", "ages", "--cohort", "d:age=old", "--cohort", "d:age=old"])
    #expect(itself.status == 64 && itself.error.contains("Name two cohorts"), "\(itself.error)")
  }

  @Test("what was fitted differently is named and not compared, unless it is waived; the waiver is kept")
  func waived() throws {
    let program = try prepared()
    try program.succeed(["run", "ages.yaml", "--allow-invalid"])
    try program.write(
      Self.study.replacing("study: ages", with: "study: other").replacing("folds: 6", with: "folds: 5"), "other.yaml")
    try program.succeed(["run", "other.yaml", "--allow-invalid"])
    let words = ["compare", "ages", "other", "--cohort", "d:age=old"]
    let refused = try program.run(words)
    #expect(refused.status == 1 && refused.error.contains("E-CMP-002"), "\(refused.error)")
    #expect(refused.error.contains("fitted differently: fit.encoding.outer") && refused.output.contains("fit.encoding"))
    let shown = try program.succeed(words + ["--waive", "a pilot"])
    #expect(shown.output.contains("a pilot"))
    #expect(try program.run(words + ["--waive", "a pilot"]).error.contains("unchanged"))
    #expect(
      try csv(program, "SELECT study_a, study_b, cohort_a, cohort_b, reason FROM comparison_waiver")
        == ["ages,other,d:age=old,d:age=old,a pilot"])
    #expect(try csv(program, "SELECT kind, verb FROM activity WHERE kind = 'waiver'") == ["waiver,compare"])
    try program.succeed(["verify", "--level", "2"])
    // It goes with both its sides, and with neither alone.
    for (studies, count) in [(["ages"], 0), (["other"], 0), (["ages", "other"], 1)] {
      let file = studies.joined(separator: "-") + ".zip"
      try program.succeed(
        ["archive", "create", file, "--title", "t", "--author", "Ada Lovelace", "--licence", "CC0-1.0"]
          + studies.flatMap { ["--study", $0] })
      let kept = ["(SELECT count(*) FROM comparison_waiver)", "(SELECT count(*) FROM activity WHERE kind = 'waiver')"]
      let found = try program.succeed(
        ["sql", "SELECT \(kept[0]) AS rows, \(kept[1]) AS acts", "-C", file, "--format", "csv"])
      #expect(found.output.contains("\(count),\(count)"), "\(studies): \(found.output)")
    }
  }

  @Test("features that were made differently are compared no more than fits that differ")
  func madeDifferently() throws {
    let program = try prepared()
    let rate = 16_000
    let sound = (0..<300 * rate).map { sample -> Double in
      let t = Double(sample) / Double(rate)
      let level = 0.2 * (1 + 0.5 * sin(0.37 * t))
      return level * sin(2 * .pi * 220 * t)
    }
    try ToyFolder(path: program.folder).sound(sound, rateHz: rate, "film.wav")
    try program.succeed(["import", "audio", "film.wav", "--dataset", "d"])
    for (name, features) in [("mean", "{set: lld12}"), ("max", "{set: lld12, aggregate: max}")] {
      try program.write(
        Self.study.replacing("study: ages", with: "study: \(name)")
          .replacing("[{space: x}, {space: y}]", with: "[\(features)]"), "\(name).yaml")
      try program.succeed(["run", "\(name).yaml", "--allow-invalid"])
    }
    let cohorts = ["--cohort", "d:age=old", "--cohort", "d:age=young"]
    #expect(try program.succeed(["compare", "mean"] + cohorts).output.hasPrefix("fitted alike\n"))
    let refused = try program.run(["compare", "mean", "max"] + cohorts)
    let told = #"fitted differently: lld12.rate.bins.aggregate ("mean", "max")"#
    #expect(refused.status == 1 && refused.error.contains(told), "\(refused.error)")
  }

  @Test("each cohort's model is tested on the other: opposite truths do not carry over")
  func transfer() throws {
    let program = try prepared()
    try program.succeed(["run", "ages.yaml", "--allow-invalid"])
    let found = try csv(
      program,
      "SELECT feature_set, train_cohort = test_cohort, count(*), min(r) > 0.6, max(r) < 0.45 FROM transfer_score "
        + "WHERE (feature_set = 'x') = (train_cohort LIKE '%old') GROUP BY 1, 2 ORDER BY 1, 2")
    #expect(found == ["x,0,1,0,1", "x,1,1,1,0", "y,0,1,0,1", "y,1,1,1,0"], "\(found)")
  }
}
