import ContentIdentity
import Vocabulary

private func checked<T>(_ value: T?, _ key: String) -> T {
  guard let value else { preconditionFailure("unchecked \(key)") }
  return value
}

/// Access to values the grammar has checked: what is missing here is an error of the grammar, not of a file.
extension JSONValue {
  func word<E: RawRepresentable>(_ key: String, as type: E.Type = E.self) -> E where E.RawValue == String {
    checked(self[key]?.stringValue.flatMap(E.init), key)
  }

  /// The word of a key that may be absent.
  func word<E: RawRepresentable>(_ key: String, unlessGiven standard: E) -> E where E.RawValue == String {
    self[key] == nil ? standard : word(key)
  }

  func number(_ key: String) -> Double { checked(self[key]?.doubleValue, key) }
  func integer(_ key: String) -> Int { checked(self[key]?.intValue, key) }
  func text(_ key: String) -> String { checked(self[key]?.stringValue, key) }
  func flag(_ key: String) -> Bool { checked(self[key]?.boolValue, key) }
  func numbers(_ key: String) -> [Double] { items(key).map { checked($0.doubleValue, key) } }
  func texts(_ key: String) -> [String] { items(key).map { checked($0.stringValue, key) } }
  func words<E: RawRepresentable>(_ key: String, as type: E.Type = E.self) -> [E]
  where E.RawValue == String {
    texts(key).map { checked(E(rawValue: $0), key) }
  }

  /// The items of a list; none where the key is absent.
  func items(_ key: String) -> [JSONValue] { self[key]?.list(of: key) ?? [] }

  fileprivate func list(of key: String) -> [JSONValue] { checked(arrayValue, key) }

  func keeping(_ keys: (String) -> Bool) -> JSONValue {
    .object((objectValue ?? [:]).filter { keys($0.key) })
  }
}

extension StudyDefinition {
  /// From a checked and completed definition.
  init(complete root: JSONValue, kind: StudyKind) {
    name = root.text("study")
    self.kind = kind
    datasets = root.texts("datasets")
    elements = kind.takes.contains(.features) ? root.words("elements") : [.original]
    features = root.items("features").map(FeatureSpec.init)
    joint = root.items("joint").map { $0.list(of: "joint").map { checked($0.stringValue, "joint") } }
    covariates = root.items("covariates").map(CovariateSpec.init)
    twins = root.words("twins")
    targets = root.items("targets").map(TargetSpec.init)
    preparation = root["preparation"]
    encoding = root["encoding"].map(EncodingSpec.init)
    statistics = StatisticsSpec(root["statistics"] ?? .null)
    filters = FilterSpec(root["filters"] ?? .null)
    seed = root.integer("seed")
    ownKeys = root[kind.name] ?? .object([:])
    canonical = root
  }

  /// The kind's own keys as a type of the kind reads them; `leastS` is `least_s`. The grammar has checked them: a type
  /// that does not fit is a fault of the program.
  package func own<Keys: Decodable>(_ type: Keys.Type) -> Keys {
    do {
      return try StrictCoder.decode(type, from: ownKeys)
    } catch {
      preconditionFailure("own keys of \(kind) are not \(type): \(error)")
    }
  }
}

extension SeriesTransform {
  /// `transform` of an entry; none where it is absent.
  fileprivate init(_ entry: JSONValue) {
    switch entry["transform"] {
    case nil, "none": self = .none
    case "changes": self = .changes
    case let smoothing?: self = .smooth(seconds: smoothing.number("smooth_s"))
    }
  }
}

extension FeatureSpec {
  fileprivate init(_ json: JSONValue) {
    source =
      if json["model"] != nil {
        .model(json.text("model"))
      } else if json["set"] != nil {
        .set(json.text("set"))
      } else if json["space"] != nil {
        .space(json.text("space"))
      } else {
        .annotation(json.text("annotation"))
      }
    layers = json["layers"]?.arrayValue == nil ? .all : .keys(json.texts("layers"))
    aggregate = json.word("aggregate")
    reduce = json["reduce"].flatMap { reduction in
      reduction["pca"].map { _ in
        Reduction(components: reduction.integer("pca"), fit: reduction.word("fit"), scale: reduction.word("scale"))
      }
    }
    chunkS = json["chunk_s"]?.doubleValue ?? 20
    contextS = json["context_s"]?.doubleValue ?? 2
    hopS = json["hop_s"]?.doubleValue
    precision = json["precision"] == nil ? .float32 : json.word("precision")
    transform = SeriesTransform(json)
    hrf = json["hrf"].flatMap { $0 == "none" ? nil : json.word("hrf") }
    rater = json["rater"] == nil ? .mean : json.word("rater")
    parameters = json
  }
}

extension CovariateSpec {
  fileprivate init(_ json: JSONValue) {
    feature = FeatureSpec(json.keeping { $0 != "at_prediction" && $0 != "penalty" })
    atPrediction = json.word("at_prediction")
    penalty = json.word("penalty")
    parameters = json
  }
}

extension SynchronySpec {
  fileprivate init(_ json: JSONValue) {
    windowS = json.number("window_s")
    stepS = json.number("step_s")
    anchor = json.word("anchor")
    method = json.word("method")
    signal = json.word("signal")
    if json["band"]?.arrayValue == nil {
      band = .named(json.word("band"))
    } else {
      let range = json.numbers("band")
      band = .range(lowHz: range[0], highHz: range[1])
    }
    highPassS = json.isNone("high_pass_s") ? nil : json.number("high_pass_s")
    level = json.word("level")
  }
}

extension TargetSpec {
  fileprivate init(_ json: JSONValue) {
    let source: Source =
      if let synchrony = json["synchrony"] {
        .synchrony(SynchronySpec(synchrony))
      } else if json["annotation"] != nil {
        .annotation(json.text("annotation"), rater: json.word("rater"))
      } else {
        .response(json.text("response"), level: json.word("level"))
      }
    self.source = source
    delays = FeatureDelays(json["delays_s"], of: source.kind)
    windowFeatures = json["window_features"]?.boolValue ?? false
    transform = SeriesTransform(json)
    parameters = json.keeping { $0 != "delays_s" && $0 != "window_features" }
  }
}

extension FeatureDelays {
  /// `delays_s` of a target of a kind; none where the key is absent.
  fileprivate init(_ json: JSONValue?, of kind: TargetKind) {
    guard json?.stringValue != DelayText.automatic else {
      let span = StudyCompletion.delaySpan(of: kind)
      self = .automatic(first: span.lowerBound, last: span.upperBound)
      return
    }
    self = .single((json?.list(of: "delays_s") ?? []).map { checked($0.doubleValue, "delays_s") })
  }
}

extension EncodingSpec {
  fileprivate init(_ json: JSONValue) {
    model = json.word("model")
    let delays = json["delays_s"] ?? .null
    self.delays = Dictionary(
      uniqueKeysWithValues: TargetKind.allCases.map { ($0, FeatureDelays(delays[$0.rawValue], of: $0)) })
    lambdas = LambdaGrid(json["lambdas"] ?? .null)
    lambda = json.word("lambda")
    select = json.word("select")
    standardise = json.word("standardise")
    gap = json["gap_s"]?.doubleValue.map(PurgeGap.seconds) ?? .automatic
    let trim = json.numbers("trim_s")
    self.trim = EdgeTrim(start: trim[0], end: trim[1])
    position = json.word("position")
    delayEdges = json.word("delay_edges")
    outer = json["outer"].map(FoldScheme.init) ?? .automatic
    inner = json["inner"].map(FoldScheme.init) ?? .automatic
    store = Set(json.words("store"))
  }
}

extension LambdaGrid {
  fileprivate init(_ json: JSONValue) {
    let ramp = json.numbers("log10")
    self.init(
      log10: ramp[0], to: ramp[1], step: ramp[2], scale: json.word("scale"), convention: json.word("convention"))
  }
}

extension FoldScheme {
  fileprivate init(_ json: JSONValue) {
    if let chunks = json["chunks"] {
      self = .chunks(
        seconds: chunks.number("length_s"), count: chunks.integer("count"), repeats: chunks.integer("repeats"))
    } else if json["leave_one"] != nil {
      self = .leaveOne(json.word("leave_one"))
    } else {
      self = .blocks(json.integer("folds"))
    }
  }
}

extension StatisticsSpec {
  fileprivate init(_ json: JSONValue) {
    null = json.word("null")
    draws = json.integer("draws")
    family = json.words("family")
    correction = json.words("correction")
    contrasts = json.items("contrasts").map {
      ContrastSpec(name: $0.text("name"), a: ContrastSide($0["a"] ?? .null), b: ContrastSide($0["b"] ?? .null))
    }
    lagsS = json.numbers("lags_s")
  }
}

extension ContrastSide {
  fileprivate init(_ json: JSONValue) {
    let range = json.numbers("rel_depth")
    if range.count == 2 {
      self = .relDepth(low: range[0], high: range[1], take: json.word("take"))
    } else if json["layer"] != nil {
      self = .layer(json.text("layer"))
    } else {
      self = .set(json.text("set"))
    }
  }
}

extension FilterSpec {
  fileprivate init(_ json: JSONValue) {
    cohorts = json.texts("cohorts")
    groupBy = json["group_by"]?.stringValue
    stimuli = json.texts("stimuli")
    subjects = json.texts("subjects")
    regions =
      if let group = json["regions"]?["group"]?.stringValue {
        .group(group)
      } else {
        json["regions"] == nil ? .all : .names(json.texts("regions"))
      }
    repeats = json.word("repeats")
    exclude =
      switch json.text("exclude") {
      case "all": .all
      case "none": .none
      case let name: .named(name)
      }
    identical = json.word("identical", unlessGiven: .refuse)
    missing = json["missing"]?["max_share"]?.doubleValue.map(Missing.maxShare) ?? .rows(json.word("missing"))
    grid = json["grid"]?.doubleValue.map(Grid.seconds) ?? .target
  }
}
