import ArgumentParser
import Diagnostics
import FileSystem
import Foundation
import Kinds
import StudyFiles
import Warehouse

/// `evoke new study KIND`, `evoke new paper NAME`
struct NewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Study files: a draft of what the warehouse holds, or a paper's.",
    subcommands: [NewStudy.self, NewPaper.self])
}

struct NewStudy: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study", abstract: "A commented study file of a kind; to standard output, or into a new file.")

  @Argument(help: "Kind of study; evoke explain KIND tells its keys.") var kind: String
  @Option(help: ArgumentHelp("A dataset of the study; may be given several times. Without it all.", valueName: "name"))
  var dataset: [String] = []
  @Option(name: .shortAndLong, help: ArgumentHelp("A new file; none is written over.", valueName: "file"))
  var output: String?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let grammar = StudyKinds.all.grammar
    guard let kind = grammar.kind(named: kind) else {
      throw EvokeError(
        .unknownName, kind, reason: "there is no such kind of study",
        remedy: NearMiss.suggestion(
          kind, in: grammar.kinds.map(\.name),
          otherwise: "name one of: \(grammar.kinds.filter(grammar.isComputed).map(\.name).joined(separator: ", "))"))
    }
    if let output { try global.requireOutside(output) }
    let draft = try global.withWarehouse(.reading) { try drafted(kind, grammar, in: $0) }
    guard let output else { return try Output.write(draft.text) }
    guard !Files.exists(output) else {
      throw EvokeError(
        .fileExists, output, reason: "a draft replaces no file", remedy: "name another file, or remove it")
    }
    try Files.write(Array(draft.text.utf8), to: output)
    global.note("wrote \(output); evoke plan \(ShellText.quoted(output)) shows what it comes to")
  }

  /// Of all datasets, or, where they make no study together and none is named, of the first that makes one alone.
  private func drafted(_ kind: StudyKind, _ grammar: Grammar, in warehouse: Warehouse) throws -> StudyDraft {
    func draft(_ holdings: StudyHoldings) throws -> StudyDraft {
      try StudyDraft(kind, of: holdings, grammar: grammar) { _ = try StudyKinds.all.plan($0, in: warehouse) }
    }
    let all = try holdings(warehouse)
    do { return try draft(all) } catch let error as EvokeError where error.code == .draftLacks {
      guard dataset.isEmpty, all.datasets.count > 1 else { throw error }
      for one in all.datasets {
        var alone = all
        alone.datasets = [one]
        do {
          let found = try draft(alone)
          global.note("note: the datasets make no such study together; drafted of \(one.name): --dataset names another")
          return found
        } catch let error as EvokeError where error.code == .draftLacks {}
      }
      throw error
    }
  }

  private func holdings(_ warehouse: Warehouse) throws -> StudyHoldings {
    let rows = try warehouse.read { try $0.studyHoldings() }
    let names = rows.compactMap(\.dataset)
    var known: [String] = []
    for name in names where known.last != name { known.append(name) }
    for name in dataset where !known.contains(name) {
      throw EvokeError(
        .unknownName, "dataset \(name)", reason: "there is no such dataset, or it holds nothing that a study can name",
        remedy: NearMiss.suggestion(name, in: known, otherwise: "evoke status tells what there is"))
    }
    var found = StudyHoldings(
      datasets: known.filter { dataset.isEmpty || dataset.contains($0) }.map(StudyHoldings.Dataset.init(name:)))
    for row in rows { Self.add(row, to: &found) }
    found.columns = try warehouse.read { try $0.mapColumns() }.map { ($0.atlas, $0.atlasColumn) }
    return found
  }

  private static func add(_ row: Rows.StudyHoldings, to found: inout StudyHoldings) {
    switch (row.what, row.name) {
    case ("encoder", let name?): found.encoders.append(name)
    case ("separation", _): found.separates = true
    case (let what, let name):
      guard let place = found.datasets.firstIndex(where: { $0.name == row.dataset }) else { return }
      switch (what, name) {
      case ("sound", let name?): found.datasets[place].sounds.append(name)
      case ("picture", _): found.datasets[place].hasPicture = true
      case ("space", let name?): found.datasets[place].spaces.append(name)
      case ("mapped", let name?): found.datasets[place].mapped.append(name)
      case ("rating", let name?): found.datasets[place].ratings.append(name)
      case ("signal", let name?):
        guard let rate = row.rateHz else { preconditionFailure("a recording has a rate") }
        found.datasets[place].signals.append(
          StudyHoldings.Signal(name: name, subjectCount: row.count, rateHz: rate))
      default: preconditionFailure("study_holdings.sql says \(what)")
      }
    }
  }
}
