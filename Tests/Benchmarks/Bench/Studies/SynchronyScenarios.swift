import Foundation

/// Synchrony: how much subjects share, whether it follows a rating, and what predicts it in which window.
enum SynchronyScenarios {
  private static let films = ["f1", "f2"]
  private static let (rate, seconds) = (4, 240)

  /// Recordings of six subjects in two regions; the share of variance that they have in common in the first follows `felt`,
  /// in the second it is `still`.
  ///
  /// - Parameter isDriven: else it is `still` in both.
  private static func recordings(
    isDriven: Bool, still: Double, _ series: PlantedSeries, _ folder: ToyFolder
  ) throws -> [[String]] {
    for film in films {
      let (felt, idle) = (
        series.slow(seconds, "felt \(film)", memory: 0.9), series.slow(seconds, "idle \(film)", memory: 0.9)
      )
      let samples = seconds * rate
      let common = (1...2).map { series.white(samples, "common \($0) \(film)") }
      for subject in 1...6 {
        let columns = (0..<2).map { region in
          let own = series.white(samples, "subject \(subject) region \(region) \(film)")
          let values = own.indices.map { t in
            let share = isDriven && region == 0 ? 0.9 / (1 + exp(-2 * felt[t / rate])) : still
            return share.squareRoot() * common[region][t] + (1 - share).squareRoot() * own[t]
          }
          return (name: "r\(region + 1)", values: values)
        }
        try folder.table(columns, "source/\(film)_s\(subject).tsv")
      }
      try folder.seconds([("felt", felt), ("idle", idle)], "\(film).csv")
      try folder.seconds([("felt", felt)], "rated/\(film).csv")
    }
    return [
      ToyImport.features(films, ["drive=felt", "idle=idle"]), ToyImport.ratings(films),
      ToyImport.responses("source", rateHz: rate),
    ]
  }

  private static func report(isPlanted: Bool) -> StudyScenario {
    func rows(_ p: String, _ value: String) -> String { "\(p), \(value), low, high, valid FROM synchrony_summary" }
    return StudyScenario(
      kind: "isc_report", form: isPlanted ? "planted" : "null",
      label: isPlanted ? "six subjects share .1 of the variance" : "six subjects share nothing",
      questions: [
        .init("static", rows("p", "static_isc")), .init("windows", rows("mean_isc_p", "mean_isc")),
      ],
      studies: ["targets: [{synchrony: {window_s: 10}}]\nstatistics: {draws: 39}"]
    ) { try recordings(isDriven: false, still: isPlanted ? 0.1 : 0, $0, $1) }
  }

  private static func consistency(isPlanted: Bool) -> StudyScenario {
    let rows = "p, r, low, high, valid FROM synchrony_consistency WHERE stimulus IS NULL AND region"
    return StudyScenario(
      kind: "synchrony_consistency", form: isPlanted ? "planted" : "null",
      label: isPlanted ? "in one of two regions synchrony follows a rating" : "synchrony of both regions is steady",
      questions: isPlanted
        ? [.init("follows", "\(rows) = 'r1'"), .init("elsewhere", "\(rows) = 'r2'")]
        : [.init("regions", "\(rows) IS NOT NULL")],
      studies: ["targets: [{synchrony: {window_s: 10}}, {annotation: felt}]\nstatistics: {draws: 39}"]
    ) { try recordings(isDriven: isPlanted, still: 0.4, $0, $1) }
  }

  private static func windows(isPlanted: Bool) -> StudyScenario {
    let rows = "p, r, low, high, valid FROM temporal_resolution WHERE feature_set"
    let (drive, other) = ("(feature_set = 'drive' AND region = 'r1')", "NOT (feature_set = 'drive' AND region = 'r1')")
    return StudyScenario(
      kind: "temporal_resolution", form: isPlanted ? "planted" : "null",
      label: isPlanted
        ? "synchrony of one of two regions follows one of two features" : "synchrony of both regions is steady",
      questions: isPlanted
        ? [
          .init("every window", "\(rows) IS NOT NULL AND \(drive)"),
          .init("elsewhere", "\(rows) IS NOT NULL AND \(other)"),
        ] : [.init("every window", "\(rows) IS NOT NULL")],
      studies: [
        """
        features: [{space: drive}, {space: idle}]
        targets: [{synchrony: {}}]
        encoding: {delays_s: [0]}
        statistics: {null: phase, draws: 39}
        temporal_resolution: {windows_s: [5, 10], steps_s: [1]}
        """
      ]
    ) { try recordings(isDriven: isPlanted, still: 0.4, $0, $1) }
  }

  static var all: [StudyScenario] {
    [true, false].flatMap { [report(isPlanted: $0), consistency(isPlanted: $0), windows(isPlanted: $0)] }
  }
}
