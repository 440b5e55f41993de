import Archive
import ByteSource
import Foundation
import Testing
import ZipArchive

/// The members of an archive, to be put together again.
struct Members {
  var contents: [String: [UInt8]] = [:]
  private var manifest: ArchiveManifest

  init(_ path: String) throws {
    let archive = try ArchiveFile(path)
    for name in archive.zip.records.keys { contents[name] = try archive.bytes(name) }
    manifest = archive.manifest
  }

  /// - Parameter resealed: with every hash and the root made anew.
  func write(to path: String, resealed: Bool) throws {
    var contents = contents
    if resealed {
      contents[ArchiveManifest.name] = nil
      let members = try contents.map { try ArchiveMember($0.key, Self.source($0.value)).entry }.sorted {
        $0.name < $1.name
      }
      let undated = contents.compactMap { name, bytes in
        ArchiveManifest.undated(name, bytes, manifest.publication.date).map { (name, $0) }
      }
      let sealed = ArchiveManifest(
        manifest.publication, members, undated: Dictionary(uniqueKeysWithValues: undated))
      contents[ArchiveManifest.name] = Array(sealed.text.utf8)
    }
    let members = try contents.map { try ArchiveMember($0.key, Self.source($0.value)) }.sorted { $0.name < $1.name }
    let layout = ZipLayout(members.map(\.layout))
    var bytes: [UInt8] = []
    for member in members {
      bytes += ZipLayout.head(member.layout) + (try member.content.bytes(0..<member.content.count, member.name))
    }
    try Data(bytes + layout.directory).write(to: URL(fileURLWithPath: path))
  }

  private static func source(_ bytes: [UInt8]) -> ByteSource {
    ByteSource(bytes, path: "member", truncation: .notAnArchive)
  }
}

extension Program {
  func sqlite(_ catalog: String, _ sql: String) throws {
    let shell = try run([catalog, sql], launch: "/usr/bin/sqlite3")
    try #require(shell.status == 0, "\(shell.error)")
  }

  /// A catalog that SQL has changed.
  func edited(_ catalog: [UInt8], by sql: String) throws -> [UInt8] {
    let path = folder + "/edited.sqlite"
    try Data(catalog).write(to: URL(fileURLWithPath: path))
    try sqlite(path, sql)
    return [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }
}
