import ContentIdentity
import Diagnostics
import FileSystem
import LabelledArrays
import Warehouse

/// What became of an import.
public struct ImportOutcome: Sendable {
  public enum State: String, Sendable { case imported, unchanged, dryRun = "dry run" }

  public let state: State
  /// Rows by kind: what was (or would be) added.
  public let added: [(kind: String, count: Int)]
  /// Warnings and notes.
  public let diagnostics: [Diagnostic]
}

extension ImportBatch {
  /// SHA-256 of verb, options, dataset and source bytes: the identity of an import.
  public var key: String {
    JSONValue.object([
      "verb": .string(verb), "options": options, "dataset": .string(common.dataset),
      "sources": .array(sources.map(\.sha256).sorted().map { .string($0) }),
    ]).sha256
  }

  /// What the batch holds, by kind.
  public var counts: [(kind: String, count: Int)] {
    [
      ("stimulus", stimuli.count), ("annotation", annotations.count), ("feature space", features.count),
      ("recording", recordings.count), ("model", models.count), ("atlas", atlases.count), ("stem", stems.count),
      ("leadfield", leadfields.count),
      ("participant", participants.count), ("exclusion", exclusions.count), ("filter bank", filterBanks.count),
    ].filter { $0.1 > 0 }
  }

  /// Stores everything, or nothing.
  ///
  /// - Throws: `E-IMP-002` with all findings when one of them is an error; `E-IMP-001` or `E-IMP-003` for a conflict
  ///   with what is there.
  public func commit(to warehouse: Warehouse, dryRun: Bool = false, progress: (Double) -> Void = { _ in }) throws
    -> ImportOutcome
  {
    try refuseErrors()
    if try warehouse.read({ try $0.report("import_by_key", ["key": .text(key)]) }).first?.text("state") == "done" {
      return ImportOutcome(state: .unchanged, added: [], diagnostics: diagnostics)
    }
    try refuseConflicts(with: warehouse)
    if dryRun { return ImportOutcome(state: .dryRun, added: counts, diagnostics: diagnostics) }
    let stored = try writeArrays(in: warehouse, progress: progress)
    try warehouse.write { connection in
      var entry = ImportEntry(batch: self, connection: connection, stored: stored)
      try entry.enter()
    }
    return ImportOutcome(state: .imported, added: counts, diagnostics: diagnostics)
  }

  private func refuseErrors() throws {
    let errors = diagnostics.filter { $0.severity == .error }
    guard let first = errors.first else { return }
    if diagnostics.count == 1 {
      throw EvokeError(first.code, first.object, reason: first.reason, remedy: first.remedy)
    }
    throw EvokeError(
      .importRefused, sources.first?.path ?? verb,
      reason: "\(errors.count) of \(diagnostics.count) findings are errors",
      remedy: "correct them; nothing was stored", diagnostics: diagnostics)
  }

  private func refuseConflicts(with warehouse: Warehouse) throws {
    var seen: Set<String> = []
    for description in arrays.map(\.description) {
      let existing = try warehouse.read { try $0.report("array_named", ["name": .text(description.name)]) }
      if !existing.isEmpty || !seen.insert(description.name).inserted {
        throw EvokeError(
          .alreadyImported, description.name,
          reason: existing.isEmpty ? "the import itself brings it twice" : "an earlier import brought it",
          remedy: "give another --name, or evoke forget the other import first")
      }
    }
    for stimulus in stimuli {
      guard let source = stimulus.source else { continue }
      let rows = try warehouse.read {
        try $0.report("stimulus_media", ["dataset": .text(common.dataset), "name": .text(stimulus.name)])
      }
      if let other = rows.first?.optionalText("sha256"), other != source.sha256 {
        throw EvokeError(
          .stimulusHasMedia, stimulus.name, reason: "\(rows[0].text("path")) is its media file",
          remedy: "import \(source.path) under another --name")
      }
    }
    for stem in stems {
      let rows = try warehouse.read { try $0.report("stem_files", ["dataset": .text(common.dataset)]) }
      for row in rows where row.text("stimulus") == stem.stimulus && row.text("element") == stem.element {
        throw EvokeError(
          .alreadyImported, "\(stem.element) of \(stem.stimulus)", reason: "\(row.text("path")) is its stem",
          remedy: "evoke forget \(row.text("path")) first")
      }
    }
    for model in models
    where try !warehouse.read({ try $0.report("model_named", ["name": .text(model.name)]) }).isEmpty {
      throw EvokeError(
        .alreadyImported, model.name, reason: "a model of that name is there", remedy: "give another --name")
    }
    for bank in filterBanks
    where try warehouse.read({ try $0.report("filter_banks") }).contains(where: { $0.text("name") == bank.name }) {
      throw EvokeError(
        .alreadyImported, bank.name, reason: "filters of that name are there", remedy: "give another --name")
    }
    for atlas in atlases
    where try !warehouse.read({ try $0.report("atlas_named", ["name": .text(atlas.name)]) }).isEmpty {
      throw EvokeError(
        .alreadyImported, atlas.name, reason: "an atlas of that name is there", remedy: "give another --name")
    }
  }

  /// The arrays with their catalog keys, in the order annotations, features, recordings, their confounds, atlases,
  /// leadfields.
  var arrays: [(description: ArrayDescription, source: ArraySource)] {
    let dataset = common.dataset
    return annotations.map { ($0.description(in: dataset), $0.array) }
      + features.map { ($0.description(in: dataset), $0.array) }
      + recordings.map { ($0.description(in: dataset), $0.array) }
      + recordings.compactMap { record in record.confounds.map { (record.confoundDescription(in: dataset), $0) } }
      + atlases.compactMap { atlas in atlas.image.map { (atlas.description($0), $0.array) } }
      + leadfields.flatMap { zip($0.descriptions, $0.arrays.map { ArraySource($0.array) }) }
  }

  private func writeArrays(in warehouse: Warehouse, progress: (Double) -> Void) throws -> [StoredArray] {
    let arrays = arrays
    guard !arrays.isEmpty else { return [] }
    let writer = try ArrayFileWriter(in: warehouse.directory + "/arrays")
    do {
      for (i, (description, source)) in arrays.enumerated() {
        try writer.add(description, group: "\(description.kind)-\(i)", try source.load())
        progress(Double(i + 1) / Double(arrays.count))
      }
      return try writer.finish()
    } catch {
      writer.abandon()
      throw error
    }
  }
}

/// A number in an array name: `0.5` for 0.5, `2` for 2.
func rateLabel(_ rate: Double?) -> String { rate.map { "@" + JSONValue.number($0).canonical } ?? "" }

extension AnnotationRecord {
  func description(in dataset: String) -> ArrayDescription {
    let parts = [dataset, stimulus, run, "annotation", name, rater ?? subject]
    var description = ArrayDescription(name: parts.compactMap { $0 }.joined(separator: "/"), kind: "annotation")
    description.dataset = dataset
    description.cohort = dataset
    description.stimulus = stimulus
    description.subject = subject
    description.session = session
    description.run = run
    description.rater = rater
    description.rateHz = rateHz
    description.parameters = ["annotation": .string(name)]
    return description
  }
}

extension FeatureRecord {
  func description(in dataset: String) -> ArrayDescription {
    let parts = [dataset, stimulus, run, element, space, layerKey]
    var description = ArrayDescription(
      name: parts.compactMap { $0 }.joined(separator: "/") + rateLabel(rateHz), kind: "feature")
    description.dataset = dataset
    description.stimulus = stimulus
    description.run = run
    description.element = element
    description.featureSet = space
    description.model = model
    description.layerKey = layerKey
    description.rateHz = rateHz
    description.parameters = ["space": .string(space)]
    return description
  }
}

extension RecordingRecord {
  func description(in dataset: String) -> ArrayDescription {
    let shown = presentations.first
    let parts = [dataset, presentations.count == 1 ? shown?.stimulus : nil, subject, session, run, modality, name]
    var description = ArrayDescription(name: parts.compactMap { $0 }.joined(separator: "/"), kind: "recording")
    description.dataset = dataset
    description.cohort = dataset
    description.subject = subject
    description.session = session
    description.run = run
    description.stimulus = presentations.count == 1 ? shown?.stimulus : nil
    description.repetition = presentations.count == 1 ? shown?.repetition : nil
    description.rateHz = rateHz
    description.parameters = ["modality": .string(modality), "signal": .string(name)]
    return description
  }
}

extension RecordingRecord {
  /// The confounds lie beside the recording, on its clock.
  func confoundDescription(in dataset: String) -> ArrayDescription {
    var description = description(in: dataset)
    description.name += "/confounds"
    description.kind = "confound"
    return description
  }
}

extension AtlasRecord {
  func description(_ image: Image) -> ArrayDescription {
    var parameters = image.grid.objectValue ?? [:]
    parameters["atlas"] = .string(name)
    return ArrayDescription(name: "atlas/\(name)", kind: "atlas", parameters: .object(parameters))
  }
}
