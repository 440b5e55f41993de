import ArgumentParser
import ContentIdentity
import Diagnostics
import Execution
import FileSystem
import Kinds
import Recordings
import TableText
import Warehouse
import Work

/// `evoke calibrate STUDY`
struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract: "Runs a study's own tests where nothing, or a known score, is planted: its false positives and power.",
    discussion: """
      The targets are surrogates of the study's own: phases randomised, levels, gaps and the course that its stimuli \
      share kept; features, delays, folds, covariates and nulls are the study's. With --r the features' own prediction is \
      mixed in so that the true model's expected score is R. Rows stand in the view `calibration`.

      Of a sweep of layers the middle one is calibrated, of targets of single subjects or raters the first; --all takes \
      every fit. A run where nothing is planted has 39 null draws (p reaches .05 exactly), one with a planted score 199, \
      unless --draws says another number.
      """)

  @Argument(help: "Study file (YAML).") var study: String
  @Option(help: "Runs of each planted score; 200 give a rate of .05 a standard error of .015.") var runs = 200
  @Option(
    name: .customLong("r"), parsing: .upToNextOption,
    help: ArgumentHelp("Scores of the true model to plant beside nothing.", valueName: "R"))
  var planted: [Double] = [0.3]
  @Option(help: "Null draws of each run, at least 19; the default is 39 for nothing and 199 for a planted score.")
  var draws: Int?
  @Flag(help: "Calibrate every layer, subject and rater.") var all = false
  @Flag(name: .long, help: "Only say what would be computed, and its cost.") var dryRun = false
  @OptionGroup var work: WorkOptions
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard runs >= 1 else { throw ValidationError("--runs takes 1 or more") }
    guard draws ?? 19 >= 19 else { throw ValidationError("--draws takes 19 or more: fewer reach no p of .05") }
    guard planted.allSatisfy({ $0 > 0 && $0 < 1 }) else {
      throw ValidationError("--r takes scores between 0 and 1; nothing is always planted, too")
    }
  }

  func run() throws {
    try global.withWarehouse(dryRun ? .reading : .writing("calibrate")) { warehouse in
      let request = CalibrationRequest(runs: runs, plantedR: planted, draws: draws, isWhole: all)
      let plan = try StudyKinds.all.calibration(try StudyFile.read(study), request, in: warehouse)
      for note in plan.notes { global.note("note: \(note)") }
      let reasons = try warehouse.reasons(for: plan)
      let estimate = try WorkOptions.estimate(plan, reasons, in: warehouse, workers: work.jobs)
      if estimate.unknown == estimate.units.count, !estimate.units.isEmpty {
        global.note("note: what a run takes is known once the study has run on this kind of CPU (evoke run STUDY)")
      }
      if dryRun { return try PlanCommand.show(estimate, in: warehouse, global) }
      let free = Files.freeBytes(at: warehouse.directory)
      if !estimate.units.isEmpty { global.note("cost: \(EstimateText.summary(estimate, freeBytes: free))") }
      try RunCommand.execute(plan, in: warehouse, work, keepGoing: true, global: global)
      if !global.json { try Output.write(TableFormat.table.text(try Self.table(plan, in: warehouse), digits: 3)) }
    }
  }

  /// The rates of a calibration, families first.
  private static func table(_ plan: Plan, in warehouse: Warehouse) throws -> SQLTable {
    try warehouse.read { try $0.table(.calibrationOfRun, ["run": .text(plan.runID)]) }
  }
}
