/// Layers of networks: which of them a rating follows, the middle against the end, and parts of the depth by model.
enum LayerScenarios {
  private static let layers = ["a", "b", "c", "d", "e"]
  private static let films = ["f1", "f2"]
  /// Standard deviation of what each layer holds beside what drives the rating.
  private static let middle = [2, 1.5, 0.3, 0.3, 1.6]
  private static let flat = [1.0, 1, 1, 1, 1]

  /// Networks of two columns a layer, and two ratings: `driven`, of what the layers hold, and `idle`.
  ///
  /// - Parameter isDriven: else `driven` follows what no layer holds.
  private static func write(
    _ networks: [String: [Double]], isDriven: Bool, _ series: PlantedSeries, _ folder: ToyFolder
  ) throws -> [[String]] {
    let seconds = 300
    for film in films {
      let (drive, other) = (series.slow(seconds, "drive \(film)"), series.slow(seconds, "other \(film)"))
      for (network, noises) in networks {
        let columns = noises.enumerated().flatMap { layer, noise in
          let own = series.slow(seconds, "\(network) \(layer) \(film)")
          return [zip(drive, own).map { $0 + noise * $1 }, series.slow(seconds, "\(network) \(layer) beside \(film)")]
        }
        try folder.array(
          (0..<seconds).flatMap { t in columns.map { $0[t] } }, shape: [seconds, noises.count, 2],
          "\(network)/\(film).npy")
      }
      let noise = series.slow(seconds, "noise \(film)", memory: 0.3)
      let rated = zip(isDriven ? drive : other, noise).map { $0 + 0.5 * $1 }
      try folder.seconds([("driven", rated), ("idle", series.slow(seconds, "idle \(film)"))], "rated/\(film).csv")
    }
    return networks.keys.sorted().map { ToyImport.network($0, films, layers: layers) } + [ToyImport.ratings(films)]
  }

  private static let score = "p, r, low, high, valid FROM layer_sweep WHERE"
  private static let contrast = "p, difference, low, high, valid FROM layer_contrast WHERE"
  private static let sweepStudy = """
    features: [{space: net, layers: all}]
    targets: [{annotation: driven}, {annotation: idle}]
    encoding: {delays_s: [0], outer: {folds: 8}, inner: {folds: 4}}
    statistics: {draws: 39, contrasts: [{name: middle_minus_final, a: {layer: c}, b: {layer: e}}]}
    """

  private static var sweeps: [StudyScenario] {
    [
      StudyScenario(
        kind: "layer_sweep", form: "planted", label: "two of five layers hold what a rating follows",
        questions: [
          .init("layers", "\(score) target = 'driven' AND layer_key IN ('c', 'd')"),
          .init(
            "peak",
            "iif(layer_key IN ('c', 'd'), 0, 1), r, NULL, NULL, valid FROM layer_sweep "
              + "WHERE target = 'driven' AND is_peak"
          ),
          .init("middle - final", "\(contrast) target = 'driven'"),
          .init("elsewhere", "\(score) target = 'idle'"),
          .init("difference elsewhere", "\(contrast) target = 'idle'"),
        ], studies: [sweepStudy]
      ) { try write(["net": middle], isDriven: true, $0, $1) },
      StudyScenario(
        kind: "layer_sweep", form: "null", label: "no layer holds what either rating follows",
        questions: [.init("layers", "\(score) 1"), .init("middle - final", "\(contrast) 1")], studies: [sweepStudy]
      ) { try write(["net": middle], isDriven: false, $0, $1) },
    ]
  }

  private static let networksStudy = """
    features: [{space: first}, {space: second}, {space: flat}]
    targets: [{annotation: driven}, {annotation: idle}]
    encoding: {delays_s: [0], outer: {folds: 8}, inner: {folds: 4}}
    statistics: {null: none}
    architecture_comparison: {bins: 4}
    """

  private static func middle(_ rows: String) -> String {
    """
    max(p), max(middle_minus_final), max(middle_minus_final_low), max(middle_minus_final_high), max(valid)
    FROM architecture_comparison WHERE \(rows) GROUP BY target, model
    """
  }

  private static var networks: [StudyScenario] {
    [
      StudyScenario(
        kind: "architecture_comparison", form: "planted", label: "the middle of two of three networks knows most",
        questions: [
          .init("middle - final", middle("target = 'driven' AND model <> 'flat'")),
          .init("flat network", middle("target = 'driven' AND model = 'flat'")),
          .init("elsewhere", middle("target = 'idle'")),
        ], studies: [networksStudy]
      ) { try write(["first": middle, "second": [1.5, 1, 0.5, 0.4, 2], "flat": flat], isDriven: true, $0, $1) },
      StudyScenario(
        kind: "architecture_comparison", form: "null", label: "all layers of three networks know as much",
        questions: [.init("middle - final", middle("1"))], studies: [networksStudy]
      ) { try write(["first": flat, "second": flat, "flat": flat], isDriven: true, $0, $1) },
    ]
  }

  private static let depthStudy = """
    features: [{space: first}, {space: second}]
    targets: [{response: bold, level: subject, delays_s: [0]}]
    encoding: {position: none, outer: {folds: 4}, inner: {folds: 3}}
    statistics: {draws: 39, family: [region]}
    architecture_comparison: {bins: 2}
    """

  /// Responses of six subjects in four regions, of which a fifth of the variance that is not driven is everyone's.
  private static func depths(
    _ form: String, _ label: String, first: [Double], weight: Double
  ) -> StudyScenario {
    let questions = [
      ("depth x model", "p"), ("depth", "p"), ("model", "p"), ("depth x model, parametric", "p_gg"),
    ].map { name, p in
      let effect = name.hasPrefix("depth x") ? "rel_depth_bin:model" : name == "depth" ? "rel_depth_bin" : "model"
      return StudyScenario.Question(name, "\(p), f, NULL, NULL, valid FROM anova WHERE effect = '\(effect)'")
    }
    return StudyScenario(
      kind: "architecture_comparison", form: form, label: label, questions: questions, studies: [depthStudy], runs: 100
    ) { series, folder in
      let seconds = 240
      let drive = series.slow(seconds, "drive")
      for (network, noises) in [("first", first), ("second", [1, 1, 1])] {
        let layers = noises.enumerated().map { layer, noise in
          zip(drive, series.slow(seconds, "\(network) \(layer)")).map { $0 + noise * $1 }
        }
        try folder.array(
          (0..<seconds).flatMap { t in layers.map { $0[t] } }, shape: [seconds, 3, 1], "\(network)/f1.npy")
      }
      let regions = (1...4).map { "r\($0)" }
      let common = regions.map { series.slow(seconds, "common \($0)") }
      for subject in 1...6 {
        let columns = zip(regions, common).map { region, common in
          let own = series.slow(seconds, "subject \(subject) \(region)")
          let values = drive.indices.map { weight * drive[$0] + 0.7 * (0.45 * common[$0] + 0.89 * own[$0]) }
          return (name: region, values: values)
        }
        try folder.table(columns, "bold/f1_s\(subject).tsv")
      }
      return ["first", "second"].map { ToyImport.network($0, ["f1"], layers: ["a", "b", "c"]) }
        + [ToyImport.responses("bold")]
    }
  }

  static var all: [StudyScenario] {
    sweeps + networks + [
      depths("depth-planted", "of two networks one knows the more the deeper", first: [3, 1, 0.2], weight: 1),
      depths("depth-equal", "all layers of two networks know as much", first: [1, 1, 1], weight: 1),
      depths("depth-null", "no layer of two networks holds what responses follow", first: [3, 1, 0.2], weight: 0),
    ]
  }
}
