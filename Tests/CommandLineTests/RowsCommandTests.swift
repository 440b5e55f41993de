import Testing

/// Which rows count in a study, and at which second they lie.
@Suite struct RowsCommandTests: StudyCommandTests {
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
}
