import Archive
import ArgumentParser
import ContentIdentity
import Diagnostics
import Exports
import FileSystem
import Lineage
import Warehouse

extension GlobalOptions {
  /// Refuses what an export must not write: files that are there, and any inside the warehouse.
  func requireNew(_ output: String) throws {
    try requireOutside(output)
    guard Files.exists(output) else { return }
    throw EvokeError(
      .fileExists, output, reason: "exporting does not replace files", remedy: "name another file, or remove it")
  }
}

/// `evoke export prov-json NAME... [--study S] -o FILE.json`
struct ExportPROV: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prov-json", abstract: "The lineage of arrays, units or studies down to source bytes, as PROV-JSON.",
    discussion: """
      NAME is what evoke why takes. Paths are told by their last part; names of people are left out where consent keeps \
      per-subject things in, hashes stay.
      """)

  @Argument(help: "Arrays, sources, models, unit keys.") var names: [String] = []
  @Option(name: .customLong("study"), help: "The newest results of a study; repeatable.") var studies: [String] = []
  @Option(name: .shortAndLong, help: ArgumentHelp("The file; none is replaced.", valueName: "file")) var output: String
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if names.isEmpty, studies.isEmpty { throw ValidationError("Name what the lineage is of, or a --study.") }
  }

  func run() throws {
    try global.requireNew(output)
    let document = try global.withWarehouse(.reading) { try ProvenanceDocument.of(names, studies: studies, in: $0) }
    try Files.write(document.canonical + "\n", to: output)
    try Output.line(output)
  }
}

/// `evoke export ro-crate DIR --study S`
struct ExportCrate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ro-crate",
    abstract: "Studies with everything their numbers descend from, as the folder of an RO-Crate.",
    discussion: """
      What evoke archive create packs into one file, under the same rules of consent: ro-crate-metadata.json (1.1 and 1.2, \
      Workflow Run Crate 0.5) beside the files that it describes. The folder appears once all of it verifies (level 4); the \
      root is the archive's.
      """)

  @Argument(help: "A new folder.") var directory: String
  @OptionGroup var publication: PublicationOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try global.requireNew(directory)
    let maker = try publication.maker()
    let line = ProgressLine(quiet: global.quiet || global.json)
    let scratch = try PrivateFolder("archive")
    defer { scratch.remove() }
    let packed = scratch.path + "/crate.zip"
    let outcome = try global.withWarehouse(.reading) { warehouse in
      try maker.make(of: warehouse, at: packed) { line.show($0, $1) }
    }
    line.clear()
    try Files.makeWhole(directory) { try ArchiveFile(packed).writeMembers(into: $0) }
    try outcome.tell(directory, global)
  }
}

/// `evoke export datasette-metadata -o metadata.json`
struct ExportDatasette: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "datasette-metadata",
    abstract: "What Datasette shows beside tables and views: their descriptions and the published reports; no data.")

  @Option(name: .shortAndLong, help: ArgumentHelp("The file; none is replaced.", valueName: "file")) var output: String
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try global.requireNew(output)
    let document = try global.withWarehouse(.reading) { try DatasetteMetadata.document(of: $0) }
    try Files.write(document.canonical + "\n", to: output)
    try Output.line(output)
  }
}

/// `evoke export reader --python FILE.py | --r FILE.R`
struct ExportReader: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reader", abstract: "A file of Python or R that reads warehouses without Evoke; no data.",
    discussion: """
      A function for each view, which says what its columns are, and arrays with named axes. Python needs its standard library \
      (pandas, xarray, NumPy and h5py where they are there), R RSQLite and jsonlite (rhdf5 for arrays).
      """)

  @Option(help: ArgumentHelp("A module of Python; none is replaced.", valueName: "file.py")) var python: String?
  @Option(help: ArgumentHelp("A script of R; none is replaced.", valueName: "file.R")) var r: String?
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if python == nil, r == nil { throw ValidationError("Say --python FILE or --r FILE.") }
  }

  func run() throws {
    let files = [(python, ReaderScript.Language.python), (r, .r)].compactMap { path, language in
      path.map { (path: $0, language: language) }
    }
    for file in files { try global.requireNew(file.path) }
    let script = try global.withWarehouse(.reading) { try ReaderScript($0) }
    for file in files {
      try Files.write(script.text(file.language), to: file.path)
      try Output.line(file.path)
    }
  }
}
