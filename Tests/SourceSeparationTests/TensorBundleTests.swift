import Diagnostics
import Foundation
import SourceSeparation
import TensorFiles
import Testing

@Suite struct TensorBundleTests {
  private static let index = "model.index"
  private static let data = "model.data-00000-of-00001"

  /// A copy of the small checkpoint with a file changed.
  private static func changed(_ file: String, _ change: (inout Data) -> Void) throws -> EvokeError? {
    try SeparationFixtures.inFolder { folder in
      for name in ["checkpoint", index, data] {
        try FileManager.default.copyItem(atPath: SeparationFixtures.tiny + "/" + name, toPath: folder + "/" + name)
      }
      var bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + file))
      change(&bytes)
      try bytes.write(to: URL(fileURLWithPath: folder + "/" + file))
      return SeparationFixtures.error { _ = try SeparationWeights(folder: folder) }
    }
  }

  @Test func `a checkpoint of TensorFlow's saver has its tensors, shapes and numbers`() throws {
    let bundle = try TensorBundle(folder: SeparationFixtures.tiny)
    #expect(bundle.tensors.count == 149)
    #expect(bundle["conv2d_transpose_1/kernel"]?.shape == [5, 5, 16, 48])
    #expect(bundle["global_step"]?.dtype == "I64" && bundle["global_step"]?.shape == [])
    let gamma = try bundle.load("batch_normalization/gamma").values
    // 1 + 0.2 z, z standard normal.
    #expect(gamma.count == 2 && gamma.allSatisfy { abs($0 - 1) < 1 && $0 != 1 })
    for tensor in bundle.tensors { _ = try bundle.sha256(tensor) }
  }

  @Test func `a changed byte of a tensor is found and the tensor named`() throws {
    let bundle = try TensorBundle(folder: SeparationFixtures.tiny)
    let place = try #require(bundle["conv2d_9/kernel"]).bytes.lowerBound + 17
    let error = try Self.changed(Self.data) { $0[place] ^= 4 }
    #expect(error?.code == .bundleChecksumWrong)
    #expect(error?.object.hasSuffix("\(Self.data): conv2d_9/kernel") == true)
  }

  @Test func `damaged, cut and missing files are told apart`() throws {
    #expect(try Self.changed(Self.data) { $0.removeLast(40) }?.code == .bundlePlaceBad)
    #expect(try Self.changed(Self.index) { $0[100] ^= 1 }?.code == .bundleBad)
    #expect(try Self.changed(Self.index) { $0.removeLast(9) }?.code == .bundleBad)
    #expect(try Self.changed(Self.index) { $0 = Data() }?.code == .bundleBad)
    #expect(try Self.changed("checkpoint") { $0 = Data("nothing\n".utf8) }?.code == .bundleBad)
    try SeparationFixtures.inFolder { folder in
      #expect(SeparationFixtures.error { _ = try TensorBundle(folder: folder) }?.code == .bundleMissing)
      try FileManager.default.copyItem(
        atPath: SeparationFixtures.tiny + "/" + Self.index, toPath: folder + "/" + Self.index)
      #expect(SeparationFixtures.error { _ = try TensorBundle(folder: folder) }?.code == .bundleMissing)
      // Taken for a separation model all the same, so that importing it says what is missing.
      #expect(SeparationWeights.isSeparation(folder: folder))
    }
  }

  @Test func `the published index lists what the architecture expects`() throws {
    try withPublished { bundle in
      #expect(bundle.tensors.count == 149)
      #expect(bundle["conv2d_transpose_1/kernel"]?.shape == [5, 5, 128, 512])
      let expected = SeparationWeights.expectedShapes(filters: [16, 32, 64, 128, 256, 512])
      #expect(expected.count == 148)
      for (name, shape) in expected { #expect(bundle[name]?.shape == shape) }
      #expect(bundle.tensors.reduce(0) { $0 + $1.count } == 19_653_519)
    }
  }

  @Test func `by their published checksums all moving means are 0 and all moving variances 1`() throws {
    try withPublished { bundle in
      let moving = bundle.tensors.filter { $0.name.contains("/moving_") }
      #expect(moving.count == 48)
      for tensor in moving {
        let expected: Float = tensor.name.hasSuffix("mean") ? 0 : 1
        let values = try bundle.load(tensor).values
        #expect(values.allSatisfy { $0 == expected })
      }
      for name in ["batch_normalization_5/gamma", "batch_normalization_17/gamma"] {
        let values = try bundle.load(name).values
        #expect(values.allSatisfy { $0 == 1 })
      }
      // All else is zero in this file, which is not what the index says.
      #expect(SeparationFixtures.error { _ = try bundle.load("conv2d/kernel") }?.code == .bundleChecksumWrong)
    }
  }

  /// The published index beside a data file of its length with 0 everywhere but 1 in variances and unused gains.
  private func withPublished(_ body: (TensorBundle) throws -> Void) throws {
    try SeparationFixtures.inFolder { folder in
      try FileManager.default.copyItem(
        atPath: SeparationFixtures.published + "/" + Self.index, toPath: folder + "/" + Self.index)
      let path = folder + "/" + Self.data
      try Data().write(to: URL(fileURLWithPath: path))
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      try handle.truncate(atOffset: 78_614_080)
      let bundle = try TensorBundle(folder: folder)
      let ones = bundle.tensors.filter {
        $0.name.hasSuffix("moving_variance")
          || ["batch_normalization_5/gamma", "batch_normalization_17/gamma"].contains($0.name)
      }
      for tensor in ones {
        try handle.seek(toOffset: UInt64(tensor.bytes.lowerBound))
        let one: [UInt8] = [0, 0, 0x80, 0x3f]
        try handle.write(contentsOf: Data((0..<tensor.count).flatMap { _ in one }))
      }
      try handle.synchronize()
      try body(bundle)
    }
  }
}
