import Diagnostics
import Foundation
import Warehouse

/// The lineage of one thing down to source bytes, as a tree for people.
public struct Ancestry {
  /// An artifact, with the label of its unit where it is a unit's result.
  private struct Thing {
    let artifact: Int
    let kind: String
    let sha256: String
    let bytes: Int?
    let title: String

    init(_ row: Rows.ArtifactsMatching) {
      (artifact, kind, sha256, bytes, title) = (row.artifactID, row.kind, row.sha256, row.bytes, row.name)
    }

    init(_ row: Rows.Inputs) {
      (artifact, kind, sha256, bytes) = (row.artifactID, row.kind, row.sha256, row.bytes)
      title = row.label.map { "\(row.name.prefix(12)) \"\($0)\"" } ?? row.name
    }
  }

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
      let roots = try connection.artifactsMatching(name: name, place: path)
      guard !roots.isEmpty else {
        throw EvokeError(
          .unknownName, name, reason: "no array, source, model or unit has this name",
          remedy: "evoke query array_catalog --columns name lists arrays, evoke query unit_status units")
      }
      guard roots.count <= 10 else {
        throw EvokeError(
          .ambiguousName, name, reason: "\(roots.count) things fit it, among them \(roots[0].name)",
          remedy: "give the whole name")
      }
      var tree = Ancestry(connection: connection, inputLimit: inputLimit)
      for root in roots { try tree.add(Thing(root), role: nil, indent: "", branch: "") }
      return tree.lines.joined(separator: "\n") + "\n"
    }
  }

  private init(connection: Connection, inputLimit: Int) {
    self.connection = connection
    self.inputLimit = inputLimit
  }

  private mutating func add(_ thing: Thing, role: String?, indent: String, branch: String) throws {
    let isRepeated = !seen.insert(thing.artifact).inserted
    let makers = isRepeated ? [] : try connection.makers(artifact: thing.artifact)
    let news = makers.filter { shownActivities.insert($0.activityID).inserted }
    let bytes = thing.bytes.map { ", \($0) bytes" } ?? ""
    let what = [
      role.map { $0 == thing.kind ? "" : $0 + ":" }, thing.kind, thing.title,
    ]
    var line = indent + branch + what.compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: " ")
    line += "  sha256 \(thing.sha256)\(bytes)"
    if isRepeated {
      line += "  (above)"
    } else if news.isEmpty, let maker = makers.last {
      line += "  made by \(maker.verb) \(maker.activityKey.prefix(12)) (above)"
    } else if makers.isEmpty, thing.kind != "source" {
      line += "  nothing on record made it"
    }
    lines.append(line)
    let below = indent + (branch.isEmpty ? "" : branch.hasPrefix("└") ? "   " : "│  ")
    for maker in news { try add(maker: maker, indent: below) }
  }

  private mutating func add(maker: Rows.Makers, indent: String) throws {
    let label = maker.label.map { " \"\($0)\"" } ?? ""
    let version = maker.version.map { " v\($0)" } ?? ""
    var place = ""
    if let version = maker.evokeVersion, let cpu = maker.cpuModel, let kernel = maker.blasKernel,
      let threads = maker.threads
    {
      place = ", evoke \(version), \(cpu), BLAS \(kernel) x\(threads)"
    }
    lines.append(
      "\(indent)made by \(maker.verb)\(version)\(label)  key \(maker.activityKey.prefix(12))  \(maker.startedAt)\(place)"
    )
    let inputs = try connection.inputs(activity: maker.activityID)
    var groups: [(role: String, rows: [Rows.Inputs])] = []
    for input in inputs {
      if groups.last?.role == input.role {
        groups[groups.count - 1].rows.append(input)
      } else {
        groups.append((input.role, [input]))
      }
    }
    for (g, group) in groups.enumerated() {
      let shown = group.rows.prefix(inputLimit)
      let rest = group.rows.count - shown.count
      for (i, input) in shown.enumerated() {
        let isLast = g == groups.count - 1 && i == shown.count - 1 && rest == 0
        try add(Thing(input), role: group.role, indent: indent, branch: isLast ? "└─ " : "├─ ")
      }
      if rest > 0 {
        lines.append(indent + (g == groups.count - 1 ? "└─ " : "├─ ") + "\(group.role): \(rest) more (--all)")
      }
    }
  }
}
