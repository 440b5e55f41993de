import ContentIdentity
import Diagnostics
import Foundation
import TensorFiles
import Testing

@Suite struct TensorFileTests {
  private func temporary() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString + ".safetensors").path
  }

  /// The code of the error that opening a file with this header and data gives.
  private func code(header: String, data: Int) throws -> String? {
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    try RawTensor.writeRaw(header: header, data: [UInt8](repeating: 0, count: data), to: path)
    return EncoderFixtures.error { _ = try TensorFile(path: path) }?.code.id
  }

  private func entry(_ name: String, _ dtype: String = "F32", _ shape: String = "[2]", _ offsets: String) -> String {
    "\"\(name)\":{\"dtype\":\"\(dtype)\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
  }

  @Test("a fixture's tensors have their names, shapes, hashes and numbers")
  func fixture() throws {
    let path = EncoderFixtures.encoder("w2v2-tiny-random") + "/model.safetensors"
    let file = try TensorFile(path: path)
    let info = try #require(file["feature_extractor.conv_layers.0.conv.weight"])
    #expect(info.shape == [24, 1, 10] && info.dtype == "F32" && info.count == 240)
    #expect(file["nothing"] == nil && file.metadata["format"] == "pt")
    let loaded = try file.load(info)
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))[info.bytes]
    let again = try file.sha256(info)
    #expect(loaded.sha256 == SHA256.hex(of: Array(bytes)) && loaded.sha256 == again)
    #expect(loaded.values.count == 240 && loaded.values[0] != 0)
  }

  @Test("every finite half and bfloat16 number is widened exactly")
  func halves() throws {
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let halves = (0...UInt16.max).filter { Float16(bitPattern: $0).isFinite }
    let brains = (0...UInt16.max).filter { Float(bitPattern: UInt32($0) << 16).isFinite }
    func bytes(_ numbers: [UInt16]) -> [UInt8] { numbers.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] } }
    try RawTensor.write(
      [
        RawTensor(name: "half", dtype: "F16", shape: [halves.count], bytes: bytes(halves)),
        RawTensor(name: "brain", dtype: "BF16", shape: [brains.count], bytes: bytes(brains)),
        RawTensor(name: "infinite", dtype: "F16", shape: [1], bytes: [0, 0x7c]),
        RawTensor(name: "integer", dtype: "I64", shape: [], bytes: [1, 0, 0, 0, 0, 0, 0, 0]),
      ], to: path)
    let file = try TensorFile(path: path)
    let half = try file.load(try #require(file["half"])).values
    #expect(half.count == 63_488)
    #expect(zip(half, halves).allSatisfy { $0.bitPattern == Float(Float16(bitPattern: $1)).bitPattern })
    let brain = try file.load(try #require(file["brain"])).values
    #expect(zip(brain, brains).allSatisfy { $0.bitPattern == UInt32($1) << 16 })
    #expect(EncoderFixtures.error { _ = try file.load(file["infinite"]!) }?.code == .tensorNotFinite)
    #expect(EncoderFixtures.error { _ = try file.load(file["integer"]!) }?.code == .tensorTypeUnsupported)
  }

  @Test("headers that lie about their tensors are refused")
  func headers() throws {
    let good = entry("a", "F32", "[2]", "[0,8]")
    #expect(try code(header: "{\(good)}", data: 8) == nil)
    #expect(try code(header: "{\(good),\(entry("b", "F32", "[2]", "[8,16]"))}", data: 16) == nil)
    #expect(try code(header: "{\(good),\(entry("b", "F32", "[2]", "[4,12]"))}", data: 12) == "E-WGT-004")
    #expect(try code(header: "{\(good),\(entry("b", "F32", "[2]", "[12,20]"))}", data: 20) == "E-WGT-004")
    #expect(try code(header: "{\(entry("a", "F32", "[3]", "[0,8]"))}", data: 8) == "E-WGT-004")
    #expect(try code(header: "{\(entry("a", "F32", "[2]", "[8,0]"))}", data: 8) == "E-WGT-004")
    #expect(try code(header: "{\(entry("a", "F32", "[2]", "[-8,0]"))}", data: 8) == "E-WGT-004")
    #expect(try code(header: "{\(entry("a", "F32", "[2]", "[0,8]"))}", data: 7) == "E-WGT-003")
    #expect(try code(header: "{\(good)}", data: 9) == "E-WGT-003")
    #expect(try code(header: "{\(good),\(good)}", data: 8) == "E-WGT-002")
    #expect(try code(header: "{\(entry("a", "F12", "[2]", "[0,8]"))}", data: 8) == "E-WGT-002")
    #expect(try code(header: "{\(entry("a", "F32", "[-2]", "[0,8]"))}", data: 8) == "E-WGT-002")
    #expect(try code(header: "{\(entry("a", "F32", "[4611686018427387904,4]", "[0,8]"))}", data: 8) == "E-WGT-002")
    #expect(try code(header: "{\"a\":{\"dtype\":\"F32\"}}", data: 0) == "E-WGT-002")
    #expect(try code(header: "[]", data: 0) == "E-WGT-002")
    #expect(try code(header: "{\"a\":", data: 0) == "E-WGT-002")
  }

  @Test("a file cut off anywhere is refused and never read past its end", arguments: [0, 5, 8, 100, 5_000, 40_000])
  func truncated(length: Int) throws {
    let path = temporary()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let data = try Data(
      contentsOf: URL(fileURLWithPath: EncoderFixtures.encoder("w2v2-tiny-random") + "/model.safetensors"))
    try data.prefix(length).write(to: URL(fileURLWithPath: path))
    let error = try #require(EncoderFixtures.error { _ = try TensorFile(path: path) })
    #expect(error.code == .tensorFileTruncated && error.object.hasPrefix(path) && !error.remedy.isEmpty)
  }

  @Test("a missing file, a folder, a text and a file that shrinks later are refused by name")
  func notAFile() throws {
    let path = temporary()
    #expect(EncoderFixtures.error { _ = try TensorFile(path: path) }?.code == .tensorFileUnreadable)
    #expect(EncoderFixtures.error { _ = try TensorFile(path: NSTemporaryDirectory()) }?.code == .tensorFileUnreadable)
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 377607901\n"
    try pointer.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(EncoderFixtures.error { _ = try TensorFile(path: path) }?.code == .tensorHeaderBad)
    try RawTensor.write(
      [RawTensor(name: "a", dtype: "F32", shape: [2], bytes: [UInt8](repeating: 0, count: 8))], to: path)
    let file = try TensorFile(path: path)
    try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
    #expect(EncoderFixtures.error { _ = try file.load(file.tensors[0]) }?.code == .tensorFileTruncated)
  }
}
