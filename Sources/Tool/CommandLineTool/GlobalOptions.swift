import Archive
import ArgumentParser
import ContentIdentity
import Diagnostics
import FileSystem
import Foundation
import Warehouse

/// Options every verb takes, before or after its name.
struct GlobalOptions: ParsableArguments {
  @Option(
    name: [.customShort("C"), .customLong("warehouse")],
    help: ArgumentHelp("Warehouse folder; else EVOKE_WAREHOUSE, else the nearest *.evoke.", valueName: "dir"))
  var warehouse: String?

  @Flag(name: .shortAndLong, help: "Print data and errors only.")
  var quiet = false

  @Flag(help: "Print data and errors as JSON.")
  var json = false

  /// The warehouse the command speaks of: option, environment, or the nearest `*.evoke` at or above this folder.
  func directory() throws -> String {
    if let named = warehouse ?? ProcessInfo.processInfo.environment["EVOKE_WAREHOUSE"], !named.isEmpty {
      return named.count > 1 && named.hasSuffix("/") ? String(named.dropLast()) : named
    }
    return try Self.nearest(to: FileManager.default.currentDirectoryPath)
  }

  /// The same for a verb that writes, which says where where nobody named it and it lies above the current folder.
  private func directoryToWrite() throws -> String {
    let directory = try directory()
    let here = FileManager.default.currentDirectoryPath
    let isNamed = (warehouse ?? ProcessInfo.processInfo.environment["EVOKE_WAREHOUSE"])?.isEmpty == false
    if !isNamed, directory != here, !directory.hasPrefix(here == "/" ? here : here + "/") {
      note("writing to \(directory), which was found above this folder")
    }
    return directory
  }

  /// Opens the warehouse, hands it over and closes it whatever happens.
  ///
  /// - Parameter part: what is needed of an archive, which is unpacked into a folder that goes away.
  func withWarehouse<T>(
    _ access: Warehouse.Access, part: ArchiveFile.Part = .everything, _ body: (Warehouse) throws -> T
  ) throws -> T {
    if let file = try archive() { return try withArchive(file, access, part, body) }
    let directory = try access == .reading ? directory() : directoryToWrite()
    let warehouse: Warehouse
    do { warehouse = try Warehouse.open(directory, access) } catch { throw Self.told(error, of: directory) }
    if let remark = try access == .reading ? Warehouse.sealWarning(warehouse.directory) : warehouse.remark {
      Output.error("warning: \(remark)\n")
    }
    if case .schema = warehouse.renewal { warehouse.renewal.map { note($0.text) } }
    do {
      let result = try body(warehouse)
      try warehouse.close()
      return result
    } catch {
      try? warehouse.close()
      throw Self.told(error, of: directory)
    }
  }

  /// A text of the catalog that is not what was written is damage of the catalog, whoever comes upon it.
  static func told(_ error: any Error, of directory: String) -> any Error {
    guard error is JSONSyntaxError || error is StrictCodingError else { return error }
    return EvokeError(
      .catalogFailed, directory + "/catalog.sqlite", reason: "a text in it is not what was written: \(error)",
      remedy: "run evoke verify, which names what was changed")
  }

  /// The archive that the command names in place of a warehouse.
  private func archive() throws -> String? {
    let isNamed = (warehouse ?? ProcessInfo.processInfo.environment["EVOKE_WAREHOUSE"])?.isEmpty == false
    guard isNamed, try ArchiveFile.stands(at: directory()) else { return nil }
    return try directory()
  }

  /// Whether the command is asked of an archive in place, in which nothing is stored.
  func readsArchive() throws -> Bool { try archive() != nil }

  private func withArchive<T>(
    _ file: String, _ access: Warehouse.Access, _ part: ArchiveFile.Part, _ body: (Warehouse) throws -> T
  ) throws -> T {
    guard access == .reading else {
      throw EvokeError(
        .archiveReadOnly, file, reason: "this command would write",
        remedy: "make a warehouse of it: evoke archive extract \(ShellText.quoted(file)) DIR")
    }
    do {
      return try ArchiveFile(file).reading(part, body)
    } catch let error as EvokeError where error.code == .arrayMissing {
      throw EvokeError(
        error.code, error.object, reason: error.reason,
        remedy: "the archive was made without it: tombstones.json in it says why")
    }
  }

  /// Refuses to write into the warehouse's own folder what is no part of it.
  ///
  /// - Throws: `fileExists`; nothing where no warehouse is found.
  func requireOutside(_ output: String) throws {
    let home: String
    do { home = Self.resolved(try directory()) } catch is EvokeError { return }
    guard (Self.resolved(output) + "/").hasPrefix(home + "/") else { return }
    throw EvokeError(
      .fileExists, output, reason: "it lies inside the warehouse", remedy: "name a file in another folder")
  }

  /// A path from the root without links and detours; what does not stand there yet keeps its spelling.
  private static func resolved(_ path: String) -> String {
    let path = Files.absolute(path)
    if path == "/" || Files.exists(path) { return URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
    return Files.absolute(resolved(Files.folder(of: path)) + "/" + Files.name(of: path))
  }

  /// A remark for people, on stderr.
  func note(_ text: String) {
    if !quiet { Output.error(text + "\n") }
  }

  /// A finding, coloured where somebody watches.
  func note(_ finding: Diagnostic) {
    if !quiet { Output.terminal(ErrorText.line(finding, colour: Output.hasColour) + "\n") }
  }

  static func nearest(to start: String) throws -> String {
    var folder = start
    while true {
      if folder.hasSuffix(".evoke"), Files.exists(folder + "/catalog.sqlite") { return folder }
      let inside = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { $0.hasSuffix(".evoke") && Files.exists("\(folder)/\($0)/catalog.sqlite") }.sorted()
      if inside.count == 1 { return (folder as NSString).appendingPathComponent(inside[0]) }
      if inside.count > 1 {
        throw EvokeError(
          .ambiguousName, folder, reason: "it holds \(inside.joined(separator: ", "))",
          remedy: "name one with -C or EVOKE_WAREHOUSE")
      }
      if folder == "/" || folder.isEmpty { break }
      folder = Files.folder(of: folder)
    }
    throw EvokeError(
      .notAWarehouse, start, reason: "there is no *.evoke folder here or above",
      remedy: "make one with evoke init NAME.evoke, or name one with -C or EVOKE_WAREHOUSE")
  }
}
