import FileSystem

/// What source files are called in an archive: `sources/N/NAME`, N the number of their folder, without any other part of
/// where they were. Files below the folder of a model keep their places in it, and what an archive called so already keeps its
/// name.
struct SourceNames {
  /// Folders, sorted: the first has the number behind the largest that an earlier archive gave.
  private let roots: [String]
  private let taken: Int
  /// Every folder that must not be named, the longest first.
  let folders: [String]

  /// - Parameters:
  ///   - paths: of source files, as they were imported and as they are now.
  ///   - models: folders, or files, from which weights are read.
  ///   - others: further folders that nothing may name.
  init(paths: [String], models: [String], others: [String]) {
    let files = Set(paths)
    let trees = models.filter { !files.contains($0) }
    let homes = paths.filter { $0.hasPrefix("/") }.map { path in
      trees.filter { path.hasPrefix($0 + "/") }.max { $0.count < $1.count } ?? Files.folder(of: path)
    }
    roots = Set(homes + trees).sorted()
    taken = (paths + models).compactMap(Self.number).reduce(0, max)
    folders = Set(roots + paths.filter { $0.hasPrefix("/") }.map(Files.folder(of:)) + others)
      .filter { $0.hasPrefix("/") && $0.count > 1 }.sorted { ($1.count, $0) < ($0.count, $1) }
  }

  /// N of a name that an archive gave; nil for every other path.
  private static func number(of path: String) -> Int? {
    path.firstMatch(of: /^sources\/(\d+)(?:\/|$)/).flatMap { Int($0.1) }
  }

  /// The name of a file or of a model's folder; nil for what has no path.
  func name(of path: String) -> String? {
    if Self.number(of: path) != nil { return path }
    guard path.hasPrefix("/") else { return nil }
    let root = roots.filter { path == $0 || path.hasPrefix($0 == "/" ? $0 : $0 + "/") }.max { $0.count < $1.count }
    guard let root, let number = roots.firstIndex(of: root) else { return nil }
    return "sources/\(taken + number + 1)" + path.dropFirst(root == "/" ? 0 : root.count)
  }

  /// Whether a folder is so deep that its bare path names it and nothing else.
  static func isTelling(_ folder: String) -> Bool { folder.split(separator: "/").count > 1 }
}
