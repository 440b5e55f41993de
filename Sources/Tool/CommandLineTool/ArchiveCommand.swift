import Archive
import ArgumentParser
import ContentIdentity
import Diagnostics
import Execution
import Exports
import FileSystem
import Foundation
import Kinds
import Upkeep
import Warehouse

/// `evoke archive create|verify|extract|deposit`
struct ArchiveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "archive", abstract: "One file that proves a publication: makes it, checks it, opens it.",
    discussion: "-C FILE asks an archive in place, as in: evoke query layer_sweep -C paper.zip",
    subcommands: [ArchiveCreate.self, ArchiveVerify.self, ArchiveExtract.self, ArchiveDeposit.self])
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
  @OptionGroup var publication: PublicationOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try global.requireOutside(file)
    guard !Files.exists(file) else {
      throw EvokeError(.fileExists, file, reason: "it is there already", remedy: "name another file, or move it away")
    }
    let maker = try publication.maker()
    let line = ProgressLine(quiet: global.quiet || global.json)
    let outcome = try global.withWarehouse(.reading) { warehouse in
      try maker.make(of: warehouse, at: file) { line.show($0, $1) }
    }
    line.clear()
    try outcome.tell(file, global)
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
      (p <= .05, signs of effects and ends of intervals, flags, peaks and claims unchanged, whatever the numbers). A level \
      includes those below. --timeout and --max-rows hold for each query and claim of the archive: one that comes to no end in \
      time fails. It is unpacked into a folder of TMPDIR that goes away. Exit status 1 when a check fails; 69 when none \
      does and units are of older recipes (versions of a step) than this program's, which are counted and named with the Evoke \
      that computed them: level 4 is reached, and only that Evoke can show level 5.
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
    let reached = Verification.reached(findings, of: level)
    let failures = findings.filter { $0.state == .failed }
    guard let first = failures.first else {
      try VerifyCommand.requireReached(file, findings, level)
      return global.note("\(file) verifies at level \(reached)")
    }
    throw EvokeError(
      .verificationFailed, first.object,
      reason: "\(first.check): \(first.detail)" + (failures.count > 1 ? " (and \(failures.count - 1) more)" : "")
        + "; level reached: \(reached) of \(level)",
      remedy: first.check == Verification.recipeCheck
        ? VerifyCommand.remedy(for: first)
        : first.level < 5
          ? "fetch the archive again; if it fails again, do not trust what is named" : "do not trust what is named")
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
    global.note("\(directory) is a warehouse: evoke verify -C \(ShellText.quoted(directory))")
  }
}

/// `evoke archive deposit FILE DIR`
struct ArchiveDeposit: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deposit",
    abstract: "A folder to hand to a repository: the archive, a README, metadata and checksums.",
    discussion: """
      README.md says what the archive is, its root and how it is checked; metadata.json has title, creators, year, licence and \
      methods in the words of DataCite 4 (publisher and identifier are the repository's to give); SHA256SUMS is for sha256sum -c.
      """)

  @Argument(help: "The archive.") var file: String
  @Argument(help: "A new folder.") var directory: String
  @OptionGroup var global: GlobalOptions

  func run() throws {
    try global.requireOutside(directory)
    try ArchiveFile.requireWhole(file)
    let archive = try ArchiveFile(file)
    let methods = try archive.reading(.catalog) { warehouse in
      try warehouse.read { try MethodsText(of: archive.manifest.publication.studies, in: $0) }
    }
    try Deposit(of: archive, methods: methods.text, bibliography: methods.bibliography).write(to: directory)
    global.note("\(directory): \(try Files.names(in: directory).sorted().joined(separator: ", "))")
  }
}
