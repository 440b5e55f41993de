import Archive
import ArgumentParser
import ContentIdentity
import Foundation
import Warehouse

extension ArchiveContent: ExpressibleByArgument {}

/// What is published, for verbs that put together studies with all that their numbers descend from.
struct PublicationOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A study; repeatable.", valueName: "study")) var study: [String] = []
  @Option(help: "Title of the publication.") var title: String
  @Option(help: ArgumentHelp("An author; repeatable.", valueName: "name <orcid>")) var author: [String] = []
  @Option(help: ArgumentHelp("Licence of the archive.", valueName: "spdx")) var licence: String
  @Option(help: "What of the data it holds: none, arrays or sources (arrays, too).") var include = ArchiveContent.arrays
  @Option(help: ArgumentHelp("Folder of claims (evoke claims), which must hold in the archive.", valueName: "dir"))
  var claims: String?
  @Option(
    help: ArgumentHelp(
      "Keeps out arrays and sources whose names this query returns, and sources that such an array was read from; "
        + "repeatable, each with its --reason.",
      valueName: "sql"))
  var exclude: [String] = []
  @Option(help: "Why; one for each --exclude.") var reason: [String] = []
  @Flag(help: "Without authors, for blind review.") var blind = false

  func validate() throws {
    if study.isEmpty { throw ValidationError("Name a study: --study NAME.") }
    if author.isEmpty, !blind { throw ValidationError("Name an author: --author 'NAME <ORCID>', or --blind.") }
    for text in author where Author(text) == nil {
      throw ValidationError("\(text) is no author: NAME or 'NAME <0000-0002-1825-0097>', an ORCID iD that checks.")
    }
    _ = try canonicalLicence()
    if exclude.count != reason.count { throw ValidationError("Give each --exclude its --reason.") }
    if title.allSatisfy(\.isWhitespace) { throw ValidationError("Give --title TEXT.") }
  }

  private func canonicalLicence() throws -> String {
    guard let canonical = LicenceExpression.canonical(licence) else {
      throw ValidationError(
        "\(licence) is no SPDX licence; CC-BY-4.0 and CC0-1.0 are, and LicenseRef-NAME is one of your own.")
    }
    return canonical
  }

  /// Dated by SOURCE_DATE_EPOCH, else now.
  func maker() throws -> ArchiveMaker {
    let epoch = ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"]
    guard let date = Publication.date(epoch: epoch) else {
      throw ValidationError("SOURCE_DATE_EPOCH is a number of seconds since 1970, of a year with four digits.")
    }
    let publication = Publication(
      title: title, authors: author.compactMap(Author.init), licence: try canonicalLicence(), date: date,
      studies: study,
      include: include, isBlind: blind, evokeVersion: Warehouse.version)
    return ArchiveMaker(
      publication, claims: claims, exclusions: zip(exclude, reason).map { Exclusion(sql: $0, reason: $1) })
  }
}

extension ArchiveMaker.Outcome {
  /// The root on a line of its own, what is named and not held on stderr; `place`: where it stands now.
  func tell(_ place: String, _ global: GlobalOptions) throws {
    if global.json {
      return try Output.line(
        JSONValue.object([
          "schema": "evoke.archive/1", "file": .string(place), "root": .string(root), "members": .int(members),
          "bytes": .int(bytes), "tombstones": .int(tombstones.map(\.count).reduce(0, +)),
        ]).canonical)
    }
    try Output.line(root)
    for (reason, stones) in Dictionary(grouping: tombstones, by: \.reason).sorted(by: { $0.key < $1.key }) {
      global.note("\(stones.map(\.count).reduce(0, +)) named and not held: \(reason)")
    }
    global.note("\(place): \(members) members, \(bytes) bytes; the root above is for the paper")
  }
}
