import AudioModels
import Diagnostics
import Foundation
import HDF5File
import SignalProcessing
import TensorFiles
import Testing

@Suite struct CREPETests {
  private static let weights = ExampleFixtures.path("crepe/crepe_tiny.h5.gz")

  private func model() throws -> any AudioModel { try ModelFamilies.open(Self.weights) }

  @Test("the published weights are 38 tensors in 29 layers, in the order of the network")
  func layout() throws {
    let file = try KerasHDF5File(path: Self.weights)
    #expect(file.layers.count == 29 && file.tensors.count == 38)
    #expect(file.layers.map(\.name).prefix(5) == ["input", "input-reshape", "conv1", "conv1-BN", "conv1-maxpool"])
    #expect(file["conv1/conv1_3/kernel:0"]?.shape == [512, 1, 128])
    let names = file.layers[3].tensors.map { $0.name.split(separator: "/").last }
    #expect(names == ["gamma:0", "beta:0", "moving_mean:0", "moving_variance:0"])
  }

  @Test("every layer equals torchcrepe with the same weights")
  func reference() throws {
    let model = try model()
    #expect(model.layers.map(\.key) == ["conv1", "conv2", "conv3", "conv4", "conv5", "conv6", "dense"])
    let reference = try HDF5File(reading: ExampleFixtures.path("crepe/reference.h5"))
    let frames = try reference.integers("frames").map { Int($0) }
    let rows = try ExampleFixtures.extract(model, try EncoderFixtures.sound())
    for layer in model.layers {
      let values = try #require(rows[layer.key])
      let picked = frames.flatMap { values[$0 * layer.dimension..<($0 + 1) * layer.dimension] }
      // float32 sums in another order over 512 x 1 to 64 x 128 taps.
      #expect(ExampleFixtures.difference(picked, try reference.floats(layer.key)) < 1e-5, "\(layer.key)")
    }
  }

  @Test("tones come out at their frequency", arguments: [110.0, 440, 1000])
  func tones(hertz: Double) throws {
    let sound = (0..<16_000).map { Float(0.4 * sin(2 * .pi * hertz * Double($0) / 16_000)) }
    let dense = try #require(try ExampleFixtures.extract(try model(), sound, ["dense"])["dense"])
    let middle = CREPEPitch.frequencies(Array(dense[20 * 360..<80 * 360]))
    // The network's own error: 20 cents, one bin.
    #expect(middle.allSatisfy { abs(1200 * log2($0 / hertz)) < 20 }, "\(middle.prefix(3))")
    #expect(CREPEPitch.frequencies([Float](repeating: 0, count: 360))[0].isNaN)
  }

  @Test("frames lie every 10 ms from 0 to the end; a short clip, silence and a constant are finite")
  func framesAndSilence() throws {
    let model = try model()
    #expect(model.frameCount(sampleCount: 16_000) == 101 && model.frameCount(sampleCount: 100) == 1)
    #expect(try model.times(layer: "dense", sampleCount: 16_000, rate: .native)[..<3] == [0, 0.01, 0.02])
    for level: Float in [0, 0.5] {
      let rows = try ExampleFixtures.extract(model, [Float](repeating: level, count: 4_800))
      #expect(rows.values.allSatisfy { $0.allSatisfy(\.isFinite) })
    }
    let bins = try ExampleFixtures.extract(model, ExampleFixtures.sound(16_000, 2.5), ["dense"], rate: .perSecond)
    #expect(bins["dense"]?.count == 3 * 360)
  }

  @Test("layers without weights and weights of another shape are errors")
  func badFiles() throws {
    let folder = try ExampleFixtures.temporary()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let file = try RawKeras(reading: Self.weights)
    var missing = file
    missing.layers.removeAll { $0.name == "conv4-BN" }
    try missing.write(to: folder + "/missing.h5")
    let first = ExampleFixtures.error { _ = try ModelFamilies.open(folder + "/missing.h5") }
    #expect(first?.code == .tensorsDoNotFit && first?.reason.contains("conv4-BN") == true)
    var wrong = file
    wrong.layers[2].weights[0].shape = [128, 1, 512]
    try wrong.write(to: folder + "/wrong.h5")
    let second = ExampleFixtures.error { _ = try ModelFamilies.open(folder + "/wrong.h5") }
    #expect(second?.reason.contains("is [128, 1, 512] and should be [512, 1, 128]") == true)
  }
}
