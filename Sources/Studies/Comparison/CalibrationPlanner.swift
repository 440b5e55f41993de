import ContentIdentity
import Encoding
import Recordings
import StudyFiles
import Vocabulary
import Work

/// Plans the runs of a study's own fits on planted targets, and the unit that counts what they reject.
package struct CalibrationPlanner {
  /// Runs of one unit.
  private static let batch = 20

  private let definition: StudyDefinition
  private let request: CalibrationRequest
  private var members: [CalibrationStep.Parameters.Member] = []
  /// The runs.
  package private(set) var units: [WorkUnit] = []
  private let selection: CalibrationSelection

  package init(_ fits: [PlannedFit], _ request: CalibrationRequest, of definition: StudyDefinition) {
    self.definition = definition
    self.request = request
    selection = CalibrationSelection(fits, isWhole: request.isWhole)
    for fit in selection.fits { add(fit) }
  }

  private mutating func add(_ fit: PlannedFit) {
    let worlds = request.worlds.map { r in
      let batches = stride(from: 0, to: request.runs, by: Self.batch).map { first in
        fit.calibration(
          plantedR: r, runs: first..<min(first + Self.batch, request.runs), draws: request.draws(of: r))
      }
      units += batches
      return CalibrationStep.Parameters.World(plantedR: r, units: batches.map(\.key))
    }
    members.append(
      CalibrationStep.Parameters.Member(unit: fit.unit.key, keys: fit.keys, kind: fit.kind, worlds: worlds))
  }

  /// The unit that counts; nil without fits that are tested.
  package var unit: WorkUnit? {
    guard !members.isEmpty else { return nil }
    let statistics = definition.statistics
    let parameters = CalibrationStep.Parameters(
      members: members, family: statistics.family, hasMaximum: statistics.correction.contains(.max),
      level: Significance.level, seed: definition.seed, selection: selection.text)
    return CalibrationStep().unit(
      parameters, inputs: units.map { .unit(role: "runs", key: $0.key) },
      label: "calibration of \(definition.name)")
  }

  /// Lines for people.
  package var notes: [String] { ["calibrates \(selection.text)", request.note] }
}

/// Which fits of a study are calibrated: all, or of every sweep of layers the middle one and of every target of single
/// subjects or raters the first.
struct CalibrationSelection {
  let fits: [PlannedFit]
  /// For people and the rows.
  let text: String

  init(_ all: [PlannedFit], isWhole: Bool) {
    let tested = all.filter(\.isTested)
    let people = Self.groups(tested) { $0.identity(isOfPerson: false, isOfLayer: true) }
    let sweeps = Self.groups(people.map { $0[0] }) { $0.identity(isOfPerson: false, isOfLayer: false) }
    fits = isWhole ? tested : sweeps.map { $0[$0.count / 2] }
    var parts: [String] = []
    if let sweep = sweeps.first(where: { $0.count > 1 }) {
      let layer = sweep[sweep.count / 2].keys
      parts.append(
        "the middle layer of every sweep (\(layer.layerKey ?? layer.featureSet), of \(sweep.count) of \(layer.featureSet))"
      )
    }
    if let group = people.first(where: { $0.count > 1 }) {
      parts.append("the first of the \(group.count) persons of a target")
    }
    let which = isWhole || parts.isEmpty ? "" : ": " + parts.joined(separator: ", ") + "; --all takes every fit"
    text = "\(fits.count) of \(tested.count) fits\(which)"
  }

  /// In the order of their first members.
  private static func groups(_ fits: [PlannedFit], by key: (FitKeys) -> [String]) -> [[PlannedFit]] {
    var order: [[String]] = []
    var members: [[String]: [PlannedFit]] = [:]
    for fit in fits {
      let own = key(fit.keys)
      if members[own] == nil { order.append(own) }
      members[own, default: []].append(fit)
    }
    return order.compactMap { members[$0] }
  }
}

extension FitKeys {
  /// What two fits have in common that differ at most in person or layer.
  fileprivate func identity(isOfPerson: Bool, isOfLayer: Bool) -> [String] {
    [dataset, cohort, featureSet, Self.spelled(model), element.rawValue, targetKind.rawValue, target, targetParameters]
      + (isOfPerson ? [Self.spelled(subject), Self.spelled(rater)] : [])
      + (isOfLayer ? [Self.spelled(layerKey)] : [])
  }
}
