import ContentIdentity
import Foundation
import Kinds
import StudyFiles
import Testing
import Warehouse
import Work

/// What `twins` plans beside the features of a study, and what it leaves as it is.
@Suite struct TwinPlanTests {
  private static func study(_ features: String, twins: String?, more: String = "") throws -> StudyDefinition {
    let text = """
      study: s
      kind: \(more.isEmpty ? "layer_sweep" : "covariate_control")
      datasets: [films]
      features: \(features)
      targets: [{annotation: y}]
      encoding: {}
      seed: 5
      \(twins.map { "twins: \($0)" } ?? "")
      \(more)
      """
    return try StudyDefinition(parsing: text, file: "study.yaml", grammar: StudyKinds.all.grammar)
  }

  private static let all = "[permuted, position, spectrum]"
  private static let network = "[{model: net, layers: [conv.0, hs.1, hs.2], reduce: {pca: 4}}, {set: lld12}]"

  private func plan(_ features: String = network, twins: String?, more: String = "") throws -> Plan {
    let films = try TwinWarehouse()
    return try StudyKinds.all.plan(Self.study(features, twins: twins, more: more), in: films.warehouse)
  }

  private func parameter(_ unit: WorkUnit, _ path: [String]) -> String? {
    path.reduce(unit.parameters) { $0[$1] ?? .null }.stringValue
  }

  @Test func theOrderOfTheFileDoesNotMatter() throws {
    let study = try Self.study(Self.network, twins: Self.all)
    #expect(study.twins == [.position, .spectrum, .permuted])
    #expect(try study.canonical == Self.study(Self.network, twins: "[spectrum, position, permuted]").canonical)
    #expect(try Self.study(Self.network, twins: nil).twins.isEmpty)
  }

  /// Every other unit keeps its key; only the comparison, which reads the twins, has another.
  @Test(arguments: ["", "covariates: {annotation: x}"])
  func askingForTwinsChangesNoOtherUnit(_ more: String) throws {
    let plain = try plan(twins: nil, more: more)
    let with = try plan(twins: Self.all, more: more)
    let comparison = try #require(plain.units.last { $0.step == "comparison" })
    let kept = Set(plain.units.map(\.key)).subtracting([comparison.key])
    #expect(kept.isSubset(of: with.units.map(\.key)))
    let compared = with.units.filter { $0.step == "comparison" }.map(\.key)
    #expect(compared.count == 1 && !compared.contains(comparison.key))
    let added = with.units.filter { !kept.contains($0.key) }
    // Two films: their spectra of a frame, of up to 9 s and as wide as lld12, and the permuted network; a fit of each.
    #expect(added.count { $0.step == "log_mel_spectrum" } == 6)
    #expect(added.count { $0.step == "permuted_model_features" } == 2)
    let fits = added.filter { ["encoding", "covariate_control"].contains($0.step) }
    #expect(
      Set(fits.compactMap { parameter($0, ["fit", "keys", "feature_set"]) })
        == ["logmel-8", "logmel9s-16", "logmel-12", "net:permuted"])
    // Layers of one width and context share a spectrum.
    #expect(fits.count == 3 + 3)
  }

  private static func members(_ value: JSONValue?) throws -> [String: JSONValue] {
    guard case .object(let members) = try #require(value) else { preconditionFailure("no object") }
    return members
  }

  /// Folds, delays, reduction and settings are the layer's; nothing is drawn.
  @Test func twinsAreFittedAsTheLayerIs() throws {
    let fits = try plan(twins: Self.all).units.filter { $0.step == "encoding" }
    let layer = try #require(fits.first { parameter($0, ["fit", "keys", "layer_key"]) == "hs.2" })
    for name in ["logmel9s-16", "net:permuted"] {
      let twin = try #require(fits.last { parameter($0, ["fit", "keys", "feature_set"]) == name })
      let fits = try [twin, layer].map { try Self.members($0.parameters["fit"]) }
      #expect(Set(fits[0].keys) == Set(fits[1].keys) && fits[1].keys.contains("encoding"))
      // All but what they are of.
      for (key, value) in fits[1] where !["keys", "features"].contains(key) {
        #expect(fits[0][key] == value, "\(name) \(key)")
      }
      let features = try fits.map { try Self.members($0["features"]?.arrayValue?.first) }
      for key in try #require(features.first).keys where !["name", "source"].contains(key) {
        #expect(features[0][key] == features[1][key], "\(name) \(key)")
      }
      #expect(features.allSatisfy { $0["reduction"] != JSONValue.null })
      #expect(twin.parameters["null"]?["none"] != nil && layer.parameters["null"]?["drawn"] != nil)
      let targets = [twin, layer].map { $0.inputs.filter { $0.role == "target" } }
      #expect(targets[0] == targets[1] && targets[0].count == 2)
    }
  }

  /// The seed of the study permutes; another gives other units, of the same model.
  @Test func permutingIsSeeded() throws {
    let unit = try #require(try plan(twins: "[permuted]").units.first { $0.step == "permuted_model_features" })
    #expect(unit.parameters["seed"]?.intValue == 5)
    #expect(unit.inputs.contains(.source(role: "weights", name: "net", sha256: "w")))
  }

  /// Features of permuted weights are a set of their own, and none of the model's.
  @Test func permutedFeaturesAreNotTheModels() throws {
    let films = try TwinWarehouse()
    try films.warehouse.write { connection in
      for (film, set) in ["net", "net:permuted"].enumerated() {
        let key = 100 + film
        try connection.execute("INSERT INTO artifact VALUES (\(key), 'array', 'a\(key)', 'h\(key)', 480)")
        try connection.execute(
          "INSERT INTO stored_array (array_id, artifact_id, activity_id, name, kind, dataset, stimulus, feature_set, model, "
            + "layer_key, dtype, shape, bytes, units, parameters, file, path, logical_sha256, "
            + "axes_sha256, file_sha256, file_stamp) VALUES (\(key), \(key), 1, "
            + "'a\(key)', 'feature', 'films', 'f\(film + 1)', '\(set)', 'net', 'hs.1', '<f4', '[120]', 480, '1', '{}', "
            + "'arrays/a.h5', 'a\(key)', 'h\(key)', '', '', '')")
      }
    }
    let models = try films.warehouse.read { try $0.modelList() }
    #expect(models.map(\.stimuli) == [1])
  }

  /// A feature without a twin is compared with the others it has, and that is said; a key that nothing has is refused.
  @Test func whatHasNoTwinIsSaid() throws {
    let plan = try plan(twins: Self.all)
    #expect(plan.notes.contains { $0.contains("lld12 (permuted)") && !$0.contains("net (") })
    for (features, twin) in [("[{annotation: x}]", "spectrum"), ("[{set: lld12}]", "permuted")] {
      let study = try Self.study(features, twins: "[position, \(twin)]")
      let refusals = StudyKinds.all.grammar.notComputed(study)
      #expect(refusals.map(\.object) == ["s: twins"] && refusals.allSatisfy { $0.reason.contains(twin) })
    }
  }
}

/// Two films with sound, ratings y and x, and a network of three layers, whose weights are nowhere.
private final class TwinWarehouse {
  private let directory: String
  let warehouse: Warehouse

  init() throws {
    directory = NSTemporaryDirectory() + "evoke-twins-\(UUID().uuidString)"
    try Warehouse.create(at: directory)
    warehouse = try Warehouse.open(directory, .writing("test"))
    try warehouse.write { try Self.fill($0) }
  }

  deinit {
    try? warehouse.close()
    try? FileManager.default.removeItem(atPath: directory)
  }

  private static func fill(_ connection: Connection) throws {
    try connection.execute("INSERT INTO dataset (dataset_id, name) VALUES (1, 'films')")
    try connection.execute("INSERT INTO cohort (cohort_id, name, dataset_id) VALUES (1, 'films', 1)")
    try connection.execute(
      "INSERT INTO activity VALUES (1, 'import', 'import', 'i', '{}', 'films', 'done', NULL, '2026-01-01T00:00:00Z', NULL)"
    )
    try connection.execute("INSERT INTO artifact VALUES (9, 'model', 'net', 'w', NULL)")
    try connection.execute("INSERT INTO model VALUES (1, 1, 9, 'net', 'wav2vec2', '{}', 'w', '/nowhere', 100)")
    for (key, depth, width, context) in [("conv.0", 0, 8, "0.025"), ("hs.1", 1, 16, "NULL"), ("hs.2", 2, 16, "NULL")] {
      try connection.execute(
        "INSERT INTO layer VALUES (1, '\(key)', \(depth), \(Double(depth) / 2), \(width), 50.0, \(context))")
    }
    for film in 1...2 {
      let file = "'/films/f\(film).wav'"
      try connection.execute("INSERT INTO artifact VALUES (\(film), 'source', \(file), 'f\(film)', 10)")
      try connection.execute("INSERT INTO source_file VALUES (\(film), \(film), 'f\(film)', \(file), 10, NULL, NULL)")
      try connection.execute(
        "INSERT INTO stimulus VALUES (\(film), 1, 1, \(film), 'f\(film)', 120.0, NULL, NULL, NULL, 0.0)")
      for (place, name) in ["x", "y"].enumerated() {
        let key = 10 * film + place
        try connection.execute("INSERT INTO artifact VALUES (\(key), 'array', 'a\(key)', 'h\(key)', 480)")
        try connection.execute(
          "INSERT INTO stored_array (array_id, artifact_id, activity_id, name, kind, dataset, stimulus, dtype, shape, bytes, "
            + "units, parameters, file, path, logical_sha256, "
            + "axes_sha256, file_sha256, file_stamp) VALUES (\(key), \(key), 1, 'a\(key)', 'annotation', 'films', "
            + "'f\(film)', '<f4', '[120]', 480, '1', '{}', 'arrays/a.h5', 'a', 'h\(key)', '', '', '')")
        try connection.execute(
          "INSERT INTO annotation_series VALUES (\(key), 1, 1, \(film), NULL, NULL, NULL, NULL, '\(name)', 'rating', 0.0, 1.0, "
            + "1, 120, 0.0, 119.0, 1.0, 0, \(key))")
      }
    }
  }
}
