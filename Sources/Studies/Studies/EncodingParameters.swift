import ContentIdentity
import Diagnostics
import EncodingModels
import Plans
import Vocabulary

/// Settings between the study's words, the unit's canonical JSON and the encoding module's types.
enum EncodingParameters {
  /// What of `encoding` shapes a fit (delays stand with the unit).
  static func json(_ spec: EncodingSpec) -> JSONValue {
    [
      "model": .string(spec.model.rawValue), "lambdas": .array(spec.lambdas.values.map { .number($0) }),
      "scale": .string(spec.lambdas.scale.rawValue), "lambda": .string(spec.lambda.rawValue),
      "select": .string(spec.select.rawValue), "standardise": .string(spec.standardise.rawValue),
      "gap_s": gap(spec.gap), "trim_s": [.number(spec.trimStartS), .number(spec.trimEndS)],
      "delay_edges": .string(spec.delayEdges.rawValue), "outer": folds(spec.outer), "inner": folds(spec.inner),
    ]
  }

  private static func gap(_ gap: EncodingSpec.Gap) -> JSONValue {
    switch gap {
    case .auto: "auto"
    case .seconds(let seconds): .number(seconds)
    }
  }

  private static func folds(_ scheme: Plans.FoldScheme?) -> JSONValue {
    switch scheme {
    case nil: "auto"
    case .folds(let count): ["folds": .int(count)]
    case .leaveOne(let unit): ["leave_one": .string(unit.rawValue)]
    case .chunks(let length, let count, let repeats):
      ["chunks": ["length_s": .number(length), "count": .int(count), "repeats": .int(repeats)]]
    }
  }

  static func settings(_ json: JSONValue, seed: UInt64) -> EncodingSettings {
    var settings = EncodingSettings()
    let scale = LambdaScale(rawValue: json["scale"]?.stringValue ?? "") ?? .trainCount
    let values = (json["lambdas"]?.arrayValue ?? []).compactMap(\.doubleValue)
    if !values.isEmpty { settings.lambdas = EncodingModels.LambdaGrid(values: values, scale: scale) }
    settings.lambdaScope = .init(rawValue: json["lambda"]?.stringValue ?? "") ?? .perTarget
    settings.selection = .init(rawValue: json["select"]?.stringValue ?? "") ?? .sse
    settings.standardisation = .init(rawValue: json["standardise"]?.stringValue ?? "") ?? .trainFold
    settings.gap = json["gap_s"]?.doubleValue.map { .seconds($0) } ?? .automatic
    let trim = (json["trim_s"]?.arrayValue ?? []).compactMap(\.doubleValue)
    if trim.count == 2 { settings.trim = (trim[0], trim[1]) }
    settings.delayEdges = .init(rawValue: json["delay_edges"]?.stringValue ?? "") ?? .crop
    settings.outer = scheme(json["outer"])
    settings.inner = scheme(json["inner"])
    settings.seed = seed
    return settings
  }

  private static func scheme(_ json: JSONValue?) -> EncodingModels.FoldScheme {
    if let count = json?["folds"]?.intValue { return .blocks(count) }
    if let unit = json?["leave_one"]?.stringValue { return .leaveOne(.init(rawValue: unit) ?? .stimulus) }
    if let chunks = json?["chunks"] {
      return .chunks(
        seconds: chunks["length_s"]?.doubleValue ?? 0, count: chunks["count"]?.intValue ?? 1,
        repeats: chunks["repeats"]?.intValue ?? 1)
    }
    return .automatic
  }

  static func reduction(_ json: JSONValue?) -> EncodingModels.Reduction {
    guard let count = json?["pca"]?.intValue else { return .none }
    return .principalComponents(
      count, scale: .init(rawValue: json?["scale"]?.stringValue ?? "") ?? .zscore,
      fit: .init(rawValue: json?["fit"]?.stringValue ?? "") ?? .trainFold)
  }

  static func json(_ reduction: Plans.Reduction?) -> JSONValue {
    guard let reduction else { return "none" }
    return [
      "pca": .int(reduction.components), "fit": .string(reduction.fit.rawValue),
      "scale": .string(reduction.scale.rawValue),
    ]
  }

  static func json(_ transform: SeriesTransform) -> JSONValue {
    switch transform {
    case .none: "none"
    case .changes: "changes"
    case .smooth(let seconds): ["smooth_s": .number(seconds)]
    }
  }

  /// Delays in rows of the grid, each once, ascending; a list that the grid would move by more than a quarter of a row
  /// and that is not evenly finer than the grid is still used at the nearest row, and the rows are what is stored.
  static func rows(_ seconds: [Double], dt: Double) -> [Int] {
    Array(Set(seconds.map { Int(($0 / dt).rounded()) })).sorted()
  }
}
