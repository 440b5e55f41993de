import Foundation
import Testing

/// Recordings that hold several showings, and showings in different runs, as targets of encoding.
@Suite struct ShowingCommandTests {
  private func table(_ header: String, _ rows: [[Double]]) -> String {
    ([header] + rows.map { $0.map { String($0) }.joined(separator: ",") }).joined(separator: "\n") + "\n"
  }

  @Test("Stimuli inside one recording keep their places, and subjects' different runs are one piece")
  func showings() throws {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    // Two pieces of 200 s with a slow feature each; the response is the feature 2 s later.
    let features = (0..<2).map { s in (0..<200).map { t in sin(Double(t) * (0.11 + 0.05 * Double(s))) } }
    for (s, values) in features.enumerated() {
      try program.write(table("time,loud", values.enumerated().map { [Double($0), $1] }), "piece\(s).csv")
      try program.succeed([
        "import", "features", "piece\(s).csv", "--stimulus", "piece\(s)", "--space", "sound=loud", "--dataset", "d",
      ])
    }
    // sub-0 hears both in one recording, at 20 and 260 s; sub-1 the other way round; in runs of other names.
    for subject in 0..<2 {
      var samples = [Double](repeating: 0, count: 480)
      var events: [String] = ["onset\tduration\ttrial_type"]
      let order = subject == 0 ? [0, 1] : [1, 0]
      for place in 0..<2 {
        let s = order[place]
        let onset = place == 0 ? 20 : 260
        events.append("\(onset)\t200\tpiece\(s)")
        for t in 2..<200 { samples[onset + t] = features[s][t - 2] }
      }
      let rows = samples.enumerated().map { t, value in [value + 0.3 * sin(Double(t * t) * 0.7 + Double(subject))] }
      try program.write(table("auditory", rows), "sub\(subject).csv")
      try program.write(events.joined(separator: "\n") + "\n", "sub\(subject).tsv")
      try program.write("trial_type,stimulus\npiece0,piece0\npiece1,piece1\n", "map.csv")
      try program.succeed([
        "import", "fmri", "sub\(subject).csv", "--rate-hz", "1", "--units", "au", "--subject", "sub\(subject)", "--run",
        "run\(subject)", "--events", "sub\(subject).tsv", "--event-map", "map.csv", "--name", "bold", "--dataset", "d",
      ])
    }
    try program.write(
      """
      study: shown
      kind: layer_sweep
      datasets: [d]
      features: [{space: sound}]
      targets: [{response: bold}]
      encoding: {position: none, delays_s: [2], outer: {folds: 3}, inner: {folds: 3}}
      statistics: {draws: 19}
      """, "shown.yaml")
    try program.succeed(["run", "shown.yaml"])
    let row = try program.succeed([
      "sql", "SELECT stimulus_count, subject_count, r > 0.9, sample_count FROM encoding_score", "--format", "csv",
    ]).output.split(whereSeparator: \.isNewline)
    #expect(row.count == 2 && row[1].hasPrefix("2,2,1,"), "\(row)")
    // Both subjects are behind every row: two pieces of 200 s, not four.
    let samples = Int(row.last?.split(separator: ",").last ?? "") ?? 0
    #expect(samples > 300 && samples <= 400, "\(row)")
  }
}
