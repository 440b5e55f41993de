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
