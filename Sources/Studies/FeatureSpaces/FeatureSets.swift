import AudioFeatures
import AudioModels
import ContentIdentity
import MediaSources
import SignalProcessing
import VisualFeatures

/// A built-in set of descriptors.
package struct FeatureSet: Sendable {
  /// What it is computed from.
  package enum Medium: Sendable, Equatable {
    /// Mono sound of an element at this rate.
    case sound(rateHz: Int)
    /// The film's picture; the same for every element.
    case picture
  }

  /// As studies and `extract --set` name it; also the name of its computation step.
  package let name: String
  /// Raised when results change.
  package let version: Int
  /// One line for help.
  package let summary: String
  package let medium: Medium
  /// Rows per second before aggregation; nil for a set that is defined per second only.
  package let nativeRateHz: Double?
  /// Names of its columns.
  package let columns: [String]
  /// One per column: UCUM codes or the unit's usual name.
  package let units: [String]
  /// Seconds of computing per second of film or sound on one ordinary core, for estimates before anything was measured.
  var secondsPerSecond = 0.01
  /// Whether a bank of filters belongs to it: `NAME:BANK` names one (see `FilterChoice`).
  var takesFilters = false
  /// Computes it at `task.rate` and gives it to `task`.
  let compute: @Sendable (SetTask) throws -> Void

  package var needsPicture: Bool { medium == .picture }

  /// How it is known with filters: by both names, so that rows of two banks read apart.
  func title(_ filters: CochleogramFilters?) -> String { filters.map { "\(name):\($0.bank)" } ?? name }

  /// Whether it can be made at a rate: native and bins where it has a native rate, else one row per second only.
  func has(_ rate: FeatureRate) -> Bool { nativeRateHz != nil || rate == .perSecond }
}

/// The registry of descriptor sets: one entry each; it drives plans, `extract`, help, the computation steps and tests.
package enum FeatureSets {
  package static let all: [FeatureSet] = DescriptorSets.all.map(sound) + cochleograms + [visual]

  /// The set of a name; what follows a colon names filters, where a set takes some.
  package static func named(_ name: String) -> FeatureSet? {
    let base = name.prefix { $0 != ":" }
    return all.first { $0.name == name || ($0.takesFilters && $0.name == base) }
  }

  /// Every name, for messages.
  package static var names: String { all.map(\.name).sorted().joined(separator: ", ") }

  /// An entry of `DescriptorSets`.
  static func sound(_ set: DescriptorSet) -> FeatureSet {
    FeatureSet(
      name: set.name, version: set.version, summary: set.summary,
      medium: .sound(rateHz: Int(DescriptorSet.sourceRateHz)), nativeRateHz: set.nativeRateHz,
      columns: set.columns.map(\.name), units: set.columns.map(\.unit)
    ) { try $0.add(set) }
  }

  private static let visual = FeatureSet(
    name: "vis12", version: 2, summary: "twelve visual covariates of the picture per second",
    medium: .picture, nativeRateHz: nil, columns: vis12Names, units: vis12Units
  ) { task in
    let film = try task.film()
    let seconds = binCount(durationSeconds: film.durationS)
    try task.add(try vis12(film.source, seconds: seconds) { task.progress(Double($0) / max(1, film.durationS)) })
  }
}
