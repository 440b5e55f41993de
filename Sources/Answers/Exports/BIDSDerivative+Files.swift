import ContentIdentity
import FileSystem
import Lineage
import TableText
import Warehouse

extension BIDSDerivative {
  /// Labels of all that is written.
  private struct Names {
    let people: BIDSLabels
    let stimuli: BIDSLabels
    /// Of studies and sets of features.
    let descriptions: BIDSLabels
    let views: BIDSLabels
  }

  /// Writes everything into a folder that is there and empty.
  ///
  /// - Parameter progress: is told the share that is done and what comes next.
  /// - Throws: what reading arrays and writing files throws, `E-QRY-014` for features two of which have one name.
  public func write(into folder: String, progress: (Double, String) -> Void) throws {
    let names = Names(
      people: BIDSLabels(people, without: "sub-"),
      stimuli: BIDSLabels(tables.compactMap(\.stimulus) + features.map(\.stimulus)),
      descriptions: BIDSLabels(provenance.map(\.study) + features.map(\.set)),
      views: BIDSLabels(tables.map { BIDSName($0.view.name) }))
    for table in tables { try write(table, names, into: folder) }
    for (place, set) in features.enumerated() {
      progress(Double(place) / Double(features.count), set.row.name)
      try write(set, names, into: folder)
    }
    for (study, document) in provenance {
      try put(document.canonical + "\n", "prov/desc-\(names.descriptions[study])_prov.json", in: folder)
    }
    try writeParticipants(names, into: folder)
    try writeDescriptions(names, into: folder)
    try put(description.canonical + "\n", "dataset_description.json", in: folder)
    try put(readme, "README.md", in: folder)
    // The standard has no files of results or PROV-JSON yet, and lets those that it has not be named here. Folders are
    // matched without their slash by bids-validator 3.
    let others = Set(tables.map { names.views[BIDSName($0.view.name)] }).sorted().map { "*_\($0).*" }
    try put((others + ["prov"]).map { $0 + "\n" }.joined(), ".bidsignore", in: folder)
  }

  private var people: [BIDSName] { Set(tables.compactMap(\.person)).sorted() }

  private func put(_ text: String, _ name: String, in folder: String) throws {
    let path = folder + "/" + name
    try Files.makeDirectory(Files.folder(of: path))
    try Files.write(text, to: path)
  }

  private func write(_ table: BIDSTable, _ names: Names, into folder: String) throws {
    let subject = table.person.map { "sub-\(names.people[$0])" }
    let entities = [
      subject, table.stimulus.map { "task-\(names.stimuli[$0])" },
      "desc-\(names.descriptions[.study(table.study)])", names.views[BIDSName(table.view.name)],
    ]
    let file = entities.compactMap(\.self).joined(separator: "_")
    let name = [subject, file].compactMap(\.self).joined(separator: "/")
    try put(table.text, name + ".tsv", in: folder)
    try put(table.sidecar.canonical + "\n", name + ".json", in: folder)
  }

  private func write(_ features: BIDSFeatures, _ names: Names, into folder: String) throws {
    let stem = "task-\(names.stimuli[features.stimulus])_desc-\(names.descriptions[features.set])_stim"
    let path = "\(folder)/stimuli/\(stem)"
    try Files.makeDirectory(folder + "/stimuli")
    try ArrayExport(features.row.name, slices: [], in: warehouse).continuous(
      to: path + ".tsv.gz", sidecar: path + ".json", stimulus: features.row.stimulus)
  }

  /// A table of the folder's own, with its columns and what they are.
  private func write(
    _ name: String, _ columns: [(name: String, description: String)], _ rows: [[String]], into folder: String
  ) throws {
    let lines = [columns.map(\.name)] + rows
    try put(lines.map { TableFormat.bidsLine($0.map { .text($0) }) }.joined(), name + ".tsv", in: folder)
    let described = columns.map { ($0.name, ["Description": .string($0.description)] as JSONValue) }
    try put(
      JSONValue.object(Dictionary(uniqueKeysWithValues: described)).canonical + "\n", name + ".json", in: folder)
  }

  private func writeParticipants(_ names: Names, into folder: String) throws {
    if people.isEmpty { return }
    let columns = [
      (name: "participant_id", description: "folder of the rows of this subject or rater"),
      (name: "dataset", description: "dataset of the warehouse"),
      (name: "name", description: "name in the warehouse"),
    ]
    let rows = people.map { ["sub-\(names.people[$0])", $0.context.joined(separator: " "), $0.name] }
    try write("participants", columns, rows, into: folder)
  }

  private func writeDescriptions(_ names: Names, into folder: String) throws {
    let columns = [
      (name: "desc_id", description: "label of the entity desc"),
      (name: "description", description: "what it stands for, by its name in the warehouse"),
    ]
    let studies = provenance.map { study, _ in ["desc-\(names.descriptions[study])", "Results of study \(study.name)"] }
    let sets = Set(features.map { ["desc-\(names.descriptions[$0.set])", $0.words] }).sorted { $0[0] < $1[0] }
    try write("descriptions", columns, studies + sets, into: folder)
  }

  private var readme: String {
    var lines = [
      "# \(title)", "",
      "Derivatives in BIDS \(Self.version), written by Evoke \(Warehouse.version).", "",
      "- `desc-STUDY_VIEW.tsv`: results of a study that are of no person; the JSON file beside each tells its columns.",
      "- `descriptions.tsv`: what the labels of `desc-` stand for.",
      "- `prov/`: the lineage of each study's results down to source bytes (W3C PROV-JSON).",
    ]
    if !people.isEmpty {
      lines.append("- `sub-LABEL/`: results of one subject or rater; `participants.tsv` has their names.")
    }
    if !features.isEmpty {
      lines.append(
        "- `stimuli/`: features of each stimulus, a line a second; the JSON file beside each has its columns.")
    }
    for (view, rows) in keptRows {
      lines.append("- Not here: \(rows) rows of \(view) of subjects or raters, whose consent keeps them in.")
    }
    return lines.map { $0 + "\n" }.joined()
  }

  /// How many rows of persons each view keeps in.
  public var keptRows: [(view: String, rows: Int)] {
    Dictionary(kept.map { ($0.view, $0.rows) }, uniquingKeysWith: +).sorted { $0.key < $1.key }.map {
      (view: $0.key, rows: $0.value)
    }
  }
}
