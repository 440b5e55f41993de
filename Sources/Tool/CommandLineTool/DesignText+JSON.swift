import ContentIdentity
import Encoding
import EncodingModels

extension DesignText {
  /// `designs` of `evoke.plan/1`.
  static func json(_ designs: [PlannedDesign]) -> JSONValue { .array(designs.map(json)) }

  private static func json(_ design: PlannedDesign) -> JSONValue {
    let keys = design.keys
    func name(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
    var refusal: JSONValue = .null
    if case .failure(let error) = design.outcome {
      refusal = [
        "code": .string(error.code.id), "object": .string(error.object), "reason": .string(error.reason),
        "remedy": .string(error.remedy),
      ]
    }
    let lengths = (design.layout?.lengths ?? []).map { one -> JSONValue in
      ["stimulus": .string(one.stimulus), "seconds": .number(one.seconds)]
    }
    return [
      "dataset": .string(keys.dataset), "cohort": .string(keys.cohort), "subject": name(keys.subject),
      "rater": name(keys.rater), "feature_set": .string(keys.featureSet), "element": .string(keys.element.rawValue),
      "target_kind": .string(keys.targetKind.rawValue), "target": .string(keys.target),
      "target_parameters": .string(keys.targetParameters), "layers": .array(design.layers.map { .string($0) }),
      "units": .int(design.units), "not_made_yet": .array(design.pending.map(\.rawValue).sorted().map { .string($0) }),
      "step_s": number(design.layout?.stepS), "stimuli": .array(lengths),
      "rows_without_features": design.layout.map { .int($0.rowsWithoutFeatures) } ?? .null,
      "valid_cells": .int(design.validCount), "cells": .array(design.cells.map(json)), "refusal": refusal,
    ]
  }

  private static func json(_ cell: DesignForecast) -> JSONValue {
    let dropped = Dictionary(
      uniqueKeysWithValues: cell.rows.byReason.map { ($0.reason.replacing(" ", with: "_"), JSONValue.int($0.count)) })
    return [
      "cell": .string(cell.target), "rows": .int(cell.rows.kept), "dropped": .object(dropped),
      "effective_n": number(cell.effectiveRows), "folds_counted": .int(cell.foldsCounted),
      "folds_total": .int(cell.foldsTotal), "stimuli_counted": .int(cell.stimuliCounted),
      "training_rows": .int(cell.trainingRows), "gap_s": number(cell.gapS),
      "columns": cell.columns.tested.map { .int($0) } ?? .null,
      "covariate_columns": cell.columns.covariates.map { .int($0) } ?? .null,
      "position_columns": cell.columns.position.map { .int($0) } ?? .null, "r_found": number(cell.detectable?.score),
      "r_true": number(cell.detectable?.truth), "valid": .int(cell.isValid ? 1 : 0),
      "flags": .array(cell.flags.sorted().map { .string($0.rawValue) }),
    ]
  }

  private static func number(_ value: Double?) -> JSONValue {
    value.flatMap { $0.isFinite ? .number($0) : nil } ?? .null
  }
}
