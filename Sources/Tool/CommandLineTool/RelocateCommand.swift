import ArgumentParser
import Upkeep
import Warehouse

/// `evoke relocate OLD NEW`
struct RelocateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "relocate", abstract: "Tells where source files and models are now, after checking their SHA-256.")

  @Argument(help: "The path or folder they were imported from.")
  var old: String

  @Argument(help: "Where it is now.")
  var new: String

  @Flag(help: "Check only.")
  var dryRun = false

  @OptionGroup var global: GlobalOptions

  func run() throws {
    let moves = try global.withWarehouse(dryRun ? .reading : .writing("relocate")) {
      try Relocation.relocate($0, from: old, to: new, dryRun: dryRun)
    }
    for move in moves { try Output.line("\(move.old) -> \(move.new)") }
    global.note("\(dryRun ? "would relocate" : "relocated") \(moves.count)")
  }
}
