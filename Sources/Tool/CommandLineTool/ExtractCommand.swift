import ArgumentParser
import Diagnostics
import Execution
import FeatureSpaces
import Warehouse

/// `evoke extract --model NAME | --set NAME`
struct ExtractCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract", abstract: "Computes feature spaces without a study.")

  @Option(help: "Imported model.") var model: String?
  @Option(help: "Descriptor set: \(FeatureSets.names).") var set: String?
  @Option(help: "Stimulus; repeatable; all with media unless told.") var stimulus: [String] = []
  @Option(help: "Dataset; all unless told.") var dataset: String?
  @Option(help: "original, voice or soundtrack.") var element = "original"
  @Option(help: "Separation model of voice and soundtrack, or imported; the only one there is unless told.")
  var separation: String?
  @Option(help: "all, or layer keys with commas.") var layers = "all"
  @Option(help: "Rows per second, or native.") var rate = "1"
  @Option(help: "mean, max, std or last over the frames of a bin.") var aggregate = "mean"
  @Option(help: "Seconds of sound per forward pass.") var chunkS = 20.0
  @Option(help: "Seconds of context on both sides of a pass.") var contextS = 2.0
  @Option(
    help: """
      Seconds between examples of OpenL3 (1; openl3's own is 0.1), VGGish (0.96), CREPE (0.01) and musicnn (1; its \
      own is 2.992).
      """)
  var hopS: Double?
  @Option(help: "Number type of a model's products: float32, or bfloat16 where the processor has it.")
  var precision = "float32"
  @OptionGroup var work: WorkOptions
  @Flag(help: "Say what would be computed; compute nothing.") var dryRun = false
  @Flag(help: "Say how long it will take and how much memory and disk; compute nothing.") var estimate = false
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try global.withWarehouse(dryRun || estimate ? .reading : .writing("extract")) { warehouse in
      let request = ExtractRequest(
        model: model, set: set, stimuli: stimulus, dataset: dataset, element: element, layers: layers, rate: rate,
        aggregate: aggregate, chunkS: chunkS, contextS: contextS, hopS: hopS, separation: separation,
        precision: precision)
      let plan = try request.plan(in: warehouse)
      let reasons = try warehouse.reasons(for: plan)
      if dryRun {
        for unit in reasons.units { try Output.line("\(unit.key.prefix(12))  \(unit.text)  \(unit.label)") }
        return
      }
      if estimate {
        let found = try WorkOptions.estimate(plan, reasons, in: warehouse, workers: work.jobs)
        return try PlanCommand.show(found, in: warehouse, global)
      }
      try RunCommand.execute(plan, in: warehouse, work, keepGoing: true, global: global)
    }
  }
}
