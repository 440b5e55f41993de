import Foundation
import Testing

/// Views and reports are made of what PostgreSQL has, too, as `Tests/Clients/portable.tsv` lists it; `postgres.py` beside it asks
/// PostgreSQL itself, where there is one.
@Suite struct PortableSQLTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  struct Trap {
    let name: String
    let expression: NSRegularExpression
    let example: String
  }

  /// The list, read once.
  struct Portable {
    var functions: Set<String> = []
    var traps: [Trap] = []
    /// By the name of a view or report what stands in it that is not portable.
    var beyond: [String: Set<String>] = [:]

    init() throws {
      let list = PortableSQLTests.root.appendingPathComponent("Tests/Clients/portable.tsv")
      for line in try String(contentsOf: list, encoding: .utf8).split(separator: "\n") where !line.hasPrefix("#") {
        let parts = line.split(separator: "\t").map(String.init)
        switch (parts[0], parts.count) {
        case ("function", 2): functions.insert(parts[1])
        case ("trap", 5):
          let expression = try NSRegularExpression(pattern: parts[2])
          traps.append(Trap(name: parts[1], expression: expression, example: parts[3]))
        case ("beyond", 4): beyond[parts[1]] = Set(parts[2].split(separator: " ").map(String.init))
        default: Issue.record("no line of the list: \(line)")
        }
      }
    }

    /// What of a statement PostgreSQL does not take, or takes otherwise.
    func findings(_ sql: String) -> Set<String> {
      let text = PortableSQLTests.stripped(sql)
      var found: Set<String> = []
      let range = NSRange(text.startIndex..., in: text)
      for trap in traps where trap.expression.firstMatch(in: text, range: range) != nil { found.insert(trap.name) }
      if text.contains(/\bIS (?!(NOT )?(NULL|TRUE|FALSE|DISTINCT))/) { found.insert("IS") }
      let tables = Set(text.matches(of: /(\w+) ?\([\w, ]+\) AS\b/).map { String($0.1) })
      for call in text.matches(of: /\b([A-Za-z_]\w*)\s*\(/) {
        let name = String(call.1)
        if name.uppercased() == name || tables.contains(name) { continue }
        let arguments = PortableSQLTests.arguments(text[call.range.upperBound...])
        if ["min", "max"].contains(name), arguments > 1 {
          found.insert("\(name) of \(arguments): LEAST and GREATEST there, which pass over NULL")
        } else if !functions.contains(name) {
          found.insert(name)
        }
      }
      return found
    }
  }

  /// Without comments, and with every text as 'q', '' excepted.
  private static func stripped(_ sql: String) -> String {
    sql.replacing(/--[^\n]*/, with: "").replacing(/'(?:[^']|'')*'/) { $0.output == "''" ? "''" : "'q'" }
      .replacing(/\s+/, with: " ")
  }

  /// How many arguments begin behind an opening parenthesis.
  private static func arguments(_ text: Substring) -> Int {
    var (depth, count) = (0, 1)
    for character in text {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if depth < 0 { break }
      if character == ",", depth == 0 { count += 1 }
    }
    return count
  }

  private static var statements: [String: String] {
    get throws {
      var statements: [String: String] = [:]
      for (folder, prefix) in [("queries/views", ""), ("queries/reports", "reports/")] {
        for name in try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)
        where name.hasSuffix(".sql") {
          statements[prefix + name.dropLast(4)] = try String(
            contentsOf: root.appendingPathComponent("\(folder)/\(name)"), encoding: .utf8)
        }
      }
      return statements
    }
  }

  @Test func viewsAndReportsAreMadeOfWhatPostgreSQLHasToo() throws {
    let portable = try Portable()
    let statements = try Self.statements
    #expect(statements.count > 60)
    for (name, sql) in statements {
      let left = portable.findings(sql).subtracting(portable.beyond[name, default: []])
      #expect(left == [], "\(name)")
    }
  }

  /// No line of the list may stay that nothing needs.
  @Test func theListOfWhatIsPortableIsNeeded() throws {
    let portable = try Portable()
    let statements = try Self.statements.mapValues(Self.stripped)
    for name in portable.functions {
      #expect(try statements.values.contains { $0.contains(try Regex("\\b\(name)\\(")) }, "nobody calls \(name)")
    }
    for (name, held) in portable.beyond {
      let sql = try #require(statements[name], "no view or report \(name)")
      for word in held {
        let isAsked = try portable.beyond[word] != nil && sql.contains(Regex("\\b\(word)\\b"))
        #expect(isAsked || portable.findings(sql).contains(word), "\(name) has no \(word)")
      }
    }
  }

  @Test func whatPostgreSQLLacksIsFound() throws {
    let portable = try Portable()
    for trap in portable.traps {
      #expect(portable.findings("SELECT \(trap.example) FROM t").contains(trap.name), "\(trap.example)")
    }
    let lacking = [
      "ifnull(a, 1)", "iif(a, 1, 2)", "strftime('%Y', a)", "printf('%d', a)", "datetime(a)", "min(a, b)",
      "max((a + b), coalesce(c, d), e)", "typeof(a)", "round(a, 2)", "a IS b", "json_extract(a, '$')", "total(a)",
    ]
    for example in lacking { #expect(!portable.findings("SELECT \(example) FROM t").isEmpty, "\(example)") }
    let shared = [
      "min(a)", "max(coalesce(a, b))", "a IS NOT NULL", "'a GLOB Bc == [x]'", "a || 'Text'", "a IS NOT DISTINCT FROM b",
      "CAST(NULL AS REAL) AS a", "sum(CASE WHEN a THEN 1 END)", "'it''s ifnull(a)'",
    ]
    for example in shared { #expect(portable.findings("SELECT \(example) FROM t") == [], "\(example)") }
  }
}
