import ContentIdentity
import Diagnostics
import Foundation

/// Who made what is published.
public struct Author: Codable, Sendable, Equatable {
  public let name: String
  /// 16 digits in four groups; nil where none was given.
  public let orcid: String?

  /// `NAME` or `NAME <ORCID>`, the iD with or without `https://orcid.org/`; nil for what is none.
  ///
  /// The last digit of an iD checks the others (ISO 7064, MOD 11-2).
  public init?(_ text: String) {
    let parts = text.split(separator: "<", maxSplits: 1, omittingEmptySubsequences: false)
    name = parts[0].trimmingCharacters(in: .whitespaces)
    let isOneLine = name.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    guard !name.isEmpty, isOneLine else { return nil }
    guard parts.count == 2 else {
      orcid = nil
      return
    }
    guard parts[1].hasSuffix(">") else { return nil }
    guard let iD = parts[1].dropLast().wholeMatch(of: /(?:https?:\/\/orcid\.org\/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])/),
      Self.isChecked(String(iD.1))
    else { return nil }
    orcid = String(iD.1)
  }

  private static func isChecked(_ digits: String) -> Bool {
    let values = digits.filter { $0 != "-" }
    let sum = values.dropLast().compactMap(\.wholeNumberValue).reduce(0) { ($0 + $1) * 2 % 11 }
    let check = (12 - sum) % 11
    return values.last == (check == 10 ? "X" : Character(String(check)))
  }
}

/// What of the data an archive holds beside the catalog.
public enum ArchiveContent: String, Codable, Sendable, CaseIterable {
  case none, arrays, sources
}

/// What an archive says of itself.
public struct Publication: Codable, Sendable, Equatable {
  public let title: String
  /// None in an archive for blind review.
  public let authors: [Author]
  /// SPDX expression.
  public let licence: String
  /// UTC, ISO 8601: 2026-01-31T12:00:00Z. Left out of the root.
  public var date: String
  public let studies: [String]
  public let include: ArchiveContent
  public let isBlind: Bool
  public let evokeVersion: String

  public init(
    title: String, authors: [Author], licence: String, date: String, studies: [String], include: ArchiveContent,
    isBlind: Bool, evokeVersion: String
  ) {
    (self.title, self.authors, self.licence, self.date) = (title, isBlind ? [] : authors, licence, date)
    (self.studies, self.include, self.isBlind, self.evokeVersion) = (studies, include, isBlind, evokeVersion)
  }

  /// The time that SOURCE_DATE_EPOCH gives, seconds since 1970, else now; nil for what is no number, or no date before 10000.
  public static func date(epoch: String?) -> String? {
    guard let epoch else { return Date().ISO8601Format() }
    guard let seconds = Int(epoch), years.contains(seconds) else { return nil }
    return Date(timeIntervalSince1970: TimeInterval(seconds)).ISO8601Format()
  }

  /// Seconds since 1970 of years with four digits.
  private static let years = -62_167_219_200...253_402_300_799

  /// Whether a text is a date as they stand here.
  static func isDate(_ text: String) -> Bool { text.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil }
}

/// `manifest.json`: what an archive says of itself, every other member with its bytes, and the root over all.
public struct ArchiveManifest: Codable, Sendable, Equatable {
  public struct Member: Codable, Sendable, Equatable {
    public let name: String
    public let bytes: Int
    public let sha256: String
  }

  public static let name = "manifest.json"
  static let schema = "evoke.archive/1"
  /// Members in which the archive's date stands, with what stands before it there.
  package static let dated = ["index.html": "<br>", "ro-crate-metadata.json": #""datePublished":""#]

  public let schema: String
  public let publication: Publication
  /// By name.
  public let members: [Member]
  /// What stands in the paper.
  public let root: String

  /// - Parameter undated: the SHA-256 of the members of `dated` with the date blanked, by name.
  package init(_ publication: Publication, _ members: [Member], undated: [String: String]) {
    (schema, self.publication, self.members) = (Self.schema, publication, members)
    root = Self.root(publication, members, undated: undated)
  }

  /// `MerkleTree.root`: a leaf for what the archive says of itself, then one for each member, its name, a line end and the 64
  /// hex digits of its SHA-256. The date counts nowhere.
  static func root(_ publication: Publication, _ members: [Member], undated: [String: String]) -> String {
    var timeless = publication
    timeless.date = ""
    let head = "\(name)\n\(json(timeless).sha256)"
    let leaves = members.sorted { $0.name < $1.name }.map { "\($0.name)\n\(undated[$0.name] ?? $0.sha256)" }
    return MerkleTree.root(of: ([head] + leaves).map { Array($0.utf8) }).hex
  }

  /// The SHA-256 of a member with the archive's date blanked, but no other time that happens to be the same; nil for one
  /// without a date.
  package static func undated(_ name: String, _ bytes: [UInt8], _ date: String) -> String? {
    guard let before = dated[name] else { return nil }
    var text = String(decoding: bytes, as: UTF8.self)
    if let place = text.range(of: before + date) { text.replaceSubrange(place, with: before) }
    return SHA256.hex(of: text)
  }

  package var text: String { Self.json(self).canonical + "\n" }

  /// - Throws: `E-ARC-001`.
  static func read(_ bytes: [UInt8], of file: String) throws -> ArchiveManifest {
    do {
      let manifest = try StrictCoder.decode(
        ArchiveManifest.self, from: JSONValue(parsing: String(decoding: bytes, as: UTF8.self)))
      guard manifest.schema == schema, Publication.isDate(manifest.publication.date) else {
        throw StrictCodingError(place: "schema", reason: "it is \(manifest.schema) of \(manifest.publication.date)")
      }
      return manifest
    } catch let error where error is StrictCodingError || error is JSONSyntaxError {
      throw EvokeError(
        .notAnArchive, "\(file): \(name)", reason: "\(error)", remedy: "fetch the archive again, or use a newer Evoke")
    }
  }

  static func json(_ value: some Encodable) -> JSONValue {
    do { return try StrictCoder.write(value) } catch { preconditionFailure("a manifest without JSON: \(error)") }
  }
}
