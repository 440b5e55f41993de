import AudioModels
import Foundation
import SignalProcessing
import Statistics
import TensorFiles
import Tensors
import Testing

/// The twin of a model whose weights stand in another order.
@Suite struct PermutedTests {
  private func place(_ name: String) -> ModelFiles { ModelFiles(EncoderFixtures.folder.path + "/" + name) }

  private func rows(_ place: any ModelPlace) throws -> [String: [Float]] {
    let model = try ModelFamilies.open(place)
    let sound = ExampleFixtures.sound(model.inputRateHz, 2.5)
    return try ExampleFixtures.extract(model, sound)
  }

  @Test("every tensor keeps its numbers and its hash, in an order that seed and name alone decide")
  func tensors() throws {
    let file = try place("encoders/w2v2-tiny-random").tensors(in: "model.safetensors", as: .safetensors)
    let twin = PermutedTensors(file, seed: 3)
    #expect(twin.tensors == file.tensors && twin.path == file.path && twin.container == file.container)
    var moved = 0
    for tensor in file.tensors {
      let (own, other) = (try file.load(tensor), try twin.load(tensor))
      #expect(own.sha256 == other.sha256 && own.values.sorted() == other.values.sorted())
      #expect(try twin.sha256(tensor) == file.sha256(tensor))
      #expect(try twin.load(tensor).values == other.values)
      if tensor.count > 30, Set(own.values).count > 1 {
        moved += 1
        #expect(own.values != other.values)
        #expect(try PermutedTensors(file, seed: 4).load(tensor).values != other.values)
        // Half of a permutation's steps go up: no trace of the order is left.
        #expect(abs(Correlation.pearson(own.values.map(Double.init), other.values.map(Double.init))) < 0.7)
      }
    }
    #expect(moved > 20)
  }

  @Test("a uniform permutation: each place is taken by each number alike")
  func uniform() throws {
    struct Counting: TensorSource {
      let path = "counting"
      let container = TensorContainer.safetensors
      let tensors = (0..<400).map { TensorInfo(name: "t\($0)", dtype: "F32", shape: [4], bytes: 0..<16) }
      func load(_ tensor: TensorInfo) -> LoadedTensor { LoadedTensor(values: [0, 1, 2, 3], sha256: "") }
      func sha256(_ tensor: TensorInfo) -> String { "" }
    }
    let source = Counting()
    var counts = [[Int]](repeating: [0, 0, 0, 0], count: 4)
    for tensor in source.tensors {
      for (place, value) in try PermutedTensors(source, seed: 1).load(tensor).values.enumerated() {
        counts[place][Int(value)] += 1
      }
    }
    // 100 expected, standard deviation 8.7.
    #expect(counts.flatMap { $0 }.allSatisfy { abs($0 - 100) < 40 })
  }

  @Test(
    "a model opens as its twin: the same layers and weights' hash, other numbers, the same each time",
    arguments: [
      "encoders/w2v2-tiny-random", "encoders/wavlm-tiny-random", "openl3/tiny.h5", "vggish/tiny.pth",
      "simnet/seed7.simnet",
    ])
  func models(name: String) throws {
    let place = place(name)
    let twin = PermutedModelPlace(place, seed: 7)
    let (model, other) = (try ModelFamilies.open(place), try ModelFamilies.open(twin))
    #expect(model.layers == other.layers && model.weightsSHA256 == other.weightsSHA256)
    let (a, b, c) = (try rows(place), try rows(twin), try rows(PermutedModelPlace(place, seed: 7)))
    for layer in model.layers {
      let (x, y) = (try #require(a[layer.key]), try #require(b[layer.key]))
      #expect(x.count == y.count && x != y && y == c[layer.key] && y.allSatisfy(\.isFinite))
    }
  }

  @Test("context: a frame's field, the frames of the positional convolution, the chunk")
  func context() throws {
    let model = try ModelFamilies.open(place("encoders/w2v2-tiny-random"))
    for layer in model.layers {
      let field = Double(layer.grid.field) / 16_000
      switch layer.key {
      case "hs.0": #expect((layer.contextSeconds ?? 0) > field)
      case let key where key.hasPrefix("hs.") || key == "last": #expect(layer.contextSeconds == nil)
      default: #expect(layer.contextSeconds == field)
      }
    }
    let examples = try ModelFamilies.open(place("openl3/tiny.h5"))
    #expect(examples.layers.allSatisfy { abs(($0.contextSeconds ?? 0) - 1) < 0.01 })
  }
}
