import Diagnostics
import Foundation
import Warehouse

/// The lineage of things down to source bytes, as a tree for people.
public struct Ancestry {
  private let connection: Connection
  private let inputLimit: Int
  private var lines: [String] = []
  private var seen: Set<Int> = []
  private var shownActivities: Set<Int> = []

  /// The tree below everything `name` speaks of: an array, a source's path, name or hash, a model, a stimulus, a unit key or
  /// its first digits, a fit.
  ///
  /// - Parameter inputLimit: inputs of one role that are shown before the rest is counted.
  /// - Throws: `E-WH-010` when nothing has this name, `E-QRY-007` when more than ten things do.
  public static func text(of name: String, in warehouse: Warehouse, inputLimit: Int = 8) throws -> String {
    let path = URL(fileURLWithPath: name).standardizedFileURL.path
    return try warehouse.read { connection in
      var tree = Ancestry(connection: connection, inputLimit: inputLimit)
      for root in try connection.things(named: name, place: path) {
        try tree.add(root, role: nil, indent: "", branch: "", needsImport: true)
        if root.kind == "result" { try tree.addReaders(of: root) }
      }
      return tree.lines.joined(separator: "\n") + "\n"
    }
  }

  private init(connection: Connection, inputLimit: Int) {
    self.connection = connection
    self.inputLimit = inputLimit
  }

  /// - Parameter needsImport: whether a source is followed by the imports that brought it: where none stands above it.
  private mutating func add(
    _ thing: LineageThing, role: String?, indent: String, branch: String, needsImport: Bool
  ) throws {
    let isRepeated = !seen.insert(thing.artifact).inserted
    let makers = isRepeated ? [] : try connection.makers(of: thing)
    let news = makers.filter { shownActivities.insert($0.activity).inserted }
    let role = role.map { $0 == thing.kind ? "" : $0 + ": " }
    var line = [indent, branch, role, thing.line].compactMap { $0 }.joined()
    if isRepeated {
      line += "  (above)"
    } else if news.isEmpty, let maker = makers.last {
      line += "  made by \(maker.verb) \(maker.key.prefix(12)) (above)"
    } else if makers.isEmpty, thing.kind != "source" {
      line += "  nothing on record made it"
    }
    lines.append(line)
    let below = Self.indent(below: indent, branch)
    for maker in news { try add(maker, indent: below) }
    if thing.kind == "source", needsImport, !isRepeated { try addImports(of: thing, indent: below) }
  }

  private static func indent(below indent: String, _ branch: String) -> String {
    branch.isEmpty ? indent : indent + (branch.hasPrefix("└") ? "   " : "│  ")
  }

  /// What compares a result with others or corrects it: columns of its rows may come from there.
  private mutating func addReaders(of result: LineageThing) throws {
    let readers = try connection.readers(of: result)
    for step in readers.prefix(inputLimit) { lines.append("read by \(step.title)") }
    if readers.count > inputLimit { lines.append("read by \(readers.count - inputLimit) more (--all)") }
  }

  private mutating func addImports(of source: LineageThing, indent: String) throws {
    let imports = try connection.readers(of: source).filter { $0.kind == "import" }
    for step in imports.prefix(inputLimit) { addLines(of: step, "imported by", indent) }
    if imports.count > inputLimit { lines.append("\(indent)imported by \(imports.count - inputLimit) more (--all)") }
  }

  private mutating func addLines(of step: LineageStep, _ relation: String, _ indent: String) {
    lines.append("\(indent)\(relation) \(step.title)  \(step.circumstances)")
    if let command = step.command { lines.append("\(indent)  \(command)") }
  }

  private mutating func add(_ maker: LineageStep, indent: String) throws {
    addLines(of: maker, "made by", indent)
    var groups: [(role: String, things: [LineageThing])] = []
    for input in try connection.inputs(activity: maker.activity) {
      if groups.last?.role != input.role { groups.append((input.role, [])) }
      groups[groups.count - 1].things.append(LineageThing(input))
    }
    for (g, group) in groups.enumerated() {
      let shown = group.things.prefix(inputLimit)
      let rest = group.things.count - shown.count
      for (i, thing) in shown.enumerated() {
        let isLast = g == groups.count - 1 && i == shown.count - 1 && rest == 0
        try add(
          thing, role: group.role, indent: indent, branch: isLast ? "└─ " : "├─ ", needsImport: maker.kind != "import")
      }
      if rest > 0 {
        lines.append(indent + (g == groups.count - 1 ? "└─ " : "├─ ") + "\(group.role): \(rest) more (--all)")
      }
    }
  }
}
