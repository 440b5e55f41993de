import ArgumentParser
import Diagnostics
import Exports
import FileSystem
import Lineage
import Warehouse

/// `evoke export bids DIR`
struct ExportBIDS: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bids", abstract: "Results of studies as a folder of BIDS derivatives.",
    discussion: """
      dataset_description.json; a table of each view for each study (desc-STUDY_VIEW.tsv), rows of subjects and raters \
      in sub-LABEL/ where consent lets them leave, else counted and left out; a JSON file beside each that says what \
      every column is; lineage in prov/. With --features stimuli/task-STIMULUS_desc-SET_stim.tsv.gz, a line a second. \
      Labels have letters and digits only, and those that would be alike are numbered; descriptions.tsv and \
      participants.tsv have the true names. The folder appears whole or not at all.
      """)

  @Argument(help: "A new folder.") var directory: String
  @Option(
    name: .customLong("study"),
    help: ArgumentHelp("A study; repeatable, all that were run unless told.", valueName: "study"))
  var studies: [String] = []
  @Option(
    name: .customLong("view"),
    help: ArgumentHelp(
      "A view of results; repeatable, all with rows of these studies unless told.", valueName: "view"))
  var views: [String] = []
  @Flag(help: "The features of stimuli at 1 Hz that the studies read or made, too.") var features = false
  @Option(help: ArgumentHelp("Name of the folder's data; made of the studies unless told.", valueName: "text"))
  var title: String?
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    for (option, names) in [("--study", studies), ("--view", views)] where Set(names).count < names.count {
      throw ValidationError("\(option) names each once.")
    }
  }

  func run() throws {
    try global.requireNew(directory)
    let line = ProgressLine(quiet: global.quiet || global.json)
    let derivative = try global.withWarehouse(.reading) { warehouse in
      let studies = try chosenStudies(warehouse)
      let results = try chosenViews(warehouse).flatMap { view in try self.results(of: view, studies, warehouse) }
      let derivative = try BIDSDerivative(
        results, studies: studies, withFeatures: features, title: title, in: warehouse)
      try Files.makeWhole(directory) { folder in try derivative.write(into: folder) { line.show($0, $1) } }
      return derivative
    }
    line.clear()
    try Output.line(directory)
    for (view, rows) in derivative.keptRows {
      global.note("\(rows) rows of \(view) are of subjects or raters, and consent keeps them in (E-CNS-001)")
    }
  }

  /// - Throws: `E-WH-010` for a study that was not run, and where none was.
  private func chosenStudies(_ warehouse: Warehouse) throws -> [String] {
    if !studies.isEmpty {
      try warehouse.read { connection in for study in studies { _ = try StudyRun(study, in: connection) } }
      return studies.sorted()
    }
    let known = try warehouse.read { connection in
      try connection.studyNames().map(\.name).filter { try !connection.runOfStudy(study: $0).isEmpty }
    }
    guard known.isEmpty else { return known }
    throw EvokeError(
      .unknownName, "studies", reason: "none was run here", remedy: "evoke run STUDY.yaml runs one")
  }

  /// The views that are asked for, in the order in which they are published.
  private func chosenViews(_ warehouse: Warehouse) throws -> [CatalogText.Object] {
    let offered = try warehouse.read { try BIDSDerivative.views(in: $0) }
    for view in views where !offered.contains(where: { $0.name == view }) {
      throw EvokeError(
        .unknownQuestion, "--view \(view)", reason: "no view of this name has results of studies",
        remedy: NearMiss.suggestion(
          view, in: offered.map(\.name), otherwise: "name one of \(offered.map(\.name).joined(separator: ", "))"))
    }
    return views.isEmpty ? offered : offered.filter { views.contains($0.name) }
  }

  /// - Throws: `E-WH-010` for a view that was asked for and has no row of the studies.
  private func results(
    of view: CatalogText.Object, _ studies: [String], _ warehouse: Warehouse
  ) throws -> [BIDSDerivative.Result] {
    let results = try studies.map { study in
      let selection = ViewSelection(name: view.name, conditions: [Condition(column: "study", equals: study)])
      return BIDSDerivative.Result(view, study: study, rows: try selection.rows(in: warehouse))
    }
    if views.isEmpty || results.contains(where: { !$0.rows.rows.isEmpty }) { return results }
    throw EvokeError(
      .unknownName, "--view \(view.name)", reason: "it has no row of \(studies.joined(separator: ", "))",
      remedy: "leave it out; evoke query \(view.name) shows what it has")
  }
}
