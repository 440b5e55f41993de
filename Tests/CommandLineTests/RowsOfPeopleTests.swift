import Foundation
import Testing

/// Of cited numbers, frozen rows and values over several people, whose they are.
@Suite struct RowsOfPeopleTests {
  private func madeUp(_ more: String...) throws -> Program {
    let program = try DepartureTests.madeUp()
    let words = "UPDATE dataset SET consent = 'results-only'; UPDATE source_file SET consent = 'open';"
    try program.edit(words + more.joined(), in: "a.evoke")
    return program
  }

  /// A number as `cite add` keeps it, of a query that joins a view with itself.
  private func number(_ key: Int, _ label: String, of view: String, _ condition: String, units: [String]) -> String {
    let sql = "SELECT a.r - b.r, a.unit_key, b.unit_key AS unit_key_b FROM \(view) a JOIN \(view) b WHERE \(condition)"
    let text = sql.replacing("'", with: "''")
    let made = "'2026-01-04T00:00:00Z'"
    let cited = Set(units).sorted().map { "INSERT INTO cited_unit VALUES (\(key), '\($0)', 'x');" }.joined()
    return """
      INSERT INTO activity (activity_id, kind, verb, activity_key, options, state, started_at) VALUES
        (\(900 + key), 'materialization', 'cite add', 'm\(900 + key)', '{}', 'done', \(made));
      INSERT INTO materialization VALUES
        (\(key), \(900 + key), 'cited/\(label)', NULL, '\(text)', '{}', 1, 'ab', \(made));
      INSERT INTO materialized_column VALUES (\(key), 0, 'a.r - b.r', 'real', NULL),
        (\(key), 1, 'unit_key', 'text', NULL), (\(key), 2, 'unit_key_b', 'text', NULL);
      INSERT INTO materialized_row VALUES (\(key), 0, '[0.25,"\(units[0])","\(units[1])"]');
      INSERT INTO paper_number VALUES (\(key), '\(label)', '0.25', 0.25, '\(text)', 'ab');
      INSERT INTO citation VALUES (\(key), \(key), \(key), NULL); \(cited)
      """
  }

  @Test func `a cited contrast of groups leaves, one of a subject stays, and each is judged by itself`() throws {
    let program = try madeUp(
      "DELETE FROM cited_unit; DELETE FROM citation; DELETE FROM paper_number;",
      number(
        40, "group", of: "layer_sweep",
        "a.layer_key = 'hs.1' AND b.layer_key = 'hs.0' AND a.study = 'sweep' AND b.study = 'sweep'",
        units: ["u-fit1", "u-fit0"]))
    try program.succeed(["cite", "--tex", "a.tex"])
    try program.succeed(["query", "cited", "-o", "a.csv"])
    try program.succeed(["query", "--materialized", "cited/group", "-o", "b.csv"])
    try program.edit(
      number(
        41, "one", of: "encoding_score", "a.covariate_mode = 'joint' AND b.covariate_mode = 'audio_only'",
        units: ["u-control", "u-control"]), in: "a.evoke")
    for words in [
      ["cite", "--tex", "c.tex"], ["query", "cited", "-o", "c.csv"],
      ["query", "cited", "--columns", "value", "--where", "label=one", "-o", "d.csv"],
      ["query", "--materialized", "cited/one", "-o", "e.csv"],
    ] {
      let ending = try program.run(words)
      #expect(ending.status == 77 && ending.error.contains("E-CNS-001"), "\(words): \(ending.status) \(ending.error)")
    }
    try program.succeed(["query", "cited", "--where", "label=group", "-o", "f.csv"])
    // Of a unit that is gone nothing says any more whose it was.
    try program.edit("UPDATE unit SET state = 'planned' WHERE unit_key = 'u-fit1';", in: "a.evoke")
    let gone = try program.run(["query", "cited", "--where", "label=group", "-o", "g.csv"])
    #expect(gone.status == 77 && gone.error.contains("assumed"), "\(gone.error)")
  }

  @Test func `values over several people are of a group, the largest of them is not`() throws {
    let program = try madeUp(
      "INSERT INTO subject VALUES (8, 1, 's2'); UPDATE fit SET subject = 's2' WHERE fit_key IN ('c/a', 'c/v');")
    let statements: [(sql: String, isOfGroup: Bool)] = [
      ("SELECT avg(r) FROM encoding_score", true),
      (
        "SELECT e.study, round(avg(e.r), 3) AS m, count(DISTINCT e.subject) AS n FROM encoding_score e GROUP BY e.study",
        true
      ),
      ("SELECT study, avg(r) FROM encoding_score GROUP BY 1", true),
      ("SELECT max(r) FROM encoding_score", false), ("SELECT quantile(r, 1) FROM encoding_score", false),
      ("SELECT DISTINCT r FROM encoding_score WHERE covariate_mode = 'joint'", false),
      ("SELECT study, subject IS NULL AS g, avg(r) FROM encoding_score GROUP BY study, covariate_mode", false),
      ("SELECT avg(r) FROM encoding_score GROUP BY subject", false),
    ]
    for (number, statement) in statements.enumerated() {
      let ending = try program.run(["sql", statement.sql, "-o", "\(number).csv"])
      #expect(ending.status == (statement.isOfGroup ? 0 : 77), "\(statement.sql): \(ending.error)")
    }
    let joined = try program.run(["sql", "SELECT a.r FROM encoding_score a JOIN encoding_score b", "-o", "j.csv"])
    #expect(joined.error.contains("assumed") && joined.error.contains("return columns subject and rater"))
  }

  @Test func `rows that name fits alone are of whom the fits are`() throws {
    let program = try madeUp()
    let listed = try program.succeed(["query", "--format", "csv"]).output
    var found: [Int32: Int] = [:]
    for view in listed.matches(of: /(?m)^(\w+),view,/).map({ String($0.1) }) {
      let columns = try program.succeed(["query", view, "--format", "csv"]).output
        .split(whereSeparator: \.isNewline).first?.split(separator: ",").map(String.init)
      guard let columns, columns.contains("fit_key"),
        Set(columns).isDisjoint(with: ["subject", "rater", "subject_count", "n_a"])
      else { continue }
      for isOfPerson in [true, false] {
        let condition = "coalesce(f.subject, f.rater) IS \(isOfPerson ? "NOT " : "")NULL"
        let fits = try program.succeed([
          "sql", "SELECT DISTINCT fit_key AS k FROM \"\(view)\" JOIN fit f USING (fit_key) WHERE \(condition)",
          "--format",
          "csv",
        ]).output.split(whereSeparator: \.isNewline).dropFirst()
        guard let fit = fits.first else { continue }
        let status: Int32 = isOfPerson ? 77 : 0
        for words in [
          ["query", view, "--where", "fit_key=\(fit)"],
          ["sql", "SELECT * FROM \"\(view)\" x WHERE fit_key = '\(fit)'"],
        ] {
          let ending = try program.run(words + ["-o", "f.csv"])
          #expect(ending.status == status, "\(words): \(ending.error)")
          found[status, default: 0] += 1
        }
      }
    }
    #expect(found[77, default: 0] >= 4 && found[0, default: 0] >= 4, "\(found)")
  }

  private static let reports = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../queries/reports").standardized.path

  /// The statement with which `query` asks a view or report for columns.
  private static func statement(_ name: String, _ columns: [String], _ rest: String) throws -> String {
    let report = "\(reports)/\(name).sql"
    let isReport = FileManager.default.fileExists(atPath: report)
    let source = isReport ? "(\n" + (try String(contentsOfFile: report, encoding: .utf8)) + "\n)" : "\"\(name)\""
    return "SELECT " + columns.map { "\"\($0)\"" }.joined(separator: ", ") + " FROM \(source)\(rest)"
  }

  /// What `--materialize` writes.
  private static func frozen(_ key: Int, _ view: String, _ columns: [String], _ sql: String) -> String {
    let made = "'2026-01-04T00:00:00Z'"
    let text = sql.replacing("'", with: "''")
    let kinds = columns.enumerated().map { place, name in
      """
      INSERT INTO materialized_column SELECT \(key), \(place), '\(name)',
        CASE max(CASE typeof("\(name)") WHEN 'text' THEN 3 WHEN 'real' THEN 2 WHEN 'integer' THEN 1 END)
          WHEN 1 THEN 'integer' WHEN 2 THEN 'real' ELSE 'text' END, NULL FROM (\(sql)\n);
      """
    }
    let names = columns.map { "\"\($0)\"" }.joined(separator: ", ")
    return """
      INSERT INTO activity (activity_id, kind, verb, activity_key, options, state, started_at) VALUES
        (\(900 + key), 'materialization', 'query', 'm\(900 + key)', '{}', 'done', \(made));
      INSERT INTO materialization SELECT \(key), \(900 + key), 'f\(key)', '\(view)', '\(text)', '{}',
        (SELECT count(*) FROM (\(sql)\n)), 'ab', \(made);
      \(kinds.joined())
      INSERT INTO materialized_row SELECT \(key), row_number() OVER () - 1, json_array(\(names)) FROM (\(sql)\n);
      """
  }

  @Test func `of every view and report frozen rows leave where the same rows of now do`() throws {
    let program = try madeUp()
    let listed = try program.succeed(["query", "--format", "csv"]).output
    let names = listed.matches(of: /(?m)^(\w+),(?:view|report),/).map { String($0.1) }
    #expect(names.count > 50)
    let questions: [(name: String, words: [String], rest: String)] =
      names.map { ($0, [], "") } + [
        ("best_layer", ["--columns", "r"], ""), ("clock_ledger", ["--columns", "value"], ""),
        ("encoding_score", ["--columns", "r"], ""), ("score_over_subjects", ["--columns", "r_sum"], ""),
        ("encoding_score", ["--columns", "r", "--where", "study=sweep"], " WHERE \"study\" = 'sweep'"),
        ("encoding_score", ["--columns", "r", "--order", "r", "--limit", "2"], " ORDER BY \"r\" LIMIT 2"),
      ]
    for (number, question) in questions.enumerated() {
      let shown = try program.succeed(["query", question.name, "--format", "csv"] + question.words).output
      let columns = try #require(shown.split(whereSeparator: \.isNewline).first).split(separator: ",").map(String.init)
      let sql = try Self.statement(question.name, columns, question.rest)
      try program.edit(Self.frozen(100 + number, question.name, columns, sql), in: "a.evoke")
    }
    var refused = 0
    for (number, question) in questions.enumerated() {
      let now = try program.run(["query", question.name, "-o", "\(number)-now.csv"] + question.words).status
      let then = try program.run(["query", "--materialized", "f\(100 + number)", "-o", "\(number)-then.csv"])
      #expect(then.status == now, "\(question): \(now), frozen \(then.status) \(then.error)")
      if now == 77 { refused += 1 }
    }
    #expect(refused > 3 && refused < questions.count - 20, "\(refused)")
  }
}
