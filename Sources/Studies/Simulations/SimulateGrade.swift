import Diagnostics
import Vocabulary
import Warehouse

/// Holds the results of a study against the truth a simulation planted.
package struct SimulateGrade: Sendable {
  /// One planted target and what the study found.
  package struct Row: Sendable {
    package let kind: String
    package let target: String
    /// Planted driver, `nothing` for none.
    package let planted: String
    package let signalShare: Double
    /// r that the true driver would reach with endless data: the square root of the achieved share.
    package let largestR: Double
    package let lagS: Double
    /// The feature space with the largest r of those whose score may be reported (of all where none may); for a target
    /// driven by nothing `nothing` unless that r is significant.
    package let recovered: String
    /// r of that space.
    package let r: Double
    package let pMax: Double?
    /// The single delay with the largest score in that space.
    package let recoveredLagS: Double?
    /// Layers between the planted and the recovered one in the sweep's order; nil for other drivers.
    package let layersOff: Int?
    /// Same set, a layer within one of the planted one, or rightly nothing.
    package let isRecovered: Bool
    /// Recovered lag within 1 s; nil where nothing was planted or no lags were fitted.
    package let isLagRecovered: Bool?
    /// Whether the score of that space may be reported, and its flags.
    package let isValid: Bool
    package let flags: String
    /// Sound whose features drive it.
    package let element: Element
    /// nil where nothing is divided.
    package let cohort: SimulatedCohort?
  }

  package let rows: [Row]
  package let findings: [Finding]

  /// Reads `truth.json` and the newest results of the study.
  ///
  /// - Throws: `E-SIM-006` for a file that is no truth, `E-SIM-007` where the study shares no target with it.
  package init(truth path: String, study: String, in warehouse: Warehouse) throws {
    let truth = try SimulationTruth(file: path)
    let scores = try warehouse.read { try $0.gradeScores(study: study, dataset: truth.dataset) }
    let grades = truth.targets.map { Self.grade($0, scores) }
    rows = grades.compactMap(\.self)
    findings = try SimulateFindings(
      truth, grades, scores: scores, study: study, in: warehouse
    ).all
    guard !rows.isEmpty || findings.contains(where: { !$0.isAbsent }) else {
      throw EvokeError(
        .nothingToGrade, "study \(study)", reason: "it has no result of a target of \(path)",
        remedy: "run the study on the simulated dataset first; evoke status lists studies")
    }
  }

  static func label(_ set: String?, _ layer: String?) -> String {
    [set, layer].compactMap { $0 }.joined(separator: "/")
  }

  private static func label(_ row: Rows.GradeScores) -> String { label(row.featureSet, row.layerKey) }

  /// nil where the study has no score of the target. A score of a target driven by nothing for which no p was asked
  /// counts as something found.
  private static func grade(_ planted: SimulationTruth.Target, _ scores: [Rows.GradeScores]) -> Row? {
    let kind = planted.kind
    let ofTarget = scores.filter { planted.isTarget(kind: $0.targetKind, $0.target, $0.region, cohort: $0.cohort) }
    // A study of the original sound alone is graded by that.
    let ofElement = ofTarget.filter { $0.element == planted.element.rawValue }
    let fitted = ofElement.isEmpty ? ofTarget.filter { $0.element == Element.original.rawValue } : ofElement
    let ranked = fitted.compactMap { row in row.r.map { (row: row, r: $0) } }
    let reportable = ranked.filter { $0.row.valid == 1 }
    guard let (best, r) = (reportable.isEmpty ? ranked : reportable).max(by: { $0.r < $1.r }) else { return nil }
    let driver = label(planted.featureSet, planted.layerKey)
    let shares = planted.achievedShare.values
    let pMax = best.pMax
    let isNull = driver.isEmpty
    let isNothing = isNull && Significance.isMissed(by: pMax ?? best.p)
    let off = layersOff(planted, best, ranked.map(\.row))
    let lag = planted.lagS
    let foundLag = best.lagS
    return Row(
      kind: kind.rawValue, target: planted.region ?? planted.target, planted: isNull ? "nothing" : driver,
      signalShare: planted.signalShare,
      largestR: shares.isEmpty ? 0 : (shares.reduce(0, +) / Double(shares.count)).squareRoot(), lagS: lag,
      recovered: isNothing ? "nothing" : label(best), r: r, pMax: pMax, recoveredLagS: foundLag,
      layersOff: off, isRecovered: isNull ? isNothing : label(best) == driver || off.map { $0 <= 1 } ?? false,
      isLagRecovered: isNull ? nil : foundLag.map { abs($0 - lag) <= 1 }, isValid: best.valid == 1, flags: best.flags,
      element: planted.element, cohort: planted.cohort)
  }

  /// Places between two layers of one model, in the order of depth of the layers that were fitted.
  private static func layersOff(
    _ planted: SimulationTruth.Target, _ best: Rows.GradeScores, _ fitted: [Rows.GradeScores]
  ) -> Int? {
    guard let key = planted.layerKey, let model = planted.featureSet, best.featureSet == model else { return nil }
    let layers = fitted.filter { $0.featureSet == model }.compactMap { row in
      row.layerKey.flatMap { key in row.depth.map { (key: key, depth: $0) } }
    }
    let order = layers.sorted { $0.depth < $1.depth }.map(\.key)
    guard let a = order.firstIndex(of: key), let b = best.layerKey.flatMap(order.firstIndex(of:)) else { return nil }
    return abs(a - b)
  }
}

extension SimulateGrade {
  /// What is said of a finding: one that may not be reported is no success, whatever it is.
  static func verdict(_ isRight: Bool, isValid: Bool) -> String { isValid ? isRight ? "yes" : "no" : "not valid" }

  /// The comparison, one row per planted target.
  package var table: SQLTable {
    let columns = [
      "kind", "target", "planted", "signal_share", "r_largest", "recovered", "r", "p_max", "layers_off", "recovered_ok",
      "lag_s", "recovered_lag_s", "lag_ok", "valid", "flags", "element", "cohort",
    ]
    return SQLTable(
      columns: columns,
      rows: rows.map { row in
        let isNull = row.planted == "nothing"
        return SQLRow(
          columns: columns,
          values: [
            .text(row.kind), .text(row.target), .text(row.planted), .number(row.signalShare),
            isNull ? .null : .number(row.largestR), .text(row.recovered), .number(row.r), .optional(row.pMax),
            .optional(row.layersOff), .text(Self.verdict(row.isRecovered, isValid: row.isValid)),
            isNull ? .null : .number(row.lagS),
            .optional(isNull ? nil : row.recoveredLagS),
            .optional(row.isLagRecovered.map { Self.verdict($0, isValid: row.isValid) }),
            .int(row.isValid ? 1 : 0), .text(row.flags), .text(row.element.rawValue), .optional(row.cohort?.rawValue),
          ])
      })
  }

  /// Counts per kind: driven targets, those whose driver was recovered within one layer, whose lag within 1 s, whose
  /// corrected p is below .05; targets driven by nothing, and those in which nothing was found, each of them among what may
  /// be reported; and how many of all may be.
  package var summary: SQLTable {
    let columns = [
      "kind", "driven", "recovered", "lag_recovered", "significant", "null_targets", "found_nothing", "valid",
    ]
    let groups = Dictionary(grouping: rows, by: \.kind).sorted { $0.key < $1.key }
    return SQLTable(
      columns: columns,
      rows: groups.map { kind, rows in
        let driven = rows.filter { $0.planted != "nothing" }
        let null = rows.filter { $0.planted == "nothing" }
        let reported = driven.filter(\.isValid)
        let lags = reported.compactMap(\.isLagRecovered)
        return SQLRow(
          columns: columns,
          values: [
            .text(kind), .int(driven.count), .int(reported.count { $0.isRecovered }),
            lags.isEmpty ? .null : .int(lags.count { $0 }),
            .int(reported.count { Significance.isReached(by: $0.pMax) }),
            .int(null.count), .int(null.count { $0.isValid && $0.isRecovered }), .int(rows.count(where: \.isValid)),
          ])
      })
  }
}
