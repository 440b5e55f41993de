import ContentIdentity
import Diagnostics
import Execution
import FileSystem
import Queries
import Warehouse

/// What one check of a verification found.
public struct VerificationFinding: Sendable, Equatable {
  /// A note never fails a verification; with what is undecided its level is not reached, though nothing failed.
  public enum State: String, Sendable { case ok, note, undecided, failed }

  public let level: Int
  public let check: String
  public let state: State
  /// The array, file, unit or table concerned; for `ok` how many were checked.
  public let object: String
  public let detail: String

  package init(_ level: Int, _ check: String, _ state: State, object: String, detail: String) {
    self.level = level
    self.check = check
    self.state = state
    self.object = object
    self.detail = detail
  }
}

/// Checks a warehouse against what was recorded when it was written: structure (1), every hash (2), lineage (3),
/// stored queries (4), what units compute (5).
public struct Verification {
  /// Levels this version carries out.
  public static let levels = 1...5

  let warehouse: Warehouse
  let progress: (Double, String) -> Void
  /// Of each statement that the catalog holds, or that its views make.
  let limits: QueryLimits
  /// What an archive that the warehouse was made of does not hold.
  let tombstones: [Tombstone]
  private(set) var findings: [VerificationFinding] = []
  /// Rows of units that were computed again, with numbers beyond the tolerance and the same conclusions.
  var revisions: [RowRevision] = []

  /// Everything `level` and the levels below it find, failures in the order of the checks.
  ///
  /// - Parameters:
  ///   - root: over the results of a run, which one here must have.
  ///   - work: how units are computed again at level 5.
  ///   - limits: of each statement that the catalog holds: a warehouse from elsewhere may hold one without an end.
  /// - Throws: `E-QRY-005` for levels that there are not.
  public static func run(
    _ directory: String, level: Int, root: String? = nil, work: Recomputation? = nil, limits: QueryLimits = .usual,
    progress: @escaping (Double, String) -> Void = { _, _ in }
  ) throws -> [VerificationFinding] {
    guard levels.contains(level) else {
      throw EvokeError(
        .notInThisVersion, "verify --level \(level)", reason: "levels are 1 to 5", remedy: "use --level 1, 2, 3, 4 or 5"
      )
    }
    var early: [VerificationFinding] = []
    verifyFile(directory, &early)
    let warehouse: Warehouse
    do {
      warehouse = try Warehouse.open(directory, .reading)
    } catch let error as EvokeError where [.catalogFailed, .notAWarehouse, .otherCatalog].contains(error.code) {
      guard Files.exists(directory + "/catalog.sqlite") else { throw error }
      return early + [VerificationFinding(1, "catalog opens", .failed, object: "catalog.sqlite", detail: error.reason)]
    }
    defer { try? warehouse.close() }
    var verification = Verification(
      warehouse: warehouse, progress: progress, limits: limits, tombstones: try Tombstone.all(in: directory))
    verification.findings = early
    try verification.guarded("structure", 1) { try $0.verifyStructure() }
    if level >= 2 {
      try verification.guarded("rows", 2) { try $0.verifyRows(root: root) }
      try verification.guarded("summaries", 2) { try $0.runChecks(level: 2) }
      try verification.guarded("arrays", 2) { try $0.verifyArrays() }
      try verification.guarded("sources", 2) { try $0.verifySources() }
    }
    if level >= 3 { try verification.guarded("lineage", 3) { try $0.verifyLineage() } }
    if level >= 4 { try verification.guarded("frozen results", 4) { try $0.verifyFrozenResults() } }
    if level >= 5 {
      guard let work else { preconditionFailure("level 5 computes") }
      try verification.guarded("recomputation", 5) { try $0.verifyUnits(work) }
    }
    return verification.findings
  }

  /// The highest level at which, and below which, nothing failed or is undecided.
  public static func reached(_ findings: [VerificationFinding], of level: Int) -> Int {
    findings.filter { [.failed, .undecided].contains($0.state) }.map { $0.level - 1 }.min() ?? level
  }

  /// What level 5 finds, alone, and rows whose numbers are others.
  package static func units(
    of directory: String, _ work: Recomputation, progress: @escaping (Double, String) -> Void
  ) throws -> (findings: [VerificationFinding], revisions: [RowRevision]) {
    let warehouse = try Warehouse.open(directory, .reading)
    var verification = Verification(
      warehouse: warehouse, progress: progress, limits: .usual, tombstones: try Tombstone.all(in: directory))
    try verification.guarded("recomputation", 5) { try $0.verifyUnits(work) }
    try warehouse.close()
    return (verification.findings, verification.revisions)
  }

  private init(
    warehouse: Warehouse, progress: @escaping (Double, String) -> Void, limits: QueryLimits, tombstones: [Tombstone]
  ) {
    (self.warehouse, self.progress, self.limits, self.tombstones) = (warehouse, progress, limits, tombstones)
  }

  /// A catalog that cannot be read is a finding, not the end of the verification.
  private mutating func guarded(_ check: String, _ level: Int, _ body: (inout Verification) throws -> Void) throws {
    do {
      try body(&self)
    } catch let error as EvokeError where [.catalogFailed, .arrayCorrupt, .outsideWarehouse].contains(error.code) {
      add(level, check, .failed, object: error.object, detail: error.reason)
    } catch let error where Self.isDamagedText(error) {
      add(level, check, .failed, object: "catalog.sqlite", detail: "a text in it is not as it was written: \(error)")
    }
  }

  /// Whether an error speaks of JSON in the catalog that Evoke did not write.
  package static func isDamagedText(_ error: any Error) -> Bool {
    error is JSONSyntaxError || error is StrictCodingError
  }

  mutating func add(
    _ level: Int, _ check: String, _ state: VerificationFinding.State, object: String, detail: String
  ) {
    findings.append(VerificationFinding(level, check, state, object: object, detail: detail))
  }

  /// Adds the failures of a check, or one line that says how many things passed.
  mutating func add(_ level: Int, _ check: String, checked count: Int, failures: [(object: String, detail: String)]) {
    if failures.isEmpty { add(level, check, .ok, object: "\(count)", detail: "") }
    for failure in failures { add(level, check, .failed, object: failure.object, detail: failure.detail) }
  }

  /// Runs the SQL checks of one level: each returns a row for what is wrong.
  mutating func runChecks(level: Int) throws {
    for check in Queries.checks where check.sql.hasPrefix("-- level \(level): ") {
      let title = String(check.sql.prefix { $0 != "\n" }.dropFirst("-- level 1: ".count))
      let rows = try warehouse.read { try $0.failures(of: check) }
      if rows.isEmpty { add(level, title, .ok, object: "", detail: "") }
      for row in rows { add(level, title, .failed, object: row.object, detail: row.problem) }
    }
  }

  package static let sealCheck = "catalog is as its last writer left it"

  /// The catalog's bytes against the hash its last writer left beside it.
  private static func verifyFile(_ directory: String, _ findings: inout [VerificationFinding]) {
    let check = sealCheck
    let path = directory + "/catalog.sqlite"
    guard Files.exists(path) else { return }
    let found = CatalogSeal(of: directory)
    guard let seal = found, seal.writer == nil else {
      let why = found == nil ? "it has no seal that can be read" : "its last writer was interrupted or is at work"
      findings.append(
        VerificationFinding(1, check, .note, object: "catalog.sqlite", detail: "\(why): not compared"))
      return
    }
    do {
      let difference = try seal.difference(in: directory)
      findings.append(
        difference.map { VerificationFinding(1, check, .failed, object: "catalog.sqlite", detail: $0) }
          ?? VerificationFinding(1, check, .ok, object: "1", detail: ""))
    } catch {
      findings.append(VerificationFinding(1, check, .failed, object: "catalog.sqlite", detail: "\(error)"))
    }
  }
}
