import ContentIdentity
import Diagnostics
import Kinds
import StudyFiles
import Testing
import Vocabulary

@Suite struct StudyFileTests {
  @Test func theDesignExampleReadsWithItsStatedValues() throws {
    let study = try StudyDefinition(parsing: StudyFiles.designExample)
    #expect(study.name == "layers-liris")
    #expect(study.kind.name == "layer_sweep")
    #expect(study.datasets == ["liris"])
    #expect(study.elements == [.original, .voice, .soundtrack])
    #expect(study.features.map(\.source) == [.model("wav2vec2-base"), .set("lld12")])
    #expect(study.features[0].layers == .all)
    let reduction = try #require(study.features[0].reduce)
    #expect((reduction.components, reduction.fit, reduction.scale) == (12, .trainFold, .zscore))
    #expect(study.features[1].reduce == nil)
    #expect(study.covariates.map(\.feature.source) == [.set("vis12")])
    #expect(study.covariates[0].penalty == .banded && study.covariates[0].atPrediction == .zero)
    #expect(study.targets.map(\.kind) == [.annotation, .synchrony])
    let synchrony = try #require(study.targets[1].synchrony)
    #expect(synchrony.windowS == 10 && synchrony.stepS == 1 && synchrony.anchor == .centre)
    #expect(synchrony.highPassS == 120)
    #expect(synchrony.method == .pairwise && synchrony.signal == .source)
    #expect(study.preparation?["source"]?["snr"] == 1)
    #expect(study.preparation?["eeg"]?["bandpass_hz"] == [1, 45])
    let encoding = try #require(study.encoding)
    #expect(encoding.outer == .blocks(5) && encoding.inner == .blocks(4))
    #expect(encoding.delays[.response] == .single([2, 3, 4, 5, 6, 7, 8]))
    #expect(study.statistics.null == .phase && study.statistics.draws == 1000)
    #expect(study.statistics.family == [.target, .region, .layer, .element])
    #expect(study.seed == 20_250_923)
  }

  @Test func stepsAndLayersOfExampleNetworks() throws {
    let study = try StudyDefinition(
      parsing: StudyFiles.sweep(
        features: "[{model: openl3, hop_s: 0.5, layers: [conv1_1, embedding]}, {model: vggish, layers: [fc2_pre]}]"))
    #expect(study.features.map(\.hopS) == [0.5, nil])
    #expect(study.features.map(\.precision) == [.float32, .float32])
    #expect(study.features[0].layers == .keys(["conv1_1", "embedding"]))
    #expect(throws: EvokeError.self) {
      try StudyDefinition(parsing: StudyFiles.sweep(features: "[{model: m, layers: [conv0]}]"))
    }
  }

  @Test func everyDefaultIsFilledIn() throws {
    let study = try StudyDefinition(
      parsing: StudyFiles.sweep(
        features: "[{model: m}, {annotation: joy}]",
        targets: "[{annotation: a}, {synchrony: {}}, {response: audio_cortex}]"))
    #expect(study.elements == [.original] && study.seed == 1 && study.joint.isEmpty && study.covariates.isEmpty)
    #expect(study.preparation == nil && study.ownKeys == [:])
    let model = study.features[0]
    #expect(model.layers == .all && model.aggregate == .mean && model.reduce == nil && model.transform == .none)
    #expect(model.chunkS == 20 && model.contextS == 2)
    #expect(study.features[1].rater == .mean)
    let automatic: [FeatureDelays] = [
      .automatic(first: 0, last: 8), .automatic(first: 0, last: 5), .automatic(first: 2, last: 8),
    ]
    #expect(study.targets.map(\.delays) == automatic)
    #expect(study.targets.map(\.windowFeatures) == [false, true, false])
    #expect(study.targets.map(\.level) == [.group, .group, .group])
    #expect(study.targets.map(\.name) == ["a", "source", "audio_cortex"])
    let synchrony = try #require(study.targets[1].synchrony)
    #expect(synchrony.windowS == 10 && synchrony.stepS == 1 && synchrony.band == .named(.broad))
    let encoding = try #require(study.encoding)
    #expect(encoding.model == .ridge && encoding.lambda == .perTarget && encoding.select == .sse)
    #expect(encoding.standardise == .trainFold && encoding.gap == .automatic && encoding.delayEdges == .crop)
    #expect(encoding.trim == EdgeTrim(start: 0, end: 0) && encoding.position == .cosines)
    #expect(encoding.outer == .automatic && encoding.inner == .automatic)
    #expect(encoding.store == [.scores, .predictions, .null])
    #expect(encoding.lambdas == .standard)
    #expect(study.statistics.null == .phase && study.statistics.draws == 1000)
    #expect(study.statistics.correction == [.max])
    #expect(study.statistics.family == [.target, .region, .layer, .element])
    #expect(study.statistics.contrasts.map(\.name) == ["middle_vs_final"])
    #expect(study.statistics.contrasts.map(\.a) == [.relDepth(low: 0.39, high: 0.78, take: .mean)])
    #expect(study.statistics.contrasts.map(\.b) == [.layer("last")])
    let filters = study.filters
    #expect(filters.repeats == .average && filters.missing == .rows(.half) && filters.grid == .target)
    #expect(filters.exclude == .all && filters.regions == .all && filters.cohorts.isEmpty && filters.groupBy == nil)
  }

  @Test func theLambdaGridIsTwentyOneHalfDecades() throws {
    let standard = try #require(try StudyDefinition(parsing: StudyFiles.sweep()).encoding).lambdas.values
    #expect(standard.count == 21)
    for (k, value) in standard.enumerated() {
      // pow is exact to an ulp or two.
      let exact = k % 2 == 0 ? Double("1e\(k / 2 - 5)") ?? 0 : (Double("1e\((k - 1) / 2 - 5)") ?? 0) * 10.0.squareRoot()
      #expect(abs(value / exact - 1) < 1e-14)
    }
    let alpha = try StudyDefinition(
      parsing: StudyFiles.sweep(encoding: "{lambdas: {log10: [1, 3, 1], convention: alpha, scale: none}}"))
    let values = try #require(alpha.encoding).lambdas.values
    #expect(zip(values, [1e2, 1e4, 1e6]).allSatisfy { abs($0 / $1 - 1) < 1e-14 })
    #expect(values.count == 3 && alpha.encoding?.lambdas.scale == LambdaScale.none)
  }

  static let delays: [(String, [Double])] = [
    ("\"0..8\"", [0, 1, 2, 3, 4, 5, 6, 7, 8]), ("\"-10..10\"", (-10...10).map { Double($0) }),
    ("-2..1", [-2, -1, 0, 1]), ("0.5..2.5", [0.5, 1.5, 2.5]), ("\"3..3\"", [3]), ("[4, 0, 2.5]", [0, 2.5, 4]),
    ("[0]", [0]),
  ]

  @Test(arguments: delays)
  func delaysAreAListOrARangeInSecondSteps(_ text: String, _ expected: [Double]) throws {
    let forAll = try StudyDefinition(
      parsing: StudyFiles.sweep(targets: "[{annotation: a}, {response: r}]", encoding: "{delays_s: \(text)}"))
    #expect(forAll.targets.map(\.delays) == [.single(expected), .single(expected)])
    #expect(forAll.encoding?.delays[.synchrony] == .single(expected))
    let own = try StudyDefinition(
      parsing: StudyFiles.sweep(targets: "[{annotation: a, delays_s: \(text)}, {response: r}]"))
    #expect(own.targets.map(\.delays) == [.single(expected), .automatic(first: 2, last: 8)])
  }

  @Test func delaysPerTargetKindLeaveTheOthersAtTheirDefaults() throws {
    let study = try StudyDefinition(
      parsing: StudyFiles.sweep(
        targets: "[{annotation: a}, {response: r}]", encoding: "{delays_s: {response: [2, 4, 6, 8]}}"))
    #expect(study.targets.map(\.delays) == [.automatic(first: 0, last: 8), .single([2, 4, 6, 8])])
  }

  @Test func autoIsWrittenWhereverDelaysAre() throws {
    let targets = "[{annotation: a, delays_s: auto}, {response: r}, {synchrony: {}}]"
    let automatic: [FeatureDelays] = [
      .automatic(first: 0, last: 8), .automatic(first: 2, last: 8), .automatic(first: 0, last: 5),
    ]
    let all = try StudyDefinition(parsing: StudyFiles.sweep(targets: targets, encoding: "{delays_s: auto}"))
    #expect(all.targets.map(\.delays) == automatic)
    let some = try StudyDefinition(
      parsing: StudyFiles.sweep(targets: targets, encoding: "{delays_s: {annotation: [1], synchrony: auto}}"))
    #expect(some.targets.map(\.delays) == automatic && some.encoding?.delays[.annotation] == .single([1]))
    // A convolved response has its delay already: it is neither delayed by default nor with `auto`.
    let convolved = "[{space: x, hrf: spm}]"
    let plain = try StudyDefinition(parsing: StudyFiles.sweep(features: convolved, targets: "[{response: r}]"))
    #expect(plain.targets[0].delays == .single([0]))
    let error = try refusal(
      StudyFiles.sweep(features: convolved, targets: "[{response: r}]", encoding: "{delays_s: auto}"))
    #expect(error.code == .studyContradiction && error.remedy.contains("delays_s: [0]"))
    #expect(try refusal(StudyFiles.sweep("statistics: {lags_s: auto}")).code == .studyValue)
  }

  @Test func windowedTargetsWithoutWindowedFeaturesNeedDelaysThatSpanTheWindow() throws {
    func target(_ anchor: String, _ delays: String) -> String {
      "[{synchrony: {window_s: 10, anchor: \(anchor)}, window_features: false, delays_s: \(delays)}]"
    }
    for (anchor, short, list) in [("centre", "0..5", "-5..10"), ("end", "0..9", "0..15")] {
      let error = try refusal(StudyFiles.sweep(targets: target(anchor, short)))
      #expect(error.code == .studyContradiction)
      #expect(error.remedy.contains("\"\(list)\""))
      let study = try StudyDefinition(parsing: StudyFiles.sweep(targets: target(anchor, list)))
      #expect(study.targets[0].windowFeatures == false)
    }
  }

  @Test func everyFormOfEveryKeyIsRead() throws {
    let study = try StudyDefinition(parsing: everything)
    #expect(study.features[0].layers == .keys(["conv.6", "proj", "hs.0", "hs.12", "last"]))
    #expect(study.features[0].aggregate == .std && study.features[0].transform == .smooth(seconds: 3))
    #expect(study.features[0].reduce?.fit == .dataset && study.features[0].reduce?.scale == .center)
    #expect(study.features[1].source == .space("openl3") && study.features[1].transform == .changes)
    #expect(study.features[2].rater == .own)
    #expect(study.joint == [["w2v", "openl3"], ["w2v", "openl3", "joy"]])
    #expect(study.covariates.map(\.penalty) == [.shared, .banded])
    #expect(study.targets[0].level == .subject && study.targets[0].source == .annotation("arousal", rater: .each))
    #expect(study.targets[1].synchrony?.band == .range(lowHz: 8, highHz: 14))
    #expect(study.targets[1].synchrony?.method == .leaveOneOut && study.targets[1].level == .subject)
    #expect(study.targets[2].source == .response("bold", level: .subject))
    let encoding = try #require(study.encoding)
    #expect(encoding.model == .banded && encoding.gap == .seconds(20) && encoding.trim.start == 10)
    #expect(encoding.trim.end == 0 && encoding.delayEdges == .zero && encoding.standardise == .perStimulus)
    #expect(encoding.lambda == .shared && encoding.select == .r && encoding.store == [.scores, .weights])
    #expect(encoding.outer == .leaveOne(.acquisitionRun))
    #expect(encoding.inner == .chunks(seconds: 40, count: 20, repeats: 3))
    #expect(study.statistics.family == [.region, .featureSet, .lag] && study.statistics.lagsS == [-1, 0, 1])
    #expect(study.statistics.correction == [.max, .bh])
    #expect(study.statistics.contrasts.map(\.b) == [.layer("hs.12"), .set("openl3")])
    #expect(study.statistics.contrasts[0].a == .relDepth(low: 0.25, high: 0.5, take: .max))
    #expect(study.filters.regions == .group("auditory") && study.filters.exclude == .none)
    #expect(study.filters.missing == .maxShare(0.2) && study.filters.grid == .seconds(2))
    #expect(study.filters.groupBy == "genre" && study.filters.repeats == .separate)
    #expect(study.filters.cohorts == ["adults"] && study.filters.stimuli == ["1"] && study.filters.subjects == ["null"])
  }

  @Test func anISCReportHasTargetsAndStatisticsOnly() throws {
    let study = try StudyDefinition(parsing: StudyFiles.report("statistics: {null: circular_shift, draws: 200}"))
    #expect(study.encoding == nil && study.features.isEmpty)
    #expect(study.statistics.null == .circularShift && study.statistics.family == [.region])
    #expect(study.targets[0].delays == .single([]))
    #expect(study.canonical["encoding"] == nil && study.canonical["elements"] == nil)
    let error = try refusal(StudyFiles.report("encoding: {}\nfeatures: [{set: lld12}]\nelements: [voice]"))
    #expect(error.diagnostics.map(\.code) == [.studyKindKey, .studyKindKey, .studyKindKey])
  }

  @Test func everyKindIsReadAndOnlyTheseAreComputed() throws {
    let grammar = StudyKinds.all.grammar
    // Those that fit features: the others' files have no part of a sweep in common.
    for kind in grammar.kinds where grammar.flattened(for: kind).contains(where: { $0.path == "encoding" }) {
      let (covariates, subjects) = ("covariates: {set: vis12}", "[{response: bold, level: subject}]")
      let sweep =
        switch kind.name {
        case "temporal_resolution": StudyFiles.sweep(targets: "[{synchrony: {}}]", covariates)
        case "architecture_comparison": StudyFiles.sweep(features: "[{model: a}, {model: b}]", covariates)
        case "audio_to_brain":
          StudyFiles.sweep(features: "[{set: lld12}, {set: mfcc12}]", targets: subjects, covariates)
        case "emotion_to_brain": StudyFiles.sweep(features: "[{annotation: joy}]", targets: subjects)
        case "cohort_comparison": StudyFiles.sweep(covariates) + "\nfilters: {cohorts: [a, b]}"
        default: StudyFiles.sweep(covariates)
        }
      let text = sweep.replacing("layer_sweep", with: kind.name)
      let study = try StudyDefinition(parsing: text)
      #expect(study.kind == kind)
      #expect(study.notComputed().contains { $0.reason.contains(kind.name) } != grammar.isComputed(kind))
    }
    #expect(
      grammar.kinds.filter(grammar.isComputed).map(\.name)
        == [
          "layer_sweep", "element_ablation", "covariate_control", "architecture_comparison", "temporal_resolution",
          "controlled_synthesis", "cohort_comparison", "synchrony_consistency", "gradient_map", "emotion_lag",
          "audio_to_brain", "emotion_to_brain", "isc_report",
        ])
    let timed = StudyFiles.sweep(targets: "[{synchrony: {}}]").replacing("layer_sweep", with: "temporal_resolution")
    #expect(try StudyDefinition(parsing: timed).ownKeys["windows_s"] == [3, 5, 10, 15])
    let own = try StudyDefinition(parsing: timed + "\ntemporal_resolution: {windows_s: [4]}")
    #expect(own.ownKeys == ["windows_s": [4], "steps_s": [1, 2, 5]])
    let brain = StudyFiles.sweep(
      features: "[{set: a}, {set: b}, {set: c}]", targets: "[{response: bold, level: subject}]"
    ).replacing("layer_sweep", with: "audio_to_brain")
    let together = try StudyDefinition(parsing: brain)
    #expect(together.joint == [["a", "b", "c"]] && together.encoding?.outer == .leaveOne(.stimulus))
    #expect(together.encoding?.model == .banded)
    #expect(try StudyDefinition(parsing: brain + "\njoint: [[a, c]]").joint == [["a", "c"]])
    let synthesis = """
      study: s
      kind: controlled_synthesis
      datasets: [d]
      features: [{set: lld12}]
      controlled_synthesis: {semantic: [word], design: {one: {word: sun}, two: {word: rain}, three: {word: 3}}}
      """
    #expect(try StudyDefinition(parsing: synthesis).ownKeys["design"]?["three"] == ["word": 3])
  }

  @Test func anEmotionLagHasFeaturesRatingsAndLagsOnly() throws {
    func study(_ more: String) -> String {
      "study: s\nkind: emotion_lag\ndatasets: [d]\nfeatures: [{space: a, transform: changes}]\n"
        + "targets: [{annotation: y, rater: each, transform: changes}]\n" + more
    }
    let read = try StudyDefinition(parsing: study(""))
    #expect(read.statistics.lagsS == [0, 1, 2, 3, 4, 5] && read.encoding == nil && read.statistics.family == [.lag])
    try read.requireComputed()
    let error = try refusal(
      study("encoding: {}\njoint: []\ncovariates: []\ntwins: []\nstatistics: {contrasts: []}"))
    #expect(error.diagnostics.map(\.code) == [ErrorCode](repeating: .studyKindKey, count: 5))
    for (place, more) in [
      ("statistics.null", "statistics: {null: circular_shift}"), ("statistics.null", "statistics: {null: sign_flip}"),
    ] {
      let error = try refusal(study(more))
      #expect(error.code == .studyContradiction && error.object.contains(place), "\(error)")
      #expect(error.remedy == "Allowed in an emotion_lag: phase | none.")
    }
    for (place, more) in [
      ("statistics.family", "statistics: {family: [target]}"),
      ("statistics.correction", "statistics: {correction: [bh]}"),
    ] {
      let refused = try StudyDefinition(parsing: study(more)).notComputed()
      #expect(refused.map(\.object) == ["s: \(place)"], "\(refused)")
    }
    let response = study("").replacing("{annotation: y, rater: each, transform: changes}", with: "{response: bold}")
    #expect(try refusal(response).code == .studyKindKey)
  }

  /// What would be read and dropped: features, targets and more of a sweep with the place that is named.
  @Test(arguments: [
    ("[{space: a, aggregate: max}]", "[{annotation: y}]", "", "features[1].aggregate"),
    ("[{annotation: a, aggregate: last}]", "[{annotation: y}]", "", "features[1].aggregate"),
    ("[{annotation: a, rater: each}]", "[{annotation: y}]", "", "features[1].rater"),
    ("[{annotation: a, rater: own}]", "[{annotation: y}]", "", "features[1].rater"),
    ("[{annotation: a}]", "[{annotation: y}]", "elements: [original, voice]", "elements"),
    ("[{set: a}]", "[{annotation: y}]", "covariates: {set: b, penalty: shared}", "covariates[1].penalty"),
    (
      "[{set: a}]", "[{annotation: y}]", "covariates: {set: b}\nstatistics: {null: circular_shift}", "statistics.null"
    ),
    ("[{set: a}]", "[{annotation: y}]", "statistics: {null: phase_residual}", "statistics.null"),
    ("[{set: a}, {set: b}]", "[{annotation: y}]", "joint: [[a, b]]\nstatistics: {null: block}", "statistics.null"),
    ("[{set: a}]", "[{annotation: y}]", "statistics: {family: [lag]}", "statistics.family"),
    ("[{set: a}]", "[{annotation: y}]", "statistics: {family: [target, covariate_mode]}", "statistics.family"),
    ("[{set: a}]", "[{annotation: y}]", "preparation: {eeg: {}}", "preparation.eeg"),
    ("[{set: a}]", "[{annotation: y}]", "preparation: {separation: imported}", "preparation.separation"),
    (
      "[{space: a}]", "[{annotation: y}]", "elements: [voice]\npreparation: {separation: imported}",
      "preparation.separation"
    ),
    ("[{set: a}]", "[{annotation: y, rater: each}]", "filters: {missing: {max_share: 0.5}}", "filters.missing"),
    ("[{set: a}]", "[{annotation: y}]", "filters: {repeats: first}", "filters.repeats"),
    ("[{set: a}]", "[{annotation: y}]", "filters: {regions: [x]}", "filters.regions"),
    ("[{set: a}]", "[{annotation: y}]", "filters: {identical: keep}", "filters.identical"),
  ])
  func aKeyWithoutEffectIsRefused(_ features: String, _ targets: String, _ more: String, _ place: String) throws {
    func study(_ features: String, _ more: String) throws -> StudyDefinition {
      try StudyDefinition(
        parsing:
          "study: s\nkind: layer_sweep\ndatasets: [d]\nfeatures: \(features)\ntargets: \(targets)\nencoding: {}\n"
          + more)
    }
    let found = try study(features, more).notComputed()
    #expect(found.map(\.object) == ["s: \(place)"])
    #expect(found.allSatisfy { !$0.remedy.isEmpty })
    #expect(try study("[{set: z}]", "").notComputed().isEmpty)
  }

  @Test(arguments: [
    ("[{synchrony: {}, transform: changes}]", "", "targets[1].transform"),
    ("[{synchrony: {level: subject, method: leave_one_out}}]", "", "targets[1].synchrony.level"),
    ("[{synchrony: {}}]", "statistics: {family: [target]}", "statistics.family"),
    ("[{synchrony: {}}]", "statistics: {correction: [bh]}", "statistics.correction"),
    ("[{synchrony: {}}]", "statistics: {correction: [max]}", "statistics.correction"),
    ("[{synchrony: {}}]", "preparation: {separation: imported}", "preparation.separation"),
    ("[{synchrony: {}}]", "filters: {missing: {max_share: 0.1}}", "filters.missing"),
    ("[{synchrony: {}}]", "filters: {grid: 2}", "filters.grid"),
  ])
  func aKeyWithoutEffectInAReportIsRefused(_ targets: String, _ more: String, _ place: String) throws {
    let study = try StudyDefinition(
      parsing: "study: s\nkind: isc_report\ndatasets: [d]\ntargets: \(targets)\n" + more)
    #expect(study.notComputed().map(\.object) == ["s: \(place)"])
  }

  @Test(arguments: [
    ("statistics: {null: sign_flip}", "statistics.null"),
    ("statistics: {correction: [cluster]}", "statistics.correction"),
    ("filters: {repeats: separate}", "filters.repeats"),
  ])
  func whatIsNotComputedIsRefusedWithItsPlace(_ more: String, _ place: String) throws {
    let study = try StudyDefinition(parsing: StudyFiles.sweep(features: "[{set: a}, {set: b}]", more))
    let error = try #require(throws: EvokeError.self) { try study.requireComputed() }
    #expect(error.code == .studyNotComputed && error.object == "s: \(place)")
  }

  @Test func aStudyOfComputedThingsIsNotRefused() throws {
    let places = try StudyDefinition(parsing: everything).notComputed().map { $0.object.split(separator: " ").last }
    #expect(
      places == [
        "covariates[1].penalty", "preparation.separation", "encoding.store", "statistics.null", "statistics.family",
        "filters.missing",
      ])
    try StudyDefinition(parsing: StudyFiles.sweep("covariates: {set: vis12}\nelements: [voice]")).requireComputed()
    try StudyDefinition(parsing: StudyFiles.report(targets: "[{synchrony: {signal: de}}]")).requireComputed()
    let joint = "joint: [[a, b]]\nfilters: {group_by: genre}"
    let sets = "[{set: a}, {set: b}]"
    try StudyDefinition(parsing: StudyFiles.sweep(features: sets, encoding: "{model: banded}", joint)).requireComputed()
    #expect(
      try StudyDefinition(parsing: StudyFiles.sweep(features: sets, encoding: "{model: banded}")).notComputed().count
        == 1)
  }
}

/// Every optional key, in forms other than the defaults.
private let everything = """
  study: all
  kind: layer_sweep
  datasets: [d, 2020]
  features:
    - {model: w2v, layers: [conv.6, proj, hs.0, hs.12, last], aggregate: std, chunk_s: 10, context_s: 0, precision: bfloat16,
       reduce: {pca: 20, fit: dataset, scale: center}, transform: {smooth_s: 3}}
    - {space: openl3, layers: [pool], transform: changes}
    - {annotation: joy, rater: own}
    - {joint: [[w2v, openl3, joy]]}
  joint: [[w2v, openl3]]
  covariates: [{set: vis12, penalty: shared}, {space: motion}]
  targets:
    - {annotation: arousal, rater: each, transform: changes}
    - {synchrony: {window_s: 5, step_s: 2, anchor: end, method: leave_one_out, signal: envelope, band: [8, 14], level: subject}}
    - {response: bold, level: subject, delays_s: "-10..10"}
  preparation: {fmri: {atlas: dk68, confounds: [x, y], high_pass_s: 128, scale: psc, discard_volumes: 4},
                eeg: {ica: {method: picard, eog: [EOG1]}, notch_hz: none, bad_channels: [Cz]}, separation: imported}
  encoding: {model: banded, lambdas: {log10: [0, 4, 1], scale: none, convention: alpha}, lambda: shared, select: r,
             standardise: per_stimulus, gap_s: 20, trim_s: [10, 0], delay_edges: zero,
             outer: {leave_one: acquisition_run}, inner: {chunks: {length_s: 40, count: 20, repeats: 3}},
             store: [weights, scores]}
  statistics: {null: group_phase, draws: 500, family: [lag, region, feature_set], correction: [bh, max], lags_s: "-1..1",
               contrasts: [{name: early, a: {rel_depth: [0.25, 0.5], take: max}, b: {layer: hs.12}},
                           {name: other, a: {set: w2v}, b: {set: openl3}}]}
  filters: {cohorts: [adults], group_by: genre, stimuli: [1], subjects: ["null"], regions: {group: auditory},
            repeats: separate, exclude: none, missing: {max_share: 0.2}, grid: 2}
  """

private func ramp(_ range: ClosedRange<Int>) -> [Double] { range.map { Double($0) } }

/// The error of a file that must be refused.
func refusal(_ text: String, file: String = "study.yaml") throws -> EvokeError {
  try #require(throws: EvokeError.self) { try StudyDefinition(parsing: text, file: file) }
}

@Suite struct CanonicalDefinitionTests {
  static let files = [StudyFiles.designExample, everything, StudyFiles.sweep(), StudyFiles.report()]

  @Test(arguments: files) func theCanonicalTextReadsAsTheSameStudy(_ text: String) throws {
    let study = try StudyDefinition(parsing: text)
    let again = try StudyDefinition(parsing: study.canonical.canonical)
    #expect(again == study)
    #expect(again.canonical.sha256 == study.canonical.sha256)
  }

  @Test func keyOrderWhiteSpaceCommentsAndSpellingDoNotChangeIt() throws {
    let study = try StudyDefinition(parsing: StudyFiles.designExample)
    let other = """
      # the same study
      seed: 20250923
      statistics:
        correction: ["max"]        # quoted
        family:
          - element
          - layer
          - target
          - region
      encoding:
        inner: {folds: 4}
        outer: {folds: 5.0}
        delays_s: {response: [8, 7, 6, 5, 4, 3, 2], annotation: "0..8", synchrony: [5, 4, 3, 2, 1, 0]}
      preparation:
        source: {label: mean_flip, snr: 1.0, inverse: sloreta, atlas: dk68, leadfield: nyhead}
        eeg: {resample_hz: 2e2, reference: average, bad_channels: robust, bandpass_hz: [1, 45], notch_hz: 50}
      targets: [{annotation: arousal, rater: mean}, {synchrony: {}, window_features: true}]
      covariates: [{set: vis12}]
      features: [{reduce: {pca: 12, fit: train_fold}, model: 'wav2vec2-base'}, {set: lld12, reduce: none}]
      elements: [original, voice, soundtrack]
      datasets:
        - liris
      kind: layer_sweep
      study: layers-liris
      """
    #expect(try StudyDefinition(parsing: other).canonical.canonical == study.canonical.canonical)
  }

  @Test(arguments: [
    ("draws: 1000", "draws: 999"), ("pca: 12", "pca: 13"), ("seed: 20250923", "seed: 1"), ("0..8", "0..7"),
    ("window_s: 10", "window_s: 11"), ("[liris]", "[other]"), ("penalty: banded", "penalty: shared"),
    ("study: layers-liris", "study: layers"), ("correction: [max]", "correction: [max, bh]"),
  ])
  func everyValueEntersIt(_ old: String, _ new: String) throws {
    let text = StudyFiles.designExample
    let changed = text.replacing(old, with: new, maxReplacements: 1)
    #expect(changed != text)
    let first = try StudyDefinition(parsing: text).canonical.sha256
    #expect(try StudyDefinition(parsing: changed).canonical.sha256 != first)
  }

  @Test func targetParametersAreTheEntryWithDefaultsAndWithoutDelays() throws {
    let study = try StudyDefinition(
      parsing: StudyFiles.sweep(targets: "[{synchrony: {window_s: 5}, delays_s: [0, 1]}, {annotation: a}]"))
    #expect(
      study.targets[0].parameters.canonical
        == #"{"synchrony":{"anchor":"centre","band":"broad","high_pass_s":120,"level":"group","method":"pairwise","#
        + #""signal":"source","step_s":1,"window_s":5},"transform":"none"}"#)
    #expect(study.targets[1].parameters == ["annotation": "a", "rater": "mean", "transform": "none"])
    #expect(
      study.features[0].parameters == ["set": "lld12", "aggregate": "mean", "reduce": "none", "transform": "none"])
    #expect(!study.canonical.canonical.contains(":null"))
    #expect(study.canonical["targets"]?.arrayValue?[0]["delays_s"] == [0, 1])
  }
}
