import Testing

/// Whose ratings count in a study, and which seconds of them.
@Suite struct RaterCommandTests: StudyCommandTests {
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

  @Test("A mean that was imported beside its raters is no rater more")
  func meanBesideRaters() throws {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    var numbers = UniformNumbers(state: 88_675_123)
    let x = numbers.list(200)
    try program.write(table("x", [x]), "x.csv")
    try program.write(table("y", [x]), "y.csv")
    try program.write(
      "time,a,b\n"
        + x.enumerated().map { "\($0),\($1 + 0.5 * numbers.next()),\($1 + 0.5 * numbers.next())\n" }.joined(),
      "raters.csv")
    try program.succeed(["import", "features", "x.csv", "--dataset", "d", "--stimulus", "s", "--space", "x=x"])
    try program.succeed(["import", "annotations", "y.csv", "--dataset", "d", "--stimulus", "s"])
    try program.succeed([
      "import", "annotations", "raters.csv", "--dataset", "d", "--stimulus", "s", "--raters", "wide", "--name", "y",
    ])
    try program.write(study("both", features: "[{space: x}]"), "both.yaml")
    let refused = try program.run(["plan", "both.yaml"])
    #expect(refused.status == 65 && refused.error.contains("E-ENC-013") && refused.error.contains("annotation y of s"))
    // Where each rater counts alone, nothing is mixed: the mean is no rater, and none of a rater's peers.
    let each = study("each", features: "[{space: x}]", targets: "[{annotation: y, rater: each}]")
    try program.write(each, "each.yaml")
    let planned = try program.succeed(["plan", "each.yaml"])
    #expect((planned.output + planned.error).contains("leaves out the y of s that has no rater"), "\(planned)")
    try program.succeed(["run", "each.yaml"])
    let columns = "rater, round(r, 9), round(noise_ceiling, 9)"
    let ask = "SELECT \(columns) FROM encoding_score WHERE study = 'each' ORDER BY rater"
    let beside = try program.rows(ask)
    #expect(beside.map { $0[0] } == ["a", "b"], "\(beside)")
    // As a feature, one's own ratings are one's own.
    let own = study(
      "own", features: "[{annotation: y, rater: own}]", targets: "[{annotation: z, rater: each}]")
    try program.succeed([
      "import", "annotations", "raters.csv", "--dataset", "d", "--stimulus", "s", "--raters", "wide", "--name", "z",
    ])
    try run(program, "own", own)
    #expect(
      try program.rows("SELECT rater, r > 0.999 FROM encoding_score WHERE study = 'own' ORDER BY rater")
        == [["a", "1"], ["b", "1"]])
    // Without it everything is as it was beside it.
    try program.succeed(["forget", "d/s/annotation/y"])
    try run(program, "each", each)
    #expect(try program.rows(ask) == beside)
  }

  @Test("Raters on scales that were declared differently are averaged by nobody; each of them stands for itself")
  func scales() throws {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    var numbers = UniformNumbers(state: 314_159)
    let x = numbers.list(200)
    try program.write(table("x", [x]), "x.csv")
    try program.succeed(["import", "features", "x.csv", "--dataset", "d", "--stimulus", "s", "--space", "x=x"])
    for (rater, factor, scale) in [("a", 1.0, "1:9"), ("b", -10.0, "0:100"), ("c", 1.0, "1:9")] {
      let rows = x.enumerated().map { "\($0),\(rater),\((factor < 0 ? 50 : 5) + factor * $1)\n" }
      try program.write("time,rater,y\n" + rows.joined(), "\(rater).csv")
      try program.succeed([
        "import", "annotations", "\(rater).csv", "--dataset", "d", "--stimulus", "s", "--rater", "rater", "--scale",
        scale,
      ])
    }
    for (name, text) in [
      ("target", study("target", features: "[{space: x}]")),
      ("feature", study("feature", features: "[{annotation: y}]", targets: "[{annotation: y, rater: each}]")),
    ] {
      try program.write(text, "\(name).yaml")
      let refused = try program.run(["plan", "\(name).yaml"])
      #expect(refused.status == 65 && refused.error.contains("E-ENC-014") && refused.error.contains("0.0 to 100.0"))
    }
    try run(program, "each", study("each", features: "[{space: x}]", targets: "[{annotation: y, rater: each}]"))
    #expect(
      try program.rows("SELECT rater, r > 0.99 FROM encoding_score ORDER BY rater")
        == [["a", "1"], ["b", "1"], ["c", "1"]])
  }

  @Test("Raters who declare no scale are named, and refused where their values lie outside the one that others declare")
  func undeclaredScales() throws {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    var numbers = UniformNumbers(state: 27_182)
    let x = numbers.list(200)
    try program.write(table("x", [x]), "x.csv")
    try program.succeed(["import", "features", "x.csv", "--dataset", "d", "--stimulus", "s", "--space", "x=x"])
    // b fits the scale of a and c; w, of another annotation beside v, does not.
    let raters: [(name: String, rater: String, factor: Double, scale: [String])] = [
      ("y", "a", 1, ["--scale", "1:9"]), ("y", "b", 1, []), ("y", "c", 1, ["--scale", "1:9"]),
      ("z", "v", 1, ["--scale", "1:9"]), ("z", "w", 20, []), ("free", "a", 1, []), ("free", "b", 20, []),
    ]
    for (name, rater, factor, scale) in raters {
      let rows = x.enumerated().map { "\($0),\(rater),\(5 + factor * $1)\n" }
      try program.write("time,rater,\(name)\n" + rows.joined(), "\(name)-\(rater).csv")
      try program.succeed(
        [
          "import", "annotations", "\(name)-\(rater).csv", "--dataset", "d", "--stimulus", "s", "--rater", "rater",
        ] + scale)
    }
    func plan(_ name: String, _ targets: String, features: String = "[{space: x}]") throws
      -> (status: Int32, output: String, error: String)
    {
      try program.write(study(name, features: features, targets: targets), "\(name).yaml")
      let found = try program.run(["plan", "\(name).yaml"])
      return (found.status, found.output, found.error)
    }
    let named = try plan("named", "[{annotation: y}]")
    #expect(named.status == 0 && (named.output + named.error).contains("annotation/y/b declares no scale"), "\(named)")
    for refused in [
      try plan("outside", "[{annotation: z}]"),
      try plan("feature", "[{annotation: y}]", features: "[{annotation: z}]"),
    ] {
      #expect(refused.status == 65 && refused.error.contains("E-ENC-014"), "\(refused)")
      #expect(refused.error.contains("w declares none and has values from"), "\(refused)")
    }
    // Where nobody declares one there is nothing to compare with; each by himself has one scale.
    let free = try plan("free", "[{annotation: free}]")
    #expect(free.status == 0 && !(free.output + free.error).contains("no scale"), "\(free)")
    let each = try plan("each", "[{annotation: z, rater: each}]")
    #expect(each.status == 0 && !(each.output + each.error).contains("no scale"), "\(each)")
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

  @Test("a stretch of ratings is refused in an exclusion list, and holds as a bad segment")
  func stretches() throws {
    let program = try rated()
    try program.write("stimulus,onset_s,offset_s,reason\ns1,10,40,cough\n", "cough.csv")
    try program.succeed(["import", "exclusions", "cough.csv", "--dataset", "d"])
    try program.write(study("cough", features: "[{space: both}]"), "cough.yaml")
    let refused = try program.run(["plan", "cough.yaml"])
    #expect(refused.status == 65 && refused.error.contains("E-TAB-023"), "\(refused.error)")
    #expect(refused.error.contains("stimulus s1 10.0 s to 40.0 s") && refused.error.contains("--kind bad_segment"))
    try run(program, "whole", study("whole", features: "[{space: both}]", more: "filters: {exclude: none}"))
    try program.write("time,bad\n0,0\n10,1\n40,0\n119,0\n", "bad.csv")
    try program.succeed([
      "import", "annotations", "bad.csv", "--dataset", "d", "--stimulus", "s1", "--kind", "bad_segment",
    ])
    try run(program, "bad", study("bad", features: "[{space: both}]", more: "filters: {exclude: bad}"))
    let dropped = try program.rows(
      "SELECT dropped_count FROM encoding_score WHERE study IN ('whole', 'bad') ORDER BY study")
    #expect(dropped == [["30"], ["0"]])
  }

  @Test("raters' levels as a feature are those of the rows that any run of a film reads, and of no other")
  func ratersOfRuns() throws {
    let plain = try shownTwice(runs: ["a", "b"], spike: 0)
    #expect(try shownTwice(runs: ["a", "b"], spike: 100) == plain && plain[3] == 2 * (110 + 60), "\(plain)")
    // Which of the runs comes first does not matter.
    let turned = try shownTwice(runs: ["b", "a"], spike: 0)
    for (one, other) in zip(plain, turned) { #expect(abs(one - other) < 1e-9) }
  }
}
