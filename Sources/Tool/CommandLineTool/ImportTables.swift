import ArgumentParser
import Importing
import Tables
import Weights

struct ImportWeights: ImportVerb {
  static let configuration = CommandConfiguration(
    commandName: "weights", abstract: "Pretrained weights: a folder or file of a known kind of model.",
    discussion: "Known kinds: \(ImportableWeights.summary).")
  @Argument(help: "Folder or file.") var folder: String
  @OptionGroup var options: WeightsOptions
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws { try run(own, global) }

  func read(_ site: ImportSite) -> ImportBatch {
    Weights.importWeights(folder: folder, options: options, common: site.common)
  }
}

struct ImportParticipants: ImportVerb {
  static let configuration = CommandConfiguration(commandName: "participants", abstract: "A participants table.")
  @Argument(help: "Tables with a column participant_id or subject.") var files: [String]
  @OptionGroup var options: NoOptions
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws { try run(own, global) }

  func read(_ site: ImportSite) -> ImportBatch {
    importParticipants(files: files, common: site.common, known: site.known)
  }
}

struct ImportAtlas: ImportVerb {
  static let configuration = CommandConfiguration(
    commandName: "atlas", abstract: "Regions, hemispheres and groups of an atlas.")
  @Argument(help: "Tables with a column region.") var files: [String]
  @OptionGroup var options: AtlasOptions
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws { try run(own, global) }

  func read(_ site: ImportSite) -> ImportBatch {
    importAtlas(files: files, options: options, common: site.common)
  }
}

struct ImportExclusions: ImportVerb {
  static let configuration = CommandConfiguration(
    commandName: "exclusions", abstract: "What analyses leave out, and why.")
  @Argument(help: "Tables with a column reason.") var files: [String]
  @OptionGroup var options: ExclusionOptions
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws { try run(own, global) }

  func read(_ site: ImportSite) -> ImportBatch {
    importExclusions(files: files, options: options, common: site.common, known: site.known)
  }
}

struct ImportScores: ImportVerb {
  static let configuration = CommandConfiguration(
    commandName: "scores", abstract: "Finished encoding scores of other programs.",
    discussion: """
      A row per score, with the columns of the view encoding_score: dataset, feature_set, target_kind, target, r, \
      stimulus_count and software always, others where they are known. Its p is p_external. The rows stand in \
      encoding_score with origin external, and in no family, contrast, group score, figure or other result.
      """)
  @Argument(help: "Table (CSV or TSV).") var file: String
  @OptionGroup var options: ScoreOptions
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if own.dataset != nil { throw ValidationError("The table has a column dataset: --dataset does not go with it.") }
  }

  func run() throws { try run(own, global) }

  func read(_ site: ImportSite) throws -> ImportBatch {
    let known = try site.warehouse.read { try $0.scoreNames() }
    let names = Dictionary(grouping: known, by: \.kind).mapValues { Set($0.map(\.name)) }
    return importScores(file: file, options: options, common: site.common, names: names)
  }
}
