import Diagnostics
import FileSystem
import Foundation
import Warehouse

/// Tells the catalog where source files and model folders are now.
public enum Relocation {
  /// One file that was found at its new place.
  public struct Move: Sendable, Equatable {
    public let old: String
    public let new: String
  }

  /// Replaces `old`, a file or folder, by `new` in every stored path, after checking each file's SHA-256 at its new place.
  ///
  /// - Throws: `E-WH-010` when no stored path lies at or below `old`, `E-WH-012` where a file is not at its new place,
  ///   `E-WH-013` where its content differs. Nothing is changed then.
  public static func relocate(_ warehouse: Warehouse, from old: String, to new: String, dryRun: Bool) throws -> [Move] {
    let (old, new) = (absolute(old), absolute(new))
    let (files, models) = try warehouse.read { connection in
      (try connection.storedSources(), try connection.storedModels())
    }
    var findings: [Diagnostic] = []
    var moves: [Move] = []
    for row in files {
      guard let target = replaced(row.path, old, new) else { continue }
      if let finding = finding(target, sha256: row.sha256) { findings.append(finding) }
      moves.append(Move(old: row.path, new: target))
    }
    let folders = models.compactMap { row in
      replaced(row.folder, old, new).map { Move(old: row.folder, new: $0) }
    }
    for folder in folders where !Files.exists(folder.new) {
      findings.append(
        Diagnostic(.error, .sourceMissing, folder.new, reason: "there is no such folder", remedy: "check the new path"))
    }
    guard !(moves.isEmpty && folders.isEmpty) else {
      throw EvokeError(
        .unknownName, old, reason: "no source file or model was imported from there",
        remedy: "evoke query import_log lists the paths")
    }
    if let first = findings.first {
      throw EvokeError(first.code, first.object, reason: first.reason, remedy: first.remedy, diagnostics: findings)
    }
    if !dryRun { try enter(moves, folders, in: warehouse) }
    return moves + folders
  }

  private static func enter(_ moves: [Move], _ folders: [Move], in warehouse: Warehouse) throws {
    try warehouse.write { connection in
      for move in moves {
        try connection.moveSource(old: move.old, new: move.new)
      }
      for move in folders {
        try connection.moveModel(old: move.old, new: move.new)
      }
    }
  }

  private static func finding(_ path: String, sha256: String) -> Diagnostic? {
    guard Files.exists(path) else {
      return Diagnostic(.error, .sourceMissing, path, reason: "there is no such file", remedy: "check the new path")
    }
    do {
      let found = try Files.sha256(of: path).hex
      guard found != sha256 else { return nil }
      return Diagnostic(
        .error, .sourceChanged, path, reason: "SHA-256 is \(found.prefix(12))…, imported was \(sha256.prefix(12))…",
        remedy: "name the place of the original file")
    } catch {
      return Diagnostic(.error, .sourceMissing, path, reason: "\(error)", remedy: "check the file's permissions")
    }
  }

  private static func replaced(_ path: String, _ old: String, _ new: String) -> String? {
    if path == old { return new }
    return path.hasPrefix(old + "/") ? new + path.dropFirst(old.count) : nil
  }

  private static func absolute(_ path: String) -> String {
    let url = URL(fileURLWithPath: path).standardizedFileURL.path
    return url.count > 1 && url.hasSuffix("/") ? String(url.dropLast()) : url
  }
}
