import ContentIdentity
import Diagnostics
import Encoding
import EncodingModels
import Warehouse

/// How the designs of a plan are shown: what each fit rests on, the r it can find, and which rows will be invalid.
enum DesignText {
  private static let columns = [
    "target", "of", "features", "stimuli", "rows", "dropped", "effective_n", "columns", "folds", "r_found", "r_true",
    "valid", "why",
  ]

  static func table(_ designs: [PlannedDesign]) -> SQLTable {
    SQLTable(columns: columns, rows: designs.map { SQLRow(columns: columns, values: values($0)) })
  }

  private static func values(_ design: PlannedDesign) -> [SQLValue] {
    let (keys, cells) = (design.keys, design.cells)
    let isBound = design.pending.contains(.target)
    let who = [keys.cohort, keys.person].compactMap { $0 }.joined(separator: ", ")
    let place = keys.element == .original ? "" : " (\(keys.element.rawValue))"
    let layers = design.units > 1 ? ", \(design.units) layers" : ""
    return [
      .text("\(keys.targetKind.rawValue) \(keys.target)"), .text(who), .text(keys.featureSet + layers + place),
      .optional(design.layout?.lengths.count), rows(design, isBound: isBound), .text(dropped(design)),
      span(cells.map(\.effectiveRows).filter(\.isFinite).map { Int($0.rounded()) }, isBound: isBound),
      .optional(cells.first?.columns.text),
      .text(folds(cells)), number(cells.compactMap(\.detectable?.score)), number(cells.compactMap(\.detectable?.truth)),
      .text(validity(design)), .text(why(design)),
    ]
  }

  /// Rows that count; where there is no fit, those that there are.
  private static func rows(_ design: PlannedDesign, isBound: Bool) -> SQLValue {
    let kept = design.cells.map(\.rows.kept)
    return kept.isEmpty ? .optional(design.layout.map { "\($0.rows)" }) : span(kept, isBound: isBound)
  }

  private static func span(_ values: [Int], isBound: Bool) -> SQLValue {
    guard let low = values.min(), let high = values.max() else { return .null }
    return .text((isBound ? "<= " : "") + (low == high ? "\(low)" : "\(low)-\(high)"))
  }

  /// The largest over cells, to two digits.
  private static func number(_ values: [Double]) -> SQLValue {
    values.filter { !$0.isNaN }.max().map { .number(($0 * 100).rounded() / 100) } ?? .null
  }

  private static func folds(_ cells: [DesignForecast]) -> String {
    guard let least = cells.min(by: { $0.foldsCounted < $1.foldsCounted }) else { return "0" }
    return "\(least.foldsCounted) of \(least.foldsTotal)"
  }

  /// Rows that do not count, by reason; those of the cell that loses most.
  private static func dropped(_ design: PlannedDesign) -> String {
    var parts = design.cells.map(\.rows).max { $0.dropped < $1.dropped }?.byReason ?? []
    if let lost = design.layout?.rowsWithoutFeatures, lost > 0 { parts.append(("no features", lost)) }
    return parts.isEmpty ? "0" : parts.map { "\($0.reason) \($0.count)" }.joined(separator: ", ")
  }

  private static func validity(_ design: PlannedDesign) -> String {
    let (valid, all) = (design.validCount, design.cells.count)
    return all == 0 ? "none" : valid == all ? "yes" : valid == 0 ? "no" : "\(valid) of \(all)"
  }

  private static func why(_ design: PlannedDesign) -> String {
    if case .failure(let error) = design.outcome { return "\(error.code.id) \(error.object): \(error.reason)" }
    let words = flags(design).sorted().map(\.rawValue).joined(separator: " ")
    return [words, withoutRows(design)].filter { !$0.isEmpty }.joined(separator: "; ")
  }

  /// Targets of which nothing is fitted; empty where there are none.
  private static func withoutRows(_ design: PlannedDesign) -> String {
    let names = design.cells.filter { $0.foldsTotal == 0 }.map(\.target)
    return names.isEmpty ? "" : "no rows of " + NearMiss.list(names, limit: 3)
  }

  private static func flags(_ design: PlannedDesign) -> Set<EncodingFlag> {
    design.cells.reduce(into: []) { $0.formUnion($1.flags) }
  }

  /// What cannot be told yet, and what few stimuli or folds leave out.
  static func notes(_ designs: [PlannedDesign]) -> [String] {
    guard !designs.isEmpty else { return [] }
    var notes = [
      "r_found: the cross-validated r that 80 % of such studies find at .05; r_true: that of the model that gives it; "
        + "valid: as far as lengths and targets tell (shared_course and low_effective_n wait for the fit)"
    ]
    for part in PlannedDesign.PendingPart.allCases where designs.contains(where: { $0.pending.contains(part) }) {
      switch part {
      case .target:
        notes.append("<=: the target is not made yet; a slower one has a smaller effective_n and fewer folds")
      case .features: notes.append("features that are not made yet are taken to be as long as their stimuli")
      }
    }
    if designs.contains(where: { design in design.cells.contains { $0.columns.tested == nil } }) {
      notes.append("columns, and with them r_true, are known once the features are made")
    }
    if designs.contains(where: { flags($0).contains(.fewFolds) }) {
      notes.append("few_folds: no interval there, and rows of layer_contrast are valid = 0")
    }
    if designs.compactMap(\.layout?.lengths.count).contains(where: { $0 < 4 }) {
      notes.append("below four stimuli p_mismatch is NULL: a course that stimuli share is looked for by phases alone")
    }
    return notes
  }
}

extension RowCounts {
  /// Reasons with rows.
  var byReason: [(reason: String, count: Int)] {
    [
      ("outside", outside), ("trimmed", trimmed), ("missing target", missingTarget),
      ("missing feature", missingFeature), ("delay edge", delayEdge),
    ].filter { $0.1 > 0 }
  }
}

extension DesignColumns {
  fileprivate var text: String {
    let parts: [(Int?, String)] = [(tested, "")] + (covariates == 0 ? [] : [(covariates, " covariates")])
    let known = parts.map { ($0.0.map { String($0) } ?? "?") + $0.1 }
    return (known + [position.map { "\($0) position" }].compactMap { $0 }).joined(separator: " + ")
  }
}
