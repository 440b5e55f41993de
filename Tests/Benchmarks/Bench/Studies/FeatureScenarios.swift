/// Features of sounds: voice against soundtrack, sound beyond sight, factors of a design.
enum FeatureScenarios {
  private static let films = (1...6).map { "f\($0)" }

  /// Two elements of six films and four ratings, of which `spoken` follows the voice, `scored` the soundtrack and `both`
  /// both.
  private static func elements(isPlanted: Bool) -> StudyScenario {
    let rows = "voice_minus_soundtrack, low, high, valid FROM element_ablation WHERE target"
    let planted: [StudyScenario.Question] = [
      .init("voice", "iif(voice_minus_soundtrack > 0, p, 1), \(rows) = 'spoken'"),
      .init("soundtrack", "iif(voice_minus_soundtrack < 0, p, 1), \(rows) = 'scored'"),
      .init("both alike", "p, \(rows) = 'both'"), .init("elsewhere", "p, \(rows) = 'neither'"),
    ]
    return StudyScenario(
      kind: "element_ablation", form: isPlanted ? "planted" : "null",
      label: isPlanted
        ? "one rating follows the voice, one the soundtrack, one both, one neither"
        : "four ratings follow neither element",
      questions: isPlanted ? planted : [.init("difference", "p, \(rows) IS NOT NULL")],
      studies: [
        """
        features: [{space: x}]
        elements: [soundtrack, voice]
        targets: [{annotation: spoken}, {annotation: scored}, {annotation: both}, {annotation: neither}]
        encoding: {delays_s: [0], outer: {leave_one: stimulus}, inner: {folds: 4}}
        statistics: {null: none}
        """
      ]
    ) { series, folder in
      let names = ["voice", "soundtrack"]
      for film in films {
        let sounds = names.map { series.slow(100, "\($0) \(film)") }
        for (name, sound) in zip(names, sounds) { try folder.seconds([("x", sound)], "\(name)/\(film).csv") }
        let weights = [("spoken", 1.0, 0.0), ("scored", 0, 1), ("both", 0.7, 0.7), ("neither", 0, 0)]
        let ratings = weights.map { name, voice, music in
          let noise = series.slow(100, "\(name) \(film)", memory: 0.3)
          let own = series.slow(100, "course of \(name) \(film)")
          let values = noise.indices.map { t in
            isPlanted && name != "neither"
              ? voice * sounds[0][t] + music * sounds[1][t] + 0.5 * noise[t]
              : own[t] + 0.5 * noise[t]
          }
          return (name: name, values: values)
        }
        try folder.seconds(ratings, "rated/\(film).csv")
      }
      return names.map { ToyImport.features(films, ["x=x"], element: $0) } + [ToyImport.ratings(films)]
    }
  }

  /// Sound that holds .8 of what is seen, and ratings that follow what is seen, and in the planted form the rest of
  /// the sound.
  private static func covariates(isPlanted: Bool) -> StudyScenario {
    StudyScenario(
      kind: "covariate_control", form: isPlanted ? "planted" : "null",
      label: isPlanted
        ? "a rating follows sight and what sound holds beside it" : "a rating follows sight, of which sound holds .8",
      questions: [
        .init("unique R2", "p_unique, unique_r2, NULL, NULL, valid FROM covariate_control"),
        .init("r without sight", "p_zeroed_banded, r_zeroed_banded, NULL, NULL, valid FROM covariate_control"),
        .init("r of sound alone", "p_audio_only, r_audio_only, NULL, NULL, valid FROM covariate_control"),
      ],
      studies: [
        """
        features: [{space: sound}]
        covariates: {space: sight}
        targets: [{annotation: y1}, {annotation: y2}, {annotation: y3}]
        encoding: {delays_s: [0], outer: {folds: 5}, inner: {folds: 4}}
        statistics: {draws: 39}
        """
      ]
    ) { series, folder in
      let films = Array(films.prefix(3))
      for film in films {
        let (seen, rest) = (series.slow(240, "seen \(film)"), series.slow(240, "rest \(film)"))
        let heard = zip(seen, rest).map { 0.8 * $0 + 0.6 * $1 }
        try folder.seconds([("heard", heard), ("seen", seen)], "\(film).csv")
        let ratings = (1...3).map { rating in
          let noise = series.slow(240, "noise \(rating) \(film)", memory: 0.3)
          return (
            name: "y\(rating)",
            values: noise.indices.map { seen[$0] + (isPlanted ? 0.6 : 0) * rest[$0] + 0.7 * noise[$0] }
          )
        }
        try folder.seconds(ratings, "rated/\(film).csv")
      }
      return [ToyImport.features(films, ["sound=heard", "sight=seen"]), ToyImport.ratings(films)]
    }
  }

  private static let sounds = (0..<12).map { "w\($0 % 3)-p\($0 / 3 % 2)-l\($0 / 6)" }
  private static let designStudy =
    """
    features: [{space: net}]
    statistics: {draws: 99}
    controlled_synthesis:
      semantic: [word]
      acoustic: [prosody, loudness]
      design:

    """
    + sounds.map { name in
      let levels = name.split(separator: "-")
      return "    \(name): {word: \(levels[0]), prosody: \(levels[1]), loudness: \(levels[2])}\n"
    }.joined()

  /// A network whose first layer carries the word, whose second carries loudness and whose third carries neither.
  private static func synthesis(isPlanted: Bool) -> StudyScenario {
    let rows = "p, partial_eta2, NULL, NULL, valid FROM controlled_synthesis WHERE level IS NULL AND factor"
    let word = "(layer_key = 'a' AND factor = 'word')"
    let loud = "(layer_key = 'b' AND factor = 'loudness')"
    return StudyScenario(
      kind: "controlled_synthesis", form: isPlanted ? "planted" : "null",
      label: isPlanted ? "one layer carries the word, one loudness, one neither" : "no layer carries any factor",
      questions: isPlanted
        ? [
          .init("word", "\(rows) IS NOT NULL AND \(word)"), .init("loudness", "\(rows) IS NOT NULL AND \(loud)"),
          .init("elsewhere", "\(rows) IS NOT NULL AND NOT \(word) AND NOT \(loud)"),
        ] : [.init("factors", "\(rows) IS NOT NULL")],
      studies: [designStudy]
    ) { series, folder in
      for (place, name) in sounds.enumerated() {
        let noise = series.white(180, name)
        let loudness = isPlanted ? 3 * Double(place / 6) : 0
        let means = (0..<3).map { isPlanted && place % 3 == $0 ? 3.0 : 0 } + [loudness, -loudness, loudness, 0, 0, 0]
        let values = noise.enumerated().map { i, value in (means[i % 9] + value) * [1, 100, 0.01][i % 3] }
        try folder.array(values, shape: [20, 3, 3], "net/\(name).npy")
      }
      return [ToyImport.network("net", sounds, layers: ["a", "b", "c"], rateHz: 2)]
    }
  }

  static var all: [StudyScenario] {
    [true, false].flatMap { [elements(isPlanted: $0), covariates(isPlanted: $0), synthesis(isPlanted: $0)] }
  }
}
