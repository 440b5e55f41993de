import Foundation
import Testing

/// What counts in a study: whose ratings, which seconds, which rows, which showings.
@Suite struct RowsCommandTests {
  private func table(_ header: String, _ columns: [[Double]], firstS: Double = 0) -> String {
    let rows = columns[0].indices.map { row in
      ([firstS + Double(row)] + columns.map { $0[row] }).map { String($0) }.joined(separator: ",")
    }
    return "time,\(header)\n" + rows.joined(separator: "\n") + "\n"
  }

  private func study(
    _ name: String, features: String, targets: String = "[{annotation: y}]", statistics: String = "{null: none}",
    more: String = "",
    encoding: String = "{position: none, delays_s: {annotation: [0]}, outer: {folds: 4}, inner: {folds: 3}}"
  ) -> String {
    "study: \(name)\nkind: layer_sweep\ndatasets: [d]\nfeatures: \(features)\ntargets: \(targets)\nencoding: \(encoding)\n"
      + "statistics: \(statistics)\n\(more)\n"
  }

  private func run(_ program: Program, _ name: String, _ text: String) throws {
    try program.write(text, "\(name).yaml")
    try program.succeed(["run", "\(name).yaml"])
  }

  private func r(_ program: Program, _ study: String) throws -> Double {
    let answers = try program.rows("SELECT r FROM encoding_score WHERE study = '\(study)'")
    try #require(answers.count == 1)
    return try #require(Double(answers[0][0]))
  }

  // MARK: - Raters

  /// Two stimuli of 120 s: anna follows the target, zoe does not; the spaces `both` and `anna` are what the study should use.
  private func rated() throws -> Program {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    var numbers = UniformNumbers(state: 88_172_645_463_325_252)
    for stimulus in ["s1", "s2"] {
      let y = numbers.list(120)
      let anna = y.map { ($0 + 0.5 * numbers.next()) }
      let zoe = numbers.list(120)
      try program.write(table("y", [y]), "y-\(stimulus).csv")
      try program.write(table("anna,zoe", [anna, zoe]), "f-\(stimulus).csv")
      try program.write(table("mean,anna", [zip(anna, zoe).map { ($0 + $1) / 2 }, anna]), "x-\(stimulus).csv")
      for (file, more) in [
        ("y", ["--name", "y"]), ("f", ["--raters", "wide", "--name", "f"]),
      ] {
        try program.succeed(
          ["import", "annotations", "\(file)-\(stimulus).csv", "--dataset", "d", "--stimulus", stimulus] + more)
      }
      try program.succeed([
        "import", "annotations", "f-\(stimulus).csv", "--dataset", "d", "--stimulus", stimulus, "--map", "anna=anna",
        "--name", "f_anna",
      ])
      let own = [("anna", anna), ("zoe", zoe)].flatMap { who, values in
        values.enumerated().map { "\($0),\($1),\(who)" }
      }
      try program.write("time,own,who\n" + own.joined(separator: "\n") + "\n", "own-\(stimulus).csv")
      try program.succeed([
        "import", "annotations", "own-\(stimulus).csv", "--dataset", "d", "--stimulus", stimulus, "--subject", "who",
      ])
      try program.succeed([
        "import", "features", "x-\(stimulus).csv", "--dataset", "d", "--stimulus", stimulus, "--space", "both=mean",
        "--space", "anna=anna",
      ])
    }
    return program
  }

  @Test("an annotation as feature is the mean over its raters, whom filters and missing rows concern as targets")
  func raters() throws {
    let program = try rated()
    for space in ["both", "anna"] { try run(program, space, study(space, features: "[{space: \(space)}]")) }
    try run(program, "mean", study("mean", features: "[{annotation: f, rater: mean}]"))
    #expect(try abs(r(program, "mean") - r(program, "both")) < 1e-6)
    #expect(try r(program, "both") < r(program, "anna") - 0.1)
    // The ratings of one subject alone.
    let filter = "filters: {subjects: [anna]}"
    try run(program, "filtered", study("filtered", features: "[{annotation: own}]", more: filter))
    #expect(try abs(r(program, "filtered") - r(program, "anna")) < 1e-6)
    // The way out of `rater: each`, as its refusal says.
    try run(program, "column", study("column", features: "[{annotation: f_anna}]"))
    #expect(try abs(r(program, "column") - r(program, "anna")) < 1e-6)
    try program.write(study("each", features: "[{annotation: f, rater: each}]"), "each.yaml")
    let refused = try program.run(["run", "each.yaml"])
    #expect(refused.status == 78 && refused.error.contains("features[1].rater"))
  }

  // MARK: - Courses

  /// Three stimuli of 120 s with the same beat in a feature and in the rating, and nothing else in common.
  @Test("a course that stimuli share is flagged beside covariates and among joint sets, too")
  func sharedCourse() throws {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    var numbers = UniformNumbers(state: 2_463_534_242)
    let beat = (0..<120).map { $0 % 12 < 4 ? 2.0 : 0 }
    for stimulus in ["s1", "s2", "s3"] {
      let low = beat.map { $0 + numbers.next() }
      try program.write(table("low,pic", [low, numbers.list(120)]), "x-\(stimulus).csv")
      try program.write(table("y", [beat.map { $0 + numbers.next() }]), "y-\(stimulus).csv")
      let place = ["--dataset", "d", "--stimulus", stimulus]
      try program.succeed(
        ["import", "features", "x-\(stimulus).csv", "--space", "low=low", "--space", "pic=pic"] + place)
      try program.succeed(["import", "annotations", "y-\(stimulus).csv", "--name", "y"] + place)
    }
    let encoding = "{delays_s: {annotation: [0]}, outer: {leave_one: stimulus}, inner: {folds: 3}}"
    for (name, features, more) in [
      ("beside", "[{space: low}]", "covariates: [{space: pic}]"),
      ("joint", "[{space: low}, {space: pic}]", "joint: [[low, pic]]"),
    ] {
      try run(
        program, name,
        study(name, features: features, statistics: "{draws: 39}", more: more, encoding: encoding))
    }
    let answers = try program.rows(
      """
      SELECT covariate_mode, feature_set, valid, flags LIKE '%shared_course%', mismatch_reason, p_prewhitened IS NOT NULL
      FROM encoding_score WHERE study = 'beside' OR feature_set = 'low + pic' ORDER BY 1
      """)
    let beside = "features are fitted beside covariates"
    #expect(
      answers == [
        ["audio_only", "low", "0", "1", "fewer than four stimuli", "1"], ["joint", "low", "0", "1", beside, "0"],
        ["none", "low + pic", "0", "1", "fewer than four stimuli", "1"], ["visual_only", "low", "0", "1", beside, "0"],
        ["zeroed_banded", "low", "0", "1", beside, "0"], ["zeroed_shared", "low", "0", "1", beside, "0"],
      ])
    #expect(
      try program.rows("SELECT valid, flags LIKE '%shared_course%' FROM covariate_control") == [["0", "1"]])
    #expect(
      try program.rows("SELECT feature_set, valid FROM unique_variance ORDER BY 1") == [["low", "0"], ["pic", "0"]])
  }

  @Test("own ratings predict the ratings of the same person")
  func ownRatings() throws {
    let program = try rated()
    try run(
      program, "own",
      study(
        "own", features: "[{annotation: own, rater: own}]", targets: "[{annotation: f, rater: each}]",
        more: "filters: {stimuli: [s1, s2]}"))
    let answers = try program.rows("SELECT rater, r > 0.999 FROM encoding_score WHERE study = 'own' ORDER BY rater")
    #expect(answers == [["anna", "1"], ["zoe", "1"]])
  }

  @Test("rows where too many raters are missing are left out where the study says so")
  func missingRaters() throws {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    var numbers = UniformNumbers(state: 362_436_069)
    let x = numbers.list(200)
    let ratings = (0..<3).map { _ in x.map { $0 + numbers.next() } }
    var text = "time,a,b,c\n"
    for t in 0..<200 {
      // Two of three are missing for 20 s, one for another 30 s.
      let cells = ratings.enumerated().map { i, own in
        (50..<70 ~= t && i > 0) || (100..<130 ~= t && i == 0) ? "" : "\(own[t])"
      }
      text += "\(t)," + cells.joined(separator: ",") + "\n"
    }
    try program.write(text, "y.csv")
    try program.write(table("x", [x]), "x.csv")
    try program.succeed([
      "import", "annotations", "y.csv", "--dataset", "d", "--stimulus", "s", "--raters", "wide", "--name", "y",
    ])
    try program.succeed(["import", "features", "x.csv", "--dataset", "d", "--stimulus", "s", "--space", "x=x"])
    for (name, filter) in [
      ("any", "{missing: {max_share: 1}}"), ("half", "{}"), ("most", "{missing: {max_share: 0.5}}"),
      ("all", "{missing: listwise}"),
    ] {
      try run(program, name, study(name, features: "[{space: x}]", more: "filters: \(filter)"))
    }
    let counts = try program.rows(
      "SELECT study, dropped_count, partial_count, thin_count, flags LIKE '%members_missing%', "
        + "flags LIKE '%too_few_members%' FROM encoding_score ORDER BY study")
    #expect(
      counts == [
        ["all", "50", "0", "50", "0", "1"], ["any", "0", "50", "0", "1", "0"], ["half", "20", "30", "20", "1", "1"],
        ["most", "20", "30", "20", "1", "1"],
      ])
  }

  @Test("a rater who leaves half-way does not move the mean: deviations from own means over the common rows")
  func raterDropsOut() throws {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    var numbers = UniformNumbers(state: 2_463_534_242)
    let x = numbers.list(200)
    // The first of three rates three points above the others, and only the first half.
    let ratings = [3.0, 0, 0].map { level in x.map { level + $0 + 0.1 * numbers.next() } }
    var text = "time,a,b,c\n"
    for t in 0..<200 { text += "\(t),\(t < 100 ? "\(ratings[0][t])" : ""),\(ratings[1][t]),\(ratings[2][t])\n" }
    try program.write(text, "y.csv")
    try program.write(table("x", [x]), "x.csv")
    try program.succeed([
      "import", "annotations", "y.csv", "--dataset", "d", "--stimulus", "s", "--raters", "wide", "--name", "y",
    ])
    try program.succeed(["import", "features", "x.csv", "--dataset", "d", "--stimulus", "s", "--space", "x=x"])
    try run(program, "leaves", study("leaves", features: "[{space: x}]"))
    let found = try program.rows(
      "SELECT r > 0.95, r_pooled > 0.95, partial_count, thin_count, valid, flags LIKE '%members_missing%' "
        + "FROM encoding_score")
    // A plain mean falls by one in the middle: r stays inside folds, and R2 and pooled r do not.
    #expect(found == [["1", "1", "100", "0", "1", "1"]])
  }

  @Test("changes of a response are those of each region")
  func changesPerRegion() throws {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    var numbers = UniformNumbers(state: 88_675_123)
    let x = numbers.list(120)
    var level = (0.0, 0.0)
    var text = "up,down\n"
    for t in 0..<120 {
      level = (level.0 + x[t], level.1 - x[t])
      text += "\(level.0 + 0.01 * numbers.next()),\(level.1 + 0.01 * numbers.next())\n"
    }
    try program.write(text, "bold.csv")
    try program.write(table("x", [x]), "x.csv")
    try program.succeed(["import", "features", "x.csv", "--dataset", "d", "--stimulus", "s", "--space", "x=x"])
    try program.succeed([
      "import", "fmri", "bold.csv", "--dataset", "d", "--stimulus", "s", "--subject", "sub-01", "--name", "bold",
      "--rate-hz", "1", "--units", "au", "--onset-s", "0",
    ])
    try program.write(
      """
      study: change
      kind: layer_sweep
      datasets: [d]
      features: [{space: x}]
      targets: [{response: bold, level: subject, transform: changes}]
      encoding: {delays_s: [0]}
      statistics: {null: none, contrasts: []}
      """, "change.yaml")
    try program.succeed(["run", "change.yaml"])
    // Both follow the feature, one with the other sign, which the length of their difference would hide.
    let found = try program.rows("SELECT region, r > 0.9 FROM encoding_score ORDER BY region")
    #expect(found == [["down", "1"], ["up", "1"]])
  }

  // MARK: - Clocks

  @Test("ratings and features stamped at whole and at half seconds give the same numbers")
  func halfSeconds() throws {
    var numbers = UniformNumbers(state: 521_288_629)
    let x = numbers.list(120)
    let y = x.map { $0 + numbers.next() }
    var answers: [[String]] = []
    for (rated, heard) in [(0.0, 0.0), (0.5, 0), (0, 0.5), (0.5, 0.5)] {
      let program = try Program()
      try program.succeed(["init", "toy.evoke"])
      try program.write(table("y", [y], firstS: rated), "y.csv")
      try program.write(table("x", [x], firstS: heard), "x.csv")
      try program.succeed(["import", "annotations", "y.csv", "--dataset", "d", "--stimulus", "s", "--name", "y"])
      try program.succeed(["import", "features", "x.csv", "--dataset", "d", "--stimulus", "s", "--space", "x=x"])
      try run(program, "half", study("half", features: "[{space: x}]"))
      answers += try program.rows(
        "SELECT r, sample_count, (SELECT max(duration_s) FROM stimulus), r > 0.6 FROM encoding_score")
    }
    #expect(Set(answers).count == 1 && answers[0].last == "1" && answers[0][1] == "120", "\(answers)")
    #expect(Double(answers[0][2]) == 120)
  }

  // MARK: - Rows

  @Test("a value in a trimmed row changes no digit")
  func trimmed() throws {
    var answers: [[[String]]] = []
    for spike in [0.0, 100] {
      var numbers = UniformNumbers(state: 77_777)
      let program = try Program()
      try program.succeed(["init", "toy.evoke"])
      for stimulus in ["s1", "s2", "s3", "s4"] {
        var x = numbers.list(120)
        var y = x.map { $0 + numbers.next() }
        x[0] += spike
        y[119] -= spike
        try program.write(table("x,y", [x, y]), "\(stimulus).csv")
        try program.succeed([
          "import", "features", "\(stimulus).csv", "--dataset", "d", "--stimulus", stimulus, "--space", "x=x",
        ])
        try program.succeed([
          "import", "annotations", "\(stimulus).csv", "--dataset", "d", "--stimulus", stimulus, "--map", "y=y",
          "--name", "y",
        ])
      }
      for mode in ["per_stimulus", "train_fold"] {
        try run(
          program, mode,
          study(
            mode, features: "[{space: x}]", statistics: "{draws: 19}",
            encoding: "{position: none, delays_s: {annotation: [0, 1]}, standardise: \(mode), trim_s: [10, 10], "
              + "outer: {leave_one: stimulus}, inner: {leave_one: stimulus}}"))
      }
      answers.append(
        try program.rows(
          "SELECT study, r, r2, low, high, null_mean, p, sample_count FROM encoding_score ORDER BY study"))
    }
    #expect(answers[0] == answers[1] && answers[0].count == 2 && answers[0][0].last == "400", "\(answers)")
  }

  @Test("a value that one subject has in a trimmed row changes no digit of the group's response")
  func trimmedSubject() throws {
    var answers: [[[String]]] = []
    for spike in [0.0, 100] {
      var numbers = UniformNumbers(state: 88_888)
      let program = try Program()
      try program.succeed(["init", "toy.evoke"])
      for stimulus in ["s1", "s2"] {
        let x = numbers.list(120)
        try program.write(table("x", [x]), "\(stimulus).csv")
        try program.succeed([
          "import", "features", "\(stimulus).csv", "--dataset", "d", "--stimulus", stimulus, "--space", "x=x",
        ])
        for subject in ["sub-01", "sub-02", "sub-03"] {
          var y = x.map { $0 + numbers.next() }
          if subject == "sub-02" { (y[0], y[119]) = (y[0] + spike, y[119] - spike) }
          try program.write("up\n" + y.map { String($0) }.joined(separator: "\n") + "\n", "bold.csv")
          try program.succeed([
            "import", "fmri", "bold.csv", "--dataset", "d", "--stimulus", stimulus, "--subject", subject, "--run",
            stimulus, "--name", "bold", "--rate-hz", "1", "--units", "au", "--onset-s", "0",
          ])
        }
      }
      try run(
        program, "group",
        study(
          "group", features: "[{space: x}]", targets: "[{response: bold, level: group}]",
          encoding: "{position: none, delays_s: [0], trim_s: [5, 5], outer: {folds: 4}, inner: {folds: 3}}"))
      answers.append(try program.rows("SELECT r, r2, low, high, noise_ceiling, sample_count FROM encoding_score"))
    }
    #expect(answers[0] == answers[1] && answers[0].count == 1 && answers[0][0].last == "220", "\(answers)")
  }

  /// A film shown in two runs that are kept apart, rated by two of whom one comes late, and another film.
  ///
  /// - Parameter runs: the one that shows all of it first.
  private func shownTwice(runs: [String], spike: Double) throws -> [Double] {
    var numbers = UniformNumbers(state: 99_999)
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    for film in ["s1", "s2"] {
      let x = numbers.list(120)
      let late = x.enumerated().map { t, value in 30..<60 ~= t ? "" : "\(value + 4 + (t == 2 ? spike : 0))" }
      let lines = x.indices.map { "\($0),\(x[$0]),\(late[$0])" }
      try program.write("time,a,b\n" + lines.joined(separator: "\n") + "\n", "f.csv")
      try program.succeed([
        "import", "annotations", "f.csv", "--dataset", "d", "--stimulus", film, "--raters", "wide", "--name", "f",
      ])
      for (run, seconds) in zip(runs, [120, 70]) {
        let response = x.prefix(seconds).map { String($0 + numbers.next()) }
        try program.write("up\n" + response.joined(separator: "\n") + "\n", "bold.csv")
        try program.succeed([
          "import", "fmri", "bold.csv", "--dataset", "d", "--stimulus", film, "--subject", "sub-01", "--run",
          film + run, "--name", "bold", "--rate-hz", "1", "--units", "au", "--onset-s", "0",
        ])
      }
    }
    try run(
      program, "twice",
      study(
        "twice", features: "[{annotation: f}]", targets: "[{response: bold, level: subject}]",
        more: "filters: {repeats: separate}",
        encoding: "{position: none, delays_s: [0], trim_s: [5, 5], outer: {leave_one: stimulus}, inner: {folds: 3}}"))
    let answers = try program.rows("SELECT r, r2, r_pooled, sample_count FROM encoding_score")
    try #require(answers.count == 1)
    return try answers[0].map { try #require(Double($0)) }
  }

  @Test("raters' levels as a feature are those of the rows that any run of a film reads, and of no other")
  func ratersOfRuns() throws {
    let plain = try shownTwice(runs: ["a", "b"], spike: 0)
    #expect(try shownTwice(runs: ["a", "b"], spike: 100) == plain && plain[3] == 2 * (110 + 60), "\(plain)")
    // Which of the runs comes first does not matter.
    let turned = try shownTwice(runs: ["b", "a"], spike: 0)
    for (one, other) in zip(plain, turned) { #expect(abs(one - other) < 1e-9) }
  }

  // MARK: - Showings

  /// One subject, two films of two showings each; features and response are noise of the film.
  private func films(_ runs: [[String]]) throws -> Program {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    var numbers = UniformNumbers(state: 123_456_789)
    for film in 0..<2 {
      let features = (0..<40).map { _ in numbers.list(150) }
      let names = features.indices.map { "f\($0)" }.joined(separator: ",")
      try program.write(table(names, features), "film\(film).csv")
      try program.succeed([
        "import", "features", "film\(film).csv", "--dataset", "d", "--stimulus", "film\(film)", "--space",
        "noise=" + names,
      ])
      let response = numbers.list(150)
      for run in runs[film] {
        let file = "film\(film)-\(run).csv"
        let lines = response.map { String($0 + 0.3 * numbers.next()) }
        try program.write("auditory\n" + lines.joined(separator: "\n") + "\n", file)
        try program.succeed([
          "import", "fmri", file, "--rate-hz", "1", "--units", "au", "--subject", "sub1", "--run", run, "--stimulus",
          "film\(film)", "--onset-s", "0", "--name", "bold", "--dataset", "d",
        ])
      }
    }
    let scheme = "{position: none, delays_s: [0], outer: {leave_one: acquisition_run}, inner: {folds: 3}}"
    let text = study(
      "runs", features: "[{space: noise}]", targets: "[{response: bold, level: subject}]", encoding: scheme)
    try program.write(text, "runs.yaml")
    try program.write(
      text.replacing("acquisition_run", with: "stimulus").replacing("study: runs", with: "study: films"), "films.yaml")
    return program
  }

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

  @Test("delays that nobody names are raised cosines as the rows allow; the list stands with the score")
  func automaticDelays() throws {
    let program = try rated()
    var numbers = UniformNumbers(state: 362_436_069)
    let names = (0..<30).map { "w\($0)" }.joined(separator: ",")
    for stimulus in ["s1", "s2"] {
      try program.write(table(names, (0..<30).map { _ in numbers.list(120) }), "wide-\(stimulus).csv")
      try program.succeed([
        "import", "features", "wide-\(stimulus).csv", "--dataset", "d", "--stimulus", stimulus, "--space",
        "wide=" + names,
      ])
    }
    func fitted(_ name: String, delays: String, _ features: String) throws -> [[String]] {
      try run(
        program, name,
        study(
          name, features: features, statistics: "{null: none, lags_s: [0, 2]}",
          encoding: "{position: none, \(delays)outer: {folds: 4}, inner: {folds: 3}}"))
      return try program.rows(
        "SELECT replace(delays_s, ',', ' '), delay_shape, r FROM encoding_score WHERE study = '\(name)'")
    }
    // White noise of one column: as many columns as seconds are the single delays, bit for bit.
    let many = try fitted("many", delays: "", "[{space: anna}]")
    #expect(many == (try fitted("list", delays: "delays_s: \"0..8\", ", "[{space: anna}]")))
    #expect(many[0][..<2] == ["[0 1 2 3 4 5 6 7 8]", "single"])
    let wide = try fitted("wide", delays: "delays_s: auto, ", "[{space: wide}]")
    // Thirty columns leave room for no more than the two that there always are.
    #expect(wide[0][..<2] == ["[2 6]", "raised_cosine"], "\(wide)")
    let lags = try program.rows("SELECT study, CAST(lag_s AS INTEGER) FROM lag_sweep ORDER BY study, lag_s")
    #expect(lags == ["list", "many", "wide"].flatMap { [[$0, "0"], [$0, "2"]] })
  }

  @Test("the delay that carries a score is found, every delay counted in the maximum")
  func lagSearch() throws {
    let program = try rated()
    try run(
      program, "lags", study("lags", features: "[{space: anna}]", statistics: "{draws: 39, lags_s: \"0..3\"}"))
    let rows = try program.rows(
      """
      SELECT CAST(lag_s AS INTEGER), is_peak, p <= p_max + 0.05, p_max <= 0.05, null_kind, null_draws, valid, folds_counted
      FROM lag_sweep ORDER BY lag_s
      """)
    #expect(rows.map { $0[0] } == ["0", "1", "2", "3"] && rows.map { $0[1] } == ["1", "0", "0", "0"])
    #expect(rows.allSatisfy { $0[2] == "1" && $0[4...] == ["phase", "39", "1", "4"] }, "\(rows)")
    #expect(rows.map { $0[3] } == ["1", "0", "0", "0"], "\(rows)")
    try program.succeed(["plot", "lag", "--target", "y", "-o", "lags.svg"])
    let figure = try String(contentsOfFile: program.folder + "/lags.svg", encoding: .utf8)
    #expect(figure.matches(of: /<circle\b/).count == 4 && figure.contains("anna"))
    let none = try program.run(["plot", "lag", "--target", "z", "-o", "none.svg"])
    #expect(none.status != 0 && none.error.contains("E-QRY-009"))
  }

  @Test("runs that share all stimuli cannot be left out, stimuli can")
  func runsThatShareStimuli() throws {
    let program = try films([["r1", "r2"], ["r1", "r2"]])
    let refused = try program.run(["run", "runs.yaml"])
    #expect(refused.status != 0)
    #expect(refused.error.contains("share stimuli"), "\(refused.error)")
    try program.succeed(["run", "films.yaml"])
  }

  // MARK: - Keys

  @Test("lags of joint sets have rows, and sets without layers are contrasted")
  func jointLagsAndContrasts() throws {
    let program = try rated()
    try run(
      program, "joint",
      study(
        "joint", features: "[{space: both}, {space: anna}]",
        statistics:
          "{null: none, lags_s: [0, 1], contrasts: [{name: gain, a: {set: anna}, b: {set: both}}]}",
        more: "joint: [[both, anna]]"))
    let lags = try program.rows("SELECT feature_set, count(*) FROM lag_score JOIN fit USING (fit_key) GROUP BY 1")
    #expect(lags == [["anna", "2"], ["both", "2"], ["both + anna", "2"]])
    let gain = try program.rows("SELECT contrast, difference > 0 FROM layer_contrast")
    #expect(gain == [["gain", "1"]])
  }
}
