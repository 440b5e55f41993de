import ContentIdentity
import Encoding
import EncodingModels
import Statistics
import Vocabulary
import Warehouse

/// Two cohorts on one target cell under one feature space.
struct CohortPair {
  /// A quantity of both, with what is said of it.
  struct Finding {
    let quantity: String
    let contrast: CohortContrast
    /// Why the cohorts differ in what the quantity depends on; nil: they do not.
    let obstacle: String?
    /// The layers that it is made of; empty: the pair's own.
    var layers: [CohortPair] = []
  }

  let a: CohortCells
  let b: CohortCells
  /// Subjects behind the targets; nil where nobody is counted.
  let counts: (a: Int?, b: Int?)
  private let stimuli: CohortStimuli
  private let isShared: Bool
  private let stimulusCounts: (a: Int, b: Int)
  /// Subjects or raters behind either.
  private let ofA: Set<String>
  private let ofB: Set<String>
  private let inCommon: PeopleInCommon

  /// How the cohorts were fitted differently; nil: alike.
  private let differing: String?

  /// - Parameters:
  ///   - subjects: behind the target of every fit, by its unit.
  ///   - differing: in what the fits of two units differ; nil: in nothing that scores depend on.
  init(
    _ a: CohortCells, _ b: CohortCells, subjects: [String: Int], stimuli: CohortStimuli, people: CohortPeople,
    differing: (String, String) -> String? = { _, _ in nil }
  ) {
    (self.a, self.b, self.stimuli) = (a, b, stimuli)
    self.differing = differing(a.first.member.unit, b.first.member.unit)
    func count(_ cells: CohortCells) -> Int? {
      cells.isOfSubjects ? cells.cells.count : subjects[cells.first.member.unit]
    }
    counts = (count(a), count(b))
    (ofA, ofB) = (a.people(people), b.people(people))
    inCommon = PeopleInCommon(ofA, of: a.first.keys.dataset, ofB, of: b.first.keys.dataset)
    let sets = (a: a.stimuli(stimuli), b: b.stimuli(stimuli))
    isShared = !sets.a.isDisjoint(with: sets.b)
    stimulusCounts = (sets.a.count, sets.b.count)
  }

  private var identity: (a: (String) -> String, b: (String) -> String) {
    let (ofA, ofB) = (a.first.keys.dataset, b.first.keys.dataset)
    return ({ stimuli.identity($0, of: ofA) }, { stimuli.identity($0, of: ofB) })
  }

  private func contrast(_ first: FoldwiseValues, _ second: FoldwiseValues) -> CohortContrast {
    isShared
      ? CohortContrast(shared: first, second, identity: identity) : CohortContrast(disjoint: first, second)
  }

  /// r, over subjects too where they heard the same, and r over the ceilings of targets that are a group's.
  var findings: [Finding] {
    var found = [Finding(quantity: "r", contrast: contrast(a.foldwise, b.foldwise), obstacle: common ?? unequal)]
    if a.isOfSubjects, isShared {
      found.append(
        Finding(
          quantity: "r", contrast: CohortContrast(subjects: a.z, b.z), obstacle: common ?? unequal))
    }
    if !a.isOfSubjects, let ofA = a.ceiling, let ofB = b.ceiling {
      let values = contrast(
        FoldwiseValues(a.first.folds, over: ofA), FoldwiseValues(b.first.folds, over: ofB))
      found.append(Finding(quantity: "r_normalised", contrast: values, obstacle: common))
    }
    return found
  }

  /// How Fisher z rises over the depth of a network in either cohort; `layers` are the same cell in every layer.
  static func slope(_ layers: [CohortPair]) -> Finding? {
    guard let first = layers.first else { return nil }
    let depths = layers.compactMap(\.a.first.keys.relDepth)
    guard depths.count == layers.count, Set(depths).count > 1 else { return nil }
    // Of people who have a score in every layer.
    func slopes(_ side: (CohortPair) -> CohortCells) -> FoldwiseValues? {
      let cells = layers.map { side($0).cells }
      let people = cells[0].map(\.keys.person).filter { person in
        cells.allSatisfy { $0.contains { $0.keys.person == person } }
      }
      guard !people.isEmpty else { return nil }
      let slopes = people.map { person in
        FoldwiseValues(
          slopeOf: cells.compactMap { $0.first { $0.keys.person == person }?.folds }, over: depths)
      }
      return slopes.count == 1 ? slopes[0] : FoldwiseValues(over: slopes)
    }
    guard let ofA = slopes(\.a), let ofB = slopes(\.b) else { return nil }
    return Finding(
      quantity: "depth_slope", contrast: first.contrast(ofA, ofB),
      obstacle: layers.compactMap { $0.common ?? $0.unequal }.first, layers: layers)
  }

  /// What stands against every quantity.
  private var common: String? {
    if let differing { return differing }
    if isShared, inCommon == .shared {
      return "\(ofA.intersection(ofB).count) subjects are in both cohorts"
    }
    let (few, many) = (min(stimulusCounts.a, stimulusCounts.b), max(stimulusCounts.a, stimulusCounts.b))
    if many > 2 * few {
      return "\(stimulusCounts.a) and \(stimulusCounts.b) stimuli: a score rises with what it is trained on"
    }
    return nil
  }

  /// Ceilings that are as far apart make r differ by itself.
  private static let farApart = 0.05

  /// What stands against r.
  private var unequal: String? {
    if !a.isOfSubjects {
      switch counts {
      case (let ofA?, let ofB?) where ofA != ofB:
        return "targets are means over \(ofA) and \(ofB) subjects, and r rises with their number"
      case (let count?, nil), (nil, let count?):
        return
          "one target is a mean over \(count) subjects, and of how many the other is is not known: r rises with their "
          + "number"
      default: break
      }
    }
    guard let ofA = a.ceiling, let ofB = b.ceiling, abs(ofA - ofB) > Self.farApart else { return nil }
    let shown = [ofA, ofB].map { JSONValue.number(($0 * 100).rounded() / 100).canonical }
    return "the targets allow an r of \(shown[0]) and \(shown[1]): noise alone makes r differ"
  }

  /// What `p` is corrected with: cells of the same cohorts, kind of target, quantity and test.
  func family(_ found: Finding) -> String {
    "\(found.quantity) of \(a.first.keys.targetKind.rawValue) targets, \(a.name) against \(b.name), "
      + found.contrast.test.rawValue
  }

  func row(_ found: Finding, q: Double) -> CohortContrastRow {
    let contrast = found.contrast
    let isTested = !contrast.p.isNaN
    let pairs = found.layers.isEmpty ? [self] : found.layers
    let said = [CohortCells.said(pairs.map(\.a)), CohortCells.said(pairs.map(\.b))]
    func shown(_ value: Double) -> Double {
      found.quantity == "r" ? Correlation.inverseFisherZ(value) : value
    }
    return CohortContrastRow(
      fitKey: a.first.fitKey, fitKeyB: b.first.fitKey, quantity: found.quantity, rA: shown(contrast.a),
      rB: shown(contrast.b), difference: contrast.difference, low: contrast.low, high: contrast.high,
      intervalKind: isTested ? "\(contrast.test.rawValue)_\(contrast.unit.rawValue)" : "none", tail: "two-sided",
      unit: contrast.unit.rawValue, unitCountA: contrast.counts.a, unitCountB: contrast.counts.b,
      paired: contrast.isPaired ? 1 : 0, test: contrast.test.rawValue, df: contrast.degreesOfFreedom, p: contrast.p,
      qBh: q, family: isTested ? family(found) : nil, nA: counts.a, nB: counts.b,
      ceilingA: a.ceiling, ceilingB: b.ceiling,
      comparable: found.obstacle == nil ? 1 : 0, generalisesTo: isTested ? contrast.generalisesTo.rawValue : nil,
      reason: found.obstacle ?? contrast.reason,
      foldsCounted: pairs.map { min($0.a.foldsCounted, $0.b.foldsCounted) }.reduce(.max, min),
      foldsTotal: max(a.foldsTotal, b.foldsTotal),
      stimuliCounted: isShared ? max(a.stimuliCounted, b.stimuliCounted) : a.stimuliCounted + b.stimuliCounted,
      flags: Reportable.spelled(said[0].flags.union(said[1].flags).union(inCommon.flags)),
      valid: found.obstacle == nil && isTested && said.allSatisfy(\.isValid) ? 1 : 0)
  }
}
