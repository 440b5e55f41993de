import ContentIdentity
import Foundation
import Warehouse

/// What came of things: imports and units that read them, or what was made of them, and the rows of results, for people.
///
/// An import of several files makes its arrays of all of them: what came of one of its arrays came of each file.
public enum Descent {
  /// - Parameter limit: units of one step that are shown before the rest is counted.
  /// - Throws: `E-WH-010` when nothing has this name, `E-QRY-007` when more than ten things do.
  public static func text(of name: String, in warehouse: Warehouse, limit: Int = 8) throws -> String {
    let path = URL(fileURLWithPath: name).standardizedFileURL.path
    return try warehouse.read { connection in
      let lines = try connection.things(named: name, place: path).flatMap { thing in
        try [thing.line] + Self.lines(of: thing, limit, connection)
      }
      return lines.joined(separator: "\n") + "\n"
    }
  }

  private static func lines(of thing: LineageThing, _ limit: Int, _ connection: Connection) throws -> [String] {
    let rows = try connection.descendants(artifact: thing.artifact)
    guard !rows.isEmpty else { return ["nothing came of it"] }
    // Steps in the order of their first activity: what one reads was made before it.
    func step(_ row: Rows.Descendants) -> String {
      [row.verb, row.version.map { "v\($0)" }].compactMap { $0 }.joined(separator: " ")
    }
    var order: [String] = []
    for row in rows where !order.contains(step(row)) { order.append(step(row)) }
    let groups = Dictionary(grouping: rows, by: step)
    var lines: [String] = []
    for step in order {
      let made = groups[step, default: []]
      let arrays = made.reduce(0) { $0 + $1.arrays }
      let count = made.count == 1 ? "once" : "\(made.count) times"
      lines.append("\(step): \(count)" + (arrays == 0 ? "" : ", \(arrays) array\(arrays == 1 ? "" : "s")"))
      for row in made.prefix(limit) {
        let label = row.label.map { " \"\($0)\"" }
        lines.append(["  key ", row.activityKey, label].compactMap { $0 }.joined())
      }
      if made.count > limit { lines.append("  \(made.count - limit) more (--all)") }
    }
    let results = try connection.rowsOfActivities(keys: "[\(rows.map { "\($0.activityID)" }.joined(separator: ","))]")
    if !results.isEmpty {
      lines.append("rows of results: " + results.map { "\($0.object) \($0.rows)" }.joined(separator: ", "))
      lines.append("evoke query VIEW --where unit_key=KEY shows those of a unit")
    }
    return lines
  }
}
