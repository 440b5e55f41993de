import Archive
import ArgumentParser
import Diagnostics
import Execution
import Kinds
import Upkeep
import Warehouse

/// `evoke verify`
struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Checks the warehouse against what was recorded when it was written.",
    discussion: """
      Levels: 1 structure; 2 every row, array, file and present source hashed, and the roots of runs; 3 lineage closed and keys recomputed; \
      4 frozen results asked again; 5 units computed again from their inputs: bitwise, within tolerance (arrays 1e-4, numbers \
      1e-6), or in their conclusions (p <= .05, signs of effects and ends of intervals, flags, peaks unchanged). A level \
      includes those below. --timeout and --max-rows hold for each statement of the catalog. Exit status 1 when a check fails, \
      69 when none does and units are of older recipes than this program's, which leaves level 4.
      """)

  @Option(help: "1 to 5.")
  var level = 3

  @Option(help: ArgumentHelp("Root over the results of a run, which one here must have.", valueName: "hex"))
  var root: String?

  @OptionGroup var work: WorkOptions
  @OptionGroup var limiting: LimitOptions
  @OptionGroup var formatting: FormatOptions
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if let root, root.count != 64 || !root.allSatisfy(\.isHexDigit) {
      throw ValidationError("--root has 64 hexadecimal digits.")
    }
    if root != nil, level < 2 { throw ValidationError("--root is compared at level 2 and above.") }
  }

  func run() throws {
    let line = ProgressLine(quiet: global.quiet)
    let directory = try global.directory()
    guard !ArchiveFile.stands(at: directory) else {
      throw EvokeError(
        .archiveReadOnly, directory, reason: "it is an archive, which has checks of its own",
        remedy: "evoke archive verify \(ShellText.quoted(directory))")
    }
    let recomputation =
      level < 5
      ? nil
      : Recomputation(steps: Steps.all, options: RunOptions(workers: work.jobs, libraries: try Libraries.versions()))
    let findings = try Verification.run(
      directory, level: level, root: root, work: recomputation, limits: limiting.limits
    ) { line.show($0, $1) }
    line.clear()
    try Output.write(formatting.text(Self.table(findings), global))
    let failures = findings.filter { $0.state == .failed }
    guard let first = failures.first else {
      try Self.requireReached(
        directory, findings, level,
        remedy: "evoke run STUDY again, and verify an archive of it, which leaves the earlier units behind; or ")
      return global.note("verified at level \(level)")
    }
    throw EvokeError(
      .verificationFailed, first.object,
      reason: "\(first.check): \(first.detail)" + (failures.count > 1 ? " (and \(failures.count - 1) more)" : ""),
      remedy: Self.remedy(for: first))
  }

  /// What no check failed and the level was not reached for.
  ///
  /// - Parameter remedy: what else helps.
  static func requireReached(_ file: String, _ findings: [VerificationFinding], _ level: Int, remedy: String = "")
    throws
  {
    let undecided = findings.filter { $0.state == .undecided }
    guard let first = undecided.first else { return }
    throw EvokeError(
      .levelNotReached, file,
      reason: "\(first.object): \(first.detail)"
        + (undecided.count > 1 ? " (and \(undecided.count - 1) more recipes)" : "")
        + "; level reached: \(Verification.reached(findings, of: level)) of \(level)",
      remedy: remedy + "verify with the Evoke that is named")
  }

  /// What helps against a failure.
  static func remedy(for failure: VerificationFinding) -> String {
    switch (failure.check, failure.level) {
    case (Verification.sealCheck, _), (Verification.rowCheck, _):
      "take the catalog of a backup: evoke repair --from BACKUP; or keep its rows: evoke repair --accept-edit REASON"
    case (Verification.sourceCheck, _):
      "restore the file, or tell where the one that was imported is now: evoke relocate OLD NEW"
    case (Verification.citedCheck, _): "take the number again: evoke cite add LABEL --sql QUERY --replace"
    case (Verification.familyCheck, _): "correct it anew: evoke family define NAME --where SQL --replace"
    case (_, 4):
      "freeze it again under another label, or take it out: evoke forget --materialized LABEL; a cited number: "
        + "evoke cite add LABEL --sql QUERY --replace"
    case (Verification.recipeCheck, _): "verify with the Evoke that computed it, or a later one"
    case (_, 5):
      "evoke why UNIT tells which program and libraries computed "
        + "it, and it is not to be reported until both agree"
    default: "evoke repair makes damaged arrays again, or says what to import again; evoke repair --from BACKUP"
    }
  }

  static func table(_ findings: [VerificationFinding]) -> SQLTable {
    let columns = ["level", "check", "state", "object", "detail"]
    let rows = findings.map {
      SQLRow(
        columns: columns,
        values: [.int($0.level), .text($0.check), .text($0.state.rawValue), .text($0.object), .text($0.detail)])
    }
    return SQLTable(columns: columns, rows: rows)
  }
}
