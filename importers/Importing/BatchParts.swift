import Diagnostics

extension ImportBatch {
  /// The imports a batch is made of: files whose records hang together, each with its records, so that each is an import
  /// that can be forgotten alone. Files that no record was read from (maps, sidecars of a folder) belong to every one.
  ///
  /// One where a record does not say which files it comes from.
  var parts: [ImportBatch] {
    var groups = FileGroups(sources.map(\.path))
    for record in records {
      guard let origin = record.origin else { continue }
      guard groups.join(origin) else { return [self] }
    }
    let members = groups.all
    guard members.count > 1 else { return [self] }
    return members.enumerated().map { index, files in part(of: files, among: members, isFirst: index == 0) }
  }

  private func part(of files: Set<String>, among members: [Set<String>], isFirst: Bool) -> ImportBatch {
    var part = self
    part.sources = sources.filter { source in
      files.contains(source.path) || !members.contains { $0.contains(source.path) }
    }
    part.records = records.filter { record in
      record.origin.map { $0.contains(where: files.contains) } ?? isFirst
    }
    func speaksOf(_ finding: Diagnostic, _ files: Set<String>) -> Bool {
      files.contains(where: finding.object.contains)
    }
    part.diagnostics = diagnostics.filter { finding in
      speaksOf(finding, files) || isFirst && !members.contains { speaksOf(finding, $0) }
    }
    if !isFirst { part.setAside = [] }
    return part
  }
}

/// Files that records were read from together, in the order of their first.
private struct FileGroups {
  private let paths: [String]
  private let known: Set<String>
  /// File -> one of its group, the first of all for itself.
  private var leader: [String: String] = [:]

  init(_ paths: [String]) { (self.paths, known) = (paths, Set(paths)) }

  private func first(of path: String) -> String? {
    guard var place = leader[path] else { return nil }
    while let next = leader[place], next != place { place = next }
    return place
  }

  /// False where none of them is a file of the batch.
  mutating func join(_ files: [String]) -> Bool {
    let files = files.filter(known.contains)
    guard let start = files.first else { return false }
    let root = first(of: start) ?? start
    leader[root] = root
    for path in files { leader[first(of: path) ?? path] = root }
    return true
  }

  var all: [Set<String>] {
    var order: [String] = []
    var groups: [String: Set<String>] = [:]
    for path in paths {
      guard let root = first(of: path) else { continue }
      if groups[root] == nil { order.append(root) }
      groups[root, default: []].insert(path)
    }
    return order.compactMap { groups[$0] }
  }
}
