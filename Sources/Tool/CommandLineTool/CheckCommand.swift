import ArgumentParser
import ContentIdentity
import Diagnostics
import Recordings
import Warehouse

/// `evoke check WHAT`
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Checks imported data against each other.", subcommands: [CheckAlignment.self])

  @OptionGroup var global: GlobalOptions
}

/// `evoke check alignment`
struct CheckAlignment: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alignment", abstract: "Compares every series with the sound of its stimulus: lag, drift, verdict.",
    discussion: """
      Rows of the view alignment_audit: the declared rate against the one that lengths and events imply, the lag at \
      which the series follows the sound's envelope best with its correlation and p, and how the lag grows. Verdicts: \
      ok; assumed (the onset was never declared); short (ends before its stimulus); irregular (no constant rate); \
      suspicious (follows weakly, at a lag it should not have); rate, drift and lag fail, with exit status 1.
      """)

  @Argument(help: "Study file whose datasets are checked.") var study: String?
  @Option(help: "Dataset; else all.") var dataset: [String] = []
  @Option(help: "Largest lag either way, s; else 2 for EEG and features, 10 for fMRI and ratings.")
  var maxLagS: Double?
  @Flag(help: "Only what is not ok.") var problems = false
  @OptionGroup var formatting: FormatOptions
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if let maxLagS, !(maxLagS > 0 && maxLagS <= 600) { throw ValidationError("--max-lag-s lies between 0 and 600.") }
  }

  func run() throws {
    try global.withWarehouse(.writing("check alignment")) { warehouse in
      let line = ProgressLine(quiet: global.quiet || global.json)
      var rows: [SQLRow] = []
      var failed: [(dataset: String, finding: AlignmentFinding)] = []
      for dataset in try datasets(in: warehouse) {
        var check = try AlignmentCheck(warehouse, dataset: dataset, maxLagS: maxLagS)
        let findings = try check.run { line.show($0, $1) }
        line.clear()
        for note in check.notes { global.note(note) }
        rows += findings.filter { !problems || $0.verdict != "ok" }.map { Self.row(dataset, $0) }
        failed += findings.filter(\.hasFailed).map { (dataset, $0) }
      }
      try Output.write(formatting.text(SQLTable(columns: Self.columns, rows: rows), global))
      guard let first = failed.first else { return }
      let who = [first.dataset, first.finding.stimulus, first.finding.subject, first.finding.series].compactMap { $0 }
      throw EvokeError(
        .alignmentFailed, who.joined(separator: "/"),
        reason: "its verdict is \(first.finding.verdict)"
          + (failed.count > 1 ? " (and \(failed.count - 1) more fail)" : ""),
        remedy: "import it again with the right --onset-s, --rate-hz or events")
    }
  }

  private func datasets(in warehouse: Warehouse) throws -> [String] {
    let known = try warehouse.read { try $0.studyDatasets() }.map { $0.name }
    var wanted = dataset
    if let study { wanted += try StudyFile.read(study).datasets }
    for name in wanted where !known.contains(name) {
      throw EvokeError(
        .unknownName, "dataset \(name)", reason: "no dataset of that name is here",
        remedy: "there are: \(known.joined(separator: ", "))")
    }
    return wanted.isEmpty ? known : known.filter(wanted.contains)
  }

  private static let columns = [
    "dataset", "stimulus", "subject", "series", "declared_rate_hz", "implied_rate_hz", "offset_s", "onset_source",
    "drift_ppm", "best_lag_s", "correlation", "p", "follows", "verdict",
  ]

  private static func row(_ dataset: String, _ finding: AlignmentFinding) -> SQLRow {
    SQLRow(
      columns: columns,
      values: [
        .text(dataset), .text(finding.stimulus), .optional(finding.subject), .text(finding.series),
        .optional(finding.declaredRateHz), .optional(finding.impliedRateHz), .optional(finding.offsetS),
        .text(finding.onsetSource), .optional(finding.driftPPM), .optional(finding.bestLagS),
        .optional(finding.correlation), .optional(finding.p), .optional(finding.reference), .text(finding.verdict),
      ])
  }
}
