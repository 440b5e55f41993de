import Foundation

/// Ratings of many people: cohorts with one truth or two, and lags behind features.
enum PeopleScenarios {
  /// Six old and six young raters of one film; the old follow x, the young y, or all both alike.
  private static func cohorts(isPlanted: Bool) -> StudyScenario {
    func rows(_ quantity: String) -> String {
      """
      iif(\(isPlanted ? "(difference > 0) = (feature_set = 'x')" : "1"), p, 1), difference, low, high, valid
      FROM cohort_comparison WHERE quantity = '\(quantity)' AND target_parameters NOT LIKE '%each%'
      """
    }
    return StudyScenario(
      kind: "cohort_comparison", form: isPlanted ? "planted" : "null",
      label: isPlanted
        ? "one cohort follows one feature, the other another" : "both cohorts follow both features alike",
      questions: [.init("r", rows("r")), .init("over ceiling", rows("r_normalised"))],
      studies: [
        """
        features: [{space: x}, {space: y}]
        targets: [{annotation: joy}]
        encoding: {delays_s: [0], outer: {folds: 8}, inner: {folds: 4}}
        statistics: {null: none}
        filters: {group_by: age}
        """
      ]
    ) { series, folder in
      let (x, y) = (series.slow(300, "x"), series.slow(300, "y"))
      try folder.seconds([("x", x), ("y", y)], "film.csv")
      let people = (0..<12).map { (name: "s\($0)", age: $0 < 6 ? "old" : "young") }
      var lines = ["time,stimulus,subject,joy"]
      for person in people {
        let own = series.slow(300, person.name, memory: 0.5)
        let weights = isPlanted ? (person.age == "old" ? (1, 0) : (0, 1)) : (0.7, 0.7)
        lines += own.indices.map { t in
          "\(t),film,\(person.name)," + ToyFolder.shown(weights.0 * x[t] + weights.1 * y[t] + own[t])
        }
      }
      try folder.text(lines.joined(separator: "\n") + "\n", "joy.csv")
      try folder.text(
        (["subject,age"] + people.map { "\($0.name),\($0.age)" }).joined(separator: "\n"), "participants.csv")
      return [ToyImport.features(["film"], ["x=x", "y=y"]), ToyImport.ratings(in: "joy.csv", ["joy"])]
        + [["participants", "participants.csv", "--dataset", StudyScenario.dataset]]
    }
  }

  private static let songs = ["s1", "s2", "s3"]

  /// Three songs with three features, and ratings whose changes follow those of `lead` after two seconds.
  ///
  /// - Parameters:
  ///   - weight: of `lead`; 0: ratings follow no feature.
  ///   - agreement: share of the rest of a rating's variance that everyone has in common.
  private static func ratings(
    people: Int, ratings: [String], seconds: Int, weight: Double, agreement: Double
  ) -> @Sendable (PlantedSeries, ToyFolder) throws -> [[String]] {
    { series, folder in
      let names = ["lead", "idle", "calm"]
      var lines = ["time,stimulus,subject," + ratings.joined(separator: ",")]
      for song in songs {
        let features = names.map { series.slow(seconds, "\($0) \(song)") }
        try folder.seconds(zip(names, features).map { (name: $0, values: $1) }, "\(song).csv")
        let common = ratings.map { series.slow(seconds, "common \($0) \(song)") }
        for person in 0..<people {
          let own = ratings.map { series.slow(seconds, "\(person) \($0) \(song)") }
          for t in 0..<seconds {
            let felt = ratings.indices.map { i in
              weight * features[0][max(0, t - 2)] + agreement.squareRoot() * common[i][t]
                + (1 - agreement).squareRoot() * own[i][t]
            }
            lines.append("\(t),\(song),p\(person)," + felt.map(ToyFolder.shown).joined(separator: ","))
          }
        }
      }
      try folder.text(lines.joined(separator: "\n") + "\n", "ratings.csv")
      return [ToyImport.features(songs, names.map { "\($0)=\($0)" }), ToyImport.ratings(in: "ratings.csv", ratings)]
    }
  }

  private static func lagStudy(_ ratings: [String]) -> String {
    let features = ["lead", "idle", "calm"].map { "{space: \($0), transform: changes}" }.joined(separator: ", ")
    let targets = ratings.map { "{annotation: \($0), rater: each, transform: changes}" }.joined(separator: ", ")
    return "features: [\(features)]\ntargets: [\(targets)]\nstatistics: {draws: 39}"
  }

  private static func peaks(_ p: String, _ value: String, _ features: String) -> String {
    "\(p), \(value), NULL, NULL, valid FROM emotion_lag_peak WHERE feature_set IN (\(features))"
  }

  private static func f(_ p: String, _ quantity: String) -> String {
    "\(p), f, NULL, NULL, valid FROM anova WHERE effect = 'feature_set' AND quantity = '\(quantity)'"
  }

  private static var lags: [StudyScenario] {
    let effects: [StudyScenario.Question] = [
      .init("F of maxima", f("p", "max_z")), .init("F of standardised maxima", f("p", "z_standardised")),
    ]
    let four = (1...4).map { "felt\($0)" }
    return [
      StudyScenario(
        kind: "emotion_lag", form: "planted", label: "eight people's ratings follow one of three features after 2 s",
        questions: [
          .init("feature", peaks("p", "z_standardised", "'lead'")),
          .init("lag is 2 s", peaks("iif(lag_at_max_s = 2, 0, 1)", "lag_at_max_s", "'lead'")),
          .init("elsewhere", peaks("p", "z_standardised", "'idle', 'calm'")),
        ] + effects, studies: [lagStudy(["felt"])],
        write: ratings(people: 8, ratings: ["felt"], seconds: 150, weight: 0.8, agreement: 0)),
      StudyScenario(
        kind: "emotion_lag", form: "null", label: "eight people's ratings follow none of three features",
        questions: [.init("features", peaks("p", "z_standardised", "'lead', 'idle', 'calm'"))] + effects,
        studies: [lagStudy(["felt"])],
        write: ratings(people: 8, ratings: ["felt"], seconds: 150, weight: 0, agreement: 0)),
      StudyScenario(
        kind: "emotion_lag", form: "agreement.2",
        label: "37 people agree by .2 and follow none of three features, four ratings a run",
        questions: effects + [.init("parametric F", f("p_gg", "max_z"))], studies: [lagStudy(four)], runs: 100,
        write: ratings(people: 37, ratings: four, seconds: 150, weight: 0, agreement: 0.2)),
    ]
  }

  static var all: [StudyScenario] { [true, false].map(cohorts) + lags }
}
