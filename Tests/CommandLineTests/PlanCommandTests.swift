import Foundation
import Testing

/// `plan` as a power meter: what it says of rows, folds and validity is what a run gives, and a study without a row that
/// may be reported stops with ways out that work.
@Suite struct PlanCommandTests {
  private func program() throws -> Program {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    return program
  }

  /// Imports a feature `x` and a target `y` of a stimulus; nil: missing.
  private func enter(_ x: [Double], _ y: [Double?], of stimulus: String, _ program: Program) throws {
    var (features, ratings) = ("time,x\n", "time,y\n")
    for (t, value) in x.enumerated() { features += "\(t),\(value)\n" }
    for (t, value) in y.enumerated() { ratings += "\(t),\(value.map { "\($0)" } ?? "")\n" }
    try program.write(features, "x-\(stimulus).csv")
    try program.write(ratings, "y-\(stimulus).csv")
    try program.succeed([
      "import", "features", "x-\(stimulus).csv", "--dataset", "d", "--stimulus", stimulus, "--space", "x=x",
    ])
    try program.succeed([
      "import", "annotations", "y-\(stimulus).csv", "--dataset", "d", "--stimulus", stimulus, "--name", "y",
    ])
  }

  private func study(_ name: String, _ encoding: String, target: String = "{annotation: y}") -> String {
    "study: \(name)\nkind: layer_sweep\ndatasets: [d]\nfeatures: [{space: x}]\ntargets: [\(target)]\n"
      + "encoding: {\(encoding)}\nstatistics: {null: none, contrasts: []}\n"
  }

  /// One design of `plan --json`, with its cells.
  private struct Told {
    let cells: [[String: Any]]
    let stimuli: Int

    init(_ program: Program, _ study: String) throws {
      let output = try program.run(["plan", study, "--json"]).output
      let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
      let designs = try #require(object?["designs"] as? [[String: Any]])
      try #require(designs.count == 1)
      cells = try #require(designs[0]["cells"] as? [[String: Any]])
      stimuli = try #require(designs[0]["stimuli"] as? [Any]).count
    }

    func number(_ key: String, _ cell: Int = 0) -> Int? { cells[cell][key] as? Int }
  }

  @Test(
    "rows, folds, stimuli and validity of a plan are those of the run",
    arguments: [
      "position: none, delays_s: [0, 2], trim_s: [10, 5], outer: {folds: 4}", "delays_s: [0, 1], outer: {folds: 5}",
      "position: none, delays_s: [0], outer: {leave_one: stimulus}",
    ])
  func toldIsDone(_ encoding: String) throws {
    let program = try program()
    var numbers = UniformNumbers(state: 341_873_128)
    for (index, length) in [150, 130, 140, 30].enumerated() {
      let x = numbers.list(length)
      var y: [Double?] = x.map { $0 + numbers.next() }
      for t in 40..<60 where index == 1 { y[t] = nil }
      try enter(x, y, of: "s\(index)", program)
    }
    try program.write(study("told", encoding), "told.yaml")
    let told = try Told(program, "told.yaml")
    try program.succeed(["run", "told.yaml"])
    let done = try program.rows(
      "SELECT sample_count, dropped_count, folds_counted, folds_total, stimuli_counted, valid, stimulus_count "
        + "FROM encoding_score")
    try #require(done.count == 1 && told.cells.count == 1)
    let dropped = try #require(told.cells[0]["dropped"] as? [String: Int])
    let keys = ["rows", "folds_counted", "folds_total", "stimuli_counted", "valid"].map { told.number($0) }
    #expect(keys == [0, 2, 3, 4, 5].map { Int(done[0][$0]) }, "\(told.cells) \(done)")
    #expect(dropped.values.reduce(0, +) == Int(done[0][1]) && (dropped["missing_target"] ?? 0) > 0)
    #expect(told.stimuli == 4 && told.number("columns") == (encoding.contains("[0]") ? 1 : 2))
    #expect((told.cells[0]["r_found"] as? Double ?? 0) > 0)
    let text = try program.succeed(["plan", "told.yaml"]).output
    #expect(text.contains("missing target \(dropped["missing_target"] ?? 0)") && text.contains("r_found"))
  }

  @Test("recordings that are not prepared yet are counted by their own clock", arguments: [2.0, 1.5, 1, 0.5])
  func ofRecordings(_ repetitionS: Double) throws {
    let program = try program()
    var numbers = UniformNumbers(state: 36_969_141)
    for film in ["a", "b", "c"] {
      try program.write("time,x\n" + (0..<200).map { "\($0),\(numbers.next())\n" }.joined(), "x.csv")
      try program.succeed([
        "import", "features", "x.csv", "--dataset", "d", "--stimulus", film, "--space", "x=x",
      ])
      for subject in ["s1", "s2"] {
        let scans = Int((subject == "s1" ? 180 : 150) / repetitionS)
        try program.write("up\n" + (0..<scans).map { _ in "\(100 + numbers.next())\n" }.joined(), "bold.csv")
        try program.succeed([
          "import", "fmri", "bold.csv", "--dataset", "d", "--stimulus", film, "--subject", subject, "--run", film,
          "--name", "bold", "--rate-hz", "\(1 / repetitionS)", "--units", "au", "--onset-s", "3",
        ])
      }
    }
    for level in ["group", "subject"] {
      let text = """
        study: \(level)
        kind: layer_sweep
        datasets: [d]
        features: [{space: x}]
        targets: [{response: bold, level: \(level)}]
        preparation: {fmri: {detrend: true, discard_volumes: 3}}
        encoding: {position: none, delays_s: [0, 2], outer: {folds: 4}, inner: {folds: 3}}
        statistics: {null: none, contrasts: []}
        \(level == "subject" ? "filters: {subjects: [s1]}" : "")
        """
      try program.write(text, "\(level).yaml")
      let told = try Told(program, "\(level).yaml")
      try program.succeed(["run", "\(level).yaml"])
      let done = try program.rows(
        "SELECT sample_count, dropped_count, folds_total FROM encoding_score WHERE study = '\(level)'")
      let dropped = try #require(told.cells[0]["dropped"] as? [String: Int]).values.reduce(0, +)
      #expect([told.number("rows"), dropped, told.number("folds_total")] == done[0].map { Int($0) }, "\(level)")
      // Once it is made it is counted as it is.
      #expect(try Told(program, "\(level).yaml").number("rows") == told.number("rows"))
    }
  }

  @Test("changes of an embedding are one column, before they are made and after")
  func changesAreOneColumn() throws {
    let program = try program()
    var numbers = UniformNumbers(state: 77_231_987)
    try FeatureCommandTests.noise(seconds: 120).write(to: URL(fileURLWithPath: program.folder + "/film.wav"))
    try program.succeed(["import", "audio", "film.wav", "--dataset", "d"])
    try program.write("time,y\n" + (0..<120).map { "\($0),\(numbers.next())\n" }.joined(), "y.csv")
    try program.succeed([
      "import", "annotations", "y.csv", "--dataset", "d", "--stimulus", "film", "--name", "y",
    ])
    for (name, transform, columns) in [("levels", "", 24), ("changes", ", transform: changes", 2)] {
      let text = study(name, "position: none, delays_s: [0, 1], outer: {folds: 4}, inner: {folds: 3}")
      try program.write(text.replacing("{space: x}", with: "{set: lld12\(transform)}"), "\(name).yaml")
      #expect(try Told(program, "\(name).yaml").number("columns") == columns)
      try program.succeed(["run", "\(name).yaml"])
      #expect(try Told(program, "\(name).yaml").number("columns") == columns)
    }
  }

  /// The two ways out of an error's remedy.
  private func waysOut(_ ending: Program.Ending) throws -> [String] {
    #expect(ending.status == 65 && ending.error.contains("E-ENC-010"), "\(ending.error)")
    let line = try #require(ending.error.split(separator: "\n").first { $0.contains("  do:  ") })
    let remedy = line.replacingOccurrences(of: "  do:  ", with: "")
    let ways = remedy.components(separatedBy: "; --allow-invalid")[0].components(separatedBy: "; or ")
    try #require(ways.count == 2, "\(remedy)")
    return ways
  }

  /// Keys of `encoding` with those of a way out in their place.
  private func changed(_ encoding: [String: String], by way: String) throws -> String {
    var keys = encoding
    let pattern = try NSRegularExpression(pattern: #"(\w+): (\[[^\]]*\]|\{[^}]*\}|\w+)"#)
    let body = String(way.dropFirst("encoding: {".count).dropLast())
    for match in pattern.matches(in: body, range: NSRange(body.startIndex..., in: body)) {
      let parts = try (1...2).map { try String(body[#require(Range(match.range(at: $0), in: body))]) }
      keys[parts[0]] = parts[1]
    }
    return keys.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
  }

  @Test("a study that is too short stops before it computes, and both ways out work as printed")
  func tooShort() throws {
    let program = try program()
    var numbers = UniformNumbers(state: 9_871_623)
    let x = numbers.list(40)
    let y = x.map { $0 + 0.3 * numbers.next() }
    try enter(x, y, of: "film", program)
    let encoding = ["delays_s": "[0, 1, 2, 3, 4, 5, 6, 7, 8]", "outer": "{folds: 4}"]
    try program.write(study("short", changed(encoding, by: "")), "short.yaml")
    let planned = try program.run(["plan", "short.yaml"])
    let ways = try waysOut(planned)
    #expect(planned.error.contains("40 rows of 1 s (film 40 s)") && planned.output.contains("E-ENC-00"))
    #expect(try waysOut(program.run(["run", "short.yaml"])) == ways)
    #expect(try waysOut(program.run(["run", "short.yaml", "--allow-invalid"])) == ways)
    #expect(try program.rows("SELECT count(*) FROM unit_status WHERE attempts > 0") == [["0"]])

    #expect(ways[0].hasPrefix("encoding: {") && ways[1].hasPrefix("more data: "))
    try program.write(study("mended", changed(encoding, by: ways[0])), "mended.yaml")
    try program.succeed(["run", "mended.yaml"])
    #expect(try program.rows("SELECT valid FROM encoding_score WHERE study = 'mended'") == [["1"]])

    // As much more of the same as is asked for.
    let counts = ways[1].split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
    let more = try self.program()
    func turned(_ values: [Double], _ copy: Int) -> [Double] { copy.isMultiple(of: 2) ? values : values.reversed() }
    if ways[1].contains("stimuli of") {
      try #require(counts.count == 3 && counts[1] == 40)
      for copy in 0..<counts[0] { try enter(turned(x, copy), turned(y, copy), of: "film\(copy)", more) }
    } else {
      try #require(counts.count == 2 && counts[0].isMultiple(of: 40))
      let copies = 0..<(counts[0] / 40)
      try enter(copies.flatMap { turned(x, $0) }, copies.flatMap { turned(y, $0) }, of: "film", more)
    }
    try more.write(study("short", changed(encoding, by: "")), "short.yaml")
    try more.succeed(["run", "short.yaml"])
    #expect(try more.rows("SELECT valid FROM encoding_score") == [["1"]])
  }

  @Test("designs that nothing can be reported of are counted among all designs")
  func ofDesigns() throws {
    let program = try program()
    var numbers = UniformNumbers(state: 4_421_187)
    try enter(numbers.list(40), numbers.list(40), of: "film", program)
    for subject in ["s1", "s2"] {
      try program.write("up\n" + numbers.list(40).map { "\($0)\n" }.joined(), "bold.csv")
      try program.succeed([
        "import", "fmri", "bold.csv", "--dataset", "d", "--stimulus", "film", "--subject", subject, "--name", "bold",
        "--rate-hz", "1", "--units", "au", "--onset-s", "0",
      ])
    }
    let targets = "{annotation: y}, {synchrony: {window_s: 10, step_s: 1}}"
    let text = study("two", "delays_s: \"0..8\", outer: {folds: 4}", target: targets)
    try program.write(text + "filters: {grid: 3}\n", "two.yaml")
    let planned = try program.run(["plan", "two.yaml"])
    #expect(planned.status == 65 && planned.error.contains("2 of 2 designs"), "\(planned.error)")
  }

  @Test("a target that never varies is not told to be longer", arguments: [40, 400])
  func constant(_ length: Int) throws {
    let program = try program()
    var numbers = UniformNumbers(state: 71_233_119)
    for film in ["a", "b"] {
      try enter(numbers.list(length), [Double?](repeating: 3, count: length), of: film, program)
    }
    try program.write(study("still", "delays_s: [0, 1], outer: {folds: 4}"), "still.yaml")
    for verb in ["plan", "run"] {
      let refused = try program.run([verb, "still.yaml"]).error
      #expect(refused.contains("E-ENC-010") && refused.contains("constant_target"))
      let way = try #require(refused.split(separator: "\n").first { $0.contains("  do:  ") })
      #expect(way.contains("leave that target or stimulus out") && !way.contains("more data"), "\(way)")
    }
  }

  @Test("a single slow film stops, and goes on for a user who insists")
  func tooSlow() throws {
    let program = try program()
    var numbers = UniformNumbers(state: 55_512_377)
    var (level, y): (Double, [Double]) = (0, [])
    for _ in 0..<600 {
      level += numbers.next()
      y.append(level)
    }
    try enter(numbers.list(600), y, of: "film", program)
    let encoding = "position: none, delays_s: [0], outer: {folds: 5}"
    try program.write(study("slow", encoding), "slow.yaml")
    let ways = try waysOut(program.run(["run", "slow.yaml"]))
    #expect(ways[0].hasPrefix("transform: changes"))
    #expect(try program.run(["plan", "slow.yaml"]).error.contains("near_nonstationary"))
    #expect(try program.run(["plan", "slow.yaml", "--allow-invalid"]).status == 0)
    let insisted = try program.succeed(["run", "slow.yaml", "--allow-invalid"])
    #expect(insisted.error.contains("1 of 1 rows are not to be reported"))
    #expect(try program.rows("SELECT valid FROM encoding_score") == [["0"]])
    // What is done is not refused again.
    try program.succeed(["run", "slow.yaml"])
    try program.write(study("changes", encoding, target: "{annotation: y, transform: changes}"), "changes.yaml")
    try program.succeed(["run", "changes.yaml"])
    #expect(try program.rows("SELECT valid FROM encoding_score WHERE study = 'changes'") == [["1"]])
  }

  @Test(
    "every problem of a refused study is said once",
    arguments: ["nulls: [r]", "delays_s: [-]", "outer: {fold: 4}, trim_s: -3", "outer: {fold: 4}, inner: 7, gap_s: x"])
  func saidOnce(_ encoding: String) throws {
    let program = try program()
    try program.write(study("wrong", encoding), "wrong.yaml")
    let json = try program.run(["plan", "wrong.yaml", "--json"]).error
    let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
    let findings = try #require(object?["diagnostics"] as? [[String: Any]])
    try #require(!findings.isEmpty)
    let told = try program.run(["plan", "wrong.yaml"]).error
    for finding in findings {
      for key in ["reason", "remedy"] {
        let text = try #require(finding[key] as? String)
        #expect(told.components(separatedBy: text).count == 2, "\(text) in \(told)")
      }
    }
  }
}
