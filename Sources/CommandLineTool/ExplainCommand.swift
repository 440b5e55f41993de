import ArgumentParser
import Diagnostics
import Queries
import Reports
import Warehouse

/// `evoke explain CODE|VIEW`
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Explains an error code or a published view.")

  @Argument(help: "For example E-WH-003 or encoding_score.")
  var name: String

  @OptionGroup var global: GlobalOptions

  func run() throws {
    if let code = ErrorCode.named(name) {
      try Output.line("\(code.id): \(code.title)\n\(code.explanation)\nExit status \(code.exit.rawValue).")
    } else if let view = Queries.views.first(where: { $0.name == name }) {
      try Output.write(Self.text(of: view))
    } else {
      let names = ErrorCode.all.map(\.id) + Queries.views.map(\.name)
      throw EvokeError(
        .unknownQuestion, name, reason: "it is neither an error code nor a published view",
        remedy: Nearest.remedy(name, among: names, else: "evoke query --list names the views"))
    }
  }

  /// Question, assumptions and columns.
  static func text(of view: Queries.Query) -> String {
    let object = CatalogText.view(view)
    let assumptions = view.sql.split(separator: "\n").filter { $0.hasPrefix("-- assumption: ") }.map { $0.dropFirst(15) }
    let names = ["column", "meaning"]
    let columns = object.columns.map { SQLRow(columns: names, values: [.text($0.0), .text($0.1)]) }
    return "\(object.name): \(object.description)\n" + assumptions.map { "Note: \($0).\n" }.joined() + "\n"
      + TableFormat.table.text(SQLTable(columns: names, rows: columns))
  }
}
