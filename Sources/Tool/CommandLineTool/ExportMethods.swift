import ArgumentParser
import Exports
import FileSystem
import Lineage
import Warehouse

/// `evoke export methods --study NAME [-o FILE.md] [--bibtex FILE.bib]`
struct ExportMethods: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "methods", abstract: "Paragraphs on the methods of studies, of stored rows alone, and what to cite.",
    discussion:
      "Data, features, preparation, models, inference and software with their counts and hashes, to be edited.")

  @Option(name: .customLong("study"), help: "A study that was run; repeatable.") var studies: [String]
  @Option(name: .shortAndLong, help: ArgumentHelp("Markdown; printed unless told.", valueName: "file.md"))
  var output: String?
  @Option(help: ArgumentHelp("BibTeX of Evoke, the models and the methods.", valueName: "file.bib")) var bibtex: String?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let files = [output, bibtex].compactMap(\.self)
    for file in files { try global.requireNew(file) }
    let methods = try global.withWarehouse(.reading) { warehouse in
      try warehouse.read { connection in
        if !files.isEmpty { _ = try MethodsText.departure(of: studies, in: connection).permit(connection) }
        return try MethodsText(of: studies, in: connection)
      }
    }
    if let output { try Files.write(methods.text, to: output) } else { try Output.write(methods.text) }
    if let bibtex { try Files.write(methods.bibliography, to: bibtex) }
    for file in files { try Output.line(file) }
  }
}
