import ContentIdentity
import Vocabulary

/// A frequency band of recorded signals; as JSON a word or a pair of numbers, as in the study file.
public enum FrequencyBand: Codable, Sendable, Hashable {
  case named(BandName)
  case range(lowHz: Double, highHz: Double)

  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    guard let pair = try? value.decode([Double].self) else {
      self = .named(try value.decode(BandName.self))
      return
    }
    guard pair.count == 2 else {
      throw DecodingError.dataCorruptedError(in: value, debugDescription: "\(pair.count) edges of a band")
    }
    self = .range(lowHz: pair[0], highHz: pair[1])
  }

  public func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .named(let name): try value.encode(name)
    case .range(let low, let high): try value.encode([low, high])
    }
  }
}

/// `{synchrony: {...}}`: dynamic inter-subject correlation.
public struct SynchronySpec: Sendable, Hashable {
  /// `window_s`, 10 by default.
  public let windowS: Double
  /// `step_s`, 1 by default.
  public let stepS: Double
  /// `anchor`, `centre` by default.
  public let anchor: WindowAnchor
  /// `method`, `pairwise` by default.
  public let method: SynchronyMethod
  /// `signal`, `source` by default.
  public let signal: SynchronySignal
  /// `band`, `broad` by default.
  public let band: FrequencyBand
  /// `high_pass_s`, 120 by default: longest period kept; nil: `none`.
  public let highPassS: Double?
  /// `level`, `group` by default.
  public let level: TargetLevel
}

/// One entry of `targets`.
public struct TargetSpec: Sendable, Hashable {
  /// What is predicted.
  public enum Source: Sendable, Hashable {
    case annotation(String, rater: RaterChoice)
    case synchrony(SynchronySpec)
    /// A recorded region or channel series.
    case response(String, level: TargetLevel)

    public var kind: TargetKind {
      switch self {
      case .annotation: .annotation
      case .synchrony: .synchrony
      case .response: .response
      }
    }
  }

  public let source: Source
  /// Delays of the features against this target: its own, else those of its kind in `encoding`. None where the kind of
  /// study relates no features to it.
  public let delays: FeatureDelays
  /// `window_features`: features are averaged over the target's window first. Default true for synchrony.
  public let windowFeatures: Bool
  /// `transform`, `none` by default.
  public let transform: SeriesTransform
  /// What defines the target's series, as in the study file with defaults, without delays and `window_features`:
  /// the column `target_parameters`, for example
  /// `{"synchrony":{"anchor":"centre",...},"transform":"none"}`.
  public let parameters: JSONValue

  public var kind: TargetKind { source.kind }

  /// The column `target`: annotation, signal or response name.
  public var name: String {
    switch source {
    case .annotation(let name, _), .response(let name, _): name
    case .synchrony(let synchrony): synchrony.signal.rawValue
    }
  }

  public var synchrony: SynchronySpec? { if case .synchrony(let spec) = source { spec } else { nil } }

  /// Group, or one target per subject (for annotations: per rater).
  public var level: TargetLevel {
    switch source {
    case .annotation(_, let rater): rater == .mean ? .group : .subject
    case .synchrony(let synchrony): synchrony.level
    case .response(_, let level): level
    }
  }
}

extension TargetSpec {
  /// The same synchrony in windows of another length and step; other targets as they are.
  package func windowed(windowS: Double, stepS: Double) -> TargetSpec {
    guard let own = synchrony, case .object(var members) = parameters,
      case .object(var keys) = members[TargetKind.synchrony.rawValue]
    else { return self }
    keys["window_s"] = .number(windowS)
    keys["step_s"] = .number(stepS)
    members[TargetKind.synchrony.rawValue] = .object(keys)
    let synchrony = SynchronySpec(
      windowS: windowS, stepS: stepS, anchor: own.anchor, method: own.method, signal: own.signal, band: own.band,
      highPassS: own.highPassS, level: own.level)
    return TargetSpec(
      source: .synchrony(synchrony), delays: delays, windowFeatures: windowFeatures, transform: transform,
      parameters: .object(members))
  }
}
