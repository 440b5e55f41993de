import ContentIdentity
import Diagnostics
import Execution
import ExecutionWorker
import Testing
import Warehouse
import Work

/// What a worker leaves reaches the tables as it was, or not at all.
@Suite(.serialized) struct ResultTests {
  private func run(_ toy: ToyWarehouse, _ behaviour: ToyBehaviour, _ options: RunOptions) throws -> RunOutcome {
    try toy.warehouse.run(Toy.plan([Toy.series("a", behaviour)]), steps: ToySteps.all, options: options)
  }

  @Test(arguments: [0, 1])
  func `integers reach the table bit for bit`(workers: Int) throws {
    let toy = try ToyWarehouse()
    let options = RunOptions(workers: workers, launch: Toy.launch)
    #expect(try run(toy, ToyBehaviour(rows: .longIntegers), options).isComplete)
    #expect(
      try toy.rows("SELECT fold, train_count, test_count, lambda_at_edge, is_counted, r FROM fold_score") == [
        [
          .integer(9_223_372_036_854_775_807), .integer(-9_007_199_254_740_993), .integer(-9_223_372_036_854_775_808),
          .integer(9_007_199_254_740_992), .integer(1), .real(-0.1),
        ]
      ])
  }

  @Test func `NaN is NULL where a column has NULL`() throws {
    let toy = try ToyWarehouse()
    #expect(try run(toy, ToyBehaviour(rows: .missing), RunOptions(workers: 0)).isComplete)
    #expect(try toy.rows("SELECT r, typeof(r) FROM fold_score") == [[.null, "null"]])
  }

  @Test(arguments: [
    (ToyBehaviour.Rows.missingKey, "toy_series: lag_score.lag_s: it is NULL, which it never may be"),
    (.infinite, "toy_series: fold_score.r: it is infinite"),
    (.undeclared, "toy_series: it does not declare the table family"),
  ])
  func `rows that cannot stand are refused with table and column`(rows: ToyBehaviour.Rows, message: String) throws {
    let toy = try ToyWarehouse()
    let outcome = try run(toy, ToyBehaviour(rows: rows), RunOptions(workers: 0))
    #expect(outcome.failures.map(\.code) == ["E-EXE-005"])
    #expect(outcome.failures.map(\.message) == [message])
    for table in ["activity", "fit", "stored_array"] { #expect(try toy.count(table) == 0) }
    #expect(toy.arrayFiles.isEmpty)
  }

  struct Forgery: Sendable, CustomTestStringConvertible {
    let place: String
    let value: String?
    /// End of the message.
    let reason: String
    var testDescription: String { place }
  }

  @Test(arguments: [
    Forgery(place: "seconds", value: nil, reason: "seconds: it is missing"),
    Forgery(place: "mood", value: "1", reason: "mood: nobody reads it"),
    Forgery(place: "seconds", value: "\"2\"", reason: "seconds: \"2\" is not a Double"),
    Forgery(place: "peak_bytes", value: "0.5", reason: "peak_bytes: 0.5 is not a Int"),
    Forgery(place: "unit_key", value: "\"00\"", reason: "unit_key: it is another unit's"),
    Forgery(place: "environment.threads", value: nil, reason: "environment.threads: it is missing"),
    Forgery(place: "environment.mood", value: "1", reason: "environment.mood: nobody reads it"),
    Forgery(place: "arrays.0.sha256", value: nil, reason: "arrays[0].sha256: it is missing"),
    Forgery(place: "arrays.0.description.kind", value: nil, reason: "arrays[0].description.kind: it is missing"),
    Forgery(
      place: "error", value: "{\"code\":\"E-NO-001\",\"object\":null,\"reason\":\"\",\"remedy\":\"\"}",
      reason: "code: E-NO-001 is none"),
    Forgery(place: "rows.0.table", value: "\"claim\"", reason: "claim: no unit writes to such a table"),
    Forgery(
      place: "rows.0.columns.1", value: "\"folds\"", reason: "fold_score: its columns are not fit_key, folds, test"),
    Forgery(place: "rows.0.columns.14", value: nil, reason: "fold_score: its columns are not fit_key, fold, test"),
    Forgery(place: "rows.0.rows.0.14", value: nil, reason: "fold_score: a row has 15 cells for 16 columns"),
    Forgery(place: "rows.0.rows.0.1", value: "{\"t\":\"1\"}", reason: "fold_score.fold: text(\"1\") is not an integer"),
    Forgery(place: "rows.0.rows.0.1", value: "1", reason: "fold_score.fold: real(1.0) is not an integer"),
    Forgery(place: "rows.0.rows.0.1", value: "{\"i\":0.5}", reason: "fold_score.fold: {\"i\":0.5} is no cell"),
    Forgery(place: "rows.0.rows.0.1", value: "{\"i\":\"1\"}", reason: "fold_score.fold: {\"i\":\"1\"} is no cell"),
    Forgery(
      place: "rows.0.rows.0.1", value: "{\"i\":\"9223372036854775808\"}",
      reason: "fold_score.fold: {\"i\":\"9223372036854775808\"} is no cell"),
    Forgery(
      place: "rows.0.rows.0.1", value: "{\"i\":1,\"t\":\"1\"}",
      reason: "fold_score.fold: {\"i\":1,\"t\":\"1\"} is no cell"),
    Forgery(place: "rows.0.rows.0.1", value: "null", reason: "fold_score.fold: it is NULL, which it never may be"),
    Forgery(place: "rows.0.rows.0.7", value: "{\"i\":1}", reason: "fold_score.r: integer(1) is not a real"),
    Forgery(place: "rows.0.rows.0.0", value: "0.5", reason: "fold_score.fit_key: real(0.5) is not a text"),
  ])
  func `a result that is not what its tables are is refused`(forgery: Forgery) throws {
    let toy = try ToyWarehouse()
    let tampering = ["--tamper", forgery.place] + (forgery.value.map { ["--with", $0] } ?? [])
    let outcome = try run(
      toy, ToyBehaviour(count: 1), RunOptions(workers: 1, launch: Toy.worker(tampering)))
    #expect(outcome.failures.map(\.code) == ["E-EXE-009"])
    let message = try #require(outcome.failures.first).message
    #expect(message.contains("/results/") && message.contains(": " + forgery.reason), "\(message)")
    for table in ["activity", "fit", "stored_array"] { #expect(try toy.count(table) == 0) }
  }

  @Test func `the result hash is over the canonical rows and the hashes of arrays`() throws {
    let toy = try ToyWarehouse()
    let unit = Toy.series("a", ToyBehaviour(count: 1, value: 2))
    _ = try toy.warehouse.run(Toy.plan([unit]), steps: ToySteps.all, options: RunOptions(workers: 0))
    let array = try toy.rows("SELECT logical_sha256 FROM stored_array")[0][0].string ?? ""
    func big(_ word: UInt64) -> [UInt8] { stride(from: 56, through: 0, by: -8).map { UInt8(word >> $0 & 255) } }
    func sized(_ text: String) -> [UInt8] { big(UInt64(text.utf8.count)) + Array(text.utf8) }
    /// The rows' bytes: the table, then every column that is not NULL by name with its type and value.
    func hash(_ table: String) throws -> String {
      let rows = try toy.warehouse.read { try $0.rows("SELECT * FROM \"\(table)\"") }
      let hashes = rows.map { row in
        let cells = zip(row.columns, row.values).sorted { $0.0 < $1.0 }.filter { $0.0 != "check_id" }
        let bytes = cells.flatMap { name, value -> [UInt8] in
          switch value {
          case .null, .blob: []
          case .integer(let number): sized(name) + Array("i".utf8) + big(UInt64(bitPattern: number))
          case .real(let number): sized(name) + Array("r".utf8) + big(number.bitPattern)
          case .text(let text): sized(name) + Array("t".utf8) + sized(text)
          }
        }
        return SHA256.hex(of: [0] + sized(table) + bytes)
      }
      let joined = hashes.sorted().joined().utf8.map { UInt8(String(Character(Unicode.Scalar($0))), radix: 16) ?? 0 }
      return SHA256.hex(of: stride(from: 0, to: joined.count, by: 2).map { joined[$0] << 4 | joined[$0 + 1] })
    }
    let tables = try ["check", "fit", "fold_score"].map { "\"\($0)\":\"\(try hash($0))\"" }.joined(separator: ",")
    let canonical = "{\"arrays\":[[\"toy/a\",\"\(array)\"]],\"tables\":{\(tables)}}"
    #expect(try toy.rows("SELECT result_sha256 FROM unit") == [[.text(SHA256.hex(of: canonical))]])
  }

  @Test(arguments: [0, 1])
  func `a failed unit says what to do`(workers: Int) throws {
    let toy = try ToyWarehouse()
    var said = ""
    let printer = ProgressPrinter(isTerminal: false) { said += $0 }
    let plan = Toy.plan([Toy.series("bad", ToyBehaviour(fail: "the target is constant"))])
    let outcome = try toy.warehouse.run(
      plan, steps: ToySteps.all, options: RunOptions(workers: workers, launch: Toy.launch), progress: printer.show)
    #expect(outcome.failures.map(\.remedy) == ["vary the target"])
    #expect(said.hasPrefix("[1/1] failed bad ("))
    #expect(said.hasSuffix("): bad: the target is constant\n  do:  vary the target\n"), "\(said)")
    let error = #expect(throws: EvokeError.self) { try outcome.check() }
    #expect(error?.remedy.hasPrefix("vary the target; ") == true)
    // The catalog keeps the message alone.
    var keep = RunOptions(workers: 0)
    keep.retryFailed = false
    let kept = try toy.warehouse.run(plan, steps: ToySteps.all, options: keep)
    #expect(kept.failures.map(\.message) == ["bad: the target is constant"])
    #expect(kept.failures.map(\.remedy) == [nil])
  }
}
