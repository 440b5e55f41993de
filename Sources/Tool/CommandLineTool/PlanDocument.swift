import Diagnostics
import Encoding
import EncodingModels
import Execution
import Work

/// What `plan --json` prints, `evoke.plan/1`.
struct PlanDocument: Encodable {
  struct Unit: Encodable {
    let key: String
    let step: String
    let label: String
    let reason: String
    let detail: String
  }

  let schema = "evoke.plan/1"
  let runId: String
  let study: String
  let units: [Unit]
  let designs: [Design]
  let notes: [String]

  init(_ plan: Plan, _ reasons: PlanReasons, _ designs: [PlannedDesign]) {
    (runId, study) = (plan.runID, plan.studyName)
    units = reasons.units.map {
      Unit(key: $0.key, step: $0.step, label: $0.label, reason: $0.kind.rawValue, detail: $0.detail)
    }
    self.designs = designs.map(Design.init)
    notes = plan.notes + DesignText.notes(designs)
  }
}

extension PlanDocument {
  /// A design, cell by cell.
  struct Design: Encodable {
    struct Length: Encodable {
      let stimulus: String
      let seconds: Double
    }

    struct Refusal: Encodable {
      let code: String
      let object: String
      let reason: String
      let remedy: String

      init(_ error: EvokeError) {
        (code, object, reason, remedy) = (error.code.id, error.object, error.reason, error.remedy)
      }
    }

    let dataset: String
    let cohort: String
    let subject: String?
    let rater: String?
    let featureSet: String
    let element: String
    let targetKind: String
    let target: String
    let targetParameters: String
    let layers: [String]
    let units: Int
    let notMadeYet: [String]
    let stepS: Double?
    let stimuli: [Length]
    let rowsWithoutFeatures: Int?
    let validCells: Int
    let cells: [Cell]
    let refusal: Refusal?

    init(_ design: PlannedDesign) {
      let (keys, layout) = (design.keys, design.layout)
      (dataset, cohort, subject, rater) = (keys.dataset, keys.cohort, keys.subject, keys.rater)
      (featureSet, element) = (keys.featureSet, keys.element.rawValue)
      (targetKind, target, targetParameters) = (keys.targetKind.rawValue, keys.target, keys.targetParameters)
      (layers, units) = (design.layers, design.units)
      notMadeYet = design.pending.map(\.rawValue).sorted()
      (stepS, rowsWithoutFeatures) = (layout?.stepS, layout?.rowsWithoutFeatures)
      stimuli = layout.map { $0.lengths.map { Length(stimulus: $0.stimulus, seconds: $0.seconds) } } ?? []
      (validCells, cells) = (design.validCount, design.cells.map(Cell.init))
      refusal = if case .failure(let error) = design.outcome { Refusal(error) } else { nil }
    }
  }

  struct Cell: Encodable {
    let cell: String
    let rows: Int
    /// By reason.
    let dropped: [String: Int]
    let effectiveN: Double?
    let foldsCounted: Int
    let foldsTotal: Int
    let stimuliCounted: Int
    let trainingRows: Int
    let gapS: Double
    let columns: Int?
    let covariateColumns: Int?
    let positionColumns: Int?
    let rFound: Double?
    let rTrue: Double?
    let valid: Int
    let flags: [String]

    init(_ forecast: DesignForecast) {
      (cell, rows) = (forecast.target, forecast.rows.kept)
      dropped = Dictionary(
        uniqueKeysWithValues: forecast.rows.byReason.map { ($0.reason.replacing(" ", with: "_"), $0.count) })
      effectiveN = forecast.effectiveRows.known
      (foldsCounted, foldsTotal) = (forecast.foldsCounted, forecast.foldsTotal)
      (stimuliCounted, trainingRows, gapS) = (forecast.stimuliCounted, forecast.trainingRows, forecast.gapS)
      (columns, covariateColumns) = (forecast.columns.tested, forecast.columns.covariates)
      positionColumns = forecast.columns.position
      (rFound, rTrue) = (forecast.detectable?.score.known, forecast.detectable?.truth.known)
      valid = forecast.isValid ? 1 : 0
      flags = forecast.flags.sorted().map(\.rawValue)
    }
  }
}

extension Double {
  /// nil for what is not finite: JSON has no such number.
  fileprivate var known: Double? { isFinite ? self : nil }
}
