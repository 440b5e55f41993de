import ContentIdentity
import Diagnostics
import FileSystem
import Foundation
import Queries
import Schema
import Warehouse

extension Verification {
  /// Level 1: SQLite's own checks, the schema, the views, and that arrays and files belong together.
  mutating func verifyStructure() throws {
    progress(0, "structure")
    let (pages, keys) = try warehouse.read { connection in
      (
        try connection.pageProblems().map(\.problem).filter { $0 != "ok" }, try connection.lostReferences()
      )
    }
    let problems = pages + (freePagesProblem().map { [$0] } ?? [])
    add(1, "pages and indexes are sound", checked: 1, failures: problems.map { ("catalog.sqlite", $0) })
    add(
      1, "references lead somewhere", checked: 1,
      failures: keys.map {
        ($0.child, "\($0.row.map { "row \($0)" } ?? "a row") refers to a missing row of \($0.parent)")
      })
    try verifySchema()
    try verifyViews()
    try runChecks(level: 1)
    try verifyFiles()
  }

  /// That the catalog's header counts free pages exactly where it names the first: SQLite's check counts from the first on, and
  /// looks no further where there is none. Nil where all is right.
  private func freePagesProblem() -> String? {
    let header = Files.head(of: warehouse.catalogPath, count: 40)
    guard header.count == 40 else { return nil }
    let isCounted = header[36..<40].contains { $0 != 0 }
    let isNamed = header[32..<36].contains { $0 != 0 }
    return isCounted == isNamed ? nil : "the header counts free pages and names no first one, or the other way round"
  }

  /// The stored schema against that of a new warehouse, and each migration's hash.
  private mutating func verifySchema() throws {
    let rows = try warehouse.read { try $0.appliedMigrations() }
    let known = Dictionary(uniqueKeysWithValues: Schema.migrations.map { ($0.name, SHA256.hex(of: $0.sql)) })
    var failures: [(object: String, detail: String)] = []
    for row in rows where known[row.name] != row.sha256 {
      failures.append((row.name, "this program has another text of this migration"))
    }
    add(1, "migrations are this program's", checked: rows.count, failures: failures)
    let fresh = try Warehouse.inMemory()
    let (stored, expected) = (try schema(of: warehouse), try schema(of: fresh))
    failures = []
    for name in Set(stored.keys).union(expected.keys).sorted() where stored[name] != expected[name] {
      let what = stored[name] == nil ? "is missing" : expected[name] == nil ? "is not Evoke's" : "was changed"
      failures.append((name, what))
    }
    add(1, Self.schemaCheck, checked: expected.count, failures: failures)
  }

  private static let schemaCheck = "tables, indexes and views are this program's"

  /// Whether every view is the program's own, as far as level 1 found.
  var hasOwnViews: Bool {
    let views = Set(Queries.views.map(\.name))
    return !findings.contains { $0.check == Self.schemaCheck && $0.state == .failed && views.contains($0.object) }
  }

  private func schema(of warehouse: Warehouse) throws -> [String: String] {
    let rows = try warehouse.read { try $0.schemaObjects() }
    let named = rows.filter { !$0.name.hasPrefix("sqlite_stat") }
    return Dictionary(named.map { ($0.name, $0.type + $0.sql) }, uniquingKeysWith: { $0 + $1 })
  }

  private mutating func verifyViews() throws {
    var failures: [(object: String, detail: String)] = []
    for view in Queries.views {
      do {
        _ = try warehouse.userQuery("SELECT * FROM \"\(view.name)\" LIMIT 1", limits: limits)
      } catch {
        failures.append((view.name, "\(error)"))
      }
    }
    add(1, "views can be selected", checked: Queries.views.count, failures: failures)
  }

  private mutating func verifyFiles() throws {
    let rows = try warehouse.read { try $0.arrayFiles() }
    let absent = Set(tombstones.filter { $0.kind == .array }.map { [$0.name, $0.sha256] })
    var failures: [(object: String, detail: String)] = []
    var denied: EvokeError?
    for row in rows {
      do throws(EvokeError) {
        let path = try warehouse.path(row.file)
        guard !Files.exists(path.absolute), !absent.contains([row.name, row.logicalSHA256]) else { continue }
        if let refusal = Files.refusal(of: .reading, at: path.absolute) { denied = denied ?? refusal }
        failures.append((row.name, "\(row.file) is missing"))
      } catch { failures.append((row.name, "\(row.file) leads out of the warehouse: \(error.reason)")) }
    }
    if let denied { throw denied }
    add(1, "array files are there", checked: rows.count - absent.count, failures: failures)
    // Rows are hashed as if they were there: who took them out has to say so.
    let declared = Set(tombstones.map { [$0.kind.rawValue, $0.name, $0.sha256] })
    let withheld = try warehouse.read { try $0.withheldRows() }.map { (Tombstone($0, reason: ""), $0.isSound) }
    if !withheld.isEmpty {
      add(
        1, "rows that were taken out are declared absent", checked: withheld.count,
        failures: withheld.compactMap { stone, isSound in
          guard isSound else { return (stone.name, "hashes of what was taken out are not those that were recorded") }
          guard !declared.contains([stone.kind.rawValue, stone.name, stone.sha256]) else { return nil }
          return (stone.name, "\(stone.count) rows were taken out, and nothing says so")
        })
    }
    let reasons = Dictionary(grouping: tombstones) { "\($0.kind.rawValue)s: \($0.reason)" }
    for (reason, stones) in reasons.sorted(by: { $0.key < $1.key }) {
      add(1, "absent by declaration", .note, object: "\(stones.map(\.count).reduce(0, +))", detail: reason)
    }
    for leftover in try Leftovers.find(in: warehouse) {
      add(
        1, "leftovers of interruptions", .note, object: leftover.path, detail: "\(leftover.what); evoke gc removes it")
    }
  }
}
