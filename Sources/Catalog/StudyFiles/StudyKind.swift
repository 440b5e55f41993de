import ContentIdentity
import Diagnostics
import Vocabulary

/// A part of the study file that a kind of study takes or leaves. Datasets, preparation, statistics, filters and seed
/// belong to every kind.
public enum StudyPart: Sendable, Hashable, CaseIterable {
  /// `elements`, `features`.
  case features
  /// What stands beside a feature: `joint`, `covariates`, `twins`.
  case companions
  /// `encoding`, reductions and convolutions of features, the delays of targets, contrasts and lags: how features are
  /// fitted to targets.
  case encoding
  /// `lags_s` alone.
  case lags
  /// Annotations as targets.
  case annotations
  /// Inter-subject correlation as a target.
  case synchrony
  /// Recorded responses as targets.
  case responses
}

extension TargetKind {
  /// The part of the study file that such targets are.
  var part: StudyPart {
    switch self {
    case .annotation: .annotations
    case .synchrony: .synchrony
    case .response: .responses
    }
  }
}

/// A kind of study as its file says it: what the grammar, `explain` and the checks know of it.
///
/// Kinds are told apart by name.
public struct StudyKind: Sendable {
  /// What a key that kinds share means in this kind where the file leaves it out.
  package enum Standard: Sendable {
    /// It must be there, and hold something.
    case required(reason: String, remedy: String)
    /// As `explain` tells it, and the value beside the rest of the file. Of no key in the entries of a list.
    case value(String, @Sendable (JSONValue) -> JSONValue)
  }

  /// Its spelling in the file.
  public let name: String
  /// One line for people.
  public let summary: String
  let takes: Set<StudyPart>
  let own: Shape?
  let standards: [String: Standard]
  let rules: @Sendable (StudyDefinition) -> [StudyProblem]
  let ignored: @Sendable (StudyDefinition) -> [StudyDefinition.Ineffective]
  /// The published views that have its results.
  public let views: [String]
  /// A small study file.
  public let example: String?
  /// Lines of the kind's own block for a draft of sounds, indented; nil: the block may be left out.
  let draftOfSounds: (@Sendable (_ sounds: [String]) -> [String])?
  /// The same of a study that fits something to regions and a column of an atlas.
  let draftOfMap: (@Sendable (_ study: String, _ atlas: String, _ column: String) -> [String])?

  /// - Parameters:
  ///   - takes: parts of the file; a key outside of them is refused.
  ///   - own: the block under the kind's name: `.map` of its keys, or `.free`; nil: it has none.
  ///   - standards: what absent keys mean, by place (`statistics.family`), where it is not what the grammar says.
  ///   - rules: why a file that reads cannot be as it is. Asked when all keys are sound.
  ///   - ignored: what is asked for that this version would read and drop, beside what no kind computes.
  package init(
    _ name: String, summary: String, takes: Set<StudyPart> = Set(StudyPart.allCases), own: Shape? = nil,
    standards: [String: Standard] = [:], rules: @escaping @Sendable (StudyDefinition) -> [StudyProblem] = { _ in [] },
    ignored: @escaping @Sendable (StudyDefinition) -> [StudyDefinition.Ineffective] = { _ in [] },
    views: [String] = [], example: String? = nil, draftOfSounds: (@Sendable (_ sounds: [String]) -> [String])? = nil,
    draftOfMap: (@Sendable (_ study: String, _ atlas: String, _ column: String) -> [String])? = nil
  ) {
    self.name = name
    self.summary = summary
    self.takes = takes
    self.own = own
    self.standards = standards
    self.rules = rules
    self.ignored = ignored
    self.views = views
    self.example = example
    self.draftOfSounds = draftOfSounds
    self.draftOfMap = draftOfMap
  }
}

extension StudyKind {
  /// Names of the features of a file that is not complete yet.
  package static func featureNames(in study: JSONValue) -> [String] {
    (study["features"]?.arrayValue ?? []).compactMap(StudyRules.name)
  }

  /// Features that results cannot tell apart: comparisons know them by name.
  ///
  /// - Parameter byTransform: whether the kind's results tell transforms of one feature apart.
  package static func sameNamed(_ study: StudyDefinition, byTransform: Bool = false) -> [StudyProblem] {
    let features = study.features
    return features.indices.filter { place in
      features[..<place].contains {
        $0.name == features[place].name && !(byTransform && $0.transform != features[place].transform)
      }
    }.map { place in
      StudyProblem(
        at: "features[\(place + 1)]",
        reason: "another feature is named `\(features[place].name)`: their rows would be one",
        remedy: "Ask about it in a study of its own.")
    }
  }
}

extension StudyKind: Hashable {
  public static func == (a: StudyKind, b: StudyKind) -> Bool { a.name == b.name }
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension StudyKind: CustomStringConvertible {
  public var description: String { name }
}

/// Why a study file cannot be as it is.
package struct StudyProblem: Sendable {
  let code: ErrorCode
  /// For example `statistics.null`; entries of lists count from 1.
  let place: String
  let reason: String
  let remedy: String

  package init(_ code: ErrorCode = .studyContradiction, at place: String, reason: String, remedy: String) {
    self.code = code
    self.place = place
    self.reason = reason
    self.remedy = remedy
  }
}
