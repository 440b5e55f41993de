import ArgumentParser
import ContentIdentity
import Diagnostics
import FileSystem
import Vocabulary
import Warehouse

extension Consent: ExpressibleByArgument {}

/// `evoke consent DATASET [WORD --reason TEXT]`
struct ConsentCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "consent", abstract: "Tells, or changes, what the participants of a dataset consented to.",
    discussion: """
      open: data may be published; controlled: given to those who sign; results-only: results alone; none: nothing. \
      The strictest word of a dataset and its files holds; unstated is results-only. A change is recorded with its reason.
      """)

  @Argument(help: "Dataset.") var dataset: String
  @Argument(help: "The new word; without it what holds is told.") var word: Consent?
  @Option(help: "Why it changes: the form, the ethics vote, the letter.") var reason: String?
  @Flag(help: "Say what would change.") var dryRun = false
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if word != nil, reason?.isEmpty != false {
      throw ValidationError("Give --reason TEXT: it is recorded with the change.")
    }
  }

  func run() throws {
    guard let word else { return try tell() }
    guard let reason else { preconditionFailure("validate asks for it") }
    let changed = try global.withWarehouse(dryRun ? .reading : .writing("consent")) { warehouse in
      let before = try known(in: warehouse)
      if !dryRun, try isChange(before, to: word) {
        try warehouse.write { try change(before, to: word, for: reason, $0) }
      }
      return before
    }
    let effective = try changed.effective()
    try Output.line("\(dataset): \(effective.rawValue) -> \(word.rawValue)\(dryRun ? " (dry run)" : "")")
    let kept = try changed.sources.filter { try $0.given(word) != word }
    if try !isChange(changed, to: word) { global.note("unchanged, nothing is recorded") }
    if !kept.isEmpty {
      global.note("\(kept.count) files belong to other datasets too, whose stricter word they keep")
    }
  }

  private func known(in warehouse: Warehouse) throws -> DatasetConsent {
    if let known = try warehouse.read({ try $0.consent(of: dataset) }) { return known }
    let names = try warehouse.read { try $0.studyDatasets() }.map(\.name)
    throw EvokeError(
      .unknownName, "dataset \(dataset)", reason: "nothing of it was imported",
      remedy: NearMiss.suggestion(dataset, in: names))
  }

  /// Whether the word is not yet that of the dataset and of each of its files that it would be given to.
  private func isChange(_ before: DatasetConsent, to word: Consent) throws -> Bool {
    try before.declared != word
      || before.sources.contains { source in
        try Consent.stored(source.consent) != source.given(word)
      }
  }

  private func change(
    _ before: DatasetConsent, to word: Consent, for reason: String, _ connection: Connection
  ) throws {
    try connection.setDatasetConsent(consent: word.rawValue, dataset: before.datasetID)
    for source in before.sources {
      try connection.setSourceConsent(consent: try source.given(word).rawValue, source: source.sourceFileID)
    }
    let options: JSONValue = [
      "before": .string(try before.effective().rawValue), "after": .string(word.rawValue),
      "reason": .string(reason), "at": .string(Machine.now),
    ]
    try connection.enterEvent(kind: "consent", verb: "consent", options: options, dataset: dataset)
  }

  private func tell() throws {
    let known = try global.withWarehouse(.reading) { warehouse in try self.known(in: warehouse) }
    let columns = ["of", "consent"]
    func row(_ name: String, _ word: String) -> SQLRow {
      SQLRow(columns: columns, values: [.text(name), .text(word)])
    }
    var rows = [row("dataset \(dataset)", known.declared?.rawValue ?? "unstated")]
    rows += known.sources.map { row($0.path, $0.consent ?? "unstated") }
    rows.append(row("what holds", try known.effective().rawValue))
    try Output.write(FormatOptions.plain(SQLTable(columns: columns, rows: rows), global))
  }
}
