import Annotations
import ArgumentParser
import ContentIdentity
import Diagnostics
import EEG
import FMRI
import Features
import Foundation
import Importing
import Tables
import Warehouse
import Weights

/// `evoke import KIND FILE...`
struct ImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Brings films, sound, annotations, recordings, features, weights and tables in.",
    subcommands: [
      ImportVideo.self, ImportAudio.self, ImportAnnotations.self, ImportFeatures.self, ImportEEG.self, ImportFMRI.self,
      ImportWeights.self, ImportStems.self, ImportParticipants.self, ImportAtlas.self, ImportExclusions.self,
      ImportFilters.self, ImportLeadfield.self, ImportBIDS.self,
    ])

  @OptionGroup var global: GlobalOptions
}

/// Options of every import.
struct ImportOptions: ParsableArguments {
  @Option(help: "Dataset; else the warehouse's only one, else the warehouse's own name.") var dataset: String?
  @Option(help: "Licence of the source.") var licence: String?
  @Option(help: "Consent the data were given under.") var consent: String?
  @Flag(help: "Say what would be stored; store nothing.") var dryRun = false

  func common(in warehouse: Warehouse) throws -> CommonOptions {
    let known = try warehouse.read { try $0.studyDatasets() }.map { $0.name }
    let stem = ((warehouse.directory as NSString).lastPathComponent as NSString).deletingPathExtension
    let name = dataset ?? (known.count == 1 ? known[0] : stem.isEmpty ? "main" : stem)
    return CommonOptions(dataset: name, licence: licence, consent: consent)
  }
}

extension GlobalOptions {
  /// Runs one import: reads, reports every finding, then stores everything or nothing.
  func importing(
    _ options: ImportOptions, _ verb: String,
    read: (CommonOptions, KnownNames, @escaping ImportProgress) throws -> ImportBatch
  ) throws {
    try withWarehouse(.writing("import " + verb)) { warehouse in
      let common = try options.common(in: warehouse)
      let known = try KnownNames(of: common.dataset, in: warehouse)
      try importing(in: warehouse, dryRun: options.dryRun) { try read(common, known, $0) }
    }
  }

  /// Reads, reports every finding, then stores everything or nothing.
  ///
  /// Findings of the codes in `tabled` are left to `table`.
  func importing(
    in warehouse: Warehouse, dryRun: Bool, tabled: Set<ErrorCode> = [], table: ([Diagnostic]) -> Void = { _ in },
    read: (@escaping ImportProgress) throws -> ImportBatch
  ) throws {
    let progress = ProgressLine(quiet: quiet || json)
    let batch = try read { done, total, item in progress.show(Double(done) / Double(max(1, total)), item) }
    if !json {
      for finding in batch.diagnostics where finding.severity != .error && !tabled.contains(finding.code) {
        note(ErrorText.line(finding, colour: Output.hasColour))
      }
    }
    if !json { table(batch.diagnostics.filter { tabled.contains($0.code) }) }
    let outcome = try batch.commit(to: warehouse, dryRun: dryRun) { share in progress.show(share, "storing") }
    progress.clear()
    try report(outcome, batch)
  }

  private func report(_ outcome: ImportOutcome, _ batch: ImportBatch) throws {
    if json {
      let added = outcome.added.map { ($0.kind, JSONValue.int($0.count)) }
      try Output.line(
        JSONValue.object([
          "schema": "evoke.import/1", "state": .string(outcome.state.rawValue),
          "dataset": .string(batch.common.dataset),
          "added": .object(Dictionary(added, uniquingKeysWith: { a, _ in a })),
          "diagnostics": .array(outcome.diagnostics.map(ErrorText.json)),
        ]).canonical)
      return
    }
    switch outcome.state {
    case .unchanged: note("unchanged, skipped: \(batch.sources.map(\.path).joined(separator: ", "))")
    case .imported, .dryRun:
      let what = outcome.added.map { "\($0.count) \($0.kind)\($0.count == 1 || $0.kind.hasSuffix("s") ? "" : "s")" }
      let verb = outcome.state == .dryRun ? "would store" : "stored"
      note("\(verb) in dataset \(batch.common.dataset): \(what.isEmpty ? "nothing" : what.joined(separator: ", "))")
    }
  }
}

extension KnownNames {
  /// What the catalog knows of a dataset.
  init(of dataset: String, in warehouse: Warehouse) throws {
    let (stimuli, subjects) = try warehouse.read { connection in
      (
        try connection.knownStimuli(dataset: dataset),
        try connection.knownSubjects(dataset: dataset)
      )
    }
    self.init(
      stimuli: Dictionary(
        stimuli.map { ($0.name, $0.hasMedia == 1 ? $0.durationS : nil) },
        uniquingKeysWith: { a, _ in a }), subjects: Set(subjects.map(\.name)))
  }
}
