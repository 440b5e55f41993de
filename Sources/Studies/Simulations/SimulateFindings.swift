import Diagnostics
import LabelledArrays
import Simulation
import Statistics
import Vocabulary
import Warehouse

extension SimulateGrade {
  /// One thing that was planted and what a study says of it.
  package struct Finding: Sendable {
    /// `layer` or `driver`, `lag`, `element`, `cohort`, `unique`, `synchrony`, `direction`, `agreement`, `map`, `factor`.
    package let finding: String
    package let kind: String
    package let target: String
    package let cohort: SimulatedCohort?
    package let planted: String
    package let found: String
    /// Layers or seconds off; voice minus soundtrack and cohort a minus b in Fisher z; unique R²; r of synchrony, of its
    /// agreement with a rating and of a map with a column; R² of a rating before less after a response; partial eta squared.
    package let value: Double?
    /// nil: it was not computed, or what is there is not enough to ask.
    package let isRight: Bool?
    package let isValid: Bool
    package let flags: String
    /// Whether what there is is enough to ask for what was planted.
    var isAsked = true
    /// Whether it says that the study has nothing to say.
    private(set) var isAbsent = false

    /// Of what was planted and the study says nothing of.
    static func absent(
      _ finding: String, _ target: SimulationTruth.Target, of cohort: SimulatedCohort?, planted: String, found: String
    ) -> Finding {
      var made = Finding(
        finding: finding, kind: target.kind.rawValue, target: target.region ?? target.target, cohort: cohort,
        planted: planted, found: found, value: nil, isRight: nil, isValid: false, flags: "")
      made.isAbsent = true
      return made
    }

    /// What was asked has one: where a study has no number, it says so. nil: nothing is asked.
    var verdict: String? {
      isRight.map { SimulateGrade.verdict($0, isValid: isValid) } ?? (isAsked ? "not computed" : nil)
    }
  }

  /// The findings, one row each.
  package var findingTable: SQLTable {
    let columns = [
      "finding", "kind", "target", "cohort", "planted", "found", "value", "ok", "valid", "flags",
    ]
    return SQLTable(
      columns: columns,
      rows: findings.map { finding in
        SQLRow(
          columns: columns,
          values: [
            .text(finding.finding), .text(finding.kind), .text(finding.target), .optional(finding.cohort?.rawValue),
            .text(finding.planted), .text(finding.found), .optional(finding.value),
            .optional(finding.verdict), .int(finding.isValid ? 1 : 0), .text(finding.flags),
          ])
      })
  }
}

/// What a study found of layers, lags, elements, cohorts, sets, synchrony, directions of time, maps and factors. Where it has
/// findings of one of these for one kind of target, a planted one without has a row, too, which says so.
struct SimulateFindings {
  typealias Finding = SimulateGrade.Finding

  let all: [Finding]

  /// - Parameters:
  ///   - rows: of each target of the truth; nil where the study has no score of it.
  ///   - scores: of the study.
  /// - Throws: `E-SIM-006` for a truth of half a pair of cohorts, `E-WH-016` for a course of synchrony without what its row
  ///   names, and what reading arrays throws.
  init(
    _ truth: SimulationTruth, _ rows: [SimulateGrade.Row?], scores: [Rows.GradeScores], study: String,
    in warehouse: Warehouse
  ) throws {
    let (elements, cohorts, sets, curves, synchrony) = try warehouse.read { connection in
      (
        try connection.gradeElements(study: study, dataset: truth.dataset),
        try connection.gradeCohorts(study: study, dataset: truth.dataset),
        try connection.gradeUnique(study: study, dataset: truth.dataset),
        try connection.gradeCurves(study: study, dataset: truth.dataset),
        try connection.gradeSynchrony(study: study, dataset: truth.dataset)
      )
    }
    let (directions, agreement, gradients, designs, factors) = try warehouse.read { connection in
      (
        try connection.gradeDirections(study: study, dataset: truth.dataset),
        try connection.gradeAgreement(study: study, dataset: truth.dataset),
        try connection.gradeGradients(study: study, dataset: truth.dataset),
        try connection.gradeDesigns(study: study, dataset: truth.dataset),
        try connection.gradeFactors(study: study, dataset: truth.dataset)
      )
    }
    let scored = Set(scores.map(\.targetKind))
    let compared = Set(elements.map(\.targetKind))
    let divided = Set(cohorts.map(\.targetKind))
    var all = zip(truth.targets, rows).flatMap { target, row in
      row.map(Self.ofScore) ?? (scored.contains(target.kind.rawValue) ? [Self.withoutScore(target)] : [])
    }
    all += truth.targets.filter { compared.contains($0.kind.rawValue) }.compactMap { Self.ofElement($0, elements) }
    all += try Self.pairs(truth).filter { divided.contains($0.a.kind.rawValue) }.flatMap {
      Self.ofCohorts($0.a, $0.b, cohorts)
    }
    // Ratings that are fitted in both directions are no sets.
    let divisible = directions.isEmpty ? Set(sets.map(\.targetKind)) : []
    all += truth.targets.filter { divisible.contains($0.kind.rawValue) }.flatMap { Self.ofUnique($0, sets) }
    if !curves.isEmpty { all += truth.targets.flatMap { Self.ofCurves($0, curves) } }
    if !synchrony.isEmpty { all += try truth.targets.compactMap { try Self.ofSynchrony($0, synchrony, in: warehouse) } }
    all += Self.ofDirections(truth, directions) + Self.ofAgreement(truth, agreement)
    let depths = Dictionary(
      scores.compactMap { row in row.depth.map { (SimulateGrade.label(row.featureSet, row.layerKey), $0) } },
      uniquingKeysWith: { first, _ in first })
    all += try Self.ofMaps(truth, gradients, depths: depths) { atlas, column in
      let values = try warehouse.read { try $0.atlasColumns(name: atlas) }.filter { $0.atlasColumn == column }
      return Dictionary(
        values.compactMap { row in row.value.flatMap(Double.init).flatMap { $0.isFinite ? (row.region, $0) : nil } },
        uniquingKeysWith: { first, _ in first })
    }
    all += Self.ofFactors(truth, designs, factors)
    self.all = all
  }

  private static func withoutScore(_ planted: SimulationTruth.Target) -> Finding {
    .absent(
      planted.layerKey == nil ? "driver" : "layer", planted, of: planted.cohort,
      planted: planted.driver.isEmpty ? "nothing" : planted.driver, found: "no score")
  }

  /// Layer (or the driver of another kind) and lag.
  private static func ofScore(_ row: SimulateGrade.Row) -> [Finding] {
    func finding(
      _ name: String, planted: String, found: String, value: Double?, isRight: Bool?
    ) -> Finding {
      Finding(
        finding: name, kind: row.kind, target: row.target, cohort: row.cohort, planted: planted, found: found,
        value: value, isRight: isRight, isValid: row.isValid, flags: row.flags)
    }
    let driver = finding(
      row.planted.contains("/") ? "layer" : "driver", planted: row.planted, found: row.recovered,
      value: row.layersOff.map(Double.init), isRight: row.isRecovered)
    // Nothing leads by no lag.
    guard row.planted != "nothing" else { return [driver] }
    let lag = row.recoveredLagS
    return [
      driver,
      finding(
        "lag", planted: "\(row.lagS) s", found: lag.map { "\($0) s" } ?? "no delays were compared",
        value: lag.map { $0 - row.lagS }, isRight: row.isLagRecovered),
    ]
  }

  /// The sign of voice minus soundtrack: of the planted features where the study has them, else of those that predict best.
  /// A target of the original sound says nothing of it.
  private static func ofElement(
    _ planted: SimulationTruth.Target, _ rows: [Rows.GradeElements]
  ) -> Finding? {
    let isNull = planted.driver.isEmpty
    guard isNull || planted.element != .original else { return nil }
    let fitted = rows.filter {
      planted.isTarget(kind: $0.targetKind, $0.target, $0.region, cohort: $0.cohort) && $0.difference != nil
    }
    func size(_ row: Rows.GradeElements) -> Double { max(row.rVoice ?? -1, row.rSoundtrack ?? -1) }
    let own = fitted.first { SimulateGrade.label($0.featureSet, $0.layerKey) == planted.driver }
    let name = isNull ? "nothing" : planted.element.rawValue
    guard let row = own ?? fitted.max(by: { size($0) < size($1) }), let difference = row.difference else {
      return .absent("element", planted, of: planted.cohort, planted: name, found: "no difference")
    }
    let isNothing = isNull && Significance.isMissed(by: row.p)
    let found = difference > 0 ? Element.voice : .soundtrack
    return Finding(
      finding: "element", kind: planted.kind.rawValue, target: planted.region ?? planted.target,
      cohort: planted.cohort, planted: name, found: isNothing ? "nothing" : found.rawValue, value: difference,
      isRight: isNull ? isNothing : found == planted.element, isValid: row.valid == 1, flags: row.flags)
  }

  /// Both truths of every target that has two.
  private static func pairs(
    _ truth: SimulationTruth
  ) throws -> [(a: SimulationTruth.Target, b: SimulationTruth.Target)] {
    func targets(_ cohort: SimulatedCohort) -> [[String?]: SimulationTruth.Target] {
      Dictionary(
        truth.targets.filter { $0.cohort == cohort }.map { ([$0.kind.rawValue, $0.target, $0.region], $0) },
        uniquingKeysWith: { first, _ in first })
    }
    let b = targets(.b)
    let alone = Set(targets(.a).keys).symmetricDifference(b.keys).map { $0.compactMap(\.self).joined(separator: " ") }
    if let first = alone.min() {
      throw EvokeError(
        .truthUnreadable, "truth of \(truth.simulation)", reason: "\(first) has one cohort only",
        remedy: "name the truth.json that evoke simulate wrote, as it wrote it")
    }
    return truth.targets.filter { $0.cohort == .a }.compactMap { target in
      b[[target.kind.rawValue, target.target, target.region]].map { (target, $0) }
    }
  }

  /// The sign of a minus b in r: of features that drive one cohort above 0 in that one; of features that drive both alike no
  /// difference with p below .05.
  private static func ofCohorts(
    _ a: SimulationTruth.Target, _ b: SimulationTruth.Target, _ rows: [Rows.GradeCohorts]
  ) -> [Finding] {
    let isEqual = a.driver == b.driver && a.element == b.element
    let sides = (isEqual ? [a] : [a, b]).filter { !$0.driver.isEmpty }
    return sides.map { side in
      let planted = isEqual ? "a = b" : side.cohort == .a ? "a > b" : "a < b"
      let row = rows.first {
        $0.targetKind == a.kind.rawValue && $0.region == a.region && (a.kind == .synchrony || $0.target == a.target)
          && SimulateGrade.label($0.featureSet, $0.layerKey) == side.driver && $0.element == side.element.rawValue
          && isPair($0.cohortA, $0.cohortB)
      }
      let cohort = isEqual ? nil : side.cohort
      guard let row, let measured = row.difference else {
        let found = row == nil ? "no row of \(side.driver)" : "no difference"
        return .absent("cohort", side, of: cohort, planted: planted, found: found)
      }
      let difference = SimulationTruth.Target.isCohort(row.cohortA, .a) ? measured : -measured
      let isAlike = isEqual && Significance.isMissed(by: row.p)
      let found = isAlike ? "a = b" : difference > 0 ? "a > b" : "a < b"
      return Finding(
        finding: "cohort", kind: a.kind.rawValue, target: a.region ?? a.target, cohort: cohort,
        planted: planted, found: found, value: difference, isRight: found == planted,
        isValid: row.valid == 1 && row.comparable == 1, flags: row.flags)
    }
  }

  private static func isPair(_ one: String, _ other: String) -> Bool {
    func isPair(_ a: String, _ b: String) -> Bool {
      SimulationTruth.Target.isCohort(a, .a) && SimulationTruth.Target.isCohort(b, .b)
    }
    return isPair(one, other) || isPair(other, one)
  }

  /// r of dynamic synchrony and planted rho over all windows of all stimuli; right from .85 on, and wrong where a
  /// planted course left none. Windows below 10 s and fewer than 15 people are too noisy to ask for that, but for r itself.
  private static func ofSynchrony(
    _ planted: SimulationTruth.Target, _ rows: [Rows.GradeSynchrony], in warehouse: Warehouse
  ) throws -> Finding? {
    guard planted.kind == .synchrony, !planted.driver.isEmpty else { return nil }
    let ofRegion = rows.filter { row in
      row.region == planted.region && planted.rho[row.stimulus] != nil
        && (planted.cohort.map { SimulationTruth.Target.isCohort(row.cohort, $0) } ?? true)
    }
    // Of several windows the longest.
    guard let longest = ofRegion.map(\.windowS).max() else {
      return .absent(
        "synchrony", planted, of: planted.cohort, planted: planted.driver, found: "no course of synchrony")
    }
    let read = ofRegion.filter { $0.windowS == longest }
    var course = Course()
    for row in read { try course.add(row, of: planted, in: warehouse) }
    let r = Correlation.pearson(course.measured, course.expected)
    let isFair = longest >= 10 && read.allSatisfy { $0.subjectCount >= 15 } && course.isPlanted
    return Finding(
      finding: "synchrony", kind: planted.kind.rawValue, target: planted.region ?? planted.target,
      cohort: planted.cohort, planted: planted.driver,
      found: course.words(hasR: r.isFinite, stimuli: planted.rho.count), value: r.isFinite ? r : nil,
      isRight: isFair ? r.isFinite && r >= 0.85 : nil, isValid: read.allSatisfy { $0.valid == 1 },
      flags: Set(read.flatMap { $0.flags.split(separator: " ") }).sorted().joined(separator: " "),
      isAsked: isFair || !r.isFinite)
  }

  /// Measured synchrony and the planted one, window by window.
  private struct Course {
    var measured: [Double] = []
    var expected: [Double] = []
    private var stimuli: Set<String> = []
    private var emptyWindows = 0
    /// Of all windows, with a value or without.
    private var ends: (low: Double, high: Double) = (.infinity, -.infinity)

    /// Whether what was planted is not the same in all windows.
    var isPlanted: Bool { ends.high - ends.low > 1e-9 }

    mutating func add(_ row: Rows.GradeSynchrony, of planted: SimulationTruth.Target, in warehouse: Warehouse) throws {
      guard let rho = planted.rho[row.stimulus] else { preconditionFailure("rows are of planted stimuli") }
      let array = try ArrayReader.read(try warehouse.reference(row))
      guard let times = array.axis("time")?.numbers, let regions = array.axis("region")?.labels,
        let column = regions.firstIndex(of: row.region)
      else {
        throw EvokeError(
          .catalogEdited, row.name, reason: "it has no course of \(row.region), which its row names",
          remedy: "evoke verify --level 5 tells what else was changed")
      }
      stimuli.insert(row.stimulus)
      for (window, time) in times.enumerated() {
        let value = Double(array.values[window * regions.count + column])
        let start = time - row.beforeS
        let mean = meanSynchrony(rho, from: start, to: start + row.windowS)
        ends = (min(ends.low, mean), max(ends.high, mean))
        guard value.isFinite else {
          emptyWindows += 1
          continue
        }
        measured.append(value)
        expected.append(mean)
      }
    }

    /// What r is of, or what there is none of.
    func words(hasR: Bool, stimuli planted: Int) -> String {
      (hasR ? "r with rho(t)" : "no r with rho(t)")
        + (stimuli.count < planted ? " in \(stimuli.count) of \(planted) stimuli" : "")
        + (emptyWindows > 0 ? ", \(emptyWindows) windows without a value" : "")
    }
  }
}
