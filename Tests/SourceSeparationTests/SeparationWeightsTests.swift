import Diagnostics
import Foundation
import SourceSeparation
import TensorFiles
import Testing

/// The PyTorch port's files, made of the small checkpoint by its own rule: names, and axes (3, 2, 0, 1).
@Suite struct SeparationWeightsTests {
  private typealias Tensor = (name: String, shape: [Int], values: [Float])

  private static func ported(_ stem: Int, prefix: String) throws -> [Tensor] {
    let bundle = try TensorBundle(folder: SeparationFixtures.tiny)
    func number(_ name: String, _ i: Int) -> String { i == 0 ? name : "\(name)_\(i)" }
    var out: [Tensor] = []
    func add(_ from: String, _ to: String) throws {
      let info = try #require(bundle[from])
      let values = try bundle.load(info).values
      guard info.shape.count == 4 else { return out.append((prefix + to, info.shape, values)) }
      let (h, w, a, b) = (info.shape[0], info.shape[1], info.shape[2], info.shape[3])
      var turned: [Float] = []
      for j in 0..<b {
        for i in 0..<a {
          for y in 0..<h { for x in 0..<w { turned.append(values[((y * w + x) * a + i) * b + j]) } }
        }
      }
      out.append((prefix + to, [b, a, h, w], turned))
    }
    for i in 0..<7 {
      let name = i == 6 ? "up7.0" : "down\(i + 1)_conv.1"
      for (leaf, own) in [("kernel", "weight"), ("bias", "bias")] {
        try add(number("conv2d", 7 * stem + i) + "/" + leaf, "\(name).\(own)")
      }
    }
    for i in 0..<6 {
      for (leaf, own) in [("kernel", "weight"), ("bias", "bias")] {
        try add(number("conv2d_transpose", 6 * stem + i) + "/" + leaf, "up\(i + 1).0.\(own)")
      }
    }
    let leaves = [
      ("gamma", "weight"), ("beta", "bias"), ("moving_mean", "running_mean"), ("moving_variance", "running_var"),
    ]
    for i in 0..<12 {
      let name = i < 6 ? "down\(i + 1)_act.0" : "up\(i - 5).3"
      for (leaf, own) in leaves {
        try add(number("batch_normalization", 12 * stem + i) + "/" + leaf, "\(name).\(own)")
      }
    }
    return out
  }

  @Test func `the port in one file and in two gives the same stems as the checkpoint`() throws {
    let x = SeparationFixtures.sound(20_000)
    let expected = try SeparationFixtures.separate(x, by: SeparationFixtures.separator())
    let voice = try Self.ported(0, prefix: "")
    let soundtrack = try Self.ported(1, prefix: "")
    try SeparationFixtures.inFolder { folder in
      let both =
        voice.map { ("stems.vocals." + $0.name, $0.shape, $0.values) }
        + soundtrack.map { ("stems.accompaniment." + $0.name, $0.shape, $0.values) }
      try SeparationFixtures.writeSafetensors(both, to: folder + "/model.safetensors")
      let weights = try SeparationWeights(folder: folder)
      #expect(weights.format == .pyTorch && weights.filters == [2, 4, 8, 16, 24, 32] && weights.tensors.count == 148)
      let found = try SeparationFixtures.separate(x, by: Separator(weights: weights))
      #expect(found.voice == expected.voice && found.soundtrack == expected.soundtrack)
    }
    try SeparationFixtures.inFolder { folder in
      let counter: Tensor = ("down1_act.0.num_batches_tracked", [1], [3])
      try SeparationFixtures.writeSafetensors(voice + [counter], to: folder + "/vocals.safetensors")
      try SeparationFixtures.writeSafetensors(soundtrack, to: folder + "/accompaniment.safetensors")
      let found = try SeparationFixtures.separate(x, by: Separator(weights: SeparationWeights(folder: folder)))
      #expect(found.voice == expected.voice && found.soundtrack == expected.soundtrack)
    }
  }

  private static func refusal(_ change: (inout [(name: String, shape: [Int], values: [Float])]) -> Void) throws
    -> EvokeError?
  {
    try SeparationFixtures.inFolder { folder in
      var tensors = try ported(0, prefix: "vocals.") + ported(1, prefix: "accompaniment.")
      change(&tensors)
      try SeparationFixtures.writeSafetensors(tensors, to: folder + "/model.safetensors")
      return SeparationFixtures.error { _ = try SeparationWeights(folder: folder) }
    }
  }

  @Test func `a missing, a further and a mis-shaped tensor are refused by name`() throws {
    let none = try Self.refusal { _ in }
    #expect(none == nil)
    let missing = try Self.refusal { $0.removeAll { $0.name == "vocals.up3.3.bias" } }
    #expect(missing?.code == .separationWeightsBad)
    #expect(missing?.reason.contains("voice lacks vocals.up3.3.bias") == true)
    let further = try Self.refusal { $0.append(("vocals.up8.0.bias", [1], [0])) }
    #expect(further?.reason == "vocals.up8.0.bias is not expected")
    let shaped = try Self.refusal { tensors in
      for i in tensors.indices where tensors[i].name == "accompaniment.up2.0.weight" {
        tensors[i].shape = [16, 48, 5, 5]
      }
    }
    #expect(shaped?.reason.contains("is [16, 48, 5, 5] and should be [48, 16, 5, 5]") == true)
    let one = try Self.refusal { $0.removeAll { $0.name.hasPrefix("accompaniment") } }
    #expect(one?.reason.contains("for the accompaniment") == true)
    let unnamed = try Self.refusal { tensors in
      for i in tensors.indices { tensors[i].name = tensors[i].name.replacing("accompaniment", with: "other") }
    }
    #expect(unnamed?.code == .separationWeightsBad)
  }

  @Test func `the self-tests of the loader tell trained statistics from initial ones`() throws {
    let trained = try SeparationWeights(folder: SeparationFixtures.tiny)
    #expect(!trained.hasInitialStatistics)
    try SeparationFixtures.inFolder { folder in
      var tensors = try Self.ported(0, prefix: "vocals.") + Self.ported(1, prefix: "accompaniment.")
      for i in tensors.indices {
        let name = tensors[i].name
        let value: Float? =
          name.hasSuffix("running_mean") || name.hasSuffix("down6_act.0.bias")
          ? 0 : name.hasSuffix("running_var") || name.hasSuffix("down6_act.0.weight") ? 1 : nil
        if let value { tensors[i].values = tensors[i].values.map { _ in value } }
      }
      try SeparationFixtures.writeSafetensors(tensors, to: folder + "/model.safetensors")
      let weights = try SeparationWeights(folder: folder)
      #expect(weights.hasInitialStatistics && weights.hasUntrainedBottleneck)
    }
  }
}
