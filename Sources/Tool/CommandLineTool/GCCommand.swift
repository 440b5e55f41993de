import ArgumentParser
import Upkeep
import Warehouse

/// `evoke gc`
struct GCCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc", abstract: "Removes what interruptions left: temporary files, arrays no row names, open attempts."
  )

  @Flag(help: "List only.")
  var dryRun = false

  @OptionGroup var formatting: FormatOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let found = try global.withWarehouse(dryRun ? .reading : .writing("gc")) {
      dryRun ? try Leftovers.find(in: $0) : try Leftovers.remove(from: $0)
    }
    let columns = ["path", "what", "bytes"]
    let rows = found.map { SQLRow(columns: columns, values: [.text($0.path), .text($0.what), .int($0.bytes)]) }
    try Output.write(formatting.text(SQLTable(columns: columns, rows: rows), global))
    global.note("\(dryRun ? "would remove" : "removed") \(found.count), \(found.reduce(0) { $0 + $1.bytes }) bytes")
  }
}
