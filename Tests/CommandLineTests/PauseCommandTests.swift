import Foundation
import Testing

/// Parts of a film with a pause between them: the same film, however they were recorded.
@Suite struct PauseCommandTests: StudyCommandTests {
  private let parts = [0..<150, 150..<300]
  private let delay = 3

  /// The film as three subjects saw it, each part's response `delay` seconds later and over after it.
  private struct Film {
    let feature: [Double]
    /// Per subject and second of the film.
    let noise: [[Double]]

    init(feature: [Double], noise: [[Double]]) { (self.feature, self.noise) = (feature, noise) }

    init() {
      var numbers = UniformNumbers(state: 2_463_534_242)
      feature = numbers.list(300)
      noise = (0..<3).map { _ in numbers.list(300) }
    }
  }

  /// A recording of some parts of the film, with a pause behind each, and the table of its events.
  private func recording(
    _ film: Film, of subject: Int, _ parts: [Range<Int>], pause: Int
  ) -> (samples: String, events: String) {
    var samples = [Double](repeating: 0, count: 10)
    var events = ["onset\tduration\tstimulus\tstimulus_start_s"]
    for part in parts {
      events.append("\(samples.count)\t\(part.count)\tfilm\t\(part.lowerBound)")
      for second in part {
        let heard = second - delay >= part.lowerBound ? film.feature[second - delay] : 0
        samples.append(heard + 0.3 * film.noise[subject][second])
      }
      samples += (0..<pause).map { $0 < delay ? film.feature[part.upperBound - delay + $0] : 0 }
    }
    return ("A\n" + samples.map { "\($0)\n" }.joined(), events.joined(separator: "\n") + "\n")
  }

  private func bring(
    _ program: Program, _ film: Film, _ dataset: String, of subject: Int, _ parts: [Range<Int>], pause: Int,
    _ more: [String] = []
  ) throws {
    let (samples, events) = recording(film, of: subject, parts, pause: pause)
    try program.write(samples, "bold.csv")
    try program.write(events, "events.tsv")
    try program.succeed(
      [
        "import", "fmri", "bold.csv", "--tr-s", "1", "--name", "bold", "--subject", "s\(subject)", "--events",
        "events.tsv", "--dataset", dataset, "--units", "au",
      ] + more)
  }

  /// r, rows that count and p of every subject or of the group.
  private func scores(_ program: Program, _ dataset: String, _ level: String) throws -> [[String]] {
    let name = "\(dataset)_\(level)"
    try program.write(
      """
      study: \(name)
      kind: layer_sweep
      datasets: [\(dataset)]
      features: [{space: x}]
      targets: [{response: bold, level: \(level)}]
      encoding: {delays_s: [0, 1, 2, 3, 4], outer: {folds: 4}, inner: {folds: 3}}
      statistics: {draws: 19}
      """, "\(name).yaml")
    try program.succeed(["run", "\(name).yaml"])
    return try program.rows(
      "SELECT subject, r, sample_count, dropped_count, p, flags FROM encoding_score WHERE study = '\(name)' ORDER BY subject"
    )
  }

  @Test("parts in one recording have the rows of runs, however long the pause, of a whole where there is none")
  func oneRecording() throws {
    let program = try Program()
    let film = Film()
    try program.succeed(["init", "toy.evoke"])
    for (dataset, pause) in [("whole", 0), ("short", 5), ("long", 60), ("runs", 20), ("mixed", 60)] {
      try program.write(table("x", [film.feature]), "x.csv")
      try program.succeed([
        "import", "features", "x.csv", "--dataset", dataset, "--stimulus", "film", "--space", "x=x",
      ])
      for subject in 0..<3 {
        if dataset == "runs" {
          for (run, part) in parts.enumerated() {
            try bring(program, film, dataset, of: subject, [part], pause: pause, ["--run", "r\(run)"])
          }
        } else {
          // One of the mixed group saw the film without a pause.
          let own = dataset == "mixed" && subject == 1 ? 0 : pause
          try bring(program, film, dataset, of: subject, parts, pause: own)
        }
      }
    }
    for level in ["subject", "group"] {
      let long = try scores(program, "long", level)
      #expect(long.allSatisfy { $0[2] == "292" && $0[3] == "8" }, "\(long)")
      #expect(try scores(program, "short", level) == long)
      // The same rows; within one recording the gap between training and test reaches over the pause, between two it does not.
      let runs = try scores(program, "runs", level)
      #expect(runs.map { [$0[0], $0[2], $0[3]] } == long.map { [$0[0], $0[2], $0[3]] })
      for (one, other) in zip(runs, long) {
        let (a, b) = (try #require(Double(one[1])), try #require(Double(other[1])))
        #expect(abs(a - b) < 0.02, "\(a) in runs, \(b) in one recording")
      }
      let whole = try scores(program, "whole", level)
      #expect(whole.allSatisfy { $0[2] == "296" && $0[3] == "4" }, "\(whole)")
    }
    #expect(try scores(program, "mixed", "group").allSatisfy { $0[2] == "292" })
    #expect(
      try program.rows(
        "SELECT count(*) FROM stored_array WHERE kind = 'prediction' AND name LIKE '%film from 150 s'"
      ) != [["0"]])
  }

  @Test("Seconds that are masked for all are nobody's, and leave everybody in static synchrony")
  func masked() throws {
    let program = try Program()
    let film = Film()
    try program.succeed(["init", "toy.evoke"])
    for dataset in ["plain", "masked"] {
      for subject in 0..<3 { try bring(program, film, dataset, of: subject, [0..<300], pause: 10) }
    }
    let marks = (0..<300).map { "\($0),\((100..<180).contains($0) ? 1 : 0)\n" }.joined()
    try program.write("time,bad\n" + marks, "bad.csv")
    try program.succeed([
      "import", "annotations", "bad.csv", "--dataset", "masked", "--stimulus", "film", "--kind", "bad_segment",
    ])
    try program.write(
      "study: isc\nkind: isc_report\ndatasets: [plain, masked]\ntargets: [{synchrony: {window_s: 10, high_pass_s: none}}]\n"
        + "statistics: {draws: 19}\n", "isc.yaml")
    try program.succeed(["run", "isc.yaml"])
    #expect(
      try program.rows(
        "SELECT dataset, static_subject_count, static_isc > 0.5, p, flags LIKE '%seconds_left_out%' "
          + "FROM synchrony_summary ORDER BY dataset")
        == [["masked", "3", "1", "0.05", "1"], ["plain", "3", "1", "0.05", "0"]])
    #expect(
      try program.rows(
        "SELECT dataset, json_extract(parameters, '$.samples_lacked_by_all'), json_extract(parameters, '$.misalignment_s') "
          + "FROM stored_array WHERE kind = 'synchrony_static' ORDER BY dataset"
      ).map { [$0[0], $0[1]] } == [["masked", "80"], ["plain", "0"]])
  }

  @Test("onsets between samples are said where samples lie apart", arguments: [0, 0.2, 0.5])
  func onsets(_ late: Double) throws {
    let program = try Program()
    let film = Film()
    try program.succeed(["init", "toy.evoke"])
    try program.write(table("x", [film.feature]), "x.csv")
    try program.succeed(["import", "features", "x.csv", "--dataset", "d", "--stimulus", "film", "--space", "x=x"])
    for subject in 0..<3 {
      let (samples, _) = recording(film, of: subject, [0..<300], pause: 10)
      try program.write(samples, "bold.csv")
      try program.succeed([
        "import", "fmri", "bold.csv", "--tr-s", "1", "--name", "bold", "--subject", "s\(subject)", "--stimulus", "film",
        "--onset-s", "\(subject == 1 ? 10 + late : 10)", "--dataset", "d", "--units", "au",
      ])
    }
    let isSaid = late >= 0.25 ? "1" : "0"
    #expect(
      try scores(program, "d", "group").map { $0[5].contains("members_between_samples") ? "1" : "0" } == [isSaid])
    #expect(try scores(program, "d", "subject").allSatisfy { !$0[5].contains("between_samples") })
    try program.write(
      "study: isc\nkind: isc_report\ndatasets: [d]\ntargets: [{synchrony: {window_s: 10}}]\nstatistics: {draws: 19}\n",
      "isc.yaml")
    try program.succeed(["run", "isc.yaml"])
    #expect(
      try program.rows("SELECT flags LIKE '%onsets_between_samples%', static_isc > 0.5 FROM synchrony_summary")
        == [[isSaid, "1"]])
  }

  @Test(
    "Every part of a film that one recording holds is held against its own seconds of the sound", arguments: [0, 60])
  func alignment(_ pause: Int) throws {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    var numbers = UniformNumbers(state: 88_172_645_463_325_252)
    let loudness = numbers.list(300).map { 0.5 + 0.2 * $0 }
    let rate = 2000
    try ToyFolder(path: program.folder).sound(
      (0..<300 * rate).map { loudness[$0 / rate] * sin(2 * .pi * 220 * Double($0) / Double(rate)) }, rateHz: rate,
      "film.wav")
    try program.succeed(["import", "audio", "film.wav", "--dataset", "d"])
    let film = Film(feature: loudness, noise: [[Double](repeating: 0, count: 300)])
    try bring(program, film, "d", of: 0, parts, pause: pause)
    try program.succeed(["check", "alignment"])
    let rows = try program.rows(
      """
      SELECT offset_s, implied_rate_hz, verdict, round(best_lag_s, 1), correlation > 0.9 FROM alignment_audit
      WHERE series = 'bold' ORDER BY offset_s
      """)
    let part = ["1", "ok", "\(delay)", "1"]
    #expect(rows == (pause == 0 ? [["10"] + part, ["10"] + part] : [["10"] + part, ["\(10 + pause)"] + part]))
  }
}
