import AudioModels
import Diagnostics
import Foundation
import HDF5File
import SignalProcessing
import TensorFiles

/// Signals and weights by the formulas of Fixtures/openl3/signals.py, and models over them.
enum ExampleFixtures {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures")
  static func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  /// Uniform numbers in [-1, 1): a counter hash of 32 bits.
  static func hashed(_ seed: Int, _ count: Int) -> [Float] {
    (0..<count).map { index in
      var x = UInt32(truncatingIfNeeded: index) &* 0x9e37_79b9 &+ UInt32(seed) &* 0x85eb_ca6b
      x ^= x >> 16
      x &*= 0x7feb_352d
      x ^= x >> 15
      x &*= 0x846c_a68b
      x ^= x >> 16
      return Float(Double(x >> 8) / 8_388_608 - 1)
    }
  }

  static func kernel(_ seed: Int, _ count: Int, fanIn: Int) -> [Float] {
    let scale = Float((6 / Double(fanIn)).squareRoot())
    return hashed(seed, count).map { $0 * scale }
  }

  /// A chirp, a tone of 440 Hz and faint noise.
  static func sound(_ rate: Int, _ seconds: Double) -> [Float] {
    let count = Int(Double(rate) * seconds)
    let noise = hashed(99, count)
    let top = Double(rate) / 3
    return (0..<count).map { index in
      let t = Double(index) / Double(rate)
      let chirp = 0.3 * sin(2 * .pi * (100 * t + (top - 100) / (2 * seconds) * t * t))
      return Float(chirp + 0.2 * sin(2 * .pi * 440 * t) + 0.01 * Double(noise[index]))
    }
  }

  /// All rows of the named layers.
  static func extract(
    _ model: any AudioModel, _ sound: [Float], _ layers: [String]? = nil, rate: FeatureRate = .native,
    chunking: Chunking = .standard
  ) throws -> [String: [Float]] {
    var rows: [String: [Float]] = [:]
    try model.extract(
      from: ArraySampleSource(sound, rateHz: Double(model.inputRateHz)), layers: layers ?? model.layers.map(\.key),
      rate: rate, chunking: chunking
    ) { layer, first, values in
      let width = try model.layer(layer).dimension
      precondition(rows[layer, default: []].count == first * width, "rows out of order")
      rows[layer, default: []] += values
    }
    return rows
  }

  /// |a - b| relative to the largest |b|; infinite for another length or numbers that are not finite.
  static func difference(_ a: [Float]?, _ b: [Float]) -> Float {
    guard let a, a.count == b.count else { return .infinity }
    let scale = b.reduce(0) { max($0, abs($1)) }
    return zip(a, b).reduce(0) { $1.0.isFinite && $1.1.isFinite ? max($0, abs($1.0 - $1.1) / scale) : .infinity }
  }

  static func error(_ body: () throws -> Void) -> EvokeError? {
    do { try body() } catch let error as EvokeError { return error } catch { return nil }
    return nil
  }

  /// A new temporary folder.
  static func temporary() throws -> String {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("examples-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url.path
  }
}

/// A Keras file to be written by a test: layers in order, each with named weights.
struct RawKeras {
  struct Weight {
    var name: String
    var shape: [Int]
    var values: [Float]
  }
  var layers: [(name: String, weights: [Weight])]

  /// The layers of a file, numbers included.
  init(reading path: String) throws {
    let file = try KerasHDF5File(path: path)
    layers = try file.layers.map { layer in
      (
        layer.name,
        try layer.tensors.map {
          let name = String($0.name.dropFirst(layer.name.count + 1))
          return Weight(name: name, shape: $0.shape, values: try file.load($0).values)
        }
      )
    }
  }

  init(layers: [(name: String, weights: [Weight])]) { self.layers = layers }

  func write(to path: String) throws {
    let writer = try HDF5Writer(creating: path)
    try writer.attribute("layer_names", layers.map(\.name))
    for layer in layers {
      try writer.group(layer.name)
      if layer.weights.isEmpty {
        try writer.attribute("weight_names", [Double](), on: layer.name)
      } else {
        try writer.attribute("weight_names", layer.weights.map(\.name), on: layer.name)
      }
      for weight in layer.weights {
        let dataset = "\(layer.name)/\(weight.name)"
        try writer.dataset(dataset, weight.values, shape: weight.shape)
      }
    }
    try writer.close()
  }
}
