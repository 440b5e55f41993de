import ContentIdentity
import Diagnostics
import Foundation

/// Bytes an import read: their place, SHA-256 and size.
package struct SourceFile: Sendable, Equatable {
  /// A file's path; for what is part of the program `built-in:` and its name.
  package let path: String
  package let sha256: String
  package let bytes: Int
  package let isBuiltIn: Bool

  /// Without its folders, in Unicode NFC.
  var name: String {
    let last = isBuiltIn ? Substring(path) : path.split(separator: "/").last ?? Substring(path)
    return last.precomposedStringWithCanonicalMapping
  }

  package init(path: String, sha256: String, bytes: Int) {
    self.path = path
    self.sha256 = sha256
    self.bytes = bytes
    isBuiltIn = false
  }

  private static let scheme = "built-in:"

  /// An asset of the program by its name; `content` is what stands for its bytes.
  package init(builtIn name: String, content: String) {
    path = Self.scheme + name
    sha256 = SHA256.hex(of: content)
    bytes = content.utf8.count
    isBuiltIn = true
  }

  /// The name of an asset of the program; nil for the path of a file.
  package static func builtInName(_ path: String) -> String? {
    path.hasPrefix(scheme) ? String(path.dropFirst(scheme.count)) : nil
  }
}

extension SourceFile {
  /// Hashes a file in pieces of 4 MiB.
  ///
  /// - Throws: `fileMissing`, `fileUnreadable`.
  package init(reading path: String) throws {
    var hash = SHA256()
    var total = 0
    try Self.forEachPiece(of: path) { piece in
      hash.update(piece)
      total += piece.count
    }
    self.init(path: path, sha256: hash.hex(), bytes: total)
  }

  /// The whole file and its identity.
  package static func contents(of path: String) throws -> (SourceFile, [UInt8]) {
    var bytes: [UInt8] = []
    try forEachPiece(of: path) { bytes.append(contentsOf: $0) }
    return (SourceFile(path: path, sha256: SHA256.hex(of: bytes), bytes: bytes.count), bytes)
  }

  private static func forEachPiece(of path: String, _ body: ([UInt8]) -> Void) throws {
    guard FileManager.default.fileExists(atPath: path) else { throw MissingFile.error(at: path) }
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw EvokeError(
        .fileUnreadable, path, reason: "it cannot be opened", remedy: "check its permissions (chmod u+r)")
    }
    defer { try? handle.close() }
    do {
      while let piece = try handle.read(upToCount: 4 << 20), !piece.isEmpty { body([UInt8](piece)) }
    } catch {
      throw EvokeError(
        .fileUnreadable, path, reason: "reading failed: \(error)", remedy: "name a regular file; check the disk")
    }
  }

  /// The file's name without folder, `.gz` and last extension.
  package static func stem(_ path: String) -> String {
    var name = path.split(separator: "/").last.map(String.init) ?? path
    if name.lowercased().hasSuffix(".gz") { name.removeLast(3) }
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
    return String(name[..<dot])
  }
}
