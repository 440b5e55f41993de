import ContentIdentity
import Diagnostics
import Foundation
import Warehouse

/// The lineage of one thing down to source bytes, as a tree for people.
public struct Ancestry {
  private let connection: Connection
  private let inputLimit: Int
  private var lines: [String] = []
  private var seen: Set<Int> = []
  private var shownActivities: Set<Int> = []

  /// The tree below everything `name` speaks of: an array, a source path, a model, a unit key or its first digits, a fit.
  ///
  /// - Parameter inputLimit: inputs of one role that are shown before the rest is counted.
  /// - Throws: `E-WH-010` when nothing has this name, `E-QRY-007` when more than ten things do.
  public static func text(of name: String, in warehouse: Warehouse, inputLimit: Int = 8) throws -> String {
    let path = URL(fileURLWithPath: name).standardizedFileURL.path
    return try warehouse.read { connection in
      let roots = try connection.report("artifacts_matching", ["name": .text(name), "path": .text(path)])
      guard !roots.isEmpty else {
        throw EvokeError(
          .unknownName, name, reason: "no array, source, model or unit has this name",
          remedy: "evoke query array_catalog --columns name lists arrays, evoke query unit_status units")
      }
      guard roots.count <= 10 else {
        throw EvokeError(
          .ambiguousName, name, reason: "\(roots.count) things fit it, among them \(roots[0].text("name"))",
          remedy: "give the whole name")
      }
      var tree = Ancestry(connection: connection, inputLimit: inputLimit)
      for root in roots { try tree.add(root, role: nil, indent: "", branch: "") }
      return tree.lines.joined(separator: "\n") + "\n"
    }
  }

  private init(connection: Connection, inputLimit: Int) {
    self.connection = connection
    self.inputLimit = inputLimit
  }

  private mutating func add(_ artifact: SQLRow, role: String?, indent: String, branch: String) throws {
    let key = artifact.int("artifact_id")
    let isRepeated = !seen.insert(key).inserted
    let makers = isRepeated ? [] : try connection.report("makers", ["artifact": .int(key)])
    let news = makers.filter { shownActivities.insert($0.int("activity_id")).inserted }
    let bytes = artifact["bytes"].int.map { ", \($0) bytes" } ?? ""
    let what = [
      role.map { $0 == artifact.text("kind") ? "" : $0 + ":" }, artifact.text("kind"), Self.name(of: artifact),
    ]
    var line = indent + branch + what.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " ")
    line += "  sha256 \(artifact.text("sha256"))\(bytes)"
    if isRepeated {
      line += "  (above)"
    } else if news.isEmpty, let maker = makers.last {
      line += "  made by \(maker.text("verb")) \(maker.text("activity_key").prefix(12)) (above)"
    } else if makers.isEmpty, artifact.text("kind") != "source" {
      line += "  nothing on record made it"
    }
    lines.append(line)
    let below = indent + (branch.isEmpty ? "" : branch.hasPrefix("└") ? "   " : "│  ")
    for maker in news { try add(maker: maker, indent: below) }
  }

  private mutating func add(maker: SQLRow, indent: String) throws {
    let label = maker.optionalText("label").map { " \"\($0)\"" } ?? ""
    let version = maker["version"].int.map { " v\($0)" } ?? ""
    let place = maker.optionalText("evoke_version").map {
      ", evoke \($0), \(maker.text("cpu_model")), BLAS \(maker.text("blas_kernel")) x\(maker.int("threads"))"
    }
    lines.append(
      "\(indent)made by \(maker.text("verb"))\(version)\(label)  key \(maker.text("activity_key").prefix(12))  \(maker.text("started_at"))\(place ?? "")"
    )
    let inputs = try connection.report("inputs", ["activity": maker["activity_id"]])
    var groups: [(role: String, rows: [SQLRow])] = []
    for input in inputs {
      if groups.last?.role == input.text("role") {
        groups[groups.count - 1].rows.append(input)
      } else {
        groups.append((input.text("role"), [input]))
      }
    }
    for (g, group) in groups.enumerated() {
      let shown = group.rows.prefix(inputLimit)
      let rest = group.rows.count - shown.count
      for (i, input) in shown.enumerated() {
        let isLast = g == groups.count - 1 && i == shown.count - 1 && rest == 0
        try add(input, role: group.role, indent: indent, branch: isLast ? "└─ " : "├─ ")
      }
      if rest > 0 {
        lines.append(indent + (g == groups.count - 1 ? "└─ " : "├─ ") + "\(group.role): \(rest) more (--all)")
      }
    }
  }

  private static func name(of artifact: SQLRow) -> String {
    if artifact.columns.contains("label"), let label = artifact.optionalText("label") {
      return "\(artifact.text("name").prefix(12)) \"\(label)\""
    }
    return artifact.text("name")
  }
}
