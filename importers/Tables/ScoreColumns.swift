import ContentIdentity
import DelimitedText
import Diagnostics
import Vocabulary

/// A column of a table of scores, and what its cells may hold.
struct ScoreColumn {
  enum Cell {
    case text
    case words([String])
    case json(isArray: Bool)
    case number(ClosedRange<Double>)
    case count(least: Int)
  }

  let name: String
  let cell: Cell
  /// Told in every row.
  var isRequired = false
  /// Part of what a row is about: two rows differ in one of these.
  var isKey = false

  var isNumber: Bool {
    switch cell {
    case .text, .words, .json: false
    case .number, .count: true
    }
  }

  private static let any = -Double.infinity...Double.infinity
  private static let correlation = -1.0...1.0
  private static let share = 0.0...1.0
  private static let amount = 0.0...Double.infinity

  private static func key(_ name: String, _ cell: Cell = .text, required: Bool = false) -> ScoreColumn {
    ScoreColumn(name: name, cell: cell, isRequired: required, isKey: true)
  }

  private static let keys: [ScoreColumn] = [
    key("software", required: true), key("study"), key("dataset", required: true), key("cohort"), key("subject"),
    key("session"), key("rater"), key("feature_set", required: true), key("model"), key("layer_key"),
    key("element", .words(Element.allCases.map(\.rawValue))),
    key("covariate_mode", .words(CovariateMode.allCases.map(\.rawValue))),
    key("target_kind", .words(TargetKind.allCases.map(\.rawValue)), required: true), key("target", required: true),
    key("target_parameters", .json(isArray: false)), key("region"), key("delays_s", .json(isArray: true)),
  ]

  private static let further: [ScoreColumn] = [
    ScoreColumn(name: "hemisphere", cell: .words(["left", "right"])), ScoreColumn(name: "region_group", cell: .text),
    ScoreColumn(name: "interval_kind", cell: .text),
    ScoreColumn(name: "tail", cell: .words(["greater", "two-sided"])),
    ScoreColumn(name: "generalises_to", cell: .text), ScoreColumn(name: "null_kind", cell: .text),
  ]

  private static let counts: [ScoreColumn] =
    [ScoreColumn(name: "stimulus_count", cell: .count(least: 1), isRequired: true)]
    + [
      "depth", "subject_count", "dropped_count", "sample_count", "lambda_at_edge", "null_draws", "folds_counted",
      "folds_total", "stimuli_counted",
    ].map { ScoreColumn(name: $0, cell: .count(least: 0)) }

  private static let numbers: [ScoreColumn] =
    [ScoreColumn(name: "r", cell: .number(correlation), isRequired: true)]
    + ["low", "high", "r_pooled", "null_mean", "null_p95"].map { ScoreColumn(name: $0, cell: .number(correlation)) }
    + ["rel_depth", "noise_ceiling", "p_external"].map { ScoreColumn(name: $0, cell: .number(share)) }
    + ["effective_n", "lambda_median"].map { ScoreColumn(name: $0, cell: .number(amount)) }
    + [ScoreColumn(name: "r2", cell: .number(-Double.infinity...1))]
    + ["r_normalised", "r2_normalised"].map { ScoreColumn(name: $0, cell: .number(any)) }

  /// Every column that is read.
  static let all = keys + further + counts + numbers

  /// The column that a name of a table stands for: its p is that of another program, whatever the table calls it.
  static func named(_ name: String) -> ScoreColumn? {
    let meant = name == "p" ? "p_external" : name
    return all.first { $0.name == meant }
  }

  /// Why a text cannot stand in the column; nil where it can.
  func fault(of text: String) -> String? {
    switch cell {
    case .text, .number, .count: nil
    case .words(let words):
      words.contains(text) ? nil : "\(text) is none of \(words.joined(separator: ", "))"
    case .json(let isArray): Self.isJSON(text, array: isArray) ? nil : "it is no JSON \(isArray ? "array" : "object")"
    }
  }

  /// Why a number cannot stand in the column; nil where it can.
  func fault(of number: Double) -> String? {
    switch cell {
    case .text, .words, .json: nil
    case .number(let range):
      range.contains(number) ? nil : "\(number) does not lie in \(range.lowerBound) to \(range.upperBound)"
    case .count(let least):
      number >= Double(least) && number < 0x1p53 && number == number.rounded()
        ? nil : "\(number) is no count of \(least) or more"
    }
  }

  private static func isJSON(_ text: String, array isArray: Bool) -> Bool {
    do {
      switch try JSONValue(parsing: text) {
      case .array: return isArray
      case .object: return !isArray
      default: return false
      }
    } catch { return false }
  }
}
