import Claims
import ContentIdentity
import Diagnostics
import FileSystem
import Foundation
import Upkeep
import Warehouse
import ZipArchive

/// Makes an archive of studies: one ZIP file of stored members with the same bytes whenever it is made of the same rows for the
/// same date.
public struct ArchiveMaker {
  /// What was made.
  public struct Outcome: Sendable {
    public let root: String
    public let members: Int
    public let bytes: Int
    public let tombstones: [Tombstone]
  }

  private let publication: Publication
  private let claimsFolder: String?
  private let exclusions: [Exclusion]

  /// - Parameter claims: folder of claims that the archive holds and that must hold in it.
  public init(_ publication: Publication, claims: String?, exclusions: [Exclusion]) {
    (self.publication, claimsFolder, self.exclusions) = (publication, claims, exclusions)
  }

  /// Writes the archive; it takes its place once it verifies up to level 4.
  ///
  /// - Throws: as `CatalogSubset`; `E-ARC-003`, `E-ARC-004`, `E-ARC-006`; `E-WH-012` and `E-WH-013` for sources that are to be
  ///   held and are missing or changed; the first failure of its verification.
  public func make(
    of warehouse: Warehouse, at path: String, progress: @escaping (Double, String) -> Void = { _, _ in }
  ) throws -> Outcome {
    let scratch = try PrivateFolder("archive")
    defer { scratch.remove() }
    progress(0, "catalog")
    let excluded = try excludedNames(warehouse)
    let subset = try CatalogSubset(of: warehouse, studies: publication.studies, in: scratch.path)
    let claims = try claimsFolder.map { try Claim.all(in: $0) } ?? []
    let (withholding, documents) = try Warehouse.reading(scratch.path) { catalog in
      let withholding = try Withholding(
        of: catalog, subset, excluded: excluded, content: publication.include,
        earlier: try Tombstone.all(in: warehouse.directory))
      return (
        withholding,
        try ArchiveDocuments(of: catalog, publication, tombstones: withholding.tombstones, claims: claims)
      )
    }
    let files = try members(subset, withholding, documents, of: warehouse, progress)
    let outcome = try write(files, documents, to: path, progress)
    return Outcome(
      root: outcome.root, members: outcome.members.count + 1, bytes: Files.size(of: path) ?? outcome.members.count,
      tombstones: withholding.tombstones)
  }

  /// Names that the exclusions' queries return, with the reasons.
  ///
  /// - Throws: `E-WH-010` for a query that returns none: what it was to keep in would leave.
  private func excludedNames(_ warehouse: Warehouse) throws -> [String: String] {
    var names: [String: String] = [:]
    for exclusion in exclusions {
      let rows = try warehouse.userQuery(exclusion.sql).flatMap(\.rows)
      guard !rows.isEmpty else {
        throw EvokeError(
          .unknownName, exclusion.sql, reason: "--exclude returns no row: it would keep nothing out",
          remedy: "correct the query, or leave the exclusion out; evoke sql shows what it returns")
      }
      for row in rows {
        guard let name = row.values.first?.string else {
          throw EvokeError(
            .unknownName, exclusion.sql, reason: "--exclude returns a row whose first column is no text",
            remedy: "return names of arrays or sources in its first column")
        }
        names[name] = exclusion.reason
      }
    }
    return names
  }

  /// Everything but page, metadata and manifest, by name.
  private func members(
    _ subset: CatalogSubset, _ withholding: Withholding, _ documents: ArchiveDocuments, of warehouse: Warehouse,
    _ progress: (Double, String) -> Void
  ) throws -> [ArchiveMember] {
    var members = try documents.texts.map { try ArchiveMember($0.name, text: $0.text) }
    if let claimsFolder {
      for file in Set(documents.claims.map(\.file)).sorted() {
        members.append(try ArchiveMember("claims/\(file)", file: "\(claimsFolder)/\(file)"))
      }
    }
    members.append(try ArchiveMember("catalog.sqlite", file: subset.directory + "/catalog.sqlite"))
    try refuseFolders(members, subset.names.folders)
    try refuseNames(members, subset.pseudonyms)
    for (done, file) in withholding.files.enumerated() {
      progress(0.5 * Double(done) / Double(withholding.files.count), file.name)
      let member = try ArchiveMember(file.name, file: warehouse.path(file.name).absolute)
      guard member.sha256 == file.sha256 else { throw damaged(file.name) }
      members.append(member)
    }
    for source in withholding.sources {
      let member = try ArchiveMember(source.name, file: source.path)
      guard member.sha256 == source.sha256 else {
        throw EvokeError(
          .sourceChanged, source.path, reason: "it is not what was imported",
          remedy: "restore the file, or leave it out: --include arrays")
      }
      members.append(member)
    }
    precondition(Set(members.map(\.name)).count == members.count, "members have names of their own")
    return members.sorted { $0.name < $1.name }
  }

  private func damaged(_ file: String) -> EvokeError {
    EvokeError(
      .arrayCorrupt, file, reason: "its bytes are not those recorded",
      remedy: "run evoke repair, then the same command again")
  }

  /// - Throws: `E-ARC-004` where a text or the catalog names a folder of this machine.
  private func refuseFolders(_ members: [ArchiveMember], _ folders: [String]) throws {
    let telling = folders.filter(SourceNames.isTelling)
    for member in members {
      let text = Data(try member.content.bytes(0..<member.content.count, member.name))
      guard let folder = telling.first(where: { text.range(of: Data(($0 + "/").utf8)) != nil }) else { continue }
      throw EvokeError(
        .placeInArchive, member.name, reason: "it names \(folder)",
        remedy: "import what names it again by a relative path, or mend the file")
    }
  }

  /// - Throws: `E-ARC-006` where what people wrote for the archive names somebody whom consent keeps back.
  private func refuseNames(_ members: [ArchiveMember], _ pseudonyms: Pseudonyms) throws {
    guard !pseudonyms.isEmpty else { return }
    var texts = [("title", publication.title)] + publication.studies.map { ("name of study", $0) }
    for member in members where member.name != "catalog.sqlite" {
      let bytes = try member.content.bytes(0..<member.content.count, member.name)
      texts += [(member.name, member.name), (member.name, String(decoding: bytes, as: UTF8.self))]
    }
    for (object, text) in texts {
      guard let person = pseudonyms.person(in: text) else { continue }
      throw EvokeError(
        .personInArchive, object, reason: "it names \(person.name), of whom nothing but what is of groups may leave",
        remedy: "write it without the name; or, where the participants agreed: evoke consent \(person.dataset) "
          + "\(DataClass.perSubject.needed.rawValue) --reason TEXT")
    }
  }

  private func write(
    _ files: [ArchiveMember], _ documents: ArchiveDocuments, to path: String,
    _ progress: @escaping (Double, String) -> Void
  ) throws -> ArchiveManifest {
    let page = IndexPage(documents: documents, members: files.map(\.entry)).text
    var members = files + [try ArchiveMember(IndexPage.name, text: page)]
    let metadata = ResearchObject(
      documents: documents, members: members.map(\.entry).sorted { $0.name < $1.name }
    ).text
    members.append(try ArchiveMember(ResearchObject.name, text: metadata))
    members.sort { $0.name < $1.name }
    let undated = [IndexPage.name: page, ResearchObject.name: metadata].compactMap { name, text in
      ArchiveManifest.undated(name, Array(text.utf8), publication.date).map { (name, $0) }
    }
    let manifest = ArchiveManifest(
      publication, members.map(\.entry), undated: Dictionary(uniqueKeysWithValues: undated))
    members.append(try ArchiveMember(ArchiveManifest.name, text: manifest.text))
    members.sort { $0.name < $1.name }
    let file = try DurableFile.begin(path)
    let layout = ZipLayout(members.map(\.layout))
    for member in members {
      try file.write(ZipLayout.head(member.layout))
      for range in ArchiveMember.pieces(member.content.count) {
        try file.write(try member.content.bytes(range, member.name))
      }
    }
    try file.write(layout.directory)
    try file.synchronise()
    let findings = try ArchiveVerification.run(file.temporary, level: 4, limits: .own) { progress(0.5 + $0 / 2, $1) }
    if let failed = findings.first(where: { $0.state == .failed }) {
      throw EvokeError(
        failed.check == ArchiveVerification.claimCheck ? .claimFailed : .verificationFailed, failed.object,
        reason: "\(failed.check): \(failed.detail)", remedy: "mend what it says; nothing was written")
    }
    try file.place()
    return manifest
  }
}
