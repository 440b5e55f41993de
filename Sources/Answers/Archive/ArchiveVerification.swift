import Claims
import ContentIdentity
import Diagnostics
import Execution
import FileSystem
import Upkeep
import Warehouse
import ZipArchive

/// Checks an archive from its file alone: structure (1), every byte and row (2), lineage closed and documents made again (3),
/// queries and claims asked again (4), units computed again (5).
public struct ArchiveVerification {
  public static let levels = Verification.levels
  static let claimCheck = "claims hold"

  private let archive: ArchiveFile
  private let folder: String
  /// Of each query and claim that the archive holds.
  private let limits: QueryLimits
  private var findings: [VerificationFinding] = []
  /// Whether its catalog was of an earlier schema than this program's.
  private var isEarlier = false

  /// Everything `level` and the levels below it find.
  ///
  /// - Parameters:
  ///   - root: as the paper has it.
  ///   - work: how units are computed again at level 5.
  ///   - limits: of each query and claim that the archive holds: what is somebody else's may be without an end.
  /// - Throws: `E-QRY-005` for levels that there are not, what reading the file throws.
  public static func run(
    _ path: String, level: Int, root: String? = nil, work: Recomputation? = nil, limits: QueryLimits = .usual,
    progress: @escaping (Double, String) -> Void = { _, _ in }
  ) throws -> [VerificationFinding] {
    let archive: ArchiveFile
    do { archive = try ArchiveFile(path) } catch let error as EvokeError where error.code == .notAnArchive {
      return [VerificationFinding(1, "archive opens", .failed, object: error.object, detail: error.reason)]
    }
    let scratch = try PrivateFolder("archive")
    defer { scratch.remove() }
    var verification = ArchiveVerification(archive: archive, folder: scratch.path, limits: limits)
    try verification.run(level: level, root: root, work: work, progress)
    return verification.findings.sorted { $0.level < $1.level }
  }

  /// What the file alone shows, without looking into the catalog: structure, bytes and root.
  package static func container(_ path: String, root: String? = nil) throws -> [VerificationFinding] {
    var verification = ArchiveVerification(archive: try ArchiveFile(path), folder: "", limits: .usual)
    try verification.verifyContainer()
    try verification.verifyMembers(root: root) { _, _ in }
    return verification.findings
  }

  private init(archive: ArchiveFile, folder: String, limits: QueryLimits) {
    (self.archive, self.folder, self.limits) = (archive, folder, limits)
  }

  private mutating func run(
    level: Int, root: String?, work: Recomputation?, _ progress: @escaping (Double, String) -> Void
  ) throws {
    try verifyContainer()
    if level >= 2 { try verifyMembers(root: root, progress) }
    do {
      // What its members hash to is a finding of level 2.
      isEarlier = try archive.unpack(.everything, into: folder, checksMembers: false, progress: progress)
      findings += try Verification.run(folder, level: min(level, 4), limits: limits, progress: progress)
      if level >= 3 { try Warehouse.reading(folder) { try verifyClosure($0) } }
      if level >= 4 { try Warehouse.reading(folder) { try verifyClaims($0, level: 4) } }
      guard level >= 5 else { return }
      guard let work else { preconditionFailure("level 5 computes") }
      // After all else, as it writes.
      try ArchiveFile.settle(folder)
      let (units, revisions) = try Verification.units(of: folder, work, progress: progress)
      findings += units
      if !revisions.isEmpty { try verifyClaims(revised: revisions) }
    } catch let error as EvokeError where Self.isDamage(error) {
      add(1, "archive unpacks", failures: [(error.object, error.reason)], checked: 1)
    } catch let error where Verification.isDamagedText(error) {
      let reason = "a text in it is not as it was written: \(error)"
      add(3, "documents are what the catalog makes", failures: [("catalog.sqlite", reason)], checked: 1)
    }
  }

  /// Whether an error speaks of the archive, and not of this machine.
  private static func isDamage(_ error: EvokeError) -> Bool {
    [
      .notAnArchive, .catalogFailed, .notAWarehouse, .otherCatalog, .catalogEdited, .arrayCorrupt, .arrayMissing,
      .outsideWarehouse, .claimsMalformed,
    ].contains(error.code)
  }

  private mutating func add(
    _ level: Int, _ check: String, failures: [(object: String, detail: String)], checked: Int
  ) {
    if failures.isEmpty {
      findings.append(VerificationFinding(level, check, .ok, object: "\(checked)", detail: ""))
    }
    for failure in failures {
      findings.append(VerificationFinding(level, check, .failed, object: failure.object, detail: failure.detail))
    }
  }

  /// The file is, byte for byte, what its members make, and they are those of the manifest.
  private mutating func verifyContainer() throws {
    let records = archive.zip.records.sorted { $0.value.bytes.lowerBound < $1.value.bytes.lowerBound }
    let layout = ZipLayout(
      records.map { ZipLayout.Member(name: $0.key, size: $0.value.bytes.count, crc: $0.value.crc) })
    var failures: [(object: String, detail: String)] = []
    let file = archive.zip.file
    for (member, offset) in zip(layout.members, layout.offsets) {
      let head = ZipLayout.head(member)
      guard offset + head.count <= file.count, try file.bytes(offset..<offset + head.count, member.name) == head else {
        failures.append((member.name, "what stands before it is not what its name, size and checksum make"))
        break
      }
    }
    if failures.isEmpty,
      try layout.end > file.count || file.bytes(layout.end..<file.count, "directory") != layout.directory
    {
      failures.append((archive.path, "its directory is not what its members make"))
    }
    let names = layout.members.map(\.name)
    if names != names.sorted() { failures.append((archive.path, "its members are not in the order of their names")) }
    add(1, "the file is what its members make", failures: failures, checked: names.count)
    let manifest = archive.manifest
    failures = []
    if try archive.bytes(ArchiveManifest.name) != Array(manifest.text.utf8) {
      failures.append((ArchiveManifest.name, "it is not written as manifests are"))
    }
    let listed = Set(manifest.members.map(\.name) + [ArchiveManifest.name])
    for name in Set(names).symmetricDifference(listed).sorted() {
      failures.append((name, listed.contains(name) ? "it is missing" : "the manifest does not know it"))
    }
    for member in manifest.members {
      if let size = archive.zip.records[member.name]?.bytes.count, size != member.bytes {
        failures.append((member.name, "it has \(size) bytes, the manifest says \(member.bytes)"))
      }
    }
    for name in ["catalog.sqlite", Tombstone.file, IndexPage.name, ResearchObject.name] where !listed.contains(name) {
      failures.append((name, "it is missing"))
    }
    add(1, "members are those of the manifest", failures: failures, checked: names.count)
  }

  /// Every byte, and the root over them.
  private mutating func verifyMembers(root: String?, _ progress: (Double, String) -> Void) throws {
    let manifest = archive.manifest
    var failures: [(object: String, detail: String)] = []
    var (members, undated) = ([ArchiveManifest.Member](), [String: String]())
    for (done, listed) in manifest.members.enumerated() {
      progress(Double(done) / Double(manifest.members.count), listed.name)
      guard let member = try archive.member(listed.name) else { continue }
      members.append(member.entry)
      if member.sha256 != listed.sha256 {
        failures.append((listed.name, "SHA-256 is \(member.sha256.prefix(12))…, recorded \(listed.sha256.prefix(12))…"))
      }
      if ArchiveManifest.dated[listed.name] != nil {
        undated[listed.name] = ArchiveManifest.undated(
          listed.name, try archive.bytes(listed.name), manifest.publication.date)
      }
    }
    for (name, record) in archive.zip.records.sorted(by: { $0.key < $1.key }) {
      guard let member = try archive.member(name), member.crc != record.crc,
        !failures.contains(where: { $0.object == name })
      else { continue }
      failures.append((name, "its bytes do not have the CRC-32 of the file's directory"))
    }
    add(2, "members are what was written", failures: failures, checked: members.count + 1)
    let found = ArchiveManifest.root(manifest.publication, members, undated: undated)
    let isRecorded = found == manifest.root
    add(
      2, "members have the root that is recorded",
      failures: isRecorded ? [] : [(ArchiveManifest.name, "they have \(found), recorded is \(manifest.root)")],
      checked: 1)
    guard let root else { return }
    let isAsked = found == root.lowercased()
    add(2, "members have the root asked for", failures: isAsked ? [] : [(root, "they have \(found)")], checked: 1)
  }

  /// Everything that the catalog names is a member or a tombstone, and the documents are those that it makes.
  private mutating func verifyClosure(_ catalog: Warehouse) throws {
    let (arrays, sources) = try catalog.read { (try $0.arrayFiles(), try $0.archivedSources()) }
    let stones = Set(try Tombstone.all(in: folder).map { [$0.kind.rawValue, $0.name, $0.sha256] })
    let members = Dictionary(
      archive.manifest.members.map { ($0.name, $0.sha256) }, uniquingKeysWith: { first, _ in first })
    var failures: [(object: String, detail: String)] = []
    for row in arrays where members[row.file] == nil && !stones.contains(["array", row.name, row.logicalSHA256]) {
      failures.append((row.name, "it is neither there nor declared absent"))
    }
    // A source is called by where it was last, which its artifact is not; what is part of the program has no place.
    for row in sources where row.path.hasPrefix("sources/") {
      if let sha256 = members[row.path], sha256 != row.sha256 {
        failures.append((row.path, "it is not what was imported"))
      }
      if members[row.path] == nil, !stones.contains(["source", row.path, row.sha256]) {
        failures.append((row.path, "it is neither there nor declared absent"))
      }
    }
    let withheld = try catalog.read { try $0.withheldRows() }.map { Tombstone($0, reason: "") }
    for rows in withheld where !stones.contains([rows.kind.rawValue, rows.name, rows.sha256]) {
      failures.append((rows.name, "its rows are withheld and not declared absent"))
    }
    add(
      3, "everything named is there or declared absent", failures: failures,
      checked: arrays.count + sources.count + withheld.count)
    try verifyDocuments(catalog)
  }

  private mutating func verifyDocuments(_ catalog: Warehouse) throws {
    let manifest = archive.manifest
    guard manifest.publication.evokeVersion == Warehouse.version, !isEarlier else {
      let detail =
        "made by Evoke \(manifest.publication.evokeVersion)\(isEarlier ? " of an earlier schema" : ""), this is "
        + Warehouse.version
      findings.append(VerificationFinding(3, "documents are what the catalog makes", .note, object: "", detail: detail))
      return
    }
    let documents = try ArchiveDocuments(
      of: catalog, manifest.publication, tombstones: Tombstone.all(in: folder), claims: claims())
    let others = manifest.members.filter { ArchiveManifest.dated[$0.name] == nil }
    let page = IndexPage(documents: documents, members: others).text
    let metadata = ResearchObject(
      documents: documents, members: manifest.members.filter { $0.name != ResearchObject.name })
    let texts = documents.texts + [(IndexPage.name, page), (ResearchObject.name, metadata.text)]
    let members = Dictionary(manifest.members.map { ($0.name, $0.sha256) }, uniquingKeysWith: { first, _ in first })
    let strange = texts.filter { members[$0.name] != SHA256.hex(of: $0.text) }
    add(
      3, "documents are what the catalog makes", failures: strange.map { ($0.name, "the catalog makes another") },
      checked: texts.count)
  }

  private func claims() throws -> [Claim] {
    Files.exists(folder + "/claims") ? try Claim.all(in: folder + "/claims") : []
  }

  /// Claims asked of the numbers that were computed again, in the place of the stored ones.
  private mutating func verifyClaims(revised revisions: [RowRevision]) throws {
    let catalog = try Warehouse.open(folder, .writing("archive verify"))
    try catalog.write { connection in for revision in revisions { try connection.revise(revision) } }
    try catalog.close()
    try Warehouse.reading(folder) { try verifyClaims($0, level: 5) }
  }

  private mutating func verifyClaims(_ catalog: Warehouse, level: Int) throws {
    let claims = try claims()
    var failures: [(object: String, detail: String)] = []
    for claim in claims {
      let verdict = try claim.verdict(in: catalog, limits: limits)
      guard !verdict.holds else { continue }
      let reason = verdict.failure ?? verdict.rowCount.map { "\($0) rows contradict it" } ?? "it was not asked"
      failures.append(("\(claim.file) line \(claim.line)", "\(claim.sentence): \(reason)"))
    }
    let check = level == 5 ? "claims hold of what was computed again" : Self.claimCheck
    add(level, check, failures: failures, checked: claims.count)
  }
}
