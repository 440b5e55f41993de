import Foundation
import Queries
import Testing
import Warehouse

/// Views give their rows in one order: what they are ordered by ends in a key and leaves no ties.
@Suite struct ViewOrderTests {
  /// Views that others are made of, whose own order nobody sees.
  private static let parts: Set = ["current_unit", "run_family", "run_twin", "sound_flag"]

  @Test("every view's order ends in a unique key, and no two rows tie")
  func order() throws {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder), .reading)
    defer { try? warehouse.close() }
    let unique = try warehouse.read { try Self.keys($0) }
    for view in Queries.views {
      let columns = CatalogText.view(view).columns.map(\.name)
      guard let order = ViewOrder(view.sql, columns: columns) ?? ViewOrder(of: view) else {
        #expect(Self.parts.contains(view.name), "\(view.name) has no order")
        continue
      }
      let names = order.names
      #expect(
        unique.contains { $0.isSubset(of: names) && $0.contains(names[names.count - 1]) },
        "\(view.name) ends in \(names[names.count - 1]), and no key is whole among \(names)")
      let ties = try warehouse.userQuery(order.ties)[0].rows.map(\.values)
      #expect(ties == [], "\(view.name): rows tie")
    }
  }

  /// Primary keys and unique columns of all tables.
  private static func keys(_ connection: Connection) throws -> [Set<String>] {
    let primary = try connection.rows(
      """
      SELECT s.name AS object, c.name AS column FROM sqlite_schema s, pragma_table_info(s.name) c
      WHERE s.type = 'table' AND c.pk > 0
      """)
    let unique = try connection.rows(
      """
      SELECT i.name AS object, c.name AS column FROM sqlite_schema s, pragma_index_list(s.name) i, pragma_index_info(i.name) c
      WHERE s.type = 'table' AND i."unique" = 1 AND c.name IS NOT NULL
      """)
    return Dictionary(grouping: primary + unique) { $0.text("object") }.values.map { Set($0.map { $0.text("column") }) }
  }
}

/// What a view is ordered by.
private struct ViewOrder {
  /// The last names of its terms.
  let names: [String]
  /// Rows of the view that its order does not tell apart.
  let ties: String

  /// Of a view whose header says it; nil where it does not.
  init?(of view: Queries.Query) {
    guard !view.order.isEmpty else { return nil }
    // Where a fit's own key is not shown, its unit and what it is of tell it.
    names = view.order.contains("fit_key") ? view.order : ["fit_key"] + view.order
    ties = "SELECT count(*) FROM \"\(view.name)\" GROUP BY \(view.order.joined(separator: ", ")) HAVING count(*) > 1"
  }

  /// nil where it has no order.
  init?(_ sql: String, columns: [String]) {
    let (text, flat) = Self.flattened(sql)
    guard let order = flat.range(of: "ORDER BY", options: .backwards) else { return nil }
    func same(_ range: Range<String.Index>) -> String {
      let (from, to) = (
        flat.distance(from: flat.startIndex, to: range.lowerBound),
        flat.distance(from: flat.startIndex, to: range.upperBound)
      )
      return String(Array(text)[from..<to])
    }
    var terms: [String] = []
    var start = order.upperBound
    for comma in flat.indices[order.upperBound...] where flat[comma] == "," {
      terms.append(same(start..<comma))
      start = flat.index(after: comma)
    }
    terms.append(same(start..<flat.endIndex))
    terms = terms.map {
      $0.trimmingCharacters(in: .whitespacesAndNewlines).replacing(/\s+(DESC|ASC)$/, with: "")
    }.map { term in Int(term).map { columns[$0 - 1] } ?? term }
    names = terms.map { String($0.split(separator: ".").last ?? "") }
    var body = same(flat.startIndex..<order.lowerBound)
    let others = terms.filter { !columns.contains($0) }
    if !others.isEmpty, let from = flat.range(of: #"\bFROM\b"#, options: .regularExpression) {
      let shown = others.enumerated().map { ", \($1) AS term_\($0)" }.joined()
      body = same(flat.startIndex..<from.lowerBound) + shown + " " + same(from.lowerBound..<order.lowerBound)
    }
    let groups = terms.map { term in others.firstIndex(of: term).map { "term_\($0)" } ?? "\"\(term)\"" }
    ties = "SELECT count(*) FROM (\(body)) GROUP BY \(groups.joined(separator: ", ")) HAVING count(*) > 1"
  }

  /// Without comments; and the same with what stands in parentheses and quotes blanked, character by character.
  private static func flattened(_ sql: String) -> (text: String, flat: String) {
    let lines = sql.split(separator: "\n").map { line in
      line.range(of: "--").map { String(line[..<$0.lowerBound]) } ?? String(line)
    }
    let text = lines.joined(separator: "\n")
    var depth = 0
    var quote: Character?
    let flat = text.map { character -> Character in
      if let open = quote {
        if character == open { quote = nil }
        return "_"
      }
      switch character {
      case "'", "\"":
        quote = character
        return "_"
      case "(":
        depth += 1
        return "_"
      case ")":
        depth -= 1
        return "_"
      default: return depth == 0 ? character : "_"
      }
    }
    return (text, String(flat))
  }
}
