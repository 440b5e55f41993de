import ContentIdentity
import Diagnostics
import FileSystem
import Foundation
import Names

/// Bytes an import read: their place, SHA-256 and size.
package struct SourceFile: Sendable, Equatable {
  /// A file's path; for what is part of the program `built-in:` and its name.
  package let path: String
  package let sha256: String
  package let bytes: Int
  package let isBuiltIn: Bool
  /// What the import knows it by, in Unicode NFC: its name without folders, and what a template read in its path.
  let name: String
  /// As it was before the bytes were read; nil for what is no file.
  private let state: Files.State?

  private init(path: String, sha256: String, bytes: Int, fields: [String: String], state: Files.State?) {
    self.path = path
    self.sha256 = sha256
    self.bytes = bytes
    self.state = state
    isBuiltIn = false
    let last = (path.split(separator: "/").last ?? Substring(path)).description
    name = (fields.sorted { $0.key < $1.key }.map { "\($0)=\($1)" } + [last]).joined(separator: " ").composed
  }

  /// Whether anything was written to the file since its bytes were read, or since a time before.
  func hasChanged(since begunNs: Int) -> Bool {
    guard let state else { return false }
    guard let now = Files.state(of: path), now == state else { return true }
    // A clock that is ahead says nothing.
    return now.writtenNs > begunNs && now.writtenNs <= Files.nowNs
  }

  private static let scheme = "built-in:"

  /// An asset of the program by its name; `content` is what stands for its bytes.
  package init(builtIn name: String, content: String) {
    path = Self.scheme + name
    self.name = path.composed
    state = nil
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
  /// - Parameter fields: what a template read in its path, where one found it.
  /// - Throws: `fileMissing`, `fileUnreadable`.
  package init(reading path: String, fields: [String: String] = [:]) throws {
    let state = Files.state(of: path)
    var hash = SHA256()
    var total = 0
    try Self.forEachPiece(of: path) { piece in
      hash.update(piece)
      total += piece.count
    }
    self.init(path: path, sha256: hash.hex(), bytes: total, fields: fields, state: state)
  }

  /// The whole file and its identity.
  package static func contents(of path: String, fields: [String: String] = [:]) throws -> (SourceFile, [UInt8]) {
    let state = Files.state(of: path)
    var bytes: [UInt8] = []
    try forEachPiece(of: path) { bytes.append(contentsOf: $0) }
    let source = SourceFile(
      path: path, sha256: SHA256.hex(of: bytes), bytes: bytes.count, fields: fields, state: state)
    return (source, bytes)
  }

  /// Refuses what stands in the place of a file that was not fetched.
  package static func refusePointer(at path: String) throws {
    try MissingFile.refusePointer(Files.head(of: path, count: 200), at: path)
  }

  private static func forEachPiece(of path: String, _ body: ([UInt8]) -> Void) throws {
    guard FileManager.default.fileExists(atPath: path) else { throw MissingFile.error(at: path) }
    try Files.requireRegular(path)
    try refusePointer(at: path)
    guard let handle = FileHandle(forReadingAtPath: path) else {
      if let shortage = Files.shortage(errno, opening: path) { throw shortage }
      if let refusal = Files.refusal(of: .reading, at: path) { throw refusal }
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

  /// From the root, without links and detours in its spelling.
  static func absolute(_ path: String) -> String { Files.absolute(path) }

  /// The file's name without folder, `.gz` and last extension, in Unicode NFC.
  package static func stem(_ path: String) -> String {
    var name = path.composed.split(separator: "/").last.map(String.init) ?? path
    if name.lowercased().hasSuffix(".gz") { name.removeLast(3) }
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return name }
    return String(name[..<dot])
  }
}
