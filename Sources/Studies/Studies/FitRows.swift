import ContentIdentity
import EncodingModels
import Plans
import Statistics
import Warehouse

/// What is stored of one score of one cell.
struct ScoreEntry {
  var quantity = "r"
  var value: Double
  var low = Double.nan
  var high = Double.nan
  var intervalKind = "none"
  var tail = "greater"
  var r2 = Double.nan
  var rPooled = Double.nan
  var lambdaMedian = Double.nan
  var lambdaAtEdge = 0
  var noiseCeiling = Double.nan
  var flags: Set<EncodingFlag> = []
}

/// Collects the rows of the result tables for one unit.
struct FitRows {
  let task: UnitTask
  let assembled: AssembledData
  private var fits: [[SQLValue]] = []
  private var folds: [[SQLValue]] = []
  private var scores: [[SQLValue]] = []
  private var nulls: [[SQLValue]] = []

  init(_ task: UnitTask, _ assembled: AssembledData) {
    self.task = task
    self.assembled = assembled
  }

  /// The stable key of a cell: unit, covariate mode, column.
  static func key(_ unit: String, mode: String, column: Int) -> String { "\(unit.prefix(24))/\(mode)/\(column)" }

  func key(_ mode: String, _ column: Int) -> String { Self.key(task.key, mode: mode, column: column) }

  var tables: [ResultRows] {
    [
      ResultRows(table: "fit", columns: Self.fitColumns, rows: fits),
      ResultRows(table: "fold_score", columns: Self.foldColumns, rows: folds),
      ResultRows(table: "score", columns: Self.scoreColumns, rows: scores),
      ResultRows(table: "null_summary", columns: Self.nullColumns, rows: nulls),
    ].filter { !$0.rows.isEmpty }
  }

  private static let fitColumns = [
    "fit_key", "dataset", "cohort", "subject", "session", "rater", "feature_set", "model", "layer_key", "depth",
    "rel_depth", "element", "covariate_mode", "target_kind", "target", "target_parameters", "region", "hemisphere",
    "region_group", "delays_s", "stimulus_count", "subject_count", "dropped_count", "sample_count", "effective_n",
    "prediction_array", "prediction_column", "other_sets",
  ]
  private static let foldColumns = [
    "fit_key", "fold", "test_stimuli", "train_count", "test_count", "lambda", "lambda_at_edge", "r", "r2", "r2_test",
    "prediction_sd", "training_rows_sha256", "effective_n", "is_counted", "gap_s",
  ]
  private static let scoreColumns = [
    "fit_key", "quantity", "value", "low", "high", "interval_kind", "tail", "r2", "r_pooled", "lambda_median",
    "lambda_at_edge", "noise_ceiling", "r_normalised", "flags", "valid",
  ]
  private static let nullColumns = [
    "fit_key", "quantity", "null_kind", "null_draws", "null_mean", "null_sd", "null_p95", "p", "p_floor", "tail",
    "array", "column_index",
  ]

  /// Subjects or raters behind the target; nil where the annotation does not say.
  private var subjectCount: Int? {
    let count = task.parameters["subject_count"]?.intValue ?? assembled.target.subjects.count
    return count > 0 ? count : nil
  }

  private static func value(_ json: JSONValue?) -> SQLValue {
    switch json {
    case .string(let text): .text(text)
    case .number(let number): .real(number)
    default: .null
    }
  }

  /// One covariate mode of the unit: a fit per target column with its folds.
  mutating func add(
    _ table: ScoreTable, of fit: EncodingFit, mode: String, features: JSONValue? = nil, others: String? = nil,
    predictions: String?
  ) {
    let keys = task.parameters["keys"] ?? .null
    let info = task.parameters["region_info"] ?? .null
    let isRegional = keys["target_kind"]?.stringValue != "annotation"
    for (column, label) in assembled.target.labels.enumerated() {
      let region = info[label]?.arrayValue
      var row: [SQLValue] = [.text(key(mode, column))]
      for name in ["dataset", "cohort", "subject", "session", "rater", "feature_set", "model", "layer_key"] {
        row.append(Self.value(features?[name] ?? keys[name]))
      }
      row.append((features?["depth"] ?? keys["depth"])?.intValue.map { .int($0) } ?? .null)
      row += ["rel_depth", "element"].map { Self.value(features?[$0] ?? keys[$0]) }
      row +=
        [.text(others == nil ? mode : "none")]
        + ["target_kind", "target", "target_parameters"].map { Self.value(keys[$0]) }
      row += [
        isRegional ? .text(label) : .null, Self.value(region?.first), Self.value(region?.last),
        .text(JSONValue.array(assembled.delaysS.map { .number($0) }).canonical),
        .int(Set(assembled.keys.map(\.stimulus)).count),
        .optional(subjectCount),
        .int(fit.droppedCount[column] + assembled.droppedRowCount), .int(fit.sampleCount[column]),
        .number(fit.effectiveCount[column]),
        .optional(predictions), predictions == nil ? .null : .int(column), .optional(others),
      ]
      fits.append(row)
      // A set of a joint model has shares of its own; its folds stand with its own fit.
      if others == nil { addFolds(table, fit, key: key(mode, column), column: column) }
    }
  }

  private mutating func addFolds(_ table: ScoreTable, _ fit: EncodingFit, key: String, column: Int) {
    let largest = EncodingParameters.settings(task.parameters["encoding"] ?? .null, seed: 0).lambdas.values.count - 1
    for fold in table.folds {
      guard fold.testCount[column] > 0 else { continue }
      let evidence = fit.evidence.first { $0.fold == fold.fold && $0.targets.contains(column) }
      let index = fold.lambdaIndex[column]
      folds.append([
        .text(key), .int(fold.fold), .text(JSONValue.array(fold.testStimuli.map { .string($0) }).canonical),
        .int(fold.trainCount[column]), .int(fold.testCount[column]), .number(fold.lambda[column]),
        .flag(index == 0 || index == largest), .number(fold.r[column]), .number(fold.r2[column]),
        .number(fold.r2Test[column]), .number(fold.predictionSD[column]),
        .optional(evidence.map { String($0.trainRowsHash, radix: 16) }),
        .number(fold.targetEffectiveCount[column]), .flag(fold.isCounted[column]), .number(fold.gap[column]),
      ])
    }
  }

  /// The score of one cell.
  mutating func add(_ entry: ScoreEntry, mode: String, column: Int) {
    let normalised = entry.noiseCeiling >= 0.3 ? entry.value / entry.noiseCeiling : .nan
    let isInvalid = entry.value.isNaN || !entry.flags.isDisjoint(with: [.constantTarget, .foldsTooSmall])
    scores.append([
      .text(key(mode, column)), .text(entry.quantity), .number(entry.value), .number(entry.low), .number(entry.high),
      .text(entry.intervalKind), .text(entry.tail), .number(entry.r2), .number(entry.rPooled),
      .number(entry.lambdaMedian), .int(entry.lambdaAtEdge), .number(entry.noiseCeiling), .number(normalised),
      .text(entry.flags.sorted().map(\.rawValue).joined(separator: " ")), .flag(!isInvalid),
    ])
  }

  /// The upper bound of the ceiling of one rater's series.
  mutating func add(_ ceiling: TargetCeiling, mode: String) {
    for (column, value) in (ceiling.upper ?? []).enumerated() where !value.isNaN {
      add(ScoreEntry(quantity: "noise_ceiling_upper", value: value), mode: mode, column: column)
    }
  }

  /// The null of one quantity of every cell of a mode, and where its draws are.
  mutating func add(_ null: NullDistribution, quantity: String, mode: String, array: String?) {
    for column in null.observed.indices {
      nulls.append([
        .text(key(mode, column)), .text(quantity), .text(null.kind.rawValue), .int(null.draws.rows),
        .number(null.mean[column]), .number(null.sd[column]), .number(null.p95[column]), .number(null.p[column]),
        .number(null.pFloor), .text(null.tail), .optional(array), array == nil ? .null : .int(column),
      ])
    }
  }
}
