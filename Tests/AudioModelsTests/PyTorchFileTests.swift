import Diagnostics
import Foundation
import TensorFiles
import Testing

/// Files of `torch.save` against the same tensors in safetensors (Fixtures/pytorch/make_pytorch.py).
@Suite struct PyTorchFileTests {
  private static func fixture(_ name: String) -> String {
    EncoderFixtures.folder.appendingPathComponent("pytorch/\(name)").path
  }

  private func contents(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: Self.fixture(name))))
  }

  /// Opens these bytes as a file, hashes every tensor, and returns the error that gives, if any.
  private func error(_ bytes: [UInt8]) throws -> EvokeError? {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".pth").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return EncoderFixtures.error {
      let file = try PyTorchFile(path: path)
      for tensor in file.tensors { _ = try file.sha256(tensor) }
    }
  }

  @Test(
    "views with offsets and strides, shared storages, every number type and nested names read as in safetensors",
    arguments: ["views.pth", "views_stream.pth"])
  func views(name: String) throws {
    let file = try PyTorchFile(path: Self.fixture(name))
    let twin = try TensorFile(path: Self.fixture("views.safetensors"))
    #expect(file.tensors.map(\.name) == twin.tensors.map(\.name) && file.tensors.count == 14)
    for (a, b) in zip(file.tensors, twin.tensors) {
      #expect(a.dtype == b.dtype && a.shape == b.shape, "\(a.name)")
      #expect(try file.bytes(of: a) == twin.bytes(of: b), "\(a.name)")
      #expect(try file.sha256(a) == twin.sha256(b), "\(a.name)")
    }
    let transposed = try file.load("transposed").values
    let base = try file.load("contiguous").values
    for row in 0..<8 {
      for column in 0..<6 { #expect(transposed[row * 6 + column] == base[column * 8 + row]) }
    }
    #expect(EncoderFixtures.error { _ = try file.load("double") }?.code == .tensorTypeUnsupported)
    #expect(EncoderFixtures.error { _ = try file.load("nothing") }?.code == .tensorsDoNotFit)
  }

  @Test("a pickle that calls os.system is refused by that name and runs nothing")
  func malicious() throws {
    let trace = "/tmp/evoke-was-here"
    try? FileManager.default.removeItem(atPath: trace)
    for name in ["malicious.pth", "malicious_stream.pth"] {
      let error = try #require(EncoderFixtures.error { _ = try PyTorchFile(path: Self.fixture(name)) })
      #expect(error.code == .pickleRefused && error.reason.contains("posix.system"), "\(error.reason)")
    }
    #expect(!FileManager.default.fileExists(atPath: trace))
    let module = try #require(EncoderFixtures.error { _ = try PyTorchFile(path: Self.fixture("module.pth")) })
    #expect(module.code == .pickleRefused && module.reason.contains("torch.nn.modules.linear.Linear"))
  }

  @Test("compressed records are refused")
  func compressed() throws {
    #expect(try error(contents("compressed.pth"))?.code == .recordCompressed)
  }

  @Test("a file cut off anywhere is refused and never read past its end", arguments: ["views.pth", "views_stream.pth"])
  func truncated(name: String) throws {
    let bytes = try contents(name)
    for length in stride(from: 0, to: bytes.count, by: 37) {
      #expect(try error(Array(bytes.prefix(length))) != nil, "\(length) of \(bytes.count) bytes")
    }
  }

  @Test("a changed byte of a storage is found by its check sum; one anywhere else never traps")
  func changedBytes() throws {
    let bytes = try contents("views.pth")
    let info = try #require(try PyTorchFile(path: Self.fixture("views.pth"))["contiguous"])
    var broken = bytes
    broken[info.bytes.lowerBound + 5] ^= 1
    #expect(try error(broken)?.code == .recordCorrupt)
    for name in ["views.pth", "views_stream.pth"] {
      let bytes = try contents(name)
      for at in stride(from: 0, to: bytes.count, by: 11) {
        var changed = bytes
        changed[at] ^= 0x51
        _ = try error(changed)
      }
    }
  }

  @Test("a shape that repeats numbers or leaves its storage is refused", arguments: ["views_stream.pth"])
  func shapes(name: String) throws {
    let bytes = try contents(name)
    // (6, 8) with strides (8, 1) as the pickle writes them: K 6 K 8 TUPLE2, memo, K 8 K 1 TUPLE2.
    let shape: [UInt8] = [0x4b, 6, 0x4b, 8, 0x86]
    let at = try #require((0..<bytes.count - 5).first { Array(bytes[$0..<$0 + 5]) == shape })
    var outside = bytes
    outside[at + 1] = 7
    #expect(try error(outside)?.code == .tensorOffsetsBad)
    var repeated = outside
    let stride = try #require((at..<bytes.count - 5).first { Array(bytes[$0..<$0 + 5]) == [0x4b, 8, 0x4b, 1, 0x86] })
    repeated[stride + 1] = 0
    #expect(try error(repeated)?.code == .tensorOffsetsBad)
  }

  @Test("other files are refused by name")
  func others() throws {
    #expect(try error(Array("not a model".utf8))?.code == .pickleBad)
    #expect(try error([0x80, 2, 0x4e, 0x2e])?.code == .pickleBad)
    let missing = Self.fixture("nothing.pth")
    #expect(EncoderFixtures.error { _ = try PyTorchFile(path: missing) }?.code == .tensorFileUnreadable)
  }
}
