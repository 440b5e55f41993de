import ArgumentParser
import Importing
import Tables
import Weights

struct ImportWeights: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "weights", abstract: "Pretrained weights: a folder or file of a known kind of model.",
    discussion: "Known kinds: \(ImportableWeights.summary).")
  @Argument(help: "Folder or file.") var folder: String
  @Option(help: "Name of the model; else the folder's or file's.") var name: String?
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try global.importing(own, "weights") { common, _, _ in
      Weights.importWeights(folder: folder, name: name, common: common)
    }
  }
}

struct ImportParticipants: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "participants", abstract: "A participants table.")
  @Argument(help: "Tables with a column participant_id or subject.") var files: [String]
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try global.importing(own, "participants") { common, known, _ in
      importParticipants(files: files, common: common, known: known)
    }
  }
}

struct ImportAtlas: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "atlas", abstract: "Regions, hemispheres and groups of an atlas.")
  @Argument(help: "Tables with a column region.") var files: [String]
  @Option(help: "Name of the atlas; else the file's stem.") var name: String?
  @Option(help: "Columns that group regions, COL,...") var groups: String?
  @Option(help: "Label image (NIfTI); the table's column index, code, value or id holds the labels.") var image: String?
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    var options = AtlasOptions()
    options.name = name
    options.groups = groups
    options.image = image
    try global.importing(own, "atlas") { common, _, _ in
      importAtlas(files: files, options: options, common: common)
    }
  }
}

struct ImportExclusions: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "exclusions", abstract: "What analyses leave out, and why.")
  @Argument(help: "Tables with a column reason.") var files: [String]
  @Option(help: "Name of the list; else the file's stem.") var name: String?
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try global.importing(own, "exclusions") { common, known, _ in
      importExclusions(files: files, name: name, common: common, known: known)
    }
  }
}
