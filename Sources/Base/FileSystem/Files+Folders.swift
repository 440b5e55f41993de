import Diagnostics
import Glibc

extension Files {
  /// The folder that a path stands in: `.` for a name alone, `/` for what stands at the root.
  public static func folder(of path: String) -> String {
    let (folder, _) = divided(path)
    return folder.isEmpty ? "." : folder
  }

  /// The last part of a path; of the root `/`.
  public static func name(of path: String) -> String { divided(path).name }

  private static func divided(_ path: String) -> (folder: String, name: String) {
    let whole = withoutEndingSlashes(path[...])
    guard whole != "/", let slash = whole.lastIndex(of: "/") else { return (whole == "/" ? "/" : "", String(whole)) }
    return (String(withoutEndingSlashes(whole[...slash])), String(whole[whole.index(after: slash)...]))
  }

  private static func withoutEndingSlashes(_ path: Substring) -> Substring {
    var path = path
    while path.count > 1, path.last == "/" { path.removeLast() }
    return path
  }

  /// A path from the root, without detours in its spelling.
  public static func absolute(_ path: String) -> String {
    var parts: [Substring] = []
    let start = path.hasPrefix("/") ? "" : currentFolder + "/"
    for part in (start + path).split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return "/" + parts.joined(separator: "/")
  }

  /// The folder that relative paths begin at; the root where it was removed.
  private static var currentFolder: String {
    guard let found = unsafe getcwd(nil, 0) else { return "" }
    defer { unsafe free(found) }
    return unsafe String(cString: found)
  }

  public static func exists(_ path: String) -> Bool { kind(of: path) != nil }

  /// Makes a folder and those above it that are not there.
  public static func makeDirectory(_ path: String) throws {
    if kind(of: path) == .folder { return }
    var status = unsafe mkdir(path, 0o777)
    if status != 0, errno == ENOENT, !path.isEmpty {
      try makeDirectory(folder(of: path))
      status = unsafe mkdir(path, 0o777)
    }
    let number = errno
    // Another process may have made it meanwhile.
    guard status != 0, kind(of: path) != .folder else { return }
    errno = number
    throw failure(path, "the folder cannot be made")
  }

  /// Makes a folder that appears whole or not at all: `fill` writes into one of another name beside it, which takes its name
  /// once all that is in it is on the disk, and goes where something fails. Folders above it that are not there are made.
  ///
  /// - Throws: `fileExists` where something stands at the path, `permissionDenied`, `writeFailed`, `diskFull`, and what
  ///   `fill` throws.
  public static func makeWhole<T>(_ path: String, _ fill: (_ folder: String) throws -> T) throws -> T {
    let place = folder(of: path) + "/" + name(of: path)
    guard !exists(place), !isLink(place) else {
      throw EvokeError(
        .fileExists, path, reason: "something stands there already", remedy: "name another folder, or remove it")
    }
    let temporary = place + ".tmp-\(getpid())"
    // Of a process of the same number that was killed.
    if exists(temporary) { try removeAll(temporary) }
    try makeDirectory(temporary)
    do {
      let result = try fill(temporary)
      try synchroniseAll(temporary)
      try rename(temporary, to: place)
      return result
    } catch {
      // What went wrong first is told.
      do { try removeAll(temporary) } catch {}
      throw error
    }
  }

  /// Writes what the kernel still holds of a folder and of all that is in it to the disk.
  private static func synchroniseAll(_ folder: String) throws {
    for name in try names(in: folder) {
      let path = folder + "/" + name
      if isLink(path) { continue }
      if kind(of: path) == .folder { try synchroniseAll(path) } else { try synchronise(path) }
    }
    try synchronise(folder)
  }

  /// Where the link at a path points, its target there or not; nil where no link stands.
  public static func linkTarget(of path: String) -> String? {
    var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = unsafe readlink(path, &bytes, bytes.count)
    return count < 0 ? nil : text(bytes[..<count])
  }

  /// The names in a folder, unordered.
  ///
  /// - Throws: `permissionDenied`, `fileUnreadable` with the reason where it cannot be listed.
  public static func names(in folder: String) throws(EvokeError) -> [String] {
    guard let stream = unsafe opendir(folder) else { throw unlisted(folder) }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = unsafe readdir(stream) else {
        if errno != 0 { throw unlisted(folder) }
        return names
      }
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
  }

  private static func unlisted(_ folder: String) -> EvokeError {
    let reason = systemReason
    return refusal(of: .reading, at: folder)
      ?? EvokeError(
        .fileUnreadable, folder, reason: "the folder cannot be listed: \(reason)",
        remedy: "check the path and its permissions (chmod u+rx)")
  }

  /// Removes a file or a folder with all that is in it; links are removed, not followed.
  public static func removeAll(_ path: String) throws(EvokeError) {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { throw failure(path, "lstat") }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in try names(in: path) { try removeAll(path + "/" + name) }
      guard unsafe rmdir(path) == 0 else { throw failure(path, "rmdir") }
    } else {
      guard unsafe unlink(path) == 0 else { throw failure(path, "unlink") }
    }
  }
}
