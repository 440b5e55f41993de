import AudioModels
import Diagnostics
import Foundation
import HDF5File
import SignalProcessing
import TensorFiles
import Testing

@Suite struct VGGishTests {
  private static let keys = [
    "conv1", "conv2", "conv3_1", "conv3_2", "conv4_1", "conv4_2", "fc1_1", "fc1_2", "fc2_pre", "fc2_relu",
  ]

  private func reference() throws -> HDF5File { try HDF5File(reading: ExampleFixtures.path("vggish/reference.h5")) }

  private func model(_ name: String = "vggish/tiny.ckpt") throws -> ExampleModel {
    try #require(try ModelFamilies.open(ExampleFixtures.path(name)) as? ExampleModel)
  }

  @Test(
    "both TensorFlow checkpoints, PyTorch's two formats, safetensors and Keras give the outputs of the PyTorch port",
    arguments: [
      "tiny.ckpt", "v2/vggish_model.ckpt.index", "v2", "tiny.pth", "tiny_legacy.pth", "tiny.safetensors", "tiny.h5",
    ])
  func tinyNetwork(name: String) throws {
    let reference = try reference()
    let model = try model("vggish/\(name)")
    #expect(model.layers.map(\.key) == Self.keys && model.architecture == "vggish")
    let rows = try ExampleFixtures.extract(model, ExampleFixtures.sound(16_000, 2.2))
    for key in Self.keys {
      // float32 sums in another order.
      #expect(ExampleFixtures.difference(rows[key], try reference.floats("tiny/\(key)")) < 1e-5, "\(key)")
    }
  }

  @Test("log mel examples equal those of the published code")
  func examples() throws {
    let reference = try reference().floats("examples")
    let sound = ExampleFixtures.sound(16_000, 2.2)
    var frontEnd = VGGishFrontEnd()
    let ours = frontEnd.apply(sound, start: 0) + frontEnd.apply(sound, start: 96 * 160)
    #expect(zip(ours, reference).allSatisfy { abs($0 - $1) < 1e-5 } && ours.count == reference.count)
  }

  @Test("the embedding before and after max(x, 0) differ, and both are stored")
  func twoEmbeddings() throws {
    let rows = try ExampleFixtures.extract(try model(), ExampleFixtures.sound(16_000, 2.2))
    let before = try #require(rows["fc2_pre"])
    #expect(before.contains { $0 < 0 } && rows["fc2_relu"] == before.map { max($0, 0) })
  }

  @Test("principal components beside the weights give clipped and 8-bit numbers")
  func components() throws {
    let reference = try reference()
    let model = try model("vggish/components/tiny.pth")
    let rows = try ExampleFixtures.extract(
      model, ExampleFixtures.sound(16_000, 2.2), ["pca", "pca_quantised"])
    #expect(ExampleFixtures.difference(rows["pca"], try reference.floats("tiny/pca")) < 1e-5)
    let whole = try reference.floats("tiny/pca_quantised")
    #expect(rows["pca_quantised"] == whole)
    #expect(model.tensors.contains { $0.info.name == "pca_eigen_vectors" })
    let bare = try self.model("vggish/tiny.pth")
    #expect(model.weightsSHA256 != bare.weightsSHA256)
  }

  @Test("the network of the published size equals PyTorch")
  func fullNetwork() throws {
    let folder = try ExampleFixtures.temporary()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/vggish.h5"
    try VGGishFile.full().write(to: path)
    let model = try #require(try ModelFamilies.open(path) as? ExampleModel)
    #expect(model.tensors.reduce(0) { $0 + $1.info.count } == 72_141_184)
    let reference = try reference()
    let sound = Array(ExampleFixtures.sound(16_000, 2.2)[..<15_600])
    let rows = try ExampleFixtures.extract(model, sound)
    for key in Self.keys {
      #expect(ExampleFixtures.difference(rows[key], try reference.floats("full/\(key)")) < 1e-4, "\(key)")
    }
  }

  @Test("examples lie 0.96 s apart, incomplete ones are left out, and their time is 0.48 s behind their start")
  func grid() throws {
    let model = try model()
    for (samples, count) in [(15_599, 0), (15_600, 1), (30_959, 1), (30_960, 2), (16_000 * 60, 62)] {
      #expect(model.frameCount(sampleCount: samples) == count, "\(samples)")
    }
    #expect(try model.times(layer: "fc2_pre", sampleCount: 40_000, rate: .native) == [0.48, 1.44])
    let stepped = try model.stepping(everySeconds: 1)
    #expect(try stepped.times(layer: "fc2_pre", sampleCount: 40_000, rate: .native) == [0.48, 1.48])
    let short = ExampleFixtures.error {
      _ = try ExampleFixtures.extract(model, [Float](repeating: 0.1, count: 4_800))
    }
    #expect(short?.code == .soundTooShort)
    let silence = try ExampleFixtures.extract(model, [Float](repeating: 0, count: 48_000), rate: .perSecond)
    #expect(silence["fc2_pre"]?.count == 36 && silence.values.allSatisfy { $0.allSatisfy(\.isFinite) })
    // The second from 2 to 3 of 2.5 s is seen by no complete example.
    let cut = try ExampleFixtures.extract(model, [Float](repeating: 0, count: 40_000), ["fc2_pre"], rate: .perSecond)
    #expect(cut["fc2_pre"]?.map(\.isNaN) == [Bool](repeating: false, count: 24) + [Bool](repeating: true, count: 12))
  }

  @Test("examples 10 ms apart see the frames of the sound at those places")
  func steps() throws {
    let sound = ExampleFixtures.sound(16_000, 1.1)
    let fine = try #require(
      try ExampleFixtures.extract(try model().stepping(everySeconds: 0.01), sound, ["fc2_pre"])["fc2_pre"])
    let shifted = try #require(try ExampleFixtures.extract(try model(), Array(sound[480...]), ["fc2_pre"])["fc2_pre"])
    #expect(ExampleFixtures.difference(Array(fine[36..<48]), shifted) < 1e-6)
  }

  @Test("a checkpoint's tensors come back with their shapes and numbers, slices put together")
  func checkpointValues() throws {
    let file = try TensorFlowV1File(path: ExampleFixtures.path("vggish/checkpoint_v1.ckpt"))
    #expect(
      file.tensors.map(\.name) == [
        "scalar", "sliced", "step", "vggish/conv1/biases", "vggish/conv1/weights", "vggish/conv3/conv3_1/weights",
        "vggish/fc1/fc1_1/weights", "vggish/fc2/biases",
      ])
    let numbers = [(1, "vggish/conv1/biases"), (2, "vggish/conv3/conv3_1/weights"), (5, "sliced")]
    for (number, name) in numbers {
      let tensor = try #require(file[name])
      let wanted = (0..<tensor.count).map { Float(($0 * 7 + number * 13) % 101 - 50) / 32 }
      #expect(try file.load(tensor).values == wanted, "\(name)")
    }
    #expect(file["sliced"]?.shape == [7, 3] && file["scalar"]?.shape == [])
    #expect(try file.load("scalar").values == [0.25])
    let step = try #require(file["step"])
    let bytes = try file.bytes(of: step)
    #expect(step.dtype == "I32" && bytes == [0xd2, 4, 0, 0])
  }

  @Test("every changed byte of a checkpoint's blocks and footer is noticed")
  func checkpointDamage() throws {
    let folder = try ExampleFixtures.temporary()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: ExampleFixtures.path("vggish/checkpoint_v1.ckpt"))))
    let path = folder + "/damaged.ckpt"
    // The metaindex block (13 bytes before the index block) is empty and not read; the footer ends in padding and a mark.
    for index in Array(stride(from: 0, to: 2_400, by: 37)) + [bytes.count - 1, bytes.count - 60] {
      try Data(bytes.flipped(at: index)).write(to: URL(fileURLWithPath: path))
      #expect(ExampleFixtures.error { _ = try TensorFlowV1File(path: path) }?.code == .checkpointDamaged, "\(index)")
    }
    // Cut off, as by an interrupted download, it is still taken for VGGish and called damaged.
    try Data(bytes[..<1_000]).write(to: URL(fileURLWithPath: path))
    #expect(ExampleFixtures.error { _ = try ModelFamilies.open(path) }?.code == .checkpointDamaged)
    for count in [0, 30, 1_000, bytes.count - 1] {
      try Data(bytes[..<count]).write(to: URL(fileURLWithPath: path))
      #expect(ExampleFixtures.error { _ = try TensorFlowV1File(path: path) } != nil, "\(count) bytes")
    }
  }

  @Test("principal components of another width or in a damaged archive are errors")
  func badComponents() throws {
    let folder = try ExampleFixtures.temporary()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.copyItem(
      atPath: ExampleFixtures.path("vggish/components/tiny.pth"), toPath: folder + "/tiny.pth")
    let archive = ExampleFixtures.path("vggish/components/vggish_pca_params.npz")
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: archive)))
    let tensors = try NumPyArchive(path: archive)
    #expect(tensors.tensors.map(\.shape) == [[12, 12], [12, 1]])
    #expect(try tensors.load("pca_eigen_vectors").values == ExampleFixtures.hashed(500, 144))
    let path = folder + "/vggish_pca_params.npz"
    // Offset 400 is a number of the first array, which the zip's CRC covers.
    for change in [bytes.flipped(at: 400), Array(bytes[..<900]), [1, 2, 3]] {
      try Data(change).write(to: URL(fileURLWithPath: path))
      #expect(ExampleFixtures.error { _ = try ModelFamilies.open(folder + "/tiny.pth") } != nil)
    }
    try FileManager.default.removeItem(atPath: path)
    try RawTensor.write(
      [
        RawTensor(name: "pca_eigen_vectors", dtype: "F32", shape: [2, 3], bytes: [UInt8](repeating: 0, count: 24)),
        RawTensor(name: "pca_means", dtype: "F32", shape: [3], bytes: [UInt8](repeating: 0, count: 12)),
      ], to: folder + "/vggish_pca_params.safetensors")
    let error = ExampleFixtures.error { _ = try ModelFamilies.open(folder + "/tiny.pth") }
    #expect(error?.code == .tensorsDoNotFit && error?.reason.contains("should have 12") == true)
  }

  @Test("missing and mis-shaped tensors are listed")
  func badTensors() throws {
    let error = ExampleFixtures.error { _ = try model("vggish/checkpoint_v1.ckpt") }
    #expect(error?.code == .tensorsDoNotFit)
    #expect(error?.reason.contains("vggish/conv2/weights is missing") == true)
    let folder = try ExampleFixtures.temporary()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var file = try RawKeras(reading: ExampleFixtures.path("vggish/tiny.h5"))
    let index = try #require(file.layers.firstIndex { $0.name == "fc1_fc1_1" })
    file.layers[index].weights[0].shape.reverse()
    try file.write(to: folder + "/wrong.h5")
    let wrong = ExampleFixtures.error { _ = try ModelFamilies.open(folder + "/wrong.h5") }
    #expect(wrong?.reason.contains("[20, 240] and should be [240, 20]") == true)
    let pickle = [UInt8](try Data(contentsOf: URL(fileURLWithPath: ExampleFixtures.path("vggish/tiny.pth"))))
    try Data(pickle[..<20_000]).write(to: URL(fileURLWithPath: folder + "/vggish-10086976.pth"))
    let cut = ExampleFixtures.error { _ = try ModelFamilies.open(folder + "/vggish-10086976.pth") }
    #expect(cut?.code == .tensorFileTruncated)
  }
}

/// The network of the published size with weights by formula, as Fixtures/vggish/vggish_weights.py fills them.
private enum VGGishFile {
  static func full() -> RawKeras {
    var layers: [(name: String, weights: [RawKeras.Weight])] = []
    var inputs = 1
    for (n, outputs) in [64, 128, 256, 256, 512, 512, 4096, 4096, 128].enumerated() {
      if n == 6 { inputs *= 24 }
      let fan = n < 6 ? 9 * inputs : inputs
      layers.append(
        (
          "vggish_\(n)",
          [
            .init(
              name: "kernel:0", shape: n < 6 ? [3, 3, inputs, outputs] : [inputs, outputs],
              values: ExampleFixtures.kernel(10 * n, fan * outputs, fanIn: fan)),
            .init(
              name: "bias:0", shape: [outputs], values: ExampleFixtures.hashed(10 * n + 1, outputs).map { 0.1 * $0 }),
          ]
        ))
      inputs = outputs
    }
    return RawKeras(layers: layers)
  }
}
