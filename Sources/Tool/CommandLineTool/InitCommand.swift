import ArgumentParser
import Diagnostics
import FileSystem
import Warehouse

/// `evoke init DIR`
struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "init", abstract: "Creates a warehouse; idempotent.")

  @Argument(help: ArgumentHelp("The new folder, by habit NAME.evoke.", valueName: "dir"))
  var directory: String

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let folder = directory.count > 1 && directory.hasSuffix("/") ? String(directory.dropLast()) : directory
    let made = try Warehouse.create(at: folder)
    let system = Files.fileSystem(of: folder)
    if system.isNetwork {
      global.note(
        "note: \(folder) stands on \(system.name), a network file system: a rollback journal is used, one host at a time"
      )
    }
    if global.json {
      try Output.line(#"{"created":\#(made),"schema":"evoke.init/1"}"#)
    } else {
      global.note(made ? "created \(folder)" : "\(folder) is a warehouse already; unchanged")
    }
  }
}
