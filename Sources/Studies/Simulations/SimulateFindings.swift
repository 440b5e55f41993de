import LabelledArrays
import Simulation
import Statistics
import Vocabulary
import Warehouse

extension SimulateGrade {
  /// One thing that was planted and what a study says of it.
  package struct Finding: Sendable {
    /// `layer` or `driver`, `lag`, `element`, `cohort`, `synchrony`.
    package let finding: String
    package let kind: String
    package let target: String
    package let cohort: SimulatedCohort?
    package let planted: String
    package let found: String
    /// Layers or seconds off; voice minus soundtrack and cohort a minus b in Fisher z; r of synchrony.
    package let value: Double?
    /// nil: nothing can be said.
    package let isRight: Bool?
    package let isValid: Bool
    package let flags: String
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
            .optional(finding.isRight.map { Self.verdict($0, isValid: finding.isValid) }),
            .int(finding.isValid ? 1 : 0), .text(finding.flags),
          ])
      })
  }
}

/// What a study found of layers, lags, elements, cohorts and synchrony.
struct SimulateFindings {
  let all: [SimulateGrade.Finding]

  init(_ truth: SimulationTruth, _ rows: [SimulateGrade.Row], study: String, in warehouse: Warehouse) throws {
    let (elements, cohorts, synchrony) = try warehouse.read { connection in
      (
        try connection.gradeElements(study: study, dataset: truth.dataset),
        try connection.gradeCohorts(study: study, dataset: truth.dataset),
        try connection.gradeSynchrony(study: study, dataset: truth.dataset)
      )
    }
    all =
      rows.flatMap(Self.ofScore) + truth.targets.compactMap { Self.ofElement($0, elements) }
      + Self.pairs(truth).flatMap { Self.ofCohorts($0.a, $0.b, cohorts) }
      + (try truth.targets.compactMap { try Self.ofSynchrony($0, synchrony, in: warehouse) })
  }

  /// Layer (or the driver of another kind) and lag.
  private static func ofScore(_ row: SimulateGrade.Row) -> [SimulateGrade.Finding] {
    func finding(
      _ name: String, planted: String, found: String, value: Double?, isRight: Bool
    ) -> SimulateGrade.Finding {
      SimulateGrade.Finding(
        finding: name, kind: row.kind, target: row.target, cohort: row.cohort, planted: planted, found: found,
        value: value, isRight: isRight, isValid: row.isValid, flags: row.flags)
    }
    let driver = finding(
      row.planted.contains("/") ? "layer" : "driver", planted: row.planted, found: row.recovered,
      value: row.layersOff.map(Double.init), isRight: row.isRecovered)
    guard let isLagRecovered = row.isLagRecovered, let lag = row.recoveredLagS else { return [driver] }
    return [
      driver,
      finding(
        "lag", planted: "\(row.lagS) s", found: "\(lag) s", value: lag - row.lagS, isRight: isLagRecovered),
    ]
  }

  /// The sign of voice minus soundtrack: of the planted features where the study has them, else of those that predict best.
  /// A target of the original sound says nothing of it.
  private static func ofElement(
    _ planted: SimulationTruth.Target, _ rows: [Rows.GradeElements]
  ) -> SimulateGrade.Finding? {
    let isNull = planted.driver.isEmpty
    guard isNull || planted.element != .original else { return nil }
    let fitted = rows.filter {
      planted.isTarget(kind: $0.targetKind, $0.target, $0.region, cohort: $0.cohort) && $0.difference != nil
    }
    func size(_ row: Rows.GradeElements) -> Double { max(row.rVoice ?? -1, row.rSoundtrack ?? -1) }
    let own = fitted.first { SimulateGrade.label($0.featureSet, $0.layerKey) == planted.driver }
    guard let row = own ?? fitted.max(by: { size($0) < size($1) }), let difference = row.difference else { return nil }
    let isNothing = isNull && row.p.map { $0 >= 0.05 } == true
    let found = difference > 0 ? Element.voice : .soundtrack
    return SimulateGrade.Finding(
      finding: "element", kind: planted.kind.rawValue, target: planted.region ?? planted.target,
      cohort: planted.cohort, planted: isNull ? "nothing" : planted.element.rawValue,
      found: isNothing ? "nothing" : found.rawValue, value: difference,
      isRight: isNull ? isNothing : found == planted.element, isValid: row.valid == 1, flags: row.flags)
  }

  /// Both truths of every target that has two.
  private static func pairs(
    _ truth: SimulationTruth
  ) -> [(a: SimulationTruth.Target, b: SimulationTruth.Target)] {
    truth.targets.filter { $0.cohort == .a }.compactMap { a in
      truth.targets.first { $0.cohort == .b && $0.kind == a.kind && $0.target == a.target && $0.region == a.region }
        .map { (a, $0) }
    }
  }

  /// The sign of a minus b in r: of features that drive one cohort above 0 in that one; of features that drive both alike no
  /// difference with p below .05.
  private static func ofCohorts(
    _ a: SimulationTruth.Target, _ b: SimulationTruth.Target, _ rows: [Rows.GradeCohorts]
  ) -> [SimulateGrade.Finding] {
    let isEqual = a.driver == b.driver && a.element == b.element
    let sides = isEqual ? [a] : [a, b].filter { !$0.driver.isEmpty }
    return sides.compactMap { side in
      let row = rows.first {
        $0.targetKind == a.kind.rawValue && $0.region == a.region && (a.kind == .synchrony || $0.target == a.target)
          && SimulateGrade.label($0.featureSet, $0.layerKey) == side.driver && $0.element == side.element.rawValue
          && isPair($0.cohortA, $0.cohortB)
      }
      guard let row, let measured = row.difference else { return nil }
      let difference = SimulationTruth.Target.isCohort(row.cohortA, .a) ? measured : -measured
      let planted = isEqual ? "a = b" : side.cohort == .a ? "a > b" : "a < b"
      let isAlike = isEqual && row.p.map { $0 >= 0.05 } == true
      let found = isAlike ? "a = b" : difference > 0 ? "a > b" : "a < b"
      return SimulateGrade.Finding(
        finding: "cohort", kind: a.kind.rawValue, target: a.region ?? a.target, cohort: isEqual ? nil : side.cohort,
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

  /// r of dynamic synchrony and planted rho over all windows of all stimuli; right from .85 on. Windows below 10 s and fewer
  /// than 15 people are too noisy to ask for that.
  private static func ofSynchrony(
    _ planted: SimulationTruth.Target, _ rows: [Rows.GradeSynchrony], in warehouse: Warehouse
  ) throws -> SimulateGrade.Finding? {
    guard planted.kind == .synchrony, !planted.driver.isEmpty else { return nil }
    let ofRegion = rows.filter { row in
      row.region == planted.region && planted.rho[row.stimulus] != nil
        && (planted.cohort.map { SimulationTruth.Target.isCohort(row.cohort, $0) } ?? true)
    }
    // Of several windows the longest.
    guard let longest = ofRegion.map(\.windowS).max() else { return nil }
    let read = ofRegion.filter { $0.windowS == longest }
    let (measured, expected) = try series(planted, read, in: warehouse)
    let r = Correlation.pearson(measured, expected)
    let isFair = longest >= 10 && read.allSatisfy { $0.subjectCount >= 15 }
    return SimulateGrade.Finding(
      finding: "synchrony", kind: planted.kind.rawValue, target: planted.region ?? planted.target,
      cohort: planted.cohort, planted: planted.driver, found: "r with rho(t)", value: r.isFinite ? r : nil,
      isRight: isFair ? r >= 0.85 : nil, isValid: read.allSatisfy { $0.valid == 1 },
      flags: Set(read.flatMap { $0.flags.split(separator: " ") }).sorted().joined(separator: " "))
  }

  private static func series(
    _ planted: SimulationTruth.Target, _ rows: [Rows.GradeSynchrony], in warehouse: Warehouse
  ) throws -> (measured: [Double], expected: [Double]) {
    var (measured, expected): ([Double], [Double]) = ([], [])
    for row in rows {
      let array = try ArrayReader.read(try warehouse.reference(row))
      guard case .numbers(let times, _)? = array.axis("time")?.values, let rho = planted.rho[row.stimulus],
        case .labels(let regions)? = array.axis("region")?.values,
        let column = regions.firstIndex(where: { $0 == row.region })
      else { continue }
      for (window, time) in times.enumerated() {
        let value = Double(array.values[window * regions.count + column])
        guard value.isFinite else { continue }
        let start = time - row.beforeS
        measured.append(value)
        expected.append(meanSynchrony(rho, from: start, to: start + row.windowS))
      }
    }
    return (measured, expected)
  }
}
