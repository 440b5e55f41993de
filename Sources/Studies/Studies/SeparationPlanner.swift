import Diagnostics
import Plans
import Vocabulary
import Warehouse

/// An element of a stimulus and what a feature unit of it reads.
struct PlannedElement {
  let dataset: String
  let stimulus: String
  let element: Element
  let sound: ElementSound
  /// nil where nothing was recorded of the film's length.
  let film: FilmClock?
  /// The unit that separates it, which must come first; nil for the original and for imported stems.
  let unit: Unit?
  let inputs: [Unit.Input]

  /// For labels: `dataset/stimulus (element)`.
  var label: String { "\(dataset)/\(stimulus) (\(element.rawValue))" }
}

/// Finds the sound of elements: the media file, an imported stem, or the unit that separates it.
struct ElementPlanner {
  /// `imported`, or the name of a separation model; nil where nothing was said.
  let separation: String?
  private let models: [SQLRow]
  private let warehouse: Warehouse

  /// - Throws: `E-SEP-002` where `separation` names no imported separation model.
  init(separation: String?, warehouse: Warehouse) throws {
    self.separation = separation
    self.warehouse = warehouse
    models = try warehouse.read { try $0.report("separation_models") }
    guard let separation, separation != "imported" else { return }
    if !models.contains(where: { $0.text("name") == separation }) {
      let known = models.map { $0.text("name") }.joined(separator: ", ")
      throw EvokeError(
        .separationModelUnknown, "separation \(separation)",
        reason: known.isEmpty ? "no separation model is imported" : "imported are \(known)",
        remedy: "evoke import weights FOLDER of Spleeter's 2stems model, or correct the name")
    }
  }

  /// An element of a stimulus; `row` is one of `study_stimuli`.
  ///
  /// - Throws: `E-SEP-002` where there is neither an imported stem nor one model to separate with.
  func plan(_ element: Element, of row: SQLRow, dataset: String) throws -> PlannedElement {
    let media = Unit.Input.source(role: "media", name: row.text("media_path"), sha256: row.text("media_sha256"))
    let film = row["duration_s"].double.map {
      FilmClock(audioStartS: row["audio_start_offset_s"].double, durationS: $0)
    }
    func planned(_ place: ElementSound.Place, _ length: SoundLength?, unit: Unit? = nil, _ inputs: [Unit.Input])
      -> PlannedElement
    {
      PlannedElement(
        dataset: dataset, stimulus: row.text("name"), element: element,
        sound: ElementSound(place: place, length: length), film: film, unit: unit, inputs: inputs)
    }
    let length = Self.length(row, rate: "audio_rate_hz")
    if element == .original { return planned(.media(audioStream: row["audio_stream"].int), length, [media]) }
    if let stem = try importedStem(row, dataset: dataset, element: element) {
      let file = Unit.Input.source(role: "media", name: stem.text("path"), sha256: stem.text("sha256"))
      return planned(.importedStem, Self.length(stem, rate: "rate_hz"), [file])
    }
    let model = try model(for: row.text("name"))
    let parameters = SeparationStep.Parameters(
      dataset: dataset, stimulus: row.text("name"), audioStream: row["audio_stream"].int, length: length,
      separation: model.text("name"), extension: .zeros)
    let weights = Unit.Input.source(role: "weights", name: parameters.separation, sha256: model.text("weights_sha256"))
    let unit = SeparationStep().unit(
      parameters, inputs: [media, weights],
      label: "separation of \(dataset)/\(parameters.stimulus) by \(parameters.separation)")
    return planned(
      .separatedStem(model: parameters.separation), length, unit: unit, [.unit(role: "stem", key: unit.key)])
  }

  /// Samples of a sound, where its import counted them.
  private static func length(_ row: SQLRow, rate: String) -> SoundLength? {
    guard let count = row["sample_count"].int, let hertz = row[rate].int, hertz > 0 else { return nil }
    return SoundLength(sampleCount: count, rateHz: hertz)
  }

  /// Why there is no such element in a dataset, where there is neither a separation model nor an imported stem of it.
  func lacking(_ element: Element, dataset: String) throws -> String? {
    guard element != .original, models.isEmpty || separation == "imported" else { return nil }
    let stems = try warehouse.read { try $0.report("stem_files", ["dataset": .text(dataset)]) }
    guard !stems.contains(where: { $0.text("element") == element.rawValue }) else { return nil }
    let model = models.isEmpty ? "no separation model is imported" : "the study asks for imported stems"
    return "element \(element.rawValue) needs separated sound: \(model), and no stem of dataset \(dataset)"
  }

  private func model(for stimulus: String) throws -> SQLRow {
    let named = separation.map { name in models.filter { $0.text("name") == name } } ?? models
    guard named.count != 1 else { return named[0] }
    let reason =
      separation == "imported"
      ? "no stem of it is imported"
      : named.isEmpty
        ? "no separation model is imported, and no stem of it"
        : "the imported models \(named.map { $0.text("name") }.joined(separator: ", ")) could all separate it"
    throw EvokeError(
      .separationModelUnknown, stimulus, reason: reason,
      remedy: named.isEmpty
        ? "evoke import weights FOLDER of Spleeter's 2stems model, or evoke import stems FILE..."
        : "name one with --separation, in a study with preparation: {separation: NAME}")
  }

  /// An imported stem, where the study asks for imported ones or says nothing; the original's file is then not needed.
  private func importedStem(_ row: SQLRow, dataset: String, element: Element) throws -> SQLRow? {
    guard separation == nil || separation == "imported" else { return nil }
    return try warehouse.read { try $0.report("stem_files", ["dataset": .text(dataset)]) }
      .first { $0.text("stimulus") == row.text("name") && $0.text("element") == element.rawValue }
  }
}
