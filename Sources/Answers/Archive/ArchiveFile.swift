import ByteSource
import ContentIdentity
import Diagnostics
import FileSystem
import Warehouse
import ZipArchive

/// An archive as a file to read.
public struct ArchiveFile {
  /// What of its members is wanted.
  public enum Part: Sendable {
    case catalog
    /// The catalog, and the arrays that a statement names.
    case named(by: String)
    case everything
  }

  public let path: String
  package let zip: ZipArchive
  public let manifest: ArchiveManifest
  /// SHA-256 of the members by name, as the manifest has them.
  private let recorded: [String: String]

  /// - Throws: `E-ARC-001` for what is no archive.
  public init(_ path: String) throws {
    self.path = path
    zip = try Self.directory(path)
    manifest = try ArchiveManifest.read(Self.bytes(ArchiveManifest.name, zip), of: path)
    recorded = Dictionary(manifest.members.map { ($0.name, $0.sha256) }, uniquingKeysWith: { first, _ in first })
  }

  /// Whether a path is that of a file that begins as an archive does.
  public static func stands(at path: String) -> Bool {
    Files.kind(of: path) == .file && Files.head(of: path, count: 4) == [0x50, 0x4b, 3, 4]
  }

  private static func directory(_ path: String) throws -> ZipArchive {
    do {
      return try ZipArchive(
        ByteSource(reading: path, truncation: .notAnArchive, remedy: "fetch the archive again"))
    } catch let error as EvokeError where [.notAnArchive, .pickleBad, .recordCompressed].contains(error.code) {
      throw EvokeError(.notAnArchive, path, reason: error.reason, remedy: "name a file that evoke archive create wrote")
    }
  }

  private static func bytes(_ name: String, _ zip: ZipArchive) throws -> [UInt8] {
    guard let record = zip.records[name] else {
      throw EvokeError(
        .notAnArchive, zip.file.path, reason: "it has no \(name)", remedy: "name a file that evoke archive create wrote"
      )
    }
    return try zip.file.bytes(record.bytes, name)
  }

  /// The bytes of a member, unchecked.
  package func bytes(_ name: String) throws -> [UInt8] { try Self.bytes(name, zip) }

  /// A member with what its bytes hash to; nil where there is none.
  func member(_ name: String) throws -> ArchiveMember? {
    guard let record = zip.records[name] else { return nil }
    return try ArchiveMember(name, zip.file.part(record.bytes, name))
  }

  /// Writes members into a folder and makes it a warehouse of this program's schema, which holds its sources where they are now.
  ///
  /// - Parameter checksMembers: whether each member must be what the manifest records of it; else who asks compares them.
  /// - Returns: whether its catalog was of an earlier schema.
  /// - Throws: `E-ARC-001` for a member that would lie elsewhere, and for one that is not what was written.
  @discardableResult
  public func unpack(
    _ part: Part, into folder: String, checksMembers: Bool = true, progress: (Double, String) -> Void = { _, _ in }
  ) throws -> Bool {
    guard zip.records[Self.catalog] != nil else {
      throw EvokeError(.notAnArchive, path, reason: "it has no \(Self.catalog)", remedy: "fetch the archive again")
    }
    try refuseFilesAsFolders()
    try write(Self.catalog, into: folder, checked: checksMembers)
    let isEarlier = try Warehouse.sealUnpacked(folder)
    let names =
      switch part {
      case .catalog: Set<String>()
      case .named(let sql): try files(namedBy: sql, in: folder)
      case .everything: Set(zip.records.keys).subtracting([Self.catalog])
      }
    for (done, name) in names.sorted().enumerated() {
      progress(Double(done) / Double(names.count), name)
      try write(name, into: folder, checked: checksMembers)
    }
    return isEarlier
  }

  /// Hands over what is wanted of it as a warehouse to read, unpacked into a folder that goes away.
  public func reading<T>(_ part: Part, _ body: (Warehouse) throws -> T) throws -> T {
    let scratch = try PrivateFolder("archive")
    defer { scratch.remove() }
    try unpack(part, into: scratch.path)
    return try Warehouse.reading(scratch.path, body)
  }

  /// Writes every member as it is into a folder: an RO-Crate that is not packed.
  public func writeMembers(into folder: String) throws {
    try refuseFilesAsFolders()
    for name in zip.records.keys.sorted() { try write(name, into: folder, checked: true) }
  }

  private static let catalog = "catalog.sqlite"

  /// Files of the arrays that a statement asks for; all of them where it does not name each in quotes.
  private func files(namedBy sql: String, in folder: String) throws -> Set<String> {
    let calls = sql.matches(of: /\b(?i:array|array_axes|h5_tree)\s*\(/).count
    let named = sql.matches(of: /\b(?i:array|array_axes)\s*\(\s*'([^']*)'\s*\)/).map { String($0.1) }
    guard calls > 0 else { return [] }
    let rows = try Warehouse.reading(folder) { try $0.read { try $0.arrayFiles() } }
      .filter { zip.records[$0.file] != nil }
    return Set(rows.filter { named.count < calls || named.contains($0.name) }.map(\.file))
  }

  /// What the system takes as a path.
  private static let longestName = 4096
  /// Folders in folders: no archive has nearly as many.
  private static let deepest = 64

  private static func unnamed(_ path: String, _ name: String) -> EvokeError {
    EvokeError(
      .notAnArchive, "\(path): \(String(name.prefix(200)).visibleLine)", reason: "it is no name of a member",
      remedy: "trust nothing in it")
  }

  /// - Throws: `E-ARC-001` for a member that is named as a folder of others, and for names that no path is as long as.
  private func refuseFilesAsFolders() throws {
    for member in zip.records.keys.sorted() {
      let depth = member.utf8.count { $0 == UInt8(ascii: "/") }
      guard member.utf8.count <= Self.longestName, depth <= Self.deepest else { throw Self.unnamed(path, member) }
      var end = member.startIndex
      while let slash = member[end...].firstIndex(of: "/") {
        let name = String(member[..<slash])
        if zip.records[name] != nil {
          throw EvokeError(
            .notAnArchive, "\(path): \(name.visibleLine)", reason: "other members lie in it, and it is no folder",
            remedy: "trust nothing in it")
        }
        end = member.index(after: slash)
      }
    }
  }

  private func write(_ name: String, into folder: String, checked: Bool) throws {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.allSatisfy({ $0.nameFault == nil }), let record = zip.records[name] else {
      throw Self.unnamed(path, name)
    }
    let target = folder + "/" + name
    try Files.makeDirectory(Files.folder(of: target))
    let file = try DurableFile.begin(target)
    let content = try zip.file.part(record.bytes, name)
    var hash = SHA256()
    for range in ArchiveMember.pieces(content.count) {
      let bytes = try content.bytes(range, name)
      hash.update(bytes)
      try file.write(bytes)
    }
    if checked, name != ArchiveManifest.name, let fault = fault(of: name, sha256: hash.take().hex) {
      throw Self.damaged(path, name, fault)
    }
    try file.place()
    if name.hasPrefix("arrays/") { try Files.setMode(target, 0o444) }
  }

  /// How the bytes of a member are not those of the manifest.
  private func fault(of name: String, sha256: String) -> String? {
    guard let own = recorded[name] else { return "the manifest does not know it" }
    return own == sha256 ? nil : "SHA-256 is \(sha256.prefix(12))…, recorded \(own.prefix(12))…"
  }

  private static func damaged(_ path: String, _ member: String, _ reason: String) -> EvokeError {
    EvokeError(
      .notAnArchive, "\(path): \(member)", reason: reason,
      remedy: "fetch the archive again; evoke archive verify \(ShellText.quoted(path)) names all that differs")
  }

  /// Requires every byte of the file to be what was written.
  ///
  /// - Throws: `E-ARC-001`.
  public static func requireWhole(_ path: String) throws {
    let failed = try ArchiveVerification.container(path).first { $0.state == .failed }
    if let failed { throw damaged(path, failed.object, failed.detail) }
  }

  /// Tells the catalog of an unpacked archive where its sources are.
  ///
  /// - Parameter home: where the folder will stand; nil: where it is.
  public static func settle(_ folder: String, at home: String? = nil) throws {
    let home = Files.absolute(home ?? folder)
    guard Files.exists(folder + "/sources") else { return }
    let warehouse = try Warehouse.open(folder, .writing("archive extract"))
    let (sources, models) = try warehouse.read { (try $0.storedSources(), try $0.storedModels()) }
    func place(_ name: String) -> String? {
      name.hasPrefix("sources/") && Files.kind(of: folder + "/" + name) != nil ? home + "/" + name : nil
    }
    try warehouse.write { connection in
      for row in sources { if let new = place(row.path) { try connection.moveSource(old: row.path, new: new) } }
      for row in models { if let new = place(row.folder) { try connection.moveModel(old: row.folder, new: new) } }
    }
    try warehouse.close()
  }

  /// Makes a warehouse of it in a new or empty folder; a new one appears whole or not at all.
  ///
  /// - Throws: `E-WH-002` where something stands there, `E-ARC-001` for a member that is not what was written.
  public func extract(to folder: String, progress: (Double, String) -> Void = { _, _ in }) throws {
    if Files.exists(folder), try !Files.names(in: folder).isEmpty {
      throw EvokeError(
        .warehouseExists, folder, reason: "it holds files", remedy: "name a new folder, for example paper.evoke")
    }
    guard Files.exists(folder) else { return try Files.makeWhole(folder) { try fill($0, for: folder, progress) } }
    do { try fill(folder, for: folder, progress) } catch {
      // What went wrong first is told.
      do { for name in try Files.names(in: folder) { try Files.removeAll(folder + "/" + name) } } catch {}
      throw error
    }
  }

  private func fill(_ folder: String, for home: String, _ progress: (Double, String) -> Void) throws {
    for name in ["/arrays", "/quarantine"] { try Files.makeDirectory(folder + name) }
    try unpack(.everything, into: folder, progress: progress)
    try Self.settle(folder, at: home)
  }
}
