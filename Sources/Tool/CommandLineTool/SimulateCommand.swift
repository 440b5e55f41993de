import ArgumentParser
import ContentIdentity
import FileSystem
import Lineage
import Simulations
import StudyFiles
import TableText
import Warehouse

/// `evoke simulate SPEC`
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract:
      "Writes viewers and raters driven by stored features, or sounds with known stems, as ordinary files, with the "
      + "truth beside them.")

  @Argument(help: "Simulation file (YAML).") var spec: String
  @Option(name: .shortAndLong, help: ArgumentHelp("New folder; else the simulation's name.", valueName: "dir"))
  var output: String?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let file = try SimulationFile(parsing: String(decoding: try Files.read(spec), as: UTF8.self), file: spec)
    let folder = output ?? file.name
    try global.requireOutside(folder)
    let outcome = try global.withWarehouse(.reading) { warehouse in
      // Made-up people follow the features of real stimuli; made-up sounds follow nothing.
      if file.sounds == nil { _ = try Departure(folder, .group, wholeDatasets: [file.dataset]).permit(in: warehouse) }
      var simulation = try Simulate(file, in: warehouse)
      return try simulation.write(to: folder)
    }
    if global.json {
      try Output.line(
        JSONValue.object([
          "schema": "evoke.simulate/1", "folder": .string(folder), "targets": .int(outcome.targetCount),
          "files": .array(outcome.files.map { .string($0) }),
        ]).canonical)
      return
    }
    for path in outcome.files { try Output.line("\(folder)/\(path)") }
    global.note("\(outcome.targetCount) targets, \(outcome.files.count) files")
  }
}

/// `evoke grade TRUTH --study NAME|--stems`
struct GradeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "grade", abstract: "Prints the truth of a simulation beside what a study recovered.",
    discussion: """
      --stems asks instead how well separation recovered the voice and soundtrack of simulated sounds: the scale-invariant \
      signal-to-distortion ratio of every separated stem, of the mix, and what separation gained, in dB (Le Roux et al. 2019).
      """)

  @Argument(help: "truth.json of evoke simulate.") var truth: String
  @Option(help: "Name of the study.") var study: String?
  @Flag(help: "Grade separated stems instead of a study.") var stems = false
  @Flag(
    help:
      "One row for each layer, lag, element, cohort difference, set, course of synchrony, direction of time, map and factor that was planted."
  )
  var findings = false
  @OptionGroup var choosing: ColumnOptions
  @OptionGroup var formatting: FormatOptions
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if (study == nil) == !stems { throw ValidationError("Name a --study, or say --stems.") }
    if stems, findings { throw ValidationError("--findings are of a --study.") }
  }

  func run() throws {
    guard let study else {
      let grade = try global.withWarehouse(.reading) { try SeparationGrade(truth: truth, in: $0) }
      return try Output.write(formatting.text(choosing.of(grade.table, "grade"), global))
    }
    let grade = try global.withWarehouse(.reading) { try SimulateGrade(truth: truth, study: study, in: $0) }
    try Output.write(formatting.text(choosing.of(findings ? grade.findingTable : grade.table, "grade"), global))
    if !global.json, !findings { global.note(TableFormat.table.text(grade.summary, digits: 3).trimmedEnd) }
  }
}
