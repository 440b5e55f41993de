import ArgumentParser
import ContentIdentity
import Diagnostics
import Foundation
import Importing
import MediaDecoding
import Vocabulary
import Warehouse

/// A verb of `evoke import`: options that are one value, and what makes a batch of records of them.
package protocol ImportVerb: ParsableCommand {
  associatedtype Options: VerbOptions
  var options: Options { get }
  /// Whether every import of the kind decodes sound or film.
  static var decodes: Bool { get }
  /// Findings of these codes are left to `table`.
  static var tabled: Set<ErrorCode> { get }
  /// One text in place of those findings; nil: none.
  static func table(_ findings: [Diagnostic]) -> String?
  func read(_ site: ImportSite) throws -> ImportBatch
}

extension ImportVerb {
  package static var decodes: Bool { false }
  package static var tabled: Set<ErrorCode> { [] }
  package static func table(_ findings: [Diagnostic]) -> String? { nil }
}

/// Where an import goes, and what is known there.
package struct ImportSite {
  package let warehouse: Warehouse
  package var common: CommonOptions
  package let known: KnownNames
  package let progress: ImportProgress
}

/// `evoke import KIND FILE...`
package struct ImportCommand: ParsableCommand {
  /// Every kind of import.
  package static let verbs: [any ImportVerb.Type] = [
    ImportVideo.self, ImportAudio.self, ImportAnnotations.self, ImportFeatures.self, ImportEEG.self, ImportFMRI.self,
    ImportWeights.self, ImportStems.self, ImportParticipants.self, ImportAtlas.self, ImportExclusions.self,
    ImportScores.self, ImportFilters.self, ImportLeadfield.self, ImportBIDS.self,
  ]

  package static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Brings films, sound, annotations, recordings, features, weights and tables in.",
    subcommands: verbs.map { $0 })

  @OptionGroup var global: GlobalOptions

  package init() {}
}

/// Options of every import that are none of its kind.
struct ImportOptions: ParsableArguments {
  @Option(help: "Dataset; else the warehouse's only one, else the warehouse's own name.") var dataset: String?
  @Option(help: "Licence of the source.") var licence: String?
  @Option(help: "Consent the data were given under; results-only unless told. A later import never widens it.")
  var consent: Consent?
  @Option(help: "Longest sound, recording or series that is taken for one; else 86400 (24 h).") var longestS: Double?
  @Flag(help: "Say what would be stored; store nothing.") var dryRun = false
  @Flag(help: "Store nothing where a file is faulty; else faulty files are set aside and the others stored.")
  var strict = false

  func validate() throws {
    if let longestS, !(longestS > 0 && longestS.isFinite) {
      throw ValidationError("--longest-s takes positive seconds.")
    }
  }

  func common(in warehouse: Warehouse) throws -> CommonOptions {
    let known = try warehouse.read { try $0.studyDatasets() }.map { $0.name }
    let stem = ((warehouse.directory as NSString).lastPathComponent as NSString).deletingPathExtension
    let name = dataset ?? (known.count == 1 ? known[0] : stem.isEmpty ? "main" : stem)
    return CommonOptions(dataset: name, licence: licence, consent: consent, longestS: longestS ?? CommonOptions.day)
  }
}

extension ImportVerb {
  /// Reads, reports every finding, then stores everything but files with faults of their own, or nothing.
  func run(_ own: ImportOptions, _ global: GlobalOptions) throws {
    if Self.decodes { DecodingProcess.prepare() }
    try global.withWarehouse(.writing("import " + Self._commandName)) { warehouse in
      do { try bring(into: warehouse, own, global) } catch let error as EvokeError {
        throw try error.fitted(to: Self.self)
      }
    }
  }

  private func bring(into warehouse: Warehouse, _ own: ImportOptions, _ global: GlobalOptions) throws {
    let common = try own.common(in: warehouse)
    let line = ProgressLine(quiet: global.quiet || global.json)
    let site = ImportSite(
      warehouse: warehouse, common: common, known: try KnownNames(of: common.dataset, in: warehouse)
    ) { done, total, item in line.show(Double(done) / Double(max(1, total)), item) }
    var batch = try own.strict ? read(site) : readSound(site)
    batch.command = ImportWords(
      folder: FileManager.default.currentDirectoryPath, arguments: Array(CommandLine.arguments.dropFirst()))
    batch.compareDataset(site.known)
    if let kept = try warehouse.read({ try $0.consent(of: batch.common.dataset) }) { batch.compareConsent(kept) }
    batch.diagnostics = try batch.diagnostics.map { try $0.fitted(to: Self.self) }
    precondition(
      options.identity.keys.allSatisfy { batch.options[$0] != nil }, "\(Self.self) hashes other options than its own")
    let files = own.dryRun ? [] : batch.sources.map(\.path)
    if !global.json { try report(batch.diagnostics, of: files, global) }
    let outcome = try batch.commit(to: warehouse, dryRun: own.dryRun) { line.show($0, "storing") }
    line.clear()
    try global.report(
      outcome, of: batch, diagnostics: outcome.diagnostics.map { try $0.afterStoring(files, by: Self.self) })
    try batch.refuseSetAside()
  }

  /// Reads again without files that have faults of their own, until none has; all of it where nothing would be left.
  private func readSound(_ site: ImportSite) throws -> ImportBatch {
    let whole = try read(site)
    var (batch, site) = (whole, site)
    var setAside: [SetAside] = []
    while batch.hasErrors, !batch.faults.isEmpty {
      try batch.refuseShortage()
      setAside += try batch.faults.sorted { $0.key < $1.key }.map { path, faults in
        SetAside(path: path, faults: try faults.map { try $0.fitted(to: Self.self) })
      }
      site.common.leftOut.formUnion(batch.faults.keys)
      batch = try read(site)
    }
    guard !setAside.isEmpty, !batch.hasErrors, !batch.records.isEmpty else { return whole }
    batch.common.leftOut = []
    batch.setAside = setAside
    return batch
  }

  /// - Parameter files: what is stored; none by a dry run.
  private func report(_ findings: [Diagnostic], of files: [String], _ global: GlobalOptions) throws {
    let told = findings.filter { $0.severity != .error && !Self.tabled.contains($0.code) }
    for finding in Diagnostic.grouped(told) { global.note(try finding.afterStoring(files, by: Self.self)) }
    if let table = Self.table(findings.filter { Self.tabled.contains($0.code) }) { global.note(table) }
  }
}

extension Diagnostic {
  /// Findings that say one thing of more than five objects as one, which names the first of them and counts the others,
  /// those that are not listed too: the clips of a dataset have the same fault a thousand times.
  package static func grouped(_ findings: [Diagnostic]) -> [Diagnostic] {
    func words(_ finding: Diagnostic) -> [String] {
      [finding.severity.rawValue, finding.code.id, finding.reason, finding.remedy]
    }
    let groups = Dictionary(grouping: findings, by: words).filter { $0.value.count > 5 }
    // What stands for those that are not listed joins the group of the first of their code, which they are like.
    var further: [[String]: Diagnostic] = [:]
    for rest in findings where rest.unlisted != nil {
      guard let first = findings.first(where: { $0.code == rest.code }), groups[words(first)] != nil else { continue }
      further[words(first)] = rest
    }
    let joined = Set(further.values.map(words))
    var told: Set<[String]> = []
    return findings.compactMap { finding in
      let words = words(finding)
      if joined.contains(words) { return nil }
      guard let group = groups[words] else { return finding }
      guard told.insert(words).inserted else { return nil }
      let named = group.prefix(3).map(\.object)
      let count = further[words]?.unlisted.map { group.count + $0 } ?? group.count
      return Diagnostic(
        finding.severity, finding.code, "\(named.joined(separator: ", ")) and \(count - named.count) more",
        reason: finding.reason, remedy: finding.remedy)
    }
  }
}

extension ImportBatch {
  /// Says which files were set aside, after all others were stored.
  ///
  /// - Throws: `filesSetAside`.
  fileprivate func refuseSetAside() throws {
    guard let first = setAside.first else { return }
    throw EvokeError(
      .filesSetAside, setAside.count == 1 ? first.path : "\(first.path) and \(setAside.count - 1) more",
      reason: "they have faults of their own; the other files are stored",
      remedy: "mend them and run the same command again, or keep everything out with --strict",
      diagnostics: setAside.flatMap(\.faults))
  }
}

extension GlobalOptions {
  fileprivate func report(_ outcome: ImportOutcome, of batch: ImportBatch, diagnostics: [Diagnostic]) throws {
    if json {
      let added = outcome.added.map { ($0.noun, JSONValue.int($0.count)) }
      try Output.line(
        JSONValue.object([
          "schema": "evoke.import/1", "state": .string(outcome.state.rawValue),
          "dataset": .string(batch.common.dataset),
          "added": .object(Dictionary(added, uniquingKeysWith: { a, _ in a })),
          "diagnostics": .array(diagnostics.map(ErrorText.json)),
          "set_aside": .array(batch.setAside.map { .string($0.path) }),
        ]).canonical)
      return
    }
    switch outcome.state {
    case .unchanged: note("unchanged, skipped: \(NearMiss.list(batch.sources.map(\.path)))")
    case .restored:
      note("restored: arrays that were missing or damaged, from \(NearMiss.list(batch.sources.map(\.path)))")
    case .imported, .dryRun:
      let what = outcome.added.map(\.text)
      let verb = outcome.state == .dryRun ? "would store" : "stored"
      note("\(verb) in dataset \(batch.common.dataset): \(what.isEmpty ? "nothing" : what.joined(separator: ", "))")
    }
  }
}

extension KnownNames {
  /// What the catalog knows of a dataset.
  init(of dataset: String, in warehouse: Warehouse) throws {
    let (stimuli, subjects, known, shown) = try warehouse.read { connection in
      (
        try connection.knownStimuli(dataset: dataset), try connection.knownSubjects(dataset: dataset),
        try connection.knownNames(dataset: dataset), try connection.knownShowings(dataset: dataset)
      )
    }
    var durations: [String: Double] = [:]
    for row in stimuli where row.hasMedia == 1 { durations[row.name] = row.durationS }
    self.init(
      durations: durations, withoutMedia: Set(stimuli.map(\.name)),
      subjects: Set(subjects.map(\.name)))
    func names(_ kind: String) -> Set<String> { Set(known.filter { $0.kind == kind }.map(\.name)) }
    showings = shown.map { row in
      KnownShowing(
        modality: row.modality, signal: row.signal, subject: row.subject, session: row.session, run: row.run,
        stimulus: row.stimulus, startS: row.startS, durationS: row.durationS)
    }
    (annotations, spaces) = (names("annotation"), names("feature"))
    datasets = Set(try warehouse.read { try $0.studyDatasets() }.map(\.name))
  }
}
