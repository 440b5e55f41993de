import ArgumentParser
import ContentIdentity
import Diagnostics
import Execution
import Kinds
import Upkeep
import Warehouse

/// `evoke repair`
struct RepairCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair",
    abstract: "Moves what is damaged into quarantine, makes it again and proves that it is the same.",
    discussion: """
      Every array file is read. Units whose arrays are missing or damaged are computed again; the same bits take their \
      place, others are recorded in divergence_log and what rests on them is computed again. Imports must be made again: \
      their commands are listed. A damaged catalog is replaced by that of a backup (--from). Rows that are not what was \
      written stop every verb that writes: with --accept-edit they stay, and an activity holds the reason and each row by \
      table, key and columns; the hashes of rows, results and runs follow.
      """)

  @Option(
    help: ArgumentHelp("Take the catalog, where it is damaged, and whole files from this backup.", valueName: "dir"))
  var from: String?
  @Option(help: ArgumentHelp("Keep rows that another program has changed, for this reason.", valueName: "reason"))
  var acceptEdit: String?
  @Flag(help: "Say what is damaged and what would be done; change nothing.") var dryRun = false
  @OptionGroup var work: WorkOptions
  @OptionGroup var formatting: FormatOptions
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard let acceptEdit else { return }
    if acceptEdit.allSatisfy(\.isWhitespace) { throw ValidationError("--accept-edit takes the reason.") }
    if from != nil || dryRun { throw ValidationError("--accept-edit stands alone.") }
  }

  func run() throws {
    if let acceptEdit { return try keep(acceptEdit) }
    let directory = try global.directory()
    if let from { try Self.requireBackup(from) }
    try repairCatalog(directory)
    let line = ProgressLine(quiet: global.quiet || global.json)
    let printer = ProgressPrinter(isTerminal: Output.isTerminal, isQuiet: global.quiet || global.json) {
      Output.error($0)
    }
    let repair = try global.withWarehouse(dryRun ? .reading : .writing("repair")) { warehouse in
      try Repair.run(
        warehouse, steps: Steps.all, options: RunOptions(workers: work.jobs, libraries: try Libraries.versions()),
        backup: from, dryRun: dryRun, looking: { line.show($0, $1) }, progress: { printer.show($0) })
    }
    line.clear()
    try show(repair.lines)
    guard !repair.lines.isEmpty else { return global.note("nothing is damaged") }
    if dryRun { return global.note("nothing was changed") }
    if let signal = repair.outcome?.signal { throw ExitCode(128 + signal) }
    guard let left = repair.lines.first(where: { $0.action == .importAgain || $0.action == .failed }) else { return }
    throw EvokeError(
      .repairIncomplete, left.object, reason: "\(left.problem): \(left.action.rawValue): \(left.detail)",
      remedy: "make the imports above again, then run evoke repair again; or evoke repair --from BACKUP")
  }

  private func keep(_ reason: String) throws {
    let differences = try global.withWarehouse(.repairing("repair --accept-edit")) { try $0.acceptEdit(reason: reason) }
    let columns = ["table", "key", "columns", "detail"]
    let rows = differences.map {
      SQLRow(
        columns: columns,
        values: [.text($0.table), .text($0.key), .text($0.columns.joined(separator: " ")), .text($0.detail)])
    }
    try Output.write(formatting.text(SQLTable(columns: columns, rows: rows), global))
    global.note("\(differences.count) differences recorded")
  }

  private func show(_ lines: [Repair.Line]) throws {
    let columns = ["object", "problem", "action", "detail"]
    let rows = lines.map {
      SQLRow(
        columns: columns,
        values: [.text($0.object), .text($0.problem), .text($0.action.rawValue), .text($0.detail)])
    }
    if !rows.isEmpty { try Output.write(formatting.text(SQLTable(columns: columns, rows: rows), global)) }
  }

  /// - Throws: `E-WH-024`.
  private static func requireBackup(_ place: String) throws {
    let failed = try Verification.run(place, level: 1).first {
      $0.state == .failed && $0.check != "array files are there"
    }
    if let failed {
      throw EvokeError(
        .noBackup, place, reason: "\(failed.check): \(failed.object): \(failed.detail)", remedy: "name another backup")
    }
    let backup = try Warehouse.open(place, .reading)
    let changed = try backup.changedRow()
    try backup.close()
    guard let row = changed else { return }
    throw EvokeError(.noBackup, place, reason: "\(row.object): \(row.detail)", remedy: "name another backup")
  }

  private func damage(_ directory: String) throws -> EvokeError? {
    do {
      return try Warehouse.catalogDamage(directory, readsOnly: dryRun)
    } catch {
      guard let told = GlobalOptions.told(error, of: directory) as? EvokeError, told.code == .catalogFailed else {
        throw error
      }
      return told
    }
  }

  private func repairCatalog(_ directory: String) throws {
    guard let damage = try damage(directory) else { return }
    guard let from else {
      throw EvokeError(
        damage.code, damage.object, reason: damage.reason,
        remedy: "take the catalog of a backup: evoke repair --from BACKUP"
          + (damage.code == .catalogEdited ? "; or keep it so with evoke repair --accept-edit REASON" : ""))
    }
    if dryRun { return global.note("would take the catalog of \(from); what else is damaged is known then") }
    let aside = try Warehouse.replaceCatalog(of: directory, by: from)
    global.note("catalog: that of \(from)")
    if let aside { global.note("the damaged one is in \(aside)") }
  }
}

/// `evoke backup DIR`
struct BackupCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "A verified copy of the warehouse in another folder; later ones bring what is new.",
    discussion:
      "Others may go on writing. The copy is a warehouse itself: -C DIR reads it, evoke repair --from DIR uses it.")

  @Argument(help: "A new folder, or that of an earlier backup.") var directory: String
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try global.requireOutside(directory)
    let line = ProgressLine(quiet: global.quiet || global.json)
    let outcome = try global.withWarehouse(.reading) { warehouse in
      try Backup.make(of: warehouse, at: directory) { line.show($0, $1) }
    }
    line.clear()
    if let failed = try Verification.run(directory, level: 1).first(where: { $0.state == .failed }) {
      throw EvokeError(
        .verificationFailed, failed.object, reason: "\(failed.check): \(failed.detail)",
        remedy: "run evoke repair, then the same command again")
    }
    if global.json {
      return try Output.line(
        JSONValue.object([
          "schema": "evoke.backup/1", "directory": .string(directory), "array_files": .int(outcome.arrayFiles),
          "copied": .int(outcome.copied), "copied_bytes": .int(outcome.copiedBytes),
        ]).canonical)
    }
    global.note(
      "backed up and verified in \(directory): the catalog and \(outcome.arrayFiles) array files, \(outcome.copied) of "
        + "them new")
  }
}
