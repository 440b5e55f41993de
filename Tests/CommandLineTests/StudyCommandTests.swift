import Foundation
import Testing

/// Small studies of made-up series, for suites about what counts in a study.
protocol StudyCommandTests {}

extension StudyCommandTests {
  func table(_ header: String, _ columns: [[Double]], firstS: Double = 0) -> String {
    let rows = columns[0].indices.map { row in
      ([firstS + Double(row)] + columns.map { $0[row] }).map { String($0) }.joined(separator: ",")
    }
    return "time,\(header)\n" + rows.joined(separator: "\n") + "\n"
  }

  func study(
    _ name: String, features: String, targets: String = "[{annotation: y}]", statistics: String = "{null: none}",
    more: String = "",
    encoding: String = "{position: none, delays_s: {annotation: [0]}, outer: {folds: 4}, inner: {folds: 3}}"
  ) -> String {
    "study: \(name)\nkind: layer_sweep\ndatasets: [d]\nfeatures: \(features)\ntargets: \(targets)\nencoding: \(encoding)\n"
      + "statistics: \(statistics)\n\(more)\n"
  }

  func run(_ program: Program, _ name: String, _ text: String) throws {
    try program.write(text, "\(name).yaml")
    try program.succeed(["run", "\(name).yaml"])
  }

  func r(_ program: Program, _ study: String) throws -> Double {
    let answers = try program.rows("SELECT r FROM encoding_score WHERE study = '\(study)'")
    try #require(answers.count == 1)
    return try #require(Double(answers[0][0]))
  }

  /// Two stimuli of 120 s: anna follows the target, zoe does not; the spaces `both` and `anna` are what the study should use.
  func rated() throws -> Program {
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

  /// One subject, two films of two showings each; features and response are noise of the film.
  func films(_ runs: [[String]]) throws -> Program {
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
}
