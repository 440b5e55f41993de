import Diagnostics
import Vocabulary
import Warehouse
import Work

/// An element of a stimulus and what a feature unit of it reads.
struct PlannedElement {
  let dataset: String
  let stimulus: String
  let element: Element
  let sound: ElementSound
  /// nil where nothing was recorded of the film's length.
  let film: FilmClock?
  /// The unit that separates it, which must come first; nil for the original and for imported stems.
  let unit: WorkUnit?
  let inputs: [WorkUnit.Input]

  /// For labels: `dataset/stimulus (element)`.
  var label: String {
    let variant: String? =
      switch sound.place {
      case .media, .importedStem, .separatedStem: nil
      case .varied: sound.variant
      case .matchedImportedStem, .matchedSeparatedStem: "matched"
      }
    return "\(dataset)/\(stimulus) (\([element.rawValue, variant].compactMap(\.self).joined(separator: ", ")))"
  }

  /// A variant of the original sound.
  func varied(_ variant: SoundVariant) -> PlannedElement {
    guard variant != .plain, case .media(let stream) = sound.place else { return self }
    let place = ElementSound.Place.varied(audioStream: stream, gainDb: variant.gainDB, tempo: variant.tempo)
    return with(ElementSound(place: place, length: sound.length))
  }

  /// A stem at a level that all stems have.
  var matched: PlannedElement { with(sound.matched) }

  private func with(_ sound: ElementSound) -> PlannedElement {
    PlannedElement(
      dataset: dataset, stimulus: stimulus, element: element, sound: sound, film: film, unit: unit, inputs: inputs)
  }
}

/// Finds the sound of elements: the media file, an imported stem, or the unit that separates it.
struct ElementPlanner {
  /// `imported`, or the name of a separation model; nil where nothing was said.
  let separation: String?
  private let models: [Rows.SeparationModels]
  private let warehouse: Warehouse

  /// - Throws: `E-SEP-002` where `separation` names no imported separation model.
  init(separation: String?, warehouse: Warehouse) throws {
    self.separation = separation
    self.warehouse = warehouse
    models = try warehouse.read { try $0.separationModels() }
    guard let separation, separation != "imported" else { return }
    if !models.contains(where: { $0.name == separation }) {
      let known = models.map(\.name).joined(separator: ", ")
      throw EvokeError(
        .separationModelUnknown, "separation \(separation)",
        reason: known.isEmpty ? "no separation model is imported" : "imported are \(known)",
        remedy: "evoke import weights FOLDER of Spleeter's 2stems model, or correct the name")
    }
  }

  /// An element of a stimulus.
  ///
  /// - Throws: `E-SEP-002` where there is neither an imported stem nor one model to separate with, `E-EXE-007` for a
  ///   stimulus without media.
  func plan(_ element: Element, of row: Rows.StudyStimuli, dataset: String) throws -> PlannedElement {
    guard let path = row.mediaPath, let sha256 = row.mediaSHA256 else {
      throw EvokeError(
        .inputMissing, "\(dataset)/\(row.name)", reason: "it has no media", remedy: "evoke import video|audio FILE")
    }
    let media = WorkUnit.Input.source(role: "media", name: path, sha256: sha256)
    let film = row.durationS.map { FilmClock(audioStartS: row.audioStartOffsetS, durationS: $0) }
    func planned(_ place: ElementSound.Place, _ length: SoundLength?, unit: WorkUnit? = nil, _ inputs: [WorkUnit.Input])
      -> PlannedElement
    {
      PlannedElement(
        dataset: dataset, stimulus: row.name, element: element,
        sound: ElementSound(place: place, length: length), film: film, unit: unit, inputs: inputs)
    }
    let length = Self.length(row.sampleCount, rateHz: row.audioRateHz)
    if element == .original { return planned(.media(audioStream: row.audioStream), length, [media]) }
    if let stem = try importedStem(row, dataset: dataset, element: element) {
      let file = WorkUnit.Input.source(role: "media", name: stem.path, sha256: stem.sha256)
      return planned(.importedStem, Self.length(stem.sampleCount, rateHz: stem.rateHz), [file])
    }
    let model = try model(for: row.name)
    let parameters = SeparationStep.Parameters(
      dataset: dataset, stimulus: row.name, audioStream: row.audioStream, length: length,
      separation: model.name, extension: .zeros)
    let weights = WorkUnit.Input.source(role: "weights", name: parameters.separation, sha256: model.weightsSHA256)
    let unit = SeparationStep().unit(
      parameters, inputs: [media, weights],
      label: "separation of \(dataset)/\(parameters.stimulus) by \(parameters.separation)")
    return planned(
      .separatedStem(model: parameters.separation), length, unit: unit, [.unit(role: "stem", key: unit.key)])
  }

  /// Samples of a sound, where its import counted them.
  private static func length(_ count: Int?, rateHz: Double?) -> SoundLength? {
    guard let count, let hertz = rateHz.flatMap({ Int(exactly: $0) }), hertz > 0 else { return nil }
    return SoundLength(sampleCount: count, rateHz: hertz)
  }

  /// Why there is no such element in a dataset, where there is neither a separation model nor an imported stem of it.
  func lacking(_ element: Element, dataset: String) throws -> String? {
    guard element != .original, models.isEmpty || separation == "imported" else { return nil }
    let stems = try warehouse.read { try $0.stemFiles(dataset: dataset) }
    guard !stems.contains(where: { $0.element == element.rawValue }) else { return nil }
    let model = models.isEmpty ? "no separation model is imported" : "the study asks for imported stems"
    return "element \(element.rawValue) needs separated sound: \(model), and no stem of dataset \(dataset)"
  }

  private func model(for stimulus: String) throws -> Rows.SeparationModels {
    let named = separation.map { name in models.filter { $0.name == name } } ?? models
    guard named.count != 1 else { return named[0] }
    let reason =
      separation == "imported"
      ? "no stem of it is imported"
      : named.isEmpty
        ? "no separation model is imported, and no stem of it"
        : "the imported models \(named.map(\.name).joined(separator: ", ")) could all separate it"
    throw EvokeError(
      .separationModelUnknown, stimulus, reason: reason,
      remedy: named.isEmpty
        ? "evoke import weights FOLDER of Spleeter's 2stems model, or evoke import stems FILE..."
        : "name one with --separation, in a study with preparation: {separation: NAME}")
  }

  /// An imported stem, where the study asks for imported ones or says nothing; the original's file is then not needed.
  private func importedStem(_ row: Rows.StudyStimuli, dataset: String, element: Element) throws
    -> Rows.StemFiles?
  {
    guard separation == nil || separation == "imported" else { return nil }
    return try warehouse.read { try $0.stemFiles(dataset: dataset) }
      .first { $0.stimulus == row.name && $0.element == element.rawValue }
  }
}
