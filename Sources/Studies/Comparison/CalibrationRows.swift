import Encoding
import Statistics
import Vocabulary
import Warehouse

/// Rows of the table `calibration_rate`: one per cell, one per family.
struct CalibrationRows {
  private let parameters: CalibrationStep.Parameters
  private var found: [CalibrationResult] = []

  init(_ parameters: CalibrationStep.Parameters) { self.parameters = parameters }

  var rows: [CalibrationRateRow] { found.map { $0.row(parameters) } }

  /// The cells of one family in one world.
  mutating func add(_ cells: [CalibratedCell], family: String) {
    let level = parameters.level
    guard let runs = cells.first?.values.count else { preconditionFailure("a family has cells") }
    precondition(cells.allSatisfy { $0.values.count == runs }, "all cells have the same runs")
    func rejections(_ p: KeyPath<CalibratedCell, [Double]>, _ cells: [CalibratedCell]) -> [[Bool]] {
      (0..<runs).map { run in cells.map { $0[keyPath: p][run] <= level } }
    }
    let hasMaximum = parameters.hasMaximum
    for cell in cells {
      found.append(
        CalibrationResult(
          scope: .cell, cells: [cell], family: family, plain: RejectionRate(rejections(\.p, [cell])),
          maximum: hasMaximum ? RejectionRate(rejections(\.pMax, [cell])) : nil))
    }
    // In a family a run counts as one: any cell that the maximum statistic rejects is a false finding of the family.
    found.append(
      CalibrationResult(
        scope: .family, cells: cells, family: family, plain: RejectionRate(rejections(\.p, cells)),
        maximum: hasMaximum ? RejectionRate(rejections(\.pMax, cells).map { [$0.contains(true)] }) : nil))
  }
}

/// How often one cell, or the cells of a family, rejected.
private struct CalibrationResult {
  let scope: CalibrationScope
  let cells: [CalibratedCell]
  let family: String
  let plain: RejectionRate
  /// nil: the study does not correct by the maximum statistic.
  let maximum: RejectionRate?

  /// What all cells have in common.
  private func common<T: Equatable>(_ value: (CalibratedCell) -> T?) -> T? {
    let first = cells.first.flatMap(value)
    return cells.allSatisfy { value($0) == first } ? first : nil
  }

  /// Columns that all cells agree in.
  private struct Common {
    let fit, featureSet, target, targetParameters, element, mode, name: String?
    let subject, session, rater, model, layerKey, hemisphere, regionGroup: String?
    let depth: Int?
    let relDepth, courseShare: Double?
  }

  private var common: Common {
    Common(
      fit: common { $0.fit }, featureSet: common { $0.keys.featureSet }, target: common { $0.keys.target },
      targetParameters: common { $0.keys.targetParameters }, element: common { $0.keys.element.rawValue },
      mode: common { $0.score.mode.label }, name: common { $0.name }, subject: common { $0.keys.subject },
      session: common { $0.keys.session }, rater: common { $0.keys.rater }, model: common { $0.keys.model },
      layerKey: common { $0.keys.layerKey }, hemisphere: common { $0.about.hemisphere },
      regionGroup: common { $0.about.regionGroup }, depth: common { $0.keys.depth },
      relDepth: common { $0.keys.relDepth }, courseShare: common { $0.about.courseShare })
  }

  /// Tests of all cells and runs.
  private struct Tests {
    let scoredShare: Double
    let validShare: Double
    /// Of those whose row may be reported.
    let rejectedValid: Int
    let rateValid: Double?
    let meanScore: Double
  }

  private func tests(level: Double) -> Tests {
    let count = Double(cells.reduce(0) { $0 + $1.values.count })
    let scored = cells.flatMap(\.values).filter { !$0.isNaN }
    let valid = cells.reduce(0) { $0 + $1.isValid.count { $0 } }
    let rejected = cells.reduce(0) { sum, cell in sum + zip(cell.p, cell.isValid).count { $0 <= level && $1 } }
    let isCorrelation = cells[0].score.quantity == .r
    return Tests(
      scoredShare: Double(scored.count) / count, validShare: Double(valid) / count, rejectedValid: rejected,
      rateValid: valid > 0 ? Double(rejected) / Double(valid) : nil,
      meanScore: isCorrelation ? Correlation.fisherMean(scored) : Moments.mean(scored))
  }

  func row(_ parameters: CalibrationStep.Parameters) -> CalibrationRateRow {
    let (cell, keys, shared) = (cells[0], cells[0].keys, common)
    let tests = tests(level: parameters.level)
    let fitKey: String? =
      scope == .cell ? FitRows.key(cell.fit, mode: cell.score.mode, column: cell.column) : nil
    let region: String? = keys.targetKind == .annotation ? nil : shared.name
    let scenario = CalibrationScenario(plantedR: cell.plantedR).rawValue
    return CalibrationRateRow(
      scope: scope.rawValue, fitUnit: shared.fit, fitKey: fitKey, dataset: keys.dataset,
      cohort: keys.cohort, subject: shared.subject, session: shared.session, rater: shared.rater,
      featureSet: shared.featureSet, model: shared.model, layerKey: shared.layerKey, depth: shared.depth,
      relDepth: shared.relDepth, element: shared.element, covariateMode: shared.mode,
      targetKind: keys.targetKind.rawValue, target: shared.target, targetParameters: shared.targetParameters,
      region: region, hemisphere: shared.hemisphere, regionGroup: shared.regionGroup,
      quantity: cell.score.quantity.rawValue, scenario: scenario, plantedR: cell.plantedR,
      nullKind: cell.nullKind.rawValue, nullDraws: cell.nullDraws, level: parameters.level, cellCount: cells.count,
      runs: plain.runs, scoredShare: tests.scoredShare, rejected: plain.rejected, rate: plain.rate, se: plain.se,
      low: plain.low, high: plain.high, rejectedMax: maximum?.rejected, rateMax: maximum?.rate, seMax: maximum?.se,
      lowMax: maximum?.low, highMax: maximum?.high, validShare: tests.validShare, rejectedValid: tests.rejectedValid,
      rateValid: tests.rateValid, meanScore: tests.meanScore, courseShare: shared.courseShare, family: family,
      selection: parameters.selection, seed: parameters.seed)
  }
}
