import Foundation
import Queries
import Testing
import Warehouse

/// Every row with a number says whether it may be reported, and what a run's ending counts is what views show.
@Suite struct ReportableTests {
  /// Columns that are results: a correlation, a difference, a variance explained, or what is made of a null.
  private static let numbers = [
    #"^(r|p|r2|difference|mean|statistic|correlation)$"#, #"^(r|p|q)_"#, #"^own_share$"#, #"_(isc|r2|r|p|p_max|q_bh)$"#,
  ]

  /// Views whose numbers judge recordings or a design, not hypotheses, or are of many rows: their own columns say what follows.
  private static let measures = [
    "alignment_audit": "verdict", "recording_quality": "is_bad", "recording_component": "is_removed",
    "calibration": "valid_share", "score_over_subjects": "valid_count", "score_over_layers": "valid_count",
  ]

  private func columns(_ view: Queries.Query) -> Set<String> { Set(CatalogText.view(view).columns.map(\.name)) }

  @Test("every view with a result has valid and flags")
  func views() {
    var found: [String] = []
    for view in Queries.views {
      let columns = columns(view)
      let isResult = columns.contains { name in
        Self.numbers.contains { name.range(of: $0, options: .regularExpression) != nil }
      }
      if let verdict = Self.measures[view.name] {
        #expect(isResult && columns.contains(verdict) && !columns.contains("valid"), "\(view.name)")
      } else if isResult {
        found.append(view.name)
        #expect(columns.isSuperset(of: ["valid", "flags"]), "\(view.name)")
      }
    }
    #expect(
      Set(found).isSuperset(of: [
        "encoding_score", "layer_sweep", "layer_contrast", "group_score", "covariate_control", "unique_variance",
        "synchrony_summary", "cohort_comparison", "fold_score_detail", "correction",
      ]))
  }

  @Test("a view that says whether a study's rows are valid is one of results, unless other views are made of it")
  func tiers() {
    let parts = Queries.views.filter { part in
      Queries.views.contains { $0.name != part.name && reads($0, part.name) }
    }.map(\.name)
    let results = Queries.views.filter { CatalogText.view($0).tier == "result view" }.map(\.name)
    let valid = Queries.views.filter { columns($0).isSuperset(of: ["study", "valid"]) }.map(\.name)
    #expect(Set(valid).subtracting(results).isSubset(of: parts))
    #expect(results.count > 15)
  }

  private func reads(_ view: Queries.Query, _ name: String) -> Bool {
    let body = view.sql.split(separator: "\n").filter { !$0.hasPrefix("--") }.joined(separator: " ")
    return body.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.contains { $0 == name }
  }

  @Test("what is not valid in any table is not valid in some view, and the ending of its run counts it")
  func tables() throws {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder), .writing("test"))
    defer { try? warehouse.close() }
    func texts(_ sql: String) throws -> [String] {
      try warehouse.userQuery(sql)[0].rows.compactMap { $0.values[0].string }
    }
    let tables = try texts(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%' || char(10) || '  valid INTEGER%' "
        + "AND name <> 'row_validity'")
    let runs = try texts("SELECT run_id FROM run WHERE is_current = 1")
    let views = Queries.views.filter { columns($0).contains("valid") }.map(\.name)
    #expect(tables.count >= 5 && !runs.isEmpty && views.count >= 10)
    var seen: Set<String> = []
    // Synchrony is a result of reports of it; in an encoding study it is what is predicted.
    try warehouse.write { try $0.execute("UPDATE study SET kind = 'isc_report' WHERE name = 'control'") }
    for table in tables {
      let flag = "marked_\(table)"
      try warehouse.write { connection in
        try connection.execute("UPDATE \"\(table)\" SET valid = 0, flags = '\(flag)'")
        try connection.unsealAll()
      }
      let counted = try runs.flatMap { run in try warehouse.read { try $0.reportableRows(run: run) } }
      #expect(counted.contains { $0.valid == 0 && $0.flags == flag && $0.count > 0 }, "\(table)")
      let shown = try views.filter { view in
        try !texts("SELECT flags FROM \(view) WHERE valid = 0 AND flags LIKE '%\(flag)%'").isEmpty
      }
      #expect(!shown.isEmpty, "\(table)")
      seen.formUnion(shown)
    }
    #expect(seen == Set(views), "\(Set(views).subtracting(seen))")
  }

  @Test("of scores those of predictions are counted, of synchrony that of reports of it, as many as there are")
  func counts() throws {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder), .writing("test"))
    defer { try? warehouse.close() }
    try warehouse.write { connection in
      try connection.execute("UPDATE score SET flags = 'of ' || quantity")
      try connection.execute("UPDATE synchrony SET flags = 'of synchrony'")
      try connection.execute("UPDATE study SET kind = 'layer_sweep'")
      try connection.unsealAll()
    }
    func number(_ sql: String, _ run: String) throws -> Int {
      try warehouse.read { try $0.value("SELECT count(*) FROM run_unit ru \(sql)", ["run": .text(run)]).int ?? 0 }
    }
    let scores = "JOIN fit USING (unit_key) JOIN score USING (fit_key) WHERE run_id = :run AND quantity"
    let synchrony = "JOIN synchrony USING (unit_key) WHERE run_id = :run"
    var (told, silent, reported) = (0, 0, 0)
    for run in try warehouse.read({ try $0.rows("SELECT run_id FROM run") }).map({ $0.text("run_id") }) {
      func counted() throws -> [String: Int] {
        let rows = try warehouse.read { try $0.reportableRows(run: run) }
        return Dictionary(rows.map { ($0.flags, $0.count) }, uniquingKeysWith: +).filter { $0.key.hasPrefix("of ") }
      }
      var expected: [String: Int] = [:]
      for quantity in ["r", "unique_r2"] { expected["of \(quantity)"] = try number("\(scores) = '\(quantity)'", run) }
      #expect(try counted() == expected.filter { $0.value > 0 }, "\(run)")
      told += expected.values.reduce(0, +)
      silent += try number("\(scores) NOT IN ('r', 'unique_r2')", run)
      try warehouse.write { try $0.execute("UPDATE study SET kind = 'isc_report'") }
      let report = try number(synchrony, run)
      #expect(try counted()["of synchrony"] == (report > 0 ? report : nil), "\(run)")
      reported += report
      try warehouse.write { try $0.execute("UPDATE study SET kind = 'layer_sweep'") }
    }
    #expect(told > 0 && silent > 0 && reported > 0)
  }
}
