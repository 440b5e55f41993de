import Archive
import ArgumentParser
import ContentIdentity
import Diagnostics
import Execution
import FileSystem
import Foundation
import Kinds
import Upkeep
import Warehouse

extension ArchiveContent: ExpressibleByArgument {}

/// `evoke archive create|verify|extract`
struct ArchiveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "archive", abstract: "One file that proves a publication: makes it, checks it, opens it.",
    discussion: "-C FILE asks an archive in place, as in: evoke query layer_sweep -C paper.zip",
    subcommands: [ArchiveCreate.self, ArchiveVerify.self, ArchiveExtract.self])
}

/// `evoke archive create FILE`
struct ArchiveCreate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Archives studies with everything their numbers descend from.",
    discussion: """
      A ZIP file of stored members: a page for people, the part of the catalog that the studies need, arrays, studies, frozen \
      queries with their results, claims, environment, licences, an RO-Crate with PROV-JSON. It names no folder, user or \
      machine. What consent or --exclude keeps out is named in tombstones.json by hash, size, axes and reason, so that lineage \
      stays closed; people whose rows stay behind go by withheld-0001 and so on. The same rows make the same bytes; the date is \
      that of SOURCE_DATE_EPOCH, else now. The root that is printed is for the paper: it is over everything but the date. The \
      archive takes its place once it verifies (level 4).
      """)

  @Argument(help: "The archive, for example paper.zip.") var file: String
  @Option(help: ArgumentHelp("A study; repeatable.", valueName: "study")) var study: [String] = []
  @Option(help: "Title of the publication.") var title: String
  @Option(help: ArgumentHelp("An author; repeatable.", valueName: "name <orcid>")) var author: [String] = []
  @Option(help: ArgumentHelp("Licence of the archive.", valueName: "spdx")) var licence: String
  @Option(help: "What of the data it holds: none, arrays or sources (arrays, too).") var include = ArchiveContent.arrays
  @Option(help: ArgumentHelp("Folder of claims (evoke claims), which must hold in the archive.", valueName: "dir"))
  var claims: String?
  @Option(
    help: ArgumentHelp(
      "Keeps out arrays and sources whose names this query returns; repeatable, each with its --reason.",
      valueName: "sql"))
  var exclude: [String] = []
  @Option(help: "Why; one for each --exclude.") var reason: [String] = []
  @Flag(help: "Without authors, for blind review.") var blind = false
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if study.isEmpty { throw ValidationError("Name a study: --study NAME.") }
    if author.isEmpty, !blind { throw ValidationError("Name an author: --author 'NAME <ORCID>', or --blind.") }
    for text in author where Author(text) == nil {
      throw ValidationError("\(text) is no author: NAME or 'NAME <0000-0002-1825-0097>', an ORCID iD that checks.")
    }
    if licence.wholeMatch(of: /[A-Za-z0-9.+-]+( (AND|OR|WITH) [A-Za-z0-9.+-]+)*/) == nil {
      throw ValidationError("\(licence) is no SPDX licence; CC-BY-4.0 and CC0-1.0 are.")
    }
    if exclude.count != reason.count { throw ValidationError("Give each --exclude its --reason.") }
    if title.isEmpty { throw ValidationError("Give --title TEXT.") }
  }

  func run() throws {
    try global.requireOutside(file)
    guard !Files.exists(file) else {
      throw EvokeError(.fileExists, file, reason: "it is there already", remedy: "name another file, or move it away")
    }
    let epoch = ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"]
    guard let date = Publication.date(epoch: epoch) else {
      throw ValidationError("SOURCE_DATE_EPOCH is a number of seconds since 1970.")
    }
    let publication = Publication(
      title: title, authors: author.compactMap(Author.init), licence: licence, date: date, studies: study,
      include: include, isBlind: blind, evokeVersion: Warehouse.version)
    let exclusions = zip(exclude, reason).map { Exclusion(sql: $0, reason: $1) }
    let maker = ArchiveMaker(publication, claims: claims, exclusions: exclusions)
    let line = ProgressLine(quiet: global.quiet || global.json)
    let outcome = try global.withWarehouse(.reading) { warehouse in
      try maker.make(of: warehouse, at: file) { line.show($0, $1) }
    }
    line.clear()
    if global.json {
      return try Output.line(
        JSONValue.object([
          "schema": "evoke.archive/1", "file": .string(file), "root": .string(outcome.root),
          "members": .int(outcome.members), "bytes": .int(outcome.bytes),
          "tombstones": .int(outcome.tombstones.map(\.count).reduce(0, +)),
        ]).canonical)
    }
    try Output.line(outcome.root)
    for (reason, stones) in Dictionary(grouping: outcome.tombstones, by: \.reason).sorted(by: { $0.key < $1.key }) {
      global.note("\(stones.map(\.count).reduce(0, +)) named and not held: \(reason)")
    }
    global.note("\(file): \(outcome.members) members, \(outcome.bytes) bytes; the root above is for the paper")
  }
}

/// `evoke archive verify FILE`
struct ArchiveVerify: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Checks an archive from its file alone, offline.",
    discussion: """
      Levels: 1 structure; 2 every byte and row, and the root (--root as the paper has it: only this shows that everything was \
      made anew); 3 lineage closed, documents as the catalog makes them; 4 frozen queries and claims asked again; 5 every unit \
      whose inputs are there computed again: bitwise, within tolerance (arrays 1e-4, numbers 1e-6), or in its conclusions \
      (p < .05, signs of effects and ends of intervals, flags, peaks and claims unchanged, whatever the numbers). A level \
      includes those below. --timeout and --max-rows hold for each query and claim of the archive: one that comes to no end in \
      time fails. It is unpacked into a folder of TMPDIR that goes away. Exit status 1 when a check fails.
      """)

  @Argument(help: "The archive.") var file: String
  @Option(help: "1 to 5.") var level = 4
  @Option(help: ArgumentHelp("The root that stands in the paper.", valueName: "hex")) var root: String?
  @OptionGroup var work: WorkOptions
  @OptionGroup var limiting: LimitOptions
  @OptionGroup var formatting: FormatOptions
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if let root, root.count != 64 || !root.allSatisfy(\.isHexDigit) {
      throw ValidationError("--root has 64 hexadecimal digits.")
    }
    if root != nil, level < 2 { throw ValidationError("--root is compared at level 2 and above.") }
    if !ArchiveVerification.levels.contains(level) { throw ValidationError("--level is 1 to 5.") }
  }

  func run() throws {
    let line = ProgressLine(quiet: global.quiet || global.json)
    let recomputation = Recomputation(
      steps: Steps.all, options: RunOptions(workers: work.jobs, libraries: try Libraries.versions()))
    let findings = try ArchiveVerification.run(
      file, level: level, root: root, work: recomputation, limits: limiting.limits
    ) { line.show($0, $1) }
    line.clear()
    try Output.write(formatting.text(VerifyCommand.table(findings), global))
    let reached = ArchiveVerification.reached(findings, of: level)
    let failures = findings.filter { $0.state == .failed }
    guard let first = failures.first else { return global.note("\(file) verifies at level \(reached)") }
    throw EvokeError(
      .verificationFailed, first.object,
      reason: "\(first.check): \(first.detail)" + (failures.count > 1 ? " (and \(failures.count - 1) more)" : "")
        + "; level reached: \(reached) of \(level)",
      remedy: "fetch the archive again; if it fails again, do not trust what is named")
  }
}

/// `evoke archive extract FILE DIR`
struct ArchiveExtract: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "extract", abstract: "Makes a warehouse of an archive.",
    discussion:
      "What the archive does not hold stays absent and is counted by evoke verify; evoke run computes what its inputs allow."
  )

  @Argument(help: "The archive.") var file: String
  @Argument(help: "A new folder.") var directory: String
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let line = ProgressLine(quiet: global.quiet || global.json)
    let archive = try ArchiveFile(file)
    try archive.extract(to: directory) { line.show($0, $1) }
    line.clear()
    global.note("\(directory) is a warehouse: evoke verify -C \(directory)")
  }
}
