import ContentIdentity

extension StudyDefinition {
  /// A key whose value would change nothing.
  package struct Ineffective: Sendable {
    let place: String
    let what: String
    let remedy: String

    /// `place` as `statistics.family`, entries of lists counted from 1; `what`: what is not computed.
    package init(place: String, what: String, remedy: String) {
      self.place = place
      self.what = what
      self.remedy = remedy
    }

    /// Which part of the file it is in, from the top.
    fileprivate var part: Int {
      let name = place.prefix { $0 != "." && $0 != "[" }
      return Grammar.parts.firstIndex { $0 == name } ?? Grammar.parts.count
    }
  }

  /// The keys that would be read and dropped, in the order of the file.
  var withoutEffect: [Ineffective] {
    let shared =
      featuresWithoutEffect + covariatesWithoutEffect + twinsWithoutEffect + preparationWithoutEffect
      + encodingWithoutEffect + statisticsWithoutEffect + filtersWithoutEffect
    let ofKind = kind.ignored(self).filter { key in !shared.contains { $0.place == key.place } }
    return (shared + ofKind).sorted { $0.part < $1.part }
  }

  private var hasRecordedTargets: Bool { targets.contains { $0.kind != .annotation } }

  private var featuresWithoutEffect: [Ineffective] {
    var found: [Ineffective] = []
    for (i, feature) in features.enumerated() {
      found += Self.withoutEffect(feature, at: "features[\(i + 1)]", targets)
    }
    for (i, covariate) in covariates.enumerated() {
      found += Self.withoutEffect(covariate.feature, at: "covariates[\(i + 1)]", targets)
    }
    let areRatings = !features.isEmpty && features.allSatisfy { $0.sourceKind == "annotation" }
    if areRatings, elements != [.original] {
      found.append(
        Ineffective(
          place: "elements", what: "annotations of an element of the sound", remedy: "Leave `elements` out."))
    }
    return found
  }

  private static func withoutEffect(_ feature: FeatureSpec, at place: String, _ targets: [TargetSpec]) -> [Ineffective]
  {
    var found: [Ineffective] = []
    if ["space", "annotation"].contains(feature.sourceKind), feature.aggregate != .mean {
      found.append(
        Ineffective(
          place: "\(place).aggregate", what: "`\(feature.aggregate.rawValue)` of what is imported",
          remedy: "Leave `aggregate` out, or import the features at the rate of the grid."))
    }
    guard feature.sourceKind == "annotation" else { return found }
    if feature.rater == .each {
      found.append(
        Ineffective(
          place: "\(place).rater", what: "a fit for every rater of a feature",
          remedy: "Use `rater: mean`, or import each rater's column with a --name of its own and list those."))
    }
    if feature.rater == .own, targets.contains(where: { $0.level == .group }) {
      found.append(
        Ineffective(
          place: "\(place).rater", what: "`own` ratings for a target of the group",
          remedy: "Use `level: subject` (annotations: `rater: each`) in every target, or `rater: mean` here."))
    }
    return found
  }

  private var covariatesWithoutEffect: [Ineffective] {
    covariates.enumerated().filter { $0.element.penalty == .shared }.map { i, _ in
      Ineffective(
        place: "covariates[\(i + 1)].penalty", what: "the shared penalty without the banded one",
        remedy:
          "Leave `penalty` out: both are fitted, and their rows have covariate_mode zeroed_shared and zeroed_banded."
      )
    }
  }

  private var twinsWithoutEffect: [Ineffective] {
    let sources = Set(features.map(\.sourceKind))
    return twins.compactMap { twin in
      let (makers, remedy): (Set<String>, String)
      switch twin {
      case .position: return nil
      case .spectrum:
        (makers, remedy) = (["model", "set"], "Leave `spectrum` out, or take features that are computed from sound.")
      case .permuted:
        (makers, remedy) = (["model"], "Leave `permuted` out, or take layers of a model whose weights are imported.")
      }
      guard sources.isDisjoint(with: makers) else { return nil }
      return Ineffective(place: "twins", what: "the twin `\(twin.rawValue)` of imported features", remedy: remedy)
    }
  }

  /// Whether something is computed of voice or soundtrack.
  private var hasSeparatedSound: Bool {
    elements.contains { $0 != .original } && features.contains { ["set", "model"].contains($0.sourceKind) }
  }

  private var preparationWithoutEffect: [Ineffective] {
    var found: [Ineffective] = []
    if separation != nil, !hasSeparatedSound {
      found.append(
        Ineffective(
          place: "preparation.separation", what: "separation where no set or model is computed of voice or soundtrack",
          remedy: "Leave it out, or list voice or soundtrack in `elements` of a study with a set or model."))
    }
    guard !hasRecordedTargets else { return found }
    return found
      + ["eeg", "source", "fmri"].filter { preparation?[$0] != nil }.map {
        Ineffective(
          place: "preparation.\($0)", what: "preparation where no target is recorded",
          remedy: "Leave it out, or add a synchrony or response target.")
      }
  }

  private var encodingWithoutEffect: [Ineffective] {
    guard let encoding else { return [] }
    var found: [Ineffective] = []
    // A kind without joint sets of the file's makes its own.
    if encoding.model != .ridge, joint.isEmpty, kind.takes.contains(.companions) {
      found.append(
        Ineffective(
          place: "encoding.model", what: "bands without joint sets",
          remedy: "Name the sets in `joint`; covariates have `penalty: banded`."))
    }
    if encoding.store.contains(.weights), encoding.standardise == .perStimulus {
      found.append(
        Ineffective(
          place: "encoding.store", what: "weights of columns that have another scale in every stimulus",
          remedy: "Leave out `weights`, or use `standardise: train_fold`."))
    }
    if !encoding.store.contains(.scores) {
      found.append(
        Ineffective(place: "encoding.store", what: "fits without stored scores", remedy: "Add `scores`."))
    }
    return found
  }

  private var statisticsWithoutEffect: [Ineffective] {
    var found: [Ineffective] = []
    if let (what, remedy) = nullWithoutEffect {
      found.append(Ineffective(place: "statistics.null", what: what, remedy: remedy))
    }
    // Kinds that fit nothing say of their own which families they have.
    let still = statistics.family.filter {
      $0 == .lag ? kind.takes.contains(.encoding) : [.stimulus, .covariateMode].contains($0)
    }
    if let dimension = still.first {
      let reason =
        dimension == .covariateMode
        ? "scores of one covariate_mode are corrected together"
        : "scores are of all stimuli and delays, and lag_sweep has a p_max over lags of its own"
      found.append(
        Ineffective(
          place: "statistics.family", what: "families over `\(dimension.rawValue)`",
          remedy: "Leave `\(dimension.rawValue)` out: \(reason)."))
    }
    if statistics.correction.contains(.cluster), !hasClusters {
      found.append(
        Ineffective(
          place: "statistics.correction", what: "cluster correction",
          remedy: "Use max or bh: clusters are of regions that one family pools, in an encoding study."))
    }
    return found
  }

  /// Whether families may hold regions of one map.
  private var hasClusters: Bool {
    kind.takes.contains(.encoding) && statistics.family.contains(.region) && targets.contains { $0.kind != .annotation }
  }

  /// What is said of a null word that no fit reads.
  private var nullWithoutEffect: (what: String, remedy: String)? {
    guard kind.takes.contains(.encoding) else { return nil }
    let null = statistics.null
    let what = "`\(null.rawValue)`"
    switch null {
    case .phase, .none: return nil
    case .mismatch: return (what, "Use phase: p_mismatch stands beside every score of four stimuli or more.")
    case .spin: return (what, "Use phase: maps of regions are turned, not the series that fits are of.")
    case .signFlip, .clipShuffle, .permutation:
      return (what, "Use phase, group_phase, phase_target, circular_shift or block.")
    case .phaseResidual, .phaseTarget, .circularShift, .block, .groupPhase: break
    }
    if !covariates.isEmpty {
      return (
        "\(what) with covariates",
        "Leave `null` out: phase tests audio-only r and unique R2, phase_residual the zeroed r."
      )
    }
    // A kind without joint sets of the file's makes its own.
    guard kind.takes.contains(.companions) else {
      return null == .groupPhase ? nil : ("\(what) with sets that are fitted together", "Leave `null` out.")
    }
    if null == .phaseResidual { return ("\(what) without covariates", "Use phase, or name covariates.") }
    guard !joint.isEmpty, null != .groupPhase else { return nil }
    return (
      "\(what) with joint sets",
      "Leave `null` out: unique R2 is tested by phase; or put the joint sets into a study of their own."
    )
  }

  private var filtersWithoutEffect: [Ineffective] {
    var found: [Ineffective] = []
    if filters.repeats == .separate, encoding == nil || !targets.contains(where: { $0.kind == .response }) {
      found.append(
        Ineffective(
          place: "filters.repeats", what: "`separate` where no response is fitted", remedy: "Use average or first."))
    }
    func needsRecordings(_ key: String) -> Ineffective {
      Ineffective(
        place: "filters.\(key)", what: "`\(key)` where no target is recorded",
        remedy: "Leave it out, or add a synchrony or response target.")
    }
    if filters.repeats == .first, !hasRecordedTargets { found.append(needsRecordings("repeats")) }
    if filters.regions != .all, !hasRecordedTargets { found.append(needsRecordings("regions")) }
    if filters.identical == .keep, !targets.contains(where: { $0.kind == .synchrony }) {
      found.append(
        Ineffective(
          place: "filters.identical", what: "`identical` without a synchrony target", remedy: "Leave it out."))
    }
    if filters.missing != .rows(.half), !hasMeans {
      found.append(
        Ineffective(
          place: "filters.missing", what: "`missing` where nothing is a mean over raters or subjects",
          remedy: "Leave it out: rows with a missing value are left out."))
    }
    return found
  }

  /// Whether a target or feature is a mean over raters or over subjects' responses.
  private var hasMeans: Bool {
    let ofRaters = (features + covariates.map(\.feature)).contains {
      $0.sourceKind == "annotation" && $0.rater == .mean
    }
    return ofRaters || targets.contains { $0.level == .group && $0.kind != .synchrony }
  }
}
