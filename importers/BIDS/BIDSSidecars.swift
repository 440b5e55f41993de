import ContentIdentity
import DelimitedText
import Diagnostics
import Importing

/// Files that describe others: JSON and tables, found by the inheritance principle.
///
/// A file applies to a recording when it stands in its folder or one above, has the wanted suffix and ending, and every
/// entity of its name stands in the recording's name with the same label. Of tables the nearest applies; JSON objects are
/// merged, the nearest last. Two that apply in one folder are refused unless one names more entities. A pipeline's files
/// are described by its own sidecars and by those of the raw data, its own being nearer.
struct BIDSSidecars {
  let tree: BIDSTree
  private let byEnding: [String: [BIDSFile]]
  private var texts: [String: [UInt8]] = [:]
  private var tables: [String: DelimitedTable] = [:]
  private var failed: Set<String> = []
  /// Files read, in order.
  private(set) var sources: [SourceFile] = []
  private(set) var used: Set<String> = []

  init(_ tree: BIDSTree) {
    self.tree = tree
    byEnding = Dictionary(grouping: tree.files) { $0.name.suffix + $0.name.ending }
  }

  /// Those that apply, the farthest first.
  private func applying(
    _ suffix: String, _ ending: String, to file: BIDSFile, except: Set<String>
  ) -> [BIDSFile] {
    let own = file.folders
    return (byEnding[suffix + ending] ?? []).filter { candidate in
      let folders = candidate.folders
      return folders.count <= own.count && Array(own.prefix(folders.count)) == folders
        && (candidate.pipeline.isEmpty || candidate.pipeline == file.pipeline)
        && candidate.name.applies(to: file.name, except: except)
    }.sorted { Self.nearness($0).lexicographicallyPrecedes(Self.nearness($1)) }
  }

  private static func nearness(_ file: BIDSFile) -> [Int] {
    [file.pipeline.isEmpty ? 0 : 1, file.folders.count, file.name.entities.count]
  }

  private func refuseTie(_ files: [BIDSFile], for file: BIDSFile, _ findings: inout Findings) {
    guard files.count > 1, let last = files.last else { return }
    let other = files[files.count - 2]
    guard Self.nearness(other) == Self.nearness(last) else { return }
    findings.error(
      .bidsSidecar, file.path, reason: "\(other.path) and \(last.path) apply to it equally",
      remedy: "name what tells them apart, or keep one")
  }

  /// The nearest table, nil where there is none; `absent` names one that was not fetched.
  mutating func table(
    _ suffix: String, for file: BIDSFile, except: Set<String> = [], absent: inout BIDSFile?, _ findings: inout Findings
  ) -> DelimitedTable? {
    let found = applying(suffix, ".tsv", to: file, except: except)
    refuseTie(found, for: file, &findings)
    guard let nearest = found.last else { return nil }
    guard nearest.content == .present else {
      absent = nearest
      return nil
    }
    return table(nearest, &findings)
  }

  /// A table of the tree, read once; faults are findings, once.
  mutating func table(_ file: BIDSFile, _ findings: inout Findings) -> DelimitedTable? {
    if let table = tables[file.path] { return table }
    guard isSound(file, &findings), var bytes = text(file, &findings) else { return nil }
    let holdsEvents = file.name.suffix == "events"
    if holdsEvents, bytes.isEmpty {
      findings.add(
        .warning, .tableEmpty, file.path, reason: "it holds no text: no event is taken from it",
        remedy: "export it again, or leave it out if nothing was shown")
      bytes = Array("onset\tduration\ttrial_type\n".utf8)
    }
    guard
      let table = DelimitedTable.read(tree.absolute(file.path), bytes, mayBeEmpty: holdsEvents, &findings)
    else {
      failed.insert(file.path)
      return nil
    }
    tables[file.path] = table
    return table
  }

  /// The merged JSON of a recording.
  mutating func json(
    for file: BIDSFile, absent: inout BIDSFile?, _ findings: inout Findings
  ) -> [String: JSONValue] {
    let found = applying(file.name.suffix, ".json", to: file, except: [])
    refuseTie(found, for: file, &findings)
    var merged: [String: JSONValue] = [:]
    for sidecar in found {
      guard sidecar.content == .present else {
        absent = sidecar
        continue
      }
      if let members = json(sidecar, &findings) { merged.merge(members) { _, nearer in nearer } }
    }
    return merged
  }

  /// One JSON object.
  mutating func json(_ file: BIDSFile, _ findings: inout Findings) -> [String: JSONValue]? {
    guard isSound(file, &findings), let bytes = text(file, &findings) else { return nil }
    do { return try SidecarJSON.members(of: bytes) } catch {
      findings.error(.bidsSidecar, file.path, reason: "\(error)", remedy: "correct its JSON")
    }
    failed.insert(file.path)
    return nil
  }

  /// Every recording that a faulty file describes has its fault.
  private func isSound(_ file: BIDSFile, _ findings: inout Findings) -> Bool {
    guard failed.contains(file.path) else { return true }
    findings.error(
      .bidsSidecar, file.path, reason: "it is faulty, and it describes several recordings",
      remedy: "mend it; its own fault is listed with the first of them")
    return false
  }

  private mutating func text(_ file: BIDSFile, _ findings: inout Findings) -> [UInt8]? {
    used.insert(file.path)
    if let bytes = texts[file.path] { return bytes }
    let path = tree.absolute(file.path)
    guard let (source, bytes) = findings.collect(path, { try SourceFile.contents(of: path) }) else {
      failed.insert(file.path)
      return nil
    }
    sources.append(source)
    texts[file.path] = bytes
    return bytes
  }

  /// Files that were read some other way.
  mutating func use(_ path: String) { used.insert(path) }
}
