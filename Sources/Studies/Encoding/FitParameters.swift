import EncodingModels
import Recordings
import Showings
import StudyFiles
import Vocabulary
import Warehouse

/// What every kind of fit is told.
struct FitParameters: Codable, Sendable {
  let keys: FitKeys
  /// What is fitted; the inputs of each have the role of its place, `FitRole.feature`.
  var features: [FitFeature]
  let target: FitTarget
  /// Delays of the features, at least one; they are used at the nearest row of the grid.
  var delays: FeatureDelays
  /// How it is fitted; its seed is also that of nulls.
  let encoding: EncodingSettings
  /// The target's columns that are fitted; nil: all.
  let regions: [String]?
  /// What is known of regions, by name; empty where the target has none.
  let regionInfo: [String: RegionInfo]
  /// The largest share of missing raters or subjects of a row.
  let missingShare: Double
  /// Seconds per row; nil: the target's own step, not finer than 1 s.
  let gridS: Double?
  /// Subjects or raters behind the target; 0 where an annotation does not say.
  let subjectCount: Int
  var store: [StoredResult]
  /// Delays that are fitted one by one, too.
  var lagsS: [Double]

  var seed: UInt64 { encoding.seed }

  /// The last place of the grid of lambdas.
  var largestLambda: Int { encoding.lambdas.values.count - 1 }

  /// Delays in rows of a grid, each once, ascending; a list that the grid would move by more than a quarter of a row and
  /// that is not evenly finer than the grid is still used at the nearest row, and the rows are what is stored.
  static func rows(_ seconds: [Double], dt: Double) -> [Int] {
    Array(Set(seconds.map { Int(($0 / dt).rounded()) })).sorted()
  }

  /// The same of delays that are given, or every row of a span.
  static func rows(_ delays: FeatureDelays, dt: Double) -> [Int] {
    switch delays {
    case .single(let seconds): rows(seconds, dt: dt)
    case .automatic(let first, let last): Array(Int((first / dt).rounded())...Int((last / dt).rounded()))
    }
  }
}

/// Columns that a fit reads: a set, a space, one layer, or an annotation's ratings.
struct FitFeature: Codable, Sendable {
  enum Source: Codable, Sendable {
    /// Every array of the role.
    case columns
    /// Those of one layer: a unit makes all layers of a model.
    case layer(String)
    /// The mean over raters, without the stretches that do not count.
    case ratings(bad: [BadSegment])
  }

  let name: String
  let source: Source
  let reduction: Reduction?
  let transform: SeriesTransform
  let hrf: ResponseShape?
  /// Delays of its own, where a feature stands in a fit twice; nil: those of the fit.
  let delays: FeatureDelays?
}

/// What a fit predicts.
struct FitTarget: Codable, Sendable {
  enum Source: Codable, Sendable {
    /// The mean over raters, without the stretches that do not count.
    case annotation(bad: [BadSegment])
    /// `subject`: whose own synchrony with the others it is; nil: the group's.
    case synchrony(window: TargetWindow, subject: String?)
    /// `placements`: the showings in each recording, by the name of its array. `separatesRuns`: whether showings in several
    /// runs are pieces of their own, not averaged.
    case response(level: TargetLevel, placements: [String: [Showing]], separatesRuns: Bool)
  }

  let source: Source
  let transform: SeriesTransform
}

/// One of the sets that a joint model fits together, as its rows name it.
struct FitSet: Codable, Sendable {
  let featureSet: String
  let model: String?
  let layerKey: String?
  let depth: Int?
  let relDepth: Double?
  let element: Element

  /// The set's name, with its layer where it has one.
  var name: String { [featureSet, layerKey].compactMap { $0 }.joined(separator: "/") }
}

extension FitSet {
  /// The same by another name.
  func named(_ name: String) -> FitSet {
    FitSet(
      featureSet: name, model: model, layerKey: layerKey, depth: depth, relDepth: relDepth, element: element)
  }

  /// Marks an array as made of the set.
  func sign(_ description: inout ArrayDescription) {
    description.element = element.rawValue
    (description.featureSet, description.model, description.layerKey) = (featureSet, model, layerKey)
  }

  /// What the keys of a fit say of its features.
  init(_ keys: FitKeys) {
    featureSet = keys.featureSet
    model = keys.model
    layerKey = keys.layerKey
    depth = keys.depth
    relDepth = keys.relDepth
    element = keys.element
  }
}
