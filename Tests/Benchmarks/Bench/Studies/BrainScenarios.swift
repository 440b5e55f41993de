import Foundation
import LabelledArrays
import NIfTIFile

/// Responses of regions in several subjects, who share a part of them.
enum BrainScenarios {
  /// Of the variance of a response that is not driven, what everyone has in common.
  private static func noise(
    _ series: PlantedSeries, _ seconds: Int, _ region: String, _ subject: Int, _ piece: String, shared: Double
  ) -> [Double] {
    let common = series.slow(seconds, "common \(region) \(piece)")
    let own = series.slow(seconds, "subject \(subject) \(region) \(piece)")
    return zip(common, own).map { shared.squareRoot() * $0 + (1 - shared).squareRoot() * $1 }
  }

  /// Three pieces and six subjects; a region follows the envelope and timbre, one timbre, one neither, 4 s later.
  private static func hearing(isPlanted: Bool) -> StudyScenario {
    let weights = [("both", 0.7, 0.7), ("timbre", 0, 0.8), ("neither", 0, 0)]
    let rows = "p, mean, low, high, valid FROM group_score WHERE quantity = 'unique_r2' AND test = 'group_phase'"
    let driven = "(region = 'both' OR (region = 'timbre' AND feature_set = 'timbre'))"
    return StudyScenario(
      kind: "audio_to_brain", form: isPlanted ? "planted" : "null",
      label: isPlanted
        ? "of three regions one follows two sets of features, one the second, one neither"
        : "three regions of six subjects, who share .3 of them, follow neither of two sets",
      questions: isPlanted
        ? [.init("sets", "\(rows) AND \(driven)"), .init("elsewhere", "\(rows) AND NOT \(driven)")]
        : [.init("sets", rows)],
      studies: [
        """
        features: [{space: envelope}, {space: timbre}]
        targets: [{response: bold, level: subject}]
        encoding: {delays_s: [4]}
        statistics: {draws: 39, family: [region]}
        """
      ]
    ) { series, folder in
      let seconds = 160
      let pieces = (1...3).map { "p\($0)" }
      for piece in pieces {
        let features = ["e", "a", "b"].map { (name: $0, values: series.slow(seconds, "\($0) \(piece)")) }
        try folder.seconds(features, "\(piece).csv")
        for subject in 1...6 {
          let columns = weights.map { region, envelope, timbre in
            let rest = noise(series, seconds, region, subject, piece, shared: 0.3)
            let values = rest.indices.map { t in
              let driven = isPlanted && t >= 4
              return 0.8 * rest[t]
                + (driven ? envelope * features[0].values[t - 4] + timbre * features[1].values[t - 4] : 0)
            }
            return (name: region, values: values)
          }
          try folder.table(columns, "bold/\(piece)_s\(subject).tsv")
        }
      }
      return [ToyImport.features(pieces, ["envelope=e", "timbre=a,b"]), ToyImport.responses("bold")]
    }
  }

  /// A region and the weights of the rating 2 to 4 s before and after.
  private typealias Direction = (name: String, before: Double, after: Double)

  /// One rating of two pieces, and responses of five subjects that follow it, precede it, or do both.
  private static func feeling(
    _ form: String, _ label: String, _ regions: [Direction], _ questions: [StudyScenario.Question], runs: Int = 20
  ) -> StudyScenario {
    StudyScenario(
      kind: "emotion_to_brain", form: form, label: label, questions: questions,
      studies: [
        """
        features: [{annotation: joy}]
        targets: [{response: bold, level: subject}]
        encoding: {outer: {folds: 6}, inner: {folds: 4}}
        statistics: {null: none}
        emotion_to_brain: {delays_s: "1..5"}
        """
      ], runs: runs
    ) { series, folder in
      let seconds = 240
      let pieces = ["p1", "p2"]
      for piece in pieces {
        let joy = series.slow(seconds, "joy \(piece)")
        try folder.seconds([("joy", joy)], "rated/\(piece).csv")
        for subject in 1...5 {
          let columns = regions.map { region in
            let rest = noise(series, seconds, region.name, subject, piece, shared: 0.3)
            let values = joy.indices.map { t in
              (2...4).reduce(0.86 * rest[t]) { sum, lag in
                sum + (t >= lag ? region.before * joy[t - lag] : 0) / 1.7
                  + (t + lag < seconds ? region.after * joy[t + lag] : 0) / 1.7
              }
            }
            return (name: region.name, values: values)
          }
          try folder.table(columns, "bold/\(piece)_s\(subject).tsv")
        }
      }
      return [ToyImport.ratings(pieces), ToyImport.responses("bold")]
    }
  }

  private static var feelings: [StudyScenario] {
    let rows = "mean, low, high, valid FROM group_score WHERE quantity = 'future_minus_past' AND test = 'corrected_t'"
    let all = StudyScenario.Question("future - past", "p, \(rows)")
    let names = (1...6).map { "r\($0)" }
    return [
      feeling(
        "planted", "of four regions one follows a rating, one precedes it, one does both, one neither",
        [("follows", 0.8, 0), ("precedes", 0, 0.8), ("both", 0.6, 0.6), ("neither", 0, 0)],
        [
          .init("follows", "iif(mean > 0, p, 1), \(rows) AND region = 'follows'"),
          .init("precedes", "iif(mean < 0, p, 1), \(rows) AND region = 'precedes'"),
          .init("elsewhere", "p, \(rows) AND region IN ('both', 'neither')"),
        ]),
      feeling("null", "four regions have nothing to do with a rating", names.prefix(4).map { ($0, 0, 0) }, [all]),
      feeling(
        "symmetric", "six regions follow and precede a rating alike", names.map { ($0, 0.6, 0.6) }, [all], runs: 200),
    ]
  }

  /// Three pieces of features that no response follows, and what tests over subjects say.
  ///
  /// - Parameter blur: weights of a region's noise and its neighbours'.
  private static func group(
    _ form: String, _ label: String, subjects: Int, regions: Int, shared: Double, correction: String,
    _ questions: [StudyScenario.Question], atlas: (@Sendable (ToyFolder, [String]) throws -> [[String]])? = nil
  ) -> StudyScenario {
    StudyScenario(
      kind: "layer_sweep", form: form, label: label, questions: questions,
      studies: [
        """
        features: [{space: sound}]
        targets: [{response: bold, level: subject, delays_s: [0]}]
        encoding: {position: none, outer: {leave_one: stimulus}, inner: {folds: 4}}
        statistics: {draws: 39, family: [region], correction: [\(correction)]}
        """
      ], runs: 100
    ) { series, folder in
      let (seconds, names) = (120, (1...regions).map { "r\($0)" })
      let pieces = (1...3).map { "p\($0)" }
      for piece in pieces {
        try folder.seconds(
          ["a", "b", "c"].map { (name: $0, values: series.slow(seconds, "\($0) \(piece)", memory: 0.9)) },
          "\(piece).csv")
        for subject in 1...subjects {
          let rest = (0..<regions + 2).map {
            noise(series, seconds, "region \($0)", subject, piece, shared: shared)
          }
          // Neighbours share two thirds of their variance where regions touch.
          let width = atlas == nil ? 1 : 3
          let columns = names.enumerated().map { place, name in
            (name: name, values: (0..<seconds).map { t in rest[place..<place + width].reduce(0) { $0 + $1[t] } })
          }
          try folder.table(columns, "bold/\(piece)_s\(subject).tsv")
        }
      }
      return try (atlas?(folder, names) ?? []) + [
        ToyImport.features(pieces, ["sound=a,b,c"]), ToyImport.responses("bold"),
      ]
    }
  }

  /// Regions in a row of voxels.
  private static let row: @Sendable (ToyFolder, [String]) throws -> [[String]] = { folder, names in
    let lines = names.enumerated().map { "\($0 + 1),\($1)" }
    try folder.text((["index,region"] + lines).joined(separator: "\n") + "\n", "row.csv")
    let grid = ImageGrid(dims: [names.count, 1, 1], affine: [3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1])
    try writeNIfTI(folder.path + "/row.nii.gz", grid: grid) { _ in names.indices.map { Double($0 + 1) } }
    return [["atlas", "row.csv", "--image", "row.nii.gz"]]
  }

  private static var groups: [StudyScenario] {
    let tests = ["group_phase", "t", "wilcoxon", "sign_flip"].map { test in
      StudyScenario.Question(
        test, "p, mean, low, high, valid FROM group_score WHERE quantity = 'r' AND test = '\(test)'")
    }
    let corrected = [("p_cluster", "group_phase"), ("p_cluster", "sign_flip"), ("p_max", "group_phase")].map {
      p, test in
      StudyScenario.Question(
        "\(p == "p_max" ? "maximum" : "clusters"), \(test)",
        // A region in no cluster has no p_cluster: nothing was found there. Of one that was not tested nothing is said.
        """
        CASE WHEN count(p_max) = count(*) THEN min(CASE WHEN \(p) IS NULL THEN 1.0 ELSE \(p) END) END,
          max(mean), NULL, NULL, min(valid)
        FROM group_score WHERE quantity = 'r' AND test = '\(test)'
        """)
    }
    return [0.2, 0.4].map { isc in
      group(
        "isc\(isc.short)", "37 subjects share \(isc.short) of responses of four regions that follow nothing",
        subjects: 37,
        regions: 4, shared: isc, correction: "max", tests)
    } + [
      group(
        "clusters",
        "twelve regions in a row, of six subjects who share .2, follow nothing; any cluster is one too many",
        subjects: 6, regions: 12, shared: 0.2, correction: "max, cluster", corrected, atlas: row)
    ]
  }

  private static let regionsOfHemisphere = 34

  /// Points spread evenly over a sphere.
  private static func sphere(_ count: Int) -> [SIMD3<Double>] {
    (0..<count).map { k in
      let (z, angle) = (1 - (2 * Double(k) + 1) / Double(count), 2.4 * Double(k))
      return [(1 - z * z).squareRoot() * cos(angle), (1 - z * z).squareRoot() * sin(angle), z]
    }
  }

  /// A map that is smooth over each hemisphere, of variance 1 over both.
  private static func smooth(_ series: PlantedSeries, _ key: String) -> [Double] {
    let (centres, sources) = (sphere(regionsOfHemisphere), sphere(200))
    let values = ["left", "right"].flatMap { side -> [Double] in
      let noise = series.white(sources.count, "\(key) \(side)")
      return centres.map { centre in
        zip(sources, noise).reduce(0.0) { $0 + exp(6 * ((centre * $1.0).sum() - 1)) * $1.1 }
      }
    }
    let mean = values.reduce(0, +) / Double(values.count)
    let spread = (values.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
    return values.map { ($0 - mean) / spread }
  }

  /// Scores of 68 regions whose answer to a sound goes with a smooth map, which the atlas has as a column or not.
  private static func gradient(isPlanted: Bool) -> StudyScenario {
    let columns = (isPlanted ? ["answer"] : []) + (1...5).map { "other\($0)" }
    let rows = "p, r, null_low, null_high, valid FROM gradient_map WHERE map_b"
    return StudyScenario(
      kind: "gradient_map", form: isPlanted ? "planted" : "null",
      label: isPlanted
        ? "scores of 68 regions follow one of six smooth maps"
        : "scores of 68 regions are a smooth map of their own beside five",
      questions: isPlanted
        ? [.init("map", "\(rows) = 'answer'"), .init("elsewhere", "\(rows) <> 'answer'")]
        : [.init("maps", "\(rows) IS NOT NULL")],
      studies: [
        """
        kind: layer_sweep
        features: [{space: x}]
        targets: [{response: bold, level: subject}]
        encoding: {delays_s: [0], position: none, gap_s: 0, outer: {folds: 4}, lambdas: {log10: [-1, 1, 1]}}
        statistics: {draws: 0}
        """,
        """
        gradient_map: {of: study1, atlas: sphere, columns: [\(columns.joined(separator: ", "))]}
        statistics: {draws: 199}
        """,
      ], runs: 200
    ) { series, folder in
      let seconds = 150
      let maps = columns.map { smooth(series, $0) }
      let answer = smooth(series, "answer")
      let centres = sphere(regionsOfHemisphere)
      let names = answer.indices.map { "r\($0)" }
      let table = names.indices.map { region -> String in
        let isLeft = region < regionsOfHemisphere
        let at = centres[region % regionsOfHemisphere]
        let numbers = maps.map { $0[region] } + [isLeft ? at.x : -at.x, at.y, at.z]
        return "\(names[region]),\(isLeft ? "left" : "right")," + numbers.map(ToyFolder.shown).joined(separator: ",")
      }
      let head = "region,hemisphere," + (columns + ["x", "y", "z"]).joined(separator: ",")
      try folder.text(([head] + table).joined(separator: "\n") + "\n", "sphere.csv")
      let films = ["f1", "f2"]
      for film in films {
        let sound = series.slow(seconds, "sound \(film)", memory: 0.5)
        let columns = zip(names, answer).map { name, height in
          let weight = 0.1 + 1.2 / (1 + exp(-2 * height))
          return (name: name, values: zip(sound, series.white(seconds, "\(name) \(film)")).map { weight * $0 + $1 })
        }
        try folder.table(columns, "bold/\(film)_ada.tsv")
        try folder.seconds([("x", sound)], "\(film).csv")
      }
      return [["atlas", "sphere.csv"], ToyImport.features(films, ["x=x"]), ToyImport.responses("bold")]
    }
  }

  static var all: [StudyScenario] {
    [true, false].flatMap { [hearing(isPlanted: $0), gradient(isPlanted: $0)] } + feelings + groups
  }
}
