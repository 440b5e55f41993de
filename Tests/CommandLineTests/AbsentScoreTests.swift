import Foundation
import Testing

/// A subject whose region was not recorded has no score there: no row over subjects is of it, counts it, or loses its test.
@Suite(.serialized) struct AbsentScoreTests {
  private static let films = ["f1", "f2", "f3", "f4"]
  private static let fitted =
    "position: none, gap_s: 3, outer: {leave_one: stimulus}, inner: {folds: 3}, lambdas: {log10: [-2, 3, 1]}"

  private static let studies = [
    """
    study: sweep
    kind: layer_sweep
    datasets: [d]
    features: [{space: x}, {space: y}]
    targets: [{response: bold, level: subject}]
    encoding: {delays_s: [0], \(fitted)}
    statistics: {draws: 9, family: [feature_set], contrasts: [{name: x-y, a: {set: x}, b: {set: y}}]}
    twins: [position]
    """,
    """
    study: directions
    kind: emotion_to_brain
    datasets: [d]
    features: [{annotation: joy}]
    targets: [{response: bold, level: subject}]
    emotion_to_brain: {delays_s: [1, 2]}
    encoding: {\(fitted)}
    statistics: {draws: 9}
    """,
    """
    study: cohorts
    kind: cohort_comparison
    datasets: [d]
    features: [{space: x}]
    targets: [{response: bold, level: subject}]
    encoding: {delays_s: [0], \(fitted)}
    statistics: {null: none}
    filters: {group_by: age}
    """,
  ]

  /// Rows over subjects, without what says of which family they are: its other regions have one subject more. Signs are
  /// drawn for all of its subjects.
  private static let rows = [
    """
    SELECT study, feature_set, quantity, test, subject_count, stimulus_count, mean, low, high, statistic, df1,
      iif(test = 'sign_flip', NULL, p), generalises_to, folds_counted, folds_total, stimuli_counted, valid, flags
    FROM group_score WHERE region = 'part' ORDER BY 1, 2, 3, 4
    """,
    """
    SELECT feature_set, test, subject_count, unit, unit_count, r_a, r_b, difference, low, high, p, folds_counted,
      stimuli_counted, valid, flags, reason
    FROM layer_contrast WHERE region = 'part' AND subject_count IS NOT NULL ORDER BY 1, 2
    """,
    """
    SELECT feature_set, twin, subject_count, r, difference, low, high, p, folds_counted, stimuli_counted, valid, flags
    FROM twin_comparison WHERE region = 'part' AND subject_count IS NOT NULL ORDER BY 1, 2
    """,
    """
    SELECT feature_set, quantity, test, r_a, r_b, difference, low, high, p, n_a, n_b, comparable, reason, valid, flags
    FROM cohort_comparison WHERE region = 'part' ORDER BY 1, 2, 3
    """,
    """
    SELECT feature_set, k, estimate, low, high, tau2, p, method, subject_count, folds_counted, valid, flags, reason
    FROM meta_analysis WHERE region = 'part' ORDER BY 1
    """,
  ]

  /// What is found of six subjects, and of a seventh without the region.
  private func found(withSeventh isThere: Bool) throws -> [[[String]]] {
    let program = try Program()
    let folder = ToyFolder(path: program.folder)
    let people = ["ann", "bea", "cai", "dov", "eli", "fox"] + (isThere ? ["zoe"] : [])
    try program.succeed(["init", "toy.evoke"])
    for (place, film) in Self.films.enumerated() {
      var numbers = ToyNumbers(UInt64(place + 5))
      let (x, y) = (numbers.slow(90, memory: 0.4), numbers.slow(90, memory: 0.4))
      let time = (name: "time", values: x.indices.map(Double.init))
      try folder.table([time, (name: "x", values: x), (name: "y", values: y)], "\(film).csv")
      try folder.table([time, (name: "joy", values: x)], "joy_\(film).csv")
      let at = ["--dataset", "d", "--stimulus", film]
      try program.succeed(["import", "features", "\(film).csv", "--space", "x=x", "--space", "y=y"] + at)
      try program.succeed(["import", "annotations", "joy_\(film).csv"] + at)
      for person in people {
        let whole = zip(x, numbers.white(90)).map { $0 + $1 }
        let part = zip(zip(x, y), numbers.white(90)).map { person == "zoe" ? .nan : 0.5 * $0.0 + $0.1 + $1 }
        try folder.table([(name: "part", values: part), (name: "whole", values: whole)], "\(film)_\(person).tsv")
      }
    }
    try program.succeed([
      "import", "fmri", "{stimulus}_{subject}.tsv", "--dataset", "d", "--name", "bold", "--tr-s", "1", "--onset-s",
      "0", "--units", "au", "--bad", "mark",
    ])
    let ages = people.enumerated().map { "\($1),\($0 < 3 || $1 == "zoe" ? "old" : "young")" }
    try program.write((["subject,age"] + ages).joined(separator: "\n"), "participants.csv")
    try program.succeed(["import", "participants", "participants.csv", "--dataset", "d"])
    for (place, study) in Self.studies.enumerated() {
      try program.write(study, "\(place).yaml")
      try program.succeed(["run", "\(place).yaml", "--allow-invalid"])
    }
    return try Self.rows.map { try program.rows($0) }
  }

  @Test func aSubjectWithoutAScoreChangesNoRowOverSubjects() throws {
    let (with, without) = (try found(withSeventh: true), try found(withSeventh: false))
    for (place, rows) in without.enumerated() {
      try #require(!rows.isEmpty, "\(Self.rows[place])")
      #expect(with[place] == rows, "\(with[place]) and \(rows)")
    }
    // Differences over six subjects may be reported, and so may those of three and three.
    #expect(without[1].allSatisfy { $0[2] == "6" && $0[13] == "1" }, "\(without[1])")
    #expect(without[3].allSatisfy { $0[9] == "3" && $0[10] == "3" }, "\(without[3])")
  }
}
