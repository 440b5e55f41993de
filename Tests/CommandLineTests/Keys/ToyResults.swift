import ContentIdentity
import Foundation
import Testing

/// Every row of every view that holds results, without keys, hashes and what merely repeats the study file.
struct ToyResults: Sendable {
  /// One column of one row.
  private struct Row {
    let values: [JSONValue]

    /// By words, then by numbers.
    func precedes(_ other: Row) -> Bool {
      for (a, b) in zip(values, other.values) {
        let (x, y) = (a.stringValue ?? "", b.stringValue ?? "")
        if x != y { return x < y }
      }
      for (a, b) in zip(values, other.values) {
        let (x, y) = (a.doubleValue ?? -.infinity, b.doubleValue ?? -.infinity)
        if x != y { return x < y }
      }
      return false
    }
  }

  /// Keys, which hash the study, and columns that say what it asked for.
  private static let leftOut: Set<String> = [
    "run_id", "unit_key", "fit_key", "parameters", "target_parameters", "parameters_a", "parameters_b", "recording",
    "prepared", "array", "kernel",
    "leakage", "window_s", "step_s", "high_pass_s", "snr", "gap_s", "null_draws", "p_floor",
  ]

  /// Names of the columns of each view of results.
  private static let catalog = """
    SELECT d.object AS view, json_group_array(p.name) AS columns FROM schema_doc d, pragma_table_info(d.object) p
    WHERE d.column_name = '' AND d.tier = 'result view' GROUP BY d.object
    """

  /// Stands for a view of counts that are kept and are not those of the rows.
  private static let counts = "counts that differ"

  /// One SQL text that asks for all rows: `view`, `columns` and `row` as JSON.
  static func question(_ program: Program) throws -> String {
    let answer = try program.succeed(["sql", catalog, "--format", "ndjson", "-C", "toy.evoke"]).output
    var parts = try lines(answer).compactMap { line -> String? in
      guard let view = line["view"]?.stringValue else { return nil }
      let columns = try JSONValue(parsing: line["columns"]?.stringValue ?? "[]").arrayValue ?? []
      let kept = columns.compactMap(\.stringValue).filter { !leftOut.contains($0) && !$0.hasSuffix("sha256") }
      // Imported stems are no result.
      let condition = view == "stem_energy" ? " WHERE separation <> 'imported'" : ""
      return "SELECT '\(view)' AS view, '\(kept.joined(separator: " "))' AS columns, "
        + "json_array(\(kept.map { "\"\($0)\"" }.joined(separator: ", "))) AS row FROM \(view)\(condition)"
    }
    parts.append("SELECT 'lag_score', 'lag_s r n', json_array(lag_s, r, n) FROM lag_score")
    parts.append("SELECT DISTINCT 'unit_status', 'study', json_array(study) FROM unit_status")
    parts.append(
      "SELECT 'array_catalog', 'kind shape hash', json_array(kind, shape, logical_sha256) FROM array_catalog")
    parts.append(
      "SELECT '\(counts)', 'place object quantity valid flags row_count', "
        + "json_array(place, object, quantity, valid, flags, row_count) FROM (\(try KeptCounts.differences(program)))")
    return parts.joined(separator: " UNION ALL ")
  }

  private static func lines(_ text: String) throws -> [JSONValue] {
    try text.split(whereSeparator: \.isNewline).map { try JSONValue(parsing: String($0)) }
  }

  private var views: [String: (columns: [String], rows: [Row])] = [:]

  /// - Parameter answer: what the question was answered, a line per row.
  init(_ answer: String) throws {
    for line in try Self.lines(answer) {
      guard let view = line["view"]?.stringValue, let columns = line["columns"]?.stringValue else { continue }
      let row = Row(values: try JSONValue(parsing: line["row"]?.stringValue ?? "[]").arrayValue ?? [])
      views[view, default: (columns.split(separator: " ").map(String.init), [])].rows.append(row)
    }
    for view in views.keys { views[view]?.rows.sort { $0.precedes($1) } }
  }

  /// Rows of results, arrays not counted.
  var count: Int { views.filter { $0.key != "array_catalog" }.reduce(0) { $0 + $1.value.rows.count } }

  /// Counts that are kept of the rows that may be reported and are not so, or should be.
  var wrongCounts: [String] { (views[Self.counts]?.rows ?? []).map { JSONValue.array($0.values).canonical } }

  /// What differs from other results, with the first place of each kind.
  func differences(from other: ToyResults, tolerance: Double = 1e-9) -> [ToyEffect: String] {
    var found: [ToyEffect: String] = [:]
    for view in Set(views.keys).union(other.views.keys).sorted() {
      let (a, b) = (views[view]?.rows ?? [], other.views[view]?.rows ?? [])
      let columns = views[view]?.columns ?? []
      guard a.count == b.count else {
        let effect: ToyEffect = view == "array_catalog" ? .arrays : .rows
        found[effect] = found[effect] ?? "\(view): \(a.count) rows and \(b.count)"
        continue
      }
      for (x, y) in zip(a, b) {
        for (column, (p, q)) in zip(columns, zip(x.values, y.values)) where !Self.agree(p, q, tolerance) {
          let effect = ToyEffect(view: view, column: column, isText: p.stringValue != nil || q.stringValue != nil)
          found[effect] = found[effect] ?? "\(view).\(column): \(p.canonical) and \(q.canonical)"
        }
      }
    }
    return found
  }

  private static func agree(_ a: JSONValue, _ b: JSONValue, _ tolerance: Double) -> Bool {
    guard let x = a.doubleValue, let y = b.doubleValue else { return a == b }
    return x == y || abs(x - y) <= tolerance * max(abs(x), abs(y)) + 1e-14
  }
}

/// What a key changes, the most telling first.
enum ToyEffect: String, CaseIterable, Sendable {
  case refused, failed, rows, selection, numbers, arrays, name, nothing

  init(view: String, column: String, isText: Bool) {
    self =
      if view == "array_catalog" {
        .arrays
      } else if isText {
        .name
      } else if column.hasSuffix("_count") || ["n", "n_a", "n_b"].contains(column) {
        .selection
      } else {
        .numbers
      }
  }
}
