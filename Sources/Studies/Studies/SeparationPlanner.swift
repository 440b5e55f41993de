import ContentIdentity
import Diagnostics
import Plans
import Warehouse

/// What a feature unit of one element of one stimulus reads.
struct ElementSound {
  /// The unit that separates it, which must come first; nil for the original and for imported stems.
  let unit: Unit?
  let inputs: [Unit.Input]
  /// Parameters that name the stimulus and the element and describe the sound.
  let parameters: [String: JSONValue]
  /// For labels: `dataset/stimulus (element)`.
  let label: String
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

  /// The sound of an element; `row` is one of `study_stimuli`.
  ///
  /// - Throws: `E-SEP-002` where there is neither an imported stem nor one model to separate with.
  func sound(_ row: SQLRow, dataset: String, element: String) throws -> ElementSound {
    let label = "\(dataset)/\(row.text("name")) (\(element))"
    var parameters = Self.parameters(row, dataset: dataset, element: element)
    let media = Unit.Input.source(role: "media", name: row.text("media_path"), sha256: row.text("media_sha256"))
    if element == "original" {
      return ElementSound(unit: nil, inputs: [media], parameters: parameters, label: label)
    }
    if let stem = try importedStem(row, dataset: dataset, element: element) {
      parameters["separation"] = "imported"
      parameters["audio_stream"] = nil
      parameters["sample_count"] = .int(stem.int("sample_count"))
      parameters["sample_hz"] = stem["rate_hz"].double.map { .int(Int($0)) }
      let file = Unit.Input.source(role: "media", name: stem.text("path"), sha256: stem.text("sha256"))
      return ElementSound(unit: nil, inputs: [file], parameters: parameters, label: label)
    }
    let unit = try separationUnit(row, dataset: dataset, media)
    parameters["separation"] = unit.parameters["separation"]
    return ElementSound(
      unit: unit, inputs: [.unit(role: "stem", key: unit.key)], parameters: parameters, label: label)
  }

  /// Why there is no such element in a dataset, where there is neither a separation model nor an imported stem of it.
  func lacking(_ element: String, dataset: String) throws -> String? {
    guard element != "original", models.isEmpty || separation == "imported" else { return nil }
    let stems = try warehouse.read { try $0.report("stem_files", ["dataset": .text(dataset)]) }
    guard !stems.contains(where: { $0.text("element") == element }) else { return nil }
    let model = models.isEmpty ? "no separation model is imported" : "the study asks for imported stems"
    return "element \(element) needs separated sound: \(model), and no stem of dataset \(dataset)"
  }

  /// The unit that separates a stimulus' sound.
  private func separationUnit(_ row: SQLRow, dataset: String, _ media: Unit.Input) throws -> Unit {
    let model = try model(for: row.text("name"))
    var parameters = Self.parameters(row, dataset: dataset, element: "original")
    parameters["element"] = nil
    parameters["separation"] = .string(model.text("name"))
    parameters["extension"] = "zeros"
    return Unit(
      step: "separation", version: Steps.version(of: "separation"), parameters: .object(parameters),
      inputs: [
        media, .source(role: "weights", name: model.text("name"), sha256: model.text("weights_sha256")),
      ], label: "separation of \(dataset)/\(row.text("name")) by \(model.text("name"))")
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
  private func importedStem(_ row: SQLRow, dataset: String, element: String) throws -> SQLRow? {
    guard separation == nil || separation == "imported" else { return nil }
    return try warehouse.read { try $0.report("stem_files", ["dataset": .text(dataset)]) }
      .first { $0.text("stimulus") == row.text("name") && $0.text("element") == element }
  }

  /// What describes a stimulus' media to a unit.
  static func parameters(_ row: SQLRow, dataset: String, element: String) -> [String: JSONValue] {
    var parameters: [String: JSONValue] = [
      "dataset": .string(dataset), "stimulus": .string(row.text("name")), "element": .string(element),
    ]
    parameters["audio_stream"] = row["audio_stream"].int.map { .int($0) }
    parameters["sample_count"] = row["sample_count"].int.map { .int($0) }
    parameters["sample_hz"] = row["audio_rate_hz"].int.map { .int($0) }
    parameters["audio_start_s"] = row["audio_start_offset_s"].double.map { .number($0) }
    parameters["duration_s"] = row["duration_s"].double.map { .number($0) }
    return parameters
  }
}
