import ArgumentParser
import ContentIdentity
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
    let creation = try Warehouse.create(at: folder)
    let system = Files.fileSystem(of: folder)
    if system.isNetwork {
      global.note(
        "note: \(folder) stands on \(system.name), a network file system: a rollback journal is used, one host at a time"
      )
    }
    if global.json { return try Output.line(Self.record(creation).canonical) }
    switch creation {
    case .made: global.note("created \(folder)")
    case .renewed(let renewal): global.note("\(folder) is a warehouse already: \(renewal.text)")
    case .unchanged: global.note("\(folder) is a warehouse already; unchanged")
    }
  }

  private static func record(_ creation: Creation) -> JSONValue {
    var object: [String: JSONValue] = ["schema": "evoke.init/1", "created": .bool(creation == .made)]
    guard case .renewed(let renewal) = creation else { return .object(object) }
    switch renewal {
    case .schema(let old, let new, let copy):
      object["migrated"] = .object([
        "from": .int(old), "to": .int(new), "copy": copy.map { .string($0) } ?? .null,
      ])
    case .views: object["views"] = "installed"
    }
    return .object(object)
  }
}
