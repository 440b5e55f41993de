import ArgumentParser
import Diagnostics
import FeatureSpaces
import Kinds
import Queries
import TableText
import Warehouse

/// `evoke explain CODE|KIND|VIEW`
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Explains an error code, a kind of study, a published view, a descriptor set or a flag.")

  @Argument(help: "For example E-WH-003, layer_sweep, encoding_score or few_folds.")
  var name: String

  @OptionGroup var global: GlobalOptions

  /// A name may be a kind of study and the view it fills: then both are explained.
  func run() throws {
    var parts: [String] = []
    if let code = ErrorCode.named(name) {
      parts.append("\(code.id): \(code.title)\n\(code.explanation)\nExit status \(code.exit.rawValue).\n")
    }
    let grammar = StudyKinds.all.grammar
    if let kind = grammar.kind(named: name) { parts.append("Study kind " + grammar.explain(kind)) }
    if let view = Queries.views.first(where: { $0.name == name }) { parts.append("View " + Self.text(of: view)) }
    if let set = FeatureSets.named(name) { parts.append(set.explanation) }
    if let flag = RowFlags.explanation(name) { parts.append(flag) }
    guard !parts.isEmpty else {
      let names =
        ErrorCode.all.map(\.id) + Queries.views.map(\.name) + grammar.kinds.map(\.name)
        + FeatureSets.all.map(\.name) + RowFlags.names
      throw EvokeError(
        .unknownQuestion, name,
        reason: "it is neither an error code, a kind of study, a published view, a descriptor set nor a flag",
        remedy: NearMiss.suggestion(name, in: names, otherwise: "evoke query --list names the views"))
    }
    try Output.write(parts.joined(separator: "\n"))
  }

  /// Question, assumptions and columns.
  static func text(of view: Queries.Query) -> String {
    let object = CatalogText.view(view)
    let assumptions = view.sql.split(separator: "\n").filter { $0.hasPrefix("-- assumption: ") }.map {
      $0.dropFirst(15)
    }
    let names = ["column", "meaning"]
    let columns = object.columns.map { SQLRow(columns: names, values: [.text($0.name), .text($0.description)]) }
    return "\(object.name): \(object.description)\n" + assumptions.map { "Note: \($0).\n" }.joined() + "\n"
      + TableFormat.table.text(SQLTable(columns: names, rows: columns))
  }
}
