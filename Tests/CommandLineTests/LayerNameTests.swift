import Foundation
import Kinds
import StudyFiles
import Testing

/// What a network calls its layers is what studies and simulations call them.
@Suite struct LayerNameTests {
  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures").path

  private static let weights = [
    "crepe": "crepe/crepe_tiny.h5.gz", "openl3": "openl3/tiny.h5", "vggish": "vggish/tiny.h5",
    "musicnn": "musicnn/tiny-musicnn", "vgg": "musicnn/tiny-vgg", "simnet": "simnet/seed7.simnet",
    "speech": "encoders/w2v2-tiny-random",
  ]

  private static func study(_ model: String, _ layers: [String]) -> String {
    """
    study: named
    kind: layer_sweep
    datasets: [songs]
    features: [{model: \(model), layers: [\(layers.joined(separator: ", "))]}]
    targets: [{annotation: joy}]
    encoding: {}
    statistics: {contrasts: [{name: ends, a: {layer: \(layers[0])}, b: {layer: \(layers[layers.count - 1])}}]}
    """
  }

  private static func simulation(_ model: String, _ layer: String) -> String {
    """
    simulation: named
    dataset: songs
    stimuli: [song]
    annotations: {targets: [{name: joy, model: \(model), layer: \(layer)}]}
    """
  }

  @Test func everyLayerOfEveryNetworkCanBeNamed() throws {
    let program = try Program()
    try program.succeed(["init", "songs.evoke"])
    for (name, path) in Self.weights.sorted(by: { $0.key < $1.key }) {
      try program.succeed([
        "import", "weights", "\(Self.fixtures)/\(path)", "--name", name, "--dataset", "songs", "-C", "songs.evoke",
      ])
    }
    let rows = try program.rows(
      "SELECT m.name, l.layer_key FROM layer l JOIN model m USING (model_id) ORDER BY m.name, l.depth",
      in: "songs.evoke")
    let layers = Dictionary(grouping: rows) { $0[0] }.mapValues { $0.map { $0[1] } }
    #expect(layers.keys.sorted() == Self.weights.keys.sorted() && layers["musicnn"]?.contains("timbral") == true)
    for (model, keys) in layers {
      let definition = try StudyDefinition(
        parsing: Self.study(model, keys), file: model, grammar: StudyKinds.all.grammar)
      #expect(definition.features.count == 1)
      for key in keys { _ = try SimulationFile(parsing: Self.simulation(model, key), file: "\(model)/\(key)") }
    }
    #expect(throws: (any Error).self) { try SimulationFile(parsing: Self.simulation("musicnn", "layer3"), file: "no") }
  }
}
