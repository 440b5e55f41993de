import ContentIdentity
import Diagnostics
import LabelledArrays
import LinearAlgebra
import Plans
import Warehouse

/// A fit as comparisons see it: its keys, observed values, null and bootstrap draws.
struct ComparisonMember {
  let unit: String
  let keys: JSONValue
  let cells: [String]
  /// `mode/quantity` -> value per cell.
  private(set) var observed: [String: [Double]] = [:]
  /// `mode/quantity` -> draw x cell.
  private(set) var draws: [String: Matrix] = [:]
  /// mode -> draw x cell.
  private(set) var bootstrap: [String: Matrix] = [:]
  private(set) var unitCount = 0
  /// mode -> stimulus -> r per cell.
  private(set) var stimuli: [String: [String: [Double]]] = [:]
  private(set) var nullKind = "phase"

  init(unit: String, keys: JSONValue, arrays: [TaskArray]) throws {
    self.unit = unit
    self.keys = keys
    var labels: [String] = []
    for array in arrays where ["score", "null", "bootstrap", "stimulus_score"].contains(array.description.kind) {
      let stored = try ArrayReader.read(array.reference)
      let parts = array.description.name.split(separator: "/").map(String.init)
      labels = stored.axes[1].labels ?? []
      let matrix = Matrix(rows: stored.shape[0], columns: stored.shape[1], values: stored.values.map(Double.init))
      switch array.description.kind {
      case "score":
        for (row, name) in (stored.axes[0].labels ?? []).enumerated() {
          observed[name] = (0..<matrix.columns).map { matrix[row, $0] }
        }
      case "stimulus_score":
        for (row, name) in (stored.axes[0].labels ?? []).enumerated() {
          stimuli[parts[2], default: [:]][name] = (0..<matrix.columns).map { matrix[row, $0] }
        }
      case "null": draws[parts[2] + "/" + parts[4]] = matrix
      default:
        bootstrap[parts[2]] = matrix
        unitCount = array.description.parameters["unit_count"]?.intValue ?? 0
      }
    }
    cells = labels
  }

  func text(_ key: String) -> String { keys[key]?.stringValue ?? "" }
  var layerKey: String? { keys["layer_key"]?.stringValue }
  var relDepth: Double { keys["rel_depth"]?.doubleValue ?? .nan }
  var depth: Int { keys["depth"]?.intValue ?? -1 }

  /// The mode whose r stands for the feature space itself.
  var mainMode: String { observed["none/r"] == nil ? "audio_only" : "none" }
}

/// One cell of a member: what a p value belongs to.
struct ComparisonCell {
  let member: ComparisonMember
  let column: Int
  let mode: String
  let quantity: String

  var fitKey: String { FitRows.key(member.unit, mode: mode, column: column) }
  var value: Double { member.observed[mode + "/" + quantity]?[column] ?? .nan }

  /// r by stimulus, those without a score left out.
  var stimuli: [String: Double] {
    (member.stimuli[mode] ?? [:]).mapValues { $0[column] }.filter { !$0.value.isNaN }
  }

  func draws() -> [Double] {
    guard let matrix = member.draws[mode + "/" + quantity] else { return [] }
    return (0..<matrix.rows).map { matrix[$0, column] }
  }

  /// What identifies the target cell, whatever the features.
  var target: [String] {
    ["dataset", "cohort", "subject", "rater", "target_kind", "target", "target_parameters", "element"].map(member.text)
      + [member.cells[column]]
  }

  /// The value of one family dimension.
  func dimension(_ name: String) -> String {
    switch name {
    case "target": member.text("target") + " " + member.text("target_parameters")
    case "region": member.text("target_kind") == "annotation" ? "" : member.cells[column]
    case "layer": member.layerKey ?? ""
    case "subject": member.text("subject") + member.text("rater")
    case "covariate_mode": mode
    default: member.text(name)
    }
  }
}
